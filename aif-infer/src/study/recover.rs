//! `recover`: simulates groups, fits them, and compares what is found with what was put in; and which of several models is found.

use std::fmt::Write;

use rayon::prelude::*;

use super::arguments::Recover;
use super::engine::ErasedPopulation;
use super::error::{StudyError, say};
use super::simulate::{Blueprint, Simulated};
use super::studied::StudyOptions;
use crate::compare::random_effects;
use crate::data::{RowOrder, Rows};
use crate::fit::{Method, Plan, PredictiveOptions};
use crate::laplace::LaplaceOptions;
use crate::output::{NewFolder, cells, write_out, write_rows};
use crate::pictures::{range, scatter};
use crate::results::{Fit, correlation, fit_with};

/// Bias and coverage of fewer groups say more of what these share than of the method.
const ENOUGH: usize = 10;

/// Draws of the prior among which the true numbers of a group are placed.
const AMONG: u64 = 400;

/// One number of one unit: what it was, and what was found.
struct Found {
    repeat: usize,
    unit: String,
    label: String,
    truth: f64,
    summary: crate::results::Summary,
    /// 25% and 75% quantiles.
    half: (f64, f64),
    /// The share of its prior below the truth, of a number of the group.
    below: Option<f64>,
}

pub(super) fn run(engine: &dyn ErasedPopulation, all: &[&dyn ErasedPopulation], arguments: &Recover) -> Result<(), StudyError> {
    if arguments.repeats == 0 {
        return Err(StudyError::NoRepeats);
    }
    if let Some(option) = arguments.method.first().filter(|_| arguments.confusion) {
        return Err(StudyError::Confusion { option });
    }
    let method = arguments.method.method(arguments.plan.seed, engine.meta().flat())?;
    let folder = NewFolder::begin(&arguments.out)?;
    let mut files = Vec::new();
    let mut report = String::new();
    if arguments.confusion {
        let (text, table) = confusion(all, arguments)?;
        report += &text;
        files.push(("confusion.csv".to_string(), table));
    } else {
        let (found, complaints) = repeats(engine, arguments, method)?;
        let (text, table, picture) = sum_up(&found);
        report += &text;
        report += &unwell(&complaints, arguments.repeats);
        report += &shared(&found, arguments.repeats);
        files.push(("recovery.csv".to_string(), rows(&found)));
        files.push(("summary.csv".to_string(), table));
        files.extend(picture.into_iter().map(|(name, svg)| (format!("{name}.svg"), svg.into_bytes())));
    }
    folder.finish(&files)?;
    say!("wrote {}", arguments.out.display());
    Ok(write_out(report.as_bytes())?)
}

/// Fits a simulated group.
pub(super) fn fit_simulated(
    engine: &dyn ErasedPopulation,
    blueprint: &Blueprint,
    simulated: &Simulated,
    method: Method,
    agents: StudyOptions,
) -> Result<Fit, StudyError> {
    let loaded = engine.load_simulated((&simulated.table, simulated.order), &blueprint.design, agents)?;
    let plan = Plan { predictive: PredictiveOptions::none(), ..Plan::default() };
    Ok(fit_with(loaded.fittable(), method, &plan)?)
}

/// Of a fit that complains its group, and what it says first.
type Complaint = (usize, String);

/// All numbers of all groups, and which fits complain.
fn repeats(
    engine: &dyn ErasedPopulation,
    arguments: &Recover,
    method: Method,
) -> Result<(Vec<Found>, Vec<Complaint>), StudyError> {
    let blueprint = Blueprint::new(engine, &arguments.plan)?;
    blueprint.need(engine, &method).check()?;
    let agents = arguments.plan.agent.options(engine)?;
    let prior = prior_of_the_group(engine, &blueprint);
    let (mut all, mut complaints) = (Vec::new(), Vec::new());
    for repeat in 0..arguments.repeats {
        let seed = arguments.plan.seed.wrapping_add(repeat as u64);
        let simulated = blueprint.simulate(engine, seed)?;
        let fit = fit_simulated(engine, &blueprint, &simulated, arguments.method.method(seed, engine.meta().flat())?, agents)?;
        let complaint = fit.complaints().into_iter().next();
        if !arguments.quiet {
            say!("group {} of {}: {}", repeat + 1, arguments.repeats, complaint.as_deref().unwrap_or("all is well"));
        }
        complaints.extend(complaint.map(|said| (repeat, said)));
        for q in &fit.quantities {
            let mut sorted: Vec<f64> = q.all().collect();
            sorted.sort_by(f64::total_cmp);
            let truth = simulated.truth_of(q);
            all.push(Found {
                repeat,
                unit: if q.level == 0 { String::new() } else { fit.unit_label(q.level, q.unit) },
                label: q.name.clone(),
                truth,
                summary: q.summary,
                half: (crate::diagnostics::quantile(&sorted, 0.25), crate::diagnostics::quantile(&sorted, 0.75)),
                below: prior.get(simulated.place_of(q)).filter(|_| q.level == 0).map(|drawn| share_below(drawn, truth)),
            });
        }
    }
    Ok((all, complaints))
}

/// Says of how many fits the table is not to be taken at its word, and what the first of them complains of.
fn unwell(complaints: &[Complaint], groups: usize) -> String {
    complaints.first().map_or_else(String::new, |(first, said)| {
        format!(
            "{} of {groups} fits complain, and are in the table all the same; group {}: {said}\n",
            complaints.len(),
            first + 1
        )
    })
}

/// Draws of each of the group's numbers from its prior; none where these cannot be made.
fn prior_of_the_group(engine: &dyn ErasedPopulation, blueprint: &Blueprint) -> Vec<Vec<f64>> {
    let one = blueprint.of_size(1);
    // Seeds that hardly anybody asks for.
    let drawn: Result<Vec<_>, _> = (0..AMONG).map(|i| one.parameters(engine, (1 << 63) + i, true)).collect();
    let drawn = drawn.unwrap_or_default();
    let of_group = drawn.first().map_or(0..0, |(layout, _)| layout.members_of(0, 0));
    of_group.map(|place| drawn.iter().map(|(_, numbers)| numbers[place]).collect()).collect()
}

/// The share of draws below a number; of those that equal it a half.
fn share_below(drawn: &[f64], number: f64) -> f64 {
    let each = drawn.iter().map(|x| if *x < number { 1.0 } else { f64::from(u8::from(*x == number)) * 0.5 });
    each.sum::<f64>() / drawn.len() as f64
}

/// What is to be thought of when groups are few: their subjects are no independent cases. Numbers of a group far out in their prior are named.
fn shared(found: &[Found], groups: usize) -> String {
    if groups >= ENOUGH || found.iter().all(|f| f.below.is_none()) {
        return String::new();
    }
    let mut text = String::from(
        "of so few groups: where what a group's subjects have in common is far out in its prior, all of them are found nearer to the middle, by an exact method, too; bias and coverage of a method show over many groups (--repeats 40, or calibrate)\n",
    );
    for f in found {
        let Some(below) = f.below.filter(|below| !(0.025..=0.975).contains(below)) else { continue };
        let (side, share) = if below > 0.5 { ("above", below) } else { ("below", 1.0 - below) };
        let share = share.min(0.99);
        let _ =
            writeln!(text, "group {}: {} was {:.3}, {side} {:.0}% of its prior", f.repeat + 1, f.label, f.truth, 100.0 * share);
    }
    text
}

fn rows(found: &[Found]) -> Vec<u8> {
    let header = ["repeat", "unit", "parameter", "truth", "mean", "sd", "q5", "q25", "q50", "q75", "q95", "rhat", "prior_below"];
    let each = found.iter().map(|f| {
        let s = &f.summary;
        let numbers = [f.truth, s.mean, s.sd, s.q5, f.half.0, s.q50, f.half.1, s.q95, s.rhat].map(|x| x.to_string());
        let below = f.below.map(|below| below.to_string()).unwrap_or_default();
        [f.repeat.to_string(), f.unit.clone(), f.label.clone()].into_iter().chain(numbers).chain([below]).collect::<Vec<_>>()
    });
    write_rows(&header, each)
}

/// Correlation, bias, RMSE and coverage of every parameter; a table, and a picture of each.
fn sum_up(found: &[Found]) -> (String, Vec<u8>, Vec<(String, String)>) {
    let mut labels: Vec<&str> = Vec::new();
    for f in found {
        if !labels.contains(&f.label.as_str()) {
            labels.push(&f.label);
        }
    }
    let mut text = format!(
        "{:<24} {:>6} {:>11} {:>8} {:>8} {:>10} {:>8} {:>8}\n",
        "parameter", "count", "correlation", "bias", "RMSE", "mean sd", "in 50%", "in 90%"
    );
    let (mut table, mut pictures) = (Vec::new(), Vec::new());
    for label in labels {
        let own: Vec<&Found> = found.iter().filter(|f| f.label == label).collect();
        let n = own.len() as f64;
        let (truth, mean): (Vec<f64>, Vec<f64>) = own.iter().map(|f| (f.truth, f.summary.mean)).unzip();
        let bias = own.iter().map(|f| f.summary.mean - f.truth).sum::<f64>() / n;
        let rmse = (own.iter().map(|f| (f.summary.mean - f.truth).powi(2)).sum::<f64>() / n).sqrt();
        let sd = own.iter().map(|f| f.summary.sd).sum::<f64>() / n;
        let held = own.iter().filter(|f| f.summary.q5 <= f.truth && f.truth <= f.summary.q95).count() as f64 / n;
        let half = own.iter().filter(|f| f.half.0 <= f.truth && f.truth <= f.half.1).count() as f64 / n;
        let r = if own.len() > 2 { correlation(&truth, &mean) } else { f64::NAN };
        let _ =
            writeln!(text, "{label:<24} {:>6} {r:>11.3} {bias:>8.3} {rmse:>8.3} {sd:>10.3} {half:>8.2} {held:>8.2}", own.len());
        table.push(cells![label, own.len(), r, bias, rmse, sd, half, held]);
        if own.len() > 2 {
            let both = range(truth.iter().copied().chain(own.iter().flat_map(|f| [f.summary.q5, f.summary.q95])));
            let points = own.iter().map(|f| (f.truth, f.summary.mean, f.summary.q5, f.summary.q95));
            let picture = scatter((420, 400), label, (both, "truth", "posterior mean, 90%"), (0.3, 1), points);
            pictures.push((label.replace(['[', ']', ','], "_"), picture));
        }
    }
    let header = ["parameter", "count", "correlation", "bias", "rmse", "mean_sd", "coverage_50", "coverage_90"];
    (text, write_rows(&header, table), pictures)
}

/// Simulates from each model and fits all of them: how often each is the one with the most evidence, and how frequent random-effects model
/// selection finds it.
fn confusion(all: &[&dyn ErasedPopulation], arguments: &Recover) -> Result<(String, Vec<u8>), StudyError> {
    if all.len() < 2 {
        return Err(StudyError::OnePopulation);
    }
    let kind = |e: &&dyn ErasedPopulation| {
        let levels: Vec<&str> = e.meta().levels.iter().map(|l| l.name).collect();
        let covariates: Vec<&str> = e.meta().covariates.iter().map(|c| c.name).collect();
        (levels, covariates)
    };
    if let Some(other) = all.iter().find(|e| kind(e) != kind(&all[0])) {
        return Err(StudyError::OtherLevels { first: all[0].meta().name, other: other.meta().name });
    }
    // A table that all can read: of trials, where one of them has such.
    let trials = all.iter().any(|engine| engine.schema().rows == Rows::Trials);
    let order = if trials { RowOrder::ActionFirst } else { RowOrder::ObservationFirst };
    let names: Vec<&str> = all.iter().map(|e| e.meta().name).collect();
    let mut text = format!("{:<24} {}\n", "simulated \\ found", names.iter().map(|n| format!("{n:>20}")).collect::<String>());
    let mut table = Vec::new();
    for truth in all {
        let blueprint = Blueprint::new(*truth, &arguments.plan)?;
        let mut found = vec![0usize; all.len()];
        let mut frequency = vec![0.0; all.len()];
        for repeat in 0..arguments.repeats {
            let seed = arguments.plan.seed.wrapping_add(repeat as u64);
            let simulated = blueprint.simulate_as(*truth, seed, order)?;
            let method = Method::Laplace(LaplaceOptions { seed, ..LaplaceOptions::default() });
            let evidence = |engine: &&dyn ErasedPopulation| -> Result<Vec<f64>, StudyError> {
                let agents = arguments.plan.agent.options(*engine)?;
                let fit = fit_simulated(*engine, &blueprint, &simulated, method, agents)?;
                Ok(fit.pieces.iter().filter_map(|p| Some(p.evidence?.laplace)).collect())
            };
            let each: Vec<Vec<f64>> = all.par_iter().map(evidence).collect::<Result<_, _>>()?;
            let totals: Vec<f64> = each.iter().map(|e| e.iter().sum()).collect();
            let best = (0..all.len()).max_by(|&a, &b| totals[a].total_cmp(&totals[b])).unwrap_or(0);
            found[best] += 1;
            if each.iter().all(|e| e.len() == each[0].len() && e.len() > 1) {
                let rows: Vec<Vec<f64>> = (0..each[0].len()).map(|s| each.iter().map(|e| e[s]).collect()).collect();
                let selected = random_effects(&rows);
                frequency.iter_mut().zip(&selected.frequencies).for_each(|(to, f)| *to += f / arguments.repeats as f64);
            }
        }
        let cells: String = found.iter().zip(&frequency).map(|(n, f)| format!("{:>20}", format!("{n} ({f:.2})"))).collect();
        let _ = writeln!(text, "{:<24} {cells}", truth.meta().name);
        for (k, name) in names.iter().enumerate() {
            table.push(cells![truth.meta().name, name, found[k], frequency[k]]);
        }
    }
    if trials && all.iter().any(|engine| engine.schema().rows == Rows::Steps) {
        text += "what is observed before the first choice of a block is left out: learners and filters have trials, which begin with it\n";
    }
    text += "groups whose summed evidence is largest (expected frequency over subjects, by random-effects selection)\n";
    Ok((text, write_rows(&["simulated", "found", "groups", "expected_frequency"], table)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Summary;

    fn found(repeat: usize, label: &str, truth: f64, below: Option<f64>) -> Found {
        let summary = Summary {
            mean: 0.0,
            sd: 1.0,
            q5: -1.6,
            q50: 0.0,
            q95: 1.6,
            rhat: 1.0,
            ess_bulk: 400.0,
            ess_tail: 400.0,
            mcse_mean: 0.05,
            mcse_sd: 0.05,
        };
        Found { repeat, unit: String::new(), label: label.into(), truth, summary, half: (-0.7, 0.7), below }
    }

    #[test]
    fn a_group_that_was_drawn_far_out_is_told_by_its_numbers() {
        let own = [found(0, "mu", 2.2, Some(0.99)), found(0, "sigma", 0.3, Some(0.5)), found(0, "z", 2.4, None)];
        let text = shared(&own, 1);
        assert!(
            text.starts_with("of so few groups: ") && text.contains("group 1: mu was 2.200, above 99% of its prior\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(shared(&[found(2, "mu", -3.0, Some(0.0))], 3).ends_with("group 3: mu was -3.000, below 99% of its prior\n"));
        // Many groups speak for themselves, and subjects without a group are no group.
        assert_eq!(shared(&own, ENOUGH), "");
        assert_eq!(shared(&own[2..], 1), "");
        assert_eq!([share_below(&[1.0, 2.0, 3.0, 4.0], 2.5), share_below(&[1.0; 4], 1.0)], [0.5, 0.5]);
    }

    #[test]
    fn fits_that_complain_are_counted_beneath_the_table() {
        assert_eq!(unwell(&[], 4), "");
        let text = unwell(&[(1, "The chains do not agree.".into()), (3, "Nor here.".into())], 4);
        assert_eq!(text, "2 of 4 fits complain, and are in the table all the same; group 2: The chains do not agree.\n");
    }
}
