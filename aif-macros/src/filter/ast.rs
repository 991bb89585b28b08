//! What was written: the inputs, the equations of the nodes and the marked methods, with their places, unchecked.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, ImplItem, ItemImpl, Signature, Token, Visibility, bracketed, parenthesized};

use crate::diag::{Diagnostics, did_you_mean};
use crate::generative::Named;

/// The options of `#[hgf(..)]`.
#[derive(Default)]
pub struct Header {
    pub inputs: Vec<Named>,
    pub vis: Option<Visibility>,
    /// Whether something was not understood, and so inputs may only seem to be missing.
    pub misspelt: bool,
}

impl Header {
    fn parse(attribute: TokenStream, diag: &mut Diagnostics) -> Header {
        let mut header = Header::default();
        let result = (|input: ParseStream<'_>| {
            while !input.is_empty() {
                let key = input.call(Ident::parse_any)?;
                match key.to_string().as_str() {
                    "inputs" => {
                        let content;
                        parenthesized!(content in input);
                        header.inputs.extend(Punctuated::<Named, Token![,]>::parse_terminated(&content)?);
                    }
                    "vis" => {
                        input.parse::<Token![=]>()?;
                        header.vis = Some(input.parse()?);
                    }
                    other => {
                        header.misspelt = true;
                        let near = did_you_mean(other, &["inputs", "vis"]);
                        let help = "its options are inputs(name: type, ..) and vis";
                        return Err(syn::Error::new(key.span(), format!("a filter has no option `{other}`{near}\nhelp: {help}")));
                    }
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })
        .parse2(attribute);
        if diag.keep(result).is_none() {
            header.misspelt = true;
        }
        header
    }
}

/// `#[initial(..)] name[index] ~ distribution;`
pub struct Equation {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub index: Option<Ident>,
    pub distribution: Expr,
}

impl Parse for Equation {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        let mut index = None;
        if input.peek(syn::token::Bracket) {
            let content;
            bracketed!(content in input);
            index = Some(content.parse()?);
        }
        if !input.peek(Token![~]) {
            return Err(input.error("a node is declared by its equation: `name ~ Gaussian(name, exp(..));`"));
        }
        input.parse::<Token![~]>()?;
        let distribution = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Equation { attributes, name, index, distribution })
    }
}

struct Equations(Vec<Equation>);

impl Parse for Equations {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut all = Vec::new();
        while !input.is_empty() {
            all.push(input.parse()?);
        }
        Ok(Equations(all))
    }
}

/// The whole declaration.
pub struct Declaration {
    pub header: Header,
    /// Where the nodes were declared; `None` where they were not.
    pub nodes: Option<Span>,
    /// Whether an equation could not be read, and so nodes may only seem to be missing.
    pub broken: bool,
    pub equations: Vec<Equation>,
    pub responses: Vec<Signature>,
    /// The impl block without equations and markers.
    pub stripped: ItemImpl,
}

impl Declaration {
    pub fn parse(attribute: TokenStream, item: TokenStream, diag: &mut Diagnostics) -> Option<Self> {
        let header = Header::parse(attribute, diag);
        let mut stripped: ItemImpl = match syn::parse2(item.clone()) {
            Ok(stripped) => stripped,
            Err(error) => {
                let is_impl = item.clone().into_iter().any(|t| t.to_string() == "impl");
                if is_impl {
                    diag.push(error);
                } else {
                    let first = item.into_iter().next().map_or_else(Span::call_site, |t| t.span());
                    diag.span(first, "`#[hgf]` stands on an impl block: `impl<T: Real> Name<T> { nodes! { .. } }`");
                }
                return None;
            }
        };
        if let Some((path, _)) = &stripped.trait_ {
            diag.at(path, "`#[hgf]` stands on an inherent impl block, not on one of a trait");
        }
        let (mut nodes, mut broken, mut equations, mut responses, mut kept) = (None, false, Vec::new(), Vec::new(), Vec::new());
        for item in std::mem::take(&mut stripped.items) {
            match item {
                ImplItem::Macro(call) if call.mac.path.is_ident("nodes") => {
                    if nodes.is_some() {
                        diag.at(&call.mac.path, "the nodes are declared twice: one `nodes! { .. }` holds all of them");
                    }
                    nodes = Some(call.mac.path.to_token_stream().into_iter().next().map_or_else(Span::call_site, |t| t.span()));
                    match diag.keep(syn::parse2(call.mac.tokens)) {
                        Some(Equations(found)) => equations.extend(found),
                        None => broken = true,
                    }
                }
                ImplItem::Fn(mut function) => {
                    let is_response = |a: &Attribute| a.path().is_ident("response");
                    if let Some(mark) = function.attrs.iter().find(|a| is_response(a)) {
                        if mark.meta.require_path_only().is_err() {
                            diag.at(mark, "a response has no options: what it depends on are the arguments of its method");
                        }
                        responses.push(function.sig.clone());
                    }
                    function.attrs.retain(|a| !is_response(a));
                    kept.push(ImplItem::Fn(function));
                }
                other => kept.push(other),
            }
        }
        stripped.items = kept;
        Some(Declaration { header, nodes, broken, equations, responses, stripped })
    }
}
