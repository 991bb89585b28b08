//! Every path and identifier that the macros emit.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Ident, Type};

/// Brings the runtime and the fitting crate into a block of emitted code, through the facade.
pub fn import() -> TokenStream {
    let root = root();
    quote!(
        #[allow(unused_imports)]
        use #root as __aif;
    )
}

/// The facade's re-exports, for code outside such a block.
pub fn root() -> TokenStream {
    let facade = crate::facade::name();
    quote!(::#facade::__private)
}

/// The names of the types generated for a model or a population.
pub fn generated(base: &Ident, what: &str) -> Ident {
    quote::format_ident!("{}{}", base, what, span = base.span())
}

/// The scalar of a generated type, where the user's declaration names none.
pub fn scalar() -> Ident {
    quote::format_ident!("T")
}

/// The last name in a type's path: `TMaze` of `TMaze<T>`.
pub fn type_name(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|s| s.ident.clone()),
        _ => None,
    }
}

/// Something over the user's scalar, over another one.
pub fn in_scalar(tokens: impl ToTokens, scalar: Option<&Ident>, by: &str) -> TokenStream {
    let one = |token| match token {
        TokenTree::Ident(ident) if Some(&ident) == scalar => Ident::new(by, ident.span()).into(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), in_scalar(group.stream(), scalar, by));
            inner.set_span(group.span());
            inner.into()
        }
        other => other,
    };
    tokens.into_token_stream().into_iter().map(one).collect()
}

/// The const parameters among these that some types mention.
pub fn mentioned<'a>(sizes: &'a [GenericParam], types: &[impl ToTokens]) -> Vec<&'a GenericParam> {
    let text = quote!(#(#types)*).to_string();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '#')).collect();
    let used = |p: &&GenericParam| matches!(p, GenericParam::Const(c) if words.contains(&c.ident.to_string().as_str()));
    sizes.iter().filter(used).collect()
}

/// `W, H` of `const W: usize, const H: usize`.
pub fn arguments(sizes: &[&GenericParam]) -> Vec<Ident> {
    sizes.iter().filter_map(|p| if let GenericParam::Const(c) = p { Some(c.ident.clone()) } else { None }).collect()
}

/// `Some(value)` or `None`.
pub fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
