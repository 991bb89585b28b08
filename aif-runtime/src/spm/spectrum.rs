//! Power and phase of simulated field potentials: which frequencies there are, when, and where in their cycle.

use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::PI;

use super::dynamics::Dynamics;
use crate::math::{exp, sqrt};

/// How long a bin of simulated responses lasts, in seconds: a time of 16 bins lasts a quarter of a second, as long as a saccade.
pub const BIN_SECONDS: f64 = 1.0 / 64.0;

/// How many cycles a wavelet has (frequency over its spread in frequency).
const CYCLES: f64 = 7.0;

/// The power and the phase of a signal by frequency and bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// The frequencies, in Hz.
    pub frequencies: Vec<f64>,
    /// The power of each, `[frequency][bin]`, in the signal's units squared: of a sine wave of amplitude 1, far from the ends, 1/4.
    pub power: Vec<Vec<f64>>,
    /// Where in its cycle each is, `[frequency][bin]`, in radians from -pi to pi; 0 at a crest.
    pub phase: Vec<Vec<f64>>,
}

impl Spectrum {
    /// The spectrum of a signal, by its convolution with complex Morlet wavelets of 7 cycles whose weights sum to 1; beyond its ends the signal is 0.
    ///
    /// Source: Tallon-Baudry, Bertrand, Delpuech & Pernier 1997, doi:10.1523/JNEUROSCI.17-02-00722.1997. Frequencies that are not above 0 and
    /// below 32 Hz (half of the bins' rate) have no power.
    pub fn of(signal: &[f64], frequencies: &[f64]) -> Spectrum {
        let (mut power, mut phase) = (Vec::new(), Vec::new());
        for &frequency in frequencies {
            let (re, im) = filtered(signal, frequency);
            power.push(re.iter().zip(&im).map(|(re, im)| re * re + im * im).collect());
            phase.push(re.iter().zip(&im).map(|(&re, &im)| libm::atan2(im, re)).collect());
        }
        Spectrum { frequencies: frequencies.to_vec(), power, phase }
    }
}

/// A signal seen through the wavelet of a frequency: its real and its imaginary part.
fn filtered(signal: &[f64], frequency: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut re, mut im) = (vec![0.0; signal.len()], vec![0.0; signal.len()]);
    if !(frequency > 0.0 && frequency < 0.5 / BIN_SECONDS) {
        return (re, im);
    }
    // The spread in time, in bins.
    let spread = CYCLES / (2.0 * PI * frequency) / BIN_SECONDS;
    let reach = (libm::ceil(6.0 * spread) as usize).min(signal.len());
    // The wavelet from its middle on: its weights, and how far it has turned.
    let wavelet = |d: usize| {
        let (lag, turned) = (d as f64, 2.0 * PI * frequency * d as f64 * BIN_SECONDS);
        let weight = exp(-lag * lag / (2.0 * spread * spread)) / (spread * sqrt(2.0 * PI));
        (weight, libm::cos(turned), libm::sin(turned))
    };
    let wavelet: Vec<(f64, f64, f64)> = (0..=reach).map(wavelet).collect();
    for (i, (re, im)) in re.iter_mut().zip(&mut im).enumerate() {
        for (j, x) in signal.iter().enumerate().take(i + reach + 1).skip(i.saturating_sub(reach)) {
            let (weight, cos, sin) = wavelet[i.abs_diff(j)];
            *re += x * weight * cos;
            *im -= x * weight * if j < i { -sin } else { sin };
        }
    }
    (re, im)
}

impl Dynamics {
    /// The spectrum of field potentials: power is summed over all units (a state of a factor at a time believed about), phase is that of their sum.
    pub fn spectrum(&self, frequencies: &[f64]) -> Spectrum {
        let potentials = self.field_potentials();
        let (mut sum, mut power) = (Vec::new(), Vec::new());
        for factor in &potentials {
            let (abouts, states) = (factor.len(), factor.first().and_then(|of| of.first()).map_or(0, Vec::len));
            for (about, state) in (0..abouts).flat_map(|about| (0..states).map(move |state| (about, state))) {
                let unit: Vec<f64> = factor.iter().flat_map(|of| of[about][state].iter().copied()).collect();
                sum.resize(unit.len(), 0.0);
                sum.iter_mut().zip(&unit).for_each(|(sum, x)| *sum += x);
                add(&mut power, Spectrum::of(&unit, frequencies).power);
            }
        }
        let Spectrum { frequencies, phase, .. } = Spectrum::of(&sum, frequencies);
        Spectrum { frequencies, power, phase }
    }
}

fn add(to: &mut Vec<Vec<f64>>, more: Vec<Vec<f64>>) {
    if to.is_empty() {
        *to = more;
        return;
    }
    to.iter_mut().flatten().zip(more.iter().flatten()).for_each(|(x, more)| *x += more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_found_at_its_frequency_and_where_it_is_in_its_cycle() {
        let wave = |i: usize| libm::cos(2.0 * PI * 8.0 * i as f64 * BIN_SECONDS);
        let signal: Vec<f64> = (0..256).map(wave).collect();
        let found = Spectrum::of(&signal, &[4.0, 8.0, 16.0, 0.0, 40.0]);
        assert!((found.power[1][128] - 0.25).abs() < 1e-4, "{}", found.power[1][128]);
        assert!(found.power[0][128] < 1e-3 && found.power[2][128] < 1e-3);
        assert!(found.power[3].iter().chain(&found.power[4]).all(|p| *p == 0.0));
        // A crest, and an eighth of a cycle after it.
        assert!(found.phase[1][128].abs() < 1e-6, "{}", found.phase[1][128]);
        assert!((found.phase[1][129] - PI / 4.0).abs() < 1e-6, "{}", found.phase[1][129]);
    }
}
