//! What is scored without being recorded.

use rand::Rng;

use super::{Distribution, ResponseKind, Support};
use crate::scalar::Real;

/// Nothing is recorded: minus the surprise of what was seen, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence<T>(pub T);

impl<T: Real> Distribution<T> for Evidence<T> {
    type Value = ();
    const KIND: ResponseKind = ResponseKind::Nothing;

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, (): ()) -> T {
        self.0
    }
    fn sample(&self, _: &mut dyn Rng) {}
}
