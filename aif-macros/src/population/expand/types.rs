//! The typed struct of one level's parameters.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::Context;
use super::meta::doc_text;
use crate::population::ir::Parameter;
use crate::storage::Structure;

/// The description of a field: what the user says of it, and how it is drawn or derived.
fn doc(parameter: &Parameter) -> String {
    let words = format!("`{} {}`", parameter.name, parameter.words);
    let docs: Vec<String> = parameter.docs.iter().filter_map(doc_text).chain([words]).collect();
    docs.join("\n\n")
}

/// The struct of a level, unless it has no parameters.
pub(super) fn members(context: &Context<'_>, level: usize) -> TokenStream {
    let population = context.population;
    let section = &population.levels[level];
    if section.parameters.is_empty() {
        return TokenStream::new();
    }
    let whose = match section.name.to_string().as_str() {
        "population" => "the group".to_string(),
        other => format!("one {other}"),
    };
    let fields: Vec<&Ident> = section.parameters.iter().map(|p| &p.name).collect();
    let lens = section.parameters.iter().map(|p| {
        let sizes = p.shape.iter().map(|d| context.size(d));
        quote!(1usize #(* #sizes)*)
    });
    let takes = section
        .parameters
        .iter()
        .map(|p| p.shape.iter().fold(quote!(__aif::take(&mut numbers)), |inner, _| quote!(::core::array::from_fn(|_| #inner))));
    let slices = section.parameters.iter().map(|p| {
        let name = &p.name;
        match p.shape.len() {
            0 => quote!(&[self.#name]),
            1 => quote!(&self.#name),
            _ => quote!(self.#name.as_flattened()),
        }
    });
    let structure = Structure {
        vis: &population.vis,
        name: context.struct_name(level),
        doc: format!("The parameters of {whose} under [`{}`], drawn and derived.", population.name),
        eq: false,
        sizes: vec![],
        over_scalar: true,
        fields: section.parameters.iter().map(|p| (&p.name, context.ty(&p.shape, &quote!(T)), doc(p))).collect(),
        clauses: TokenStream::new(),
        dimensions: section.parameters.iter().map(|p| p.shape.len()).collect(),
        blank: quote!(<Self as __aif::Members<T>>::read(&[])),
    };
    let name = &structure.name;
    structure.emit(quote!(
        impl<T: __aif::Real> __aif::Members<T> for #name<T> {
            const LEN: usize = 0 #(+ #lens)*;
            fn read(mut numbers: &[T]) -> Self {
                #name { #(#fields: #takes,)* }
            }
            fn write(&self, mut numbers: &mut [T]) {
                #(__aif::put(#slices, &mut numbers);)*
            }
        }
    ))
}
