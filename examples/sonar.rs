//! Where is it? A bearing and a range are heard, both with noise, and the listener plans where to listen next: where it expects to learn most
//! about the target's place. Then a group of listeners is fitted: how noisy each believes its ears to be.
//! The fit is Laplace's, for speed: it says itself for whom a normal distribution is not all of it.
//!
//! ```text
//! cargo run --release --example sonar                          watch one listener, compare ways to listen, simulate a group and fit it
//! cargo run --release --example sonar -- --out results/mine    the folder to write
//! cargo run --release --example sonar -- fit --help            every verb of the study program
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use aif::infer::fit::{Method, Plan, PredictiveOptions};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::output::{NewFolder, write_rows};
use aif::infer::pictures::{Canvas, Ink, Plot};
use aif::infer::results::{Fit, Group, Panel, correlation, files, fit_with, recovery};
use aif::infer::score::{History, RecordedBlock};
use aif::infer::study::in_words;
use aif::measure::{LogNormal, VonMises};
use aif::prelude::*;
use aif::runtime::random::unit;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

// ---- The generative model -----------------------------------------------------------------------------------------------------------

const SIDE: usize = 5;
type Place = Cell<SIDE, SIDE>;

/// Where one can listen: at the corners of the grid.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Post {
    NorthWest,
    NorthEast,
    SouthWest,
    SouthEast,
}

impl Post {
    /// Column and row, of which cells have whole numbers.
    fn at(self) -> (f64, f64) {
        let (near, far) = (-0.5, SIDE as f64 - 0.5);
        match self {
            Post::NorthWest => (near, near),
            Post::NorthEast => (far, near),
            Post::SouthWest => (near, far),
            Post::SouthEast => (far, far),
        }
    }

    /// Bearing, in radians clockwise from the east, and range of a place.
    fn towards(self, place: Place) -> (f64, f64) {
        let (x, y) = (place.x() as f64 - self.at().0, place.y() as f64 - self.at().1);
        (y.atan2(x), x.hypot(y))
    }
}

/// A target that wanders over a grid, and is heard.
#[derive(Clone, Copy, Debug)]
pub struct Sonar<T> {
    /// How far bearings are off, in radians.
    pub bearing_noise: T,
    /// How far the logarithms of ranges are off: 0.2 is some 20 percent.
    pub range_noise: T,
    /// How probably the target stays where it is; else it goes to one of the cells beside it.
    pub stay: f64,
}

#[generative_model(horizon = 1, actions(listen: Post), policy_precision = 8.0)]
impl<T: Real> Sonar<T> {
    #[factor(initial = Post::NorthWest)]
    fn post(&self, listen: Post) -> Post {
        listen
    }

    #[factor(initial = uniform())]
    fn target(&self, target: Place) -> Dist<Place, T> {
        let beside = |to: Place| to.x().abs_diff(target.x()) + to.y().abs_diff(target.y()) == 1;
        let neighbours = Place::all().filter(|&to| beside(to)).count() as f64;
        Dist::from_fn(|to| match to {
            _ if to == target => T::constant(self.stay),
            _ if beside(to) => T::constant((1.0 - self.stay) / neighbours),
            _ => T::zero(),
        })
    }

    #[modality]
    fn bearing(&self, post: Post, target: Place) -> VonMises<T> {
        VonMises::new(T::constant(post.towards(target).0), 1.0 / (self.bearing_noise * self.bearing_noise))
    }

    #[modality]
    fn range(&self, post: Post, target: Place) -> LogNormal<T> {
        LogNormal::new(T::constant(post.towards(target).1.ln()), self.range_noise)
    }
}

// ---- The group ----------------------------------------------------------------------------------------------------------------------

/// Nobody believes in less noise than this: narrower densities would fall between the nodes of the plans.
const LEAST: f64 = 0.15;
const STAY: f64 = 0.7;

model! {
    /// How noisy each listener believes its bearings and its ranges to be.
    pub Listeners for Sonar<T> {
        subject {
            log_bearing ~ Normal(-1.3, 0.7);
            log_range   ~ Normal(-1.3, 0.7);
            let bearing_noise = exp(log_bearing) + LEAST;
            let range_noise = exp(log_range) + LEAST;
            Sonar { bearing_noise, range_noise, stay: STAY }
        }
    }
}

/// What the ears do, whoever has them.
const WORLD: Sonar<f64> = Sonar { bearing_noise: 0.35, range_noise: 0.35, stay: STAY };

const SUBJECTS: usize = 12;
const BLOCKS: usize = 6;
const STEPS: usize = 20;

/// What each of them believes: bearings better than they are and ranges worse, or the other way round, and all in between.
fn believers() -> Vec<Sonar<f64>> {
    let level = |k: usize| 0.25 * 4.0_f64.powf(k as f64 / (SUBJECTS - 1) as f64);
    (0..SUBJECTS).map(|s| Sonar { bearing_noise: level(s), range_noise: level((5 * s + 3) % SUBJECTS), stay: STAY }).collect()
}

// ---- One listener, watched ----------------------------------------------------------------------------------------------------------

struct Heard {
    truth: Place,
    post: Post,
    observation: SonarObservation,
    belief: Dist<Place>,
    /// What it expects to learn at each post next, in nats.
    gains: [f64; Post::COUNT],
    next: Post,
}

#[derive(Clone, Copy)]
enum Way {
    Plan,
    Chance,
    Stay,
}

fn watch(way: Way, steps: usize, rng: &mut ChaCha8Rng) -> Result<Vec<Heard>, ModelError> {
    let mut agent = Agent::new(WORLD)?;
    let mut world = World::new(WORLD)?;
    let mut heard = Vec::new();
    let mut observation = world.reset(rng);
    for _ in 0..steps {
        agent.infer_states(observation);
        let state = world.state();
        let explained = agent.explain();
        let next = match way {
            Way::Plan => agent.sample_action(rng).listen,
            Way::Chance => Post::from_index((unit(rng) * Post::COUNT as f64) as usize).unwrap_or(Post::NorthWest),
            Way::Stay => Post::NorthWest,
        };
        heard.push(Heard {
            truth: state.target,
            post: state.post,
            observation,
            belief: agent.belief().target,
            gains: explained.map(|of| of.next.state_information_gain),
            next,
        });
        let action = SonarAction { listen: next };
        agent.update_empirical_prior(action);
        observation = world.step(action, rng);
    }
    Ok(heard)
}

// ---- Pictures -----------------------------------------------------------------------------------------------------------------------

const CELL: f64 = 34.0;
const MARGIN: f64 = 34.0;
const PANEL: f64 = SIDE as f64 * CELL + 2.0 * MARGIN;
const HEAD: f64 = 62.0;
const FOOT: f64 = 34.0;

/// The belief over the grid through time, with what was heard and what is expected to be heard elsewhere.
fn strip(heard: &[Heard], columns: usize) -> String {
    let rows = heard.len().div_ceil(columns);
    let size = (PANEL * columns as f64 + 16.0, HEAD + (PANEL + FOOT) * rows as f64);
    let mut canvas = Canvas::new(size.0 as u32, size.1 as u32);
    canvas.words((24.0, 20.0), "Where the target is believed to be, from bearings and ranges", 17, Ink::TEXT);
    let legend = "blue: belief; orange disc: the target; green: where it listens, what it hears (thin: a deviation nearer, farther); numbers: nats it expects to learn there next";
    canvas.words((24.0, 42.0), legend, 13, Ink::AXIS);
    for (t, moment) in heard.iter().enumerate() {
        let at = (8.0 + PANEL * (t % columns) as f64, HEAD + (PANEL + FOOT) * (t / columns) as f64);
        panel(&mut canvas, t, moment, at);
    }
    canvas.svg()
}

const EAR: Ink = Ink(34, 139, 84, 1.0);

fn panel(canvas: &mut Canvas, step: usize, moment: &Heard, (left, top): (f64, f64)) {
    let corner = (left + MARGIN, top + MARGIN);
    let pixel = |(x, y): (f64, f64)| (corner.0 + (x + 0.5) * CELL, corner.1 + (y + 0.5) * CELL);
    let most = Place::all().map(|place| moment.belief[place]).fold(0.0, f64::max);
    for place in Place::all() {
        let (x, y) = (place.x() as f64, place.y() as f64);
        let (a, b) = (pixel((x - 0.5, y - 0.5)), pixel((x + 0.5, y + 0.5)));
        canvas.fill(a, b, Ink::BELIEF.cover(0.85 * (moment.belief[place] / most.max(0.15)).sqrt()));
        canvas.outline(a, b, Ink::AXIS.cover(0.4));
    }
    canvas.outline(pixel((-0.5, -0.5)), pixel((SIDE as f64 - 0.5, SIDE as f64 - 0.5)), Ink::TEXT);

    // What was heard: a ray, and an arc around it as far as bearings may be off.
    let (x, y) = moment.post.at();
    let SonarObservation { bearing, range, .. } = moment.observation;
    let polar = |angle: f64, far: f64| (x + far * angle.cos(), y + far * angle.sin());
    let inside = |(x, y): &(f64, f64)| (-1.2..SIDE as f64 + 0.2).contains(x) && (-1.2..SIDE as f64 + 0.2).contains(y);
    let ray = (0..=60).map(|k| polar(bearing, range * f64::from(k) / 60.0)).take_while(inside).map(pixel);
    canvas.line(ray.collect::<Vec<_>>(), EAR, 2);
    for (far, width) in [(1.0, 2), ((-WORLD.range_noise).exp(), 1), (WORLD.range_noise.exp(), 1)] {
        let angles = (-20..=20).map(|k| bearing + WORLD.bearing_noise * f64::from(k) / 20.0);
        let arc: Vec<_> = angles.map(|angle| polar(angle, far * range)).filter(inside).map(pixel).collect();
        if arc.len() > 1 {
            canvas.line(arc, EAR, width);
        }
    }
    let truth = pixel((moment.truth.x() as f64, moment.truth.y() as f64));
    canvas.disc(truth, 6.0, Ink::TRUTH);
    for post in Post::all() {
        let here = pixel(post.at());
        canvas.disc(here, if post == moment.post { 7.0 } else { 4.0 }, if post == moment.post { EAR } else { Ink::TEXT });
        let ink = if post == moment.next { EAR } else { Ink::TEXT };
        let up = if post.at().1 < 0.0 { -14.0 } else { 15.0 };
        canvas.centred((here.0, here.1 + up), format!("{:.2}", moment.gains[post.index()]), 12, ink);
    }
    let nats = moment.belief.entropy();
    let words = format!("step {step}: {nats:.2} nats uncertain; next {:?}", moment.next);
    canvas.centred((left + PANEL / 2.0, top + PANEL + 4.0), words, 13, Ink::TEXT);
}

/// How uncertain listeners are through time, who plan where to listen, and who do not.
fn ways(seed: u64) -> Result<(String, [f64; 3]), ModelError> {
    const LIVES: usize = 200;
    let steps = 16;
    let all = [
        (Way::Plan, "plans where to listen", Ink::BELIEF),
        (Way::Chance, "listens anywhere", Ink::TRUTH),
        (Way::Stay, "stays where it is", Ink::TEXT),
    ];
    let axes = (((0.0, steps as f64 - 1.0), "step"), ((1.0, 2.6), "uncertainty about the place, nats"));
    let mut plot = Plot::new((760, 380), "What planning is good for: the mean of 200 listeners each", axes.0, axes.1);
    let mut late = [0.0; 3];
    for (k, (way, name, ink)) in all.into_iter().enumerate() {
        let mut sums = vec![0.0; steps];
        for life in 0..LIVES {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(1000 + life as u64);
            let heard = watch(way, steps, &mut rng)?;
            sums.iter_mut().zip(&heard).for_each(|(sum, moment)| *sum += moment.belief.entropy() / LIVES as f64);
        }
        late[k] = sums[steps / 2..].iter().sum::<f64>() / (steps - steps / 2) as f64;
        plot.line(sums.iter().enumerate().map(|(t, &nats)| (t as f64, nats)), ink, 2);
        plot.words(steps as f64 * 0.62, 2.5 - 0.1 * k as f64, format!("{name}: {:.2} nats in the end", late[k]), ink);
    }
    Ok((plot.svg(), late))
}

// ---- The study ----------------------------------------------------------------------------------------------------------------------

const HELP: &str = "\
Watches a listener find a wandering target, and fits a simulated group: how noisy each believes its ears to be.
Usage: sonar [--out FOLDER] [--seed SEED]
       sonar simulate|recover|fit|.. [OPTIONS]      (the study program; see `fit --help`)

  --out     the new folder for tables and pictures [default: results/sonar]
  --seed    the seed of everything [default: 1]";

fn simulate(seed: u64) -> Result<(Vec<String>, Vec<History>), ModelError> {
    let mut records = Vec::new();
    for (s, own) in believers().into_iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(s as u64);
        let mut agent = Agent::new(own)?;
        let mut world = World::new(WORLD)?;
        let blocks: Vec<RecordedBlock> = (0..BLOCKS)
            .map(|b| {
                RecordedBlock::of_trajectory::<Sonar<f64>>(b.to_string(), &rollout(&mut agent, &mut world, STEPS, &mut rng), &[])
            })
            .collect();
        records.push(History::new(&blocks));
    }
    Ok(((0..SUBJECTS).map(|s| s.to_string()).collect(), records))
}

fn print_table(fit: &Fit, bearings: &[f64], ranges: &[f64]) {
    println!("          bearing noise                       range noise");
    println!("subject    true   mean   [5%, 95%]            true   mean   [5%, 95%]");
    let mut means = [Vec::new(), Vec::new()];
    let mut covered = [0; 2];
    for s in 0..SUBJECTS {
        let mut line = format!("{s:>7} ");
        for (k, (name, truth)) in [("bearing_noise", bearings[s]), ("range_noise", ranges[s])].into_iter().enumerate() {
            let Some(found) = fit.quantity(name, Some(s)).map(|q| &q.summary) else { continue };
            line += &format!("  {truth:>6.3} {:>6.3}   [{:.3}, {:.3}]    ", found.mean, found.q5, found.q95);
            means[k].push(found.mean);
            covered[k] += usize::from(found.q5 <= truth && truth <= found.q95);
        }
        println!("{}", line.trim_end());
    }
    for (k, (what, truth)) in [("bearings", bearings), ("ranges", ranges)].into_iter().enumerate() {
        let r = correlation(truth, &means[k]);
        println!(
            "{what}: correlation of truth and posterior mean {r:.3}; {} of {SUBJECTS} true values in their 90% intervals",
            covered[k]
        );
    }
}

fn study(out: PathBuf, seed: u64) -> Result<(), Box<dyn Error>> {
    let folder = NewFolder::begin(&out)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let heard = watch(Way::Plan, 8, &mut rng)?;
    println!("one listener, heard from post to post:");
    for (t, m) in heard.iter().enumerate() {
        let SonarObservation { bearing, range, .. } = m.observation;
        let words = format!("{:?}", m.post);
        println!(
            "  step {t}: at {words:<9} bearing {bearing:>5.2}, range {range:>4.1}: {:.2} nats uncertain, {:.2} on the target's cell",
            m.belief.entropy(),
            m.belief[m.truth]
        );
    }
    let (curves, late) = ways(seed)?;
    println!(
        "uncertainty after step 8, means of 200 listeners: {:.2} nats for who plans, {:.2} for who listens anywhere, {:.2} for who stays\n",
        late[0], late[1], late[2]
    );

    let (names, records) = simulate(seed)?;
    println!(
        "simulated {SUBJECTS} listeners x {BLOCKS} blocks x {STEPS} steps; all ears have a noise of {}",
        WORLD.bearing_noise
    );
    let started = Instant::now();
    let group = Group::<Listeners>::new(names, records, AgentOptions::default())?;
    let method = Method::Laplace(LaplaceOptions { draws: 200, seed, ..LaplaceOptions::default() });
    let plan = Plan { predictive: PredictiveOptions::none(), ..Plan::default() };
    let fit = fit_with(&group, method, &plan)?;
    println!("{}\n", in_words(&fit, started.elapsed().as_secs_f64()));
    let bearings: Vec<f64> = believers().iter().map(|b| b.bearing_noise).collect();
    let ranges: Vec<f64> = believers().iter().map(|b| b.range_noise).collect();
    print_table(&fit, &bearings, &ranges);

    let panels = [Panel { parameter: "bearing_noise", truth: &bearings }, Panel { parameter: "range_noise", truth: &ranges }];
    let mut written = files(&fit);
    let pictures = [("sonar.svg", strip(&heard, 4)), ("ways.svg", curves), ("recovery.svg", recovery(&fit, &panels))];
    written.extend(pictures.map(|(name, svg)| (name.to_string(), svg.into_bytes())));
    let truth = (0..SUBJECTS).map(|s| [s.to_string(), bearings[s].to_string(), ranges[s].to_string()]);
    written.push(("truth.csv".into(), write_rows(&["subject", "bearing_noise", "range_noise"], truth)));
    folder.finish(&written)?;
    println!("\nwrote {} files into {}: look at sonar.svg, ways.svg and recovery.svg", written.len(), out.display());
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|verb| !verb.starts_with('-')) {
        return aif::study::<Listeners>().exit(arguments);
    }
    let (mut out, mut seed) = (PathBuf::from("results/sonar"), 1);
    let mut rest = arguments.into_iter().skip(1);
    while let Some(name) = rest.next() {
        match (name.as_str(), rest.next()) {
            ("--out", Some(folder)) => out = folder.into(),
            ("--seed", Some(number)) if number.parse::<u64>().is_ok() => seed = number.parse().unwrap_or(1),
            ("-h" | "--help", _) => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            (name, value) => {
                eprintln!("error: {name} {}: no such option or value\n\n{HELP}", value.unwrap_or_default());
                return ExitCode::from(2);
            }
        }
    }
    match study(out, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
