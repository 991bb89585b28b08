#![allow(unused_variables)]
use aif::measure::{LogNormal, Normal};
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

#[generative_model(horizon = 1, actions(say: Side), inputs(load: f64))]
impl<T: Real> Guesser<T> {
    #[factor(initial = uniform())]
    fn side(&self, side: Side, say: Side) -> Side {
        side
    }
    #[modality]
    fn cue(&self, side: Side) -> Side {
        side
    }
    #[response(scale = 2.0)]
    fn options(&self, choice: Choice<T>) -> Normal<T> {
        Normal::new(choice.entropy(), self.noise)
    }
    #[response]
    fn hidden(&self, side: Side) -> Normal<T> {
        Normal::new(T::zero(), self.noise)
    }
    #[response]
    fn seen(&self, cue: Side) -> Normal<T> {
        Normal::new(T::zero(), self.noise)
    }
    #[response]
    fn unknown(&self, sied: Belief<Side, T>) -> Normal<T> {
        Normal::new(sied.entropy(), self.noise)
    }
    #[response]
    fn nobody(&self, laod: T) -> Normal<T> {
        Normal::new(laod, self.noise)
    }
    #[response]
    fn bare(&self, choice: Choice, side: Belief<Side>) -> Normal<T> {
        Normal::new(T::zero(), self.noise)
    }
    #[response]
    fn taken(&self, load: Choice<T>) -> Normal<T> {
        Normal::new(load.entropy(), self.noise)
    }
    #[response]
    fn twice(&self, choice: Choice<T>, again: Choice<T>) -> Normal<T> {
        Normal::new(choice.entropy() + again.entropy(), self.noise)
    }
    #[response]
    fn nothing(&self, choice: Choice<T>) {}
    #[response]
    fn lent(&self, choice: &Choice<T>) -> LogNormal<T> {
        LogNormal::new(choice.entropy(), self.noise)
    }
    #[response]
    fn say(&self, say: Side) -> Dist<Side, T> {
        Dist::certain(say)
    }
}

fn main() {}
