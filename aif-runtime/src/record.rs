//! Storing structs of named fields through serde, with little generated code: a struct lists its fields, this file does the rest.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeStruct, SerializeTuple};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A struct of named fields.
pub trait Record: Sized {
    /// Its name.
    const NAME: &'static str;
    /// The names of its fields, in order.
    const FIELDS: &'static [&'static str];
    /// A value to be filled field by field.
    fn blank() -> Self;
    /// Writes every field.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: SerializeStruct>(&self, to: &mut S) -> Result<(), S::Error>;
    /// Reads field `i`.
    ///
    /// # Errors
    /// Those of the deserializer.
    fn read<'de, S: Source<'de>>(&mut self, i: usize, from: &mut S) -> Result<(), S::Error>;
}

/// Gives the values of fields, one after the other.
pub trait Source<'de> {
    /// What can go wrong.
    type Error: de::Error;
    /// The next value.
    ///
    /// # Errors
    /// When there is none, or it is of another kind.
    fn value<T: DeserializeOwned>(&mut self) -> Result<T, Self::Error>;
}

struct FromMap<'a, A>(&'a mut A);

impl<'de, A: MapAccess<'de>> Source<'de> for FromMap<'_, A> {
    type Error = A::Error;
    fn value<T: DeserializeOwned>(&mut self) -> Result<T, A::Error> {
        self.0.next_value()
    }
}

struct FromSeq<'a, A>(&'a mut A);

impl<'de, A: SeqAccess<'de>> Source<'de> for FromSeq<'_, A> {
    type Error = A::Error;
    fn value<T: DeserializeOwned>(&mut self) -> Result<T, A::Error> {
        self.0.next_element()?.ok_or_else(|| de::Error::custom("a field is missing at the end"))
    }
}

/// Writes a struct as a map of its fields.
///
/// # Errors
/// Those of the serializer.
pub fn write_record<R: Record, S: Serializer>(record: &R, serializer: S) -> Result<S::Ok, S::Error> {
    let mut to = serializer.serialize_struct(R::NAME, R::FIELDS.len())?;
    record.write(&mut to)?;
    to.end()
}

/// Reads a struct from a map or a sequence of its fields.
///
/// # Errors
/// When a field is missing, unknown, given twice or wrong.
pub fn read_record<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    deserializer.deserialize_struct(R::NAME, R::FIELDS, Fields(PhantomData))
}

struct Fields<R>(PhantomData<R>);

impl<'de, R: Record> Visitor<'de> for Fields<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with the fields {}", R::NAME, R::FIELDS.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        let mut record = R::blank();
        let mut seen = alloc::vec![false; R::FIELDS.len()];
        while let Some(i) = map.next_key_seed(FieldName(R::FIELDS))? {
            if core::mem::replace(&mut seen[i], true) {
                return Err(de::Error::duplicate_field(R::FIELDS[i]));
            }
            record.read(i, &mut FromMap(&mut map))?;
        }
        match seen.iter().position(|seen| !seen) {
            Some(missing) => Err(de::Error::missing_field(R::FIELDS[missing])),
            None => Ok(record),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<R, A::Error> {
        let mut record = R::blank();
        for i in 0..R::FIELDS.len() {
            record.read(i, &mut FromSeq(&mut seq))?;
        }
        Ok(record)
    }
}

/// Reads the name of a field as its position.
struct FieldName(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = usize;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        let name = alloc::string::String::deserialize(deserializer)?;
        self.0.iter().position(|field| *field == name).ok_or_else(|| de::Error::unknown_field(&name, self.0))
    }
}

/// Writes a list of any length as serde writes short arrays; its own implementations end at 32.
pub struct Row<'a, T>(pub &'a [T]);

impl<T: Serialize> Serialize for Row<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut to = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|value| to.serialize_element(value))?;
        to.end()
    }
}

/// Writes a list of lists, as [`Row`] does one.
pub struct Rows<'a, T, const N: usize>(pub &'a [[T; N]]);

impl<T: Serialize, const N: usize> Serialize for Rows<'_, T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut to = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|row| to.serialize_element(&Row(row)))?;
        to.end()
    }
}

/// Reads an array of any length.
pub struct Listed<T, const N: usize>(pub [T; N]);

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Listed<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(N, Entries(PhantomData))
    }
}

struct Entries<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Entries<T, N> {
    type Value = Listed<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {N}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut entries = alloc::vec::Vec::with_capacity(N);
        while entries.len() < N {
            let missing = || de::Error::invalid_length(entries.len(), &self);
            entries.push(seq.next_element()?.ok_or_else(missing)?);
        }
        entries
            .try_into()
            .map(Listed)
            .map_err(|entries: alloc::vec::Vec<T>| de::Error::invalid_length(entries.len(), &"another number"))
    }
}
