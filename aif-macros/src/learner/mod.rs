//! `#[learner]`: an impl block with the next values of states and the distributions of responses becomes a typed learner.

mod arguments;
mod ast;
mod check;
mod expand;
mod ir;
mod order;

use proc_macro2::TokenStream;
use quote::quote;

use crate::clauses::Clauses;
use crate::diag::Diagnostics;
use crate::literals::on_the_left;

pub fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let Some(declaration) = ast::Declaration::parse(attribute, item.clone(), &mut diag) else {
        let errors = diag.into_tokens();
        return quote!(#errors #item);
    };
    let learner = check::check(&declaration, &mut diag);
    let sound = diag.is_empty();
    let errors = diag.into_tokens();
    let mut written = declaration.stripped.clone();
    on_the_left(&mut written);
    // After an error only what was written stands.
    let generated = learner.filter(|_| sound).map(|learner| {
        let domains = Clauses::of(learner.domains());
        domains.put_on(&mut written);
        expand::expand(&learner, &domains)
    });
    quote!(#errors #written #generated)
}
