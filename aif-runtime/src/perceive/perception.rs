//! The ways to perceive, by name and at work: the one place where they are told apart.

use alloc::boxed::Box;
use core::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

use super::groups::{Linked, linked};
use super::joint::{Joint, Parts};
use super::joints::Joints;
use super::mean_field::{Factorised, MeanField};
use super::numbers::{mark_belief, mark_numbers};
use super::past::Past;
use super::sliding::{Passing, Sliding};
use super::sweeps::Sweeps;
use super::way::{Carries, Moved, Perceive, Way};
use super::window::Scheme;
use crate::compat::Compat;
use crate::model::{GenerativeModel, Marginals, Meta, ModelError, Tables};
use crate::scalar::{Real, same};

/// How states are inferred from an observation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Inference {
    /// Exactly, by [`Components`](Inference::Components), where the joint states of each component are at most [`EXACT_STATES`]; else by
    /// mean-field iteration ([`Inference::MEAN_FIELD`]). Where no factor moves with another and no modality shows two, iteration is exact already.
    #[default]
    Automatic,
    /// Mean-field fixed-point iteration, from uniform beliefs: one distribution per factor.
    FixedPoint(Sweeps),
    /// Exact Bayesian filtering over the joint state of all factors.
    Exact,
    /// Exact Bayesian filtering over each connected component of the dependency graph: as exact, and cheaper where factors are independent.
    Components,
    /// Marginal message passing over the latest steps.
    Marginal {
        /// How many steps.
        window: usize,
        /// How the beliefs about them are updated.
        sweeps: Sweeps,
    },
    /// Variational message passing over the latest steps.
    Variational {
        /// How many steps.
        window: usize,
        /// How the beliefs about them are updated.
        sweeps: Sweeps,
    },
}

/// Runs `$body` with `$way`, the options of the way that was chosen (each a [`Way`]): the one place where ways are told apart by name.
macro_rules! by_way {
    ($inference:expr, |$way:ident| $body:expr) => {
        by_way!($inference, |$way| $body,
            Inference::FixedPoint(sweeps) => sweeps;
            // Resolved before: this is what it comes to where nothing is known of the model.
            Inference::Automatic => Sweeps::default();
            Inference::Exact => Parts::Whole;
            Inference::Components => Parts::Components;
            Inference::Marginal { window, sweeps } => Passing { scheme: Scheme::Marginal, window, sweeps };
            Inference::Variational { window, sweeps } => Passing { scheme: Scheme::Variational, window, sweeps };
        )
    };
    ($inference:expr, |$way:ident| $body:expr, $($name:pat => $options:expr;)*) => {
        match $inference {
            $($name => {
                let $way = $options;
                $body
            })*
        }
    };
}

/// Up to so many joint states of a component [`Inference::Automatic`] is exact. Measured on models of two factors with a modality of both, a step
/// (perceiving and planning two steps ahead) costs 1.3 times what it costs by mean-field iteration up to 100 joint states, twice as much at 196 and
/// 2.6 times at 256; of three factors shown in pairs 1.5 times at 216. It costs as much where all but one factor are known.
pub const EXACT_STATES: usize = 256;

impl Inference {
    /// What the reference implementation does by default: 16 parallel sweeps of fixed-point iteration.
    pub const REFERENCE: Inference = Inference::FixedPoint(Sweeps::Parallel(16));

    /// Mean-field fixed-point iteration, one factor after the other.
    pub const MEAN_FIELD: Inference = Inference::FixedPoint(Sweeps::Sequential { most: 64, tolerance: 1e-12 });

    /// What is chosen for a model: what [`Inference::Automatic`] comes to there, anything else as it is.
    pub fn resolved(self, meta: &Meta) -> Inference {
        match self {
            Inference::Automatic => match linked(meta) {
                Linked { coupled: true, largest, .. } if largest <= EXACT_STATES => Inference::Components,
                _ => Inference::MEAN_FIELD,
            },
            chosen => chosen,
        }
    }

    /// In words, for a model.
    pub fn words(self, meta: &Meta) -> &'static str {
        by_way!(self.resolved(meta), |way| way.words(meta))
    }

    /// Checks the choice against a model.
    ///
    /// # Errors
    /// When a number is out of its range, or the model is too large for it.
    pub fn check(self, meta: &Meta) -> Result<(), ModelError> {
        by_way!(self.resolved(meta), |way| way.check(meta))
    }

    /// What is carried from one step to the next.
    pub fn carries(self, meta: &Meta) -> Carries {
        by_way!(self.resolved(meta), |way| way.carries(meta))
    }

    /// How the joint distributions that are carried are laid out.
    pub fn joints<M: GenerativeModel<T>, T: Real>(self) -> Joints {
        by_way!(self.resolved(&M::META), |way| way.joints::<M, T>())
    }

    /// By which sweeps imagined observations are perceived; `None`: exactly.
    pub(crate) fn sweeps(self, meta: &Meta) -> Option<Sweeps> {
        by_way!(self.resolved(meta), |way| way.sweeps())
    }
}

/// Declares the state of each way to perceive, with the one dispatch between them.
macro_rules! ways {
    ($($(#[$doc:meta])* $way:ident($state:ty);)*) => {
        /// What an agent perceives with: the state of the chosen way.
        ///
        /// Fixed-point iteration keeps one distribution per factor. Exact inference also keeps joint distributions, on the heap, allocated when it
        /// begins; steps allocate nothing. Message passing keeps the evidence of its window and allocates as it goes.
        #[derive(Debug)]
        pub enum Perception<M: GenerativeModel<T>, T: Real = f64> {
            $($(#[$doc])* $way($state),)*
        }

        $(impl<M: GenerativeModel<T>, T: Real> From<$way<M, T>> for Perception<M, T> {
            fn from(way: $way<M, T>) -> Self {
                Perception::$way(way.into())
            }
        })*

        /// What is called at every step is told apart here, so that it becomes part of its caller; the rest is [`Perceive`]'s.
        impl<M: GenerativeModel<T>, T: Real> Perception<M, T> {
            /// Takes in evidence, as [`Perceive::perceive`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn perceive(&mut self, tables: &Tables<M, T>, evidence: &M::Evidence) {
                match self {
                    $(Perception::$way(way) => way.perceive(tables, evidence),)*
                }
            }

            /// Moves the belief one step, as [`Perceive::advance`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn advance(&mut self, tables: &Tables<M, T>, moved: Moved<'_, T>, compat: &Compat) {
                match self {
                    $(Perception::$way(way) => way.advance(tables, moved, compat),)*
                }
            }

            /// The distribution of each factor.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn belief(&self) -> &M::Belief {
                match self {
                    $(Perception::$way(way) => way.belief(),)*
                }
            }

            /// The joint distributions, as [`Perceive::joint`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn joint(&self) -> &[T] {
                match self {
                    $(Perception::$way(way) => way.joint(),)*
                }
            }

            /// The prior of the next observation, as [`Perceive::outlook`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn outlook(&self) -> &M::Belief {
                match self {
                    $(Perception::$way(way) => way.outlook(),)*
                }
            }

            /// The same jointly, as [`Perceive::joint_outlook`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn joint_outlook(&self) -> &[T] {
                match self {
                    $(Perception::$way(way) => way.joint_outlook(),)*
                }
            }

            /// Takes in evidence that is known to come to this, as [`Perceive::look_again`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub(crate) fn look_again(&mut self, belief: &M::Belief, joint: &[T]) {
                match self {
                    $(Perception::$way(way) => way.look_again(belief, joint),)*
                }
            }

            /// The window of what was seen, as [`Perceive::past`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn past(&self) -> Option<&Past<M::Belief, M::Evidence>> {
                match self {
                    $(Perception::$way(way) => way.past(),)*
                }
            }

            /// The free energy of each policy, as [`Perceive::policy_free_energies`].
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn policy_free_energies(&self) -> &[T] {
                match self {
                    $(Perception::$way(way) => way.policy_free_energies(),)*
                }
            }
        }

        /// The state of the way at work.
        impl<M: GenerativeModel<T>, T: Real> Deref for Perception<M, T> {
            type Target = dyn Perceive<M, T>;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn deref(&self) -> &Self::Target {
                match self {
                    $(Perception::$way(way) => { let way: &$way<M, T> = way; way })*
                }
            }
        }
        impl<M: GenerativeModel<T>, T: Real> DerefMut for Perception<M, T> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn deref_mut(&mut self) -> &mut Self::Target {
                match self {
                    $(Perception::$way(way) => { let way: &mut $way<M, T> = way; way })*
                }
            }
        }

        /// Copying into a perception of the same way uses its memory again.
        impl<M: GenerativeModel<T>, T: Real> Clone for Perception<M, T> {
            fn clone(&self) -> Self {
                match self {
                    $(Perception::$way(way) => Perception::$way(way.clone()),)*
                }
            }
            fn clone_from(&mut self, from: &Self) {
                match (self, from) {
                    $((Perception::$way(way), Perception::$way(from)) => way.clone_from(from),)*
                    (own, from) => *own = from.clone(),
                }
            }
        }
    };
}
ways! {
    /// One distribution per factor.
    MeanField(MeanField<M, T>);
    /// Joint distributions.
    Joint(Joint<M, T>);
    /// A window of steps.
    Sliding(Box<Sliding<M, T>>);
}

impl<M: GenerativeModel<T>, T: Real> Perception<M, T> {
    /// What believes the initial state of a model.
    pub fn new(tables: &Tables<M, T>, inference: Inference) -> Self {
        by_way!(inference.resolved(&M::META), |way| way.begin(tables).into())
    }

    /// Begins a new block: goes back to the initial state, but for factors that are kept between blocks.
    ///
    /// Exact inference keeps each such factor's own distribution, not what it knew of several jointly.
    pub fn begin_block(&mut self, tables: &Tables<M, T>) {
        if M::META.factors.iter().all(|f| !f.kept) {
            return self.restart(tables);
        }
        let mut belief = *self.belief();
        M::each_factor(|site| {
            if !M::META.factors[site.index].kept {
                belief.probabilities_mut(site.index).copy_from_slice(tables.initial(site));
            }
        });
        self.believe(belief);
    }

    /// Message passing: the beliefs about each step of the window, the latest last; empty for other ways.
    pub fn window(&self) -> &[M::Belief] {
        self.past().map_or(&[], |past| &past.beliefs)
    }

    /// Message passing: the prior of the window's first step; none for other ways.
    pub fn window_prior(&self) -> Option<&M::Belief> {
        self.past().map(|past| &past.prior)
    }

    /// A mark by which most priors of the next observation that are not equal are told apart.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn mark_of_outlook(&self) -> u64 {
        let joint = self.joint_outlook();
        if joint.is_empty() { mark_belief::<M, T>(0, self.outlook()) } else { mark_numbers(0, joint) }
    }

    /// A mark by which most states that are not equal are told apart: of values, without derivatives.
    #[inline]
    pub fn mark(&self) -> u64 {
        let own = if self.joint().is_empty() { mark_belief::<M, T>(0, self.belief()) } else { mark_numbers(0, self.joint()) };
        self.past().map_or(own, |past| mark_belief::<M, T>(own, &past.prior))
    }
}

/// Two perceptions are equal when all that later steps depend on is.
impl<M: GenerativeModel<T>, T: Real> PartialEq for Perception<M, T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.belief() == other.belief() && same(self.joint(), other.joint()) && self.past() == other.past()
    }
}
