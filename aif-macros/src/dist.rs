//! `dist![..]`: a categorical distribution from its probabilities.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Token};

use crate::{literals, names};

pub fn expand(input: TokenStream) -> TokenStream {
    let probabilities = match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(input.clone()) {
        Ok(probabilities) => probabilities,
        Err(error) => return error.to_compile_error(),
    };
    if let Some(message) = literals::distribution_error(&probabilities) {
        return Error::new_spanned(input, message).to_compile_error();
    }
    let root = names::root();
    // Constants and scalars may stand side by side.
    let probabilities = probabilities.iter().map(|p| {
        let p = literals::as_float(p);
        quote_spanned!(p.span()=> #root::LiftInto::lift_into(#p))
    });
    quote!(#root::Dist::listed([#(#probabilities),*]))
}
