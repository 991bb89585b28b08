//! Generative models: the trait that `#[generative_model]` fills, their description, and their tables.

mod column;
mod counts;
mod deliberation;
mod derived;
mod description;
mod error;
mod habit;
mod limits;
mod measures;
mod meta;
mod parts;
mod policies;
mod precisions;
mod relevance;
mod response;
mod site;
mod sparse;
mod steady;
mod stored;
mod tables;
mod tabulator;

use core::fmt::Debug;

use rand::Rng;
use serde::{Deserialize, Serialize};

pub use crate::labels::Labels;
pub use crate::text::ConstText;
pub use column::{Certain, Column, ColumnError, ColumnWriter, Constant, Counts, SUM_TOLERANCE};
pub use counts::Counted;
pub use deliberation::Deliberation;
pub use error::ModelError;
pub use habit::Habit;
pub use limits::{AtLeastOne, Limited};
pub use measures::{density_of, draw_of};
pub(crate) use meta::contexts;
pub use meta::{
    ActionVariable, Factor, Input, Kind, MAX_ACTIONS, MAX_JOINT_STATES, MAX_POLICIES, MAX_TABLE, MAX_VALUES, Measure, Meta,
    Modality, Response,
};
pub(crate) use parts::{Part, Parts};
pub use policies::{IntoPolicies, Policies};
pub use precisions::Precisions;
pub(crate) use precisions::moderate;
pub use response::check_response;
pub use site::{Extent, FactorSite, ModalitySite, Span, extent, factor_site, modality_site};
pub use sparse::SparseTable;
pub use steady::Beforehand;
pub(crate) use steady::{MAX_WIDTH, kept_numbers};
pub use stored::StoredError;
pub use tables::{Table, Tables};
pub use tabulator::{Arguments, MAX_ARGUMENTS, Tabulator};

pub(crate) use tables::{Learned, entry};

use crate::domain::{Domain, Value, index_of_number};
use crate::evidence::Signal;
use crate::measure::OnResponse;
use crate::scalar::Real;

/// A struct with one finite value for each factor or modality: a state, an observation.
pub trait Assignment: Value + PartialEq + Debug + Serialize + for<'de> Deserialize<'de> {
    /// The first value everywhere.
    fn first() -> Self;
    /// The index of the value of member `i`.
    fn get(&self, i: usize) -> usize;
    /// Sets member `i` to the value at `index`; does nothing beyond the last value or member.
    fn set(&mut self, i: usize, index: usize);
    /// The number of member `i`: what was measured, or the index of its value.
    fn number(&self, i: usize) -> f64 {
        self.get(i) as f64
    }
    /// Sets member `i` to what was measured, or to the value with this index.
    fn set_number(&mut self, i: usize, number: f64) {
        if let Some(index) = index_of_number(number) {
            self.set(i, index);
        }
    }
}

/// A struct with one categorical distribution for each factor or modality: a belief, predicted outcomes.
pub trait Marginals<T: Real>: Value + PartialEq + Debug {
    /// Zero everywhere.
    fn zero() -> Self;
    /// The probabilities of member `i`.
    fn probabilities(&self, i: usize) -> &[T];
    /// The probabilities of member `i`, to be changed.
    fn probabilities_mut(&mut self, i: usize) -> &mut [T];
}

/// A struct with one number for each value of each modality: preferences.
pub trait Numbers<T: Real>: Value + PartialEq + Debug {
    /// Zero everywhere.
    fn zero() -> Self;
    /// The numbers of member `i`.
    fn numbers(&self, i: usize) -> &[T];
    /// The numbers of member `i`, to be changed.
    fn numbers_mut(&mut self, i: usize) -> &mut [T];
}

/// What is set from outside at each block or step, and known to the agent.
pub trait Inputs: Value + PartialEq + Debug {
    /// From one number for each input in the order of the declaration: the index of a domain's value, or the number itself.
    ///
    /// `None` when a number is no index of its domain.
    fn from_numbers(numbers: &[f64]) -> Option<Self>;
}

/// No inputs.
impl Inputs for () {
    fn from_numbers(_: &[f64]) -> Option<Self> {
        Some(())
    }
}

/// A discrete generative model: hidden-state factors that move under actions, and modalities that show them.
///
/// `#[generative_model]` implements this trait; the algorithms of this crate are generic over it.
pub trait GenerativeModel<T: Real = f64>: Copy + Send + Sync + 'static {
    /// Names, sizes and dependencies.
    const META: Meta;
    /// How much storage the tables take.
    const EXTENT: Extent = extent(&Self::META);

    /// A hidden state: one value for each factor.
    type State: Assignment;
    /// An observation: one outcome for each modality.
    type Observation: Assignment;
    /// A joint action.
    type Action: Domain;
    /// What is set from outside.
    type Inputs: Inputs;
    /// A belief: one distribution for each factor.
    type Belief: Marginals<T>;
    /// Predicted outcomes: one distribution for each modality.
    type Outcomes: Marginals<T>;
    /// Preferences: one number for each outcome of each modality.
    type Preferences: Numbers<T>;
    /// Evidence: each modality seen, soft, faint, missing or weighed by likelihoods.
    type Evidence: Value + Debug + PartialEq + From<Self::Observation>;

    /// Fills the tables from the methods of the model.
    ///
    /// # Errors
    /// Names the first column that is no distribution.
    fn tabulate(&self, inputs: &Self::Inputs, tables: &mut Tabulator<'_, Self, T>) -> Result<(), ModelError>;

    /// Calls `f` with each factor's place in the tables, one call after the other, so that each is a constant in the kernel.
    fn each_factor(f: impl FnMut(&'static FactorSite));

    /// Calls `f` with each modality's place in the tables.
    fn each_modality(f: impl FnMut(&'static ModalitySite));

    /// What is known of modality `m`.
    fn signal(evidence: &Self::Evidence, m: usize) -> Signal<'_, T>;

    /// Evidence from one outcome index for each modality; `None` is a missing one. Of a measured modality the index is that of a node.
    fn evidence(outcomes: &[Option<usize>]) -> Self::Evidence;

    /// Evidence from one number for each modality: what was measured, or the index of an outcome; `None` is a missing one.
    fn evidence_of_numbers(numbers: &[Option<f64>]) -> Self::Evidence {
        let mut evidence = Self::evidence(&[]);
        for (m, (modality, number)) in Self::META.modalities.iter().zip(numbers).enumerate() {
            let signal = match number {
                Some(number) if modality.measured.is_some() => Signal::Measured(T::constant(*number)),
                Some(number) => index_of_number(*number).map_or(Signal::Missing, Signal::Seen),
                None => Signal::Missing,
            };
            Self::set_signal(&mut evidence, m, signal);
        }
        evidence
    }

    /// Sets what is known of modality `m`; does nothing beyond the last.
    fn set_signal(evidence: &mut Self::Evidence, m: usize, signal: Signal<'_, T>);

    /// The log-density of what modality `m` measured, under the distribution that numbers describe; of one that measures nothing, 0.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_density(m: usize, distribution: &[T], number: T) -> T {
        let _ = (m, distribution, number);
        T::zero()
    }

    /// A draw of what modality `m` measures; of one that measures nothing, 0.
    fn draw(m: usize, distribution: &[T], rng: &mut dyn Rng) -> f64 {
        let _ = (m, distribution, rng);
        0.0
    }

    /// Does something with the distribution of a response, given the moment in which the agent acts; `None` where an action that it depends on
    /// is not known, or there is no such response.
    #[inline]
    fn respond<V: OnResponse<T>>(
        &self,
        response: usize,
        deliberation: &Deliberation<'_, Self, T>,
        visitor: V,
    ) -> Option<V::Output> {
        let _ = (response, deliberation, visitor);
        None
    }
}

/// One declaration in every scalar: `TMaze<f64>` acts, `TMaze<Dual<2>>` knows its derivatives.
///
/// `#[generative_model]` implements this trait; algorithms that differentiate are generic over it.
pub trait ModelFamily: GenerativeModel<f64> {
    /// The model in the scalar `T`.
    type In<T: Real>: GenerativeModel<T, State = Self::State, Observation = Self::Observation, Action = Self::Action, Inputs = Self::Inputs>;
}
