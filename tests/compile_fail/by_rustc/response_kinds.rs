#![allow(unused_variables)]
use aif::measure::{Normal, Wiener};
use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Left,
    Right,
}

#[derive(Clone, Copy)]
struct Guesser<T> {
    noise: T,
}

#[generative_model(horizon = 1, actions(say: Side))]
impl<T: Real> Guesser<T> {
    #[factor(initial = uniform())]
    fn side(&self, side: Side, say: Side) -> Side {
        side
    }
    #[modality]
    fn cue(&self, side: Side) -> Side {
        side
    }
    #[response]
    fn say(&self, choice: Choice<T>) -> Normal<T> {
        Normal::new(choice.entropy(), self.noise)
    }
    #[response]
    fn number(&self, choice: Choice<T>) -> T {
        choice.entropy()
    }
    #[response]
    fn chosen(&self, say: bool) -> Normal<T> {
        Normal::new(T::zero(), self.noise)
    }
    #[response]
    fn other(&self, side: Belief<bool, T>) -> Normal<T> {
        Normal::new(side.entropy(), self.noise)
    }
}

#[derive(Clone, Copy)]
struct Two<T> {
    noise: T,
}

#[generative_model(horizon = 1, actions(say: Side, look: Side))]
impl<T: Real> Two<T> {
    #[factor(initial = uniform())]
    fn side(&self, side: Side, say: Side, look: Side) -> Side {
        side
    }
    #[modality]
    fn cue(&self, side: Side) -> Side {
        side
    }
    #[response]
    fn say(&self, choice: Choice<T>) -> Wiener<Side, T> {
        Wiener::new(choice.log_odds(), self.noise, T::one(), T::zero())
    }
}

#[derive(Clone, Copy)]
struct Fixed;

#[generative_model(horizon = 1, actions(say: Side))]
impl Fixed {
    #[factor(initial = uniform())]
    fn side(&self, side: Side, say: Side) -> Side {
        side
    }
    #[modality]
    fn cue(&self, side: Side) -> Side {
        side
    }
    #[response]
    fn seconds(&self) -> Normal<f64> {
        Normal::new(0.0, 1.0)
    }
}

fn main() {}
