//! One of several options, counted from 1.

use alloc::borrow::Cow;
use alloc::string::ToString;

use aif_runtime::{Domain, Value, deserialize_label, serialize_label};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One of `N` options, as tables of the field count them: from 1. Its label is its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Numbered<const N: usize>(usize);

impl<const N: usize> Numbered<N> {
    /// The option with this number, from 1; `None` when it is not among them.
    pub const fn new(number: usize) -> Option<Self> {
        if number >= 1 && number <= N { Some(Numbered(number - 1)) } else { None }
    }

    /// Its number, from 1.
    pub const fn number(self) -> usize {
        self.0 + 1
    }
}

impl<const N: usize> Domain for Numbered<N> {
    const COUNT: usize = N;
    type Array<T: Value> = [T; N];

    fn index(self) -> usize {
        self.0
    }
    fn from_index(index: usize) -> Option<Self> {
        (index < N).then_some(Numbered(index))
    }
    fn label(self) -> Cow<'static, str> {
        Cow::Owned(self.number().to_string())
    }
    fn filled<T: Value>(value: T) -> [T; N] {
        [value; N]
    }
    fn flat<T: Value>(arrays: &[[T; N]]) -> &[T] {
        arrays.as_flattened()
    }
    fn flat_mut<T: Value>(arrays: &mut [[T; N]]) -> &mut [T] {
        arrays.as_flattened_mut()
    }
}

impl<const N: usize> Serialize for Numbered<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_label(self, serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Numbered<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_label(deserializer)
    }
}
