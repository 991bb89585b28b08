//! Run-time choices of a filter.

use serde::{Deserialize, Serialize};

use super::error::FilterError;

/// How a node with volatility children is updated.
///
/// Nodes with value children only, and binary nodes, are updated exactly alike by all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Update {
    /// The quadratic approximation at the prediction (Mathys et al. 2011, eqs 26 to 31): precision first, then the mean. The precision can
    /// come out negative where volatility is high and strongly coupled; then the filter fails.
    Standard,
    /// The enhanced filter (eHGF): the mean first, with the predicted precision, then the precision. It fails less often.
    #[default]
    Enhanced,
    /// As the enhanced filter, but with the precision's increment taken at the new mean and never below zero: it fails only where numbers overflow. (`eHGF` of
    /// pyhgf 0.3.0.)
    Guarded,
    /// The unbounded filter: two quadratic approximations, one at the prediction and one at the mode of a bound, blended by how probable
    /// each is (Weber et al. 2026). It has a solution wherever numbers do not overflow; the dearest of the four.
    Unbounded,
}

/// How the uncertainty of a parent's own prediction bears on its child's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coupled {
    /// Not at all: parents are taken at their predicted means (mean field; Mathys et al. 2011).
    #[default]
    MeanField,
    /// It widens the child's prediction, of value and of volatility. (The default of pyhgf 0.3.0.)
    Relaxed,
}

/// Where a filter begins that has continuous inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Start {
    /// As its declaration has it: at the first input where it says `start = first_input`, else at the initial means.
    #[default]
    Declared,
    /// At the first input: what the first value parent of a continuous input believes before the first of them is seen is what predicts it.
    /// Its initial mean counts from there.
    FirstInput,
    /// At the initial means.
    InitialMeans,
}

/// What the filter reproduces of the reference implementation, though it is not meant to be so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilterCompat {
    /// A time step other than one scales the prediction of a continuous input, and its noise, though its update knows nothing of it.
    pub scaled_observations: bool,
    /// With relaxed coupling, the uncertainty of value parents widens the noise of a continuous input that has a volatility parent, and so
    /// counts twice in their update.
    pub widened_observations: bool,
    /// A node whose inputs are all missing counts as observed above: its volatility parents grow more certain.
    pub missing_inform: bool,
    /// The unbounded update looks at the first volatility child only, and not at value children; neither it nor the guarded one looks at
    /// other parents of a child.
    pub first_child_only: bool,
    /// The strength of a coupling to a binary node bears on the update, but not on the prediction.
    pub unit_binary_strength: bool,
}

impl FilterCompat {
    /// All of it: pyhgf 0.2.12 and 0.3.0.
    pub const PYHGF: FilterCompat = FilterCompat {
        scaled_observations: true,
        widened_observations: true,
        missing_inform: true,
        first_child_only: true,
        unit_binary_strength: true,
    };
}

/// Run-time choices of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilterOptions {
    /// How nodes with volatility children are updated.
    pub update: Update,
    /// How the uncertainty of parents bears on predictions.
    pub coupled: Coupled,
    /// No posterior precision is above this.
    pub precision_cap: f64,
    /// Where it begins.
    pub start: Start,
    /// How far the mean of a node above a binary input, or with volatility children, can move at one trial, in standard deviations of its
    /// prediction: a longer jump is no belief but a failure of the update, for exact beliefs move by a few.
    pub jump_limit: f64,
    /// What is as in the reference implementation.
    pub compat: FilterCompat,
}

impl Default for FilterOptions {
    fn default() -> Self {
        FilterOptions {
            update: Update::default(),
            coupled: Coupled::default(),
            precision_cap: 1e10,
            start: Start::default(),
            jump_limit: 100.0,
            compat: FilterCompat::default(),
        }
    }
}

impl FilterOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// When the cap or the limit of jumps is no positive number.
    pub fn check(&self) -> Result<(), FilterError> {
        if self.precision_cap.is_nan() || self.precision_cap <= 0.0 {
            return Err(FilterError::Cap(self.precision_cap));
        }
        if self.jump_limit > 0.0 && self.jump_limit.is_finite() { Ok(()) } else { Err(FilterError::JumpLimit(self.jump_limit)) }
    }
}
