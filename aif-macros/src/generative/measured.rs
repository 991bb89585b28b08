//! Rules for modalities that are measured: what they return, at how many nodes plans look, and what is liked.

use quote::{ToTokens, quote};
use syn::{Expr, GenericArgument, Ident, PathArguments, Type, parse_quote};

use super::ast::Preference;
use super::returns::is_ident;
use crate::diag::Diagnostics;
use crate::literals;
use crate::names::root;

/// At how many nodes a plan looks where the declaration does not say.
const NODES: usize = 32;

/// Whether a type mentions the scalar.
pub(super) fn mentions(ty: &Type, scalar: &Ident) -> bool {
    over(ty, &|ty| is_ident(ty, &scalar.to_string()))
}

/// Whether a type has, somewhere among its generic arguments, one that `what` holds of.
fn over(ty: &Type, what: &dyn Fn(&Type) -> bool) -> bool {
    match ty {
        Type::Paren(inner) => over(&inner.elem, what),
        Type::Group(inner) => over(&inner.elem, what),
        Type::Tuple(all) => all.elems.iter().any(|ty| over(ty, what)),
        Type::Array(list) => over(&list.elem, what),
        Type::Path(path) if path.qself.is_none() => {
            let arguments = path.path.segments.last().map(|last| &last.arguments);
            let Some(PathArguments::AngleBracketed(arguments)) = arguments else { return false };
            arguments.args.iter().any(|a| matches!(a, GenericArgument::Type(ty) if what(ty) || over(ty, what)))
        }
        _ => false,
    }
}

/// Whether a type is that of a distribution of numbers: a type over numbers, `Normal<T>`, that is no container of them.
pub(super) fn is_distribution(ty: &Type, scalar: Option<&Ident>) -> bool {
    const OTHERS: [&str; 7] = ["Option", "Result", "Vec", "Box", "Dist", "Dirichlet", "Values"];
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let number = |ty: &Type| is_ident(ty, "f64") || scalar.is_some_and(|scalar| is_ident(ty, &scalar.to_string()));
    !OTHERS.iter().any(|other| last.ident == other) && over(ty, &number)
}

/// The domain of the nodes at which plans look.
pub(super) fn outcomes_of(nodes: Option<&Expr>, diag: &mut Diagnostics) -> Type {
    if let Some(nodes) = nodes.filter(|nodes| literals::number(nodes).is_some_and(|n| n < 2.0)) {
        diag.at(nodes, "a plan looks at a measured modality at 2 nodes or more; 32 are usual");
    }
    let (root, count) = (root(), nodes.map_or(quote!(#NODES), ToTokens::to_token_stream));
    parse_quote!(#root::Index<{ #count }>)
}

/// Rule: what is preferred of measurements is a function, not a list.
pub(super) fn measurements_are_liked(name: &Ident, preference: Option<&Preference>, diag: &mut Diagnostics) {
    let Some(preference) = preference else { return };
    let value = literals::bare(&preference.value);
    if matches!(value, Expr::Array(_) | Expr::Repeat(_)) || literals::number(value).is_some() {
        diag.at(
            value,
            format!("`{name}` is measured, so its preference is a function of the number, not a list\nhelp: `preference = Preferred::normal(1.0, 0.5)`, or `preference = |{name}| ..`: the log-preference of an `f64`, in nats"),
        );
    }
}
