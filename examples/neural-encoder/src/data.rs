//! Walks along the line, as seen in the plane: drawn from a seed, or read from a file.

use std::path::Path;

use aif::prelude::{Domain, GenerativeModel};
use aif::runtime::random::{categorical, normal};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use crate::Failure;
use crate::line::{Line, MOVES, Move, PLACES, options};

/// How many walks there are to learn from, and to judge by.
const WALKS: (usize, usize) = (640, 320);
/// How many steps a walk has.
const STEPS: usize = 6;
/// How far a column of a table may be from one; files are written in single precision.
const ROUNDING: f64 = 1e-4;

/// The largest coordinate that is taken for one.
const FARTHEST: f64 = 1e6;

/// Whether a number can be a coordinate.
fn is_coordinate(x: f64) -> bool {
    x.abs() <= FARTHEST
}

/// A point of the plane.
pub type Point = [f64; 2];

/// One walk. What is seen is a point; where it was is kept to judge by, never to learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    pub points: Vec<Point>,
    pub places: Vec<usize>,
    /// After each step; as many as points.
    pub moves: Vec<Move>,
}

/// What the study is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    pub line: Line,
    /// How far the agent plans, in steps.
    pub horizon: usize,
    /// The mean of what is seen at each place; it has unit variance, and no correlation.
    pub means: [Point; PLACES],
    pub training: Vec<Walk>,
    pub validation: Vec<Walk>,
}

/// The study's means: a pentagon.
const MEANS: [Point; PLACES] = [[0.0, 3.2], [3.0, 1.0], [1.9, -2.6], [-1.9, -2.6], [-3.0, 1.0]];

/// A point as it is seen at a place.
pub fn see(mean: Point, rng: &mut ChaCha8Rng) -> Point {
    mean.map(|x| x + normal(rng))
}

impl Data {
    /// The study's data, drawn from a seed: moves at random, from a place at random.
    pub fn draw(seed: u64) -> Self {
        let mut rng = stream(seed, 0);
        let line = Line::study();
        let mut walk = || {
            let mut place = categorical(&line.initial, &mut rng);
            let mut walk = Walk { points: Vec::new(), places: Vec::new(), moves: Vec::new() };
            for _ in 0..STEPS {
                let go = [Move::Back, Move::Stay, Move::Forward][below(MOVES, &mut rng)];
                walk.points.push(see(MEANS[place], &mut rng));
                walk.places.push(place);
                walk.moves.push(go);
                place = categorical(&line.transition[place][go.index()], &mut rng);
            }
            walk
        };
        let training = (0..WALKS.0).map(|_| walk()).collect();
        let validation = (0..WALKS.1).map(|_| walk()).collect();
        Data { line, horizon: 4, means: MEANS, training, validation }
    }

    /// Data from a JSON file: walks `train` and `val` (`x_seq`, `s_seq`, `a_seq`), and the tables `A`, `B`, `C`, `D`.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let file: File = read_json(path)?;
        file.check().map_err(|what| format!("{}: {what}", path.display()).into())
    }
}

/// A stream of a seed's numbers: what is drawn from one stream does not depend on what is drawn from others.
pub fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// A whole number below `count`.
pub fn below(count: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u128::from(rng.next_u64()) * count as u128) >> 64) as usize
}

/// Reads a JSON file.
pub fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()).into())
}

/// The data as they are written.
#[derive(Deserialize)]
struct File {
    train: Split,
    val: Split,
    #[serde(rename = "A")]
    likelihood: Vec<Vec<f64>>,
    #[serde(rename = "B")]
    transition: Vec<Vec<Vec<f64>>>,
    #[serde(rename = "C")]
    preference: Vec<f64>,
    #[serde(rename = "D")]
    initial: Vec<f64>,
    gaussian_means: Vec<Vec<f64>>,
    policy_len: usize,
}

/// `[walk][step]`, and then the two coordinates of a point, nothing, or the one move.
#[derive(Deserialize)]
struct Split {
    x_seq: Vec<Vec<Point>>,
    s_seq: Vec<Vec<usize>>,
    a_seq: Vec<Vec<[usize; 1]>>,
}

impl File {
    fn check(self) -> Result<Data, String> {
        let line = tables(&self.likelihood, &self.transition, &self.preference, &self.initial)?;
        let means: [Point; PLACES] = fixed("gaussian_means", &self.gaussian_means)?;
        if !means.as_flattened().iter().copied().all(is_coordinate) {
            return Err(format!("gaussian_means: a coordinate is not between {} and {FARTHEST}", -FARTHEST));
        }
        options(self.policy_len).check(&<Line as GenerativeModel>::META).map_err(|e| format!("policy_len: {e}"))?;
        Ok(Data {
            line,
            horizon: self.policy_len,
            means,
            training: self.train.walks("train")?,
            validation: self.val.walks("val")?,
        })
    }
}

impl Split {
    fn walks(self, name: &str) -> Result<Vec<Walk>, String> {
        let counts = (self.x_seq.len(), self.s_seq.len(), self.a_seq.len());
        if counts.0 == 0 || counts.0 != counts.1 || counts.0 != counts.2 {
            return Err(format!(
                "{name}: x_seq, s_seq and a_seq have {}, {} and {} walks; there has to be at least one, and as many of each",
                counts.0, counts.1, counts.2
            ));
        }
        let parts = self.x_seq.into_iter().zip(self.s_seq).zip(self.a_seq);
        parts
            .enumerate()
            .map(|(i, ((points, places), moves))| walk(points, places, moves).map_err(|what| format!("{name}, walk {i}: {what}")))
            .collect()
    }
}

fn walk(points: Vec<Point>, places: Vec<usize>, moves: Vec<[usize; 1]>) -> Result<Walk, String> {
    if points.is_empty() || points.len() != places.len() || points.len() != moves.len() {
        let lengths = (points.len(), places.len(), moves.len());
        return Err(format!(
            "{} points, {} places and {} moves; there has to be one of each at every step",
            lengths.0, lengths.1, lengths.2
        ));
    }
    if let Some(step) = points.iter().flatten().position(|x| !is_coordinate(*x)) {
        return Err(format!("step {}: a coordinate is not between {} and {FARTHEST}", step / 2, -FARTHEST));
    }
    if let Some(step) = places.iter().position(|&p| p >= PLACES) {
        return Err(format!("step {step}: there is no place {}, but places 0 to {}", places[step], PLACES - 1));
    }
    let named = |(step, [go]): (usize, [usize; 1])| {
        Move::from_index(go).ok_or_else(|| format!("step {step}: there is no move {go}, but moves 0 to {}", MOVES - 1))
    };
    let moves = moves.into_iter().enumerate().map(named).collect::<Result<_, _>>()?;
    Ok(Walk { points, places, moves })
}

/// The agent's tables from lists as they are written: `A[category][place]`, `B[next][place][move]`.
pub fn tables(
    likelihood: &[Vec<f64>],
    transition: &[Vec<Vec<f64>>],
    preference: &[f64],
    initial: &[f64],
) -> Result<Line, String> {
    let likelihood: [[f64; PLACES]; PLACES] = fixed("A", likelihood)?;
    let transition: Vec<[[f64; MOVES]; PLACES]> =
        transition.iter().enumerate().map(|(i, table)| fixed(&format!("B[{i}]"), table)).collect::<Result<_, _>>()?;
    let transition: [[[f64; MOVES]; PLACES]; PLACES] = fixed_array("B", transition)?;
    let mut line = Line {
        likelihood: std::array::from_fn(|place| std::array::from_fn(|category| likelihood[category][place])),
        transition: std::array::from_fn(|place| {
            std::array::from_fn(|go| std::array::from_fn(|next| transition[next][place][go]))
        }),
        preference: fixed_array("C", preference.to_vec())?,
        initial: fixed_array("D", initial.to_vec())?,
    };
    for place in 0..PLACES {
        normalise(&mut line.likelihood[place], || format!("A given place {place}"))?;
        for go in 0..MOVES {
            normalise(&mut line.transition[place][go], || format!("B given place {place} and move {go}"))?;
        }
    }
    normalise(&mut line.initial, || "D".into())?;
    if line.preference.iter().any(|c| !c.is_finite()) {
        return Err("C: a preference is no finite number".into());
    }
    Ok(line)
}

/// A distribution that was rounded to single precision, made to sum to one again.
fn normalise(p: &mut [f64], what: impl Fn() -> String) -> Result<(), String> {
    let sum: f64 = p.iter().sum();
    if !((sum - 1.0).abs() < ROUNDING && p.iter().all(|&p| p >= 0.0)) {
        return Err(format!("{}: {p:?} is no distribution", what()));
    }
    p.iter_mut().for_each(|p| *p /= sum);
    Ok(())
}

fn fixed<const R: usize, const C: usize>(name: &str, rows: &[Vec<f64>]) -> Result<[[f64; C]; R], String> {
    let rows = rows.iter().enumerate().map(|(i, row)| fixed_array(&format!("{name}[{i}]"), row.clone()));
    fixed_array(name, rows.collect::<Result<Vec<_>, _>>()?)
}

fn fixed_array<T, const N: usize>(name: &str, list: Vec<T>) -> Result<[T; N], String> {
    let found = list.len();
    list.try_into().map_err(|_| format!("{name} has {found} entries, but the study's line has {N}"))
}
