//! Shapes: how many numbers a parameter has, and which expressions have as many.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Ident, Token};

use super::families::{Draws, Family};
use super::ir::{Dimension, Distribution, Omitted};
use super::scope::Scope;
use crate::diag::{Diagnostics, list};
use crate::literals::{bare, number, plain_name};

/// The most dimensions of a parameter.
const MOST: usize = 2;

/// The dimensions that were written.
pub(super) fn shape(written: &[Expr], scope: &Scope, diag: &mut Diagnostics) -> Vec<Dimension> {
    if written.len() > MOST {
        diag.at(&written[MOST], format!("a parameter has at most {MOST} dimensions"));
    }
    let dimension = |expr: &Expr| {
        if let Expr::Call(call) = expr
            && let Some(word) = plain_name(&call.func)
            && CONTRASTS.contains(&word.to_string().as_str())
        {
            return contrasts(word, &call.args, scope, diag);
        }
        if let Expr::Array(list) = expr {
            return named(list, diag);
        }
        if let Some(name) = plain_name(expr)
            && name.to_string().starts_with(|c: char| c.is_lowercase())
        {
            let text = name.to_string();
            if let Some(ty) = scope.covariate_types.get(&text) {
                return Some(Dimension::Covariate(name.clone(), ty.clone()));
            }
            if scope.covariates.contains_key(&text) || scope.known.contains_key(&text) {
                let what = if scope.known.contains_key(&text) { "a parameter" } else { "a number" };
                diag.at(
                    name,
                    format!("`{text}` is {what}: a dimension is a count, or an input or covariate with several values"),
                );
                return None;
            }
            return Some(Dimension::Input(name.clone()));
        }
        if number(expr).is_some_and(|n| n < 1.0 || n.fract() != 0.0) {
            diag.at(expr, "a dimension has at least one place");
        }
        Some(Dimension::Size(expr.clone()))
    };
    written.iter().take(MOST).filter_map(dimension).collect()
}

/// What makes a dimension of a covariate: contrasts, and differences of pairs.
const CONTRASTS: [&str; 4] = ["treatment", "sum", "helmert", "pairs"];

/// Rule: contrasts are those of a covariate with several values; `treatment` may say which of them others are compared with.
fn contrasts(word: &Ident, arguments: &Punctuated<Expr, Token![,]>, scope: &Scope, diag: &mut Diagnostics) -> Option<Dimension> {
    let text = word.to_string();
    let name = arguments.first().and_then(plain_name);
    let Some((name, ty)) = name.and_then(|n| Some((n, scope.covariate_types.get(&n.to_string())?))) else {
        diag.at(word, format!("`{text}` is of a covariate with several values: `{text}(group)`"));
        return None;
    };
    let omitted = match (text.as_str(), arguments.iter().nth(1)) {
        (_, None) if arguments.len() != 1 => Omitted::First,
        ("treatment", Some(Expr::Path(reference))) if arguments.len() == 2 => Omitted::Value(reference.path.clone()),
        (_, Some(second)) => {
            diag.at(second, format!("`{text}` takes one covariate"));
            Omitted::First
        }
        ("pairs", None) => return Some(Dimension::Pairs(name.clone(), ty.clone())),
        ("sum", None) => Omitted::Last,
        _ => Omitted::First,
    };
    Some(Dimension::Contrasts(name.clone(), ty.clone(), omitted))
}

/// Rule: the names of places are a list of texts.
fn named(list: &syn::ExprArray, diag: &mut Diagnostics) -> Option<Dimension> {
    let name = |expr: &Expr| match expr {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    };
    let names: Option<Vec<String>> = list.elems.iter().map(name).collect();
    let Some(names) = names.filter(|names| !names.is_empty()) else {
        diag.at(list, "the names of places are texts: `[[\"left\", \"right\"]]`");
        return None;
    };
    if let Some(at) = (1..names.len()).find(|&i| names[..i].contains(&names[i])) {
        diag.at(&list.elems[at], format!("two places of one name: {:?}", names[at]));
    }
    Some(Dimension::Named(names))
}

/// A dimension as it was written.
pub(super) fn word(dimension: &Dimension) -> String {
    match dimension {
        Dimension::Size(expr) => expr.to_token_stream().to_string(),
        Dimension::Covariate(name, _) | Dimension::Input(name) => name.to_string(),
        Dimension::Contrasts(name, _, Omitted::First) => format!("contrasts({name})"),
        Dimension::Contrasts(name, _, Omitted::Last) => format!("sum({name})"),
        Dimension::Contrasts(name, _, Omitted::Value(value)) => format!("contrasts({name}, {})", value.to_token_stream()),
        Dimension::Pairs(name, _) => format!("pairs({name})"),
        Dimension::Named(names) => format!("{names:?}"),
    }
}

fn words(shape: &[Dimension]) -> String {
    format!("[{}]", shape.iter().map(word).collect::<Vec<_>>().join(", "))
}

fn same(a: &[Dimension], b: &[Dimension]) -> bool {
    words(a) == words(b)
}

/// Names in an expression that stand for several numbers as a whole: not in brackets, not handed to a function.
struct Wholes<'a, 's> {
    scope: &'s Scope,
    found: Vec<(&'a Ident, &'s [Dimension])>,
}

impl<'a> Visit<'a> for Wholes<'a, '_> {
    fn visit_expr_path(&mut self, path: &'a syn::ExprPath) {
        if let Some(name) = path.path.get_ident()
            && let Some(known) = self.scope.known.get(&name.to_string())
            && !known.shape.is_empty()
        {
            self.found.push((name, &known.shape));
        }
    }
    fn visit_expr_index(&mut self, index: &'a syn::ExprIndex) {
        // The base is taken apart; what stands in the brackets is the user's own.
        if !matches!(bare(&index.expr), Expr::Path(_) | Expr::Index(_)) {
            visit::visit_expr_index(self, index);
        }
    }
    fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}
}

fn wholes<'a, 's>(expr: &'a Expr, scope: &'s Scope) -> Vec<(&'a Ident, &'s [Dimension])> {
    let mut wholes = Wholes { scope, found: Vec::new() };
    wholes.visit_expr(expr);
    wholes.found
}

/// Functions of one number after the other; any other function takes vectors and matrices whole.
const BY_ELEMENT: [&str; 8] = ["exp", "ln", "sqrt", "logistic", "phi", "softplus", "horseshoe_scale", "powf"];

/// Whether an expression makes all numbers at once: a list, or a function of whole vectors and matrices.
pub(super) fn makes_all(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Array(_) | Expr::Repeat(_) => true,
        Expr::Call(call) => match bare(&call.func) {
            Expr::Path(path) => path.path.segments.last().is_some_and(|s| !BY_ELEMENT.contains(&s.ident.to_string().as_str())),
            _ => false,
        },
        _ => false,
    }
}

/// Rule: where several numbers are drawn or worked out one by one, names of several numbers have as many.
pub(super) fn fits_shape(expr: &Expr, shape: &[Dimension], scope: &Scope, diag: &mut Diagnostics) {
    for (name, own) in wholes(expr, scope) {
        if !same(own, shape) {
            diag.at(
                name,
                format!(
                    "`{name}` has the shape {}, but here numbers of the shape {} are made one by one",
                    words(own),
                    words(shape)
                ),
            );
        }
    }
}

/// Rule: where one number is drawn, it depends on numbers, not on vectors.
pub(super) fn takes_elements(expr: &Expr, scope: &Scope, diag: &mut Diagnostics) {
    for (name, own) in wholes(expr, scope) {
        diag.at(
            name,
            format!(
                "`{name}` has the shape {}, but one number is drawn here: take one of its numbers, `{name}{}`",
                words(own),
                "[0]".repeat(own.len())
            ),
        );
    }
}

/// Rule: what is drawn together says how many numbers there are.
pub(super) fn drawn_together(
    name: &Ident,
    distribution: &Distribution,
    shape: &[Dimension],
    written: &Expr,
    diag: &mut Diagnostics,
) {
    let family = distribution.family();
    let (what, dimensions) = match distribution {
        Distribution::Ordered(_) => ("ordered numbers".to_string(), 1),
        _ => match family.map(|f| (f.name, f.draws)) {
            Some((name, Draws::Square)) => (format!("`{name}`"), 2),
            Some((name, _)) => (format!("`{name}`"), 1),
            None => return,
        },
    };
    let square = shape.len() == 2 && word(&shape[0]) != word(&shape[1]);
    if shape.len() != dimensions || (dimensions == 2 && square) {
        let example = if dimensions == 2 { "[2, 2]" } else { "[2]" };
        let how = if dimensions == 2 { "a square of numbers" } else { "several numbers" };
        let verb = if matches!(distribution, Distribution::Ordered(_)) { "are" } else { "draws" };
        diag.span(written.span(), format!("{what} {verb} {how}: say how many, `{name}: {example} ~ ..`"));
    }
    let lone = matches!(shape, [Dimension::Size(size)] if number(size) == Some(1.0));
    if lone && family.is_some_and(|f| f.name == "Dirichlet") {
        diag.at(name, format!("one probability alone is 1: {} takes two or more", list(&["Dirichlet"])));
    }
}

/// Rule: what stands for several numbers has as many as are drawn.
pub(super) fn lists_fit(arguments: &[Expr], family: &Family, shape: &[Dimension], scope: &Scope, diag: &mut Diagnostics) {
    use super::families::Requirement::{Factor, PositiveVector, Vector};
    let Some(size) = shape.first() else { return };
    for (argument, (role, requirement)) in arguments.iter().zip(family.arguments) {
        match (requirement, bare(argument)) {
            (Vector | PositiveVector, Expr::Array(array)) => {
                let count = array.elems.len();
                if let Dimension::Size(expr) = size
                    && number(expr).is_some_and(|n| n != count as f64)
                {
                    let text = format!("the {role} of {} lists {count} numbers, but {} are drawn", family.name, word(size));
                    diag.at(argument, text);
                }
            }
            (Vector | PositiveVector, Expr::Repeat(list)) => {
                let (count, size) = (list.len.to_token_stream().to_string(), word(size));
                if count != size && number(&list.len).is_some() {
                    let text = format!("the {role} of {} lists {count} numbers, but {size} are drawn", family.name);
                    diag.at(argument, text);
                }
            }
            (Vector | PositiveVector, _) if !makes_all(argument) => fits_shape(argument, shape, scope, diag),
            (Factor, Expr::Path(path)) => {
                let known = path.path.get_ident().and_then(|n| scope.known.get(&n.to_string()));
                if let Some(known) = known.filter(|k| !k.shape.is_empty() && word(&k.shape[0]) != word(size)) {
                    let text = format!("the {role} has the shape {}, but {} numbers are drawn", words(&known.shape), word(size));
                    diag.at(argument, text);
                }
            }
            _ => {}
        }
    }
}
