//! A formula as lines: draws of intercept and slopes, effects of values and of units, the spread, and the draw of the parameter itself.

use proc_macro2::Span;
use quote::format_ident;
use syn::{Attribute, Expr, Ident, parse_quote, parse_quote_spanned};

use super::Above;
use super::known::{Contrasts, Grouping, Options, Surroundings, span_of};
use super::terms::{Grouped, Term, Terms};
use crate::diag::Diagnostics;
use crate::population::ast::Statement;
use crate::population::distribution::{is_distribution, text};
use crate::population::grammar::{Coding, Formula, Variable};

/// What a formula is written out as.
pub struct Written {
    /// The line in the place of the formula.
    pub own: Statement,
    /// Lines of sections above.
    pub above: Above,
    /// The covariates that are standardised.
    pub standardised: Vec<Ident>,
}

struct Writer<'a, 'd> {
    name: &'a Ident,
    span: Span,
    around: &'a Surroundings<'a>,
    options: Options<'a>,
    /// What can be given a prior.
    priors: Vec<String>,
    slopes: Expr,
    above: Above,
    /// What is added up to where the parameter is drawn around.
    pieces: Vec<Expr>,
    diag: &'d mut Diagnostics,
}

/// Writes a formula out.
pub fn write(
    name: &Ident,
    attributes: Vec<Attribute>,
    formula: &Formula,
    around: &Surroundings<'_>,
    diag: &mut Diagnostics,
) -> Written {
    let Terms { fixed, grouped, mistakes } = Terms::of(&formula.terms);
    let span = formula.span;
    mistakes.into_iter().for_each(|(span, text)| diag.span(span, text));
    let all: Vec<&Term> = fixed.iter().chain(grouped.iter().flat_map(|g| &g.terms)).collect();
    around.check(&all, diag);
    let mut options = Options::of(formula, diag);
    let slopes = options.take(&["slopes"]).cloned().unwrap_or_else(|| parse_quote_spanned!(span=> Normal(0.0, 1.0)));
    let priors = vec!["slopes".to_string()];
    let mut writer = Writer { name, span, around, options, priors, slopes, above: Above::new(), pieces: Vec::new(), diag };
    fixed.iter().for_each(|term| writer.fixed(term, &fixed));
    let undeclared: Vec<&Ident> = grouped.iter().map(|g| &g.by).filter(|by| writer.is_new(by)).collect();
    if let [_, second, ..] = undeclared[..] {
        let text = "plates nest, and which lies in which is not said: declare both above `subject`, the outer one first: `plate site {}`";
        writer.diag.at(
            second,
            format!("{text}\nhelp: effects that cross, and do not nest, are those of covariates with several values"),
        );
    }
    grouped.iter().for_each(|group| writer.grouped(group));
    let own = writer.own(attributes);
    let Writer { options, priors, above, diag, .. } = writer;
    options.finish(&priors, diag);
    let variables = all.iter().flat_map(|t| &t.0);
    let standardised = variables.filter(|v| matches!(v.coding, Coding::Standardised(_))).map(|v| v.name.clone()).collect();
    Written { own, above, standardised }
}

/// `a:b`.
fn joined(term: &Term) -> String {
    term.0.iter().map(|v| v.name.to_string()).collect::<Vec<_>>().join(":")
}

impl Writer<'_, '_> {
    /// `z_age_patient`.
    fn named(&self, parts: &[String]) -> Ident {
        let text = std::iter::once(self.name.to_string()).chain(parts.iter().cloned()).collect::<Vec<_>>().join("_");
        format_ident!("{}", text, span = self.span)
    }

    fn is_new(&self, by: &Ident) -> bool {
        !self.around.is_declared(by) && self.around.covariates.iter().all(|c| c.name != *by)
    }

    /// A prior by name, or the usual one.
    fn prior(&mut self, names: &[&str], usual: &Expr) -> Expr {
        self.priors.push(names.join(":"));
        let prior = self.options.take(names).unwrap_or(usual).clone();
        if !is_distribution(&prior) {
            let (name, usual) = (names.join(":"), text(usual));
            self.diag.at(&prior, format!("`{name} = ..` is a prior: `{name} = {usual}`"));
        }
        prior
    }

    fn draw(&mut self, section: &str, name: &Ident, shape: Vec<Expr>, prior: Expr, shown: Option<String>, doc: &str) {
        let attributes = vec![parse_quote!(#[doc = #doc])];
        let draw = Statement::Draw { attributes, name: name.clone(), shape, distribution: prior, shown };
        self.above.push((section.into(), draw));
    }

    fn derive(&mut self, name: &Ident, shape: Vec<Expr>, value: Expr, shown: Option<String>, doc: &str) {
        let attributes = vec![parse_quote!(#[doc = #doc])];
        self.above.push(("population".into(), Statement::Let { attributes, name: name.clone(), shape, value, shown }));
    }

    /// The product of the numbers of a term and a factor before them.
    fn times(&self, first: Expr, term: &Term) -> Expr {
        let numbers = term.0.iter().filter(|v| !self.around.by_values(v)).map(|v| &v.name);
        numbers.fold(first, |product, name| parse_quote_spanned!(self.span=> #product * #name))
    }

    /// An effect of the group: the intercept, a slope, effects of values.
    fn fixed(&mut self, term: &Term, all: &[Term]) {
        let (z, span) = (self.name.clone(), self.span);
        if term.0.is_empty() {
            let name = self.named(&["intercept".into()]);
            let usual = parse_quote_spanned!(span=> Normal(0.0, 1.0));
            let prior = self.prior(&["intercept"], &usual);
            let doc = format!("The intercept of `{z}`.");
            self.draw("population", &name, vec![], prior, Some(format!("{z}[intercept]")), &doc);
            self.pieces.push(parse_quote_spanned!(span=> #name));
            return;
        }
        let names: Vec<String> = term.0.iter().map(|v| v.name.to_string()).collect();
        let coefficient = self.named(&names);
        let key: Vec<&str> = names.iter().map(String::as_str).collect();
        let slopes = self.slopes.clone();
        let prior = self.prior(&key, &slopes);
        let factors: Vec<_> = term.0.iter().filter(|v| self.around.by_values(v)).collect();
        let contrasts: Vec<Contrasts> = factors.iter().map(|f| self.around.contrasts(f, term, all)).collect();
        let part = |v: &Variable| match self.around.by_values(v) {
            true => format!("{}.{{}}", v.name),
            false => v.name.to_string(),
        };
        let shown = format!("{z}[{}]", term.0.iter().map(part).collect::<Vec<_>>().join(":"));
        let shape = factors.iter().zip(&contrasts).map(|(f, c)| self.dimension(&f.name, c)).collect();
        let doc = match factors.len() {
            0 => format!("The slope of `{z}` by `{}`.", joined(term)),
            _ => format!("The effects on `{z}` of `{}`.", joined(term)),
        };
        self.draw("population", &coefficient, shape, prior, Some(shown), &doc);
        let effects: Vec<String> = factors.iter().map(|f| f.name.to_string()).collect();
        let numbers = term.0.iter().filter(|v| !self.around.by_values(v)).map(|v| v.name.to_string());
        let mut parts: Vec<String> = numbers.collect();
        parts.push("by".into());
        parts.extend(effects);
        let by = self.named(&parts);
        let places: Vec<&Ident> = factors.iter().map(|f| &f.name).collect();
        let effect: Expr = match (&contrasts[..], &places[..]) {
            ([], _) => parse_quote_spanned!(span=> #coefficient),
            ([Contrasts::Indicators], [f]) => parse_quote_spanned!(span=> #coefficient[#f]),
            ([Contrasts::Indicators, Contrasts::Indicators], [f, g]) => parse_quote_spanned!(span=> #coefficient[#f][#g]),
            ([c], [f]) => {
                let value = self.coded(c, &parse_quote_spanned!(span=> #coefficient));
                let doc = format!("What each `{f}` adds to `{}`.", self.slope_of(term));
                self.derive(&by, vec![parse_quote!(#f)], value, None, &doc);
                if term.0.len() == 1 {
                    self.differences(f, &by);
                }
                parse_quote_spanned!(span=> #by[#f])
            }
            ([c, d], [f, g]) => {
                let rows = self.along("rows", d, parse_quote_spanned!(span=> #coefficient));
                let value = self.along("columns", c, rows);
                let doc = format!("What each pair of `{f}` and `{g}` adds to `{}`.", self.slope_of(term));
                self.derive(&by, vec![parse_quote!(#f), parse_quote!(#g)], value, None, &doc);
                parse_quote_spanned!(span=> #by[#f][#g])
            }
            _ => {
                let text = "a term has at most two covariates with several values";
                self.diag.span(span_of(term, span), format!("{text}, and `{}` has {}", joined(term), factors.len()));
                parse_quote_spanned!(span=> #coefficient)
            }
        };
        let piece = self.times(effect, term);
        self.pieces.push(piece);
    }

    /// `z`, or its slope by the numbers of a term.
    fn slope_of(&self, term: &Term) -> String {
        let numbers = Term(term.0.iter().filter(|v| !self.around.by_values(v)).cloned().collect());
        if numbers.0.is_empty() { self.name.to_string() } else { format!("{}[{}]", self.name, joined(&numbers)) }
    }

    /// The differences between all pairs of a covariate's values.
    fn differences(&mut self, factor: &Ident, effects: &Ident) {
        let (z, span) = (self.name.clone(), self.span);
        let name = self.named(&["pairs".into(), factor.to_string()]);
        let doc = format!("The differences in `{z}` between values of `{factor}`.");
        let value = parse_quote_spanned!(span=> __aif::contrasts::pairs(#effects));
        self.derive(&name, vec![parse_quote!(pairs(#factor))], value, Some(format!("{z}[{factor}: {{}}]")), &doc);
    }

    /// The dimension of the contrasts of a covariate.
    fn dimension(&self, name: &Ident, contrasts: &Contrasts) -> Expr {
        match contrasts {
            Contrasts::Treatment(None) => parse_quote!(treatment(#name)),
            Contrasts::Treatment(Some(reference)) => parse_quote!(treatment(#name, #reference)),
            Contrasts::Sum => parse_quote!(sum(#name)),
            Contrasts::Helmert => parse_quote!(helmert(#name)),
            Contrasts::Indicators => parse_quote!(#name),
        }
    }

    /// The effects of values from contrasts.
    fn coded(&self, contrasts: &Contrasts, value: &Expr) -> Expr {
        match contrasts {
            Contrasts::Treatment(None) => parse_quote_spanned!(self.span=> __aif::contrasts::treatment(#value)),
            Contrasts::Treatment(Some(reference)) => {
                parse_quote_spanned!(self.span=> __aif::contrasts::treatment_from(#value, #reference as usize))
            }
            Contrasts::Sum => parse_quote_spanned!(self.span=> __aif::contrasts::sum(#value)),
            Contrasts::Helmert => parse_quote_spanned!(self.span=> __aif::contrasts::helmert(#value)),
            Contrasts::Indicators => value.clone(),
        }
    }

    /// The same along one of two covariates, by `rows` or `columns`.
    fn along(&self, which: &str, contrasts: &Contrasts, values: Expr) -> Expr {
        if matches!(contrasts, Contrasts::Indicators) {
            return values;
        }
        let which = Ident::new(which, self.span);
        let each = self.coded(contrasts, &parse_quote_spanned!(self.span=> c));
        parse_quote_spanned!(self.span=> __aif::contrasts::#which(#values, |c| #each))
    }

    /// Effects that units of a level, or values of a covariate, have of their own.
    fn grouped(&mut self, group: &Grouped) {
        let Grouped { terms, by, correlated } = group;
        let (z, span) = (self.name.clone(), self.span);
        let kind = self.around.grouping(by, self.diag);
        if let Some(several) = terms.iter().find(|t| t.0.iter().any(|v| self.around.by_values(v))) {
            let text = format!("the effects of numbers vary by `{by}`, and `{}` is none", joined(several));
            self.diag.span(span_of(several, span), text);
            return;
        }
        let usual: Expr = parse_quote_spanned!(span=> HalfNormal(1.0));
        let prior = self.prior(&[&by.to_string()], &usual);
        let label = |t: &Term| if t.0.is_empty() { "intercept".into() } else { joined(t) };
        let (name, sd) = (self.named(&[by.to_string()]), self.named(&[by.to_string(), "sd".into()]));
        let doc = format!("How much units of `{by}` differ in `{z}`: the standard deviation of what each adds.");
        if matches!(kind, Grouping::Covariate) {
            if *correlated && terms.len() > 1 {
                let text = format!("effects that vary by a covariate are independent: write `|| {by}`");
                self.diag
                    .at(by, format!("{text}\nhelp: those of a plate, a column of the table of covariates, may be correlated"));
            }
            for term in terms {
                let parts = [vec![by.to_string()], term.0.iter().map(|v| v.name.to_string()).collect()].concat();
                let (own, own_sd) = (self.named(&parts), self.named(&[parts.clone(), vec!["sd".into()]].concat()));
                self.draw("population", &own_sd, vec![], prior.clone(), None, &doc);
                let normal = parse_quote_spanned!(span=> Normal(0.0, #own_sd));
                let doc = format!("What each `{by}` adds to `{z}`.");
                self.draw("population", &own, vec![parse_quote!(#by)], normal, None, &doc);
                let piece = self.times(parse_quote_spanned!(span=> #own[#by]), term);
                self.pieces.push(piece);
            }
            return;
        }
        let section = by.to_string();
        let own_doc = format!("What each `{by}` adds to `{z}`.");
        if let [term] = &terms[..] {
            self.draw("population", &sd, vec![], prior, None, &doc);
            self.draw(&section, &name, vec![], parse_quote_spanned!(span=> Normal(0.0, #sd)), None, &own_doc);
            let piece = self.times(parse_quote_spanned!(span=> #name), term);
            self.pieces.push(piece);
            return;
        }
        let labels = terms.iter().map(label);
        let places: Expr = parse_quote!([#(#labels),*]);
        self.draw("population", &sd, vec![places.clone()], prior, None, &doc);
        let normal = if *correlated {
            let omega = self.named(&[by.to_string(), "omega".into()]);
            let usual = parse_quote_spanned!(span=> LkjCholesky(2.0));
            let prior = self.prior(&["correlations"], &usual);
            let square = vec![places.clone(), places.clone()];
            let doc = format!("The Cholesky factor of the correlations of what units of `{by}` add.");
            self.draw("population", &omega, square.clone(), prior, None, &doc);
            let value = parse_quote_spanned!(span=> __aif::prior::correlations(#omega));
            let correlation = self.named(&[by.to_string(), "correlation".into()]);
            self.derive(&correlation, square, value, None, &format!("The correlations of what units of `{by}` add."));
            let zeros = terms.iter().map(|_| 0.0);
            parse_quote_spanned!(span=> MultivariateNormal([#(#zeros),*], #sd, #omega))
        } else {
            parse_quote_spanned!(span=> Normal(0.0, #sd))
        };
        self.draw(&section, &name, vec![places], normal, None, &own_doc);
        for (i, term) in terms.iter().enumerate() {
            let i = syn::Index::from(i);
            let piece = self.times(parse_quote_spanned!(span=> #name[#i]), term);
            self.pieces.push(piece);
        }
    }

    /// The draw of the parameter itself.
    fn own(&mut self, attributes: Vec<Attribute>) -> Statement {
        let (z, span) = (self.name.clone(), self.span);
        self.priors.push("sd".into());
        let spread: Expr = match self.options.take(&["sd"]) {
            Some(given) if !is_distribution(given) => given.clone(),
            given => {
                let usual = parse_quote_spanned!(span=> HalfNormal(1.0));
                let sd = self.named(&["sd".into()]);
                let doc = format!("How much `{z}` differs between those who are alike in the formula: the standard deviation.");
                self.draw("population", &sd, vec![], given.cloned().unwrap_or(usual), None, &doc);
                parse_quote_spanned!(span=> #sd)
            }
        };
        let sum = self.pieces.iter().cloned().reduce(|sum, piece| parse_quote_spanned!(span=> #sum + #piece));
        let location = sum.unwrap_or_else(|| {
            self.diag.span(span, "a formula without intercept and terms says nothing: draw `Normal(0.0, sd)`");
            parse_quote_spanned!(span=> 0.0)
        });
        let distribution = parse_quote_spanned!(span=> Normal(#location, #spread));
        Statement::Draw { attributes, name: z, shape: Vec::new(), distribution, shown: None }
    }
}
