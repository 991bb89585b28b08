//! Joint states of all factors as one index, the last factor running fastest.

use alloc::vec;
use alloc::vec::Vec;

use super::numbers::dot;
use super::tensor::Tensor;

/// The product of distributions, one for each factor.
pub(super) fn product<'a>(beliefs: impl Iterator<Item = &'a [f64]>) -> Vec<f64> {
    beliefs.fold(vec![1.0], |joint, belief| joint.iter().flat_map(|p| belief.iter().map(move |q| p * q)).collect())
}

/// What is left of a joint table when it is weighed with the beliefs about all factors but one.
pub(super) fn weigh_others(joint: &[f64], beliefs: &[&[f64]], kept: usize) -> Vec<f64> {
    let mut left = joint.to_vec();
    for belief in beliefs[kept + 1..].iter().rev() {
        left = left.chunks(belief.len()).map(|entries| dot(entries, belief)).collect();
    }
    for belief in &beliefs[..kept] {
        let size = left.len() / belief.len();
        let mut sum = vec![0.0; size];
        for (entries, p) in left.chunks(size).zip(*belief) {
            for (sum, x) in sum.iter_mut().zip(entries) {
                *sum += p * x;
            }
        }
        left = sum;
    }
    left
}

/// The distribution of one factor.
pub(super) fn marginal(joint: &[f64], sizes: &[usize], factor: usize) -> Vec<f64> {
    let inner: usize = sizes[factor + 1..].iter().product();
    let mut to = vec![0.0; sizes[factor]];
    for (i, p) in joint.iter().enumerate() {
        to[i / inner % sizes[factor]] += p;
    }
    to
}

/// The index of a joint state or action.
pub(super) fn index(of: &[usize], sizes: &[usize]) -> usize {
    of.iter().zip(sizes).fold(0, |at, (i, n)| at * n + i)
}

/// Joint states one step later, each factor by its own transition.
pub(super) fn step(joint: &[f64], transitions: &[&Tensor]) -> Vec<f64> {
    let mut joint = joint.to_vec();
    let mut inner = joint.len();
    for b in transitions {
        let n = b.rows();
        inner /= n;
        let mut to = vec![0.0; joint.len()];
        for (to, from) in to.chunks_mut(n * inner).zip(joint.chunks(n * inner)) {
            for (next, to) in to.chunks_mut(inner).enumerate() {
                for (from, p) in from.chunks(inner).zip(b.row(next)) {
                    for (to, x) in to.iter_mut().zip(from) {
                        *to += p * x;
                    }
                }
            }
        }
        joint = to;
    }
    joint
}
