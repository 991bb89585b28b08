//! A model that falls apart into two, each with actions and modalities of its own: its plan is that of an agent for each, and takes far more nodes.

use aif::prelude::*;
use aif::runtime::plan::Plan;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    Left,
    Right,
}

type Place = Index<40>;

fn moved(place: Place, go: Go) -> Place {
    let to = match go {
        Go::Stay => place.get(),
        Go::Left => place.get().saturating_sub(1),
        Go::Right => place.get() + 1,
    };
    Index::new(to).unwrap_or(place)
}

fn smell(place: Place) -> Dist<bool> {
    Dist::bernoulli(true, 0.05 + 0.9 * place.get() as f64 / 39.0, false)
}

#[derive(Clone, Copy, Debug)]
pub struct One;

#[generative_model(horizon = 3, actions(go: Go))]
impl One {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, go: Go) -> Place {
        moved(place, go)
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = [0.0, 3.0])]
    fn smelt(&self, place: Place) -> Dist<bool> {
        smell(place)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Two;

#[generative_model(horizon = 3, actions(first: Go, second: Go))]
impl Two {
    #[factor(initial = uniform())]
    fn here(&self, here: Place, first: Go) -> Place {
        moved(here, first)
    }
    #[factor(initial = uniform())]
    fn there(&self, there: Place, second: Go) -> Place {
        moved(there, second)
    }
    #[modality]
    fn seen_here(&self, here: Place) -> Place {
        here
    }
    #[modality]
    fn seen_there(&self, there: Place) -> Place {
        there
    }
    #[modality(preference = [0.0, 3.0])]
    fn smelt_here(&self, here: Place) -> Dist<bool> {
        smell(here)
    }
    #[modality(preference = [0.0, 3.0])]
    fn smelt_there(&self, there: Place) -> Dist<bool> {
        smell(there)
    }
}

/// As probabilities.
fn normalised(weights: &[f64]) -> Vec<f64> {
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = weights.iter().map(|w| (w - most).exp()).sum();
    weights.iter().map(|w| (w - most).exp() / sum).collect()
}

#[test]
fn parts_are_planned_jointly_as_each_would_be_alone() {
    let [here, there] = [7, 30].map(|place| Place::new(place).unwrap());
    for horizon in 1..=4 {
        for planning in [Planning::Tree, Planning::BranchAndBound(BranchAndBound::default())] {
            let options = AgentOptions { horizon: Some(horizon), planning, ..AgentOptions::default() };
            let alone = [here, there].map(|place| {
                let mut agent = Agent::with_options(One, (), options).unwrap();
                agent.infer_states(OneObservation { seen: place, smelt: true });
                agent.plan()
            });
            let mut agent = Agent::with_options(Two, (), options).unwrap();
            let seen = TwoObservation { seen_here: here, seen_there: there, smelt_here: true, smelt_there: true };
            agent.infer_states(seen);
            let together = agent.plan();
            let [first, second] = [&alone[0], &alone[1]].map(|plan| normalised(OneAction::entries(&plan.weights)));
            for (action, p) in normalised(TwoAction::entries(&together.weights)).into_iter().enumerate() {
                assert!((p - first[action / 3] * second[action % 3]).abs() < 1e-12, "{p} of {action} at horizon {horizon}");
            }
            let each = |f: fn(&Plan<One>) -> usize| alone.iter().map(f).sum::<usize>();
            println!(
                "horizon {horizon}, {planning:?}: {} evaluations, {} nodes together, {} and {} apart",
                together.evaluations,
                together.nodes,
                each(|plan| plan.evaluations),
                each(|plan| plan.nodes),
            );
            assert!(together.evaluations >= each(|plan| plan.evaluations));
        }
    }
}
