//! `c_abi!`: a C interface for one declared model, and its header.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, Type, parenthesized};

use crate::names;

/// `tmaze = TMaze<f64>, parameters(reward_probability, preference)`
struct Door {
    prefix: Ident,
    model: Type,
    parameters: Vec<Ident>,
}

impl Parse for Door {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let prefix: Ident = input
            .parse()
            .map_err(|e| syn::Error::new(e.span(), "a name for the functions is expected: `c_abi!(tmaze = TMaze<f64>)`"))?;
        let text = prefix.to_string();
        if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            return Err(syn::Error::new(prefix.span(), "the name of C functions has small letters, digits and `_` only"));
        }
        input.parse::<Token![=]>()?;
        let model = input.parse()?;
        let mut parameters = Vec::new();
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word != "parameters" {
                return Err(syn::Error::new(
                    word.span(),
                    "only `parameters(..)` may follow: the fields that are set when an agent is created",
                ));
            }
            let fields;
            parenthesized!(fields in input);
            parameters = Punctuated::<Ident, Token![,]>::parse_terminated(&fields)?.into_iter().collect();
            for (i, name) in parameters.iter().enumerate() {
                if parameters[..i].contains(name) {
                    return Err(syn::Error::new(name.span(), format!("`{name}` is a parameter already")));
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        if !input.is_empty() {
            return Err(input.error("nothing is expected here"));
        }
        Ok(Door { prefix, model, parameters })
    }
}

pub fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<Door>(input) {
        Ok(door) => emit(&door),
        Err(error) => error.into_compile_error(),
    }
}

fn emit(door: &Door) -> TokenStream {
    let Door { prefix, model, parameters } = door;
    let import = names::import();
    let function = |what: &str| format_ident!("{prefix}_{what}");
    let [create, reset, step, save, load, free] = ["create", "reset", "step", "save", "load", "free"].map(function);
    let step_weighed = function("step_weighed");
    let [modalities, actions, outcomes, values] = ["modalities", "actions", "outcomes", "values"].map(function);
    let header_name = format_ident!("{}_HEADER", prefix.to_string().to_uppercase());
    let text = LitStr::new(&header(door), Span::call_site());
    let count = parameters.len();
    let places = 0..count;
    let changed = (count > 0).then(|| quote!(mut));
    let doc = format!("The C header of the functions `{prefix}_..`.");
    quote!(
        #[doc = #doc]
        pub const #header_name: &str = #text;
        #[allow(unsafe_code)]
        const _: () = {
            #import
            type Agent = __aif::door::Door<#model>;
            fn build(parameters: &[f64]) -> #model {
                let #changed model = <#model as ::core::default::Default>::default();
                #(model.#parameters = parameters[#places];)*
                let _ = parameters;
                model
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #create(parameters: *const f64, count: usize, seed: u64, agent: *mut *mut Agent) -> i32 {
                unsafe { __aif::door::create(parameters, (count, #count), seed, agent, build) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #reset(agent: *mut Agent) -> i32 {
                unsafe { __aif::door::reset(agent) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #step(agent: *mut Agent, outcomes: *const i32, outcome_count: usize, actions: *mut i32, action_count: usize) -> i32 {
                unsafe { __aif::door::step(agent, (outcomes, outcome_count), (actions, action_count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #step_weighed(
                agent: *mut Agent,
                outcomes: *const i32,
                outcome_count: usize,
                weights: *const f64,
                weight_count: usize,
                actions: *mut i32,
                action_count: usize,
            ) -> i32 {
                unsafe { __aif::door::step_weighed(agent, (outcomes, outcome_count), (weights, weight_count), (actions, action_count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #save(agent: *mut Agent, buffer: *mut u8, capacity: usize, length: *mut usize) -> i32 {
                unsafe { __aif::door::save(agent, buffer, capacity, length) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #load(agent: *mut Agent, buffer: *const u8, length: usize) -> i32 {
                unsafe { __aif::door::load(agent, buffer, length) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #free(agent: *mut Agent) {
                unsafe { __aif::door::free(agent) }
            }
            #[unsafe(no_mangle)]
            extern "C" fn #modalities() -> usize {
                __aif::door::modalities::<#model>()
            }
            #[unsafe(no_mangle)]
            extern "C" fn #actions() -> usize {
                __aif::door::actions::<#model>()
            }
            #[unsafe(no_mangle)]
            extern "C" fn #outcomes(modality: usize) -> i32 {
                __aif::door::outcomes::<#model>(modality)
            }
            #[unsafe(no_mangle)]
            extern "C" fn #values(action: usize) -> i32 {
                __aif::door::values::<#model>(action)
            }
        };
    )
}

/// The header, with the prefix put in.
fn header(door: &Door) -> String {
    let names: Vec<String> = door.parameters.iter().map(|name| name.unraw().to_string()).collect();
    let parameters = if names.is_empty() {
        "It takes no parameters: count is 0.".to_string()
    } else {
        format!("Its parameters are, in this order: {}.", names.join(", "))
    };
    let prefix = door.prefix.to_string();
    TEMPLATE.replace("PREFIX", &prefix.to_uppercase()).replace("prefix", &prefix).replace("PARAMETERS", &parameters)
}

const TEMPLATE: &str = "\
/* An agent that acts under a declared model. Written by c_abi!, not by hand. */
#ifndef PREFIX_H
#define PREFIX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif

/* What functions give back. */
enum {
    PREFIX_OK = 0,
    PREFIX_NULL = -1,    /* a pointer is null, or not aligned */
    PREFIX_SIZE = -2,    /* an array has another length than it should */
    PREFIX_RANGE = -3,   /* a code is beyond the last */
    PREFIX_MODEL = -4,   /* the parameters make no model */
    PREFIX_SAVE = -5,    /* the bytes are no save of this model */
    PREFIX_FAILURE = -6, /* something else; the agent is not to be used any more */
    PREFIX_WEIGHTS = -7  /* weights are negative, not finite or all zero, or a measured number is not finite; the agent is as before */
};

typedef struct prefix_agent prefix_agent;

/* How many modalities and actions there are, outcomes of a modality (0: it measures a number), values of an action (PREFIX_RANGE beyond the last). */
size_t prefix_modalities(void);
size_t prefix_actions(void);
int32_t prefix_outcomes(size_t modality);
int32_t prefix_values(size_t action);

/* Creates an agent; one seed gives one behaviour, and one agent is used by one thread at a time. PARAMETERS */
int32_t prefix_create(const double *parameters, size_t count, uint64_t seed, prefix_agent **agent);

/* Goes back to the initial state; what was learned stays, and chance goes on. */
int32_t prefix_reset(prefix_agent *agent);

/* One step: an outcome of each modality comes in (-1: nothing is known), a value of each action goes out. */
int32_t prefix_step(prefix_agent *agent, const int32_t *outcomes, size_t outcome_count, int32_t *actions, size_t action_count);

/* The same with readings: where a modality's code is -2, how probable what was read of it is where each of its outcomes is, in any common unit, stands
   among the weights: as many as all modalities have outcomes, one modality after the other. Those of other modalities are not looked at. Of a
   modality that is measured, one number stands there instead: what was measured. */
int32_t prefix_step_weighed(prefix_agent *agent, const int32_t *outcomes, size_t outcome_count, const double *weights, size_t weight_count,
                            int32_t *actions, size_t action_count);

/* Saves all that an agent carries, its chance included. A null buffer asks for the length only; one that is too short is not written to. */
int32_t prefix_save(prefix_agent *agent, uint8_t *buffer, size_t capacity, size_t *length);

/* Goes on from a save of an agent with the same parameters, which are not saved; after an error the agent is as before. */
int32_t prefix_load(prefix_agent *agent, const uint8_t *buffer, size_t length);

/* Frees an agent; null is left alone. */
void prefix_free(prefix_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
";
