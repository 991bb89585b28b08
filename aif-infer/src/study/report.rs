//! `report`: writes the report of a stored fit anew, beside the truth if it is known.

use super::StudyError;
use super::arguments::Report;
use super::engine::Engine;
use crate::data::read_parameters;
use crate::output::write_whole;
use crate::results::{Truth, read_fit, report_html};

pub(super) fn report(engine: &dyn Engine, arguments: &Report) -> Result<(), StudyError> {
    let meta = engine.meta();
    let (fit, header) = read_fit(&arguments.folder, meta)?;
    let truth = match &arguments.truth {
        None => None,
        Some(path) => {
            let labels = meta.labels();
            let names: Vec<&str> = labels.iter().map(String::as_str).collect();
            let table = read_parameters(path, &names)?;
            let mut truth = Truth::new();
            let (design, leaf) = (&fit.design, meta.leaf());
            for unit in 0..design.leaves().names.len() {
                let subject = design.subjects()[design.subject_of(unit)].clone();
                let session = if meta.has_sessions() { design.leaves().names[unit].clone() } else { String::new() };
                let own = table.values.get(&(subject.clone(), session)).or_else(|| table.values.get(&(subject, String::new())));
                let Some(values) = own else { continue };
                // A row has the numbers of its unit and of all above it.
                for (level, place) in design.path(leaf, unit).into_iter().enumerate() {
                    let whose = if level == 0 { String::new() } else { fit.unit_label(level, place) };
                    for label in meta.levels[level].parameters.iter().flat_map(|p| (0..p.len()).map(|e| p.label(e))) {
                        if let Some(value) = values.get(&label) {
                            truth.insert((label, whose.clone()), *value);
                        }
                    }
                }
            }
            Some(truth)
        }
    };
    let out = arguments.out.clone().unwrap_or_else(|| arguments.folder.join("report.html"));
    write_whole(&[(&out, report_html(&fit, &header, truth.as_ref()).as_bytes())])?;
    eprintln!("wrote {}", out.display());
    Ok(())
}
