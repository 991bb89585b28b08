//! `#[derive(Domain)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

use crate::diag::Diagnostics;
use crate::names;

pub fn derive(input: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let Some(input) = diag.keep(syn::parse2::<DeriveInput>(input)) else { return diag.into_tokens() };
    let name = &input.ident;

    let mut serde = true;
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("domain")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("no_serde") {
                serde = false;
                Ok(())
            } else {
                Err(meta.error("the only option of a domain is `no_serde`"))
            }
        });
        diag.keep(parsed);
    }
    if !input.generics.params.is_empty() {
        diag.at(&input.generics, "a domain has no generic parameters: its values are finitely many");
    }
    let mut variants = Vec::new();
    match &input.data {
        Data::Enum(data) => {
            if data.variants.is_empty() {
                diag.at(name, "a domain has at least one value: give the enum a variant");
            }
            for variant in &data.variants {
                if let Some(attribute) = variant.attrs.iter().find(|a| a.path().is_ident("domain")) {
                    let text = "a value of a domain has no options: its label is its name";
                    diag.at(attribute, text);
                }
                if !matches!(variant.fields, Fields::Unit) {
                    let message = format!(
                        "`{}` has fields: a domain's values are plain names; combine domains as a pair, `(A, B)`",
                        variant.ident
                    );
                    diag.at(&variant.fields, message);
                }
                variants.push(&variant.ident);
            }
        }
        Data::Struct(data) => {
            diag.at(data.struct_token, "a domain is a field-less enum; for numbered values there are `Index<N>` and `Cell<W, H>`")
        }
        Data::Union(data) => diag.at(data.union_token, "a domain is a field-less enum"),
    }
    if !diag.is_empty() {
        return diag.into_tokens();
    }

    let import = names::import();
    let count = variants.len();
    let indices = 0..count;
    let labels = variants.iter().map(|v| v.to_string().trim_start_matches("r#").to_string());
    let serde = serde.then(|| {
        quote!(
            impl __aif::serde::Serialize for #name {
                fn serialize<S: __aif::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    __aif::serialize_label(self, serializer)
                }
            }
            impl<'de> __aif::serde::Deserialize<'de> for #name {
                fn deserialize<D: __aif::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                    __aif::deserialize_label(deserializer)
                }
            }
        )
    });
    quote!(
        const _: () = {
            #import
            impl __aif::Domain for #name {
                const COUNT: usize = #count;
                type Array<T: __aif::Value> = [T; #count];
                #[inline(always)]
                fn index(self) -> usize {
                    match self { #(#name::#variants => #indices,)* }
                }
                #[inline(always)]
                fn from_index(index: usize) -> ::core::option::Option<Self> {
                    const VALUES: [#name; #count] = [#(#name::#variants),*];
                    VALUES.get(index).copied()
                }
                fn label(self) -> __aif::Cow<'static, str> {
                    const LABELS: [&str; #count] = [#(#labels),*];
                    __aif::Cow::Borrowed(LABELS[self.index()])
                }
                #[inline(always)]
                fn filled<T: __aif::Value>(value: T) -> [T; #count] {
                    [value; #count]
                }
                #[inline(always)]
                fn flat<T: __aif::Value>(arrays: &[[T; #count]]) -> &[T] {
                    arrays.as_flattened()
                }
                #[inline(always)]
                fn flat_mut<T: __aif::Value>(arrays: &mut [[T; #count]]) -> &mut [T] {
                    arrays.as_flattened_mut()
                }
            }
            #serde
        };
    )
}
