//! From a valid population to code: typed structs of parameters, and the draws as thin calls.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{Expr, ExprStruct, FieldValue, Ident, Member};

use super::ir::{Parameter, Population, Value};
use crate::literals::{bare, lift_numbers, number};
use crate::names::{self, generated};
use crate::storage::storage;

pub fn expand(population: &Population, sound: bool) -> TokenStream {
    let Population { attributes, vis, name, model, .. } = population;
    let scalar = population.scalar.clone().unwrap_or_else(names::scalar);
    let group_name = generated(name, "Population");
    let subject_name = generated(name, "Subject");
    let group_struct = members(population, &population.population, &group_name, "the group");
    let subject_struct = members(population, &population.subject, &subject_name, "one subject");
    let group_type = if population.population.is_empty() { quote!(()) } else { quote!(#group_name<#scalar>) };
    let subject_type = if population.subject.is_empty() { quote!(()) } else { quote!(#subject_name<#scalar>) };

    let drawn = |parameters: &[Parameter]| parameters.iter().filter(|p| p.is_drawn()).count();
    let direct = population.population.iter().filter(|p| p.direct).count();
    let likelihood = drawn(&population.subject) + direct;
    let prior = drawn(&population.population) + drawn(&population.subject);
    let meta = meta(population);
    let fields: Vec<String> = population.agent.iter().flat_map(|a| &a.fields).filter_map(field_name).collect();
    let field_idents: Vec<&Ident> = population.agent.iter().flat_map(|a| &a.fields).filter_map(field_ident).collect();

    let (draw_group, draw_subject, agent) = if sound {
        (
            draws(&population.population, &group_name, &scalar),
            draws(&population.subject, &subject_name, &scalar),
            population.agent.as_ref().map_or(TokenStream::new(), |agent| act(population, agent, &scalar)),
        )
    } else {
        let stub = quote!(::core::unreachable!());
        (stub.clone(), stub.clone(), stub)
    };
    let group_names = unpack(&population.population, &group_name, quote!(group));
    let subject_names = unpack(&population.subject, &subject_name, quote!(subject));
    let set_field = sound.then(|| quote!(#(#fields => __aif::Field(&mut model.#field_idents).set_number(value),)*));
    let import = names::import();
    let concrete = quote!(<Self as __aif::Population>::Model<f64>);
    quote!(
        #(#attributes)*
        #[derive(Clone, Copy, Debug)]
        #vis struct #name;
        #group_struct
        #subject_struct
        const _: () = {
            #import
            impl __aif::Population for #name {
                const META: __aif::PopulationMeta = #meta;
                const FIELDS: &'static [&'static str] = &[#(#fields),*];
                type Group<#scalar: __aif::Real> = #group_type;
                type Subject<#scalar: __aif::Real> = #subject_type;
                type Model<#scalar: __aif::Real> = #model;
                type Record = <#concrete as __aif::Behaviour<f64>>::Record;
                type Options = <#concrete as __aif::Behaviour<f64>>::Options;
                type LikelihoodScalar = __aif::Dual<#likelihood>;
                type PriorScalar = __aif::Dual<#prior>;

                #[allow(unused_variables)]
                fn population<#scalar: __aif::Real>(draw: &mut impl __aif::Draw<#scalar>) -> Self::Group<#scalar> {
                    #draw_group
                }

                #[allow(unused_variables)]
                fn subject<#scalar: __aif::Real>(
                    group: &Self::Group<#scalar>,
                    draw: &mut impl __aif::Draw<#scalar>,
                ) -> Self::Subject<#scalar> {
                    #group_names
                    #draw_subject
                }

                #[allow(unused_variables)]
                fn agent<#scalar: __aif::Real>(
                    group: &Self::Group<#scalar>,
                    subject: &Self::Subject<#scalar>,
                ) -> (Self::Model<#scalar>, __aif::Assigned<#scalar>) {
                    #group_names
                    #subject_names
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

fn field_ident(field: &FieldValue) -> Option<&Ident> {
    if let Member::Named(name) = &field.member { Some(name) } else { None }
}

fn field_name(field: &FieldValue) -> Option<String> {
    field_ident(field).map(ToString::to_string)
}

/// The struct of a list of parameters.
fn members(population: &Population, parameters: &[Parameter], name: &Ident, whose: &str) -> TokenStream {
    if parameters.is_empty() {
        return TokenStream::new();
    }
    let vis = &population.vis;
    let doc = format!("The parameters of {whose} under [`{}`], drawn and derived.", population.name);
    let names: Vec<&Ident> = parameters.iter().map(|p| &p.name).collect();
    let docs = parameters.iter().map(|p| format!("`{} {}`", p.name, p.words));
    let (derives, import, root) = (names::derives(), names::import(), names::root());
    let (index, positions) = (0..names.len(), 0..names.len());
    let storage = storage(name, &[], &[], true, &names, quote!(__aif::Members::from_fn(|_| T::zero())));
    quote!(
        #[doc = #doc]
        #derives
        #vis struct #name<T: #root::Real = f64> {
            #(#[doc = #docs] pub #names: T,)*
        }
        const _: () = {
            #import
            #storage
            impl<T: __aif::Real> __aif::Members<T> for #name<T> {
                fn get(&self, i: usize) -> T {
                    match i {
                        #(#index => self.#names,)*
                        _ => T::constant(f64::NAN),
                    }
                }
                fn from_fn(mut member: impl FnMut(usize) -> T) -> Self {
                    #name { #(#names: member(#positions),)* }
                }
            }
        };
    )
}

/// Brings the members of a struct into view.
fn unpack(parameters: &[Parameter], name: &Ident, from: TokenStream) -> TokenStream {
    if parameters.is_empty() {
        return TokenStream::new();
    }
    let names = parameters.iter().map(|p| &p.name);
    quote!(let &#name { #(#names),* } = #from;)
}

/// One line for each parameter.
fn draws(parameters: &[Parameter], name: &Ident, scalar: &Ident) -> TokenStream {
    let scalar_tokens = scalar.to_token_stream();
    let lines = parameters.iter().map(|parameter| {
        let name = &parameter.name;
        match &parameter.value {
            Value::Drawn { family, arguments, non_centred } => {
                let arguments = arguments.iter().map(|a| {
                    let lifted = lift_numbers(a, &scalar_tokens);
                    quote!(<_ as __aif::LiftInto<#scalar>>::lift_into(#lifted))
                });
                let how = if *non_centred { quote!(draw_non_centred) } else { quote!(draw) };
                quote!(let #name: #scalar = draw.#how(__aif::prior::#family::new(#(#arguments),*));)
            }
            Value::Derived(value) => {
                let value = lift_numbers(value, &scalar_tokens);
                quote!(let #name: #scalar = #value;)
            }
        }
    });
    let names = parameters.iter().map(|p| &p.name);
    let result = (!parameters.is_empty()).then(|| quote!(#name { #(#names),* }));
    quote!(#(#lines)* #result)
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
        literal if number(literal).is_some() && literal.to_token_stream().to_string().contains(['.', 'e', 'E']) => {
            quote!(__aif::lift(#literal))
        }
        other => other.to_token_stream(),
    }
}

/// What a subject acts under.
fn act(population: &Population, agent: &ExprStruct, scalar: &Ident) -> TokenStream {
    let path = &agent.path;
    let fields = agent.fields.iter().map(|field| {
        let (attributes, member) = (&field.attrs, &field.member);
        let value = field_value(&field.expr, scalar);
        if field.colon_token.is_some() { quote!(#(#attributes)* #member: #value) } else { quote!(#(#attributes)* #member) }
    });
    let rest = agent.rest.as_ref().map(|rest| quote!(..#rest));
    let assigned = &population.assigned;
    let precision = |value: &Option<Expr>| match value {
        Some(value) => {
            let value = lift_numbers(value, &scalar.to_token_stream());
            quote!(::core::option::Option::Some(<_ as __aif::LiftInto<#scalar>>::lift_into(#value)))
        }
        None => quote!(::core::option::Option::None),
    };
    let (policy, action, lapse) =
        (precision(&assigned.policy_precision), precision(&assigned.action_precision), precision(&assigned.lapse));
    quote!((
        #path { #(#fields,)* #rest },
        __aif::Assigned { policy_precision: #policy, action_precision: #action, lapse: #lapse },
    ))
}

fn meta(population: &Population) -> TokenStream {
    let parameters = |list: &[Parameter]| {
        let each = list.iter().map(|p| {
            let (name, words, direct) = (p.name.to_string(), &p.words, p.direct);
            let role = if p.is_drawn() { quote!(Drawn) } else { quote!(Derived) };
            quote!(__aif::Parameter { name: #name, role: __aif::Role::#role, prior: #words, direct: #direct })
        });
        quote!(&[#(#each),*])
    };
    let name = population.name.to_string();
    let doc: Vec<String> = population.attributes.iter().filter_map(doc_line).collect();
    let doc = doc.join(" ");
    let (group, subject) = (parameters(&population.population), parameters(&population.subject));
    quote!(__aif::PopulationMeta { name: #name, doc: #doc, population: #group, subject: #subject })
}

fn doc_line(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("doc").then(|| text.value().trim().to_string())
}
