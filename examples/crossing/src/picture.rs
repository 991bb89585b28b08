//! Pictures of a field: frames in a strip, and a page with what came out.

use aif::infer::pictures::{Canvas, Ink};

use crate::field::{Body, SIZE};

const CELL: f64 = 14.0;
const MARGIN: f64 = 14.0;
const HEAD: f64 = 30.0;

const EAST: Ink = Ink(38, 100, 178, 1.0);
const WEST: Ink = Ink(200, 110, 30, 1.0);
const BUMP: Ink = Ink(200, 30, 40, 1.0);

/// Frames side by side, each with its words.
pub fn strip(frames: &[(String, Vec<Body>)], columns: usize) -> String {
    let side = SIZE as f64 * CELL;
    let rows = frames.len().div_ceil(columns);
    let mut canvas =
        Canvas::new((columns as f64 * (side + MARGIN) + MARGIN) as u32, (rows as f64 * (side + HEAD + MARGIN) + HEAD) as u32);
    for (i, (words, bodies)) in frames.iter().enumerate() {
        let left = MARGIN + (i % columns) as f64 * (side + MARGIN);
        let top = HEAD + (i / columns) as f64 * (side + HEAD + MARGIN);
        canvas.words((left, top - 12.0), words.clone(), 13, Ink::TEXT);
        canvas.outline((left, top), (left + side, top + side), Ink::AXIS);
        for body in bodies {
            let at = (left + (body.x as f64 + 0.5) * CELL, top + (body.y as f64 + 0.5) * CELL);
            if body.bumped {
                canvas.disc(at, CELL * 0.5, BUMP);
            }
            let (tip, ink) = if body.species == 0 { (5.0, EAST) } else { (-5.0, WEST) };
            canvas.area([(at.0 + tip, at.1), (at.0 - tip * 0.8, at.1 - 4.0), (at.0 - tip * 0.8, at.1 + 4.0)], ink);
        }
    }
    let y = rows as f64 * (side + HEAD + MARGIN) + 14.0;
    for (x, ink, words) in [(MARGIN, EAST, "go east"), (110.0, WEST, "go west"), (210.0, BUMP, "have just bumped")] {
        canvas.disc((x + 6.0, y), 5.0, ink);
        canvas.words((x + 16.0, y), words, 13, Ink::TEXT);
    }
    canvas.svg()
}

/// A page with the strip and the report.
pub fn page(strip: &str, report: &str) -> String {
    let escaped = report.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Crossing</title>\n\
         <body style=\"font-family: sans-serif\">\n<h1>Crossing</h1>\n\
         <p>Two species pass each other on 16 x 16 cells. Rows of pictures: how they choose; columns: later and later.</p>\n\
         {strip}\n<pre>{escaped}</pre>\n</body></html>\n"
    )
}
