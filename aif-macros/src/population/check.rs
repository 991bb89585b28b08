//! From what was written to what it means: resolves names line by line, checks supports, collects every mistake.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, GenericArgument, Ident, PathArguments, Type};

use super::ast::{Declaration, Section, Statement};
use super::families::{self, Family, Requirement};
use super::ir::{Assigned, Parameter, Population, Value};
use super::scope::{Scope, define, depends_on_group, names, names_are_known};
use super::sign::{Sign, sign};
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::literals::number;

const ASSIGNABLE: [&str; 3] = ["policy_precision", "action_precision", "lapse"];

pub fn check(declaration: Declaration, diag: &mut Diagnostics) -> Population {
    let Declaration { attributes, vis, name, model, sections } = declaration;
    let scalar = scalar(&model);
    let (mut group, mut subject): (Option<Section>, Option<Section>) = (None, None);
    for section in sections {
        let slot = match section.name.to_string().as_str() {
            "population" => &mut group,
            "subject" => &mut subject,
            other => {
                let near = did_you_mean(other, &["population", "subject"]);
                diag.at(&section.name, format!("a population has no section `{other}`{near}\nhelp: its sections are `population {{ .. }}` and `subject {{ .. }}`"));
                continue;
            }
        };
        if slot.is_some() {
            diag.at(&section.name, format!("the section `{}` is given twice", section.name));
        } else {
            *slot = Some(section);
        }
    }

    let defined = |section: &Option<Section>| -> Vec<String> {
        let statements = section.iter().flat_map(|s| &s.statements);
        statements
            .filter_map(|s| match s {
                Statement::Draw { name, .. } | Statement::Let { name, .. } => Some(name.to_string()),
                Statement::Assign { .. } => None,
            })
            .collect()
    };
    let mut scope = Scope { section: defined(&group), of_subjects: defined(&subject), ..Scope::default() };
    let mut assigned = Assigned::default();
    let population = group.map_or(Vec::new(), |section| {
        if let Some(tail) = &section.tail {
            diag.at(
                tail,
                "the section `population` has no struct expression: what a subject acts under stands at the end of `subject`",
            );
        }
        lines(section.statements, &mut scope, None, diag)
    });

    scope.in_subject = true;
    scope.section = defined(&subject);
    let (mut members, mut agent) = (Vec::new(), None);
    match subject {
        None => diag.at(&name, "a population needs a section `subject { .. }` that ends in the struct that a subject acts under"),
        Some(section) => {
            let end = section.end;
            members = lines(section.statements, &mut scope, Some(&mut assigned), diag);
            agent = tail(section.tail, end, &model, &scope, diag);
        }
    }
    let mut population = Population { attributes, vis, name, model, scalar, population, subject: members, assigned, agent };
    mark_direct(&mut population);
    let drawn =
        population.subject.iter().any(Parameter::is_drawn) || population.population.iter().any(|p| p.direct && p.is_drawn());
    if diag.is_empty() && !drawn {
        diag.at(
            &population.name,
            "nothing is drawn that a subject's behaviour depends on: draw a parameter, `z ~ Normal(0.0, 1.0);`",
        );
    }
    population
}

/// The scalar's name in a type like `TMaze<T>` or `Grid<T, 7, 7>`.
fn scalar(model: &Type) -> Option<Ident> {
    let Type::Path(path) = model else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(Type::Path(path)) => path.path.get_ident().filter(|i| *i != "f64").cloned(),
        _ => None,
    })
}

/// The struct expression at the end of `subject`.
fn tail(tail: Option<Expr>, end: Span, model: &Type, scope: &Scope, diag: &mut Diagnostics) -> Option<syn::ExprStruct> {
    let wanted = match model {
        Type::Path(path) => path.path.segments.last().map_or(String::new(), |s| s.ident.to_string()),
        _ => String::new(),
    };
    let Some(tail) = tail else {
        diag.span(end, format!("the section `subject` ends in what a subject acts under: `{wanted} {{ .. }}`"));
        return None;
    };
    names_are_known(&tail, scope, diag);
    let Expr::Struct(tail) = tail else {
        diag.at(&tail, format!("the section `subject` ends in a struct expression: `{wanted} {{ .. }}`"));
        return None;
    };
    if tail.path.segments.last().is_some_and(|s| s.ident != wanted) {
        diag.at(&tail.path, format!("this population is declared for `{wanted}`"));
    }
    Some(tail)
}

/// Checks the lines of a section, one after the other.
fn lines(
    statements: Vec<Statement>,
    scope: &mut Scope,
    mut assigned: Option<&mut Assigned>,
    diag: &mut Diagnostics,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for statement in statements {
        match statement {
            Statement::Draw { centered, name, family, arguments } => {
                for argument in &arguments {
                    names_are_known(argument, scope, diag);
                }
                let centred = centered.is_some_and(|attribute| centred(&attribute, diag));
                let found = families::family(&family.to_string());
                match found {
                    None => diag.at(
                        &family,
                        format!(
                            "no distribution is named `{family}`{}\nhelp: there are {}",
                            did_you_mean(&family.to_string(), &families::names(false)),
                            list(&families::names(false))
                        ),
                    ),
                    Some(found) => arguments_fit(found, &family, &arguments, scope, diag),
                }
                let on_group = arguments.iter().any(|a| depends_on_group(a, scope));
                let non_centred = !centred && on_group && found.is_some_and(|f| f.location_scale);
                let sign = found.map_or(Sign::Unknown, |f| f.sign);
                let of_group = !scope.in_subject;
                define(&name, sign, found, of_group, scope, diag);
                let words = format!("{family}({})", arguments.iter().map(text).collect::<Vec<_>>().join(", "));
                let words = found.map_or(words.clone(), |f| format!("~ {words}, on {}", f.support));
                parameters.push(Parameter { name, value: Value::Drawn { family, arguments, non_centred }, words, direct: false });
            }
            Statement::Let { name, value } => {
                names_are_known(&value, scope, diag);
                let sign = sign(&value, &|n| scope.known.get(n).map_or(Sign::Unknown, |k| k.sign));
                let of_group = !scope.in_subject || depends_on_group(&value, scope);
                define(&name, sign, None, of_group, scope, diag);
                let words = format!("= {}", text(&value));
                parameters.push(Parameter { name, value: Value::Derived(value), words, direct: false });
            }
            Statement::Assign { name, value } => {
                names_are_known(&value, scope, diag);
                assign(name, value, assigned.as_deref_mut(), diag);
            }
        }
    }
    parameters
}

fn text(expr: &Expr) -> String {
    let spaced = expr.to_token_stream().to_string();
    spaced.replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(" ,", ",").replace(" .", ".").replace("- ", "-")
}

/// Rule: `#[centered]` is the only mark of a draw.
fn centred(attribute: &syn::Attribute, diag: &mut Diagnostics) -> bool {
    let plain = attribute.path().is_ident("centered") && attribute.meta.require_path_only().is_ok();
    if !plain {
        diag.at(attribute, "the only mark of a draw is `#[centered]`");
    }
    plain
}

/// Rule: precisions and lapse are assigned once, in `subject`.
fn assign(name: Ident, value: Expr, assigned: Option<&mut Assigned>, diag: &mut Diagnostics) {
    let text = name.to_string();
    if !ASSIGNABLE.contains(&text.as_str()) {
        let near = did_you_mean(&text, &ASSIGNABLE);
        diag.at(
            &name,
            format!("`{text}` cannot be assigned{near}\nhelp: `let {text} = ..;` derives a quantity; what can be assigned are policy_precision, action_precision and lapse"),
        );
        return;
    }
    let Some(assigned) = assigned else {
        diag.at(&name, format!("`{text}` is assigned in `subject`, where each subject has its own"));
        return;
    };
    let slot = match text.as_str() {
        "policy_precision" => &mut assigned.policy_precision,
        "action_precision" => &mut assigned.action_precision,
        _ => &mut assigned.lapse,
    };
    if slot.is_some() {
        diag.at(&name, format!("`{text}` is assigned twice"));
    }
    *slot = Some(value);
}

/// Rules: the right number of arguments, and each within its support.
fn arguments_fit(family: &Family, name: &Ident, arguments: &[Expr], scope: &Scope, diag: &mut Diagnostics) {
    let wanted: Vec<&str> = family.arguments.iter().map(|(name, _)| *name).collect();
    if arguments.len() != wanted.len() {
        diag.at(
            name,
            format!(
                "`{}` takes {} ({}), not {}",
                family.name,
                match wanted.len() {
                    1 => "1 argument".into(),
                    n => format!("{n} arguments"),
                },
                wanted.join(", "),
                arguments.len()
            ),
        );
        return;
    }
    if let ("Uniform", [low, high]) = (family.name, arguments)
        && let (Some(a), Some(b)) = (number(low), number(high))
        && a >= b
    {
        diag.at(low, format!("the lower bound of a uniform distribution is below its upper bound, {a} is not below {b}"));
    }
    for (argument, (role, requirement)) in arguments.iter().zip(family.arguments) {
        if *requirement == Requirement::Positive {
            is_positive(argument, role, family, scope, diag);
        }
    }
}

/// Rule: what is used as a scale (a rate, a shape) is positive.
///
/// ```text
/// sigma ~ Normal(0.0, 1.0);
/// z ~ Normal(mu, sigma);
/// ```
fn is_positive(argument: &Expr, role: &str, family: &Family, scope: &Scope, diag: &mut Diagnostics) {
    if let Some(x) = number(argument) {
        if x <= 0.0 {
            diag.at(argument, format!("the {role} of {} is positive, {x} is not", family.name));
        }
        return;
    }
    let of_name = |n: &str| scope.known.get(n).map_or(Sign::Unknown, |k| k.sign);
    if sign(argument, &of_name) != Sign::Real {
        return;
    }
    let offer = format!("help: positive distributions are {}; or take `exp(..)` of it", list(&families::names(true)));
    let culprit = names(argument).into_iter().find_map(|n| {
        let known = scope.known.get(&n.to_string())?;
        (known.sign == Sign::Real).then_some((n, known))
    });
    match culprit {
        Some((name, known)) => {
            let drawn = known.family.map_or("is worked out".to_string(), |f| format!("is drawn from {}", f.name));
            diag.at(
                argument,
                format!(
                    "the {role} of {} is positive, but `{name}` {drawn} on line {} and may be negative\n{offer}",
                    family.name,
                    known.span.start().line
                ),
            );
            diag.span(
                known.span,
                format!(
                    "`{name}` {drawn} here and may be negative, but it is the {role} of {} on line {}",
                    family.name,
                    line(argument)
                ),
            );
        }
        None => diag.at(argument, format!("the {role} of {} is positive, but this may be negative\n{offer}", family.name)),
    }
}

fn line(expr: &Expr) -> usize {
    expr.to_token_stream().into_iter().next().map_or(0, |t| t.span().start().line)
}

/// A parameter of the group is direct where the behaviour of a subject uses it other than through the subject's own draws.
fn mark_direct(population: &mut Population) {
    let mut used: Vec<String> = Vec::new();
    let mut note = |expr: &Expr| used.extend(names(expr).into_iter().map(ToString::to_string));
    for parameter in &population.subject {
        if let Value::Derived(value) = &parameter.value {
            note(value);
        }
    }
    let Assigned { policy_precision, action_precision, lapse } = &population.assigned;
    for value in [policy_precision, action_precision, lapse].into_iter().flatten() {
        note(value);
    }
    if let Some(agent) = &population.agent {
        note(&Expr::Struct(agent.clone()));
    }
    for parameter in &mut population.population {
        parameter.direct = used.contains(&parameter.name.to_string());
    }
}
