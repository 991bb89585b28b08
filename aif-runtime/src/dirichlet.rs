//! Dirichlet distributions over the categorical distributions of a domain: uncertain likelihoods, transitions and initial states.

use core::fmt;

use crate::dist::{Dist, LiftInto, Uniform, Values};
use crate::domain::Domain;
use crate::scalar::{Lift, Real};

/// Concentration counts, one for each value of `O`: what is believed about a categorical distribution that is itself uncertain.
///
/// A model whose conditional distribution is returned as `Dirichlet` acts on its expected value; its counts stand in the tables for
/// learning. Single columns can be [`held`](Dirichlet::held) fixed.
#[derive(Clone, Copy, PartialEq)]
pub struct Dirichlet<O: Domain, T: Real = f64> {
    counts: Values<O, T>,
    acting: Option<Dist<O, T>>,
    held: bool,
}

impl<O: Domain, T: Real> Dirichlet<O, T> {
    /// The count of each outcome from a function of it.
    pub fn from_fn<U: LiftInto<T>>(count: impl FnMut(O) -> U) -> Self {
        Values::from_fn(count).into()
    }

    /// The same count for every outcome.
    pub fn symmetric(count: impl LiftInto<T>) -> Self {
        let count = count.lift_into();
        Dirichlet::from_fn(|_| count)
    }

    /// Counts with the expected value `mean`, `confidence` in all.
    pub fn around(mean: impl Into<Dist<O, T>>, confidence: impl LiftInto<T>) -> Self {
        let (mean, confidence): (Dist<O, T>, T) = (mean.into(), confidence.lift_into());
        let mut counts = Values::zero();
        for (count, &p) in counts.entries_mut().iter_mut().zip(mean.probabilities()) {
            *count = p * confidence;
        }
        counts.into()
    }

    /// The same counts, never learned: this column is known, and knowing it better is worth nothing.
    pub fn held(self) -> Self {
        Dirichlet { held: true, ..self }
    }

    /// The same counts, acted on as `dist` until something is learned of its kind (likelihoods, transitions, ..); from then on as their
    /// expected value.
    ///
    /// Agents of the reference implementation are given both, and the two need not agree.
    pub fn acting_as(self, dist: impl Into<Dist<O, T>>) -> Self {
        Dirichlet { acting: Some(dist.into()), ..self }
    }

    /// Whether the column is never learned.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// What the column is acted on as before anything is learned.
    pub fn acting(&self) -> Dist<O, T> {
        self.acting.unwrap_or_else(|| self.mean())
    }

    /// The counts, in the order of the domain.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn counts(&self) -> &[T] {
        self.counts.entries()
    }

    /// The expected distribution: each count divided by their sum.
    pub fn mean(&self) -> Dist<O, T> {
        let mut sum = T::zero();
        for &c in self.counts() {
            sum += c;
        }
        let mut mean = Dist::uniform();
        for (p, &c) in mean.probabilities_mut().iter_mut().zip(self.counts()) {
            *p = c / sum;
        }
        mean
    }
}

impl<O: Domain, T: Real> fmt::Debug for Dirichlet<O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dirichlet {:?}", self.counts)
    }
}

/// The initial state of a factor: a distribution, or counts over one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial<O: Domain, T: Real = f64> {
    /// A distribution that is not learned.
    Known(Dist<O, T>),
    /// A distribution with counts, so that it can be learned.
    Uncertain(Dirichlet<O, T>),
}

impl<O: Domain, T: Real> Initial<O, T> {
    /// Probabilities in the order of the domain, of a list whose length is checked elsewhere.
    #[doc(hidden)]
    pub fn listed<U, const N: usize>(probabilities: [U; N]) -> Self
    where
        T: Lift<U>,
    {
        let values: Values<O, T> = Values::listed(probabilities);
        Initial::Known(Dist::from_fn(|o| values[o]))
    }
}

/// What the initial state of a factor may be given as.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is no initial state of a factor over `{O}`",
    label = "an initial state is a state of its factor, or a distribution over them",
    note = "give one state, `uniform()`, a list of probabilities in brackets, a `Dist`, or `Dirichlet` counts"
)]
pub trait IntoInitial<O: Domain, T: Real> {
    /// The initial state.
    fn into_initial(self) -> Initial<O, T>;
}

#[diagnostic::do_not_recommend]
impl<O: Domain, T: Real, X> IntoInitial<O, T> for X
where
    Initial<O, T>: From<X>,
{
    fn into_initial(self) -> Initial<O, T> {
        self.into()
    }
}

/// The preference of a modality: log-preferences, or counts over what is preferred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Preference<O: Domain, T: Real = f64> {
    /// Log-preferences that are not learned.
    Known(Values<O, T>),
    /// Counts, so that they can be learned: what is seen often is preferred. The log-preference is the logarithm of their expected value.
    Uncertain(Dirichlet<O, T>),
}

impl<O: Domain, T: Real> Preference<O, T> {
    /// No outcome is preferred to another.
    pub fn none() -> Self {
        Preference::Known(Values::zero())
    }

    /// Log-preferences in the order of the domain, of a list whose length is checked elsewhere.
    #[doc(hidden)]
    pub fn listed<U, const N: usize>(entries: [U; N]) -> Self
    where
        T: Lift<U>,
    {
        Preference::Known(Values::listed(entries))
    }

    /// The log-preference of each outcome, before anything is learned.
    pub fn values(&self) -> Values<O, T> {
        match self {
            Preference::Known(values) => *values,
            Preference::Uncertain(counts) => {
                let acting = counts.acting();
                Values::from_fn(|outcome| acting[outcome].ln())
            }
        }
    }
}

/// What preferences may be given as.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is no preference among the outcomes of `{O}`",
    label = "a preference is one number for each outcome",
    note = "give a list of log-preferences in brackets, `Values::from_fn(|outcome| ..)`, or `Dirichlet` counts to learn them"
)]
pub trait IntoPreferred<O: Domain, T: Real> {
    /// The preference.
    fn into_preferred(self) -> Preference<O, T>;
}

#[diagnostic::do_not_recommend]
impl<O: Domain, T: Real, X> IntoPreferred<O, T> for X
where
    Preference<O, T>: From<X>,
{
    fn into_preferred(self) -> Preference<O, T> {
        self.into()
    }
}

from! {
    [U: Copy, O: Domain, T: Real + Lift<U>, const N: usize] [U; N] => Preference<O, T>, |values| Preference::Known(values.into());
    [O: Domain, T: Real] Values<O, T> => Preference<O, T>, |values| Preference::Known(values);
    [O: Domain, T: Real] Dirichlet<O, T> => Preference<O, T>, |counts| Preference::Uncertain(counts);
    [U: Copy, O: Domain, T: Real + Lift<U>, const N: usize] [U; N] => Dirichlet<O, T>, |counts| Values::from(counts).into();
    [O: Domain, T: Real] Values<O, T> => Dirichlet<O, T>, |counts| Dirichlet { counts, acting: None, held: false };
    [O: Domain, T: Real] O => Initial<O, T>, |state| Initial::Known(state.into());
    [O: Domain, T: Real] Uniform => Initial<O, T>, |uniform| Initial::Known(uniform.into());
    [U: Copy, O: Domain, T: Real + Lift<U>, const N: usize] [U; N] => Initial<O, T>, |p| Initial::Known(p.into());
    [O: Domain, T: Real] Dist<O, T> => Initial<O, T>, |dist| Initial::Known(dist);
    [O: Domain, T: Real] Dirichlet<O, T> => Initial<O, T>, |counts| Initial::Uncertain(counts);
}
