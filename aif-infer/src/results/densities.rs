//! The posterior density of one parameter for every subject, sorted by mean, with the truth marked where it is known.

use super::fit::{Fit, Quantity};
use crate::pictures::{Canvas, Ink, tick_label, ticks};

const WIDTH: f64 = 820.0;
const LEFT: f64 = 120.0;
const RIGHT: f64 = 30.0;
const TOP: f64 = 70.0;
/// The height of a row; of many a smaller one, so that a picture stays a picture.
const ROW: (f64, f64) = (14.0, 44.0);
const ROWS: f64 = 700.0;
/// How far a curve may rise above its own row.
const RISE: f64 = 1.4;

/// Draws the densities of a parameter, one row for each subject.
pub fn densities(fit: &Fit, parameter: &str, title: &str, truth: Option<&[f64]>) -> String {
    let mut rows: Vec<&Quantity> = fit.quantities.iter().filter(|q| q.name == parameter && q.subject.is_some()).collect();
    rows.sort_by(|a, b| a.summary.mean.total_cmp(&b.summary.mean));
    let true_of = |q: &Quantity| truth.zip(q.subject).and_then(|(truth, s)| truth.get(s).copied());
    let row = (ROWS / rows.len().max(1) as f64).clamp(ROW.0, ROW.1);
    let height = TOP + row * (rows.len() as f64 + RISE) + 60.0;
    let mut canvas = Canvas::new(WIDTH as u32, height as u32);
    canvas.words((LEFT, 24.0), title, 18, Ink::TEXT);
    let mut legend = "curve: posterior density, bar: 90% interval, disc: mean".to_string();
    if truth.is_some() {
        legend += ", orange: truth";
    }
    canvas.words((LEFT, 48.0), legend, 13, Ink::AXIS);

    let draws: Vec<Vec<f64>> = rows.iter().map(|q| q.all().collect()).collect();
    let ends = draws.iter().flatten().copied().chain(rows.iter().filter_map(|q| true_of(q)));
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let (low, high) = if low < high { (low, high) } else { (low - 1.0, high + 1.0) };
    let x = |value: f64| LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT);
    let bottom = height - 50.0;
    for tick in ticks((low, high), 8) {
        canvas.line([(x(tick), TOP), (x(tick), bottom)], Ink::AXIS.cover(0.3), 1);
        canvas.centred((x(tick), bottom + 14.0), tick_label(tick), 13, Ink::TEXT);
    }
    canvas.centred((x(f64::midpoint(low, high)), bottom + 36.0), parameter, 14, Ink::TEXT);

    let curves: Vec<Vec<(f64, f64)>> = draws.iter().map(|d| density(d, low, high)).collect();
    let peak = curves.iter().flatten().map(|p| p.1).fold(f64::MIN_POSITIVE, f64::max);
    for (i, (q, curve)) in rows.iter().zip(&curves).enumerate() {
        let base = TOP + row * (i as f64 + RISE);
        let y = |density: f64| base - density / peak * row * RISE;
        let points: Vec<(f64, f64)> = curve.iter().map(|&(v, d)| (x(v), y(d))).collect();
        let closed = points.iter().copied().chain([(x(high), base), (x(low), base)]);
        canvas.area(closed, Ink::BELIEF.cover(0.25));
        canvas.line(points, Ink::BELIEF, 1);
        canvas.line([(x(q.summary.q5), base), (x(q.summary.q95), base)], Ink::BELIEF, 3);
        canvas.disc((x(q.summary.mean), base), (0.1 * row).max(2.0), Ink::BELIEF);
        if let Some(truth) = true_of(q) {
            canvas.line([(x(truth), base - 0.36 * row), (x(truth), base + 0.12 * row)], Ink::TRUTH, 3);
        }
        let name = q.subject.map_or("", |s| &fit.subjects[s]);
        canvas.ending((LEFT - 10.0, base), format!("subject {name}"), if row < 20.0 { 10 } else { 13 }, Ink::TEXT);
    }
    canvas.svg()
}

/// A Gaussian kernel density on a grid, with Silverman's bandwidth.
fn density(draws: &[f64], low: f64, high: f64) -> Vec<(f64, f64)> {
    const POINTS: usize = 200;
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let sd = (draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let width = (1.06 * sd * n.powf(-0.2)).max((high - low) * 1e-3);
    (0..POINTS)
        .map(|i| {
            let at = low + (high - low) * i as f64 / (POINTS - 1) as f64;
            let sum: f64 = draws.iter().map(|x| (-0.5 * ((at - x) / width).powi(2)).exp()).sum();
            (at, sum / (n * width * (2.0 * std::f64::consts::PI).sqrt()))
        })
        .collect()
}
