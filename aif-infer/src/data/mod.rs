//! Data in: the long table of a study, and tables of parameters, with complaints that say where and what.

mod bids;
mod column;
mod columns;
mod covariates;
mod encoding;
mod error;
mod formats;
mod guard;
mod labels;
mod missing;
mod onsets;
mod options;
mod parameters;
mod parse;
mod players;
mod raw;
mod read;
mod schema;
mod source;
mod store;
mod table;
mod values;
mod weights;

pub use crate::mark::Mark;
pub(crate) use bids::participants;
pub use column::Value;
pub use covariates::{Covariates, covariates};
pub use encoding::Encoding;
pub use error::{Complaint, DataError};
pub use formats::{is_of_shard, open_shard, open_tables};
pub use onsets::Onsets;
pub use options::{DataOptions, Format, MissingAction, RowOrder};
pub use parameters::{ParameterTable, read_parameters};
pub use parse::Keep;
pub use raw::{RawTable, Row};
pub use read::{Findings, Reader, read};
pub use schema::{Cells, ColumnSpec, Dataset, Rows, Schema, SubjectData};
pub use table::TableOf;
pub use values::ValueMap;

pub(crate) use guard::{guarded, is_formula};
