//! Every path and identifier that the macros emit.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

/// Brings the runtime and the fitting crate into a block of emitted code, through the facade.
pub fn import() -> TokenStream {
    quote!(
        #[allow(unused_imports)]
        use ::aif::__private as __aif;
    )
}

/// The facade's re-exports, for code outside such a block.
pub fn root() -> TokenStream {
    quote!(::aif::__private)
}

/// The derives of a generated struct; serde is [`crate::storage`]'s.
pub fn derives() -> TokenStream {
    quote!(#[derive(Clone, Copy, Debug, PartialEq)])
}

/// The names of the types generated for a model or a population.
pub fn generated(base: &Ident, what: &str) -> Ident {
    quote::format_ident!("{}{}", base, what, span = base.span())
}

/// The scalar of a generated type, where the user's declaration names none.
pub fn scalar() -> Ident {
    quote::format_ident!("T")
}
