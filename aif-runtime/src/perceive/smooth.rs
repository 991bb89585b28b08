//! Smoothing: what is believed about past steps once later observations are in, from filtered beliefs alone.
//!
//! Backwards from the last step, `q(s_t, s_t+1) = B(s_t+1 | s_t) q_filtered(s_t) / (B q_filtered)(s_t+1) * q_smoothed(s_t+1)`, factor by
//! factor (the "online filtering, then smoothing" of the reference; Rauch, Tung & Striebel's recursion on discrete states). With one
//! factor, exact filtered beliefs give exact smoothed ones. A factor that moves with others is smoothed jointly with their beliefs.

use alloc::vec;
use alloc::vec::Vec;

use super::contexts::each_of_many;
use super::window::{Gap, transition};
use crate::model::{GenerativeModel, Marginals, Tables};
use crate::scalar::{Real, sum};

/// Pairwise beliefs of one transition: for each factor, the joint distribution of its parents' states and its next state,
/// `[combination of parent states][next state]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairwise<T> {
    /// One table for each factor.
    pub factors: Vec<Vec<T>>,
}

/// Smoothed beliefs of consecutive steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Smoothed<B, T> {
    /// The belief about each step.
    pub beliefs: Vec<B>,
    /// The pairwise beliefs of each transition, one fewer.
    pub pairs: Vec<Pairwise<T>>,
}

/// Smooths filtered beliefs: `actions` are those between the steps, one fewer (those that are missing are unknown); across an unknown one
/// `gap` says what is assumed. An action is its index among joint actions.
pub fn smooth<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    filtered: &[M::Belief],
    actions: &[Option<usize>],
    gap: Gap,
) -> Smoothed<M::Belief, T> {
    smooth_over(tables, filtered, actions, gap, false)
}

/// [`smooth`] as the reference implementation does it: where something was held impossible and is believed all the same, its probability is
/// lost, for the step before and all before it. For comparison only.
pub fn smooth_as_reference<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    filtered: &[M::Belief],
    actions: &[Option<usize>],
    gap: Gap,
) -> Smoothed<M::Belief, T> {
    smooth_over(tables, filtered, actions, gap, true)
}

fn smooth_over<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    filtered: &[M::Belief],
    actions: &[Option<usize>],
    gap: Gap,
    drop: bool,
) -> Smoothed<M::Belief, T> {
    let mut beliefs = filtered.to_vec();
    let mut pairs = Vec::with_capacity(actions.len());
    for t in (0..filtered.len().saturating_sub(1)).rev() {
        let action = actions.get(t).copied().flatten();
        let pair = back(tables, &filtered[t], &beliefs[t + 1], action, gap, drop);
        beliefs[t] = marginal::<M, T>(tables, &filtered[t], &beliefs[t + 1], (action, gap, drop), &pair);
        pairs.push(pair);
    }
    pairs.reverse();
    Smoothed { beliefs, pairs }
}

fn back<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    filtered: &M::Belief,
    after: &M::Belief,
    action: Option<usize>,
    gap: Gap,
    drop: bool,
) -> Pairwise<T> {
    let mut factors = Vec::with_capacity(M::META.factors.len());
    M::each_factor(|site| {
        let mut joint = vec![T::zero(); site.contexts * site.states];
        let mut predicted = vec![T::zero(); site.states];
        each_of_many(filtered, site.parents, None, |c, _, q| {
            for next in 0..site.states {
                let p = transition(tables, site, action, gap, c, next) * q;
                joint[c * site.states + next] = p;
                predicted[next] += p;
            }
        });
        let smoothed = after.probabilities(site.index);
        for row in joint.chunks_mut(site.states) {
            for ((p, &sum), &q) in row.iter_mut().zip(&predicted).zip(smoothed) {
                if sum.value() > 0.0 {
                    *p = *p / sum * q;
                }
            }
        }
        // What was held impossible and believed all the same says nothing about what was before.
        for (next, &q) in smoothed.iter().enumerate().filter(|(next, _)| !drop && predicted[*next].value() <= 0.0) {
            each_of_many(filtered, site.parents, None, |c, _, p| joint[c * site.states + next] = p * q);
        }
        factors.push(joint);
    });
    Pairwise { factors }
}

/// The smoothed belief of the earlier step: the marginal of the pairs where each factor moves by itself, else the filtered belief times
/// the ratios that the children's pairs tell.
fn marginal<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    filtered: &M::Belief,
    after: &M::Belief,
    (action, gap, drop): (Option<usize>, Gap, bool),
    pair: &Pairwise<T>,
) -> M::Belief {
    let mut smoothed = *filtered;
    M::each_factor(|site| {
        let f = site.index;
        let to = smoothed.probabilities_mut(f);
        let children = M::META.factors.iter().enumerate().filter(|(_, child)| child.parents.contains(&f));
        if site.parents == [f] && children.clone().count() == 1 {
            for (to, row) in to.iter_mut().zip(pair.factors[f].chunks(site.states)) {
                *to = sum(row);
            }
            return;
        }
        let mut linked = false;
        M::each_factor(|child| {
            let Some(position) = child.parents.iter().position(|&g| g == f) else { return };
            linked = true;
            let mut predicted = vec![T::zero(); child.states];
            each_of_many(filtered, child.parents, None, |c, _, q| {
                for (next, to) in predicted.iter_mut().enumerate() {
                    *to += transition(tables, child, action, gap, c, next) * q;
                }
            });
            let mut ratio = vec![T::zero(); to.len()];
            each_of_many(filtered, child.parents, Some(position), |c, s, q| {
                for (next, &sum) in predicted.iter().enumerate() {
                    let after = after.probabilities(child.index)[next];
                    ratio[s] += if sum.value() > 0.0 {
                        q * transition(tables, child, action, gap, c, next) * after / sum
                    } else if drop {
                        T::zero()
                    } else {
                        q * after
                    };
                }
            });
            for (to, &r) in to.iter_mut().zip(&ratio) {
                *to *= r;
            }
        });
        let total = sum(to);
        if linked && total.value() > 0.0 {
            to.iter_mut().for_each(|p| *p /= total);
        } else if linked && !drop {
            // What the children tell contradicts itself: it says nothing.
            to.copy_from_slice(filtered.probabilities(f));
        }
    });
    smoothed
}
