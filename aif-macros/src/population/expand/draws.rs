//! One line of code for each parameter.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Expr;

use super::Context;
use super::elements::{elements, index};
use crate::literals::{bare, lift_numbers};
use crate::population::families::{Draws, Requirement};
use crate::population::ir::{Centring, Dimension, Distribution, Parameter, Value};
use crate::population::shape::makes_all;

pub(super) fn draws(context: &Context<'_>, parameters: &[Parameter]) -> TokenStream {
    let scalar = context.scalar.to_token_stream();
    let lines = parameters.iter().map(|parameter| {
        let Parameter { name, shape, value, .. } = parameter;
        let ty = context.ty(shape, &scalar);
        let value = match value {
            Value::Drawn { distribution, centring } => {
                let prior = prior(context, distribution, shape.len());
                let draw = match centring {
                    Centring::Whole => quote!(__draw.draw(#prior)),
                    Centring::Partly(c) => quote!(__draw.draw_partly(#prior, #c)),
                    Centring::Open => quote!(__draw.draw_located(#prior)),
                };
                one_by_one(shape.len(), draw)
            }
            Value::Together { distribution, centred } => return together(context, parameter, distribution, *centred),
            Value::Derived(value) => {
                let whole = shape.is_empty() || makes_all(value);
                let dimensions = if whole { 0 } else { shape.len() };
                let value = lift_numbers(&elements(value, context, dimensions), &scalar);
                one_by_one(dimensions, quote!(#value))
            }
        };
        quote!(let #name: #ty = #value;)
    });
    quote!(#(#lines)*)
}

/// An expression over the indices of some dimensions becomes an array.
fn one_by_one(dimensions: usize, value: TokenStream) -> TokenStream {
    (0..dimensions).rev().fold(value, |inner, d| {
        let i = index(d);
        quote!(::core::array::from_fn(|#i: usize| #inner))
    })
}

/// A constant or a number of the scalar.
pub(super) fn lifted(context: &Context<'_>, expr: &Expr, dimensions: usize) -> TokenStream {
    let scalar = &context.scalar;
    let value = lift_numbers(&elements(expr, context, dimensions), &scalar.to_token_stream());
    quote!(<_ as __aif::LiftInto<#scalar>>::lift_into(#value))
}

/// The prior of one number.
fn prior(context: &Context<'_>, distribution: &Distribution, dimensions: usize) -> TokenStream {
    let scalar = &context.scalar;
    match distribution {
        Distribution::Family { name, arguments, .. } => {
            let arguments = arguments.iter().map(|a| lifted(context, a, dimensions));
            quote!(__aif::prior::#name::new(#(#arguments),*))
        }
        Distribution::Truncated { base, method, bounds } => {
            let base = prior(context, base, dimensions);
            let bounds = bounds.iter().map(|b| lifted(context, b, dimensions));
            quote!(<_ as __aif::prior::Prior<#scalar>>::#method(#base, #(#bounds),*))
        }
        Distribution::Mixture { weights, components } => {
            // Weights belong to the distributions, not to the places of what is drawn.
            let weights = vector(context, weights, components.len().to_token_stream());
            let components = components.iter().map(|c| prior(context, c, dimensions));
            quote!(__aif::prior::Mixture::new(#weights, (#(#components),*)))
        }
        Distribution::Ordered(base) => {
            let base = prior(context, base, 0);
            quote!(<_ as __aif::prior::Prior<#scalar>>::ordered(#base))
        }
    }
}

/// Several numbers: an array, a name of several, or one number for all.
fn vector(context: &Context<'_>, expr: &Expr, size: TokenStream) -> TokenStream {
    let scalar = &context.scalar;
    if let Expr::Array(array) = bare(expr) {
        let each = array.elems.iter().map(|e| lifted(context, e, 0));
        return quote!([#(#each),*]);
    }
    if let Expr::Repeat(list) = bare(expr) {
        let (each, count) = (lifted(context, &list.expr, 0), &list.len);
        return quote!([#each; #count]);
    }
    if makes_all(expr) {
        return lift_numbers(&elements(expr, context, 0), &scalar.to_token_stream()).to_token_stream();
    }
    let (value, i) = (lifted(context, expr, 1), index(0));
    quote!(::core::array::from_fn::<#scalar, { #size }, _>(|#i: usize| #value))
}

/// Numbers that are drawn together.
fn together(context: &Context<'_>, parameter: &Parameter, distribution: &Distribution, centred: bool) -> TokenStream {
    let (scalar, name) = (context.scalar.to_token_stream(), &parameter.name);
    let ty = context.ty(&parameter.shape, &scalar);
    let prior = match distribution {
        Distribution::Family { family, name, arguments } => {
            let size = parameter.shape.first().map(|d: &Dimension| context.size(d));
            let arguments = arguments.iter().zip(family.arguments).map(|(a, (_, requirement))| match requirement {
                Requirement::Vector | Requirement::PositiveVector => vector(context, a, size.clone().unwrap_or_default()),
                Requirement::Factor => elements(a, context, 0).to_token_stream(),
                Requirement::Any | Requirement::Positive => lifted(context, a, 0),
            });
            let of_size = size.as_ref().filter(|_| family.draws == Draws::Vector).map(|size| quote!(::<_, { #size }>));
            let centre = (centred && family.name == "MultivariateNormal").then(|| quote!(.centred()));
            quote!(__aif::prior::#name #of_size::new(#(#arguments),*)#centre)
        }
        other => prior(context, other, 0),
    };
    let flat = if parameter.shape.len() == 2 { quote!(#name.as_flattened_mut()) } else { quote!(&mut #name) };
    let zero = parameter.shape.iter().rev().fold(quote!(<#scalar as __aif::Real>::zero()), |inner, dimension| {
        let size = context.size(dimension);
        quote!([#inner; #size])
    });
    quote!(
        let mut #name: #ty = #zero;
        __draw.draw_vector(#prior, #flat);
        let #name = #name;
    )
}
