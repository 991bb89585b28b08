//! What is recorded of an agent beside its actions, or with them.

use alloc::string::String;

use super::meta::{Meta, Response};

impl Meta {
    /// The response that is the action, where one is.
    pub const fn response_of_action(&self) -> Option<usize> {
        let mut r = 0;
        while r < self.responses.len() {
            if self.responses[r].action {
                return Some(r);
            }
            r += 1;
        }
        None
    }

    /// The place of the first column of a response among those of all, without that of an action.
    pub const fn response_place(&self, response: usize) -> usize {
        let (mut place, mut r) = (0, 0);
        while r < response {
            place += self.responses[r].columns();
            r += 1;
        }
        place
    }

    /// The columns of all responses, without that of an action: their names, the response that each belongs to, and which of its columns it
    /// is.
    pub fn response_columns(&self) -> impl Iterator<Item = (&'static str, usize, usize)> + use<> {
        let of = |(r, response): (usize, &'static Response)| {
            let names = [response.name, response.time];
            let first = response.kind.columns() - response.columns();
            (first..response.kind.columns()).map(move |c| (names[c], r, c))
        };
        self.responses.iter().enumerate().flat_map(of)
    }

    /// The numbers that were recorded of a response, from the parts of the joint action and the numbers of all other columns; not numbers where
    /// they are missing, or it has fewer columns.
    #[inline]
    pub fn response_numbers(&self, response: usize, parts: &[Option<usize>], columns: &[f64]) -> [f64; 2] {
        let own = &self.responses[response];
        let (place, first) = (self.response_place(response), own.kind.columns() - own.columns());
        let mut numbers = [f64::NAN; 2];
        for (c, number) in numbers.iter_mut().enumerate().take(own.kind.columns()) {
            *number = if c < first {
                parts.first().copied().flatten().map_or(f64::NAN, |action| action as f64)
            } else {
                columns.get(place + c - first).copied().unwrap_or(f64::NAN)
            };
        }
        numbers
    }

    /// Whether a response can be scored: it was recorded, and what it depends on is known.
    pub fn response_is_known(&self, response: usize, parts: &[Option<usize>], columns: &[f64]) -> bool {
        let own = &self.responses[response];
        let numbers = self.response_numbers(response, parts, columns);
        numbers[..own.kind.columns()].iter().all(|x| !x.is_nan())
            && own.needs.iter().all(|&a| parts.get(a).is_some_and(Option::is_some))
    }

    /// What is expected of a number in a column of a response, by the column's place among those of all; nothing where it is that.
    pub fn refuses(&self, column: usize, value: f64) -> Option<(&'static str, String)> {
        let (name, response, c) = self.response_columns().nth(column)?;
        self.responses[response].kind.refuses(c, value).map(|expected| (name, expected))
    }
}

/// Every column of a response has a name of its own.
///
/// # Panics
/// At compile time, when something else has the name of a column of times.
#[track_caller]
pub const fn check_response(meta: &Meta, index: usize) {
    let own = &meta.responses[index];
    let taken = any_named!(meta.modalities, own.time)
        || any_named!(meta.actions, own.time)
        || any_named!(meta.inputs, own.time)
        || any_named!(meta.responses, own.time);
    own.kind.check_time(own.name, own.time, taken);
}
