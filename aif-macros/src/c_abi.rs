//! `c_abi!`: a C interface for one declared model, and its header.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, Type, parenthesized};

use crate::c_headers::{CPP_TEMPLATE, TEMPLATE};
use crate::names;

/// `tmaze = TMaze<f64>, parameters(reward_probability, preference)`
struct Handle {
    prefix: Ident,
    model: Type,
    parameters: Vec<Ident>,
}

impl Parse for Handle {
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
        Ok(Handle { prefix, model, parameters })
    }
}

pub fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<Handle>(input) {
        Ok(door) => emit(&door),
        Err(error) => error.into_compile_error(),
    }
}

fn emit(door: &Handle) -> TokenStream {
    let Handle { prefix, model, parameters } = door;
    let import = names::import();
    let function = |what: &str| format_ident!("{prefix}_{what}");
    let [create, create_with, reset, save, load, free] = ["create", "create_with", "reset", "save", "load", "free"].map(function);
    let [step, step_weighed, step_within] = ["step", "step_weighed", "step_within"].map(function);
    let [perceive, act, correct, end_block] = ["perceive", "act", "correct", "end_block"].map(function);
    let [modalities, actions, outcomes, values] = ["modalities", "actions", "outcomes", "values"].map(function);
    let [factors, states, joint_actions, error] = ["factors", "states", "joint_actions", "error"].map(function);
    let [belief, explain, preferences, set_preferences] = ["belief", "explain", "preferences", "set_preferences"].map(function);
    let [clear_preferences, set_goals, clear_goals, set_precisions] =
        ["clear_preferences", "set_goals", "clear_goals", "set_precisions"].map(function);
    let shared = format_ident!("{}_SHARED", prefix.to_string().to_uppercase());
    let cpp_header_name = format_ident!("{}_CPP_HEADER", prefix.to_string().to_uppercase());
    let cpp_text = LitStr::new(&filled(door, CPP_TEMPLATE), Span::call_site());
    let cpp_doc = format!("The C++ header over that of the functions `{prefix}_..`.");
    let header_name = format_ident!("{}_HEADER", prefix.to_string().to_uppercase());
    let text = LitStr::new(&filled(door, TEMPLATE), Span::call_site());
    let count = parameters.len();
    let places = 0..count;
    let changed = (count > 0).then(|| quote!(mut));
    let doc = format!("The C header of the functions `{prefix}_..`.");
    quote!(
        #[doc = #doc]
        pub const #header_name: &str = #text;
        #[doc = #cpp_doc]
        pub const #cpp_header_name: &str = #cpp_text;
        #[allow(unsafe_code)]
        const _: () = {
            #import
            type Agent = __aif::door::Handle<#model>;
            static #shared: __aif::door::SharedModels<#model> = __aif::door::SharedModels::new();
            fn build(parameters: &[f64]) -> #model {
                let #changed model = <#model as ::core::default::Default>::default();
                #(model.#parameters = parameters[#places];)*
                let _ = parameters;
                model
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #create(parameters: *const f64, count: usize, seed: u64, agent: *mut *mut Agent) -> i32 {
                unsafe { __aif::door::create(&#shared, parameters, (count, #count), seed, ::core::ptr::null(), agent, build) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #create_with(
                parameters: *const f64,
                count: usize,
                seed: u64,
                options: *const ::core::ffi::c_char,
                agent: *mut *mut Agent,
            ) -> i32 {
                unsafe { __aif::door::create(&#shared, parameters, (count, #count), seed, options, agent, build) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #step_within(
                agent: *mut Agent,
                outcomes: *const i32,
                outcome_count: usize,
                open: *const u8,
                open_count: usize,
                nodes: u64,
                actions: *mut i32,
                action_count: usize,
                depth: *mut i32,
            ) -> i32 {
                unsafe {
                    __aif::door::step_within(agent, (outcomes, outcome_count), (open, open_count), nodes, (actions, action_count), depth)
                }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #perceive(agent: *mut Agent, outcomes: *const i32, outcome_count: usize) -> i32 {
                unsafe { __aif::door::perceive(agent, (outcomes, outcome_count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #act(agent: *mut Agent, actions: *const i32, action_count: usize) -> i32 {
                unsafe { __aif::door::act(agent, (actions, action_count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #correct(agent: *mut Agent, actions: *const i32, action_count: usize) -> i32 {
                unsafe { __aif::door::correct(agent, (actions, action_count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #end_block(agent: *mut Agent) -> i32 {
                unsafe { __aif::door::end_block(agent) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #belief(agent: *mut Agent, factor: usize, to: *mut f64, count: usize) -> i32 {
                unsafe { __aif::door::belief(agent, factor, (to, count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #explain(agent: *mut Agent, to: *mut f64, count: usize) -> i32 {
                unsafe { __aif::door::explain(agent, (to, count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #preferences(agent: *mut Agent, modality: usize, to: *mut f64, count: usize) -> i32 {
                unsafe { __aif::door::preferences(agent, modality, (to, count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #set_preferences(agent: *mut Agent, modality: usize, from: *const f64, count: usize) -> i32 {
                unsafe { __aif::door::set_preferences(agent, modality, (from, count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #clear_preferences(agent: *mut Agent) -> i32 {
                unsafe { __aif::door::clear_preferences(agent) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #set_goals(agent: *mut Agent, wanted: *const u8, count: usize) -> i32 {
                unsafe { __aif::door::set_goals(agent, (wanted, count)) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #clear_goals(agent: *mut Agent) -> i32 {
                unsafe { __aif::door::clear_goals(agent) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #set_precisions(agent: *mut Agent, policy: f64, action: f64, lapse: f64) -> i32 {
                unsafe { __aif::door::set_precisions(agent, policy, action, lapse) }
            }
            #[unsafe(no_mangle)]
            unsafe extern "C" fn #error(buffer: *mut ::core::ffi::c_char, capacity: usize) -> usize {
                unsafe { __aif::door::error(buffer, capacity) }
            }
            #[unsafe(no_mangle)]
            extern "C" fn #factors() -> usize {
                __aif::door::factors::<#model>()
            }
            #[unsafe(no_mangle)]
            extern "C" fn #states(factor: usize) -> i32 {
                __aif::door::states::<#model>(factor)
            }
            #[unsafe(no_mangle)]
            extern "C" fn #joint_actions() -> usize {
                __aif::door::joint_actions::<#model>()
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

/// A header, with the prefix put in.
fn filled(door: &Handle, template: &str) -> String {
    let names: Vec<String> = door.parameters.iter().map(|name| name.unraw().to_string()).collect();
    let parameters = if names.is_empty() {
        "It takes no parameters: count is 0.".to_string()
    } else {
        format!("Its parameters are, in this order: {}.", names.join(", "))
    };
    let prefix = door.prefix.to_string();
    template.replace("PREFIX", &prefix.to_uppercase()).replace("prefix", &prefix).replace("PARAMETERS", &parameters)
}
