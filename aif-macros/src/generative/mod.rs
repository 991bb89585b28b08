//! `#[generative_model]`: an impl block of conditional distributions becomes a typed model.

mod ast;
mod check;
mod expand;
mod ir;
mod levels;
mod lists;
mod measured;
mod outside;
mod responses;
mod returns;
mod types;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Diagnostics;
use crate::literals::on_the_left;

pub fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let parsed = ast::Declaration::parse(attribute, item.clone(), &mut diag);
    let Some(declaration) = parsed else {
        let errors = diag.into_tokens();
        return quote!(#errors #item);
    };
    let model = check::check(&declaration, &mut diag);
    let sound = diag.is_empty();
    let errors = diag.into_tokens();
    let mut written = declaration.stripped.clone();
    on_the_left(&mut written);
    if let Some(model) = &model {
        model.clauses.put_on(&mut written);
    }
    // After an error the types and a stub of the implementation still stand, so that one mistake does not become twenty.
    let generated = model.map(|model| expand::expand(&model, sound));
    quote!(#errors #written #generated)
}
