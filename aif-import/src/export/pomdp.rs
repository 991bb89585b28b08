//! Cassandra's `.POMDP`, flattened: a state is a combination of states, an observation one of outcomes, an action one of actions.
//!
//! Rewards are log-preferences at the temperature 1: of an observation, the sum over its modalities.

use std::fmt::Write;

use crate::model::{Model, Table, Values, digits};
use crate::numbers::short;

/// The most numbers that are written of one table.
const MOST: usize = 1 << 24;

pub(super) fn write(model: &Model, name: &str) -> Result<String, String> {
    let what = [
        (
            "counts",
            model.factors.iter().any(|f| f.counts.is_some() || f.initial_counts.is_some())
                || model.modalities.iter().any(|m| m.counts.is_some()),
        ),
        ("a habit", model.habit.is_some()),
        ("policies", model.policies.is_some()),
        ("precisions", model.policy_precision.is_some() || model.action_precision.is_some()),
    ];
    if let Some((what, _)) = what.iter().find(|(_, is)| *is) {
        return Err(format!("a .POMDP file has no place for {what}"));
    }
    let sizes = (model.joint_actions(), model.joint_states(), model.joint_outcomes());
    if [sizes.1, sizes.2].iter().any(|n| sizes.0.saturating_mul(*n) > MOST || *n > 65_536) {
        return Err(format!(
            "{} states, {} observations and {} actions are too many to write all combinations of",
            sizes.1, sizes.2, sizes.0
        ));
    }
    let states: Vec<usize> = model.factors.iter().map(|f| f.states.count()).collect();
    let outcomes: Vec<usize> = model.modalities.iter().map(|m| m.outcomes.count()).collect();
    let actions: Vec<usize> = model.actions.iter().map(|a| a.values.count()).collect();
    let names = |all: Vec<&Values>, counts: &[usize]| joint_names(&all, counts);
    let of_states = names(model.factors.iter().map(|f| &f.states).collect(), &states);
    let of_actions = names(model.actions.iter().map(|a| &a.values).collect(), &actions);
    let of_observations = names(model.modalities.iter().map(|m| &m.outcomes).collect(), &outcomes);
    let label = |names: &Option<Vec<String>>, i: usize| names.as_ref().map_or_else(|| i.to_string(), |names| names[i].clone());
    let head =
        |names: &Option<Vec<String>>, count: usize| names.as_ref().map_or_else(|| count.to_string(), |names| names.join(" "));

    let mut text = format!("# {}\n", name.replace('\n', " "));
    let _ = writeln!(text, "discount: {}", short(model.discount.unwrap_or(1.0)));
    let _ = writeln!(text, "values: reward");
    let _ = writeln!(text, "states: {}", head(&of_states, sizes.1));
    let _ = writeln!(text, "actions: {}", head(&of_actions, sizes.0));
    let _ = writeln!(text, "observations: {}", head(&of_observations, sizes.2));
    let start = product(&model.factors.iter().map(|f| crate::numbers::sparse(&f.initial)).collect::<Vec<_>>(), &states);
    let mut dense = vec![0.0; sizes.1];
    start.iter().for_each(|(s, p)| dense[*s] = *p);
    // One number is that of a state.
    if sizes.1 > 1 {
        let _ = writeln!(text, "start: {}", dense.iter().map(|p| short(*p)).collect::<Vec<_>>().join(" "));
    }
    for a in 0..sizes.0 {
        let action = digits(a, &actions);
        for s in 0..sizes.1 {
            let state = digits(s, &states);
            let column = |f: &crate::model::Factor| {
                let local = f.actions.iter().fold(0, |n, &a| n * actions[a] + action[a]);
                f.transition.columns[local * model.contexts(&f.parents) + context(&f.parents, &state, &states)].clone()
            };
            let next = product(&model.factors.iter().map(column).collect::<Vec<_>>(), &states);
            for (to, p) in next {
                let _ = writeln!(
                    text,
                    "T: {} : {} : {} {}",
                    label(&of_actions, a),
                    label(&of_states, s),
                    label(&of_states, to),
                    short(p)
                );
            }
        }
    }
    for s in 0..sizes.1 {
        let state = digits(s, &states);
        let column = |(parents, table): (&Vec<usize>, &Table)| table.columns[context(parents, &state, &states)].clone();
        let shown: Vec<_> = model.modalities.iter().map(|m| column((&m.parents, &m.likelihood))).collect();
        for (o, p) in product(&shown, &outcomes) {
            let _ = writeln!(text, "O: * : {} : {} {}", label(&of_states, s), label(&of_observations, o), short(p));
        }
    }
    for o in 0..sizes.2 {
        let seen = digits(o, &outcomes);
        let reward: f64 = model.modalities.iter().zip(&seen).map(|(m, &o)| m.preference[o]).sum();
        if reward != 0.0 {
            let _ = writeln!(text, "R: * : * : * : {} {}", label(&of_observations, o), short(reward));
        }
    }
    Ok(text)
}

fn context(parents: &[usize], state: &[usize], counts: &[usize]) -> usize {
    parents.iter().fold(0, |n, &f| n * counts[f] + state[f])
}

/// The combinations of independent columns that are not impossible.
fn product(columns: &[Vec<(u32, f64)>], counts: &[usize]) -> Vec<(usize, f64)> {
    let mut all = vec![(0, 1.0)];
    for (column, &count) in columns.iter().zip(counts) {
        all = all
            .iter()
            .flat_map(|&(at, p)| column.iter().map(move |&(o, q)| (at * count + o as usize, if p == 1.0 { q } else { p * q })))
            .collect();
    }
    all
}

/// Names of combinations, where all values have names that the format takes and these are different; else numbers.
fn joint_names(all: &[&Values], counts: &[usize]) -> Option<Vec<String>> {
    if let [Values::Count(_)] = all {
        return None;
    }
    let count: usize = counts.iter().product();
    let plain = |text: &str| {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' }).collect::<String>()
    };
    let one = |i: usize| {
        let parts: Vec<String> = all.iter().zip(digits(i, counts)).map(|(values, v)| plain(&values.label(v))).collect();
        parts.join("_")
    };
    let names: Vec<String> = (0..count).map(one).collect();
    let reserved = ["uniform", "identity", "reset", "include", "exclude"];
    let sound = names.iter().all(|n| n.starts_with(|c: char| c.is_ascii_alphabetic()) && !reserved.contains(&n.as_str()));
    let different = names.iter().collect::<std::collections::HashSet<_>>().len() == names.len();
    (sound && different && !all.is_empty()).then_some(names)
}
