//! Domains: finite types whose values are states, outcomes or actions.

use alloc::borrow::Cow;
use alloc::format;
use core::fmt::Debug;
use core::slice;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Anything that can be an entry of a table.
pub trait Value: Copy + Send + Sync + 'static {}
impl<T: Copy + Send + Sync + 'static> Value for T {}

/// A finite type: `#[derive(Domain)]` on a field-less enum, `bool`, [`Index`], [`Cell`], and pairs of domains.
///
/// A domain has a count, an index each way, a label for each value, and a fixed-size array type for values over it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a domain",
    label = "states, outcomes and actions are values of finite types",
    note = "domains are field-less enums with `#[derive(Domain)]`, `bool`, `Index<N>`, `Cell<W, H>`, and pairs of domains"
)]
pub trait Domain: Copy + Eq + Debug + Send + Sync + 'static {
    /// How many values there are.
    const COUNT: usize;

    /// One `T` for each value, in index order: nested arrays of fixed size.
    type Array<T: Value>: Value;

    /// The position of this value, from 0.
    fn index(self) -> usize;

    /// The value at a position; `None` beyond the last.
    fn from_index(index: usize) -> Option<Self>;

    /// The name of this value, as it stands in data files and messages.
    fn label(self) -> Cow<'static, str>;

    /// An array with the same entry everywhere.
    fn filled<T: Value>(value: T) -> Self::Array<T>;

    /// The entries of several arrays, one after the other.
    fn flat<T: Value>(arrays: &[Self::Array<T>]) -> &[T];

    /// The entries of several arrays, one after the other, to be changed.
    fn flat_mut<T: Value>(arrays: &mut [Self::Array<T>]) -> &mut [T];

    /// The entries of an array, in index order.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn entries<T: Value>(array: &Self::Array<T>) -> &[T] {
        Self::flat(slice::from_ref(array))
    }

    /// The entries of an array, in index order, to be changed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn entries_mut<T: Value>(array: &mut Self::Array<T>) -> &mut [T] {
        Self::flat_mut(slice::from_mut(array))
    }

    /// An array whose entries come from a function of the value.
    fn collect<T: Value>(mut f: impl FnMut(Self) -> T) -> Option<Self::Array<T>> {
        let mut array = Self::filled(f(Self::from_index(0)?));
        for (i, entry) in Self::entries_mut(&mut array).iter_mut().enumerate().skip(1) {
            *entry = f(Self::from_index(i)?);
        }
        Some(array)
    }

    /// All values, in index order.
    fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).filter_map(Self::from_index)
    }
}

/// The label of the value at a position, or an empty text beyond the last.
pub fn label_at<D: Domain>(index: usize) -> Cow<'static, str> {
    D::from_index(index).map_or(Cow::Borrowed(""), D::label)
}

/// The first value of a domain.
pub fn first_value<D: Domain>() -> D {
    match D::from_index(0) {
        Some(first) => first,
        None => unreachable!("the compiler has checked that the domains of a model have values"),
    }
}

/// The index that a number is; `None` when it is none.
pub fn index_of_number(number: f64) -> Option<usize> {
    let index = number as usize;
    (index as f64 == number).then_some(index)
}

/// The label of several named values: `name=label name=label`.
pub fn joint_label(parts: &[(&str, Cow<'static, str>)]) -> Cow<'static, str> {
    let parts: alloc::vec::Vec<_> = parts.iter().map(|(name, label)| format!("{name}={label}")).collect();
    Cow::Owned(parts.join(" "))
}

/// One value for each value of a domain, as an array of a length that is a constant.
macro_rules! array_of {
    ($n:expr) => {
        type Array<T: Value> = [T; $n];

        fn filled<T: Value>(value: T) -> [T; $n] {
            [value; $n]
        }
        fn flat<T: Value>(arrays: &[[T; $n]]) -> &[T] {
            arrays.as_flattened()
        }
        fn flat_mut<T: Value>(arrays: &mut [[T; $n]]) -> &mut [T] {
            arrays.as_flattened_mut()
        }
    };
}

impl Domain for bool {
    const COUNT: usize = 2;
    array_of!(2);

    fn index(self) -> usize {
        usize::from(self)
    }
    fn from_index(index: usize) -> Option<Self> {
        [false, true].get(index).copied()
    }
    fn label(self) -> Cow<'static, str> {
        Cow::Borrowed(if self { "true" } else { "false" })
    }
}

/// One of `N` nameless values, 0 to `N - 1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Index<const N: usize>(usize);

impl<const N: usize> Index<N> {
    /// The value `index`; `None` when it is not below `N`.
    pub const fn new(index: usize) -> Option<Self> {
        if index < N { Some(Index(index)) } else { None }
    }

    /// The number itself.
    pub const fn get(self) -> usize {
        self.0
    }
}

impl<const N: usize> Domain for Index<N> {
    const COUNT: usize = N;
    array_of!(N);

    fn index(self) -> usize {
        self.0
    }
    fn from_index(index: usize) -> Option<Self> {
        Index::new(index)
    }
    fn label(self) -> Cow<'static, str> {
        Cow::Owned(format!("{}", self.0))
    }
}

/// A cell of a grid `W` wide and `H` high; the index runs along rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cell<const W: usize, const H: usize> {
    x: usize,
    y: usize,
}

impl<const W: usize, const H: usize> Cell<W, H> {
    /// The cell in column `x` and row `y`; `None` outside the grid.
    pub const fn new(x: usize, y: usize) -> Option<Self> {
        if x < W && y < H { Some(Cell { x, y }) } else { None }
    }

    /// The column, from 0.
    pub const fn x(self) -> usize {
        self.x
    }

    /// The row, from 0.
    pub const fn y(self) -> usize {
        self.y
    }

    /// The cell `dx` columns and `dy` rows away; `None` outside the grid.
    pub fn offset(self, dx: isize, dy: isize) -> Option<Self> {
        Cell::new(self.x.checked_add_signed(dx)?, self.y.checked_add_signed(dy)?)
    }
}

/// Labels are `x:y`.
impl<const W: usize, const H: usize> Domain for Cell<W, H> {
    const COUNT: usize = W * H;
    type Array<T: Value> = [[T; W]; H];

    fn index(self) -> usize {
        self.y * W + self.x
    }
    fn from_index(index: usize) -> Option<Self> {
        if W == 0 { None } else { Cell::new(index % W, index / W) }
    }
    fn label(self) -> Cow<'static, str> {
        Cow::Owned(format!("{}:{}", self.x, self.y))
    }
    fn filled<T: Value>(value: T) -> [[T; W]; H] {
        [[value; W]; H]
    }
    fn flat<T: Value>(arrays: &[[[T; W]; H]]) -> &[T] {
        arrays.as_flattened().as_flattened()
    }
    fn flat_mut<T: Value>(arrays: &mut [[[T; W]; H]]) -> &mut [T] {
        arrays.as_flattened_mut().as_flattened_mut()
    }
}

/// Pairs: the second runs faster. Labels are `first/second`.
impl<A: Domain, B: Domain> Domain for (A, B) {
    const COUNT: usize = A::COUNT * B::COUNT;
    type Array<T: Value> = A::Array<B::Array<T>>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn index(self) -> usize {
        self.0.index() * B::COUNT + self.1.index()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_index(index: usize) -> Option<Self> {
        if B::COUNT == 0 {
            return None;
        }
        Some((A::from_index(index / B::COUNT)?, B::from_index(index % B::COUNT)?))
    }
    fn label(self) -> Cow<'static, str> {
        Cow::Owned(format!("{}/{}", self.0.label(), self.1.label()))
    }
    fn filled<T: Value>(value: T) -> Self::Array<T> {
        A::filled(B::filled(value))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn flat<T: Value>(arrays: &[Self::Array<T>]) -> &[T] {
        B::flat(A::flat(arrays))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn flat_mut<T: Value>(arrays: &mut [Self::Array<T>]) -> &mut [T] {
        B::flat_mut(A::flat_mut(arrays))
    }
}

/// The domain of one value: what a model without actions does.
impl Domain for () {
    const COUNT: usize = 1;
    array_of!(1);

    fn index(self) -> usize {
        0
    }
    fn from_index(index: usize) -> Option<Self> {
        (index == 0).then_some(())
    }
    fn label(self) -> Cow<'static, str> {
        Cow::Borrowed("none")
    }
}

/// Writes a value by its label.
///
/// # Errors
/// Those of the serializer.
pub fn serialize_label<D: Domain, S: Serializer>(value: &D, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.label())
}

/// Reads a value from its label.
///
/// # Errors
/// When the text is no label of the domain.
pub fn deserialize_label<'de, D: Domain, De: Deserializer<'de>>(deserializer: De) -> Result<D, De::Error> {
    let text = alloc::string::String::deserialize(deserializer)?;
    D::all().find(|d| d.label() == text).ok_or_else(|| {
        let labels: alloc::vec::Vec<_> = D::all().take(12).map(Domain::label).collect();
        serde::de::Error::custom(format!("`{text}` is none of {}", labels.join(", ")))
    })
}

macro_rules! by_label {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize_label(self, serializer)
            }
        }
        impl<'de, $($generics)*> Deserialize<'de> for $type {
            fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
                deserialize_label(deserializer)
            }
        }
    )*};
}
by_label! {
    [const N: usize] Index<N>;
    [const W: usize, const H: usize] Cell<W, H>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<D: Domain>() {
        assert_eq!(D::all().count(), D::COUNT);
        for (i, d) in D::all().enumerate() {
            assert_eq!((d.index(), D::from_index(i)), (i, Some(d)));
        }
        assert_eq!(D::from_index(D::COUNT), None);
        let array = D::collect(|d| d.index()).expect("a domain of at least one value");
        assert!(D::entries(&array).iter().copied().eq(0..D::COUNT));
    }

    #[test]
    fn every_domain_indexes_both_ways_and_lays_its_arrays_out_in_order() {
        round_trip::<bool>();
        round_trip::<()>();
        round_trip::<Index<3>>();
        round_trip::<Cell<3, 2>>();
        round_trip::<(bool, Cell<2, 2>)>();
        round_trip::<((Index<2>, bool), Index<3>)>();
    }

    #[test]
    fn cells_stop_at_the_border() {
        let corner = Cell::<3, 2>::new(2, 1).expect("inside");
        assert_eq!(corner.offset(1, 0), None);
        assert_eq!(corner.offset(-1, -1), Cell::new(1, 0));
        assert_eq!(corner.label(), "2:1");
    }
}
