//! The maze's land: which cells are open, how far apart they are on foot, what is seen from where.

use aif::prelude::*;

/// Columns and rows.
pub const WIDTH: usize = 11;
pub const HEIGHT: usize = 7;
/// How many cells there are.
pub const CELLS: usize = WIDTH * HEIGHT;

/// A cell.
pub type Spot = Cell<WIDTH, HEIGHT>;

/// A step to a neighbouring cell.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Stay,
    North,
    East,
    South,
    West,
}

/// In which direction food is seen.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    Nothing,
    North,
    East,
    South,
    West,
}

/// Farther than any two cells are.
const APART: u8 = u8::MAX;

/// Open cells and walls, with what follows from them.
#[derive(Clone, Copy, Debug)]
pub struct Land {
    open: [bool; CELLS],
    /// Steps on foot from each cell to each, `APART` where no way leads there.
    steps: [[u8; CELLS]; CELLS],
}

impl Land {
    /// A land of which these cells are open.
    pub fn new(open: [bool; CELLS]) -> Self {
        let mut land = Land { open, steps: [[APART; CELLS]; CELLS] };
        for from in Spot::all().filter(|spot| open[spot.index()]) {
            let mut steps = [APART; CELLS];
            steps[from.index()] = 0;
            let mut reached = vec![from];
            let mut next = 0;
            while let Some(&spot) = reached.get(next) {
                next += 1;
                for to in Step::all().map(|go| land.after(spot, go)) {
                    if steps[to.index()] == APART {
                        steps[to.index()] = steps[spot.index()] + 1;
                        reached.push(to);
                    }
                }
            }
            land.steps[from.index()] = steps;
        }
        land
    }

    /// Rows of a plan in which `#` is a wall.
    pub fn of_plan(plan: [&str; HEIGHT]) -> Self {
        let mut open = [true; CELLS];
        for (row, line) in plan.iter().enumerate() {
            line.bytes().take(WIDTH).enumerate().for_each(|(column, c)| open[row * WIDTH + column] = c != b'#');
        }
        Land::new(open)
    }

    /// Which cells are open.
    pub fn open(&self) -> &[bool; CELLS] {
        &self.open
    }

    pub fn is_open(&self, spot: Spot) -> bool {
        self.open[spot.index()]
    }

    /// Steps on foot; `None` where no way leads from one to the other.
    pub fn steps(&self, from: Spot, to: Spot) -> Option<u8> {
        Some(self.steps[from.index()][to.index()]).filter(|&steps| steps != APART)
    }

    /// Where a step leads; before a wall one stays.
    pub fn after(&self, spot: Spot, go: Step) -> Spot {
        let (dx, dy) = match go {
            Step::Stay => (0, 0),
            Step::North => (0, -1),
            Step::East => (1, 0),
            Step::South => (0, 1),
            Step::West => (-1, 0),
        };
        spot.offset(dx, dy).filter(|&to| self.is_open(to)).unwrap_or(spot)
    }

    /// In which direction `what` lies straight ahead with no wall in between; nothing where it does not, or lies here.
    pub fn sight(&self, from: Spot, what: Spot) -> Sight {
        let towards = match (from.x() == what.x(), from.y() == what.y()) {
            (true, false) if what.y() < from.y() => (Step::North, Sight::North),
            (true, false) => (Step::South, Sight::South),
            (false, true) if what.x() > from.x() => (Step::East, Sight::East),
            (false, true) => (Step::West, Sight::West),
            _ => return Sight::Nothing,
        };
        let mut at = from;
        loop {
            let next = self.after(at, towards.0);
            match next {
                _ if next == what => return towards.1,
                _ if next == at => return Sight::Nothing,
                _ => at = next,
            }
        }
    }
}
