//! The algebra of terms (Wilkinson & Rogers, "Symbolic description of factorial models for analysis of variance", 1973): which products of
//! covariates a formula stands for.

use proc_macro2::Span;
use syn::Ident;

use crate::population::grammar::{Node, Variable};

/// The most terms of a formula.
const MOST: usize = 64;

/// A product of covariates; of none, the intercept.
#[derive(Clone)]
pub struct Term(pub Vec<Variable>);

/// The effects that units of a level have of their own.
#[derive(Clone)]
pub struct Grouped {
    pub terms: Vec<Term>,
    pub by: Ident,
    pub correlated: bool,
}

/// What a formula stands for.
#[derive(Default)]
pub struct Terms {
    /// In the order of their size, then of their appearance.
    pub fixed: Vec<Term>,
    pub grouped: Vec<Grouped>,
    /// Mistakes: where, and what.
    pub mistakes: Vec<(Span, String)>,
}

impl Term {
    /// Whether both are products of the same covariates.
    pub fn same(&self, other: &Term) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|v| other.has(&v.name))
    }

    fn has(&self, name: &Ident) -> bool {
        self.0.iter().any(|v| v.name == *name)
    }

    /// The product of both; a covariate is in it once.
    fn times(&self, other: &Term) -> Term {
        let new = other.0.iter().filter(|v| !self.has(&v.name));
        Term(self.0.iter().chain(new).cloned().collect())
    }

    /// Without one of its covariates.
    pub fn without(&self, name: &Ident) -> Term {
        Term(self.0.iter().filter(|v| v.name != *name).cloned().collect())
    }
}

/// Whether a list has a term.
pub fn has(list: &[Term], term: &Term) -> bool {
    list.iter().any(|t| t.same(term))
}

fn add(list: &mut Vec<Term>, term: Term) {
    if !has(list, &term) {
        list.push(term);
    }
}

/// Adds a term, or takes it away.
fn put(list: &mut Vec<Term>, term: Term, minus: bool) {
    if minus {
        list.retain(|t| !t.same(&term));
    } else {
        add(list, term);
    }
}

impl Terms {
    /// What a formula stands for.
    pub fn of(node: &Node) -> Self {
        let mut terms = Terms::default();
        terms.fixed = terms.side(node, true);
        terms
    }

    /// The terms of one side: an intercept first, unless it is taken away.
    fn side(&mut self, node: &Node, grouping: bool) -> Vec<Term> {
        let mut all = vec![Term(Vec::new())];
        self.gather(node, &mut all, grouping);
        all.sort_by_key(|term| term.0.len());
        all
    }

    /// Adds the terms of a sum to those that are there.
    fn gather(&mut self, node: &Node, all: &mut Vec<Term>, grouping: bool) {
        let Node::Sum(parts) = node else {
            self.plain(node).into_iter().for_each(|term| add(all, term));
            return;
        };
        for (minus, part) in parts {
            match part {
                Node::Grouped { by, .. } if *minus || !grouping => {
                    let text = if *minus { "effects of units are not taken away" } else { "effects of units are grouped once" };
                    self.mistakes.push((by.span(), text.into()));
                }
                Node::Grouped { terms, by, correlated } => {
                    let terms = self.side(terms, false);
                    if terms.is_empty() {
                        self.mistakes.push((by.span(), format!("nothing varies by `{by}`: `(1 | {by})`")));
                    }
                    if self.grouped.iter().any(|g| g.by == *by) {
                        self.mistakes.push((
                            by.span(),
                            format!("effects are grouped by `{by}` twice: `(1 + dose || {by})` are independent"),
                        ));
                    }
                    self.grouped.push(Grouped { terms, by: by.clone(), correlated: *correlated });
                }
                Node::Intercept(_, one) => {
                    all.retain(|term| !term.0.is_empty());
                    if *one != *minus {
                        all.insert(0, Term(Vec::new()));
                    }
                }
                Node::Sum(_) if !minus => self.gather(part, all, grouping),
                _ => {
                    self.plain(part).into_iter().for_each(|term| put(all, term, *minus));
                }
            }
        }
    }

    /// Rule: terms are as many as a person can want.
    fn bounded(&mut self, mut all: Vec<Term>) -> Vec<Term> {
        if let Some(one) = all.get(MOST).and_then(|term| term.0.first()) {
            let text = format!("a formula has at most {MOST} terms, and each `*` doubles them: name those that are wanted");
            if self.mistakes.iter().all(|(_, said)| *said != text) {
                self.mistakes.push((one.name.span(), text));
            }
        }
        all.truncate(MOST);
        all
    }

    /// The terms of what is no sum at the top: products.
    fn plain(&mut self, node: &Node) -> Vec<Term> {
        let all = self.products_of(node);
        self.bounded(all)
    }

    fn products_of(&mut self, node: &Node) -> Vec<Term> {
        match node {
            Node::Variable(variable) => vec![Term(vec![(**variable).clone()])],
            Node::Intercept(span, _) => {
                self.mistakes.push((*span, "the intercept stands by itself: `1 + age`".into()));
                Vec::new()
            }
            Node::Grouped { by, .. } => {
                self.mistakes.push((by.span(), format!("effects of units are added: `+ (1 | {by})`")));
                Vec::new()
            }
            Node::Sum(parts) => {
                let mut all: Vec<Term> = Vec::new();
                for (minus, part) in parts {
                    self.plain(part).into_iter().for_each(|term| put(&mut all, term, *minus));
                }
                all
            }
            Node::Crossed(a, b) => {
                let (a, b) = (self.plain(a), self.plain(b));
                crossed(&a, &b)
            }
            Node::Interaction(a, b) => {
                let (a, b) = (self.plain(a), self.plain(b));
                products(&a, &b)
            }
            Node::Power(base, order) => {
                let base = self.plain(base);
                (1..*order).fold(base.clone(), |all, _| {
                    let all = crossed(&all, &base);
                    self.bounded(all)
                })
            }
        }
    }
}

fn products(a: &[Term], b: &[Term]) -> Vec<Term> {
    let mut all = Vec::new();
    a.iter().for_each(|x| b.iter().for_each(|y| add(&mut all, x.times(y))));
    all
}

fn crossed(a: &[Term], b: &[Term]) -> Vec<Term> {
    let mut all = a.to_vec();
    b.iter().cloned().chain(products(a, b)).for_each(|term| add(&mut all, term));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(formula: &str) -> String {
        let formula: crate::population::grammar::Formula = syn::parse_str(formula).unwrap();
        let terms = Terms::of(&formula.terms);
        assert!(terms.mistakes.is_empty(), "{:?}", terms.mistakes);
        let one = |t: &Term| match t.0.is_empty() {
            true => "1".to_string(),
            false => t.0.iter().map(|v| v.name.to_string()).collect::<Vec<_>>().join(":"),
        };
        let list = |list: &[Term]| list.iter().map(one).collect::<Vec<_>>().join(" + ");
        let grouped = terms.grouped.iter().map(|g| format!(" + ({} | {})", list(&g.terms), g.by));
        list(&terms.fixed) + &grouped.collect::<String>()
    }

    #[test]
    fn formulas_stand_for_the_terms_that_r_finds() {
        for (formula, expected) in [
            ("formula(1 + age * patient)", "1 + age + patient + age:patient"),
            ("formula(age)", "1 + age"),
            ("formula(0 + age:dose + age)", "age + age:dose"),
            ("formula(age - 1)", "age"),
            ("formula((a + b + c)^2)", "1 + a + b + c + a:b + a:c + b:c"),
            ("formula(a * b * c - a:b:c)", "1 + a + b + c + a:b + a:c + b:c"),
            ("formula(a * (b + c))", "1 + a + b + c + a:b + a:c"),
            ("formula(a:b + b:a + a + a)", "1 + a + a:b"),
            ("formula(1 + (1 + dose | site) + (0 + dose || clinic))", "1 + (1 + dose | site) + (dose | clinic)"),
        ] {
            assert_eq!(terms(formula), expected, "{formula}");
        }
    }
}
