//! The typed struct of one level's parameters.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::Context;
use crate::names;
use crate::storage::storage;

/// The struct of a level, unless it has no parameters.
pub(super) fn members(context: &Context<'_>, level: usize) -> TokenStream {
    let population = context.population;
    let section = &population.levels[level];
    if section.parameters.is_empty() {
        return TokenStream::new();
    }
    let (vis, name) = (&population.vis, context.struct_name(level));
    let whose = match section.name.to_string().as_str() {
        "population" => "the group".to_string(),
        other => format!("one {other}"),
    };
    let doc = format!("The parameters of {whose} under [`{}`], drawn and derived.", population.name);
    let fields: Vec<&Ident> = section.parameters.iter().map(|p| &p.name).collect();
    let docs = section.parameters.iter().map(|p| format!("`{} {}`", p.name, p.words));
    let scalar = format_ident!("T");
    let types: Vec<TokenStream> = section.parameters.iter().map(|p| context.ty(&p.shape, &quote!(#scalar))).collect();
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
    let (derives, import, root) = (names::derives(), names::import(), names::root());
    let blank = quote!(<Self as __aif::Members<T>>::read(&[]));
    let storage = storage(&name, &[], &[], true, &fields, blank);
    quote!(
        #[doc = #doc]
        #derives
        #vis struct #name<T: #root::Real = f64> {
            #(#[doc = #docs] pub #fields: #types,)*
        }
        const _: () = {
            #import
            #storage
            impl<T: __aif::Real> __aif::Members<T> for #name<T> {
                const LEN: usize = 0 #(+ #lens)*;
                fn read(mut numbers: &[T]) -> Self {
                    #name { #(#fields: #takes,)* }
                }
                fn write(&self, mut numbers: &mut [T]) {
                    #(__aif::put(#slices, &mut numbers);)*
                }
            }
        };
    )
}
