//! Rules for modalities that are measured: what they return, at how many nodes plans look, and what is liked.

use quote::{ToTokens, quote};
use syn::{Expr, Ident, Type, parse_quote};

use super::ast::Preference;
use crate::diag::Diagnostics;
use crate::literals;
use crate::names::root;

/// At how many nodes a plan looks where the declaration does not say.
const NODES: usize = 32;

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
