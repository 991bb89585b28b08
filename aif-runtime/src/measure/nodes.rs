//! Where planning looks: fixed nodes for what a modality may measure, the same whatever the hidden state, with their weights.
//!
//! On its line (the numbers themselves, their logarithm or logit) the trapezoid rule is right to many digits for densities that fall on both sides,
//! once nodes are closer than a standard deviation (Trefethen & Weideman 2014). Where the hidden states' densities are too different for even nodes,
//! these are laid where densities are: evenly in the distribution function of a mixture with one broad component for each of them.

use core::f64::consts::PI;

use super::{Line, Spread};
use crate::math::{exp, ln};

/// Even nodes are at most so many widths of the narrowest density apart.
const EVEN: f64 = 1.0;

/// Where several densities have something: worked out when it is asked for, so that nothing is allocated.
pub(crate) struct Spreads<'a> {
    /// How many there are.
    pub count: usize,
    /// Where one of them has something.
    pub of: &'a dyn Fn(usize) -> Spread,
}

impl Spreads<'_> {
    fn all(&self) -> impl Iterator<Item = Spread> {
        (0..self.count).map(|i| (self.of)(i))
    }
}

/// How broad the components of the mixture are by which nodes are laid elsewhere, in widths of the densities that they stand for.
const BROAD: f64 = 1.6;

/// Lays nodes for `count` densities that have something where `spread` says: values in `nodes`, in increasing order, and how much of the line each stands for
/// in `weights`, so that the weighted sum of a density over all nodes is 1.
pub(crate) fn lay(line: Line, spreads: &Spreads<'_>, nodes: &mut [f64], weights: &mut [f64]) {
    let count = nodes.len();
    let low = spreads.all().fold(f64::INFINITY, |low, s| low.min(s.low));
    let high = spreads.all().fold(f64::NEG_INFINITY, |high, s| high.max(s.high));
    let narrow = spreads.all().fold(f64::INFINITY, |narrow, s| narrow.min(s.width));
    let of_line = |u: f64| match line {
        Line::Positive => (exp(u), exp(u)),
        Line::Share => {
            let x = 1.0 / (1.0 + exp(-u));
            (x, x / (1.0 + exp(u)))
        }
        _ => (u, 1.0),
    };
    match line {
        Line::Circle => {
            for (j, (node, weight)) in nodes.iter_mut().zip(weights).enumerate() {
                *weight = 2.0 * PI / count as f64;
                *node = -PI + (j as f64 + 0.5) * *weight;
            }
        }
        Line::Count => {
            for (j, (node, weight)) in nodes.iter_mut().zip(weights).enumerate() {
                (*node, *weight) = (libm::floor(low) + j as f64, 1.0);
            }
        }
        Line::Real | Line::Positive | Line::Share if high - low <= EVEN * narrow * count.saturating_sub(1) as f64 => {
            let step = (high - low) / (count - 1) as f64;
            for (j, (node, weight)) in nodes.iter_mut().zip(weights).enumerate() {
                let (x, slope) = of_line(low + j as f64 * step);
                (*node, *weight) = (x, slope * step);
            }
        }
        _ => {
            let heavy = line == Line::Heavy;
            let mut u = low;
            for (j, (node, weight)) in nodes.iter_mut().zip(weights).enumerate() {
                let share = (j as f64 + 0.5) / count as f64;
                u = quantile(spreads, heavy, share, u);
                let (x, slope) = of_line(u);
                (*node, *weight) = (x, slope / (count as f64 * broad(spreads, heavy, u).1));
            }
        }
    }
}

/// The distribution function and the density of the broad mixture: logistic components, or Cauchy's where tails are heavy.
fn broad(spreads: &Spreads<'_>, heavy: bool, u: f64) -> (f64, f64) {
    let (mut below, mut density) = (0.0, 0.0);
    for s in spreads.all() {
        let (center, scale) = component(&s);
        let z = (u - center) / scale;
        if heavy {
            below += 0.5 + crate::math::atan(z) / PI;
            density += 1.0 / (PI * scale * (1.0 + z * z));
        } else {
            let p = 1.0 / (1.0 + exp(-z));
            below += p;
            density += p / (1.0 + exp(z)) / scale;
        }
    }
    let count = spreads.count as f64;
    (below / count, density / count)
}

/// A component as wide as what it stands for: narrow ones by their width, those with long tails by their reach.
fn component(s: &Spread) -> (f64, f64) {
    (s.center, BROAD * s.width.max((s.high - s.low) / 24.0))
}

/// Where the broad mixture's distribution function is `share`: Newton's steps from a point, held between bounds that close in.
fn quantile(spreads: &Spreads<'_>, heavy: bool, share: f64, from: f64) -> f64 {
    // Every component's own quantile: between the least and the greatest of them lies the mixture's.
    let z = if heavy { libm::tan(PI * (share - 0.5)) } else { ln(share / (1.0 - share)) };
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for s in spreads.all() {
        let (center, scale) = component(&s);
        low = low.min(center + scale * z);
        high = high.max(center + scale * z);
    }
    let mut u = from.clamp(low, high);
    for _ in 0..200 {
        let (below, density) = broad(spreads, heavy, u);
        if below > share {
            high = u;
        } else {
            low = u;
        }
        let next = u - (below - share) / density;
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        if (next - u).abs() <= 1e-12 * (high - low).max(u.abs()) || high <= low {
            return next;
        }
        u = next;
    }
    u
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::measure::{Beta, Gamma, LogNormal, Measured, Normal, Poisson, StudentT, VonMises};

    /// By how much sums over nodes are off: of each density the whole, and of both the information about which it is.
    fn off<D: Measured<f64>>(both: [D; 2], count: usize) -> (f64, f64) {
        let spreads = Spreads { count: 2, of: &|i| both[i].spread() };
        let information = |count: usize| {
            let (mut nodes, mut weights) = (vec![0.0; count], vec![0.0; count]);
            lay(D::LINE, &spreads, &mut nodes, &mut weights);
            let (mut sums, mut gain) = ([0.0; 2], 0.0);
            for (&x, &w) in nodes.iter().zip(&weights) {
                let p = both.map(|d| w * exp(d.ln_density(x)));
                let mean = 0.5 * (p[0] + p[1]);
                for (sum, p) in sums.iter_mut().zip(p) {
                    *sum += p;
                    if p > 0.0 {
                        gain += 0.5 * p * ln(p / mean);
                    }
                }
            }
            (sums.iter().fold(0.0, |worst: f64, s| worst.max((s - 1.0).abs())), gain)
        };
        let (whole, gain) = information(count);
        (whole, (gain - information(4096).1).abs())
    }

    #[test]
    fn thirty_two_nodes_hold_two_densities_and_what_tells_them_apart() {
        let near = |found: (f64, f64), most: f64, what: &str| {
            assert!(found.0 < most && found.1 < most, "{what}: {found:?}");
        };
        for apart in [0.5, 1.0, 3.0, 10.0] {
            near(off([Normal::new(0.0, 1.0), Normal::new(apart, 1.0)], 32), 1e-6, "normal");
        }
        near(off([Normal::new(0.0, 0.1), Normal::new(1.0, 2.0)], 32), 1e-3, "normal, one narrow");
        near(off([Normal::new(0.0, 0.01), Normal::new(100.0, 0.01)], 32), 1e-5, "normal, far apart");
        near(off([LogNormal::new(0.0, 0.5), LogNormal::new(1.0, 0.4)], 32), 1e-8, "log-normal");
        near(off([Gamma::new(2.0, 1.0), Gamma::new(5.0, 1.0)], 32), 1e-6, "gamma");
        near(off([Beta::new(2.0, 5.0), Beta::new(5.0, 2.0)], 32), 1e-4, "beta");
        near(off([StudentT::new(4.0, 0.0, 1.0), StudentT::new(4.0, 2.0, 1.0)], 32), 1e-5, "Student's t");
        near(off([VonMises::new(0.0, 4.0), VonMises::new(2.0, 4.0)], 32), 1e-7, "von Mises");
        near(off([Poisson::new(1.0), Poisson::new(4.0)], 40), 1e-7, "Poisson");
    }
}
