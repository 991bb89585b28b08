//! What is known of a measured modality.

use serde::{Deserialize, Serialize};

use crate::evidence::Signal;
use crate::measure::Measurable;
use crate::scalar::Real;

/// What is known of a measured modality.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "lowercase",
    bound(serialize = "R: Measurable, T: Serialize", deserialize = "R: Measurable, T: Deserialize<'de>")
)]
pub enum Measurement<R: Measurable = f64, T: Real = f64> {
    /// This was measured. What is not a number is no measurement: it counts as missing.
    Of(R),
    /// This was measured, and depends on what derivatives are taken by: what an encoder makes of its inputs.
    Along(T),
    /// In imagination, the node at which a plan looks.
    Node(u32),
    /// Nothing is known: the modality is skipped.
    Missing,
}

impl<R: Measurable, T: Real> Measurement<R, T> {
    /// The same without the type of the reading.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn signal<'a>(&self) -> Signal<'a, T> {
        let measured = |number: T| if number.value().is_nan() { Signal::Missing } else { Signal::Measured(number) };
        match self {
            Measurement::Of(reading) => measured(T::constant(reading.number())),
            Measurement::Along(number) => measured(*number),
            Measurement::Node(node) => Signal::Seen(*node as usize),
            Measurement::Missing => Signal::Missing,
        }
    }

    /// From what is known by number, or by the index of a node; of a measurement nothing else is known.
    pub fn from_signal(signal: Signal<'_, T>) -> Self {
        match signal {
            Signal::Measured(number) if number.same(&T::constant(number.value())) => {
                Measurement::Of(R::of_number(number.value()))
            }
            Signal::Measured(number) => Measurement::Along(number),
            Signal::Seen(node) => Measurement::from_index(Some(node)),
            Signal::Soft(_) | Signal::Faint(..) | Signal::Likelihood(_) | Signal::Missing => Measurement::Missing,
        }
    }

    /// From the index of a node; missing where there is none.
    #[inline]
    pub fn from_index(node: Option<usize>) -> Self {
        node.and_then(|node| u32::try_from(node).ok()).map_or(Measurement::Missing, Measurement::Node)
    }
}

impl<R: Measurable, T: Real> From<R> for Measurement<R, T> {
    fn from(reading: R) -> Self {
        Measurement::Of(reading)
    }
}

impl<R: Measurable, T: Real> From<Option<R>> for Measurement<R, T> {
    fn from(reading: Option<R>) -> Self {
        reading.map_or(Measurement::Missing, Measurement::Of)
    }
}
