//! A field of 16 x 16 cells on which two species cross: those who go east leave on one side and come again on the other, as do those who
//! go west.

use aif::runtime::random::categorical;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::walker::{Choices, GONE, SIDE};

pub const SIZE: usize = 16;

/// Somebody on a field.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// 0 goes east, 1 goes west.
    pub species: usize,
    pub x: usize,
    pub y: usize,
    /// Whether it bumped into one of the other species at the last tick.
    pub bumped: bool,
    target: (usize, usize),
}

/// What happened on a field.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Steps of a walker: one each tick.
    pub steps: u64,
    /// Those in which it bumped into one of the other species.
    pub bumps: u64,
    /// Those in which it went ahead.
    pub ahead: u64,
    /// Those in which it went aside.
    pub aside: u64,
}

impl Tally {
    pub fn add(self, other: Tally) -> Tally {
        Tally {
            steps: self.steps + other.steps,
            bumps: self.bumps + other.bumps,
            ahead: self.ahead + other.ahead,
            aside: self.aside + other.aside,
        }
    }

    /// Of a hundred steps, so many bump, go ahead and go aside.
    pub fn rates(self) -> [f64; 3] {
        [self.bumps, self.ahead, self.aside].map(|count| 100.0 * count as f64 / self.steps.max(1) as f64)
    }
}

pub struct Field {
    pub bodies: Vec<Body>,
    pub tally: Tally,
    /// Who is in each cell.
    cells: [[Option<u16>; SIZE]; SIZE],
    rng: ChaCha8Rng,
}

impl Field {
    /// A field with so many of each species, each in a cell of its own.
    pub fn new(each: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut cells = [[None; SIZE]; SIZE];
        let mut bodies: Vec<Body> = Vec::new();
        let free = [1.0 / (SIZE * SIZE) as f64; SIZE * SIZE];
        while bodies.len() < 2 * each.min(SIZE * SIZE / 4) {
            let at = categorical(&free, &mut rng);
            let (x, y) = (at % SIZE, at / SIZE);
            if cells[y][x].is_none() {
                cells[y][x] = Some(bodies.len() as u16);
                bodies.push(Body { species: bodies.len() % 2, x, y, bumped: false, target: (x, y) });
            }
        }
        Field { bodies, tally: Tally::default(), cells, rng }
    }

    /// Where the nearest of the other species is, of those that are ahead or beside: how far ahead, how far to the right.
    fn nearest(&self, of: &Body) -> (usize, usize) {
        for gap in 0..GONE {
            for aside in [0, 1, -1, 2, -2] {
                let (x, y) = (ahead(of, gap), of.y as isize + right(of) * aside);
                let Some(row) = usize::try_from(y).ok().and_then(|y| self.cells.get(y)) else { continue };
                if row[x].is_some_and(|who| self.bodies[usize::from(who)].species != of.species) {
                    return (gap, (aside + SIDE) as usize);
                }
            }
        }
        (GONE, SIDE as usize)
    }

    /// Everybody sees, chooses and moves at once. Who would come into the cell of another, or through another, stays.
    pub fn tick(&mut self, choices: &Choices) {
        for i in 0..self.bodies.len() {
            let body = self.bodies[i];
            let (gap, beside) = self.nearest(&body);
            let action = categorical(&choices[body.species][gap][beside], &mut self.rng);
            let aside = |to: isize| usize::try_from(body.y as isize + to).ok().filter(|y| *y < SIZE).unwrap_or(body.y);
            self.bodies[i].bumped = false;
            self.bodies[i].target = match action {
                0 => (ahead(&body, 1), body.y),
                1 => (body.x, aside(-right(&body))),
                2 => (body.x, aside(right(&body))),
                _ => (body.x, body.y),
            };
            self.tally.aside += u64::from((1..=2).contains(&action));
        }
        self.settle();
        self.cells = [[None; SIZE]; SIZE];
        for (i, body) in self.bodies.iter_mut().enumerate() {
            self.tally.ahead += u64::from(body.target.0 != body.x);
            self.tally.bumps += u64::from(body.bumped);
            (body.x, body.y) = body.target;
            self.cells[body.y][body.x] = Some(i as u16);
        }
        self.tally.steps += self.bodies.len() as u64;
    }

    /// Lets those stay whose way is not free, until nobody's way is barred by one who stays.
    fn settle(&mut self) {
        let mut again = true;
        while again {
            again = false;
            let mut heading: [[Option<u16>; SIZE]; SIZE] = [[None; SIZE]; SIZE];
            for i in 0..self.bodies.len() {
                let (x, y) = self.bodies[i].target;
                let there = self.cells[y][x].map(usize::from).filter(|other| *other != i);
                // One who is there and goes, goes on its way, unless that is through me.
                let barred = there.filter(|other| {
                    let other = &self.bodies[*other];
                    other.target == (other.x, other.y) || other.target == (self.bodies[i].x, self.bodies[i].y)
                });
                let barred = barred.or(heading[y][x].map(usize::from));
                heading[y][x] = Some(i as u16);
                if let Some(other) = barred {
                    again |= self.stop(i, other) | self.stop(other, i);
                }
            }
        }
    }

    /// Lets one stay because of another; whether that is new.
    fn stop(&mut self, who: usize, other: usize) -> bool {
        let species = self.bodies[other].species;
        let body = &mut self.bodies[who];
        body.bumped |= body.species != species;
        let moves = body.target != (body.x, body.y);
        body.target = (body.x, body.y);
        moves
    }
}

/// The column so many cells ahead of somebody.
fn ahead(of: &Body, cells: usize) -> usize {
    (of.x + if of.species == 0 { cells } else { SIZE - cells }) % SIZE
}

/// The direction of somebody's right, in rows.
fn right(of: &Body) -> isize {
    if of.species == 0 { 1 } else { -1 }
}
