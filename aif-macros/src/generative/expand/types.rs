//! The generated types: state, observation, action, inputs, belief, predicted outcomes, preferences and evidence.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, Type};

use crate::clauses::Clauses;
use crate::generative::ir::{Input, Model, Variable};
use crate::names::{self, arguments, generated, mentioned};
use crate::storage::Structure;

type Fields<'a> = Vec<(&'a Ident, &'a Type)>;

pub fn types(model: &Model) -> TokenStream {
    let factors: Fields<'_> = model.factors.iter().map(|f| (&f.transition.name, &f.transition.domain)).collect();
    let modalities: Fields<'_> = model.modalities.iter().map(|m| (&m.likelihood.name, &m.likelihood.domain)).collect();
    let name = &model.name;
    let hidden = vec![false; factors.len()];
    let state =
        assignment(model, "State", (&factors, &hidden), &format!("A hidden state of [`{name}`]: one value for each factor."));
    let seen: Vec<Type> = model.modalities.iter().map(|m| m.observed(model.scalar.as_ref())).collect();
    let seen: Fields<'_> = model.modalities.iter().map(|m| &m.likelihood.name).zip(&seen).collect();
    let measured: Vec<bool> = model.modalities.iter().map(|m| m.measured.is_some()).collect();
    let observation = assignment(
        model,
        "Observation",
        (&seen, &measured),
        &format!("An observation under [`{name}`]: one outcome, or what was measured, for each modality."),
    );
    let struct_of = |what: &str, fields: &Fields<'_>, container: &Container, doc: &str| {
        over_scalar(model, what, fields, container, &doc.replace("MODEL", &format!("[`{name}`]")))
    };
    let belief = struct_of("Belief", &factors, &DISTRIBUTIONS, "A belief under MODEL: one distribution for each factor.");
    let outcomes =
        struct_of("Outcomes", &modalities, &DISTRIBUTIONS, "Predicted outcomes under MODEL: one distribution for each modality.");
    let preferences = struct_of(
        "Preferences",
        &modalities,
        &NUMBERS,
        "Preferences under MODEL: one log-preference, in nats, for each outcome of each modality.",
    );
    let evidence = evidence(model, (&seen, &measured));
    let action = action(model);
    let inputs = inputs(model);
    quote!(#state #observation #action #inputs #belief #outcomes #preferences #evidence)
}

/// A struct with a field for each of some names, of which the types and descriptions are given.
fn structure<'a>(
    model: &'a Model,
    (what, doc): (&str, String),
    fields: Vec<(&'a Ident, TokenStream, String)>,
    types: &[&Type],
    over_scalar: bool,
    blank: TokenStream,
) -> Structure<'a> {
    let clauses = model.clauses.among(&Clauses::of(types.iter().copied()));
    let sizes = mentioned(&model.sizes, &fields.iter().map(|f| &f.1).collect::<Vec<_>>());
    let (name, eq) = (generated(&model.name, what), what == "Action");
    Structure { vis: &model.vis, name, doc, eq, sizes, over_scalar, fields, dimensions: Vec::new(), clauses, blank }
}

/// A struct with one value for each factor or modality.
fn assignment(model: &Model, what: &str, (fields, measured): (&Fields<'_>, &[bool]), doc: &str) -> TokenStream {
    let (idents, types): (Vec<_>, Vec<_>) = fields.iter().copied().unzip();
    let own = |(&(ident, ty), &measured): (&(_, &Type), &bool)| {
        let doc = if measured { format!("What `{ident}` measured.") } else { format!("The value of `{ident}`.") };
        (ident, quote!(#ty), doc)
    };
    let fields = fields.iter().zip(measured).map(own).collect();
    let of = |wanted: bool| (0..idents.len()).filter(move |&i| measured[i] == wanted).collect::<Vec<usize>>();
    let (index, numbers) = (of(false), of(true));
    let (values, readings): (Vec<_>, Vec<_>) =
        (index.iter().map(|&i| &idents[i]).collect(), numbers.iter().map(|&i| &idents[i]).collect());
    let firsts = idents.iter().zip(&types).zip(measured).map(|((ident, ty), &measured)| {
        if measured {
            quote!(#ident: __aif::measure::Measurable::of_number(0.0))
        } else {
            quote!(#ident: __aif::first_value::<#ty>())
        }
    });
    let firsts: Vec<TokenStream> = firsts.collect();
    // What is measured has no index, and any number.
    let by_number = (!numbers.is_empty()).then(|| {
        quote!(
            #[inline(always)]
            fn number(&self, i: usize) -> f64 {
                match i {
                    #(#numbers => __aif::measure::Measurable::number(self.#readings),)*
                    _ => self.get(i) as f64,
                }
            }
            fn set_number(&mut self, i: usize, number: f64) {
                match i {
                    #(#numbers => self.#readings = __aif::measure::Measurable::of_number(number),)*
                    _ => if let ::core::option::Option::Some(index) = __aif::index_of_number(number) { self.set(i, index) },
                }
            }
        )
    });
    let structure = structure(model, (what, doc.into()), fields, &types, false, quote!(__aif::Assignment::first()));
    let (name, sizes, sizes_used) = (&structure.name, &structure.sizes, arguments(&structure.sizes));
    let clauses = &structure.clauses;
    structure.emit(quote!(
        impl<#(#sizes),*> __aif::Assignment for #name<#(#sizes_used),*> #clauses {
            fn first() -> Self {
                #name { #(#firsts,)* }
            }
            #[inline(always)]
            fn get(&self, i: usize) -> usize {
                match i {
                    #(#index => __aif::Domain::index(self.#values),)*
                    _ => 0,
                }
            }
            #[inline(always)]
            fn set(&mut self, i: usize, index: usize) {
                match i {
                    #(#index => if let Some(value) = __aif::Domain::from_index(index) { self.#values = value; },)*
                    _ => {}
                }
            }
            #by_number
        }
    ))
}

/// What a struct has for each factor or modality, over a scalar: the container's name, its trait, and the trait's and the container's
/// accessors.
struct Container {
    name: &'static str,
    implements: &'static str,
    accessor: &'static str,
    own: &'static str,
}

const DISTRIBUTIONS: Container =
    Container { name: "Dist", implements: "Marginals", accessor: "probabilities", own: "probabilities" };
const NUMBERS: Container = Container { name: "Values", implements: "Numbers", accessor: "numbers", own: "entries" };

/// A struct with one distribution, or one number for each value, for each factor or modality.
fn over_scalar(model: &Model, what: &str, fields: &Fields<'_>, container: &Container, doc: &str) -> TokenStream {
    let (idents, root) = (fields.iter().map(|f| f.0).collect::<Vec<_>>(), names::root());
    let types: Vec<&Type> = fields.iter().map(|f| f.1).collect();
    let (index, positions) = (0..idents.len(), 0..idents.len());
    let [holds, implements, accessor, own] =
        [container.name, container.implements, container.accessor, container.own].map(|n| quote::format_ident!("{n}"));
    let (accessor_mut, own_mut) = (quote::format_ident!("{accessor}_mut"), quote::format_ident!("{own}_mut"));
    let field = |&(ident, ty): &(_, &Type)| {
        let doc = if holds == "Dist" { format!("The distribution of `{ident}`.") } else { format!("Those of `{ident}`.") };
        (ident, quote!(#root::#holds<#ty, T>), doc)
    };
    let fields = fields.iter().map(field).collect();
    let structure = structure(model, (what, doc.into()), fields, &types, true, quote!(__aif::#implements::zero()));
    let (name, sizes, sizes_used) = (&structure.name, &structure.sizes, arguments(&structure.sizes));
    let clauses = &structure.clauses;
    structure.emit(quote!(
        impl<#(#sizes,)* T: __aif::Real> __aif::#implements<T> for #name<#(#sizes_used,)* T> #clauses {
            #[inline(always)]
            fn zero() -> Self {
                #name { #(#idents: __aif::#holds::zero(),)* }
            }
            #[inline(always)]
            fn #accessor(&self, i: usize) -> &[T] {
                match i {
                    #(#index => self.#idents.#own(),)*
                    _ => &[],
                }
            }
            #[inline(always)]
            fn #accessor_mut(&mut self, i: usize) -> &mut [T] {
                match i {
                    #(#positions => self.#idents.#own_mut(),)*
                    _ => &mut [],
                }
            }
        }
    ))
}

/// What holds what is known of a modality.
pub(super) fn holder(measured: bool) -> TokenStream {
    if measured { quote!(Measurement) } else { quote!(Observed) }
}

fn evidence(model: &Model, (fields, measured): (&Fields<'_>, &[bool])) -> TokenStream {
    let observation = generated(&model.name, "Observation");
    let (idents, root) = (fields.iter().map(|f| f.0).collect::<Vec<_>>(), names::root());
    let types: Vec<&Type> = fields.iter().map(|f| f.1).collect();
    let doc = format!(
        "What is known of an observation under [`{}`]: each modality seen, soft, faint, missing or weighed by likelihoods, or measured.",
        model.name
    );
    let field = |(&(ident, ty), &measured): (&(_, &Type), &bool)| {
        let own = if measured { quote!(#root::Measurement<#ty, T>) } else { quote!(#root::Observed<#ty, T>) };
        (ident, own, format!("What is known of `{ident}`."))
    };
    let fields = fields.iter().zip(measured).map(field).collect();
    let holders: Vec<TokenStream> = measured.iter().map(|&measured| holder(measured)).collect();
    let seen = measured.iter().map(|&measured| if measured { quote!(Of) } else { quote!(Seen) });
    let blank = quote!(Self { #(#idents: __aif::#holders::Missing,)* });
    let structure = structure(model, ("Evidence", doc), fields, &types, true, blank);
    let (name, sizes, sizes_used) = (&structure.name, &structure.sizes, arguments(&structure.sizes));
    let clauses = &structure.clauses;
    structure.emit(quote!(
        impl<#(#sizes,)* T: __aif::Real> ::core::convert::From<#observation<#(#sizes_used),*>> for #name<#(#sizes_used,)* T> #clauses {
            #[inline(always)]
            fn from(seen: #observation<#(#sizes_used),*>) -> Self {
                #name { #(#idents: __aif::#holders::#seen(seen.#idents),)* }
            }
        }
    ))
}

/// Pairs within pairs, whose layout a joint action shares: their type, a value or a pattern.
fn paired<P: ToTokens>(parts: &[P]) -> TokenStream {
    match parts {
        [] => quote!(()),
        [one] => quote!(#one),
        [first, rest @ ..] => {
            let rest = paired(rest);
            quote!((#first, #rest))
        }
    }
}

fn action(model: &Model) -> TokenStream {
    let (idents, types): (Vec<_>, Vec<_>) = model.actions.iter().map(|a| (&a.name, &a.ty)).unzip();
    let doc = format!("A joint action under [`{}`].", model.name);
    let fields = model.actions.iter().map(|Variable { name, ty }| (name, quote!(#ty), format!("The action `{name}`."))).collect();
    let blank = quote!(Self { #(#idents: __aif::first_value::<#types>(),)* });
    let structure = structure(model, ("Action", doc), fields, &types, false, blank);
    let (name, sizes, sizes_used) = (&structure.name, &structure.sizes, arguments(&structure.sizes));
    let clauses = &structure.clauses;
    let pairs = paired(&types);
    let value = paired(&idents.iter().map(|i| quote!(self.#i)).collect::<Vec<_>>());
    let pattern = paired(&idents);
    let label = match idents.as_slice() {
        [one] => quote!(self.#one.label()),
        _ => quote!({
            let labels: &[(&str, __aif::Cow<'static, str>)] = &[#((stringify!(#idents), self.#idents.label())),*];
            __aif::joint_label(labels)
        }),
    };
    structure.emit(quote!(
        type Pairs<#(#sizes),*> = #pairs;
        impl<#(#sizes),*> __aif::Domain for #name<#(#sizes_used),*> #clauses {
            const COUNT: usize = <Pairs<#(#sizes_used),*> as __aif::Domain>::COUNT;
            type Array<T: __aif::Value> = <Pairs<#(#sizes_used),*> as __aif::Domain>::Array<T>;
            #[inline(always)]
            fn index(self) -> usize {
                __aif::Domain::index(#value)
            }
            #[inline(always)]
            fn from_index(index: usize) -> ::core::option::Option<Self> {
                let #pattern = <Pairs<#(#sizes_used),*> as __aif::Domain>::from_index(index)?;
                ::core::option::Option::Some(#name { #(#idents),* })
            }
            fn label(self) -> __aif::Cow<'static, str> {
                use __aif::Domain as _;
                #label
            }
            #[inline(always)]
            fn filled<T: __aif::Value>(value: T) -> Self::Array<T> {
                <Pairs<#(#sizes_used),*> as __aif::Domain>::filled(value)
            }
            #[inline(always)]
            fn flat<T: __aif::Value>(arrays: &[Self::Array<T>]) -> &[T] {
                <Pairs<#(#sizes_used),*> as __aif::Domain>::flat(arrays)
            }
            #[inline(always)]
            fn flat_mut<T: __aif::Value>(arrays: &mut [Self::Array<T>]) -> &mut [T] {
                <Pairs<#(#sizes_used),*> as __aif::Domain>::flat_mut(arrays)
            }
        }
    ))
}

fn inputs(model: &Model) -> TokenStream {
    if model.inputs.is_empty() {
        return TokenStream::new();
    }
    let doc = format!("What is set from outside under [`{}`], and known to the agent.", model.name);
    let fields = model.inputs.iter().map(|Input { name, ty, .. }| (name, quote!(#ty), format!("The input `{name}`."))).collect();
    let types: Vec<&Type> = model.inputs.iter().filter(|i| !i.number).map(|i| &i.ty).collect();
    let structure = structure(model, ("Inputs", doc), fields, &types, false, quote!(::core::default::Default::default()));
    let (name, sizes, sizes_used) = (&structure.name, &structure.sizes, arguments(&structure.sizes));
    let clauses = &structure.clauses;
    let values = model.inputs.iter().enumerate().map(|(i, input)| {
        let (ident, ty) = (&input.name, &input.ty);
        if input.number {
            quote!(#ident: *numbers.get(#i)?)
        } else {
            quote!(#ident: __aif::index_of_number(*numbers.get(#i)?).and_then(<#ty as __aif::Domain>::from_index)?)
        }
    });
    let firsts = model.inputs.iter().map(|input| {
        let (ident, ty) = (&input.name, &input.ty);
        if input.number { quote!(#ident: 0.0) } else { quote!(#ident: __aif::first_value::<#ty>()) }
    });
    structure.emit(quote!(
        impl<#(#sizes),*> __aif::Inputs for #name<#(#sizes_used),*> #clauses {
            fn from_numbers(numbers: &[f64]) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(#name { #(#values,)* })
            }
        }
        /// The first value of every input; zero of every number.
        impl<#(#sizes),*> ::core::default::Default for #name<#(#sizes_used),*> #clauses {
            fn default() -> Self {
                #name { #(#firsts,)* }
            }
        }
    ))
}
