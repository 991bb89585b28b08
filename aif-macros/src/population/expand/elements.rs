//! Rewrites expressions: names of several numbers become one of them where numbers are made one by one, and covariates in brackets become
//! places.

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, parse_quote};

use super::{Context, own};
use crate::literals::{bare, plain_name};

/// The name under which a covariate's place is bound.
pub(super) fn place_of(covariate: &Ident) -> Ident {
    format_ident!("__place_of_{}", covariate)
}

/// The variable that runs over a dimension.
pub(super) fn index(dimension: usize) -> Ident {
    own(&format!("__i{dimension}"))
}

struct Elements<'a, 'c> {
    context: &'a Context<'c>,
    /// Over how many dimensions numbers are made one by one; none where an expression is taken whole.
    dimensions: usize,
}

impl Elements<'_, '_> {
    fn dimensions_of(&self, name: &Ident) -> usize {
        let mut all = self.context.population.levels.iter().flat_map(|l| &l.parameters);
        all.find(|p| p.name == *name).map_or(0, |p| p.shape.len())
    }
}

impl VisitMut for Elements<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident()
                    && self.dimensions > 0
                    && self.dimensions_of(name) == self.dimensions
                {
                    let (name, indices) = (name.clone(), (0..self.dimensions).map(index));
                    *expr = parse_quote!(#name #([#indices])*);
                }
            }
            Expr::Index(taken) => {
                if !matches!(bare(&taken.expr), Expr::Path(_)) {
                    self.visit_expr_mut(&mut taken.expr);
                }
                let covariate = plain_name(&taken.index)
                    .filter(|name| self.context.population.covariates.iter().any(|c| c.name == **name && c.values().is_some()));
                if let Some(place) = covariate.map(place_of) {
                    *taken.index = parse_quote!(#place);
                }
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }
}

/// The expression for one of several numbers, or taken whole (no dimensions).
pub(super) fn elements(expr: &Expr, context: &Context<'_>, dimensions: usize) -> Expr {
    let mut expr = expr.clone();
    Elements { context, dimensions }.visit_expr_mut(&mut expr);
    expr
}
