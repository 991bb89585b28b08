//! Hidden Markov models with normal observations, against hmmlearn.

use aif::measure::Normal;
use aif::prelude::*;
use aif::runtime::perceive::smooth_exactly;
use serde::Deserialize;

/// A hidden Markov model of three states.
#[derive(Clone, Copy, Debug)]
pub struct Markov<T> {
    start: [T; 3],
    moves: [[T; 3]; 3],
    mean: [T; 3],
    sd: [T; 3],
}

#[generative_model(horizon = 1)]
impl<T: Real> Markov<T> {
    #[factor(initial = self.start)]
    fn state(&self, state: Index<3>) -> Dist<Index<3>, T> {
        Dist::from_fn(|next: Index<3>| self.moves[state.index()][next.index()])
    }
    #[modality(nodes = 128)]
    fn x(&self, state: Index<3>) -> Normal<T> {
        Normal::new(self.mean[state.index()], self.sd[state.index()])
    }
}

#[derive(Deserialize)]
struct Case {
    start: [f64; 3],
    moves: [[f64; 3]; 3],
    mean: [f64; 3],
    sd: [f64; 3],
    x: Vec<f64>,
    log_likelihood: f64,
    filtered: Vec<[f64; 3]>,
    smoothed: Vec<[f64; 3]>,
}

#[test]
fn hidden_markov_models_agree_with_hmmlearn() {
    let text = include_str!("../fixtures/measured/hmm.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    for case in cases {
        let Case { start, moves, mean, sd, .. } = case;
        let model = Markov { start, moves, mean, sd };
        let tables = Tables::new(&model, (), 1).unwrap();
        let seen: Vec<MarkovEvidence> = case.x.iter().map(|&x| MarkovObservation { x }.into()).collect();
        let exact = smooth_exactly(&tables, &seen, &vec![0; seen.len() - 1]);
        let off = (exact.log_evidence - case.log_likelihood).abs();
        assert!(off < 1e-9 * case.log_likelihood.abs(), "{} {}", exact.log_evidence, case.log_likelihood);
        let mut agent = Agent::new(model).unwrap();
        for (t, evidence) in seen.iter().enumerate() {
            let belief = *agent.infer_states(*evidence);
            for s in 0..3 {
                assert!((belief.state.probabilities()[s] - case.filtered[t][s]).abs() < 1e-9, "{t}");
                assert!((exact.filtered[t][s] - case.filtered[t][s]).abs() < 1e-9, "{t}");
                assert!((exact.smoothed[t][s] - case.smoothed[t][s]).abs() < 1e-9, "{t}");
            }
            agent.update_empirical_prior(MarkovAction {});
        }
    }
}
