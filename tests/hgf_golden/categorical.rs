//! Categorical inputs against golden values.

use aif::hgf::{Belief, CategoricalFilter, Filter, FilterCompat, FilterOptions, GaussianFilter, Shape, Update, category_beliefs};
use serde_json::Value;

use crate::read::{Compare, golden, list, number};

pub fn check(compare: &mut Compare) {
    let Some(golden) = golden("categorical") else { return };
    for case in list(&golden["cases"]) {
        compare.place = case["id"].as_str().unwrap_or("").to_owned();
        match case["n_categories"].as_u64() {
            Some(2) => one::<2>(case, compare),
            Some(3) => one::<3>(case, compare),
            Some(4) => one::<4>(case, compare),
            Some(5) => one::<5>(case, compare),
            Some(6) => one::<6>(case, compare),
            n => compare.failures.push(format!("{}: {n:?} categories", compare.place)),
        }
    }
}

fn one<const N: usize>(case: &Value, compare: &mut Compare) {
    let tonic = list(&case["tonic_volatility_level2"]);
    let model = CategoricalFilter::<f64, N> {
        tonic_volatility: std::array::from_fn(|i| number(&tonic[i])),
        meta_volatility: number(&case["tonic_volatility_level3"]),
        inverse_temperature: 1.0,
    };
    let update = if case["update"] == "standard" { Update::Standard } else { Update::Enhanced };
    let options = FilterOptions { update, compat: FilterCompat::PYHGF, ..FilterOptions::default() };
    let mut filter = Filter::<_>::new(model, options).expect("a usable filter");
    let meta = CategoricalFilter::<f64, N>::META;
    let (mut counts, mut all) = (vec![1.0; N], Vec::new());
    for (k, seen) in list(&case["observations"]).iter().enumerate() {
        filter.take(&[Some(number(seen))], 1.0).expect("an input");
        let beliefs = filter.beliefs();
        let places = <CategoricalFilter<f64, N> as GaussianFilter<f64>>::Shape::places(&beliefs);
        let nodes: Vec<Belief<f64>> = meta.nodes().map(|(line, element)| places[meta.place(line, element)]).collect();
        let found = category_beliefs(&nodes[..N], &nodes[N..2 * N], &counts);
        let golden = &case["categorical"];
        for i in 0..N {
            compare.near(|| format!("mean {i} at {k}"), found.mean[i], number(&list(&golden["mean"])[k][i]), 1e-9);
            compare.near(|| format!("count {i} at {k}"), found.counts[i], number(&list(&golden["alpha"])[k][i]), 1e-8);
        }
        compare.near(|| format!("surprise at {k}"), found.surprise, number(&list(&golden["surprise"])[k]), 1e-9);
        compare.near(|| format!("divergence at {k}"), found.divergence, number(&list(&golden["kl_divergence"])[k]), 1e-7);
        counts = found.counts;
        all.push(nodes);
    }
    for (i, node) in list(&case["trajectories"]).iter().enumerate() {
        for (key, of) in [
            ("expected_mean", (|b| b.expected_mean) as fn(&Belief<f64>) -> f64),
            ("expected_precision", |b| b.expected_precision),
            ("mean", |b| b.mean),
            ("precision", |b| b.precision),
        ] {
            for (k, expected) in list(&node[key]).iter().enumerate() {
                compare.near(|| format!("{key} of node {i} at {k}"), of(&all[k][i]), number(expected), 1e-9);
            }
        }
    }
}
