//! The columns of a table: found by name, read cell by cell.

use super::error::{Complaint, quoted};
use super::labels::LabelReader;
use super::raw::{Row, column};
use super::schema::{Cells, ColumnSpec, Rows, Schema};
use super::{DataOptions, Format};
use crate::record::RecordedRow;

/// One column of labels or numbers, with its place in the table.
pub(super) struct Column {
    pub at: usize,
    pub name: String,
    cells: Cells,
    labels: Option<LabelReader>,
}

impl Column {
    fn find(header: &[String], spec: &ColumnSpec, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<Self> {
        if !spec.is_recorded() {
            return None;
        }
        let name = options.column(spec.name);
        match column(header, name) {
            Ok(at) => {
                let base = if matches!(spec.cells, Cells::YesOrNo(_)) { 0 } else { options.index_base };
                let labels = spec.cells.labels().map(|labels| LabelReader::new(labels, base));
                Some(Column { at, name: name.to_owned(), cells: spec.cells, labels })
            }
            Err(mut complaint) => {
                if name == spec.name {
                    complaint.expected += &format!(" (or --column {name}=NAME)");
                }
                complaints.push(complaint);
                None
            }
        }
    }

    /// The number in a cell: an index, or the number itself; `None` where it is missing.
    fn read(&mut self, cell: &str, line: u64, options: &DataOptions) -> Result<Option<f64>, Complaint> {
        let declared = self.labels.as_ref().is_some_and(|labels| labels.is_label(cell));
        if options.is_missing(cell) && (!declared || options.missing.as_deref() == Some(cell)) {
            return Ok(None);
        }
        let expected = match &mut self.labels {
            Some(labels) => match labels.read(cell) {
                Ok(index) => return Ok(Some(index as f64)),
                Err(expected) => expected,
            },
            None => match cell.parse::<f64>() {
                Ok(x) => match self.cells.refuses(x) {
                    None => return Ok(Some(x)),
                    Some(expected) => expected.into(),
                },
                Err(_) => "a number".into(),
            },
        };
        Err(Complaint::new(line, quoted(&self.name), quoted(cell), expected))
    }

    /// A warning where indices may be counted from elsewhere.
    fn warning(&self) -> Option<String> {
        let labels = self.labels.as_ref().filter(|_| !matches!(self.cells, Cells::YesOrNo(_)));
        labels.and_then(|labels| labels.warning(&self.name))
    }
}

/// The columns of a table, found.
pub(super) struct Columns {
    /// Whether inputs are always known.
    known_inputs: bool,
    pub subject: usize,
    /// What numbers the rows; `None` where they are numbered in their order.
    pub step: Option<usize>,
    session: Option<usize>,
    block: Option<usize>,
    /// The block of rows that name none.
    one_block: &'static str,
    scored: Option<usize>,
    time_step: Option<usize>,
    inputs: Vec<Option<Column>>,
    observations: Vec<Option<Column>>,
    pub responses: Vec<Option<Column>>,
}

impl Columns {
    pub fn find(header: &[String], schema: &Schema, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<Self> {
        let (noun, steps) = (schema.rows.noun(), schema.rows == Rows::Steps);
        let own: &[&str] = if steps { &[] } else { &["time_step"] };
        let known = |name: &str| {
            ["subject", "session", "block", noun, "scored"].contains(&name)
                || own.contains(&name)
                || schema.columns().any(|c| c.name == name)
        };
        check_renames(options, known, complaints);
        if !steps && options.order.is_some() {
            let expected = "no --order: responses come before inputs or after them as the declaration has it";
            complaints.push(Complaint::new(0, "", "--order", expected));
        }
        if steps && options.first_scored > 0 {
            let found = format!("--first-scored {}", options.first_scored);
            let expected = "a column `scored` with 0 or 1: only the trials of filters are counted";
            complaints.push(Complaint::new(0, "", found, expected));
        }
        let has = |name: &str| header.iter().any(|h| h == name);
        let mut key = |name: &str| {
            let found = column(header, options.column(name));
            found.map_err(|complaint| complaints.push(complaint)).ok()
        };
        let numbered = !schema.in_order || options.column(noun) != noun || has(noun);
        let (subject, step) = (key("subject"), if numbered { key(noun).map(Some) } else { Some(None) });
        let unnamed = options.format == Format::Trials && options.column("block") == "block";
        let required = if steps && (!unnamed || has("block")) { key("block") } else { None };
        let mut all = |specs: &[ColumnSpec]| -> Vec<Option<Column>> {
            specs.iter().map(|spec| Column::find(header, spec, options, complaints)).collect()
        };
        let (observations, responses, inputs) = (all(&schema.observations), all(&schema.responses), all(&schema.inputs));
        let mut optional = |name: &str| optional(header, name, options, complaints);
        let (scored, session) = (optional("scored"), optional("session"));
        let block = required.or_else(|| if steps { None } else { optional("block") });
        let time_step = if steps { None } else { optional("time_step") };
        let (known_inputs, one_block) = (schema.known_inputs, if steps { "1" } else { "" });
        let (subject, step) = (subject?, step?);
        Some(Columns {
            known_inputs,
            subject,
            step,
            session,
            block,
            one_block,
            scored,
            time_step,
            inputs,
            observations,
            responses,
        })
    }

    /// The names of a row's subject, session and block; complains of those that are empty.
    pub fn names<'t>(&self, row: &Row<'t>, complaints: &mut Vec<Complaint>) -> (&'t str, &'t str, &'t str) {
        let mut name = |at: Option<usize>, what: &str, otherwise: &'static str| {
            let Some(at) = at else { return otherwise };
            let cell = row.cell(at);
            if cell.is_empty() {
                complaints.push(Complaint::new(row.line, quoted(what), "nothing", format!("the name of a {what}")));
            }
            cell
        };
        (name(Some(self.subject), "subject", ""), name(self.session, "session", ""), name(self.block, "block", self.one_block))
    }

    fn each(&self) -> impl Iterator<Item = &Column> {
        [&self.observations, &self.responses, &self.inputs].into_iter().flatten().flatten()
    }

    /// The names of the columns that are not used.
    pub fn ignored<'t>(&self, header: &'t [String]) -> Vec<&'t str> {
        let mut used = vec![self.subject];
        used.extend([self.step, self.session, self.block, self.scored, self.time_step].into_iter().flatten());
        used.extend(self.each().map(|c| c.at));
        let unused = header.iter().enumerate().filter(|(i, _)| !used.contains(i));
        unused.map(|(_, name)| name.as_str()).collect()
    }

    /// Warnings where indices may be counted from elsewhere.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        self.each().filter_map(Column::warning)
    }

    /// What a row holds.
    pub fn row(&mut self, cells: &Row<'_>, options: &DataOptions, complaints: &mut Vec<Complaint>) -> RecordedRow {
        let (line, known) = (cells.line, self.known_inputs);
        let mut numbers = |columns: &mut [Option<Column>], required: bool| -> Vec<Option<f64>> {
            let number = |column: &mut Option<Column>| {
                let column = column.as_mut()?;
                match column.read(&cells[column.at], line, options) {
                    Ok(None) if required => {
                        let expected = "a value: inputs are always known";
                        complaints.push(Complaint::new(line, quoted(&column.name), "nothing", expected));
                        Some(0.0)
                    }
                    Ok(value) => value,
                    Err(complaint) => {
                        complaints.push(complaint);
                        None
                    }
                }
            };
            columns.iter_mut().map(number).collect()
        };
        let (observations, responses) = (numbers(&mut self.observations, false), numbers(&mut self.responses, false));
        let inputs = numbers(&mut self.inputs, known);
        let time_step = self.time_step.map_or(1.0, |at| {
            let cell = cells.cell(at);
            cell.parse::<f64>().ok().filter(|t| *t > 0.0 && t.is_finite()).unwrap_or_else(|| {
                let expected = "a number above 0: the time since the trial before";
                complaints.push(Complaint::new(line, "`time_step`", quoted(cell), expected));
                1.0
            })
        });
        let scored = self.scored.is_none_or(|at| {
            if !["0", "1"].contains(&cells.cell(at)) {
                complaints.push(Complaint::new(line, "`scored`", quoted(&cells[at]), "0 or 1"));
            }
            cells.cell(at) != "0"
        });
        RecordedRow { inputs, observations, responses, time_step, scored, told: None }
    }
}

/// Complains of columns that are renamed twice, or that nobody asks for.
fn check_renames(options: &DataOptions, known: impl Fn(&str) -> bool, complaints: &mut Vec<Complaint>) {
    for (i, (of_model, of_table)) in options.columns.iter().enumerate() {
        let found = format!("--column {of_model}={of_table}");
        if options.columns[..i].iter().any(|(earlier, _)| earlier == of_model) {
            complaints.push(Complaint::new(0, "", found.clone(), format!("one name for {}", quoted(of_model))));
        }
        if !known(of_model) && !options.others.contains(of_model) {
            complaints.push(Complaint::new(0, "", found, format!("a column of the model, not {}", quoted(of_model))));
        }
    }
}

/// A column that may be absent, but not twice there, and not absent under a name that was given for it.
fn optional(header: &[String], name: &str, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<usize> {
    let found = options.column(name);
    let asked = found != name || header.iter().any(|h| h == found);
    asked.then(|| column(header, found).map_err(|complaint| complaints.push(complaint)).ok()).flatten()
}
