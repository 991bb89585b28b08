//! Steps through the door: what is observed comes in, what is done goes out.

use aif_runtime::model::Modality;
use aif_runtime::perceive::weighty;
use aif_runtime::{Carried, Domain, ModelFamily, Signal};

use super::{Handle, NULL, OPEN, RANGE, REFUSED, SIZE, WEIGHTS, because, behind, guarded, list};

/// In place of an outcome: what was read of the modality is in its weights; of one that is measured, there is the one number.
const WEIGHED: i32 = -2;

/// How many weights a modality has: one for each outcome, and one number where it is measured.
fn weights_of(modality: &Modality) -> usize {
    if modality.measured.is_some() { 1 } else { modality.outcomes.count }
}

/// What is known, from codes of outcomes and, where there are any, weights of all outcomes of all modalities.
fn evidence<M: ModelFamily>(codes: &[i32], weights: &[f64]) -> Result<M::Evidence, i32> {
    let mut evidence = M::evidence(&[]);
    let mut from = 0;
    for (m, &code) in codes.iter().enumerate() {
        let modality = &M::META.modalities[m];
        let count = weights_of(modality);
        let own = weights.get(from..from + count);
        from += count;
        match (usize::try_from(code), own) {
            (Ok(o), _) if o < count && modality.measured.is_none() => M::set_signal(&mut evidence, m, Signal::Seen(o)),
            (Err(_), _) if code == -1 => {}
            (Err(_), Some(&[number])) if code == WEIGHED && modality.measured.is_some() => {
                if !number.is_finite() {
                    return Err(WEIGHTS);
                }
                M::set_signal(&mut evidence, m, Signal::Measured(number));
            }
            (Err(_), Some(own)) if code == WEIGHED && modality.measured.is_none() => {
                if !weighty(own) {
                    return Err(WEIGHTS);
                }
                M::set_signal(&mut evidence, m, Signal::Likelihood(own));
            }
            _ => return Err(RANGE),
        }
    }
    Ok(evidence)
}

/// One step: an outcome of each modality (-1 where there is none) comes in, a value of each action goes out.
///
/// # Safety
/// As for [`reset`](super::reset); behind `outcomes` and `actions` there are as many numbers as said.
pub unsafe fn step<M: ModelFamily>(agent: *mut Handle<M>, outcomes: (*const i32, usize), actions: (*mut i32, usize)) -> i32 {
    unsafe { step_with(agent, outcomes, None, actions) }
}

/// One step with readings: as [`step`], and where an outcome's code is -2, the modality was read: how probable that is where each of its outcomes
/// is stands among the weights, which are those of all modalities, one after the other.
///
/// # Safety
/// As for [`step`]; behind `weights` there are as many numbers as said.
pub unsafe fn step_weighed<M: ModelFamily>(
    agent: *mut Handle<M>,
    outcomes: (*const i32, usize),
    weights: (*const f64, usize),
    actions: (*mut i32, usize),
) -> i32 {
    unsafe { step_with(agent, outcomes, Some(weights), actions) }
}

/// # Safety
/// As for [`step_weighed`].
unsafe fn step_with<M: ModelFamily>(
    agent: *mut Handle<M>,
    outcomes: (*const i32, usize),
    weights: Option<(*const f64, usize)>,
    actions: (*mut i32, usize),
) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let codes = unsafe { codes_for::<M>(outcomes, actions) }?;
        let weights = match weights {
            None => &[],
            Some((_, count)) if count != M::META.modalities.iter().map(weights_of).sum::<usize>() => return Err(SIZE),
            Some((weights, count)) => unsafe { list(weights, count) }?,
        };
        let evidence = evidence::<M>(codes, weights)?;
        let action = door.agent.step(evidence, &mut door.rng).index();
        // SAFETY: there is room for as many numbers as there are actions.
        unsafe { write_action::<M>(action, actions.0) };
        Ok(())
    })
}

/// The codes of a step, where there are as many as modalities, and room for as many numbers as actions.
///
/// # Safety
/// Behind `outcomes` there are as many numbers as said.
unsafe fn codes_for<'a, M: ModelFamily>(
    (outcomes, outcome_count): (*const i32, usize),
    (actions, action_count): (*mut i32, usize),
) -> Result<&'a [i32], i32> {
    if outcome_count != M::META.modalities.len() || action_count != M::META.actions.len() {
        return Err(SIZE);
    }
    let codes = unsafe { list(outcomes, outcome_count) }?;
    if action_count > 0 && (actions.is_null() || !actions.is_aligned()) {
        return Err(NULL);
    }
    Ok(codes)
}

/// # Safety
/// As many numbers may be written as there are actions.
unsafe fn write_action<M: ModelFamily>(action: usize, to: *mut i32) {
    for a in 0..M::META.actions.len() {
        unsafe { to.add(a).write(M::META.action_value(action, a) as i32) };
    }
}

/// One step among the joint actions that are open, within a budget: `open` has a byte for each joint action, zero for one that cannot be taken now; null where
/// all are open. At most `nodes` predicted beliefs are looked at (0: as the agent's options say). `depth` is how many steps ahead were looked at to the end,
/// unless it is null; 0 where there is no budget.
///
/// # Safety
/// As for [`step`]; behind `open` there are as many bytes as said, and `depth` may be written to, unless it is null.
pub unsafe fn step_within<M: ModelFamily>(
    agent: *mut Handle<M>,
    outcomes: (*const i32, usize),
    (open, open_count): (*const u8, usize),
    nodes: u64,
    actions: (*mut i32, usize),
    depth: *mut i32,
) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let codes = unsafe { codes_for::<M>(outcomes, actions) }?;
        let open = match open.is_null() {
            true => None,
            false if open_count != M::Action::COUNT => return Err(SIZE),
            false => Some(unsafe { list(open, open_count) }?),
        };
        let is_open = |action: M::Action| open.is_none_or(|open| open[action.index()] != 0);
        if !M::Action::all().any(is_open) {
            return Err(OPEN);
        }
        let evidence = evidence::<M>(codes, &[])?;
        let (agent, rng) = (&mut door.agent, &mut door.rng);
        let (action, looked) = match usize::try_from(nodes).unwrap_or(usize::MAX) {
            0 => (agent.step_with(evidence, is_open, rng).map_err(because(REFUSED))?, 0),
            nodes => {
                let within = agent.step_bounded(|visited| visited >= nodes, is_open, evidence, rng).map_err(because(REFUSED))?;
                (within.action, within.depth)
            }
        };
        if !depth.is_null() && depth.is_aligned() {
            // SAFETY: it may be written to.
            unsafe { depth.write(looked as i32) };
        }
        // SAFETY: there is room for as many numbers as there are actions.
        unsafe { write_action::<M>(action.index(), actions.0) };
        Ok(())
    })
}

/// Perceives without acting: what [`explain`](super::explain) and beliefs say is then of that. A second look replaces the first.
///
/// # Safety
/// As for [`step`].
pub unsafe fn perceive<M: ModelFamily>(agent: *mut Handle<M>, (outcomes, outcome_count): (*const i32, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        if outcome_count != M::META.modalities.len() {
            return Err(SIZE);
        }
        let evidence = evidence::<M>(unsafe { list(outcomes, outcome_count) }?, &[])?;
        door.agent.infer_states(evidence);
        Ok(())
    })
}

/// The joint action of a value of each action.
unsafe fn joint<M: ModelFamily>((actions, action_count): (*const i32, usize)) -> Result<M::Action, i32> {
    if action_count != M::META.actions.len() {
        return Err(SIZE);
    }
    let mut joint = 0;
    for (&value, action) in unsafe { list(actions, action_count) }?.iter().zip(M::META.actions) {
        let value = usize::try_from(value).ok().filter(|value| *value < action.values.count).ok_or(RANGE)?;
        joint = joint * action.values.count + value;
    }
    M::Action::from_index(joint).ok_or(RANGE)
}

/// Moves on under what was carried out, whoever chose it: after [`perceive`].
///
/// # Safety
/// As for [`reset`](super::reset); behind `actions` there are as many numbers as said.
pub unsafe fn act<M: ModelFamily>(agent: *mut Handle<M>, actions: (*const i32, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let action = unsafe { joint::<M>(actions) }?;
        door.agent.carry_out(Carried::Action(action.index()));
        Ok(())
    })
}

/// Tells the agent that another action was carried out than it chose in its last step.
///
/// # Safety
/// As for [`act`].
pub unsafe fn correct<M: ModelFamily>(agent: *mut Handle<M>, actions: (*const i32, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let action = unsafe { joint::<M>(actions) }?;
        door.agent.correct_action(action).map_err(because(REFUSED))
    })
}

/// Learns what is left to learn of the block so far, where the agent's options have it learn.
///
/// # Safety
/// As for [`reset`](super::reset).
pub unsafe fn end_block<M: ModelFamily>(agent: *mut Handle<M>) -> i32 {
    guarded(|| {
        unsafe { behind(agent) }?.agent.end_block();
        Ok(())
    })
}
