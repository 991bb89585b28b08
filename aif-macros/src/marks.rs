//! The marks of methods, and what may be meant by an attribute that is none.

use syn::{Attribute, ImplItem};

use crate::diag::{Diagnostics, did_you_mean, near};

/// Attributes of Rust that come near to a mark, or may.
const RUST: [&str; 16] = [
    "allow",
    "bench",
    "cfg",
    "cfg_attr",
    "cold",
    "deny",
    "deprecated",
    "diagnostic",
    "doc",
    "expect",
    "forbid",
    "inline",
    "must_use",
    "test",
    "track_caller",
    "warn",
];

/// What the field calls the things that marks are for.
const MEANT: [(&str, &str); 12] = [
    ("state", "factor"),
    ("hidden", "factor"),
    ("hidden_state", "factor"),
    ("transition", "factor"),
    ("dynamics", "factor"),
    ("observation", "modality"),
    ("observed", "modality"),
    ("outcome", "modality"),
    ("likelihood", "modality"),
    ("sensor", "modality"),
    ("emission", "modality"),
    ("policy_response", "response"),
];

/// Options that are no marks of their own, and whose they are.
const OPTIONS: [(&str, &str); 5] =
    [("initial", "factor"), ("initial", "state"), ("goal", "factor"), ("between", "factor"), ("preference", "modality")];

/// Which of a macro's `marks` an attribute is; where it is none but means one, that is said, and it is taken for it.
///
/// What is neither is Rust's, or another crate's.
pub fn mark(attribute: &Attribute, marks: &[&'static str], diag: &mut Diagnostics) -> Taken {
    let Some(name) = attribute.path().segments.last().map(|s| s.ident.to_string()) else { return Taken::Foreign };
    if let Some(known) = marks.iter().find(|m| **m == name) {
        if attribute.path().get_ident().is_none() {
            diag.at(attribute.path(), format!("the mark `#[{known}]` is read by its plain name"));
        }
        return Taken::As(known);
    }
    if attribute.path().get_ident().is_none() || RUST.contains(&name.as_str()) {
        return Taken::Foreign;
    }
    let whose = [
        ("factor", "`#[generative_model]`"),
        ("modality", "`#[generative_model]`"),
        ("response", "`#[generative_model]`, `#[hgf]` and `#[learner]`"),
    ];
    for (mark, whose) in whose {
        if name == mark {
            diag.at(attribute.path(), format!("`{mark}` marks methods of {whose}, and this is none"));
            return Taken::Nothing;
        }
    }
    if let Some((_, whose)) = OPTIONS.iter().find(|(option, whose)| *option == name && marks.contains(whose)) {
        diag.at(attribute.path(), format!("`{name}` is an option of a {whose}: `#[{whose}({name} = ..)]`"));
        return Taken::Nothing;
    }
    let meant = MEANT.iter().find(|(word, _)| *word == name).map(|(_, mark)| *mark);
    let Some(meant) = meant.or_else(|| near(&name, marks)).and_then(|m| marks.iter().find(|k| **k == m)) else {
        return Taken::Foreign;
    };
    diag.at(attribute.path(), format!("unknown attribute `{name}`{}", did_you_mean(meant, &[meant])));
    Taken::As(meant)
}

/// What an attribute is taken for.
pub enum Taken {
    /// A mark.
    As(&'static str),
    /// A mistake that was said.
    Nothing,
    /// Nothing that the macro reads.
    Foreign,
}

/// Rule: what is marked is a method. The marks of what is none are taken away.
pub fn none(item: &mut ImplItem, marks: &[&'static str], diag: &mut Diagnostics) {
    let attributes = match item {
        ImplItem::Const(item) => &mut item.attrs,
        ImplItem::Type(item) => &mut item.attrs,
        ImplItem::Macro(item) => &mut item.attrs,
        _ => return,
    };
    attributes.retain(|attribute| match mark(attribute, marks, diag) {
        Taken::As(mark) => {
            diag.at(attribute, format!("`#[{mark}]` marks a method"));
            false
        }
        Taken::Nothing => false,
        Taken::Foreign => true,
    });
}
