//! Parameters so extreme that numbers overflow: they are rejected by name, and give no score without derivatives and no explanation without numbers.

use aif::hgf::{FilterOptions, GaussianFilter, ThreeLevelBinary, TwoLevelBinary, Update};
use aif::infer::score::{RecordedBlock, RecordedRow, ScoreError, Trials, filter_log_likelihood};
use aif::infer::study::StudyBehaviour;
use aif::prelude::*;
use aif::runtime::{Dual, Hgf, Single, Tables};

use super::tmaze::{Place, TMaze, TMazeAction, TMazeObservation};

/// Numbers of many magnitudes, of either sign.
fn magnitudes() -> Vec<f64> {
    let sizes = [0.0, 1e-300, 1e-12, 1e-3, 0.7, 3.0, 30.0, 300.0, 709.0, 745.0, 1e4, 1e12, 1e100, 1e155, 1e300, f64::MAX];
    sizes.iter().flat_map(|&x| [x, -x]).chain([f64::INFINITY, f64::NAN]).collect()
}

fn trials<M: GaussianFilter<f64>>() -> Trials {
    let row = |u: f64, y: f64| RecordedRow { inputs: vec![Some(u)], responses: vec![Some(y)], ..RecordedRow::default() };
    let rows: Vec<RecordedRow> = (0..40).map(|i| row(f64::from(u8::from(i % 3 == 0)), f64::from(u8::from(i % 5 < 2)))).collect();
    <Hgf<M> as StudyBehaviour>::record(RecordedBlock::numbered(1, &rows))
}

pub fn filters_reject_what_they_cannot_work_out() {
    let (mut finite, mut rejected, mut derivative) = (0, 0, 0);
    let mut count = |score: Result<Dual<2>, ScoreError>, told: String| match score {
        Ok(score) => {
            finite += 1;
            assert!(score.value.is_finite() && score.gradient.iter().all(|g| g.is_finite()), "{told}: {score:?}");
        }
        Err(error) => {
            rejected += 1;
            derivative += usize::from(matches!(error, ScoreError::Derivative { .. }));
            assert!(!error.to_string().starts_with(':'), "{told}: no place is named: {error}");
        }
    };
    let (two, three) = (trials::<TwoLevelBinary<f64>>(), trials::<ThreeLevelBinary<f64>>());
    for update in [Update::Standard, Update::Enhanced, Update::Unbounded] {
        let options = FilterOptions { update, ..FilterOptions::default() };
        for a in magnitudes() {
            for b in magnitudes() {
                let told = format!("{update:?} {a:e} {b:e}");
                let own =
                    TwoLevelBinary { tonic_volatility: Dual::<2>::variable(a, 0), inverse_temperature: Dual::variable(b, 1) };
                count(filter_log_likelihood(&own, &two, &options), told.clone());
                let own = ThreeLevelBinary {
                    tonic_volatility: Dual::<2>::variable(a, 0),
                    meta_volatility: Dual::variable(b, 1),
                    volatility_coupling: Dual::constant(1.0),
                    inverse_temperature: Dual::constant(1.0),
                };
                count(filter_log_likelihood(&own, &three, &options), told);
            }
        }
    }
    println!("{finite} finite, {rejected} rejected, {derivative} of them for a derivative");
}

pub fn agents_explain_in_numbers() {
    let (mut made, mut refused) = (0, 0);
    let at = TMazeObservation { seen: Place::Centre, outcome: super::tmaze::Outcome::Nothing, cue: super::tmaze::Cue::Nothing };
    for preference in magnitudes() {
        for precision in magnitudes() {
            for horizon in [1, 3] {
                let told = format!("{preference:e} {precision:e} {horizon}");
                let options = AgentOptions { horizon: Some(horizon), ..AgentOptions::default() };
                let precisions = Precisions { policy: precision, ..Precisions::default() };
                let agent = Agent::with_options(TMaze { reward_probability: 0.9, preference }, (), options)
                    .and_then(|agent| agent.with_precisions(precisions));
                let Ok(mut agent) = agent else {
                    refused += 1;
                    continue;
                };
                made += 1;
                agent.infer_states(at);
                let explained = agent.explain();
                for own in TMazeAction::entries(&explained) {
                    let all = [own.probability, own.later, own.habit, own.next.total()];
                    assert!(all.iter().all(|x| x.is_finite()), "{told}: {own:?}");
                }
                let chances: f64 = TMazeAction::entries(&agent.action_log_probabilities()).iter().map(|p| p.exp()).sum();
                assert!((chances - 1.0).abs() < 1e-9, "{told}: {chances}");
            }
        }
    }
    println!("{made} agents, {refused} refused");
    assert!(made > 500 && refused > 500);
    let error = Agent::new(TMaze { reward_probability: 0.9, preference: 1e101 }).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("of a magnitude up to 1e100"), "{error}");
    let single = TMaze { reward_probability: Single::constant(0.9), preference: Single::constant(1e11) };
    assert!(Tables::<TMaze<Single>, Single>::new(&single, (), 2).is_err());
}
