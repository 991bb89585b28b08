//! The description of a population as a constant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::Context;
use crate::names::option;
use crate::population::families::Draws;
use crate::population::ir::{Dimension, Distribution, Omitted, Parameter, Value};

pub(super) fn meta(context: &Context<'_>) -> TokenStream {
    let population = context.population;
    let levels = population.levels.iter().map(|level| {
        let name = level.name.to_string();
        let each = level.parameters.iter().map(|p| parameter(context, p));
        quote!(__aif::Level { name: #name, parameters: &[#(#each),*] })
    });
    let covariates = population.covariates.iter().map(|c| {
        let name = c.name.to_string();
        let values = option(c.values().map(|ty| quote!(__aif::Labels::of::<#ty>())));
        let standardised = c.standardised;
        quote!(__aif::Covariate { name: #name, values: #values, standardised: #standardised })
    });
    let subject_level = population.subject_level;
    let (name, doc) = (population.name.to_string(), doc(context));
    quote!(__aif::PopulationMeta {
        name: #name,
        doc: #doc,
        levels: &[#(#levels),*],
        subject_level: #subject_level,
        covariates: &[#(#covariates),*],
    })
}

/// A description without parameters, to stand where mistakes were found.
pub(super) fn stub(context: &Context<'_>) -> TokenStream {
    let name = context.population.name.to_string();
    quote!(__aif::PopulationMeta {
        name: #name,
        doc: "",
        levels: &[
            __aif::Level { name: "population", parameters: &[] },
            __aif::Level { name: "subject", parameters: &[] },
        ],
        subject_level: 1,
        covariates: &[],
    })
}

fn parameter(context: &Context<'_>, p: &Parameter) -> TokenStream {
    let (name, words, direct) = (p.name.to_string(), &p.words, p.direct);
    let role = if p.is_drawn() { quote!(Drawn) } else { quote!(Derived) };
    let dimensions = p.shape.iter().enumerate().map(|(d, dimension)| {
        let size = context.size(dimension);
        let (over, labels) = match dimension {
            Dimension::Size(_) => (format!("{name}_dim_{d}"), None),
            Dimension::Covariate(over, ty) => (over.to_string(), Some(quote!(__aif::Labels::of::<#ty>()))),
            Dimension::Contrasts(_, ty, omitted) => {
                let omitted = match omitted {
                    Omitted::First => quote!(0),
                    Omitted::Last => quote!({ <#ty as __aif::Domain>::COUNT - 1 }),
                    Omitted::Value(value) => quote!({ #value as usize }),
                };
                (format!("{name}_dim_{d}"), Some(quote!(__aif::Labels::but::<#ty, #omitted>())))
            }
            Dimension::Pairs(_, ty) => (format!("{name}_dim_{d}"), Some(quote!(__aif::Labels::pairs::<#ty>()))),
            Dimension::Named(names) => {
                let count = names.len();
                let label = quote!(|i| __aif::Cow::Borrowed([#(#names),*].get(i).copied().unwrap_or("")));
                (format!("{name}_dim_{d}"), Some(quote!(__aif::Labels::named(#count, #label))))
            }
            Dimension::Input(over) => {
                let (text, family) = (over.to_string(), &context.family);
                let labels = quote!(__aif::input_labels::<#family>(#text));
                (text, Some(labels))
            }
        };
        let labels = option(labels);
        quote!(__aif::Dimension { name: #over, size: #size, labels: #labels })
    });
    let sizes: Vec<TokenStream> = p.shape.iter().map(|d| context.size(d)).collect();
    let len = quote!(1usize #(* #sizes)*);
    let coordinates = match &p.value {
        Value::Derived(_) => quote!(0),
        Value::Together { distribution: Distribution::Family { family, .. }, .. } => match family.draws {
            Draws::Square => {
                let side = &sizes[0];
                quote!((#side) * ((#side) - 1) / 2)
            }
            Draws::Vector if family.name == "Dirichlet" => quote!(#len - 1),
            _ => len,
        },
        Value::Together { .. } | Value::Drawn { .. } => len,
    };
    let shown = option(p.shown.as_ref().map(|shown| quote!(#shown)));
    quote!(__aif::Parameter {
        name: #name, shown: #shown, role: __aif::Role::#role, prior: #words, direct: #direct, dimensions: &[#(#dimensions),*],
        coordinates: #coordinates,
    })
}

fn doc(context: &Context<'_>) -> String {
    context.population.attributes.iter().filter_map(doc_text).collect::<Vec<_>>().join(" ")
}

/// The text of a line of a doc comment.
pub(super) fn doc_text(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("doc").then(|| text.value().trim().to_string())
}
