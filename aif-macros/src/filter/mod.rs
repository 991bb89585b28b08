//! `#[hgf]`: an impl block with the equations of a hierarchical Gaussian filter becomes a typed filter.

mod ast;
mod check;
mod expand;
mod forms;
mod ir;
mod linear;
mod order;
mod responses;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Diagnostics;
use crate::literals::on_the_left;

pub fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let Some(declaration) = ast::Declaration::parse(attribute, item.clone(), &mut diag) else {
        let errors = diag.into_tokens();
        return quote!(#errors #item);
    };
    let filter = check::check(&declaration, &mut diag);
    let sound = diag.is_empty();
    let errors = diag.into_tokens();
    let mut written = declaration.stripped.clone();
    on_the_left(&mut written);
    // After an error only what was written stands: without its nodes there is no filter.
    let generated = filter.filter(|_| sound).map(|filter| expand::expand(&filter));
    quote!(#errors #written #generated)
}
