//! Beliefs and the evidence for them, against plain loops over densities.

use aif::runtime::Dual;
use aif::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::models::{Gauge, GaugeEvidence, GaugeObservation, Station, StationEvidence, StationObservation, Tank, Valve};

fn normal(x: f64, m: f64, s: f64) -> f64 {
    let z = (x - m) / s;
    (-0.5 * z * z).exp() / (s * (2.0 * std::f64::consts::PI).sqrt())
}

#[test]
fn a_reading_between_two_means_is_weighed_by_bayes() {
    let model = Gauge { noise: 1.0, apart: 1.0, stay: 0.9, goal: 1.0 };
    for inference in [Inference::Exact, Inference::default()] {
        let mut agent = Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
        let belief = agent.infer_states(GaugeObservation { level: 0.6 });
        let (low, high) = (normal(0.6, 0.0, 1.0), normal(0.6, 1.0, 1.0));
        assert!((belief.tank[Tank::High] - high / (low + high)).abs() < 1e-12);
        assert!((belief.tank[Tank::High] - 0.525).abs() < 1e-3);
    }
}
