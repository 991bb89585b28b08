//! What a subject acts under: the struct expression, and the precisions that are assigned.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Ident, Member};

use super::Context;
use super::draws::lifted;
use super::elements::elements;
use crate::literals::{bare, lift_numbers, number};
use crate::mentions;
use crate::population::ir::{ASSIGNABLE, Population};

/// The names of the fields that the declaration sets.
pub(super) fn fields(population: &Population) -> impl Iterator<Item = &Ident> {
    population.agent.iter().flat_map(|a| &a.fields).filter_map(|field| match &field.member {
        Member::Named(name) => Some(name),
        Member::Unnamed(_) => None,
    })
}

/// The names of those whose values mention a parameter or a covariate; `..` stands for all that are not named.
pub(super) fn worked_out(population: &Population) -> Vec<String> {
    let Some(agent) = &population.agent else { return Vec::new() };
    let named =
        agent.fields.iter().filter(|field| !mentions::names(&field.expr).is_empty()).filter_map(|field| match &field.member {
            Member::Named(name) => Some(name.unraw().to_string()),
            Member::Unnamed(_) => None,
        });
    let rest = agent.rest.iter().filter(|rest| !mentions::names(rest).is_empty()).map(|_| "..".to_owned());
    named.chain(rest).collect()
}

/// Whether an expression mentions a plain lower-case name.
fn mentions_names(expr: &Expr) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_expr_path(&mut self, path: &syn::ExprPath) {
            if let Some(name) = path.path.get_ident() {
                self.0 |= name.to_string().starts_with(|c: char| c.is_lowercase() || c == '_');
            }
        }
        fn visit_expr_call(&mut self, call: &syn::ExprCall) {
            for argument in &call.args {
                visit::visit_expr(self, argument);
            }
        }
    }
    let mut finder = Finder(false);
    finder.visit_expr(expr);
    finder.0
}

/// The value of a field: literals become whatever scalar the field has.
fn field_value(value: &Expr, scalar: &Ident) -> TokenStream {
    if mentions_names(value) {
        return lift_numbers(value, &scalar.to_token_stream()).to_token_stream();
    }
    match bare(value) {
        Expr::Array(array) => {
            let elements = array.elems.iter().map(|e| field_value(e, scalar));
            quote!([#(#elements),*])
        }
        Expr::Repeat(list) => {
            let (each, count) = (field_value(&list.expr, scalar), &list.len);
            quote!([#each; #count])
        }
        literal if number(literal).is_some() && literal.to_token_stream().to_string().contains(['.', 'e', 'E']) => {
            quote!(__aif::lift(#literal))
        }
        other => other.to_token_stream(),
    }
}

/// Asks the compiler whether what is assigned beside the model means something to its family.
pub(super) fn check_assigned(context: &Context<'_>) -> TokenStream {
    let family = &context.family;
    let each = context.population.assigned.iter().map(|(name, value)| {
        let name = name.to_string();
        let check = quote_spanned!(value.span()=> __aif::check_assigned(<#family as __aif::Behaviour<f64>>::ASSIGNED, #name));
        quote!(const _: () = #check;)
    });
    each.collect()
}

/// What a subject acts under.
pub(super) fn act(context: &Context<'_>) -> TokenStream {
    let (population, scalar) = (context.population, &context.scalar);
    let Some(agent) = &population.agent else { return TokenStream::new() };
    let path = &agent.path;
    let fields = agent.fields.iter().map(|field| {
        let (attributes, member) = (&field.attrs, &field.member);
        let value = field_value(&elements(&field.expr, context, 0), scalar);
        if field.colon_token.is_some() { quote!(#(#attributes)* #member: #value) } else { quote!(#(#attributes)* #member) }
    });
    let rest = agent.rest.as_ref().map(|rest| quote!(..#rest));
    let assigned = population.assigned.iter().map(|(name, value)| {
        let value = lifted(context, value, 0);
        quote!(#name: ::core::option::Option::Some(#value))
    });
    let others = (population.assigned.len() < ASSIGNABLE.len()).then(|| quote!(..::core::default::Default::default()));
    quote!((
        #path { #(#fields,)* #rest },
        __aif::Assigned { #(#assigned,)* #others },
    ))
}
