//! Checks that only the compiler can make, emitted at the user's words: types of arguments, lengths, sizes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use crate::generative::ir::{Model, Reference};
use crate::literals::bare;
use crate::names::in_scalar;

/// The types of all arguments are those of what they name.
pub fn types(model: &Model) -> TokenStream {
    let (scalar, sizes) = (model.scalar(), &model.sizes);
    let declared = |reference: Reference| match reference {
        Reference::Factor(f) => &model.factors[f].transition.domain,
        Reference::Action(a) => &model.actions[a].ty,
        Reference::Input(i) => &model.inputs[i].ty,
    };
    let methods = model.factors.iter().map(|f| &f.transition).chain(model.modalities.iter().map(|m| &m.likelihood));
    let methods = methods.chain(model.lent.iter().map(|lent| &lent.conditional));
    let checks = methods.flat_map(|m| &m.arguments).map(|argument| {
        let (ty, wanted) = (&argument.ty, declared(argument.refers_to));
        quote_spanned!(ty.span()=> __aif::same_domain::<#ty, #wanted>();)
    });
    let measured = model.modalities.iter().filter_map(|m| m.measured.as_ref()).map(|m| {
        let (ty, own) = (&m.distribution, if m.over_scalar { quote!(#scalar) } else { quote!(f64) });
        quote_spanned!(ty.span()=> __aif::is_measured::<#ty, #own>();)
    });
    quote!(
        #[allow(dead_code)]
        fn arguments<#scalar: __aif::Real, #(#sizes),*>() {
            #(#checks)*
            #(#measured)*
        }
    )
}

/// The lengths of lists and the sizes of tables, as constant expressions that panic with the message; `meta` is the model's description.
fn constants(model: &Model, meta: &TokenStream) -> Vec<TokenStream> {
    let mut checks = Vec::new();
    let mut listed = |expr: Option<&Expr>, count: TokenStream, what: String| {
        if let Some(Expr::Array(array)) = expr.map(bare) {
            let (length, span) = (array.elems.len(), array.bracket_token.span.join());
            checks.push(quote_spanned!(span=> __aif::check_length(#meta.#count, #length, #what)));
        }
    };
    for (i, factor) in model.factors.iter().enumerate() {
        let (name, count) = (&factor.transition.name, quote!(factors[#i].states.count));
        listed(factor.initial.as_ref(), count, format!("the initial distribution of `{name}`"));
    }
    for (i, modality) in model.modalities.iter().enumerate() {
        let (name, count) = (&modality.likelihood.name, quote!(modalities[#i].outcomes.count));
        listed(
            modality.preference.as_ref().filter(|_| modality.measured.is_none()),
            count,
            format!("the preference of `{name}`"),
        );
    }
    checks.push(quote_spanned!(model.actions_span=> __aif::check_actions(#meta)));
    for (i, factor) in model.factors.iter().enumerate() {
        checks.push(quote_spanned!(factor.transition.name.span()=> __aif::check_factor(#meta, #i)));
    }
    for (i, modality) in model.modalities.iter().enumerate() {
        checks.push(quote_spanned!(modality.likelihood.name.span()=> __aif::check_modality(#meta, #i)));
    }
    for (i, response) in model.responses.iter().enumerate() {
        checks.push(quote_spanned!(response.name.span()=> __aif::check_response(#meta, #i)));
    }
    if let Some(horizon) = &model.horizon {
        checks.push(quote_spanned!(horizon.span()=> __aif::check_horizon(#horizon)));
    }
    checks
}

/// The checks of sizes, for a model whose sizes are all known here and now.
pub fn sizes(model: &Model) -> TokenStream {
    if !model.sizes.is_empty() {
        return TokenStream::new();
    }
    let at = in_scalar(&model.self_ty, model.scalar.as_ref(), "f64");
    let checks = constants(model, &quote!(meta));
    quote!(
        const META: ::core::option::Option<&__aif::Meta> = {
            use __aif::Undescribed as _;
            <__aif::Described<#at>>::META
        };
        #(const _: () = if let ::core::option::Option::Some(meta) = META { #checks };)*
    )
}

/// The checks of sizes, for a model whose sizes are known where it is used: they stand in the body that builds its tables.
pub fn generic_sizes(model: &Model) -> TokenStream {
    if model.sizes.is_empty() {
        return TokenStream::new();
    }
    let scalar = model.scalar();
    let checks = constants(model, &quote!((&<Self as __aif::GenerativeModel<#scalar>>::META)));
    quote!(#(const { #checks };)*)
}
