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

use aif::infer::Simulations;
use aif::infer::pictures::{Series, curves, heat_maps};
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
    let rates = Rates { likelihood: rate(learn_sights), transition: rate(learn_moves), ..Rates::none() };
    AgentOptions {
        terms: Terms { utility: 0.0, ..Terms::all(1.0) },
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
struct Learned {
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

fn run_setup(setup: usize, arguments: &Arguments) -> Result<Vec<Learned>, ModelError> {
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
type Run<'a> = (usize, f64, &'a Arguments, &'a mut Vec<Learned>);

fn live<M: GenerativeModel<Inputs = ()>>(
    (setup, precision, arguments, results): &mut Run<'_>,
    believed: M,
    actual: M,
    options: AgentOptions,
) -> Result<(), ModelError> {
    let agent = Agent::with_options(believed, (), options)?;
    let truth = Tables::new(&actual, (), 1)?;
    let seed = arguments.seed.wrapping_mul(1000).wrapping_add((*setup * 10) as u64 + (*precision * 5.0).round() as u64);
    let mut crowd = Simulations::new(arguments.agents, seed, |_| Ok((agent.clone(), World::new(actual)?)))?;
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
            results.push(Learned { setup: *setup, precision: *precision, table, divergence, learned });
        }
    }
    Ok(())
}

/// The expected values of a table, averaged over the crowd.
fn expected<M: GenerativeModel>(crowd: &Simulations<M, World<M>>, table: &str) -> Vec<Vec<f64>> {
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

fn page(results: &[Learned]) -> String {
    let mut html = String::from(
        "<!doctype html><meta charset=\"utf-8\"><title>Learning a grid world</title><style>body{font:16px sans-serif;max-width:1180px;\
         margin:2em auto;color:#282c34}svg{display:block;margin:.5em 0}td,th{padding:.1em .8em;text-align:right}</style>\
         <h1>Learning a grid world</h1><p>Agents explore a 7x7 grid, 50 steps a block, and learn at each block's end. Divergence is that of \
         the learned Dirichlet counts from 10,000 times the truth: thin lines are agents, bold ones their mean, one colour for each action \
         precision. Below, the learned tables at the highest precision (averaged over agents) beside the true ones.</p>",
    );
    for setup in 1..=SETUPS.len() {
        let of_setup: Vec<&Learned> = results.iter().filter(|r| r.setup == setup).collect();
        if of_setup.is_empty() {
            continue;
        }
        let _ = write!(html, "<h2>Set-up {setup}: {}</h2>", SETUPS[setup - 1].0);
        for table in ["A", "B"] {
            let of_table: Vec<&Learned> = of_setup.iter().copied().filter(|r| r.table == table).collect();
            let Some(last) = of_table.last() else { continue };
            let moves =
                if table == "A" { vec![String::from("seen")] } else { GridStep::all().map(|go| go.label().into()).collect() };
            let mut maps = Vec::new();
            for (i, (name, learned)) in moves.iter().zip(&last.learned).enumerate() {
                let column = |place: Place| match GridStep::from_index(i).filter(|_| table == "B") {
                    Some(go) => self::moves(Prior::Truth, place, go).mean(),
                    None => self::sights(Prior::Truth, place).mean(),
                };
                let truth = Place::all().flat_map(|place| column(place).probabilities().to_vec()).collect();
                maps.push((format!("{name}, learned"), learned.clone()));
                maps.push((format!("{name}, true"), truth));
            }
            let series: Vec<Series<'_>> =
                of_table.iter().map(|r| Series { name: format!("precision {:.1}", r.precision), runs: &r.divergence }).collect();
            html.push_str(&curves(&format!("divergence of {table} from the truth, nats"), "block", &series));
            for maps in maps.chunks(4) {
                html.push_str(&heat_maps(maps, PLACES));
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
