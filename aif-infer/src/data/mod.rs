//! Data in: the long table of a study, and tables of parameters, with complaints that say where and what.

mod columns;
mod covariates;
mod error;
mod formats;
mod labels;
mod missing;
mod parameters;
mod parse;
mod raw;
mod read;
mod schema;
mod table;

pub use crate::mark::Mark;
pub use covariates::{Covariates, covariates};
pub use error::{Complaint, DataError};
pub use formats::{Format, RowOrder, is_of_shard, open_shard, open_tables};
pub use parameters::{ParameterTable, read_parameters};
pub use parse::Keep;
pub use raw::{RawTable, Row};
pub use read::{Reader, read};
pub use schema::{Cells, ColumnSpec, Dataset, Rows, Schema, SubjectData};
pub use table::table_of;

/// What is done about a missing action that later rows depend on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum MissingAction {
    /// The table is refused.
    #[default]
    Error,
    /// The agent's belief moves under the mixture of all actions, weighted by how probable each was: an approximation, since the agent knew
    /// which it was.
    Marginalise,
    /// The block ends there; how many responses that leaves out is said.
    EndBlock,
    /// The row did not happen: the next choice is made from what was seen and learned before.
    Skip,
    /// The action with this label is taken to have been carried out; it is not scored.
    Stay(String),
}

/// How a table is to be read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct DataOptions {
    /// Renamed columns: the model's name, and the table's name for it.
    pub columns: Vec<(String, String)>,
    /// What the first value of a domain is counted as, where cells are indices.
    pub index_base: usize,
    /// One more text that stands for a missing cell.
    pub missing: Option<String>,
    /// What is done about a missing action that later rows depend on.
    pub missing_action: MissingAction,
    /// What kind of table it is.
    pub format: Format,
    /// Names that may be renamed though they are no columns of this table: covariates and plates.
    pub others: Vec<String>,
    /// The first trial of each block whose responses are scored, counted from 0; for filters and learners.
    pub first_scored: usize,
    /// Whether observations come before or after the choice of their row; `None`: as the format has it.
    pub order: Option<RowOrder>,
}

impl DataOptions {
    /// The table's name for a column of the model.
    fn column<'a>(&'a self, name: &'a str) -> &'a str {
        self.columns.iter().find(|(of_model, _)| of_model == name).map_or(name, |(_, of_table)| of_table)
    }

    /// Whether a cell is empty or stands for a missing value.
    fn is_missing(&self, cell: &str) -> bool {
        let cell = cell.trim();
        cell.is_empty()
            || ["n/a", "na", "nan"].contains(&cell.to_ascii_lowercase().as_str())
            || self.missing.as_deref() == Some(cell)
    }
}
