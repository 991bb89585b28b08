//! What was written: the attribute's options and the marked methods, with their places, unchecked.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Ident, ImplItem, ItemImpl, Lit, Meta, Signature, Visibility, parenthesized};

use super::levels;
use super::lists::no_list_is_returned;
use crate::block::{self, Named, assigned, listed};
use crate::diag::{Diagnostics, did_you_mean};
use crate::marks::{self, Taken};

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
    pub policies: Option<Expr>,
    pub vis: Option<Visibility>,
    /// Whether some option was not understood, and so others may only seem to be missing.
    pub misspelt: bool,
}

/// What methods are marked with.
const MARKS: [&str; 4] = ["factor", "modality", "response", "level"];

const OPTIONS: [&str; 8] = ["horizon", "actions", "inputs", "policy_precision", "action_precision", "habit", "policies", "vis"];

impl Header {
    fn parse(attribute: TokenStream, diag: &mut Diagnostics) -> Header {
        let mut header = Header::default();
        let mut seen: Vec<String> = Vec::new();
        let read = |key: Ident, input: ParseStream<'_>| {
            let text = key.to_string();
            if seen.contains(&text) {
                diag.at(&key, format!("`{text}` is given twice"));
            }
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
                "policies" => header.policies = Some(assigned(input)?),
                "vis" => header.vis = Some(assigned(input)?),
                _ => {
                    let message = format!(
                        "a generative model has no option `{text}`{}\nhelp: its options are horizon, actions(..), inputs(..), policy_precision, action_precision, habit, policies and vis",
                        did_you_mean(&text, &OPTIONS)
                    );
                    diag.at(&key, message);
                    header.misspelt = true;
                    if input.peek(syn::token::Paren) {
                        let content;
                        parenthesized!(content in input);
                        content.parse::<TokenStream>()?;
                    } else {
                        assigned::<Expr>(input)?;
                    }
                }
            }
            seen.push(text);
            Ok(())
        };
        let result = (|input: ParseStream<'_>| block::options(input, read)).parse2(attribute);
        diag.keep(result);
        header
    }
}

/// What a marked method is.
pub enum Role {
    Factor { initial: Option<Box<Expr>>, goal: Option<Box<Expr>>, between: Option<Box<Expr>> },
    Modality { preference: Option<Box<Preference>>, nodes: Option<Box<Expr>> },
    Response,
    Level(Box<levels::Options>),
}

impl Role {
    /// What it is called.
    pub fn noun(&self) -> &'static str {
        match self {
            Role::Factor { .. } => "factor",
            Role::Modality { .. } => "modality",
            Role::Response => "response",
            Role::Level(_) => "level",
        }
    }
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
    /// The first paragraph of its documentation, in one line.
    pub about: String,
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
        let mut stripped = block::inherent(item, "generative_model", "..", diag)?;
        let mut methods = Vec::new();
        for item in &mut stripped.items {
            let ImplItem::Fn(function) = item else {
                marks::none(item, &MARKS, diag);
                continue;
            };
            let mut role = None;
            let mut kept = Vec::new();
            for attribute in std::mem::take(&mut function.attrs) {
                let parsed = match marks::mark(&attribute, &MARKS, diag) {
                    Taken::As("factor") => factor(&attribute, diag),
                    Taken::As("modality") => modality(&attribute, diag),
                    Taken::As("level") => Role::Level(Box::new(levels::options(&attribute, diag))),
                    Taken::As(_) => {
                        if attribute.meta.require_path_only().is_err() {
                            let text = "a response has no options: what it depends on are the arguments of its method";
                            diag.at(&attribute, text);
                        }
                        Role::Response
                    }
                    Taken::Nothing => continue,
                    Taken::Foreign => {
                        kept.push(attribute);
                        continue;
                    }
                };
                if role.is_some() {
                    diag.at(&attribute, "a method is one factor, one modality, one response or one level, not two");
                }
                role = Some(parsed);
            }
            function.attrs = kept;
            if let Some(role) = role {
                no_list_is_returned(function, diag);
                methods.push(Method { role, signature: function.sig.clone(), about: about(&function.attrs) });
            }
        }
        Some(Declaration { header, methods, stripped })
    }
}

/// The first paragraph of the documentation among attributes, in one line.
fn about(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let all: Vec<String> = attributes.iter().filter_map(line).collect();
    let first = all.iter().flat_map(|text| text.lines().chain(text.is_empty().then_some(""))).map(str::trim);
    first.skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Reads `(key = value, ..)` of a marker; `take` says whether it knows the key.
fn options(attribute: &Attribute, diag: &mut Diagnostics, known: &[&str], mut take: impl FnMut(&Ident, Option<Ident>, Expr)) {
    if attribute.meta.require_path_only().is_ok() {
        return;
    }
    let what = attribute.path().to_token_stream().to_string();
    if let Ok(value) = attribute.meta.require_name_value() {
        let example = format!("#[{what}({} = ..)]", known[0]);
        return diag.span(value.eq_token.spans[0], format!("the options of a {what} stand in parentheses: `{example}`"));
    }
    let (mut seen, mut wrong): (Vec<Ident>, Vec<(Span, String)>) = (Vec::new(), Vec::new());
    let result = attribute.parse_args_with(|input: ParseStream<'_>| {
        block::options(input, |key, input| {
            if !known.contains(&key.to_string().as_str()) {
                let near = did_you_mean(&key.to_string(), known);
                return Err(syn::Error::new(key.span(), format!("a {what} has no option `{key}`{near}")));
            }
            if seen.contains(&key) {
                wrong.push((key.span(), format!("`{key}` is given twice")));
            }
            seen.push(key.clone());
            let mut argument = None;
            if input.peek(syn::token::Paren) {
                let content;
                parenthesized!(content in input);
                let help = "a preference depends on the policy step alone: `preference(step) = ..`";
                let name: Ident = content.parse().map_err(|e| syn::Error::new(e.span(), help))?;
                if key != "preference" {
                    let what = format!("`{key}` depends on nothing: `{key} = ..` (only a preference may name the policy step)");
                    wrong.push((name.span(), what));
                }
                if !content.is_empty() {
                    return Err(content.error(help));
                }
                argument = Some(name);
            }
            if !input.peek(syn::Token![=]) {
                return Err(syn::Error::new(key.span(), format!("`{key}` is given a value: `{key} = ..`")));
            }
            take(&key, argument, assigned(input)?);
            Ok(())
        })
    });
    diag.keep(result);
    wrong.into_iter().for_each(|(span, what)| diag.span(span, what));
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
    let (mut preference, mut nodes) = (None, None);
    options(attribute, diag, &["preference", "nodes"], |key, step, value| match key.to_string().as_str() {
        "nodes" => nodes = Some(Box::new(value)),
        _ => preference = Some(Box::new(Preference { step, value })),
    });
    Role::Modality { preference, nodes }
}
