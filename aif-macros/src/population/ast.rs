//! What was written: sections of draws, definitions and assignments, and the struct expression at the end; unchecked.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Bracket;
use syn::{Attribute, Expr, Ident, Token, Type, Visibility, braced, bracketed, parenthesized};

use super::grammar::Formula;
use crate::block::Named;

/// All populations of one `model!`.
pub struct Declarations(pub Vec<Declaration>);

impl Parse for Declarations {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut all = vec![input.parse()?];
        while !input.is_empty() {
            all.push(input.parse()?);
        }
        Ok(Declarations(all))
    }
}

/// `/// doc`, `pub Name for Model<T> { covariates(..); sections }`.
pub struct Declaration {
    pub attributes: Vec<Attribute>,
    pub vis: Visibility,
    pub name: Ident,
    pub model: Type,
    pub covariates: Vec<Named>,
    /// The covariates that formulas standardise.
    pub standardised: Vec<Ident>,
    pub sections: Vec<Section>,
}

impl Parse for Declaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let (vis, name) = (input.parse()?, input.parse()?);
        input.parse::<Token![for]>()?;
        let model = input.parse()?;
        let content;
        braced!(content in input);
        let (mut covariates, mut sections) = (Vec::new(), Vec::new());
        while !content.is_empty() {
            if content.peek(Ident) && content.peek2(syn::token::Paren) {
                let word: Ident = content.parse()?;
                if word != "covariates" {
                    return Err(syn::Error::new(word.span(), "only `covariates(name: type, ..);` takes a list here"));
                }
                let list;
                parenthesized!(list in content);
                covariates.extend(Punctuated::<Named, Token![,]>::parse_terminated_with(&list, covariate)?);
                content.parse::<Token![;]>()?;
            } else {
                sections.push(content.parse()?);
            }
        }
        Ok(Declaration { attributes, vis, name, model, covariates, standardised: Vec::new(), sections })
    }
}

/// `age: f64`, `patient: bool`, `group: Group`.
fn covariate(input: ParseStream<'_>) -> syn::Result<Named> {
    // Its name is no keyword.
    input.fork().parse::<Ident>()?;
    input.parse()
}

/// `population { .. }`, `plate site { .. }` or `subject { .. }`.
pub struct Section {
    /// `plate`, where it is one.
    pub plate: Option<Ident>,
    pub name: Ident,
    pub statements: Vec<Statement>,
    /// The expression at the end, without a semicolon.
    pub tail: Option<Expr>,
    pub end: Span,
}

impl Parse for Section {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if let Some(attribute) = input.call(Attribute::parse_outer)?.first() {
            return Err(syn::Error::new_spanned(attribute, "a section has no attributes and no doc comment: write `//`"));
        }
        let mut name: Ident = input.parse()?;
        let mut plate = None;
        if name == "plate" && input.peek(Ident) {
            plate = Some(std::mem::replace(&mut name, input.parse()?));
        }
        let content;
        let braces = braced!(content in input);
        let (mut statements, mut tail) = (Vec::new(), None);
        while !content.is_empty() {
            match content.parse()? {
                Line::Statement(statement) => statements.push(statement),
                Line::Tail(expr) => {
                    tail = Some(expr);
                    break;
                }
            }
        }
        if !content.is_empty() {
            return Err(content.error("nothing follows the struct expression that ends a section"));
        }
        Ok(Section { plate, name, statements, tail, end: braces.span.close() })
    }
}

/// One line of a section.
pub enum Statement {
    /// `name ~ distribution;`, `name: [2] ~ distribution;`, `name[condition] ~ distribution;`
    Draw { attributes: Vec<Attribute>, name: Ident, shape: Vec<Expr>, distribution: Expr, shown: Option<String> },
    /// `name ~ formula(..);`, until it is written out.
    Formula { attributes: Vec<Attribute>, name: Ident, shape: Vec<Expr>, formula: Formula },
    /// `let name = value;`, `let name: [2] = value;`
    Let { attributes: Vec<Attribute>, name: Ident, shape: Vec<Expr>, value: Expr, shown: Option<String> },
    /// `name = value;`
    Assign { name: Ident, value: Expr },
}

impl Statement {
    /// What it names.
    pub fn name(&self) -> &Ident {
        match self {
            Statement::Draw { name, .. }
            | Statement::Formula { name, .. }
            | Statement::Let { name, .. }
            | Statement::Assign { name, .. } => name,
        }
    }
}

enum Line {
    Statement(Statement),
    Tail(Expr),
}

/// `[2, 3]`: a number of places, or what runs over them.
fn shape(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `: [2, 3]`, `[condition]`, or nothing.
fn optional_shape(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        if !input.peek(Bracket) {
            return Err(input.error("after `:` stands how many numbers there are, `: [2]`; one number has no type"));
        }
        return shape(input);
    }
    if input.peek(Bracket) { shape(input) } else { Ok(Vec::new()) }
}

/// Whether a draw begins here: `name ~`, `name: [..] ~` or `name[..] ~`.
fn draw_begins(input: ParseStream<'_>) -> bool {
    if !input.peek(Ident::peek_any) {
        return false;
    }
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && optional_shape(&ahead).is_ok() && ahead.peek(Token![~])
}

/// Whether a formula begins here.
fn formula_begins(input: ParseStream<'_>) -> bool {
    input.peek(Ident) && input.peek2(syn::token::Paren) && input.fork().parse::<Ident>().is_ok_and(|word| word == "formula")
}

/// The semicolon after a line; where it is missing, it is that line which is pointed at, not the next.
fn ended(input: ParseStream<'_>, line: &impl quote::ToTokens) -> syn::Result<()> {
    if input.peek(Token![;]) {
        return input.parse::<Token![;]>().map(|_| ());
    }
    Err(syn::Error::new_spanned(line, "a `;` is missing after this"))
}

impl Parse for Line {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let only_draws = |attributes: &[Attribute]| match attributes.iter().find(|a| !a.path().is_ident("doc")) {
            Some(mark) => Err(syn::Error::new_spanned(mark, "only a draw (`name ~ ..`) can be marked")),
            None => Ok(()),
        };
        let only_parameters = |attributes: &[Attribute]| match attributes.first() {
            Some(doc) if doc.path().is_ident("doc") => {
                let text = "a doc comment describes a parameter, drawn or derived by `let`, and here is none: write `//`";
                Err(syn::Error::new_spanned(doc, text))
            }
            Some(mark) => Err(syn::Error::new_spanned(mark, "only a draw (`name ~ ..`) can be marked")),
            None => Ok(()),
        };
        if input.peek(Token![let]) {
            only_draws(&attributes)?;
            input.parse::<Token![let]>()?;
            let name = input.parse()?;
            let shape = optional_shape(input)?;
            input.parse::<Token![=]>()?;
            let value = input.parse()?;
            ended(input, &value)?;
            return Ok(Line::Statement(Statement::Let { attributes, name, shape, value, shown: None }));
        }
        if draw_begins(input) {
            let name: Ident = input.parse()?;
            let shape = optional_shape(input)?;
            input.parse::<Token![~]>()?;
            if formula_begins(input) {
                let formula = input.parse()?;
                ended(input, &name)?;
                return Ok(Line::Statement(Statement::Formula { attributes, name, shape, formula }));
            }
            let distribution =
                input.parse::<Expr>().map_err(|e| syn::Error::new(e.span(), "a draw is `name ~ Distribution(..);`"))?;
            ended(input, &distribution)?;
            return Ok(Line::Statement(Statement::Draw { attributes, name, shape, distribution, shown: None }));
        }
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            only_parameters(&attributes)?;
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            let value = input.parse()?;
            ended(input, &value)?;
            return Ok(Line::Statement(Statement::Assign { name, value }));
        }
        only_parameters(&attributes)?;
        Ok(Line::Tail(input.parse()?))
    }
}
