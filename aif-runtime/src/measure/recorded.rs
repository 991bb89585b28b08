//! How values of distributions stand in tables: as one number, or two.

use crate::domain::Domain;
use crate::labels::Labels;
use crate::scalar::Real;
use crate::text::ConstText;

/// What a response is, and so what its column holds.
#[derive(Clone, Copy, Debug)]
pub enum ResponseKind {
    /// One of several choices.
    Choice(Labels),
    /// A number.
    Number,
    /// A positive number.
    Positive,
    /// A number between 0 and 1, and neither.
    Share,
    /// A whole number from 0.
    Count,
    /// One of several choices, and in a second column when: a positive number.
    Timed(Labels),
    /// Nothing is recorded.
    Nothing,
}

impl ResponseKind {
    /// How many columns it takes.
    pub const fn columns(&self) -> usize {
        match self {
            ResponseKind::Timed(_) => 2,
            ResponseKind::Nothing => 0,
            _ => 1,
        }
    }

    /// The choices, where it is one.
    pub const fn choices(&self) -> Option<Labels> {
        match self {
            ResponseKind::Choice(labels) | ResponseKind::Timed(labels) => Some(*labels),
            _ => None,
        }
    }

    /// The column of a time has a name that nothing else has (`taken`).
    ///
    /// # Panics
    /// At compile time, when something has, and there is such a column.
    #[track_caller]
    pub(crate) const fn check_time(&self, name: &str, time: &str, taken: bool) {
        if taken && self.columns() > 1 {
            let text = ConstText::new().text("`").text(time).text("` is the column of the time of `").text(name);
            panic!("{}", text.text("`: what else has this name needs another").as_str());
        }
    }

    /// What is recorded, in words; `time` is the column of the time, where there is one.
    pub fn words(&self, time: &str) -> alloc::string::String {
        let values = |labels: &Labels| labels.all().collect::<alloc::vec::Vec<_>>().join(" ");
        match self {
            ResponseKind::Choice(of) => values(of),
            ResponseKind::Timed(of) => alloc::format!("{}, and when ({time})", values(of)),
            other => alloc::format!("{other:?}"),
        }
    }

    /// What is expected of the number in its first column (or its second), where `value` is not that.
    pub fn refuses(&self, column: usize, value: f64) -> Option<alloc::string::String> {
        let expected = match self {
            ResponseKind::Choice(labels) | ResponseKind::Timed(labels) if column == 0 => {
                let is = crate::domain::index_of_number(value).is_some_and(|i| i < labels.count);
                return (!is).then(|| alloc::format!("a whole number below {}", labels.count));
            }
            ResponseKind::Positive | ResponseKind::Timed(_) => (value > 0.0 && value.is_finite(), "above 0 and finite"),
            ResponseKind::Share => (value > 0.0 && value < 1.0, "between 0 and 1, and neither"),
            ResponseKind::Count => {
                ((0.0..9e15).contains(&value) && crate::domain::index_of_number(value).is_some(), "a whole number from 0")
            }
            ResponseKind::Number => (value.is_finite(), "a finite number"),
            _ => (true, ""),
        };
        (!expected.0).then(|| expected.1.into())
    }
}

/// A value of a distribution, as the numbers that stand in a table: the number itself, or the index of a value of a domain, and a second
/// number where which and when are recorded together.
pub trait Recorded<T: Real>: Copy {
    /// The value that numbers stand for.
    fn of(numbers: [f64; 2]) -> Self;

    /// The numbers that stand for a value; not a number where there is none.
    fn numbers(self) -> [f64; 2];
}

impl<T: Real> Recorded<T> for T {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of([number, _]: [f64; 2]) -> T {
        T::constant(number)
    }
    fn numbers(self) -> [f64; 2] {
        [self.value(), f64::NAN]
    }
}

impl<T: Real> Recorded<T> for usize {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of([index, _]: [f64; 2]) -> usize {
        index as usize
    }
    fn numbers(self) -> [f64; 2] {
        [self as f64, f64::NAN]
    }
}

impl<T: Real> Recorded<T> for (usize, T) {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of([index, number]: [f64; 2]) -> (usize, T) {
        (index as usize, T::constant(number))
    }
    fn numbers(self) -> [f64; 2] {
        [self.0 as f64, self.1.value()]
    }
}

impl<T: Real> Recorded<T> for () {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of(_: [f64; 2]) {}
    fn numbers(self) -> [f64; 2] {
        [f64::NAN; 2]
    }
}

/// A distribution of a choice among the values of a domain.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no distribution of an action",
    label = "the response with the name of an action is the distribution of what is chosen",
    note = "`Dist<D, T>`, `Softmax<D, T>`, `Bernoulli<T>` (of a `bool`), or `Wiener<D, T>` and `Ballistic<D, T>` (which and when)"
)]
pub trait Among {
    /// The domain.
    type Domain: Domain;
}

/// A response of a filter takes one column, or none.
///
/// # Panics
/// At compile time, when it takes two.
#[track_caller]
pub const fn check_one_column(kind: ResponseKind, name: &str) -> ResponseKind {
    if kind.columns() > 1 {
        let text = ConstText::new().text("the response `").text(name);
        let text = text.text("` records which and when: that is a response of a `#[learner]`; a filter has a response for each");
        panic!("{}", text.as_str());
    }
    kind
}
