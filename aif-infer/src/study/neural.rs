//! Simulated responses of neurons along what an agent saw and did: SPM's message passing over the tables of a declared model, row by row.

use aif_runtime::model::Precisions;
use aif_runtime::spm::{
    Control, Counts, Dynamics, ITERATIONS, Script, Seen, Settings, SpmError, Structure, Unrepresentable, actions_of, replay,
};
use aif_runtime::{AgentOptions, Assigned, GenerativeModel, Inputs, Meta, ModelError};

use crate::record::{CarriedOut, History, Observation, Regressors, Walk};

/// The longest block: what a time costs grows with how many there are.
pub(super) const MOST_ROWS: usize = 64;

/// Why a record has no simulated responses of neurons.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NeuralError {
    /// Not an agent.
    #[error("responses of neurons are simulated by message passing over an agent's model: {what} have none")]
    Family {
        /// What it is.
        what: &'static str,
    },
    /// SPM has no place for something that levels are.
    #[error("{model} {what}")]
    Levels {
        /// The model.
        model: &'static str,
        /// What it has, and what SPM has.
        what: &'static str,
    },
    /// SPM has no place for something.
    #[error(transparent)]
    Unrepresentable(#[from] Unrepresentable),
    /// The model's numbers cannot be.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A trial cannot go on.
    #[error("{place}: {source}")]
    Trial {
        /// Where: block and step.
        place: String,
        /// Why.
        source: SpmError,
    },
    /// What was done is not known.
    #[error("{place}: what was done is not known, and message passing goes on from what was done")]
    Unknown {
        /// Where: block and step.
        place: String,
    },
    /// A block is a trial, with one model.
    #[error("block {block} has {what} that change from row to row: in SPM a trial has one model")]
    Changing {
        /// The block.
        block: String,
        /// What changes.
        what: &'static str,
    },
    /// The agent learns otherwise than SPM.
    #[error("{what}: in SPM everything that has counts is learned at one rate, initial states at 1, and nothing is forgotten")]
    Learning {
        /// What is otherwise.
        what: &'static str,
    },
    /// A block is too long.
    #[error(
        "block {block} has {rows} rows: of at most {most} responses are simulated (what a time costs grows with their number)"
    )]
    TooLong {
        /// The block.
        block: String,
        /// How many rows it has.
        rows: usize,
        /// How many it can have.
        most: usize,
    },
}

/// Each row's responses: of each state of the present the mean firing, of each factor the root mean square of prediction errors and of field
/// potentials over all units and bins, the mean precision of policies and the mean of dopamine. A block is a trial; counts go on from block to
/// block where the agent learns.
pub(super) fn neural<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned,
    record: &History,
    options: &AgentOptions,
) -> Result<Regressors, NeuralError> {
    let columns = columns(&M::META);
    let (mut rows, mut learned) = (Vec::new(), None);
    for block in record.blocks.iter().filter(|block| !block.rows.is_empty()) {
        let (mut structure, settings) = prepared(model, assigned, (record, block), options)?;
        if let Some(counts) = learned.take() {
            structure.counts = counts;
        }
        let script = script::<M>(record, block)?;
        let failed = |source| NeuralError::Trial { place: block.place(0), source };
        let ended = replay(&structure, &settings, &script).map_err(failed)?;
        learned = learns(assigned, options).then_some(ended.structure.counts);
        let dynamics = Dynamics::of(&ended.course);
        let potentials = dynamics.field_potentials();
        rows.extend((0..block.rows.len()).map(|r| {
            let values = summary(&dynamics, &potentials, r);
            (block.session.clone(), block.name.clone(), block.first_step + r as i64, values)
        }));
    }
    Ok(Regressors { columns, rows })
}

/// The columns of one model's responses.
pub(super) fn columns(meta: &Meta) -> Vec<String> {
    let mut columns = Vec::new();
    for factor in meta.factors {
        columns.extend(factor.states.all().map(|state| format!("firing_{}={state}", factor.name)));
        columns.extend([format!("error_{}", factor.name), format!("potential_{}", factor.name)]);
    }
    columns.extend(["precision", "dopamine"].map(String::from));
    columns
}

/// The structure of a block, and how it is inferred.
fn prepared<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned,
    (record, block): (&History, &Walk),
    options: &AgentOptions,
) -> Result<(Structure, Settings), NeuralError> {
    let (name, rows) = (block.name.clone(), block.rows.len());
    if rows > MOST_ROWS {
        return Err(NeuralError::TooLong { block: name, rows, most: MOST_ROWS });
    }
    let setting = |row: usize| record.nodes[block.rows[row].node as usize].setting;
    if (1..rows).any(|r| setting(r) != setting(0)) {
        return Err(NeuralError::Changing { block: name, what: "inputs or preferences" });
    }
    let own = &record.settings[setting(0) as usize];
    if !own.preferences.is_empty() {
        return Err(NeuralError::Changing { block: name, what: "preferences of their own" });
    }
    let none = || NeuralError::Changing { block: block.name.clone(), what: "inputs that are missing, or inputs" };
    let inputs = M::Inputs::from_numbers(&own.inputs).ok_or_else(none)?;
    let tables = options.tables(model, inputs)?;
    // A trial has as many times as a list of policies says, or as there are rows.
    let times = tables.policies().map_or(rows, |policies| policies.horizon() + 1);
    let mut structure = Structure::of(model, inputs, times)?;
    let settings = settings(assigned, options, (&mut structure, tables.precisions()))?;
    if let Control::Policies(_) = structure.control
        && rows > structure.control.steps()
    {
        let steps = structure.control.steps();
        return Err(NeuralError::Unrepresentable(Unrepresentable::Steps { horizon: steps - 1, steps: rows }));
    }
    Ok((structure, settings))
}

/// How a structure is inferred; it has counts only where an agent learns.
pub(super) fn settings(
    assigned: &Assigned,
    options: &AgentOptions,
    (structure, precisions): (&mut Structure, Precisions<f64>),
) -> Result<Settings, NeuralError> {
    if !learns(assigned, options) {
        structure.counts = Counts::default();
    }
    let policy = assigned.policy_precision.unwrap_or(precisions.policy);
    Ok(Settings {
        action_precision: assigned.action_precision.unwrap_or(precisions.action),
        inverse_precision: 1.0 / policy.max(f64::MIN_POSITIVE),
        fixed_precision: options.precision_updating.is_none(),
        learning_rate: rate(assigned, options, &structure.counts)?,
        ..Settings::default()
    })
}

/// Whether an agent learns: it is told to, or has a rate.
pub(super) fn learns(assigned: &Assigned, options: &AgentOptions) -> bool {
    let rates = [
        assigned.learning_rate,
        assigned.learning_rate_likelihood,
        assigned.learning_rate_transition,
        assigned.learning_rate_initial,
        assigned.learning_rate_habit,
        assigned.learning_rate_preference,
    ];
    options.learning.is_some() || rates.iter().any(Option::is_some)
}

/// The one rate at which everything is learned that has counts.
fn rate(assigned: &Assigned, options: &AgentOptions, counts: &Counts) -> Result<f64, NeuralError> {
    if !learns(assigned, options) {
        return Ok(1.0);
    }
    let told = options.learning.map(|learning| learning.rates);
    let of = |own: Option<f64>, told: Option<f64>| own.or(assigned.learning_rate).or(told).unwrap_or(0.0);
    let forgetting = assigned.forgetting.unwrap_or(options.learning.map_or(0.0, |learning| learning.forgetting));
    if forgetting != 0.0 {
        return Err(NeuralError::Learning { what: "the agent forgets" });
    }
    if counts.initial.is_some() && of(assigned.learning_rate_initial, told.and_then(|r| r.initial)) != 1.0 {
        return Err(NeuralError::Learning { what: "initial states are learned at another rate than 1" });
    }
    let rates = [
        (counts.likelihood.is_some(), of(assigned.learning_rate_likelihood, told.and_then(|r| r.likelihood))),
        (counts.transition.is_some(), of(assigned.learning_rate_transition, told.and_then(|r| r.transition))),
        (counts.preference.is_some(), of(assigned.learning_rate_preference, told.and_then(|r| r.preference))),
        (counts.habit.is_some(), of(assigned.learning_rate_habit, told.and_then(|r| r.habit))),
    ];
    let mut learned = rates.into_iter().filter(|(counted, _)| *counted).map(|(_, rate)| rate);
    let Some(first) = learned.next() else { return Ok(1.0) };
    if learned.any(|rate| rate != first) {
        return Err(NeuralError::Learning { what: "rates of learning differ" });
    }
    Ok(first)
}

/// What was seen and done in a block.
fn script<M: GenerativeModel>(record: &History, block: &Walk) -> Result<Script, NeuralError> {
    let mut script = Script::default();
    for (r, row) in block.rows.iter().enumerate() {
        script.seen.push(seen(&M::META, &record.observations[record.nodes[row.node as usize].observation as usize]));
        if r + 1 == block.rows.len() {
            break;
        }
        let deed = &record.deeds[row.deed as usize];
        let joint = match deed.carried {
            CarriedOut::Chosen => M::META.joint_action(deed.parts.iter().copied()),
            CarriedOut::Action(action) => Some(action),
            CarriedOut::Unknown | CarriedOut::OneOf(_) => None,
        };
        let joint = joint.ok_or_else(|| NeuralError::Unknown { place: block.place(r) })?;
        script.actions.push(actions_of::<M>(joint));
    }
    Ok(script)
}

pub(super) fn seen(meta: &Meta, observation: &Observation) -> Vec<Seen> {
    let of = |(m, modality): (usize, &aif_runtime::model::Modality)| {
        if let Some(reading) = observation.readings.iter().find(|reading| reading.modality == m) {
            return Seen::Weights(reading.weights.clone());
        }
        let outcome = observation.numbers.get(m).copied().flatten();
        outcome.map_or_else(|| Seen::Weights(vec![1.0; modality.outcomes.count]), |x| Seen::Outcome(x as usize))
    };
    meta.modalities.iter().enumerate().map(of).collect()
}

/// The responses at one time.
pub(super) fn summary(dynamics: &Dynamics, potentials: &[Vec<Vec<Vec<Vec<f64>>>>], time: usize) -> Vec<f64> {
    let mut values = Vec::new();
    for (f, firing) in dynamics.firing.iter().enumerate() {
        let present = &firing[time][time];
        let states = present.first().map_or(0, Vec::len);
        values.extend((0..states).map(|s| mean(present.iter().map(|x| x[s]))));
        values.push(mean(dynamics.errors[f][time].iter().flatten().flatten().map(|x| x * x)).sqrt());
        values.push(mean(potentials[f][time].iter().flatten().flatten().map(|x| x * x)).sqrt());
    }
    for bins in [&dynamics.precision, &dynamics.dopamine] {
        values.push(mean(bins.iter().skip(time * ITERATIONS).take(ITERATIONS).copied()));
    }
    values
}

/// The mean; not a number of nothing.
fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = numbers.fold((0.0, 0), |(sum, count), x| (sum + x, count + 1));
    sum / f64::from(count)
}
