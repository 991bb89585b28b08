//! Against values computed with ArviZ on the same draws (`tests/fixtures/diagnostics.json`).

use serde_json::Value;

use super::*;

fn chains(value: &Value) -> Vec<Vec<f64>> {
    let list = |v: &Value| v.as_array().expect("a list").clone();
    list(value).iter().map(|c| list(c).iter().map(|x| x.as_f64().expect("a number")).collect()).collect()
}

#[test]
fn diagnostics_are_those_of_arviz() {
    let fixture: Value = serde_json::from_str(include_str!("../../tests/fixtures/diagnostics.json")).expect("JSON");
    for (name, case) in fixture.as_object().expect("cases") {
        let draws = chains(&case["chains"]);
        for (what, got) in
            [("rhat", rhat(&draws)), ("bulk", ess_bulk(&draws)), ("tail", ess_tail(&draws)), ("bfmi", e_bfmi(&draws[0]))]
        {
            let wanted = case[what].as_f64().expect("a number");
            assert!((got / wanted - 1.0).abs() < 1e-9, "{name} {what}: {got}, ArviZ {wanted}");
        }
    }
}

#[test]
fn diagnostics_of_too_few_or_constant_draws_do_not_panic() {
    for chains in [vec![vec![1.0]], vec![vec![1.0, 2.0], vec![1.0, 2.0]], vec![vec![3.0; 10]; 2], vec![vec![], vec![]]] {
        let _ = (rhat(&chains), ess_bulk(&chains), ess_tail(&chains));
    }
    assert_eq!(ess_bulk(&[vec![3.0; 10], vec![3.0; 10]]), 20.0);
    assert!(e_bfmi(&[1.0]).is_nan());
}

#[test]
fn normal_quantiles_invert_the_normal_distribution() {
    for (p, x) in [(0.5, 0.0), (0.975, 1.959_963_984_540_054), (1e-10, -6.361_340_902_404_056), (0.2, -0.841_621_233_572_914_4)] {
        assert!((rank::normal_quantile(p) - x).abs() < 1e-13 * (1.0 + f64::abs(x)), "{p}");
    }
}
