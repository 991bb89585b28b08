//! From what was written to what it means: resolves names line by line, checks supports and shapes, collects every mistake.

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::{Expr, GenericArgument, Ident, PathArguments, Type};

use super::ast::{Declaration, Section, Statement};
use super::distribution::{distribution, is_distribution, text};
use super::ir::{ASSIGNABLE, Assigned, Centring, Covariate, CovariateKind, Distribution, Level, Parameter, Population, Value};
use super::scope::{Defined, Scope, define, depends_on_group, names_are_known};
use super::shape::{drawn_together, fits_shape, lists_fit, makes_all, shape, takes_elements};
use super::sign::{Sign, sign};
use crate::block::Named;
use crate::diag::{Diagnostics, did_you_mean};
use crate::literals::{bare, number};
use crate::mentions::names;
use crate::names::type_name;

pub fn check(declaration: Declaration, diag: &mut Diagnostics) -> Population {
    let Declaration { attributes, vis, name, model, covariates, standardised, sections } = declaration;
    let scalar = scalar(&model);
    let (sections, subject_level) = order(sections, &name, diag);
    let leaf = sections.len() - 1;

    let mut scope = Scope { sections: sections.iter().map(|s| s.name.to_string()).collect(), ..Scope::default() };
    let covariates = check_covariates(covariates, &standardised, &mut scope, diag);
    let mut assigned = Assigned::default();
    let (mut levels, mut agent) = (Vec::new(), None);
    for (level, section) in sections.iter().enumerate() {
        scope.section = defined(section);
        scope.below =
            sections[level + 1..].iter().flat_map(|s| defined(s).into_iter().map(|n| (n, s.name.to_string()))).collect();
        scope.name = section.name.to_string();
        scope.sees_covariates = level >= subject_level;
        scope.is_leaf = level == leaf;
        let parameters = lines(&section.statements, &mut scope, (level == leaf).then_some(&mut assigned), diag);
        levels.push(Level { name: section.name.clone(), parameters });
        if level == leaf {
            agent = tail(section, &model, &scope, diag);
        } else if let Some(tail) = &section.tail {
            diag.at(
                tail,
                format!(
                    "the section `{}` has no struct expression: what a subject acts under stands at the end of `{}`",
                    section.name, sections[leaf].name
                ),
            );
        }
    }
    let old_spellings = old_spellings(&sections);
    let mut population =
        Population { attributes, vis, name, model, scalar, covariates, levels, subject_level, assigned, old_spellings, agent };
    mark_direct(&mut population);
    let matters = |(l, level): (usize, &Level)| level.parameters.iter().any(|p| p.is_drawn() && (l == leaf || p.direct));
    if diag.is_empty() && !population.levels.iter().enumerate().any(matters) {
        diag.at(
            &population.name,
            "nothing is drawn that a subject's behaviour depends on: draw a parameter, `z ~ Normal(0.0, 1.0);`",
        );
    }
    population
}

/// Rules: sections are known, each is given once, and plates stand above the subjects, but for sessions below them.
fn order(sections: Vec<Section>, name: &Ident, diag: &mut Diagnostics) -> (Vec<Section>, usize) {
    let (mut population, mut above, mut subject, mut below): (_, Vec<Section>, _, Option<Section>) =
        (None, Vec::new(), None, None);
    for section in sections {
        let text = section.name.to_string();
        let twice = |diag: &mut Diagnostics| diag.at(&section.name, format!("the section `{text}` is given twice"));
        match (&section.plate, text.as_str()) {
            (None, "population") if population.is_some() => twice(diag),
            (None, "subject") if subject.is_some() => twice(diag),
            (None, "population") => population = Some(section),
            (None, "subject") => subject = Some(section),
            (Some(_), "population" | "subject" | "block" | "step" | "scored" | "chain" | "draw") => {
                diag.at(&section.name, format!("`{text}` is no name for a plate: it means something else already"));
            }
            (Some(_), "session") if below.is_some() => twice(diag),
            (Some(_), "session") if subject.is_none() => {
                diag.at(&section.name, "sessions belong to subjects: `plate session { .. }` stands after `subject { .. }`");
            }
            (Some(_), "session") => below = Some(section),
            (Some(_), _) if above.iter().any(|s| s.name == section.name) => twice(diag),
            (Some(_), _) if subject.is_some() => {
                diag.at(&section.name, format!("subjects belong to the units of a plate: `plate {text} {{ .. }}` stands before `subject {{ .. }}`\nhelp: only `plate session` stands after it"));
            }
            (Some(_), _) => above.push(section),
            (None, other) => {
                let near = did_you_mean(other, &["population", "subject"]);
                diag.at(&section.name, format!("a population has no section `{other}`{near}\nhelp: its sections are `population {{ .. }}`, `plate NAME {{ .. }}` and `subject {{ .. }}`"));
            }
        }
    }
    let empty = |text: &str| Section {
        plate: None,
        name: Ident::new(text, name.span()),
        statements: vec![],
        tail: None,
        end: name.span(),
    };
    if subject.is_none() {
        diag.at(name, "a population needs a section `subject { .. }` that ends in the struct that a subject acts under");
    }
    let subject_level = 1 + above.len();
    let mut all = vec![population.unwrap_or_else(|| empty("population"))];
    all.append(&mut above);
    all.push(subject.unwrap_or_else(|| empty("subject")));
    all.extend(below);
    (all, subject_level)
}

/// Rule: what is drawn is written with `~`. Whether this is a draw that is not.
fn is_meant_as_draw(name: &Ident, value: &Expr, scope: &mut Scope, diag: &mut Diagnostics) -> bool {
    let meant = is_distribution(value);
    if meant {
        diag.at(name, format!("what is drawn is written with `~`: `{name} ~ {};`", text(value)));
        let of_group = !scope.is_leaf;
        define(name, Defined { sign: Sign::Unknown, family: None, of_group, shape: Vec::new() }, scope, diag);
    }
    meant
}

/// The names that a section defines.
fn defined(section: &Section) -> Vec<String> {
    let name = |s: &Statement| match s {
        Statement::Draw { name, .. } | Statement::Formula { name, .. } | Statement::Let { name, .. } => Some(name.to_string()),
        Statement::Assign { name, value } => is_distribution(value).then(|| name.to_string()),
    };
    section.statements.iter().filter_map(name).collect()
}

/// Rule: a covariate is a number, yes or no, or one of a domain's values.
fn check_covariates(covariates: Vec<Named>, standardised: &[Ident], scope: &mut Scope, diag: &mut Diagnostics) -> Vec<Covariate> {
    let mut checked: Vec<Covariate> = Vec::new();
    for Named { name, ty } in covariates {
        if checked.iter().any(|c| c.name == name) {
            diag.at(&name, format!("two of one name: `{name}` is already a covariate"));
        }
        let kind = match ty.to_token_stream().to_string().as_str() {
            "f64" => CovariateKind::Number,
            "bool" => CovariateKind::Flag(ty.clone()),
            "f32" | "i32" | "i64" | "u32" | "u64" | "usize" => {
                diag.at(
                    &ty,
                    "a covariate is a number (`f64`), yes or no (`bool`), or one of a domain's values (`#[derive(Domain)]`)",
                );
                CovariateKind::Number
            }
            _ => CovariateKind::Values(ty.clone()),
        };
        scope.covariates.insert(name.to_string(), !matches!(kind, CovariateKind::Values(_)));
        if let CovariateKind::Flag(ty) | CovariateKind::Values(ty) = &kind {
            scope.covariate_types.insert(name.to_string(), ty.clone());
        }
        let standardised = standardised.contains(&name);
        checked.push(Covariate { name, kind, standardised });
    }
    checked
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

/// The struct expression at the end of the lowest section.
fn tail(section: &Section, model: &Type, scope: &Scope, diag: &mut Diagnostics) -> Option<syn::ExprStruct> {
    let (name, end): (&Ident, Span) = (&section.name, section.end);
    let wanted = type_name(model).map_or(String::new(), |name| name.to_string());
    let Some(tail) = &section.tail else {
        diag.span(end, format!("the section `{name}` ends in what a subject acts under: `{wanted} {{ .. }}`"));
        return None;
    };
    names_are_known(tail, scope, diag);
    let Expr::Struct(tail) = tail else {
        diag.at(tail, format!("the section `{name}` ends in a struct expression: `{wanted} {{ .. }}`"));
        return None;
    };
    if tail.path.segments.last().is_some_and(|s| s.ident != wanted) {
        diag.at(&tail.path, format!("this population is declared for `{wanted}`"));
    }
    Some(tail.clone())
}

/// Checks the lines of a section, one after the other.
fn lines(
    statements: &[Statement],
    scope: &mut Scope,
    mut assigned: Option<&mut Assigned>,
    diag: &mut Diagnostics,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for statement in statements {
        match statement {
            Statement::Draw { attributes, name, shape: written, distribution: expr, shown } => {
                let shape = shape(written, scope, diag);
                let mark = |a: &&syn::Attribute| !a.path().is_ident("doc");
                let marks: Vec<f64> = attributes.iter().filter(mark).filter_map(|a| centredness(a, diag)).collect();
                if marks.len() > 1 {
                    diag.at(name, format!("`{name}` is marked as centred more than once"));
                }
                let marked = marks.first().copied();
                let found = distribution(expr, scope, diag);
                if let (Some(c), Some(found)) = (marked, &found) {
                    mark_fits(c, found, expr, diag);
                }
                let (sign, family) = found.as_ref().map_or((Sign::Unknown, None), |d| (d.sign(), d.family()));
                let words = found.as_ref().map_or(String::new(), |d| format!("~ {}, on {}", text(expr), d.support()));
                if let Some(distribution) = found {
                    let value = drawn(name, distribution, marked, &shape, expr, scope, diag);
                    let (name, shape, docs, shown) = (name.clone(), shape.clone(), docs(attributes), shown.clone());
                    parameters.push(Parameter { name, shape, shown, value, docs, words, direct: false });
                }
                let of_group = !scope.is_leaf;
                define(name, Defined { sign, family, of_group, shape }, scope, diag);
            }
            Statement::Let { name, value, .. } | Statement::Assign { name, value }
                if is_meant_as_draw(name, value, scope, diag) => {}
            // Written out before.
            Statement::Formula { .. } => {}
            Statement::Let { attributes, name, shape: written, value, shown } => {
                names_are_known(value, scope, diag);
                let shape = shape(written, scope, diag);
                if !shape.is_empty() && !makes_all(value) {
                    fits_shape(value, &shape, scope, diag);
                }
                let listed = match bare(value) {
                    Expr::Array(list) => Some(list.elems.len().to_string()),
                    Expr::Repeat(list) => Some(text(&list.len)),
                    _ => None,
                };
                if let Some(n) = listed.filter(|_| shape.is_empty()) {
                    diag.at(name, format!("`{name}` is a list: say how many numbers it has, `let {name}: [{n}] = ..`"));
                }
                let sign = sign(value, &|n| scope.known.get(n).map_or(Sign::Unknown, |k| k.sign));
                let of_group = !scope.is_leaf || depends_on_group(value, scope);
                let words = format!("= {}", text(value));
                parameters.push(Parameter {
                    name: name.clone(),
                    shape: shape.clone(),
                    shown: shown.clone(),
                    value: Value::Derived(value.clone()),
                    docs: docs(attributes),
                    words,
                    direct: false,
                });
                define(name, Defined { sign, family: None, of_group, shape }, scope, diag);
            }
            Statement::Assign { name, value } => {
                names_are_known(value, scope, diag);
                assign(name, value, assigned.as_deref_mut(), scope, diag);
            }
        }
    }
    parameters
}

/// The marks that are spelt as they once were.
fn old_spellings(sections: &[Section]) -> Vec<Ident> {
    let marks = |statement: &Statement| match statement {
        Statement::Draw { attributes, .. } => {
            attributes.iter().filter_map(|a| a.path().get_ident().filter(|name| *name == "centered").cloned()).collect()
        }
        _ => Vec::new(),
    };
    sections.iter().flat_map(|s| &s.statements).flat_map(marks).collect()
}

/// The doc comments among attributes.
fn docs(attributes: &[syn::Attribute]) -> Vec<syn::Attribute> {
    attributes.iter().filter(|a| a.path().is_ident("doc")).cloned().collect()
}

/// How the numbers of a draw are drawn: one by one or together, centred or not.
fn drawn(
    name: &Ident,
    distribution: Distribution,
    marked: Option<f64>,
    shape: &[super::ir::Dimension],
    written: &Expr,
    scope: &Scope,
    diag: &mut Diagnostics,
) -> Value {
    let expressions = distribution.expressions();
    let on_group = expressions.iter().any(|e| depends_on_group(e, scope));
    if !distribution.draws_one() {
        drawn_together(name, &distribution, shape, written, diag);
        if let Distribution::Family { family, arguments, .. } = &distribution {
            lists_fit(arguments, family, shape, scope, diag);
        }
        return Value::Together { distribution, centred: marked.is_some_and(|c| c > 0.0) };
    }
    for expr in distribution.numbers() {
        if shape.is_empty() {
            takes_elements(expr, scope, diag);
        } else {
            fits_shape(expr, shape, scope, diag);
        }
    }
    let natural = distribution.location_scale() && on_group;
    let centring = match marked {
        Some(c) if distribution.location_scale() && c < 1.0 => Centring::Partly(c),
        None if natural => Centring::Open,
        _ => Centring::Whole,
    };
    Value::Drawn { distribution, centring }
}

/// Rule: only what is a standard distribution moved and scaled can be centred, and several numbers drawn together only wholly.
fn mark_fits(c: f64, distribution: &Distribution, written: &Expr, diag: &mut Diagnostics) {
    let whose = distribution.family().map_or("it", |f| f.name);
    if !distribution.location_scale() {
        let text = "`#[centred]` says how a distribution with a location and a scale is sampled, and this is none";
        diag.at(written, format!("{text} ({whose})"));
    } else if !distribution.draws_one() && c > 0.0 && c < 1.0 {
        diag.at(written, format!("`{whose}` is centred wholly, `#[centred]`, or not at all"));
    }
}

/// Rule: `#[centred]` and `#[centred(0.3)]` are the only marks of a draw.
fn centredness(attribute: &syn::Attribute, diag: &mut Diagnostics) -> Option<f64> {
    if attribute.path().is_ident("centred") || attribute.path().is_ident("centered") {
        if attribute.meta.require_path_only().is_ok() {
            return Some(1.0);
        }
        if let Ok(list) = attribute.meta.require_list()
            && let Ok(value) = syn::parse2::<Expr>(list.tokens.clone())
            && let Some(x) = number(&value)
        {
            if !(0.0..=1.0).contains(&x) {
                diag.at(&value, format!("a draw is centred from 0 (not at all) to 1 (wholly), not {x}"));
            }
            return Some(x);
        }
    }
    diag.at(attribute, "the only mark of a draw is `#[centred]`, or `#[centred(0.3)]` for a part");
    None
}

/// Rule: precisions and lapse are assigned once, in the section whose units are scored.
fn assign(name: &Ident, value: &Expr, assigned: Option<&mut Assigned>, scope: &Scope, diag: &mut Diagnostics) {
    let text = name.to_string();
    if !ASSIGNABLE.contains(&text.as_str()) {
        let near = did_you_mean(&text, &ASSIGNABLE);
        diag.at(
            name,
            format!(
                "`{text}` cannot be assigned{near}\nhelp: `let {text} = ..;` derives a quantity; what can be assigned are {}",
                ASSIGNABLE.join(", ")
            ),
        );
        return;
    }
    let Some(assigned) = assigned else {
        let lowest = scope.below.last().map_or("subject", |(_, section)| section.as_str());
        diag.at(name, format!("`{text}` is assigned in `{lowest}`, where each {lowest} has its own"));
        return;
    };
    if assigned.iter().any(|(known, _)| known == name) {
        diag.at(name, format!("`{text}` is assigned twice"));
        return;
    }
    assigned.push((name.clone(), value.clone()));
}

/// A parameter above the lowest level is direct where the behaviour of a subject uses it other than through the draws of that level.
fn mark_direct(population: &mut Population) {
    let mut used: Vec<String> = Vec::new();
    let mut note = |expr: &Expr| used.extend(names(expr).into_iter().map(|n| n.to_string()));
    let leaf = population.levels.len() - 1;
    for parameter in &population.levels[leaf].parameters {
        if let Value::Derived(value) = &parameter.value {
            note(value);
        }
    }
    population.assigned.iter().for_each(|(_, value)| note(value));
    if let Some(agent) = &population.agent {
        note(&Expr::Struct(agent.clone()));
        // `TMaze { preference }` is short for `preference: preference`.
        used.extend(agent.fields.iter().filter(|f| f.colon_token.is_none()).map(|f| f.member.to_token_stream().to_string()));
    }
    for parameter in population.levels[..leaf].iter_mut().flat_map(|l| &mut l.parameters) {
        parameter.direct = used.contains(&format_ident!("{}", parameter.name).to_string());
    }
}
