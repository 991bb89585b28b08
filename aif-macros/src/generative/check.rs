//! From what was written to what it means: resolves names, applies every rule, collects every mistake.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, FnArg, GenericParam, Ident, Pat, Signature, Type, Visibility};

use super::ast::{Declaration, Header, Method, Role};
use super::ir::{Argument, Conditional, Factor, Input, Kind, Measured, Modality, Model, Reference, Variable};
use super::levels;
use super::measured::{measurements_are_liked, outcomes_of};
use super::outside::options_stand_outside;
use super::responses::responses;
use super::returns::{may_be_domain, may_be_input, returned};
use super::types::{is_ident, mentions};
use crate::block::{self, argument_name, plain};
use crate::clauses::Clauses;
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::literals;
use crate::names::type_name;

/// Column names of the data table that a modality, action or input cannot have.
const RESERVED: [&str; 6] = ["subject", "session", "block", "step", "trial", "scored"];

/// The most arguments that the tables' indices have room for.
const MAX_ARGUMENTS: usize = 16;

/// The names that arguments may have.
struct Scope {
    factors: Vec<String>,
    actions: Vec<String>,
    inputs: Vec<String>,
}

/// Lowers the declaration. The model is as complete as the mistakes allow; `None` when not even its name is known.
pub fn check(declaration: &Declaration, diag: &mut Diagnostics) -> Option<Model> {
    let header = &declaration.header;
    let self_ty = &*declaration.stripped.self_ty;
    let Some(name) = type_name(self_ty) else {
        diag.at(self_ty, "a generative model is a struct of its parameters: `impl<T: Real> Name<T>`");
        return None;
    };
    let (scalar, sizes) = generics(declaration, diag);
    horizon(header, diag);
    names_are_unique(declaration, diag);

    let of_role = |factor: bool| {
        let is_factor = move |m: &&Method| match &m.role {
            Role::Factor { .. } => factor,
            Role::Modality { .. } => !factor,
            Role::Level(level) => !factor && level.of.is_none(),
            Role::Response => false,
        };
        declaration.methods.iter().filter(is_factor).map(|m| m.signature.ident.to_string()).collect::<Vec<_>>()
    };
    let scope = Scope {
        factors: of_role(true),
        actions: header.actions.iter().map(|a| a.name.to_string()).collect(),
        inputs: header.inputs.iter().map(|i| i.name.to_string()).collect(),
    };
    if scope.factors.is_empty() {
        diag.at(&name, "a generative model has at least one hidden state: mark a method `#[factor(initial = ..)]`");
    }
    if of_role(false).is_empty() {
        diag.at(&name, "a generative model has at least one kind of observation: mark a method `#[modality]`");
    }

    // Without a factor, a modality or the type of one, the types of states and observations cannot stand either.
    let mut complete = !scope.factors.is_empty() && !of_role(false).is_empty();
    let mut factors = Vec::new();
    let (mut modalities, mut passed) = (Vec::new(), Vec::new());
    for method in declaration.methods.iter().filter(|m| !matches!(m.role, Role::Response)) {
        let signature = &method.signature;
        let what = method.role.noun();
        plain(signature, what, "is a plain function of its arguments", diag);
        let arguments = arguments(signature, &scope, what, diag);
        let Some((mut domain, kind)) = returned(signature, scalar.as_ref(), what, diag) else {
            complete = false;
            continue;
        };
        let mut measured = None;
        if let Role::Modality { preference, nodes } = &method.role {
            if kind == Kind::Measured {
                let over_scalar = scalar.as_ref().is_some_and(|scalar| mentions(&domain, scalar));
                measured = Some(Measured { over_scalar, distribution: domain.clone(), about: method.about.clone() });
                domain = outcomes_of(nodes.as_deref(), diag);
                measurements_are_liked(&signature.ident, preference.as_deref(), diag);
            } else if let Some(nodes) = nodes {
                let text = "`nodes` belongs to a measured modality, one that returns the distribution of a number; this one shows every value of a domain";
                diag.at(nodes, text);
            }
        }
        let conditional = Conditional { name: signature.ident.clone(), domain, kind, arguments };
        match &method.role {
            Role::Factor { initial, goal, between } => {
                match initial {
                    None => diag.at(
                        &signature.ident,
                        format!(
                            "the factor `{}` needs an initial state: `#[factor(initial = ..)]`\nhelp: a state, `uniform()`, or a list of probabilities",
                            signature.ident
                        ),
                    ),
                    Some(initial) if literals::number(initial).is_some() => diag.at(
                        initial,
                        "a number is no initial state: give a state, `uniform()`, a list of probabilities in brackets, a `Dist`, or `Dirichlet` counts",
                    ),
                    Some(initial) => literal_distribution(initial, diag),
                }
                let kept = between.as_ref().is_some_and(|between| kept(between, diag));
                factors.push(Factor {
                    transition: conditional,
                    initial: initial.as_deref().cloned(),
                    goal: goal.as_deref().cloned(),
                    kept,
                });
            }
            Role::Modality { preference, .. } => {
                if signature.inputs.iter().all(|a| names_no_factor(a, &scope)) {
                    diag.at(
                        &signature.ident,
                        format!(
                            "the modality `{}` depends on no factor, so it shows nothing: name at least one as an argument",
                            signature.ident
                        ),
                    );
                }
                let number = preference.as_ref().map(|p| &p.value).filter(|value| literals::number(value).is_some());
                if let Some(number) = number.filter(|_| measured.is_none()) {
                    let text =
                        "a preference is one number for each outcome: a list in brackets, or `Values::from_fn(|outcome| ..)`";
                    diag.at(number, text);
                }
                modalities.push(Modality {
                    likelihood: conditional,
                    measured,
                    preference: preference.as_ref().map(|p| p.value.clone()),
                    step: preference.as_ref().and_then(|p| p.step.clone()),
                    level: None,
                });
            }
            Role::Level(options) if options.of.is_some() => passed.push((&**options, conditional)),
            Role::Level(options) => {
                if signature.inputs.iter().all(|a| names_no_factor(a, &scope)) {
                    let text = format!(
                        "the level `{}` depends on no factor, so nothing can be learned from it: name at least one as an argument",
                        signature.ident
                    );
                    diag.at(&signature.ident, text);
                }
                if let Some(level) = levels::level(options, &signature.ident, self_ty, diag) {
                    let (measured, preference, step) = (None, None, None);
                    modalities.push(Modality { likelihood: conditional, measured, preference, step, level: Some(level) });
                } else {
                    complete = false;
                }
            }
            Role::Response => {}
        }
    }
    let levels: Vec<&Ident> = modalities.iter().filter(|m: &&Modality| m.level.is_some()).map(|m| &m.likelihood.name).collect();
    let lent: Vec<_> = passed.into_iter().map(|(options, own)| levels::lent(options, own, &levels, diag)).collect();
    complete &= lent.iter().all(Option::is_some);
    let lent = lent.into_iter().flatten().collect();
    let responses = responses(declaration, &name, scalar.as_ref(), diag);
    actions_are_used(header, &declaration.methods, diag);
    options_stand_outside(declaration, diag);

    for variable in &header.actions {
        complete &= may_be_domain(&variable.ty, scalar.as_ref(), diag);
    }
    for input in &header.inputs {
        complete &= may_be_input(&input.ty, scalar.as_ref(), diag);
    }
    if !complete {
        return None;
    }
    let domains = factors.iter().map(|f: &Factor| &f.transition.domain);
    let domains =
        domains.chain(modalities.iter().map(|m: &Modality| &m.likelihood.domain)).chain(header.actions.iter().map(|a| &a.ty));
    let clauses = Clauses::of(domains.chain(header.inputs.iter().map(|i| &i.ty).filter(|ty| !is_ident(ty, "f64"))));
    Some(Model {
        name,
        self_ty: self_ty.clone(),
        scalar,
        sizes,
        vis: header.vis.clone().unwrap_or_else(|| Visibility::Public(Default::default())),
        horizon: header.horizon.clone(),
        factors,
        modalities,
        actions: header.actions.iter().map(|a| Variable { name: a.name.clone(), ty: a.ty.clone() }).collect(),
        actions_span: header.actions_span.unwrap_or_else(Span::call_site),
        inputs: header
            .inputs
            .iter()
            .map(|i| Input { name: i.name.clone(), ty: i.ty.clone(), number: is_ident(&i.ty, "f64") })
            .collect(),
        policy_precision: header.policy_precision.clone(),
        action_precision: header.action_precision.clone(),
        habit: header.habit.clone(),
        policies: header.policies.clone(),
        responses,
        lent,
        clauses,
    })
}

/// Rule: the generic parameters are the scalar, at most one, and const sizes.
///
/// ```text
/// impl<'a, T: Real, U> TMaze<'a, T, U>
/// ```
fn generics(declaration: &Declaration, diag: &mut Diagnostics) -> (Option<Ident>, Vec<GenericParam>) {
    let mut scalar: Option<Ident> = None;
    let mut sizes = Vec::new();
    for parameter in &declaration.stripped.generics.params {
        match parameter {
            GenericParam::Type(ty) if scalar.is_none() => {
                block::scalar_is_real(ty, "generative model", diag);
                scalar = Some(ty.ident.clone());
            }
            GenericParam::Const(_) => sizes.push(parameter.clone()),
            GenericParam::Type(ty) => {
                let first = scalar.as_ref().map_or(String::new(), ToString::to_string);
                diag.at(
                    &ty.ident,
                    format!(
                        "a generative model is generic over its scalar, here `{first}`, and const sizes; `{}` is neither",
                        ty.ident
                    ),
                );
            }
            other => diag.at(other, "a generative model is generic over its scalar and const sizes only"),
        }
    }
    block::no_where(&declaration.stripped.generics, "generative model", diag);
    (scalar, sizes)
}

/// Rule: the horizon is at least one step.
fn horizon(header: &Header, diag: &mut Diagnostics) {
    match &header.horizon {
        None if header.misspelt => {}
        None => diag.span(Span::call_site(), "how far does the agent plan? give a horizon in steps: `horizon = 1`"),
        Some(horizon) if literals::number(horizon) == Some(0.0) => {
            diag.at(horizon, "the horizon is at least one step: an agent that plans no step cannot choose an action");
        }
        Some(_) => {}
    }
}

/// Rule: factors, modalities, actions, inputs and responses share one space of names.
fn names_are_unique(declaration: &Declaration, diag: &mut Diagnostics) {
    let header = &declaration.header;
    let actions = header.actions.iter().map(|a| (&a.name, "action"));
    let inputs = header.inputs.iter().map(|i| (&i.name, "input"));
    // A response with the name of an action says how that comes about.
    let is_action = |m: &&Method| matches!(m.role, Role::Response) && header.actions.iter().any(|a| a.name == m.signature.ident);
    let methods = declaration.methods.iter().filter(|m| !is_action(m)).map(|m| (&m.signature.ident, m.role.noun()));
    block::names_are_unique(actions.chain(inputs).chain(methods), &RESERVED, diag);
    let of_actions = declaration.methods.iter().filter(is_action).map(|m| (&m.signature.ident, m.role.noun()));
    block::names_are_unique(of_actions, &[], diag);
}

/// Rule: every argument names a factor, an action or an input, by value; a modality takes no action.
fn arguments(signature: &Signature, scope: &Scope, what: &str, diag: &mut Diagnostics) -> Vec<Argument> {
    if signature.inputs.len() > MAX_ARGUMENTS + 1 {
        diag.at(&signature.ident, format!("a {what} depends on at most {MAX_ARGUMENTS} factors and actions"));
    }
    let mut arguments = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for argument in &signature.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(pattern) = &*argument.pat else {
            diag.at(&argument.pat, format!("an argument of a {what} is the plain name of what it depends on, not a pattern"));
            continue;
        };
        if pattern.by_ref.is_some() || matches!(&*argument.ty, Type::Reference(_)) {
            diag.at(argument, format!("the arguments of a {what} are values, not references: domains are small and `Copy`"));
            continue;
        }
        let text = pattern.ident.to_string();
        let name = text.strip_prefix('_').unwrap_or(&text).to_string();
        if seen.contains(&name) {
            diag.at(&pattern.ident, format!("two of one name: `{name}` is already an argument of this {what}"));
            continue;
        }
        seen.push(name.clone());
        let find = |names: &[String]| names.iter().position(|n| *n == name);
        let refers_to = if let Some(f) = find(&scope.factors) {
            Reference::Factor(f)
        } else if let Some(a) = find(&scope.actions) {
            if what != "factor" {
                diag.at(
                    &pattern.ident,
                    format!("a {what} takes no action, and `{name}` is one\nhelp: an action's mark on what is seen goes through a factor: let a factor depend on `{name}`, and this {what} on that factor"),
                );
                continue;
            }
            Reference::Action(a)
        } else if let Some(i) = find(&scope.inputs) {
            Reference::Input(i)
        } else {
            diag.at(&pattern.ident, unknown(&name, scope, what));
            continue;
        };
        arguments.push(Argument { ty: (*argument.ty).clone(), refers_to });
    }
    arguments
}

fn unknown(name: &str, scope: &Scope, what: &str) -> String {
    let mut all = scope.factors.clone();
    let (mut choices, mut help) = (String::from("factor"), format!("the factors are {}", list(&scope.factors)));
    if what == "factor" {
        all.extend(scope.actions.iter().cloned());
        choices += if scope.inputs.is_empty() { " or action" } else { ", action" };
        help += &format!(", the actions {}", list(&scope.actions));
    }
    if !scope.inputs.is_empty() {
        all.extend(scope.inputs.iter().cloned());
        choices += " or input";
        help += &format!(", the inputs {}", list(&scope.inputs));
    }
    format!("no {choices} is named `{name}`{}\nhelp: {help}", did_you_mean(name, &all))
}

/// Whether an argument certainly names no factor: it is the receiver or an input. What is unknown is complained of elsewhere.
fn names_no_factor(argument: &FnArg, scope: &Scope) -> bool {
    match argument_name(argument) {
        Some(name) => scope.inputs.contains(&name.to_string().trim_start_matches('_').to_string()),
        None => matches!(argument, FnArg::Receiver(_)),
    }
}

/// Rule: a list of literal probabilities sums to one.
fn literal_distribution(expr: &Expr, diag: &mut Diagnostics) {
    if let Expr::Array(array) = literals::bare(expr)
        && let Some(message) = literals::distribution_error(&array.elems)
    {
        diag.span(array.bracket_token.span.join(), message);
    }
}

/// Rule: every action drives some factor.
fn actions_are_used(header: &Header, methods: &[Method], diag: &mut Diagnostics) {
    for action in &header.actions {
        let name = action.name.to_string();
        let is_used = |a: &FnArg| argument_name(a).is_some_and(|p| p.to_string().trim_start_matches('_') == name);
        let moves = methods.iter().filter(|m| !matches!(m.role, Role::Response));
        let used = moves.into_iter().any(|m| m.signature.inputs.iter().any(is_used));
        if !used {
            diag.at(
                &action.name,
                format!("nobody uses the action `{name}`: name it as an argument of the factor that it drives"),
            );
        }
    }
}

/// Rule: between blocks a belief is kept, or begins at the initial state.
fn kept(between: &syn::Expr, diag: &mut Diagnostics) -> bool {
    match between.to_token_stream().to_string().as_str() {
        "keep" => true,
        "restart" => false,
        other => {
            let near = did_you_mean(other, &["keep", "restart"]);
            diag.at(between, format!("between blocks a belief cannot `{other}`{near}\nhelp: `between = keep` takes what is believed over into the next block, `between = restart` (the default) goes back to the initial state"));
            false
        }
    }
}
