//! What joint distributions tell of steps that are past: smoothing over filtered ones, and the transitions between them.
//!
//! Backwards from the last step, `q(s_t, s_t+1) = B(s_t+1 | s_t) q(s_t) / (B q)(s_t+1) * q(s_t+1 | all)`, over the joint states of all factors,
//! or of each component of the dependency graph (Rauch, Tung & Striebel's recursion on discrete states): exact, as the filtered ones are.

use alloc::vec;
use alloc::vec::Vec;

use super::advance::{Moving, advance, advance_by_factors, each_next};
use super::exact;
use super::groups::{Frame, Group, Whole, components, each_state, view_numbers, views};
use super::sound::proper;
use crate::model::{FactorSite, GenerativeModel, Marginals, Tables};
use crate::scalar::{Real, exact_zero};

/// How the joint distributions of a way to perceive are laid out: over all factors, or one component after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Joints {
    groups: Vec<Group>,
}

/// Runs `$body` for each joint distribution: `$frame` reads its indices, `$range` is where it lies.
macro_rules! each_group {
    ($self:ident, |$frame:ident, $range:ident| $body:expr) => {
        if $self.groups.is_empty() {
            let ($frame, $range) = (Whole::<M, T>::new(), 0..M::META.joint_states());
            $body
        }
        for group in &$self.groups {
            let ($frame, $range) = (group, group.range());
            $body
        }
    };
}

impl Joints {
    /// One for each component of the dependency graph.
    pub(super) fn by_components<M: GenerativeModel<T>, T: Real>() -> Self {
        Joints { groups: components(&M::META) }
    }

    /// How many numbers a joint distribution has.
    pub(crate) fn len<M: GenerativeModel<T>, T: Real>(&self) -> usize {
        if self.groups.is_empty() { M::META.joint_states() } else { self.groups.iter().map(|group| group.len).sum() }
    }

    /// What each modality shows of the factors, jointly, where that is less than half of these joint distributions.
    pub(crate) fn views<M: GenerativeModel<T>, T: Real>(&self) -> Option<Self> {
        let numbers = const { view_numbers(&M::META) };
        (numbers > 0 && numbers <= self.len::<M, T>() / 2).then(|| Joints { groups: views(&M::META) })
    }

    /// Those of some factors alone, one after the other; of all factors they are taken apart first.
    pub(crate) fn within<M: GenerativeModel<T>, T: Real>(&self, has: impl Fn(usize) -> bool) -> Self {
        let groups = if self.groups.is_empty() { components(&M::META) } else { self.groups.clone() };
        let mut start = 0;
        let own = groups.into_iter().filter(|group| group.each().all(&has)).map(|group| {
            start += group.len;
            Group { start: start - group.len, ..group }
        });
        Joints { groups: own.collect() }
    }

    /// Writes the joint distributions of views.
    pub(crate) fn look<M: GenerativeModel<T>, T: Real>(&self, joint: &[T], views: &Joints, to: &mut [T]) {
        for view in &views.groups {
            let Some(first) = view.each().next() else { continue };
            let to = &mut to[view.range()];
            to.fill(T::zero());
            // Views are of at most 128 factors.
            let mut factors = [0; 128];
            let count = view.each().zip(&mut factors).map(|(f, to)| *to = f).count();
            each_group!(self, |frame, range| {
                if frame.holds(first) {
                    let joint = &joint[range];
                    each_state(&M::META, frame, &factors[..count], &mut |s, c| to[c] += joint[s]);
                }
            });
        }
    }

    /// The distribution of some factors, where it stands by itself.
    #[inline]
    pub(crate) fn stands<'a, T: Real>(&self, joint: &'a [T], factors: &[usize]) -> Option<&'a [T]> {
        self.groups.iter().find(|group| group.is(factors)).map(|group| &joint[group.range()])
    }

    /// Over all factors.
    pub(crate) const WHOLE: Joints = Joints { groups: Vec::new() };

    /// Fills `joint` with the product of the initial distributions.
    pub(super) fn start<M: GenerativeModel<T>, T: Real>(&self, tables: &Tables<M, T>, joint: &mut [T]) {
        each_group!(self, |frame, range| exact::start(tables, frame, &mut joint[range]));
    }

    /// Whether numbers are a distribution for each group.
    pub(super) fn all_proper<M: GenerativeModel<T>, T: Real>(&self, joint: &[T]) -> bool {
        let mut fits = true;
        each_group!(self, |_frame, range| fits = fits && proper(&joint[range]));
        fits
    }

    /// Fills `to` with the joint distribution one step after another, under one of several actions with weights.
    pub(crate) fn advance_mixture<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        from: &[T],
        actions: &[(usize, T)],
        to: &mut [T],
    ) {
        to.fill(T::zero());
        for &(action, weight) in actions {
            each_group!(self, |frame, range| {
                advance(tables, frame, action, weight, &from[range.clone()], &mut to[range]);
            });
        }
    }

    /// The joint distribution one step after another.
    fn predict<M: GenerativeModel<T>, T: Real>(&self, tables: &Tables<M, T>, from: &[T], action: usize) -> Vec<T> {
        let mut next = vec![T::zero(); from.len()];
        self.advance(tables, from, action, &mut next);
        next
    }

    /// Fills `to` with the joint distribution one step after another.
    pub(crate) fn advance<M: GenerativeModel<T>, T: Real>(&self, tables: &Tables<M, T>, from: &[T], action: usize, to: &mut [T]) {
        to.copy_from_slice(from);
        self.advance_moving(tables, from, (action, Moving::All), to);
    }

    /// Moves in a joint distribution what no action moves, where it can go first.
    pub(crate) fn advance_steady<M: GenerativeModel<T>, T: Real>(&self, tables: &Tables<M, T>, joint: &mut [T]) {
        each_group!(self, |frame, range| {
            advance_by_factors(tables, frame, (0, Moving::Steady), &mut joint[range]);
        });
    }

    /// The rest of a step whose steady part is made, `from` being where it began.
    pub(crate) fn advance_rest<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        from: &[T],
        action: usize,
        to: &mut [T],
    ) {
        self.advance_moving(tables, from, (action, Moving::Others), to);
    }

    fn advance_moving<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        from: &[T],
        (action, moving): (usize, Moving),
        to: &mut [T],
    ) {
        each_group!(self, |frame, range| {
            let (from, to) = (&from[range.clone()], &mut to[range]);
            if !advance_by_factors(tables, frame, (action, moving), to) {
                to.fill(T::zero());
                advance(tables, frame, action, T::one(), from, to);
            }
        });
    }

    /// Turns the joint prior into the joint posterior given evidence; `spare` is storage of the same length.
    pub(crate) fn update<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        evidence: &M::Evidence,
        joint: &mut [T],
        spare: &mut [T],
    ) {
        each_group!(self, |frame, range| {
            exact::update(tables, frame, evidence, &mut joint[range.clone()], &mut spare[range]);
        });
    }

    /// Turns the joint prior into the joint posterior given evidence, and gives the logarithm of how probable that was; `None` where it is
    /// impossible, and nothing is believed of it.
    pub(crate) fn weigh<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        evidence: &M::Evidence,
        joint: &mut [T],
    ) -> Option<T> {
        let mut log = Some(T::zero());
        each_group!(self, |frame, range| {
            log = log.and_then(|log| Some(log + exact::weigh(tables, frame, evidence, &mut joint[range])?));
        });
        log
    }

    /// The joint distribution of all factors, the last running fastest.
    pub(crate) fn whole<M: GenerativeModel<T>, T: Real>(&self, joint: &[T]) -> Vec<T> {
        if self.groups.is_empty() {
            return joint.to_vec();
        }
        let all = Whole::<M, T>::new();
        let mut whole = vec![T::one(); M::META.joint_states()];
        for group in &self.groups {
            for (s, p) in whole.iter_mut().enumerate() {
                let own = (0..group.factors()).fold(0, |own, k| {
                    let factor = group.factor(k);
                    own * M::META.factors[factor].states.count + all.digit(s, factor)
                });
                *p *= joint[group.start + own];
            }
        }
        whole
    }

    /// Fills `joint` with the product of the distributions of a belief.
    pub(crate) fn independent<M: GenerativeModel<T>, T: Real>(&self, belief: &M::Belief, joint: &mut [T]) {
        each_group!(self, |frame, range| exact::independent(belief, frame, &mut joint[range]));
    }

    /// Whether at most one factor of each group has more than one state that is possible.
    #[inline]
    pub(crate) fn at_most_one_uncertain<M: GenerativeModel<T>, T: Real>(&self, belief: &M::Belief) -> bool {
        let uncertain = |f: usize| belief.probabilities(f).iter().filter(|p| !exact_zero(**p)).count() > 1;
        let mut fits = true;
        each_group!(self, |frame, _range| {
            fits &= (0..frame.factors()).filter(|&k| uncertain(frame.factor(k))).count() <= 1;
        });
        fits
    }

    /// The distribution of each factor.
    pub fn belief<M: GenerativeModel<T>, T: Real>(&self, joint: &[T]) -> M::Belief {
        let mut belief = M::Belief::zero();
        each_group!(self, |frame, range| exact::marginals(&M::META, frame, &joint[range], &mut belief));
        belief
    }

    /// What all of a sequence tells about the step that `filtered` is believed of, given what it tells of the next; across an unknown action
    /// nothing is told.
    pub fn smooth<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        filtered: &[T],
        action: Option<usize>,
        after: &[T],
    ) -> Vec<T> {
        let mut smoothed = filtered.to_vec();
        let Some(action) = action else { return smoothed };
        let before = self.predict::<M, T>(tables, filtered, action);
        each_group!(self, |frame, range| {
            let (before, after) = (&before[range.clone()], &after[range.clone()]);
            // What was held impossible and believed all the same says nothing about what was before.
            let impossible = before.iter().zip(after).filter(|(before, _)| before.value() <= 0.0);
            let unforeseen = impossible.fold(T::zero(), |sum, (_, &after)| sum + after);
            for (s, to) in smoothed[range.clone()].iter_mut().enumerate().filter(|(_, p)| !exact_zero(**p)) {
                let (p, mut sum) = (*to, T::zero());
                each_next(tables, frame, action, s, p, &mut |next, p| {
                    if before[next].value() > 0.0 {
                        sum += p * after[next] / before[next];
                    }
                });
                *to = sum + unforeseen * p;
            }
        });
        smoothed
    }

    /// Calls `visit(factor, combination of its parents' states, its next state, probability)` for all that may have happened between two steps,
    /// by what was believed of the first and what is believed of the second in the light of more.
    pub fn each_pair<M: GenerativeModel<T>, T: Real>(
        &self,
        tables: &Tables<M, T>,
        filtered: &[T],
        action: usize,
        after: &[T],
        mut visit: impl FnMut(&FactorSite, usize, usize, T),
    ) {
        let before = self.predict::<M, T>(tables, filtered, action);
        each_group!(self, |frame, range| {
            let (before, after) = (&before[range.clone()], &after[range.clone()]);
            for (s, &p) in filtered[range].iter().enumerate().filter(|(_, p)| !exact_zero(**p)) {
                each_next(tables, frame, action, s, p, &mut |next, p| {
                    if before[next].value() > 0.0 && !exact_zero(after[next]) {
                        let p = p * after[next] / before[next];
                        M::each_factor(|site| {
                            if site.counts.len > 0 && frame.holds(site.index) {
                                visit(site, frame.context(s, site.parents), frame.digit(next, site.index), p);
                            }
                        });
                    }
                });
            }
        });
    }

    /// Calls `visit(combination of the parents' states, probability)` for every one that is not impossible.
    pub fn each_context<M: GenerativeModel<T>, T: Real>(&self, joint: &[T], parents: &[usize], mut visit: impl FnMut(usize, T)) {
        if parents.is_empty() {
            return visit(0, T::one());
        }
        // Views overlap: the first that shows all.
        let mut seen = false;
        each_group!(self, |frame, range| {
            if !seen && parents.iter().all(|&f| frame.holds(f)) {
                seen = true;
                let joint = &joint[range];
                each_state(&M::META, frame, parents, &mut |s, context| {
                    if !exact_zero(joint[s]) {
                        visit(context, joint[s]);
                    }
                });
            }
        });
    }
}
