//! The land: sites where food may be, cues that tell where it is, thorns.

use aif::prelude::*;

/// The side of the land, in cells.
pub const SIDE: usize = 16;
/// How many sites there are.
pub const SITES: usize = 8;
/// How strongly it can smell.
pub const SMELLS: usize = 6;

/// A place.
pub type Place = Cell<SIDE, SIDE>;
/// A site where food may be.
pub type Site = Index<SITES>;
/// From nothing to strong.
pub type Smell = Index<SMELLS>;

const SITE_AT: [(usize, usize); SITES] = [(2, 2), (8, 1), (13, 3), (14, 8), (12, 13), (7, 14), (2, 12), (1, 7)];
const CUE_AT: [(usize, usize); 4] = [(5, 5), (10, 5), (5, 10), (10, 10)];
const THORN_AT: [(usize, usize); 14] =
    [(4, 4), (6, 3), (10, 2), (11, 6), (12, 9), (11, 11), (9, 12), (5, 12), (3, 10), (3, 6), (7, 7), (8, 8), (13, 6), (2, 9)];

/// How fed one is.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Energy {
    /// Too weak to move, for a while.
    Faint,
    Hungry,
    Fed,
    Full,
}

/// A step to a neighbouring cell.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Stay,
    North,
    East,
    South,
    West,
}

/// What a cue shows: nothing, or a site.
pub type Sign = Index<{ SITES + 1 }>;

/// P(food moves in a step): to any site.
pub const FOOD_MOVES: f64 = 1.0 / 60.0;
/// P(one gets hungrier in a step).
pub const HUNGER: f64 = 0.1;
/// P(one who is faint gets up in a step).
pub const RECOVERY: f64 = 0.2;

/// The cell of a site.
pub fn cell_of(site: Site) -> Place {
    let (x, y) = SITE_AT[site.get()];
    at(x, y)
}

fn at(x: usize, y: usize) -> Place {
    Place::from_index(y * SIDE + x).unwrap_or_else(|| unreachable!("all cells lie on the land"))
}

/// Column and row of a cell.
pub fn coordinates(place: Place) -> (usize, usize) {
    (place.index() % SIDE, place.index() / SIDE)
}

/// All cells with cues.
pub fn cues() -> impl Iterator<Item = Place> {
    CUE_AT.into_iter().map(|(x, y)| at(x, y))
}

/// All cells with thorns.
pub fn thorns() -> impl Iterator<Item = Place> {
    THORN_AT.into_iter().map(|(x, y)| at(x, y))
}

/// Whether there are thorns.
pub fn is_thorny(place: Place) -> bool {
    thorns().any(|thorn| thorn == place)
}

/// How many steps lie between two cells.
pub fn distance(a: Place, b: Place) -> usize {
    let ((ax, ay), (bx, by)) = (coordinates(a), coordinates(b));
    ax.abs_diff(bx) + ay.abs_diff(by)
}

/// Where a step leads; at the land's end one stays.
pub fn neighbour(place: Place, go: Step) -> Place {
    let (dx, dy) = match go {
        Step::Stay => (0, 0),
        Step::North => (0, -1),
        Step::East => (1, 0),
        Step::South => (0, 1),
        Step::West => (-1, 0),
    };
    place.offset(dx, dy).unwrap_or(place)
}

/// How strongly food smells from afar: falls with distance, in levels that run into each other; `sharpness` is the share that is no noise.
pub fn smell(place: Place, site: Site, sharpness: f64) -> Dist<Smell> {
    const REACH: f64 = 20.0;
    let top = (SMELLS - 1) as f64;
    let level = top * (1.0 - distance(place, cell_of(site)) as f64 / REACH).max(0.0);
    // Levels are not negative; `floor` is not there without the standard library.
    let below = f64::from(level as u8);
    let share = level - below;
    Dist::from_fn(|o: Smell| {
        let o = o.get() as f64;
        let sharp = if o == below { 1.0 - share } else { 0.0 } + if o == below + 1.0 { share } else { 0.0 };
        sharpness * sharp + (1.0 - sharpness) / SMELLS as f64
    })
}

/// What a cue shows to one who is within `sight` steps of it.
pub fn sign(place: Place, site: Site, sight: usize) -> Dist<Sign> {
    let shown = if cues().any(|cue| distance(place, cue) <= sight) { site.get() + 1 } else { 0 };
    Dist::from_fn(|o: Sign| if o.get() == shown { 1.0 } else { 0.0 })
}

/// How fed one is a step later: food fills those who are not full, thorns hurt, time makes hungry.
pub fn digest(energy: Energy, place: Place, site: Site) -> Dist<Energy> {
    if is_thorny(place) {
        return Energy::Faint.into();
    }
    let (after, p) = match energy {
        Energy::Faint => (Energy::Hungry, RECOVERY),
        Energy::Hungry | Energy::Fed if place == cell_of(site) => return Energy::Full.into(),
        Energy::Hungry => (Energy::Hungry, 1.0),
        Energy::Fed => (Energy::Hungry, HUNGER),
        Energy::Full => (Energy::Fed, HUNGER),
    };
    Dist::bernoulli(after, p, energy)
}

/// Where one is a step later: who is faint stays.
pub fn walk(place: Place, energy: Energy, go: Step) -> Place {
    if energy == Energy::Faint { place } else { neighbour(place, go) }
}

/// Where food is a step later.
pub fn drift(site: Site) -> Dist<Site> {
    Dist::from_fn(|next: Site| FOOD_MOVES / SITES as f64 + if next == site { 1.0 - FOOD_MOVES } else { 0.0 })
}
