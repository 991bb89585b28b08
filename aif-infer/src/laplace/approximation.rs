//! The normal approximation of a posterior: its mode, its draws, the evidence that it stands for.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::marginal::maximise;
use super::newton::mode_at;
use super::newton::{Mode, find_mode};
use super::{LaplaceError, LaplaceOptions};
use crate::marginal::{self, Finest};
use crate::matrix::{self, Factor};
use crate::posterior::{Layout, Target};
use crate::prior::HALF_LN_TWO_PI;
use crate::random::{standard_widely, stream};

/// A normal approximation: of everything at once, or of what is below the group given the group, and of the group.
#[derive(Clone, Debug)]
pub struct Approximation {
    /// The mode; of what is below the group given the group's.
    pub mode: Mode,
    /// How many coordinates the group has.
    pub top: usize,
    /// The precision of the group's coordinates, by its Cholesky factor; empty where it has none.
    pub precision: Factor,
    /// The logarithm of the evidence.
    pub log_evidence: f64,
    /// How units were integrated out for the group's density, where they were.
    pub integrated: Option<Integrated>,
}

/// How units were integrated out.
#[derive(Clone, Debug, PartialEq)]
pub struct Integrated {
    /// By which nodes.
    pub rule: String,
    /// How far more nodes would move the group's mode, in its standard deviations.
    pub shift: f64,
    /// How many nats more the next step was expected to gain where the search for the group's mode came to its end without coming to rest.
    pub unsettled: Option<f64>,
}

/// Approximates a posterior.
///
/// # Errors
/// When no mode is found, or the density does not curve downwards there.
pub fn laplace(target: &dyn Target, options: &LaplaceOptions) -> Result<Approximation, LaplaceError> {
    laplace_from(target, options, None, Finest::Cheap)
}

/// The same from where the mode is thought to be, of the coordinates above the units.
pub(crate) fn laplace_from(
    target: &dyn Target,
    options: &LaplaceOptions,
    from: Option<&[f64]>,
    finest: Finest,
) -> Result<Approximation, LaplaceError> {
    let layout = target.layout();
    // The first level with coordinates of its own, where it has one unit only, is what everything below is integrated out for.
    let first = (0..layout.levels()).find(|&l| !layout.coordinates_of(l, 0).is_empty()).unwrap_or(0);
    let below = (first + 1..layout.levels()).any(|l| !layout.coordinates_of(l, 0).is_empty());
    let top = if layout.units(first) == 1 && below { layout.coordinates_of(first, 0).len() } else { 0 };
    let mut rng = stream(options.seed, 1 << 50);
    let mut failure = LaplaceError::Flat;
    for attempt in 0..20 {
        // The origin first: the middle of most priors. Then anywhere around it.
        let mut start: Vec<f64> = (0..layout.dimension())
            .map(|_| if attempt == 0 { 0.0 } else { 2.0 * aif_runtime::random::unit(&mut rng) - 1.0 })
            .collect();
        if let Some(from) = from.filter(|_| attempt == 0) {
            start[..from.len()].copy_from_slice(from);
        }
        let leaf = layout.levels() - 1;
        let found = if top > 0 && layout.coordinates_of(leaf, 0).start == top {
            of_units(target, &start, first, options.steps, finest)
        } else if top == 0 {
            find_mode(target, 0, &start, options.steps).map(|mode| of_all(layout, mode))
        } else {
            maximise(target, &start, (first, top), options.steps).map(|(marginal, precision)| {
                let log_evidence = marginal.value + top as f64 * HALF_LN_TWO_PI - matrix::half_ln_determinant(&precision);
                Approximation { mode: marginal.mode, top, precision, log_evidence, integrated: None }
            })
        };
        match found {
            Ok(approximation) => return Ok(approximation),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn of_all(layout: &Layout, mode: Mode) -> Approximation {
    let d = layout.dimension() as f64;
    let log_evidence = mode.curvature.value + d * HALF_LN_TWO_PI - 0.5 * mode.factored.ln_determinant;
    Approximation { mode, top: 0, precision: matrix::nothing(), log_evidence, integrated: None }
}

/// Where all units lie right below the group: the mode of the group's density with the units integrated out by quadrature.
fn of_units(
    target: &dyn Target,
    start: &[f64],
    first: usize,
    steps: usize,
    finest: Finest,
) -> Result<Approximation, LaplaceError> {
    let found = marginal::maximise(target, start, steps, finest)?;
    let (top, log_evidence) = (found.position.len(), found.log_evidence());
    let units = found.at.units.iter().flat_map(|unit| unit.mode.iter().copied());
    let position: Vec<f64> = found.position.iter().copied().chain(units).collect();
    let integrated = Integrated { rule: found.marginal.rule.words().to_string(), shift: found.shift, unsettled: found.unsettled };
    let mode = mode_at(target, first + 1, position)?;
    Ok(Approximation { mode, top, precision: found.precision, log_evidence, integrated: Some(integrated) })
}

impl Approximation {
    /// A draw from the approximation, and its log-density there.
    pub fn draw(&self, layout: &Layout, rng: &mut dyn Rng) -> (Vec<f64>, f64) {
        let mut x: Vec<f64> = (0..layout.dimension()).map(|_| StandardNormal.sample(rng)).collect();
        let squares: f64 = x.iter().map(|x| x * x).sum();
        let ln_density = self.half_ln_precision() - x.len() as f64 * HALF_LN_TWO_PI - 0.5 * squares;
        self.spread(layout, &mut x);
        (x, ln_density)
    }

    /// A draw from a distribution of the same place and shape with heavier tails (Student's t with five degrees of freedom), and its
    /// log-density there: what covers a posterior that the normal approximation does not.
    pub fn draw_widely(&self, layout: &Layout, rng: &mut dyn Rng) -> (Vec<f64>, f64) {
        let (mut x, ln_standard) = standard_widely(layout.dimension(), rng);
        self.spread(layout, &mut x);
        (x, self.half_ln_precision() + ln_standard)
    }

    /// Half the logarithm of the determinant of the precision of everything.
    fn half_ln_precision(&self) -> f64 {
        0.5 * self.mode.factored.ln_determinant + matrix::half_ln_determinant(&self.precision)
    }

    /// Turns standard normal numbers into a draw, in place.
    pub fn spread(&self, layout: &Layout, x: &mut [f64]) {
        if self.top == 0 {
            self.mode.factored.spread(layout, x);
        } else {
            matrix::solve_upper(&self.precision, &mut x[..self.top]);
            let mut follows = x.to_vec();
            self.mode.factored.follow(layout, &mut follows);
            self.mode.factored.spread(layout, x);
            x[self.top..].iter_mut().zip(&follows[self.top..]).for_each(|(x, f)| *x += f);
        }
        x.iter_mut().zip(&self.mode.position).for_each(|(x, m)| *x += m);
    }
}
