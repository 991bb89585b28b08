//! A population of agents that measure: simulated, scored, differentiated and fitted.

use aif::infer::score::{Behaviour, History, RecordedBlock};
use aif::infer::sensitivity::{Experience, MeanFreeEnergy, Sensitivity};
use aif::prelude::*;
use aif::runtime::Dual;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::folder::Folder;
use super::models::{Gauge, GaugeAction, GaugeEvidence, Valve};

model! {
    /// Gauges of unknown noise.
    pub Gauges for Gauge<T> {
        population {
            center ~ Normal(-0.7, 0.5);
            spread ~ HalfNormal(0.5);
        }
        subject {
            z ~ Normal(center, spread);
            Gauge { noise: exp(z), apart: 1.0, stay: 0.9, goal: 1.0 }
        }
    }
}

fn study(arguments: &[&str]) -> Result<(), aif::infer::study::StudyError> {
    aif::study::<Gauges>().run(std::iter::once("gauges").chain(arguments.iter().copied()))
}

#[test]
fn measurements_stand_in_tables_and_are_scored_and_fitted() {
    let folder = Folder::new("study");
    let (data, truth) = (folder.file("data.csv"), folder.file("data.truth.csv"));
    study(&["simulate", "--subjects", "6", "--blocks", "10", "--steps", "12", "--seed", "4", "--out", &data]).unwrap();
    let table = folder.read("data.csv");
    let header = table.lines().next().unwrap();
    assert_eq!(header, "subject,block,step,level,valve");
    let level: f64 = table.lines().nth(1).unwrap().split(',').nth(3).unwrap().parse().unwrap();
    assert!(level.is_finite() && level.fract() != 0.0);
    let out = folder.file("score.json");
    study(&["loglik", "--data", &data, "--params", &truth, "--gradient", "--out", &out]).unwrap();
    let scored: Value = serde_json::from_str(&folder.read("score.json")).unwrap();
    assert_eq!(scored["subjects"].as_array().unwrap().len(), 6);
    study(&["fit", "--data", &data, "--method", "laplace", "--quiet", "--out", &folder.file("fit")]).unwrap();
    let regressors = folder.read("fit/regressors.tsv");
    assert!(regressors.lines().next().unwrap().contains("surprise_level"), "{}", &regressors[..200]);
    assert!(folder.read("fit/subjects.csv").lines().count() > 6);
    // What was measured is held against what was expected, and its unit stands in the report.
    let checks = folder.read("fit/predictive.csv");
    let means: Vec<Vec<&str>> = checks.lines().filter(|l| l.contains("level, mean")).map(|l| l.split(',').collect()).collect();
    assert_eq!(means.len(), 6, "{checks}");
    let report = folder.read("fit/report.html");
    assert!(report.contains("`level`: How full it is, in litres above the mark.") && report.contains("level, 90%: posterior"));
    assert!(!report.contains("readers of the code"));
    // Its last column is how probable as much is: of data from the model itself, nothing is far out for all.
    let p = |row: &Vec<&str>| row.last().unwrap().parse::<f64>().unwrap();
    assert!(means.iter().any(|row| (0.05..=0.95).contains(&p(row))), "{checks}");
    std::fs::write(folder.file("bad.csv"), "subject,block,step,level,valve\ns,1,1,high,Keep\n").unwrap();
    let error = study(&["loglik", "--data", &folder.file("bad.csv"), "--set", "z=0"]).unwrap_err().to_string();
    assert!(error.contains("`level`") && error.contains("a number"), "{error}");
}

#[test]
fn scores_are_those_of_a_life_lived_by_hand_and_so_are_their_slopes() {
    let mut rng = ChaCha8Rng::from_seed([8; 32]);
    let model = |noise: f64| Gauge { noise, apart: 1.0, stay: 0.9, goal: 1.0 };
    let mut agent = Agent::new(model(0.6)).unwrap();
    let trajectory = rollout(&mut agent, &mut World::new(model(0.6)).unwrap(), 40, &mut rng);
    let record = History::new(&[RecordedBlock::of_trajectory::<Gauge<f64>>("1", &trajectory, &[])]);
    let by_hand = |noise: f64| {
        let mut agent = Agent::new(model(noise)).unwrap();
        let mut sum = 0.0;
        for moment in &trajectory {
            agent.infer_states(moment.observation);
            if let Some(action) = moment.action {
                sum += agent.action_log_probabilities()[action.index()];
                agent.update_empirical_prior(action);
            }
        }
        sum
    };
    let score = |noise: f64| Pomdp(model(noise)).log_likelihood(&Assigned::default(), &record, &AgentOptions::default()).unwrap();
    assert!((score(0.6) - by_hand(0.6)).abs() < 1e-10, "{} {}", score(0.6), by_hand(0.6));
    let step = 1e-5;
    let difference = (by_hand(0.7 + step) - by_hand(0.7 - step)) / (2.0 * step);
    let dual = Gauge {
        noise: Dual::<1>::variable(0.7, 0),
        apart: Dual::constant(1.0),
        stay: Dual::constant(0.9),
        goal: Dual::constant(1.0),
    };
    let slope = Pomdp(dual).log_likelihood(&Assigned::default(), &record, &AgentOptions::default()).unwrap();
    assert!((slope.gradient[0] - difference).abs() < 1e-7 * difference.abs().max(1.0), "{} {difference}", slope.gradient[0]);
}

#[test]
fn what_an_encoder_measures_has_derivatives() {
    let model = Gauge { noise: 0.8, apart: 1.0, stay: 0.9, goal: 1.0 };
    let of = Sensitivity::new(&model, (), AgentOptions::default(), MeanFreeEnergy).unwrap();
    let sequence = |levels: &[f64]| -> Vec<Experience<Gauge<f64>>> {
        let step = |&level: &f64| Experience {
            evidence: GaugeEvidence { level: level.into() },
            action: Some(GaugeAction { valve: Valve::Keep }),
        };
        levels.iter().map(step).collect()
    };
    let levels = [0.2, 0.9, -0.4];
    let found = of.gradient(&sequence(&levels)).unwrap();
    for t in 0..3 {
        let at = |by: f64| {
            let mut levels = levels;
            levels[t] += by;
            of.gradient(&sequence(&levels)).unwrap().value.total
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((found.measured[t][0] - difference).abs() < 1e-7, "{t}: {} not {difference}", found.measured[t][0]);
    }
}

mod door {
    aif::c_abi!(gauge = crate::models::Gauge<f64>, parameters(noise, apart, stay, goal));

    enum Agent {}

    #[allow(unsafe_code)]
    unsafe extern "C" {
        fn gauge_modalities() -> usize;
        fn gauge_outcomes(modality: usize) -> i32;
        fn gauge_create(parameters: *const f64, count: usize, seed: u64, agent: *mut *mut Agent) -> i32;
        fn gauge_reset(agent: *mut Agent) -> i32;
        fn gauge_step(agent: *mut Agent, outcomes: *const i32, count: usize, actions: *mut i32, action_count: usize) -> i32;
        fn gauge_step_weighed(
            agent: *mut Agent,
            outcomes: *const i32,
            count: usize,
            weights: *const f64,
            weight_count: usize,
            actions: *mut i32,
            action_count: usize,
        ) -> i32;
        fn gauge_free(agent: *mut Agent);
    }

    #[test]
    fn a_number_comes_in_through_the_c_door() {
        let mut agent = std::ptr::null_mut();
        let parameters = [0.5, 2.0, 0.9, 2.0];
        // SAFETY: every pointer is to as many numbers as said.
        #[allow(unsafe_code)]
        unsafe {
            assert_eq!(gauge_create(parameters.as_ptr(), 4, 7, &mut agent), 0);
            assert_eq!((gauge_modalities(), gauge_outcomes(0)), (1, 0));
            let mut turned = [0; 2];
            for (level, turned) in [0.1, 1.9].into_iter().zip(&mut turned) {
                for _ in 0..200 {
                    let mut action = [9];
                    assert_eq!(gauge_reset(agent), 0);
                    assert_eq!(gauge_step_weighed(agent, [-2].as_ptr(), 1, [level].as_ptr(), 1, action.as_mut_ptr(), 1), 0);
                    *turned += action[0];
                }
            }
            assert!(turned[0] > turned[1] + 20, "{turned:?}");
            let mut action = [9];
            assert_eq!(gauge_step_weighed(agent, [-2].as_ptr(), 1, [f64::NAN].as_ptr(), 1, action.as_mut_ptr(), 1), -7);
            assert_eq!(gauge_step(agent, [0].as_ptr(), 1, action.as_mut_ptr(), 1), -3);
            assert_eq!(gauge_step(agent, [-1].as_ptr(), 1, action.as_mut_ptr(), 1), 0);
            gauge_free(agent);
        }
    }
}
