//! The generated structs and their serde: they list their fields, the runtime does the rest (serde's own derives would be ten times as long).

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, Ident, Visibility};

use crate::names;

/// A struct to be generated.
pub struct Structure<'a> {
    pub vis: &'a Visibility,
    pub name: Ident,
    pub doc: String,
    /// Whether it is `Eq`.
    pub eq: bool,
    /// Its const parameters.
    pub sizes: Vec<&'a GenericParam>,
    /// Whether it has a scalar `T`.
    pub over_scalar: bool,
    /// The names of its fields, with their types and descriptions.
    pub fields: Vec<(&'a Ident, TokenStream, String)>,
    /// A value to be filled, in a block with the imports.
    pub blank: TokenStream,
}

impl Structure<'_> {
    /// The struct, and a block with the imports that holds its storage and the rest.
    pub fn emit(&self, rest: TokenStream) -> TokenStream {
        let Structure { vis, name, doc, sizes, fields, .. } = self;
        let (derives, import, root, storage) = (names::derives(), names::import(), names::root(), self.storage());
        let eq = self.eq.then(|| quote!(#[derive(Eq)]));
        let scalar = self.over_scalar.then(|| quote!(T: #root::Real = f64));
        let parameters = sizes.iter().map(|size| size.to_token_stream()).chain(scalar);
        let fields = fields.iter().map(|(field, ty, doc)| quote!(#[doc = #doc] pub #field: #ty,));
        quote!(
            #[doc = #doc]
            #derives
            #eq
            #vis struct #name<#(#parameters),*> {
                #(#fields)*
            }
            const _: () = {
                #import
                #storage
                #rest
            };
        )
    }

    /// The implementations of `Record`, `Serialize` and `Deserialize`.
    fn storage(&self) -> TokenStream {
        let Structure { name, sizes, over_scalar, blank, .. } = self;
        let (arguments, fields) = (names::arguments(sizes), self.fields.iter().map(|f| f.0).collect::<Vec<_>>());
        let scalar = over_scalar.then(|| quote!(T: __aif::Real + __aif::serde::Serialize + __aif::serde::de::DeserializeOwned));
        let argument = over_scalar.then(|| quote!(T));
        let this = quote!(#name<#(#arguments,)* #argument>);
        let index = 0..fields.len();
        let (text, labels) = (name.to_string(), fields.iter().map(|f| f.to_string().trim_start_matches("r#").to_string()));
        let names = labels.clone();
        quote!(
            impl<#(#sizes,)* #scalar> __aif::Record for #this {
                const NAME: &'static str = #text;
                const FIELDS: &'static [&'static str] = &[#(#labels),*];
                fn blank() -> Self {
                    #blank
                }
                fn write<S: __aif::serde::ser::SerializeStruct>(&self, to: &mut S) -> ::core::result::Result<(), S::Error> {
                    #(to.serialize_field(#names, &self.#fields)?;)*
                    let _ = to;
                    ::core::result::Result::Ok(())
                }
                fn read<'de, S: __aif::Source<'de>>(&mut self, i: usize, from: &mut S) -> ::core::result::Result<(), S::Error> {
                    match i {
                        #(#index => self.#fields = from.value()?,)*
                        _ => { let _ = from; }
                    }
                    ::core::result::Result::Ok(())
                }
            }
            impl<#(#sizes,)* #scalar> __aif::serde::Serialize for #this {
                fn serialize<S: __aif::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    __aif::write_record(self, serializer)
                }
            }
            impl<'de, #(#sizes,)* #scalar> __aif::serde::Deserialize<'de> for #this {
                fn deserialize<D: __aif::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                    __aif::read_record(deserializer)
                }
            }
        )
    }
}
