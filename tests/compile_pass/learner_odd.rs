use aif::learners::{LearningModel, Live, Planned, Surroundings, Trial};
use aif::measure::{Ballistic, Ordered, Softmax};
use aif::prelude::*;
use aif::runtime::random::Rng;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm { Left, Middle, Right }

/// Names that emitted code uses, another scalar, sizes, arrays of arrays, options, whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Odd<S, const N: usize> {
    pub rates: [S; N],
    pub k: S,
}

#[learner(
    inputs(meta: Index<N>, labels: f64),
    observations(next: f64, number: bool),
    actions(show: Arm, go: bool),
    world = Nowhere(self.k.value()),
    vis = pub(crate),
)]
impl<S: Real, const N: usize> Odd<S, N> {
    #[state(initial = [[self.k, 0.0, 2.0 * self.k]; N])]
    fn states(&self, mut states: [[S; 3]; N], show: Option<Arm>, meta: Index<N>, next: Option<S>) -> [[S; 3]; N] {
        let own = &mut states[meta.index()][show.map_or(0, Arm::index)];
        *own += self.rates[meta.index()] * (next.unwrap_or(S::one()) - *own);
        states
    }

    #[state(initial = -2)]
    fn value(&self, value: S, surprise: Option<S>, labels: f64) -> S {
        value + surprise.unwrap_or(S::zero()) * labels
    }

    #[state(initial = Values::from([self.k, self.k]))]
    fn by_hand(&self, mut by_hand: Values<bool, S>, go: bool, surprise: S) -> Values<bool, S> {
        by_hand[go] += surprise;
        by_hand
    }

    #[quantity]
    fn surprise(&self, initial: S, next: S) -> S {
        self.own(next - initial)
    }

    #[quantity]
    fn initial(&self, value: S, _labels: f64) -> S {
        1.0 - value * 0.5
    }

    #[response]
    fn sure(&self, value: S, by_hand: Values<bool, S>, go: bool) -> Ordered<Index<4>, S> {
        Ordered::evenly(value + by_hand[go], S::one())
    }

    #[response]
    fn go(&self, show: Arm, number: bool, initial: S) -> Softmax<bool, S> {
        Softmax::new([S::zero(), if number && show == Arm::Left { initial } else { -initial }])
    }

    #[response]
    fn show(&self, states: [[S; 3]; N], meta: Index<N>) -> Ballistic<Arm, S> {
        Ballistic::new(|arm: Arm| states[meta.index()][arm.index()], S::one(), S::constant(0.5), S::zero())
    }

    fn own(&self, x: S) -> S {
        x * self.k
    }
}

struct Nowhere(f64);

impl Surroundings for Nowhere {
    fn inputs(&mut self, _: usize, inputs: &mut [f64], _: &mut dyn Rng) {
        inputs.fill(self.0.min(0.0));
    }
    fn observe(&mut self, _: usize, _: &Trial<'_>, _: &mut dyn Rng) -> f64 {
        1.0
    }
}

fn main() {
    let odd = Odd::<f64, 2> { rates: [0.1, 0.2], k: 0.5 };
    let mut rng = <rand_chacha::ChaCha8Rng as rand::SeedableRng>::from_seed([1; 32]);
    let mut world = odd.world().expect("a world");
    let mut live = Live::new(odd);
    live.live(&mut *world, Planned::default(), &mut rng).expect("a trial");
    let states: &OddStates<2> = live.states();
    assert_ne!(states, &LearningModel::initial(&odd));
}
