//! pymdp's arrays as JSON: everything that a model has.

use std::fmt::Write;

use crate::model::{Model, Table, Values};
use crate::numbers::short;

/// A text in quotes.
fn text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if (c as u32) < 0x20 => {
                let _ = write!(quoted, "\\u{:04x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn list<T>(all: impl IntoIterator<Item = T>, one: impl FnMut(T) -> String) -> String {
    format!("[{}]", all.into_iter().map(one).collect::<Vec<_>>().join(", "))
}

fn numbers(all: &[f64]) -> String {
    list(all, |x| short(*x))
}

/// A table as nested lists `[outcome][parent ..][action ..]`.
pub(super) fn nested(table: &Table, parents: &[usize], actions: &[usize], (open, close): (&str, &str)) -> String {
    let contexts: usize = parents.iter().product();
    let dense: Vec<Vec<f64>> = (0..table.columns.len()).map(|c| table.dense(c)).collect();
    let shape: Vec<usize> =
        std::iter::once(table.outcomes).chain(parents.iter().copied()).chain(actions.iter().copied()).collect();
    let mut out = String::new();
    let mut at = vec![0; shape.len()];
    put(&shape, 0, &mut at, &mut out, (open, close), &|at| {
        let context = at[1..=parents.len()].iter().zip(parents).fold(0, |n, (i, count)| n * count + i);
        let action = at[1 + parents.len()..].iter().zip(actions).fold(0, |n, (i, count)| n * count + i);
        dense[action * contexts + context][at[0]]
    });
    out
}

fn put(
    shape: &[usize],
    depth: usize,
    at: &mut Vec<usize>,
    out: &mut String,
    marks: (&str, &str),
    entry: &dyn Fn(&[usize]) -> f64,
) {
    if depth == shape.len() {
        out.push_str(&short(entry(at)));
        return;
    }
    out.push_str(marks.0);
    for i in 0..shape[depth] {
        if i > 0 {
            out.push_str(if depth == 0 { ",\n    " } else { ", " });
        }
        at[depth] = i;
        put(shape, depth + 1, at, out, marks, entry);
    }
    out.push_str(marks.1);
}

pub(super) fn write(model: &Model, name: &str) -> String {
    let states = |all: &[usize]| all.iter().map(|&f| model.factors[f].states.count()).collect::<Vec<_>>();
    let controls = |all: &[usize]| all.iter().map(|&a| model.actions[a].values.count()).collect::<Vec<_>>();
    let marks = ("[", "]");
    let indices = |all: &Vec<usize>| list(all, usize::to_string);
    let mut members = vec![("format", text("pymdp")), ("name", text(name))];
    members.push(("A", list(&model.modalities, |m| format!("\n   {}", nested(&m.likelihood, &states(&m.parents), &[], marks)))));
    let b = |f: &crate::model::Factor, table: &Table| {
        format!("\n   {}", nested(table, &states(&f.parents), &controls(&f.actions), marks))
    };
    members.push(("B", list(&model.factors, |f| b(f, &f.transition))));
    members.push(("C", list(&model.modalities, |m| numbers(&m.preference))));
    members.push(("D", list(&model.factors, |f| numbers(&f.initial))));
    members.extend(model.habit.as_ref().map(|habit| ("E", numbers(habit))));
    let none = || "null".to_owned();
    if model.modalities.iter().any(|m| m.counts.is_some()) {
        let one =
            |m: &crate::model::Modality| m.counts.as_ref().map_or_else(none, |c| nested(c, &states(&m.parents), &[], marks));
        members.push(("pA", list(&model.modalities, one)));
    }
    if model.factors.iter().any(|f| f.counts.is_some()) {
        members.push(("pB", list(&model.factors, |f| f.counts.as_ref().map_or_else(none, |c| b(f, c)))));
    }
    if model.factors.iter().any(|f| f.initial_counts.is_some()) {
        members.push(("pD", list(&model.factors, |f| f.initial_counts.as_ref().map_or_else(none, |c| numbers(c)))));
    }
    members.push(("A_dependencies", list(&model.modalities, |m| indices(&m.parents))));
    members.push(("B_dependencies", list(&model.factors, |f| indices(&f.parents))));
    members.push(("B_action_dependencies", list(&model.factors, |f| indices(&f.actions))));
    members.push(("num_controls", list(&model.actions, |a| a.values.count().to_string())));
    let labels = |name: &str, values: &Values| match values {
        Values::Named(names) => format!("{}: {}", text(name), list(names, |n| text(n))),
        Values::Count(count) => format!("{}: {count}", text(name)),
    };
    let object = |all: Vec<String>| format!("{{{}}}", all.join(", "));
    let all = [
        format!("\"states\": {}", object(model.factors.iter().map(|f| labels(&f.name, &f.states)).collect())),
        format!("\"observations\": {}", object(model.modalities.iter().map(|m| labels(&m.name, &m.outcomes)).collect())),
        format!("\"controls\": {}", object(model.actions.iter().map(|a| labels(&a.name, &a.values)).collect())),
    ];
    members.push(("labels", format!("{{\n    {}\n  }}", all.join(",\n    "))));
    members.extend(model.horizon.map(|h| ("policy_len", h.to_string())));
    if let Some(policies) = &model.policies {
        members.push(("policies", list(policies, |steps| list(steps, indices))));
    }
    members.extend(model.policy_precision.map(|x| ("gamma", short(x))));
    members.extend(model.action_precision.map(|x| ("alpha", short(x))));
    members.extend(model.discount.map(|x| ("discount", short(x))));
    let lines: Vec<String> = members.into_iter().map(|(name, value)| format!("  {}: {value}", text(name))).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}
