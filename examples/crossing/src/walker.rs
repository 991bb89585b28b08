//! Who walks: a declared model of two that come towards each other, seen from one of them.

use aif::prelude::*;
use aif::runtime::Dirichlet;
use aif::society::{Player, PlayerOptions, SocietyError};

/// What a walker does.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Ahead,
    Left,
    Right,
    Wait,
}

/// How many cells ahead the other is; the last is out of sight, or passed.
pub type Gap = Index<6>;

/// How many cells to my right the other is, from 2 to my left (0) to 2 to my right (4).
pub type Beside = Index<5>;

pub const GONE: usize = 5;
pub const SIDE: isize = 2;

/// Where the other is, and what each has just done, as one walker sees it. For the other it is the same, but that its own is the other's.
#[derive(Clone, Copy, Debug)]
pub struct Walker {
    /// What a step ahead is worth, in nats.
    pub progress: f64,
    /// What a bump costs, in nats.
    pub bump: f64,
    /// How often it does each by habit.
    pub habit: [f64; 4],
    /// How often the other does each, for one who holds no mind of it.
    pub expected: [f64; 4],
}

/// Straight on, nearly always.
const ON: [f64; 4] = [0.94, 0.02, 0.02, 0.02];

/// Those who go east hurry; those who go west take care.
pub const SPECIES: [Walker; 2] = [
    Walker { progress: 2.0, bump: 6.0, habit: ON, expected: [0.0, 0.0, 0.0, 1.0] },
    Walker { progress: 1.5, bump: 9.0, habit: ON, expected: [0.0, 0.0, 0.0, 1.0] },
];

/// Where the other is next, and whether the two bump and stay where they are.
fn met(gap: Gap, beside: Beside, go: Go, other: Go) -> (Gap, Beside, bool) {
    if gap.get() == GONE {
        return (gap, beside, false);
    }
    let aside = |go: Go| isize::from(go == Go::Left) - isize::from(go == Go::Right);
    let (before, at) = (gap.get() as isize, beside.get() as isize - SIDE);
    let next = before - isize::from(go == Go::Ahead) - isize::from(other == Go::Ahead);
    let to = at + aside(go) + aside(other);
    let through = (at == 0 && to == 0 && before > 0 && next < 0) || (before == 0 && next == 0 && at != 0 && to == -at);
    if (next == 0 && to == 0) || through {
        return (gap, beside, true);
    }
    let (ahead, right) = if next < 0 || to.abs() > SIDE { (GONE, SIDE) } else { (next as usize, to + SIDE) };
    (Index::new(ahead).unwrap_or(gap), Index::new(right as usize).unwrap_or(beside), false)
}

impl Walker {
    fn weights<D: Domain, T: Real>(&self) -> Dirichlet<D, T> {
        Dirichlet::from_fn(|pair: D| T::constant(self.habit[pair.index() / 4] * self.expected[pair.index() % 4])).held()
    }
}

#[generative_model(horizon = 3, actions(go: Go, other: Go), habit = self.weights())]
impl Walker {
    #[factor(initial = uniform())]
    fn gap(&self, gap: Gap, beside: Beside, go: Go, other: Go) -> Gap {
        met(gap, beside, go, other).0
    }

    #[factor(initial = uniform())]
    fn beside(&self, gap: Gap, beside: Beside, go: Go, other: Go) -> Beside {
        met(gap, beside, go, other).1
    }

    #[factor(initial = false)]
    fn bumped(&self, gap: Gap, beside: Beside, go: Go, other: Go) -> bool {
        met(gap, beside, go, other).2
    }

    #[factor(initial = false)]
    fn mine(&self, gap: Gap, beside: Beside, go: Go, other: Go) -> bool {
        go == Go::Ahead && !met(gap, beside, go, other).2
    }

    #[factor(initial = false)]
    fn theirs(&self, gap: Gap, beside: Beside, go: Go, other: Go) -> bool {
        other == Go::Ahead && !met(gap, beside, go, other).2
    }

    #[modality]
    fn sight(&self, gap: Gap, beside: Beside) -> (Gap, Beside) {
        (gap, beside)
    }

    #[modality(preference = [0.0, -self.bump])]
    fn felt(&self, bumped: bool) -> bool {
        bumped
    }

    #[modality(preference = [0.0, self.progress])]
    fn advanced(&self, mine: bool) -> bool {
        mine
    }
}

/// The state as the other sees it.
fn across(state: WalkerState) -> WalkerState {
    WalkerState { mine: state.theirs, theirs: state.mine, ..state }
}

/// How walkers choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Minds {
    /// Straight on, by habit: depth 0.
    Habit,
    /// They plan around others as if these stood still.
    Things,
    /// They expect others to go by habit: depth 1.
    One,
    /// They expect others to expect that: depth 2.
    Two,
}

impl Minds {
    pub const ALL: [Minds; 4] = [Minds::Habit, Minds::Things, Minds::One, Minds::Two];

    pub fn words(self) -> &'static str {
        match self {
            Minds::Habit => "by habit (depth 0)",
            Minds::Things => "others are things",
            Minds::One => "minds of depth 1",
            Minds::Two => "minds of depth 2",
        }
    }

    fn player(self, own: usize) -> Result<Player<Walker>, SocietyError> {
        let (model, other) = (SPECIES[own], 1 - own);
        let options = PlayerOptions { state_information_gain: 0.0, ..PlayerOptions::default() };
        let player = Player::with_options(model, (), options)?;
        match self {
            Minds::Habit => Ok(player.habitual()),
            Minds::Things => Ok(player),
            Minds::One => player.minding(&Minds::Habit.player(other)?, across),
            Minds::Two => player.minding(&Minds::One.player(other)?, across),
        }
    }
}

/// How probable each action is wherever the other is, `[species][gap][beside]`: all that is seen says all of the state, so that a walker's
/// mind is worked out once for each.
pub type Choices = [[[[f64; 4]; 5]; 6]; 2];

pub fn choices(minds: Minds) -> Result<Choices, SocietyError> {
    let mut choices = [[[[0.0; 4]; 5]; 6]; 2];
    for (own, choices) in choices.iter_mut().enumerate() {
        let mut player = minds.player(own)?;
        for gap in Gap::all() {
            for beside in Beside::all() {
                player.begin();
                player.observe(WalkerObservation { sight: (gap, beside), felt: false, advanced: false })?;
                for (p, log_p) in choices[gap.get()][beside.get()].iter_mut().zip(player.choice()?.iter()) {
                    *p = log_p.exp();
                }
            }
        }
    }
    Ok(choices)
}
