//! What holds for every model of a kind, on random ones.

use aif::prelude::*;
use aif::runtime::model::Marginals;
use proptest::prelude::*;

/// Two factors, one of which moves with the other; a modality of both and one of one. Tables from numbers that are weights.
#[derive(Clone, Copy, Debug)]
struct Pair {
    seen: [[[f64; 2]; 3]; 3],
    heard: [[f64; 2]; 2],
    first: [[[f64; 2]; 3]; 3],
    second: [[[f64; 3]; 2]; 2],
    wanted: [f64; 3],
    start: [f64; 3],
    precision: f64,
}

fn share<const N: usize>(i: usize, weight: impl Fn(usize) -> f64) -> f64 {
    weight(i) / (0..N).map(weight).sum::<f64>()
}

#[generative_model(horizon = 3, actions(go: bool), policy_precision = self.precision)]
impl Pair {
    #[factor(initial = Dist::from_fn(|s: Index<3>| T::constant(share::<3>(s.get(), |i| self.start[i]))))]
    fn first(&self, first: Index<3>, go: bool) -> Dist<Index<3>> {
        Dist::from_fn(|s: Index<3>| share::<3>(s.get(), |i| self.first[i][first.get()][usize::from(go)]))
    }
    #[factor(initial = uniform())]
    fn second(&self, second: bool, first: Index<3>) -> Dist<bool> {
        Dist::from_fn(|s: bool| share::<2>(s.index(), |i| self.second[i][second.index()][first.get()]))
    }
    #[modality(preference = self.wanted)]
    fn seen(&self, first: Index<3>, second: bool) -> Dist<Index<3>> {
        Dist::from_fn(|o: Index<3>| share::<3>(o.get(), |i| self.seen[i][first.get()][second.index()]))
    }
    #[modality]
    fn heard(&self, second: bool) -> Dist<bool> {
        Dist::from_fn(|o: bool| share::<2>(o.index(), |i| self.heard[i][second.index()]))
    }
}

/// The same model with its factors, modalities and arguments in another order.
#[derive(Clone, Copy, Debug)]
struct Swapped(Pair);

#[generative_model(horizon = 3, actions(go: bool), policy_precision = self.0.precision)]
impl Swapped {
    #[factor(initial = uniform())]
    fn second(&self, first: Index<3>, second: bool) -> Dist<bool> {
        self.0.second(second, first)
    }
    #[factor(initial = Dist::from_fn(|s: Index<3>| T::constant(share::<3>(s.get(), |i| self.0.start[i]))))]
    fn first(&self, go: bool, first: Index<3>) -> Dist<Index<3>> {
        self.0.first(first, go)
    }
    #[modality]
    fn heard(&self, second: bool) -> Dist<bool> {
        self.0.heard(second)
    }
    #[modality(preference = self.0.wanted)]
    fn seen(&self, second: bool, first: Index<3>) -> Dist<Index<3>> {
        self.0.seen(first, second)
    }
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.01..1.0, 1 => Just(1e-12)]
}

prop_compose! {
    fn pair()(
        seen in prop::array::uniform3(prop::array::uniform3(prop::array::uniform2(weight()))),
        heard in prop::array::uniform2(prop::array::uniform2(weight())),
        first in prop::array::uniform3(prop::array::uniform3(prop::array::uniform2(weight()))),
        second in prop::array::uniform2(prop::array::uniform2(prop::array::uniform3(weight()))),
        wanted in prop::array::uniform3(-5.0..5.0),
        start in prop::array::uniform3(weight()),
        precision in 0.0..4.0,
    ) -> Pair {
        Pair { seen, heard, first, second, wanted, start, precision }
    }
}

fn sums_to_one(probabilities: &[f64]) -> bool {
    (probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9 && probabilities.iter().all(|p| (0.0..=1.0 + 1e-9).contains(p))
}

fn options(exact: bool, sampling: Sampling) -> AgentOptions {
    let inference = if exact { Inference::Exact } else { Inference::REFERENCE };
    AgentOptions { inference, sampling, ..AgentOptions::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn beliefs_and_choices_are_distributions(model in pair(), exact: bool, marginals: bool, outcomes in prop::collection::vec((0usize..3, any::<bool>()), 1..6)) {
        let sampling = if marginals { Sampling::Marginals } else { Sampling::Policies };
        let mut agent = Agent::with_options(model, (), options(exact, sampling)).unwrap();
        for (seen, heard) in outcomes {
            agent.infer_states(PairObservation { seen: Index::new(seen).unwrap(), heard });
            prop_assert!(sums_to_one(agent.belief().probabilities(0)) && sums_to_one(agent.belief().probabilities(1)));
            let chances: Vec<f64> = agent.action_log_probabilities().iter().map(|p| p.exp()).collect();
            prop_assert!(sums_to_one(&chances));
            prop_assert!(sums_to_one(agent.expected_outcomes().seen.probabilities()));
            agent.update_empirical_prior(PairAction { go: heard });
            prop_assert!(sums_to_one(agent.belief().probabilities(0)) && sums_to_one(agent.belief().probabilities(1)));
        }
    }

    /// The recursion over beliefs equals the list of all policies, each evaluated on its own.
    #[test]
    fn the_policy_tree_equals_brute_force(model in pair(), horizon in 1usize..5) {
        let options = AgentOptions { horizon: Some(horizon), ..AgentOptions::default() };
        let agent = Agent::with_options(model, (), options).unwrap();
        let mut posterior = vec![0.0; agent.policy_count()];
        agent.policy_posterior(&mut posterior).unwrap();
        let half = posterior.len() / 2;
        let by_list = [posterior[..half].iter().sum::<f64>(), posterior[half..].iter().sum::<f64>()];
        let log_marginals = agent.infer_policies();
        for (log_p, p) in log_marginals.iter().zip(by_list) {
            prop_assert!((log_p.exp() - p).abs() < 1e-9);
        }
    }

    #[test]
    fn the_order_of_names_does_not_matter(model in pair(), exact: bool, seen in 0usize..3, heard: bool) {
        let options = options(exact, Sampling::Policies);
        let mut one = Agent::with_options(model, (), options).unwrap();
        let mut other = Agent::with_options(Swapped(model), (), options).unwrap();
        for go in [true, false] {
            one.infer_states(PairObservation { seen: Index::new(seen).unwrap(), heard });
            other.infer_states(SwappedObservation { seen: Index::new(seen).unwrap(), heard });
            for s in 0..3 {
                prop_assert!((one.belief().first.probabilities()[s] - other.belief().first.probabilities()[s]).abs() < 1e-9);
            }
            let (a, b) = (one.action_log_probabilities(), other.action_log_probabilities());
            prop_assert!((a[0] - b[0]).abs() < 1e-8 && (a[1] - b[1]).abs() < 1e-8);
            one.update_empirical_prior(PairAction { go });
            other.update_empirical_prior(SwappedAction { go });
        }
    }

    /// With one factor the mean field is all there is: fixed-point iteration is exact.
    #[test]
    fn with_one_factor_both_methods_agree(slip in 0.0..1.0, heard in prop::collection::vec(any::<bool>(), 1..8)) {
        let lever = Lever { slip };
        let mut fixed = Agent::with_options(lever, (), options(false, Sampling::Policies)).unwrap();
        let mut exact = Agent::with_options(lever, (), options(true, Sampling::Policies)).unwrap();
        for sound in heard {
            fixed.infer_states(LeverObservation { sound });
            exact.infer_states(LeverObservation { sound });
            prop_assert!((fixed.belief().up[true] - exact.belief().up[true]).abs() < 1e-9);
            fixed.update_empirical_prior(LeverAction { pull: sound });
            exact.update_empirical_prior(LeverAction { pull: sound });
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Lever {
    slip: f64,
}

#[generative_model(horizon = 1, actions(pull: bool))]
impl Lever {
    #[factor(initial = uniform())]
    fn up(&self, up: bool, pull: bool) -> Dist<bool> {
        Dist::bernoulli(up ^ pull, 1.0 - 0.5 * self.slip, up)
    }
    #[modality]
    fn sound(&self, up: bool) -> Dist<bool> {
        Dist::bernoulli(up, 0.7, !up)
    }
}
