//! Shorthands of this crate: what is refused, what a constant adds up to, one body for two storages, conversions of one expression.

/// Refuses options of which something is the case.
macro_rules! refuse_if {
    ($bad:expr, $error:expr) => {
        if $bad {
            return Err($crate::model::ModelError::from($error));
        }
    };
}

/// A product over a list, in a constant; saturating. What is asked at every step multiplies by itself: saturation costs time there.
macro_rules! product {
    ($list:expr, |$one:ident| $each:expr) => {{
        let (list, mut product, mut i) = ($list, 1usize, 0);
        while i < list.len() {
            let $one = &list[i];
            product = product.saturating_mul($each);
            i += 1;
        }
        product
    }};
}

/// Whether something in a list has a name, in a constant.
macro_rules! any_named {
    ($list:expr, $name:expr) => {{
        let (list, mut found, mut i) = ($list, false, 0);
        while i < list.len() {
            found |= $crate::text::same(list[i].name, $name);
            i += 1;
        }
        found
    }};
}

/// One body for the two storages of numbers, each compiled for its own; and one for a transition without its zeros, which a likelihood never is.
macro_rules! with_table {
    ($table:expr, $map:pat => $mapped:expr, $numbers:ident => $body:expr $(,)?) => {
        with_table!($table, $map => $mapped, _ => unreachable!("only a transition is stored without its zeros"), $numbers => $body)
    };
    ($table:expr, $map:pat => $mapped:expr, $sparse:pat => $few:expr, $numbers:ident => $body:expr $(,)?) => {
        match $table {
            $crate::model::Table::Sparse($sparse) => $few,
            $crate::model::Table::Map($map) => $mapped,
            $crate::model::Table::Fixed($numbers) => $body,
            $crate::model::Table::Free($numbers) => $body,
        }
    };
}

/// Conversions that are one expression.
macro_rules! from {
    ($([$($generics:tt)*] $from:ty => $to:ty, |$x:pat_param| $value:expr;)*) => {$(
        impl<$($generics)*> From<$from> for $to {
            fn from($x: $from) -> Self {
                $value
            }
        }
    )*};
}
