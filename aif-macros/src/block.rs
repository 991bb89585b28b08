//! What the attributes of impl blocks read alike: their options, the block, and the arguments of its methods.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    FnArg, GenericParam, Generics, Ident, ItemImpl, Pat, Safety, Signature, Token, Type, TypeParam, TypeParamBound, parenthesized,
};

use crate::diag::{Diagnostics, did_you_mean};

/// `name: Type`.
pub struct Named {
    pub name: Ident,
    pub ty: Type,
}

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        Ok(Named { name, ty: input.parse()? })
    }
}

/// Reads `(name: Type, ..)`.
pub fn listed(input: ParseStream<'_>) -> syn::Result<Vec<Named>> {
    let content;
    parenthesized!(content in input);
    Ok(Punctuated::<Named, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// Reads `= value`.
pub fn assigned<V: Parse>(input: ParseStream<'_>) -> syn::Result<V> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// Reads options with commas between them; `take` reads what follows the name of one.
pub fn options(input: ParseStream<'_>, mut take: impl FnMut(Ident, ParseStream<'_>) -> syn::Result<()>) -> syn::Result<()> {
    while !input.is_empty() {
        take(input.call(Ident::parse_any)?, input)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// Reads the options of an attribute, each once: `take` reads what follows a name, or says that there is no such option. `what` has the options
/// `known`, which `help` shows as they are written. Whether all of them were understood.
pub fn header(
    attribute: TokenStream,
    diag: &mut Diagnostics,
    (what, known, help): (&str, &[&str], &str),
    mut take: impl FnMut(&str, ParseStream<'_>) -> syn::Result<bool>,
) -> bool {
    let mut seen: Vec<Ident> = Vec::new();
    let read = |key: Ident, input: ParseStream<'_>| {
        if seen.contains(&key) {
            diag.at(&key, format!("`{key}` is given twice"));
        }
        seen.push(key.clone());
        let name = key.to_string();
        if take(&name, input)? {
            return Ok(());
        }
        let near = did_you_mean(&name, known);
        Err(syn::Error::new(key.span(), format!("{what} has no option `{name}`{near}\nhelp: its options are {help}")))
    };
    let result = (|input: ParseStream<'_>| options(input, read)).parse2(attribute);
    diag.keep(result).is_some()
}

/// As [`inherent`], where what breaks an impl block is told as it is.
pub fn inherent_or_why(item: TokenStream, attribute: &str, body: &str, diag: &mut Diagnostics) -> Option<ItemImpl> {
    if item.clone().into_iter().any(|t| t.to_string() == "impl") {
        diag.keep(syn::parse2::<ItemImpl>(item.clone()))?;
    }
    inherent(item, attribute, body, diag)
}

/// The inherent impl block that an attribute stands on, where it is one; `body` is what should stand in it.
pub fn inherent(item: TokenStream, attribute: &str, body: &str, diag: &mut Diagnostics) -> Option<ItemImpl> {
    let first = item.clone().into_iter().next().map_or_else(Span::call_site, |t| t.span());
    let Ok(block) = syn::parse2::<ItemImpl>(item) else {
        diag.span(first, format!("`#[{attribute}]` stands on an impl block: `impl<T: Real> Name<T> {{ {body} }}`"));
        return None;
    };
    if let Some((path, _)) = &block.trait_ {
        diag.at(path, format!("`#[{attribute}]` stands on an inherent impl block, not on one of a trait"));
    }
    Some(block)
}

/// Rules: names, each with the word for what it names, are given once, and are no columns of the data table (but a factor is in none).
pub fn names_are_unique<'a>(names: impl Iterator<Item = (&'a Ident, &'a str)>, reserved: &[&str], diag: &mut Diagnostics) {
    let article = |noun: &str| if noun.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (name, what) in names {
        let text = name.to_string();
        match seen.iter().find(|(other, _)| *other == text) {
            Some((_, first)) => {
                diag.at(name, format!("two of one name: `{text}` is already the name of {} {first}", article(first)))
            }
            None => seen.push((text.clone(), what)),
        }
        if what != "factor" && reserved.contains(&text.as_str()) {
            diag.at(name, format!("`{text}` is a column of every data table, so {} {what} needs another name", article(what)));
        }
    }
}

/// The name that an argument has; none where it is the receiver or a pattern.
pub fn argument_name(argument: &FnArg) -> Option<&Ident> {
    match argument {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(pattern) => Some(&pattern.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// Rule: what is declared by a method is a plain method of `&self`.
pub fn plain(signature: &Signature, what: &str, rule: &str, diag: &mut Diagnostics) {
    if let Some(token) = &signature.asyncness {
        diag.at(token, format!("a {what} {rule}: it cannot be `async`"));
    }
    if let Safety::Unsafe(token) = &signature.safety {
        diag.at(token, format!("a {what} {rule}: it cannot be `unsafe`"));
    }
    if !signature.generics.params.is_empty() {
        diag.at(&signature.generics, format!("a {what} has no generic parameters of its own"));
    }
    if let Some(clause) = &signature.generics.where_clause {
        diag.at(clause, format!("a {what} has no bounds of its own: nothing is generic in it"));
    }
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            if receiver.to_token_stream().to_string().contains("mut") {
                diag.at(receiver, format!("a {what} reads the parameters, it does not change them: take `&self`"));
            }
        }
        _ => diag.at(&signature.ident, format!("a {what} is a method: its first argument is `&self`, the parameters")),
    }
}

/// Rule: the scalar is `Real`, and nothing more.
pub fn scalar_is_real(scalar: &TypeParam, what: &str, diag: &mut Diagnostics) {
    let real = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(t) if t.path.segments.last().is_some_and(|s| s.ident == "Real"));
    if let Some(other) = scalar.bounds.iter().find(|bound| !real(bound)) {
        diag.at(other, no_more(what));
    }
}

/// Rule: the generic parameters are the scalar and const sizes.
pub fn generics(generics: &Generics, name: &Ident, what: &str, diag: &mut Diagnostics) -> (Option<Ident>, Vec<GenericParam>) {
    let (mut scalar, mut sizes) = (None, Vec::new());
    for parameter in &generics.params {
        match parameter {
            GenericParam::Type(ty) if scalar.is_none() => {
                scalar_is_real(ty, what, diag);
                scalar = Some(ty.ident.clone());
            }
            GenericParam::Const(_) => sizes.push(parameter.clone()),
            other => diag.at(other, format!("a {what} is generic over its scalar and const sizes only")),
        }
    }
    no_where(generics, what, diag);
    if scalar.is_none() {
        diag.at(name, format!("a {what} is generic over its scalar: `impl<T: Real> {name}<T>`"));
    }
    (scalar, sizes)
}

/// Rule: what stands in a column is one of the `plain` types, or a domain.
pub fn recorded_type(ty: &Type, what: &str, plain: &[&str], diag: &mut Diagnostics) {
    let text = ty.to_token_stream().to_string();
    if ["f32", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "usize", "isize", "str", "String", "char"]
        .contains(&text.as_str())
    {
        let article = if what.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
        let number = if plain.contains(&"f64") { ", `f64` (a number)" } else { "" };
        diag.at(ty, format!("{article} {what} is `bool` (yes or no){number} or a domain (a category), not `{text}`"));
    }
}

/// Rule: nothing more is asked of the parameters of a block.
pub fn no_where(generics: &Generics, what: &str, diag: &mut Diagnostics) {
    if let Some(clause) = &generics.where_clause {
        diag.at(clause, no_more(what));
    }
}

fn no_more(what: &str) -> String {
    format!("the scalar of a {what} is `Real`, and no more is asked of it: bounds go on methods of another impl block")
}
