//! What the options of a model and of its methods may mention: parameters and inputs, not what is hidden, seen or done.

use syn::{Expr, Ident};

use super::ast::{Declaration, Role};
use crate::diag::Diagnostics;
use crate::mentions::names;

/// Rule: what is fixed before anything happens depends on no factor, modality or action.
pub(super) fn options_stand_outside(declaration: &Declaration, diag: &mut Diagnostics) {
    let mut of = Vec::new();
    for method in &declaration.methods {
        of.push((&method.signature.ident, method.role.noun()));
    }
    of.extend(declaration.header.actions.iter().map(|a| (&a.name, "action")));
    let options = Options { of, inputs: declaration.header.inputs.iter().map(|i| &i.name).collect() };

    for method in &declaration.methods {
        match &method.role {
            Role::Factor { initial, goal, .. } => {
                options.check("an initial state", initial.as_deref(), None, diag);
                options.check("a goal", goal.as_deref(), None, diag);
            }
            Role::Modality { preference: Some(preference), .. } => {
                let step = preference.step.as_ref();
                if let Some((step, what)) = step.and_then(|s| Some((s, options.what(s)?))) {
                    let text =
                        format!("`{step}` is {what}, and a preference depends on the policy step alone: `preference(step) = ..`");
                    diag.at(step, text);
                }
                options.check(PREFERENCE, Some(&preference.value), step, diag);
            }
            Role::Level(level) => {
                options.check("the model of a level", level.from.as_ref(), None, diag);
                options.check("the number of a level's steps", level.steps.as_ref(), None, diag);
            }
            Role::Modality { preference: None, .. } | Role::Response => {}
        }
    }
    let header = &declaration.header;
    options.check("a policy precision", header.policy_precision.as_ref(), None, diag);
    options.check("an action precision", header.action_precision.as_ref(), None, diag);
    options.check("a habit", header.habit.as_ref(), None, diag);
    options.check("a list of policies", header.policies.as_ref(), None, diag);
}

const PREFERENCE: &str = "a preference";

struct Options<'a> {
    /// Factors, modalities and actions, and the word for what each is.
    of: Vec<(&'a Ident, &'static str)>,
    inputs: Vec<&'a Ident>,
}

impl Options<'_> {
    /// "a factor", where a name is one.
    fn what(&self, name: &Ident) -> Option<&'static str> {
        let found = self.of.iter().find(|(known, _)| *known == name)?;
        Some(match found.1 {
            "factor" => "a factor",
            "modality" => "a modality",
            "response" => "a response",
            "level" => "a level",
            _ => "an action",
        })
    }

    fn check(&self, option: &str, value: Option<&Expr>, step: Option<&Ident>, diag: &mut Diagnostics) {
        for name in value.map(names).unwrap_or_default() {
            if Some(&name) == step || self.inputs.contains(&&name) {
                continue;
            }
            let help = match (self.what(&name), option) {
                (Some("a factor"), PREFERENCE) => {
                    format!("what is preferred are outcomes: let a modality show `{name}`, and prefer among its outcomes")
                }
                (Some("a modality"), PREFERENCE) => {
                    format!(
                        "a preference is for the outcomes of its own modality; `{name}` has one of its own: `#[modality(preference = ..)]`"
                    )
                }
                (Some(_), _) => "it depends on the parameters (`self`) and on inputs".into(),
                (None, PREFERENCE) if name == "step" && step.is_none() => {
                    diag.at(&name, "the step of the policy is named in parentheses: `preference(step) = ..`");
                    continue;
                }
                (None, _) => continue,
            };
            if let Some(what) = self.what(&name) {
                diag.at(&name, format!("{option} cannot depend on `{name}`, {what}\nhelp: {help}"));
            }
        }
    }
}
