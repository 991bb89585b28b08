//! What the right-hand sides of equations mean: parents, strengths, noise.

use syn::Expr;

use super::ir::{Bearing, InputKind, Kind, Node, Parent, Scope};
use super::linear::{Names, Sum, call, nodes_in, plus, reciprocal, sum, terms};
use crate::diag::Diagnostics;

fn parents(node: &mut Node, found: Sum, bearing: Bearing, scope: &Scope<'_>) {
    for (parent, strength) in found.nodes {
        if let Some(at) = scope.nodes.iter().position(|n| parent == *n) {
            node.parents.push(Parent { node: at, at: parent, bearing, strength });
        }
    }
}

/// `Bernoulli(logistic(..))`, `Categorical(logistic(..))`.
pub fn binary(node: &mut Node, family: &str, argument: &Expr, scope: &Scope<'_>, names: &Names<'_>, diag: &mut Diagnostics) {
    let name = node.name.to_string();
    let wanted = node.input.map(|i| scope.inputs[i].kind);
    match (family, wanted) {
        ("Bernoulli", Some(InputKind::Binary)) | ("Categorical", Some(InputKind::Category)) => {}
        (_, None) => {
            let ty = if family == "Bernoulli" { "bool" } else { "Domain" };
            diag.at(&node.name, format!("`{name}` is seen, so it is an input: list it in `#[hgf(inputs({name}: {ty}))]`\nhelp: what is hidden is `Gaussian`"));
        }
        (_, Some(kind)) => diag.at(&node.name, input_form(&name, kind)),
    }
    let Some(inner) = call(argument, "logistic") else {
        diag.at(
            argument,
            format!("the probability of `{name}` is the logistic function of its parents: `{family}(logistic(parent))`"),
        );
        nodes_in(argument, names, diag);
        return;
    };
    let found = sum(inner, names, &name, diag);
    if let Some(constant) = &found.constant {
        diag.at(constant, format!("the log-odds of `{name}` are its value parents' alone\nhelp: a constant belongs into the parent's `#[initial(mean = ..)]`"));
    }
    if found.nodes.is_empty() {
        diag.at(&node.name, format!("`{name}` has no parent: nothing is learned from it"));
    }
    parents(node, found, Bearing::Value, scope);
}

fn input_form(name: &str, kind: InputKind) -> String {
    match kind {
        InputKind::Binary => format!("the input `{name}` is `bool`: its node is `{name} ~ Bernoulli(logistic(parent));`"),
        InputKind::Number => format!("the input `{name}` is a number: its node is `{name} ~ Gaussian(parent, 1.0 / precision);`"),
        InputKind::Category => format!(
            "the input `{name}` is a category: its nodes are `{name} ~ Categorical(logistic(parent));`, with `parent[{name}]`"
        ),
    }
}

/// `Gaussian(mean, variance)`.
pub fn gaussian(node: &mut Node, mean: &Expr, variance: &Expr, scope: &Scope<'_>, names: &Names<'_>, diag: &mut Diagnostics) {
    let name = node.name.to_string();
    let mut found = sum(mean, names, &name, diag);
    let own = found.nodes.iter().position(|(n, _)| *n == name);
    let own = own.map(|at| found.nodes.remove(at));
    node.drift = found.constant.take();
    match node.input.map(|i| scope.inputs[i].kind) {
        Some(InputKind::Number) => {
            node.kind = Kind::Observation;
            if let Some((own, _)) = own {
                diag.at(own, format!("`{name}` is an input: what was seen last does not bear on it, its parents do"));
            } else if found.nodes.is_empty() {
                diag.at(&node.name, format!("`{name}` has no parent: nothing is learned from it"));
            }
            if node.mean.is_some() || node.precision.is_some() {
                diag.at(&node.name, format!("`{name}` is an input: it has no initial belief of its own"));
            }
            noise(node, variance, scope, names, diag);
        }
        Some(kind) => diag.at(&node.name, input_form(&name, kind)),
        None => {
            node.kind = Kind::Continuous;
            node.autoconnection = own.map(|(_, strength)| strength.unwrap_or_else(|| syn::parse_quote!(1.0)));
            if node.autoconnection.is_none() {
                node.autoconnection = Some(syn::parse_quote!(0.0));
            }
            match call(variance, "exp") {
                Some(inner) => {
                    let mut found = sum(inner, names, &name, diag);
                    node.tonic_volatility = Some(found.constant.take().unwrap_or_else(|| syn::parse_quote!(0.0)));
                    not_itself(&found, &name, diag);
                    parents(node, found, Bearing::Volatility, scope);
                }
                None => {
                    diag.at(variance, format!("the variance of a step of `{name}` is an exponential: `exp(tonic_volatility + strength * parent)`\nhelp: a constant variance `v` is `exp(ln(v))`"));
                    nodes_in(variance, names, diag);
                }
            }
        }
    }
    parents(node, found, Bearing::Value, scope);
}

fn not_itself(found: &Sum, name: &str, diag: &mut Diagnostics) {
    for (node, _) in found.nodes.iter().filter(|(n, _)| *n == name) {
        diag.at(node, format!("`{name}` cannot be its own volatility parent"));
    }
}

/// The variance of an input's noise: a term of its own, and the exponential of what its volatility parents say.
fn noise(node: &mut Node, variance: &Expr, scope: &Scope<'_>, names: &Names<'_>, diag: &mut Diagnostics) {
    let name = node.name.to_string();
    let mut constant: Option<Expr> = None;
    for (negative, term) in terms(variance) {
        let with_nodes = !nodes_in(term, names, diag).is_empty();
        match call(term, "exp") {
            Some(inner) if with_nodes && !negative => {
                if node.parents.iter().any(|p| p.bearing == Bearing::Volatility) {
                    diag.at(term, "the noise of an input has one exponential: add up what is inside");
                }
                let mut found = sum(inner, names, &name, diag);
                node.tonic_volatility = found.constant.take();
                not_itself(&found, &name, diag);
                parents(node, found, Bearing::Volatility, scope);
            }
            _ if with_nodes => diag.at(
                term,
                format!("nodes bear on the noise of `{name}` through an exponential: `1.0 / precision + exp(strength * parent)`"),
            ),
            _ => constant = Some(plus(constant, negative, term)),
        }
    }
    match constant {
        Some(constant) => node.precision = Some(reciprocal(&constant)),
        None => diag.at(variance, format!("the noise of `{name}` has a variance of its own beside what its parents add: `1.0 / precision + exp(strength * parent)`")),
    }
}
