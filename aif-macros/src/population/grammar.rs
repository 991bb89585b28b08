//! What a formula may hold, as it was written: `formula(1 + age * patient + (1 + dose | site), sd = HalfNormal(0.5))`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, LitInt, Path, Token, parenthesized, token};

/// A formula: terms, and priors by name.
#[derive(Clone)]
pub struct Formula {
    pub span: Span,
    pub terms: Node,
    pub options: Vec<(Key, Expr)>,
}

/// Names joined by colons: `sd`, `age`, `age:patient`.
#[derive(Clone)]
pub struct Key {
    pub names: Vec<Ident>,
}

/// A part of a formula.
#[derive(Clone)]
pub enum Node {
    /// `1` or `0`.
    Intercept(Span, bool),
    /// `age`, `sum(group)`.
    Variable(Box<Variable>),
    /// `a + b - c`: whether each is taken away.
    Sum(Vec<(bool, Node)>),
    /// `a * b`: both and their interaction.
    Crossed(Box<Node>, Box<Node>),
    /// `a:b`: the interaction alone.
    Interaction(Box<Node>, Box<Node>),
    /// `(a + b + c)^2`: interactions up to an order.
    Power(Box<Node>, usize),
    /// `(1 + dose | site)`; with two bars effects are independent.
    Grouped { terms: Box<Node>, by: Ident, correlated: bool },
}

/// A covariate, and how it enters.
#[derive(Clone)]
pub struct Variable {
    pub name: Ident,
    pub coding: Coding,
}

/// How a covariate enters.
#[derive(Clone)]
pub enum Coding {
    /// A number, yes or no as 1 or 0, values against the first.
    Plain,
    /// `standardise(age)`.
    Standardised(Ident),
    /// `treatment(group)`, `treatment(group, Group::Other)`, `sum(group)`, `helmert(group)`.
    Contrasts(Ident, Option<Path>),
}

const NO_VALUE: &str = "what others are compared with is a value of the covariate: `Group::Other`";

/// What can be done with a covariate in a formula.
pub const FUNCTIONS: [&str; 4] = ["standardise", "treatment", "sum", "helmert"];

impl Parse for Formula {
    /// From the word `formula` on.
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let word: Ident = input.parse()?;
        let content;
        parenthesized!(content in input);
        if content.is_empty() {
            return Err(syn::Error::new(word.span(), "a formula has terms: `formula(1 + age)`"));
        }
        let terms = sum(&content)?;
        let mut options = Vec::new();
        while !content.is_empty() {
            if content.peek(Token![|]) || content.peek(Token![||]) {
                return Err(content.error("effects of units stand in parentheses: `(1 + dose | site)`"));
            }
            content.parse::<Token![,]>()?;
            if content.is_empty() {
                break;
            }
            let key = content.parse()?;
            content.parse::<Token![=]>()?;
            options.push((key, content.parse()?));
        }
        Ok(Formula { span: word.span(), terms, options })
    }
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut names = vec![input.call(Ident::parse_any)?];
        while input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            names.push(input.call(Ident::parse_any)?);
        }
        Ok(Key { names })
    }
}

fn sum(input: ParseStream<'_>) -> syn::Result<Node> {
    let mut parts = Vec::new();
    let mut minus = input.peek(Token![-]);
    if minus {
        input.parse::<Token![-]>()?;
    }
    loop {
        parts.push((minus, product(input)?));
        if input.peek(Token![+]) {
            input.parse::<Token![+]>()?;
            minus = false;
        } else if input.peek(Token![-]) {
            input.parse::<Token![-]>()?;
            minus = true;
        } else {
            return Ok(Node::Sum(parts));
        }
    }
}

fn product(input: ParseStream<'_>) -> syn::Result<Node> {
    let mut left = interaction(input)?;
    while input.peek(Token![*]) {
        input.parse::<Token![*]>()?;
        left = Node::Crossed(Box::new(left), Box::new(interaction(input)?));
    }
    Ok(left)
}

fn interaction(input: ParseStream<'_>) -> syn::Result<Node> {
    let mut left = power(input)?;
    while input.peek(Token![:]) && !input.peek(Token![::]) {
        input.parse::<Token![:]>()?;
        left = Node::Interaction(Box::new(left), Box::new(power(input)?));
    }
    Ok(left)
}

fn power(input: ParseStream<'_>) -> syn::Result<Node> {
    let base = one(input)?;
    if !input.peek(Token![^]) {
        return Ok(base);
    }
    input.parse::<Token![^]>()?;
    let order: LitInt = input.parse()?;
    match order.base10_parse::<usize>() {
        Ok(n @ 1..=9) => Ok(Node::Power(Box::new(base), n)),
        _ => Err(syn::Error::new(order.span(), "interactions are taken up to an order from 1 to 9")),
    }
}

fn one(input: ParseStream<'_>) -> syn::Result<Node> {
    if input.peek(syn::Lit) {
        let number: Expr = input.call(syn::Lit::parse).map(|lit| syn::parse_quote!(#lit))?;
        return match crate::literals::number(&number) {
            Some(x) if x == 1.0 || x == 0.0 => Ok(Node::Intercept(syn::spanned::Spanned::span(&number), x == 1.0)),
            _ => Err(syn::Error::new_spanned(number, "in a formula stand covariates, `1` for the intercept or `0` for none")),
        };
    }
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        let terms = sum(&content)?;
        if content.is_empty() {
            return Ok(terms);
        }
        let correlated = !content.peek(Token![||]);
        if correlated {
            content.parse::<Token![|]>().map_err(|e| syn::Error::new(e.span(), "expected `+`, `-`, `*`, `:`, `|` or `)`"))?;
        } else {
            content.parse::<Token![||]>()?;
        }
        let by = content.parse()?;
        if !content.is_empty() {
            return Err(content.error("effects are grouped by one level or covariate: `(1 | site)`"));
        }
        return Ok(Node::Grouped { terms: Box::new(terms), by, correlated });
    }
    let word: Ident = input.parse().map_err(|e| {
        syn::Error::new(e.span(), "in a formula stand covariates, `1`, `0`, and `(1 | site)`, joined by `+`, `-`, `*` and `:`")
    })?;
    if !input.peek(token::Paren) {
        return Ok(Node::Variable(Box::new(Variable { name: word, coding: Coding::Plain })));
    }
    let content;
    parenthesized!(content in input);
    let text = word.to_string();
    if !FUNCTIONS.contains(&text.as_str()) {
        let near = crate::diag::did_you_mean(&text, &FUNCTIONS);
        let text = format!("a formula has no function `{text}`{near}\nhelp: it has {}", crate::diag::list(&FUNCTIONS));
        return Err(syn::Error::new(word.span(), text));
    }
    let name: Ident = content.parse()?;
    let mut reference = None;
    if content.peek(Token![,]) {
        content.parse::<Token![,]>()?;
        let value: Expr = content.parse()?;
        if text != "treatment" {
            let text = "only `treatment(group, Group::Other)` has a value that others are compared with";
            return Err(syn::Error::new_spanned(value, text));
        }
        let Expr::Path(value) = value else { return Err(syn::Error::new_spanned(value, NO_VALUE)) };
        if value.path.segments.len() < 2 {
            return Err(syn::Error::new_spanned(value, NO_VALUE));
        }
        reference = Some(value.path);
    }
    if !content.is_empty() {
        return Err(content.error(format!("`{text}` takes one covariate")));
    }
    let coding = if text == "standardise" { Coding::Standardised(word) } else { Coding::Contrasts(word, reference) };
    Ok(Node::Variable(Box::new(Variable { name, coding })))
}
