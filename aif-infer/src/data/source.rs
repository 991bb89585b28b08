//! Where the cells of a column come from: one column of the table, or two.

use std::borrow::Cow;

use super::DataOptions;
use super::error::Complaint;
use super::raw::{Row, column};

/// Where the cells of a column come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    One(usize),
    /// What was won, less what was lost, whether that is written as a number above or below 0.
    Net(usize, usize),
    /// The cells of two columns, side by side.
    Pair(usize, usize),
}

impl Source {
    /// Finds the column, or the two columns, of a name.
    ///
    /// # Errors
    /// As [`column`].
    pub fn find(header: &[String], name: &str) -> Result<Self, Complaint> {
        let missing = match column(header, name) {
            Ok(at) => return Ok(Source::One(at)),
            Err(complaint) => complaint,
        };
        let two = |sign: char| {
            name.match_indices(sign).find_map(|(at, _)| {
                let part = |text: &str| column(header, text.trim()).ok();
                Some((part(&name[..at])?, part(&name[at + 1..])?))
            })
        };
        let net = two('-').map(|(won, lost)| Source::Net(won, lost));
        net.or_else(|| two('/').map(|(a, b)| Source::Pair(a, b))).ok_or(missing)
    }

    /// The places of its columns.
    pub fn places(self) -> impl Iterator<Item = usize> {
        let (a, b) = match self {
            Source::One(at) => (at, None),
            Source::Net(a, b) | Source::Pair(a, b) => (a, Some(b)),
        };
        std::iter::once(a).chain(b)
    }

    /// The number that is the same for equal cells, where there is one.
    pub fn code(self, row: &Row<'_>) -> Option<usize> {
        match self {
            Source::One(at) => row.code(at),
            _ => None,
        }
    }

    /// The cell of a row. Of two columns that are both missing it is empty.
    pub fn text<'t>(self, row: &Row<'t>, options: &DataOptions) -> Cow<'t, str> {
        let (a, b) = match self {
            Source::One(at) => return row.cell(at).into(),
            Source::Net(a, b) | Source::Pair(a, b) => (row.cell(a), row.cell(b)),
        };
        if options.is_missing(a) && options.is_missing(b) {
            return "".into();
        }
        match (self, options.number(a), options.number(b)) {
            (Source::Net(..), Some(won), Some(lost)) => {
                let net = (won - lost.abs()).to_string();
                if options.decimal_comma { net.replace('.', ",").into() } else { net.into() }
            }
            _ => format!("{a}/{b}").into(),
        }
    }
}
