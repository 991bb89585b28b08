//! `dist![..]`: a categorical distribution from its probabilities.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
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
    quote!(#root::Dist::from([#probabilities]))
}
