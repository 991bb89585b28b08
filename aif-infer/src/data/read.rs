//! The long table of a study: one row per step, checked and sorted into subjects and blocks.

use aif_runtime::Meta;
use aif_runtime::model::Labels;
use rustc_hash::FxHashMap;

use super::columns::{Column, check_renames, is_scored, optional, unused};
use super::error::{Complaint, DataError, listed, quoted};
use super::formats::long;
use super::missing::settle_missing_actions;
use super::{DataOptions, RawTable};
use crate::score::{RecordedBlock, RecordedRow};

/// A column that a behaviour needs: its name and, unless it holds numbers, its values.
#[derive(Clone)]
pub struct ColumnSpec {
    /// The name.
    pub name: &'static str,
    /// The values; `None` for numbers.
    pub values: Option<Labels>,
    /// Whether what comes later depends on it: an action that moves a hidden state.
    pub matters: bool,
}

/// The columns that a behaviour needs beside `subject`, `block` and `step`.
#[derive(Clone, Default)]
pub struct Schema {
    /// What is observed; cells may be missing.
    pub observations: Vec<ColumnSpec>,
    /// What is chosen; cells may be missing at the end of a block.
    pub actions: Vec<ColumnSpec>,
    /// What is set from outside; no cell may be missing.
    pub inputs: Vec<ColumnSpec>,
}

impl Schema {
    /// The columns of a generative model: its modalities, actions and inputs.
    pub fn of(meta: &Meta) -> Self {
        Schema {
            observations: meta
                .modalities
                .iter()
                .map(|m| ColumnSpec { name: m.name, values: Some(m.outcomes), matters: true })
                .collect(),
            actions: (0..meta.actions.len())
                .map(|a| {
                    let matters = meta.factors.iter().any(|f| f.actions.contains(&a));
                    ColumnSpec { name: meta.actions[a].name, values: Some(meta.actions[a].values), matters }
                })
                .collect(),
            inputs: meta.inputs.iter().map(|i| ColumnSpec { name: i.name, values: i.values, matters: true }).collect(),
        }
    }
}

/// One subject's blocks, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectData {
    /// The subject's name in the table.
    pub name: String,
    /// The blocks.
    pub blocks: Vec<RecordedBlock>,
}

/// A whole table, and what the reader remarked.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// The subjects, in the order of their first rows.
    pub subjects: Vec<SubjectData>,
    /// Remarks that do not keep the table from being used.
    pub warnings: Vec<String>,
}

/// The columns of a table, found.
pub(super) struct Columns {
    pub subject: usize,
    pub block: usize,
    step: usize,
    pub session: Option<usize>,
    scored: Option<usize>,
    observations: Vec<Column>,
    pub actions: Vec<Column>,
    inputs: Vec<Column>,
}

impl Columns {
    fn find(table: &RawTable, schema: &Schema, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<Self> {
        let of_schema =
            |name: &str| [&schema.observations, &schema.actions, &schema.inputs].into_iter().flatten().any(|s| s.name == name);
        let known = |name: &str| ["subject", "session", "block", "step", "scored"].contains(&name) || of_schema(name);
        check_renames(options, known, complaints);
        let mut key = |name: &str| {
            let found = table.column(options.column(name));
            found.map_err(|complaint| complaints.push(complaint)).ok()
        };
        let (subject, block, step) = (key("subject"), key("block"), key("step"));
        let mut all = |specs: &[ColumnSpec]| -> Vec<Column> {
            specs.iter().filter_map(|spec| Column::find(table, spec, options, complaints)).collect()
        };
        let (observations, actions, inputs) = (all(&schema.observations), all(&schema.actions), all(&schema.inputs));
        let mut optional = |name: &str| optional(table, name, options, complaints);
        let (scored, session) = (optional("scored"), optional("session"));
        Some(Columns { subject: subject?, block: block?, step: step?, session, scored, observations, actions, inputs })
    }

    fn ignored<'t>(&self, table: &'t RawTable) -> Vec<&'t str> {
        let mut used = vec![self.subject, self.block, self.step];
        used.extend(self.scored);
        used.extend(self.session);
        used.extend([&self.observations, &self.actions, &self.inputs].into_iter().flatten().map(|c| c.at));
        unused(table, &used)
    }
}

/// A block while it is read: where its last row stood.
struct OpenBlock {
    last_step: i64,
    last_line: u64,
}

/// Reads a table as the long table of a study.
///
/// # Errors
/// Every complaint about the table: missing columns, unknown labels, gaps, duplicates, missing actions.
pub fn read(table: &RawTable, schema: &Schema, options: &DataOptions) -> Result<Dataset, DataError> {
    let table = &long(table, schema, options);
    let mut complaints = Vec::new();
    let columns = Columns::find(table, schema, options, &mut complaints);
    let Some(mut columns) = columns.filter(|_| complaints.is_empty()) else {
        return Err(DataError::content(&table.path, complaints));
    };
    let mut data = Dataset::default();
    let ignored = columns.ignored(table);
    if !ignored.is_empty() {
        data.warnings.push(format!("ignored the columns {}", listed(ignored)));
    }

    let mut subjects: FxHashMap<&str, usize> = FxHashMap::default();
    let mut blocks: FxHashMap<(usize, &str, &str), OpenBlock> = FxHashMap::default();
    for (line, cells) in &table.rows {
        let row = read_row(&mut columns, cells, *line, options, &mut complaints);
        let key = |at: usize, name: &str, complaints: &mut Vec<Complaint>| {
            let cell = cells[at].as_str();
            if cell.is_empty() {
                complaints.push(Complaint::new(*line, quoted(name), "nothing", format!("the name of a {name}")));
            }
            cell
        };
        let subject = key(columns.subject, "subject", &mut complaints);
        let block = key(columns.block, "block", &mut complaints);
        let session = columns.session.map_or("", |at| key(at, "session", &mut complaints));
        let step_cell = cells[columns.step].as_str();
        let Some(step) = step_cell.parse::<i64>().ok().filter(|s| s.unsigned_abs() < 1 << 53) else {
            complaints.push(Complaint::new(*line, "`step`", quoted(step_cell), "a whole number"));
            continue;
        };
        let s = *subjects.entry(subject).or_insert_with(|| {
            data.subjects.push(SubjectData { name: subject.to_owned(), blocks: Vec::new() });
            data.subjects.len() - 1
        });
        let in_block = &mut data.subjects[s].blocks;
        let is_last = in_block.last().is_some_and(|b| b.name == block && b.session == session);
        match blocks.get_mut(&(s, session, block)) {
            None => {
                if in_block.last().is_some_and(|b| b.session != session) && in_block.iter().any(|b| b.session == session) {
                    let found = format!("session {session} of subject {subject}, which ended before another session began");
                    complaints.push(Complaint::new(
                        *line,
                        "`session`",
                        found,
                        "the rows of a session together, in the order of time",
                    ));
                }
                let (name, session_name) = (block.to_owned(), session.to_owned());
                in_block.push(RecordedBlock { name, session: session_name, first_step: step, rows: vec![row] });
                blocks.insert((s, session, block), OpenBlock { last_step: step, last_line: *line });
            }
            Some(open) if step <= open.last_step => {
                let found = format!(
                    "step {step} of subject {subject}, block {block}, again or out of order (line {} has step {})",
                    open.last_line, open.last_step
                );
                complaints.push(Complaint::new(*line, "`step`", found, format!("step {}", open.last_step + 1)));
            }
            Some(open) if step > open.last_step + 1 => {
                let found = format!("step {step} after step {} of subject {subject}, block {block}", open.last_step);
                complaints.push(Complaint::new(*line, "`step`", found, format!("step {}", open.last_step + 1)));
                (open.last_step, open.last_line) = (step, *line);
            }
            Some(_) if !is_last => {
                let found = format!("block {block} of subject {subject}, which ended before another block began");
                complaints.push(Complaint::new(*line, "`block`", found, "the rows of a block together, in the order of time"));
            }
            Some(open) => {
                (open.last_step, open.last_line) = (step, *line);
                if let Some(block) = in_block.last_mut() {
                    block.rows.push(row);
                }
            }
        }
    }
    if complaints.is_empty() {
        settle_missing_actions(table, &columns, schema, options, &mut data, &mut complaints);
    }
    if !complaints.is_empty() {
        return Err(DataError::content(&table.path, complaints));
    }
    for column in [&columns.observations, &columns.actions, &columns.inputs].into_iter().flatten() {
        data.warnings.extend(column.labels.as_ref().and_then(|l| l.warning(&column.name)));
    }
    Ok(data)
}

/// Reads several tables as one, subject by subject in the order of the tables.
///
/// # Errors
/// As [`read`].
pub fn read_all(tables: &[RawTable], schema: &Schema, options: &DataOptions) -> Result<Dataset, DataError> {
    let mut all = Dataset::default();
    for table in tables {
        let data = read(table, schema, options)?;
        for subject in data.subjects {
            let Some(known) = all.subjects.iter_mut().find(|s| s.name == subject.name) else {
                all.subjects.push(subject);
                continue;
            };
            for block in subject.blocks {
                if known.blocks.iter().any(|b| b.name == block.name && b.session == block.session) {
                    let found =
                        format!("block {} of subject {}, session {:?}, in two files", block.name, subject.name, block.session);
                    return Err(DataError::content(&table.path, vec![Complaint::new(0, "", found, "each block in one")]));
                }
                known.blocks.push(block);
            }
        }
        for warning in data.warnings {
            if !all.warnings.contains(&warning) {
                all.warnings.push(warning);
            }
        }
    }
    Ok(all)
}

fn read_row(
    columns: &mut Columns,
    cells: &[String],
    line: u64,
    options: &DataOptions,
    complaints: &mut Vec<Complaint>,
) -> RecordedRow {
    let mut number = |column: &mut Column, required: bool| {
        let read = column.read(&cells[column.at], line, options);
        match read {
            Ok(None) if required => {
                complaints.push(Complaint::new(line, quoted(&column.name), "nothing", "a value: inputs are always known"));
                None
            }
            Ok(value) => value,
            Err(complaint) => {
                complaints.push(complaint);
                None
            }
        }
    };
    let index = |x: f64| x as usize;
    let observation = columns.observations.iter_mut().map(|c| number(c, false).map(index)).collect();
    let action = columns.actions.iter_mut().map(|c| number(c, false).map(index)).collect();
    let inputs = columns.inputs.iter_mut().map(|c| number(c, true).unwrap_or(0.0)).collect();
    let scored = columns.scored.is_none_or(|at| is_scored(&cells[at], line, complaints));
    RecordedRow { observation, action, inputs, scored }
}
