//! Inductive planning: working back from goals to the states from which they can be reached, and keeping to the path.
//!
//! `I_0` marks the goal, `I_k` the states from which some action may lead into `I_k-1`. An agent whose most probable state is `k` steps
//! away is held to `I_k-1`: belief elsewhere costs `ln epsilon` (Friston et al. 2023, "Active inference and intentional behaviour").

use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::model::{GenerativeModel, Marginals, ModelError, Tables, entry};
use crate::scalar::{Real, first_maximum, ln_clipped};

/// The most steps to work back.
const MAX_DEPTH: usize = 1024;

/// How goals are worked back from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InductionOptions {
    /// How many steps to work back, at least 1 (the goal itself).
    pub depth: usize,
    /// How probable a transition has to be to count as possible, in [0, 1).
    pub threshold: f64,
    /// What being off the path is worth, as a probability, in (0, 1]: it costs `ln epsilon`.
    pub epsilon: f64,
}

impl Default for InductionOptions {
    fn default() -> Self {
        InductionOptions { depth: 16, threshold: 0.1, epsilon: 1e-3 }
    }
}

impl InductionOptions {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let InductionOptions { depth, threshold, epsilon } = *self;
        if !(1..=MAX_DEPTH).contains(&depth) {
            return Err(ModelError::InductionDepth { depth, most: MAX_DEPTH });
        }
        let number = |what: &str, value, expected| ModelError::Number { what: what.into(), value, expected };
        refuse_if!(!(0.0..1.0).contains(&threshold), number("the threshold of induction", threshold, "in [0, 1)"));
        refuse_if!(!(epsilon > 0.0 && epsilon <= 1.0), number("the epsilon of induction", epsilon, "in (0, 1]"));
        Ok(())
    }
}

/// The states from which the goals of a model can be reached, for each factor and number of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Induction {
    /// For each factor `[step][state]`; empty for a factor without a goal.
    reachable: Vec<Vec<bool>>,
    log_epsilon: f64,
}

impl Induction {
    /// Works back from the goals of a model through its transitions.
    ///
    /// A factor that moves with others can reach a state if it can for some states of theirs.
    pub fn new<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, options: &InductionOptions) -> Self {
        let mut reachable = Vec::new();
        M::each_factor(|site| {
            let goal = tables.goal(site);
            if !goal.contains(&true) {
                reachable.push(Vec::new());
                return;
            }
            let n = site.states;
            // `[state][next]`: whether some action, under some states of the other parents, may lead there.
            let mut leads = vec![false; n * n];
            for local in 0..site.local_actions {
                let table = tables.transition(site, local);
                for context in 0..site.contexts {
                    for next in (0..n).filter(|&next| entry(table, context, n, next).value() > options.threshold) {
                        match site.own_state(&M::META, context) {
                            Some(own) => leads[own * n + next] = true,
                            None => (0..n).for_each(|s| leads[s * n + next] = true),
                        }
                    }
                }
            }
            let mut rows = goal.to_vec();
            for k in 1..options.depth {
                for s in 0..n {
                    let reaches = (0..n).any(|next| leads[s * n + next] && rows[(k - 1) * n + next]);
                    rows.push(reaches);
                }
            }
            reachable.push(rows);
        });
        Induction { reachable, log_epsilon: ln_clipped(options.epsilon) }
    }

    /// Whether each state of a factor leads to its goal in exactly `steps` steps; `None` without a goal, or beyond the depth.
    pub fn reaches(&self, factor: usize, states: usize, steps: usize) -> Option<&[bool]> {
        self.reachable.get(factor)?.get(steps * states..(steps + 1) * states)
    }

    /// The inductive value of a predicted belief for an agent that believes `root` now: `ln epsilon` times the probability of states that
    /// are off the path, summed over factors. Nothing for a factor whose goal is out of reach.
    pub fn value<B: Marginals<T>, T: Real>(&self, root: &B, belief: &B) -> T {
        let mut value = T::zero();
        for (f, rows) in self.reachable.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            let q = root.probabilities(f);
            let here = first_maximum(q);
            let n = q.len();
            let Some(away) = (0..rows.len() / n).find(|k| rows[k * n + here]) else { continue };
            let path = &rows[away.saturating_sub(1) * n..][..n];
            for (&p, _) in belief.probabilities(f).iter().zip(path).filter(|(_, on)| !**on) {
                value += p * self.log_epsilon;
            }
        }
        value
    }
}
