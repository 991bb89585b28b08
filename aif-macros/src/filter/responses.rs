//! Responses: methods whose arguments are beliefs about nodes, by name.

use syn::{FnArg, Pat, ReturnType, Signature, Type};

use super::ast::Declaration;
use super::ir::{Input, Node, Response};
use crate::block::plain;
use crate::diag::{Diagnostics, did_you_mean, list};

/// The most responses of a filter; the runtime has the same number.
const MAX_RESPONSES: usize = 4;

const DISTRIBUTIONS: &str = "`Bernoulli<T>`, `Softmax<D, T>`, `Normal<T>`, `LogNormal<T>` or `Evidence<T>`";

/// Resolves the responses of a declaration.
pub fn responses(declaration: &Declaration, nodes: &[Node], inputs: &[Input], diag: &mut Diagnostics) -> Vec<Response> {
    if let Some(beyond) = declaration.responses.get(MAX_RESPONSES) {
        diag.at(&beyond.ident, format!("a filter has at most {MAX_RESPONSES} responses"));
    }
    let all: Vec<String> = nodes.iter().map(|n| n.name.to_string()).collect();
    declaration.responses.iter().filter_map(|signature| response(signature, &all, inputs, diag)).collect()
}

fn response(signature: &Signature, nodes: &[String], inputs: &[Input], diag: &mut Diagnostics) -> Option<Response> {
    let name = &signature.ident;
    if inputs.iter().any(|i| i.name == *name) && nodes.iter().all(|n| name != n) {
        diag.at(name, format!("two of one name: `{name}` is already an input"));
    }
    plain(signature, "response", "is a plain function of beliefs", diag);
    let mut arguments = Vec::new();
    for argument in &signature.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(pattern) = &*argument.pat else {
            diag.at(&argument.pat, "an argument of a response is the plain name of a node, not a pattern");
            continue;
        };
        if pattern.by_ref.is_some() || matches!(&*argument.ty, Type::Reference(_)) {
            diag.at(argument, "the arguments of a response are values, not references: beliefs are small and `Copy`");
            continue;
        }
        let text = pattern.ident.to_string();
        let text = text.strip_prefix('_').unwrap_or(&text);
        match nodes.iter().position(|n| n == text) {
            Some(node) => arguments.push((node, pattern.ident.clone())),
            None => {
                let near = did_you_mean(text, nodes);
                diag.at(
                    &pattern.ident,
                    format!(
                        "no node is named `{text}`{near}\nhelp: a response depends on beliefs about nodes, which are {}",
                        list(nodes)
                    ),
                );
            }
        }
    }
    let ReturnType::Type(_, returns) = &signature.output else {
        diag.at(
            name,
            format!("the response `{name}` returns nothing: it returns the distribution of what is recorded, {DISTRIBUTIONS}"),
        );
        return None;
    };
    Some(Response { name: name.clone(), returns: (**returns).clone(), arguments })
}
