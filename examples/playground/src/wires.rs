//! What the page calls: functions of numbers, and one list of numbers that is read after each.
//!
//! WebAssembly's memory is the page's, too, so that nothing is copied: a function fills the list and gives its length, `list()` says where it begins.
//! What failed gives -1, and `words()` / `words_len()` say why, in UTF-8. Nothing here is unsafe but that names are exported.
#![allow(unsafe_code)]

use std::cell::RefCell;

use aif::prelude::*;

use crate::corridors::Spot;
use crate::fitted::fit;
use crate::herd::Herd;
use crate::land::Site;
use crate::maze::{Maze, View};
use crate::sampled::sample;
use crate::visitor::{Game, Machine, Visitor};

/// Everything that lives behind the page.
#[derive(Default)]
struct Page {
    maze: Option<Maze>,
    herd: Option<Herd>,
    game: Option<Game>,
    list: Vec<f64>,
    words: String,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

/// Does something that fills the list; the list's length, or -1 and words.
fn fill(work: impl FnOnce(&mut Page, &mut Vec<f64>) -> Result<(), String>) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let mut list = std::mem::take(&mut page.list);
        list.clear();
        let done = work(page, &mut list);
        page.list = list;
        match done {
            Ok(()) => i32::try_from(page.list.len()).unwrap_or(-1),
            Err(words) => {
                page.words = words;
                -1
            }
        }
    })
}

fn begun<T>(part: &mut Option<T>) -> Result<&mut T, String> {
    part.as_mut().ok_or_else(|| "this part of the page has not begun".to_string())
}

fn spot(cell: u32) -> Result<Spot, String> {
    Spot::from_index(cell as usize).ok_or_else(|| format!("cell {cell}: there are {}", Spot::COUNT))
}

#[unsafe(no_mangle)]
pub extern "C" fn list() -> *const f64 {
    PAGE.with_borrow(|page| page.list.as_ptr())
}

#[unsafe(no_mangle)]
pub extern "C" fn words() -> *const u8 {
    PAGE.with_borrow(|page| page.words.as_ptr())
}

#[unsafe(no_mangle)]
pub extern "C" fn words_len() -> usize {
    PAGE.with_borrow(|page| page.words.len())
}

/// A new maze; what `maze_view` gives.
#[unsafe(no_mangle)]
pub extern "C" fn maze_new(seed: u32) -> i32 {
    fill(|page, list| {
        let maze = page.maze.insert(Maze::new(u64::from(seed)).map_err(|e| e.to_string())?);
        show(maze, list);
        Ok(())
    })
}

/// Place, food, steps, meals, smell, sight, taste, uncertainty, surprise; 77 times whether a cell is open; 77 times P(food there); for each of five
/// actions its probability, the utility of four modalities, the information of four modalities, and its ways; then 77 numbers for
/// each step of the plan.
#[unsafe(no_mangle)]
pub extern "C" fn maze_view() -> i32 {
    fill(|page, list| {
        show(begun(&mut page.maze)?, list);
        Ok(())
    })
}

fn show(maze: &mut Maze, list: &mut Vec<f64>) {
    let View { seen, food, uncertainty, surprise, reasons, paths } = maze.view();
    list.extend([maze.place.index(), maze.food.index(), maze.steps as usize, maze.meals as usize].map(|n| n as f64));
    list.extend([seen.smell.index(), seen.sight.index(), usize::from(seen.taste)].map(|n| n as f64));
    list.extend([uncertainty, surprise]);
    list.extend(maze.land().open().map(|open| if open { 1.0 } else { 0.0 }));
    list.extend(food);
    for reason in reasons {
        list.push(reason.probability);
        list.extend(reason.utility);
        list.extend(reason.information);
        list.push(reason.ways);
    }
    paths.iter().for_each(|path| list.extend(path));
}

/// A step of the agent; then what `maze_view` gives.
#[unsafe(no_mangle)]
pub extern "C" fn maze_step() -> i32 {
    fill(|page, list| {
        let maze = begun(&mut page.maze)?;
        maze.step();
        show(maze, list);
        Ok(())
    })
}

/// Turns knob 0 (precision), 1 (hunger), 2 (scent), 3 (curiosity), 4 (nose) or 5 (horizon).
#[unsafe(no_mangle)]
pub extern "C" fn maze_turn(knob: u32, to: f64) -> i32 {
    fill(|page, list| {
        let maze = begun(&mut page.maze)?;
        let mut knobs = maze.knobs();
        match knob {
            0 => knobs.precision = to,
            1 => knobs.hunger = to,
            2 => knobs.scent = to,
            3 => knobs.curiosity = to,
            4 => knobs.nose = to,
            5 => knobs.horizon = to as usize,
            _ => return Err(format!("knob {knob}: there are 6")),
        }
        maze.turn(knobs).map_err(|e| e.to_string())?;
        show(maze, list);
        Ok(())
    })
}

/// Does something to a cell: 0 takes a wall away, 1 builds one, 2 hides the food there, 3 carries the agent there; 4 makes the agent forget.
#[unsafe(no_mangle)]
pub extern "C" fn maze_touch(what: u32, cell: u32) -> i32 {
    fill(|page, list| {
        let maze = begun(&mut page.maze)?;
        let spot = spot(cell)?;
        match what {
            0 | 1 => maze.paint(spot, what == 1).map(|_| ()).map_err(|e| e.to_string())?,
            2 => drop(maze.hide(spot)),
            3 => drop(maze.carry(spot)),
            4 => maze.forget(),
            _ => return Err(format!("touch {what}: there are 5")),
        }
        show(maze, list);
        Ok(())
    })
}

/// Foragers, half of each species.
#[unsafe(no_mangle)]
pub extern "C" fn herd_new(count: u32, seed: u32) -> i32 {
    fill(|page, list| {
        page.herd = Some(Herd::new(count as usize / 2, u64::from(seed)).map_err(|e| e.to_string())?);
        graze(page, list)
    })
}

/// So many ticks; then tick, food, eight times what all believe of a site; and for each forager its place, the one before, its energy and its
/// meals, scouts first.
#[unsafe(no_mangle)]
pub extern "C" fn herd_ticks(count: u32) -> i32 {
    fill(|page, list| {
        let herd = begun(&mut page.herd)?;
        (0..count).for_each(|_| herd.tick());
        graze(page, list)
    })
}

fn graze(page: &mut Page, list: &mut Vec<f64>) -> Result<(), String> {
    let herd = begun(&mut page.herd)?;
    list.extend([herd.tick as f64, herd.food.index() as f64]);
    list.extend(herd.believed());
    for body in herd.bodies() {
        let numbers = [body.place.index(), body.before.index(), body.energy.index(), body.meals as usize];
        list.extend(numbers.map(|n| n as f64));
    }
    Ok(())
}

/// Moves the food to a site.
#[unsafe(no_mangle)]
pub extern "C" fn herd_food(site: u32) -> i32 {
    fill(|page, _| {
        let herd = begun(&mut page.herd)?;
        herd.food = Site::from_index(site as usize).ok_or_else(|| format!("site {site}: there are {}", Site::COUNT))?;
        Ok(())
    })
}

/// Sets the policy precision of all.
#[unsafe(no_mangle)]
pub extern "C" fn herd_precision(precision: f64) -> i32 {
    fill(|page, _| {
        if !(0.0..=1e3).contains(&precision) {
            return Err(format!("a precision of {precision}: from 0 to 1000"));
        }
        begun(&mut page.herd)?.precision = Some(precision);
        Ok(())
    })
}

/// The land: columns and rows; then 256 times what a cell holds: 0 nothing, 1 thorns, 2 a cue, 10 and on a site.
#[unsafe(no_mangle)]
pub extern "C" fn herd_land() -> i32 {
    use crate::land::{Place, SIDE, cell_of, cues, is_thorny};
    fill(|_, list| {
        list.extend([SIDE as f64, SIDE as f64]);
        list.extend(Place::all().map(|place| {
            let site = Site::all().find(|&site| cell_of(site) == place);
            match site {
                Some(site) => 10.0 + site.index() as f64,
                None if is_thorny(place) => 1.0,
                None if cues().any(|cue| cue == place) => 2.0,
                None => 0.0,
            }
        }));
        Ok(())
    })
}

/// A mark of all foragers; 0 where there are none.
#[unsafe(no_mangle)]
pub extern "C" fn herd_mark() -> u64 {
    PAGE.with_borrow(|page| page.herd.as_ref().map_or(0, Herd::mark))
}

/// A new game.
#[unsafe(no_mangle)]
pub extern "C" fn game_new(seed: u32) -> i32 {
    fill(|page, list| {
        page.game = Some(Game::new(u64::from(seed)));
        played(page, list)
    })
}

/// The visitor chooses, 0 left or 1 right; then what `game_new` gives: for each choice so far the machine, and whether it paid.
#[unsafe(no_mangle)]
pub extern "C" fn game_choose(machine: u32) -> i32 {
    fill(|page, list| {
        let machine = Machine::from_index(machine as usize).ok_or_else(|| format!("machine {machine}: there are 2"))?;
        begun(&mut page.game)?.choose(machine);
        played(page, list)
    })
}

/// Somebody with these numbers plays a game.
#[unsafe(no_mangle)]
pub extern "C" fn game_let_play(learning_rate: f64, precision: f64, seed: u32) -> i32 {
    fill(|page, list| {
        if !(0.0..=1.0).contains(&learning_rate) || !(0.0..=100.0).contains(&precision) {
            return Err(format!("a learning rate of {learning_rate}, a precision of {precision}: from 0 to 1, from 0 to 100"));
        }
        let game = page.game.get_or_insert_with(|| Game::new(u64::from(seed)));
        game.let_play(Visitor { learning_rate, precision }, u64::from(seed)).map_err(|e| e.to_string())?;
        played(page, list)
    })
}

fn played(page: &mut Page, list: &mut Vec<f64>) -> Result<(), String> {
    for &(machine, win) in &begun(&mut page.game)?.played {
        list.extend([machine.index() as f64, if win { 1.0 } else { 0.0 }]);
    }
    Ok(())
}

/// Fits the game. Pareto's k, total variation, log evidence by Laplace's method, exactly, and of a coin; the geometric mean of what was predicted; how
/// many points a grid has. For the rate and for the precision: mean, exact interval, interval by Laplace's method, how far narrowed, and then z, exact,
/// approximate and prior density at each point. Then the joint density; and for each choice P(left machine pays), and both values and P(left) by the
/// posterior mean.
#[unsafe(no_mangle)]
pub extern "C" fn game_fit() -> i32 {
    fill(|page, list| {
        let game = begun(&mut page.game)?;
        let fitted = fit(game)?;
        list.extend([fitted.pareto_k, fitted.apart, fitted.evidence.0, fitted.evidence.1, fitted.coin, fitted.predicted]);
        list.push(crate::fitted::GRID as f64);
        for known in &fitted.known {
            list.extend([known.mean, known.interval.0, known.interval.1]);
            list.extend([known.approximate_interval.0, known.approximate_interval.1, known.narrowed]);
            [&known.z, &known.exact, &known.approximate, &known.prior].into_iter().for_each(|column| list.extend(column));
        }
        list.extend(&fitted.joint);
        let mean = Visitor { learning_rate: fitted.known[0].mean, precision: fitted.known[1].mean };
        for (truth, (value, left)) in game.truth().into_iter().zip(game.followed(mean)) {
            list.extend([truth, value[0], value[1], left]);
        }
        Ok(())
    })
}

/// Draws from the posterior of the game by NUTS. Divergences, gradients; for the rate and for the precision: mean, interval, R-hat, effective draws; then
/// both z of each draw, chain after chain.
#[unsafe(no_mangle)]
pub extern "C" fn game_sample() -> i32 {
    fill(|page, list| {
        let sampled = sample(begun(&mut page.game)?)?;
        list.extend([sampled.divergences as f64, sampled.gradients as f64]);
        for told in &sampled.told {
            list.extend([told.mean, told.interval.0, told.interval.1, told.rhat, told.ess]);
        }
        list.extend(sampled.draws.iter().flatten());
        Ok(())
    })
}
