//! Which plain names an expression mentions.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Expr, ExprPath, Ident};

/// The plain names in an expression, with their places; what closures bind is their own.
#[derive(Default)]
struct Names {
    found: Vec<Ident>,
    bound: Vec<String>,
}

impl Names {
    fn note(&mut self, name: &Ident) {
        let text = name.to_string();
        // Constants and unit structs are the user's own.
        if text.starts_with(|c: char| c.is_lowercase() || c == '_') && text != "self" && !self.bound.contains(&text) {
            self.found.push(name.clone());
        }
    }

    /// Names in the arguments of a macro: those that are not called, and not part of a path.
    fn tokens(&mut self, tokens: TokenStream) {
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        for (i, token) in all.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(name) => {
                    let punct = |at: Option<&TokenTree>, c: char| matches!(at, Some(TokenTree::Punct(p)) if p.as_char() == c);
                    let called = matches!(all.get(i + 1), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
                    let before = i.checked_sub(1).and_then(|b| all.get(b));
                    if !called && !punct(all.get(i + 1), ':') && !punct(before, ':') && !punct(before, '.') {
                        self.note(name);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'a> Visit<'a> for Names {
    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        if !matches!(&*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        for argument in &call.args {
            self.visit_expr(argument);
        }
    }
    fn visit_expr_closure(&mut self, closure: &'a syn::ExprClosure) {
        let outside = self.bound.len();
        for input in &closure.inputs {
            self.visit_pat(input);
        }
        self.visit_expr(&closure.body);
        self.bound.truncate(outside);
    }
    fn visit_pat_ident(&mut self, pattern: &'a syn::PatIdent) {
        self.bound.push(pattern.ident.to_string());
    }
    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if let Some(ident) = path.path.get_ident() {
            self.note(ident);
        }
    }
    fn visit_macro(&mut self, call: &'a syn::Macro) {
        self.tokens(call.tokens.clone());
    }
}

/// The plain names that an expression mentions and does not bind.
pub fn names(expr: &Expr) -> Vec<Ident> {
    let mut names = Names::default();
    names.visit_expr(expr);
    names.found
}
