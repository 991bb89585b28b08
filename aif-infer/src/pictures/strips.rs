//! Probabilities over time as strips, one above the other; the darker, the more probable.

use super::canvas::{Canvas, Ink};

const LEFT: f64 = 170.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 20.0;
const BOTTOM: f64 = 34.0;
const HEIGHT: f64 = 24.0;
const GAP: f64 = 6.0;
/// How wide all of it is at most, and one time.
const WIDTH: f64 = 1100.0;
const WIDEST: f64 = 14.0;

/// Strips of probabilities as SVG, each with its name, the first on top; `along` says what runs from left to right. `marks` are times before which a
/// line is drawn: where runs begin, say.
pub fn strips(title: &str, along: &str, strips: &[(String, Vec<f64>)], marks: &[usize]) -> String {
    let times = strips.iter().map(|(_, p)| p.len()).max().unwrap_or(0);
    let step = (WIDTH / times.max(1) as f64).min(WIDEST);
    let (width, bottom) = (step * times as f64, TOP + (HEIGHT + GAP) * strips.len() as f64);
    let mut canvas = Canvas::new((LEFT + width + RIGHT).max(480.0) as u32, (bottom + BOTTOM) as u32);
    canvas.words((LEFT, TOP / 2.0), title, 15, Ink::TEXT);
    for (i, (name, probabilities)) in strips.iter().enumerate() {
        let top = TOP + (HEIGHT + GAP) * i as f64;
        canvas.ending((LEFT - 8.0, top + HEIGHT / 2.0), name.clone(), 13, Ink::TEXT);
        for (t, &p) in probabilities.iter().enumerate().filter(|(_, p)| p.is_finite()) {
            let x = LEFT + step * t as f64;
            canvas.fill((x, top), (x + step, top + HEIGHT), Ink::BELIEF.cover(p));
        }
        canvas.outline((LEFT, top), (LEFT + width, top + HEIGHT), Ink::AXIS);
    }
    for &mark in marks.iter().filter(|&&mark| mark > 0 && mark < times) {
        let x = LEFT + step * mark as f64;
        canvas.line([(x, TOP), (x, bottom - GAP)], Ink::TRUTH.cover(0.7), 1);
    }
    canvas.words((LEFT, bottom + BOTTOM / 2.0), along, 13, Ink::TEXT);
    canvas.svg()
}
