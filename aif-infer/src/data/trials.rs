//! The table of a filter's trials: one row per trial, checked and sorted into subjects and blocks.

use aif_runtime::hgf::{FilterMeta, InputKind, ResponseKind};
use rustc_hash::FxHashMap;

use super::columns::{Column, check_renames, is_scored, optional, unused};
use super::error::{Complaint, DataError, listed, quoted};
use super::read::ColumnSpec;
use super::{DataOptions, Format, RawTable};
use crate::score::{Trial, TrialBlock, Trials};

/// The trials of all subjects, and what the reader remarked.
#[derive(Clone, Debug, Default)]
pub struct TrialData {
    /// The subjects, in the order of their first rows, with their trials.
    pub subjects: Vec<(String, Trials)>,
    /// Remarks that do not keep the table from being used.
    pub warnings: Vec<String>,
}

/// The columns of a table, found.
struct Columns {
    subject: usize,
    trial: usize,
    session: Option<usize>,
    block: Option<usize>,
    scored: Option<usize>,
    time_step: Option<usize>,
    inputs: Vec<Column>,
    /// One for each response; `None` where nothing is recorded.
    responses: Vec<Option<(Column, ResponseKind)>>,
}

const OWN: [&str; 6] = ["subject", "trial", "session", "block", "scored", "time_step"];

fn yes_or_no(labels: &aif_runtime::model::Labels) -> bool {
    labels.count == 2 && labels.label(0) == "false"
}

impl Columns {
    fn find(table: &RawTable, meta: &FilterMeta, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<Self> {
        let of_model = |name: &str| meta.inputs.iter().any(|c| c.name == name) || meta.responses.iter().any(|c| c.name == name);
        check_renames(options, |name| OWN.contains(&name) || of_model(name), complaints);
        if options.order.is_some() {
            let expected = "no --order: responses come before inputs or after them as the declaration has it";
            complaints.push(Complaint::new(0, "", "--order", expected));
        }
        // The field's other formats have other names for these two.
        let mut key = |name: &'static str, other: &'static str| {
            let wanted = options.column(name);
            let there = |n: &str| table.header.iter().any(|h| h == n);
            let found = table.column(if there(wanted) || wanted != name || !there(other) { wanted } else { other });
            found.map_err(|complaint| complaints.push(complaint)).ok()
        };
        let (subject, trial) = match options.format {
            Format::Long => (key("subject", "subject"), key("trial", "trial")),
            Format::Trials => (key("subject", "subjID"), key("trial", "trial")),
            Format::Bids => (key("subject", "subject"), key("trial", "step")),
        };
        // Yes and no are 1 and 0 whatever indices count from.
        let from_zero = DataOptions { index_base: 0, ..options.clone() };
        let mut column = |name, values: Option<aif_runtime::model::Labels>| {
            let options = if values.is_some_and(|l| yes_or_no(&l)) { &from_zero } else { options };
            Column::find(table, &ColumnSpec { name, values, matters: true }, options, complaints)
        };
        let inputs: Vec<Column> = meta
            .inputs
            .iter()
            .filter_map(|input| {
                column(
                    input.name,
                    match input.kind {
                        InputKind::Binary(labels) | InputKind::Category(labels) => Some(labels),
                        InputKind::Number => None,
                    },
                )
            })
            .collect();
        let responses = meta
            .responses
            .iter()
            .map(|response| {
                let values = match response.kind {
                    ResponseKind::Nothing => return None,
                    ResponseKind::Choice(labels) => Some(labels),
                    ResponseKind::Number | ResponseKind::Positive => None,
                };
                Some((column(response.name, values)?, response.kind))
            })
            .collect();
        let mut optional = |name: &str| optional(table, name, options, complaints);
        let (session, block) = (optional("session"), optional("block"));
        let (scored, time_step) = (optional("scored"), optional("time_step"));
        Some(Columns { subject: subject?, trial: trial?, session, block, scored, time_step, inputs, responses })
    }

    fn ignored<'t>(&self, table: &'t RawTable) -> Vec<&'t str> {
        let mut used = vec![self.subject, self.trial];
        used.extend([self.session, self.block, self.scored, self.time_step].into_iter().flatten());
        used.extend(self.inputs.iter().map(|c| c.at));
        used.extend(self.responses.iter().flatten().map(|(c, _)| c.at));
        unused(table, &used)
    }

    /// The trial that a row holds.
    fn trial(&mut self, cells: &[String], line: u64, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Trial {
        let mut keep = |read: Result<Option<f64>, Complaint>| {
            read.unwrap_or_else(|complaint| {
                complaints.push(complaint);
                None
            })
        };
        let inputs = self.inputs.iter_mut().map(|c| keep(c.read(&cells[c.at], line, options))).collect();
        let responses = self
            .responses
            .iter_mut()
            .map(|response| {
                let (column, kind) = response.as_mut()?;
                let read = column.read(&cells[column.at], line, options);
                let positive = matches!(kind, ResponseKind::Positive);
                keep(match read {
                    Ok(Some(x)) if positive && x <= 0.0 => {
                        Err(Complaint::new(line, quoted(&column.name), quoted(&cells[column.at]), "a number above 0"))
                    }
                    other => other,
                })
            })
            .collect();
        let time_step = self.time_step.map_or(1.0, |at| {
            let cell = cells[at].as_str();
            cell.parse::<f64>().ok().filter(|t| *t > 0.0 && t.is_finite()).unwrap_or_else(|| {
                complaints.push(Complaint::new(
                    line,
                    "`time_step`",
                    quoted(cell),
                    "a number above 0: the time since the trial before",
                ));
                1.0
            })
        });
        let scored = self.scored.is_none_or(|at| is_scored(&cells[at], line, complaints));
        Trial { inputs, time_step, responses, scored }
    }
}

/// Reads a table of trials: `subject`, `trial`, one column for each input and each response; where there are such columns, `session`,
/// `block` (before each of which the filter forgets), `time_step` and `scored`.
///
/// # Errors
/// Every complaint about the table: missing columns, unknown labels, gaps, duplicates.
pub fn read_trials(table: &RawTable, meta: &FilterMeta, options: &DataOptions) -> Result<TrialData, DataError> {
    let mut complaints = Vec::new();
    let columns = Columns::find(table, meta, options, &mut complaints);
    let Some(mut columns) = columns.filter(|_| complaints.is_empty()) else {
        return Err(DataError::content(&table.path, complaints));
    };
    let (mut data, mut found): (_, Vec<(String, Vec<TrialBlock>)>) = (TrialData::default(), Vec::new());
    let ignored = columns.ignored(table);
    if !ignored.is_empty() {
        data.warnings.push(format!("ignored the columns {}", listed(ignored)));
    }
    let mut subjects: FxHashMap<&str, usize> = FxHashMap::default();
    // The number of each subject's last trial.
    let mut numbers: Vec<i64> = Vec::new();
    for (line, cells) in &table.rows {
        let mut trial = columns.trial(cells, *line, options, &mut complaints);
        let mut key = |at: usize, name: &str| {
            let cell = cells[at].as_str();
            if cell.is_empty() {
                complaints.push(Complaint::new(*line, quoted(name), "nothing", format!("the name of a {name}")));
            }
            cell
        };
        let subject = key(columns.subject, "subject");
        let session = columns.session.map_or("", |at| key(at, "session"));
        let block = columns.block.map_or("", |at| key(at, "block"));
        let cell = cells[columns.trial].as_str();
        let Some(number) = cell.parse::<i64>().ok().filter(|s| s.unsigned_abs() < 1 << 53) else {
            complaints.push(Complaint::new(*line, "`trial`", quoted(cell), "a whole number"));
            continue;
        };
        let s = *subjects.entry(subject).or_insert_with(|| {
            found.push((subject.to_owned(), Vec::new()));
            numbers.push(0);
            found.len() - 1
        });
        let blocks = &mut found[s].1;
        let whose = if block.is_empty() { format!("subject {subject}") } else { format!("subject {subject}, block {block}") };
        match blocks.last_mut().filter(|last| last.name == block && last.session == session) {
            Some(last) => {
                let expected = numbers[s] + 1;
                if number != expected {
                    let found = format!("trial {number} after trial {} of {whose}", expected - 1);
                    complaints.push(Complaint::new(*line, "`trial`", found, format!("trial {expected}")));
                }
                numbers[s] = number;
                trial.scored &= last.trials.len() >= options.first_scored;
                last.trials.push(trial);
            }
            None => {
                if blocks.iter().any(|b| b.name == block && b.session == session) {
                    let found = format!("{whose}, which ended before another block began");
                    complaints.push(Complaint::new(
                        *line,
                        "`block`",
                        found,
                        "the rows of a block together, in the order of time",
                    ));
                }
                if blocks.last().is_some_and(|b| b.session != session) && blocks.iter().any(|b| b.session == session) {
                    let found = format!("session {session} of subject {subject}, which ended before another session began");
                    let expected = "the rows of a session together, in the order of time";
                    complaints.push(Complaint::new(*line, "`session`", found, expected));
                }
                numbers[s] = number;
                trial.scored &= options.first_scored == 0;
                let (name, session) = (block.to_owned(), session.to_owned());
                blocks.push(TrialBlock { name, session, first_trial: number, trials: vec![trial] });
            }
        }
    }
    if !complaints.is_empty() {
        return Err(DataError::content(&table.path, complaints));
    }
    data.subjects = found.into_iter().map(|(name, blocks)| (name, Trials::of_checked(meta, blocks))).collect();
    let responses = columns.responses.iter().flatten().map(|(column, _)| column);
    for column in columns.inputs.iter().chain(responses) {
        let labels = column.labels.as_ref().filter(|l| !yes_or_no(&l.labels));
        data.warnings.extend(labels.and_then(|l| l.warning(&column.name)));
    }
    Ok(data)
}

/// Reads several tables as one, subject by subject in the order of the tables.
///
/// # Errors
/// As [`read_trials`].
pub fn read_trials_all(tables: &[RawTable], meta: &FilterMeta, options: &DataOptions) -> Result<TrialData, DataError> {
    let mut all = TrialData::default();
    for table in tables {
        let data = read_trials(table, meta, options)?;
        for (name, trials) in data.subjects {
            let Some((_, known)) = all.subjects.iter_mut().find(|(known, _)| *known == name) else {
                all.subjects.push((name, trials));
                continue;
            };
            let mut blocks = known.blocks().to_vec();
            for block in trials.blocks() {
                if blocks.iter().any(|b| b.name == block.name && b.session == block.session) {
                    let found = format!("block {:?} of subject {name}, session {:?}, in two files", block.name, block.session);
                    return Err(DataError::content(&table.path, vec![Complaint::new(0, "", found, "each block in one")]));
                }
                blocks.push(block.clone());
            }
            *known = Trials::of_checked(meta, blocks);
        }
        for warning in data.warnings {
            if !all.warnings.contains(&warning) {
                all.warnings.push(warning);
            }
        }
    }
    Ok(all)
}
