//! Reads the right-hand side of a draw: a distribution, truncated, mixed or ordered.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMethodCall, Ident};

use super::families::{self, Draws, Family, Requirement};
use super::ir::Distribution;
use super::scope::{Scope, names_are_known};
use super::sign::{Sign, sign};
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::literals::{bare, number, plain_name};
use crate::mentions::names;

/// What can be done with a distribution.
const METHODS: [&str; 4] = ["truncated", "above", "below", "ordered"];

/// Whether an expression is a distribution, as it stands to the right of `~`.
pub(super) fn is_distribution(value: &Expr) -> bool {
    match bare(value) {
        Expr::Call(call) => {
            plain_name(&call.func).is_some_and(|name| name == "Mixture" || families::family(&name.to_string()).is_some())
        }
        Expr::MethodCall(call) => is_distribution(&call.receiver),
        _ => false,
    }
}

/// The distribution that an expression is; nothing after a mistake that leaves none.
pub(super) fn distribution(expr: &Expr, scope: &Scope, diag: &mut Diagnostics) -> Option<Distribution> {
    if let Expr::Call(ExprCall { attrs, .. }) | Expr::MethodCall(ExprMethodCall { attrs, .. }) = bare(expr)
        && let Some(attribute) = attrs.first()
    {
        diag.at(attribute, "a mark stands above the line of its draw");
    }
    match bare(expr) {
        Expr::Call(call) => {
            let Some(name) = plain_name(&call.func) else { return not_one(expr, diag) };
            let arguments: Vec<Expr> = call.args.iter().cloned().collect();
            if name == "Mixture" {
                return mixture(name, &arguments, scope, diag);
            }
            for argument in &arguments {
                names_are_known(argument, scope, diag);
            }
            let Some(family) = families::family(&name.to_string()) else {
                let mut all = families::names(false);
                all.push("Mixture");
                diag.at(
                    name,
                    format!(
                        "no distribution is named `{name}`{}\nhelp: there are {}",
                        did_you_mean(&name.to_string(), &all),
                        list(&all)
                    ),
                );
                return None;
            };
            arguments_fit(family, name, &arguments, scope, diag);
            Some(Distribution::Family { family, name: name.clone(), arguments })
        }
        Expr::MethodCall(call) => {
            if let Some(turbofish) = &call.turbofish {
                diag.at(turbofish, "a distribution has no types: the numbers are those of the population");
            }
            let base = distribution(&call.receiver, scope, diag);
            let bounds: Vec<Expr> = call.args.iter().cloned().collect();
            for bound in &bounds {
                names_are_known(bound, scope, diag);
            }
            let method = call.method.to_string();
            let wanted = match method.as_str() {
                "truncated" => 2,
                "above" | "below" => 1,
                "ordered" => 0,
                other => {
                    let near = did_you_mean(other, &METHODS);
                    diag.at(&call.method, format!("a distribution cannot be `{other}`{near}\nhelp: it can be `.truncated(low, high)`, `.above(low)`, `.below(high)` or `.ordered()`"));
                    return None;
                }
            };
            if bounds.len() != wanted {
                diag.at(&call.method, format!("`.{method}(..)` takes {wanted} bounds, not {}", bounds.len()));
                return None;
            }
            let base = Box::new(base?);
            if method == "ordered" {
                let one_by_one = matches!(&*base, Distribution::Family { family, .. } if family.draws == Draws::One);
                if !one_by_one || base.sign() != Sign::Real {
                    diag.at(expr, "ordered numbers are drawn from a distribution on the real line: Normal, StudentT or Cauchy");
                }
                return Some(Distribution::Ordered(base));
            }
            truncation(&base, &call.method, &bounds, diag);
            Some(Distribution::Truncated { base, method: call.method.clone(), bounds })
        }
        _ => not_one(expr, diag),
    }
}

fn not_one(expr: &Expr, diag: &mut Diagnostics) -> Option<Distribution> {
    diag.at(expr, "a draw is `name ~ Distribution(..);`");
    None
}

/// Rules: a mixture has as many weights as distributions, two to six, with one support.
fn mixture(name: &Ident, arguments: &[Expr], scope: &Scope, diag: &mut Diagnostics) -> Option<Distribution> {
    let [weights, list] = arguments else {
        diag.at(
            name,
            format!(
                "`Mixture` takes weights and distributions, `Mixture([0.3, 0.7], [Normal(..), Normal(..)])`, not {} arguments",
                arguments.len()
            ),
        );
        return None;
    };
    names_are_known(weights, scope, diag);
    let Expr::Array(list) = bare(list) else {
        diag.at(list, "the distributions of a mixture stand in brackets: `[Normal(..), Normal(..)]`");
        return None;
    };
    let components: Vec<Option<Distribution>> = list.elems.iter().map(|e| distribution(e, scope, diag)).collect();
    if !(2..=6).contains(&components.len()) {
        diag.at(list, format!("a mixture has 2 to 6 distributions, not {}", components.len()));
    }
    if let Expr::Array(array) = bare(weights) {
        if array.elems.len() != components.len() {
            diag.at(weights, format!("{} weights for {} distributions: give one each", array.elems.len(), components.len()));
        }
        if let Some(bad) = array.elems.iter().find(|e| number(e).is_some_and(|x| x < 0.0)) {
            diag.at(bad, "a weight is not negative");
        }
    }
    let components: Vec<Distribution> = components.into_iter().collect::<Option<_>>()?;
    if let Some((i, other)) = components.iter().enumerate().find(|(_, c)| c.support() != components[0].support()) {
        diag.at(
            &list.elems[i],
            format!(
                "the distributions of a mixture have one support: the first lives on {}, this one on {}",
                components[0].support(),
                other.support()
            ),
        );
    }
    if components.iter().any(|c| !c.draws_one()) {
        diag.at(list, "a mixture is made of distributions of one number");
    }
    Some(Distribution::Mixture { weights: weights.clone(), components })
}

/// Rules: what is truncated has a distribution function, and bounds are in order and within its support.
fn truncation(base: &Distribution, method: &Ident, bounds: &[Expr], diag: &mut Diagnostics) {
    let Distribution::Family { family, .. } = base else {
        diag.at(method, "only a plain distribution can be truncated");
        return;
    };
    if !family.truncatable {
        let all: Vec<&str> = families::FAMILIES.iter().filter(|f| f.truncatable).map(|f| f.name).collect();
        diag.at(
            method,
            format!(
                "`{}` cannot be truncated: its distribution function has no closed form\nhelp: those that can are {}",
                family.name,
                list(&all)
            ),
        );
    }
    if let [low, high] = bounds
        && let (Some(a), Some(b)) = (number(low), number(high))
        && a >= b
    {
        diag.at(low, format!("the lower bound of a truncated distribution is below its upper bound, {a} is not below {b}"));
    }
    for bound in bounds.iter().filter(|_| family.sign == Sign::Positive) {
        if let Some(x) = number(bound)
            && x < 0.0
        {
            diag.at(
                bound,
                format!("`{}` lives on {}: a bound at {x} cuts off nothing or everything", family.name, family.support),
            );
        }
    }
}

impl Distribution {
    /// What is known of the sign of its draws.
    pub(super) fn sign(&self) -> Sign {
        match self {
            Distribution::Family { family, arguments, .. } if family.name == "Uniform" => {
                match arguments.first().and_then(number) {
                    Some(low) if low >= 0.0 => Sign::Positive,
                    Some(_) => Sign::Real,
                    None => Sign::Unknown,
                }
            }
            Distribution::Family { family, .. } => family.sign,
            Distribution::Truncated { base, method, bounds } => {
                let low = (method != "below").then(|| number(&bounds[0])).flatten();
                if low.is_some_and(|low| low >= 0.0) { Sign::Positive } else { base.sign() }
            }
            Distribution::Mixture { components, .. } => {
                if components.iter().all(|c| c.sign() == Sign::Positive) {
                    Sign::Positive
                } else {
                    components[0].sign()
                }
            }
            Distribution::Ordered(_) => Sign::Real,
        }
    }

    /// Where its draws live, in words.
    pub(super) fn support(&self) -> String {
        match self {
            Distribution::Family { family, arguments, .. } if family.name == "Uniform" && arguments.len() == 2 => {
                format!("the numbers between {} and {}", text(&arguments[0]), text(&arguments[1]))
            }
            Distribution::Family { family, .. } => family.support.into(),
            Distribution::Truncated { base, method, bounds } => {
                let text: Vec<String> = bounds.iter().map(text).collect();
                match method.to_string().as_str() {
                    "above" => format!("the numbers above {}", text[0]),
                    "below" if base.sign() == Sign::Positive => format!("the positive numbers below {}", text[0]),
                    "below" => format!("the numbers below {}", text[0]),
                    _ => format!("the numbers between {} and {}", text[0], text[1]),
                }
            }
            Distribution::Mixture { components, .. } => components[0].support(),
            Distribution::Ordered(_) => "the numbers in order".into(),
        }
    }

    /// The family behind it, for messages.
    pub(super) fn family(&self) -> Option<&'static Family> {
        match self {
            Distribution::Family { family, .. } => Some(family),
            Distribution::Truncated { base, .. } | Distribution::Ordered(base) => base.family(),
            Distribution::Mixture { components, .. } => components[0].family(),
        }
    }

    /// Whether it draws one number at a time.
    pub(super) fn draws_one(&self) -> bool {
        match self {
            Distribution::Family { family, .. } => family.draws == Draws::One,
            Distribution::Ordered(_) => false,
            Distribution::Truncated { .. } | Distribution::Mixture { .. } => true,
        }
    }

    /// Whether it is a standard distribution moved and scaled.
    pub(super) fn location_scale(&self) -> bool {
        matches!(self, Distribution::Family { family, .. } if family.location_scale)
    }

    /// The expressions in it that are numbers, not lists of weights.
    pub(super) fn numbers(&self) -> Vec<&Expr> {
        match self {
            Distribution::Mixture { components, .. } => components.iter().flat_map(Distribution::numbers).collect(),
            other => other.expressions(),
        }
    }

    /// All expressions in it.
    pub(super) fn expressions(&self) -> Vec<&Expr> {
        match self {
            Distribution::Family { arguments, .. } => arguments.iter().collect(),
            Distribution::Truncated { base, bounds, .. } => base.expressions().into_iter().chain(bounds).collect(),
            Distribution::Mixture { weights, components } => {
                std::iter::once(weights).chain(components.iter().flat_map(Distribution::expressions)).collect()
            }
            Distribution::Ordered(base) => base.expressions(),
        }
    }
}

/// An expression as text.
pub(super) fn text(expr: &Expr) -> String {
    let mut text = expr.to_token_stream().to_string();
    for spaced in [" (", "( ", " )", " ,", " .", ". ", "- ", " [", "[ ", " ]"] {
        text = text.replace(spaced, spaced.trim());
    }
    text.replace(",[", ", [")
}

/// Rules: the right number of arguments, and each within its support.
fn arguments_fit(family: &Family, name: &Ident, arguments: &[Expr], scope: &Scope, diag: &mut Diagnostics) {
    let wanted: Vec<&str> = family.arguments.iter().map(|(name, _)| *name).collect();
    if arguments.len() != wanted.len() {
        diag.at(
            name,
            format!(
                "`{}` takes {} ({}), not {}",
                family.name,
                match wanted.len() {
                    1 => "1 argument".into(),
                    n => format!("{n} arguments"),
                },
                wanted.join(", "),
                arguments.len()
            ),
        );
        return;
    }
    if let ("Uniform", [low, high]) = (family.name, arguments)
        && let (Some(a), Some(b)) = (number(low), number(high))
        && a >= b
    {
        diag.at(low, format!("the lower bound of a uniform distribution is below its upper bound, {a} is not below {b}"));
    }
    for (argument, (role, requirement)) in arguments.iter().zip(family.arguments) {
        match requirement {
            Requirement::Positive => is_positive(argument, role, family, scope, diag),
            Requirement::PositiveVector => match bare(argument) {
                Expr::Array(array) => array.elems.iter().for_each(|e| is_positive(e, role, family, scope, diag)),
                _ => is_positive(argument, role, family, scope, diag),
            },
            Requirement::Factor => {
                let known = names(argument).first().and_then(|n| scope.known.get(&n.to_string()));
                if let Some(other) = known.filter(|k| k.family.is_none_or(|f| f.draws != Draws::Square)) {
                    let drawn = other.family.map_or("is worked out".to_string(), |f| format!("is drawn from {}", f.name));
                    diag.at(
                        argument,
                        format!(
                            "the {role} of {} is drawn from LkjCholesky, but this {drawn} on line {}",
                            family.name,
                            other.span.start().line
                        ),
                    );
                }
            }
            Requirement::Any | Requirement::Vector => {}
        }
    }
}

/// Rule: what is used as a scale (a rate, a shape) is positive.
///
/// ```text
/// sigma ~ Normal(0.0, 1.0);
/// z ~ Normal(mu, sigma);
/// ```
fn is_positive(argument: &Expr, role: &str, family: &Family, scope: &Scope, diag: &mut Diagnostics) {
    if let Some(x) = number(argument) {
        if x <= 0.0 {
            diag.at(argument, format!("the {role} of {} is positive, {x} is not", family.name));
        }
        return;
    }
    let of_name = |n: &str| scope.known.get(n).map_or(Sign::Unknown, |k| k.sign);
    if sign(argument, &of_name) != Sign::Real {
        return;
    }
    let offer = format!("help: positive distributions are {}; or take `exp(..)` of it", list(&families::names(true)));
    let culprit = names(argument).into_iter().find_map(|n| {
        let known = scope.known.get(&n.to_string())?;
        (known.sign == Sign::Real).then_some((n, known))
    });
    match culprit {
        Some((name, known)) => {
            let drawn = known.family.map_or("is worked out".to_string(), |f| format!("is drawn from {}", f.name));
            diag.at(
                argument,
                format!(
                    "the {role} of {} is positive, but `{name}` {drawn} on line {} and may be negative\n{offer}",
                    family.name,
                    known.span.start().line
                ),
            );
            diag.span(
                known.span,
                format!(
                    "`{name}` {drawn} here and may be negative, but it is the {role} of {} on line {}",
                    family.name,
                    line(argument)
                ),
            );
        }
        None => diag.at(argument, format!("the {role} of {} is positive, but this may be negative\n{offer}", family.name)),
    }
}

fn line(expr: &Expr) -> usize {
    let span: Span = expr.span();
    span.start().line
}
