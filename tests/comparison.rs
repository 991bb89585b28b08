//! Diagnostics, leave-one-out cross-validation and model comparison: against values computed with ArviZ, and against definitions.
//!
//! The values are in `tests/fixtures/arviz.json`; those of a whole fit are compared in `filter_study.rs`.

use aif::infer::compare::{compare, criterion, elpd, psis, random_effects, relative_efficiency, stacking};
use aif::infer::diagnostics::{
    Ranks, ess_bulk, ess_mean, ess_quantile, ess_sd, ess_tail, mcse_mean, mcse_quantile, mcse_sd, rhat,
};
use serde_json::Value;

fn fixture() -> Value {
    let path = format!("{}/tests/fixtures/arviz.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn near(got: f64, wanted: &Value, what: &str) {
    let wanted = wanted.as_f64().unwrap_or(f64::INFINITY);
    assert!(got == wanted || (got - wanted).abs() < 1e-6 * (1.0 + wanted.abs()), "{what}: {got}, ArviZ {wanted}");
}

#[test]
fn effective_sizes_and_standard_errors_are_those_of_arviz() {
    for case in fixture()["diagnostics"].as_array().unwrap() {
        let chains = rows(&case["chains"]);
        let name = case["name"].as_str().unwrap();
        let of = |what: &str, got: f64| near(got, &case[what], &format!("{name} {what}"));
        of("rhat", rhat(&chains));
        of("ess_bulk", ess_bulk(&chains));
        of("ess_tail", ess_tail(&chains));
        of("ess_mean", ess_mean(&chains));
        of("ess_sd", ess_sd(&chains));
        of("mcse_mean", mcse_mean(&chains));
        of("mcse_sd", mcse_sd(&chains));
        for p in [0.05, 0.5, 0.9] {
            of(&format!("ess_q{p}"), ess_quantile(&chains, p));
            of(&format!("mcse_q{p}"), mcse_quantile(&chains, p));
        }
    }
}

#[test]
fn smoothed_weights_are_those_of_arviz() {
    for case in fixture()["psis"].as_array().unwrap() {
        let smoothed = psis(&numbers(&case["ratios"]), case["reff"].as_f64().unwrap());
        let name = case["name"].as_str().unwrap();
        near(smoothed.pareto_k, &case["k"], name);
        for (got, wanted) in smoothed.ln_weights.iter().zip(case["ln_weights"].as_array().unwrap()) {
            near(*got, wanted, name);
        }
    }
}

/// One observation after the other, each with all draws of all chains.
fn columns(ll: &Value) -> Vec<Vec<f64>> {
    let draws: Vec<Vec<f64>> = ll.as_array().unwrap().iter().flat_map(rows).collect();
    (0..draws[0].len()).map(|i| draws.iter().map(|d| d[i]).collect()).collect()
}

#[test]
fn loo_waic_and_comparison_are_those_of_arviz() {
    let fixture = fixture();
    let loo = &fixture["loo"];
    let (mu, ls) = (rows(&loo["mu"]), rows(&loo["ls"]));
    let efficiency = relative_efficiency([mu.as_slice(), ls.as_slice()]);
    let mut pointwise = Vec::new();
    for (m, model) in loo["models"].as_array().unwrap().iter().enumerate() {
        let each: Vec<_> = columns(&model["ll"]).iter().map(|l| criterion(l, efficiency)).collect();
        for (i, p) in each.iter().enumerate() {
            near(p.elpd_loo, &model["loo_i"][i], &format!("model {m}, loo {i}"));
            near(p.pareto_k, &model["k"][i], &format!("model {m}, k {i}"));
            near(p.elpd_waic, &model["waic_i"][i], &format!("model {m}, waic {i}"));
        }
        let total = elpd(&each);
        near(total.loo.elpd, &model["elpd_loo"], "elpd_loo");
        near(total.loo.se, &model["se"], "se");
        near(total.loo.p, &model["p_loo"], "p_loo");
        near(total.waic.elpd, &model["elpd_waic"], "elpd_waic");
        near(total.waic.se, &model["waic_se"], "waic se");
        near(total.waic.p, &model["p_waic"], "p_waic");
        assert_eq!(total.count, each.len());
        assert_eq!(total.pareto_k.iter().sum::<usize>(), each.len());
        pointwise.push(each.iter().map(|p| p.elpd_loo).collect::<Vec<_>>());
    }
    let comparison = compare(&pointwise);
    for d in &comparison.0 {
        let wanted = &fixture["compare"][["a", "b", "c"][d.model]];
        near(d.elpd, &wanted["elpd"], "elpd");
        near(d.difference, &wanted["diff"], "difference");
        near(d.se, &wanted["dse"], "se of the difference");
        // The reference's optimiser stops at about 1e-4; what counts is that no other weights predict better.
        assert!((d.weight - wanted["weight"].as_f64().unwrap()).abs() < 2e-3, "{d:?} {wanted}");
    }
    let value = |w: &[f64]| -> f64 {
        (0..pointwise[0].len()).map(|i| w.iter().zip(&pointwise).map(|(w, p)| w * p[i].exp()).sum::<f64>().ln()).sum()
    };
    let own = stacking(&pointwise);
    let reference: Vec<f64> = ["a", "b", "c"].iter().map(|k| fixture["compare"][*k]["weight"].as_f64().unwrap()).collect();
    // (weights of exactly zero are the reference's, ours come as near as makes no difference)
    assert!(value(&own) >= value(&reference) - 1e-7, "{own:?} {} {reference:?} {}", value(&own), value(&reference));
}

#[test]
fn a_response_that_nothing_bears_on_is_predicted_reliably() {
    let p = criterion(&[-0.7; 500], 1.0);
    assert!((p.elpd_loo + 0.7).abs() < 1e-12 && p.pareto_k == 0.0 && p.p_waic < 1e-24);
}

#[test]
fn model_selection_finds_what_is_frequent() {
    // With sharp evidence the counts are those of the subjects, and the exceedance probability of two is a beta distribution's tail:
    // P(Beta(8, 4) > 1/2) = 0.88671875.
    let sharp: Vec<Vec<f64>> = (0..10).map(|s| if s < 7 { vec![0.0, -50.0] } else { vec![-50.0, 0.0] }).collect();
    let selected = random_effects(&sharp);
    assert!((selected.counts[0] - 8.0).abs() < 1e-6 && (selected.counts[1] - 4.0).abs() < 1e-6, "{selected:?}");
    assert!((selected.exceedance[0] - 0.886_718_75).abs() < 1e-6, "{selected:?}");
    assert!((selected.frequencies[0] - 8.0 / 12.0).abs() < 1e-6);
    // The free energies of both hypotheses are exact here: 7 and 3 of 10 under a uniform frequency, against chance.
    let with = 2f64.ln() * 0.0 + (1.0f64 / (11.0 * 120.0)).ln();
    let without = -10.0 * 2f64.ln();
    assert!((selected.omnibus_risk - 1.0 / (1.0 + (with - without).exp())).abs() < 1e-3, "{selected:?}");
    assert!(selected.protected_exceedance[0] < selected.exceedance[0] && selected.protected_exceedance[0] > 0.5);
    // Evidence that says nothing.
    let blunt = random_effects(&vec![vec![-3.0, -3.0, -3.0]; 12]);
    for k in 0..3 {
        assert!((blunt.exceedance[k] - 1.0 / 3.0).abs() < 1e-6 && (blunt.protected_exceedance[k] - 1.0 / 3.0).abs() < 1e-6);
    }
    assert!((blunt.assignments[0].iter().sum::<f64>() - 1.0).abs() < 1e-12);
    // Three models: probabilities sum to one and follow the counts.
    let three: Vec<Vec<f64>> = (0..30)
        .map(|s| (0..3).map(|k| if s % 5 == 0 { f64::from(k == 2) } else { 3.0 * f64::from(k == s % 2) }).collect())
        .collect();
    let selected = random_effects(&three);
    assert!((selected.exceedance.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(selected.exceedance[2] < selected.exceedance[0]);
}

#[test]
fn ranks_are_judged_by_their_shape() {
    let uniform: Vec<usize> = (0..400).map(|i| (i * 37) % 100).collect();
    assert!(Ranks::new(&uniform, 99, 400).p_value > 0.5);
    let narrow: Vec<usize> = (0..400).map(|i| if i % 2 == 0 { i % 25 } else { 75 + i % 25 }).collect();
    assert!(Ranks::new(&narrow, 99, 400).verdict().contains("too narrow"));
    let wide: Vec<usize> = (0..400).map(|i| 25 + (i * 37) % 50).collect();
    assert!(Ranks::new(&wide, 99, 400).verdict().contains("too wide"));
    let low: Vec<usize> = (0..400).map(|i| (i * 37) % 60).collect();
    assert!(Ranks::new(&low, 99, 400).verdict().contains("too high"));
}
