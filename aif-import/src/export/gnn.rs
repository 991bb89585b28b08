//! GNN Markdown: variables, connections, values; names of values in the comments of their variables.

use std::fmt::Write;

use super::pymdp::nested;
use crate::model::{Model, Values};
use crate::numbers::short;

/// The part of a variable's name after its letter: `s_loc` is `_loc`; what has none gets its own name.
fn own(name: &str, letter: char) -> String {
    let rest = name.strip_prefix(letter).filter(|rest| rest.is_empty() || rest.starts_with('_'));
    match rest {
        Some(rest) => rest.into(),
        None => format!("_{}", name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect::<String>()),
    }
}

/// `(0:centre, 1:left)`, where names have nothing that a list has.
fn labels(values: &Values) -> String {
    let Some(names) = values
        .names()
        .filter(|all| all.iter().all(|n| !n.contains([',', ':', '(', ')', '#', '\n']) && n.trim() == n && !n.is_empty()))
    else {
        return String::new();
    };
    let all: Vec<String> = names.iter().enumerate().map(|(i, name)| format!("{i}:{name}")).collect();
    format!("   # ({})", all.join(", "))
}

fn vector(list: &[f64]) -> String {
    format!("{{({})}}", list.iter().map(|x| short(*x)).collect::<Vec<_>>().join(", "))
}

pub(super) fn write(model: &Model, name: &str) -> Result<String, String> {
    if model.policies.is_some() {
        return Err("GNN has no list of policies".into());
    }
    if let Some(factor) = model.factors.iter().find(|f| f.actions.len() > 1) {
        return Err(format!("the factor {} is driven by several actions: GNN has one dimension for them", factor.name));
    }
    let states: Vec<String> = model.factors.iter().map(|f| own(&f.name, 's')).collect();
    let seen: Vec<String> = model.modalities.iter().map(|m| own(&m.name, 'o')).collect();
    let actions: Vec<String> = model.actions.iter().map(|a| format!("u{}", own(&a.name, 'u'))).collect();
    for all in [&states, &seen, &actions] {
        if let Some((i, twice)) = all.iter().enumerate().find(|(i, name)| all[..*i].contains(name)) {
            return Err(format!("two names are both `{twice}` as a variable of GNN, the second the {}th", i + 1));
        }
    }
    let sizes = |parents: &[usize]| parents.iter().map(|&f| model.factors[f].states.count()).collect::<Vec<_>>();
    let (mut variables, mut connections, mut values) = (String::new(), String::new(), String::new());
    let joined = |shape: &[usize]| shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    for (f, factor) in model.factors.iter().enumerate() {
        let (s, count) = (&states[f], factor.states.count());
        // A factor's own state comes first among those that it depends on; one that ignores it has equal columns there.
        let (parents, transition, counts) = first(model, f);
        let of = sizes(&parents);
        let driven: Vec<usize> = vec![factor.actions.first().map_or(1, |&a| model.actions[a].values.count())];
        let shape: Vec<usize> = std::iter::once(count).chain(of.iter().copied()).chain(driven.iter().copied()).collect();
        let _ = writeln!(variables, "s{s}[{count},1,type=float]{}", labels(&factor.states));
        let _ = writeln!(variables, "B{s}[{},type=float]", joined(&shape));
        let _ = writeln!(variables, "D{s}[{count},type=float]");
        let _ = writeln!(connections, "D{s}>s{s}");
        parents.iter().for_each(|&p| connections.push_str(&format!("s{}-B{s}\n", states[p])));
        factor.actions.iter().for_each(|&a| connections.push_str(&format!("{}>B{s}\n", actions[a])));
        let marks = ("(", ")");
        let braces = |text: String| format!("{{\n    {}\n}}", &text[1..text.len() - 1]);
        let _ = writeln!(values, "B{s}={}", braces(nested(&transition, &of, &driven, marks)));
        if let Some(counts) = counts {
            let _ = writeln!(values, "dirichlet_B{s}={}", braces(nested(&counts, &of, &driven, marks)));
        }
        let _ = writeln!(values, "D{s}={}", vector(&factor.initial));
        if let Some(counts) = &factor.initial_counts {
            let _ = writeln!(values, "dirichlet_D{s}={}", vector(counts));
        }
    }
    for (m, modality) in model.modalities.iter().enumerate() {
        let (o, count, of) = (&seen[m], modality.outcomes.count(), sizes(&modality.parents));
        let shape: Vec<usize> = std::iter::once(count).chain(of.iter().copied()).collect();
        let _ = writeln!(variables, "o{o}[{count},1,type=int]{}", labels(&modality.outcomes));
        let _ = writeln!(variables, "A{o}[{},type=float]", joined(&shape));
        let _ = writeln!(variables, "C{o}[{count},type=float]");
        modality.parents.iter().for_each(|&p| connections.push_str(&format!("s{}-A{o}\n", states[p])));
        let _ = writeln!(connections, "A{o}-o{o}");
        let braces = |text: String| format!("{{\n    {}\n}}", &text[1..text.len() - 1]);
        let _ = writeln!(values, "A{o}={}", braces(nested(&modality.likelihood, &of, &[], ("(", ")"))));
        if let Some(counts) = &modality.counts {
            let _ = writeln!(values, "dirichlet_A{o}={}", braces(nested(counts, &of, &[], ("(", ")"))));
        }
        let _ = writeln!(values, "C{o}={}", vector(&modality.preference));
    }
    for (a, action) in model.actions.iter().enumerate() {
        let _ = writeln!(variables, "{}[{},type=int]{}", actions[a], action.values.count(), labels(&action.values));
    }
    if let Some(habit) = &model.habit {
        let _ = writeln!(variables, "E[{},type=float]", habit.len());
        let _ = writeln!(values, "E={}", vector(habit));
    }
    for (name, value) in [("gamma", model.policy_precision), ("alpha", model.action_precision)] {
        if let Some(x) = value {
            let _ = writeln!(variables, "{name}[1,type=float]");
            let _ = writeln!(values, "{name}={}", vector(&[x]));
        }
    }
    let mut parameters = String::new();
    for (name, value) in [("discount", model.discount.map(short)), ("policy_len", model.horizon.map(|h| h.to_string()))] {
        if let Some(value) = value {
            let _ = writeln!(parameters, "{name}: {value}");
        }
    }
    Ok(format!(
        "## GNNSection\nActInfPOMDP\n\n## GNNVersionAndFlags\nGNN v1\n\n## ModelName\n{name}\n\n## StateSpaceBlock\n{variables}\n## Connections\n{connections}\n## InitialParameterization\n{values}\n## Time\nDynamic\nDiscrete\n\n## ModelParameters\n{parameters}"
    ))
}

/// A factor's parents with itself first, and its tables in that order.
fn first(model: &Model, f: usize) -> (Vec<usize>, crate::model::Table, Option<crate::model::Table>) {
    let factor = &model.factors[f];
    let parents: Vec<usize> = std::iter::once(f).chain(factor.parents.iter().copied().filter(|p| *p != f)).collect();
    let counts: Vec<usize> = parents.iter().map(|&p| model.factors[p].states.count()).collect();
    let (all, before) = (model.contexts(&parents), model.contexts(&factor.parents));
    let again = |table: &crate::model::Table| {
        let column = |i: usize| {
            let state = crate::model::digits(i % all, &counts);
            let own = |p: &usize| state[parents.iter().position(|q| q == p).unwrap_or(0)];
            let context = factor.parents.iter().fold(0, |n, p| n * model.factors[*p].states.count() + own(p));
            table.columns[i / all * before + context].clone()
        };
        crate::model::Table {
            outcomes: table.outcomes,
            columns: (0..model.local_actions(&factor.actions) * all).map(column).collect(),
        }
    };
    let (transition, counts) = (again(&factor.transition), factor.counts.as_ref().map(again));
    (parents, transition, counts)
}
