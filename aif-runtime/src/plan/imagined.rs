//! What is imagined in planning: the belief that each action leads to, factor by factor or of several factors jointly.
//!
//! Who perceives exactly plans exactly: from the joint distributions that are believed, each predicted as a whole, so that what is expected of an
//! outcome that several factors make together is not that of independent ones. Distributions of each factor do where nothing else can come out:
//! where no factor moves with another, and at most one in each group is uncertain.

use alloc::vec;
use alloc::vec::Vec;

use super::PlanningContext;
use super::posterior::posterior;
use crate::model::{GenerativeModel, Marginals, ModalitySite};
use crate::perceive::{Focus, Joints, Spread, Weights, certain, clean, each_context, predict_driven, predict_those};
use crate::scalar::{Real, each_possible, negligible, same};

/// Of tables of more combinations than this it is not looked which of them count.
const FOCUSED: usize = 512;

/// A belief that is imagined.
pub(super) trait Imagined<M: GenerativeModel<T>, T: Real>: Clone {
    /// Whether it knows factors jointly.
    const JOINT: bool;
    /// Whether each factor is predicted by itself.
    const BY_FACTORS: bool = false;

    /// The belief one step later under a joint action; what is negligible becomes zero.
    fn after(&self, scene: &PlanningContext<'_, M, T>, action: usize) -> Self;

    /// The same, where it is known for another action: what no action moves is the same after all.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn after_another(&self, scene: &PlanningContext<'_, M, T>, action: usize, _: &Self) -> Self {
        self.after(scene, action)
    }

    /// What no action moves has moved, where joint distributions are imagined: the same for all actions.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ready(&self, _: &PlanningContext<'_, M, T>) -> Option<Self> {
        None
    }

    /// The belief one step later, where what no action moves has moved.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn after_ready(&self, scene: &PlanningContext<'_, M, T>, action: usize, _: &Self) -> Self {
        self.after(scene, action)
    }

    /// The combination of a modality's parent states that is possible, where it is only one and that is looked at.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn certain(&self, _: &ModalitySite) -> Option<usize> {
        None
    }

    /// Which parents of a modality are uncertain and matter, where that is looked at.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn focus(&self, _: &PlanningContext<'_, M, T>, _: &ModalitySite) -> Option<Focus> {
        None
    }

    /// Calls `f(combination of a modality's parent states, probability)` for every combination that counts and is not impossible.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn each_that_counts(
        &self,
        scene: &PlanningContext<'_, M, T>,
        (site, _): (&ModalitySite, &Option<Focus>),
        f: impl FnMut(usize, T),
    ) {
        self.each_context(scene, site.parents, f);
    }

    /// Calls `f` with how probable each combination of the parents' states is.
    fn with_weights<R>(&self, scene: &PlanningContext<'_, M, T>, parents: &[usize], f: impl FnOnce(Weights<'_, T>) -> R) -> R;

    /// Calls `f(combination of the parents' states, probability)` for every combination that is not impossible.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn each_context(&self, scene: &PlanningContext<'_, M, T>, parents: &[usize], f: impl FnMut(usize, T)) {
        self.with_weights(scene, parents, |weights| weights.each(f));
    }

    /// The distribution of each factor.
    fn marginals(&self, scene: &PlanningContext<'_, M, T>) -> M::Belief;

    /// The joint distribution of all factors, the last running fastest.
    fn whole(&self, scene: &PlanningContext<'_, M, T>) -> Vec<T>;

    /// Whether another belief is the same, derivatives included.
    fn same(&self, other: &Self) -> bool;

    /// A few bits, to tell most unequal ones apart.
    fn hash(&self) -> u64;
}

/// A belief that takes in what is imagined to be observed.
pub(super) trait Observing<M: GenerativeModel<T>, T: Real>: Imagined<M, T> {
    /// The belief after an imagined observation that it holds possible.
    fn given(&self, scene: &PlanningContext<'_, M, T>, outcomes: &[Option<usize>]) -> Self;
}

/// A distribution for each factor.
#[derive(Clone, Copy)]
pub(super) struct Factored<B>(B);

impl<B> Factored<B> {
    /// Of a belief as it is.
    pub fn of(belief: B) -> Self {
        Factored(belief)
    }

    /// What is believed in a scene, but for what is negligible; of what is not planned there, nothing.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn root<M: GenerativeModel<T, Belief = B>, T: Real>(scene: &PlanningContext<'_, M, T>) -> Self
    where
        B: Marginals<T>,
    {
        let mut belief = *scene.belief;
        if let Some(part) = scene.part() {
            for f in (0..M::META.factors.len()).filter(|&f| !part.has_factor(f)) {
                belief.probabilities_mut(f).fill(T::zero());
            }
        }
        Factored(clean(belief, M::META.factors.len()))
    }
}

impl<M: GenerativeModel<T, Belief = B>, T: Real, B: Marginals<T>> Imagined<M, T> for Factored<B> {
    const JOINT: bool = false;
    const BY_FACTORS: bool = true;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn after(&self, scene: &PlanningContext<'_, M, T>, action: usize) -> Self {
        let next = predict_those(scene.tables, &self.0, action, |f| scene.has_factor(f));
        Factored(clean(next, M::META.factors.len()))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn after_another(&self, scene: &PlanningContext<'_, M, T>, action: usize, known: &Self) -> Self {
        let mut next = known.0;
        predict_driven(scene.tables, &self.0, action, &mut next, |f| scene.has_factor(f));
        Factored(clean(next, M::META.factors.len()))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn certain(&self, site: &ModalitySite) -> Option<usize> {
        if site.contexts <= FOCUSED { certain(&self.0, site.parents) } else { None }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn focus(&self, scene: &PlanningContext<'_, M, T>, site: &ModalitySite) -> Option<Focus> {
        if site.relevant.len > 0 && site.contexts <= FOCUSED { Focus::of(scene.tables, site, &self.0) } else { None }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn each_that_counts(
        &self,
        _: &PlanningContext<'_, M, T>,
        (site, focus): (&ModalitySite, &Option<Focus>),
        f: impl FnMut(usize, T),
    ) {
        match focus {
            Some(focus) => focus.each(&self.0, f),
            None => each_context(&self.0, site.parents, f),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn each_context(&self, _: &PlanningContext<'_, M, T>, parents: &[usize], f: impl FnMut(usize, T)) {
        each_context(&self.0, parents, f);
    }

    fn with_weights<R>(&self, _: &PlanningContext<'_, M, T>, parents: &[usize], f: impl FnOnce(Weights<'_, T>) -> R) -> R {
        let of = |f: usize| Spread::all(self.0.probabilities(f));
        match *parents {
            [] => f(Weights::Product(&[])),
            [a] => f(Weights::Product(&[of(a)])),
            [a, b] => f(Weights::Product(&[of(a), of(b)])),
            [a, b, c] => f(Weights::Product(&[of(a), of(b), of(c)])),
            [a, b, c, d] => f(Weights::Product(&[of(a), of(b), of(c), of(d)])),
            _ => f(Weights::Walk(&|f| each_context(&self.0, parents, f))),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn marginals(&self, _: &PlanningContext<'_, M, T>) -> B {
        self.0
    }

    fn whole(&self, _: &PlanningContext<'_, M, T>) -> Vec<T> {
        let mut whole = vec![T::one(); M::META.joint_states()];
        Joints::default().independent::<M, T>(&self.0, &mut whole);
        whole
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn hash(&self) -> u64 {
        let mut hash = 0u64;
        for f in 0..M::META.factors.len() {
            hash = hash_of(hash, self.0.probabilities(f));
        }
        hash
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn hash_of<T: Real>(mut hash: u64, p: &[T]) -> u64 {
    if p.len() <= 16 {
        return hash_of_all(hash, p);
    }
    each_possible(p, |i, p| {
        hash = (hash.rotate_left(5) ^ p.value().to_bits() ^ i as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
    });
    hash
}

/// The same of lists that are hardly ever zero: four by themselves, for one waits for the other.
#[cfg_attr(not(debug_assertions), inline(always))]
fn hash_of_all<T: Real>(hash: u64, p: &[T]) -> u64 {
    const BY: u64 = 0x517c_c1b7_2722_0a95;
    let add = |side: u64, p: &T| (side.rotate_left(5) ^ p.value().to_bits()).wrapping_mul(BY);
    let mut sides = [hash; 4];
    let (stretches, rest) = p.as_chunks::<4>();
    for stretch in stretches {
        for (side, p) in sides.iter_mut().zip(stretch) {
            *side = add(*side, p);
        }
    }
    for (side, p) in sides.iter_mut().zip(rest) {
        *side = add(*side, p);
    }
    sides.iter().fold(0, |hash, side| (hash.rotate_left(5) ^ side).wrapping_mul(BY))
}

/// Where joint distributions are kept: on the stack where they are small.
pub(super) trait Store<T>: Clone {
    fn blank(len: usize) -> Self;
    fn numbers(&self) -> &[T];
    fn numbers_mut(&mut self) -> &mut [T];
}

impl<T: Real, const N: usize> Store<T> for [T; N] {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn blank(_: usize) -> Self {
        [T::zero(); N]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn numbers(&self) -> &[T] {
        self
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn numbers_mut(&mut self) -> &mut [T] {
        self
    }
}

impl<T: Real> Store<T> for Vec<T> {
    fn blank(len: usize) -> Self {
        vec![T::zero(); len]
    }
    fn numbers(&self) -> &[T] {
        self
    }
    fn numbers_mut(&mut self) -> &mut [T] {
        self
    }
}

/// Joint distributions: of all factors, or of each component of the dependency graph.
#[derive(Clone, Copy)]
pub(super) struct Together<S>(S);

impl<S> Together<S> {
    /// What is believed, in memory of its own.
    pub fn from<T: Real>(joint: &[T]) -> Self
    where
        S: Store<T>,
    {
        let mut own = S::blank(joint.len());
        own.numbers_mut()[..joint.len()].copy_from_slice(joint);
        let mut together = Together(own);
        together.clean(joint.len());
        together
    }

    fn clean<T: Real>(&mut self, len: usize)
    where
        S: Store<T>,
    {
        self.0.numbers_mut()[..len].iter_mut().filter(|p| negligible(**p)).for_each(|p| *p = T::zero());
    }

    fn own<T: Real>(&self, len: usize) -> &[T]
    where
        S: Store<T>,
    {
        &self.0.numbers()[..len]
    }
}

/// How the joint distributions of a scene lie, and how many numbers they have.
fn laid_out<'a, M: GenerativeModel<T>, T: Real>(scene: &PlanningContext<'a, M, T>) -> (&'a Joints, usize) {
    static WHOLE: Joints = Joints::WHOLE;
    scene.joint.map_or((&WHOLE, 0), |(joints, joint)| (joints, joint.len()))
}

impl<M: GenerativeModel<T>, T: Real, S: Store<T>> Imagined<M, T> for Together<S> {
    const JOINT: bool = true;

    fn after(&self, scene: &PlanningContext<'_, M, T>, action: usize) -> Self {
        let (joints, len) = laid_out(scene);
        let mut next = Together(S::blank(len));
        joints.advance(scene.tables, self.own(len), action, &mut next.0.numbers_mut()[..len]);
        next.clean(len);
        next
    }

    #[inline]
    fn ready(&self, scene: &PlanningContext<'_, M, T>) -> Option<Self> {
        let (joints, len) = laid_out(scene);
        let mut ready = self.clone();
        joints.advance_steady(scene.tables, &mut ready.0.numbers_mut()[..len]);
        Some(ready)
    }

    fn after_ready(&self, scene: &PlanningContext<'_, M, T>, action: usize, ready: &Self) -> Self {
        let (joints, len) = laid_out(scene);
        let mut next = ready.clone();
        joints.advance_rest(scene.tables, self.own(len), action, &mut next.0.numbers_mut()[..len]);
        next.clean(len);
        next
    }

    fn with_weights<R>(&self, scene: &PlanningContext<'_, M, T>, parents: &[usize], f: impl FnOnce(Weights<'_, T>) -> R) -> R {
        let (joints, len) = laid_out(scene);
        if let Some(own) = joints.stands(self.own(len), parents) {
            return f(Weights::Product(&[Spread::all(own)]));
        }
        // What several joint states say of one combination is put together first.
        let mut sums = S::blank(len);
        let sums = sums.numbers_mut();
        joints.each_context::<M, T>(self.own(len), parents, |c, p| sums[c] += p);
        let count: usize = parents.iter().map(|&g| M::META.factors[g].states.count).product();
        f(Weights::Product(&[Spread::all(&sums[..count])]))
    }

    fn marginals(&self, scene: &PlanningContext<'_, M, T>) -> M::Belief {
        let (joints, len) = laid_out(scene);
        joints.belief::<M, T>(self.own(len))
    }

    fn whole(&self, scene: &PlanningContext<'_, M, T>) -> Vec<T> {
        let (joints, len) = laid_out(scene);
        joints.whole::<M, T>(self.own(len))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn same(&self, other: &Self) -> bool {
        same(self.0.numbers(), other.0.numbers())
    }

    fn hash(&self) -> u64 {
        hash_of_all(0, self.0.numbers())
    }
}

impl<M: GenerativeModel<T, Belief = B>, T: Real, B: Marginals<T>> Observing<M, T> for Factored<B> {
    fn given(&self, scene: &PlanningContext<'_, M, T>, outcomes: &[Option<usize>]) -> Self {
        Factored(posterior(scene, &self.0, outcomes))
    }
}

impl<M: GenerativeModel<T>, T: Real, S: Store<T>> Observing<M, T> for Together<S> {
    fn given(&self, scene: &PlanningContext<'_, M, T>, outcomes: &[Option<usize>]) -> Self {
        let (joints, len) = laid_out(scene);
        let (mut after, mut spare) = (self.clone(), S::blank(len));
        let joint = &mut after.0.numbers_mut()[..len];
        joints.update(scene.tables, &M::evidence(outcomes), joint, &mut spare.numbers_mut()[..len]);
        after.clean(len);
        after
    }
}
