//! `python!`: a Python module for declared models and their populations.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Path, PathArguments, Token, Type, braced, parenthesized, token};

use crate::diag::{Diagnostics, did_you_mean};
use crate::names;

/// What may follow the model.
const WORDS: [&str; 2] = ["parameters", "fit"];

/// What Python keeps for itself.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

/// What agents, worlds and environments call arguments of their own.
const ARGUMENTS: [&str; 8] = ["cls", "options", "inputs", "seed", "count", "steps", "reward", "render_mode"];

/// `tmaze = TMaze, fit = RewardBelief`, or `minds { tmaze = TMaze; bandit = Bandit }`
struct Modules {
    /// The module around the others, where there is one.
    around: Option<Ident>,
    modules: Vec<Module>,
}

/// `tmaze = TMaze, parameters(reward_probability = 0.8), fit = RewardBelief`
struct Module {
    name: Ident,
    model: Option<Path>,
    fields: Option<Fields>,
    population: Option<Type>,
}

/// `reward_probability = 0.8, preference, dependent: false, ..TMaze::default()`
#[derive(Default)]
struct Fields {
    /// Those that Python gives, with their defaults.
    given: Vec<(Ident, Option<Expr>)>,
    /// Those that stay as they are written here.
    fixed: Vec<(Ident, Expr)>,
    /// What all others are taken from.
    rest: Option<Expr>,
}

pub fn expand(input: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let modules = diag.keep(syn::parse2::<Modules>(input));
    if let Some(modules) = &modules {
        check(modules, &mut diag);
    }
    match modules {
        Some(modules) if diag.is_empty() => emit(&modules),
        _ => diag.into_tokens(),
    }
}

impl Parse for Modules {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let form = "a module and its model are expected: `python!(tmaze = TMaze, fit = RewardBelief)`";
        if !input.peek(Ident::peek_any) {
            return Err(input.error(form));
        }
        if input.peek2(token::Brace) {
            let around = input.call(Ident::parse_any)?;
            let inner;
            braced!(inner in input);
            let modules = Punctuated::<Module, Token![;]>::parse_terminated(&inner)?.into_iter().collect();
            if !input.is_empty() {
                return Err(input.error("nothing is expected here"));
            }
            return Ok(Modules { around: Some(around), modules });
        }
        let module = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("several modules stand in one: `python!(minds { tmaze = TMaze; bandit = Bandit })`"));
        }
        Ok(Modules { around: None, modules: vec![module] })
    }
}

impl Parse for Module {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let model = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(model(input)?),
            None => None,
        };
        let mut module = Module { name, model, fields: None, population: None };
        while !input.is_empty() && !input.peek(Token![;]) {
            input.parse::<Token![,]>()?;
            if input.is_empty() || input.peek(Token![;]) {
                break;
            }
            let word = input.call(Ident::parse_any)?;
            let twice = |there: bool| match there {
                true => Err(syn::Error::new(word.span(), format!("`{word}` is said already"))),
                false => Ok(()),
            };
            match word.to_string().as_str() {
                "parameters" => {
                    twice(module.fields.is_some())?;
                    let inner;
                    parenthesized!(inner in input);
                    module.fields = Some(inner.parse()?);
                }
                "fit" => {
                    twice(module.population.is_some())?;
                    input.parse::<Token![=]>()?;
                    module.population = Some(input.parse()?);
                }
                other => {
                    let near = did_you_mean(other, &WORDS);
                    let text = format!("only `parameters(..)` and `fit = ..` may follow a model{near}");
                    return Err(syn::Error::new(word.span(), text));
                }
            }
        }
        Ok(module)
    }
}

/// The type of a model, as it is written before the braces of a value.
fn model(input: ParseStream<'_>) -> syn::Result<Path> {
    let ty: Type = input.parse()?;
    let Type::Path(mut path) = ty else {
        return Err(syn::Error::new(ty.span(), "the name of a declared model is expected"));
    };
    if path.qself.is_some() {
        return Err(syn::Error::new(path.span(), "the name of a declared model is expected"));
    }
    for segment in &mut path.path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token.get_or_insert_default();
        }
    }
    Ok(path.path)
}

impl Parse for Fields {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut fields = Fields::default();
        while !input.is_empty() {
            if input.parse::<Option<Token![..]>>()?.is_some() {
                fields.rest = Some(input.parse()?);
                if !input.is_empty() {
                    return Err(input.error("what all other fields are taken from stands last"));
                }
                break;
            }
            let name = input.call(Ident::parse_any)?;
            if input.parse::<Option<Token![:]>>()?.is_some() {
                fields.fixed.push((name, input.parse()?));
            } else {
                let default = input.parse::<Option<Token![=]>>()?.map(|_| input.parse()).transpose()?;
                fields.given.push((name, default));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(fields)
    }
}

/// What is wrong with what was written, all of it.
fn check(modules: &Modules, diag: &mut Diagnostics) {
    if modules.modules.is_empty() {
        diag.span(modules.around.span(), "a module without models");
    }
    let mut names: Vec<&Ident> = Vec::new();
    for module in &modules.modules {
        if names.contains(&&module.name) {
            diag.at(&module.name, format!("`{}` is a module already", module.name));
        }
        names.push(&module.name);
        check_module(module, diag);
    }
    for name in names.into_iter().chain(&modules.around) {
        let text = name.to_string();
        if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            diag.at(name, "the name of a Python module has small letters, digits and `_` only");
        } else if KEYWORDS.contains(&text.as_str()) {
            diag.at(name, format!("`{text}` is a word of Python's"));
        }
    }
    if !cfg!(feature = "python") && diag.is_empty() {
        diag.span(
            Span::call_site(),
            "`python!` is behind the feature `python` of `aif`: aif = { version = \"..\", features = [\"python\"] }",
        );
    }
}

fn check_module(module: &Module, diag: &mut Diagnostics) {
    if module.model.is_none() && module.population.is_none() {
        let name = &module.name;
        diag.at(name, format!("`{name}` has nothing: `{name} = MODEL` has agents and worlds, `fit = POPULATION` what is fitted"));
    }
    let Some(fields) = &module.fields else { return };
    if module.model.is_none() {
        diag.at(&module.name, "`parameters(..)` are the fields of a model, and there is none");
    }
    let mut known: Vec<&Ident> = Vec::new();
    for name in fields.given.iter().map(|(name, _)| name).chain(fields.fixed.iter().map(|(name, _)| name)) {
        if known.contains(&name) {
            diag.at(name, format!("`{name}` is a parameter already"));
        }
        known.push(name);
    }
    for (name, _) in &fields.given {
        let text = name.unraw().to_string();
        if ARGUMENTS.contains(&text.as_str()) || KEYWORDS.contains(&text.as_str()) {
            diag.at(name, format!("`{text}` cannot be the name of a parameter in Python: it means something else there"));
        }
    }
}

fn emit(modules: &Modules) -> TokenStream {
    let (root, import) = (names::root(), names::import());
    let name = modules.around.as_ref().unwrap_or(&modules.modules[0].name).to_string();
    let function = format_ident!("__python_{name}");
    let pyo3 = quote!(#root::python::pyo3);
    let path = pyo3.to_string().replace(' ', "");
    let declarations = modules.modules.iter().map(declaration);
    let fill = if modules.around.is_some() { quote!(fill_with) } else { quote!(fill) };
    quote!(
        #[doc(hidden)]
        #[#pyo3::pymodule]
        #[pyo3(crate = #path, name = #name)]
        fn #function(module: &#pyo3::Bound<'_, #pyo3::types::PyModule>) -> #pyo3::PyResult<()> {
            #import
            __aif::python::#fill(module, [#(#declarations),*])
        }
    )
}

fn declaration(module: &Module) -> TokenStream {
    let name = module.name.to_string();
    match (&module.model, &module.fields, &module.population) {
        (None, _, population) => {
            quote_spanned!(population.span()=> __aif::python::Declaration::of_population::<#population>(#name))
        }
        // The fields are those that the population declares; the model has to be the population's.
        (Some(model), None, Some(population)) => {
            let same = quote_spanned!(model.span()=> |__model| { let #model { .. } = __model; });
            quote_spanned!(population.span()=> __aif::python::Declaration::of_both::<#population>(#name, #same))
        }
        (Some(model), fields, population) => {
            let none = Fields::default();
            let fields = fields.as_ref().unwrap_or(&none);
            let (given, fixed) = (fields.given.iter().map(|(name, _)| name), &fields.fixed);
            let texts = given.clone().map(|name| name.unraw().to_string());
            let defaults = fields.given.iter().map(|(_, default)| names::option(default.as_ref()));
            let places = 0..fields.given.len();
            let (fixed, values): (Vec<_>, Vec<_>) = fixed.iter().map(|(name, value)| (name, value)).unzip();
            let rest = fields.rest.as_ref().map(|rest| quote!(..#rest));
            let build = quote_spanned!(model.span()=> |__given: &[f64]| {
                let _ = __given;
                #model { #(#given: __given[#places],)* #(#fixed: #values,)* #rest }
            });
            let parameters = quote!(&[#((#texts, #defaults)),*]);
            match population {
                Some(population) => {
                    quote_spanned!(population.span()=> __aif::python::Declaration::of_fitted::<#population>(#name, #parameters, #build))
                }
                None => quote!(__aif::python::Declaration::of_model(#name, #parameters, #build)),
            }
        }
    }
    .into_token_stream()
}
