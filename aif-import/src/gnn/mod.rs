//! GNN Markdown, the discrete POMDPs of it: sections (`sections`), values (`values`), and the model that variables and connections make (`lower`).
//!
//! Source of the format: the Active Inference Institute's "Generalized Notation Notation", its reference of sections, variables and
//! parameterisation families.

mod lower;
mod sections;
mod values;

use crate::mistakes::{Complaints, Mistakes};
use crate::model::Model;

pub(crate) fn read(file: &str, text: &str) -> Result<Model, Mistakes> {
    let mut complaints = Complaints::default();
    let written = sections::sections(text, &mut complaints);
    let model = if complaints.is_empty() { lower::lower(&written, &mut complaints) } else { None };
    complaints.or(file, model)
}
