//! Many agents and many worlds of a declared model, without their types: each draws from a stream of its own, so that what happens to it
//! does not depend on how many threads or others there are.

use std::any::Any;

use aif_runtime::model::{Assignment, Marginals, Meta};
use aif_runtime::{Agent, Domain, Environment, GenerativeModel, Signal, World};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::fault::Fault;
use crate::life::probabilities;
use crate::lives::Lives;
use crate::seen::{Codes, CodesMut};

/// Fewer members than this are not worth a thread of their own.
const TOGETHER: usize = 32;

/// The most agents or worlds of a batch.
pub(crate) const MOST_MEMBERS: usize = 1 << 24;

/// The most numbers of an array that is made for Python.
const MOST_NUMBERS: usize = 1 << 30;

/// As many zeros as an array of a shape has numbers, unless they are too many. No side of it is longer, either.
pub(crate) fn zeros<E: Clone + Default>(what: &'static str, shape: &[usize]) -> Result<Vec<E>, Fault> {
    let wrong = || Fault::Size { what, shape: shape.to_vec(), most: MOST_NUMBERS };
    let bounded = shape.iter().try_fold(1_usize, |all, &side| all.checked_mul(side.max(1)));
    bounded.filter(|count| *count <= MOST_NUMBERS).ok_or_else(wrong)?;
    let count: usize = shape.iter().product();
    let mut all = Vec::new();
    all.try_reserve_exact(count).map_err(|_| wrong())?;
    all.resize(count, E::default());
    Ok(all)
}

/// Many agents.
pub(crate) trait Crowd: Send + Sync {
    fn count(&self) -> usize;
    /// Each perceives its row, chooses and acts: the values of its actions go into its row.
    fn step(&mut self, seen: Codes<'_>, actions: &mut [i32]) -> Result<(), Fault>;
    /// Each perceives its row.
    fn infer(&mut self, seen: Codes<'_>) -> Result<(), Fault>;
    fn restart(&mut self);
    /// What each believes of a factor, row by row.
    fn belief(&self, factor: usize, to: &mut [f64]);
    /// The probability with which each chooses each joint action, row by row.
    fn action_probabilities(&self, to: &mut [f64]);
    /// All begin anew and live for so many steps; observations and actions are written step by step, one observation more than actions.
    fn rollout(&mut self, worlds: &mut dyn Planet, steps: usize, seen: CodesMut<'_>, actions: &mut [i32]) -> Result<(), Fault>;
}

/// Many worlds.
pub(crate) trait Planet: Send + Sync {
    fn count(&self) -> usize;
    fn reset(&mut self, seen: CodesMut<'_>);
    fn step(&mut self, actions: &[i32], seen: CodesMut<'_>) -> Result<(), Fault>;
    /// The hidden state of each, row by row.
    fn states(&self, to: &mut [i32]);
    fn as_any(&mut self) -> &mut dyn Any;
}

pub(crate) struct AgentsOf<M: GenerativeModel> {
    pub members: Vec<(Agent<M>, ChaCha8Rng)>,
}

pub(crate) struct WorldsOf<M: GenerativeModel> {
    pub members: Vec<(World<M>, ChaCha8Rng)>,
}

/// Looks for codes that are no outcomes, so that nothing has happened when one is refused.
fn check_seen(meta: &Meta, seen: Codes<'_>, count: usize) -> Result<(), Fault> {
    let width = meta.modalities.len();
    for i in 0..count * width {
        let (code, modality) = (seen.at(i), &meta.modalities[i % width]);
        let fits = match modality.measured {
            Some(_) => !code.is_infinite(),
            None => code.is_nan() || (code >= 0.0 && code < modality.outcomes.count as f64 && code.fract() == 0.0),
        };
        if !fits {
            let missing = if matches!(seen, Codes::Whole(_)) { "; a missing one is -1" } else { "; a missing one is NaN" };
            return Err(Fault::Code {
                row: i / width,
                name: modality.name,
                found: code,
                count: modality.outcomes.count,
                missing,
            });
        }
    }
    Ok(())
}

/// The joint action of each row.
fn joint_actions(meta: &Meta, actions: &[i32], count: usize) -> Result<Vec<usize>, Fault> {
    let width = meta.actions.len();
    if width == 0 {
        return Ok(vec![0; count]);
    }
    let joint = |(row, parts): (usize, &[i32])| {
        let mut joint = 0;
        for (&code, action) in parts.iter().zip(meta.actions) {
            let count = action.values.count;
            let value = usize::try_from(code).ok().filter(|value| *value < count);
            let value = value.ok_or(Fault::Code { row, name: action.name, found: f64::from(code), count, missing: "" })?;
            joint = joint * count + value;
        }
        Ok(joint)
    };
    actions.chunks(width).enumerate().map(joint).collect()
}

/// Evidence of a row whose codes were checked.
#[inline]
fn evidence<M: GenerativeModel>(seen: Codes<'_>, row: usize) -> M::Evidence {
    let mut evidence = M::evidence(&[]);
    let width = M::META.modalities.len();
    for m in 0..width {
        let code = seen.at(row * width + m);
        if code.is_nan() {
            continue;
        }
        let measured = M::META.modalities[m].measured.is_some();
        let signal = if measured { Signal::Measured(code) } else { Signal::Seen(code as usize) };
        M::set_signal(&mut evidence, m, signal);
    }
    evidence
}

/// Writes an observation, one number for each modality.
fn write<M: GenerativeModel>(observation: &M::Observation, mut to: CodesMut<'_>) {
    (0..M::META.modalities.len()).for_each(|m| to.set(m, observation.number(m)));
}

/// So many rows of an array, to be shared out over threads.
fn rows<V>(mut array: &mut [V], width: usize, count: usize) -> Vec<&mut [V]> {
    let one = |_| array.split_off_mut(..width).unwrap_or_default();
    (0..count).map(one).collect()
}

/// The same of codes.
fn rows_of(codes: CodesMut<'_>, width: usize, count: usize) -> Vec<CodesMut<'_>> {
    match codes {
        CodesMut::Whole(codes) => rows(codes, width, count).into_iter().map(CodesMut::Whole).collect(),
        CodesMut::Numbers(numbers) => rows(numbers, width, count).into_iter().map(CodesMut::Numbers).collect(),
    }
}

fn act<M: GenerativeModel>((agent, rng): &mut (Agent<M>, ChaCha8Rng), evidence: M::Evidence, to: &mut [i32]) -> M::Action {
    let action = agent.step(evidence, rng);
    to.iter_mut().enumerate().for_each(|(a, to)| *to = M::META.action_value(action.index(), a) as i32);
    action
}

impl<M: Lives> Crowd for AgentsOf<M> {
    fn count(&self) -> usize {
        self.members.len()
    }

    fn step(&mut self, seen: Codes<'_>, actions: &mut [i32]) -> Result<(), Fault> {
        check_seen(&M::META, seen, self.members.len())?;
        let rows = rows(actions, M::META.actions.len(), self.members.len());
        let all = self.members.par_iter_mut().zip(rows).enumerate();
        all.with_min_len(TOGETHER).for_each(|(row, (member, to))| {
            act(member, evidence::<M>(seen, row), to);
        });
        Ok(())
    }

    fn infer(&mut self, seen: Codes<'_>) -> Result<(), Fault> {
        check_seen(&M::META, seen, self.members.len())?;
        let all = self.members.par_iter_mut().enumerate().with_min_len(TOGETHER);
        all.for_each(|(row, (agent, _))| {
            agent.infer_states(evidence::<M>(seen, row));
        });
        Ok(())
    }

    fn restart(&mut self) {
        self.members.par_iter_mut().with_min_len(TOGETHER).for_each(|(agent, _)| agent.restart());
    }

    fn belief(&self, factor: usize, to: &mut [f64]) {
        let states = M::META.factors[factor].states.count;
        for ((agent, _), to) in self.members.iter().zip(to.chunks_mut(states)) {
            to.copy_from_slice(agent.belief().probabilities(factor));
        }
    }

    fn action_probabilities(&self, to: &mut [f64]) {
        let all = self.members.par_iter().zip(to.par_chunks_mut(M::Action::COUNT)).with_min_len(TOGETHER);
        all.for_each(|((agent, _), to)| to.copy_from_slice(&probabilities(agent)));
    }

    fn rollout(
        &mut self,
        worlds: &mut dyn Planet,
        steps: usize,
        mut seen: CodesMut<'_>,
        actions: &mut [i32],
    ) -> Result<(), Fault> {
        let (agents, count) = (self.members.len(), worlds.count());
        let other = " of another model";
        let Some(worlds) = worlds.as_any().downcast_mut::<WorldsOf<M>>() else {
            return Err(Fault::Together { agents, worlds: count, other });
        };
        if agents != count {
            return Err(Fault::Together { agents, worlds: count, other: "" });
        }
        let (width, acts) = (M::META.modalities.len(), M::META.actions.len());
        let looks = steps.saturating_add(1);
        // Each member lives through its whole life, which is put where it belongs afterwards: step by step.
        let mut lived: Vec<f64> = zeros("observations", &[agents, looks, width])?;
        let mut acted: Vec<i32> = zeros("actions", &[agents, steps, acts])?;
        let rows = rows(&mut lived, looks * width, agents).into_par_iter().zip(rows(&mut acted, steps * acts, agents));
        let all = self.members.par_iter_mut().zip(&mut worlds.members).zip(rows).with_min_len(TOGETHER);
        all.for_each(|((member, (world, world_rng)), (own, done))| {
            member.0.restart();
            let mut observation = world.reset(world_rng);
            (0..width).for_each(|m| own[m] = observation.number(m));
            for step in 0..steps {
                let action = act(member, observation.into(), &mut done[step * acts..][..acts]);
                observation = world.step(action, world_rng);
                (0..width).for_each(|m| own[(step + 1) * width + m] = observation.number(m));
            }
        });
        for member in 0..agents {
            for step in 0..looks {
                let own = (member * looks + step) * width;
                (0..width).for_each(|m| seen.set((step * agents + member) * width + m, lived[own + m]));
            }
            for step in 0..steps {
                let own = &acted[(member * steps + step) * acts..][..acts];
                actions[(step * agents + member) * acts..][..acts].copy_from_slice(own);
            }
        }
        Ok(())
    }
}

impl<M: Lives> Planet for WorldsOf<M> {
    fn count(&self) -> usize {
        self.members.len()
    }

    fn reset(&mut self, seen: CodesMut<'_>) {
        let count = self.members.len();
        let all = self.members.par_iter_mut().zip(rows_of(seen, M::META.modalities.len(), count));
        all.with_min_len(TOGETHER).for_each(|((world, rng), to)| write::<M>(&world.reset(rng), to));
    }

    fn step(&mut self, actions: &[i32], seen: CodesMut<'_>) -> Result<(), Fault> {
        let count = self.members.len();
        let joint = joint_actions(&M::META, actions, count)?;
        let all = self.members.par_iter_mut().zip(joint).zip(rows_of(seen, M::META.modalities.len(), count));
        all.with_min_len(TOGETHER).for_each(|(((world, rng), action), to)| {
            if let Some(action) = M::Action::from_index(action) {
                write::<M>(&world.step(action, rng), to);
            }
        });
        Ok(())
    }

    fn states(&self, to: &mut [i32]) {
        for ((world, _), to) in self.members.iter().zip(to.chunks_mut(M::META.factors.len().max(1))) {
            let state = world.state();
            to.iter_mut().enumerate().for_each(|(f, to)| *to = state.get(f) as i32);
        }
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
