//! A sketch: marks in the world's coordinates, which any means of drawing can draw.

use bevy_color::Srgba;
use bevy_math::{Rect, Vec2};

/// Something to be drawn, in the world's coordinates, with `y` upwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A filled rectangle.
    Fill(Rect, Srgba),
    /// The outline of a rectangle.
    Outline(Rect, Srgba),
    /// A line.
    Line([Vec2; 2], Srgba),
    /// A line with a tip at its second end.
    Arrow([Vec2; 2], Srgba),
    /// A disc: its centre and its radius.
    Disc(Vec2, f32, Srgba),
    /// Words that begin at a point, at mid-height, so many units high.
    Words(Vec2, f32, String, Srgba),
}

impl Mark {
    /// Its middle, or where it begins.
    pub fn at(&self) -> Vec2 {
        match self {
            Mark::Fill(rect, _) | Mark::Outline(rect, _) => rect.center(),
            Mark::Line([from, _], _) | Mark::Arrow([from, _], _) => *from,
            Mark::Disc(at, ..) | Mark::Words(at, ..) => *at,
        }
    }

    /// The same elsewhere.
    pub fn moved(&self, by: Vec2) -> Mark {
        let rect = |rect: &Rect| Rect { min: rect.min + by, max: rect.max + by };
        match self {
            Mark::Fill(area, colour) => Mark::Fill(rect(area), *colour),
            Mark::Outline(area, colour) => Mark::Outline(rect(area), *colour),
            Mark::Line(ends, colour) => Mark::Line(ends.map(|end| end + by), *colour),
            Mark::Arrow(ends, colour) => Mark::Arrow(ends.map(|end| end + by), *colour),
            Mark::Disc(centre, radius, colour) => Mark::Disc(*centre + by, *radius, *colour),
            Mark::Words(at, height, text, colour) => Mark::Words(*at + by, *height, text.clone(), *colour),
        }
    }
}

/// Marks, in the order in which they cover each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// All of them.
    pub marks: Vec<Mark>,
}

impl Sketch {
    /// Wipes it clean, and keeps its room.
    pub fn clear(&mut self) {
        self.marks.clear();
    }

    /// Adds a filled rectangle.
    pub fn fill(&mut self, rect: Rect, colour: Srgba) {
        self.marks.push(Mark::Fill(rect, colour));
    }

    /// Adds the outline of a rectangle.
    pub fn outline(&mut self, rect: Rect, colour: Srgba) {
        self.marks.push(Mark::Outline(rect, colour));
    }

    /// Adds a line.
    pub fn line(&mut self, from: Vec2, to: Vec2, colour: Srgba) {
        self.marks.push(Mark::Line([from, to], colour));
    }

    /// Adds an arrow.
    pub fn arrow(&mut self, from: Vec2, to: Vec2, colour: Srgba) {
        self.marks.push(Mark::Arrow([from, to], colour));
    }

    /// Adds a disc.
    pub fn disc(&mut self, centre: Vec2, radius: f32, colour: Srgba) {
        self.marks.push(Mark::Disc(centre, radius, colour));
    }

    /// Adds words.
    pub fn words(&mut self, at: Vec2, height: f32, text: impl Into<String>, colour: Srgba) {
        self.marks.push(Mark::Words(at, height, text.into(), colour));
    }

    /// Adds all of another one.
    pub fn extend(&mut self, other: &Sketch) {
        self.marks.extend_from_slice(&other.marks);
    }
}
