//! Arguments of methods: each names a state, a quantity, an action, an observation or an input.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, Ident, Pat, PathArguments, Signature, Type};

use super::ir::{Argument, Source};
use crate::diag::{Diagnostics, did_you_mean, list};

/// What arguments may name, with what each is.
pub struct Scope {
    pub names: Vec<(String, Source)>,
    /// Whether what it names is a number of the table.
    pub numbers: Vec<bool>,
    pub scalar: Option<Ident>,
}

impl Scope {
    /// The names, as they were declared.
    fn all(&self) -> Vec<&str> {
        self.names.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|(own, _)| own == name)
    }
}

/// What `Option<..>` is one of.
fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|s| s.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// Resolves the arguments of a method. `noun` is what it is marked as.
pub fn arguments(signature: &Signature, noun: &str, scope: &Scope, diag: &mut Diagnostics) -> Vec<Argument> {
    let mut found: Vec<Argument> = Vec::new();
    for argument in &signature.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(pattern) = &*argument.pat else {
            diag.at(&argument.pat, format!("an argument of a {noun} is a plain name, not a pattern"));
            continue;
        };
        if pattern.by_ref.is_some() || matches!(&*argument.ty, Type::Reference(_)) {
            diag.at(argument, format!("the arguments of a {noun} are values, not references: they are small and `Copy`"));
            continue;
        }
        let text = pattern.ident.to_string();
        let text = text.strip_prefix('_').unwrap_or(&text);
        let Some(at) = scope.find(text) else {
            let near = did_you_mean(text, &scope.all());
            let names = if scope.names.is_empty() { String::new() } else { format!("the names are {}; ", list(&scope.all())) };
            diag.at(
                &pattern.ident,
                format!(
                    "nothing is named `{text}`{near}\nhelp: an argument is the name of a state, a quantity, an action, an observation or an input: {names}parameters are fields, `self.{text}`"
                ),
            );
            continue;
        };
        let source = scope.names[at].1;
        let inner = option_of(&argument.ty);
        if inner.is_some() && matches!(source, Source::State(_) | Source::Input(_)) {
            let what = if matches!(source, Source::State(_)) { "a state" } else { "an input" };
            diag.at(&argument.ty, format!("`{text}` is {what}, which is never missing: it is no `Option`"));
            continue;
        }
        let ty = inner.unwrap_or(&argument.ty).clone();
        let scalar = scope.scalar.as_ref().is_some_and(|s| *s == ty.to_token_stream().to_string());
        if found.iter().any(|other| other.source == source) {
            diag.at(&pattern.ident, format!("`{text}` is an argument twice"));
        }
        found.push(Argument {
            source,
            at: argument.ty.span(),
            ident: pattern.ident.clone(),
            ty,
            optional: inner.is_some(),
            lifted: scope.numbers[at] && scalar,
        });
    }
    found
}
