//! What was written: the inputs, the equations of the nodes and the marked methods, with their places, unchecked.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Ident, ImplItem, ItemImpl, Signature, Token, Visibility, bracketed};

use crate::block::{self, Named, assigned, listed};
use crate::diag::Diagnostics;
use crate::marks::{self, Taken};

/// The options of `#[hgf(..)]`.
#[derive(Default)]
pub struct Header {
    pub inputs: Vec<Named>,
    pub vis: Option<Visibility>,
    /// Whether it begins at its first inputs.
    pub starts_at_inputs: bool,
    /// Whether something was not understood, and so inputs may only seem to be missing.
    pub misspelt: bool,
}

impl Header {
    fn parse(attribute: TokenStream, diag: &mut Diagnostics) -> Header {
        let mut header = Header::default();
        let about = ("a filter", &["inputs", "start", "vis"][..], "inputs(name: type, ..), start and vis");
        let understood = block::header(attribute, diag, about, |name, input| {
            match name {
                "inputs" => header.inputs.extend(listed(input)?),
                "vis" => header.vis = Some(assigned(input)?),
                "start" => {
                    let at: Ident = assigned(input)?;
                    if at != "first_input" {
                        let error = format!(
                            "a filter starts at `first_input`, or, without this option, at its initial means; not at `{at}`"
                        );
                        return Err(syn::Error::new(at.span(), error));
                    }
                    header.starts_at_inputs = true;
                }
                _ => return Ok(false),
            }
            Ok(true)
        });
        header.misspelt = !understood;
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
        let mut stripped = block::inherent_or_why(item, "hgf", "nodes! { .. }", diag)?;
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
                    let mut marked = false;
                    function.attrs.retain(|attribute| match marks::mark(attribute, &["response"], diag) {
                        Taken::As(_) => {
                            if attribute.meta.require_path_only().is_err() {
                                let text = "a response has no options: what it depends on are the arguments of its method";
                                diag.at(attribute, text);
                            }
                            if std::mem::replace(&mut marked, true) {
                                diag.at(attribute, "a response is marked once");
                            }
                            false
                        }
                        Taken::Nothing => false,
                        Taken::Foreign => true,
                    });
                    if marked {
                        responses.push(function.sig.clone());
                    }
                    kept.push(ImplItem::Fn(function));
                }
                mut other => {
                    marks::none(&mut other, &["response"], diag);
                    kept.push(other);
                }
            }
        }
        stripped.items = kept;
        Some(Declaration { header, nodes, broken, equations, responses, stripped })
    }
}
