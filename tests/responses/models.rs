//! The models of these tests.

use aif::measure::{LogNormal, Normal, Ordered, Wiener};
use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rating {
    Low,
    Middle,
    High,
}

/// Guesses on which side something is; answers with a time, a rating and an effort.
#[derive(Clone, Copy, Debug)]
pub struct Guesser<T> {
    pub clarity: T,
    pub stay: T,
    pub precision: T,
    pub base: T,
    pub slowing: T,
    pub noise: T,
    pub boldness: T,
}

impl Default for Guesser<f64> {
    fn default() -> Self {
        Guesser { clarity: 0.8, stay: 0.9, precision: 1.5, base: -0.7, slowing: 0.9, noise: 0.3, boldness: 1.2 }
    }
}

#[generative_model(horizon = 1, actions(say: Side), inputs(load: f64), policy_precision = self.precision)]
impl<T: Real> Guesser<T> {
    #[factor(initial = uniform())]
    fn side(&self, side: Side) -> Dist<Side, T> {
        Dist::from_fn(|next| if next == side { self.stay } else { 1.0 - self.stay })
    }
    #[factor(initial = Side::Left)]
    fn said(&self, say: Side) -> Side {
        say
    }
    #[modality]
    fn cue(&self, side: Side) -> Dist<Side, T> {
        Dist::from_fn(|cue| if cue == side { self.clarity } else { 1.0 - self.clarity })
    }
    #[modality(preference = [0.0, 2.0])]
    fn right(&self, side: Side, said: Side) -> bool {
        side == said
    }
    #[response]
    fn seconds(&self, choice: Choice<T>, load: T) -> LogNormal<T> {
        LogNormal::new(self.base + self.slowing * choice.entropy() + load * 0.1, self.noise)
    }
    #[response]
    fn confidence(&self, side: Belief<Side, T>, say: Side) -> Ordered<Rating, T> {
        Ordered::evenly(self.boldness * side.log_odds(say), T::constant(1.5))
    }
    #[response]
    pub fn effort(&self, choice: Choice<T>) -> Normal<T> {
        let seen = choice.surprise() - choice.information_gained();
        Normal::new(
            choice.expected_free_energy_difference() * 0.5 + seen + choice.log_odds_of(Side::Right) * 0.1,
            T::constant(0.4),
        )
    }
}

/// Which and when come about together, by a process that drifts with what is expected.
#[derive(Clone, Copy, Debug)]
pub struct Drifter<T> {
    pub clarity: T,
    pub drift: T,
    pub bound: T,
    pub delay: T,
}

impl Default for Drifter<f64> {
    fn default() -> Self {
        Drifter { clarity: 0.8, drift: 0.8, bound: 1.8, delay: 0.2 }
    }
}

#[generative_model(horizon = 1, actions(say: Side))]
impl<T: Real> Drifter<T> {
    #[factor(initial = uniform())]
    fn side(&self, side: Side) -> Side {
        side
    }
    #[factor(initial = Side::Left)]
    fn said(&self, say: Side) -> Side {
        say
    }
    #[modality]
    fn cue(&self, side: Side) -> Dist<Side, T> {
        Dist::from_fn(|cue| if cue == side { self.clarity } else { 1.0 - self.clarity })
    }
    #[modality(preference = [0.0, 2.0])]
    fn right(&self, side: Side, said: Side) -> bool {
        side == said
    }
    #[response]
    fn say(&self, choice: Choice<T>) -> Wiener<Side, T> {
        Wiener::new(self.drift * choice.log_odds(), self.bound, T::constant(0.5), self.delay)
    }
    #[response]
    fn confidence(&self, side: Belief<Side, T>, say: Side) -> Ordered<Rating, T> {
        Ordered::evenly(side.log_odds(say), T::constant(1.0))
    }
}
