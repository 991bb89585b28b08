//! Lifts number literals in the user's expressions to the model's scalar, and reads literal distributions.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr, ExprLit, Ident, ImplItem, ItemImpl, Lit, LitFloat, Token, UnOp};

/// How far the sum of a literal distribution may be from one.
const SUM_TOLERANCE: f64 = 1e-6;

struct Lifter<'a> {
    scalar: &'a TokenStream,
}

fn float(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(ExprLit { lit: Lit::Float(f), .. }) if f.suffix().is_empty())
}

impl Lifter<'_> {
    /// `T::constant` and the like.
    fn is_scalars_own(&self, path: &syn::Path) -> bool {
        path.segments.len() > 1 && path.segments.first().is_some_and(|s| s.ident == self.scalar.to_string())
    }

    fn lifted(&self, expr: &Expr) -> Option<Expr> {
        let scalar = self.scalar;
        let number = match expr {
            Expr::Paren(paren) => return self.lifted(&paren.expr),
            Expr::Lit(ExprLit { lit: Lit::Int(i), .. }) if i.suffix().is_empty() => as_float(expr),
            _ if float(expr) => expr.to_token_stream(),
            _ => return None,
        };
        syn::parse2(quote!(<#scalar as __aif::Lift<f64>>::lift(#number))).ok()
    }
}

impl VisitMut for Lifter<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Lit(_) if float(expr) => {
                if let Some(lifted) = self.lifted(expr) {
                    *expr = lifted;
                }
            }
            // A whole number beside an operator is a scalar too: `2 * z`.
            Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_)) => {
                for side in [&mut binary.left, &mut binary.right] {
                    match self.lifted(side) {
                        Some(lifted) => **side = lifted,
                        None => self.visit_expr_mut(side),
                    }
                }
            }
            // The scalar's own functions take plain numbers: `T::constant(0.5)`.
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if self.is_scalars_own(&path.path)) => {}
            // A literal argument of a method is what the method takes: `z.powf(0.5)`.
            Expr::MethodCall(call) => {
                self.visit_expr_mut(&mut call.receiver);
                for argument in call.args.iter_mut().filter(|a| number(a).is_none()) {
                    self.visit_expr_mut(argument);
                }
            }
            // Indices and closures over other numbers are the user's own.
            Expr::Index(index) => self.visit_expr_mut(&mut index.expr),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }
}

/// The expression with its float literals (and whole numbers in arithmetic) as constants of the scalar.
pub fn lift(expr: &Expr, scalar: &TokenStream) -> Expr {
    let mut expr = expr.clone();
    let mut lifter = Lifter { scalar };
    lifter.visit_expr_mut(&mut expr);
    expr
}

/// As [`lift`], for a list of numbers or a single one: whole numbers are constants of the scalar, too.
pub fn lift_numbers(expr: &Expr, scalar: &TokenStream) -> Expr {
    let mut expr = expr.clone();
    let mut lifter = Lifter { scalar };
    fn number(expr: &mut Expr, lifter: &mut Lifter<'_>) {
        match expr {
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => number(&mut unary.expr, lifter),
            Expr::Array(array) => array.elems.iter_mut().for_each(|e| number(e, lifter)),
            Expr::Repeat(list) => number(&mut list.expr, lifter),
            _ => match lifter.lifted(expr) {
                Some(lifted) => *expr = lifted,
                None => lifter.visit_expr_mut(expr),
            },
        }
    }
    number(&mut expr, &mut lifter);
    expr
}

/// The number that a literal expression is.
pub fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Float(f), .. }) => f.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Int(i), .. }) => i.base10_parse::<u64>().ok().map(|i| i as f64),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => number(&unary.expr).map(|x| -x),
        Expr::Paren(paren) => number(&paren.expr),
        _ => None,
    }
}

/// A whole number that stands for itself, as a float; anything else as it is.
pub fn as_float(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(i), .. }) if i.suffix().is_empty() => {
            LitFloat::new(&format!("{}.0", i.base10_digits()), i.span()).to_token_stream()
        }
        other => other.to_token_stream(),
    }
}

/// What is wrong with a list of probabilities, where all of them are literals.
pub fn distribution_error<'a>(probabilities: impl IntoIterator<Item = &'a Expr>) -> Option<String> {
    let numbers: Option<Vec<f64>> = probabilities.into_iter().map(number).collect();
    let numbers = numbers?;
    if numbers.is_empty() {
        return Some("a distribution has at least one probability".into());
    }
    if let Some(p) = numbers.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Some(format!("{p} is not a probability: it is not between 0 and 1"));
    }
    let sum: f64 = numbers.iter().sum();
    ((sum - 1.0).abs() > SUM_TOLERANCE).then(|| format!("this distribution sums to {}, not to 1", (sum * 1e9).round() / 1e9))
}

/// Removes parentheses and groups around an expression.
pub fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => bare(&paren.expr),
        Expr::Group(group) => bare(&group.expr),
        _ => expr,
    }
}

/// The plain name that an expression is.
pub fn plain_name(expr: &Expr) -> Option<&Ident> {
    match bare(expr) {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// Puts number literals on the left of operators into what takes any scalar on its right, in the methods of a block with type parameters.
pub fn on_the_left(block: &mut ItemImpl) {
    if block.generics.type_params().next().is_some() {
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item
                && method.sig.constness.is_none()
            {
                OnTheLeft { root: crate::names::root() }.visit_block_mut(&mut method.block);
            }
        }
    }
}

struct OnTheLeft {
    root: TokenStream,
}

/// Arithmetic of unsuffixed float literals, and nothing else: `0.5`, `-0.5`, `0.5 * 0.3`.
fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => is_literal(&unary.expr),
        Expr::Paren(paren) => is_literal(&paren.expr),
        Expr::Binary(binary) => is_arithmetic(&binary.op) && is_literal(&binary.left) && is_literal(&binary.right),
        other => float(other),
    }
}

fn is_arithmetic(op: &BinOp) -> bool {
    matches!(op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_))
}

impl VisitMut for OnTheLeft {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Binary(binary) = expr
            && is_arithmetic(&binary.op)
            && is_literal(&binary.left)
            && !is_literal(&binary.right)
            && number(&binary.right).is_none()
        {
            let (root, left) = (&self.root, bare(&binary.left).clone());
            if let Ok(wrapped) = syn::parse2(quote_spanned!(left.span()=> #root::Literal(#left))) {
                *binary.left = wrapped;
            }
            return self.visit_expr_mut(&mut binary.right);
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    /// The entries of `dist!` are expressions like any other.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        if call.path.segments.last().is_some_and(|s| s.ident == "dist")
            && let Ok(mut entries) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            entries.iter_mut().for_each(|entry| self.visit_expr_mut(entry));
            call.tokens = entries.to_token_stream();
        }
    }

    /// Types, and what is declared within a method, are the user's own.
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
}
