//! Plans: what is expected of measurements, and what they tell, against adaptive integration.

use aif::measure::{Distribution, Normal};
use aif::prelude::*;
use aif::runtime::model::Table;
use aif::runtime::perceive::predict_outcomes;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::models::{Gauge, GaugeAction, GaugeBelief, GaugeObservation, Tank, Valve};

fn gauge(apart: f64, noise: f64) -> Gauge<f64> {
    Gauge { noise, apart, stay: 0.9, goal: 1.0 }
}

/// Adaptive Simpson integration.
fn integral(f: &dyn Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    fn go(f: &dyn Fn(f64) -> f64, (a, fa): (f64, f64), (b, fb): (f64, f64), (m, fm): (f64, f64), whole: f64, depth: u32) -> f64 {
        let (l, r) = (0.5 * (a + m), 0.5 * (m + b));
        let (fl, fr) = (f(l), f(r));
        let (left, right) = ((m - a) / 6.0 * (fa + 4.0 * fl + fm), (b - m) / 6.0 * (fm + 4.0 * fr + fb));
        if depth == 0 || (left + right - whole).abs() < 1e-14 {
            return left + right + (left + right - whole) / 15.0;
        }
        go(f, (a, fa), (m, fm), (l, fl), left, depth - 1) + go(f, (m, fm), (b, fb), (r, fr), right, depth - 1)
    }
    let pieces = 64;
    let at = |i: usize| a + (b - a) * i as f64 / pieces as f64;
    let piece = |i: usize| {
        let (a, b) = (at(i), at(i + 1));
        let (m, fa, fb) = (0.5 * (a + b), f(a), f(b));
        let fm = f(m);
        go(f, (a, fa), (b, fb), (m, fm), (b - a) / 6.0 * (fa + 4.0 * fm + fb), 30)
    };
    (0..pieces).map(piece).sum()
}

/// What a reading tells about the tank, in nats, and what it is worth: by integration.
fn truth(model: &Gauge<f64>, q: [f64; 2]) -> (f64, f64) {
    let each = [Normal::new(0.0, model.noise), Normal::new(model.apart, model.noise)];
    let (low, high) = (-9.0 * model.noise, model.apart + 9.0 * model.noise);
    let p = |x: f64| each.map(|d| d.ln_density(x).exp());
    let gain = |x: f64| {
        let p = p(x);
        let mean = q[0] * p[0] + q[1] * p[1];
        (0..2).filter(|&s| p[s] > 0.0).map(|s| q[s] * p[s] * (p[s] / mean).ln()).sum()
    };
    // The expected log-density of the preferred distribution, in closed form.
    let wanted = |m: f64| {
        -0.5 * ((m - model.goal).powi(2) + model.noise * model.noise) / 0.25
            - 0.5f64.ln()
            - 0.5 * (2.0 * std::f64::consts::PI).ln()
    };
    (integral(&gain, low, high), q[0] * wanted(0.0) + q[1] * wanted(model.apart))
}

#[test]
fn information_and_utility_at_the_nodes_are_those_of_the_densities() {
    for (apart, noise) in [(1.0, 1.0), (1.0, 0.5), (3.0, 0.7), (1.0, 0.2)] {
        let model = gauge(apart, noise);
        let tables = Tables::new(&model, (), 1).unwrap();
        let mut belief = GaugeBelief::<f64> { tank: uniform().into() };
        for high in [0.5, 0.1, 0.97] {
            belief.tank = Dist::from_fn(|t| if t == Tank::High { high } else { 1.0 - high });
            let expected = predict_outcomes(&tables, &belief);
            let (gain, worth) = truth(&model, [1.0 - high, high]);
            let mut found = (0.0, 0.0);
            let add = |column: &[f64], preference: &[f64], q: f64| {
                for ((&p, &c), &mean) in column.iter().zip(preference).zip(expected.level.probabilities()) {
                    if p > 0.0 {
                        found.0 += q * p * (p / mean).ln();
                    }
                    found.1 += q * p * c;
                }
            };
            each_column(&tables, add, [1.0 - high, high]);
            assert!((found.0 - gain).abs() < 1e-5, "{apart} {noise} {high}: {} not {gain}", found.0);
            assert!((found.1 - worth).abs() < 1e-6 * worth.abs(), "{apart} {noise} {high}: {} not {worth}", found.1);
        }
    }
}

/// The columns of the gauge's likelihood, with its preferences.
fn each_column(tables: &Tables<Gauge<f64>>, mut f: impl FnMut(&[f64], &[f64], f64), q: [f64; 2]) {
    <Gauge<f64> as GenerativeModel>::each_modality(|site| {
        let Table::Free(table) = tables.likelihood(site) else { unreachable!("it depends on parameters") };
        for (column, q) in table.chunks(site.outcomes).zip(q) {
            f(column, tables.preference(site, 0), q);
        }
    });
}

#[test]
fn an_agent_that_wants_a_level_turns_the_valve_to_get_it() {
    let mut rng = ChaCha8Rng::from_seed([6; 32]);
    for planning in [Planning::default(), Planning::Sophisticated(Sophisticated::default())] {
        let options = AgentOptions { planning, ..AgentOptions::default() };
        let mut agent = Agent::with_options(Gauge { goal: 2.0, ..gauge(2.0, 0.3) }, (), options).unwrap();
        agent.infer_states(GaugeObservation { level: 0.1 });
        let turn = agent.action_log_probabilities()[GaugeAction { valve: Valve::Turn }.index()];
        agent.infer_states(GaugeObservation { level: 1.9 });
        let again = agent.action_log_probabilities()[GaugeAction { valve: Valve::Turn }.index()];
        assert!(turn > again, "{planning:?}: {turn}, then {again}");
        agent.step(GaugeObservation { level: 0.4 }, &mut rng);
    }
}
