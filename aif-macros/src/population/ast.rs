//! What was written: sections of draws, definitions and assignments, and the struct expression at the end; unchecked.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, Token, Type, Visibility, braced, parenthesized};

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

/// `/// doc`, `pub Name for Model<T> { sections }`.
pub struct Declaration {
    pub attributes: Vec<Attribute>,
    pub vis: Visibility,
    pub name: Ident,
    pub model: Type,
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
        let mut sections = Vec::new();
        while !content.is_empty() {
            sections.push(content.parse()?);
        }
        Ok(Declaration { attributes, vis, name, model, sections })
    }
}

/// `population { .. }` or `subject { .. }`.
pub struct Section {
    pub name: Ident,
    pub statements: Vec<Statement>,
    /// The expression at the end, without a semicolon.
    pub tail: Option<Expr>,
    pub end: Span,
}

impl Parse for Section {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
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
        Ok(Section { name, statements, tail, end: braces.span.close() })
    }
}

/// One line of a section.
pub enum Statement {
    /// `name ~ Family(arguments);`
    Draw { centered: Option<Attribute>, name: Ident, family: Ident, arguments: Vec<Expr> },
    /// `let name = value;`
    Let { name: Ident, value: Expr },
    /// `name = value;`
    Assign { name: Ident, value: Expr },
}

enum Line {
    Statement(Statement),
    Tail(Expr),
}

impl Parse for Line {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        if input.peek(Token![let]) {
            input.parse::<Token![let]>()?;
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            let value = input.parse()?;
            input.parse::<Token![;]>()?;
            return Ok(Line::Statement(Statement::Let { name, value }));
        }
        if input.peek(Ident::peek_any) && input.peek2(Token![~]) {
            let name = input.parse()?;
            input.parse::<Token![~]>()?;
            let family = input.parse().map_err(|e| syn::Error::new(e.span(), "a draw is `name ~ Distribution(..);`"))?;
            let content;
            parenthesized!(content in input);
            let arguments = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().collect();
            input.parse::<Token![;]>()?;
            let centered = attributes.pop();
            return Ok(Line::Statement(Statement::Draw { centered, name, family, arguments }));
        }
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            let value = input.parse()?;
            input.parse::<Token![;]>()?;
            return Ok(Line::Statement(Statement::Assign { name, value }));
        }
        Ok(Line::Tail(input.parse()?))
    }
}
