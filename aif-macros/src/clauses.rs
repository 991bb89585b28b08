//! What generated code asks of the types of a declaration, so that one that is no domain is named once and not wherever it is used.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ItemImpl, PathArguments, Type, parse_quote};

use crate::names::root;

/// The types that may lack `#[derive(Domain)]`, each where it is first mentioned.
#[derive(Default)]
pub struct Clauses(Vec<(String, TokenStream, Type)>);

impl Clauses {
    /// Of these types.
    pub fn of<'a>(types: impl Iterator<Item = &'a Type>) -> Self {
        let mut clauses = Clauses::default();
        types.for_each(|ty| clauses.add(ty));
        clauses
    }

    fn add(&mut self, ty: &Type) {
        match ty {
            Type::Tuple(pair) => pair.elems.iter().for_each(|ty| self.add(ty)),
            Type::Path(path) if path.qself.is_none() && !path.path.is_ident("bool") => {
                let text = ty.to_token_stream().to_string();
                let plain = path.path.segments.iter().all(|s| matches!(s.arguments, PathArguments::None));
                if plain && !self.0.iter().any(|(known, ..)| *known == text) {
                    // Over all lifetimes: of such a clause the compiler asks only where it is used, not where it stands.
                    let (root, span) = (root(), ty.span());
                    let clause = quote_spanned!(span=> for<'any> #ty: #root::StoredDomain);
                    self.0.push((text, clause, ty.clone()));
                }
            }
            _ => {}
        }
    }

    /// `where Place: Domain, ..` of those types that something mentions, or nothing.
    pub fn among(&self, mentioned: &Self) -> TokenStream {
        let clauses: Vec<_> = self.0.iter().filter(|(text, ..)| mentioned.0.iter().any(|m| m.0 == *text)).map(|c| &c.1).collect();
        if clauses.is_empty() { TokenStream::new() } else { quote!(where #(#clauses),*) }
    }

    /// The one place where each is asked whether it holds, in a block with the imports.
    pub fn checks(&self) -> TokenStream {
        let checks = self.0.iter().map(|(_, _, ty)| quote_spanned!(ty.span()=> const _: () = __aif::is_domain::<#ty>();));
        checks.collect()
    }

    /// `where Place: Domain, ..` of all.
    pub fn all(&self) -> TokenStream {
        self.among(self)
    }

    /// Puts them on the user's own block: what its methods say of a type that is no domain follows from that.
    pub fn put_on(&self, block: &mut ItemImpl) {
        if !self.0.is_empty() {
            block.attrs.push(parse_quote!(#[allow(trivial_bounds)]));
            let clauses = self.0.iter().filter_map(|(_, clause, _)| syn::parse2::<syn::WherePredicate>(clause.clone()).ok());
            block.generics.make_where_clause().predicates.extend(clauses);
        }
    }
}
