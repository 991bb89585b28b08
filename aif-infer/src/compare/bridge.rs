//! Bridge sampling: the integral of a density that is known up to its constant, from draws of it and draws of a density that is known whole
//! (Meng & Wong 1996; Gronau et al. 2017, J. Math. Psychol. 81).

use aif_runtime::scalar::log_sum_exp;

use crate::diagnostics::ess_mean;

/// The logarithm of an integral, with its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bridge {
    /// The logarithm, in nats.
    pub ln_integral: f64,
    /// The Monte-Carlo error of it: of the relative error of the integral, draws of a chain for what they are worth (Frühwirth-Schnatter 2004).
    pub error: f64,
}

/// So often the estimate is put into its own equation, at most.
const ROUNDS: usize = 1000;

/// The integral of `p` from `ln p - ln g` at draws of `p`, chain by chain, and at independent draws of the proposal `g`. Draws of `p` may have
/// weights, one each, which sum to one; without they count alike. `None` where a ratio is not a number, nowhere is one finite, or the estimate
/// does not come to rest.
///
/// The bridge is the one with the least error where draws are independent, `1 / (s1 p + s2 g)` with shares by how many draws there are, those of `p`
/// for what they are worth.
pub fn bridge(drawn: &[Vec<f64>], weights: Option<&[f64]>, proposed: &[f64]) -> Option<Bridge> {
    let all: Vec<f64> = drawn.iter().flatten().copied().collect();
    let bad = |x: &f64| x.is_nan() || *x == f64::INFINITY;
    // A draw of p has a density; one of the proposal need not.
    if all.is_empty() || proposed.is_empty() || all.iter().any(|x| !x.is_finite()) || proposed.iter().any(bad) {
        return None;
    }
    let even = vec![1.0 / all.len() as f64; all.len()];
    let weights = weights.unwrap_or(&even);
    // What the draws of p are worth: by their weights, and by how the ratios hang together along the chains.
    let alike = 1.0 / weights.iter().map(|w| w * w).sum::<f64>();
    let chained = (ess_mean(drawn) / all.len() as f64).clamp(1.0 / all.len() as f64, 1.0);
    let worth = if chained.is_finite() { alike * chained } else { alike };
    let (own, others) = (worth / (worth + proposed.len() as f64), proposed.len() as f64 / (worth + proposed.len() as f64));

    // Both sides at a current estimate r, where p's ratios are l: E_g[l / (s1 l + s2 r)] and E_p[1 / (s1 l + s2 r)], in logarithms.
    let ln_both = |l: f64, r: f64| log_sum_exp(&[own.ln() + l, others.ln() + r]);
    let numerator = |l: f64, r: f64| if l == f64::NEG_INFINITY { l } else { l - ln_both(l, r) };
    let mut r = {
        let mut sorted = all.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let mut is_at_rest = false;
    for _ in 0..ROUNDS {
        let above: Vec<f64> = proposed.iter().map(|&l| numerator(l, r)).collect();
        let below: Vec<f64> = all.iter().zip(weights).map(|(&l, w)| w.ln() - ln_both(l, r)).collect();
        let next = log_sum_exp(&above) - (proposed.len() as f64).ln() - log_sum_exp(&below);
        if !next.is_finite() {
            return None;
        }
        is_at_rest = (next - r).abs() < 1e-10 * (1.0 + r.abs());
        r = next;
        if is_at_rest {
            break;
        }
    }
    if !is_at_rest {
        return None;
    }
    let above: Vec<f64> = proposed.iter().map(|&l| numerator(l, r).exp()).collect();
    let mean = above.iter().sum::<f64>() / above.len() as f64;
    let of_proposed = above.iter().map(|x| (x / mean - 1.0).powi(2)).sum::<f64>() / (above.len() as f64).powi(2);
    // Relative to the largest, for densities may be of any size.
    let below: Vec<f64> = all.iter().map(|&l| -ln_both(l, r)).collect();
    let largest = below.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let below: Vec<f64> = below.iter().map(|x| (x - largest).exp()).collect();
    let mean: f64 = below.iter().zip(weights).map(|(x, w)| w * x).sum();
    let off: Vec<f64> = below.iter().zip(weights).map(|(x, w)| w * (x / mean - 1.0) * all.len() as f64).collect();
    let chains: Vec<Vec<f64>> = split_like(&off, drawn);
    let ess = ess_mean(&chains);
    let count = if ess.is_finite() { ess.clamp(1.0, all.len() as f64) } else { all.len() as f64 };
    let of_drawn = off.iter().map(|x| x * x).sum::<f64>() / off.len() as f64 / count;
    let error = (of_proposed + of_drawn).sqrt();
    error.is_finite().then_some(Bridge { ln_integral: r, error })
}

/// A list in pieces as long as others.
fn split_like(list: &[f64], pieces: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut rest = list;
    let mut taken = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (own, others) = rest.split_at(piece.len());
        taken.push(own.to_vec());
        rest = others;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand_distr::{Distribution, Normal};

    /// `ln p - ln g` for a gamma density times `e^700` and a normal proposal on the logarithm.
    fn ratio(u: f64) -> f64 {
        let p = 700.0 + 3.0 * u - u.exp();
        let g = -0.5 * ((u - 0.9) / 0.6f64).powi(2) - 0.6f64.ln() - crate::prior::HALF_LN_TWO_PI;
        p - g
    }

    #[test]
    fn a_known_integral_is_found_within_its_error() {
        // The integral of exp(3u - e^u) is the gamma function of 3.
        let exact = 700.0 + 2f64.ln();
        let mut squares = 0.0;
        let mut claimed = 0.0;
        const RUNS: u64 = 200;
        for seed in 0..RUNS {
            let mut rng = stream(seed, 0);
            let gamma = rand_distr::Gamma::new(3.0, 1.0).unwrap();
            let drawn: Vec<Vec<f64>> =
                (0..2).map(|_| (0..150).map(|_| ratio(f64::ln(gamma.sample(&mut rng)))).collect()).collect();
            let normal = Normal::new(0.9, 0.6).unwrap();
            let proposed: Vec<f64> = (0..300).map(|_| ratio(normal.sample(&mut rng))).collect();
            let found = bridge(&drawn, None, &proposed).unwrap();
            squares += (found.ln_integral - exact).powi(2) / RUNS as f64;
            claimed += found.error.powi(2) / RUNS as f64;
        }
        // The error that is told is the one that is made.
        let (made, told) = (f64::sqrt(squares), f64::sqrt(claimed));
        assert!(made < 0.02 && (made / told - 1.0).abs() < 0.25, "{made} and {told}");
    }

    #[test]
    fn draws_of_another_density_count_by_their_weights() {
        // Drawn from gamma(2), weighed to gamma(3).
        let gamma = rand_distr::Gamma::new(2.0, 1.0).unwrap();
        let mut rng = stream(5, 0);
        let places: Vec<f64> = (0..2000).map(|_| gamma.sample(&mut rng)).collect();
        let total: f64 = places.iter().sum();
        let weights: Vec<f64> = places.iter().map(|x| x / total).collect();
        let drawn = vec![places.iter().map(|x| ratio(x.ln())).collect()];
        let normal = Normal::new(0.9, 0.6).unwrap();
        let proposed: Vec<f64> = (0..2000).map(|_| ratio(normal.sample(&mut rng))).collect();
        let found = bridge(&drawn, Some(&weights), &proposed).unwrap();
        assert!((found.ln_integral - 700.0 - 2f64.ln()).abs() < 3.0 * found.error && found.error < 0.02, "{found:?}");
        assert_eq!(bridge(&[vec![f64::NAN]], None, &[0.0]), None);
        assert_eq!(bridge(&[vec![0.0; 10]], None, &[f64::NEG_INFINITY; 10]), None);
        // A proposal that is the density itself has no error.
        let exact = bridge(&[vec![3.5; 50]], None, &[3.5; 50]).unwrap();
        assert!((exact.ln_integral - 3.5).abs() < 1e-12 && exact.error < 1e-12, "{exact:?}");
    }
}
