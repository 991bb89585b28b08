//! When a search for a marginal mode has come to rest, and what it then knows.

use crate::matrix::Factor;

/// The longest step along a coordinate.
pub(super) const LONGEST: f64 = 2.0;

/// From so little still to be gained on, in nats, the mode is near.
pub(super) const NEAR: f64 = 0.02;

/// How small the expected gain of a step has to be, in nats: value and gradient are those of the same integral, but not of the same sum.
pub(super) const SETTLED: f64 = 1e-5;

/// Where a search ended.
pub(super) struct Rest {
    /// The factor of the negative Hessian there.
    pub factor: Factor,
    /// How much was still to be gained, where it did not come to rest.
    pub unsettled: Option<f64>,
}
