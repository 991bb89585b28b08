//! The three ways to run a declaration of priors: over unconstrained coordinates, from a generator, and with known values.

use aif_runtime::Real;
use rand::Rng;

use super::{Population, take};
use crate::prior::{Held, LocationScale, Prior, Support, VectorPrior};

/// Gives each drawn parameter its value, in the order of the declaration.
pub trait Draw<T: Real> {
    /// The value of the next parameter.
    fn draw<P: Prior<T>>(&mut self, prior: P) -> T;

    /// The value of the next parameter, which is sampled partly centred: 0 is non-centred, 1 centred.
    fn draw_partly<P: LocationScale<T>>(&mut self, prior: P, centredness: f64) -> T {
        let _ = centredness;
        self.draw(prior)
    }

    /// The value of the next parameter, whose centring is left to what fits the data.
    fn draw_located<P: LocationScale<T>>(&mut self, prior: P) -> T {
        self.draw(prior)
    }

    /// The values of the next parameter, which belong together.
    fn draw_vector<P: VectorPrior<T>>(&mut self, prior: P, values: &mut [T]);
}

/// Reads parameters from coordinates on the real line, and sums their log-density there, Jacobians included.
pub struct Unconstrained<'a, T> {
    coordinates: &'a [T],
    /// What the data say of each coordinate's draw; where there is none they say nothing.
    held: &'a [Held],
    /// The log-density of the coordinates read so far.
    pub ln_density: T,
}

impl<'a, T: Real> Unconstrained<'a, T> {
    /// One coordinate for each degree of freedom.
    pub fn new(coordinates: &'a [T]) -> Self {
        Unconstrained { coordinates, held: &[], ln_density: T::zero() }
    }

    /// The same, where draws whose centring is open are sampled by what the data say of them: one for each coordinate.
    pub fn held(coordinates: &'a [T], held: &'a [Held]) -> Self {
        Unconstrained { coordinates, held, ln_density: T::zero() }
    }

    fn next(&mut self) -> (T, Held) {
        let held = self.held.split_off_first().copied().unwrap_or_default();
        (take(&mut self.coordinates), held)
    }
}

impl<T: Real> Draw<T> for Unconstrained<'_, T> {
    fn draw<P: Prior<T>>(&mut self, prior: P) -> T {
        let (u, _) = self.next();
        let (x, jacobian) = prior.support().constrain(u);
        self.ln_density += prior.ln_density(x) + jacobian;
        x
    }

    fn draw_partly<P: LocationScale<T>>(&mut self, prior: P, centredness: f64) -> T {
        let (raw, _) = self.next();
        if centredness == 0.0 {
            self.ln_density += prior.standard_ln_density(raw);
            return prior.place(raw);
        }
        let (x, density) = prior.place_partly(raw, centredness);
        self.ln_density += density;
        x
    }

    fn draw_located<P: LocationScale<T>>(&mut self, prior: P) -> T {
        let (raw, held) = self.next();
        if held.precision == 0.0 {
            self.ln_density += prior.standard_ln_density(raw);
            return prior.place(raw);
        }
        let (x, density) = prior.place_held(raw, held);
        self.ln_density += density;
        x
    }

    fn draw_vector<P: VectorPrior<T>>(&mut self, prior: P, values: &mut [T]) {
        let (own, rest) = self.coordinates.split_at(prior.coordinates(values.len()).min(self.coordinates.len()));
        self.coordinates = rest;
        self.held = self.held.get(own.len()..).unwrap_or(&[]);
        self.ln_density += prior.place(own, values);
    }
}

/// Draws parameters from their priors.
pub struct Sampled<'a> {
    rng: &'a mut dyn Rng,
}

impl<'a> Sampled<'a> {
    /// From this generator.
    pub fn new(rng: &'a mut dyn Rng) -> Self {
        Sampled { rng }
    }
}

impl Draw<f64> for Sampled<'_> {
    fn draw<P: Prior<f64>>(&mut self, prior: P) -> f64 {
        prior.sample(self.rng)
    }

    fn draw_vector<P: VectorPrior<f64>>(&mut self, prior: P, values: &mut [f64]) {
        prior.sample(self.rng, values);
    }
}

/// Takes parameters as they are given; the priors do not matter.
pub struct Known<'a, T> {
    values: &'a [T],
}

impl<'a, T: Real> Known<'a, T> {
    /// One value for each number that is drawn.
    pub fn new(values: &'a [T]) -> Self {
        Known { values }
    }
}

impl<T: Real> Draw<T> for Known<'_, T> {
    fn draw<P: Prior<T>>(&mut self, _: P) -> T {
        take(&mut self.values)
    }

    fn draw_vector<P: VectorPrior<T>>(&mut self, _: P, values: &mut [T]) {
        values.fill_with(|| take(&mut self.values));
    }
}

/// Takes parameters as they are given, and notes the log-density of each under its prior; of those drawn together, with the first.
struct Densities<'a> {
    values: &'a [f64],
    /// One for each number that is drawn.
    each: Vec<f64>,
    around_zero: Vec<Zero>,
}

/// Whether a number can be zero, and as near to it on either side as one likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zero {
    /// It can.
    Inside,
    /// It cannot.
    Outside,
    /// It is drawn together with others, and so is the density of them all.
    Together,
}

impl<'a> Densities<'a> {
    /// One value for each number that is drawn.
    fn new(values: &'a [f64]) -> Self {
        Densities { values, each: Vec::with_capacity(values.len()), around_zero: Vec::with_capacity(values.len()) }
    }
}

/// The log-density of each number that is drawn at a level, under the priors that those above it make, and whether it can be zero; writes all of
/// the level's numbers, derived ones too, behind those above.
pub(crate) fn densities<P: Population>(
    level: usize,
    values: &mut [f64],
    covariates: &[f64],
    drawn: &[f64],
) -> (Vec<f64>, Vec<Zero>) {
    let mut densities = Densities::new(drawn);
    P::draw(level, values, covariates, &mut densities);
    (densities.each, densities.around_zero)
}

impl Draw<f64> for Densities<'_> {
    fn draw<P: Prior<f64>>(&mut self, prior: P) -> f64 {
        let x = take(&mut self.values);
        self.each.push(prior.ln_density(x));
        let support = prior.support();
        let is_inside = [-1e-9, 0.0, 1e-9].into_iter().all(|near| support.holds(near));
        self.around_zero.push(if is_inside { Zero::Inside } else { Zero::Outside });
        x
    }

    fn draw_vector<P: VectorPrior<f64>>(&mut self, prior: P, values: &mut [f64]) {
        values.fill_with(|| take(&mut self.values));
        self.each.push(prior.ln_density(values));
        self.each.extend(values.iter().skip(1).map(|_| 0.0));
        self.around_zero.extend(values.iter().map(|_| if prior.is_free() { Zero::Together } else { Zero::Outside }));
    }
}

/// Takes the values that are given, draws the others; derived ones follow.
pub(crate) struct Partly<'a, 'r> {
    given: &'a [Option<f64>],
    next: usize,
    sampled: Sampled<'r>,
    /// The given values outside their supports, by position among the numbers that are drawn.
    pub outside: Vec<usize>,
}

impl<'a, 'r> Partly<'a, 'r> {
    pub fn new(given: &'a [Option<f64>], rng: &'r mut dyn Rng) -> Self {
        Partly { given, next: 0, sampled: Sampled::new(rng), outside: Vec::new() }
    }
}

impl Draw<f64> for Partly<'_, '_> {
    fn draw<D: Prior<f64>>(&mut self, prior: D) -> f64 {
        let given = self.given.get(self.next).copied().flatten();
        if given.is_some_and(|x| !prior.support().holds(x)) {
            self.outside.push(self.next);
        }
        self.next += 1;
        // A draw is made in any case: what is given for one parameter does not move the others.
        let drawn = self.sampled.draw(prior);
        given.unwrap_or(drawn)
    }

    fn draw_vector<D: VectorPrior<f64>>(&mut self, prior: D, values: &mut [f64]) {
        prior.sample(self.sampled.rng, values);
        let given = self.given.get(self.next..self.next + values.len()).unwrap_or(&[]);
        for (value, given) in values.iter_mut().zip(given) {
            *value = given.unwrap_or(*value);
        }
        if given.iter().any(Option::is_some) && !prior.holds(values) {
            self.outside.push(self.next);
        }
        self.next += values.len();
    }
}

/// Takes known values and notes what can be said of each: where it lives; and, where its centring is open, the location and scale of what is
/// moved and scaled.
pub(crate) struct Noted<'a> {
    values: &'a [f64],
    /// One for each number that is drawn.
    pub notes: Vec<Note>,
}

/// What is known of the prior of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// Where it lives; `None` where it is bound to others.
    pub support: Option<Support<f64>>,
    /// Location and scale of it, or of its logarithm, where its centring is open.
    pub located: Option<(f64, f64)>,
}

impl<'a> Noted<'a> {
    /// One value for each number that is drawn.
    pub fn new(values: &'a [f64]) -> Self {
        Noted { values, notes: Vec::new() }
    }
}

impl Draw<f64> for Noted<'_> {
    fn draw<P: Prior<f64>>(&mut self, prior: P) -> f64 {
        self.notes.push(Note { support: Some(prior.support()), located: None });
        take(&mut self.values)
    }

    fn draw_located<P: LocationScale<f64>>(&mut self, prior: P) -> f64 {
        let located = Some((prior.location(), prior.scale()));
        self.notes.push(Note { support: Some(prior.support()), located });
        take(&mut self.values)
    }

    fn draw_vector<P: VectorPrior<f64>>(&mut self, prior: P, values: &mut [f64]) {
        let note = Note { support: prior.is_free().then_some(Support::RealLine), located: None };
        self.notes.extend(values.iter().map(|_| note));
        values.fill_with(|| take(&mut self.values));
    }
}
