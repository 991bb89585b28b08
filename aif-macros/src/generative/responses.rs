//! Responses: methods whose arguments are the choice, beliefs about factors, what was chosen, and inputs.

use quote::ToTokens;
use syn::{FnArg, Ident, Pat, PathArguments, ReturnType, Signature, Type};

use super::ast::{Declaration, Role};
use super::ir::{Given, Response, Told};
use super::types::is_ident;
use crate::block::plain;
use crate::diag::{Diagnostics, did_you_mean, list};

const DISTRIBUTIONS: &str = "`Normal<T>`, `LogNormal<T>`, `Ordered<D, T>`, `Wiener<D, T>` and the like";

/// What arguments of responses may name.
struct Scope<'d> {
    factors: Vec<String>,
    modalities: Vec<String>,
    declaration: &'d Declaration,
    scalar: &'d Ident,
}

/// Resolves the responses of a declaration.
pub(super) fn responses(
    declaration: &Declaration,
    name: &Ident,
    scalar: Option<&Ident>,
    diag: &mut Diagnostics,
) -> Vec<Response> {
    let signatures = declaration.methods.iter().filter(|m| matches!(m.role, Role::Response)).map(|m| &m.signature);
    let Some(scalar) = scalar else {
        for signature in signatures {
            let text = "a response is over the model's scalar, so that its parameters can be fitted";
            diag.at(&signature.ident, format!("{text}: `impl<T: Real> {name}<T>`"));
        }
        return Vec::new();
    };
    let named = |factor: bool| {
        let own = declaration.methods.iter().filter(move |m| match m.role {
            Role::Factor { .. } => factor,
            Role::Modality { .. } => !factor,
            Role::Level(ref level) => !factor && level.of.is_none(),
            Role::Response => false,
        });
        own.map(|m| m.signature.ident.to_string()).collect()
    };
    let scope = Scope { factors: named(true), modalities: named(false), declaration, scalar };
    signatures.filter_map(|signature| response(signature, &scope, diag)).collect()
}

fn response(signature: &Signature, scope: &Scope<'_>, diag: &mut Diagnostics) -> Option<Response> {
    let (name, actions) = (&signature.ident, &scope.declaration.header.actions);
    plain(signature, "response", "is a plain function of what it depends on", diag);
    let action = actions.iter().position(|action| action.name == *name);
    if action.is_some() && actions.len() > 1 {
        let text = format!(
            "the response `{name}` says how the action of this name comes about, but there are {} actions, which are chosen together",
            actions.len()
        );
        diag.at(
            name,
            format!("{text}\nhelp: let one action have all their combinations as values, or give the response a name of its own"),
        );
    }
    let mut arguments: Vec<Told> = Vec::new();
    for argument in &signature.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(pattern) = &*argument.pat else {
            diag.at(&argument.pat, "an argument of a response is a plain name, not a pattern");
            continue;
        };
        if pattern.by_ref.is_some() || matches!(&*argument.ty, Type::Reference(_)) {
            diag.at(argument, "the arguments of a response are values, not references: they are small and `Copy`");
            continue;
        }
        let Some(given) = given(&pattern.ident, &argument.ty, scope, diag) else { continue };
        if matches!(given, Given::Action(a) if Some(a) == action) {
            let text = format!("the response `{name}` says how the action comes about, so it cannot depend on it");
            diag.at(
                &pattern.ident,
                format!("{text}\nhelp: on what is likely to be chosen it can: `choice: Choice<{}>`", scope.scalar),
            );
            continue;
        }
        if arguments.iter().any(|other| other.given == given) {
            diag.at(
                &pattern.ident,
                if given == Given::Choice { "the choice is an argument twice" } else { "this is an argument twice" },
            );
        }
        arguments.push(Told { given, ty: (*argument.ty).clone() });
    }
    let ReturnType::Type(_, returns) = &signature.output else {
        let text =
            format!("the response `{name}` returns nothing: it returns the distribution of what is recorded, {DISTRIBUTIONS}");
        diag.at(name, text);
        return None;
    };
    Some(Response { name: name.clone(), returns: (**returns).clone(), is_action: action.is_some(), arguments })
}

/// What an argument is, by its type and its name.
fn given(name: &Ident, ty: &Type, scope: &Scope<'_>, diag: &mut Diagnostics) -> Option<Given> {
    let text = name.to_string();
    let text = text.strip_prefix('_').unwrap_or(&text);
    let header = &scope.declaration.header;
    let factor = scope.factors.iter().position(|f| f == text);
    let input = header.inputs.iter().position(|i| i.name == text);
    let action = header.actions.iter().position(|a| a.name == text);
    let scalar = scope.scalar;
    match last_segment(ty).as_deref() {
        Some("Choice") => {
            // By the name of an action it is the choice of that action.
            let taken = [(factor.is_some(), "a factor"), (input.is_some(), "an input")];
            if let Some((_, what)) = taken.iter().find(|(is, _)| *is) {
                diag.at(name, format!("`{text}` is {what}, and this argument is the choice: give it a name of its own, `choice: Choice<{scalar}>`"));
                return None;
            }
            if generics(ty) != Some(1) {
                diag.at(ty, format!("the choice is over the model's scalar: `Choice<{scalar}>`"));
                return None;
            }
            Some(Given::Choice)
        }
        Some("Belief") => {
            let Some(factor) = factor else {
                let near = did_you_mean(text, &scope.factors);
                let help = format!("a belief is about a factor, by its name; the factors are {}", list(&scope.factors));
                diag.at(name, format!("no factor is named `{text}`{near}\nhelp: {help}"));
                return None;
            };
            if generics(ty) != Some(2) {
                diag.at(ty, format!("a belief is over the factor's states and the model's scalar: `Belief<D, {scalar}>`"));
                return None;
            }
            Some(Given::Belief(factor))
        }
        _ => {
            if let Some(input) = input {
                let number = is_ident(&header.inputs[input].ty, "f64");
                return Some(Given::Input { input, lifted: number && is_ident(ty, &scalar.to_string()) });
            }
            if let Some(action) = action {
                return Some(Given::Action(action));
            }
            let what = ty.to_token_stream();
            if factor.is_some() {
                let help = format!("what the agent believes of it is known: `{text}: Belief<{what}, {scalar}>`");
                diag.at(ty, format!("`{text}` is hidden: no response can depend on it\nhelp: {help}"));
            } else if scope.modalities.iter().any(|m| m == text) {
                let help = "a response depends on what the agent believes after it, `Belief<D, T>` of a factor, and on how surprising it was, `choice.surprise()`";
                diag.at(
                    name,
                    format!("`{text}` is a modality: what was observed bears on a response through beliefs\nhelp: {help}"),
                );
            } else {
                let all: Vec<String> = header
                    .actions
                    .iter()
                    .chain(&header.inputs)
                    .map(|own| own.name.to_string())
                    .chain(scope.factors.iter().cloned())
                    .collect();
                let near = did_you_mean(text, &all);
                let help = format!(
                    "an argument of a response is the choice, `choice: Choice<{scalar}>`, a belief about a factor, `name: Belief<D, {scalar}>`, an action that was chosen or an input"
                );
                diag.at(name, format!("nothing is named `{text}`{near}\nhelp: {help}; the names are {}", list(&all)));
            }
            None
        }
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|s| s.ident.to_string())
}

/// How many types stand in brackets.
fn generics(ty: &Type) -> Option<usize> {
    let Type::Path(path) = ty else { return None };
    match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(own) => {
            Some(own.args.iter().filter(|a| !matches!(a, syn::GenericArgument::Lifetime(_))).count())
        }
        _ => None,
    }
}
