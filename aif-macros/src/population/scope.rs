//! Names: which are in view on a line, what is known of them, and which an expression mentions.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, ExprPath, Ident, Type};

use super::families::Family;
use super::ir::Dimension;
use super::sign::Sign;
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::literals::plain_name;
use crate::mentions::names;

/// What is known of a name.
pub(super) struct Known {
    pub span: Span,
    pub sign: Sign,
    /// The distribution that it is drawn from.
    pub family: Option<&'static Family>,
    /// Whether it belongs to a level above the lowest, or depends on what does.
    pub of_group: bool,
    /// Its dimensions; none for a number.
    pub shape: Vec<Dimension>,
}

/// What a line says of the name that it defines.
pub(super) struct Defined {
    pub sign: Sign,
    pub family: Option<&'static Family>,
    pub of_group: bool,
    pub shape: Vec<Dimension>,
}

/// The names in view so far, and those that are defined somewhere.
#[derive(Default)]
pub(super) struct Scope {
    pub known: BTreeMap<String, Known>,
    /// All names of the section, to tell those that come later.
    pub section: Vec<String>,
    /// The names of the sections below, which this one does not see, and whose they are.
    pub below: Vec<(String, String)>,
    /// The names of all sections.
    pub sections: Vec<String>,
    /// The section's name.
    pub name: String,
    pub is_leaf: bool,
    /// Covariates, and whether they stand for a number.
    pub covariates: BTreeMap<String, bool>,
    /// The types of covariates that take one of several values.
    pub covariate_types: BTreeMap<String, Type>,
    /// Whether the section is that of subjects, or below it.
    pub sees_covariates: bool,
}

/// Rule: every parameter has a name of its own.
pub(super) fn define(name: &Ident, defined: Defined, scope: &mut Scope, diag: &mut Diagnostics) {
    let Defined { sign, family, of_group, shape } = defined;
    let text = name.to_string();
    if scope.known.contains_key(&text) {
        diag.at(name, format!("two of one name: `{text}` is already a parameter of this population"));
    }
    if text.starts_with(char::is_uppercase) {
        diag.at(
            name,
            format!("`{text}` begins with a capital, as types and constants do: a parameter begins with a small letter"),
        );
    }
    let dimension = |d: &Dimension| matches!(d, Dimension::Covariate(of, _) | Dimension::Input(of) if *of == text);
    if scope.sections.contains(&text) || shape.iter().any(dimension) {
        diag.at(
            name,
            format!("`{text}` is already the name of a level or a dimension, and so of a column: a parameter needs another"),
        );
    }
    if scope.covariates.contains_key(&text) {
        diag.at(name, format!("two of one name: `{text}` is already a covariate"));
    }
    if ["subject", "session", "chain", "draw"].contains(&text.as_str()) {
        diag.at(name, format!("`{text}` is a column of every table of results, so a parameter needs another name"));
    }
    scope.known.insert(text, Known { span: name.span(), sign, family, of_group, shape });
}

/// Rules: a covariate with several values is a place, in brackets after a parameter that has one for each of them.
struct Places<'s, 'd> {
    scope: &'s Scope,
    diag: &'d mut Diagnostics,
}

impl<'a> Visit<'a> for Places<'_, '_> {
    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if let Some(name) = path.path.get_ident()
            && self.scope.covariates.get(&name.to_string()) == Some(&false)
            && self.scope.sees_covariates
        {
            self.diag.at(name, format!("`{name}` is one of several values, no number: it is a place, `offset[{name}]`"));
        }
    }
    fn visit_expr_index(&mut self, index: &'a syn::ExprIndex) {
        let place = plain_name(&index.index).filter(|n| self.scope.covariates.contains_key(&n.to_string()));
        let Some(place) = place else { return visit::visit_expr_index(self, index) };
        self.visit_expr(&index.expr);
        let base = plain_name(&index.expr).and_then(|n| Some((n, self.scope.known.get(&n.to_string())?)));
        if let Some((name, known)) = base
            && !matches!(known.shape.first(), Some(Dimension::Covariate(of, _)) if of == place)
        {
            self.diag.at(
                index,
                format!("`{name}` has not one number for each value of `{place}`: declare it as `{name}[{place}] ~ ..`"),
            );
        }
    }
}

/// Rule: a name is visible below its line, the group's names inside `subject`, and not the other way round.
pub(super) fn names_are_known(expr: &Expr, scope: &Scope, diag: &mut Diagnostics) {
    Places { scope, diag: &mut *diag }.visit_expr(expr);
    for name in names(expr) {
        let text = name.to_string();
        if scope.known.contains_key(&text) {
            continue;
        }
        if scope.covariates.contains_key(&text) {
            if !scope.sees_covariates {
                diag.at(
                    name,
                    format!("the covariate `{text}` is each subject's own: the section `{}` does not see it", scope.name),
                );
            }
        } else if scope.section.contains(&text) {
            diag.at(name, format!("`{text}` is defined only below: a name is visible below its line"));
        } else if let Some((_, section)) = scope.below.iter().find(|(below, _)| *below == text) {
            diag.at(name, format!("`{text}` is each {section}'s own: the section `{}` does not see it", scope.name));
        } else {
            let mut known: Vec<&String> = scope.known.keys().collect();
            known.extend(scope.covariates.keys().filter(|_| scope.sees_covariates));
            diag.at(
                name,
                format!(
                    "no parameter is named `{text}`{}\nhelp: the names in view are {}",
                    did_you_mean(&text, &known),
                    list(&known)
                ),
            );
        }
    }
}

pub(super) fn depends_on_group(expr: &Expr, scope: &Scope) -> bool {
    names(expr).iter().any(|n| scope.known.get(&n.to_string()).is_some_and(|k| k.of_group))
}
