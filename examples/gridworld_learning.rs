//! Learning a world: agents explore a 7x7 grid and learn what their moves do, what is seen where, or both.
//!
//! `cargo run --release --example gridworld_learning` runs set-ups 1 and 2 and writes `gridworld.html` (open it in a browser) and the numbers
//! as CSV into a new folder; `--setup all` runs all seven, `--help` says what else there is.
//!
//! What drives the agents is information alone: about where they are, and about what they do not know yet. They want nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use aif::infer::Crowd;
use aif::infer::pictures::{Canvas, Ink};
use aif::prelude::*;
use aif::runtime::learn::dirichlet_divergence;
use aif::runtime::model::Table;
use aif::worlds::GridStep;
use clap::Parser;

type Place = Cell<7, 7>;
const PLACES: usize = 49;
const STEPS: usize = 50;
const PRECISIONS: [f64; 5] = [0.0, 0.2, 0.4, 0.6, 0.8];

/// What is believed of a table at the beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prior {
    /// The truth.
    Truth,
    /// Nothing: every entry has the count 1/49.
    Flat,
    /// The same, and one more count for what some action may lead to (B) or for the place itself (A).
    Informed,
    /// Counts as informed, acted on as if every move were drawn at random.
    Averaged,
}

/// Where a move leads; a blocked one stays.
pub fn target(place: Place, go: GridStep) -> Place {
    let (dx, dy) = match go {
        GridStep::Up => (0, -1),
        GridStep::Right => (1, 0),
        GridStep::Down => (0, 1),
        GridStep::Left => (-1, 0),
    };
    place.offset(dx, dy).unwrap_or(place)
}

fn flat() -> f64 {
    1.0 / PLACES as f64
}

fn moves(prior: Prior, place: Place, go: GridStep) -> Dirichlet<Place> {
    let reached = |to: Place| GridStep::all().filter(|&go| target(place, go) == to).count() as f64;
    let informed = || Dirichlet::from_fn(|to: Place| flat() + reached(to).min(1.0));
    match prior {
        Prior::Truth => Dirichlet::around(target(place, go), 1.0),
        Prior::Flat => Dirichlet::symmetric(flat()),
        Prior::Informed => informed(),
        Prior::Averaged => informed().acting_as(Dist::from_fn(|to: Place| reached(to) / 4.0)),
    }
}

fn sights(prior: Prior, place: Place) -> Dirichlet<Place> {
    match prior {
        Prior::Truth => Dirichlet::around(place, 1.0),
        Prior::Flat => Dirichlet::symmetric(flat()),
        Prior::Informed | Prior::Averaged => Dirichlet::from_fn(|o: Place| flat() + if o == place { 1.0 } else { 0.0 }),
    }
}

/// The initial state: the middle of the grid where it is known (`precise`), else anywhere.
fn start<T: Real>(precise: bool) -> Dist<Place, T> {
    if precise { Place::new(3, 3).map_or_else(Dist::uniform, Dist::certain) } else { Dist::uniform() }
}

/// What moves do is not known; what is seen is.
#[derive(Clone, Copy, Debug)]
pub struct UnknownMoves {
    pub moves: Prior,
    pub precise: bool,
    pub alpha: f64,
}

#[generative_model(horizon = 3, actions(go: GridStep), action_precision = self.alpha)]
impl UnknownMoves {
    #[factor(initial = start::<T>(self.precise))]
    fn place(&self, place: Place, go: GridStep) -> Dirichlet<Place> {
        moves(self.moves, place, go)
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
}

/// What is seen where is not known; what moves do is.
#[derive(Clone, Copy, Debug)]
pub struct UnknownSights {
    pub sights: Prior,
    pub precise: bool,
    pub alpha: f64,
}

#[generative_model(horizon = 3, actions(go: GridStep), action_precision = self.alpha)]
impl UnknownSights {
    #[factor(initial = start::<T>(self.precise))]
    fn place(&self, place: Place, go: GridStep) -> Place {
        target(place, go)
    }
    #[modality]
    fn seen(&self, place: Place) -> Dirichlet<Place> {
        sights(self.sights, place)
    }
}

/// Neither is known.
#[derive(Clone, Copy, Debug)]
pub struct UnknownBoth {
    pub moves: Prior,
    pub sights: Prior,
    pub precise: bool,
    pub alpha: f64,
}

#[generative_model(horizon = 3, actions(go: GridStep), action_precision = self.alpha)]
impl UnknownBoth {
    #[factor(initial = start::<T>(self.precise))]
    fn place(&self, place: Place, go: GridStep) -> Dirichlet<Place> {
        moves(self.moves, place, go)
    }
    #[modality]
    fn seen(&self, place: Place) -> Dirichlet<Place> {
        sights(self.sights, place)
    }
}

/// What drives the agents, and what they learn at each block's end.
pub fn curious(learn_moves: bool, learn_sights: bool) -> AgentOptions {
    let rate = |learn: bool| learn.then_some(1.0);
    let rates = Rates { likelihood: rate(learn_sights), transition: rate(learn_moves), initial: None, habit: None };
    AgentOptions {
        utility: false,
        likelihood_information_gain: true,
        transition_information_gain: true,
        learning: Some(Learning { rates, when: When::BlockEnd, ..Learning::default() }),
        ..AgentOptions::default()
    }
}

/// The divergence of learned counts from `1e4 x truth + 1e-4`: (A, averaged over places; B, summed over moves and averaged over places).
pub fn divergences<M: GenerativeModel>(agent: &Agent<M>, truth: &Tables<M>) -> (Option<f64>, Option<f64>) {
    let over = |learned: &[f64], truth: &[f64]| -> f64 {
        let columns = learned.chunks(PLACES).zip(truth.chunks(PLACES));
        let scaled = |column: &[f64]| column.iter().map(|p| 1e4 * p + 1e-4).collect::<Vec<_>>();
        columns.map(|(learned, truth)| dirichlet_divergence(learned, &scaled(truth))).sum::<f64>() / PLACES as f64
    };
    let (mut a, mut b) = (None, None);
    let tables = agent.tables();
    M::each_modality(|site| {
        if let (counts @ [_, ..], Table::Free(truth)) = (tables.likelihood_counts(site), truth.likelihood(site)) {
            a = Some(over(counts, truth));
        }
    });
    M::each_factor(|site| {
        let counts = tables.transition_counts(site);
        for (action, counts) in counts.chunks(PLACES * PLACES).enumerate() {
            if let Table::Free(truth) = truth.transition(site, action) {
                b = Some(b.unwrap_or(0.0) + over(counts, truth));
            }
        }
    });
    (a, b)
}

/// What came of one set-up at one action precision.
struct Result_ {
    setup: usize,
    precision: f64,
    /// `A` or `B`.
    table: &'static str,
    /// `[block][agent]`
    divergence: Vec<Vec<f64>>,
    /// Expected values, averaged over agents: one 49 x 49 table (A), or one for each move (B); `[place][outcome]`.
    learned: Vec<Vec<f64>>,
}

#[derive(Parser)]
#[command(about = "Agents explore a 7x7 grid and learn what moves do (B), what is seen where (A), or both.")]
struct Arguments {
    /// Which set-ups: 1 to 7, several with commas, or all.
    #[arg(long, default_value = "1,2")]
    setup: String,
    /// Agents for each action precision.
    #[arg(long, default_value_t = 20)]
    agents: usize,
    /// Blocks [default: as the set-up has it].
    #[arg(long)]
    blocks: Option<usize>,
    /// Where chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads [default: as many as there are cores].
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// The folder to write, which must not exist.
    #[arg(long, default_value = "results/gridworld")]
    out: PathBuf,
}

const SETUPS: [(&str, usize); 7] = [
    ("B unknown, A known, anywhere at first", 40),
    ("A unknown, B known, in the middle at first", 20),
    ("A unknown, B known, anywhere at first", 20),
    ("A unknown, B flat and fixed, in the middle at first", 100),
    ("A unknown, B averaged over moves and fixed, anywhere at first", 100),
    ("A unknown, B averaged over moves and fixed, in the middle at first", 100),
    ("A and B learned together from informed priors, in the middle at first", 100),
];

fn run_setup(setup: usize, arguments: &Arguments) -> Result<Vec<Result_>, ModelError> {
    let mut results = Vec::new();
    for alpha in PRECISIONS {
        let precise = matches!(setup, 2 | 4 | 6 | 7);
        let moves = |moves, precise| UnknownMoves { moves, precise, alpha };
        let sights = |sights, precise| UnknownSights { sights, precise, alpha };
        let both = |moves, sights, precise| UnknownBoth { moves, sights, precise, alpha };
        let (flat, truth) = (Prior::Flat, Prior::Truth);
        let mut run = (setup, alpha, arguments, &mut results);
        match setup {
            1 => live(&mut run, moves(flat, precise), moves(truth, true), curious(true, false))?,
            2 | 3 => live(&mut run, sights(flat, precise), sights(truth, true), curious(false, true))?,
            4 => live(&mut run, both(flat, flat, precise), both(truth, truth, true), curious(false, true))?,
            5 | 6 => live(&mut run, both(Prior::Averaged, flat, precise), both(truth, truth, true), curious(false, true))?,
            _ => live(&mut run, both(Prior::Informed, Prior::Informed, precise), both(truth, truth, true), curious(true, true))?,
        }
    }
    Ok(results)
}

/// A set-up, an action precision, the arguments, and where results go.
type Run<'a> = (usize, f64, &'a Arguments, &'a mut Vec<Result_>);

fn live<M: GenerativeModel<Inputs = ()>>(
    (setup, precision, arguments, results): &mut Run<'_>,
    believed: M,
    actual: M,
    options: AgentOptions,
) -> Result<(), ModelError> {
    let agent = Agent::with_options(believed, (), options)?;
    let truth = Tables::new(&actual, (), 1)?;
    let seed = arguments.seed.wrapping_mul(1000).wrapping_add((*setup * 10) as u64 + (*precision * 5.0).round() as u64);
    let mut crowd = Crowd::new(arguments.agents, seed, |_| Ok((agent.clone(), World::new(actual)?)))?;
    let blocks = arguments.blocks.unwrap_or(SETUPS[*setup - 1].1);
    let (mut a, mut b): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    for block in 0..blocks {
        crowd.live(STEPS);
        let after = crowd.each(|_, member| divergences(&member.agent, &truth));
        a.push(after.iter().filter_map(|d| d.0).collect());
        b.push(after.iter().filter_map(|d| d.1).collect());
        eprint!("\rset-up {setup}, action precision {precision:.1}: block {} of {blocks} ", block + 1);
    }
    let rate = (arguments.agents * blocks * STEPS) as f64 / begun.elapsed().as_secs_f64();
    eprintln!("({rate:.0} agent-steps a second)");
    for (table, divergence) in [("A", a), ("B", b)] {
        if divergence.iter().all(|block| !block.is_empty()) && blocks > 0 {
            let learned = expected(&crowd, table);
            results.push(Result_ { setup: *setup, precision: *precision, table, divergence, learned });
        }
    }
    Ok(())
}

/// The expected values of a table, averaged over the crowd.
fn expected<M: GenerativeModel>(crowd: &Crowd<M, World<M>>, table: &str) -> Vec<Vec<f64>> {
    let mut tables: Vec<Vec<f64>> = Vec::new();
    for member in crowd.members() {
        let mut counts: Vec<&[f64]> = Vec::new();
        if table == "A" {
            M::each_modality(|site| counts.push(member.agent.tables().likelihood_counts(site)));
        } else {
            M::each_factor(|site| counts.extend(member.agent.tables().transition_counts(site).chunks(PLACES * PLACES)));
        }
        tables.resize(counts.len(), vec![0.0; PLACES * PLACES]);
        for (table, counts) in tables.iter_mut().zip(counts) {
            for (to, column) in table.chunks_mut(PLACES).zip(counts.chunks(PLACES)) {
                let sum: f64 = column.iter().sum();
                to.iter_mut().zip(column).for_each(|(to, count)| *to += count / sum / crowd.members().len() as f64);
            }
        }
    }
    tables
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Curves of one table of one set-up: every agent thin, the mean bold, one colour for each action precision; divergence on a log scale.
fn curves(results: &[&Result_]) -> String {
    const INKS: [Ink; 5] =
        [Ink(120, 120, 120, 1.0), Ink(68, 1, 84, 1.0), Ink(49, 104, 142, 1.0), Ink(53, 183, 121, 1.0), Ink(214, 94, 20, 1.0)];
    let (width, height) = (720.0, 340.0);
    let mut canvas = Canvas::new(width as u32, height as u32);
    let all = results.iter().flat_map(|r| r.divergence.iter().flatten().copied());
    let (low, high) = all.fold((f64::INFINITY, 0.0f64), |(low, high), d| (low.min(d), high.max(d)));
    let (low, high) = (low.max(1e-3).log10(), high.max(1e-2).log10());
    let blocks = results[0].divergence.len();
    let at = |block: usize, d: f64| {
        let x = 80.0 + (width - 240.0) * block as f64 / (blocks.max(2) - 1) as f64;
        let share = (d.max(1e-3).log10() - low) / (high - low).max(1e-9);
        (x, height - 40.0 - (height - 70.0) * share)
    };
    for power in low.floor() as i32..=high.ceil() as i32 {
        let y = at(0, 10f64.powi(power)).1;
        if (25.0..=height - 38.0).contains(&y) {
            canvas.line([(80.0, y), (width - 160.0, y)], Ink::AXIS.cover(0.4), 1);
            canvas.ending((72.0, y), format!("1e{power}"), 13, Ink::TEXT);
        }
    }
    for (result, ink) in results.iter().zip(INKS) {
        for agent in 0..result.divergence[0].len() {
            let points = result.divergence.iter().enumerate().map(|(block, d)| at(block, d[agent]));
            canvas.line(points.collect::<Vec<_>>(), ink.cover(0.18), 1);
        }
    }
    for (i, (result, ink)) in results.iter().zip(INKS).enumerate() {
        canvas.line(result.divergence.iter().enumerate().map(|(block, d)| at(block, mean(d))).collect::<Vec<_>>(), ink, 3);
        let y = 40.0 + 20.0 * i as f64;
        canvas.line([(width - 150.0, y), (width - 125.0, y)], ink, 3);
        canvas.words((width - 118.0, y), format!("precision {:.1}", result.precision), 13, Ink::TEXT);
    }
    canvas.centred((80.0 + (width - 240.0) / 2.0, height - 12.0), format!("block (1 to {blocks})"), 13, Ink::TEXT);
    canvas.words((10.0, 12.0), format!("divergence of {} from the truth, nats", results[0].table), 13, Ink::TEXT);
    canvas.svg()
}

/// Tables side by side: places run down, outcomes (or next places) across; darker is more probable.
fn heat_maps(titles: &[String], tables: &[Vec<f64>]) -> String {
    let (cell, gap) = (4.0, 24.0);
    let side = cell * PLACES as f64;
    let mut canvas = Canvas::new((tables.len() as f64 * (side + gap) + gap) as u32, (side + 48.0) as u32);
    for (i, (title, table)) in titles.iter().zip(tables).enumerate() {
        let (x0, y0) = (gap + i as f64 * (side + gap), 32.0);
        canvas.words((x0, 16.0), title.clone(), 13, Ink::TEXT);
        for (k, &p) in table.iter().enumerate().filter(|(_, p)| **p > 0.004) {
            let (x, y) = (x0 + cell * (k % PLACES) as f64, y0 + cell * (k / PLACES) as f64);
            canvas.fill((x, y), (x + cell, y + cell), Ink::BELIEF.cover(p.min(1.0).sqrt()));
        }
        canvas.outline((x0, y0), (x0 + side, y0 + side), Ink::AXIS);
    }
    canvas.svg()
}

fn page(results: &[Result_]) -> String {
    let mut html = String::from(
        "<!doctype html><meta charset=\"utf-8\"><title>Learning a grid world</title><style>body{font:16px sans-serif;max-width:1180px;\
         margin:2em auto;color:#282c34}svg{display:block;margin:.5em 0}td,th{padding:.1em .8em;text-align:right}</style>\
         <h1>Learning a grid world</h1><p>Agents explore a 7x7 grid, 50 steps a block, and learn at each block's end. Divergence is that of \
         the learned Dirichlet counts from 10,000 times the truth: thin lines are agents, bold ones their mean, one colour for each action \
         precision. Below, the learned tables at the highest precision (averaged over agents) beside the true ones.</p>",
    );
    for setup in 1..=SETUPS.len() {
        let of_setup: Vec<&Result_> = results.iter().filter(|r| r.setup == setup).collect();
        if of_setup.is_empty() {
            continue;
        }
        let _ = write!(html, "<h2>Set-up {setup}: {}</h2>", SETUPS[setup - 1].0);
        for table in ["A", "B"] {
            let of_table: Vec<&Result_> = of_setup.iter().copied().filter(|r| r.table == table).collect();
            let Some(last) = of_table.last() else { continue };
            let moves =
                if table == "A" { vec![String::from("seen")] } else { GridStep::all().map(|go| go.label().into()).collect() };
            let (mut titles, mut tables) = (Vec::new(), Vec::new());
            for (i, (name, learned)) in moves.iter().zip(&last.learned).enumerate() {
                let column = |place: Place| match GridStep::from_index(i).filter(|_| table == "B") {
                    Some(go) => self::moves(Prior::Truth, place, go).mean(),
                    None => self::sights(Prior::Truth, place).mean(),
                };
                titles.push(format!("{name}, learned"));
                tables.push(learned.clone());
                titles.push(format!("{name}, true"));
                tables.push(Place::all().flat_map(|place| column(place).probabilities().to_vec()).collect());
            }
            html.push_str(&curves(&of_table));
            for (titles, tables) in titles.chunks(4).zip(tables.chunks(4)) {
                html.push_str(&heat_maps(titles, tables));
            }
        }
    }
    html
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let setups: Vec<usize> = match arguments.setup.as_str() {
        "all" => (1..=SETUPS.len()).collect(),
        list => list.split(',').map(|n| n.trim().parse()).collect::<Result<_, _>>()?,
    };
    if let Some(wrong) = setups.iter().find(|n| !(1..=SETUPS.len()).contains(n)) {
        return Err(format!("there is no set-up {wrong}: 1 to {}, or all", SETUPS.len()).into());
    }
    if arguments.agents == 0 || arguments.blocks == Some(0) {
        return Err("at least one agent and one block are needed".into());
    }
    if arguments.out.exists() {
        return Err(format!("{} exists already: name another folder with --out", arguments.out.display()).into());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build()?;
    let mut results = Vec::new();
    for setup in setups {
        results.extend(pool.install(|| run_setup(setup, &arguments))?);
    }
    println!("set-up  table  precision  divergence after the last block: mean, standard error");
    let mut csv = String::from("setup,table,action_precision,block,agent,divergence\n");
    for r in &results {
        let Some(last) = r.divergence.last() else { continue };
        let spread = last.iter().map(|d| (d - mean(last)).powi(2)).sum::<f64>() / (last.len().max(2) - 1) as f64;
        println!(
            "{:>6}  {:>5}  {:>9.1}  {:>12.2}  {:>9.2}",
            r.setup,
            r.table,
            r.precision,
            mean(last),
            (spread / last.len() as f64).sqrt()
        );
        for (block, agents) in r.divergence.iter().enumerate() {
            for (agent, d) in agents.iter().enumerate() {
                let _ = writeln!(csv, "{},{},{},{},{agent},{d}", r.setup, r.table, r.precision, block + 1);
            }
        }
    }
    fs::create_dir_all(&arguments.out)?;
    fs::write(arguments.out.join("divergence.csv"), csv)?;
    fs::write(arguments.out.join("gridworld.html"), page(&results))?;
    println!("{} shows the curves and the tables", arguments.out.join("gridworld.html").display());
    Ok(())
}
