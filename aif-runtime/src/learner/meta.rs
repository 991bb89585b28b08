//! What a declared learner says of itself: its columns, its states, and the order of a trial.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::measure::ResponseKind;
use crate::model::Labels;

/// A column of numbers, or of values of a domain: an input or an observation.
#[derive(Clone, Copy, Debug)]
pub struct LearnerColumn {
    /// Its name.
    pub name: &'static str,
    /// Its values; `None` of numbers.
    pub values: Option<Labels>,
}

/// What is needed of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// An input.
    Input(usize),
    /// An observation.
    Observation(usize),
    /// What was chosen at a response.
    Response(usize),
}

/// What is recorded: one column, or two where which and when are recorded together.
#[derive(Clone, Copy, Debug)]
pub struct LearnerResponse {
    /// Its name, and that of its column.
    pub name: &'static str,
    /// The name of the column of its time, where there is one.
    pub time: &'static str,
    /// What is recorded.
    pub kind: ResponseKind,
    /// Whether it is an action: states may depend on it.
    pub action: bool,
    /// What it depends on within its trial.
    pub needs: &'static [Needed],
}

/// What happens in a trial, in this order, once the inputs are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A response is made.
    Respond(usize),
    /// An observation is made.
    Observe(usize),
}

/// Names and order of a learner.
#[derive(Clone, Copy, Debug)]
pub struct LearnerMeta {
    /// The name of the learner.
    pub name: &'static str,
    /// What is set from outside.
    pub inputs: &'static [LearnerColumn],
    /// What is observed.
    pub observations: &'static [LearnerColumn],
    /// What is recorded of the learner.
    pub responses: &'static [LearnerResponse],
    /// The names of its states.
    pub states: &'static [&'static str],
    /// The names of what is worked out on the way.
    pub quantities: &'static [&'static str],
    /// The order of a trial.
    pub events: &'static [Event],
}

impl LearnerMeta {
    /// The place of the first column of a response among all columns of responses.
    pub const fn place(&self, response: usize) -> usize {
        let (mut place, mut i) = (0, 0);
        while i < response {
            place += self.responses[i].kind.columns();
            i += 1;
        }
        place
    }

    /// How many columns all responses have.
    pub const fn columns(&self) -> usize {
        self.place(self.responses.len())
    }

    /// The columns of all responses: their names, the response that each belongs to, and which of its columns it is.
    pub fn response_columns(&self) -> impl Iterator<Item = (&'static str, usize, usize)> {
        let of = |(r, response): (usize, &'static LearnerResponse)| {
            let names = [response.name, response.time];
            (0..response.kind.columns()).map(move |c| (names[c], r, c))
        };
        self.responses.iter().enumerate().flat_map(of)
    }

    /// The declaration in lines, by which a stored fit is told from one of a changed declaration.
    pub fn description(&self) -> Vec<String> {
        let values = |labels: &Labels| labels.all().collect::<Vec<_>>().join(" ");
        let column = |what: &str, own: &LearnerColumn| {
            format!("{what} {}: {}", own.name, own.values.as_ref().map_or("a number".into(), values))
        };
        let mut lines = Vec::from([format!("learner {}", self.name)]);
        lines.extend(self.inputs.iter().map(|own| column("input", own)));
        lines.extend(self.observations.iter().map(|own| column("observation", own)));
        lines.extend(self.responses.iter().map(|own| {
            let kind = own.kind.words(own.time);
            format!("response {}: {kind}{}", own.name, if own.action { ", an action" } else { "" })
        }));
        lines.extend(self.states.iter().map(|name| format!("state {name}")));
        lines.extend(self.quantities.iter().map(|name| format!("quantity {name}")));
        lines.push(format!("in a trial: {:?}", self.events));
        lines
    }
}

/// The column of a time has a name of its own.
///
/// # Panics
/// At compile time, when something else has its name.
#[track_caller]
pub const fn checked(meta: LearnerMeta) -> LearnerMeta {
    let mut i = 0;
    while i < meta.responses.len() {
        let own = &meta.responses[i];
        let taken =
            any_named!(meta.inputs, own.time) || any_named!(meta.observations, own.time) || any_named!(meta.responses, own.time);
        own.kind.check_time(own.name, own.time, taken);
        i += 1;
    }
    meta
}
