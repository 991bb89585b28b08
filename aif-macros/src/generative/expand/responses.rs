//! Responses in code: their descriptions, and what is done with their distributions.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::generative::ir::{Given, Model, Told};

/// The descriptions of all responses.
pub fn descriptions(model: &Model, scalar: &Ident) -> TokenStream {
    let each = model.responses.iter().map(|response| {
        let (name, returns, action) = (response.name.to_string(), &response.returns, response.is_action);
        let name = name.trim_start_matches("r#");
        let time = format!("{name}_time");
        let needs = response.arguments.iter().filter_map(|own| if let Given::Action(a) = own.given { Some(a) } else { None });
        let kind = quote_spanned!(returns.span()=> <#returns as __aif::measure::Distribution<#scalar>>::KIND);
        quote!(__aif::model::Response { name: #name, time: #time, kind: #kind, action: #action, needs: &[#(#needs),*] })
    });
    quote!(&[#(#each),*])
}

/// What is done with the distribution of a response; nothing where there are none.
pub fn respond(model: &Model, scalar: &Ident) -> TokenStream {
    if model.responses.is_empty() {
        return TokenStream::new();
    }
    let arms = model.responses.iter().enumerate().map(|(r, response)| {
        let (name, returns) = (&response.name, &response.returns);
        let check = response.is_action.then(|| {
            let action = &model.actions[0].ty;
            quote_spanned!(returns.span()=> __aif::check_among::<#returns, #action>();)
        });
        let arguments = response.arguments.iter().map(|own| argument(model, own, scalar));
        quote!(#r => {
            #check
            let __distribution = self.#name(#(#arguments),*);
            ::core::option::Option::Some(__aif::measure::OnResponse::<#scalar>::on::<#returns>(__visitor, __distribution))
        })
    });
    quote!(
        #[inline]
        #[allow(unused_variables)]
        fn respond<__V: __aif::measure::OnResponse<#scalar>>(
            &self,
            __response: usize,
            __moment: &__aif::model::Deliberation<'_, Self, #scalar>,
            __visitor: __V,
        ) -> ::core::option::Option<__V::Output> {
            match __response {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    )
}

fn argument(model: &Model, own: &Told, scalar: &Ident) -> TokenStream {
    let (ty, span) = (&own.ty, own.ty.span());
    let value = match own.given {
        Given::Choice => return quote_spanned!(span=> __moment.choice),
        Given::Belief(factor) => {
            let (name, domain) = (&model.factors[factor].transition.name, &model.factors[factor].transition.domain);
            quote!(__aif::Belief::<#domain, #scalar>::new(&__moment.belief.#name))
        }
        Given::Action(action) => {
            let ty = &model.actions[action].ty;
            quote!(match __moment.chosen::<#ty>(#action) {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => return ::core::option::Option::None,
            })
        }
        Given::Input { input, lifted } => {
            let name = &model.inputs[input].name;
            if lifted { quote!(<#scalar as __aif::Real>::constant(__moment.inputs.#name)) } else { quote!(__moment.inputs.#name) }
        }
    };
    quote_spanned!(span=> __aif::learner::taken_as::<#ty, _>(#value))
}
