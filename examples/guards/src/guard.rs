//! What a guard believes: where it is itself, in which block an intruder is, how that one moves, and what is seen and heard of it.

use aif::prelude::*;

use crate::house::{Block, Go, HOUSE, LEVELS, Noise, Place, Sight, cells, is_wall, loudness, sight, sign, walk};

/// P(an intruder goes on to a next block in a step).
const RESTLESS: f64 = 0.3;
/// P(an intruder is not heard in a step, wherever it is).
const QUIET: f64 = 0.35;
/// P(a noise seems a level louder), and a level fainter.
const UNSURE: f64 = 0.12;
/// P(somebody in a block that can be seen is overlooked).
const OVERLOOKED: f64 = 0.1;

/// A guard in the house at night.
#[derive(Clone, Copy, Debug)]
pub struct Guard;

#[generative_model(horizon = 3, actions(go: Go), policy_precision = 4.0)]
impl Guard {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, go: Go) -> Place {
        walk(place, go)
    }
    #[factor(initial = anywhere::<T>())]
    fn intruder(&self, intruder: Block) -> Dist<Block> {
        let next = HOUSE.next_to(intruder);
        let moves = if next.is_empty() { 0.0 } else { RESTLESS };
        Dist::from_fn(|to: Block| {
            let leaves = if next.contains(&to) { moves / next.len() as f64 } else { 0.0 };
            leaves + if to == intruder { 1.0 - moves } else { 0.0 }
        })
    }
    #[modality]
    fn here(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = [0.0, 0.5, 1.0, 1.6, 2.3, 3.2])]
    fn heard(&self, place: Place, intruder: Block) -> Dist<Noise> {
        // Nobody is in a block without a cell to stand on, and so nothing is heard.
        noise(loudness(HOUSE.middle(intruder).and_then(|middle| HOUSE.steps(place, middle))), QUIET)
    }
    #[modality(preference = [0.0, 3.0, 1.5, 1.5, 1.5, 1.5])]
    fn seen(&self, place: Place, intruder: Block) -> Dist<Sight> {
        glimpse(place, intruder)
    }
    /// Whether it stands at the vault: some are asked to.
    #[modality(preference = [0.0, 0.0])]
    fn post(&self, place: Place) -> bool {
        near_vault(place)
    }
}

/// Somebody may be wherever one can stand.
fn anywhere<T: Real>() -> Dist<Block, T> {
    let cells_of = |block: Block| cells(block).count() as f64;
    let all: f64 = Block::all().map(cells_of).sum();
    Dist::from_fn(|block: Block| T::constant(cells_of(block) / all))
}

/// What is heard of steps of a loudness.
pub fn noise(level: usize, quiet: f64) -> Dist<Noise> {
    Dist::from_fn(|heard: Noise| {
        let mut p = if heard.get() == 0 { quiet } else { 0.0 };
        for (shift, share) in [(-1_isize, UNSURE), (0, 1.0 - 2.0 * UNSURE), (1, UNSURE)] {
            let shifted = (level as isize + shift).clamp(0, LEVELS as isize - 1) as usize;
            p += if heard.get() == shifted { (1.0 - quiet) * share } else { 0.0 };
        }
        p
    })
}

/// What is seen of somebody in a block: as often as its cells can be seen, in their directions.
fn glimpse(place: Place, block: Block) -> Dist<Sight> {
    let mut seen = [0.0; Sight::COUNT];
    let mut count = 0.0;
    if !is_wall(place) {
        for cell in cells(block) {
            seen[sight(place, cell).index()] += 1.0;
            count += 1.0;
        }
    }
    Dist::from_fn(|what: Sight| {
        let share = if count > 0.0 { seen[what.index()] / count } else { f64::from(what == Sight::Nobody) };
        if what == Sight::Nobody { share + (1.0 - share) * OVERLOOKED } else { share * (1.0 - OVERLOOKED) }
    })
}

/// Whether a cell is in the vault, or next to it.
pub fn near_vault(place: Place) -> bool {
    Go::all().any(|go| sign(walk(place, go)) == b'v')
}

/// What kinds of guards there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Goes after what it hears.
    Hunter,
    /// Would rather see than be near: it keeps its distance.
    Lookout,
    /// Stays at the vault unless somebody is close.
    Watchman,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Hunter, Kind::Lookout, Kind::Watchman];

    /// What it likes, in place of what is declared.
    pub fn likes(self, mut declared: GuardPreferences) -> GuardPreferences {
        match self {
            Kind::Hunter => {}
            Kind::Lookout => {
                declared.heard = Values::from_fn(|noise: Noise| [0.0, 0.3, 0.8, 1.2, 0.4, -1.0][noise.get()]);
                declared.seen = Values::from_fn(|sight: Sight| [0.0, -1.0, 3.0, 3.0, 3.0, 3.0][sight.index()]);
            }
            Kind::Watchman => declared.post = Values::from_fn(|at: bool| if at { 2.5 } else { 0.0 }),
        }
        declared
    }
}
