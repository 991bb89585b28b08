//! What is known of the sign of an expression before anything runs.

use syn::{BinOp, Expr, UnOp};

use crate::literals::{bare, number};

/// What is known of a number's sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// It is positive.
    Positive,
    /// It may be negative.
    Real,
    /// Nothing is known.
    Unknown,
}

/// The sign of an expression, given those of names.
pub fn sign(expr: &Expr, of_name: &dyn Fn(&str) -> Sign) -> Sign {
    use Sign::{Positive, Real, Unknown};
    if let Some(x) = number(expr) {
        return if x > 0.0 { Positive } else { Real };
    }
    let of_function = |name: &str| match name {
        "exp" | "softplus" | "logistic" | "phi" | "sqrt" | "horseshoe_scale" => Positive,
        "ln" => Real,
        _ => Unknown,
    };
    match bare(expr) {
        Expr::Path(path) => path.path.get_ident().map_or(Unknown, |name| of_name(&name.to_string())),
        Expr::Call(call) => match bare(&call.func) {
            Expr::Path(path) => path.path.segments.last().map_or(Unknown, |s| of_function(&s.ident.to_string())),
            _ => Unknown,
        },
        Expr::MethodCall(call) => of_function(&call.method.to_string()),
        Expr::Index(index) => sign(&index.expr, of_name),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match sign(&unary.expr, of_name) {
            Positive => Real,
            other => other,
        },
        Expr::Binary(binary) => {
            let (left, right) = (sign(&binary.left, of_name), sign(&binary.right, of_name));
            match (&binary.op, left, right) {
                (BinOp::Add(_) | BinOp::Mul(_) | BinOp::Div(_), Positive, Positive) => Positive,
                (BinOp::Mul(_) | BinOp::Div(_), Real, Positive) | (BinOp::Mul(_), Positive, Real) => Real,
                (BinOp::Add(_), Real, Real) | (BinOp::Add(_), Real, Positive) | (BinOp::Add(_), Positive, Real) => Real,
                _ => Unknown,
            }
        }
        _ => Unknown,
    }
}
