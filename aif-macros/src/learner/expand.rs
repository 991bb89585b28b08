//! From a valid learner to code: the type of its states, and the trait implementation.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, Ident};

use super::ir::{Argument, Column, Event, Learner, Method, Source};
use crate::clauses::Clauses;
use crate::literals::lift_numbers;
use crate::names::{self, generated};

pub fn expand(learner: &Learner, domains: &Clauses) -> TokenStream {
    let (states, implementation, import) = (states(learner), implementation(learner, domains), names::import());
    let checks = domains.checks();
    quote!(
        #states
        #[allow(trivial_bounds)]
        const _: () = {
            #import
            #checks
            #implementation
        };
    )
}

/// The const sizes that the types of states mention.
fn sizes_of_states(learner: &Learner) -> (Vec<&GenericParam>, Vec<Ident>) {
    let types: Vec<_> = learner.states.iter().map(|s| &s.next.returns).collect();
    let sizes = names::mentioned(&learner.sizes, &types);
    let idents = names::arguments(&sizes);
    (sizes, idents)
}

/// The struct of states.
fn states(learner: &Learner) -> TokenStream {
    let (vis, name, scalar) = (&learner.vis, generated(&learner.name, "States"), &learner.scalar);
    let (sizes, _) = sizes_of_states(learner);
    let (root, doc) = (names::root(), format!("The states of [`{}`].", learner.name));
    let fields = learner.states.iter().map(|state| {
        let (ident, ty, docs) = (&state.next.name, &state.next.returns, &state.next.docs);
        let doc = format!("The state `{ident}`.");
        let docs = if docs.is_empty() { quote!(#[doc = #doc]) } else { quote!(#(#docs)*) };
        quote!(#docs pub #ident: #ty,)
    });
    let phantom = phantom(learner).then(|| quote!(#[doc(hidden)] pub __scalar: ::core::marker::PhantomData<#scalar>,));
    quote!(
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq)]
        #vis struct #name<#(#sizes,)* #scalar: #root::Real = f64> {
            #(#fields)*
            #phantom
        }
    )
}

/// Whether no state has a number of the scalar: then it has a field that stands for it.
fn phantom(learner: &Learner) -> bool {
    let mentions = |tokens: TokenStream| {
        names::in_scalar(tokens.clone(), Some(&learner.scalar), "__other").to_string() != tokens.to_string()
    };
    !learner.states.iter().any(|s| mentions(s.next.returns.to_token_stream()))
}

fn implementation(learner: &Learner, domains: &Clauses) -> TokenStream {
    let Learner { self_ty, scalar, sizes, .. } = learner;
    let clauses = domains.all();
    let (meta, states_name, (_, of_states)) = (meta(learner), generated(&learner.name, "States"), sizes_of_states(learner));
    let idents: Vec<&Ident> = learner.states.iter().map(|s| &s.next.name).collect();
    let types: Vec<_> = learner.states.iter().map(|s| &s.next.returns).collect();
    let scalar_tokens = quote!(#scalar);
    let initial = learner.states.iter().map(|s| {
        let (ident, ty, value) = (&s.next.name, &s.next.returns, lift_numbers(&s.initial, &scalar_tokens));
        let span = s.initial.span();
        quote_spanned!(span=> let #ident: #ty = #value;)
    });
    let rest = phantom(learner).then(|| quote!(__scalar: ::core::marker::PhantomData));
    let (respond, learn, show_quantities) = (respond(learner), learn(learner), show_quantities(learner));
    let state_numbers = types
        .iter()
        .zip(&idents)
        .map(|(ty, ident)| quote_spanned!(ty.span()=> <#ty as __aif::learner::State<#scalar>>::numbers(&states.#ident, show);));
    let state_labels = labels(learner.states.iter().map(|s| &s.next), scalar);
    let quantity_labels = labels(learner.quantities.iter(), scalar);
    let world = learner.world.as_ref().map(|world| {
        quote_spanned!(world.span()=>
            fn world(&self) -> ::core::option::Option<__aif::Box<dyn __aif::learner::Surroundings>> {
                ::core::option::Option::Some(__aif::Box::new(#world))
            }
        )
    });
    quote!(
        impl<#scalar: __aif::Real, #(#sizes),*> __aif::learner::LearningModel<#scalar> for #self_ty #clauses {
            const META: __aif::learner::LearnerMeta = #meta;
            type States = #states_name<#(#of_states,)* #scalar>;
            #[inline]
            fn initial(&self) -> Self::States {
                #(#initial)*
                #states_name { #(#idents,)* #rest }
            }
            #respond
            #learn
            fn show_states(states: &Self::States, show: &mut dyn FnMut(#scalar)) {
                #(#state_numbers)*
                let _ = (states, show);
            }
            #show_quantities
            fn labels() -> (__aif::Vec<__aif::String>, __aif::Vec<__aif::String>) {
                (#state_labels, #quantity_labels)
            }
            #world
        }
        impl<#scalar: __aif::Real, #(#sizes),*> __aif::Declared<#scalar> for #self_ty #clauses {
            type Family = __aif::Learns<Self>;
            fn family(self) -> Self::Family { __aif::Learns(self) }
        }
    )
}

fn labels<'m>(methods: impl Iterator<Item = &'m Method>, scalar: &Ident) -> TokenStream {
    let each = methods.map(|method| {
        let (ty, name) = (&method.returns, method.name.to_string());
        quote!(<#ty as __aif::learner::State<#scalar>>::labels(#name, &mut |label| labels.push(label));)
    });
    quote!({
        #[allow(unused_mut)]
        let mut labels = __aif::Vec::new();
        #(#each)*
        labels
    })
}

fn meta(learner: &Learner) -> TokenStream {
    let scalar = &learner.scalar;
    let column = |column: &Column| {
        let (name, ty) = (column.name.to_string(), &column.ty);
        let values = names::option((!column.number).then(|| quote!(__aif::Labels::of::<#ty>())));
        quote!(__aif::learner::LearnerColumn { name: #name, values: #values })
    };
    let (inputs, observations) = (learner.inputs.iter().map(column), learner.observations.iter().map(column));
    let responses = learner.responses.iter().zip(&learner.actions).map(|(response, action)| {
        let (name, returns, is_action) = (response.name.to_string(), &response.returns, action.is_some());
        let time = format!("{name}_time");
        let needs = learner.needs(response).into_iter().filter_map(|need| match need {
            Source::Input(i) => Some(quote!(__aif::learner::Needed::Input(#i))),
            Source::Observation(o) => Some(quote!(__aif::learner::Needed::Observation(#o))),
            Source::Action(r) => Some(quote!(__aif::learner::Needed::Response(#r))),
            _ => None,
        });
        let kind = quote_spanned!(returns.span()=> <#returns as __aif::measure::Distribution<#scalar>>::KIND);
        quote!(__aif::learner::LearnerResponse { name: #name, time: #time, kind: #kind, action: #is_action, needs: &[#(#needs),*] })
    });
    let events = learner.events.iter().map(|event| match event {
        Event::Respond(r) => quote!(__aif::learner::Event::Respond(#r)),
        Event::Observe(o) => quote!(__aif::learner::Event::Observe(#o)),
    });
    let name = learner.name.to_string();
    let states = learner.states.iter().map(|s| s.next.name.to_string());
    let quantities = learner.quantities.iter().map(|q| q.name.to_string());
    let meta = quote!(__aif::learner::LearnerMeta {
        name: #name,
        inputs: &[#(#inputs),*],
        observations: &[#(#observations),*],
        responses: &[#(#responses),*],
        states: &[#(#states),*],
        quantities: &[#(#quantities),*],
        events: &[#(#events),*],
    });
    quote_spanned!(learner.name.span()=> __aif::learner::checked(#meta))
}

/// What an argument names, where it may be missing an `Option`; whether it may.
fn source(learner: &Learner, argument: &Argument) -> (TokenStream, bool) {
    let lifted = |column: TokenStream| {
        let scalar = &learner.scalar;
        let number = quote!(__aif::learner::number(#column));
        if argument.lifted { quote!(#number.map(<#scalar as __aif::Real>::constant)) } else { number }
    };
    let of = |column: TokenStream, own: &Column| {
        let ty = &own.ty;
        if own.number { lifted(column) } else { quote!(__aif::learner::value::<#ty>(#column)) }
    };
    match argument.source {
        Source::State(s) => {
            let ident = &learner.states[s].next.name;
            (quote!(__states.#ident), false)
        }
        Source::Quantity(q) => {
            let ident = local(q);
            (quote!(#ident), true)
        }
        Source::Input(i) => (of(quote!(__aif::learner::at(__trial.inputs, #i)), &learner.inputs[i]), true),
        Source::Observation(o) => (of(quote!(__aif::learner::at(__trial.observations, #o)), &learner.observations[o]), true),
        Source::Action(r) => {
            let action = learner.actions[r].as_ref().map(ToTokens::to_token_stream);
            (
                quote!(__aif::learner::value::<#action>(__aif::learner::at(__trial.responses, const { Self::META.place(#r) }))),
                true,
            )
        }
    }
}

/// The name of a quantity's value.
fn local(quantity: usize) -> Ident {
    format_ident!("__quantity_{quantity}")
}

/// What a method gives, `wrap`ped; `None` where something that it needs is missing.
fn call(learner: &Learner, method: &Method, wrap: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    let (mut waited, mut bound, mut passed) = (Vec::new(), Vec::new(), Vec::new());
    for (i, argument) in method.arguments.iter().enumerate() {
        let ((value, may_miss), ty, span) = (source(learner, argument), &argument.ty, argument.at);
        let as_type = |value: TokenStream| quote_spanned!(span=> __aif::learner::taken_as::<#ty, _>(#value));
        if argument.optional {
            let inner = format_ident!("__inner");
            let taken = as_type(quote!(#inner));
            passed.push(quote!((#value).map(|#inner| #taken)));
        } else if may_miss {
            let ident = format_ident!("__argument_{i}");
            waited.push(value);
            bound.push(ident.clone());
            passed.push(as_type(ident.to_token_stream()));
        } else {
            passed.push(as_type(value));
        }
    }
    let name = &method.name;
    let done = wrap(quote!(self.#name(#(#passed),*)));
    if waited.is_empty() {
        return quote!(::core::option::Option::Some(#done));
    }
    quote!(match (#(#waited,)*) {
        (#(::core::option::Option::Some(#bound),)*) => ::core::option::Option::Some(#done),
        _ => ::core::option::Option::None,
    })
}

/// The values of some quantities.
fn quantities(learner: &Learner, which: &[usize]) -> TokenStream {
    let each = which.iter().map(|&q| {
        let (ident, value) = (local(q), call(learner, &learner.quantities[q], |value| value));
        quote!(let #ident = #value;)
    });
    each.collect()
}

fn respond(learner: &Learner) -> TokenStream {
    let scalar = &learner.scalar;
    let arms = learner.responses.iter().zip(&learner.actions).enumerate().map(|(r, (response, action))| {
        let before = quantities(learner, &learner.quantities_of(std::iter::once(response)));
        let returns = &response.returns;
        let check = action.as_ref().map(|action| quote_spanned!(returns.span()=> __aif::check_among::<#returns, #action>();));
        let value =
            call(learner, response, |value| quote!(__aif::measure::OnResponse::<#scalar>::on::<#returns>(__visitor, #value)));
        quote!(#r => { #check #before #value })
    });
    quote!(
        #[inline(always)]
        #[allow(unused_variables)]
        fn respond<__V: __aif::measure::OnResponse<#scalar>>(
            &self,
            __response: usize,
            __states: &Self::States,
            __trial: &__aif::learner::Trial<'_>,
            __visitor: __V,
        ) -> ::core::option::Option<__V::Output> {
            match __response {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    )
}

fn learn(learner: &Learner) -> TokenStream {
    let before = quantities(learner, &learner.quantities_of(learner.states.iter().map(|s| &s.next)));
    let idents: Vec<&Ident> = learner.states.iter().map(|s| &s.next.name).collect();
    let next: Vec<Ident> = (0..idents.len()).map(|s| format_ident!("__next_{s}")).collect();
    let values = learner.states.iter().map(|s| call(learner, &s.next, |value| value));
    quote!(
        #[inline(always)]
        #[allow(unused_variables)]
        fn learn(&self, __states: &mut Self::States, __trial: &__aif::learner::Trial<'_>) {
            #before
            #(let #next = #values;)*
            #(if let ::core::option::Option::Some(next) = #next { __states.#idents = next; })*
        }
    )
}

fn show_quantities(learner: &Learner) -> TokenStream {
    let scalar = &learner.scalar;
    let all: Vec<usize> = (0..learner.quantities.len()).collect();
    let before = quantities(learner, &all);
    let each = learner.quantities.iter().enumerate().map(|(q, quantity)| {
        let (ident, ty) = (local(q), &quantity.returns);
        quote_spanned!(ty.span()=> match #ident {
            ::core::option::Option::Some(value) => <#ty as __aif::learner::State<#scalar>>::numbers(&value, show),
            ::core::option::Option::None => <#ty as __aif::learner::State<#scalar>>::labels("", &mut |_| show(<#scalar as __aif::Real>::constant(f64::NAN))),
        })
    });
    quote!(
        #[allow(unused_variables)]
        fn show_quantities(&self, __states: &Self::States, __trial: &__aif::learner::Trial<'_>, show: &mut dyn FnMut(#scalar)) {
            #before
            #(#each)*
        }
    )
}
