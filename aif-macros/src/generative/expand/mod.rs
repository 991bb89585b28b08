//! From a valid model to code: types, the trait implementation, and checks that only the compiler can make.

mod checks;
mod implementation;
mod levels;
mod responses;
mod types;

use proc_macro2::TokenStream;
use quote::quote;

use super::ir::Model;
use crate::names;

/// Everything that is emitted beside the impl block. After an error (`!sound`) the implementation is a stub.
pub fn expand(model: &Model, sound: bool) -> TokenStream {
    let mut types = types::types(model);
    if sound {
        types.extend(levels::structure(model));
    }
    let implementation = [implementation::implementation(model, sound), levels::implementation(model, sound)];
    let implementation: TokenStream = implementation.into_iter().collect();
    let checks = sound.then(|| [checks::types(model), checks::sizes(model)].into_iter().collect::<TokenStream>());
    let (import, domains) = (names::import(), model.clauses.checks());
    quote!(
        #types
        #[allow(trivial_bounds)]
        const _: () = {
            #import
            #domains
            #implementation
            #checks
        };
    )
}
