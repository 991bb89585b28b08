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
    /// How many dimensions the numbers of each field have; none where they are no lists.
    pub dimensions: Vec<usize>,
    /// `where ..`: what is asked of the types of its fields.
    pub clauses: TokenStream,
    /// A value to be filled, in a block with the imports.
    pub blank: TokenStream,
}

/// The name of a field, as it is stored and shown.
fn label(field: &Ident) -> String {
    field.to_string().trim_start_matches("r#").to_string()
}

impl Structure<'_> {
    /// The struct, and a block with the imports that holds its storage and the rest.
    pub fn emit(&self, rest: TokenStream) -> TokenStream {
        let Structure { vis, name, doc, sizes, fields, clauses, .. } = self;
        let (import, root, plain, storage) = (names::import(), names::root(), self.plain(), self.storage());
        let scalar = self.over_scalar.then(|| quote!(T: #root::Real = f64));
        let parameters = sizes.iter().map(|size| size.to_token_stream()).chain(scalar);
        let fields = fields.iter().map(|(field, ty, doc)| quote!(#[doc = #doc] pub #field: #ty,));
        quote!(
            #[doc = #doc]
            #[allow(trivial_bounds)]
            #vis struct #name<#(#parameters),*> #clauses {
                #(#fields)*
            }
            #[allow(trivial_bounds)]
            const _: () = {
                #import
                #plain
                #storage
                #rest
            };
        )
    }

    /// What derives would implement, and would ask of its types by themselves.
    fn plain(&self) -> TokenStream {
        let Structure { name, sizes, over_scalar, clauses, .. } = self;
        let (arguments, fields) = (names::arguments(sizes), self.fields.iter().map(|f| f.0).collect::<Vec<_>>());
        let (scalar, argument) = (over_scalar.then(|| quote!(T: __aif::Real)), over_scalar.then(|| quote!(T)));
        let (parameters, this) = (quote!(<#(#sizes,)* #scalar>), quote!(#name<#(#arguments,)* #argument>));
        let eq = self.eq.then(|| quote!(impl #parameters ::core::cmp::Eq for #this #clauses {}));
        let (text, labels) = (name.to_string(), fields.iter().map(|f| label(f)));
        quote!(
            impl #parameters ::core::marker::Copy for #this #clauses {}
            impl #parameters ::core::clone::Clone for #this #clauses {
                #[inline(always)]
                fn clone(&self) -> Self {
                    *self
                }
            }
            impl #parameters ::core::cmp::PartialEq for #this #clauses {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    let _ = other;
                    true #(&& self.#fields == other.#fields)*
                }
            }
            #eq
            impl #parameters ::core::fmt::Debug for #this #clauses {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.debug_struct(#text)#(.field(#labels, &self.#fields))*.finish()
                }
            }
        )
    }

    /// The implementations of `Record`, `Serialize` and `Deserialize`.
    fn storage(&self) -> TokenStream {
        let Structure { name, sizes, over_scalar, blank, clauses, .. } = self;
        let (arguments, fields) = (names::arguments(sizes), self.fields.iter().map(|f| f.0).collect::<Vec<_>>());
        let scalar = over_scalar.then(|| quote!(T: __aif::Real + __aif::serde::Serialize + __aif::serde::de::DeserializeOwned));
        let argument = over_scalar.then(|| quote!(T));
        let this = quote!(#name<#(#arguments,)* #argument>);
        let index = 0..fields.len();
        let (text, labels) = (name.to_string(), fields.iter().map(|f| label(f)));
        let names = labels.clone();
        // Lists are written and read by the runtime: serde's own end at 32 entries.
        let dimensions = |i: usize| self.dimensions.get(i).copied().unwrap_or(0);
        let written = fields.iter().enumerate().map(|(i, field)| match dimensions(i) {
            0 => quote!(&self.#field),
            1 => quote!(&__aif::Row(&self.#field)),
            _ => quote!(&__aif::Rows(&self.#field)),
        });
        let read = (0..fields.len()).map(|i| match dimensions(i) {
            0 => quote!(from.value()?),
            1 => quote!(from.value::<__aif::Listed<_, _>>()?.0),
            _ => quote!(from.value::<__aif::Listed<__aif::Listed<_, _>, _>>()?.0.map(|row| row.0)),
        });
        quote!(
            impl<#(#sizes,)* #scalar> __aif::Record for #this #clauses {
                const NAME: &'static str = #text;
                const FIELDS: &'static [&'static str] = &[#(#labels),*];
                fn blank() -> Self {
                    #blank
                }
                fn write<S: __aif::serde::ser::SerializeStruct>(&self, to: &mut S) -> ::core::result::Result<(), S::Error> {
                    #(to.serialize_field(#names, #written)?;)*
                    let _ = to;
                    ::core::result::Result::Ok(())
                }
                fn read<'de, S: __aif::Source<'de>>(&mut self, i: usize, from: &mut S) -> ::core::result::Result<(), S::Error> {
                    match i {
                        #(#index => self.#fields = #read,)*
                        _ => { let _ = from; }
                    }
                    ::core::result::Result::Ok(())
                }
            }
            impl<#(#sizes,)* #scalar> __aif::serde::Serialize for #this #clauses {
                fn serialize<S: __aif::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    __aif::write_record(self, serializer)
                }
            }
            impl<'de, #(#sizes,)* #scalar> __aif::serde::Deserialize<'de> for #this #clauses {
                fn deserialize<D: __aif::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                    __aif::read_record(deserializer)
                }
            }
        )
    }
}
