//! The loss and its two terms over the steps of training.

use aif::infer::pictures::{Ink, Plot, range};

use crate::training::{CurvePoint, Loss};

/// A term by its title.
type Term = (&'static str, fn(&Loss) -> f64);

const TERMS: [Term; 3] =
    [("loss", |l| l.total), ("free energy", |l| l.free_energy), ("temporal divergence", |l| l.temporal_divergence)];

/// One plot for each term: training thin, validation bold.
pub fn curves(curve: &[CurvePoint]) -> String {
    TERMS.iter().map(|term| plot(curve, term)).collect()
}

fn plot(curve: &[CurvePoint], (title, of): &Term) -> String {
    let training: Vec<(f64, f64)> = curve.iter().map(|p| (p.step as f64, of(&p.training))).collect();
    let validation: Vec<(f64, f64)> = curve.iter().filter_map(|p| Some((p.step as f64, of(p.validation.as_ref()?)))).collect();
    let numbers = || training.iter().chain(&validation);
    let mut plot = Plot::new((340, 250), title, (range(numbers().map(|p| p.0)), "step"), (range(numbers().map(|p| p.1)), "nats"));
    plot.line(training, Ink::BELIEF.cover(0.45), 1);
    plot.line(validation, Ink::TRUTH, 2);
    plot.svg()
}
