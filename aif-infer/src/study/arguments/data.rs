//! Where the data are and how they are read.

use std::path::PathBuf;

use clap::Args;

use super::assignment;
use super::named::named;
use super::numbers::whole;
use crate::data::{DataOptions, Encoding, Format, MissingAction, RowOrder, ValueMap};

/// Where the data are and how they are written.
#[derive(Args, Debug)]
pub(in crate::study) struct Data {
    /// The table: subject, block, step, then one column per modality, action and input; of a filter subject, trial, then inputs and responses.
    /// A folder is one of BIDS.
    #[arg(long)]
    pub data: PathBuf,
    #[command(flatten)]
    pub reading: Reading,
}

/// How a table is read.
#[derive(Args, Debug)]
pub(in crate::study) struct Reading {
    /// The table's name for a column of the model; WON-LOST: what was won in one column less what was lost in another; A/B: the cells of two,
    /// side by side.
    #[arg(long, value_name = "NAME=COLUMN", value_parser = assignment)]
    pub column: Vec<(String, String)>,
    /// What the cells of a column stand for: -1:Loss,1:Win. + and - are all numbers above and below 0 that are not named, the label NA
    /// is a missing cell.
    #[arg(long, value_name = "NAME=CELL:LABEL,..", value_parser = values, allow_hyphen_values = true)]
    pub values: Vec<(String, ValueMap)>,
    /// What the first value of a domain is counted as, where cells are indices: 0 or 1, of all columns or of one [default: 0].
    #[arg(long, value_name = "[NAME=]BASE", value_parser = base)]
    pub index_base: Vec<(Option<String>, usize)>,
    /// The decimal sign of numbers: a point or a comma.
    #[arg(long, value_name = "SIGN", default_value = ".", value_parser = decimal_comma, action = clap::ArgAction::Set)]
    pub decimal: bool,
    /// How the characters of the file are written: utf-8, latin1 (or windows-1252), utf-16.
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    pub encoding: Encoding,
    /// One more text that stands for a missing cell.
    #[arg(long)]
    pub missing: Option<String>,
    /// What a subject, session or block called NA is: an error, or its name (keep).
    #[arg(long, value_name = "error|keep", default_value = "error", value_parser = keep, action = clap::ArgAction::Set)]
    pub subject_na: bool,
    /// What to do about an action missing before the end of a block: error, skip (the row did not
    /// happen), marginalise, end-block or stay=LABEL.
    #[arg(long, default_value = "error", value_parser = missing_action)]
    pub missing_action: MissingAction,
    /// What kind of table it is: long (one row per step: observed, then chosen), trials (subjID, trial, choice, outcome: chosen, then observed),
    /// bids (a folder of behaviour files, sub-01_beh.tsv or sub-01_events.tsv).
    #[arg(long, default_value = "long", value_parser = named::<Format>)]
    pub format: Format,
    /// Of a BIDS folder, the files of which task are read.
    #[arg(long, value_name = "NAME")]
    pub task: Option<String>,
    /// Whether a row's observations came before its choice or after it: observation-first, action-first [default: as the format has it].
    #[arg(long, value_parser = named::<RowOrder>)]
    pub order: Option<RowOrder>,
    /// The first trial of each block whose responses are scored, counted from 0 (hierarchical Gaussian filters).
    #[arg(long, default_value = "0", value_parser = whole(0..=1_000_000_000, "no block has more trials"))]
    pub first_scored: usize,
    /// The table of covariates and plates, one row per subject [default: participants.tsv beside a BIDS folder's files].
    #[arg(long)]
    pub covariates: Option<PathBuf>,
    /// Minus its mean, over its standard deviation: a covariate.
    #[arg(long, value_name = "NAME")]
    pub standardise: Vec<String>,
}

impl Reading {
    pub fn options(&self) -> DataOptions {
        let of_all = self.index_base.iter().rev().find(|(name, _)| name.is_none()).map(|(_, base)| *base);
        let of_one = |(name, base): &(Option<String>, usize)| name.clone().map(|name| (name, *base));
        DataOptions {
            columns: self.column.clone(),
            index_base: of_all.unwrap_or(0),
            index_bases: self.index_base.iter().filter_map(of_one).collect(),
            values: self.values.clone(),
            decimal_comma: self.decimal,
            encoding: self.encoding,
            missing: self.missing.clone(),
            names_may_be_missing: self.subject_na,
            missing_action: self.missing_action.clone(),
            format: self.format,
            task: self.task.clone(),
            others: Vec::new(),
            first_scored: self.first_scored,
            order: self.order,
        }
    }
}

impl Data {
    pub fn options(&self) -> DataOptions {
        self.reading.options()
    }
}

fn values(text: &str) -> Result<(String, ValueMap), String> {
    let (name, map) =
        text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("expected NAME=CELL:LABEL,CELL:LABEL,..")?;
    Ok((name.to_owned(), map.parse()?))
}

fn base(text: &str) -> Result<(Option<String>, usize), String> {
    let (name, base) = text.rsplit_once('=').map_or((None, text), |(name, base)| (Some(name), base));
    let base = base.parse().ok().filter(|base: &usize| *base <= 1).ok_or("expected 0 or 1, or NAME=0 or NAME=1")?;
    if name == Some("") {
        return Err("expected NAME=0 or NAME=1".into());
    }
    Ok((name.map(String::from), base))
}

fn decimal_comma(text: &str) -> Result<bool, String> {
    match text {
        "." | "point" => Ok(false),
        "," | "comma" => Ok(true),
        _ => Err("expected . or ,".into()),
    }
}

fn encoding(text: &str) -> Result<Encoding, String> {
    match text.to_ascii_lowercase().replace(['_', ' '], "-").as_str() {
        "utf-8" | "utf8" => Ok(Encoding::Utf8),
        "latin1" | "latin-1" | "iso-8859-1" | "windows-1252" | "cp1252" | "ansi" => Ok(Encoding::Latin1),
        "utf-16" | "utf16" | "utf-16le" | "utf-16be" | "unicode" => Ok(Encoding::Utf16),
        _ => Err("expected utf-8, latin1 (or windows-1252), utf-16".into()),
    }
}

fn keep(text: &str) -> Result<bool, String> {
    match text {
        "error" => Ok(false),
        "keep" => Ok(true),
        _ => Err("expected error or keep".into()),
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
