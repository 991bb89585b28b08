//! What a scanner sees of simulated activity: the canonical haemodynamic response, and regressors convolved with it.

use alloc::vec::Vec;

use crate::math::{exp, ln, ln_gamma};

/// How long the response lasts, in seconds.
pub const RESPONSE_SECONDS: f64 = 32.0;

/// The canonical haemodynamic response to a brief event, so many seconds after it: the difference of two gamma densities, a rise that peaks after 5 s and
/// an undershoot of a sixth after 15 s; 0 before the event and after 32 s. Its area is 1.
///
/// `h(t) = (g(t; 6) - g(t; 16) / 6) / (5/6)` with `g(t; k) = t^(k-1) e^-t / Gamma(k)`: SPM's canonical response with its default
/// parameters (6, 16, 1, 1, 6, 0, 32). Source: Friston, Fletcher, Josephs, Holmes, Rugg & Turner 1998, doi:10.1006/nimg.1997.0306; Glover 1999,
/// doi:10.1006/nimg.1998.0419.
pub fn haemodynamic_response(seconds: f64) -> f64 {
    if !(seconds > 0.0 && seconds < RESPONSE_SECONDS) {
        return 0.0;
    }
    let gamma = |shape: f64| exp((shape - 1.0) * ln(seconds) - seconds - ln_gamma(shape));
    (gamma(6.0) - gamma(16.0) / 6.0) * 1.2
}

/// What scans see of brief events of some heights: `sum_i height_i h(scan - onset_i)`, all in seconds. What is not finite is no event.
pub fn convolved(onsets: &[f64], heights: &[f64], scans: &[f64]) -> Vec<f64> {
    let events = || onsets.iter().zip(heights).filter(|(onset, height)| onset.is_finite() && height.is_finite());
    let at = |scan: &f64| events().map(|(onset, height)| height * haemodynamic_response(scan - onset)).sum();
    scans.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_has_the_canonical_shape() {
        let step = 1e-3;
        let values: Vec<f64> = (0..32_000).map(|i| haemodynamic_response(f64::from(i) * step)).collect();
        let area: f64 = values.iter().sum::<f64>() * step;
        // What two gamma densities have beyond 32 s is 2e-4.
        assert!((area - 1.0).abs() < 3e-4, "{area}");
        let peak = (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap();
        let trough = (0..values.len()).min_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap();
        assert!((peak as f64 * step - 5.0).abs() < 0.02 && (trough as f64 * step - 15.7).abs() < 0.3, "{peak} {trough}");
        assert_eq!((haemodynamic_response(-1.0), haemodynamic_response(40.0)), (0.0, 0.0));
    }

    #[test]
    fn events_add_up() {
        let scans = [0.0, 2.0, 4.0, 6.0];
        let both = convolved(&[0.0, 1.5, f64::NAN], &[1.0, -2.0, 9.0], &scans);
        for (seen, scan) in both.iter().zip(scans) {
            let expected = haemodynamic_response(scan) - 2.0 * haemodynamic_response(scan - 1.5);
            assert!((seen - expected).abs() < 1e-15);
        }
    }
}
