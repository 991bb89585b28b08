//! Cassandra's `.POMDP` files: what is written (`tokens`, `parse`), what it rewards (`rewards`), and the model that it makes (`lower`).
//!
//! Source of the format: A. R. Cassandra, "POMDP file format", the documentation of pomdp-solve.

mod lower;
mod parse;
mod rewarded;
mod rewards;
mod rows;
mod tokens;

use crate::Options;
use crate::mistakes::{Complaints, Mistakes};
use crate::model::Model;

pub(crate) fn read(file: &str, text: &str, options: &Options) -> Result<Model, Mistakes> {
    let mut complaints = Complaints::default();
    let parsed = parse::parse(text, &mut complaints);
    let model = parsed.filter(|_| complaints.is_empty()).and_then(|parsed| lower::lower(parsed, options, &mut complaints));
    complaints.or(file, model)
}
