//! Where the data are and how they are read.

use std::path::PathBuf;

use clap::Args;

use super::assignment;
use super::named::named;
use super::numbers::whole;
use crate::data::{DataOptions, Format, MissingAction, RowOrder};

/// Where the data are and how they are written.
#[derive(Args, Debug)]
pub(in crate::study) struct Data {
    /// The table: subject, block, step, then one column per modality, action and input; of a filter subject, trial, then inputs and responses.
    #[arg(long)]
    pub data: PathBuf,
    /// The table's name for a column of the model.
    #[arg(long, value_name = "NAME=COLUMN", value_parser = assignment)]
    pub column: Vec<(String, String)>,
    /// What the first value of a domain is counted as, where cells are indices.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=1))]
    pub index_base: u8,
    /// One more text that stands for a missing cell.
    #[arg(long)]
    pub missing: Option<String>,
    /// What to do about an action missing before the end of a block: error, skip (the row did not
    /// happen), marginalise, end-block or stay=LABEL.
    #[arg(long, default_value = "error", value_parser = missing_action)]
    pub missing_action: MissingAction,
    /// What kind of table it is: long (one row per step: observed, then chosen), trials (subjID, trial, choice, outcome: chosen, then observed),
    /// bids (a folder of behaviour files, sub-01_beh.tsv).
    #[arg(long, default_value = "long", value_parser = named::<Format>)]
    pub format: Format,
    /// Whether a row's observations came before its choice or after it: observation-first, action-first [default: as the format has it].
    #[arg(long, value_parser = named::<RowOrder>)]
    pub order: Option<RowOrder>,
    /// The first trial of each block whose responses are scored, counted from 0 (hierarchical Gaussian filters).
    #[arg(long, default_value = "0", value_parser = whole(0..=1_000_000_000, "no block has more trials"))]
    pub first_scored: usize,
    /// The table of covariates and plates, one row per subject.
    #[arg(long)]
    pub covariates: Option<PathBuf>,
    /// Minus its mean, over its standard deviation: a covariate.
    #[arg(long, value_name = "NAME")]
    pub standardise: Vec<String>,
}

impl Data {
    pub fn options(&self) -> DataOptions {
        DataOptions {
            columns: self.column.clone(),
            index_base: usize::from(self.index_base),
            missing: self.missing.clone(),
            missing_action: self.missing_action.clone(),
            format: self.format,
            others: Vec::new(),
            first_scored: self.first_scored,
            order: self.order,
        }
    }
}

fn missing_action(text: &str) -> Result<MissingAction, String> {
    match text {
        "error" => Ok(MissingAction::Error),
        "marginalise" | "marginalize" => Ok(MissingAction::Marginalise),
        "end-block" => Ok(MissingAction::EndBlock),
        "skip" => Ok(MissingAction::Skip),
        _ => match text.strip_prefix("stay=") {
            Some(label) if !label.is_empty() => Ok(MissingAction::Stay(label.to_owned())),
            _ => Err("expected error, skip, marginalise, end-block or stay=LABEL".into()),
        },
    }
}
