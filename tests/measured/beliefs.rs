//! Beliefs and the evidence for them, against plain loops over densities.

use aif::measure::{Beta, Distribution, ExGaussian, Gamma, LogNormal, Measured, Mixture, Normal, Poisson, StudentT, VonMises};
use aif::prelude::*;
use aif::runtime::perceive::free_energy;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::models::{
    Gauge, GaugeEvidence, GaugeObservation, Station, StationAction, StationEvidence, StationObservation, Tank, Valve,
};

fn normal(x: f64, m: f64, s: f64) -> f64 {
    let z = (x - m) / s;
    (-0.5 * z * z).exp() / (s * (2.0 * std::f64::consts::PI).sqrt())
}

fn agent<M: GenerativeModel<Inputs = ()>>(model: M, inference: Inference) -> Agent<M> {
    Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap()
}

const GAUGE: Gauge<f64> = Gauge { noise: 1.0, apart: 1.0, stay: 0.9, goal: 1.0 };

#[test]
fn a_reading_between_two_means_is_weighed_by_bayes() {
    for inference in [Inference::Exact, Inference::default(), Inference::Components, Inference::MEAN_FIELD] {
        let mut agent = agent(GAUGE, inference);
        let belief = agent.infer_states(GaugeObservation { level: 0.6 });
        let (low, high) = (normal(0.6, 0.0, 1.0), normal(0.6, 1.0, 1.0));
        assert!((belief.tank[Tank::High] - high / (low + high)).abs() < 1e-12);
        assert!((belief.tank[Tank::High] - 0.525).abs() < 1e-3);
    }
}

/// What is measured, and how probable that is in each joint state of [`Station`].
fn station(seen: &StationObservation, known: [bool; 6], scale: f64) -> [[f64; 2]; 3] {
    let mut all = [[1.0; 2]; 3];
    for (place, row) in all.iter_mut().enumerate() {
        for (weather, p) in row.iter_mut().enumerate() {
            let (place, fair) = (place as f64, weather == 1);
            let center = if fair { 1.0 } else { 0.0 };
            let densities = [
                LogNormal::new(0.4 * place, scale).ln_density(seen.distance),
                VonMises::new(2.0 * place - 2.0, if fair { 2.0 } else { 1.0 } / scale).ln_density(seen.bearing),
                Poisson::new(1.0 + 2.0 * place).ln_density(seen.clicks as f64),
                Gamma::new(if fair { 6.0 } else { 3.0 }, 1.0 / scale).ln_density(seen.flow),
                Mixture::new([0.7, 0.3], (Normal::new(center, scale), Normal::new(center, 3.0 * scale))).ln_density(seen.drift),
                if seen.lamp == fair { 0.8f64 } else { 0.2 }.ln(),
            ];
            for (density, known) in densities.iter().zip(known) {
                if known {
                    *p *= density.exp();
                }
            }
        }
    }
    all
}

#[test]
fn every_kind_of_measurement_enters_by_its_density_beside_outcomes_and_gaps() {
    let (scale, mut rng) = (0.7, ChaCha8Rng::from_seed([3; 32]));
    let model = Station { scale };
    let mut world = World::new(model).unwrap();
    let mut agent = agent(model, Inference::Exact);
    let mut prior = [[0.1, 0.1], [0.25, 0.25], [0.15, 0.15]];
    let mut seen = world.reset(&mut rng);
    for step in 0..60 {
        let known: [bool; 6] = std::array::from_fn(|m| (step + m) % 4 != 0);
        let mut evidence = StationEvidence::from(seen);
        let [a, b, c, d, e, f] = known;
        evidence.distance = a.then_some(seen.distance).into();
        evidence.bearing = b.then_some(seen.bearing).into();
        evidence.clicks = c.then_some(seen.clicks).into();
        evidence.flow = d.then_some(seen.flow).into();
        evidence.drift = e.then_some(seen.drift).into();
        evidence.lamp = f.then_some(seen.lamp).into();
        let likelihood = station(&seen, known, scale);
        let mut joint = prior;
        let mut total = 0.0;
        for (row, by) in joint.iter_mut().zip(&likelihood) {
            for (p, l) in row.iter_mut().zip(by) {
                *p *= l;
                total += *p;
            }
        }
        joint.iter_mut().flatten().for_each(|p| *p /= total);
        let belief = *agent.try_infer_states(evidence).unwrap();
        for (place, row) in joint.iter().enumerate() {
            assert!((belief.place.probabilities()[place] - row[0] - row[1]).abs() < 1e-10, "step {step}");
        }
        assert!((belief.weather[true] - joint.iter().map(|row| row[1]).sum::<f64>()).abs() < 1e-10);
        let valve = if step % 3 == 0 { Valve::Turn } else { Valve::Keep };
        agent.update_empirical_prior(StationAction { valve });
        prior = [[0.0; 2]; 3];
        for (place, row) in joint.iter().enumerate() {
            for (weather, p) in row.iter().enumerate() {
                let to = (place + valve.index()) % 3;
                for (next, into) in prior.iter_mut().enumerate() {
                    for (later, q) in into.iter_mut().enumerate() {
                        *q += p * if next == to { 0.8 } else { 0.1 } * if later == weather { 0.9 } else { 0.1 };
                    }
                }
            }
        }
        seen = world.step(StationAction { valve }, &mut rng);
    }
}

#[test]
fn free_energy_of_the_posterior_is_minus_the_log_density() {
    let tables = Tables::new(&GAUGE, (), 2).unwrap();
    for level in [-3.0, 0.6, 1.0, 7.5] {
        let mut agent = agent(GAUGE, Inference::Exact);
        let prior = *agent.belief();
        let belief = *agent.infer_states(GaugeObservation { level });
        let total = free_energy(&tables, &belief, &prior, &GaugeEvidence::from(GaugeObservation { level })).total();
        let density = 0.5 * (normal(level, 0.0, 1.0) + normal(level, 1.0, 1.0));
        assert!((total + density.ln()).abs() < 1e-12, "{total}, not {}", -density.ln());
    }
}

#[test]
fn however_improbable_a_measurement_is_states_are_told_apart_by_it() {
    for inference in [Inference::Exact, Inference::default(), Inference::MEAN_FIELD] {
        let mut agent = agent(GAUGE, inference);
        // A thousand standard deviations away: the odds are exp(1000 - 0.5).
        let belief = *agent.infer_states(GaugeObservation { level: 1000.0 });
        assert!(belief.tank[Tank::High] > 1.0 - 1e-12);
        agent.restart();
        let belief = *agent.infer_states(GaugeObservation { level: 30.5 });
        assert!((belief.tank[Tank::Low].ln() + 30.0).abs() < 1e-6 || belief.tank[Tank::Low] == 0.0, "{belief:?}");
    }
}

#[test]
fn what_is_not_a_number_is_missing_and_what_cannot_be_is_told() {
    let mut agent = agent(GAUGE, Inference::Exact);
    let before = *agent.belief();
    assert_eq!(*agent.infer_states(GaugeObservation { level: f64::NAN }), before);
    let error = agent.try_infer_states(GaugeObservation { level: f64::INFINITY }).unwrap_err().to_string();
    assert!(error.contains("level"), "{error}");
    let narrow = Gauge { noise: -1.0, ..GAUGE };
    let error = Tables::new(&narrow, (), 2).unwrap_err().to_string();
    assert_eq!(error, "level given tank=Low is no distribution: its numbers are [0.0, -1.0]");
    let station = Station { scale: 1e-3 };
    let error = Tables::new(&station, (), 1).unwrap_err().to_string();
    assert!(error.contains("nodes are too few for bearing given place=0, weather=false"), "{error}");
}

#[test]
fn what_an_agent_carries_is_saved_and_loaded() {
    let mut first = agent(GAUGE, Inference::default());
    let mut rng = ChaCha8Rng::from_seed([7; 32]);
    for level in [0.2, 1.4, -0.3] {
        first.step(GaugeObservation { level }, &mut rng);
    }
    let text = serde_json::to_string(&first.state()).unwrap();
    let second = Agent::resume(GAUGE, (), serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(first.belief(), second.belief());
    let evidence = GaugeEvidence { level: Measurement::Of(0.4) };
    let stored: GaugeEvidence = serde_json::from_str(&serde_json::to_string(&evidence).unwrap()).unwrap();
    assert_eq!(stored, evidence);
}

#[test]
fn a_density_is_its_constant_and_the_rest() {
    fn check<D: Measured<f64>>(d: D, at: &[f64]) {
        let mut numbers = vec![0.0; D::PARAMETERS];
        d.write(&mut numbers);
        let read = D::read(&numbers);
        for &x in at {
            let (whole, parts) = (d.ln_density(x), read.ln_constant() + read.ln_rest(x));
            assert!(whole == parts || (whole - parts).abs() < 1e-12 * whole.abs().max(1.0), "{x}: {whole}, not {parts}");
        }
    }
    let line = [-7.0, -0.3, 0.0, 0.2, 1.0, 4.5];
    check(Normal::new(0.3, 1.7), &line);
    check(StudentT::new(3.5, 0.3, 1.7), &line);
    check(ExGaussian::new(0.3, 1.7, 0.4), &line);
    check(VonMises::new(0.3, 1.7), &line);
    check(LogNormal::new(0.3, 1.7), &line);
    check(Gamma::new(0.3, 1.7), &line);
    check(Beta::new(0.3, 1.7), &[-1.0, 0.2, 0.7, 1.2]);
    check(Poisson::new(1.7), &[0.0, 1.0, 5.0, 0.5]);
}

#[test]
fn a_noisy_cue_is_where_its_measured_position_says() {
    use aif::worlds::{NoisyCue, NoisyCueObservation};
    let model = NoisyCue::<f64, 4, 3> { start: Cell::new(1, 1), ..Default::default() };
    let mut agent = Agent::new(model).unwrap();
    let place = Cell::new(1, 1).unwrap();
    let belief = agent.infer_states(NoisyCueObservation { cell: place, column: 2.4, row: 0.3, found: false });
    let density = |cue: Cell<4, 3>| {
        let spread = 0.5 + 0.25 * (cue.x().abs_diff(1) + cue.y().abs_diff(1)) as f64;
        let of = |x: f64, mean: usize| (-0.5 * ((x - mean as f64) / spread).powi(2)).exp() / spread;
        if cue == place { 0.0 } else { of(2.4, cue.x()) * of(0.3, cue.y()) }
    };
    let all: Vec<Cell<4, 3>> = (0..12).filter_map(Cell::from_index).collect();
    let total: f64 = all.iter().map(|&c| density(c)).sum();
    for cue in all {
        let (found, exact) = (belief.cue[cue], density(cue) / total);
        assert!((found - exact).abs() < 1e-12, "{cue:?}: {found} and {exact}");
    }
    // Who plans for it goes there: it is mostly found within a dozen moves.
    let mut rng = ChaCha8Rng::from_seed([3; 32]);
    let mut found = 0;
    for _ in 0..20 {
        let (mut world, mut agent) = (World::new(model).unwrap(), Agent::new(model).unwrap());
        let mut observation = world.reset(&mut rng);
        for _ in 0..12 {
            observation = world.step(agent.step(observation, &mut rng), &mut rng);
            if observation.found {
                found += 1;
                break;
            }
        }
    }
    assert!(found >= 15, "{found} of 20");
}
