//! Counts: what is learned from a window, online, from filtered and smoothed beliefs, and how far it is from the beginning.

use aif::prelude::*;
use aif::runtime::learn::{Gained, Pace, count_observation, count_pair, count_transition, parameter_divergence};
use aif::runtime::model::Tables;
use aif::runtime::perceive::{Gap, Pairwise, Smoothed, smooth_as_reference, smooth_exactly};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::perception::filtered;
use super::read::{Case, Compare, list, outcome_first};

/// Counts, and the expected values where the fixtures have them, against `{pA, A, pB, B}`.
fn tables<M: GenerativeModel>(compare: &mut Compare, what: &str, got: &Tables<M>, golden: &Value) {
    M::each_modality(|site| {
        let m = site.index;
        let counts = outcome_first(got.likelihood_counts(site), 1, site.contexts, site.outcomes);
        if let Some(golden) = golden["pA"].get(m).filter(|g| !g.is_null()) {
            compare.close(&format!("{what} pA"), &counts, golden);
        }
        if let Some(golden) = golden["A"].get(m).filter(|g| !g.is_null()) {
            compare.close(&format!("{what} A"), &expected(got.likelihood_counts(site), 1, site.contexts, site.outcomes), golden);
        }
    });
    M::each_factor(|site| {
        let f = site.index;
        let counts = outcome_first(got.transition_counts(site), site.local_actions, site.contexts, site.states);
        if let Some(golden) = golden["pB"].get(f).filter(|g| !g.is_null()) {
            compare.close(&format!("{what} pB"), &counts, golden);
        }
        if let Some(golden) = golden["B"].get(f).filter(|g| !g.is_null()) {
            let b = expected(got.transition_counts(site), site.local_actions, site.contexts, site.states);
            compare.close(&format!("{what} B"), &b, golden);
        }
    });
}

fn expected(counts: &[f64], actions: usize, contexts: usize, outcomes: usize) -> Vec<f64> {
    let means: Vec<f64> =
        counts.chunks(outcomes).flat_map(|c| c.iter().map(|x| x / c.iter().sum::<f64>()).collect::<Vec<_>>()).collect();
    outcome_first(&means, actions, contexts, outcomes)
}

/// Final counts of a run against `final_pA`, `final_pB`.
pub fn final_counts<M: GenerativeModel>(compare: &mut Compare, what: &str, got: &Tables<M>, golden: &Value) {
    tables(compare, what, got, &json!({ "pA": golden["final_pA"], "pB": golden["final_pB"] }));
}

struct Lesson<'a, M: GenerativeModel> {
    evidence: &'a [M::Evidence],
    beliefs: &'a [M::Belief],
    pairs: Option<&'a [Pairwise<f64>]>,
    /// The beliefs between which transitions are counted.
    moves: &'a [M::Belief],
    actions: &'a [Option<usize>],
}

fn learned<M: GenerativeModel>(prior: &Tables<M>, lesson: &Lesson<'_, M>, rate: f64) -> Tables<M> {
    let mut gained = Gained::none::<M>();
    for (belief, evidence) in lesson.beliefs.iter().zip(lesson.evidence) {
        count_observation(&mut gained, prior, belief, evidence);
    }
    for (t, action) in lesson.actions.iter().enumerate() {
        let Some(action) = *action else { continue };
        match lesson.pairs {
            Some(pairs) => count_pair::<M, f64>(&mut gained, &pairs[t], action),
            None => count_transition::<M, f64>(&mut gained, &lesson.moves[t], action, &lesson.moves[t + 1]),
        }
    }
    let rates = Rates { likelihood: Some(rate), transition: Some(rate), ..Rates::none() };
    let mut tables = prior.clone();
    // The reference learns what it rules out.
    tables.floor_counts();
    tables.learn(&gained, &Pace { rates, forgetting: 0.0 }, prior);
    tables
}

pub fn check<M: GenerativeModel<Evidence: DeserializeOwned>>(case: &Case<'_, M>, compare: &mut Compare) {
    let golden = &case.outputs["learning"];
    let agent = case.agent(AgentOptions::default());
    let prior: &Tables<M> = agent.tables();
    let (_, beliefs, _) = filtered(case);
    let actions = case.actions(&case.inputs["act_seq"]);
    let evidence: Vec<M::Evidence> = (0..beliefs.len()).map(|t| case.at("obs_seq", t)).collect();
    let mut unknown = actions.clone();
    unknown[1] = None;
    let soft: Vec<M::Evidence> = match golden.get("window_fpi_categorical") {
        None => Vec::new(),
        Some(golden) => (0..beliefs.len())
            .map(|t| {
                let modalities = M::META.modalities.iter().enumerate();
                let fields = modalities.map(|(m, f)| (f.name.to_string(), json!({ "soft": golden["obs"][m][t] })));
                serde_json::from_value(Value::Object(fields.collect())).expect("evidence as it is stored")
            })
            .collect(),
    };
    let known: Vec<usize> = actions.iter().flatten().copied().collect();
    let smoothed: Smoothed<M::Belief, f64> = smooth_as_reference(prior, &beliefs, &actions, Gap::Stay);
    let exact = smooth_exactly(prior, &evidence, &known);
    let exactly: Vec<M::Belief> = (0..beliefs.len()).map(|t| exact.belief::<M>(t)).collect();
    let exact_pairs: Vec<_> = known.iter().enumerate().map(|(t, &a)| exact.pair::<M>(prior, t, a)).collect();
    let window = |evidence, actions| Lesson { evidence, beliefs: &beliefs, pairs: None, moves: &beliefs, actions };
    let pairwise = |smoothed, pairs| Lesson {
        evidence: &evidence,
        beliefs: smoothed,
        pairs: Some(pairs),
        moves: smoothed,
        actions: &actions,
    };
    for rate in [1.0, 0.5] {
        let mut one = |key: String, lesson: &Lesson<'_, M>| {
            if let Some(golden) = golden.get(&key) {
                tables(compare, &key, &learned(prior, lesson, rate), golden);
            }
        };
        one(format!("window_fpi_lr{rate:.1}"), &window(&evidence, &actions));
        one(format!("window_ovf_lr{rate:.1}"), &pairwise(&smoothed.beliefs, &smoothed.pairs));
        let online = Lesson {
            evidence: &evidence[1..2],
            beliefs: &beliefs[1..2],
            pairs: None,
            moves: &beliefs[..2],
            actions: &actions[..1],
        };
        one(format!("online_fpi_lr{rate:.1}"), &online);
        one(format!("window_exact_lr{rate:.1}"), &pairwise(&exactly, &exact_pairs));
        if rate == 1.0 {
            one("window_fpi_invalid_action_at_1".into(), &window(&evidence, &unknown));
            one("window_fpi_categorical".into(), &window(&soft, &actions));
        }
    }
    let divergence = parameter_divergence(&learned(prior, &window(&evidence, &actions), 1.0), prior);
    compare.close("parameter KL A", &[divergence.likelihood], &golden["parameter_kl"]["A"]);
    compare.close("parameter KL B", &[divergence.transition], &golden["parameter_kl"]["B"]);
    if let Some(golden) = golden.get("wnorm") {
        // The fixtures give the negative.
        let negative = |x: Vec<f64>| x.into_iter().map(|x| -x).collect::<Vec<_>>();
        M::each_modality(|site| {
            let novelty = outcome_first(&prior.likelihood_novelty(site), 1, site.contexts, site.outcomes);
            compare.close("novelty of A", &negative(novelty), &golden["pA"][site.index]);
        });
        M::each_factor(|site| {
            let novelty: Vec<f64> = (0..site.local_actions).flat_map(|a| prior.transition_novelty(site, a).to_vec()).collect();
            let novelty = outcome_first(&novelty, site.local_actions, site.contexts, site.states);
            compare.close("novelty of B", &negative(novelty), &golden["pB"][site.index]);
        });
    }
    assert_eq!(list(&case.outputs["policies"]).len(), agent.policy_count());
}
