//! Sensitivities to soft evidence and parameters: against finite differences, the definitions in plain loops, and the golden file.

#[path = "models/line.rs"]
mod line;
#[path = "models/random.rs"]
#[allow(dead_code)]
mod random;

use aif::prelude::*;
use aif::runtime::model::{GenerativeModel, Marginals, ModelFamily};
use aif::runtime::{Dual, Signal};
use aif::sensitivity::{
    Evaluation, Experience, Gradient, MeanFreeEnergy, Objective, Sensitivity, Softmax, Step, TemporalConsistency, Terms,
};
use aif::worlds::{Cue, Outcome, TMaze, TMazeAction, TMazeEvidence, TMazePlace};
use line::{Line, LineAction, LineEvidence, Move};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use random::{Trio, trio};

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u32() as f64 + 0.5) / 2f64.powi(32)
}

fn distribution<O: Domain>(rng: &mut ChaCha8Rng) -> Dist<O> {
    Dist::softmax(|_| 4.0 * unit(rng))
}

/// A function of beliefs that is no sum over steps: how much the belief in the last state varies, times how sure the last one is.
struct Swing;

impl<M: ModelFamily> Objective<M> for Swing {
    const TERMS: &'static [&'static str] = &["last state", "entropy", "expected outcome"];

    fn terms<T: Real>(&self, step: &Step<'_, M, T>, terms: &mut [T]) {
        let p = step.belief.probabilities(0);
        terms[0] = p[p.len() - 1];
        terms[1] = aif::runtime::scalar::entropy(p);
        terms[2] = step.divergence();
    }

    fn total<T: Real>(&self, terms: &Terms<'_, T>) -> T {
        let mean = terms.mean(0);
        let mut variance = T::zero();
        for t in 0..terms.steps() {
            variance += (terms.at(t, 0) - mean) * (terms.at(t, 0) - mean);
        }
        variance * terms.at(terms.steps() - 1, 1) + terms.mean(2).ln()
    }
}

/// The largest difference between derivatives and central differences.
fn worst<M: ModelFamily, O: Objective<M>>(sensitivity: &Sensitivity<M, O>, sequence: &[Experience<M>]) -> f64 {
    let gradient = sensitivity.gradient(sequence).unwrap();
    let values = sensitivity.values();
    assert_eq!(values.value(sequence).unwrap(), gradient.value);
    let mut worst = 0.0f64;
    for t in 0..sequence.len() {
        for m in 0..M::META.modalities.len() {
            for o in 0..M::META.modalities[m].outcomes.count {
                let at = |h: f64| {
                    let mut moved = sequence.to_vec();
                    let signal = M::signal(&sequence[t].evidence, m);
                    let (Signal::Soft(p) | Signal::Faint(p, _) | Signal::Likelihood(p)) = signal else { return None };
                    let mut numbers = p.to_vec();
                    numbers[o] += h;
                    let signal = match signal {
                        Signal::Faint(_, w) => Signal::Faint(&numbers, w),
                        Signal::Likelihood(_) => Signal::Likelihood(&numbers),
                        _ => Signal::Soft(&numbers),
                    };
                    M::set_signal(&mut moved[t].evidence, m, signal);
                    Some(values.value(&moved).unwrap().total)
                };
                let h = 4e-7;
                let slope = match (at(h), at(-h), at(2.0 * h), at(-2.0 * h)) {
                    (Some(a), Some(b), Some(c), Some(d)) => (8.0 * (a - b) - (c - d)) / (12.0 * h),
                    _ => 0.0,
                };
                worst = worst.max((slope - gradient.evidence[t].probabilities(m)[o]).abs() / (1.0 + slope.abs()));
            }
        }
    }
    worst
}

fn line_sequence(rng: &mut ChaCha8Rng, steps: usize) -> Vec<Experience<Line>> {
    (0..steps)
        .map(|_| Experience {
            evidence: LineEvidence { seen: distribution(rng).into() },
            action: Some(LineAction { go: Move::from_index(rng.next_u32() as usize % 3).unwrap() }),
        })
        .collect()
}

#[test]
fn the_objective_is_what_its_definition_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let sequence = line_sequence(&mut rng, 6);
    let (likelihood, transition) = (line::likelihood(), line::transition());
    let (mut energy, mut divergence) = (0.0, 0.0);
    let mut prior = [0.2; 5];
    for (t, step) in sequence.iter().enumerate() {
        let Observed::Soft(seen) = step.evidence.seen else { panic!() };
        let seen = seen.probabilities();
        let log = |s: usize| (0..5).map(|o| seen[o] * likelihood[s][o].ln()).sum::<f64>();
        let joint: Vec<f64> = (0..5).map(|s| log(s).exp() * prior[s]).collect();
        let evidence: f64 = joint.iter().sum();
        energy -= evidence.ln() / 6.0;
        if t > 0 {
            for o in 0..5 {
                let expected: f64 = (0..5).map(|s| likelihood[s][o] * prior[s]).sum();
                divergence += seen[o] * (seen[o] / expected).ln() / 5.0;
            }
        }
        let go = step.action.unwrap().go.index();
        prior = std::array::from_fn(|next| (0..5).map(|s| transition[s][go][next] * joint[s] / evidence).sum());
    }
    let objective = TemporalConsistency { weight: 8.0 };
    let value =
        Sensitivity::new(&Line::default(), (), AgentOptions::default(), objective).unwrap().values().value(&sequence).unwrap();
    assert!((value.total - energy - 8.0 * divergence).abs() < 1e-12, "{} {energy} {divergence}", value.total);
    assert!((value.terms().mean(0) - energy).abs() < 1e-12 && (value.terms().mean_from(1, 1) - divergence).abs() < 1e-12);
    assert_eq!(
        (value.terms().steps(), value.terms().at(0, 1), value.terms().at(6, 0), value.terms().at(0, 2)),
        (6, 0.0, 0.0, 0.0)
    );
}

#[test]
fn gradients_are_slopes() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let sequence = line_sequence(&mut rng, 6);
    let line = Line::default();
    let at = |inference| AgentOptions { inference, ..AgentOptions::default() };
    let sweeps = Sweeps::Sequential { most: 400, tolerance: 1e-14 };
    let windowed = Inference::Marginal { window: 3, sweeps };
    for inference in [Inference::default(), Inference::Exact, Inference::FixedPoint(Sweeps::Parallel(1)), windowed] {
        let consistency = Sensitivity::new(&line, (), at(inference), TemporalConsistency { weight: 8.0 }).unwrap();
        let swing = Sensitivity::new(&line, (), at(inference), Swing).unwrap();
        for worst in [worst(&consistency, &sequence), worst(&swing, &sequence)] {
            assert!(worst < 1e-7, "{inference:?}: {worst}");
        }
    }
}

/// Evidence of every kind, and factors that compete to explain it.
fn maze_sequence(rng: &mut ChaCha8Rng) -> Vec<Experience<TMaze<f64>>> {
    let go = [TMazePlace::Cue, TMazePlace::Centre, TMazePlace::Middle, TMazePlace::Left];
    let mut sequence: Vec<Experience<TMaze<f64>>> = go
        .into_iter()
        .map(|go| Experience {
            evidence: TMazeEvidence {
                seen: distribution::<TMazePlace>(rng).into(),
                outcome: Outcome::Nothing.into(),
                cue: distribution::<Cue>(rng).into(),
            },
            action: Some(TMazeAction { go }),
        })
        .collect();
    sequence[1].evidence.cue = Observed::Missing;
    sequence[2].evidence.cue = Observed::faint(distribution::<Cue>(rng), 0.6);
    sequence[3].evidence.outcome = distribution::<Outcome>(rng).into();
    sequence
        .push(Experience { evidence: TMazeEvidence { outcome: Outcome::Reward.into(), ..sequence[1].evidence }, action: None });
    sequence
}

#[test]
fn gradients_are_slopes_with_several_factors_and_every_method() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let sequence = maze_sequence(&mut rng);
    let model = TMaze { reward_probability: 0.9, punishment_probability: 0.8, ..TMaze::default() };
    let sweeps = Sweeps::Sequential { most: 1_000, tolerance: 1e-15 };
    let methods = [
        Inference::FixedPoint(sweeps),
        Inference::FixedPoint(Sweeps::Parallel(1)),
        Inference::FixedPoint(Sweeps::Parallel(4)),
        Inference::Exact,
        Inference::Components,
        Inference::Variational { window: 2, sweeps: Sweeps::Parallel(5) },
    ];
    for inference in methods {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let consistency = Sensitivity::new(&model, (), options, TemporalConsistency { weight: 2.0 }).unwrap();
        let swing = Sensitivity::new(&model, (), options, Swing).unwrap();
        for worst in [worst(&consistency, &sequence), worst(&swing, &sequence)] {
            assert!(worst < 2e-6, "{inference:?}: {worst}");
        }
    }
}

/// A reading with weights that sum to whatever they do, below 1 each, so that no surprise is below 0.
fn readings<O: Domain>(rng: &mut ChaCha8Rng) -> Observed<O> {
    let unit_of = 0.1 + 0.6 * unit(rng);
    Observed::likelihood(|_| unit_of * (0.05 + unit(rng)))
}

#[test]
fn gradients_by_weights_are_slopes() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let model = TMaze { reward_probability: 0.9, punishment_probability: 0.8, ..TMaze::default() };
    let mut maze = maze_sequence(&mut rng);
    for step in &mut maze[1..] {
        (step.evidence.seen, step.evidence.cue) = (readings(&mut rng), readings(&mut rng));
    }
    let mut along = line_sequence(&mut rng, 6);
    along.iter_mut().for_each(|step| step.evidence.seen = readings(&mut rng));
    let (line, sweeps) = (Line::default(), Sweeps::Sequential { most: 1_000, tolerance: 1e-15 });
    let passing = Inference::Marginal { window: 3, sweeps: Sweeps::Parallel(5) };
    for inference in [Inference::Exact, Inference::Components, Inference::FixedPoint(sweeps), Inference::REFERENCE, passing] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let consistency = TemporalConsistency { weight: 2.0 };
        let on_line = worst(&Sensitivity::new(&line, (), options, consistency).unwrap(), &along);
        let swing = worst(&Sensitivity::new(&line, (), options, Swing).unwrap(), &along);
        let in_maze = worst(&Sensitivity::new(&model, (), options, consistency).unwrap(), &maze);
        for worst in [on_line, swing, in_maze] {
            assert!(worst < 1e-7, "{inference:?}: {worst}");
        }
    }
    // Nothing but zeros is no reading.
    along[2].evidence.seen = Observed::likelihood(|_| 0.0);
    let sensitivity = Sensitivity::new(&line, (), AgentOptions::default(), MeanFreeEnergy).unwrap();
    let error = sensitivity.gradient(&along).unwrap_err().to_string();
    assert!(
        error.contains("step 2: `seen` has the weights [0.0, 0.0, 0.0, 0.0, 0.0]: 5 finite numbers of at least 0"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn gradients_are_slopes_on_random_models(model in trio(), seed in any::<u64>()) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let meta = <Trio as GenerativeModel>::META;
        let mut experience = || {
            let mut evidence = <Trio as GenerativeModel>::evidence(&[]);
            for m in 0..meta.modalities.len() {
                let mut p: Vec<f64> = (0..meta.modalities[m].outcomes.count).map(|_| unit(&mut rng)).collect();
                let sum: f64 = p.iter().sum();
                p.iter_mut().for_each(|p| *p /= sum);
                Trio::set_signal(&mut evidence, m, Signal::Soft(&p));
            }
            Experience { evidence, action: Domain::from_index(rng.next_u32() as usize % meta.joint_actions()) }
        };
        let sequence: Vec<Experience<Trio>> = (0..4).map(|_| experience()).collect();
        for inference in [Inference::Exact, Inference::Components, Inference::FixedPoint(Sweeps::Parallel(6))] {
            let options = AgentOptions { inference, ..AgentOptions::default() };
            let sensitivity = Sensitivity::new(&model, (), options, TemporalConsistency { weight: 1.0 }).unwrap();
            let worst = worst(&sensitivity, &sequence);
            prop_assert!(worst < 1e-6, "{inference:?}: {worst}");
        }
    }
}

#[test]
fn faint_evidence_diverges_as_far_as_it_is_attended_to() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let sensitivity =
        Sensitivity::new(&Line::default(), (), AgentOptions::default(), TemporalConsistency { weight: 1.0 }).unwrap();
    let mut sequence = line_sequence(&mut rng, 2);
    let glimpse = distribution::<Index<5>>(&mut rng);
    let mut divergence = |seen| {
        sequence[1].evidence.seen = seen;
        sensitivity.values().value(&sequence).unwrap().terms().at(1, 1)
    };
    assert_eq!(divergence(Observed::Missing), 0.0);
    assert!(divergence(Observed::faint(glimpse, 0.0)).abs() < 1e-15);
    let (half, whole) = (divergence(Observed::faint(glimpse, 0.5)), divergence(Observed::Soft(glimpse)));
    assert!((divergence(Observed::faint(glimpse, 1.0)) - whole).abs() < 1e-15);
    assert!(half > 0.0 && half < whole);
}

#[test]
fn derivatives_are_numbers_however_improbable_the_evidence() {
    let model = TMaze { reward_probability: 1e-160, ..TMaze::default() };
    let options = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
    let sensitivity = Sensitivity::new(&model, (), options, TemporalConsistency { weight: 1.0 }).unwrap();
    let mut sequence = maze_sequence(&mut ChaCha8Rng::seed_from_u64(12));
    for step in &mut sequence {
        step.evidence.seen = TMazePlace::Left.into();
        step.evidence.outcome = Outcome::Reward.into();
    }
    sensitivity.gradient(&sequence).unwrap();
}

#[test]
fn logits_have_the_gradient_of_their_slopes() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let softmax = Softmax { temperature: 0.15, floor: 1e-8 };
    let logits: Vec<Vec<f64>> = (0..6).map(|_| (0..5).map(|_| unit(&mut rng) - 0.5).collect()).collect();
    let actions = line_sequence(&mut rng, 6);
    let sequence = |logits: &[Vec<f64>]| -> Vec<Experience<Line>> {
        let step = |(logits, step): (&Vec<f64>, &Experience<Line>)| {
            let mut p = [0.0; 5];
            p.copy_from_slice(logits);
            softmax.apply(&mut p);
            Experience { evidence: LineEvidence { seen: Dist::from(p).into() }, ..*step }
        };
        logits.iter().zip(&actions).map(step).collect()
    };
    let sensitivity =
        Sensitivity::new(&Line::default(), (), AgentOptions::default(), TemporalConsistency { weight: 8.0 }).unwrap();
    let gradient = sensitivity.gradient(&sequence(&logits)).unwrap();
    for t in 0..6 {
        let by_logit = softmax.pull_back(&logits[t], gradient.evidence[t].probabilities(0));
        for i in 0..5 {
            let at = |h: f64| {
                let mut moved = logits.clone();
                moved[t][i] += h;
                sensitivity.values().value(&sequence(&moved)).unwrap().total
            };
            let h = 1e-4;
            let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
            assert!((slope - by_logit[i]).abs() < 1e-7 * (1.0 + slope.abs()), "{t} {i}: {slope} {}", by_logit[i]);
        }
    }
}

#[test]
fn a_softmax_of_many_outcomes_is_pulled_back_in_parts() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let logits: Vec<f64> = (0..19).map(|_| 3.0 * unit(&mut rng)).collect();
    let weights: Vec<f64> = (0..19).map(|_| unit(&mut rng)).collect();
    // One probability is below the floor.
    let softmax = Softmax { temperature: 0.7, floor: 0.005 };
    let value = |logits: &[f64]| {
        let mut p = logits.to_vec();
        softmax.apply(&mut p);
        p.iter().zip(&weights).map(|(p, w)| p * w).sum::<f64>()
    };
    for (i, by) in softmax.pull_back(&logits, &weights).into_iter().enumerate() {
        let at = |h: f64| {
            let mut moved = logits.clone();
            moved[i] += h;
            value(&moved)
        };
        let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
        assert!((slope - by).abs() < 1e-9, "{i}: {slope} {by}");
    }
}

#[test]
fn parameters_have_derivatives_in_any_scalar() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let sequence = maze_sequence(&mut rng);
    let numbers = [0.85, 0.8, 0.9];
    let model = |[reward_probability, punishment_probability, cue_validity]: [f64; 3]| TMaze {
        reward_probability,
        punishment_probability,
        cue_validity,
        ..TMaze::default()
    };
    let variable = |i: usize| Dual::<3>::variable(numbers[i], i);
    let directed = TMaze {
        reward_probability: variable(0),
        punishment_probability: variable(1),
        cue_validity: variable(2),
        ..TMaze::default()
    };
    let (options, objective) = (AgentOptions::default(), TemporalConsistency { weight: 1.0 });
    let evaluation = Evaluation::<TMaze<f64>, _, Dual<3>>::new(&directed, (), options, objective).unwrap();
    let total = evaluation.values(&[&sequence]).unwrap()[0].total;
    for i in 0..3 {
        let at = |h: f64| {
            let mut moved = numbers;
            moved[i] += h;
            Sensitivity::new(&model(moved), (), options, objective).unwrap().values().value(&sequence).unwrap().total
        };
        let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
        assert!((slope - total.gradient[i]).abs() < 1e-6, "{i}: {slope} {}", total.gradient[i]);
    }
}

#[test]
fn batches_are_their_members_on_any_number_of_threads() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let sequences: Vec<_> = (1..20).map(|steps| line_sequence(&mut rng, steps)).collect();
    let sensitivity = Sensitivity::new(&Line::default(), (), AgentOptions::default(), MeanFreeEnergy).unwrap();
    let bits = |gradients: &[Gradient<Line>]| format!("{gradients:?}");
    let one: Vec<_> = sequences.iter().map(|s| sensitivity.gradient(s).unwrap()).collect();
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(bits(&pool.install(|| sensitivity.gradients(&sequences).unwrap())), bits(&one));
    }
}

#[test]
fn the_beliefs_are_those_of_an_agent() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let sequence = line_sequence(&mut rng, 5);
    let sensitivity = Sensitivity::new(&Line::default(), (), AgentOptions::default(), MeanFreeEnergy).unwrap();
    let gradient = sensitivity.gradient(&sequence).unwrap();
    let mut agent = Agent::new(Line::default()).unwrap();
    for (t, step) in sequence.iter().enumerate() {
        let prior = *agent.belief();
        assert_eq!(agent.infer_states(step.evidence), &gradient.beliefs[t]);
        let energy = agent.free_energy(&prior, step.evidence).total();
        assert!((energy - gradient.value.terms().at(t, 0)).abs() < 1e-12);
        agent.update_empirical_prior(step.action.unwrap());
    }
}

#[test]
fn what_is_wrong_with_a_sequence_is_said_with_its_place() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    let (good, mut broken, mut wild) = (line_sequence(&mut rng, 3), line_sequence(&mut rng, 3), line_sequence(&mut rng, 3));
    broken[1].action = None;
    wild[2].evidence.seen = Dist::from([0.5, 0.5, 0.5, 0.0, 0.0]).into();
    let sensitivity = Sensitivity::new(&Line::default(), (), AgentOptions::default(), MeanFreeEnergy).unwrap();
    let complaint = |bad: Vec<Experience<Line>>| sensitivity.gradients(&[good.clone(), bad]).unwrap_err().to_string();
    assert_eq!(complaint(broken), "sequence 1, step 1: an action is missing; only the last step may do without");
    assert!(
        complaint(wild)
            .starts_with("sequence 1, step 2: what is known of `seen` is [0.5, 0.5, 0.5, 0.0, 0.0], which sums to 1.5: ")
    );
    assert_eq!(complaint(Vec::new()), "sequence 1, step 0: the sequence is empty, but needs at least one step");
    let learning = AgentOptions { learning: Some(Default::default()), ..AgentOptions::default() };
    let error = Sensitivity::new(&Line::default(), (), learning, MeanFreeEnergy).err().unwrap();
    assert!(error.to_string().contains("an agent that does not learn"), "{error}");
    struct Nothing;
    impl Objective<Line> for Nothing {
        const TERMS: &'static [&'static str] = &["nothing"];
        fn terms<T: Real>(&self, step: &Step<'_, Line, T>, terms: &mut [T]) {
            if step.index == 1 {
                terms[0] = T::constant(f64::NAN);
            }
        }
    }
    let sensitivity = Sensitivity::new(&Line::default(), (), AgentOptions::default(), Nothing).unwrap();
    assert_eq!(sensitivity.gradient(&good).unwrap_err().to_string(), "sequence 0, step 1: the term `nothing` is NaN");
}

/// The golden file of the reference study, where `AIF_DATA` names its folder: the objective to 1e-9, its gradient to 1e-9.
#[test]
fn the_reference_study_has_the_same_objective() {
    let Some(folder) = std::env::var_os("AIF_DATA") else { return };
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("encoder_golden64.json")).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let all = |name: &str| -> Vec<Vec<Vec<f64>>> { serde_json::from_value(golden[name].clone()).unwrap() };
    let model = Line {
        likelihood: std::array::from_fn(|s| std::array::from_fn(|o| number(&golden["A"][o][s]))),
        transition: std::array::from_fn(|s| std::array::from_fn(|a| std::array::from_fn(|n| number(&golden["B"][n][s][a])))),
    };
    let sequences: Vec<Vec<Experience<Line>>> = all("obs_probs")
        .iter()
        .zip(all("actions"))
        .map(|(seen, actions)| {
            let step = |(seen, action): (&Vec<f64>, Vec<f64>)| {
                let seen: [f64; 5] = std::array::from_fn(|o| seen[o]);
                let go = Move::from_index(action[0] as usize).unwrap();
                Experience { evidence: LineEvidence { seen: Dist::from(seen).into() }, action: Some(LineAction { go }) }
            };
            seen.iter().zip(actions).map(step).collect()
        })
        .collect();
    let count = sequences.len() as f64;
    let options = AgentOptions { inference: Inference::FixedPoint(Sweeps::Parallel(1)), ..AgentOptions::default() };
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    let objective = TemporalConsistency { weight: number(&golden["temporal_weight"]) };
    let total = Sensitivity::new(&model, (), options, objective).unwrap().gradients(&sequences).unwrap();
    let energy = Sensitivity::new(&model, (), options, MeanFreeEnergy).unwrap().gradients(&sequences).unwrap();
    let mean = |gradients: &[Gradient<Line>]| gradients.iter().map(|g| g.value.total).sum::<f64>() / count;
    close(mean(&total), number(&golden["total"]));
    close(mean(&energy), number(&golden["mean_vfe"]));
    close((mean(&total) - mean(&energy)) / objective.weight, number(&golden["temporal_kl"]));
    for (ours, theirs) in [(total, all("grad_total")), (energy, all("grad_vfe"))] {
        for (ours, theirs) in ours.iter().zip(theirs) {
            for (ours, theirs) in ours.evidence.iter().zip(theirs) {
                ours.probabilities(0).iter().zip(theirs).for_each(|(&ours, theirs)| close(ours / count, theirs));
            }
        }
    }
}
