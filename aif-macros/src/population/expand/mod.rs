//! From a valid population to code: typed structs of parameters, and the draws as thin calls.

mod act;
mod draws;
mod elements;
mod meta;
mod types;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Ident;
use syn::ext::IdentExt;

use super::ir::{Covariate, CovariateKind, Dimension, Level, Population};
use crate::names::{self, generated};

/// What the emitted pieces need to know of the population as a whole.
struct Context<'a> {
    population: &'a Population,
    /// The scalar's name.
    scalar: Ident,
    /// The family of the model at the scalar `f64`.
    family: TokenStream,
}

impl Context<'_> {
    /// The struct of a level's parameters.
    fn struct_name(&self, level: usize) -> Ident {
        let name = self.population.levels[level].name.to_string();
        let camel: String = name
            .split('_')
            .flat_map(|word| {
                let mut letters = word.chars();
                letters.next().map(|c| c.to_uppercase().chain(letters).collect::<String>())
            })
            .collect();
        generated(&self.population.name, &camel)
    }

    /// The size of a dimension, as a constant expression.
    fn size(&self, dimension: &Dimension) -> TokenStream {
        let root = names::root();
        match dimension {
            Dimension::Size(expr @ (syn::Expr::Lit(_) | syn::Expr::Path(_))) => quote!(#expr),
            Dimension::Size(expr) => quote!((#expr)),
            Dimension::Covariate(_, ty) => quote!(<#ty as #root::Domain>::COUNT),
            Dimension::Contrasts(_, ty, _) => quote!((<#ty as #root::Domain>::COUNT - 1)),
            Dimension::Pairs(_, ty) => quote!((<#ty as #root::Domain>::COUNT * (<#ty as #root::Domain>::COUNT - 1) / 2)),
            Dimension::Named(names) => names.len().to_token_stream(),
            Dimension::Input(name) => {
                let (text, family) = (name.to_string(), &self.family);
                quote!(#root::input_labels::<#family>(#text).count)
            }
        }
    }

    /// The type of a parameter over a scalar.
    fn ty(&self, shape: &[Dimension], scalar: &TokenStream) -> TokenStream {
        shape.iter().rev().fold(scalar.clone(), |inner, dimension| {
            let size = self.size(dimension);
            quote!([#inner; #size])
        })
    }

    /// Brings the parameters of some levels into view.
    fn unpack(&self, levels: std::ops::Range<usize>) -> TokenStream {
        let each = levels.filter(|&l| !self.population.levels[l].parameters.is_empty()).map(|l| {
            let (own, scalar) = (self.struct_name(l), &self.scalar);
            let names = self.population.levels[l].parameters.iter().map(|p| &p.name);
            quote!(
                let #own { #(#names),* } = <#own<#scalar> as __aif::Members<#scalar>>::read(&__values[const { Self::META.offset(#l) }..]);
            )
        });
        quote!(#(#each)*)
    }

    /// Brings the covariates into view: numbers as constants of the scalar, values as places.
    fn covariates(&self) -> TokenStream {
        let scalar = &self.scalar;
        let each = self.population.covariates.iter().enumerate().map(|(i, Covariate { name, kind, .. })| {
            let place = elements::place_of(name);
            let number = quote!(let #name: #scalar = <#scalar as __aif::Lift<f64>>::lift(__covariates[#i]););
            let at = quote!(let #place: usize = __covariates[#i] as usize;);
            match kind {
                CovariateKind::Number => number,
                CovariateKind::Flag(_) => quote!(#number #at),
                CovariateKind::Values(_) => at,
            }
        });
        quote!(#(#each)*)
    }
}

pub fn expand(population: &Population, sound: bool) -> TokenStream {
    let Population { attributes, vis, name, model, covariates, .. } = population;
    let scalar = population.scalar.clone().unwrap_or_else(names::scalar);
    let (concrete, root) = (names::in_scalar(model, population.scalar.as_ref(), "f64"), names::root());
    let family = quote!(<#concrete as #root::Declared<f64>>::Family);
    let context = Context { population, family, scalar: scalar.clone() };
    let structs = (0..population.levels.len()).map(|l| types::members(&context, l));
    let meta = if sound { meta::meta(&context) } else { meta::stub(&context) };
    let fields: Vec<String> = act::fields(population).map(|name| name.unraw().to_string()).collect();
    let worked_out = act::worked_out(population);
    let field_idents: Vec<&Ident> = act::fields(population).collect();

    let stub = quote!(::core::unreachable!());
    let (draws, agent) = if sound {
        let arms = population.levels.iter().enumerate().filter(|(_, level)| !level.parameters.is_empty()).map(|(l, level)| {
            let above = context.unpack(0..l);
            let covariates = (l >= population.subject_level).then(|| context.covariates());
            let own = draw_level(&context, l, level);
            quote!(#l => { #above #covariates #own })
        });
        let unpack = context.unpack(0..population.levels.len());
        let covariates = context.covariates();
        let agent = act::act(&context);
        (quote!(match __level { #(#arms)* _ => {} }), quote!(#unpack #covariates #agent))
    } else {
        (stub.clone(), stub)
    };
    let checks = covariates
        .iter()
        .filter_map(Covariate::values)
        .map(|ty| quote::quote_spanned!(syn::spanned::Spanned::span(ty)=> const _: usize = <#ty as __aif::Domain>::COUNT;));
    let inputs = population.levels.iter().flat_map(|l| &l.parameters).flat_map(|p| &p.shape).filter_map(|dimension| {
        let Dimension::Input(name) = dimension else { return None };
        let (text, family) = (name.to_string(), &context.family);
        let check = quote::quote_spanned!(name.span()=> __aif::check_input::<#family>(#text));
        sound.then(|| quote!(const _: () = #check;))
    });
    let set_field = sound.then(|| quote!(#(#fields => __aif::Field(&mut model.#field_idents).set_number(value),)*));
    let old = population.old_spellings.iter().map(|word| {
        quote::quote_spanned!(word.span()=> const _: () = {
            #[deprecated(note = "the mark of a draw is spelt `#[centred]`")]
            #[allow(non_upper_case_globals)]
            const centered: () = ();
            #word
        };)
    });
    let import = names::import();
    let concrete = quote!(<<Self as __aif::Population>::Model<f64> as __aif::Declared<f64>>::Family);
    let assigned = sound.then(|| act::check_assigned(&context));
    // Third derivatives are asked for where a level lies between the group and its units only: a likelihood more to compile.
    let prior3 = if population.levels.len() > 2 { quote!(__aif::Turning<{ META.prior_directions() }>) } else { quote!(f64) };
    quote!(
        #(#attributes)*
        #[derive(Clone, Copy, Debug)]
        #vis struct #name;
        #(#structs)*
        const _: () = {
            #import
            #(#old)*
            #(#checks)*
            #(#inputs)*
            #assigned
            const META: __aif::PopulationMeta = #meta;
            impl __aif::Population for #name {
                const META: __aif::PopulationMeta = META;
                const FIELDS: &'static [&'static str] = &[#(#fields),*];
                const WORKED_OUT: &'static [&'static str] = &[#(#worked_out),*];
                type Model<#scalar: __aif::Real> = #model;
                type Record = <#concrete as __aif::Behaviour<f64>>::Record;
                type Options = <#concrete as __aif::Behaviour<f64>>::Options;
                type LikelihoodScalar = __aif::Dual<{ META.likelihood_directions() }>;
                type PriorScalar = __aif::Dual<{ META.prior_directions() }>;
                type LikelihoodScalar2 = __aif::Dual2<{ META.likelihood_directions() }>;
                type PriorScalar2 = __aif::Dual2<{ META.prior_directions() }>;
                type PriorScalar3 = #prior3;

                #[allow(unused_variables, clippy::all)]
                fn draw<#scalar: __aif::Real>(
                    __level: usize,
                    __values: &mut [#scalar],
                    __covariates: &[f64],
                    __draw: &mut impl __aif::Draw<#scalar>,
                ) {
                    #draws
                }

                #[allow(unused_variables, clippy::all)]
                fn agent<#scalar: __aif::Real>(
                    __values: &[#scalar],
                    __covariates: &[f64],
                ) -> (Self::Model<#scalar>, __aif::Assigned<#scalar>) {
                    #agent
                }

                #[allow(unused_imports, unused_variables)]
                fn set_field(
                    model: &mut Self::Model<f64>,
                    name: &str,
                    value: f64,
                ) -> ::core::result::Result<(), __aif::FieldError> {
                    use __aif::{SetNumber as _, SetOther as _};
                    match name {
                        #set_field
                        _ => ::core::result::Result::Err(__aif::FieldError::Unknown),
                    }
                }
            }
        };
    )
}

/// The lines of a level, and where its numbers go.
fn draw_level(context: &Context<'_>, level: usize, section: &Level) -> TokenStream {
    let lines = draws::draws(context, &section.parameters);
    let (own, names) = (context.struct_name(level), section.parameters.iter().map(|p| &p.name));
    quote!(
        #lines
        __aif::Members::write(&#own { #(#names),* }, &mut __values[const { Self::META.offset(#level) }..]);
    )
}

/// An identifier of the emitted code.
fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
