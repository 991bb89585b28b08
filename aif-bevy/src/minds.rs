//! The components of a mind.

use std::sync::Arc;

use aif_runtime::{Domain, Explanation, GenerativeModel, Induction, Marginals, ModelError, Precisions, Real};
use bevy_ecs::prelude::Component;
use bevy_ecs::reflect::ReflectComponent;
use bevy_reflect::Reflect;
use bevy_reflect::std_traits::ReflectDefault;
use rand_chacha::ChaCha8Rng;

/// A mind of a declared model: what it believes, and where its chance comes from. [`Minds::newborn`](crate::Minds::newborn) makes one.
///
/// Both are plain values that serde can store, which is all that a save has to keep of a mind beside its [`Chosen`] and its [`Turn`].
#[derive(Component)]
#[require(Senses<M, T>, Chosen<M, T>, Turn)]
pub struct Mind<M: GenerativeModel<T>, T: Real = f64> {
    /// What it believes before its next observation.
    pub mind: aif_runtime::Mind<M::Belief, T>,
    /// Its generator.
    pub rng: ChaCha8Rng,
}

impl<M: GenerativeModel<T>, T: Real> Clone for Mind<M, T> {
    fn clone(&self) -> Self {
        Mind { mind: self.mind.clone(), rng: self.rng.clone() }
    }
}

/// What a mind observes in this frame; the game writes it in [`MindSystems::Sense`](crate::MindSystems::Sense). Nothing at first.
#[derive(Component, Clone, Copy, Debug)]
pub struct Senses<M: GenerativeModel<T>, T: Real = f64> {
    /// Each modality: seen, soft, faint, missing or weighed.
    pub evidence: M::Evidence,
}

impl<M: GenerativeModel<T>, T: Real> Senses<M, T> {
    /// Sees something else from now on.
    pub fn see(&mut self, observed: impl Into<M::Evidence>) {
        self.evidence = observed.into();
    }

    /// Sees nothing.
    pub fn see_nothing(&mut self) {
        self.evidence = M::evidence(&[]);
    }
}

impl<M: GenerativeModel<T>, T: Real> Default for Senses<M, T> {
    fn default() -> Self {
        Senses { evidence: M::evidence(&[]) }
    }
}

/// What a mind does; the game reads it in [`MindSystems::Act`](crate::MindSystems::Act).
#[derive(Component, Clone, Copy, Debug)]
pub struct Chosen<M: GenerativeModel<T>, T: Real = f64> {
    /// The action; none before the first plan.
    pub action: Option<M::Action>,
    /// How many steps ahead its latest plan looked at to the end; 0 where the budget did not last for one, and it was chosen by habit alone.
    pub depth: u32,
    /// How many predicted beliefs that plan looked at; 0 where plans are not counted ([`Budget::Minds`](crate::Budget::Minds) without
    /// [`Tuning::nodes_each`](crate::Tuning::nodes_each)).
    pub nodes: u32,
    /// How surprising what it observed in this frame was, in nats; 0 where nobody asks ([`Tuning::surprise`](crate::Tuning::surprise)).
    pub surprise: f64,
}

impl<M: GenerativeModel<T>, T: Real> Default for Chosen<M, T> {
    fn default() -> Self {
        Chosen { action: None, depth: 0, nodes: 0, surprise: 0.0 }
    }
}

/// When it is a mind's turn to plan: those come first that are urgent, then those whose plans are oldest, then those whose entities have lower indices.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default)]
pub struct Turn {
    /// How many frames ago it planned; 0 in the frame in which it does.
    pub age: u32,
    /// Whether it plans before the others: a newborn mind does, and one that the game has startled.
    pub urgent: bool,
    /// Whether it has planned in this frame.
    pub now: bool,
    /// Whether it has had its turn in this frame.
    #[reflect(ignore)]
    pub(crate) done: bool,
    /// Why it could not act in this frame.
    #[reflect(ignore)]
    pub(crate) trouble: Option<ModelError>,
}

impl Default for Turn {
    fn default() -> Self {
        Turn { age: 0, urgent: true, now: false, done: false, trouble: None }
    }
}

/// What one mind has of its own beside what all of its model share: put it beside its [`Mind`].
#[derive(Component, Clone, Debug)]
pub struct Temper<M: GenerativeModel<T>, T: Real = f64> {
    /// How decided it is; else as tuned.
    pub precisions: Option<Precisions<T>>,
    /// What it likes, in nats; else as declared.
    pub preferences: Option<M::Preferences>,
    /// Where it wants to be: a route that was worked back, and that many may share.
    pub route: Option<Arc<Induction>>,
}

impl<M: GenerativeModel<T>, T: Real> Default for Temper<M, T> {
    fn default() -> Self {
        Temper { precisions: None, preferences: None, route: None }
    }
}

/// Which joint actions are open to a mind; all are where it has none of these.
#[derive(Component, Clone, Copy)]
pub struct Open<M: GenerativeModel<T>, T: Real = f64>(pub <M::Action as Domain>::Array<bool>);

impl<M: GenerativeModel<T>, T: Real> Open<M, T> {
    /// Those that a function says.
    pub fn only(open: impl Fn(M::Action) -> bool) -> Self {
        let mut doors = M::Action::filled(false);
        for (door, action) in M::Action::entries_mut(&mut doors).iter_mut().zip(M::Action::all()) {
            *door = open(action);
        }
        Open(doors)
    }
}

/// What a mind believes and why it acts so: filled for those who have it, which costs two plans more whenever they plan.
#[derive(Component, Clone)]
pub struct Reasons<M: GenerativeModel<T>, T: Real = f64> {
    /// What it believes after what it observed in this frame.
    pub belief: M::Belief,
    /// What spoke for each joint action when it planned, in their order.
    pub explained: <M::Action as Domain>::Array<Explanation<T>>,
    /// Whether it has planned since.
    pub filled: bool,
}

impl<M: GenerativeModel<T>, T: Real> Default for Reasons<M, T> {
    fn default() -> Self {
        let zero = T::constant(0.0);
        let none = Explanation { probability: zero, next: aif_runtime::Terms::all(zero), later: zero, habit: zero };
        Reasons { belief: M::Belief::zero(), explained: M::Action::filled(none), filled: false }
    }
}
