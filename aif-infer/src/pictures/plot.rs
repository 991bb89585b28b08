//! A plot with two linear axes: lines, bands, bars, points and intervals in the units of the data.

use super::canvas::{Canvas, Ink, ticks};

/// Space to the left, above, to the right and below.
const MARGINS: [f64; 4] = [64.0, 34.0, 20.0, 44.0];

/// A plot.
pub struct Plot {
    canvas: Canvas,
    size: (f64, f64),
    x: (f64, f64),
    y: (f64, f64),
}

/// A number on an axis: as many places as it needs.
fn label(x: f64) -> String {
    let text = if x.abs() >= 1e5 || (x != 0.0 && x.abs() < 1e-3) { format!("{x:.1e}") } else { format!("{x:.3}") };
    if text.contains('e') || !text.contains('.') {
        return text;
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".into() } else { short.into() }
}

/// A range that holds all of some numbers, with a little space around them.
pub fn range(numbers: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = numbers.into_iter().filter(|x| x.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    if low > high {
        return (0.0, 1.0);
    }
    let space = if high > low { 0.05 * (high - low) } else { 0.5 + 0.1 * low.abs() };
    (low - space, high + space)
}

impl Plot {
    /// An empty plot of some width and height in pixels, with the ranges of its axes and their names.
    pub fn new(size: (u32, u32), title: &str, (x, x_name): ((f64, f64), &str), (y, y_name): ((f64, f64), &str)) -> Self {
        let mut plot = Plot { canvas: Canvas::new(size.0, size.1), size: (f64::from(size.0), f64::from(size.1)), x, y };
        let [left, top, right, bottom] = MARGINS;
        let (width, height) = plot.size;
        for tick in ticks(y, 5) {
            let at = plot.at(x.0, tick).1;
            plot.canvas.line([(left, at), (width - right, at)], Ink::AXIS.cover(0.25), 1);
            plot.canvas.ending((left - 6.0, at), label(tick), 12, Ink::TEXT);
        }
        for tick in ticks(x, 5) {
            let at = plot.at(tick, y.0).0;
            plot.canvas.line([(at, top), (at, height - bottom)], Ink::AXIS.cover(0.15), 1);
            plot.canvas.centred((at, height - bottom + 14.0), label(tick), 12, Ink::TEXT);
        }
        plot.canvas.line([(left, top), (left, height - bottom), (width - right, height - bottom)], Ink::AXIS, 1);
        plot.canvas.words((10.0, 14.0), title, 14, Ink::TEXT);
        plot.canvas.centred((left + (width - left - right) / 2.0, height - 12.0), x_name, 12, Ink::TEXT);
        if !y_name.is_empty() {
            plot.canvas.ending((width - right, 14.0), y_name, 12, Ink::AXIS);
        }
        plot
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let [left, top, right, bottom] = MARGINS;
        let share = |v: f64, (low, high): (f64, f64)| (v.clamp(low.min(high), high.max(low)) - low) / (high - low);
        let (width, height) = (self.size.0 - left - right, self.size.1 - top - bottom);
        (left + width * share(x, self.x), top + height * (1.0 - share(y, self.y)))
    }

    /// A line through points; what is not finite breaks it.
    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink, width: u32) {
        let mut run: Vec<(f64, f64)> = Vec::new();
        for (x, y) in points {
            if x.is_finite() && y.is_finite() {
                run.push(self.at(x, y));
            } else if run.len() > 1 {
                self.canvas.line(std::mem::take(&mut run), ink, width);
            } else {
                run.clear();
            }
        }
        if run.len() > 1 {
            self.canvas.line(run, ink, width);
        }
    }

    /// The area between two lines over the same places.
    pub fn band(&mut self, places: &[(f64, f64, f64)], ink: Ink) {
        let upper = places.iter().map(|&(x, _, high)| self.at(x, high));
        let lower = places.iter().rev().map(|&(x, low, _)| self.at(x, low));
        let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
        self.canvas.area(outline, ink);
    }

    /// A bar from the axis, or from another height, up.
    pub fn bar(&mut self, (from, to): (f64, f64), (low, high): (f64, f64), ink: Ink) {
        let (a, b) = (self.at(from, high), self.at(to, low));
        self.canvas.fill((a.0 + 0.5, a.1), (b.0 - 0.5, b.1), ink);
    }

    /// A point.
    pub fn point(&mut self, x: f64, y: f64, radius: f64, ink: Ink) {
        if x.is_finite() && y.is_finite() {
            let at = self.at(x, y);
            self.canvas.disc(at, radius, ink);
        }
    }

    /// Words at a place of the data.
    pub fn words(&mut self, x: f64, y: f64, text: impl Into<String>, ink: Ink) {
        let at = self.at(x, y);
        self.canvas.words(at, text, 12, ink);
    }

    /// The picture as SVG.
    pub fn svg(&self) -> String {
        self.canvas.svg()
    }
}

/// Estimates (up) against what they should be (across): a line for each interval, a disc for each estimate, and the diagonal. A point is
/// what should be, the estimate, and the ends of its interval; the lines of intervals cover so much and are so wide.
pub(crate) fn scatter(
    size: (u32, u32),
    title: &str,
    (both, x_name, y_name): ((f64, f64), &str, &str),
    (cover, width): (f64, u32),
    points: impl IntoIterator<Item = (f64, f64, f64, f64)>,
) -> String {
    let mut plot = Plot::new(size, title, (both, x_name), (both, y_name));
    plot.line([(both.0, both.0), (both.1, both.1)], Ink::AXIS, 1);
    for (x, y, low, high) in points {
        plot.line([(x, low), (x, high)], Ink::BELIEF.cover(cover), width);
        plot.point(x, y, 3.0, Ink::BELIEF);
    }
    plot.svg()
}
