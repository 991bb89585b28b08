//! `report`: writes the report of a stored fit anew, beside the truth if it is known. `merge`: puts the shards of a fit together.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::StudyError;
use super::arguments::{Merge, Report};
use super::engine::Engine;
use super::fit::{in_words, progress};
use crate::data::read_parameters;
use crate::fit::{FitError, Piece, Plan, PredictiveOptions, Shelf};
use crate::output::{NewFolder, Scratch, write_whole};
use crate::results::{Fit, Header, Truth, fit_files, fit_with, read_fit, report_html};

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

pub(super) fn merge(engine: &dyn Engine, arguments: &Merge) -> Result<(), StudyError> {
    let started = Instant::now();
    let meta = engine.meta();
    let folder = NewFolder::begin(&arguments.out)?;
    let wrong = |what: String| StudyError::Fit(FitError::Stored(what));
    let mut whole: Option<Header> = None;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    let mut of = 0;
    for path in &arguments.folders {
        let (fit, mut header) = read_fit(path, meta)?;
        let Some((i, n)) = header.shard.take() else {
            return Err(wrong(format!("{}: is a whole fit, no shard of one", path.display())));
        };
        if seen.contains(&i) {
            return Err(wrong(format!("{}: shard {i}/{n} is given twice", path.display())));
        }
        match &whole {
            Some(first) if *first != header || of != n => {
                return Err(wrong(format!(
                    "{}: is a shard of another fit (other data, options or number of shards)",
                    path.display()
                )));
            }
            _ => whole = Some(header),
        }
        of = n;
        seen.push(i);
        pieces.extend(fit.pieces);
    }
    let Some(header) = whole else { return Err(wrong("no shard is given".into())) };
    if let Some(missing) = (1..=of).find(|i| !seen.contains(i)) {
        return Err(wrong(format!("shard {missing}/{of} is missing")));
    }
    pieces.sort_by_key(|p| p.subject);
    let scratch = Draft(Scratch::beside(&arguments.out));
    let fit = if meta.flat() {
        Fit::of(meta, header.design(meta), header.method, pieces)
    } else {
        jointly(engine, &header, pieces, &scratch, arguments.quiet)?
    };
    eprintln!("{}", in_words(&fit, started.elapsed().as_secs_f64()));
    folder.fill(fit_files(&fit, &header))?;
    eprintln!("wrote {}", arguments.out.display());
    Ok(())
}

/// No shelf, but a folder for what is too much for memory.
struct Draft(Scratch);

impl Shelf for Draft {
    fn get(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
    fn put(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
    fn folder(&self) -> Option<&Path> {
        Some(self.0.folder())
    }
}

/// The posterior of a group from the tables that its shards have left.
fn jointly(engine: &dyn Engine, header: &Header, pieces: Vec<Piece>, shelf: &dyn Shelf, quiet: bool) -> Result<Fit, StudyError> {
    let design = header.design(engine.meta());
    let count = design.leaves().names.len();
    let (shards, mut tables) = (pieces.len(), vec![None; count]);
    for (leaf, table) in pieces.into_iter().flat_map(|p| p.shard) {
        if let Some(place) = tables.get_mut(leaf) {
            *place = Some(Arc::new(table));
        }
    }
    if let Some(missing) = tables.iter().position(Option::is_none) {
        let whose = &design.subjects()[design.subject_of(missing)];
        return Err(StudyError::Fit(FitError::Stored(format!("no shard has the table of subject {whose}"))));
    }
    let group = engine.tabled(design, tables);
    let bar = progress(&header.method, false, count, quiet);
    let (tick, phase) = (|| bar.inc(1), |what: &'static str| bar.set_message(what));
    let plan = Plan { predictive: PredictiveOptions::none(), shelf, tick: &tick, phase: &phase, ..Plan::default() };
    let mut fit = fit_with(group.as_ref(), header.method, &plan)?;
    bar.finish_and_clear();
    if let Some(piece) = fit.pieces.first_mut() {
        let note = format!("merged from the tables of {shards} shards; nothing is predicted, for the records are elsewhere");
        piece.notes.push(note);
    }
    Ok(fit)
}
