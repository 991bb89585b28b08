//! Two machines, of which one pays more often, until they change places; a visitor chooses, or somebody who learns by the declared rule.

use aif::learners::{Live, Planned, Surroundings, Trial};
use aif::measure::Softmax;
use aif::prelude::*;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::chance::stream;

/// How many choices there are.
pub const CHOICES: usize = 60;
/// P(the better machine pays), and with the rest the other one.
const BETTER: f64 = 0.8;
/// The choices at which the machines change places.
const TURNS: [usize; 3] = [18, 34, 47];

/// A machine.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Machine {
    Left,
    Right,
}

// begin
/// Values follow what machines pay, choices follow values.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<T> {
    /// How far a value moves to each outcome, from 0 to 1.
    pub learning_rate: T,
    /// How strictly choices follow values.
    pub precision: T,
}

#[learner(observations(win: f64), actions(choose: Machine), world = Machines::new(1))]
impl<T: Real> Visitor<T> {
    #[state(initial = [0.5, 0.5])]
    fn value(&self, mut value: [T; 2], choose: Machine, win: T) -> [T; 2] {
        let own = &mut value[choose.index()];
        *own += self.learning_rate * (win - *own);
        value
    }

    #[response]
    fn choose(&self, value: [T; 2]) -> Softmax<Machine, T> {
        Softmax::by(|machine: Machine| self.precision * value[machine.index()])
    }
}

model! {
    /// One visitor: every learning rate is as probable; a precision of 1 is hardly strict, one of 10 is.
    pub Visitors for Visitor<T> {
        subject {
            z_rate ~ Normal(0.0, 1.0);
            z_precision ~ Normal(1.2, 0.8);
            let learning_rate = phi(z_rate);
            let precision = exp(z_precision);
            Visitor { learning_rate, precision }
        }
    }
}
// end

/// The machines: what each would pay at each choice is settled before the first.
#[derive(Clone, Debug)]
pub struct Machines {
    pays: Vec<[bool; 2]>,
    trial: usize,
}

impl Machines {
    pub fn new(seed: u64) -> Self {
        let mut rng = stream(seed, 1);
        let first = usize::from(aif::runtime::random::unit(&mut rng) < 0.5);
        let pays = (0..CHOICES).map(|trial| {
            let better = better(first, trial);
            [0, 1].map(|machine| aif::runtime::random::unit(&mut rng) < if machine == better { BETTER } else { 1.0 - BETTER })
        });
        Machines { pays: pays.collect(), trial: 0 }
    }
}

/// Which machine is better at a choice.
fn better(first: usize, trial: usize) -> usize {
    (first + TURNS.iter().filter(|&&turn| trial >= turn).count()) % 2
}

impl Surroundings for Machines {
    fn begin(&mut self, _: &mut dyn Rng) {
        self.trial = 0;
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, _: &mut dyn Rng) -> f64 {
        let pays = self.pays.get(self.trial).copied().unwrap_or_default();
        self.trial += 1;
        let chosen = so_far.responses.first().map_or(0, |&machine| usize::from(machine > 0.5));
        if pays[chosen] { 1.0 } else { 0.0 }
    }
}

/// A game: what was chosen, and what came of it.
#[derive(Clone, Debug)]
pub struct Game {
    seed: u64,
    machines: Machines,
    /// Which machine, and whether it paid.
    pub played: Vec<(Machine, bool)>,
    /// Who played, where it was no visitor.
    pub player: Option<Visitor<f64>>,
}

impl Game {
    pub fn new(seed: u64) -> Self {
        Game { seed, machines: Machines::new(seed), played: Vec::new(), player: None }
    }

    /// The visitor chooses; whether the machine pays, `None` where the game is over.
    pub fn choose(&mut self, machine: Machine) -> Option<bool> {
        let pays = *self.machines.pays.get(self.played.len())?;
        let win = pays[machine.index()];
        self.played.push((machine, win));
        Some(win)
    }

    /// Somebody with this learning rate and this precision plays a new game to its end.
    ///
    /// # Errors
    /// When nobody can choose by these numbers.
    pub fn let_play(&mut self, player: Visitor<f64>, seed: u64) -> Result<(), aif::learners::LearnerError> {
        *self = Game { player: Some(player), ..Game::new(seed) };
        let mut rng: ChaCha8Rng = stream(seed, 2);
        let mut machines = self.machines.clone();
        machines.begin(&mut rng);
        let mut learner = Live::new(player);
        for _ in 0..CHOICES {
            let trial = learner.live(&mut machines, Planned::default(), &mut rng)?;
            let (choice, win) = (trial.responses[0], trial.observations[0]);
            self.played.push((if choice > 0.5 { Machine::Right } else { Machine::Left }, win > 0.5));
        }
        Ok(())
    }

    /// P(the left machine pays) at each choice.
    pub fn truth(&self) -> [f64; CHOICES] {
        let first = usize::from(aif::runtime::random::unit(&mut stream(self.seed, 1)) < 0.5);
        std::array::from_fn(|trial| if better(first, trial) == 0 { BETTER } else { 1.0 - BETTER })
    }

    /// What somebody with these numbers would have held of the machines before each choice, and how probable they would have been to choose left.
    pub fn followed(&self, player: Visitor<f64>) -> Vec<([f64; 2], f64)> {
        let mut value = [0.5; 2];
        let follow = |&(machine, win): &(Machine, bool)| {
            let before = value;
            let left = 1.0 / (1.0 + (player.precision * (before[1] - before[0])).exp());
            value = player.value(before, machine, if win { 1.0 } else { 0.0 });
            (before, left)
        };
        self.played.iter().map(follow).collect()
    }
}
