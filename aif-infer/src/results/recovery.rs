//! Truth against posterior: one panel for each parameter, one point for each subject, with its interval.

use super::fit::{Fit, Quantity};
use crate::pictures::{Canvas, Ink, tick_label, ticks};

/// One parameter and its true values, in the order of the subjects.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// The parameter.
    pub parameter: &'a str,
    /// Its true values.
    pub truth: &'a [f64],
}

const SIDE: f64 = 360.0;
const MARGIN: f64 = 70.0;

/// The correlation (Pearson) of two lists of numbers.
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let covariance: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
    let (va, vb): (f64, f64) = (a.iter().map(|x| (x - ma).powi(2)).sum(), b.iter().map(|y| (y - mb).powi(2)).sum());
    covariance / (va * vb).sqrt()
}

/// Draws truth against posterior mean, 90% intervals as bars.
pub fn recovery(fit: &Fit, panels: &[Panel<'_>]) -> String {
    let width = MARGIN + panels.len() as f64 * (SIDE + MARGIN);
    let mut canvas = Canvas::new(width as u32, (SIDE + 2.0 * MARGIN) as u32);
    for (i, panel) in panels.iter().enumerate() {
        draw(&mut canvas, fit, panel, MARGIN + i as f64 * (SIDE + MARGIN));
    }
    canvas.svg()
}

fn draw(canvas: &mut Canvas, fit: &Fit, panel: &Panel<'_>, left: f64) {
    let points: Vec<(f64, &Quantity)> =
        panel.truth.iter().enumerate().filter_map(|(s, &truth)| Some((truth, fit.quantity(panel.parameter, Some(s))?))).collect();
    let ends = points.iter().flat_map(|(truth, q)| [*truth, q.summary.q5, q.summary.q95]);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let pad = 0.05 * (high - low).max(1e-9);
    let (low, high) = (low - pad, high + pad);
    let scale = |v: f64| (v - low) / (high - low) * SIDE;
    let at = |truth: f64, estimate: f64| (left + scale(truth), MARGIN + SIDE - scale(estimate));

    let means: Vec<f64> = points.iter().map(|(_, q)| q.summary.mean).collect();
    let truths: Vec<f64> = points.iter().map(|(t, _)| *t).collect();
    let title = format!("{} (r = {:.3})", panel.parameter, correlation(&truths, &means));
    canvas.centred((left + SIDE / 2.0, MARGIN - 22.0), title, 16, Ink::TEXT);
    canvas.outline(at(low, high), at(high, low), Ink::AXIS);
    canvas.line([at(low, low), at(high, high)], Ink::AXIS, 1);
    for tick in ticks((low, high), 5) {
        canvas.centred((at(tick, low).0, MARGIN + SIDE + 14.0), tick_label(tick), 12, Ink::TEXT);
        canvas.ending((left - 8.0, at(low, tick).1), tick_label(tick), 12, Ink::TEXT);
    }
    canvas.centred((left + SIDE / 2.0, MARGIN + SIDE + 36.0), "true", 13, Ink::TEXT);
    canvas.words((left, MARGIN - 4.0), "posterior mean and 90% interval", 12, Ink::AXIS);
    for (truth, q) in points {
        canvas.line([at(truth, q.summary.q5), at(truth, q.summary.q95)], Ink::BELIEF.cover(0.5), 2);
        canvas.disc(at(truth, q.summary.mean), 4.0, Ink::BELIEF);
    }
}
