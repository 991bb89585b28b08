//! Sums of terms, each of which names one node or none: `drift + strength * parent`.

use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::{BinOp, Expr, Ident, UnOp, parse_quote};

use crate::diag::{Diagnostics, did_you_mean, list};
use crate::literals::{bare, number};

/// A sum: what names no node, and the nodes with their strengths (`None`: one).
#[derive(Default)]
pub struct Sum {
    pub constant: Option<Expr>,
    pub nodes: Vec<(Ident, Option<Expr>)>,
}

/// The names that expressions may use.
pub struct Names<'a> {
    pub nodes: &'a [String],
    /// The name of the element of a node for each category.
    pub index: Option<&'a Ident>,
}

/// The plain names that an expression uses as values; `index`, the name of an element, stands in brackets only.
fn plain_names(expr: &Expr, index: Option<&Ident>) -> Vec<Ident> {
    struct Found<'n>(Vec<Ident>, Option<&'n Ident>);
    impl<'ast> Visit<'ast> for Found<'_> {
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            if path.qself.is_none()
                && let Some(ident) = path.path.get_ident()
                && ident != "self"
            {
                self.0.push(ident.clone());
            }
        }
        fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
            // The name of a function is no value.
            if !matches!(&*call.func, Expr::Path(path) if path.path.get_ident().is_some()) {
                self.visit_expr(&call.func);
            }
            for argument in &call.args {
                self.visit_expr(argument);
            }
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_expr_block(&mut self, _: &'ast syn::ExprBlock) {}
        fn visit_expr_index(&mut self, index: &'ast syn::ExprIndex) {
            self.visit_expr(&index.expr);
            let element = |path: &syn::ExprPath| path.path.get_ident().is_some_and(|i| Some(i) == self.1);
            if !matches!(&*index.index, Expr::Path(path) if element(path)) {
                self.visit_expr(&index.index);
            }
        }
    }
    let mut found = Found(Vec::new(), index);
    found.visit_expr(expr);
    found.0
}

/// Complains of names that are neither nodes nor constants; gives the nodes.
pub fn nodes_in(expr: &Expr, names: &Names<'_>, diag: &mut Diagnostics) -> Vec<Ident> {
    let mut nodes = Vec::new();
    for ident in plain_names(expr, names.index) {
        let text = ident.to_string();
        if names.nodes.contains(&text) {
            nodes.push(ident);
        } else if !text.starts_with(|c: char| c.is_uppercase()) {
            let near = did_you_mean(&text, names.nodes);
            diag.at(
                &ident,
                format!(
                    "no node is named `{text}`{near}\nhelp: the nodes are {}; parameters are fields, `self.{text}`",
                    list(names.nodes)
                ),
            );
        }
    }
    nodes
}

/// Reads a sum. `owner` says whose sum it is, for messages.
pub fn sum(expr: &Expr, names: &Names<'_>, owner: &str, diag: &mut Diagnostics) -> Sum {
    let mut sum = Sum::default();
    let known = nodes_in(expr, names, diag);
    add(expr, false, known.is_empty(), names, owner, &mut sum, diag);
    for (i, (node, _)) in sum.nodes.iter().enumerate() {
        if sum.nodes[..i].iter().any(|(earlier, _)| earlier == node) {
            diag.at(node, format!("`{node}` stands in this sum twice: put its strengths together"));
        }
    }
    sum
}

/// A sum with one term more, or less.
pub fn plus(sum: Option<Expr>, negative: bool, term: &Expr) -> Expr {
    match (sum, negative) {
        (None, false) => term.clone(),
        (None, true) => parse_quote!(-(#term)),
        (Some(before), false) => parse_quote!(#before + (#term)),
        (Some(before), true) => parse_quote!(#before - (#term)),
    }
}

fn add(expr: &Expr, negative: bool, constant: bool, names: &Names<'_>, owner: &str, sum: &mut Sum, diag: &mut Diagnostics) {
    let expr = bare(expr);
    if constant || nodes_in(expr, names, &mut Diagnostics::default()).is_empty() {
        sum.constant = Some(plus(sum.constant.take(), negative, expr));
        return;
    }
    match expr {
        Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_)) => {
            let minus = matches!(binary.op, BinOp::Sub(_));
            add(&binary.left, negative, false, names, owner, sum, diag);
            add(&binary.right, negative != minus, false, names, owner, sum, diag);
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => add(&unary.expr, !negative, false, names, owner, sum, diag),
        _ => match term(expr, names) {
            Some((node, strength)) => {
                let strength = match (strength, negative) {
                    (strength, false) => strength,
                    (None, true) => Some(parse_quote!(-1.0)),
                    (Some(strength), true) => Some(parse_quote!(-(#strength))),
                };
                sum.nodes.push((node, strength));
            }
            None => {
                let written = expr.to_token_stream().to_string();
                let node = nodes_in(expr, names, &mut Diagnostics::default());
                let node = node.first().map_or(String::new(), ToString::to_string);
                diag.at(
                    expr,
                    format!("`{owner}` depends on `{node}` other than in proportion (`{written}`): the filter's equations hold for plain sums of `strength * {node}`; multiply out what is in brackets"),
                );
            }
        },
    }
}

/// A product with one node in it.
fn term(expr: &Expr, names: &Names<'_>) -> Option<(Ident, Option<Expr>)> {
    let expr = bare(expr);
    let free = |e: &Expr| nodes_in(e, names, &mut Diagnostics::default()).is_empty();
    match expr {
        Expr::Path(path) => path.path.get_ident().map(|ident| (ident.clone(), None)),
        // `x[u]`, for each category `u`.
        Expr::Index(index) => match (&*index.expr, &*index.index) {
            (Expr::Path(node), Expr::Path(element)) if element.path.get_ident() == names.index && names.index.is_some() => {
                node.path.get_ident().map(|ident| (ident.clone(), None))
            }
            _ => None,
        },
        Expr::Binary(binary) => match binary.op {
            BinOp::Mul(_) => {
                let (inner, factor) = match (free(&binary.left), free(&binary.right)) {
                    (true, false) => (&binary.right, &binary.left),
                    (false, true) => (&binary.left, &binary.right),
                    _ => return None,
                };
                let (node, strength) = term(inner, names)?;
                Some((node, Some(strength.map_or_else(|| (**factor).clone(), |s| parse_quote!((#factor) * (#s))))))
            }
            BinOp::Div(_) if free(&binary.right) => {
                let (node, strength) = term(&binary.left, names)?;
                let (over, by) = (strength.unwrap_or_else(|| parse_quote!(1.0)), &binary.right);
                Some((node, Some(parse_quote!((#over) / (#by)))))
            }
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let (node, strength) = term(&unary.expr, names)?;
            Some((node, Some(strength.map_or_else(|| parse_quote!(-1.0), |s| parse_quote!(-(#s))))))
        }
        _ => None,
    }
}

/// The argument of a call of this function, where an expression is one.
pub fn call<'e>(expr: &'e Expr, function: &str) -> Option<&'e Expr> {
    let Expr::Call(call) = bare(expr) else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    (path.path.is_ident(function) && call.args.len() == 1).then(|| &call.args[0])
}

/// The terms of a sum, with their signs.
pub fn terms(expr: &Expr) -> Vec<(bool, &Expr)> {
    fn walk<'e>(expr: &'e Expr, negative: bool, into: &mut Vec<(bool, &'e Expr)>) {
        match bare(expr) {
            Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_)) => {
                walk(&binary.left, negative, into);
                walk(&binary.right, negative != matches!(binary.op, BinOp::Sub(_)), into);
            }
            other => into.push((negative, other)),
        }
    }
    let mut all = Vec::new();
    walk(expr, false, &mut all);
    all
}

/// `1 / variance`, without dividing twice.
pub fn reciprocal(variance: &Expr) -> Expr {
    if let Expr::Binary(binary) = bare(variance)
        && matches!(binary.op, BinOp::Div(_))
        && number(&binary.left) == Some(1.0)
    {
        return (*binary.right).clone();
    }
    syn::parse2(quote!(1.0 / (#variance))).unwrap_or_else(|_| variance.clone())
}
