//! `model!`: priors of a group and of its subjects become a typed population.

mod ast;
mod check;
mod distribution;
mod expand;
mod families;
mod formula;
mod grammar;
mod ir;
mod scope;
mod shape;
mod sign;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Diagnostics;

pub fn expand(input: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let Some(declarations) = diag.keep(syn::parse2::<ast::Declarations>(input)) else { return diag.into_tokens() };
    let mut generated = TokenStream::new();
    for mut declaration in declarations.0 {
        let mut own = Diagnostics::default();
        formula::write_out(&mut declaration, &mut own);
        let population = check::check(declaration, &mut own);
        let sound = own.is_empty();
        generated.extend(own.into_tokens());
        generated.extend(expand::expand(&population, sound));
    }
    let errors = diag.into_tokens();
    quote!(#errors #generated)
}
