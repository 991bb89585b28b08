//! Polynomials through values at Chebyshev nodes: their coefficients, how fast these fall, and where to measure what is left.

/// The most numbers that a table is over.
pub const MOST: usize = 3;

/// How many powers the short polynomials have.
pub(super) const PART: usize = 8;

/// Points between the nodes at which the error is measured.
pub(super) const CHECKS: usize = 12;

/// Why there is no table for a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTable {
    /// The log-likelihood is not finite somewhere near.
    Impossible,
    /// It is not smooth enough for so few nodes.
    Rough,
}

/// The powers of the polynomial through values at the roots of a Chebyshev polynomial.
pub(super) fn by_powers(values: &[f64; PART], nodes: &[f64; PART]) -> [f64; PART] {
    let mut powers = [0.0; PART];
    // T_k by powers: T_{k+1} = 2 x T_k - T_{k-1}.
    let (mut last, mut this) = ([0.0; PART], [0.0; PART]);
    this[0] = 1.0;
    for k in 0..PART {
        let t = |s: f64| (k as f64 * s.acos()).cos();
        let scale = if k == 0 { 1.0 } else { 2.0 };
        let c = scale / PART as f64 * values.iter().zip(nodes).map(|(v, s)| v * t(*s)).sum::<f64>();
        powers.iter_mut().zip(&this).for_each(|(p, t)| *p += c * t);
        let by = if k == 0 { 1.0 } else { 2.0 };
        let next = std::array::from_fn(|i| if i > 0 { by * this[i - 1] } else { 0.0 } - if k > 0 { last[i] } else { 0.0 });
        (last, this) = (this, next);
    }
    powers
}

/// The coefficients of the polynomial through the nodes, the last number's running fastest: a cosine transform along each.
pub(super) fn transformed(
    degrees: &[usize],
    most: usize,
    at_node: &mut dyn FnMut([usize; MOST]) -> Result<f64, NoTable>,
) -> Result<Vec<f64>, NoTable> {
    let n = degrees.len();
    let total: usize = degrees.iter().map(|d| d + 1).product();
    let mut values = Vec::with_capacity(total);
    for flat in 0..total {
        let (mut node, mut rest) = ([0; MOST], flat);
        for i in (0..n).rev() {
            node[i] = rest % (degrees[i] + 1) * (most / degrees[i]);
            rest /= degrees[i] + 1;
        }
        values.push(at_node(node)?);
    }
    for axis in 0..n {
        let size = degrees[axis] + 1;
        let stride: usize = degrees[axis + 1..].iter().map(|d| d + 1).product();
        let degree = degrees[axis] as f64;
        let cosines: Vec<f64> = (0..2 * degrees[axis]).map(|k| (std::f64::consts::PI * k as f64 / degree).cos()).collect();
        let mut line = vec![0.0; size];
        for start in (0..total).filter(|i| (i / stride).is_multiple_of(size)) {
            (0..size).for_each(|j| line[j] = values[start + j * stride]);
            for k in 0..size {
                let halved = |j: usize| if j == 0 || j + 1 == size { 0.5 } else { 1.0 };
                let sum: f64 = (0..size).map(|j| halved(j) * line[j] * cosines[j * k % cosines.len()]).sum();
                values[start + k * stride] = 2.0 / degree * halved(k) * sum;
            }
        }
    }
    Ok(values)
}

/// For each number: the largest sum of absolute coefficients along it over the last quarter of its degrees, a bound for what is beyond.
pub(super) fn tails(coefficients: &[f64], degrees: &[usize]) -> Vec<f64> {
    let n = degrees.len();
    let mut tails = vec![0.0; n];
    for (flat, c) in coefficients.iter().enumerate() {
        let mut rest = flat;
        for i in (0..n).rev() {
            let k = rest % (degrees[i] + 1);
            rest /= degrees[i] + 1;
            if k > degrees[i] - degrees[i] / 8 {
                tails[i] += c.abs();
            }
        }
    }
    tails
}

/// Points that fill a box evenly: multiples of the roots of `x^(n+1) = x + 1` (Roberts 2018, "The unreasonable effectiveness of quasirandom
/// sequences").
pub(super) fn checks(n: usize) -> impl Iterator<Item = Vec<f64>> {
    let root = [1.618_033_988_749_895, 1.324_717_957_244_746, 1.220_744_084_605_759_6][n - 1];
    (1..=CHECKS).map(move |k| (1..=n as i32).map(|i| 2.0 * (0.5 + k as f64 / f64::powi(root, i)).fract() - 1.0).collect())
}
