//! What was recorded of an agent beside its actions: times, ratings.

use aif_runtime::Meta;

use super::RecordedRow;

/// A recorded number that cannot be, or a row with other columns than the model has.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Not what the column can hold.
    #[error("{place}: `{name}` is {value}, but has to be {expected}")]
    Number {
        /// Its place in the record: block and step.
        place: String,
        /// The column.
        name: &'static str,
        /// What was recorded.
        value: f64,
        /// What it has to be.
        expected: String,
    },
    /// More numbers than columns.
    #[error("{place}: there are {found} numbers of actions and responses, but {model} has {expected} columns of them")]
    Count {
        /// Its place in the record: block and step.
        place: String,
        /// The model.
        model: &'static str,
        /// How many there are.
        found: usize,
        /// How many there can be.
        expected: usize,
    },
}

/// The numbers of responses, row after row of a record; none of a model without responses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    /// Of which model, where that is known.
    of: Option<&'static Meta>,
    columns: usize,
    /// For each row one number for each column, without that of an action; not a number where it is missing.
    numbers: Vec<f64>,
    /// For each row and response whether it is scored.
    counted: Vec<bool>,
    count: usize,
    /// Of each response how many rows that act, and are scored, do not have it.
    missing: Vec<usize>,
    /// How many such rows there are.
    acting: usize,
}

impl Answers {
    /// Of a model with responses.
    pub fn new(meta: &'static Meta) -> Self {
        let columns = meta.response_columns().count();
        let missing = vec![0; meta.responses.len()];
        Answers { of: Some(meta), columns, missing, ..Answers::default() }
    }

    /// How many of the numbers of a row are actions; all, where there are no responses.
    pub fn actions(&self) -> usize {
        self.of.map_or(usize::MAX, |meta| meta.actions.len())
    }

    /// What the joint action is called among responses: `go`, `go+look`; by no name where the model is not known.
    pub fn action_name(&self) -> String {
        let names = self.of.map_or(&[][..], |meta| meta.actions).iter().map(|action| action.name);
        names.collect::<Vec<_>>().join("+")
    }

    /// Whether the actions themselves are scored: no response is the action.
    pub fn actions_are_scored(&self) -> bool {
        self.of.is_none_or(|meta| meta.response_of_action().is_none())
    }

    /// The names of the responses.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.of.map_or(&[][..], |meta| meta.responses).iter().map(|response| response.name)
    }

    /// How many responses count.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds the numbers of a row.
    pub fn add(&mut self, row: &RecordedRow, parts: &[Option<usize>]) {
        let Some(meta) = self.of.filter(|meta| !meta.responses.is_empty()) else { return };
        let first = self.numbers.len();
        let given = |c: usize| row.responses.get(meta.actions.len() + c).copied().flatten().unwrap_or(f64::NAN);
        self.numbers.extend((0..self.columns).map(given));
        let own = &self.numbers[first..];
        let counted = (0..meta.responses.len()).map(|r| row.scored && meta.response_is_known(r, parts, own));
        let before = self.counted.len();
        self.counted.extend(counted);
        let counted = &self.counted[before..];
        self.count += counted.iter().filter(|counts| **counts).count();
        if row.scored && parts.iter().any(Option::is_some) {
            self.acting += 1;
            self.missing.iter_mut().zip(counted).for_each(|(missing, counts)| *missing += usize::from(!counts));
        }
    }

    /// In how many rows that act, and are scored, a response is missing, and how many such rows there are.
    pub fn missing(&self, response: usize) -> [usize; 2] {
        [self.missing.get(response).copied().unwrap_or(0), self.acting]
    }

    /// The numbers of a row, by its place among all rows.
    pub fn numbers(&self, row: usize) -> &[f64] {
        &self.numbers[row * self.columns..(row + 1) * self.columns]
    }

    /// The responses of a row that count, by its place among all rows.
    pub fn counted(&self, row: usize) -> impl Iterator<Item = usize> + Clone {
        let width = self.missing.len();
        let own = &self.counted[row * width..(row + 1) * width];
        own.iter().enumerate().filter(|(_, counts)| **counts).map(|(r, _)| r)
    }

    /// Whether it is of a model.
    pub fn is_of(&self, meta: &Meta) -> bool {
        self.missing.len() == meta.responses.len()
    }
}

/// Whether the numbers of a row can be.
pub(super) fn check(meta: &Meta, row: &RecordedRow, place: impl Fn() -> String) -> Result<(), AnswerError> {
    let (actions, columns) = (meta.actions.len(), meta.response_columns().count());
    if row.responses.len() > actions + columns {
        let (found, expected) = (row.responses.len(), actions + columns);
        return Err(AnswerError::Count { place: place(), model: meta.name, found, expected });
    }
    for (action, number) in meta.actions.iter().zip(&row.responses) {
        let known = |x: f64| aif_runtime::index_of_number(x).is_some_and(|i| i < action.values.count);
        if let Some(value) = number.filter(|&x| !known(x)) {
            let expected = format!("a whole number below {}", action.values.count);
            return Err(AnswerError::Number { place: place(), name: action.name, value, expected });
        }
    }
    for (c, number) in row.responses.iter().skip(actions).enumerate() {
        let wrong = number.and_then(|value| Some((value, meta.refuses(c, value)?)));
        if let Some((value, (name, expected))) = wrong {
            return Err(AnswerError::Number { place: place(), name, value, expected });
        }
    }
    Ok(())
}
