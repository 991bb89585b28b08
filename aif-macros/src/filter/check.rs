//! From equations to a filter: resolves names, applies every rule, collects every mistake.

use quote::ToTokens;
use syn::{Expr, Ident, Type, Visibility};

use super::ast::{Declaration, Equation};
use super::forms::{binary, gaussian};
use super::ir::{Filter, Input, InputKind, Kind, Node, Scope};
use super::linear::{Names, nodes_in};
use super::order::children_first;
use super::responses::responses;
use crate::block;
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::names::type_name;

/// Column names of the data table that a node or response cannot have.
pub const RESERVED: [&str; 7] = ["subject", "session", "block", "trial", "step", "scored", "time_step"];

/// The most inputs of a filter; the runtime has the same number.
const MAX_INPUTS: usize = 16;

const FORMS: &str = "a node is `Bernoulli(logistic(parents))`, `Categorical(logistic(parents))` or `Gaussian(mean, variance)`";

pub fn check(declaration: &Declaration, diag: &mut Diagnostics) -> Option<Filter> {
    let self_ty = &*declaration.stripped.self_ty;
    let Some(name) = type_name(self_ty) else {
        diag.at(self_ty, "a filter is a struct of its parameters: `impl<T: Real> Name<T>`");
        return None;
    };
    let (scalar, sizes) = block::generics(&declaration.stripped.generics, &name, "filter", diag);
    let inputs = inputs(declaration, diag);
    if declaration.broken {
        return None;
    }
    if declaration.nodes.is_none() || declaration.equations.is_empty() {
        diag.at(&name, "a filter has nodes: declare them in `nodes! { .. }`, one equation each");
        return None;
    }
    let all: Vec<String> = declaration.equations.iter().map(|e| e.name.to_string()).collect();
    names_are_unique(declaration, diag);
    for input in &inputs {
        if !all.contains(&input.name.to_string()) {
            let near = did_you_mean(&input.name.to_string(), &all);
            diag.at(
                &input.name,
                format!(
                    "the input `{}` has no node{near}\nhelp: a node of the same name receives it: `{} ~ ..;` in `nodes!`",
                    input.name, input.name
                ),
            );
        }
    }
    let mut categories: Option<(Ident, Type)> = None;
    for input in inputs.iter().filter(|i| i.kind == InputKind::Category) {
        match &categories {
            None => categories = Some((input.name.clone(), input.ty.clone())),
            Some((first, _)) => diag.at(&input.name, format!("a filter has one categorical input, and `{first}` is it")),
        }
    }
    let scope = Scope { nodes: &all, inputs: &inputs, categories: categories.as_ref().map(|(name, _)| name) };
    let nodes: Vec<Node> = declaration.equations.iter().filter_map(|e| node(e, &scope, diag)).collect();
    if nodes.len() < declaration.equations.len() {
        return None;
    }
    couplings_fit(&nodes, diag);
    if !diag.is_empty() {
        // Still look at the responses: their mistakes are the user's, too.
        responses(declaration, &nodes, &inputs, diag);
        return None;
    }
    let nodes = children_first(nodes, diag);
    let responses = responses(declaration, &nodes, &inputs, diag);
    Some(Filter {
        name,
        self_ty: self_ty.clone(),
        scalar: scalar?,
        sizes,
        vis: declaration.header.vis.clone().unwrap_or_else(|| Visibility::Public(Default::default())),
        inputs,
        categories: categories.map(|(_, ty)| ty),
        nodes,
        responses,
        starts_at_inputs: declaration.header.starts_at_inputs,
    })
}

fn inputs(declaration: &Declaration, diag: &mut Diagnostics) -> Vec<Input> {
    let header = &declaration.header;
    if header.inputs.is_empty() && !header.misspelt {
        diag.span(
            proc_macro2::Span::call_site(),
            "what does the filter see? name its inputs: `#[hgf(inputs(outcome: bool))]`, of type `bool`, `f64` or a domain",
        );
    }
    let kind = |ty: &Type| match ty.to_token_stream().to_string().as_str() {
        "bool" => InputKind::Binary,
        "f64" => InputKind::Number,
        _ => InputKind::Category,
    };
    if let Some(beyond) = header.inputs.get(MAX_INPUTS) {
        diag.at(&beyond.name, format!("a filter has at most {MAX_INPUTS} inputs"));
    }
    let mut inputs = Vec::new();
    for named in &header.inputs {
        block::recorded_type(&named.ty, "input", &["bool", "f64"], diag);
        inputs.push(Input { name: named.name.clone(), ty: named.ty.clone(), kind: kind(&named.ty) });
    }
    inputs
}

/// Rule: nodes and responses share one space of names, which has no reserved ones; an input is listed once.
fn names_are_unique(declaration: &Declaration, diag: &mut Diagnostics) {
    let nodes = declaration.equations.iter().map(|e| (&e.name, "node"));
    let responses = declaration.responses.iter().map(|r| (&r.ident, "response"));
    block::names_are_unique(nodes.chain(responses), &RESERVED, diag);
    for (i, input) in declaration.header.inputs.iter().enumerate() {
        if declaration.header.inputs[..i].iter().any(|other| other.name == input.name) {
            diag.at(&input.name, format!("two of one name: `{}` is already an input", input.name));
        }
    }
}

/// One equation.
fn node(equation: &Equation, scope: &Scope<'_>, diag: &mut Diagnostics) -> Option<Node> {
    let name = &equation.name;
    let input = scope.inputs.iter().position(|i| i.name == *name);
    if let Some(index) = &equation.index {
        match scope.categories {
            Some(categories) if index == categories => {}
            Some(categories) => diag.at(index, format!("a node stands for each value of the categorical input: `{name}[{categories}]`")),
            None => diag.at(index, "there is one node for each category of a categorical input, and this filter has none\nhelp: an input whose type is a domain is categorical: `inputs(seen: Colour)`"),
        }
    }
    if let (Some(index), Some(_)) = (&equation.index, input) {
        diag.at(index, format!("`{name}` is an input: it has one node for each of its values without being told"));
    }
    let (mean, precision) = initial(equation, diag);
    let categorical = input.is_some_and(|i| scope.inputs[i].kind == InputKind::Category);
    let index = if categorical { Some(name) } else { equation.index.as_ref() };
    let names = Names { nodes: scope.nodes, index };
    for expr in mean.iter().chain(&precision) {
        for found in nodes_in(expr, &names, diag) {
            diag.at(&found, format!("an initial belief is a number of its own: `{found}` is a node"));
        }
    }
    let mut node = Node {
        docs: equation.attributes.iter().filter(|a| a.path().is_ident("doc")).cloned().collect(),
        name: name.clone(),
        index: index.cloned(),
        kind: Kind::Binary,
        input,
        mean,
        precision,
        autoconnection: None,
        drift: None,
        tonic_volatility: None,
        parents: Vec::new(),
    };
    let Expr::Call(form) = &equation.distribution else {
        diag.at(&equation.distribution, FORMS);
        return None;
    };
    let family = form.func.to_token_stream().to_string();
    match (family.as_str(), form.args.len()) {
        ("Bernoulli" | "Categorical", 1) => {
            binary(&mut node, &family, &form.args[0], scope, &names, diag);
        }
        ("Gaussian", 2) => {
            gaussian(&mut node, &form.args[0], &form.args[1], scope, &names, diag);
        }
        ("Bernoulli" | "Categorical", _) => diag.at(&equation.distribution, format!("`{family}(logistic(parents))` takes one argument")),
        ("Gaussian", _) => diag.at(&equation.distribution, "`Gaussian(mean, variance)` takes two arguments"),
        ("Normal", _) => diag.at(&form.func, "a node is `Gaussian(mean, variance)`: the filter's equations are in variances, while `Normal` takes a standard deviation"),
        (other, _) => {
            let near = did_you_mean(other, &["Bernoulli", "Categorical", "Gaussian"]);
            diag.at(&form.func, format!("no kind of node is called `{other}`{near}\nhelp: {FORMS}"));
        }
    }
    Some(node)
}

/// `#[initial(mean = .., precision = ..)]`.
fn initial(equation: &Equation, diag: &mut Diagnostics) -> (Option<Expr>, Option<Expr>) {
    let (mut mean, mut precision) = (None, None);
    for attribute in equation.attributes.iter().filter(|a| !a.path().is_ident("doc")) {
        if !attribute.path().is_ident("initial") {
            diag.at(attribute, "the only mark of a node is `#[initial(mean = .., precision = ..)]`");
            continue;
        }
        let parsed =
            attribute.parse_args_with(syn::punctuated::Punctuated::<syn::MetaNameValue, syn::Token![,]>::parse_terminated);
        if parsed.as_ref().is_ok_and(syn::punctuated::Punctuated::is_empty) {
            diag.at(attribute, "an initial belief says something: `#[initial(mean = .., precision = ..)]`");
        }
        for pair in diag.keep(parsed).into_iter().flatten() {
            let slot = match pair.path.to_token_stream().to_string().as_str() {
                "mean" => &mut mean,
                "precision" => &mut precision,
                other => {
                    let near = did_you_mean(other, &["mean", "precision"]);
                    diag.at(
                        &pair.path,
                        format!("an initial belief has no `{other}`{near}\nhelp: it has a `mean` and a `precision`"),
                    );
                    continue;
                }
            };
            if slot.is_some() {
                diag.at(&pair.path, format!("the initial {} is given twice", pair.path.to_token_stream()));
            }
            *slot = Some(pair.value);
        }
    }
    if !equation.attributes.is_empty()
        && (mean.is_some() || precision.is_some())
        && !equation.distribution.to_token_stream().to_string().starts_with("Gaussian")
    {
        diag.at(
            &equation.name,
            format!("`{}` has no initial belief of its own: it follows from those of its parents", equation.name),
        );
    }
    (mean, precision)
}

/// Rules: parents are hidden and continuous; every hidden node bears on something; categories meet their own parents.
fn couplings_fit(nodes: &[Node], diag: &mut Diagnostics) {
    // After another mistake a node may only seem to have no children.
    let sound = diag.is_empty();
    let named: Vec<String> = nodes.iter().filter(|n| n.input.is_none()).map(|n| n.name.to_string()).collect();
    for node in nodes {
        for parent in &node.parents {
            let of = &nodes[parent.node];
            if of.input.is_some() {
                diag.at(
                    &parent.at,
                    format!(
                        "`{}` depends on `{}`, which is an input: parents are hidden nodes\nhelp: the hidden nodes are {}",
                        node.name,
                        of.name,
                        list(&named)
                    ),
                );
            }
            if sound && of.index.is_some() && node.index.is_none() {
                diag.at(
                    &parent.at,
                    format!("`{}` depends on all nodes `{}[..]` at once: only nodes for each category can", node.name, of.name),
                );
            }
        }
    }
    for (n, node) in nodes.iter().enumerate() {
        if sound && node.input.is_none() && !nodes.iter().any(|child| child.parents.iter().any(|p| p.node == n)) {
            diag.at(&node.name, format!("no node depends on `{}`: nothing that is seen tells anything about it", node.name));
        }
    }
}
