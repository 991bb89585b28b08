//! What was written: the attribute's options and the marked methods, with their places, unchecked.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, ImplItem, ItemImpl, Signature, Token, Type, Visibility, parenthesized};

use crate::diag::{Diagnostics, did_you_mean};

/// `name: Type`.
pub struct Named {
    pub name: Ident,
    pub ty: Type,
}

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        Ok(Named { name, ty: input.parse()? })
    }
}

/// The options of `#[generative_model(..)]`.
#[derive(Default)]
pub struct Header {
    pub horizon: Option<Expr>,
    pub actions: Vec<Named>,
    pub actions_span: Option<Span>,
    pub inputs: Vec<Named>,
    pub policy_precision: Option<Expr>,
    pub action_precision: Option<Expr>,
    pub habit: Option<Expr>,
    pub vis: Option<Visibility>,
    /// Whether some option was not understood, and so others may only seem to be missing.
    pub misspelt: bool,
}

const OPTIONS: [&str; 7] = ["horizon", "actions", "inputs", "policy_precision", "action_precision", "habit", "vis"];

impl Header {
    fn parse(attribute: TokenStream, diag: &mut Diagnostics) -> Header {
        let mut header = Header::default();
        let mut seen: Vec<String> = Vec::new();
        let result = (|input: ParseStream<'_>| {
            while !input.is_empty() {
                let key = input.call(Ident::parse_any)?;
                let text = key.to_string();
                if seen.contains(&text) {
                    diag.at(&key, format!("`{text}` is given twice"));
                }
                let listed = |input: ParseStream<'_>| -> syn::Result<Vec<Named>> {
                    let content;
                    parenthesized!(content in input);
                    Ok(Punctuated::<Named, Token![,]>::parse_terminated(&content)?.into_iter().collect())
                };
                let assigned = |input: ParseStream<'_>| -> syn::Result<Expr> {
                    input.parse::<Token![=]>()?;
                    input.parse()
                };
                match text.as_str() {
                    "horizon" => header.horizon = Some(assigned(input)?),
                    "actions" => {
                        header.actions_span = Some(key.span());
                        header.actions = listed(input)?;
                    }
                    "inputs" => header.inputs = listed(input)?,
                    "policy_precision" => header.policy_precision = Some(assigned(input)?),
                    "action_precision" => header.action_precision = Some(assigned(input)?),
                    "habit" => header.habit = Some(assigned(input)?),
                    "vis" => {
                        input.parse::<Token![=]>()?;
                        header.vis = Some(input.parse()?);
                    }
                    _ => {
                        let message = format!(
                            "a generative model has no option `{text}`{}\nhelp: its options are horizon, actions(..), inputs(..), policy_precision, action_precision, habit and vis",
                            did_you_mean(&text, &OPTIONS)
                        );
                        diag.at(&key, message);
                        header.misspelt = true;
                        if input.peek(syn::token::Paren) {
                            let content;
                            parenthesized!(content in input);
                            content.parse::<TokenStream>()?;
                        } else {
                            assigned(input)?;
                        }
                    }
                }
                seen.push(text);
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })
        .parse2(attribute);
        diag.keep(result);
        header
    }
}

/// What a marked method is.
pub enum Role {
    Factor { initial: Option<Box<Expr>>, goal: Option<Box<Expr>>, between: Option<Box<Expr>> },
    Modality { preference: Option<Box<Preference>> },
}

/// A preference, with the name of the policy step where it depends on it.
pub struct Preference {
    pub step: Option<Ident>,
    pub value: Expr,
}

/// A marked method.
pub struct Method {
    pub role: Role,
    pub signature: Signature,
}

/// The whole declaration.
pub struct Declaration {
    pub header: Header,
    pub methods: Vec<Method>,
    /// The impl block without the markers.
    pub stripped: ItemImpl,
}

impl Declaration {
    pub fn parse(attribute: TokenStream, item: TokenStream, diag: &mut Diagnostics) -> Option<Self> {
        let header = Header::parse(attribute, diag);
        let mut stripped: ItemImpl = match syn::parse2(item.clone()) {
            Ok(stripped) => stripped,
            Err(_) => {
                let first = item.into_iter().next().map_or_else(Span::call_site, |t| t.span());
                diag.span(first, "`#[generative_model]` stands on an impl block: `impl<T: Real> Name<T> { .. }`");
                return None;
            }
        };
        if let Some((path, _)) = &stripped.trait_ {
            diag.at(path, "`#[generative_model]` stands on an inherent impl block, not on one of a trait");
        }
        let mut methods = Vec::new();
        for item in &mut stripped.items {
            let ImplItem::Fn(function) = item else { continue };
            let mut role = None;
            let mut kept = Vec::new();
            for attribute in std::mem::take(&mut function.attrs) {
                let parsed = if attribute.path().is_ident("factor") {
                    factor(&attribute, diag)
                } else if attribute.path().is_ident("modality") {
                    modality(&attribute, diag)
                } else {
                    kept.push(attribute);
                    continue;
                };
                if role.is_some() {
                    diag.at(&attribute, "a method is one factor or one modality, not two");
                }
                role = Some(parsed);
            }
            function.attrs = kept;
            if let Some(role) = role {
                methods.push(Method { role, signature: function.sig.clone() });
            }
        }
        Some(Declaration { header, methods, stripped })
    }
}

/// Reads `(key = value, ..)` of a marker; `take` says whether it knows the key.
fn options(attribute: &Attribute, diag: &mut Diagnostics, known: &[&str], mut take: impl FnMut(&Ident, Option<Ident>, Expr)) {
    if attribute.meta.require_path_only().is_ok() {
        return;
    }
    let what = attribute.path().to_token_stream().to_string();
    let result = attribute.parse_args_with(|input: ParseStream<'_>| {
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            if !known.contains(&key.to_string().as_str()) {
                let near = did_you_mean(&key.to_string(), known);
                return Err(syn::Error::new(key.span(), format!("a {what} has no option `{key}`{near}")));
            }
            let mut argument = None;
            if input.peek(syn::token::Paren) {
                let content;
                parenthesized!(content in input);
                argument = Some(content.parse()?);
            }
            input.parse::<Token![=]>()?;
            take(&key, argument, input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    });
    diag.keep(result);
}

fn factor(attribute: &Attribute, diag: &mut Diagnostics) -> Role {
    let (mut initial, mut goal, mut between) = (None, None, None);
    options(attribute, diag, &["initial", "goal", "between"], |key, _, value| match key.to_string().as_str() {
        "goal" => goal = Some(Box::new(value)),
        "between" => between = Some(Box::new(value)),
        _ => initial = Some(Box::new(value)),
    });
    Role::Factor { initial, goal, between }
}

fn modality(attribute: &Attribute, diag: &mut Diagnostics) -> Role {
    let mut preference = None;
    options(attribute, diag, &["preference"], |_, step, value| preference = Some(Box::new(Preference { step, value })));
    Role::Modality { preference }
}
