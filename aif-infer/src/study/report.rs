//! `report`: writes the report of a stored fit anew, beside the truth if it is known.

use super::StudyError;
use super::arguments::Report;
use super::engine::ErasedPopulation;
use super::error::say;
use super::stored::named;
use crate::data::read_parameters;
use crate::output::{MANIFEST, check_file, write_whole};
use crate::results::{REPORT, Truth, checked, read_fit_but, report_html};
use crate::seal::Digest;

pub(super) fn report(engine: &dyn ErasedPopulation, arguments: &Report) -> Result<(), StudyError> {
    let meta = engine.meta();
    let out = arguments.out.clone().unwrap_or_else(|| arguments.folder.join(REPORT));
    // The report in the folder is one of its files: it is listed anew, and need not be as it was.
    let own = arguments.folder.join(REPORT);
    let same = |a: &std::path::Path, b: &std::path::Path| {
        a == b || std::fs::canonicalize(a).is_ok_and(|a| std::fs::canonicalize(b).is_ok_and(|b| a == b))
    };
    let is_own = same(&out, &own);
    let (fit, header) = read_fit_but(&arguments.folder, meta, is_own.then_some(REPORT))?;
    header.check_declaration(&engine.declaration()).map_err(|e| named(&arguments.folder, e))?;
    check_file(&out, arguments.force)?;
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
    let page = report_html(&fit, &header, truth.as_ref());
    if is_own {
        let (_, mut manifest) = checked(&arguments.folder, Some(REPORT))?;
        manifest.list(REPORT, Digest::of(page.as_bytes()));
        let list = arguments.folder.join(MANIFEST);
        write_whole(&[(&out, page.as_bytes()), (&list, manifest.text().as_bytes())])?;
    } else {
        // No other file of the folder is written over.
        write_whole(&[(&out, page.as_bytes())])?;
    }
    say!("wrote {}", out.display());
    Ok(())
}
