//! What was written: inputs, observations, actions, the world, and the marked methods, with their places, unchecked.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, ImplItem, ImplItemFn, ItemImpl, Meta, Signature, Visibility};

use crate::block::{self, Named, assigned, listed};
use crate::diag::{Diagnostics, did_you_mean};
use crate::marks::{self, Taken};

/// The marks of methods.
pub const MARKS: [&str; 3] = ["state", "quantity", "response"];

const OPTIONS: [&str; 5] = ["inputs", "observations", "actions", "world", "vis"];

/// The options of `#[learner(..)]`.
#[derive(Default)]
pub struct Header {
    pub inputs: Vec<Named>,
    pub observations: Vec<Named>,
    pub actions: Vec<Named>,
    pub world: Option<Expr>,
    pub vis: Option<Visibility>,
    /// Whether something was not understood, and so names may only seem to be missing.
    pub misspelt: bool,
}

impl Header {
    fn parse(attribute: TokenStream, diag: &mut Diagnostics) -> Header {
        let mut header = Header::default();
        let help = "inputs(name: type, ..), observations(name: type, ..), actions(name: type, ..), world = .. and vis = ..";
        let understood = block::header(attribute, diag, ("a learner", &OPTIONS, help), |name, input| {
            match name {
                "inputs" => header.inputs.extend(listed(input)?),
                "observations" => header.observations.extend(listed(input)?),
                "actions" => header.actions.extend(listed(input)?),
                "world" => header.world = Some(assigned(input)?),
                "vis" => header.vis = Some(assigned(input)?),
                _ => return Ok(false),
            }
            Ok(true)
        });
        header.misspelt = !understood;
        header
    }
}

/// What a method is marked as.
pub enum Role {
    State { initial: Option<Box<Expr>> },
    Quantity,
    Response,
}

impl Role {
    /// What it is called.
    pub fn noun(&self) -> &'static str {
        match self {
            Role::State { .. } => "state",
            Role::Quantity => "quantity",
            Role::Response => "response",
        }
    }
}

/// A marked method.
pub struct Method {
    pub role: Role,
    pub docs: Vec<Attribute>,
    pub signature: Signature,
}

/// The whole declaration.
pub struct Declaration {
    pub header: Header,
    pub methods: Vec<Method>,
    /// The impl block without markers.
    pub stripped: ItemImpl,
}

impl Declaration {
    pub fn parse(attribute: TokenStream, item: TokenStream, diag: &mut Diagnostics) -> Option<Self> {
        let header = Header::parse(attribute, diag);
        let mut stripped = block::inherent_or_why(item, "learner", "#[state(initial = ..)] .. #[response] ..", diag)?;
        let mut methods = Vec::new();
        for item in &mut stripped.items {
            match item {
                ImplItem::Fn(function) => {
                    if let Some(role) = role(function, diag) {
                        let docs = function.attrs.iter().filter(|a| a.path().is_ident("doc")).cloned().collect();
                        methods.push(Method { role, docs, signature: function.sig.clone() });
                    }
                }
                other => marks::none(other, &MARKS, diag),
            }
        }
        Some(Declaration { header, methods, stripped })
    }
}

/// Takes the mark off a method and reads it.
fn role(function: &mut ImplItemFn, diag: &mut Diagnostics) -> Option<Role> {
    let mut found: Option<Role> = None;
    function.attrs.retain(|attribute| match marks::mark(attribute, &MARKS, diag) {
        Taken::As(mark) => {
            let role = match mark {
                "state" => Role::State { initial: initial(attribute, diag) },
                "quantity" => Role::Quantity,
                _ => Role::Response,
            };
            if mark != "state" && attribute.meta.require_path_only().is_err() {
                diag.at(attribute, format!("a {mark} has no options: what it depends on are the arguments of its method"));
            }
            if let Some(first) = &found {
                diag.at(attribute, format!("this method is already marked as a {}: one mark for each method", first.noun()));
            } else {
                found = Some(role);
            }
            false
        }
        Taken::Nothing => false,
        Taken::Foreign => true,
    });
    found
}

/// `(initial = ..)`.
fn initial(attribute: &Attribute, diag: &mut Diagnostics) -> Option<Box<Expr>> {
    let Meta::List(list) = &attribute.meta else { return None };
    let mut initial = None;
    let read = |key: Ident, input: ParseStream<'_>| {
        if key != "initial" {
            let near = did_you_mean(&key.to_string(), &["initial"]);
            return Err(syn::Error::new(
                key.span(),
                format!(
                    "a state has no option `{key}`{near}\nhelp: its only option is `initial = ..`, its value before the first trial"
                ),
            ));
        }
        if initial.is_some() {
            diag.at(&key, "`initial` is given twice");
        }
        initial = Some(assigned::<Expr>(input)?);
        Ok(())
    };
    let result = (|input: ParseStream<'_>| block::options(input, read)).parse2(list.tokens.clone());
    // A mistake in the options is said; that the value is missing, is not said as well.
    if diag.keep(result).is_none() && initial.is_none() {
        initial = syn::parse_str("0.0").ok();
    }
    initial.map(Box::new)
}
