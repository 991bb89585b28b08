//! What a model holds, in words.

use std::fmt::Write;

use crate::model::{Model, Table};
use crate::numbers::short;

/// A few lines: factors, modalities, actions, how large tables are, what was noted.
pub fn summary(model: &Model) -> String {
    let mut text = String::new();
    let named = |all: &[usize], name: &dyn Fn(usize) -> String| all.iter().map(|&i| name(i)).collect::<Vec<_>>().join(", ");
    let factor = |i: usize| model.factors[i].name.clone();
    let action = |i: usize| model.actions[i].name.clone();
    for f in &model.factors {
        let mut on = f.parents.iter().map(|&p| factor(p)).collect::<Vec<_>>();
        on.extend(f.actions.iter().map(|&a| action(a)));
        let on = if on.is_empty() { "nothing".into() } else { on.join(", ") };
        let learned = if f.counts.is_some() || f.initial_counts.is_some() { ", learned" } else { "" };
        let _ =
            writeln!(text, "factor {}: {} states, moves with {on}; {}{learned}", f.name, f.states.count(), table(&f.transition));
    }
    for m in &model.modalities {
        let on = named(&m.parents, &factor);
        let learned = if m.counts.is_some() { ", learned" } else { "" };
        let wanted = if m.preference.iter().any(|c| *c != 0.0) { ", preferred" } else { "" };
        let _ = writeln!(
            text,
            "modality {}: {} outcomes, shows {on}; {}{wanted}{learned}",
            m.name,
            m.outcomes.count(),
            table(&m.likelihood)
        );
    }
    for a in &model.actions {
        let _ = writeln!(text, "action {}: {} values", a.name, a.values.count());
    }
    for (what, value) in
        [("discount", model.discount), ("policy precision", model.policy_precision), ("action precision", model.action_precision)]
    {
        if let Some(value) = value {
            let _ = writeln!(text, "{what} {}", short(value));
        }
    }
    if let Some(policies) = &model.policies {
        let _ = writeln!(text, "{} policies", policies.len());
    }
    if model.habit.is_some() {
        text.push_str("a habit\n");
    }
    for note in &model.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

/// How a table is stored.
fn table(table: &Table) -> String {
    let all = table.columns.len().saturating_mul(table.outcomes);
    if table.map().is_some() {
        return format!("{} columns, deterministic", table.columns.len());
    }
    format!("{} columns, {} of {all} numbers are not zero", table.columns.len(), table.stored())
}
