//! What plans expect, step by step: where they lead, and what speaks for each first action. What is believed of the food does not depend on the way
//! that is taken, so that all plans that are at one place at one step are one.

use aif::prelude::*;

use crate::corridors::{CELLS, Spot, Step};
use crate::forager::{Forager, ForagerBelief};

/// What speaks for an action: what its plans that begin with it expect, all their steps together. An action's log-weight is precision times all
/// utility and information, and `ways`: `ln sum exp(gamma G) = E[gamma G] + H`, with the mean and the entropy of how it would go on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reason {
    pub probability: f64,
    /// Utility and information gain of each modality, in nats, in the order of the declaration.
    pub utility: [f64; 4],
    pub information: [f64; 4],
    /// The entropy of how it would go on, in nats.
    pub ways: f64,
}

/// What can be expected of being somewhere at a step: utility and information gain by modality.
type Expected = [[f64; 4]; 2];

/// What is expected from a place and a step on.
#[derive(Clone, Copy, Default)]
struct Ahead {
    /// `ln sum exp` of all ways from here.
    weight: f64,
    /// The mean of what they bring, and their entropy.
    expected: Expected,
    ways: f64,
    /// How probable each action is.
    actions: [f64; Step::COUNT],
}

/// All places that plans can reach.
pub struct Prospect {
    forager: Forager,
    gamma: f64,
    start: Spot,
    /// What each place brings at each step, from the first on; `None` where it cannot be reached.
    brings: Vec<[Option<Expected>; CELLS]>,
}

impl Prospect {
    /// What an agent of this precision may expect of so many steps from a place, believing this; `imagine` says what each modality adds to
    /// believing something and staying.
    pub fn new(
        forager: Forager,
        (gamma, horizon): (f64, usize),
        (start, mut belief): (Spot, ForagerBelief),
        mut imagine: impl FnMut(ForagerBelief) -> Vec<Terms<f64>>,
    ) -> Self {
        let mut reached = vec![start];
        let brings = (0..horizon).map(|_| {
            let mut brings = [None; CELLS];
            for to in reached.iter().flat_map(|&from| Step::all().map(move |go| forager.land.after(from, go))) {
                brings[to.index()].get_or_insert_with(|| {
                    belief.place = Dist::certain(to);
                    let mut expected = Expected::default();
                    for (m, share) in imagine(belief).into_iter().enumerate().take(4) {
                        (expected[0][m], expected[1][m]) = (share.utility, share.state_information_gain);
                    }
                    expected
                });
            }
            reached = Spot::all().filter(|spot| brings[spot.index()].is_some()).collect();
            belief.food = forager.later(&belief.food);
            brings
        });
        let brings = brings.collect();
        Prospect { forager, gamma, start, brings }
    }

    /// Why each first action is as probable as it is, and where plans lead at each step.
    pub fn reasons(&self, probabilities: [f64; Step::COUNT]) -> ([Reason; Step::COUNT], Vec<[f64; CELLS]>) {
        let horizon = self.brings.len();
        // From the last step back.
        let mut ahead = vec![[Ahead::default(); CELLS]; horizon + 1];
        for t in (0..horizon).rev() {
            for from in Spot::all() {
                ahead[t][from.index()] = self.back(from, t, &ahead[t + 1]);
            }
        }
        let mut reasons = [Reason::default(); Step::COUNT];
        for go in Step::all() {
            let Some((expected, later)) = self.step(self.start, go, 0, &ahead[1]) else { continue };
            let [utility, information] = expected;
            reasons[go.index()] = Reason { probability: probabilities[go.index()], utility, information, ways: later.ways };
        }
        // And forth.
        let mut now = [0.0; CELLS];
        now[self.start.index()] = 1.0;
        let mut paths = Vec::with_capacity(horizon);
        for ahead in &ahead[..horizon] {
            let mut next = [0.0; CELLS];
            for from in Spot::all().filter(|from| now[from.index()] > 0.0) {
                for go in Step::all() {
                    let share = ahead[from.index()].actions[go.index()];
                    next[self.forager.land.after(from, go).index()] += now[from.index()] * share;
                }
            }
            paths.push(next);
            now = next;
        }
        (reasons, paths)
    }

    /// What an action from a place brings with all that follows, and what follows; nothing where no plan is there at that step.
    fn step(&self, from: Spot, go: Step, t: usize, ahead: &[Ahead; CELLS]) -> Option<(Expected, Ahead)> {
        let to = self.forager.land.after(from, go).index();
        let (mut expected, later) = (self.brings[t][to]?, ahead[to]);
        expected.iter_mut().flatten().zip(later.expected.iter().flatten()).for_each(|(sum, x)| *sum += x);
        Some((expected, later))
    }

    /// What is ahead of a place at a step, given what is ahead of all at the next.
    fn back(&self, from: Spot, t: usize, ahead: &[Ahead; CELLS]) -> Ahead {
        let mut each = [None; Step::COUNT];
        for go in Step::all() {
            each[go.index()] = self.step(from, go, t, ahead);
        }
        let weights = each.map(|step| {
            step.map_or(f64::NEG_INFINITY, |(expected, later)| self.gamma * expected.iter().flatten().sum::<f64>() + later.ways)
        });
        let most = weights.iter().fold(f64::NEG_INFINITY, |most, &w| most.max(w));
        if most == f64::NEG_INFINITY {
            return Ahead::default();
        }
        let sum: f64 = weights.iter().map(|w| (w - most).exp()).sum();
        let mut here = Ahead { weight: most + sum.ln(), ..Ahead::default() };
        for (a, step) in each.into_iter().enumerate() {
            let p = (weights[a] - here.weight).exp();
            here.actions[a] = p;
            let Some((expected, later)) = step.filter(|_| p > 0.0) else { continue };
            here.expected.iter_mut().flatten().zip(expected.iter().flatten()).for_each(|(mean, x)| *mean += p * x);
            here.ways += p * (later.ways - p.ln());
        }
        here
    }
}
