//! What a behaviour needs of a table, and what is read of it.

use std::borrow::Cow;

use aif_runtime::Meta;
use aif_runtime::hgf::{FilterMeta, InputKind};
use aif_runtime::learner::{LearnerColumn, LearnerMeta, Needed};
use aif_runtime::measure::ResponseKind;
use aif_runtime::model::Labels;
use aif_runtime::nested::Tree;

use crate::record::{LevelColumns, RecordedBlock, RecordedRow, level_columns};

/// What the cells of a column hold.
#[derive(Clone, Copy)]
pub enum Cells {
    /// Values of a domain: labels, or indices.
    Labels(Labels),
    /// Yes or no: 1 and 0, whatever indices count from.
    YesOrNo(Labels),
    /// Numbers.
    Number,
    /// Numbers above 0.
    Positive,
    /// Numbers between 0 and 1, and neither.
    Share,
    /// Whole numbers from 0.
    Count,
    /// Nothing: there is no such column.
    Nothing,
}

impl Cells {
    /// The values, where cells name some.
    pub fn labels(&self) -> Option<Labels> {
        match self {
            Cells::Labels(labels) | Cells::YesOrNo(labels) => Some(*labels),
            _ => None,
        }
    }

    /// The cells of a column of a response: the first one, or the second.
    fn of_response(kind: ResponseKind, column: usize) -> Self {
        match kind {
            ResponseKind::Choice(labels) => Cells::of(labels),
            ResponseKind::Timed(labels) if column == 0 => Cells::of(labels),
            ResponseKind::Number => Cells::Number,
            ResponseKind::Positive | ResponseKind::Timed(_) => Cells::Positive,
            ResponseKind::Share => Cells::Share,
            ResponseKind::Count => Cells::Count,
            ResponseKind::Nothing => Cells::Nothing,
        }
    }

    /// What is expected of a number, where it is not that.
    pub(super) fn refuses(&self, x: f64) -> Option<&'static str> {
        let (is, expected) = match self {
            _ if !x.is_finite() => (false, "a number"),
            Cells::Positive => (x > 0.0, "a number above 0"),
            Cells::Share => (x > 0.0 && x < 1.0, "a number between 0 and 1, and neither"),
            Cells::Count => (x >= 0.0 && x.fract() == 0.0, "a whole number from 0"),
            _ => (true, ""),
        };
        (!is).then_some(expected)
    }

    pub(super) fn of(labels: Labels) -> Self {
        if labels.count == 2 && labels.label(0) == "false" { Cells::YesOrNo(labels) } else { Cells::Labels(labels) }
    }

    /// A number as it stands in a table.
    pub fn text(&self, number: Option<f64>) -> Cow<'static, str> {
        match (number, self) {
            (None, _) => "".into(),
            (Some(x), Cells::Labels(labels)) => labels.label(x as usize),
            (Some(x), _) => x.to_string().into(),
        }
    }
}

/// A column that a behaviour needs.
#[derive(Clone)]
pub struct ColumnSpec {
    /// The name.
    pub name: &'static str,
    /// What its cells hold.
    pub cells: Cells,
    /// Whether what comes later depends on it: an action that moves a hidden state.
    pub matters: bool,
}

impl ColumnSpec {
    /// Whether there is such a column at all.
    pub fn is_recorded(&self) -> bool {
        !matches!(self.cells, Cells::Nothing)
    }
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Rows {
    /// Steps of blocks, at each of which an agent observes, then acts.
    #[default]
    Steps,
    /// Trials, at each of which something is put into a filter, then answered; blocks, time steps and the first trial that counts are optional.
    Trials,
}

impl Rows {
    /// What a row is called, and the column that numbers it.
    pub fn noun(self) -> &'static str {
        match self {
            Rows::Steps => "step",
            Rows::Trials => "trial",
        }
    }
}

/// The columns that a behaviour needs beside `subject`, `block` and `step` or `trial`.
#[derive(Clone, Default)]
pub struct Schema {
    /// What the rows are.
    pub rows: Rows,
    /// Whether inputs are always known: their cells may not be missing.
    pub known_inputs: bool,
    /// Whether rows without a column that numbers them are numbered in their order.
    pub in_order: bool,
    /// Whether rows are ticks of several clocks, at which not every action is due.
    pub clocks: bool,
    /// Whether rows are moves of a player, which a table may have side by side with those of others.
    pub players: bool,
    /// What is set from outside.
    pub inputs: Vec<ColumnSpec>,
    /// What is observed; cells may be missing.
    pub observations: Vec<ColumnSpec>,
    /// What is chosen or answered; cells may be missing.
    pub responses: Vec<ColumnSpec>,
    /// How many of the first of these columns are actions of an agent.
    pub actions: usize,
    /// Which of these columns make one response together; where none are named, each is one.
    pub together: Vec<Together>,
}

/// Columns that make one response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// Their places among the columns of responses, and those of what it depends on.
    pub columns: Vec<usize>,
    /// The observations that it depends on, by their places.
    pub seen: Vec<usize>,
    /// Whether it is one where some of them are missing.
    pub in_part: bool,
}

impl Schema {
    /// The number of columns beside those that say whose row it is.
    pub fn width(&self) -> usize {
        self.inputs.len() + self.observations.len() + self.responses.len()
    }

    /// The columns of a generative model: its modalities, actions, responses and inputs.
    pub fn of(meta: &Meta) -> Self {
        let column = |name, values: Option<Labels>, matters| {
            let cells = values.map_or(Cells::Number, Cells::Labels);
            ColumnSpec { name, cells, matters }
        };
        let actions = meta.actions.iter().enumerate().map(|(a, action)| {
            let matters = meta.factors.iter().any(|f| f.actions.contains(&a));
            column(action.name, Some(action.values), matters)
        });
        let others = meta.response_columns().map(|(name, response, place)| {
            let cells = Cells::of_response(meta.responses[response].kind, place);
            ColumnSpec { name, cells, matters: false }
        });
        let count = meta.actions.len();
        let mut together = Vec::new();
        if meta.response_of_action().is_none() {
            together.push(Together { columns: (0..count).collect(), seen: Vec::new(), in_part: true });
        }
        together.extend((0..meta.responses.len()).map(|r| {
            let action = meta.responses[r].action.then_some(0);
            let first = count + meta.response_place(r);
            let own = first..first + meta.responses[r].columns();
            let needs = meta.responses[r].needs.iter().copied();
            Together { columns: action.into_iter().chain(own).chain(needs).collect(), seen: Vec::new(), in_part: false }
        }));
        Schema {
            rows: Rows::Steps,
            actions: count,
            together,
            known_inputs: true,
            in_order: false,
            clocks: false,
            players: false,
            inputs: meta.inputs.iter().map(|i| column(i.name, i.values, true)).collect(),
            observations: meta
                .modalities
                .iter()
                .map(|m| match m.measured {
                    Some(of) => ColumnSpec { name: m.name, cells: Cells::of_response(of.kind, 0), matters: true },
                    None => column(m.name, Some(m.outcomes), true),
                })
                .collect(),
            responses: actions.chain(others).collect(),
        }
    }

    /// The columns of a model with levels, the lowest levels first: what each model sees, does and answers, what is set of it, and the number of the step of
    /// each with levels.
    pub fn of_levels(tree: &Tree) -> Self {
        let mut schema = Schema { known_inputs: true, clocks: true, ..Schema::default() };
        for LevelColumns { tree: model, acts, inputs, step, .. } in level_columns(tree) {
            let own = Schema::of(model.meta);
            schema.observations.extend(model.seen().map(|m| own.observations[m].clone()));
            // Which are due is known when the steps of all models are.
            schema.responses.extend(own.responses.into_iter().map(|column| ColumnSpec { matters: false, ..column }));
            let together = own.together.into_iter().filter(|own| !own.columns.is_empty());
            schema.together.extend(together.map(|mut own| {
                own.columns.iter_mut().for_each(|column| *column += acts);
                own
            }));
            let new = own.inputs.into_iter().zip(&inputs).filter(|(_, place)| **place >= schema.inputs.len());
            let new: Vec<ColumnSpec> = new.map(|(column, _)| column).collect();
            schema.inputs.extend(new);
            if step.is_some() {
                schema.inputs.push(ColumnSpec { name: model.step, cells: Cells::Count, matters: true });
            }
        }
        schema
    }

    /// The columns of a player: its modalities, and its own action, which is missing where it has no turn.
    pub fn of_player(meta: &Meta) -> Self {
        let column = |name, values| ColumnSpec { name, cells: Cells::Labels(values), matters: false };
        Schema {
            players: true,
            observations: meta.modalities.iter().map(|m| column(m.name, m.outcomes)).collect(),
            responses: meta.actions.iter().take(1).map(|action| column(action.name, action.values)).collect(),
            ..Schema::default()
        }
    }

    /// The columns of a filter: its inputs and responses.
    pub fn of_filter(meta: &FilterMeta) -> Self {
        let column = |name, cells| ColumnSpec { name, cells, matters: true };
        let inputs = meta.inputs.iter().map(|input| match input.kind {
            InputKind::Binary(labels) | InputKind::Category(labels) => column(input.name, Cells::of(labels)),
            InputKind::Number => column(input.name, Cells::Number),
        });
        let responses = meta.responses.iter().map(|response| column(response.name, Cells::of_response(response.kind, 0)));
        Schema { rows: Rows::Trials, inputs: inputs.collect(), responses: responses.collect(), ..Schema::default() }
    }

    /// The columns of a learner: its inputs, observations and responses.
    pub fn of_learner(meta: &LearnerMeta) -> Self {
        let column = |own: &LearnerColumn| {
            let cells = own.values.map_or(Cells::Number, Cells::of);
            ColumnSpec { name: own.name, cells, matters: true }
        };
        let responses = meta.response_columns().map(|(name, response, place)| {
            let own = meta.responses[response];
            ColumnSpec { name, cells: Cells::of_response(own.kind, place), matters: own.action }
        });
        let together = (0..meta.responses.len()).map(|r| {
            let first = meta.place(r);
            let own = first..first + meta.responses[r].kind.columns();
            let mut own = Together { columns: own.collect(), seen: Vec::new(), in_part: false };
            for need in meta.responses[r].needs {
                match *need {
                    Needed::Input(_) => {}
                    Needed::Observation(o) => own.seen.push(o),
                    Needed::Response(other) => own.columns.push(meta.place(other)),
                }
            }
            own
        });
        Schema {
            rows: Rows::Trials,
            actions: 0,
            together: together.collect(),
            known_inputs: true,
            in_order: true,
            clocks: false,
            players: false,
            inputs: meta.inputs.iter().map(column).collect(),
            observations: meta.observations.iter().map(column).collect(),
            responses: responses.collect(),
        }
    }

    /// Whether a column of responses is that of an action.
    pub(crate) fn is_action(&self, column: usize) -> bool {
        column < self.actions || self.responses[column].matters
    }

    /// Whether each response of a row is there.
    pub(crate) fn answered(&self, row: &RecordedRow) -> Vec<bool> {
        let is = |column: usize| row.responses.get(column).is_some_and(Option::is_some);
        if self.together.is_empty() {
            // What is scored by what was seen counts where something was.
            let seen = row.inputs.iter().any(Option::is_some);
            let each = self.responses.iter().enumerate();
            return each.map(|(c, spec)| is(c) || (!spec.is_recorded() && seen)).collect();
        }
        let whole = |own: &Together| {
            let seen = own.seen.iter().all(|&o| row.observations.get(o).is_some_and(Option::is_some));
            seen && if own.in_part { own.columns.iter().any(|&c| is(c)) } else { own.columns.iter().all(|&c| is(c)) }
        };
        self.together.iter().map(whole).collect()
    }

    /// All columns that a table has.
    pub fn columns(&self) -> impl Iterator<Item = &ColumnSpec> {
        [&self.observations, &self.responses, &self.inputs].into_iter().flatten()
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
