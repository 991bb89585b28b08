//! A sheet to draw on: lines, boxes, discs and words in pixels, through plotters' SVG back end.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A colour: red, green, blue, and how much it covers (0 to 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink(pub u8, pub u8, pub u8, pub f64);

impl Ink {
    /// Nearly black: words and outlines.
    pub const TEXT: Ink = Ink(40, 44, 52, 1.0);
    /// Grey: axes and grids.
    pub const AXIS: Ink = Ink(150, 156, 164, 1.0);
    /// Blue: what is believed.
    pub const BELIEF: Ink = Ink(38, 100, 178, 1.0);
    /// Orange: what is true.
    pub const TRUTH: Ink = Ink(214, 94, 20, 1.0);

    /// The same colour, covering less.
    pub fn cover(self, cover: f64) -> Ink {
        Ink(self.0, self.1, self.2, cover.clamp(0.0, 1.0))
    }

    fn style(self) -> RGBAColor {
        RGBAColor(self.0, self.1, self.2, self.3)
    }
}

/// A sheet of some width and height; the origin is the upper left corner.
pub struct Canvas {
    elements: Vec<Element>,
    size: (u32, u32),
}

enum Element {
    Line(Vec<(i32, i32)>, Ink, u32),
    Area(Vec<(i32, i32)>, Ink),
    Box([(i32, i32); 2], Ink, bool),
    Disc((i32, i32), i32, Ink),
    Words((i32, i32), String, u32, Ink, HPos),
}

fn pixel((x, y): (f64, f64)) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

impl Canvas {
    /// An empty sheet.
    pub fn new(width: u32, height: u32) -> Self {
        Canvas { elements: Vec::new(), size: (width, height) }
    }

    /// A line through points.
    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink, width: u32) {
        self.elements.push(Element::Line(points.into_iter().map(pixel).collect(), ink, width));
    }

    /// A filled area.
    pub fn area(&mut self, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink) {
        self.elements.push(Element::Area(points.into_iter().map(pixel).collect(), ink));
    }

    /// A filled box.
    pub fn fill(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.elements.push(Element::Box([pixel(from), pixel(to)], ink, true));
    }

    /// The outline of a box.
    pub fn outline(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.elements.push(Element::Box([pixel(from), pixel(to)], ink, false));
    }

    /// A filled disc.
    pub fn disc(&mut self, centre: (f64, f64), radius: f64, ink: Ink) {
        self.elements.push(Element::Disc(pixel(centre), radius.round() as i32, ink));
    }

    /// Words that start at a point, at mid-height.
    pub fn words(&mut self, at: (f64, f64), text: impl Into<String>, size: u32, ink: Ink) {
        self.elements.push(Element::Words(pixel(at), text.into(), size, ink, HPos::Left));
    }

    /// Words around a point.
    pub fn centred(&mut self, at: (f64, f64), text: impl Into<String>, size: u32, ink: Ink) {
        self.elements.push(Element::Words(pixel(at), text.into(), size, ink, HPos::Center));
    }

    /// Words that end at a point, at mid-height.
    pub fn ending(&mut self, at: (f64, f64), text: impl Into<String>, size: u32, ink: Ink) {
        self.elements.push(Element::Words(pixel(at), text.into(), size, ink, HPos::Right));
    }

    /// The sheet as SVG.
    pub fn svg(&self) -> String {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, self.size).into_drawing_area();
            // Writing to a string cannot fail.
            let _ = area.fill(&WHITE);
            for element in &self.elements {
                let _ = match element {
                    Element::Line(points, ink, width) => {
                        area.draw(&PathElement::new(points.clone(), ink.style().stroke_width(*width)))
                    }
                    Element::Area(points, ink) => area.draw(&Polygon::new(points.clone(), ink.style())),
                    Element::Box(corners, ink, filled) => {
                        let style = if *filled { ink.style().filled() } else { ink.style().stroke_width(1) };
                        area.draw(&Rectangle::new(*corners, style))
                    }
                    Element::Disc(centre, radius, ink) => area.draw(&Circle::new(*centre, *radius, ink.style().filled())),
                    Element::Words(at, text, size, ink, side) => {
                        let style = ("sans-serif", *size).into_font().color(&ink.style()).pos(Pos::new(*side, VPos::Center));
                        area.draw(&Text::new(text.clone(), *at, style))
                    }
                };
            }
            let _ = area.present();
        }
        svg
    }
}

/// Round numbers along an axis that divide a range into about `count` parts.
pub(crate) fn ticks((low, high): (f64, f64), count: usize) -> Vec<f64> {
    let rough = (high - low) / count.max(1) as f64;
    if !(rough > 0.0 && rough.is_finite()) {
        return Vec::new();
    }
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|s| s * power).find(|s| *s >= rough).unwrap_or(power * 10.0);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// A tick's label: no more digits than it needs.
pub(crate) fn tick_label(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
