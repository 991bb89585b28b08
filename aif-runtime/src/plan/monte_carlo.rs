//! Monte-Carlo tree search over actions and sampled observations, for horizons and outcome spaces that cannot be enumerated.
//!
//! Each simulation goes down the tree: an action by the PUCT rule (Silver et al. 2017), an observation sampled from what the belief
//! predicts, the belief updated by it, until a new belief or the horizon. On the way back `Q(a) = -g(a) + mean of V over the observations
//! met` and `V = sum_a q(a) Q(a)` with `q = softmax(gamma Q)` are worked out anew, so that with ever more simulations the search becomes
//! sophisticated inference without pruning.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::gain::terms_of_move;
use super::imagined::Observing;
use super::memory::Memory;
use super::root::imagine;
use super::{Plan, Planner, Problem};
use crate::domain::Domain;
use crate::math;
use crate::model::{AtLeastOne, GenerativeModel, Limited, Marginals, ModelError, Table, entry};
use crate::perceive::{Frame, Whole};
use crate::random::pick;
use crate::scalar::{Real, softmax};

/// Monte-Carlo tree search. The agent's own switches, precision, habit, goals and time-indexed preferences count.
///
/// Its chance comes from `seed` alone: one problem, one plan. Memory: at most one belief for each simulation; cost: at most horizon times
/// simulations inferences and actions times simulations evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonteCarlo {
    /// How many times the tree is gone down.
    pub simulations: usize,
    /// How strongly actions that were tried seldom are preferred.
    pub exploration: f64,
    /// Where the chance comes from.
    pub seed: u64,
}

/// The most simulations.
const MAX_SIMULATIONS: usize = 10_000_000;

impl Default for MonteCarlo {
    fn default() -> Self {
        MonteCarlo { simulations: 1000, exploration: 1.25, seed: 0 }
    }
}

impl MonteCarlo {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        refuse_if!(self.simulations == 0, ModelError::Zero(AtLeastOne::Simulations));
        if self.simulations > MAX_SIMULATIONS {
            return Err(ModelError::Excess { what: Limited::Simulations, found: self.simulations, most: MAX_SIMULATIONS });
        }
        if !(self.exploration > 0.0 && self.exploration.is_finite()) {
            let what = "the exploration of Monte-Carlo tree search".into();
            return Err(ModelError::Number { what, value: self.exploration, expected: "above 0" });
        }
        Ok(())
    }
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for MonteCarlo {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        #[inline(never)]
        fn from<M: GenerativeModel<T>, T: Real, B: Observing<M, T>, K: Memory<M, T, B>>(
            problem: &Problem<'_, M, T>,
            root: B,
            options: &MonteCarlo,
        ) -> Plan<M, T> {
            options.plan_from(problem, root)
        }
        imagine!(M, problem, from(self))
    }
}

impl MonteCarlo {
    fn plan_from<M: GenerativeModel<T>, T: Real, B: Observing<M, T>>(&self, problem: &Problem<'_, M, T>, root: B) -> Plan<M, T> {
        let mut search = Search {
            problem,
            exploration: self.exploration,
            nodes: Vec::new(),
            rng: ChaCha8Rng::seed_from_u64(self.seed),
            evaluations: 0,
            depth: 0,
        };
        let root = search.add(root, 0);
        for _ in 0..self.simulations {
            search.simulate(root);
        }
        let values: Vec<T> = search.nodes[root].actions.iter().map(|a| a.value).collect();
        Plan {
            weights: problem.weigh(&values),
            nodes: search.evaluations,
            evaluations: search.evaluations,
            depth: search.depth,
            pruned: 0,
            saved: 0,
            perception: problem.scene.perception(),
        }
    }
}

/// A belief in the tree.
struct Node<B, T> {
    belief: B,
    step: usize,
    visits: usize,
    value: T,
    actions: Vec<Tried<T>>,
}

/// An action from a belief.
struct Tried<T> {
    gain: T,
    value: T,
    prior: f64,
    visits: usize,
    /// The beliefs after each observation that was met, and how often it was.
    met: BTreeMap<Vec<u16>, (usize, usize)>,
}

struct Search<'a, M: GenerativeModel<T>, T: Real, B> {
    problem: &'a Problem<'a, M, T>,
    exploration: f64,
    nodes: Vec<Node<B, T>>,
    rng: ChaCha8Rng,
    evaluations: usize,
    depth: usize,
}

impl<M: GenerativeModel<T>, T: Real, B: Observing<M, T>> Search<'_, M, T, B> {
    /// Adds a belief reached after `step` actions, with what one step from it promises.
    fn add(&mut self, belief: B, step: usize) -> usize {
        let mut actions = Vec::with_capacity(M::Action::COUNT);
        for action in 0..M::Action::COUNT {
            let next = belief.after(&self.problem.scene, action);
            let terms = terms_of_move(self.problem, (&belief, action, &next), step);
            self.evaluations += 1;
            let gain = self.problem.scene.objective.at(step, terms.total());
            actions.push(Tried { gain, value: gain, prior: 0.0, visits: 0, met: BTreeMap::new() });
        }
        let mut priors: Vec<f64> = actions.iter().map(|a| (self.problem.gamma * a.gain).value()).collect();
        if step == 0 && !self.problem.habit_of_policies() {
            for (a, prior) in priors.iter_mut().enumerate() {
                *prior += self.problem.habit(a).value();
            }
        }
        if step == 0 {
            for (_, prior) in priors.iter_mut().enumerate().filter(|(a, _)| !self.problem.scene.is_open(*a)) {
                *prior = f64::NEG_INFINITY;
            }
        }
        softmax(&mut priors);
        for (action, prior) in actions.iter_mut().zip(priors) {
            action.prior = prior;
        }
        self.depth = self.depth.max(step + 1);
        self.nodes.push(Node { belief, step, visits: 0, value: T::zero(), actions });
        let new = self.nodes.len() - 1;
        self.nodes[new].value = self.soft_value(new);
        new
    }

    /// `sum_a q(a) Q(a)` with `q = softmax(gamma Q)`.
    fn soft_value(&self, node: usize) -> T {
        let values: Vec<T> = self.nodes[node].actions.iter().map(|a| a.value).collect();
        let mut q: Vec<T> = values.iter().map(|&v| self.problem.gamma * v).collect();
        softmax(&mut q);
        q.iter().zip(&values).fold(T::zero(), |sum, (&q, &v)| sum + q * v)
    }

    fn simulate(&mut self, node: usize) {
        let action = self.choose(node);
        let step = self.nodes[node].step;
        if step + 1 < self.problem.scene.objective.horizon {
            let next = self.nodes[node].belief.after(&self.problem.scene, action);
            let outcomes = self.sample(&next);
            let child = match self.nodes[node].actions[action].met.get(&outcomes) {
                Some(&(child, _)) => {
                    self.simulate(child);
                    child
                }
                None => {
                    let seen: Vec<Option<usize>> = outcomes.iter().map(|&o| Some(usize::from(o))).collect();
                    let belief = next.given(&self.problem.scene, &seen);
                    self.add(belief, step + 1)
                }
            };
            self.nodes[node].actions[action].met.entry(outcomes).or_insert((child, 0)).1 += 1;
        }
        let tried = &self.nodes[node].actions[action];
        let met: usize = tried.met.values().map(|(_, times)| times).sum();
        let mut value = tried.gain;
        for &(child, times) in tried.met.values() {
            value += self.nodes[child].value * (times as f64 / met as f64);
        }
        let tried = &mut self.nodes[node].actions[action];
        tried.value = value;
        tried.visits += 1;
        self.nodes[node].visits += 1;
        self.nodes[node].value = self.soft_value(node);
    }

    /// The action to try next: at the root each once, then the best of value (scaled to between 0 and 1) and curiosity, the first of equals.
    fn choose(&self, node: usize) -> usize {
        let node = &self.nodes[node];
        if node.step == 0
            && let Some(untried) = (0..node.actions.len()).find(|&a| node.actions[a].visits == 0 && self.problem.scene.is_open(a))
        {
            return untried;
        }
        let values = node.actions.iter().map(|a| a.value.value());
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let spread = if high > low { high - low } else { 1.0 };
        let curiosity = self.exploration * math::sqrt((node.visits + 1) as f64);
        let score = |a: &Tried<T>| (a.value.value() - low) / spread + curiosity * a.prior.max(1e-3) / (1.0 + a.visits as f64);
        let open = |i: usize| node.step > 0 || self.problem.scene.is_open(i);
        let mut best = (0..node.actions.len()).find(|&i| open(i)).unwrap_or(0);
        for (i, action) in node.actions.iter().enumerate().filter(|(i, _)| open(*i)) {
            if score(action) > score(&node.actions[best]) {
                best = i;
            }
        }
        best
    }

    /// An observation that a predicted belief lets expect.
    fn sample(&mut self, predicted: &B) -> Vec<u16> {
        fn draw<R: Rng>(rng: &mut R, count: usize, p: impl Fn(usize) -> f64) -> usize {
            pick(count, (0..count).map(&p).sum(), p, rng)
        }
        let mut state = vec![0; M::META.factors.len()];
        if B::JOINT {
            let (frame, whole) = (Whole::<M, T>::new(), predicted.whole(&self.problem.scene));
            let joint = draw(&mut self.rng, whole.len(), |s| whole[s].value());
            state.iter_mut().enumerate().for_each(|(f, state)| *state = frame.digit(joint, f));
        } else {
            let belief = predicted.marginals(&self.problem.scene);
            for (f, state) in state.iter_mut().enumerate() {
                let q = belief.probabilities(f);
                *state = draw(&mut self.rng, q.len(), |s| q[s].value());
            }
        }
        let mut outcomes = vec![0; M::META.modalities.len()];
        M::each_modality(|site| {
            let context = M::META.context(site.parents, |f| state[f]);
            let table = self.problem.scene.tables.likelihood(site);
            let outcome = match table {
                Table::Map(map) => usize::from(map[context]),
                table => draw(&mut self.rng, site.outcomes, |o| entry(table, context, site.outcomes, o).value()),
            };
            // Domains have at most 65,536 values: the compiler has checked it.
            outcomes[site.index] = outcome as u16;
        });
        outcomes
    }
}
