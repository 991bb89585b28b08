//! Likelihoods, gradients and samplers: against golden values, finite differences and integrals.
//!
//! Data sets are read from `tests/fixtures`, or from the folder that `AIF_DATA` names.

#[path = "models/oracle.rs"]
mod oracle;
#[path = "models/populations.rs"]
mod populations;
#[path = "models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::path::PathBuf;

use aif::infer::data::{DataOptions, RawTable};
use aif::infer::fit::{Method, Plan};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::results::{Fit, Fittable, Group, fit_nuts, fit_with};
use aif::infer::sample::{NutsOptions, sample};
use aif::infer::score::{Assigned, Behaviour, History, RecordedBlock, RecordedRow, ScoreError};
use aif::infer::study::StudyBehaviour;
use aif::infer::svi::SviOptions;
use aif::infer::{Density, Known, Population, Posterior, Rejected, Scored, likelihood, pointwise};
use aif::prelude::*;
use populations::{Everything, Flat, RewardBelief};
use serde_json::Value;
use tmaze::TMaze;

fn data(name: &str) -> PathBuf {
    let folder = std::env::var("AIF_DATA").unwrap_or_else(|_| format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR")));
    PathBuf::from(folder).join(name)
}

fn json(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(data(name)).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn records(name: &str) -> (Vec<String>, Vec<History>) {
    let table = RawTable::open(&data(name)).unwrap();
    let read = <Pomdp<TMaze<f64>> as StudyBehaviour>::read(&[table], &DataOptions::default(), false).unwrap();
    (read.names, read.records)
}

fn scored<'a>(record: &'a History, options: &'a AgentOptions) -> Scored<'a, History, AgentOptions> {
    Scored { record, covariates: &[], options }
}

fn group<P: Population<Record = History, Options = AgentOptions>>(name: &str, options: AgentOptions) -> Group<P> {
    let (names, records) = records(name);
    Group::new(names, records, options).unwrap()
}

#[test]
fn log_likelihoods_and_gradients_match_the_reference() {
    for name in ["tmaze_10x100x5", "tmaze_50x20x5"] {
        let golden = json(&format!("{name}.golden.json"));
        let (_, records) = records(&format!("{name}.csv"));
        let options = AgentOptions::default();
        let check = |subject: usize, z: f64, value: f64, slope: f64| {
            for score in [
                likelihood::<Flat>(&[], &[z], scored(&records[subject], &options)).unwrap(),
                likelihood::<RewardBelief>(&[], &[z], scored(&records[subject], &options)).unwrap(),
            ] {
                assert!((score.log_likelihood / value - 1.0).abs() < 1e-9, "{name} subject {subject} z {z}");
                assert!((score.derivatives[0] - slope).abs() < 1e-7, "{name} subject {subject} z {z}");
            }
        };
        for (i, z) in numbers(&golden["z_grid"]).into_iter().enumerate() {
            let (values, slopes) = (numbers(&golden["loglik_grid"][i]), numbers(&golden["grad_grid"][i]));
            assert_eq!(values.len(), records.len());
            for s in 0..records.len() {
                check(s, z, values[s], slopes[s]);
            }
        }
        let truth = numbers(&golden["z_true"]);
        let (values, slopes) = (numbers(&golden["loglik_true"]), numbers(&golden["grad_true"]));
        for s in 0..records.len() {
            check(s, truth[s], values[s], slopes[s]);
        }
        for (s, blocks) in golden["pointwise_true"].as_array().unwrap().iter().enumerate() {
            let wanted: Vec<f64> = blocks.as_array().unwrap().iter().flat_map(numbers).collect();
            let got = pointwise::<Flat>(&[], &[truth[s]], scored(&records[s], &options)).unwrap();
            assert_eq!(got.len(), wanted.len());
            assert!(got.iter().zip(&wanted).all(|(g, w)| (g - w).abs() < 1e-9));
        }
    }
}

/// A subject's likelihood as a function of the numbers drawn for it, given those above it.
struct OfSubject<'a, P> {
    above: &'a [f64],
    scored: Scored<'a, History, AgentOptions>,
    population: std::marker::PhantomData<P>,
}

impl<const N: usize, P: Population<Record = History, Options = AgentOptions>> oracle::Differentiated<N> for OfSubject<'_, P> {
    fn at<T: Real>(&self, x: [T; N]) -> T {
        let leaf = P::META.leaf();
        let mut values: Vec<T> = self.above.iter().map(|&a| T::constant(a)).collect();
        values.resize(P::META.offset(leaf + 1), T::constant(f64::NAN));
        P::draw(leaf, &mut values, self.scored.covariates, &mut Known::new(&x));
        let (model, assigned) = P::agent(&values, self.scored.covariates);
        model.family().log_likelihood(&assigned, self.scored.record, self.scored.options).unwrap()
    }
}

/// At every point with a golden gradient: this library's gradients and Hessians are those of num-dual's numbers.
#[test]
fn gradients_and_hessians_are_those_of_another_implementation() {
    let mut worst = 0.0f64;
    let population = std::marker::PhantomData::<Flat>;
    for name in ["tmaze_10x100x5", "tmaze_50x20x5"] {
        let golden = json(&format!("{name}.golden.json"));
        let (_, records) = records(&format!("{name}.csv"));
        let options = AgentOptions::default();
        let (grid, truth) = (numbers(&golden["z_grid"]), numbers(&golden["z_true"]));
        for (s, record) in records.iter().enumerate() {
            let of = OfSubject { above: &[], scored: scored(record, &options), population };
            for &z in grid.iter().chain([&truth[s]]) {
                let (apart, count) = oracle::differences(&of, [z]);
                assert!(apart < 1e-12 && count == 5, "{name} subject {s} z {z}: {apart:e}");
                worst = worst.max(apart);
            }
            assert!(oracle::third_difference(&of, [truth[s]]) < 1e-6, "{name} subject {s}");
        }
    }
    // Five directions: two of the model, two precisions, and a lapse that is the group's.
    let (_, records) = records("tmaze_10x100x5.csv");
    let options = AgentOptions::default();
    let (above, population) = ([0.4, 0.7, 0.1, 0.05], std::marker::PhantomData::<Everything>);
    for record in &records {
        let of = OfSubject { above: &above, scored: scored(record, &options), population };
        let (apart, count) = oracle::differences(&of, [0.3, 1.1, -0.2, 1.3]);
        assert!(apart < 1e-12 && count == 26, "{apart:e}");
        worst = worst.max(apart);
    }
    println!("at most {worst:.0e} apart");
}

#[test]
fn exact_inference_and_fixed_point_iteration_agree_where_the_place_is_known() {
    let (_, records) = records("tmaze_10x100x5.csv");
    let exact = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
    for record in &records {
        let a = likelihood::<Flat>(&[], &[0.7], scored(record, &AgentOptions::default())).unwrap();
        let b = likelihood::<Flat>(&[], &[0.7], scored(record, &exact)).unwrap();
        assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-9);
    }
}

/// The scored likelihood is that of agents that walk along the record one step at a time.
#[test]
fn scoring_a_record_is_walking_along_it() {
    let (_, records) = records("tmaze_10x100x5.csv");
    let table = RawTable::open(&data("tmaze_10x100x5.csv")).unwrap();
    let mut agent = Agent::new(TMaze { reward_probability: 0.8, preference: 1.2 }).unwrap();
    let mut total = 0.0;
    for cells in table.rows().filter(|row| row.cell(0) == "0") {
        if cells.cell(2) == "0" {
            agent.restart();
        }
        let find = |labels: Vec<String>, cell: &str| labels.iter().position(|l| l == cell);
        let labels =
            |m: usize| <TMaze<f64> as GenerativeModel>::META.modalities[m].outcomes.all().map(|l| l.into_owned()).collect();
        let outcomes: Vec<Option<usize>> = (0..3).map(|m| find(labels(m), &cells[3 + m])).collect();
        agent.infer_states(<TMaze<f64> as GenerativeModel>::evidence(&outcomes));
        let places = tmaze::Place::all().map(|p| p.label().into_owned()).collect();
        if let Some(go) = find(places, &cells[6]) {
            total += agent.action_log_probabilities()[go];
            agent.update_empirical_prior(tmaze::TMazeAction { go: tmaze::Place::from_index(go).unwrap() });
        }
    }
    let assigned = Assigned::default();
    let scored = TMaze { reward_probability: 0.8, preference: 1.2 }.family().log_likelihood(
        &assigned,
        &records[0],
        &AgentOptions::default(),
    );
    assert!((scored.unwrap() - total).abs() < 1e-9);
}

fn finite_differences(density: &dyn Density, at: &[f64], tolerance: f64) {
    let mut gradient = vec![0.0; at.len()];
    density.ln_density(at, &mut gradient).unwrap();
    for i in 0..at.len() {
        let moved = |by: f64| {
            let mut x = at.to_vec();
            x[i] += by;
            density.ln_density(&x, &mut vec![0.0; at.len()]).unwrap()
        };
        // Two steps and Richardson's extrapolation: an error of the fourth order.
        let slope = |h: f64| (moved(h) - moved(-h)) / (2.0 * h);
        let near = (4.0 * slope(5e-4) - slope(1e-3)) / 3.0;
        assert!((gradient[i] - near).abs() < tolerance * (1.0 + near.abs()), "direction {i}: {} {near}", gradient[i]);
    }
}

#[test]
fn gradients_match_finite_differences_with_everything_free() {
    let (names, mut records) = records("tmaze_50x20x5.csv");
    records.truncate(3);
    drop(names);
    for sampling in [Sampling::Policies, Sampling::Marginals] {
        for inference in [Inference::REFERENCE, Inference::Exact] {
            let options = AgentOptions { sampling, inference, ..AgentOptions::default() };
            // mu, ln sigma, logit slip; then z, ln preference, g, ln a of each subject.
            let mut at = vec![0.3, -0.4, -2.0];
            for s in 0..3 {
                at.extend([0.5 - 0.4 * s as f64, 0.2, -0.3 + 0.1 * s as f64, 0.1]);
            }
            let everything = Posterior::<Everything>::new(records.iter().collect(), &options).unwrap();
            assert_eq!(everything.dimension(), at.len());
            finite_differences(&everything, &at, 1e-6);
            finite_differences(
                &Posterior::<RewardBelief>::new(records.iter().collect(), &options).unwrap(),
                &[0.3, -0.4, 0.5, -0.2, 1.0],
                1e-6,
            );
            finite_differences(&Posterior::<Flat>::new(vec![&records[0]], &options).unwrap(), &[0.5], 1e-6);
        }
    }
}

#[test]
fn one_gradient_is_the_same_in_parallel() {
    let (_, records) = records("tmaze_50x20x5.csv");
    let options = AgentOptions::default();
    let at: Vec<f64> = (0..52).map(|i| 0.3 - 0.01 * f64::from(i)).collect();
    let of = |parallel| {
        let posterior = Posterior::<RewardBelief>::new(records.iter().collect(), &options).unwrap().parallel(parallel);
        let mut gradient = vec![0.0; 52];
        (posterior.ln_density(&at, &mut gradient).unwrap(), gradient)
    };
    assert_eq!(of(true), of(false));
}

fn nuts(chains: usize, warmup: usize, draws: usize) -> NutsOptions {
    NutsOptions { chains, warmup, draws, ..NutsOptions::default() }
}

/// The posterior mean and standard deviation of one subject by Simpson's rule over the unconstrained line.
fn quadrature(record: &History, options: &AgentOptions) -> (f64, f64) {
    let posterior = Posterior::<Flat>::new(vec![record], options).unwrap();
    let points: Vec<(f64, f64)> = (0..=400)
        .map(|i| {
            let z = -8.0 + 0.04 * f64::from(i);
            let weight = if i == 0 || i == 400 {
                1.0
            } else if i % 2 == 1 {
                4.0
            } else {
                2.0
            };
            (z, weight, posterior.ln_density(&[z], &mut [0.0]).unwrap())
        })
        .map(|(z, weight, ln)| (z, weight * (ln + 770.0).exp()))
        .collect();
    let mass: f64 = points.iter().map(|p| p.1).sum();
    let mean = points.iter().map(|(z, p)| z * p).sum::<f64>() / mass;
    (mean, (points.iter().map(|(z, p)| (z - mean).powi(2) * p).sum::<f64>() / mass).sqrt())
}

fn z_of(fit: &Fit, s: usize) -> aif::infer::results::Summary {
    fit.quantity("z", Some(s)).unwrap().summary
}

#[test]
fn a_flat_fit_finds_the_posterior_that_integration_finds() {
    let group = group::<Flat>("tmaze_10x100x5.csv", AgentOptions::default());
    let golden = json("tmaze_10x100x5.posterior.json");
    let fit = fit_nuts(&group, nuts(4, 400, 500), &|| {}).unwrap();
    assert!(fit.complaints().is_empty(), "{:?}", fit.complaints());
    assert_eq!(fit.overall().divergences, 0);
    for s in 0..group.names().len() {
        let (mean, sd) = quadrature(&group.records[s], &group.options);
        assert!((mean - golden["post_mean"][s].as_f64().unwrap()).abs() < 1e-6);
        assert!((sd - golden["post_sd"][s].as_f64().unwrap()).abs() < 1e-6);
        let z = z_of(&fit, s);
        assert!((z.mean - mean).abs() < 4.0 * sd / z.ess_bulk.sqrt(), "subject {s}: {} {mean}", z.mean);
        assert!((z.sd - sd).abs() < 0.12 * sd, "subject {s}: {} {sd}", z.sd);
        assert!(z.rhat <= 1.01, "subject {s}: {}", z.rhat);
        // The derived quantity is worked out draw by draw.
        let p = fit.quantity("reward_probability", Some(s)).unwrap();
        let first = fit.quantity("z", Some(s)).unwrap().draw(0, 0);
        assert!((p.draw(0, 0) - (0.5 + 0.5 / (1.0 + (-first).exp()))).abs() < 1e-12);
    }
}

#[test]
fn a_hierarchical_fit_converges_and_shrinks() {
    let group = group::<RewardBelief>("tmaze_10x100x5.csv", AgentOptions::default());
    let fit = fit_nuts(&group, nuts(4, 300, 400), &|| {}).unwrap();
    assert!(fit.quantities.iter().all(|q| q.summary.rhat < 1.02), "{:?}", fit.complaints());
    assert_eq!(fit.overall().divergences, 0);
    let golden = numbers(&json("tmaze_10x100x5.posterior.json")["post_mean"]);
    let means: Vec<f64> = (0..10).map(|s| z_of(&fit, s).mean).collect();
    assert!(aif::infer::results::correlation(&means, &golden) > 0.98);
    let sigma = fit.quantity("sigma", None).unwrap().summary;
    assert!(sigma.mean > 0.3 && sigma.mean < 1.6);
}

#[test]
fn one_seed_gives_one_fit_on_any_number_of_threads() {
    let group = group::<RewardBelief>("tmaze_10x100x5.csv", AgentOptions::default());
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fit = pool.install(|| fit_nuts(&group, nuts(1, 20, 20), &|| {})).unwrap();
        aif::infer::results::draws_csv(&fit)
    };
    assert_eq!(on(1), on(2));
}

struct Gaussian(usize);

impl Density for Gaussian {
    fn dimension(&self) -> usize {
        self.0
    }
    fn ln_density(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let mut sum = 0.0;
        for (i, (x, g)) in x.iter().zip(gradient).enumerate() {
            let scale = (i + 1) as f64;
            *g = -x / (scale * scale);
            sum -= 0.5 * (x / scale).powi(2);
        }
        Ok(sum)
    }
}

#[test]
fn gaussians_are_sampled_correctly() {
    for dimension in [1, 10] {
        let chains = sample(&[&Gaussian(dimension)], &nuts(4, 500, 2000), &|| {}).unwrap();
        for i in 0..dimension {
            let draws: Vec<Vec<f64>> = chains[0].iter().map(|c| c.positions.iter().map(|x| x[i]).collect()).collect();
            let s = aif::infer::results::summary(&draws);
            let scale = (i + 1) as f64;
            assert!(s.mean.abs() < 4.0 * scale / s.ess_bulk.sqrt(), "{dimension}-d, {i}: mean {}", s.mean);
            assert!((s.sd / scale - 1.0).abs() < 0.06, "{dimension}-d, {i}: sd {}", s.sd);
            assert!(s.rhat < 1.01);
            assert!((s.q95 / scale - 1.645).abs() < 0.12);
        }
    }
}

/// A user's own learner: the value of a lever follows its rewards, and choices follow the value (Rescorla & Wagner 1972).
#[derive(Clone, Copy, Debug)]
struct Lever<T> {
    rate: T,
    temperature: T,
}

/// What was chosen and what came of it, trial by trial.
type Trials = Vec<(bool, f64)>;

impl<T: Real> Lever<T> {
    fn trial_by_trial(&self, trials: &Trials) -> Vec<T> {
        let mut value = T::zero();
        let mut log_p = Vec::new();
        for &(pulled, reward) in trials {
            let p = (self.temperature * value).logistic();
            log_p.push(if pulled { p.ln() } else { (-p).ln_1p() });
            if pulled {
                value += self.rate * (T::constant(reward) - value);
            }
        }
        log_p
    }
}

impl<T: Real> Declared<T> for Lever<T> {
    type Family = Self;
    fn family(self) -> Self {
        self
    }
}

impl<T: Real> Behaviour<T> for Lever<T> {
    type Record = Trials;
    type Options = ();
    fn log_likelihood(&self, assigned: &Assigned<T>, record: &Trials, options: &()) -> Result<T, ScoreError> {
        Ok(self.pointwise(assigned, record, options)?.into_iter().fold(T::zero(), |a, b| a + b))
    }
    fn pointwise(&self, _: &Assigned<T>, record: &Trials, _: &()) -> Result<Vec<T>, ScoreError> {
        Ok(self.trial_by_trial(record))
    }
}

model! {
    /// A group of learners that are no agents at all.
    Pullers for Lever<T> {
        population {
            mu ~ Normal(0.0, 1.0);
            tau ~ Exponential(1.0);
        }
        subject {
            r ~ Normal(mu, tau);
            temperature ~ Gamma(2.0, 1.0);
            let rate = logistic(r);
            Lever { rate, temperature }
        }
    }

    /// A funnel: the scale of `x` over the group spans orders of magnitude, and no data hold it.
    Funnel for Lever<T> {
        population {
            v ~ Normal(0.0, 3.0);
            let scale = exp(0.5 * v);
        }
        subject {
            x ~ Normal(0.0, scale);
            Lever { rate: logistic(x), temperature: 1.0 }
        }
    }
}

#[test]
fn any_behaviour_can_be_fitted() {
    let trials = |shift: usize| -> Trials {
        (0..60).map(|t| (!(t + shift as u32).is_multiple_of(3), f64::from(u8::from((t * 7 + shift as u32) % 5 < 3)))).collect()
    };
    let records: Vec<Trials> = (0..4).map(trials).collect();
    let posterior = Posterior::<Pullers>::new(records.iter().collect(), &()).unwrap();
    finite_differences(&posterior, &[0.2, -0.5, 0.1, 0.2, -0.3, 0.4, 0.5, -0.1, 0.0, 0.3], 1e-6);
    let names = (0..4).map(|s| s.to_string()).collect();
    let fit = fit_nuts(&Group::<Pullers>::new(names, records, ()).unwrap(), nuts(4, 600, 1200), &|| {}).unwrap();
    assert!(fit.quantities.iter().all(|q| q.summary.rhat < 1.02), "{:?}", fit.complaints());
    assert!(fit.quantity("rate", Some(0)).unwrap().all().all(|r| (0.0..=1.0).contains(&r)));
}

#[test]
fn a_funnel_is_sampled_correctly_because_it_is_not_centred() {
    let names = vec!["0".to_string()];
    let group = Group::<Funnel>::new(names, vec![Trials::new()], ()).unwrap();
    let fit = fit_nuts(&group, nuts(4, 500, 2000), &|| {}).unwrap();
    let v = fit.quantity("v", None).unwrap().summary;
    assert!(v.mean.abs() < 12.0 / v.ess_bulk.sqrt(), "{v:?}");
    assert!((v.sd - 3.0).abs() < 0.2, "{v:?}");
    assert!((v.q5 + 4.93).abs() < 0.5 && (v.q95 - 4.93).abs() < 0.5, "{v:?}");
    assert_eq!(fit.overall().divergences, 0);
    let scale = fit.quantity("scale", None).unwrap();
    assert!((scale.draw(0, 0) - (0.5 * fit.quantity("v", None).unwrap().draw(0, 0)).exp()).abs() < 1e-12);
}

#[test]
fn a_bad_fit_says_so_in_plain_words() {
    let group = group::<RewardBelief>("tmaze_10x100x5.csv", AgentOptions::default());
    let fit = fit_nuts(&group, nuts(2, 5, 6), &|| {}).unwrap();
    let said = fit.complaints().join("\n");
    assert!(said.contains("R-hat") || said.contains("effective sample size"), "{said}");
    assert!(fit_nuts(&group, nuts(0, 5, 5), &|| {}).is_err());
    let nobody = Group::<Flat>::new(vec![], vec![], AgentOptions::default()).unwrap();
    assert!(fit_nuts(&nobody, nuts(1, 5, 5), &|| {}).unwrap_err().to_string().contains("no subjects"));
    assert!(Fittable::meta(&nobody).flat());
}

#[test]
fn a_missing_action_is_marginalised_over_what_the_agent_would_have_done() {
    let row = |seen: usize, go: Option<usize>, scored| RecordedRow {
        scored,
        ..RecordedRow::of_indices(&[Some(seen), Some(0), Some(0)], &[go])
    };
    let unseen = |go| RecordedRow::of_indices(&[None, None, None], &[go]);
    let model = TMaze { reward_probability: 0.8, preference: 1.2 };
    for inference in [Inference::REFERENCE, Inference::Exact] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let block =
            RecordedBlock { name: "0".into(), rows: vec![row(0, None, true), unseen(Some(3))], ..RecordedBlock::default() };
        let got = model.family().log_likelihood(&Assigned::default(), &History::new(&[block]), &options).unwrap();
        // By hand: the belief after the first step is the mixture over all actions.
        let mut agent = Agent::with_options(model, (), options).unwrap();
        agent.infer_states(<TMaze<f64> as GenerativeModel>::evidence(&[Some(0), Some(0), Some(0)]));
        let first = agent.action_log_probabilities();
        let mut mixed = [0.0; 5];
        for place in tmaze::Place::all() {
            let mut moved = agent.clone();
            moved.update_empirical_prior(tmaze::TMazeAction { go: place });
            for (to, p) in mixed.iter_mut().zip(moved.belief().place.probabilities()) {
                *to += first[place.index()].exp() * p;
            }
        }
        // An agent that holds this mixture, made by way of its stored form, chooses as the score says.
        let mut stored = serde_json::to_value(agent.state()).unwrap();
        stored["perception"]["belief"]["place"] = serde_json::json!(mixed);
        // It has not been looked from here yet.
        stored["perception"]["before"] = serde_json::Value::Null;
        if inference == Inference::Exact {
            stored["perception"]["joint"] = serde_json::json!(mixed.iter().flat_map(|p| [p / 2.0, p / 2.0]).collect::<Vec<_>>());
        }
        let mut mixed = Agent::resume(model, (), serde_json::from_value(stored).unwrap()).unwrap();
        mixed.infer_states(<TMaze<f64> as GenerativeModel>::evidence(&[None, None, None]));
        assert!((got - mixed.action_log_probabilities()[3]).abs() < 1e-12, "{inference:?}");
        // An action that was carried out leaves no mixture.
        let known = History::new(&[RecordedBlock {
            name: "0".into(),
            rows: vec![row(0, Some(3), false), unseen(Some(3))],
            ..RecordedBlock::default()
        }]);
        let sharp = model.family().log_likelihood(&Assigned::default(), &known, &options).unwrap();
        assert!((got - sharp).abs() > 1e-6);
    }
    assert_eq!(aif::infer::data::MissingAction::default(), aif::infer::data::MissingAction::Error);
}

/// Variational inference, Laplace's method and the chains against quadrature on the T-Maze table: means, the best normal distribution, and
/// the evidence.
#[test]
fn every_method_agrees_with_quadrature() {
    let group = group::<Flat>("tmaze_10x100x5.csv", AgentOptions::default());
    let golden = json("tmaze_10x100x5.posterior.json");
    let (means, sds) = (numbers(&golden["post_mean"]), numbers(&golden["post_sd"]));
    let best = &golden["gauss_vi"];
    let (loc, scale, elbo) = (numbers(&best["loc"]), numbers(&best["scale"]), numbers(&best["elbo"]));
    let options = SviOptions { steps: 1000, particles: 10, ..SviOptions::default() };
    let fit = fit_with(&group, Method::Svi(options), &Plan::default()).unwrap();
    for (s, piece) in fit.pieces.iter().enumerate() {
        let bound = piece.bound.as_ref().unwrap();
        assert!((bound.mean[0] - loc[s]).abs() < 0.06, "subject {s}: {} {}", bound.mean[0], loc[s]);
        assert!((bound.sd[0] / scale[s] - 1.0).abs() < 0.08, "subject {s}: {} {}", bound.sd[0], scale[s]);
        assert!((bound.elbo - elbo[s]).abs() < 4.0 * bound.elbo_se + 0.01, "subject {s}: {} {}", bound.elbo, elbo[s]);
        // The best normal distribution is no posterior: its mean is near, and its Pareto k says what it is worth.
        assert!((z_of(&fit, s).mean - means[s]).abs() < 0.25 * sds[s], "subject {s}");
        assert!(piece.pareto_k.unwrap() > 0.3);
    }
    let correlation = |fit: &Fit| {
        let truth = numbers(&json("tmaze_10x100x5.golden.json")["reward_probability_true"]);
        let found: Vec<f64> = (0..10).map(|s| fit.quantity("reward_probability", Some(s)).unwrap().summary.mean).collect();
        aif::infer::results::correlation(&truth, &found)
    };
    assert!((correlation(&fit) - golden_correlation(&golden)).abs() < 0.02, "{}", correlation(&fit));
    let log_evidence = numbers(&golden["log_evidence"]);
    let fit = fit_with(&group, Method::Laplace(LaplaceOptions::default()), &Plan::default()).unwrap();
    for (s, piece) in fit.pieces.iter().enumerate() {
        let found = piece.evidence.unwrap();
        assert!((found.laplace - log_evidence[s]).abs() < 0.15, "subject {s}: {found:?} {}", log_evidence[s]);
        assert!((found.importance - log_evidence[s]).abs() < 0.1, "subject {s}: {found:?} {}", log_evidence[s]);
    }
}

/// The correlation of posterior means by quadrature with the truth.
fn golden_correlation(golden: &Value) -> f64 {
    let truth = numbers(&json("tmaze_10x100x5.golden.json")["reward_probability_true"]);
    aif::infer::results::correlation(&truth, &numbers(&golden["post_mean_rewardprob"]))
}

/// Sharing histories and beliefs changes nothing but the time.
#[test]
fn what_is_shared_is_worth_what_it_would_be_alone() {
    let table = RawTable::open(&data("tmaze_50x20x5.csv")).unwrap();
    let schema = aif::infer::data::Schema::of(&<TMaze<f64> as GenerativeModel>::META);
    let blocks = aif::infer::data::read(&[table], &schema, &DataOptions::default()).unwrap().subjects.remove(0).blocks;
    let (shared, plain) = (History::new(&blocks), History::without_sharing(&blocks));
    assert!(shared.distinct_histories() < plain.distinct_histories());
    let options = AgentOptions::default();
    let of = |record: &History| likelihood::<Flat>(&[], &[0.3], scored(record, &options)).unwrap();
    let (a, b) = (of(&shared), of(&plain));
    assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-10 && (a.derivatives[0] - b.derivatives[0]).abs() < 1e-10);
    assert_eq!(pointwise::<Flat>(&[], &[0.3], scored(&shared, &options)).unwrap().len(), shared.responses());
}
