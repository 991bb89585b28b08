//! What likelihood evidence teaches: counts against enumeration, against what was seen, and at any scale; and agents that are saved.

use aif::prelude::*;
use aif::runtime::AgentStateOf;
use aif::runtime::model::Tables;
use aif::saves::{agent_from, agent_with, from_bytes, from_json, to_bytes, to_json};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::loops::{STATES, column, digits, entry, evidence, forward_backward, readings};
use crate::random::{Trio, TrioAction, TrioEvidence, observation, trio};
use crate::ways;

fn learner(model: Trio, inference: Inference, learning: Learning) -> Agent<Trio> {
    Agent::with_options(model, (), AgentOptions { inference, learning: Some(learning), ..AgentOptions::default() }).unwrap()
}

fn counts(tables: &Tables<Trio>) -> Vec<f64> {
    let mut all = Vec::new();
    <Trio as GenerativeModel>::each_modality(|site| all.extend_from_slice(tables.likelihood_counts(site)));
    <Trio as GenerativeModel>::each_factor(|site| {
        all.extend_from_slice(tables.transition_counts(site));
        all.extend_from_slice(tables.initial_counts(site));
    });
    all
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |most, (x, y)| most.max((x - y).abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// `a(o | s) += q(o, s)`, each pair of outcome and state weighed by itself.
    #[test]
    fn counts_are_those_of_enumerated_causes(model in trio(), readings in readings()) {
        let tables = Tables::new(&model, (), 3).unwrap();
        let (filtered, ..) = forward_backward(&tables, std::slice::from_ref(&readings), &[]);
        for inference in [Inference::Exact, Inference::Components] {
            let mut agent = learner(model, inference, Learning::default());
            agent.try_infer_states(evidence(&readings)).unwrap();
            agent.infer_parameters();
            let mut wanted = Vec::new();
            <Trio as GenerativeModel>::each_modality(|site| {
                let mut own = tables.likelihood_counts(site).to_vec();
                if own.is_empty() {
                    return;
                }
                for s in 0..STATES {
                    let c = column(digits(s), site.parents);
                    let pair = |o: usize| readings[site.index][o] * entry(tables.likelihood(site), c, site.outcomes, o);
                    let total: f64 = (0..site.outcomes).map(pair).sum();
                    for o in (0..site.outcomes).filter(|_| filtered[0][s] > 0.0) {
                        own[c * site.outcomes + o] += filtered[0][s] * pair(o) / total;
                    }
                }
                wanted.extend(own);
            });
            let mut got = Vec::new();
            <Trio as GenerativeModel>::each_modality(|site| got.extend_from_slice(agent.tables().likelihood_counts(site)));
            prop_assert!(apart(&got, &wanted) < 1e-12, "{inference:?}: {got:?} {wanted:?}");
        }
    }

    #[test]
    fn one_weight_teaches_what_was_seen_and_scale_teaches_nothing(model in trio(), seen in prop::collection::vec(observation(), 4), more in readings(), go: bool) {
        let hot = |outcomes: usize, at: usize| (0..outcomes).map(|o| if o == at { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        let one = |o: &crate::random::TrioObservation| evidence(&[hot(3, o.seen.index()), hot(2, o.heard.index()), hot(2, o.felt.index())]);
        let mut scaled = more.clone();
        scaled.iter_mut().flatten().for_each(|w| *w *= 7.3e-20);
        for inference in ways() {
            for when in [When::BeforeChoice, When::Smoothed { lag: 1 }, When::BlockEnd, When::AfterChoice] {
                for from in [Beliefs::Filtered, Beliefs::Smoothed, Beliefs::Pairwise] {
                    let lived = |all: &[TrioEvidence]| {
                        let mut agent = learner(model, inference, Learning { when, from, ..Learning::default() });
                        for seen in all {
                            agent.try_infer_states(*seen).unwrap();
                            agent.infer_parameters();
                            agent.carry_out(aif::runtime::Carried::Action(TrioAction { go }.index()));
                        }
                        agent.end_block();
                        counts(agent.tables())
                    };
                    let all = |last: &[Vec<f64>; 3], one: &dyn Fn(&crate::random::TrioObservation) -> TrioEvidence| {
                        seen.iter().map(one).chain([evidence(last)]).collect::<Vec<_>>()
                    };
                    let plain = lived(&all(&more, &|o| (*o).into()));
                    prop_assert!(apart(&plain, &lived(&all(&more, &one))) < 1e-13, "{inference:?} {when:?} {from:?}");
                    prop_assert!(apart(&plain, &lived(&all(&scaled, &one))) < 1e-12, "{inference:?} {when:?} {from:?}");
                }
            }
        }
    }
}

/// A lamp whose counts rule something out; what it shows is liked as it is met.
#[derive(Clone, Copy, Debug)]
struct Lamp;

#[generative_model(horizon = 1, actions(press: bool))]
impl Lamp {
    #[factor(initial = [0.25, 0.75])]
    fn lit(&self, lit: bool, press: bool) -> bool {
        lit != press
    }
    #[modality(preference = Dirichlet::from([1.0, 1.0, 1.0]))]
    fn shown(&self, lit: bool) -> Dirichlet<Index<3>> {
        if lit { Dirichlet::from([0.0, 1.0, 3.0]) } else { Dirichlet::from([2.0, 2.0, 0.0]) }
    }
}

#[test]
fn a_count_of_zero_takes_nothing_and_what_is_believed_to_be_met_is_liked() {
    for inference in ways() {
        let options = AgentOptions { inference, learning: Some(Learning::default()), ..AgentOptions::default() };
        let mut agent = Agent::with_options(Lamp, (), options).unwrap();
        let weights = [0.2, 0.5, 0.1];
        agent.try_infer_states(LampEvidence { shown: Observed::likelihood(|o: Index<3>| weights[o.get()]) }).unwrap();
        agent.infer_parameters();
        // q(o, s) by hand: dark 0.25 (0.1, 0.25, 0), lit 0.75 (0, 0.125, 0.075).
        let joint = [[0.025, 0.0625, 0.0], [0.0, 0.09375, 0.05625]];
        let total: f64 = joint.iter().flatten().sum();
        let before = [[2.0, 2.0, 0.0], [0.0, 1.0, 3.0]];
        <Lamp as GenerativeModel>::each_modality(|site| {
            let (a, c) = (agent.tables().likelihood_counts(site), agent.tables().preference_counts(site));
            for o in 0..3 {
                for s in 0..2 {
                    assert!((a[s * 3 + o] - before[s][o] - joint[s][o] / total).abs() < 1e-12, "{inference:?}: {a:?}");
                }
                assert!((c[o] - 1.0 - (joint[0][o] + joint[1][o]) / total).abs() < 1e-12, "{inference:?}: {c:?}");
            }
            assert_eq!((a[2], a[3]), (0.0, 0.0), "{inference:?}");
        });
    }
}

#[test]
fn agents_with_readings_are_saved_and_go_on() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let model = trio().new_tree(&mut runner).unwrap().current();
    let weighed = TrioEvidence {
        seen: Observed::likelihood(|o: Index<3>| [0.1, 1e-30, 7.5][o.get()]),
        heard: Observed::likelihood(|heard| if heard { 1.0 / 3.0 } else { 0.0 }),
        felt: Observed::Missing,
    };
    for inference in ways() {
        let mut agent = learner(model, inference, Learning { when: When::BlockEnd, ..Learning::default() });
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        agent.step(weighed, &mut rng);
        agent.infer_states(weighed);
        let text = to_json::<Trio>(&agent_with(&agent, &rng)).unwrap();
        let bytes = to_bytes::<Trio>(&agent_with(&agent, &rng)).unwrap();
        let state = from_json::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&text).unwrap();
        assert_eq!(state.0, agent.state());
        assert_eq!(from_bytes::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&bytes).unwrap().0, agent.state());
        let (mut loaded, mut chance) = agent_from(agent.tables().clone(), state).unwrap();
        for _ in 0..3 {
            assert_eq!(agent.step(weighed, &mut rng), loaded.step(weighed, &mut chance));
        }
        assert_eq!(loaded.state(), agent.state());
        // A save whose weights were changed into none is refused.
        let spoilt = text.replace("0.3333333333333333", "-0.3333333333333333");
        assert_ne!(spoilt, text);
        let state = from_json::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&spoilt).unwrap();
        let error = agent_from(agent.tables().clone(), state).unwrap_err().to_string();
        assert!(error.contains("no distribution"), "{error}");
    }
}
