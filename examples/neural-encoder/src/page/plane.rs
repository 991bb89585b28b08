//! The plane of points: how densely they lie, and what the encoder makes of each.

use std::fmt::Write;

use super::COLOURS;
use crate::Failure;
use crate::assess::largest;
use crate::data::{Data, Point};
use crate::line::PLACES;
use crate::network::Encoder;

/// The side of the picture, in pixels, and how many tiles lie along it.
pub const SIDE: f64 = 420.0;
const TILES: usize = 105;
/// How many shades are told apart.
const SHADES: f64 = 14.0;

/// A square of the plane that holds what is seen.
#[derive(Clone, Copy)]
pub struct Plane {
    left: f64,
    top: f64,
    side: f64,
}

impl Plane {
    /// The square around the means of all places.
    pub fn around(data: &Data) -> Self {
        let around = |k: usize| {
            let each = || data.means.iter().map(|mean| mean[k]);
            (each().fold(f64::INFINITY, f64::min), each().fold(f64::NEG_INFINITY, f64::max))
        };
        let (x, y) = (around(0), around(1));
        let side = (x.1 - x.0).max(y.1 - y.0) + 5.5;
        Plane { left: (x.0 + x.1 - side) / 2.0, top: (y.0 + y.1 + side) / 2.0, side }
    }

    /// Where a point lies in the picture; points outside lie at its edge.
    pub fn at(&self, [x, y]: Point) -> (f64, f64) {
        let scale = SIDE / self.side;
        (((x - self.left) * scale).clamp(0.0, SIDE), ((self.top - y) * scale).clamp(0.0, SIDE))
    }

    /// The middle of a tile.
    fn middle(&self, row: usize, column: usize) -> Point {
        let step = self.side / TILES as f64;
        [self.left + (column as f64 + 0.5) * step, self.top - (row as f64 + 0.5) * step]
    }

    /// How densely points lie, all places being equally frequent.
    pub fn density(&self, data: &Data) -> String {
        let density = |[x, y]: Point| {
            let of = |mean: &Point| (-((x - mean[0]).powi(2) + (y - mean[1]).powi(2)) / 2.0).exp();
            data.means.iter().map(of).sum::<f64>()
        };
        let most = data.means.iter().map(|&mean| density(mean)).fold(f64::MIN_POSITIVE, f64::max);
        mosaic(|row, column| ("#3c4a63", 0.85 * density(self.middle(row, column)) / most))
    }

    /// The most probable category of each point; the surer, the stronger its colour.
    pub fn regions(&self, encoder: &Encoder) -> Result<String, Failure> {
        let points: Vec<Point> = (0..TILES * TILES).map(|i| self.middle(i / TILES, i % TILES)).collect();
        let seen = encoder.probabilities(&points)?;
        Ok(mosaic(|row, column| {
            let p = &seen[row * TILES + column];
            let best = largest(p);
            let chance = 1.0 / PLACES as f64;
            (COLOURS[best], 0.1 + 0.6 * (p[best] - chance) / (1.0 - chance))
        }))
    }

    /// The means of all places, numbered.
    pub fn places(&self, data: &Data) -> String {
        let mut svg = String::new();
        for (place, &mean) in data.means.iter().enumerate() {
            let (x, y) = self.at(mean);
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"11\" fill=\"{}\" stroke=\"#fff\" stroke-width=\"2\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"number\">{place}</text>",
                COLOURS[place],
                y + 4.5
            );
        }
        svg
    }
}

/// Tiles of one colour and shade that lie beside each other are one box.
fn mosaic(tile: impl Fn(usize, usize) -> (&'static str, f64)) -> String {
    let size = SIDE / TILES as f64;
    let mut svg = String::from("<g shape-rendering=\"crispEdges\">");
    for row in 0..TILES {
        let shade = |column| {
            let (colour, shade) = tile(row, column);
            (colour, (shade * SHADES).round() as i32)
        };
        let mut start = 0;
        while start < TILES {
            let (colour, level) = shade(start);
            let end = (start + 1..TILES).find(|&column| shade(column) != (colour, level)).unwrap_or(TILES);
            if level > 0 {
                let _ = write!(
                    svg,
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{size}\" fill=\"{colour}\" fill-opacity=\"{:.2}\"/>",
                    start as f64 * size,
                    row as f64 * size,
                    (end - start) as f64 * size,
                    f64::from(level) / SHADES
                );
            }
            start = end;
        }
    }
    svg + "</g>"
}
