//! `check`: what would be read of a table, and every complaint about it.

use std::fmt::Write;

use super::arguments::Check;
use super::engine::{ErasedPopulation, Source};
use super::error::StudyError;
use super::studied::StudyOptions;
use super::suspect::other_order;
use crate::data::{Findings, Reader, Schema, Value, open_tables};
use crate::output::write_out;
use crate::record::{RecordedRow, Recorder};

/// So many values of a column are listed.
const LISTED: usize = 12;

/// What is counted of the rows that would be read.
#[derive(Default)]
struct Count {
    schema: Schema,
    sessions: usize,
    blocks: usize,
    rows: usize,
    scored: usize,
    /// Responses that do not count; rows, or trials, without one.
    unscored: usize,
    silent: usize,
    /// The session that is open, and the rows of the block that is, of the shortest and of the longest.
    session: Option<String>,
    open: usize,
    least: Option<usize>,
    most: usize,
}

impl Count {
    /// The block that was open has ended.
    fn close(&mut self) {
        if self.open > 0 {
            self.least = Some(self.least.map_or(self.open, |least| least.min(self.open)));
            self.most = self.most.max(self.open);
        }
        self.open = 0;
    }
}

impl Recorder<()> for Count {
    fn begin(&mut self, session: &str, _: &str, _: i64) {
        self.close();
        self.blocks += 1;
        if self.session.as_deref() != Some(session) {
            self.sessions += 1;
            self.session = Some(session.to_owned());
        }
    }

    fn row(&mut self, row: RecordedRow) {
        self.rows += 1;
        self.open += 1;
        for answered in self.schema.answered(&row) {
            match (answered, row.scored) {
                (true, true) => self.scored += 1,
                (true, false) => self.unscored += 1,
                (false, _) => self.silent += 1,
            }
        }
    }

    fn finish(self: Box<Self>) {}
}

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &Check) -> Result<(), StudyError> {
    let (schema, data) = (engine.schema(), arguments.reading.options());
    let tables = open_tables(&arguments.data, &data, &schema)?;
    let others = engine.meta().covariates.iter().map(|c| c.name).chain(engine.meta().plates().iter().map(|p| p.name));
    let others = crate::data::DataOptions { others: others.map(String::from).collect(), ..data.clone() };
    let mut reader = Reader::new(&tables, &schema, &others)?;
    let mut count = Count { schema: engine.schema(), ..Count::default() };
    let subjects = reader.names().len();
    for subject in 0..subjects {
        count.session = None;
        reader.take_down(subject, &mut count);
        count.close();
    }
    let found = reader.findings();
    let mut complaints: Vec<String> =
        found.complaints.iter().flat_map(|(path, own)| own.iter().map(|complaint| complaint.told(path))).collect();
    let mut notes = found.warnings.clone();
    if complaints.is_empty() {
        let covariates = arguments.reading.covariates.as_deref();
        let source =
            Source { tables: &tables, data: &data, covariates, standardise: &arguments.reading.standardise, shard: None };
        match engine.load(&source, StudyOptions::default()) {
            Ok(loaded) => {
                if count.schema.clocks {
                    // Which actions were due is known now.
                    let leaves = loaded.design().leaves().names.len();
                    count.scored = (0..leaves).map(|leaf| loaded.response_count(leaf)).sum();
                    (count.unscored, count.silent) = (0, 0);
                }
                notes.extend(loaded.warnings().iter().filter(|warning| !found.warnings.contains(warning)).cloned());
                if let Err(what) = loaded.fittable().check_observations() {
                    let possible = |other: &dyn super::engine::Loaded| other.fittable().check_observations().is_ok();
                    complaints.push(what + &other_order(engine, &source, StudyOptions::default(), possible));
                }
            }
            Err(error) => complaints.push(error.to_string()),
        }
    }
    let mut text = words(&arguments.data.display().to_string(), subjects, &count, &found);
    notes.iter().for_each(|note| text += &format!("note: {note}\n"));
    complaints.iter().for_each(|complaint| text += &format!("complaint: {complaint}\n"));
    write_out(text.as_bytes())?;
    match complaints.len() {
        0 => Ok(()),
        count => Err(StudyError::Complaints { data: arguments.data.clone(), count }),
    }
}

/// So many of something.
fn many(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What would be read.
fn words(file: &str, subjects: usize, count: &Count, found: &Findings) -> String {
    let noun = count.schema.rows.noun();
    let mut text = format!("{file}: {}", many(subjects, "subject"));
    if count.sessions > subjects {
        let _ = write!(text, ", {}", many(count.sessions, "session"));
    }
    let least = count.least.unwrap_or(0);
    let range = if least == count.most { least.to_string() } else { format!("{least} to {}", count.most) };
    let _ = writeln!(text, ", {} of {range} {noun}s, {} in all", many(count.blocks, "block"), many(count.rows, noun));
    let _ = writeln!(text, "responses: {} scored", count.scored);
    let (ended, skipped) = found.left_out;
    let dropped = [
        (count.unscored, "not scored: column `scored`, --first-scored, or --missing-action stay"),
        (
            count.silent,
            "missing: nothing is recorded (the last row of a block has none where it only shows what came of the one before)",
        ),
        (ended, "after the end of a block: --missing-action end-block"),
        (skipped, "of rows that did not happen: --missing-action skip"),
    ];
    dropped.iter().filter(|(n, _)| *n > 0).for_each(|(n, why)| text += &format!("  {n} {why}\n"));
    for (name, values) in &found.values {
        let _ = writeln!(text, "column {name}: {}", listed(values));
    }
    text
}

/// The values of a column in words: the most frequent first; numbers together.
fn listed(values: &[Value]) -> String {
    let number = |value: &&Value| value.meaning.as_ref().is_some_and(|m| m.parse::<f64>().is_ok());
    let (numbers, others): (Vec<&Value>, Vec<&Value>) =
        if values.len() > LISTED { values.iter().partition(number) } else { (Vec::new(), values.iter().collect()) };
    let mut parts: Vec<String> = Vec::new();
    if !numbers.is_empty() {
        let ends =
            numbers.iter().flat_map(|value| value.cell.split(" to ")).filter_map(|x| x.replace(',', ".").parse::<f64>().ok());
        let (least, most) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        parts.push(format!("numbers from {least} to {most} ({})", numbers.iter().map(|value| value.count).sum::<u64>()));
    }
    for value in others.iter().take(LISTED) {
        let Value { cell, meaning, count } = value;
        let cell = if cell.is_empty() { "nothing".into() } else { format!("`{cell}`") };
        parts.push(match meaning.as_deref() {
            None => format!("{cell} not understood ({count})"),
            Some("") => format!("{cell} missing ({count})"),
            Some(meaning) if meaning == value.cell => format!("{cell} ({count})"),
            Some(meaning) => format!("{cell} = {meaning} ({count})"),
        });
    }
    if others.len() > LISTED {
        parts.push(format!("and {} more", others.len() - LISTED));
    }
    parts.join(", ")
}
