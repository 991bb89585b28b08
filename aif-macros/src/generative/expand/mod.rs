//! From a valid model to code: types, the trait implementation, and checks that only the compiler can make.

mod checks;
mod implementation;
mod types;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, Ident, Type};

use super::ir::Model;
use crate::names;

/// Everything that is emitted beside the impl block. After an error (`!sound`) the implementation is a stub.
pub fn expand(model: &Model, sound: bool) -> TokenStream {
    let types = types::types(model);
    let implementation = implementation::implementation(model, sound);
    let checks = sound.then(|| [checks::types(model), checks::sizes(model)].into_iter().collect::<TokenStream>());
    let import = names::import();
    quote!(
        #types
        const _: () = {
            #import
            #implementation
            #checks
        };
    )
}

/// The parts of a model's generics that emitted code needs.
struct Generics<'a> {
    model: &'a Model,
}

impl<'a> Generics<'a> {
    fn of(model: &'a Model) -> Self {
        Generics { model }
    }

    /// The scalar's name in emitted code.
    fn scalar(&self) -> Ident {
        self.model.scalar.clone().unwrap_or_else(names::scalar)
    }

    /// The const sizes that some types mention.
    fn sizes<'t>(&self, types: impl IntoIterator<Item = &'t Type>) -> Vec<&'a GenericParam> {
        let text: Vec<String> = types.into_iter().flat_map(idents).collect();
        let mentioned = |p: &&GenericParam| matches!(p, GenericParam::Const(c) if text.contains(&c.ident.to_string()));
        self.model.sizes.iter().filter(mentioned).collect()
    }
}

/// The identifiers in a type.
fn idents(ty: &Type) -> Vec<String> {
    fn walk(stream: TokenStream, into: &mut Vec<String>) {
        for token in stream {
            match token {
                proc_macro2::TokenTree::Ident(ident) => into.push(ident.to_string()),
                proc_macro2::TokenTree::Group(group) => walk(group.stream(), into),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(ty.to_token_stream(), &mut found);
    found
}

/// `W, H` of `const W: usize, const H: usize`.
fn arguments(sizes: &[&GenericParam]) -> Vec<Ident> {
    sizes.iter().filter_map(|p| if let GenericParam::Const(c) = p { Some(c.ident.clone()) } else { None }).collect()
}
