//! A room that is kept warm: its temperature is read off a thermometer.

use crate::measure::Normal;
use crate::prelude::*;

/// How warm the room of a [`Thermostat`] is, in steps of a degree: the first is [`Thermostat::COLDEST`].
pub type Warmth = Index<11>;

/// A room that warms up while it is heated and cools down while it is not, a degree at a time, and a thermometer.
///
/// ```
/// use aif::prelude::*;
/// use aif::worlds::{Thermostat, ThermostatObservation};
///
/// let mut agent = Agent::new(Thermostat::default())?;
/// agent.infer_states(ThermostatObservation { reading: 16.2 });
/// let [off, on] = agent.infer_policies();
/// assert!(on > off, "it is cold");
/// agent.infer_states(ThermostatObservation { reading: 24.1 });
/// let [off, on] = agent.infer_policies();
/// assert!(on < off, "it is warm");
/// # Ok::<(), ModelError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Thermostat<T = f64> {
    /// The standard deviation of a reading, in degrees.
    pub noise: T,
    /// P(a degree more while the room is heated, a degree less while it is not), in [0, 1]; else it stays as it is.
    pub response: T,
    /// The reading that is liked best, in degrees.
    pub wanted: T,
    /// How far from it a reading loses half a nat, in degrees.
    pub tolerance: T,
}

impl<T> Thermostat<T> {
    /// The temperature of the first [`Warmth`], in degrees.
    pub const COLDEST: f64 = 15.0;
}

/// Readings are half a degree off; 20 degrees are wanted.
impl<T: Real> Default for Thermostat<T> {
    fn default() -> Self {
        Thermostat { noise: T::constant(0.5), response: T::constant(0.7), wanted: T::constant(20.0), tolerance: T::one() }
    }
}

#[generative_model(horizon = 2, actions(heat: bool))]
impl<T: Real> Thermostat<T> {
    #[factor(initial = uniform())]
    fn warmth(&self, warmth: Warmth, heat: bool) -> Dist<Warmth, T> {
        let at = warmth.index();
        let next = if heat { at + 1 } else { at.saturating_sub(1) };
        Dist::bernoulli(Warmth::from_index(next).unwrap_or(warmth), self.response, warmth)
    }

    #[modality(preference = Preferred::normal(self.wanted, self.tolerance))]
    fn reading(&self, warmth: Warmth) -> Normal<T> {
        Normal::new(T::constant(Self::COLDEST + warmth.index() as f64), self.noise)
    }
}
