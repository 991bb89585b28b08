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
    fn say(&self, choice: Choice<T>) -> Wiener<Side, T> {
        Wiener::new(choice.log_odds(), self.noise, self.noise, self.noise)
    }
    #[response]
    fn say_time(&self) -> Normal<T> {
        Normal::new(self.noise, self.noise)
    }
}

fn main() {}
