//! What a reader believes, bin by bin, and what words evoke.

use aif::infer::pictures::{Canvas, Ink};
use aif::prelude::Domain;
use aif::spm::{Course, Evoked};

use crate::page::{Glyph, QUADRANTS, SENTENCES, Word, glyph};

/// A bin is 1/64 s wide; so many points on paper.
const BIN: f64 = 4.0;
/// The same where one word is drawn.
const WIDE: f64 = 12.0;
const LEFT: f64 = 150.0;

/// Beliefs about the first state of a factor in each iteration.
fn firing(course: &Course, time: usize, factor: usize, about: usize) -> Vec<Vec<f64>> {
    course.inferred[time].firing.iter().map(|x| x[factor].get(about).cloned().unwrap_or_default()).collect()
}

/// Cells, the darker the more is believed: `[bin][state]`, from a bin on.
fn raster(canvas: &mut Canvas, bins: &[Vec<f64>], from: usize, top: f64, row: f64) {
    for (b, states) in bins.iter().enumerate() {
        let x = LEFT + BIN * (from + b) as f64;
        for (s, &p) in states.iter().enumerate().filter(|(_, p)| **p > 0.004) {
            let y = top + row * s as f64;
            canvas.fill((x, y), (x + BIN, y + row - 1.0), Ink::BELIEF.cover(p));
        }
    }
}

/// Lines over bins around a height, one for each state: `[bin][state]`.
fn traces(canvas: &mut Canvas, of: &[Vec<f64>], bin: f64, (middle, scale): (f64, f64), ink: Ink) {
    for s in 0..of.first().map_or(0, Vec::len) {
        let points = of.iter().enumerate().map(|(b, states)| (LEFT + bin * b as f64, middle - scale * states[s]));
        canvas.line(points.collect::<Vec<_>>(), ink, 2);
    }
}

/// A word as it stands on the page, with the order of looks at it.
fn word(canvas: &mut Canvas, word: Word, looks: &[usize], (x, y): (f64, f64)) {
    const SIDE: f64 = 34.0;
    canvas.outline((x, y), (x + 2.0 * SIDE, y + 2.0 * SIDE), Ink::AXIS);
    for quadrant in 0..4 {
        let (column, row) = ((quadrant / 2) as f64, (quadrant % 2) as f64);
        let (left, top) = (x + SIDE * column, y + SIDE * row);
        let letter = match glyph(word, QUADRANTS[quadrant], false, false) {
            Glyph::Blank => "",
            Glyph::Bird => "bird",
            Glyph::Seed => "seed",
            Glyph::Cat => "cat",
        };
        canvas.centred((left + SIDE / 2.0, top + SIDE / 2.0), letter, 12, Ink::TEXT);
        let order: Vec<String> =
            looks.iter().enumerate().filter(|(_, q)| **q == quadrant).map(|(i, _)| (i + 1).to_string()).collect();
        canvas.words((left + 3.0, top + 8.0), order.join(" "), 9, Ink::TRUTH);
    }
}

/// A whole trial: the page and the looks, beliefs at both levels, and what is evoked at both.
pub fn reading(course: &Course, responses: &Evoked) -> String {
    let bins: usize = responses.bins.iter().sum();
    let right = LEFT + BIN * bins as f64;
    let mut canvas = Canvas::new((right + 20.0) as u32, 610);
    canvas.words((10.0, 16.0), "Reading: what is looked at, what is believed, what is evoked (a bin is 1/64 s)", 14, Ink::TEXT);
    let (page, above, below, evoked) = (36.0, 130.0, 290.0, 400.0);
    let say = |canvas: &mut Canvas, y: f64, text: &str| canvas.ending((LEFT - 8.0, y), text.to_string(), 11, Ink::TEXT);
    say(&mut canvas, page + 34.0, "looks, in order");
    for (s, sentence) in SENTENCES.iter().enumerate() {
        let text: Vec<String> = sentence.iter().map(|w| format!("{w:?}").to_lowercase()).collect();
        say(&mut canvas, above + 22.0 * s as f64 + 10.0, &text.join(" "));
    }
    for word in [Word::Flee, Word::Feed, Word::Wait] {
        say(&mut canvas, below + 22.0 * word.index() as f64 + 10.0, &format!("{word:?}").to_lowercase());
    }
    let mut from = 0;
    for (t, &width) in responses.bins.iter().enumerate() {
        let x = LEFT + BIN * from as f64;
        canvas.line([(x, page - 6.0), (x, 596.0)], Ink::AXIS.cover(0.6), 1);
        let place = t.min(3);
        let looks: Vec<usize> =
            course.episodes[t].evidence.iter().filter_map(|seen| seen[1].iter().position(|p| *p > 0.5)).collect();
        word(&mut canvas, SENTENCES[crate::READ][place], &looks, (x + 4.0, page));
        let episode = &course.episodes[t];
        for look in 0..episode.times() {
            raster(&mut canvas, &firing(episode, look, 0, 0), from + 16 * look, below, 22.0);
        }
        raster(&mut canvas, &firing(course, t, 0, 0), from + 16 * episode.times(), above, 22.0);
        from += width;
    }
    say(&mut canvas, evoked + 40.0, "evoked, words");
    traces(&mut canvas, &responses.below, BIN, (evoked + 40.0, 40.0), Ink::TRUTH);
    say(&mut canvas, evoked + 140.0, "evoked, sentences");
    traces(&mut canvas, &responses.above, BIN, (evoked + 140.0, 40.0), Ink::BELIEF);
    for middle in [evoked + 40.0, evoked + 140.0] {
        canvas.line([(LEFT, middle), (right, middle)], Ink::AXIS, 1);
    }
    canvas.svg()
}

/// Responses to the fourth word beside those of the standard reader, and their difference.
pub fn evoked(name: &str, usual: &Evoked, found: &Evoked, (from, to): (usize, usize)) -> String {
    let right = LEFT + WIDE * (to - from) as f64;
    let mut canvas = Canvas::new((right + 40.0) as u32, 560);
    canvas.words((10.0, 16.0), format!("The fourth word, {name}: responses (a bin is 1/64 s)"), 14, Ink::TEXT);
    let rows = [("words", &usual.below, &found.below, 90.0), ("sentences", &usual.above, &found.above, 220.0)];
    for (what, usual, found, middle) in rows {
        canvas.ending((LEFT - 8.0, middle), format!("evoked, {what}"), 11, Ink::TEXT);
        canvas.line([(LEFT, middle), (right, middle)], Ink::AXIS, 1);
        traces(&mut canvas, &usual[from..to], WIDE, (middle, 60.0), Ink::AXIS);
        traces(&mut canvas, &found[from..to], WIDE, (middle, 60.0), Ink::BELIEF);
    }
    let rows = [("words", &usual.below, &found.below, 350.0), ("sentences", &usual.above, &found.above, 470.0)];
    for (what, usual, found, middle) in rows {
        let difference: Vec<Vec<f64>> =
            found[from..to].iter().zip(&usual[from..to]).map(|(f, u)| f.iter().zip(u).map(|(f, u)| f - u).collect()).collect();
        canvas.ending((LEFT - 8.0, middle), format!("difference, {what}"), 11, Ink::TEXT);
        canvas.line([(LEFT, middle), (right, middle)], Ink::AXIS, 1);
        traces(&mut canvas, &difference, WIDE, (middle, 130.0), Ink::TRUTH);
    }
    canvas.words((LEFT, 540.0), "grey: as expected; blue: this reader; orange: blue minus grey", 11, Ink::TEXT);
    canvas.svg()
}
