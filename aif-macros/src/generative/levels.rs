//! Levels: models that live one run for each step of this one. What their options say, and the rules for them.

use proc_macro2::Span;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Token, Type, parenthesized};

use super::ir::{Conditional, Ends, Kind, Lent, Level, Reference};
use crate::block::{self, assigned};
use crate::diag::{Diagnostics, did_you_mean, list};
use crate::literals;

/// The options of `#[level(..)]`.
#[derive(Default)]
pub struct Options {
    /// Where the mark stands.
    pub place: Option<Span>,
    pub model: Option<Type>,
    pub from: Option<Expr>,
    pub steps: Option<Expr>,
    pub begins: Option<Ident>,
    pub until: Option<Ends>,
    /// Of what is passed down to a level besides where its runs begin: which level.
    pub of: Option<Ident>,
    pub preference: Option<Ident>,
    pub habit: Option<Ident>,
    /// Whether some option was not understood, and so others may only seem to be missing.
    pub misspelt: bool,
}

const OPTIONS: [&str; 8] = ["model", "from", "steps", "begins", "until", "of", "preference", "habit"];

const EXAMPLE: &str = "#[level(model = Ear<T>, from = self.ear, steps = 4, begins = tone)]";

pub fn options(attribute: &Attribute, diag: &mut Diagnostics) -> Options {
    let mut level = Options { place: attribute.path().segments.last().map(|s| s.ident.span()), ..Options::default() };
    if attribute.meta.require_list().is_err() {
        return level;
    }
    let mut seen: Vec<String> = Vec::new();
    let mut wrong: Vec<(Span, String)> = Vec::new();
    let result = attribute.parse_args_with(|input: ParseStream<'_>| {
        block::options(input, |key, input| {
            let text = key.to_string();
            if seen.contains(&text) {
                wrong.push((key.span(), format!("`{text}` is given twice")));
            }
            seen.push(text.clone());
            if OPTIONS.contains(&text.as_str()) && !input.peek(Token![=]) {
                return Err(syn::Error::new(key.span(), format!("`{text}` is given a value: `{text} = ..`")));
            }
            match text.as_str() {
                "model" => level.model = Some(assigned(input)?),
                "from" => level.from = Some(assigned(input)?),
                "steps" => level.steps = Some(assigned(input)?),
                "begins" => level.begins = Some(named(input, "`begins` names a factor of the model below: `begins = tone`")?),
                "until" => level.until = ends(input, &mut wrong)?,
                "of" => level.of = Some(named(input, "`of` names a level of this model: `of = ear`")?),
                "preference" => {
                    level.preference = Some(named(input, "`preference` names a modality of the model below: `#[level(of = ear, preference = sound)]` on a method that returns the distribution of its outcomes that is preferred")?);
                }
                "habit" => {
                    level.habit = Some(named(input, "`habit` names an action of the model below: `#[level(of = ear, habit = turn)]` on a method that returns the distribution of its values that is habitual")?);
                }
                _ => {
                    level.misspelt = true;
                    let near = did_you_mean(&text, &OPTIONS);
                    let help = "help: its options are model, from, steps, begins and until; of what is passed down to it besides, of, preference and habit";
                    wrong.push((key.span(), format!("a level has no option `{text}`{near}\n{help}")));
                    if input.peek(syn::token::Paren) {
                        let content;
                        parenthesized!(content in input);
                        content.parse::<proc_macro2::TokenStream>()?;
                    }
                    if input.peek(Token![=]) {
                        assigned::<Expr>(input)?;
                    }
                }
            }
            Ok(())
        })
    });
    level.misspelt |= result.is_err();
    diag.keep(result);
    wrong.into_iter().for_each(|(span, what)| diag.span(span, what));
    level
}

/// `= name`.
fn named(input: ParseStream<'_>, help: &str) -> syn::Result<Ident> {
    input.parse::<Token![=]>()?;
    input.parse().map_err(|e| syn::Error::new(e.span(), help))
}

/// `certain(1.0 / 64.0)`, or `shows(sound, Sound::Silence)`.
fn ends(input: ParseStream<'_>, wrong: &mut Vec<(Span, String)>) -> syn::Result<Option<Ends>> {
    const HELP: &str = "help: `until = certain(0.02)` (the entropy of what is believed of where the run began is below so many nats), or `until = shows(sound, Sound::Silence)` (a modality below shows an outcome)";
    input.parse::<Token![=]>()?;
    let how: Ident = input.parse().map_err(|e| syn::Error::new(e.span(), format!("when is a run over early?\n{HELP}")))?;
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(how.span(), format!("when is a run over early? `{how}` says it with its arguments\n{HELP}")));
    }
    let content;
    parenthesized!(content in input);
    match how.to_string().as_str() {
        "certain" => {
            let entropy = content.parse()?;
            if !content.is_empty() {
                return Err(content.error(format!("`certain` takes one entropy, in nats\n{HELP}")));
            }
            Ok(Some(Ends::Certain(entropy)))
        }
        "shows" => {
            let of = |e: syn::Error| {
                syn::Error::new(e.span(), format!("`shows` takes a modality below and one of its outcomes\n{HELP}"))
            };
            let modality: Ident = content.parse().map_err(of)?;
            content.parse::<Token![,]>().map_err(of)?;
            let rest = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
            match rest.len() {
                1 => Ok(rest.into_iter().next().map(|outcome| Ends::Shows(modality, Box::new(outcome)))),
                _ => Err(syn::Error::new(
                    modality.span(),
                    format!("`shows` takes a modality below and one of its outcomes\n{HELP}"),
                )),
            }
        }
        other => {
            let near = did_you_mean(other, &["certain", "shows"]);
            wrong.push((how.span(), format!("a run is not over early by `{other}`{near}\n{HELP}")));
            content.parse::<proc_macro2::TokenStream>()?;
            Ok(None)
        }
    }
}

/// Rules: a level has a model, which is another one, from somewhere, and runs of at least one step that begin in a factor of it.
pub fn level(options: &Options, name: &Ident, self_ty: &Type, diag: &mut Diagnostics) -> Option<Level> {
    let Options { place, model, from, steps, begins, until, misspelt, .. } = options;
    for stray in [&options.preference, &options.habit].into_iter().flatten() {
        let text = format!(
            "what is passed down to a level besides where its runs begin is a method of its own: `#[level(of = {name}, ..)]`"
        );
        diag.at(stray, text);
    }
    let given = [
        (model.is_some(), "its model (`model = Ear<T>`)"),
        (from.is_some(), "where that comes from (`from = self.ear`)"),
        (steps.is_some(), "how many steps a run has (`steps = 4`)"),
        (begins.is_some(), "the factor in which a run begins (`begins = tone`)"),
    ];
    let missing: Vec<&str> = given.iter().filter(|(given, _)| !given).map(|(_, what)| *what).collect();
    if !missing.is_empty() && !misspelt {
        let message = format!("the level `{name}` does not say {}\nhelp: `{EXAMPLE}`", missing.join(", nor "));
        diag.span(place.unwrap_or_else(|| name.span()), message);
    }
    if let Some(steps) = steps.as_ref().filter(|steps| literals::number(steps) == Some(0.0)) {
        diag.at(steps, "a run has at least one step: in none nothing is seen");
    }
    if let Some(Ends::Certain(entropy)) = until
        && literals::number(entropy).is_some_and(|h| h <= 0.0)
    {
        diag.at(entropy, "an entropy is never below zero: a run would not be over early");
    }
    let model = model.as_ref()?;
    if model.to_token_stream().to_string() == self_ty.to_token_stream().to_string() {
        diag.at(model, "a model cannot be a level of itself: it would have no lowest one");
        return None;
    }
    Some(Level {
        model: model.clone(),
        from: from.clone()?,
        steps: steps.clone()?,
        begins: begins.clone()?,
        until: until.clone(),
    })
}

/// Rules: what is passed down to a level besides is one preference or one habit, given factors alone, and is not learned.
pub fn lent(options: &Options, conditional: Conditional, levels: &[&Ident], diag: &mut Diagnostics) -> Option<Lent> {
    let Options { of, preference, habit, .. } = options;
    let (of, name) = (of.as_ref()?, &conditional.name);
    let known: Vec<String> = levels.iter().map(ToString::to_string).collect();
    let level = known.iter().position(|level| of == level);
    if level.is_none() {
        let help = if known.is_empty() { "this model has none".into() } else { format!("its levels are {}", list(&known)) };
        diag.at(of, format!("no level is named `{of}`{}\nhelp: {help}", did_you_mean(&of.to_string(), &known)));
    }
    let own = [
        ("model", span(&options.model)),
        ("from", span(&options.from)),
        ("steps", span(&options.steps)),
        ("begins", span(&options.begins)),
    ];
    for (option, place) in own.into_iter().filter_map(|(option, place)| Some((option, place?))) {
        diag.span(place, format!("`{option}` stands on the level `{of}` itself"));
    }
    if conditional.kind == Kind::Dirichlet {
        diag.at(name, format!("`{name}` is passed down, and never seen: nothing can be learned of it\nhelp: return `Dist<..>`"));
    }
    if conditional.arguments.iter().any(|a| !matches!(a.refers_to, Reference::Factor(_))) {
        diag.at(name, format!("`{name}` is passed down given what is believed: it depends on factors alone"));
    }
    let (target, is_habit) = match (preference, habit) {
        (Some(modality), None) => (modality.clone(), false),
        (None, Some(action)) => (action.clone(), true),
        _ => {
            let text = "what is passed down to a level besides where its runs begin is a preference or a habit: `preference = sound`, or `habit = turn`";
            diag.at(of, text);
            return None;
        }
    };
    Some(Lent { conditional, level: level?, target, is_habit })
}

fn span(tokens: &Option<impl ToTokens>) -> Option<Span> {
    tokens.as_ref().map(Spanned::span)
}
