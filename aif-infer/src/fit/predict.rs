//! What the draws of a piece predict: of each response that is left out, of choices as a whole, and trial by trial.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::error::FitError;
use super::evidence::{drawn_of, draws_used, evidence_of};
use super::fittable::Fittable;
use super::method::Method;
use super::piece::{PartialFit, PredictedResponse, PredictiveCheck, SubjectEvidence};
use super::plan::{Part, PredictiveOptions};
use super::pointwise;
use crate::compare::{Predictive, criterion, relative_efficiency};
use crate::diagnostics::quantile;
use crate::population::Role;
use crate::random;
use crate::record::{ResponsePlace, Sequence, Statistics};

/// Of more units than this, repeats are checked only where statistics are asked for.
const MOST_SEQUENCES: usize = 2000;

/// The stream of the generator.
const REPLAYS: u64 = 3 << 60;

/// Adds to a piece what its draws predict.
pub(super) fn predict(
    group: &dyn Fittable,
    part: &Part<'_>,
    mut piece: PartialFit,
    (options, statistics): (&PredictiveOptions, &Statistics),
    method: &Method,
) -> Result<PartialFit, FitError> {
    let design = group.design();
    let leaf_level = group.meta().leaf();
    let leaves: Vec<usize> = match part.subject {
        Some(subject) => design.only(subject).1,
        None => (0..design.leaves().names.len()).collect(),
    };
    let layout = part.target.layout();
    let fail = |leaf: usize, what: String| FitError::Behaviour(format!("{}: {what}", unit_name(group, leaf)));

    if options.loo_draws > 0 || options.keep_likelihoods {
        let all = piece.draws.chains * piece.draws.draws;
        let some = piece.draws.some(if options.keep_likelihoods { all } else { options.loo_draws });
        let draws: Vec<&[f64]> = some.iter().map(|all| &**all).collect();
        let efficiency = efficiency(&piece, group);
        let work = |(own, &leaf): (usize, &usize)| -> Result<_, FitError> {
            let rows = pointwise::rows(group, part, (own, leaf), &draws, &|what| fail(leaf, what))?;
            let kept = if options.keep_likelihoods { rows.clone() } else { Vec::new() };
            if !options.by_response {
                let whole: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
                let any = rows.first().is_some_and(|row| !row.is_empty());
                return Ok(((Vec::new(), Vec::new(), any.then(|| criterion(&whole, efficiency))), kept));
            }
            Ok((predictions(group, leaf, &rows, efficiency), kept))
        };
        let each: Vec<_> = leaves.par_iter().enumerate().map(|(own, leaf)| work((own, leaf))).collect();
        let mut likelihoods: Vec<Vec<f64>> = vec![Vec::new(); if options.keep_likelihoods { all } else { 0 }];
        for (unit, &leaf) in each.into_iter().zip(&leaves) {
            let ((responses, blocks, whole), rows) = unit?;
            likelihoods.iter_mut().zip(rows).for_each(|(to, row)| to.extend(row));
            if let Some((labels, chosen)) = group.alternatives(leaf).filter(|_| options.keep_likelihoods) {
                piece.chosen.extend(chosen.iter().map(|c| c.unwrap_or(labels.len())));
            }
            piece.responses.extend(responses);
            piece.blocks.extend(blocks.into_iter().map(|(session, name, p)| (leaf, session, name, p)));
            piece.units.extend(whole.map(|p| (leaf, p)));
        }
        piece.ln_likelihoods = likelihoods.concat();
    }
    if let Some(drawn) = drawn_of(group).filter(|_| options.loo_draws > 0 && part.subject.is_none() && leaves.len() > 1)
        && let Some(used) = draws_used(piece.draws.chains * piece.draws.draws, leaves.len(), options.loo_draws)
    {
        if leaves.len() <= MOST_SEQUENCES {
            let draws = piece.draws.some(used);
            let work = |(own, &leaf): (usize, &usize)| {
                let own_draws: Vec<Vec<f64>> = draws.iter().map(|all| layout.gather(leaf_level, own, all)).collect();
                let mut rng = stream(method.seed(), part.place, own as u64 + 1 + (1 << 26));
                evidence_of(group, leaf, &drawn, &own_draws, &mut rng)
            };
            let each: Vec<Option<SubjectEvidence>> = leaves.par_iter().enumerate().map(work).collect();
            // A comparison is of all subjects.
            match leaves.iter().zip(&each).find(|(_, evidence)| evidence.is_none()) {
                None => piece.evidences = each.into_iter().flatten().collect(),
                Some((&leaf, _)) => piece.notes.push(format!(
                    "the evidence of each subject is not told, for that of {} could not be worked out",
                    group.design().leaves().names[leaf]
                )),
            }
        } else {
            piece.notes.push(format!("of more than {MOST_SEQUENCES} subjects the evidence of each is not worked out"));
        }
    }
    if options.check_draws > 0 && piece.draws.chains * piece.draws.draws > 0 {
        let draws = piece.draws.some(options.check_draws);
        let mut rng = stream(method.seed(), part.place, 0);
        let priors: Vec<Vec<f64>> = (0..options.check_draws).map(|_| part.target.draw_prior(&mut rng)).collect();
        let by_sequence = group.design().leaves().names.len() <= MOST_SEQUENCES || !statistics.is_empty();
        if !by_sequence {
            piece.notes.push(format!("of more than {MOST_SEQUENCES} units it is not checked how often choices are repeated"));
        }
        let work = |(own, &leaf): (usize, &usize)| -> Vec<PredictiveCheck> {
            let values = |all: &[f64]| layout.gather(leaf_level, own, all);
            let mut checks = Vec::new();
            // What is measured first, for there can be very many statistics of choices.
            let observed = group.statistics(leaf);
            if !observed.is_empty() {
                let mut rng = stream(method.seed(), part.place, own as u64 + 1 + (1 << 27));
                let mut anew = |all: &[f64]| group.statistics_anew(leaf, &values(all), &mut rng).ok();
                let posterior: Vec<Vec<f64>> = draws.iter().filter_map(|all| anew(all)).collect();
                let prior: Vec<Vec<f64>> = priors.iter().filter_map(|all| anew(all)).collect();
                checks.extend(held_against(leaf, observed.into_iter(), &posterior, &prior));
            }
            if let Some((labels, chosen)) = group.alternatives(leaf) {
                let mut rng = stream(method.seed(), part.place, own as u64 + 1);
                let (places, cues) = if by_sequence { (group.responses(leaf), group.cues(leaf)) } else { Default::default() };
                let sequence = if by_sequence { Sequence::new((&labels, &chosen), &places, &cues, statistics) } else { None };
                // Responses of which a part is missing are none of the choices.
                let mut replay = |all: &[f64]| -> Option<Vec<f64>> {
                    let probabilities = group.predictions(leaf, &values(all)).ok()?;
                    let mut drawn = vec![None; chosen.len()];
                    for (i, row) in probabilities.iter().enumerate().filter(|(i, _)| chosen.get(*i).is_some_and(Option::is_some))
                    {
                        drawn[i] = Some(aif_runtime::random::categorical(row, &mut rng));
                    }
                    Some(numbers_of(&labels, &drawn, sequence.as_ref()).into_iter().map(|(_, number)| number).collect())
                };
                let posterior: Vec<Vec<f64>> = draws.iter().filter_map(|all| replay(all)).collect();
                let prior: Vec<Vec<f64>> = priors.iter().filter_map(|all| replay(all)).collect();
                let observed = numbers_of(&labels, &chosen, sequence.as_ref()).into_iter();
                checks.extend(held_against(leaf, observed, &posterior, &prior));
            }
            checks
        };
        let each: Vec<Vec<PredictiveCheck>> = leaves.par_iter().enumerate().map(work).collect();
        piece.checks = each.concat();
        let work = |(own, &leaf): (usize, &usize)| {
            let kinds = draws.iter().map(|all| group.kinds(leaf, &layout.gather(leaf_level, own, all)));
            kinds.collect::<Result<Vec<_>, _>>().map(|each| (leaf, mean_of(each))).map_err(|e| fail(leaf, e.to_string()))
        };
        let each: Vec<Result<_, FitError>> = leaves.par_iter().enumerate().map(work).collect();
        let each = each.into_iter().collect::<Result<Vec<_>, FitError>>()?;
        piece.kinds = each.into_iter().filter(|(_, kinds)| !kinds.is_empty()).collect();
    }
    if options.regressors {
        let all = mean(&piece);
        let work = |(own, &leaf): (usize, &usize)| {
            let values = group.complete(leaf, &layout.gather(leaf_level, own, &all));
            group.regressors(leaf, &values).map(|regressors| (leaf, regressors))
        };
        let each: Vec<Option<_>> = leaves.par_iter().enumerate().map(work).collect();
        piece.regressors = each.into_iter().flatten().collect();
    }
    Ok(piece)
}

/// How often each choice was made, and the shares of a sequence.
fn numbers_of(labels: &[String], chosen: &[Option<usize>], sequence: Option<&Sequence<'_>>) -> Vec<(String, f64)> {
    let count = |choice: usize| chosen.iter().filter(|&&c| c == Some(choice)).count() as f64;
    let mut all: Vec<(String, f64)> = labels.iter().enumerate().map(|(c, label)| (label.clone(), count(c))).collect();
    all.extend(sequence.into_iter().flat_map(|sequence| sequence.shares(chosen)));
    all
}

/// Each number that was observed against those that are predicted; what cannot be told of either is left out.
fn held_against<'a>(
    leaf: usize,
    observed: impl Iterator<Item = (String, f64)> + 'a,
    posterior: &'a [Vec<f64>],
    prior: &'a [Vec<f64>],
) -> impl Iterator<Item = PredictiveCheck> + 'a {
    observed.enumerate().filter_map(move |(at, (statistic, observed))| {
        let of = |all: &[Vec<f64>]| -> Vec<f64> {
            let mut own: Vec<f64> = all.iter().map(|numbers| numbers[at]).filter(|x| x.is_finite()).collect();
            own.sort_by(f64::total_cmp);
            own
        };
        let three = |sorted: &[f64]| {
            let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
            [mean, quantile(sorted, 0.05), quantile(sorted, 0.95)]
        };
        let (after, before) = (of(posterior), of(prior));
        if !observed.is_finite() || after.is_empty() || before.is_empty() {
            return None;
        }
        let rank = |&x: &f64| if x > observed { 1.0 } else { f64::from(u8::from(x == observed)) * 0.5 };
        let above: f64 = after.iter().map(rank).sum();
        let p_value = above / after.len() as f64;
        Some(PredictiveCheck { leaf, statistic, observed, posterior: three(&after), prior: three(&before), p_value })
    })
}

/// The mean probability of each kind over draws.
fn mean_of(each: Vec<Vec<(String, f64)>>) -> Vec<(String, f64)> {
    let count = each.len() as f64;
    let mut draws = each.into_iter();
    let mut mean = draws.next().unwrap_or_default();
    draws.for_each(|own| mean.iter_mut().zip(own).for_each(|(to, (_, p))| to.1 += p));
    mean.iter_mut().for_each(|(_, p)| *p /= count);
    mean
}

/// A generator of its own for each unit of each density.
fn stream(seed: u64, place: usize, unit: u64) -> ChaCha8Rng {
    random::stream(seed, REPLAYS + ((place as u64) << 28) + unit)
}

/// The name of a unit, for messages.
fn unit_name(group: &dyn Fittable, leaf: usize) -> String {
    let design = group.design();
    let subject = &group.names()[design.subject_of(leaf)];
    if group.meta().has_sessions() {
        format!("subject {subject}, session {}", design.leaves().names[leaf])
    } else {
        format!("subject {subject}")
    }
}

/// The means of all numbers.
fn mean(piece: &PartialFit) -> Vec<f64> {
    let PartialFit { draws, .. } = piece;
    let count = (draws.chains * draws.draws) as f64;
    let mut mean = vec![0.0; draws.width];
    for (c, d) in (0..draws.chains).flat_map(|c| (0..draws.draws).map(move |d| (c, d))) {
        mean.iter_mut().zip(&*draws.get(c, d)).for_each(|(m, x)| *m += x / count);
    }
    mean
}

/// The relative efficiency of the draws, over the numbers that are drawn.
fn efficiency(piece: &PartialFit, group: &dyn Fittable) -> f64 {
    if piece.statistics.len() < 2 {
        return 1.0;
    }
    // A handful of numbers tells as much as all of them.
    let drawn = group.meta().parameters().any(|p| p.role == Role::Drawn);
    let step = (piece.draws.width / 50).max(1);
    let columns: Vec<Vec<Vec<f64>>> = (0..piece.draws.width).step_by(step).filter(|_| drawn).map(|i| piece.draws.of(i)).collect();
    relative_efficiency(columns.iter().map(Vec::as_slice))
}

type Predictions = (Vec<PredictedResponse>, Vec<(String, String, Predictive)>, Option<Predictive>);

/// What is predicted of a unit's responses, blocks and whole, from the log-likelihoods `[draw][response]`.
fn predictions(group: &dyn Fittable, leaf: usize, rows: &[Vec<f64>], efficiency: f64) -> Predictions {
    let count = rows.first().map_or(0, Vec::len);
    let places = group.responses(leaf);
    let mut responses = Vec::with_capacity(count);
    let mut blocks: Vec<(String, String, Vec<f64>)> = Vec::new();
    let mut whole = vec![0.0; rows.len()];
    for i in 0..count {
        let column: Vec<f64> = rows.iter().map(|row| row[i]).collect();
        let place = places.get(i).cloned().unwrap_or_default();
        whole.iter_mut().zip(&column).for_each(|(w, l)| *w += l);
        match blocks.last_mut() {
            Some((session, name, sums)) if *session == place.session && *name == place.block => {
                sums.iter_mut().zip(&column).for_each(|(s, l)| *s += l);
            }
            _ => blocks.push((place.session.clone(), place.block.clone(), column.clone())),
        }
        let step = if places.is_empty() { i as i64 } else { place.step };
        let predictive = criterion(&column, efficiency);
        let ResponsePlace { session, block, response, .. } = place;
        responses.push(PredictedResponse { leaf, session, block, step, response, predictive });
    }
    let blocks = blocks.into_iter().map(|(session, name, sums)| (session, name, criterion(&sums, efficiency))).collect();
    (responses, blocks, (count > 0).then(|| criterion(&whole, efficiency)))
}
