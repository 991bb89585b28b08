//! Tables of probabilities side by side; the darker, the more probable.

use super::canvas::{Canvas, Ink};

const CELL: f64 = 4.0;
const GAP: f64 = 24.0;
const HEAD: f64 = 32.0;
/// What is less probable than this is left white.
const FAINT: f64 = 0.004;

/// Tables as SVG, each with its title; rows run down, their entries across, `columns` in each row.
pub fn heat_maps(tables: &[(String, Vec<f64>)], columns: usize) -> String {
    let columns = columns.max(1);
    let rows = tables.iter().map(|(_, table)| table.len().div_ceil(columns)).max().unwrap_or(0);
    let (width, height) = (CELL * columns as f64, CELL * rows as f64);
    let mut canvas = Canvas::new((tables.len() as f64 * (width + GAP) + GAP) as u32, (height + HEAD + GAP / 2.0) as u32);
    for (i, (title, table)) in tables.iter().enumerate() {
        let (left, top) = (GAP + i as f64 * (width + GAP), HEAD);
        canvas.words((left, HEAD / 2.0), title.clone(), 13, Ink::TEXT);
        for (k, &p) in table.iter().enumerate().filter(|(_, p)| **p > FAINT) {
            let (x, y) = (left + CELL * (k % columns) as f64, top + CELL * (k / columns) as f64);
            canvas.fill((x, y), (x + CELL, y + CELL), Ink::BELIEF.cover(p.min(1.0).sqrt()));
        }
        canvas.outline((left, top), (left + width, top + height), Ink::AXIS);
    }
    canvas.svg()
}
