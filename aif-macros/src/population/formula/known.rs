//! What a formula finds around it: covariates, levels, and the priors that it names.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Path, Type};

use super::terms::{Term, has};
use crate::block::Named;
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::population::grammar::{Coding, Formula, Key, Variable};

/// Where a formula stands.
pub struct Surroundings<'a> {
    pub covariates: &'a [Named],
    /// The names of all sections as they were written, and whether each is a plate.
    pub levels: &'a [(String, bool)],
    /// The name of the section that the formula stands in.
    pub own: &'a str,
}

/// Which values a factor's contrasts leave out, or none, where each has its own effect.
#[derive(Clone)]
pub enum Contrasts {
    Treatment(Option<Path>),
    Sum,
    Helmert,
    Indicators,
}

/// What units can be grouped by.
pub enum Grouping {
    /// A plate, or the subject of a session.
    Level,
    /// A covariate with several values.
    Covariate,
}

impl<'a> Surroundings<'a> {
    fn covariate(&self, name: &Ident) -> Option<&'a Named> {
        self.covariates.iter().find(|c| c.name == *name)
    }

    /// Whether a covariate enters by its values: their contrasts, not a number.
    pub fn by_values(&self, variable: &Variable) -> bool {
        let several = |ty: &Type| !matches!(ty.to_token_stream().to_string().as_str(), "f64" | "bool");
        match variable.coding {
            Coding::Plain => self.covariate(&variable.name).is_some_and(|c| several(&c.ty)),
            Coding::Standardised(_) => false,
            Coding::Contrasts(..) => true,
        }
    }

    /// How a covariate with several values enters a term.
    pub fn contrasts(&self, variable: &Variable, term: &Term, all: &[Term]) -> Contrasts {
        // As in R: contrasts where the term without it is in the formula, too; else an effect for each value.
        if !has(all, &term.without(&variable.name)) {
            return Contrasts::Indicators;
        }
        match &variable.coding {
            Coding::Contrasts(word, _) if word == "sum" => Contrasts::Sum,
            Coding::Contrasts(word, _) if word == "helmert" => Contrasts::Helmert,
            Coding::Contrasts(_, reference) => Contrasts::Treatment(reference.clone()),
            _ => Contrasts::Treatment(None),
        }
    }

    /// Rules: what a formula names is a covariate, and enters in one way.
    pub fn check(&self, terms: &[&Term], diag: &mut Diagnostics) {
        let mut seen: Vec<&Variable> = Vec::new();
        for variable in terms.iter().flat_map(|t| &t.0) {
            let Variable { name, coding } = variable;
            let Some(covariate) = self.covariate(name) else {
                let all: Vec<String> = self.covariates.iter().map(|c| c.name.to_string()).collect();
                let near = did_you_mean(&name.to_string(), &all);
                let text = format!("`{name}` is no covariate of this population{near}\nhelp: its covariates are {}", list(&all));
                diag.at(name, text);
                continue;
            };
            let ty = covariate.ty.to_token_stream().to_string();
            match coding {
                Coding::Standardised(word) if ty != "f64" => {
                    diag.at(word, format!("only a number can be standardised, and `{name}` is of the type {ty}"));
                }
                Coding::Contrasts(word, _) if ty == "f64" => {
                    diag.at(word, format!("`{name}` is a number: contrasts are between several values"));
                }
                _ => {}
            }
            let way = |v: &Variable| match &v.coding {
                Coding::Plain => String::new(),
                Coding::Standardised(word) => word.to_string(),
                Coding::Contrasts(word, reference) => format!("{word}{}", reference.to_token_stream()),
            };
            match seen.iter().find(|other| other.name == *name) {
                Some(other) if way(other) != way(variable) => {
                    diag.at(name, format!("`{name}` enters this formula in two ways: write it alike everywhere"));
                }
                Some(_) => {}
                None => seen.push(variable),
            }
        }
    }

    /// Rule: units are grouped by a level above, or by a covariate with several values. What a name is; a plate of which nothing is declared is
    /// made.
    pub fn grouping(&self, by: &Ident, diag: &mut Diagnostics) -> Grouping {
        let text = by.to_string();
        if let Some(covariate) = self.covariate(by) {
            if covariate.ty.to_token_stream().to_string() == "f64" {
                diag.at(by, format!("`{by}` is a number: units are grouped by a level, or by a covariate with several values"));
            }
            return Grouping::Covariate;
        }
        let mut above: Vec<&str> =
            self.levels.iter().filter(|(name, plate)| *plate && name != "session").map(|l| &*l.0).collect();
        if self.own == "session" {
            above.push("subject");
        }
        let mut names: Vec<String> = self.covariates.iter().map(|c| c.name.to_string()).collect();
        names.extend(above.iter().map(ToString::to_string));
        if above.contains(&&*text) {
            return Grouping::Level;
        }
        if ["population", "subject", "session"].contains(&&*text) {
            let what = if text == "population" { "the intercept is the group's" } else { "its own spread is `sd`" };
            diag.at(by, format!("units are grouped by a plate above them or by a covariate, not by `{by}`: {what}"));
        } else if let Some(near) = crate::diag::near(&text, &names) {
            diag.at(
                by,
                format!("nothing is named `{by}`; did you mean `{near}`?\nhelp: another plate is declared by `plate {by} {{}}`"),
            );
        }
        Grouping::Level
    }

    /// Whether a level is declared.
    pub fn is_declared(&self, name: &Ident) -> bool {
        self.levels.iter().any(|(level, _)| *name == level)
    }
}

/// The priors that a formula names, each used once.
pub struct Options<'a> {
    all: Vec<(&'a Key, &'a Expr, bool)>,
}

impl<'a> Options<'a> {
    /// Rule: each name is given once.
    pub fn of(formula: &'a Formula, diag: &mut Diagnostics) -> Self {
        let mut all: Vec<(&Key, &Expr, bool)> = Vec::new();
        for (key, value) in &formula.options {
            if all.iter().any(|(other, ..)| same(&key.names, &other.names)) {
                diag.at(&key.names[0], format!("`{}` is given twice", written(key)));
                continue;
            }
            all.push((key, value, false));
        }
        Options { all }
    }

    /// What is said of a name.
    pub fn take(&mut self, names: &[&str]) -> Option<&'a Expr> {
        let own = |key: &Key| key.names.len() == names.len() && key.names.iter().all(|n| names.iter().any(|m| n == m));
        let (_, value, used) = self.all.iter_mut().find(|(key, ..)| own(key))?;
        *used = true;
        Some(value)
    }

    /// Rule: what is given is used.
    pub fn finish(self, names: &[String], diag: &mut Diagnostics) {
        for (key, ..) in self.all.into_iter().filter(|(.., used)| !used) {
            let near = did_you_mean(&written(key), names);
            let text =
                format!("the formula has nothing named `{}`{near}\nhelp: a prior can be given to {}", written(key), list(names));
            diag.at(&key.names[0], text);
        }
    }
}

fn same(a: &[Ident], b: &[Ident]) -> bool {
    a.len() == b.len() && a.iter().all(|n| b.contains(n))
}

fn written(key: &Key) -> String {
    key.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(":")
}

/// Where a mistake is, for terms that may have no covariate.
pub fn span_of(term: &Term, or: Span) -> Span {
    term.0.first().map_or(or, |v| v.name.span())
}
