//! The filter: what is believed before and after each observation, by the chosen method.

mod state;

use alloc::vec::Vec;

pub use state::FilterState;

use super::groups::{Frame, Group, Whole, components};
use super::past::Past;
use super::window::{Gap, Scheme, Window, message_passing};
use super::{clean, exact, fixed_point, predict};
use crate::domain::Value;
use crate::model::{GenerativeModel, Marginals, Tables};
use crate::options::{Compat, Inference, Sweeps};
use crate::scalar::Real;

/// A belief over hidden states that is updated by evidence and moved by actions, by one method of inference.
///
/// Fixed-point iteration keeps one distribution per factor. Exact inference also keeps joint distributions, on the heap, allocated when
/// the filter is made; steps allocate nothing. Message passing keeps the evidence of its window and allocates as it goes.
#[derive(Debug)]
pub struct Filter<B, E, T = f64> {
    inference: Inference,
    belief: B,
    joint: Vec<T>,
    /// What was believed before the latest evidence, so that a second look replaces the first.
    prior: B,
    spare: Vec<T>,
    looked: bool,
    /// Whether `prior` and `spare` hold what was believed before the latest move.
    moved: bool,
    groups: Vec<Group>,
    past: Option<Past<B, E>>,
}

/// What was observed at each step, and done between them.
type Steps<'a, E> = (&'a [Option<E>], &'a [Option<usize>]);

impl<B: Marginals<T>, E: Value + PartialEq, T: Real> Filter<B, E, T> {
    /// A filter that believes the initial state of a model.
    pub fn new<M: GenerativeModel<T, Belief = B, Evidence = E>>(tables: &Tables<M, T>, inference: Inference) -> Self {
        let mut groups = Vec::new();
        let mut states = 0;
        if M::META.factors.len() > 1 {
            match inference {
                Inference::Exact => states = M::META.joint_states(),
                Inference::Components => {
                    groups = components(&M::META);
                    states = groups.iter().map(|g| g.len).sum();
                }
                _ => {}
            }
        }
        let windowed = matches!(inference, Inference::Marginal { .. } | Inference::Variational { .. });
        let past = Past { prior: B::zero(), evidence: Vec::new(), actions: Vec::new(), beliefs: Vec::new() };
        let mut filter = Filter {
            inference,
            belief: B::zero(),
            joint: alloc::vec![T::zero(); states],
            prior: B::zero(),
            spare: alloc::vec![T::zero(); states],
            looked: false,
            moved: false,
            groups,
            past: windowed.then_some(past),
        };
        filter.restart(tables);
        filter
    }

    /// Begins a new block: goes back to the initial state, but for factors that are kept between blocks.
    ///
    /// Exact inference keeps each such factor's own distribution, not what it knew of several jointly.
    pub fn begin_block<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self, tables: &Tables<M, T>) {
        if M::META.factors.iter().all(|f| !f.kept) {
            return self.restart(tables);
        }
        M::each_factor(|site| {
            if !M::META.factors[site.index].kept {
                self.belief.probabilities_mut(site.index).copy_from_slice(tables.initial(site));
            }
        });
        self.spread_joint::<M>();
        self.begin_window();
        (self.looked, self.moved) = (false, false);
    }

    /// Goes back to the initial state.
    pub fn restart<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self, tables: &Tables<M, T>) {
        M::each_factor(|site| self.belief.probabilities_mut(site.index).copy_from_slice(tables.initial(site)));
        if self.groups.is_empty() && !self.joint.is_empty() {
            exact::start(tables, Whole::<M, T>::new(), &mut self.joint);
        }
        for group in &self.groups {
            exact::start(tables, group, &mut self.joint[group.range()]);
        }
        self.begin_window();
        (self.looked, self.moved) = (false, false);
    }

    /// Message passing: forgets the window, and takes the present belief for the prior of a new one.
    pub fn begin_window(&mut self) {
        if let Some(past) = &mut self.past {
            past.begin(self.belief);
        }
    }

    /// The distribution of each factor.
    #[inline(always)]
    pub fn belief(&self) -> &B {
        &self.belief
    }

    /// The joint distribution, the last factor running fastest; empty where the factors are all there is. Per connected component, one
    /// joint distribution after the other.
    pub fn joint(&self) -> &[T] {
        &self.joint
    }

    /// Message passing: the beliefs about each step of the window, the latest last; empty for other methods.
    pub fn window(&self) -> &[B] {
        self.past.as_ref().map_or(&[], |past| &past.beliefs)
    }

    /// Message passing: the prior of the window's first step; none for other methods.
    pub fn window_prior(&self) -> Option<&B> {
        self.past.as_ref().map(|past| &past.prior)
    }

    /// Message passing: what was observed at each step of the window, and done between them.
    pub(crate) fn window_past(&self) -> Option<Steps<'_, E>> {
        self.past.as_ref().map(|past| (past.evidence.as_slice(), past.actions.as_slice()))
    }

    /// Takes in evidence: the belief becomes the posterior. A second look without a move in between replaces the first.
    pub fn perceive<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self, tables: &Tables<M, T>, evidence: &M::Evidence) {
        self.moved = false;
        if core::mem::replace(&mut self.looked, true) {
            self.belief = self.prior;
            self.joint.copy_from_slice(&self.spare);
        } else {
            self.prior = self.belief;
        }
        match self.inference {
            Inference::FixedPoint(sweeps) => self.belief = fixed_point(tables, &self.belief, evidence, sweeps),
            Inference::Exact if M::META.factors.len() > 1 => {
                let frame = Whole::<M, T>::new();
                exact::update(tables, frame, evidence, &mut self.joint, &mut self.spare);
                exact::marginals(frame, &self.joint, &mut self.belief);
            }
            Inference::Components if !self.groups.is_empty() => {
                for group in &self.groups {
                    let joint = &mut self.joint[group.range()];
                    exact::update(tables, group, evidence, joint, &mut self.spare[group.range()]);
                    exact::marginals(group, joint, &mut self.belief);
                }
            }
            Inference::Exact | Inference::Components => {
                let mut spare = self.belief;
                let joint = self.belief.probabilities_mut(0);
                exact::update(tables, Whole::<M, T>::new(), evidence, joint, spare.probabilities_mut(0));
            }
            Inference::Marginal { window: _, sweeps } => self.pass(tables, evidence, Scheme::Marginal, sweeps),
            Inference::Variational { window: _, sweeps } => self.pass(tables, evidence, Scheme::Variational, sweeps),
        }
    }

    fn pass<M: GenerativeModel<T, Belief = B, Evidence = E>>(
        &mut self,
        tables: &Tables<M, T>,
        evidence: &M::Evidence,
        scheme: Scheme,
        sweeps: Sweeps,
    ) {
        let Some(past) = &mut self.past else { return };
        past.evidence.truncate(past.actions.len());
        past.evidence.push(Some(*evidence));
        let window = Window { prior: &past.prior, evidence: &past.evidence, actions: &past.actions, gap: Gap::Restart };
        message_passing(tables, &window, scheme, sweeps, &mut past.beliefs);
        if let Some(last) = past.beliefs.last() {
            self.belief = *last;
        }
    }

    /// Moves the belief one step under a joint action: it becomes the prior of the next observation.
    pub fn advance<M: GenerativeModel<T, Belief = B, Evidence = E>>(
        &mut self,
        tables: &Tables<M, T>,
        action: usize,
        compat: &Compat,
    ) {
        self.looked = false;
        self.moved = self.past.is_none();
        self.prior = self.belief;
        if self.joint.is_empty() {
            // What is negligible need not be walked through, where logarithms are clipped; exact inference may yet come back to it.
            let clipped = matches!(self.inference, Inference::FixedPoint(_));
            let from = if clipped { clean(self.belief, M::META.factors.len()) } else { self.belief };
            self.belief = predict(tables, &from, action);
            if let Some(past) = &mut self.past {
                past.advance(tables, action, self.inference, compat, &self.belief);
            }
        } else {
            self.advance_joint(tables, |a| (a == action).then(T::one));
        }
    }

    /// The prior of the next observation: what is believed, or what was before the latest look, which another look would replace.
    pub fn outlook(&self) -> &B {
        if self.looked { &self.prior } else { &self.belief }
    }

    /// Believes something else from here on, as the prior of the next observation. Exact inference keeps each factor's own distribution, message
    /// passing begins a new window.
    pub fn believe<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self, belief: B) {
        self.belief = belief;
        (self.looked, self.moved) = (false, false);
        self.spread_joint::<M>();
        self.begin_window();
    }

    /// Makes the joint distributions those of independent factors.
    fn spread_joint<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self) {
        if self.groups.is_empty() && !self.joint.is_empty() {
            exact::independent(&self.belief, Whole::<M, T>::new(), &mut self.joint);
        }
        for group in &self.groups {
            exact::independent(&self.belief, group, &mut self.joint[group.range()]);
        }
    }

    /// The latest move cannot be taken back any more.
    pub fn settle(&mut self) {
        self.moved = false;
    }

    /// Takes the latest move back: the belief is again what it was before it. Whether there was one, and nothing was perceived since; message
    /// passing cannot go back.
    pub fn step_back(&mut self) -> bool {
        if !core::mem::take(&mut self.moved) {
            return false;
        }
        self.belief = self.prior;
        self.joint.copy_from_slice(&self.spare);
        true
    }

    /// Moves the belief one step under an action that is known only up to weights, which sum to one; `None` is an impossible action.
    /// Message passing begins a new window there. By components, an action that drives several of them leaves them independent.
    pub fn advance_mixture<M: GenerativeModel<T, Belief = B, Evidence = E>>(
        &mut self,
        tables: &Tables<M, T>,
        weight: impl Fn(usize) -> Option<T>,
    ) {
        (self.looked, self.moved) = (false, false);
        if !self.joint.is_empty() {
            return self.advance_joint(tables, weight);
        }
        let mut mixture = M::Belief::zero();
        for (action, weight) in (0..M::META.joint_actions()).filter_map(|a| Some((a, weight(a)?))) {
            let next = predict(tables, &self.belief, action);
            for f in 0..M::META.factors.len() {
                for (to, &p) in mixture.probabilities_mut(f).iter_mut().zip(next.probabilities(f)) {
                    *to += p * weight;
                }
            }
        }
        self.belief = mixture;
        self.begin_window();
    }

    fn advance_joint<M: GenerativeModel<T, Belief = B, Evidence = E>>(
        &mut self,
        tables: &Tables<M, T>,
        weight: impl Fn(usize) -> Option<T>,
    ) {
        fn move_part<M: GenerativeModel<T>, T: Real>(
            tables: &Tables<M, T>,
            frame: impl Frame,
            (joint, spare): (&mut [T], &mut [T]),
            weight: &impl Fn(usize) -> Option<T>,
        ) {
            spare.fill(T::zero());
            for (action, weight) in (0..M::META.joint_actions()).filter_map(|a| Some((a, weight(a)?))) {
                exact::advance(tables, frame, action, weight, joint, spare);
            }
            joint.swap_with_slice(spare);
        }
        if self.groups.is_empty() {
            let frame = Whole::<M, T>::new();
            move_part(tables, frame, (&mut self.joint, &mut self.spare), &weight);
            exact::marginals(frame, &self.joint, &mut self.belief);
        }
        for group in &self.groups {
            let parts = (&mut self.joint[group.range()], &mut self.spare[group.range()]);
            move_part(tables, group, parts, &weight);
            exact::marginals(group, &self.joint[group.range()], &mut self.belief);
        }
    }
}
