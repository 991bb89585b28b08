//! Nodes and weights for integrals of functions that look like a normal density.

use crate::prior::HALF_LN_TWO_PI;

/// Points in a few dimensions with weights: `integral of g = sum of exp(ln_weight) g(point)`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// How many dimensions it has.
    pub dimension: usize,
    /// The points, one after the other.
    pub points: Vec<f64>,
    /// The logarithms of the weights.
    pub ln_weights: Vec<f64>,
    words: String,
}

/// Nodes along each of one, two and three dimensions, from few to many.
const TENSOR: [&[usize]; 3] = [&[5, 9, 17, 33], &[5, 9, 15], &[3, 5, 7]];

/// Points in more dimensions.
const SPREAD: [usize; 3] = [32, 128, 512];

/// How much wider points in more dimensions are spread than a normal density: their weights are bounded then.
const WIDER: f64 = 1.2;

impl Rule {
    /// How many rules there are for a dimension, from few nodes to many.
    pub fn levels(dimension: usize) -> usize {
        match dimension {
            0 => 1,
            1..=3 => TENSOR[dimension - 1].len(),
            _ => SPREAD.len(),
        }
    }

    /// A rule for a dimension: a product of Gauss-Hermite rules in up to three, points that fill the space evenly in more.
    pub fn new(dimension: usize, level: usize) -> Rule {
        match dimension {
            0 => Rule { dimension, points: Vec::new(), ln_weights: vec![0.0], words: "nothing to integrate".into() },
            1..=3 => Rule::tensor(dimension, TENSOR[dimension - 1][level]),
            _ => Rule::spread(dimension, SPREAD[level]),
        }
    }

    /// A product of Gauss-Hermite rules with so many nodes each.
    pub fn tensor(dimension: usize, nodes: usize) -> Rule {
        let line = gauss_hermite(nodes);
        let total = nodes.pow(dimension as u32);
        let (mut points, mut ln_weights) = (Vec::with_capacity(total * dimension), Vec::with_capacity(total));
        for flat in 0..total {
            let (mut rest, mut ln_weight) = (flat, 0.0);
            for _ in 0..dimension {
                let (z, ln_w) = line[rest % nodes];
                rest /= nodes;
                points.push(z);
                ln_weight += ln_w;
            }
            ln_weights.push(ln_weight);
        }
        let words = match dimension {
            1 => format!("{nodes} Gauss-Hermite nodes"),
            _ => format!("{nodes} Gauss-Hermite nodes along each of {dimension} parameters"),
        };
        Rule { dimension, points, ln_weights, words }
    }

    /// Points that fill the space as a wide normal distribution does, in opposite pairs: a Halton sequence, moved by a fixed shift.
    fn spread(dimension: usize, count: usize) -> Rule {
        let (mut points, mut ln_weights) = (Vec::with_capacity(count * dimension), Vec::with_capacity(count));
        let normal = |p: f64| crate::diagnostics::normal_quantile(p.clamp(1e-9, 1.0 - 1e-9));
        for k in 0..count / 2 {
            let own: Vec<f64> =
                primes().take(dimension).map(|p| WIDER * normal((halton(k as u64 + 20, p) + 0.5 / p as f64).fract())).collect();
            let ln_weight =
                own.iter().map(|z| 0.5 * (z / WIDER).powi(2) + HALF_LN_TWO_PI + WIDER.ln()).sum::<f64>() - (count as f64).ln();
            points.extend(&own);
            points.extend(own.iter().map(|z| -z));
            ln_weights.extend([ln_weight, ln_weight]);
        }
        Rule { dimension, points, ln_weights, words: format!("{count} evenly spread points in {dimension} dimensions") }
    }

    /// How many points it has.
    pub fn len(&self) -> usize {
        self.ln_weights.len()
    }

    /// Whether it has no point.
    pub fn is_empty(&self) -> bool {
        self.ln_weights.is_empty()
    }

    /// What it is.
    pub fn words(&self) -> &str {
        &self.words
    }
}

/// Places on the real line with the logarithms of their weights: a polynomial of degree below `2 n` times the standard normal density is
/// integrated exactly. The roots of the Hermite function of degree `n`, found between those of the one before, by bisection and Newton's
/// method.
fn gauss_hermite(n: usize) -> Vec<(f64, f64)> {
    // Orthonormal Hermite polynomials of degree n and n - 1 at z.
    let pair = |z: f64, n: usize| {
        let (mut last, mut this) = (0.0, 1.0);
        for k in 0..n {
            (last, this) = (this, (z * this - (k as f64).sqrt() * last) / ((k + 1) as f64).sqrt());
        }
        (this, last)
    };
    let mut roots: Vec<f64> = Vec::new();
    for degree in 1..=n {
        let edge = 2.0 * (degree as f64).sqrt() + 1.0;
        let ends: Vec<f64> = std::iter::once(-edge).chain(roots.iter().copied()).chain([edge]).collect();
        roots = ends
            .windows(2)
            .map(|w| {
                let (mut low, mut high) = (w[0], w[1]);
                let rising = pair(high, degree).0 > 0.0;
                for _ in 0..40 {
                    let middle = 0.5 * (low + high);
                    if (pair(middle, degree).0 > 0.0) == rising { high = middle } else { low = middle }
                }
                let mut z = 0.5 * (low + high);
                for _ in 0..4 {
                    let (value, before) = pair(z, degree);
                    z -= value / ((degree as f64).sqrt() * before);
                }
                z
            })
            .collect();
    }
    let weight = |&z: &f64| {
        let (_, before) = pair(z, n);
        // The weight by the normal density is 1 / (n h_{n-1}^2); that density is divided out.
        (z, -(n as f64).ln() - 2.0 * before.abs().ln() + 0.5 * z * z + HALF_LN_TWO_PI)
    };
    roots.iter().map(weight).collect()
}

/// The van der Corput sequence in a base.
fn halton(mut k: u64, base: u64) -> f64 {
    let (mut sum, mut by) = (0.0, 1.0);
    while k > 0 {
        by /= base as f64;
        sum += by * (k % base) as f64;
        k /= base;
    }
    sum
}

fn primes() -> impl Iterator<Item = u64> {
    (2u64..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_density() {
        for dimension in 1..=6 {
            for level in 0..Rule::levels(dimension) {
                let rule = Rule::new(dimension, level);
                let moment = |f: &dyn Fn(&[f64]) -> f64| -> f64 {
                    let each = rule.points.chunks(dimension).zip(&rule.ln_weights);
                    each.map(|(z, w)| (w - z.iter().map(|z| 0.5 * z * z + HALF_LN_TWO_PI).sum::<f64>()).exp() * f(z)).sum()
                };
                let near = if dimension <= 3 { 1e-10 } else { [0.2, 0.1, 0.04][level] };
                assert!((moment(&|_| 1.0) - 1.0).abs() < near, "{dimension} {level}: {}", moment(&|_| 1.0));
                assert!(moment(&|z| z[0]).abs() < 1e-10);
                let fourth = moment(&|z| z[dimension - 1].powi(4));
                assert!((fourth - 3.0).abs() < 10.0 * near, "{dimension} {level}: {fourth}");
            }
        }
    }
}
