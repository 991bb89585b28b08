//! Serde for the generated structs: they list their fields, the runtime does the rest (serde's own derives would be ten times as long).

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericParam, Ident};

/// The implementations of `Record`, `Serialize` and `Deserialize`, to stand in a block with the imports.
///
/// `sizes` are the struct's const parameters, `over_scalar` says whether it has a scalar `T`, `blank` is a value to be filled.
pub fn storage(
    name: &Ident,
    sizes: &[&GenericParam],
    arguments: &[Ident],
    over_scalar: bool,
    fields: &[&Ident],
    blank: TokenStream,
) -> TokenStream {
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
