//! A season above a game, and the same as one model of both.

use aif::infer::score::{Assigned, Behaviour, History, RecordedBlock, RecordedRow, Ticks};
use aif::infer::study::StudyBehaviour;
use aif::prelude::*;
use aif::runtime::nested::tree;
use aif::runtime::{Declared, Inference, Nests};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Card {
    Red,
    Blue,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    Nothing,
    Red,
    Blue,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Nothing,
    Loss,
    Win,
}

/// The distribution of what comes of a card.
fn outcome<T: Real>(good: Card, taken: Taken) -> Dist<Outcome, T> {
    let wins = match (good, taken) {
        (_, Taken::Nothing) => return Dist::certain(Outcome::Nothing),
        (Card::Red, Taken::Red) | (Card::Blue, Taken::Blue) => 0.75,
        _ => 0.25,
    };
    Dist::bernoulli(Outcome::Win, T::constant(wins), Outcome::Loss)
}

fn taken(choice: Card) -> Taken {
    if choice == Card::Red { Taken::Red } else { Taken::Blue }
}

#[derive(Clone, Copy, Debug)]
pub struct Game<T> {
    pub precision: T,
}

#[generative_model(vis = pub, horizon = 1, actions(choice: Card), policy_precision = self.precision)]
impl<T: Real> Game<T> {
    #[factor(initial = uniform())]
    fn good(&self, good: Card) -> Card {
        good
    }
    #[factor(initial = Taken::Nothing)]
    fn taken(&self, choice: Card) -> Taken {
        taken(choice)
    }
    #[modality(preference = [0.0, -1.0, 1.0])]
    fn outcome(&self, good: Card, taken: Taken) -> Dist<Outcome, T> {
        outcome(good, taken)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Season<T> {
    pub game: Game<T>,
    pub change: T,
}

#[generative_model(vis = pub, horizon = 1)]
impl<T: Real> Season<T> {
    #[factor(initial = uniform())]
    fn favoured(&self, favoured: Card) -> Dist<Card, T> {
        Dist::from_fn(|next| if next == favoured { 1.0 - self.change } else { self.change })
    }
    #[level(model = Game<T>, from = self.game, steps = 6, begins = good)]
    fn game(&self, favoured: Card) -> Dist<Card> {
        if favoured == Card::Red { dist![0.9, 0.1] } else { dist![0.1, 0.9] }
    }
}

type Beat = Index<6>;

/// The same in one: which card is favoured and which is good, together, and how far the game has come.
#[derive(Clone, Copy, Debug)]
pub struct Whole<T> {
    pub precision: T,
    pub change: T,
}

#[generative_model(vis = pub, horizon = 1, actions(choice: Card), policy_precision = self.precision)]
impl<T: Real> Whole<T> {
    #[factor(initial = [0.45, 0.05, 0.05, 0.45])]
    fn cards(&self, cards: (Card, Card), beat: Beat) -> Dist<(Card, Card), T> {
        let (favoured, good) = cards;
        Dist::from_fn(|(next, card)| {
            if beat.index() < 5 {
                return T::constant(f64::from(u8::from((next, card) == (favoured, good))));
            }
            let stays = if next == favoured { 1.0 - self.change } else { self.change };
            stays * if card == next { 0.9 } else { 0.1 }
        })
    }
    #[factor(initial = Beat::from_index(0).unwrap())]
    fn beat(&self, beat: Beat) -> Beat {
        Beat::from_index((beat.index() + 1) % 6).unwrap()
    }
    #[factor(initial = Taken::Nothing)]
    fn taken(&self, choice: Card, beat: Beat) -> Taken {
        if beat.index() == 5 { Taken::Nothing } else { taken(choice) }
    }
    #[modality(preference = [0.0, -1.0, 1.0])]
    fn outcome(&self, cards: (Card, Card), taken: Taken) -> Dist<Outcome, T> {
        outcome(cards.1, taken)
    }
}

/// What a player of both levels did, of many games.
pub fn played(games: usize) -> Vec<RecordedBlock> {
    let season = Season { game: Game { precision: 1.5 }, change: 0.2 }.family();
    let plan = <Nests<Season<f64>> as StudyBehaviour>::plan(1, games, &[]).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    season.simulate(&Assigned::default(), &season, &plan, &AgentOptions::default(), &mut rng).unwrap()
}

/// The record of a player under both levels, and under the one model of both.
pub fn records(games: usize) -> (Ticks, History) {
    let blocks = played(games);
    let ticks = Ticks::new(&tree::<Season<f64>, f64>(), blocks.clone());
    let row = |row: RecordedRow| RecordedRow { inputs: Vec::new(), ..row };
    let flat = |block: RecordedBlock| RecordedBlock { rows: block.rows.into_iter().map(row).collect(), ..block };
    (ticks, History::new(&blocks.into_iter().map(flat).collect::<Vec<_>>()))
}

/// The log-likelihood of two levels, or of the one model of both.
pub fn each<T: Real>(which: usize, [precision, change]: [T; 2], (ticks, history): &(Ticks, History)) -> T {
    let options = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
    if which == 0 {
        let season = Season { game: Game { precision }, change };
        return season.family().log_likelihood(&Assigned::default(), ticks, &options).unwrap();
    }
    Whole { precision, change }.family().log_likelihood(&Assigned::default(), history, &options).unwrap()
}
