//! Matrix games: any payoffs as preferences, played again and again.

use aif_runtime::Dirichlet;

use crate::prelude::*;

/// A game of `A` own and `B` actions of the other, whose outcome both see.
///
/// Who plays it over and over learns by it who the other is. Before the first round, the outcome shown is that of the first actions, which
/// nobody took.
#[derive(Clone, Copy, Debug)]
pub struct MatrixGame<const A: usize, const B: usize, T = f64> {
    /// What each pair of actions is worth to the player, `[own][other's]`, in nats at a precision of 1.
    pub payoffs: [[T; B]; A],
    /// How strongly payoffs tell actions apart: the precision of the logit response.
    pub precision: T,
    /// How often each own action is taken by habit, up to a factor: of a player of depth 0 that is all; of others it counts beside payoffs.
    pub habit: [T; A],
    /// How often the other is expected to take each of its actions by one who holds no mind of it, up to a factor.
    pub expected: [T; B],
}

impl<const A: usize, const B: usize, T: Real> MatrixGame<A, B, T> {
    /// A game with these payoffs and precision, without habits.
    pub fn new(payoffs: [[T; B]; A], precision: T) -> Self {
        MatrixGame { payoffs, precision, habit: [T::one(); A], expected: [T::one(); B] }
    }

    fn weights<D: Domain>(&self) -> Dirichlet<D, T> {
        Dirichlet::from_fn(|pair: D| self.habit[pair.index() / B] * self.expected[pair.index() % B]).held()
    }
}

/// The first of several actions.
fn first<const N: usize, T: Real>() -> Dist<Index<N>, T> {
    Index::new(0).map_or_else(Dist::uniform, Dist::certain)
}

#[generative_model(horizon = 1, actions(own: Index<A>, other: Index<B>), policy_precision = self.precision, habit = self.weights())]
impl<const A: usize, const B: usize, T: Real> MatrixGame<A, B, T> {
    #[factor(initial = first())]
    fn mine(&self, own: Index<A>) -> Index<A> {
        own
    }

    #[factor(initial = first())]
    fn theirs(&self, other: Index<B>) -> Index<B> {
        other
    }

    #[modality(preference = Values::from_fn(|(a, b): (Index<A>, Index<B>)| self.payoffs[a.get()][b.get()]))]
    fn outcome(&self, mine: Index<A>, theirs: Index<B>) -> (Index<A>, Index<B>) {
        (mine, theirs)
    }
}

/// The same outcome as the other player's model has it.
pub fn mirrored<const A: usize, const B: usize>(state: MatrixGameState<A, B>) -> MatrixGameState<B, A> {
    MatrixGameState { mine: state.theirs, theirs: state.mine }
}
