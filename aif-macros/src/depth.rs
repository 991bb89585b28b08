//! How deep what is written may be nested: what reads it calls itself for every level.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote_spanned;

/// The most levels of parentheses, brackets and braces.
const MOST: usize = 200;

/// Expands what is not nested too deep; of what is, an error is all that is left.
pub fn shallow(parts: &[&TokenStream], expand: impl FnOnce() -> TokenStream) -> TokenStream {
    let mut open = vec![];
    for part in parts {
        open.push((*part).clone().into_iter());
        while let Some(tokens) = open.last_mut() {
            match tokens.next() {
                None => drop(open.pop()),
                Some(TokenTree::Group(group)) if open.len() > MOST => {
                    let message = format!("nested more than {MOST} levels deep; name some of the parts");
                    return quote_spanned!(group.span_open()=> ::core::compile_error!(#message););
                }
                Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
                Some(_) => {}
            }
        }
    }
    expand()
}
