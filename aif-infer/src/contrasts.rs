//! Effects of a covariate's values from contrasts between them: what the formulas of `model!` call.
//!
//! One number fewer than values, as one of their sums is the intercept's. With `c` the contrasts and `e` the effects, in the order of the values:
//!
//! | coding | effects |
//! |---|---|
//! | [`treatment`] | `e = (0, c1, c2, ..)`: each against the first |
//! | [`sum`] | `e = (c1, c2, .., -c1 - c2 - ..)`: each against the mean of all |
//! | [`helmert`] | the `j`-th contrast is one part in `j + 1` of what the value after `j` others differs by from their mean: scaled as R's `contr.helmert` |

use aif_runtime::Real;

/// Each value against the first, whose effect is zero.
pub fn treatment<T: Real, const K: usize, const N: usize>(contrasts: [T; K]) -> [T; N] {
    treatment_from(contrasts, 0)
}

/// Each value against the one at a place, whose effect is zero.
pub fn treatment_from<T: Real, const K: usize, const N: usize>(contrasts: [T; K], place: usize) -> [T; N] {
    const { assert!(K + 1 == N, "there is one contrast fewer than values") };
    core::array::from_fn(|i| match i.cmp(&place) {
        core::cmp::Ordering::Less => contrasts[i],
        core::cmp::Ordering::Equal => T::zero(),
        core::cmp::Ordering::Greater => contrasts[i - 1],
    })
}

/// Each value but the last against the mean of all: effects sum to zero.
pub fn sum<T: Real, const K: usize, const N: usize>(contrasts: [T; K]) -> [T; N] {
    const { assert!(K + 1 == N, "there is one contrast fewer than values") };
    let all = contrasts.iter().fold(T::zero(), |sum, &c| sum + c);
    core::array::from_fn(|i| if i < K { contrasts[i] } else { -all })
}

/// Each value but the first against the mean of those before it: the value at `j` gets `j c_j` of its own contrast, those before it `-c_j`.
pub fn helmert<T: Real, const K: usize, const N: usize>(contrasts: [T; K]) -> [T; N] {
    const { assert!(K + 1 == N, "there is one contrast fewer than values") };
    core::array::from_fn(|i| {
        let own = if i == 0 { T::zero() } else { T::constant(i as f64) * contrasts[i - 1] };
        contrasts.iter().skip(i).fold(own, |sum, &c| sum - c)
    })
}

/// The differences of all pairs of effects, the later one's first: `e1 - e0`, `e2 - e0`, `e2 - e1`, ..
pub fn pairs<T: Real, const N: usize, const P: usize>(effects: [T; N]) -> [T; P] {
    const { assert!(N * (N - 1) / 2 == P, "there is one difference for each pair") };
    let mut of = (1..N).flat_map(|later| (0..later).map(move |before| (later, before)));
    core::array::from_fn(|_| of.next().map_or(T::zero(), |(later, before)| effects[later] - effects[before]))
}

/// Codes the second of two covariates, row by row.
pub fn rows<T: Real, const R: usize, const K: usize, const N: usize>(
    contrasts: [[T; K]; R],
    code: impl Fn([T; K]) -> [T; N],
) -> [[T; N]; R] {
    contrasts.map(code)
}

/// Codes the first of two covariates, column by column.
pub fn columns<T: Real, const K: usize, const N: usize, const C: usize>(
    contrasts: [[T; C]; K],
    code: impl Fn([T; K]) -> [T; N],
) -> [[T; C]; N] {
    let coded: [[T; N]; C] = core::array::from_fn(|c| code(core::array::from_fn(|r| contrasts[r][c])));
    core::array::from_fn(|n| core::array::from_fn(|c| coded[c][n]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_those_of_rs_contrast_matrices() {
        assert_eq!(treatment([2.0, 5.0]), [0.0, 2.0, 5.0]);
        assert_eq!(treatment_from([2.0, 5.0], 1), [2.0, 0.0, 5.0]);
        assert_eq!(sum([2.0, 5.0]), [2.0, 5.0, -7.0]);
        // contr.helmert(4): (-1, 1, 0, 0), (-1, -1, 2, 0), (-1, -1, -1, 3)
        assert_eq!(helmert([1.0, 10.0, 100.0]), [-111.0, -109.0, -80.0, 300.0]);
        assert_eq!(pairs([1.0, 4.0, 9.0]), [3.0, 8.0, 5.0]);
        assert_eq!(columns(rows([[1.0, 2.0]], treatment), sum), [[0.0, 1.0, 2.0], [0.0, -1.0, -2.0]]);
    }
}
