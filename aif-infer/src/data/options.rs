//! How a table is to be read.

use serde::Deserialize;

use super::encoding::Encoding;
use super::values::ValueMap;

/// What kind of table the data are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Format {
    /// One row per step: what was observed, then what was chosen.
    #[default]
    Long,
    /// One row per trial, `subjID trial choice outcome`: what was chosen, then what came of it.
    Trials,
    /// A file or folder of BIDS behaviour, `sub-01_ses-1_task-x_run-1_beh.tsv`: subject, session and run are in the file's name.
    Bids,
}

/// Whether what is observed on a row came before or after its choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum RowOrder {
    /// Before it.
    ObservationFirst,
    /// After it: it is the observation of the next step.
    ActionFirst,
}

impl RowOrder {
    /// The other one, and its name on the command line.
    pub(crate) fn other(self) -> (Self, &'static str) {
        match self {
            RowOrder::ObservationFirst => (RowOrder::ActionFirst, "action-first"),
            RowOrder::ActionFirst => (RowOrder::ObservationFirst, "observation-first"),
        }
    }
}

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
    /// Renamed columns: the model's name, and the table's name for it. `gain-loss` is what was won less what was lost, of two columns;
    /// `gain/loss` the cells of both, side by side.
    pub columns: Vec<(String, String)>,
    /// What the first value of a domain is counted as, where cells are indices.
    pub index_base: usize,
    /// The same of single columns.
    pub index_bases: Vec<(String, usize)>,
    /// What the cells of single columns stand for.
    pub values: Vec<(String, ValueMap)>,
    /// Whether numbers have a comma in place of the decimal point.
    pub decimal_comma: bool,
    /// How the characters of the file are written.
    pub encoding: Encoding,
    /// One more text that stands for a missing cell.
    pub missing: Option<String>,
    /// Whether `NA` and its like may be the name of a subject, a session or a block.
    pub names_may_be_missing: bool,
    /// What is done about a missing action that later rows depend on.
    pub missing_action: MissingAction,
    /// What kind of table it is.
    pub format: Format,
    /// Of BIDS files of several tasks, those of which are read.
    pub task: Option<String>,
    /// Names that may be renamed though they are no columns of this table: covariates and plates.
    pub others: Vec<String>,
    /// The first trial of each block whose responses are scored, counted from 0; for filters.
    pub first_scored: usize,
    /// Whether observations come before or after the choice of their row; `None`: as the format has it.
    pub order: Option<RowOrder>,
}

impl DataOptions {
    /// The order of what a row has.
    pub(crate) fn row_order(&self) -> RowOrder {
        let natural = if self.format == Format::Trials { RowOrder::ActionFirst } else { RowOrder::ObservationFirst };
        self.order.unwrap_or(natural)
    }

    /// The table's name for a column of the model.
    pub(super) fn column<'a>(&'a self, name: &'a str) -> &'a str {
        self.columns.iter().find(|(of_model, _)| of_model == name).map_or(name, |(_, of_table)| of_table)
    }

    /// What the indices of a column of the model count from, where that was said of it alone.
    pub(super) fn own_base(&self, own: &str) -> Option<usize> {
        let named = |known: &String| known == own || known == self.column(own);
        self.index_bases.iter().find(|(known, _)| named(known)).map(|(_, base)| *base)
    }

    /// Whether a cell is empty or stands for a missing value.
    pub(super) fn is_missing(&self, cell: &str) -> bool {
        let cell = cell.trim();
        cell.is_empty() || is_na(cell) || self.missing.as_deref() == Some(cell)
    }

    /// The number that a cell is.
    pub(super) fn number(&self, cell: &str) -> Option<f64> {
        let number = match self.decimal_comma {
            false => cell.parse().ok(),
            true if cell.contains('.') => None,
            true => cell.replace(',', ".").parse().ok(),
        };
        number.filter(|x: &f64| x.is_finite())
    }

    /// The whole number that a cell is: programs that know missing cells write it as 1.0.
    pub(super) fn whole(&self, cell: &str) -> Option<i64> {
        let found =
            cell.parse().ok().or_else(|| self.number(cell).filter(|x| x.fract() == 0.0 && x.abs() < 1e15).map(|x| x as i64));
        found.filter(|x: &i64| x.unsigned_abs() < 1 << 53)
    }
}

/// Whether a cell is a word that programs write where there is nothing.
pub(super) fn is_na(cell: &str) -> bool {
    ["n/a", "na", "nan"].iter().any(|word| cell.eq_ignore_ascii_case(word))
}
