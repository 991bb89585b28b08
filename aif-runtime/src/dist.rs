//! Categorical distributions over a domain, and values over a domain.

use alloc::vec::Vec;
use core::fmt;
use core::ops::{Index, IndexMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::Domain;
use crate::scalar::{self, Lift, Real};

/// A categorical distribution over the domain `O` with probabilities of scalar `T`.
///
/// `Dist<O>` is free of parameters. A distribution is not checked when it is made: the tables of a model check every column when they
/// are built, and say which outcome given which states is wrong.
#[derive(Clone, Copy)]
pub struct Dist<O: Domain, T: Real = f64> {
    probabilities: O::Array<T>,
}

/// Stands for the uniform distribution over whatever domain is expected; see [`uniform`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uniform;

/// The uniform distribution over whatever domain is expected.
pub fn uniform() -> Uniform {
    Uniform
}

impl<O: Domain, T: Real> Dist<O, T> {
    /// Zero everywhere: not a distribution yet.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn zero() -> Self {
        Dist { probabilities: O::filled(T::zero()) }
    }

    /// All probability on `outcome`.
    pub fn certain(outcome: O) -> Self {
        let mut dist = Dist::zero();
        dist[outcome] = T::one();
        dist
    }

    /// `outcome` with probability `p`, `otherwise` with `1 - p`.
    pub fn bernoulli(outcome: O, p: impl LiftInto<T>, otherwise: O) -> Self {
        let p = p.lift_into();
        let mut dist = Dist::zero();
        dist[outcome] = p;
        dist[otherwise] += T::one() - p;
        dist
    }

    /// Every outcome equally probable.
    pub fn uniform() -> Self {
        Dist { probabilities: O::filled(T::constant(1.0 / O::COUNT as f64)) }
    }

    /// The probabilities in the order of the domain, as `dist!` writes them.
    #[doc(hidden)]
    pub fn listed<const N: usize>(probabilities: [T; N]) -> Self {
        const { assert!(N == O::COUNT, "a distribution lists one probability for each value of its domain") };
        Dist { probabilities: Values::<O, T>::listed::<T, N>(probabilities).entries }
    }

    /// The probability of each outcome from a function of it.
    pub fn from_fn(mut probability: impl FnMut(O) -> T) -> Self {
        let mut dist = Dist::zero();
        for o in O::all() {
            dist[o] = probability(o);
        }
        dist
    }

    /// The distribution whose probabilities are proportional to the exponentials of log-weights.
    pub fn softmax(log_weight: impl FnMut(O) -> T) -> Self {
        let mut dist = Dist::from_fn(log_weight);
        scalar::softmax(dist.probabilities_mut());
        dist
    }

    /// The probabilities, in the order of the domain.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn probabilities(&self) -> &[T] {
        O::entries(&self.probabilities)
    }

    /// The probabilities, in the order of the domain, to be changed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn probabilities_mut(&mut self) -> &mut [T] {
        O::entries_mut(&mut self.probabilities)
    }

    /// The most probable outcome, the first of equals.
    pub fn mode(&self) -> Option<O> {
        O::from_index(scalar::first_maximum(self.probabilities()))
    }

    /// The Shannon entropy in nats.
    pub fn entropy(&self) -> T {
        scalar::entropy(self.probabilities())
    }

    /// The same distribution in another scalar.
    pub fn lift<S: Real + Lift<T>>(&self) -> Dist<O, S> {
        let mut dist = Dist { probabilities: O::filled(S::zero()) };
        for (to, &from) in dist.probabilities_mut().iter_mut().zip(self.probabilities()) {
            *to = S::lift(from);
        }
        dist
    }
}

/// The reverse of [`Lift`]: a number that may stand where a scalar `T` is wanted.
pub trait LiftInto<T> {
    /// The number as a `T`.
    fn lift_into(self) -> T;
}

impl<U, T: Lift<U>> LiftInto<T> for U {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lift_into(self) -> T {
        T::lift(self)
    }
}

impl<O: Domain, T: Real> fmt::Debug for Dist<O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (o, p) in O::all().zip(self.probabilities()) {
            map.entry(&format_args!("{}", o.label()), &p.value());
        }
        map.finish()
    }
}

from! {
    [O: Domain, T: Real] O => Dist<O, T>, |outcome| Dist::certain(outcome);
    [O: Domain, T: Real] Uniform => Dist<O, T>, |_| Dist::uniform();
}

/// Reads one number for each value of a domain.
fn read_list<'de, O: Domain, T: Real + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    what: &str,
) -> Result<O::Array<T>, D::Error> {
    let read = Vec::<T>::deserialize(deserializer)?;
    if read.len() != O::COUNT {
        return Err(de::Error::custom(format_args!("{} {what} where {} were expected", read.len(), O::COUNT)));
    }
    let mut list = O::filled(T::zero());
    O::entries_mut(&mut list).copy_from_slice(&read);
    Ok(list)
}

/// One number for each value of a domain: preferences, log-weights.
///
/// Made from an array in the order of the domain, or by [`Values::from_fn`].
#[derive(Clone, Copy)]
pub struct Values<O: Domain, T: Real = f64> {
    entries: O::Array<T>,
}

impl<O: Domain, T: Real> Values<O, T> {
    /// Zero everywhere.
    pub fn zero() -> Self {
        Values { entries: O::filled(T::zero()) }
    }

    /// The numbers in the order of the domain, of a list whose length is checked elsewhere.
    #[doc(hidden)]
    pub fn listed<U, const N: usize>(entries: [U; N]) -> Self
    where
        T: Lift<U>,
    {
        let mut values = Values::zero();
        for (to, from) in values.entries_mut().iter_mut().zip(entries) {
            *to = T::lift(from);
        }
        values
    }

    /// The number for each value from a function of it.
    pub fn from_fn<U: LiftInto<T>>(mut f: impl FnMut(O) -> U) -> Self {
        let mut values = Values::zero();
        for (o, entry) in O::all().zip(O::entries_mut(&mut values.entries)) {
            *entry = f(o).lift_into();
        }
        values
    }

    /// The numbers, in the order of the domain.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn entries(&self) -> &[T] {
        O::entries(&self.entries)
    }

    /// The numbers, in the order of the domain, to be changed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn entries_mut(&mut self) -> &mut [T] {
        O::entries_mut(&mut self.entries)
    }
}

/// What lists of one number for each value of a domain share: read by value, compared, stored as a list.
macro_rules! listed {
    ($type:ident, $field:ident, $entries:ident, $entries_mut:ident, $what:literal) => {
        impl<O: Domain, T: Real> Index<O> for $type<O, T> {
            type Output = T;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn index(&self, at: O) -> &T {
                &self.$entries()[at.index()]
            }
        }
        impl<O: Domain, T: Real> IndexMut<O> for $type<O, T> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn index_mut(&mut self, at: O) -> &mut T {
                &mut self.$entries_mut()[at.index()]
            }
        }
        impl<O: Domain, T: Real> PartialEq for $type<O, T> {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                scalar::same(self.$entries(), other.$entries())
            }
        }
        impl<O: Domain, T: Real + Serialize> Serialize for $type<O, T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.$entries())
            }
        }
        impl<'de, O: Domain, T: Real + Deserialize<'de>> Deserialize<'de> for $type<O, T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read_list::<O, T, D>(deserializer, $what).map(|list| $type { $field: list })
            }
        }
    };
}
listed!(Dist, probabilities, probabilities, probabilities_mut, "probabilities");
listed!(Values, entries, entries, entries_mut, "numbers");

/// The probabilities in the order of the domain.
impl<U: Copy, O: Domain, T: Real + Lift<U>, const N: usize> From<[U; N]> for Dist<O, T> {
    fn from(probabilities: [U; N]) -> Self {
        const { assert!(N == O::COUNT, "a distribution lists one probability for each value of its domain") };
        Dist { probabilities: Values::<O, T>::listed(probabilities).entries }
    }
}

impl<U: Copy, O: Domain, T: Real + Lift<U>, const N: usize> From<[U; N]> for Values<O, T> {
    fn from(entries: [U; N]) -> Self {
        const { assert!(N == O::COUNT, "one number is needed for each value of the domain") };
        Values::listed(entries)
    }
}

impl<O: Domain, T: Real> fmt::Debug for Values<O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(O::all().map(|o| o.label()).zip(self.entries().iter().map(|x| x.value()))).finish()
    }
}
