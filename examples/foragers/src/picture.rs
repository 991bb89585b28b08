//! Pictures of the world: the land, who is where, and where the food is believed to be.

use aif::infer::pictures::{Canvas, Ink};
use aif::prelude::*;
use aif::runtime::Single;
use bevy_app::App;

use crate::land::{Place, SIDE, SITES, Site, cell_of, coordinates, cues, thorns};
use crate::world::{Body, Nature, ScoutMind, WatcherMind};

const CELL: f64 = 22.0;
const MARGIN: f64 = 16.0;
const HEAD: f64 = 30.0;

const SCOUTS: Ink = Ink(38, 100, 178, 1.0);
const WATCHERS: Ink = Ink(170, 60, 140, 1.0);
const FOOD: Ink = Ink(46, 139, 60, 1.0);
const THORNS: Ink = Ink(160, 110, 60, 1.0);
const CUES: Ink = Ink(230, 190, 60, 1.0);

/// What there is to see at a moment.
pub struct Frame {
    tick: u64,
    food: Site,
    /// Where scouts and watchers are.
    scouts: Vec<(u64, Place)>,
    watchers: Vec<(u64, Place)>,
    /// What they believe of each site, on average.
    believed: [[f64; SITES]; 2],
    meals: f64,
}

impl Frame {
    pub fn of(app: &mut App) -> Self {
        let nature = app.world().resource::<Nature>().clone();
        let mut frame = Frame {
            tick: nature.tick,
            food: nature.food,
            scouts: Vec::new(),
            watchers: Vec::new(),
            believed: [[0.0; SITES]; 2],
            meals: crate::world::meals(app),
        };
        let mut all = app.world_mut().query::<(&Body, Option<&ScoutMind>, Option<&WatcherMind>)>();
        for (body, scout, watcher) in all.iter(app.world()) {
            let at = (body.number, body.place);
            if let Some(mind) = scout {
                add(&mut frame.believed[0], &mind.0.belief.food);
                frame.scouts.push(at);
            }
            if let Some(mind) = watcher {
                add(&mut frame.believed[1], &mind.0.belief.food);
                frame.watchers.push(at);
            }
        }
        let counts = [frame.scouts.len(), frame.watchers.len()];
        for (believed, count) in frame.believed.iter_mut().zip(counts) {
            believed.iter_mut().for_each(|p| *p /= count.max(1) as f64);
        }
        frame
    }
}

fn add(to: &mut [f64; SITES], belief: &Dist<Site, Single>) {
    to.iter_mut().zip(belief.probabilities()).for_each(|(to, p)| *to += p.value());
}

/// Frames side by side, `columns` in a row.
pub fn picture(frames: &[Frame], columns: usize) -> String {
    let columns = columns.clamp(1, frames.len().max(1));
    let side = SIDE as f64 * CELL;
    let (width, height) = (side + MARGIN, side + HEAD + MARGIN);
    let rows = frames.len().div_ceil(columns);
    let foot = 44.0;
    let mut canvas = Canvas::new((columns as f64 * width + MARGIN) as u32, (rows as f64 * height + foot) as u32);
    for (i, frame) in frames.iter().enumerate() {
        draw(&mut canvas, (MARGIN + (i % columns) as f64 * width, HEAD + (i / columns) as f64 * height), frame);
    }
    let y = rows as f64 * height + foot / 2.0;
    let mut x = MARGIN;
    for (ink, words) in [(SCOUTS, "scouts"), (WATCHERS, "watchers"), (FOOD, "food"), (THORNS, "thorns"), (CUES, "cues")] {
        canvas.disc((x + 6.0, y), 6.0, ink);
        canvas.words((x + 16.0, y), words, 13, Ink::TEXT);
        x += 82.0;
    }
    if columns > 1 || side > x {
        canvas.words((x, y), "bars at a site: how probable food is there", 13, Ink::TEXT);
    }
    canvas.svg()
}

fn draw(canvas: &mut Canvas, (left, top): (f64, f64), frame: &Frame) {
    let side = SIDE as f64 * CELL;
    let corner = |place: Place| {
        let (x, y) = coordinates(place);
        (left + x as f64 * CELL, top + y as f64 * CELL)
    };
    let fill = |canvas: &mut Canvas, place: Place, ink: Ink| {
        let (x, y) = corner(place);
        canvas.fill((x, y), (x + CELL, y + CELL), ink);
    };
    thorns().for_each(|place| fill(canvas, place, THORNS.cover(0.55)));
    cues().for_each(|place| fill(canvas, place, CUES.cover(0.7)));
    for site in Site::all() {
        let (x, y) = corner(cell_of(site));
        canvas.outline((x, y), (x + CELL, y + CELL), FOOD);
        if site == frame.food {
            canvas.fill((x, y), (x + CELL, y + CELL), FOOD.cover(0.5));
        }
    }
    for (who, ink) in [(&frame.scouts, SCOUTS), (&frame.watchers, WATCHERS)] {
        for &(number, place) in who {
            // Those in one cell lie beside each other, each always at the same corner of its cell.
            let spread = |k: u64| 3.0 + (number.wrapping_mul(k) % 97) as f64 / 97.0 * (CELL - 6.0);
            let (x, y) = corner(place);
            canvas.disc((x + spread(31), y + spread(57)), 1.6, ink.cover(0.55));
        }
    }
    for site in Site::all() {
        let (x, y) = corner(cell_of(site));
        for (k, ink) in [SCOUTS, WATCHERS].into_iter().enumerate() {
            let tall = 2.0 * CELL * frame.believed[k][site.get()];
            let from = x + CELL + 2.0 + 5.0 * k as f64;
            canvas.fill((from, y + CELL - tall), (from + 4.0, y + CELL), ink);
        }
    }
    canvas.outline((left, top), (left + side, top + side), Ink::AXIS);
    canvas.words((left, top - 12.0), format!("tick {}: {:.1} meals each", frame.tick, frame.meals), 14, Ink::TEXT);
}
