//! Whether all numbers of something that is to be stored are finite: JSON has no others, and would lose them without a word.

use std::fmt::{self, Display};

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

/// The first number that is not finite: where it stands, and what it is.
#[derive(Debug)]
pub(crate) struct Infinite {
    /// From the inside out.
    path: Vec<String>,
    what: String,
}

impl Infinite {
    /// Where it stands: `0.preferences[1]`; and what it is.
    pub fn words(&self) -> String {
        let mut place = String::new();
        for part in self.path.iter().rev() {
            if !place.is_empty() && !part.starts_with('[') {
                place.push('.');
            }
            place.push_str(part);
        }
        let place = if place.is_empty() { "it".into() } else { place };
        format!("{place} is {}", self.what)
    }

    fn within(mut self, part: impl FnOnce() -> String) -> Self {
        self.path.push(part());
        self
    }
}

impl Display for Infinite {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.words())
    }
}

impl std::error::Error for Infinite {}

impl Error for Infinite {
    fn custom<T: Display>(text: T) -> Self {
        Infinite { path: Vec::new(), what: text.to_string() }
    }
}

/// Looks at all numbers.
///
/// # Errors
/// Names the first that is not finite.
pub(crate) fn check(content: &(impl Serialize + ?Sized)) -> Result<(), Infinite> {
    content.serialize(Look)
}

/// Looks at a value.
struct Look;

/// Looks at the parts of a value.
#[derive(Default)]
struct Parts {
    place: usize,
    key: String,
}

impl Parts {
    fn next(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Infinite> {
        let place = self.place;
        self.place += 1;
        value.serialize(Look).map_err(|e| e.within(|| format!("[{place}]")))
    }

    fn named(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), Infinite> {
        value.serialize(Look).map_err(|e| e.within(|| name.to_string()))
    }
}

macro_rules! nothing_to_see {
    ($($method:ident($($type:ty),*);)*) => {$(
        fn $method(self $(, _: $type)*) -> Result<(), Infinite> {
            Ok(())
        }
    )*};
}

macro_rules! parts {
    ($($method:ident($($type:ty),*) -> $of:ident;)*) => {$(
        fn $method(self $(, _: $type)*) -> Result<Parts, Infinite> {
            Ok(Parts::default())
        }
    )*};
}

impl Serializer for Look {
    type Ok = ();
    type Error = Infinite;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    nothing_to_see! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    parts! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }

    fn serialize_f32(self, x: f32) -> Result<(), Infinite> {
        self.serialize_f64(x.into())
    }

    fn serialize_f64(self, x: f64) -> Result<(), Infinite> {
        if x.is_finite() { Ok(()) } else { Err(Infinite::custom(x)) }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Infinite> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Infinite> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Infinite> {
        value.serialize(self).map_err(|e| e.within(|| name.to_string()))
    }
}

macro_rules! in_order {
    ($($trait:ident $method:ident;)*) => {$(
        impl $trait for Parts {
            type Ok = ();
            type Error = Infinite;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Infinite> {
                self.next(value)
            }
            fn end(self) -> Result<(), Infinite> {
                Ok(())
            }
        }
    )*};
}
in_order! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! by_name {
    ($($trait:ident;)*) => {$(
        impl $trait for Parts {
            type Ok = ();
            type Error = Infinite;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Infinite> {
                self.named(name, value)
            }
            fn end(self) -> Result<(), Infinite> {
                Ok(())
            }
        }
    )*};
}
by_name! {
    SerializeStruct;
    SerializeStructVariant;
}

impl SerializeMap for Parts {
    type Ok = ();
    type Error = Infinite;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Infinite> {
        // Keys are most often text; others are told by their place.
        self.key =
            serde_json::to_string(key).map_or_else(|_| format!("[{}]", self.place), |key| key.trim_matches('"').to_string());
        self.place += 1;
        key.serialize(Look)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Infinite> {
        let key = std::mem::take(&mut self.key);
        value.serialize(Look).map_err(|e| e.within(|| key))
    }
    fn end(self) -> Result<(), Infinite> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::check;

    #[derive(Serialize)]
    struct SeededMind {
        height: f64,
        others: Vec<Option<(u8, f32)>>,
        by_name: BTreeMap<String, f64>,
    }

    #[test]
    fn the_first_number_that_is_not_finite_is_named() {
        let mut bird = SeededMind { height: 1.0, others: vec![None, Some((1, 2.0))], by_name: BTreeMap::new() };
        assert!(check(&bird).is_ok());
        bird.by_name.insert("wing".into(), f64::INFINITY);
        assert_eq!(check(&bird).unwrap_err().words(), "by_name.wing is inf");
        bird.others[1] = Some((0, f32::NAN));
        assert_eq!(check(&bird).unwrap_err().words(), "others[1][1] is NaN");
        bird.height = f64::NEG_INFINITY;
        assert_eq!(check(&bird).unwrap_err().words(), "height is -inf");
        assert_eq!(check(&f64::NAN).unwrap_err().words(), "it is NaN");
    }
}
