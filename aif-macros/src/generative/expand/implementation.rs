//! The implementation of `GenerativeModel`: constants, and calls into the runtime that tabulate the user's methods.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Type};

use super::responses;
use super::types::holder;
use crate::generative::ir::{Conditional, Factor, Kind, Modality, Model, Reference};
use crate::literals::{bare, lift, lift_numbers};
use crate::names::{arguments, generated, in_scalar, mentioned, option};

pub fn implementation(model: &Model, sound: bool) -> TokenStream {
    let scalar = model.scalar();
    let (self_ty, sizes, clauses) = (&model.self_ty, &model.sizes, model.clauses.all());
    let typed = |what: &str, types: Vec<&Type>, over_scalar: bool| {
        let name = generated(&model.name, what);
        let sizes = arguments(&mentioned(&model.sizes, &types));
        if over_scalar { quote!(#name<#(#sizes,)* #scalar>) } else { quote!(#name<#(#sizes),*>) }
    };
    let factor_types = || model.factors.iter().map(|f| &f.transition.domain).collect::<Vec<_>>();
    let modality_types = || model.modalities.iter().map(|m| &m.likelihood.domain).collect::<Vec<_>>();
    let observed: Vec<Type> = model.modalities.iter().map(|m| m.observed(model.scalar.as_ref())).collect();
    let holders: Vec<TokenStream> = model.modalities.iter().map(|m| holder(m.measured.is_some())).collect();
    let state = typed("State", factor_types(), false);
    let observation = typed("Observation", observed.iter().collect(), false);
    let belief = typed("Belief", factor_types(), true);
    let outcomes = typed("Outcomes", modality_types(), true);
    let preferences = typed("Preferences", modality_types(), true);
    let evidence = typed("Evidence", observed.iter().collect(), true);
    let action = typed("Action", model.actions.iter().map(|a| &a.ty).collect(), false);
    let inputs =
        if model.inputs.is_empty() { quote!(()) } else { typed("Inputs", model.inputs.iter().map(|i| &i.ty).collect(), false) };
    let trait_ = quote!(__aif::GenerativeModel<#scalar>);
    let this = quote!(<Self as #trait_>);
    let factor_indices = 0..model.factors.len();
    let modality_indices = 0..model.modalities.len();
    let names: Vec<&Ident> = model.modalities.iter().map(|m| &m.likelihood.name).collect();
    let (signals, members, attends) = (0..names.len(), 0..names.len(), 0..names.len());
    let nests = sound && model.modalities.iter().any(|m| m.level.is_some());
    let belongs = if nests { quote!(Nests) } else { quote!(Pomdp) };
    let (family, measures) = (family(model), measures(model, &scalar));
    let respond = if sound { responses::respond(model, &scalar) } else { TokenStream::new() };
    let meta = meta(model, &scalar, sound);
    let evidence_name = generated(&model.name, "Evidence");
    let tabulate = if sound {
        tabulate(model, &scalar)
    } else {
        quote!(
            let _ = (inputs, tables);
            ::core::unreachable!()
        )
    };
    quote!(
        impl<#scalar: __aif::Real, #(#sizes),*> #trait_ for #self_ty #clauses {
            const META: __aif::Meta = #meta;

            type State = #state;
            type Observation = #observation;
            type Action = #action;
            type Inputs = #inputs;
            type Belief = #belief;
            type Outcomes = #outcomes;
            type Preferences = #preferences;
            type Evidence = #evidence;

            fn tabulate(
                &self,
                inputs: &Self::Inputs,
                tables: &mut __aif::Tabulator<'_, Self, #scalar>,
            ) -> ::core::result::Result<(), __aif::ModelError> {
                #tabulate
            }

            #[inline(always)]
            fn each_factor(mut f: impl FnMut(&'static __aif::FactorSite)) {
                #(f(const { &__aif::factor_site(&#this::META, #factor_indices) });)*
                let _ = &mut f;
            }

            #[inline(always)]
            fn each_modality(mut f: impl FnMut(&'static __aif::ModalitySite)) {
                #(f(const { &__aif::modality_site(&#this::META, #modality_indices) });)*
                let _ = &mut f;
            }

            #[inline(always)]
            fn signal(evidence: &Self::Evidence, m: usize) -> __aif::Signal<'_, #scalar> {
                match m {
                    #(#signals => evidence.#names.signal(),)*
                    _ => __aif::Signal::Missing,
                }
            }

            fn evidence(outcomes: &[::core::option::Option<usize>]) -> Self::Evidence {
                #evidence_name { #(#names: __aif::#holders::from_index(outcomes.get(#members).copied().flatten()),)* }
            }

            fn set_signal(evidence: &mut Self::Evidence, m: usize, signal: __aif::Signal<'_, #scalar>) {
                match m {
                    #(#attends => evidence.#names = __aif::#holders::from_signal(signal),)*
                    _ => {}
                }
            }

            #measures
            #respond
        }

        impl<#scalar: __aif::Real, #(#sizes),*> __aif::Declared<#scalar> for #self_ty #clauses {
            type Family = __aif::#belongs<Self>;
            fn family(self) -> Self::Family { __aif::#belongs(self) }
        }

        #family
    )
}

/// The same model in every scalar.
fn family(model: &Model) -> TokenStream {
    let (sizes, clauses) = (&model.sizes, model.clauses.all());
    let taken = |name: &str| {
        let mentions = |tokens: TokenStream| tokens.to_string().contains(name);
        mentions(model.self_ty.to_token_stream()) || mentions(quote!(#(#sizes),*))
    };
    let mut other = String::from("Other");
    while taken(&other) {
        other.push('_');
    }
    let [own, in_other] = ["f64", &other].map(|by| in_scalar(&model.self_ty, model.scalar.as_ref(), by));
    let other = Ident::new(&other, Span::call_site());
    quote!(
        impl<#(#sizes),*> __aif::ModelFamily for #own #clauses {
            type In<#other: __aif::Real> = #in_other;
        }
    )
}

fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_string()
}

fn kind(kind: Kind) -> TokenStream {
    match kind {
        Kind::Map => quote!(__aif::Kind::Map),
        Kind::Fixed => quote!(__aif::Kind::Fixed),
        Kind::Free => quote!(__aif::Kind::Free),
        Kind::Dirichlet => quote!(__aif::Kind::Dirichlet),
        Kind::Sparse => quote!(__aif::Kind::Sparse),
        // At the nodes, a categorical distribution that depends on parameters.
        Kind::Measured => quote!(__aif::Kind::Free),
    }
}

fn meta(model: &Model, scalar: &Ident, sound: bool) -> TokenStream {
    let responses = if sound { responses::descriptions(model, scalar) } else { quote!(&[]) };
    let name = model.name.to_string();
    let factors = model.factors.iter().map(|f| {
        let (name, ty, kind) = (plain(&f.transition.name), &f.transition.domain, kind(f.transition.kind));
        let (parents, actions, kept) = (f.transition.parents(), f.transition.actions(), f.kept);
        quote!(__aif::Factor {
            name: #name, states: __aif::Labels::of::<#ty>(), parents: &[#(#parents),*], actions: &[#(#actions),*], kind: #kind,
            kept: #kept,
        })
    });
    let modalities = model.modalities.iter().map(|m| {
        let (name, ty, kind) = (plain(&m.likelihood.name), &m.likelihood.domain, kind(m.likelihood.kind));
        let (parents, timed) = (m.likelihood.parents(), m.step.is_some());
        let measured = option(m.measured.as_ref().map(|measured| {
            let (own, about) = (in_scalar(&measured.distribution, model.scalar.as_ref(), "f64"), &measured.about);
            quote!(__aif::model::Measure {
                kind: <#own as __aif::measure::Distribution<f64>>::KIND,
                parameters: <#own as __aif::measure::Measured<f64>>::PARAMETERS + 1,
                about: #about,
            })
        }));
        quote!(__aif::Modality {
            name: #name, outcomes: __aif::Labels::of::<#ty>(), parents: &[#(#parents),*], kind: #kind, timed: #timed, measured: #measured,
        })
    });
    let actions = model.actions.iter().map(|a| {
        let (name, ty) = (plain(&a.name), &a.ty);
        quote!(__aif::ActionVariable { name: #name, values: __aif::Labels::of::<#ty>() })
    });
    let inputs = model.inputs.iter().map(|i| {
        let (name, ty) = (plain(&i.name), &i.ty);
        let values = option((!i.number).then(|| quote!(__aif::Labels::of::<#ty>())));
        quote!(__aif::Input { name: #name, values: #values })
    });
    let horizon = model.horizon.as_ref().map_or(quote!(1), ToTokens::to_token_stream);
    quote!(__aif::Meta {
        name: #name,
        factors: &[#(#factors),*],
        modalities: &[#(#modalities),*],
        actions: &[#(#actions),*],
        inputs: &[#(#inputs),*],
        responses: #responses,
        horizon: #horizon,
    })
}

fn tabulate(model: &Model, scalar: &Ident) -> TokenStream {
    // A model without a scalar is written in plain numbers: what it says is lifted as a whole.
    let number = if model.scalar.is_some() { scalar.to_token_stream() } else { quote!(f64) };
    let number = &number;
    let input_names: Vec<&Ident> = model.inputs.iter().map(|i| &i.name).collect();
    let inputs_type = generated(&model.name, "Inputs");
    let unpack = (!input_names.is_empty()).then(|| {
        quote!(
            #[allow(unused_variables)]
            let &#inputs_type { #(#input_names),* } = inputs;
        )
    });
    // In preferences, precisions and habits a numeric input is a scalar like any other.
    let numbers = model.inputs.iter().filter(|i| i.number).map(|i| {
        let name = &i.name;
        quote!(#[allow(unused_variables)] let #name = <#number as __aif::Lift<f64>>::lift(#name);)
    });
    let numbers: TokenStream = numbers.collect();
    let this = quote!(<Self as __aif::GenerativeModel<#scalar>>);
    let in_scope = |value: TokenStream| if numbers.is_empty() { value } else { quote!({ #numbers #value }) };

    let factors = model.factors.iter().enumerate().map(|(i, factor)| {
        let site = quote!(const { &__aif::factor_site(&#this::META, #i) });
        let column = column(&factor.transition, model);
        let (ty, initial) = (&factor.transition.domain, in_scope(initial(factor, scalar, number)));
        let goal = factor.goal.as_ref().map(|goal| {
            let goal = in_scope(goal.to_token_stream());
            quote!(tables.goal::<#ty>(#site, #goal);)
        });
        quote!(
            tables.factor(#site, |at| #column)?;
            tables.initial::<#ty>(#site, #initial)?;
            #goal
        )
    });
    let modalities = model.modalities.iter().enumerate().map(|(i, modality)| {
        let site = quote!(const { &__aif::modality_site(&#this::META, #i) });
        let column = column(&modality.likelihood, model);
        if let Some(measured) = &modality.measured {
            let step = modality.step.as_ref().map_or(quote!(_), ToTokens::to_token_stream);
            let (ty, own) = (&measured.distribution, if measured.over_scalar { scalar.to_token_stream() } else { quote!(f64) });
            let liking = in_scope(liking(modality, number));
            // What is no preference is one where it stands.
            let place = modality.preference.as_ref().map_or_else(Span::call_site, Spanned::span);
            let any = quote_spanned!(place=> _);
            return quote!(tables.measured::<#own, #ty, #any>(#site, |at| #column, |#step| #liking)?;);
        }
        let ty = &modality.likelihood.domain;
        let preference = preference(modality, scalar, number);
        let preference = in_scope(preference);
        let step = modality.step.as_ref().map_or(quote!(_), ToTokens::to_token_stream);
        quote!(tables.modality::<#ty, _>(#site, |at| #column, |#step| #preference)?;)
    });
    let lifted = |expr: &Expr| in_scope(lift_numbers(expr, number).to_token_stream());
    let policy = model.policy_precision.as_ref().map(lifted).map(|e| quote!(tables.policy_precision(#e)?;));
    let action = model.action_precision.as_ref().map(lifted).map(|e| quote!(tables.action_precision(#e)?;));
    let habit = model.habit.as_ref().map(lifted).map(|e| quote!(tables.habit(#e)?;));
    let ignore = input_names.is_empty().then(|| quote!(let _ = inputs;));
    let policies = model.policies.as_ref().map(|list| in_scope(list.to_token_stream()));
    let policies = policies.map(|list| quote!(tables.policies(#list)?;));
    let sizes = super::checks::generic_sizes(model);
    quote!(
        #sizes
        #unpack
        #ignore
        #(#factors)*
        #(#modalities)*
        #policy
        #action
        #habit
        #policies
        ::core::result::Result::Ok(())
    )
}

/// The call of the user's method on one combination of its arguments, as a column of the right kind.
fn column(conditional: &Conditional, model: &Model) -> TokenStream {
    let name = &conditional.name;
    let (mut states, mut actions) = (0usize.., 0usize..);
    let arguments = conditional.arguments.iter().map(|argument| match argument.refers_to {
        Reference::Factor(_) => {
            let i = states.next();
            quote!(at.state(#i))
        }
        Reference::Action(_) => {
            let i = actions.next();
            quote!(at.action(#i))
        }
        Reference::Input(i) => model.inputs[i].name.to_token_stream(),
    });
    let call = quote!(self.#name(#(#arguments),*));
    let unused = conditional.arguments.iter().all(|a| matches!(a.refers_to, Reference::Input(_)));
    let call = if unused { quote!({ let _ = at; #call }) } else { call };
    match conditional.kind {
        Kind::Map => quote!(__aif::Certain(#call)),
        Kind::Fixed => quote!(__aif::Constant(#call)),
        Kind::Free | Kind::Measured | Kind::Sparse => call,
        Kind::Dirichlet => quote!(__aif::Counts(#call)),
    }
}

/// A list of numbers, each of its own kind: constants and scalars.
fn listed(list: &syn::ExprArray, number: &TokenStream) -> TokenStream {
    let entries = list.elems.iter().map(|entry| {
        let lifted = lift_numbers(entry, number);
        quote_spanned!(entry.span()=> <_ as __aif::LiftInto<#number>>::lift_into(#lifted))
    });
    let entries: Vec<TokenStream> = entries.collect();
    quote_spanned!(list.bracket_token.span.join()=> [#(#entries),*])
}

fn initial(factor: &Factor, scalar: &Ident, number: &TokenStream) -> TokenStream {
    let Some(initial) = &factor.initial else { return TokenStream::new() };
    if let Expr::Array(list) = bare(initial) {
        let list = listed(list, number);
        return quote!(__aif::Initial::listed(#list));
    }
    let (lifted, ty) = (lift_numbers(initial, number), &factor.transition.domain);
    quote_spanned!(initial.span()=> __aif::IntoInitial::<#ty, #scalar>::into_initial(#lifted))
}

/// What is preferred of measurements: a closure is the user's own, of plain numbers.
fn liking(modality: &Modality, number: &TokenStream) -> TokenStream {
    match modality.preference.as_ref() {
        None => quote!(__aif::measure::Indifferent),
        Some(closure) if matches!(bare(closure), Expr::Closure(_)) => closure.to_token_stream(),
        Some(other) => {
            let lifted = lift_numbers(other, number);
            quote_spanned!(other.span()=> #lifted)
        }
    }
}

/// The densities and draws of measured modalities.
fn measures(model: &Model, scalar: &Ident) -> TokenStream {
    let measured = || model.modalities.iter().enumerate().filter_map(|(i, m)| Some((i, m.measured.as_ref()?)));
    if measured().next().is_none() {
        return TokenStream::new();
    }
    let densities = measured().map(|(i, m)| {
        // Of a distribution over `f64`, too, densities are in every scalar: what was measured may have derivatives.
        let ty = in_scalar(&m.distribution, Some(&Ident::new("f64", Span::call_site())), &scalar.to_string());
        quote!(#i => __aif::model::density_of::<#ty, #scalar>(distribution, number),)
    });
    let draws = measured().map(|(i, m)| {
        let ty = in_scalar(&m.distribution, model.scalar.as_ref(), "f64");
        quote!(#i => __aif::model::draw_of::<#ty, #scalar>(distribution, rng),)
    });
    quote!(
        #[inline(always)]
        fn ln_density(m: usize, distribution: &[#scalar], number: #scalar) -> #scalar {
            match m {
                #(#densities)*
                _ => __aif::Real::zero(),
            }
        }

        fn draw(m: usize, distribution: &[#scalar], rng: &mut dyn __aif::random::Rng) -> f64 {
            match m {
                #(#draws)*
                _ => 0.0,
            }
        }
    )
}

fn preference(modality: &Modality, scalar: &Ident, number: &TokenStream) -> TokenStream {
    let ty = &modality.likelihood.domain;
    match &modality.preference {
        None => quote!(__aif::Preference::none()),
        Some(Expr::Array(list)) => {
            let list = listed(list, number);
            quote!(__aif::Preference::listed(#list))
        }
        Some(other) => {
            let lifted = lift(other, number);
            quote_spanned!(other.span()=> __aif::IntoPreferred::<#ty, #scalar>::into_preferred(#lifted))
        }
    }
}
