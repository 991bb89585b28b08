//! Known numbers as coordinates on the real line, and back: in which a posterior is approximated by a normal density.
//!
//! A number whose centring is open is standardised by its prior and what the data hold of it ([`Held`]), whatever the declaration says of
//! centring; the numbers of a subset may be held at zero, and have neither coordinate nor density.

use std::marker::PhantomData;

use super::draw::Zero;
use super::{Draw, Population, densities, take};
use crate::prior::{Held, LocationScale, Prior, VectorPrior};

/// The priors of a population without its type.
pub(crate) trait Priors: Sync {
    /// The log-density of each number that is drawn at a level, under the priors that those above it make, and whether it can be zero; writes
    /// all of the level's numbers, derived ones too, behind those above.
    fn densities(&self, level: usize, values: &mut [f64], covariates: &[f64], drawn: &[f64]) -> (Vec<f64>, Vec<Zero>);

    /// The coordinates of the numbers drawn for a unit; writes all of its numbers behind those above. `None` where there are none.
    fn outward(&self, unit: &Unit<'_>, values: &mut [f64], drawn: &[f64]) -> Option<Coordinates>;

    /// The log-density of the coordinates of a unit; writes all of its numbers behind those above.
    fn inward(&self, unit: &Unit<'_>, values: &mut [f64], coordinates: &[f64]) -> f64;
}

/// What is known of a unit beforehand.
#[derive(Clone, Copy)]
pub(crate) struct Unit<'a> {
    /// Its level.
    pub level: usize,
    /// Its covariates.
    pub covariates: &'a [f64],
    /// What the data say of the number of each coordinate; nothing where there is none.
    pub held: &'a [Held],
    /// Which of the numbers that are drawn are zero.
    pub zeros: &'a [usize],
}

/// The coordinates of a unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coordinates {
    /// One for each degree of freedom.
    pub all: Vec<f64>,
    /// Of each coordinate whose centring is open the number, or its logarithm, and location and scale of its prior.
    pub located: Vec<Option<[f64; 3]>>,
    /// Their log-density.
    pub ln_density: f64,
}

/// The priors of a population.
pub(crate) struct PriorsOf<P>(pub PhantomData<fn() -> P>);

impl<P: Population> Priors for PriorsOf<P> {
    fn densities(&self, level: usize, values: &mut [f64], covariates: &[f64], drawn: &[f64]) -> (Vec<f64>, Vec<Zero>) {
        densities::<P>(level, values, covariates, drawn)
    }

    fn outward(&self, unit: &Unit<'_>, values: &mut [f64], drawn: &[f64]) -> Option<Coordinates> {
        let mut outward = Outward { values: drawn, places: Places::new(unit), found: Some(Coordinates::default()) };
        P::draw(unit.level, values, unit.covariates, &mut outward);
        outward.found
    }

    fn inward(&self, unit: &Unit<'_>, values: &mut [f64], coordinates: &[f64]) -> f64 {
        let mut inward = Inward { coordinates, places: Places::new(unit), ln_density: 0.0 };
        P::draw(unit.level, values, unit.covariates, &mut inward);
        inward.ln_density
    }
}

/// Where a draw stands.
struct Places<'a> {
    held: &'a [Held],
    zeros: &'a [usize],
    number: usize,
}

impl<'a> Places<'a> {
    fn new(unit: &Unit<'a>) -> Self {
        Places { held: unit.held, zeros: unit.zeros, number: 0 }
    }

    /// Whether the next number is zero.
    fn is_zero(&mut self) -> bool {
        self.number += 1;
        self.zeros.contains(&(self.number - 1))
    }

    /// What the data say of the next coordinate.
    fn held(&mut self) -> Held {
        self.held.split_off_first().copied().unwrap_or_default()
    }

    /// Goes past numbers that are drawn together.
    fn pass(&mut self, numbers: usize, coordinates: usize) {
        self.number += numbers;
        self.held = self.held.get(coordinates..).unwrap_or(&[]);
    }
}

/// Reads numbers, and gives their coordinates.
struct Outward<'a> {
    values: &'a [f64],
    places: Places<'a>,
    found: Option<Coordinates>,
}

impl Outward<'_> {
    fn push(&mut self, coordinate: f64, ln_density: f64, located: Option<[f64; 3]>) {
        if let Some(found) = &mut self.found {
            found.all.push(coordinate);
            found.located.push(located);
            found.ln_density += ln_density;
        }
    }

    fn located<P: LocationScale<f64>>(&mut self, prior: &P) -> f64 {
        let (x, held) = (take(&mut self.values), self.places.held());
        if self.places.is_zero() {
            return 0.0;
        }
        let (location, scale) = (prior.location(), prior.scale());
        let moved = prior.support().unconstrain(x)[0];
        let (middle, spread) = standard(location, scale, held);
        let density = prior.standard_ln_density((moved - location) / scale) + (spread / scale).ln();
        self.push((moved - middle) / spread, density, Some([moved, location, scale]));
        x
    }
}

/// Mean and standard deviation of a located number where prior and data are normal.
fn standard(location: f64, scale: f64, held: Held) -> (f64, f64) {
    if held.precision == 0.0 {
        return (location, scale);
    }
    let own = 1.0 / (scale * scale);
    let both = own + held.precision;
    ((location * own + held.precision * held.centre) / both, 1.0 / both.sqrt())
}

impl Draw<f64> for Outward<'_> {
    fn draw<P: Prior<f64>>(&mut self, prior: P) -> f64 {
        let x = take(&mut self.values);
        self.places.held();
        if self.places.is_zero() {
            return 0.0;
        }
        let coordinate = prior.support().unconstrain(x)[0];
        let (_, jacobian) = prior.support().constrain(coordinate);
        self.push(coordinate, prior.ln_density(x) + jacobian, None);
        x
    }

    fn draw_partly<P: LocationScale<f64>>(&mut self, prior: P, _: f64) -> f64 {
        self.located(&prior)
    }

    fn draw_located<P: LocationScale<f64>>(&mut self, prior: P) -> f64 {
        self.located(&prior)
    }

    fn draw_vector<P: VectorPrior<f64>>(&mut self, prior: P, values: &mut [f64]) {
        values.fill_with(|| take(&mut self.values));
        let mut own = vec![0.0; prior.coordinates(values.len())];
        self.places.pass(values.len(), own.len());
        if !prior.unplace(values, &mut own) {
            self.found = None;
            return;
        }
        let density = prior.place(&own, &mut vec![0.0; values.len()]);
        own.iter().enumerate().for_each(|(i, &u)| self.push(u, if i == 0 { density } else { 0.0 }, None));
    }
}

/// Reads coordinates, and gives their numbers.
struct Inward<'a> {
    coordinates: &'a [f64],
    places: Places<'a>,
    ln_density: f64,
}

impl Inward<'_> {
    fn located<P: LocationScale<f64>>(&mut self, prior: &P) -> f64 {
        let held = self.places.held();
        if self.places.is_zero() {
            return 0.0;
        }
        let (location, scale) = (prior.location(), prior.scale());
        let (middle, spread) = standard(location, scale, held);
        let moved = middle + spread * take(&mut self.coordinates);
        self.ln_density += prior.standard_ln_density((moved - location) / scale) + (spread / scale).ln();
        prior.finish(moved)
    }
}

impl Draw<f64> for Inward<'_> {
    fn draw<P: Prior<f64>>(&mut self, prior: P) -> f64 {
        self.places.held();
        if self.places.is_zero() {
            return 0.0;
        }
        let (x, jacobian) = prior.support().constrain(take(&mut self.coordinates));
        self.ln_density += prior.ln_density(x) + jacobian;
        x
    }

    fn draw_partly<P: LocationScale<f64>>(&mut self, prior: P, _: f64) -> f64 {
        self.located(&prior)
    }

    fn draw_located<P: LocationScale<f64>>(&mut self, prior: P) -> f64 {
        self.located(&prior)
    }

    fn draw_vector<P: VectorPrior<f64>>(&mut self, prior: P, values: &mut [f64]) {
        let (own, rest) = self.coordinates.split_at(prior.coordinates(values.len()).min(self.coordinates.len()));
        self.coordinates = rest;
        self.places.pass(values.len(), own.len());
        self.ln_density += prior.place(own, values);
    }
}
