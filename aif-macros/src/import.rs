//! `import!`: a file of another tool becomes the declaration that one would have written.

use std::path::{Path, PathBuf};

use aif_import::{Format, Naming, Options, declaration, is_type, parse};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Lit, LitStr, Token};

use crate::diag::did_you_mean;
use crate::facade;

/// What may follow the name.
const OPTIONS: [&str; 2] = ["temperature", "horizon"];

/// `"tiger.pomdp" as Tiger, temperature = 10.0, horizon = 3`
struct Import {
    file: LitStr,
    name: Ident,
    options: Options,
}

impl Parse for Import {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let form = "expected a file and what its model is called: `import!(\"tiger.pomdp\" as Tiger)`";
        let file: LitStr = input.parse().map_err(|e| syn::Error::new(e.span(), form))?;
        input.parse::<Token![as]>().map_err(|e| syn::Error::new(e.span(), form))?;
        let name: Ident = input.parse().map_err(|e| syn::Error::new(e.span(), form))?;
        if !is_type(&name.to_string()) {
            let text = format!("`{name}` is no name of a type: expected one that begins with a capital letter");
            return Err(syn::Error::new(name.span(), text));
        }
        let mut options = Options::default();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let value: Lit = input.parse()?;
            let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite() && *x > 0.0);
            match (key.to_string().as_str(), &value) {
                ("temperature", Lit::Float(x)) if number(x.base10_digits()).is_some() => {
                    options.temperature = number(x.base10_digits()).unwrap_or(1.0);
                }
                ("temperature", Lit::Int(x)) if number(x.base10_digits()).is_some() => {
                    options.temperature = number(x.base10_digits()).unwrap_or(1.0);
                }
                ("horizon", Lit::Int(n)) if n.base10_parse::<usize>().is_ok_and(|n| n > 0) => {
                    options.horizon = n.base10_parse().ok()
                }
                ("temperature", _) => return Err(syn::Error::new(value.span(), "the temperature is a number above 0")),
                ("horizon", _) => {
                    return Err(syn::Error::new(value.span(), "the horizon is a whole number of steps, at least 1"));
                }
                (other, _) => {
                    let near = did_you_mean(other, &OPTIONS);
                    let text =
                        format!("an import has no option `{other}`{near}\nhelp: its options are {}", OPTIONS.join(" and "));
                    return Err(syn::Error::new(key.span(), text));
                }
            }
        }
        Ok(Import { file, name, options })
    }
}

pub fn expand(input: TokenStream) -> TokenStream {
    let import = match syn::parse2::<Import>(input) {
        Ok(import) => import,
        Err(error) => return error.into_compile_error(),
    };
    let at = |text: String| syn::Error::new(import.file.span(), text).into_compile_error();
    let written = import.file.value();
    let (path, bytes) = match find(&written) {
        Ok(found) => found,
        Err(text) => return at(text),
    };
    // Whatever is wrong, the file is what a repair changes.
    let watched = path.to_string_lossy();
    let watch = quote!(
        const _: &[u8] = ::core::include_bytes!(#watched);
    );
    let wrong = |text: String| {
        let error = at(text);
        quote!(#error #watch)
    };
    let format = match Format::of(&path, &bytes) {
        Ok(format) => format,
        Err(text) => return wrong(format!("{written}: {text}")),
    };
    let model = match parse(format, &written, &bytes, &import.options) {
        Ok(model) => model,
        Err(mistakes) => return wrong(mistakes.to_string()),
    };
    let (name, library) = (import.name.to_string(), format!("::{}", facade::name()));
    let file = path.file_name().map_or(written.clone(), |name| name.to_string_lossy().into_owned());
    let text = declaration(&model, &Naming { model: &name, library: &library, file: &file });
    match text.parse::<TokenStream>() {
        Ok(tokens) => {
            quote!(
                #[allow(clippy::all, non_camel_case_types, non_snake_case, non_upper_case_globals, unreachable_patterns, unused_imports)]
                #tokens
                #watch
            )
        }
        Err(error) => wrong(format!("{written}: its names make no Rust: {error}")),
    }
}

/// The file: beside the source that names it, or in the package's folder.
fn find(written: &str) -> Result<(PathBuf, Vec<u8>), String> {
    let beside = Span::call_site().local_file().and_then(|file| file.parent().map(Path::to_owned));
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let mut failed = String::from("there is no such place");
    for folder in beside.into_iter().chain(package) {
        let path = folder.join(written);
        match std::fs::read(&path) {
            Ok(bytes) => return Ok((std::path::absolute(&path).unwrap_or(path), bytes)),
            Err(error) => failed = error.to_string(),
        }
    }
    Err(format!("{written}: it cannot be read, neither beside this source nor in the package's folder: {failed}"))
}
