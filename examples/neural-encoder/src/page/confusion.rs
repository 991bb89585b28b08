//! Where it was, by what was said.

use std::fmt::Write;

use super::COLOURS;
use crate::assess::Answers;
use crate::line::PLACES;

const CELL: usize = 36;
const MARGIN: (usize, usize) = (62, 62);

/// One confusion matrix; the shade is the share of the place's row. A column is below the place that its category stands for under the best
/// names.
pub fn confusion(title: &str, said: &str, answers: &Answers) -> String {
    let (left, top) = MARGIN;
    let size = CELL * PLACES;
    let mut svg = format!(
        "<svg width=\"{}\" height=\"{}\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{title}\"><text x=\"{left}\" y=\"16\" class=\"title\">{title}</text>",
        left + size + 8,
        top + size + 8
    );
    let _ = write!(svg, "<text x=\"{left}\" y=\"36\">{said}</text><text x=\"4\" y=\"{}\">place</text>", top - 8);
    let category = |place: usize| answers.names.iter().position(|&named| named == place).unwrap_or(place);
    for i in 0..PLACES {
        let at = i * CELL + CELL / 2;
        let _ = write!(svg, "<circle cx=\"{}\" cy=\"{}\" r=\"7\" fill=\"{}\"/>", left + at, top - 12, COLOURS[category(i)]);
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"small\">{}</text>",
            left + at + 14,
            top - 8,
            category(i)
        );
        let _ = write!(svg, "<circle cx=\"{}\" cy=\"{}\" r=\"7\" fill=\"{}\"/>", left - 32, top + at, COLOURS[i]);
        let _ = write!(svg, "<text x=\"{}\" y=\"{}\" class=\"small\">{i}</text>", left - 20, top + at + 4);
    }
    for (place, row) in answers.confusion.iter().enumerate() {
        let all = row.iter().sum::<usize>().max(1) as f64;
        for column in 0..PLACES {
            let count = row[category(column)];
            let (x, y, share) = (left + column * CELL, top + place * CELL, count as f64 / all);
            let ink = if share > 0.55 { "#fff" } else { "#282c34" };
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"#2664b2\" fill-opacity=\"{share:.3}\" stroke=\"#ccc\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\">{count}</text>",
                x + CELL / 2,
                y + CELL / 2 + 5
            );
        }
    }
    svg + "</svg>"
}
