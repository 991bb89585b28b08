//! A sketch as SVG: the same marks as on a screen, where there is none.

use std::fmt::Write;

use bevy_color::Srgba;
use bevy_math::{Rect, Vec2};

use super::sketch::{Mark, Sketch};

/// From the world's coordinates to those of a picture.
#[derive(Clone, Copy)]
struct Sheet {
    view: Rect,
    scale: f32,
}

impl Sheet {
    fn at(&self, point: Vec2) -> (f32, f32) {
        ((point.x - self.view.min.x) * self.scale, (self.view.max.y - point.y) * self.scale)
    }

    fn rect(&self, rect: Rect) -> String {
        let ((x, y), size) = (self.at(Vec2::new(rect.min.x, rect.max.y)), rect.size() * self.scale);
        format!(r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}""#, size.x, size.y)
    }
}

/// A colour with how much it covers, as attributes of `what`.
fn paint(what: &str, colour: Srgba) -> String {
    let byte = |x: f32| (x.clamp(0.0, 1.0) * 255.0).round() as u8;
    let [r, g, b] = [colour.red, colour.green, colour.blue].map(byte);
    let cover = colour.alpha.clamp(0.0, 1.0);
    let cover = if cover < 1.0 { format!(r#" {what}-opacity="{cover:.2}""#) } else { String::new() };
    format!(r##"{what}="#{r:02x}{g:02x}{b:02x}"{cover}"##)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Sketch {
    /// What of the world lies in `view`, with so many pixels for each unit, on a ground of a colour.
    pub fn svg(&self, view: Rect, scale: f32, ground: Srgba) -> String {
        let size = view.size() * scale;
        let mut svg = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0}" height="{1:.0}" viewBox="0 0 {0:.0} {1:.0}" font-family="sans-serif">
<style>rect {{ shape-rendering: crispEdges }}</style>
<rect width="100%" height="100%" {2}/>"#,
            size.x,
            size.y,
            paint("fill", ground)
        );
        let sheet = Sheet { view, scale };
        for mark in &self.marks {
            let _ = writeln!(svg, "{}", element(mark, sheet));
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn element(mark: &Mark, sheet: Sheet) -> String {
    match mark {
        Mark::Fill(rect, colour) => format!("{} {}/>", sheet.rect(*rect), paint("fill", *colour)),
        Mark::Outline(rect, colour) => format!(r#"{} fill="none" {}/>"#, sheet.rect(*rect), paint("stroke", *colour)),
        Mark::Line([from, to], colour) => {
            let ((a, b), (c, d)) = (sheet.at(*from), sheet.at(*to));
            format!(r#"<path d="M{a:.1} {b:.1}L{c:.1} {d:.1}" {}/>"#, paint("stroke", *colour))
        }
        Mark::Arrow([from, to], colour) => {
            let tip = (*from - *to).normalize_or_zero() * (0.35 * from.distance(*to));
            let [left, right] = [0.6f32, -0.6].map(|turn| sheet.at(*to + Vec2::from_angle(turn).rotate(tip)));
            let ((a, b), (c, d)) = (sheet.at(*from), sheet.at(*to));
            format!(
                r#"<path d="M{a:.1} {b:.1}L{c:.1} {d:.1}M{:.1} {:.1}L{c:.1} {d:.1}L{:.1} {:.1}" fill="none" stroke-width="2" {}/>"#,
                left.0,
                left.1,
                right.0,
                right.1,
                paint("stroke", *colour)
            )
        }
        Mark::Disc(centre, radius, colour) => {
            let (x, y) = sheet.at(*centre);
            format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{:.1}" {}/>"#, radius * sheet.scale, paint("fill", *colour))
        }
        Mark::Words(at, height, text, colour) => {
            let ((x, y), size) = (sheet.at(*at), height * sheet.scale);
            let text = escape(text);
            format!(
                r#"<text x="{x:.1}" y="{y:.1}" font-size="{size:.1}" dominant-baseline="central" {}>{text}</text>"#,
                paint("fill", *colour)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_in_the_world_is_above_in_the_picture() {
        let mut sketch = Sketch::default();
        sketch.fill(Rect::new(0.0, 3.0, 1.0, 4.0), Srgba::RED);
        sketch.words(Vec2::new(1.0, 1.0), 0.5, "a < b", Srgba::WHITE);
        let svg = sketch.svg(Rect::new(0.0, 0.0, 4.0, 4.0), 10.0, Srgba::BLACK);
        assert!(svg.contains(r##"<rect x="0.0" y="0.0" width="10.0" height="10.0" fill="#ff0000"/>"##), "{svg}");
        assert!(svg.contains(r#"x="10.0" y="30.0" font-size="5.0""#) && svg.contains("a &lt; b"), "{svg}");
    }
}
