//! Bayesian model reduction of counts.

use aif::spm::{divergence, reduce, sleep};
use serde_json::Value;

use super::read::{Compare, number, tensor};

pub fn check(case: &Value, compare: &mut Compare) {
    compare.within(&format!("{}: ", case["name"]));
    let (posterior, prior) = (tensor(&case["qA"]), tensor(&case["pA"]));
    if case["kind"] == "sleep" {
        let slept = sleep(&posterior, &prior, number(&case["x"]), number(&case["T"])).expect("counts of that shape");
        compare.member(case, "reduced_posterior", &slept.posterior);
        compare.member(case, "reduced_prior", &slept.prior);
        compare.nothing_but(case, &["name", "kind", "qA", "pA", "x", "T", "reduced_posterior", "reduced_prior"]);
        return;
    }
    let reduction = reduce(&posterior, &prior, &tensor(&case["rA"])).expect("counts of one shape");
    let free_energies = &reduction.free_energies;
    // One number for each column, in the shape of the other axes; a table of one axis has one column.
    let shape = if prior.shape().len() > 1 { &prior.shape()[1..] } else { &[1][..] };
    compare.member(case, "F", super::read::Shaped(shape, free_energies));
    compare.member(case, "sA", &reduction.posterior);
    compare.member(case, "KL", divergence(&posterior, &prior).expect("counts of one shape"));
    compare.nothing_but(case, &["name", "kind", "qA", "pA", "rA", "F", "sA", "KL"]);
}
