//! Curves over time: every run thin, the mean bold, one colour for each series, on a logarithmic scale.

use super::canvas::{Canvas, Ink};

/// Several runs of one thing, over time.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// What it is called.
    pub name: String,
    /// `[time][run]`, as many runs at each time.
    pub runs: &'a [Vec<f64>],
}

const INKS: [Ink; 6] = [
    Ink(120, 120, 120, 1.0),
    Ink(68, 1, 84, 1.0),
    Ink(49, 104, 142, 1.0),
    Ink(53, 183, 121, 1.0),
    Ink(214, 94, 20, 1.0),
    Ink(190, 30, 90, 1.0),
];
const SIZE: (f64, f64) = (720.0, 340.0);
/// Space to the left, above, to the right and below.
const MARGINS: [f64; 4] = [80.0, 30.0, 160.0, 40.0];
/// The least value told apart from zero.
const LEAST: f64 = 1e-3;

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Curves of positive numbers as SVG; `along` says what runs from left to right, counted from 1.
pub fn curves(title: &str, along: &str, series: &[Series<'_>]) -> String {
    let [left, top, right, bottom] = MARGINS;
    let (width, height) = (SIZE.0 - left - right, SIZE.1 - top - bottom);
    let mut canvas = Canvas::new(SIZE.0 as u32, SIZE.1 as u32);
    let all = series.iter().flat_map(|s| s.runs.iter().flatten().copied().filter(|x| x.is_finite()));
    let (low, high) = all.fold((f64::INFINITY, LEAST * 10.0), |(low, high), x| (low.min(x), high.max(x)));
    let (low, high) = (low.clamp(LEAST, high).log10(), high.log10());
    let times = series.iter().map(|s| s.runs.len()).max().unwrap_or(0);
    let at = |time: usize, x: f64| {
        let share = (x.max(LEAST).log10() - low) / (high - low).max(1e-9);
        (left + width * time as f64 / (times.max(2) - 1) as f64, top + height * (1.0 - share))
    };
    for power in low.floor() as i32..=high.ceil() as i32 {
        let y = at(0, 10f64.powi(power)).1;
        if (top - 5.0..=top + height + 2.0).contains(&y) {
            canvas.line([(left, y), (left + width, y)], Ink::AXIS.cover(0.4), 1);
            canvas.ending((left - 8.0, y), format!("1e{power}"), 13, Ink::TEXT);
        }
    }
    let inks = || INKS.into_iter().cycle();
    for (series, ink) in series.iter().zip(inks()) {
        for run in 0..series.runs.first().map_or(0, Vec::len) {
            let points = series.runs.iter().enumerate().filter_map(|(time, x)| Some(at(time, *x.get(run)?)));
            canvas.line(points.collect::<Vec<_>>(), ink.cover(0.18), 1);
        }
    }
    for (i, (series, ink)) in series.iter().zip(inks()).enumerate() {
        let points = series.runs.iter().enumerate().map(|(time, x)| at(time, mean(x)));
        canvas.line(points.collect::<Vec<_>>(), ink, 3);
        let (x, y) = (left + width + 10.0, 40.0 + 20.0 * i as f64);
        canvas.line([(x, y), (x + 25.0, y)], ink, 3);
        canvas.words((x + 32.0, y), series.name.clone(), 13, Ink::TEXT);
    }
    canvas.centred((left + width / 2.0, SIZE.1 - 12.0), format!("{along} (1 to {times})"), 13, Ink::TEXT);
    canvas.words((10.0, 12.0), title, 13, Ink::TEXT);
    canvas.svg()
}
