//! `power`: how many subjects, and how many blocks of each, find an effect: groups are simulated with it, fitted, and counted.

use std::fmt::Write;

use rayon::prelude::*;

use super::arguments::Power;
use super::engine::ErasedPopulation;
use super::error::{StudyError, say};
use super::recover::fit_simulated;
use super::simulate::Blueprint;
use super::studied::StudyOptions;
use crate::fit::Method;
use crate::output::{NewFolder, cells, write_out, write_rows};
use crate::pictures::{Ink, Plot};

/// What the simulations of one design found.
struct Found {
    subjects: usize,
    blocks: usize,
    /// How many fits said of the effect that it is there, and that it is on the side where it is.
    found: usize,
    /// How many said that it is on the other side.
    wrong: usize,
    /// How many could not be fitted.
    failed: usize,
    simulations: usize,
    /// The mean of posterior means and of posterior standard deviations.
    mean: f64,
    sd: f64,
}

impl Found {
    fn share(&self) -> f64 {
        self.found as f64 / self.simulations as f64
    }

    /// Wilson's 95% interval of the share.
    fn interval(&self) -> (f64, f64) {
        let (n, p, z) = (self.simulations as f64, self.share(), 1.959_963_985);
        let (middle, scale) = ((p + z * z / (2.0 * n)) / (1.0 + z * z / n), z / (1.0 + z * z / n));
        let half = scale * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}

/// One fit's answer.
enum Answer {
    /// How probable it is that the effect is above what it is tested against; posterior mean and standard deviation.
    Fitted(f64, f64, f64),
    Failed(String),
}

pub(super) fn run(engine: &dyn ErasedPopulation, mut arguments: Power) -> Result<(), StudyError> {
    let meta = engine.meta();
    let given = &arguments.plan.parameters;
    let effect = arguments.find.clone();
    let known: Vec<String> = meta.levels[0].parameters.iter().flat_map(|p| (0..p.len()).map(|e| p.label(e))).collect();
    if !known.contains(&effect) {
        return Err(StudyError::NoSuchEffect { name: effect, known });
    }
    let Some(&(_, truth)) = given.set.iter().rev().find(|(name, _)| *name == effect) else {
        return Err(StudyError::EffectNotSet { name: effect });
    };
    if truth == arguments.against {
        return Err(StudyError::NoEffect { name: effect, value: truth });
    }
    if given.params.is_some()
        || arguments.plan.like.is_some()
        || arguments.plan.subjects.is_some()
        || arguments.plan.blocks.is_some()
    {
        return Err(StudyError::PowerDesign);
    }
    if arguments.simulations == 0 || arguments.sizes.contains(&0) || arguments.trials.contains(&0) {
        return Err(StudyError::EmptySimulation);
    }
    let folder = NewFolder::begin(&arguments.out)?;
    let seed = arguments.plan.seed;
    let named = arguments.method.method.clone();
    arguments.method.method = named.or_else(|| Some("laplace".into()));
    let method = arguments.method.method(seed, meta.flat())?;
    let agents = arguments.plan.agent.options(engine)?;
    if arguments.plan.covariates.is_none() {
        arguments.plan.subjects = Some(1);
    }
    arguments.sizes.sort_unstable();
    arguments.sizes.dedup();
    let trials: Vec<Option<usize>> = match &arguments.trials[..] {
        [] => vec![None],
        some => some.iter().map(|&blocks| Some(blocks)).collect(),
    };
    let mut all: Vec<Found> = Vec::new();
    let mut said = false;
    for blocks in trials {
        arguments.plan.blocks = blocks;
        let one = Blueprint::new(engine, &arguments.plan)?;
        for &subjects in &arguments.sizes {
            let blueprint = one.of_size(subjects);
            blueprint.need(engine, &method).times(rayon::current_num_threads()).check()?;
            let (found, why) = simulate(engine, &blueprint, &arguments, (method, agents), truth)?;
            if let Some(why) = why.filter(|_| !said) {
                say!("note: {} of {} groups could not be fitted, and count as not found: {why}", found.failed, found.simulations);
                said = true;
            }
            if !arguments.quiet {
                say!("{subjects} subjects, {} blocks: found by {} of {}", found.blocks, found.found, found.simulations);
            }
            all.push(found);
        }
    }
    let (text, files) = told(&all, &arguments, truth);
    folder.finish(&files)?;
    say!("wrote {}", arguments.out.display());
    Ok(write_out(text.as_bytes())?)
}

/// Simulates and fits all groups of one design; why the first of those that could not be fitted was not.
fn simulate(
    engine: &dyn ErasedPopulation,
    blueprint: &Blueprint,
    arguments: &Power,
    (method, agents): (Method, StudyOptions),
    truth: f64,
) -> Result<(Found, Option<String>), StudyError> {
    let answer = |i: usize| -> Result<Answer, StudyError> {
        let seed = arguments.plan.seed.wrapping_add(i as u64);
        let simulated = blueprint.simulate(engine, seed)?;
        let fit = fit_simulated(engine, blueprint, &simulated, method.with(seed, None), agents);
        Ok(match fit {
            Err(why) => Answer::Failed(why.to_string()),
            Ok(fit) => match fit.quantity(&arguments.find, None) {
                None => Answer::Failed("the fit has no draws of the effect".into()),
                Some(q) => {
                    let (mut above, mut count) = (0usize, 0usize);
                    q.all().for_each(|x| {
                        above += usize::from(x > arguments.against);
                        count += 1;
                    });
                    Answer::Fitted(above as f64 / count as f64, q.summary.mean, q.summary.sd)
                }
            },
        })
    };
    let answers: Vec<Answer> = (0..arguments.simulations).into_par_iter().map(answer).collect::<Result<_, _>>()?;
    let blocks = blueprint.plans.first().map_or(0, |plan| plan.len());
    let subjects = blueprint.design.subjects().len();
    let mut found = Found { subjects, blocks, found: 0, wrong: 0, failed: 0, simulations: answers.len(), mean: 0.0, sd: 0.0 };
    let mut why = None;
    let positive = truth > arguments.against;
    for answer in answers {
        match answer {
            Answer::Failed(reason) => {
                found.failed += 1;
                why.get_or_insert(reason);
            }
            Answer::Fitted(above, mean, sd) => {
                let tail = arguments.alpha / 2.0;
                let (high, low) = (above >= 1.0 - tail, above <= tail);
                found.found += usize::from(if positive { high } else { low });
                found.wrong += usize::from(if positive { low } else { high });
                found.mean += mean;
                found.sd += sd;
            }
        }
    }
    let fitted = (found.simulations - found.failed).max(1) as f64;
    (found.mean, found.sd) = (found.mean / fitted, found.sd / fitted);
    if found.failed == found.simulations {
        return Err(StudyError::NothingFitted { why: why.unwrap_or_default() });
    }
    Ok((found, why))
}

/// Where a curve of shares first reaches a height: between two sizes, by the square root of how many there are.
fn reaches(curve: &[&Found], height: f64) -> Option<f64> {
    let first = curve.iter().position(|f| f.share() >= height)?;
    let after = curve[first];
    let Some(before) = first.checked_sub(1).map(|i| curve[i]) else { return Some(after.subjects as f64) };
    let (a, b) = ((before.subjects as f64).sqrt(), (after.subjects as f64).sqrt());
    Some((a + (b - a) * (height - before.share()) / (after.share() - before.share())).powi(2))
}

fn told(all: &[Found], arguments: &Power, truth: f64) -> (String, Vec<(String, Vec<u8>)>) {
    let (effect, target) = (&arguments.find, arguments.power);
    let mut text = format!(
        "{effect} = {truth} against {}: found where all but {} of the posterior lies on its side\n{:>8} {:>8} {:>8} {:>16} {:>8} {:>8} {:>9} {:>9}\n",
        arguments.against,
        arguments.alpha / 2.0,
        "subjects",
        "blocks",
        "found",
        "95% interval",
        "wrong",
        "failed",
        "mean",
        "mean sd"
    );
    let mut rows = Vec::new();
    for f in all {
        let (low, high) = f.interval();
        let of = |n: usize| n as f64 / f.simulations as f64;
        let _ = writeln!(
            text,
            "{:>8} {:>8} {:>8.3} {:>16} {:>8.3} {:>8.3} {:>9.3} {:>9.3}",
            f.subjects,
            f.blocks,
            f.share(),
            format!("{low:.3} to {high:.3}"),
            of(f.wrong),
            of(f.failed),
            f.mean,
            f.sd
        );
        rows.push(cells![f.subjects, f.blocks, f.simulations, f.found, f.share(), low, high, f.wrong, f.failed, f.mean, f.sd]);
    }
    let header = [
        "subjects",
        "blocks",
        "simulations",
        "found",
        "power",
        "low",
        "high",
        "wrong_side",
        "failed",
        "posterior_mean",
        "posterior_sd",
    ];
    let mut files = vec![("power.csv".to_string(), write_rows(&header, rows))];
    let mut designs: Vec<usize> = all.iter().map(|f| f.blocks).collect();
    designs.dedup();
    for blocks in designs {
        let curve: Vec<&Found> = all.iter().filter(|f| f.blocks == blocks).collect();
        let whole = match reaches(&curve, target) {
            Some(n) if curve[0].share() >= target => format!("with {} subjects or fewer", n.round()),
            Some(n) => format!("with about {} subjects", n.ceil()),
            None => format!("with more than {} subjects", curve.last().map_or(0, |f| f.subjects)),
        };
        let _ = writeln!(text, "{blocks} blocks: found with probability {target} {whole}");
        files.push((format!("power_{blocks}_blocks.svg"), picture(&curve, arguments, blocks).into_bytes()));
    }
    text += "what is not set is drawn from its prior, anew for each group\n";
    (text, files)
}

/// The curve with its intervals, and the height that is wanted.
fn picture(curve: &[&Found], arguments: &Power, blocks: usize) -> String {
    let ends = (curve[0].subjects as f64 * 0.9, curve[curve.len() - 1].subjects as f64 * 1.1);
    let title = format!("{} found, {blocks} blocks, {} groups each", arguments.find, arguments.simulations);
    let mut plot = Plot::new((520, 320), &title, (ends, "subjects"), ((0.0, 1.0), "probability"));
    let band: Vec<_> = curve.iter().map(|f| (f.subjects as f64, f.interval().0, f.interval().1)).collect();
    plot.band(&band, Ink::BELIEF.cover(0.2));
    plot.line([(ends.0, arguments.power), (ends.1, arguments.power)], Ink::AXIS, 1);
    plot.line(curve.iter().map(|f| (f.subjects as f64, f.share())), Ink::BELIEF, 2);
    for f in curve {
        let ((low, high), x) = (f.interval(), f.subjects as f64);
        plot.line([(x, low), (x, high)], Ink::BELIEF, 1);
        plot.point(x, f.share(), 3.5, Ink::BELIEF);
    }
    plot.svg()
}
