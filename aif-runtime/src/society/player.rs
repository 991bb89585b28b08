//! A player: acts under a declared model whose second action is another's, and may hold the mind of that other.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use rand::Rng;

use super::error::SocietyError;
use super::flat::{Flat, index_of, outcomes_of, state_at};
use super::options::PlayerOptions;
use super::search::{Deliberation, Search};
use super::thinker::{Kind, Thinker};
use super::thought::Thought;
use crate::act::draw;
use crate::domain::Domain;
use crate::model::{ActionVariable, GenerativeModel, Labels, Marginals, Precisions};
use crate::scalar::Real;

/// A player of the declared model `M`: the first action of the model is its own; the second, where there is one, is another's.
///
/// It perceives exactly over its joint states, plans by sophisticated inference without pruning, and does not learn counts. What the other does
/// is
///
/// - expected by the habit that its own model declares (uniform where it declares none), or
/// - by [`minding`](Player::minding), what a mind chooses: another player, of the same model or another one, whose belief is carried
///   along each branch.
///
/// How many beliefs of the other there are grows at each step by the number of its actions and its joint outcomes that are possible: what
/// it sees of the state alone, and the player does not see, multiplies them. Beliefs that are the same are one. [`PlayerOptions::beliefs`]
/// bounds them and [`PlayerOptions::evaluations`] bounds the work; [`deliberation`](Player::deliberation) says what a choice took and
/// whether anything was merged. A choice works out the worth of at most `A (1 + A O + .. + (A O)^(h - 1))` steps for `A` own actions, `O` joint
/// outcomes and a horizon of `h`, and for each of these, once for each belief of the other that is new, as many as the other's choice takes.
#[derive(Debug)]
pub struct Player<M: GenerativeModel<T>, T: Real = f64> {
    thinker: Arc<Thinker<T>>,
    thought: Arc<Thought<T>>,
    merged: f64,
    last: Deliberation,
    model: PhantomData<fn() -> M>,
}

impl<M: GenerativeModel<T>, T: Real> Clone for Player<M, T> {
    fn clone(&self) -> Self {
        let Player { thinker, thought, merged, last, model } = self;
        Player { thinker: thinker.clone(), thought: thought.clone(), merged: *merged, last: *last, model: *model }
    }
}

/// What one player saw and did at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Play<E> {
    /// What it saw, before it acted.
    pub seen: E,
    /// Which value of its own action it chose; nothing where it was not its turn, or after the last observation.
    pub action: Option<usize>,
}

impl<M: GenerativeModel<T>, T: Real> Player<M, T>
where
    M::Inputs: Default,
{
    /// A player that plans, with the default options. Of the other it expects the habit that the model declares.
    ///
    /// # Errors
    /// When the model is none of a player, or too large to be written out over its joint states ([`MAX_NUMBERS`](super::MAX_NUMBERS)).
    pub fn new(model: M) -> Result<Self, SocietyError> {
        Player::with_options(model, M::Inputs::default(), PlayerOptions::default())
    }

    /// A player of depth 0: it acts by the habit that its model declares, whatever it sees.
    ///
    /// # Errors
    /// As [`Player::new`].
    pub fn by_habit(model: M) -> Result<Self, SocietyError> {
        Ok(Player::new(model)?.habitual())
    }
}

impl<M: GenerativeModel<T>, T: Real> Player<M, T> {
    /// A player that plans, with chosen options, under the given inputs.
    ///
    /// # Errors
    /// As [`Player::new`]; when an option is out of its range.
    pub fn with_options(model: M, inputs: M::Inputs, options: PlayerOptions) -> Result<Self, SocietyError> {
        let flat = Arc::new(Flat::new(&model, inputs, &options)?);
        Ok(Player::of(Thinker { flat, options, plans: true, turns: None, kinds: Vec::new() }))
    }

    fn of(thinker: Thinker<T>) -> Self {
        let thought = Arc::new(Thought::blank());
        let mut player =
            Player { thinker: Arc::new(thinker), thought, merged: 0.0, last: Deliberation::default(), model: PhantomData };
        player.begin();
        player
    }

    pub(super) fn thinker(&self) -> &Thinker<T> {
        &self.thinker
    }

    /// How many kinds of other it was told of.
    pub fn kinds_known(&self) -> usize {
        self.thinker.kinds.len()
    }

    fn with(self, change: impl FnOnce(&mut Thinker<T>)) -> Self {
        let mut thinker = self.thinker.as_ref().clone();
        change(&mut thinker);
        Player::of(thinker)
    }

    /// The same player, acting by habit alone: of depth 0.
    #[must_use]
    pub fn habitual(self) -> Self {
        self.with(|thinker| {
            thinker.plans = false;
            thinker.kinds.clear();
        })
    }

    /// The same player with precisions and a lapse of its own, instead of those that its model declares.
    ///
    /// # Errors
    /// When one is out of its range.
    pub fn with_precisions(self, precisions: Precisions<T>) -> Result<Self, SocietyError> {
        precisions.check()?;
        Ok(self.with(|thinker| Arc::make_mut(&mut thinker.flat).precisions = precisions))
    }

    /// The same player, whose action counts only in some states: its turn. In others it chooses nothing, its first value stands for that,
    /// and nothing is scored. Whose turn it is, the player has to be certain of: as long as it holds its turn possible, it chooses.
    #[must_use]
    pub fn taking_turns(self, turn: impl Fn(M::State) -> bool) -> Self {
        self.with(|thinker| thinker.turns = Some((0..thinker.flat.states).map(|s| turn(state_at::<M, T>(s))).collect()))
    }

    /// The same player, which expects of the other what a mind chooses: it thinks one step deeper than that does.
    ///
    /// The other player's model has the same action as this model's second, by its labels. `view` says which state of the other's model a
    /// state of this one is; from there on what the other sees is drawn from its own likelihoods. The other knows what it does itself.
    ///
    /// # Errors
    /// When the model has no second action, or another one than the other chooses.
    pub fn minding<N: GenerativeModel<T>>(
        self,
        other: &Player<N, T>,
        view: impl Fn(M::State) -> N::State,
    ) -> Result<Self, SocietyError> {
        self.minding_one_of(&[(T::one(), other)], view)
    }

    /// The same player, which does not know which of several minds the other is: it begins with these probabilities of each and learns it
    /// by what the other does ([`kinds`](Player::kinds)). They may differ in parameters, in depth, or in both.
    ///
    /// # Errors
    /// As [`minding`](Player::minding); when the probabilities do not sum to 1.
    pub fn minding_one_of<N: GenerativeModel<T>>(
        self,
        others: &[(T, &Player<N, T>)],
        view: impl Fn(M::State) -> N::State,
    ) -> Result<Self, SocietyError> {
        let [own, action] = M::META.actions else { return Err(SocietyError::NoOther { model: M::META.name }) };
        let _ = own;
        let sum = others.iter().fold(0.0, |sum, (p, _)| sum + p.value());
        if !((sum - 1.0).abs() < 1e-9 && others.iter().all(|(p, _)| p.value() >= 0.0)) {
            return Err(SocietyError::Kinds { sum });
        }
        let found = N::META.actions.first().map(|action| action.values);
        if !found.is_some_and(|found| found.all().eq(action.values.all())) {
            let words = |labels: Option<Labels>| labels.map_or_else(String::new, |l| l.all().collect::<Vec<_>>().join(", "));
            return Err(SocietyError::OtherAction {
                model: M::META.name,
                action: action.name,
                expected: words(Some(action.values)),
                other: N::META.name,
                found: words(found),
            });
        }
        let states = self.thinker.flat.states;
        let view: Vec<u32> = (0..states).map(|s| index_of::<N, T>(&view(state_at::<M, T>(s))) as u32).collect();
        let kinds = others.iter().map(|&(prior, other)| Kind { prior, mind: other.thinker.clone(), view: view.clone() });
        let kinds = kinds.collect();
        Ok(self.with(|thinker| (thinker.plans, thinker.kinds) = (true, kinds)))
    }

    /// How deeply it thinks: 0 acts by habit; 1 plans and expects a habit of the other; one more than the deepest mind that it holds
    /// possible.
    pub fn depth(&self) -> usize {
        self.thinker.depth()
    }

    /// Its own action.
    pub fn action() -> &'static ActionVariable {
        &M::META.actions[0]
    }

    /// Begins anew: a new block.
    pub fn begin(&mut self) {
        self.merged = 0.0;
        self.last = Deliberation::default();
        self.thought = Arc::new(self.thinker.begin(&mut self.merged));
    }

    /// Takes in what it sees: outcomes, or of some modalities nothing.
    ///
    /// # Errors
    /// When what was seen is impossible, whatever the state and the other may be, or is soft evidence; the player is then as before.
    pub fn observe(&mut self, seen: impl Into<M::Evidence>) -> Result<(), SocietyError> {
        self.thought = self.thinker.given(&self.thought, &outcomes_of::<M, T>(&seen.into())?)?;
        Ok(())
    }

    /// Whether it may be its turn.
    pub fn acts(&self) -> bool {
        self.thinker.acts(&self.thought)
    }

    /// The log-probability of each value of its own action. Where it is not its turn, the first is certain.
    ///
    /// # Errors
    /// When that takes more evaluations than its options allow.
    pub fn choice(&mut self) -> Result<Arc<[T]>, SocietyError> {
        let mut search = Search::new(&self.thinker);
        let choice = search.choice(&self.thinker, &self.thought);
        self.last = search.found;
        choice
    }

    /// How the last choice came about.
    pub fn deliberation(&self) -> Deliberation {
        self.last
    }

    /// The probability of what was merged in what it believes since it began; 0: that is exact.
    pub fn merged(&self) -> f64 {
        self.merged
    }

    /// Does something: the other does what it would, and sees what there is to see.
    ///
    /// # Errors
    /// When there is no such value, or working out what the other would do takes more evaluations than its options allow.
    pub fn act(&mut self, action: usize) -> Result<(), SocietyError> {
        Self::check_action(action)?;
        let mut search = Search::new(&self.thinker);
        let after = search.after(&self.thinker, &self.thought, action)?;
        self.merged += search.found.merged;
        self.thought = after;
        Ok(())
    }

    pub(super) fn check_action(found: usize) -> Result<(), SocietyError> {
        let own = Self::action();
        if found < own.values.count {
            return Ok(());
        }
        Err(SocietyError::Action { model: M::META.name, action: own.name, found, values: own.values.count })
    }

    /// Draws what it does, and does it; nothing where it is not its turn.
    ///
    /// # Errors
    /// As [`choice`](Player::choice).
    pub fn choose<R: Rng + ?Sized>(&mut self, rng: &mut R) -> Result<Option<usize>, SocietyError> {
        if !self.acts() {
            self.act(0)?;
            return Ok(None);
        }
        // What the other would do is worked out once for the choice and for what comes of it.
        let thinker = self.thinker.clone();
        let mut search = Search::new(&thinker);
        let choice = search.choice(&thinker, &self.thought);
        self.last = search.found;
        let action = draw(&choice?, rng);
        search.anew();
        self.thought = search.after(&thinker, &self.thought, action)?;
        self.merged += search.found.merged;
        Ok(Some(action))
    }

    /// Sees, chooses and acts.
    ///
    /// # Errors
    /// As [`observe`](Player::observe) and [`choice`](Player::choice).
    pub fn step<R: Rng + ?Sized>(&mut self, seen: impl Into<M::Evidence>, rng: &mut R) -> Result<Option<usize>, SocietyError> {
        self.observe(seen)?;
        self.choose(rng)
    }

    /// A value of its own action in its domain.
    ///
    /// # Errors
    /// When the type has another number of values.
    pub fn value<D: Domain>(action: usize) -> Result<D, SocietyError> {
        let own = Self::action();
        let value = if D::COUNT == own.values.count { D::from_index(action) } else { None };
        value.ok_or(SocietyError::Action { model: M::META.name, action: own.name, found: D::COUNT, values: own.values.count })
    }

    /// What it believes of each factor; nothing of one that acts by habit at every step.
    pub fn belief(&self) -> Option<M::Belief> {
        Some(belief_of::<M, T>(&self.states()?))
    }

    /// What it believes of joint states, the last factor running fastest.
    pub fn states(&self) -> Option<Vec<T>> {
        self.thinker.carries().then(|| self.thought.states())
    }

    /// How probable it holds each kind of other that it was told of.
    pub fn kinds(&self) -> Vec<T> {
        self.thinker.kinds_in(&self.thought)
    }

    /// What it thinks, to be kept.
    pub fn thought(&self) -> &Thought<T> {
        &self.thought
    }

    /// Goes on from what was thought and kept.
    ///
    /// # Errors
    /// When that is not of a player like this one.
    pub fn resume(&mut self, thought: Thought<T>) -> Result<(), SocietyError> {
        self.resume_merged(thought, 0.0)
    }

    /// The same, where so much was merged before.
    pub(super) fn resume_merged(&mut self, thought: Thought<T>, merged: f64) -> Result<(), SocietyError> {
        let total: f64 = thought.states().iter().map(|p| p.value()).sum();
        let whole = !self.thinker.carries() || (total - 1.0).abs() < 1e-6;
        if !(whole && merged.is_finite() && merged >= 0.0 && self.thinker.could_think(&thought)) {
            return Err(SocietyError::Thought { model: M::META.name, depth: self.depth() });
        }
        (self.thought, self.merged, self.last) = (Arc::new(thought), merged, Deliberation::default());
        Ok(())
    }

    /// The log-probability of each choice of a block, as [`scores`](Player::scores), where nothing was done that the player never does.
    ///
    /// # Errors
    /// As [`scores`](Player::scores), and when something was.
    pub fn pointwise(&self, plays: &[Play<M::Evidence>]) -> Result<Vec<T>, SocietyError> {
        let scores = self.scores(plays)?;
        match scores.iter().position(|log_p| log_p.value() == f64::NEG_INFINITY) {
            None => Ok(scores),
            Some(choice) => Err(SocietyError::Never { model: M::META.name, choice }),
        }
    }

    /// The log-likelihood of the choices of a block: the sum of [`pointwise`](Player::pointwise).
    ///
    /// # Errors
    /// As [`pointwise`](Player::pointwise).
    pub fn log_likelihood(&self, plays: &[Play<M::Evidence>]) -> Result<T, SocietyError> {
        Ok(self.pointwise(plays)?.into_iter().fold(T::zero(), |sum, log_p| sum + log_p))
    }
}

/// What joint states come to of each factor.
pub(super) fn belief_of<M: GenerativeModel<T>, T: Real>(states: &[T]) -> M::Belief {
    let mut belief = M::Belief::zero();
    for (s, &p) in states.iter().enumerate() {
        let state = state_at::<M, T>(s);
        for f in 0..M::META.factors.len() {
            belief.probabilities_mut(f)[crate::model::Assignment::get(&state, f)] += p;
        }
    }
    belief
}
