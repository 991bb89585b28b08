//! The implementation of `Behaviour`: an agent's record is scored by the functions of the fitting crate.
//!
//! It cannot be one implementation for all generative models there: Rust would then allow no other implementor that is generic over the
//! scalar.

use proc_macro2::TokenStream;
use quote::quote;

use super::Generics;
use crate::generative::ir::Model;

pub fn scoring(model: &Model) -> TokenStream {
    let scalar = Generics::of(model).scalar();
    let (self_ty, sizes) = (&model.self_ty, &model.sizes);
    let method = |name: &str, result: TokenStream| {
        let name = quote::format_ident!("{name}");
        let function = quote::format_ident!("agent_{name}");
        quote!(
            fn #name(
                &self,
                assigned: &__aif::Assigned<#scalar>,
                record: &__aif::History,
                options: &__aif::AgentOptions,
            ) -> ::core::result::Result<#result, __aif::ScoreError> {
                __aif::#function(self, assigned, record, options)
            }
        )
    };
    let (sum, each) = (method("log_likelihood", quote!(#scalar)), method("pointwise", quote!(__aif::Vec<#scalar>)));
    quote!(
        impl<#scalar: __aif::Real, #(#sizes),*> __aif::Behaviour<#scalar> for #self_ty {
            type Record = __aif::History;
            type Options = __aif::AgentOptions;
            #sum
            #each
            fn places(record: &__aif::History) -> __aif::Vec<__aif::ResponsePlace> {
                record.places()
            }
        }
    )
}
