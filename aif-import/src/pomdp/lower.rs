//! The model of a `.POMDP` file: one factor `state`, one modality `observation`, one action, and what it rewards as a preference.
//!
//! Rewards are no preference over outcomes: `R(a, s, s', o)` depends on what was done and where. The rule is the first that fits of what can happen
//! (transitions and observations that are not impossible):
//!
//! 1. All rewards are equal: nothing is preferred.
//! 2. They depend on the observation alone: they are the preference over it.
//! 3. They depend on the action, the state after it and the observation: a modality `reward`, whose outcomes are the different rewards, depends on
//!    the state, and on the factor `last_action` where it has to.
//! 4. Else a factor `paid` moves with the state before and the action: `P(r | s, a) = sum over s', o of T(s' | s, a) O(o | a, s') [R = r]`, and
//!    the modality `reward` shows it.
//!
//! A log-preference is a reward divided by the temperature, so that the expected log-preference of a step is its expected reward divided by the
//! temperature, but for a constant.
//! Observations that depend on the action depend on the factor `last_action`; before the first action it is `none`, and all are equally probable.

use super::parse::Parsed;
use super::rewarded::{Known, MOST, Rewarded};
use super::rows::Row;
use crate::Options;
use crate::mistakes::Complaints;
use crate::model::{Action, Column, Factor, Modality, Model, Table, Values};
use crate::numbers::{distribution, short};

pub fn lower(mut parsed: Parsed, options: &Options, complaints: &mut Complaints) -> Option<Model> {
    let (states, actions, observations) = (parsed.states.take()?, parsed.actions.take()?, parsed.observations.take()?);
    let last = parsed.last;
    let mut given = |rows: Vec<Row>, table: &str| columns(rows, (table, &actions, &states), last, complaints);
    let (transitions, observed) = (given(parsed.transitions.rows, "T"), given(parsed.observed.rows, "O"));
    if !complaints.is_empty() {
        return None;
    }
    let known = Known {
        actions: actions.count(),
        states: states.count(),
        observations: observations.count(),
        transitions: &transitions,
        observed: &observed,
    };
    let sign = if parsed.cost { -1.0 } else { 1.0 };
    let Some(rewarded) = known.rewarded(|place| parsed.rewards.at(place) * sign) else {
        complaints
            .at(last, format!("more than {MOST} combinations of action, state, next state and observation can happen: too many"));
        return None;
    };

    let n = states.count();
    let start = parsed.start.unwrap_or_else(|| vec![1.0 / n as f64; n]);
    let mut model = Model { discount: parsed.discount, ..Model::default() };
    model.actions.push(Action { name: "action".into(), values: actions.clone() });
    model.factors.push(factor("state", states, (vec![0], vec![0]), transitions.clone(), start));
    let by_action = |columns: &[Column]| (1..actions.count()).any(|a| columns[a * n..][..n] != columns[..n]);
    if by_action(&observed) || matches!(&rewarded, Rewarded::After(_, columns) if by_action(columns)) {
        model.factors.push(last_action(&actions));
        model.notes.push(
            "the factor `last_action` remembers the action, for what is seen depends on it; before the first it is `none`".into(),
        );
    }
    // Columns of what is shown after an action: by the state alone where the action makes no difference.
    let shown = |columns: &[Column], before: Column| -> (Vec<usize>, Vec<Column>) {
        if !by_action(columns) {
            return (vec![0], columns[..n].to_vec());
        }
        let of = |s: usize| std::iter::once(before.clone()).chain((0..actions.count()).map(move |a| columns[a * n + s].clone()));
        (vec![0, 1], (0..n).flat_map(of).collect())
    };
    let liked = |rewards: &[f64]| rewards.iter().map(|r| r / options.temperature).collect::<Vec<f64>>();
    let count = observations.count();
    let even = (0..count as u32).map(|o| (o, 1.0 / count as f64)).collect();
    let preference = if let Rewarded::Seen(rewards) = &rewarded { liked(rewards) } else { vec![0.0; count] };
    model.modalities.push(modality("observation", observations, shown(&observed, even), preference));

    if let Rewarded::After(values, _) | Rewarded::Before(values, _) = &rewarded {
        if values.len() > 65_536 {
            complaints.at(last, format!("{} different rewards are too many: at most 65536", values.len()));
            return None;
        }
        model.notes.push(format!(
            "the modality `reward` is preferred by its {} values; the file does not say that it is seen: leave it out of the evidence",
            values.len()
        ));
    }
    let nothing = |values: &[f64]| values.partition_point(|v| *v < 0.0);
    let names = |values: &[f64]| Values::Named(values.iter().map(|r| short(*r)).collect());
    match rewarded {
        Rewarded::Nothing | Rewarded::Seen(_) => {}
        Rewarded::After(values, columns) => {
            let shown = shown(&columns, vec![(nothing(&values) as u32, 1.0)]);
            model.modalities.push(modality("reward", names(&values), shown, liked(&values)));
        }
        Rewarded::Before(values, columns) => {
            let mut initial = vec![0.0; values.len()];
            initial[nothing(&values)] = 1.0;
            model.factors.push(factor("paid", names(&values), (vec![0], vec![0]), columns, initial));
            let same = (0..values.len() as u32).map(|r| vec![(r, 1.0)]).collect();
            let parent = model.factors.len() - 1;
            model.modalities.push(modality("reward", names(&values), (vec![parent], same), liked(&values)));
        }
    }
    Some(model)
}

/// The columns of rows that are all given, and distributions.
fn columns(
    mut rows: Vec<Row>,
    (table, actions, states): (&str, &Values, &Values),
    last: usize,
    complaints: &mut Complaints,
) -> Vec<Column> {
    rows.resize(actions.count().saturating_mul(states.count()), Row::default());
    for (i, row) in rows.iter_mut().enumerate() {
        let name = || format!("{table}: {} : {}", actions.label(i / states.count()), states.label(i % states.count()));
        if row.line == 0 {
            complaints.at(last, format!("`{}` is never given: expected a row of probabilities", name()));
        } else if let Err(wrong) = distribution(&mut row.entries) {
            complaints.at(row.line, format!("`{}` {wrong}", name()));
        }
        if complaints.count() > 100 {
            break;
        }
    }
    rows.into_iter().map(|row| row.entries).collect()
}

fn factor(
    name: &str,
    states: Values,
    (parents, actions): (Vec<usize>, Vec<usize>),
    columns: Vec<Column>,
    initial: Vec<f64>,
) -> Factor {
    let transition = Table { outcomes: states.count(), columns };
    Factor { name: name.into(), states, parents, actions, transition, counts: None, initial, initial_counts: None }
}

fn modality(name: &str, outcomes: Values, (parents, columns): (Vec<usize>, Vec<Column>), preference: Vec<f64>) -> Modality {
    let likelihood = Table { outcomes: outcomes.count(), columns };
    Modality { name: name.into(), outcomes, parents, likelihood, counts: None, preference }
}

/// What was done last: `none`, then the actions.
fn last_action(actions: &Values) -> Factor {
    let mut none = String::from("none");
    while actions.names().is_some_and(|names| names.contains(&none)) {
        none.push('_');
    }
    let names: Vec<String> = std::iter::once(none).chain((0..actions.count()).map(|a| actions.label(a))).collect();
    let mut initial = vec![0.0; names.len()];
    initial[0] = 1.0;
    let columns = (1..names.len() as u32).map(|a| vec![(a, 1.0)]).collect();
    factor("last_action", Values::Named(names), (Vec::new(), vec![0]), columns, initial)
}
