//! The house: walls, doors and rooms on a plan, how far it is from one cell to another, and what can be seen and heard from where.

use std::collections::VecDeque;
use std::sync::LazyLock;

use aif::prelude::*;

/// The side of the house, in cells.
pub const SIDE: usize = 30;
/// The side of a block: guards believe somebody to be in a block of so many cells each way.
pub const BLOCK: usize = 3;
/// How many blocks there are each way.
pub const BLOCKS: usize = SIDE / BLOCK;
/// How many levels of noise there are.
pub const LEVELS: usize = 6;

/// A cell.
pub type Place = Cell<SIDE, SIDE>;
/// A block of cells.
pub type Block = Cell<BLOCKS, BLOCKS>;
/// How loud a noise is; 0 is silence.
pub type Noise = Index<LEVELS>;

/// `#` is a wall, `+` a door, `v` the vault, `x` a way out.
const PLAN: [&str; SIDE] = [
    "##############################",
    "#.......#..........#.........#",
    "#.......#..........#.........#",
    "#.......+..........+.........#",
    "#.......#..........#.........#",
    "#.......#..........#.........#",
    "x.......####+#######.........#",
    "#.......#..........####+######",
    "#.......#..........#.........#",
    "###+#####..........#.........#",
    "#.......#..........+.........#",
    "#.......+..........#.........#",
    "#.......#..........#.........#",
    "#.......#####+######.........#",
    "#.......#.........#####+######",
    "#.......#.........#..........#",
    "####+####..vvv....#..........#",
    "#.......#..vvv....+..........#",
    "#.......#..vvv....#..........#",
    "#.......+.........#..........x",
    "#.......#.........#..........#",
    "#.......########+#####+#######",
    "#.......#.........#..........#",
    "#.......#.........#..........#",
    "#####+###.........#..........#",
    "#.......#.........+..........#",
    "#.......+.........#..........#",
    "#.......#.........#..........#",
    "#.......#.........#..........#",
    "##############################",
];

/// A step to a neighbouring cell.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    North,
    East,
    South,
    West,
}

/// In which direction somebody is seen, if at all.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    Nobody,
    Here,
    North,
    East,
    South,
    West,
}

impl Go {
    /// Columns and rows, these downwards.
    pub fn offset(self) -> (isize, isize) {
        match self {
            Go::Stay => (0, 0),
            Go::North => (0, -1),
            Go::East => (1, 0),
            Go::South => (0, 1),
            Go::West => (-1, 0),
        }
    }
}

/// The sign of a cell on the plan.
pub fn sign(place: Place) -> u8 {
    PLAN[place.y()].as_bytes()[place.x()]
}

/// Whether nobody can stand there.
pub fn is_wall(place: Place) -> bool {
    sign(place) == b'#'
}

/// The cell at a column and a row of the plan.
pub fn at(x: usize, y: usize) -> Place {
    Cell::new(x, y).unwrap_or_else(|| unreachable!("the plan is {SIDE} cells wide and high"))
}

/// Where a step leads; walls stop it.
pub fn walk(place: Place, go: Go) -> Place {
    let (dx, dy) = go.offset();
    place.offset(dx, dy).filter(|to| !is_wall(*to)).unwrap_or(place)
}

/// The block in which a cell lies.
pub fn block_of(place: Place) -> Block {
    Cell::new(place.x() / BLOCK, place.y() / BLOCK).unwrap_or_else(|| unreachable!("blocks cover the house"))
}

/// The cells of a block on which somebody can stand.
pub fn cells(block: Block) -> impl Iterator<Item = Place> {
    (0..BLOCK * BLOCK)
        .map(move |i| at(block.x() * BLOCK + i % BLOCK, block.y() * BLOCK + i / BLOCK))
        .filter(|cell| !is_wall(*cell))
}

/// What is worked out once of the plan.
pub struct House {
    /// Steps from each cell of a block to each place; `u16::MAX` where there is no way.
    steps: Vec<Vec<u16>>,
    /// The cell that stands for each block, if it has one: the one nearest to its middle.
    middles: Vec<Option<Place>>,
    /// Where one can be a step later, from each block.
    next: Vec<Vec<Block>>,
}

/// The house.
pub static HOUSE: LazyLock<House> = LazyLock::new(House::new);

impl House {
    fn new() -> Self {
        let steps = Place::all().map(steps_from).collect();
        let middle = |block: Block| {
            let centre = at(block.x() * BLOCK + BLOCK / 2, block.y() * BLOCK + BLOCK / 2);
            cells(block).min_by_key(|cell| (cell.x().abs_diff(centre.x()) + cell.y().abs_diff(centre.y()), cell.index()))
        };
        let middles = Block::all().map(middle).collect();
        let next = Block::all().map(|block| {
            let mut next: Vec<Block> = Vec::new();
            for to in cells(block).flat_map(|cell| Go::all().map(move |go| block_of(walk(cell, go)))) {
                if to != block && !next.contains(&to) {
                    next.push(to);
                }
            }
            next
        });
        House { steps, middles, next: next.collect() }
    }

    /// How many steps it is from one cell to another; none where there is no way.
    pub fn steps(&self, from: Place, to: Place) -> Option<usize> {
        Some(usize::from(self.steps[from.index()][to.index()])).filter(|steps| *steps < usize::from(u16::MAX))
    }

    /// The cell that stands for a block, if somebody can be in it.
    pub fn middle(&self, block: Block) -> Option<Place> {
        self.middles[block.index()]
    }

    /// The blocks next to one.
    pub fn next_to(&self, block: Block) -> &[Block] {
        &self.next[block.index()]
    }

    /// The step that leads towards a cell, `Stay` where one is there or cannot get there.
    pub fn towards(&self, from: Place, to: Place) -> Go {
        let steps = |go: &Go| self.steps(walk(from, *go), to).unwrap_or(usize::MAX);
        Go::all().min_by_key(steps).unwrap_or(Go::Stay)
    }
}

fn steps_from(from: Place) -> Vec<u16> {
    let mut steps = vec![u16::MAX; Place::COUNT];
    if is_wall(from) {
        return steps;
    }
    steps[from.index()] = 0;
    let mut open = VecDeque::from([from]);
    while let Some(here) = open.pop_front() {
        for to in Go::all().map(|go| walk(here, go)) {
            if steps[to.index()] == u16::MAX {
                steps[to.index()] = steps[here.index()] + 1;
                open.push_back(to);
            }
        }
    }
    steps
}

/// Whether nothing stands between two cells that are not too far from each other.
pub fn sees(from: Place, to: Place) -> bool {
    const FAR: usize = 9;
    let (dx, dy) = (to.x() as f64 - from.x() as f64, to.y() as f64 - from.y() as f64);
    let parts = dx.abs().max(dy.abs()) as usize;
    parts <= FAR
        && (1..parts).all(|i| {
            let share = i as f64 / parts as f64;
            !is_wall(at((from.x() as f64 + dx * share).round() as usize, (from.y() as f64 + dy * share).round() as usize))
        })
}

/// What a guard sees of somebody on a cell.
pub fn sight(from: Place, to: Place) -> Sight {
    let (dx, dy) = (to.x() as isize - from.x() as isize, to.y() as isize - from.y() as isize);
    if !sees(from, to) {
        Sight::Nobody
    } else if dx.abs().max(dy.abs()) <= 1 {
        Sight::Here
    } else if dx.abs() >= dy.abs() {
        if dx > 0 { Sight::East } else { Sight::West }
    } else if dy > 0 {
        Sight::South
    } else {
        Sight::North
    }
}

/// How loud steps are that are made so many steps away.
pub fn loudness(steps: Option<usize>) -> usize {
    match steps {
        Some(0..=2) => 5,
        Some(3..=5) => 4,
        Some(6..=10) => 3,
        Some(11..=17) => 2,
        Some(18..=28) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_can_be_reached_from_every_door() {
        assert!(PLAN.iter().all(|row| row.len() == SIDE));
        let open: Vec<_> = Place::all().filter(|place| !is_wall(*place)).collect();
        assert!(open.iter().all(|place| HOUSE.steps(open[0], *place).is_some()));
    }

    #[test]
    fn walls_stop_steps_and_sight() {
        assert_eq!(walk(at(7, 2), Go::East), at(7, 2));
        assert_eq!(walk(at(7, 3), Go::East), at(8, 3));
        assert!(sees(at(2, 2), at(7, 5)) && !sees(at(7, 5), at(9, 5)) && sees(at(7, 3), at(10, 3)));
    }
}
