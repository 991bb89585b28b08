//! The levels of a model: a struct with one thing of a kind for each, and the trait that makes and visits them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::generative::ir::{Conditional, Ends, Kind, Lent, Level, Model};
use crate::names::{arguments, generated, mentioned, root};

/// The levels, with their names, the places of their modalities, and the values in which they begin.
fn levels(model: &Model) -> impl Iterator<Item = (usize, &Ident, &Type, &Level)> {
    let each = model.modalities.iter().enumerate();
    each.filter_map(|(i, m)| Some((i, &m.likelihood.name, &m.likelihood.domain, m.level.as_ref()?)))
}

/// The struct; none of a model without levels.
pub fn structure(model: &Model) -> TokenStream {
    let (names, models): (Vec<&Ident>, Vec<&Type>) = levels(model).map(|(_, name, _, level)| (name, &level.model)).unzip();
    if names.is_empty() {
        return TokenStream::new();
    }
    let (root, vis, name, scalar) = (root(), &model.vis, generated(&model.name, "Levels"), model.scalar());
    let sizes = mentioned(&model.sizes, &models);
    let sizes_used = arguments(&sizes);
    let doc = format!("One thing of a kind for each level of [`{}`].", model.name);
    let docs = names.iter().map(|name| format!("That of `{name}`."));
    quote!(
        #[doc = #doc]
        #vis struct #name<#(#sizes,)* __Kind: #root::nested::Kind<#scalar>, #scalar: #root::Real = f64> {
            #(#[doc = #docs] pub #names: __Kind::Of<#models>,)*
        }
        impl<#(#sizes,)* __Kind: #root::nested::Kind<#scalar>, #scalar: #root::Real> ::core::clone::Clone
            for #name<#(#sizes_used,)* __Kind, #scalar>
        {
            fn clone(&self) -> Self {
                #name { #(#names: ::core::clone::Clone::clone(&self.#names),)* }
            }
        }
        impl<#(#sizes,)* __Kind: #root::nested::Kind<#scalar>, #scalar: #root::Real> ::core::fmt::Debug
            for #name<#(#sizes_used,)* __Kind, #scalar>
        {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(stringify!(#name))#(.field(stringify!(#names), &self.#names))*.finish()
            }
        }
    )
}

/// The implementation of `Nested`, of a model without levels, too.
pub fn implementation(model: &Model, sound: bool) -> TokenStream {
    let (scalar, self_ty, sizes, clauses) = (model.scalar(), &model.self_ty, &model.sizes, model.clauses.all());
    let all: Vec<_> = if sound { levels(model).collect() } else { Vec::new() };
    let (names, models): (Vec<&Ident>, Vec<&Type>) = all.iter().map(|(_, name, _, level)| (*name, &level.model)).unzip();
    let name = generated(&model.name, "Levels");
    let sizes_used = arguments(&mentioned(sizes, &models));
    let of = |kind: &str| {
        let kind = Ident::new(kind, proc_macro2::Span::call_site());
        if names.is_empty() { quote!(()) } else { quote!(#name<#(#sizes_used,)* #kind, #scalar>) }
    };
    let own = of("__Kind");
    let (places, step) = (all.iter().map(|(i, ..)| *i), format!("{}_step", snake(&model.name.to_string())));
    let passed: &[Lent] = if sound { &model.lent } else { &[] };
    let described = passed.iter().map(|lent| {
        let (name, level, parents, domain) =
            (plain(&lent.conditional.name), lent.level, lent.conditional.parents(), &lent.conditional.domain);
        let what = if lent.is_habit { quote!(Habit) } else { quote!(Preference) };
        quote!(__aif::nested::Lent {
            name: #name, level: #level, parents: &[#(#parents),*], values: <#domain as __aif::Domain>::COUNT, what: __aif::nested::LentAs::#what,
        })
    });
    let lent = passed.iter().enumerate().map(|(which, lent)| passed_down(which, lent, models[lent.level], model));
    let made = all.iter().map(|(i, name, domain, level)| made(*i, name, domain, level, &scalar));
    let (made, blank) = if names.is_empty() {
        (quote!(()), quote!(::core::default::Default::default()))
    } else {
        (
            quote!(#name { #(#names: #made,)* }),
            quote!(#name { #(#names: <__Kind as __aif::nested::Blank<#scalar>>::blank::<#models>(),)* }),
        )
    };
    quote!(
        #[allow(unused_variables)]
        impl<#scalar: __aif::Real, #(#sizes),*> __aif::nested::Nested<#scalar> for #self_ty #clauses {
            type Levels<__Kind: __aif::nested::Kind<#scalar>> = #own;
            const LEVELS: &'static [usize] = &[#(#places),*];
            const STEP: &'static str = #step;
            const LENT: &'static [__aif::nested::Lent] = &[#(#described),*];

            fn lent(&self, which: usize, context: usize, to: &mut [#scalar]) -> usize {
                match which {
                    #(#lent)*
                    _ => 0,
                }
            }

            fn levels<__Kind, __With, __Maker>(
                &self,
                with: &Self::Levels<__With>,
                maker: &mut __Maker,
            ) -> ::core::result::Result<Self::Levels<__Kind>, __Maker::Error>
            where
                __Kind: __aif::nested::Kind<#scalar>,
                __With: __aif::nested::Kind<#scalar>,
                __Maker: __aif::nested::MakeLevel<__Kind, __With, #scalar>,
            {
                ::core::result::Result::Ok(#made)
            }

            fn blank<__Kind: __aif::nested::Blank<#scalar>>() -> Self::Levels<__Kind> {
                #blank
            }

            fn each_level<__A, __B, __C, __Visitor>(
                a: &mut Self::Levels<__A>,
                b: &Self::Levels<__B>,
                c: &mut Self::Levels<__C>,
                visitor: &mut __Visitor,
            )
            where
                __A: __aif::nested::Kind<#scalar>,
                __B: __aif::nested::Kind<#scalar>,
                __C: __aif::nested::Kind<#scalar>,
                __Visitor: __aif::nested::EachLevel<__A, __B, __C, #scalar>,
            {
                #(visitor.level::<#models>(&mut a.#names, &b.#names, &mut c.#names);)*
            }
        }
    )
}

/// What is made of one level, with the checks that only the compiler can make, at the user's words.
fn made(modality: usize, name: &Ident, domain: &Type, level: &Level, scalar: &Ident) -> TokenStream {
    let Level { model, from, steps, begins, until } = level;
    let this = quote!(<#model as __aif::GenerativeModel<#scalar>>);
    let field = quote_spanned!(begins.span()=> |state| state.#begins);
    let until = match until {
        None => quote!(::core::option::Option::None),
        Some(Ends::Certain(entropy)) => quote!(::core::option::Option::Some(__aif::nested::Until::Certain(#entropy))),
        Some(Ends::Shows(shows, outcome)) => {
            let (field, text) = (quote_spanned!(shows.span()=> |seen| seen.#shows), plain(shows));
            quote!(::core::option::Option::Some(__aif::nested::Until::Shows {
                modality: __aif::nested::modality_named(&#this::META, #text),
                outcome: __aif::nested::value_of::<#this::Observation, _>(#field, #outcome),
            }))
        }
    };
    let (text, from_ty) = (plain(begins), quote_spanned!(from.span()=> let model: #model = #from;));
    quote!({
        __aif::nested::same_values::<#this::State, #domain>(#field);
        #from_ty
        let level = __aif::nested::Level {
            modality: #modality,
            begins: __aif::nested::factor_named(&#this::META, #text),
            steps: #steps,
            until: #until,
        };
        maker.level::<#model>(level, model, &with.#name)?
    })
}

/// What is passed down of one of these, given a combination of the states above.
fn passed_down(which: usize, lent: &Lent, below: &Type, model: &Model) -> TokenStream {
    let (scalar, Conditional { name, domain, kind, .. }) = (model.scalar(), &lent.conditional);
    let this = quote!(<#below as __aif::GenerativeModel<#scalar>>);
    let (target, text) = (&lent.target, plain(&lent.target));
    let field = quote_spanned!(target.span()=> |of| of.#target);
    let (fields, find) =
        if lent.is_habit { (quote!(Action), quote!(action_named)) } else { (quote!(Observation), quote!(modality_named)) };
    // The last argument runs fastest.
    let parents = lent.conditional.parents();
    let types: Vec<&Type> = parents.iter().map(|&f| &model.factors[f].transition.domain).collect();
    let values = (0..types.len()).map(|i| quote::format_ident!("value_{i}")).collect::<Vec<Ident>>();
    let (read, back) = (values.iter().rev(), types.iter().rev());
    let call = quote!(self.#name(#(#values),*));
    let distribution = match kind {
        Kind::Map => quote!(<__aif::Dist<#domain, #scalar>>::certain(#call)),
        _ => call,
    };
    let number = if *kind == Kind::Fixed { quote!(<#scalar as __aif::Real>::constant(p)) } else { quote!(p) };
    quote!(
        #which => {
            __aif::nested::same_values::<#this::#fields, #domain>(#field);
            let mut context = context;
            #(
                let #read = <#back as __aif::Domain>::from_index(context % <#back as __aif::Domain>::COUNT);
                context /= <#back as __aif::Domain>::COUNT;
            )*
            let _ = context;
            #(let ::core::option::Option::Some(#values) = #values else { return 0 };)*
            let distribution = #distribution;
            for (to, &p) in to.iter_mut().zip(distribution.probabilities()) {
                *to = #number;
            }
            __aif::nested::#find(&#this::META, #text)
        }
    )
}

fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_string()
}

/// `TwoTones` as `two_tones`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before = false;
    for c in name.chars() {
        if c.is_uppercase() && before {
            snake.push('_');
        }
        before = !c.is_uppercase() && c != '_';
        snake.extend(c.to_lowercase());
    }
    snake
}
