//! What is impossible stays so: zeros of counts, and beliefs after an observation that contradicts them, in every way to perceive and to learn.

use aif::prelude::*;
use aif::runtime::Marginals;

/// A lamp that is surely dark, and cannot be bright then; a switch that cannot fail; all of it learned.
#[derive(Clone, Copy, Debug)]
struct Lamp;

#[generative_model(horizon = 1, actions(press: bool), habit = Dirichlet::from([1.0, 0.0]))]
impl Lamp {
    #[factor(initial = Dirichlet::from([3.0, 0.0]))]
    fn lit(&self, lit: bool, press: bool) -> Dirichlet<bool> {
        let stays = if lit { Dirichlet::from([0.0, 2.0]) } else { Dirichlet::from([2.0, 0.0]) };
        if press { Dirichlet::from([1.0, 1.0]) } else { stays }
    }
    #[factor(initial = [0.5, 0.5])]
    fn warm(&self, warm: bool) -> Dirichlet<bool> {
        if warm { Dirichlet::from([0.0, 4.0]) } else { Dirichlet::from([3.0, 1.0]) }
    }
    #[modality]
    fn bright(&self, lit: bool) -> Dirichlet<bool> {
        if lit { Dirichlet::from([0.0, 5.0]) } else { Dirichlet::from([5.0, 0.0]) }
    }
    #[modality]
    fn hot(&self, lit: bool, warm: bool) -> Dirichlet<bool> {
        match (lit, warm) {
            (false, false) => Dirichlet::from([1.0, 0.0]),
            (true, true) => Dirichlet::from([0.0, 1.0]),
            _ => Dirichlet::from([1.0, 2.0]),
        }
    }
}

fn ways() -> Vec<Inference> {
    let sweeps = Sweeps::default();
    vec![
        Inference::Automatic,
        Inference::MEAN_FIELD,
        Inference::REFERENCE,
        Inference::Exact,
        Inference::Components,
        Inference::Marginal { window: 3, sweeps },
        Inference::Variational { window: 3, sweeps },
    ]
}

/// Every count that is zero in the beginning.
fn zeros(tables: &Tables<Lamp>) -> Vec<bool> {
    let mut zero = Vec::new();
    <Lamp as GenerativeModel>::each_modality(|site| zero.extend(tables.likelihood_counts(site).iter().map(|c| *c == 0.0)));
    <Lamp as GenerativeModel>::each_factor(|site| {
        zero.extend(tables.transition_counts(site).iter().map(|c| *c == 0.0));
        zero.extend(tables.initial_counts(site).iter().map(|c| *c == 0.0));
    });
    zero.extend(tables.habit_counts().iter().map(|c| *c == 0.0));
    zero
}

#[test]
fn a_count_of_zero_stays_zero() {
    for inference in ways() {
        for when in [When::BeforeChoice, When::Smoothed { lag: 2 }, When::BlockEnd, When::AfterChoice] {
            for from in [Beliefs::Filtered, Beliefs::Smoothed, Beliefs::Pairwise] {
                let learning = Some(Learning { when, from, forgetting: 0.1, ..Learning::default() });
                let options = AgentOptions { inference, learning, ..AgentOptions::default() };
                let mut agent = Agent::with_options(Lamp, (), options).unwrap();
                let before = zeros(agent.tables());
                for block in 0..2 {
                    for step in 0..6 {
                        // Possible at first, then bright though surely dark, and cold though lit and warm.
                        let (bright, hot) = (block > 0 || step > 2, step % 2 == 0);
                        agent.infer_states(LampObservation { bright, hot });
                        agent.update_empirical_prior(LampAction { press: step == 4 });
                    }
                    agent.restart();
                }
                assert_eq!(before, zeros(agent.tables()), "{inference:?} {when:?} {from:?}");
            }
        }
    }
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    East,
    Nowhere,
}

fn at(x: usize, y: usize) -> Cell<30, 30> {
    Cell::new(x, y).unwrap()
}

/// A piece on a board of 30 x 30 cells that is seen where it is.
#[derive(Clone, Copy, Debug)]
pub struct Piece;

#[generative_model(horizon = 2, actions(go: Go))]
impl Piece {
    #[factor(initial = at(3, 4))]
    fn place(&self, place: Cell<30, 30>, go: Go) -> Cell<30, 30> {
        if go == Go::East { place.offset(1, 0).unwrap_or(place) } else { place }
    }
    #[modality]
    fn seen(&self, place: Cell<30, 30>) -> Cell<30, 30> {
        place
    }
}

#[test]
fn a_piece_that_was_knocked_away_is_where_it_is_seen() {
    for inference in [Inference::Automatic, Inference::MEAN_FIELD, Inference::Exact, Inference::Components] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let mut agent = Agent::with_options(Piece, (), options).unwrap();
        for cell in [at(3, 4), at(20, 17), at(0, 0)] {
            agent.infer_states(PieceObservation { seen: cell });
            let place = agent.belief().probabilities(0);
            assert_eq!(place[cell.index()], 1.0, "{inference:?}");
            assert_eq!(place.iter().filter(|p| **p != 0.0).count(), 1, "{inference:?}: only a floor made the rest");
        }
    }
}
