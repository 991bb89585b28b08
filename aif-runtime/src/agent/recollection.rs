//! What an agent remembers of its steps: the same look from the same belief comes to the same, and is worked out once.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::Agent;
use super::planning::Chances;
use crate::domain::Domain;
use crate::evidence::Signal;
use crate::life::{LifeState, Setup};
use crate::model::{GenerativeModel, Marginals};
use crate::perceive::{Carries, Perception};
use crate::plan::Planning;
use crate::scalar::{Real, has_derivatives, same};

/// How many looks an agent remembers, where it is not told.
const LOOKS: usize = 64;
/// How many bytes they may take then; and how few of them would be of no use.
const BYTES: usize = 32 << 10;
const FEW: usize = 16;
/// How many it may be told to remember.
const MOST: usize = 1 << 16;
/// Among how many places a look may be.
const WAYS: usize = 4;
/// After so many times as many looks as it remembers, none of which was known, it looks without asking, for so many times as many.
const IN_VAIN: usize = 8;
const REST: usize = 64;

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// How many looks it remembers, rounded down to a power of two, at most 65,536; 0 for none. Where the same is seen from the same belief, what it
    /// came to before is looked up: the same belief, the same probabilities of actions, to the bit. Of use where beliefs repeat, as they do where
    /// places are known or trials begin anew; where hardly any step is known, nothing is looked up for some thousands of them.
    ///
    /// Without being told an agent remembers 64, fewer if they would take more than 32 kB, and none if fewer than 16 fit: beliefs of more than some
    /// hundred numbers. [`step`](Agent::step) and [`step_with`](Agent::step_with) remember, of outcomes seen or missing; not of an agent that
    /// learns, passes messages, updates its precision, counts steps of a block or searches by chance. Clones begin with nothing remembered, minds
    /// share what their agent remembers, and whatever changes an agent (its preferences, precisions, goals, inputs) makes it forget.
    ///
    /// ```
    /// # use aif_runtime::{Agent, GenerativeModel, ModelError};
    /// fn frugal<M: GenerativeModel<Inputs = ()>>(model: M) -> Result<Agent<M>, ModelError> {
    ///     let mut agent = Agent::new(model)?;
    ///     agent.remember(0);
    ///     Ok(agent)
    /// }
    /// ```
    pub fn remember(&mut self, looks: usize) {
        self.recollection = Recollection { most: Some(looks), ..Recollection::new() };
        self.recollection.begin(&self.life.setup, &self.life.state);
    }

    /// Whether what it is set up with (preferences, precisions, goals, inputs) was changed since it was made or copied.
    #[doc(hidden)]
    pub fn is_changed(&self) -> bool {
        self.recollection.changed
    }
}

/// What was seen, and which actions were open: as numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    outcomes: u64,
    open: u64,
}

impl Seen {
    /// `None` where something is known in another way than that an outcome was seen, or is missing, or where there would be too many numbers.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new<M: GenerativeModel<T>, T: Real>(evidence: &M::Evidence, open: Option<&[bool]>) -> Option<Self> {
        if !const { is_countable::<M, T>() } {
            return None;
        }
        let mut outcomes = 0;
        for (m, modality) in M::META.modalities.iter().enumerate() {
            let outcome = match M::signal(evidence, m) {
                Signal::Seen(outcome) => outcome as u64 + 1,
                Signal::Missing => 0,
                _ => return None,
            };
            outcomes = outcomes * (modality.outcomes.count as u64 + 1) + outcome;
        }
        let open = open.map_or(u64::MAX, |open| open.iter().rev().fold(0, |bits, &open| bits << 1 | u64::from(open)));
        Some(Seen { outcomes, open })
    }
}

/// Whether what can be seen, and which actions can be open, are numbers of 64 bits.
const fn is_countable<M: GenerativeModel<T>, T: Real>() -> bool {
    let (mut m, mut all) = (0, 1u64);
    while m < M::META.modalities.len() {
        match all.checked_mul(M::META.modalities[m].outcomes.count as u64 + 1) {
            Some(more) => all = more,
            None => return false,
        }
        m += 1;
    }
    M::Action::COUNT < 64
}

/// What an agent remembers of its steps, as long as nothing is changed in what it is set up with.
pub(super) struct Recollection<M: GenerativeModel<T>, T: Real> {
    /// How many looks it was told to remember.
    pub most: Option<usize>,
    /// Whether steps repeat, once that was asked.
    fits: Option<bool>,
    kept: Option<Box<Looks<M, T>>>,
    /// Whether what the agent is set up with has changed since it was made or copied.
    pub changed: bool,
}

impl<M: GenerativeModel<T>, T: Real> Recollection<M, T> {
    pub fn new() -> Self {
        Recollection { most: None, fits: None, kept: None, changed: false }
    }

    /// What the agent is set up with has changed: nothing that was remembered holds.
    pub fn forget(&mut self) {
        (self.fits, self.changed) = (None, true);
        if let Some(looks) = &mut self.kept {
            looks.clear();
        }
    }

    /// What is remembered, of a life whose steps repeat.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn of(&mut self, setup: &Setup<M, T>, state: &LifeState<M, T>) -> Option<&mut Looks<M, T>> {
        match self.fits {
            Some(true) => {}
            Some(false) => return None,
            None => self.begin(setup, state),
        }
        let looks = self.kept.as_deref_mut()?;
        if looks.rests() { None } else { Some(looks) }
    }

    /// Takes the memory that is needed, where steps repeat.
    #[cold]
    pub fn begin(&mut self, setup: &Setup<M, T>, state: &LifeState<M, T>) {
        let joint = state.perception.joint().len();
        let usual = || Some(BYTES / Looks::<M, T>::bytes(joint)).filter(|&fit| fit >= FEW).map_or(0, |fit| fit.min(LOOKS));
        let looks = self.most.map_or_else(usual, |most| most.min(MOST));
        let fits = looks >= WAYS && repeats(setup, state);
        self.fits = Some(fits);
        if fits && self.kept.is_none() {
            self.kept = Some(Box::new(Looks::new(1 << looks.ilog2(), joint)));
        }
    }
}

/// Whether all that a step depends on is the belief and what is seen.
fn repeats<M: GenerativeModel<T>, T: Real>(setup: &Setup<M, T>, state: &LifeState<M, T>) -> bool {
    let options = setup.options();
    let beliefs = matches!(options.inference.carries(&M::META), Carries::Belief | Carries::Joint);
    let stays =
        options.learning.is_none() && state.learned.is_none() && state.trust.is_none() && options.preference_steps.is_none();
    let by_chance = matches!(options.planning, Planning::MonteCarlo(_));
    let goes_on = setup.policies().is_some_and(|policies| policies.is_carried_on());
    beliefs && stays && !by_chance && !goes_on && !has_derivatives::<T>()
}

/// Looks of the past.
pub(super) struct Looks<M: GenerativeModel<T>, T: Real> {
    /// A mark of each look, a few of a set after each other; zero where there is none.
    marks: Vec<u64>,
    /// Where the next look of each set goes.
    next: Vec<u8>,
    looks: Vec<Look<M, T>>,
    /// Joint distributions before and after each look, where beliefs are joint.
    joints: Vec<T>,
    /// How many numbers one takes.
    joint: usize,
    /// How many looks in a row were not known, and how many are not asked for.
    missed: usize,
    resting: usize,
}

/// One look.
#[derive(Clone)]
struct Look<M: GenerativeModel<T>, T: Real> {
    seen: Seen,
    before: M::Belief,
    after: M::Belief,
    chances: Chances<M, T>,
}

/// Where a look goes that is not remembered.
pub(super) struct Place {
    place: usize,
    mark: u64,
}

impl<M: GenerativeModel<T>, T: Real> Looks<M, T> {
    /// How many bytes one takes.
    fn bytes(joint: usize) -> usize {
        size_of::<u64>() + size_of::<Look<M, T>>() + 2 * joint * size_of::<T>()
    }

    fn new(looks: usize, joint: usize) -> Self {
        let (before, after) = (M::Belief::zero(), M::Belief::zero());
        let nothing = Look { seen: Seen { outcomes: 0, open: 0 }, before, after, chances: M::Action::filled(0.0) };
        let joints = vec![T::zero(); 2 * joint * looks];
        Looks {
            marks: vec![0; looks],
            next: vec![0; looks / WAYS],
            looks: vec![nothing; looks],
            joints,
            joint,
            missed: 0,
            resting: 0,
        }
    }

    fn clear(&mut self) {
        self.marks.fill(0);
        (self.missed, self.resting) = (0, 0);
    }

    /// Whether so little was known of late that it is not worth asking.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn rests(&mut self) -> bool {
        let rests = self.resting > 0;
        self.resting -= usize::from(rests);
        rests
    }

    /// A mark of a look; never zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn mark(seen: Seen, perception: &Perception<M, T>) -> u64 {
        let with = |mark: u64, bits: u64| (mark.rotate_left(5) ^ bits).wrapping_mul(0x517c_c1b7_2722_0a95);
        with(with(perception.mark_of_outlook(), seen.outcomes), seen.open).max(1)
    }

    /// Looks from the prior of a perception: where the same was done before, the perception becomes what it became then. How probable each action is;
    /// else where the look goes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn recall(&mut self, seen: Seen, perception: &mut Perception<M, T>) -> Result<&Chances<M, T>, Place> {
        let mark = Self::mark(seen, perception);
        let set = (mark >> 32) as usize & (self.next.len() - 1);
        let found = (set * WAYS..(set + 1) * WAYS).find(|&place| {
            let look = &self.looks[place];
            self.marks[place] == mark
                && look.seen == seen
                && look.before == *perception.outlook()
                && same(self.joint(2 * place), perception.joint_outlook())
        });
        if let Some(place) = found {
            self.missed = 0;
            let look = &self.looks[place];
            perception.look_again(&look.after, self.joint(2 * place + 1));
            return Ok(&look.chances);
        }
        self.missed += 1;
        if self.missed == IN_VAIN * self.marks.len() {
            (self.missed, self.resting) = (0, REST * self.marks.len());
        }
        let way = &mut self.next[set];
        let place = set * WAYS + usize::from(*way);
        *way = (*way + 1) % WAYS as u8;
        // Until it is whole.
        self.marks[place] = 0;
        (self.looks[place].seen, self.looks[place].before) = (seen, *perception.outlook());
        self.joint_mut(2 * place).copy_from_slice(perception.joint_outlook());
        Err(Place { place, mark })
    }

    /// Remembers what a look came to.
    pub fn keep(&mut self, Place { place, mark }: Place, perception: &Perception<M, T>, chances: &Chances<M, T>) {
        (self.looks[place].after, self.looks[place].chances) = (*perception.belief(), *chances);
        self.joint_mut(2 * place + 1).copy_from_slice(perception.joint());
        self.marks[place] = mark;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn joint(&self, place: usize) -> &[T] {
        &self.joints[place * self.joint..][..self.joint]
    }

    fn joint_mut(&mut self, place: usize) -> &mut [T] {
        &mut self.joints[place * self.joint..][..self.joint]
    }
}

/// A copy remembers as many; it has nothing to remember yet.
impl<M: GenerativeModel<T>, T: Real> Clone for Recollection<M, T> {
    fn clone(&self) -> Self {
        let kept = self.kept.as_ref().map(|looks| Box::new(Looks::new(looks.marks.len(), looks.joint)));
        Recollection { most: self.most, fits: self.fits, kept, changed: false }
    }
}

impl<M: GenerativeModel<T>, T: Real> fmt::Debug for Recollection<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.kept.as_ref().map_or(0, |looks| looks.marks.iter().filter(|mark| **mark != 0).count());
        write!(f, "{known} looks")
    }
}
