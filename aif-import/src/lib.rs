//! Models of the field's files: read into one form, declared in the language of `aif`, written as each other.
//!
//! [`read`] takes Cassandra's `.POMDP`, GNN Markdown, pymdp's arrays (JSON, `.npz`) and SPM's structures (`.mat`, JSON) into a [`Model`];
//! [`declaration`] writes what one would have declared by hand; [`export`] writes the other forms. A mistake has its line and what was expected.
#![warn(missing_docs)]

mod arrays;
mod check;
mod export;
mod format;
mod gnn;
mod json;
mod mat;
mod mistakes;
mod model;
mod names;
mod npz;
mod numbers;
mod pomdp;
mod pymdp;
mod rust;
mod spm;
mod summary;
mod tensor;

use std::path::Path;

pub use export::{Form, export};
pub use format::Format;
pub use mistakes::{Mistake, Mistakes};
pub use model::{Action, Column, Factor, Modality, Model, Table, Values};
pub use names::{camel, is_type};
pub use rust::{Naming, declaration};
pub use summary::summary;

/// What a reader has to be told beside the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// By what rewards are divided to be log-preferences, above 0; files without rewards have no use for it.
    pub temperature: f64,
    /// How many steps are planned, where the file does not say; 1 by default.
    pub horizon: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Options { temperature: 1.0, horizon: None }
    }
}

/// Reads a file; its kind is told by its ending, and of JSON by what is in it.
///
/// # Errors
/// Everything that is wrong, with lines.
pub fn read(path: &Path, options: &Options) -> Result<Model, Mistakes> {
    let file = path.display().to_string();
    let whole = |text: String| Mistakes { file: file.clone(), all: vec![Mistake { line: 0, text }] };
    let bytes = std::fs::read(path).map_err(|error| whole(format!("it cannot be read: {error}")))?;
    let format = Format::of(path, &bytes).map_err(whole)?;
    parse(format, &file, &bytes, options)
}

/// Reads what a file of a kind holds; mistakes are said of `file`.
///
/// # Errors
/// Everything that is wrong, with lines.
pub fn parse(format: Format, file: &str, bytes: &[u8], options: &Options) -> Result<Model, Mistakes> {
    let whole = |line: usize, text: String| Mistakes { file: file.into(), all: vec![Mistake { line, text }] };
    if !(options.temperature.is_finite() && options.temperature > 0.0) {
        return Err(whole(0, format!("the temperature is {}, expected a number above 0", options.temperature)));
    }
    if options.horizon == Some(0) {
        return Err(whole(0, "the horizon is 0, expected at least 1 step".into()));
    }
    let text = || {
        let valid = std::str::from_utf8(bytes).map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
        valid.map_err(|wrong| {
            let line = 1 + bytes[..wrong.valid_up_to()].iter().filter(|b| **b == b'\n').count();
            whole(line, "this is no text in UTF-8".into())
        })
    };
    let json = || json::parse(text()?).map_err(|wrong| whole(wrong.line, wrong.text));
    let mut model = match format {
        Format::Pomdp => pomdp::read(file, text()?, options),
        Format::Gnn => gnn::read(file, text()?),
        Format::Pymdp => pymdp::read(file, &json()?),
        Format::Npz => pymdp::read(file, &npz::read(bytes).map_err(|text| whole(0, text))?),
        Format::Spm => spm::read(file, &json()?),
        Format::Mat => spm::read(file, &mat::read(bytes).map_err(|text| whole(0, text))?),
    }?;
    if model.horizon.is_none() {
        model.horizon = options.horizon;
    }
    let mut complaints = mistakes::Complaints::default();
    check::check(&model, &mut complaints);
    complaints.or(file, Some(model))
}
