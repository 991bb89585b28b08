//! What has to hold of a model before it can be declared: it shows something, fits the library's limits, and its names are different.

use crate::mistakes::Complaints;
use crate::model::{Model, Table, Values};
use crate::names;

/// The most values of a factor, a modality or an action.
pub const MAX_VALUES: usize = 65_536;
/// The most joint actions.
pub const MAX_ACTIONS: usize = 4096;
/// The most entries of one table, of which a deterministic one has one a column and a sparse one those that are not zero.
pub const MAX_TABLE: usize = 1 << 24;
/// The most numbers that are not zero, of a table that is not deterministic: a declaration has them all, and is to be compiled.
pub const MAX_WRITTEN: usize = 1 << 19;
/// The most factors and actions that one distribution depends on.
pub const MAX_ARGUMENTS: usize = 16;

/// The rules, each of which says its own mistakes; they are those of no line, but of the whole file.
pub(crate) fn check(model: &Model, complaints: &mut Complaints) {
    for (what, none) in [("hidden state", model.factors.is_empty()), ("kind of observation", model.modalities.is_empty())] {
        if none {
            complaints.at(0, format!("the file has no {what}: expected at least one"));
        }
    }
    sizes(model, complaints);
    dependencies(model, complaints);
    preferences(model, complaints);
    names_differ(model, complaints);
}

/// Rule: nothing is larger than tables can be.
fn sizes(model: &Model, complaints: &mut Complaints) {
    let actions = model.joint_actions();
    if actions > MAX_ACTIONS {
        complaints.at(0, format!("the model has {actions} joint actions, expected at most {MAX_ACTIONS}"));
    }
    let mut table = |what: &str, name: &str, table: &Table, arguments: usize, sparse: bool| {
        if table.outcomes > MAX_VALUES {
            complaints.at(0, format!("the {what} `{name}` has {} values, expected at most {MAX_VALUES}", table.outcomes));
        }
        if arguments > MAX_ARGUMENTS {
            complaints.at(
                0,
                format!("the {what} `{name}` depends on {arguments} factors and actions, expected at most {MAX_ARGUMENTS}"),
            );
        }
        if table.map().is_none() && table.stored() > MAX_WRITTEN {
            let text = format!(
                "the table of the {what} `{name}` has {} numbers that are not zero, expected at most {MAX_WRITTEN}",
                table.stored()
            );
            complaints.at(0, text);
            return;
        }
        let all = table.columns.len().saturating_mul(table.outcomes);
        let stored = if table.map().is_some() {
            table.columns.len()
        } else if sparse {
            table.stored() + table.columns.len()
        } else {
            all
        };
        if stored > MAX_TABLE {
            let kind = if sparse { "that are not zero" } else { "(its values times all combinations of what it depends on)" };
            complaints
                .at(0, format!("the table of the {what} `{name}` has {stored} entries {kind}, expected at most {MAX_TABLE}"));
        }
    };
    for factor in &model.factors {
        let sparse = factor.counts.is_none();
        table("factor", &factor.name, &factor.transition, factor.parents.len() + factor.actions.len(), sparse);
    }
    for modality in &model.modalities {
        table("modality", &modality.name, &modality.likelihood, modality.parents.len(), false);
    }
}

/// Rule: what is seen depends on a state, and every action drives one.
fn dependencies(model: &Model, complaints: &mut Complaints) {
    for modality in model.modalities.iter().filter(|m| m.parents.is_empty()) {
        complaints
            .at(0, format!("the modality `{}` depends on no factor, so it shows nothing: expected at least one", modality.name));
    }
    for (a, action) in model.actions.iter().enumerate() {
        if !model.factors.iter().any(|f| f.actions.contains(&a)) {
            complaints.at(0, format!("the action `{}` drives no factor: expected at least one that depends on it", action.name));
        }
    }
}

/// Rule: preferences are numbers that the library takes.
fn preferences(model: &Model, complaints: &mut Complaints) {
    for modality in &model.modalities {
        for (o, c) in modality.preference.iter().enumerate().filter(|(_, c)| c.is_nan() || c.abs() > 1e12) {
            complaints.at(
                0,
                format!(
                    "the preference of `{}` for {} is {c}, expected a number between -1e12 and 1e12",
                    modality.name,
                    modality.outcomes.label(o)
                ),
            );
        }
    }
}

/// Rule: names are different, also as identifiers of Rust.
fn names_differ(model: &Model, complaints: &mut Complaints) {
    let factors = model.factors.iter().map(|f| ("factor", &f.name, &f.states));
    let modalities = model.modalities.iter().map(|m| ("modality", &m.name, &m.outcomes));
    let actions = model.actions.iter().map(|a| ("action", &a.name, &a.values));
    let mut seen: Vec<(String, String, String)> = Vec::new();
    for (what, name, values) in factors.chain(modalities).chain(actions) {
        for own in [names::snake(name), names::camel(name)] {
            match seen.iter().find(|(known, ..)| *known == own) {
                Some((_, kind, other)) => {
                    complaints.at(
                        0,
                        format!(
                            "the {what} `{name}` and the {kind} `{other}` are both `{own}` in Rust: expected names that differ"
                        ),
                    );
                    break;
                }
                None => seen.push((own, what.into(), name.clone())),
            }
        }
        let Values::Named(labels) = values else { continue };
        let mut known = std::collections::HashMap::new();
        for label in labels {
            if let Some(other) = known.insert(names::camel(label), label) {
                let own = names::camel(label);
                complaints.at(0, format!("the values `{other}` and `{label}` of the {what} `{name}` are both `{own}` in Rust: expected names that differ"));
            }
        }
    }
}
