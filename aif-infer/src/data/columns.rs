//! The columns of a table: found by name, read row by row.

use super::column::{Column, Said, Value};
use super::error::{Complaint, Complaints, listed, quoted};
use super::options::is_na;
use super::players::GAME;
use super::raw::{Row, column};
use super::schema::{ColumnSpec, Rows, Schema};
use super::source::Source;
use super::weights::{self, Weights};
use super::{DataOptions, Format};
use crate::record::RecordedRow;

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
    weights: Vec<Weights>,
    pub responses: Vec<Option<Column>>,
    /// Columns that were found in another case.
    cased: Vec<(String, String)>,
}

impl Columns {
    pub fn find(header: &[String], schema: &Schema, options: &DataOptions, complaints: &mut Complaints) -> Option<Self> {
        let (noun, steps) = (schema.rows.noun(), schema.rows == Rows::Steps);
        let own: &[&str] = if steps { &[] } else { &["time_step"] };
        let of_model = |name: &str| schema.columns().any(|c| c.name == name);
        let known = |name: &str| {
            ["subject", "session", "block", noun, "scored"].contains(&name)
                || own.contains(&name)
                || of_model(name)
                || (schema.players && name == GAME)
                || schema.observations.iter().flat_map(weights::names).any(|weight| weight == name)
        };
        check_names(options, known, of_model, complaints);
        if !steps && options.order.is_some() {
            let expected = "no --order: responses come before inputs or after them as the declaration has it";
            complaints.push(Complaint::new(0, "", "--order", expected));
        }
        if steps && options.first_scored > 0 {
            let found = format!("--first-scored {}", options.first_scored);
            let expected = "a column `scored` with 0 or 1: only the trials of filters are counted";
            complaints.push(Complaint::new(0, "", found, expected));
        }
        let mut cased = Vec::new();
        let mut key = |name: &str, complaints: &mut Complaints| {
            let wanted = options.column(name);
            match column(header, wanted) {
                Ok(at) => {
                    if header[at] != wanted {
                        cased.push((header[at].clone(), wanted.to_owned()));
                    }
                    Some(at)
                }
                Err(complaint) => {
                    complaints.push(complaint);
                    None
                }
            }
        };
        // A column that may be absent, but not twice there, and not absent under a name that was given for it.
        let there = |name: &str| {
            let wanted = options.column(name).to_lowercase();
            wanted != name || header.iter().any(|h| h.to_lowercase() == wanted)
        };
        let numbered = !schema.in_order || there(noun);
        let subject = key("subject", complaints);
        let step = if numbered { key(noun, complaints).map(Some) } else { Some(None) };
        let has_block = there("block") || (steps && options.format != Format::Trials);
        let block = if has_block { key("block", complaints) } else { None };
        let mut optional = |name: &str| if there(name) { key(name, complaints) } else { None };
        let (scored, session) = (optional("scored"), optional("session"));
        let time_step = if steps { None } else { optional("time_step") };
        let specs = schema.observations.iter().enumerate();
        let weights: Vec<Weights> = specs.filter_map(|spec| Weights::find(header, spec, options, complaints)).collect();
        if let Some(own) = weights.first().filter(|_| schema.players) {
            let found = format!("columns of weights of {}", quoted(schema.observations[own.modality].name));
            complaints.push(Complaint::new(1, "", found, "a column of outcomes: players take no soft evidence"));
        }
        let mut all = |specs: &[ColumnSpec]| -> Vec<Option<Column>> {
            let one = |spec: &ColumnSpec| {
                // What is weighed need not be named, too.
                let unnamed = weights.iter().any(|w| w.is_of(spec)) && options.column(spec.name) == spec.name;
                if unnamed && Source::find(header, spec.name).is_err() {
                    return None;
                }
                let found = spec.is_recorded().then(|| Column::find(header, spec, options))?;
                found.map_err(|own| complaints.extend(own)).ok()
            };
            specs.iter().map(one).collect()
        };
        let (observations, responses, inputs) = (all(&schema.observations), all(&schema.responses), all(&schema.inputs));
        let (known_inputs, one_block) = (schema.known_inputs, if steps { "1" } else { "" });
        let (subject, step) = (subject?, step?);
        let mut columns = Columns {
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
            weights,
            responses,
            cased,
        };
        let mut more: Vec<(String, String)> = Vec::new();
        for own in columns.each() {
            let mut places = own.source.places();
            if let (Some(at), None) = (places.next(), places.next())
                && header[at] != own.name
            {
                more.push((header[at].clone(), own.name.clone()));
            }
        }
        columns.cased.extend(more);
        Some(columns)
    }

    /// The names of a row's subject, session and block; complains of those that are no names.
    pub fn names<'t>(&self, row: &Row<'t>, options: &DataOptions, complaints: &mut Complaints) -> (&'t str, &'t str, &'t str) {
        let mut name = |at: Option<usize>, what: &'static str, otherwise: &'static str| {
            let Some(at) = at else { return otherwise };
            let cell = row.cell(at);
            if cell.is_empty() {
                let complaint = || Complaint::new(row.line, quoted(what), "nothing", format!("the name of a {what}"));
                complaints.again("nameless", at, complaint);
            } else if !options.names_may_be_missing && is_na(cell) {
                complaints.again("missing name", at, || {
                    let expected = format!(
                        "the name of a {what}: programs write {} where there is none (if it is a name: --subject-na keep)",
                        quoted(cell)
                    );
                    Complaint::new(row.line, quoted(what), quoted(cell), expected)
                });
            }
            cell
        };
        (name(Some(self.subject), "subject", ""), name(self.session, "session", ""), name(self.block, "block", self.one_block))
    }

    fn each(&self) -> impl Iterator<Item = &Column> {
        [&self.observations, &self.responses, &self.inputs].into_iter().flatten().flatten()
    }

    /// What is to be said of how columns were found: those that are not used, and those that have another name.
    pub fn remarks(&self, header: &[String]) -> Vec<String> {
        let mut used = vec![false; header.len()];
        let keys = [Some(self.subject), self.step, self.session, self.block, self.scored, self.time_step];
        let weights = self.weights.iter().flat_map(Weights::places);
        keys.into_iter()
            .flatten()
            .chain(self.each().flat_map(|c| c.source.places()))
            .chain(weights)
            .for_each(|at| used[at] = true);
        let unused = || header.iter().zip(&used).filter(|(name, used)| !**used && !name.is_empty()).map(|(name, _)| name);
        let mut remarks = Vec::new();
        if unused().next().is_some() {
            remarks.push(format!("ignored the columns {}", listed(unused())));
        }
        if !self.cased.is_empty() {
            let each: Vec<String> =
                self.cased.iter().map(|(of_table, own)| format!("{} for {}", quoted(of_table), quoted(own))).collect();
            remarks.push(format!("column names are read in any case: {}", each.join(", ")));
        }
        remarks.extend(self.each().filter_map(|column| column.remark(header)));
        remarks
    }

    /// Warnings where indices may be counted from elsewhere.
    pub fn warnings(&self, options: &DataOptions) -> Vec<String> {
        self.each().filter_map(|column| column.warning(options)).collect()
    }

    /// What cells could not be.
    pub fn complaints(&self, options: &DataOptions) -> Vec<Complaint> {
        self.each().filter_map(|column| column.complaint(options)).collect()
    }

    /// The values of each column.
    pub fn values(&self) -> Vec<(String, Vec<Value>)> {
        let weights = self.weights.iter().flat_map(Weights::values);
        self.each().map(|column| (column.name.clone(), column.values())).chain(weights).collect()
    }

    /// What a row holds.
    pub fn row(&mut self, cells: &Row<'_>, options: &DataOptions, complaints: &mut Complaints) -> RecordedRow {
        let (line, known) = (cells.line, self.known_inputs);
        let mut numbers = |columns: &mut [Option<Column>], required: bool| -> Vec<Option<f64>> {
            let number = |column: &mut Option<Column>| {
                let column = column.as_mut()?;
                match column.read(cells, options) {
                    Said::Missing if required => {
                        complaints.again("input", column.source.places().next().unwrap_or(0), || {
                            Complaint::new(line, quoted(&column.name), "nothing", "a value: inputs are always known")
                        });
                        Some(0.0)
                    }
                    Said::Number(value) => Some(value),
                    Said::Missing | Said::Wrong => None,
                }
            };
            columns.iter_mut().map(number).collect()
        };
        let (observations, responses) = (numbers(&mut self.observations, false), numbers(&mut self.responses, false));
        let inputs = numbers(&mut self.inputs, known);
        let mut readings = Vec::new();
        for weights in &mut self.weights {
            let seen = observations.get(weights.modality).is_some_and(Option::is_some);
            readings.extend(weights.read(cells, seen, options, complaints));
        }
        let time_step = self.time_step.map_or(1.0, |at| {
            let cell = cells.cell(at);
            options.number(cell).filter(|t| *t > 0.0).unwrap_or_else(|| {
                let expected = "a number above 0: the time since the trial before";
                complaints.again("time step", at, || Complaint::new(line, "`time_step`", quoted(cell), expected));
                1.0
            })
        });
        let scored = self.scored.is_none_or(|at| {
            let cell = cells.cell(at);
            let word = |word: &str| cell.eq_ignore_ascii_case(word).then_some(word == "true");
            let said = options
                .whole(cell)
                .filter(|n| (0..=1).contains(n))
                .map(|n| n == 1)
                .or_else(|| word("true"))
                .or_else(|| word("false"));
            said.unwrap_or_else(|| {
                complaints.again("scored", at, || Complaint::new(line, "`scored`", quoted(cell), "0 or 1"));
                true
            })
        });
        RecordedRow { inputs, observations, readings, responses, time_step, scored, told: None }
    }
}

/// Complains of columns that are renamed twice, or that nobody asks for; and of values and bases of such.
fn check_names(
    options: &DataOptions,
    known: impl Fn(&str) -> bool,
    of_model: impl Fn(&str) -> bool,
    complaints: &mut Complaints,
) {
    for (i, (own, of_table)) in options.columns.iter().enumerate() {
        let found = format!("--column {own}={of_table}");
        if options.columns[..i].iter().any(|(earlier, _)| earlier == own) {
            complaints.push(Complaint::new(0, "", found.clone(), format!("one name for {}", quoted(own))));
        }
        if !known(own) && !options.others.contains(own) {
            complaints.push(Complaint::new(0, "", found, format!("a column of the model, not {}", quoted(own))));
        }
    }
    let renamed = |name: &str| options.columns.iter().find(|(_, of_table)| of_table == name).map(|(own, _)| own.as_str());
    let named = |name: &str| renamed(name).unwrap_or(name).to_owned();
    let values = options.values.iter().map(|(name, _)| ("--values", name));
    let bases = options.index_bases.iter().map(|(name, _)| ("--index-base", name));
    let mut earlier: Vec<(&str, String)> = Vec::new();
    for (option, name) in values.chain(bases) {
        let own = named(name);
        let found = format!("{option} {name}=..");
        if !of_model(&own) && !options.others.contains(&own) {
            complaints.push(Complaint::new(0, "", found, format!("a column of the model, not {}", quoted(name))));
        } else if earlier.contains(&(option, own.clone())) {
            complaints.push(Complaint::new(0, "", found, format!("{option} once for {}", quoted(name))));
        }
        earlier.push((option, own));
    }
}
