//! The log-probability of each response of a unit at many draws: where its likelihood is tabled, worked out at some nodes and interpolated.

use super::error::FitError;
use super::fittable::Fittable;
use super::plan::Part;
use crate::posterior::MOST;

/// Degrees along one, two and three numbers; the second is tried where the first is not enough.
const DEGREES: [[usize; 2]; MOST] = [[20, 40], [10, 16], [5, 8]];

/// How near interpolated log-probabilities have to be to those worked out anew, in nats.
const NEAR: f64 = 1e-6;

/// The log-probabilities of a unit's responses, worked out for one draw.
type Direct<'a> = &'a dyn Fn(&[f64]) -> Result<Vec<f64>, FitError>;

/// The log-probabilities `[draw][response]`, given all numbers of each draw.
pub(super) fn rows(
    group: &dyn Fittable,
    part: &Part<'_>,
    (own, leaf): (usize, usize),
    draws: &[&[f64]],
    fail: &dyn Fn(String) -> FitError,
) -> Result<Vec<Vec<f64>>, FitError> {
    let layout = part.target.layout();
    let level = group.meta().leaf();
    let direct = |all: &[f64]| group.pointwise(leaf, &layout.gather(level, own, all)).map_err(|e| fail(e.to_string()));
    match interpolated(group, part, (own, leaf), draws, &direct) {
        Some(rows) => Ok(rows),
        None => draws.iter().map(|all| direct(all)).collect(),
    }
}

/// By interpolation over the box that the draws fill; `None` where that does not pay or is not near enough.
fn interpolated(
    group: &dyn Fittable,
    part: &Part<'_>,
    (own, leaf): (usize, usize),
    draws: &[&[f64]],
    direct: Direct<'_>,
) -> Option<Vec<Vec<f64>>> {
    let table = part.target.refinement().table(own)?;
    let directions = part.target.directions();
    let n = directions.len();
    let layout = part.target.layout();
    let level = group.meta().leaf();
    let gathered: Vec<Vec<f64>> = draws.iter().map(|all| layout.gather(level, own, all)).collect();
    let places: Vec<[f64; MOST]> =
        gathered.iter().map(|values| table.place(&directions.iter().map(|&i| values[i]).collect::<Vec<f64>>())).collect();
    let (mut low, mut high) = ([f64::INFINITY; MOST], [f64::NEG_INFINITY; MOST]);
    for place in &places {
        for i in 0..n {
            (low[i], high[i]) = (low[i].min(place[i]), high[i].max(place[i]));
        }
    }
    // A little wider, so that no draw lies at an end.
    let width: Vec<f64> = (0..n).map(|i| 0.505 * (high[i] - low[i]) + 1e-9).collect();
    let middle: Vec<f64> = (0..n).map(|i| 0.5 * (high[i] + low[i])).collect();
    if !width.iter().chain(&middle).all(|x| x.is_finite()) {
        return None;
    }
    for degree in DEGREES[n - 1] {
        let line = degree + 1;
        let total = line.pow(n as u32);
        if draws.len() < 2 * total {
            return None;
        }
        let nodes: Vec<f64> = (0..line).map(|j| (std::f64::consts::PI * (j as f64 + 0.5) / line as f64).cos()).collect();
        let mut at_nodes: Vec<Vec<f64>> = Vec::with_capacity(total);
        for flat in 0..total {
            let mut rest = flat;
            let mut place = [0.0; MOST];
            for i in 0..n {
                place[i] = middle[i] + width[i] * nodes[rest % line];
                rest /= line;
            }
            let mut values = gathered[0].clone();
            directions.iter().zip(table.numbers(&place)).for_each(|(&i, x)| values[i] = x);
            let row = group.pointwise(leaf, &group.complete(leaf, &values)).ok()?;
            if row.iter().any(|x| !x.is_finite()) {
                return None;
            }
            at_nodes.push(row);
        }
        let ends = barycentric(line);
        let responses = at_nodes[0].len();
        let mut rows = Vec::with_capacity(draws.len());
        let mut weights = vec![0.0; total];
        for place in &places {
            weights.fill(1.0);
            for i in 0..n {
                let own = cardinal((place[i] - middle[i]) / width[i], &nodes, &ends);
                let stride = line.pow(i as u32);
                weights.iter_mut().enumerate().for_each(|(flat, w)| *w *= own[flat / stride % line]);
            }
            let mut row = vec![0.0; responses];
            for (weight, at) in weights.iter().zip(&at_nodes) {
                row.iter_mut().zip(at).for_each(|(to, x)| *to += weight * x);
            }
            rows.push(row);
        }
        // The draws farthest out, and some others.
        let far = (0..n).flat_map(|i| {
            let by = |a: &usize, b: &usize| places[*a][i].total_cmp(&places[*b][i]);
            [(0..places.len()).min_by(by), (0..places.len()).max_by(by)]
        });
        let checked: Vec<usize> = far.flatten().chain([draws.len() / 3]).collect();
        let mut near = true;
        for d in checked {
            let truth = direct(draws[d]).ok()?;
            near &= truth.iter().zip(&rows[d]).all(|(a, b)| (a - b).abs() < NEAR);
        }
        if near {
            return Some(rows);
        }
    }
    None
}

/// The barycentric weights of the roots of a Chebyshev polynomial (Berrut & Trefethen 2004).
fn barycentric(n: usize) -> Vec<f64> {
    let sign = |j: usize| if j.is_multiple_of(2) { 1.0 } else { -1.0 };
    (0..n).map(|j| sign(j) * (std::f64::consts::PI * (j as f64 + 0.5) / n as f64).sin()).collect()
}

/// The weight of the value at each node for the polynomial through them, at a place between -1 and 1.
fn cardinal(x: f64, nodes: &[f64], barycentric: &[f64]) -> Vec<f64> {
    if let Some(at) = nodes.iter().position(|&node| node == x) {
        return (0..nodes.len()).map(|j| f64::from(u8::from(j == at))).collect();
    }
    let mut weights: Vec<f64> = nodes.iter().zip(barycentric).map(|(node, weight)| weight / (x - node)).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= sum);
    weights
}
