//! One agent's record, with the histories that repeat themselves put together.
//!
//! Without learning across blocks a response depends only on what came before it in its own block. Blocks that begin alike share those
//! histories: they are kept as a tree of histories, each with its observation, and every response points to one.

use aif_runtime::Meta;
use rustc_hash::FxHashMap;

use super::answers::{AnswerError, Answers, check};
use super::index::{Index, room, spread};
use super::{CarriedOut, Observation, RecordedBlock, RecordedRow, Recorder, ResponsePlace, place_of};

/// A distinct history within a block: the observation that ends it, and where it came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// The history one step shorter and what was done after it; `None` at the start of a block.
    pub parent: Option<(u32, u32)>,
    pub observation: u32,
    pub setting: u32,
}

/// A distinct response: an action after a history, and how often it was recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Response {
    pub node: u32,
    pub deed: u32,
    pub count: u32,
}

/// What an agent lives under at a row: inputs, and preferences of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    pub inputs: Vec<f64>,
    /// Empty for those of the model.
    pub preferences: Vec<f64>,
}

/// What was chosen and carried out at a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deed {
    /// The value of each action as it was recorded; `None` where it is missing.
    pub parts: Vec<Option<usize>>,
    /// Which joint actions were open, by its place among the lists of them; the first is that all were.
    pub open: u32,
    pub carried: CarriedOut,
}

/// One agent's recorded behaviour.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub(crate) nodes: Vec<Node>,
    pub(crate) responses: Vec<Response>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) deeds: Vec<Deed>,
    pub(crate) settings: Vec<Setting>,
    /// Distinct lists of which joint actions were open; the first is none.
    pub(crate) open: Vec<Option<Vec<bool>>>,
    /// For each recorded response, in the order of the record, its place among the distinct ones.
    pub(crate) order: Vec<u32>,
    /// The blocks as they were, in the order of time.
    pub(crate) blocks: Vec<Walk>,
    /// What was recorded beside the actions.
    pub(crate) answers: Answers,
    /// Whether equal histories and beliefs are worked out once.
    pub(crate) shared: bool,
}

/// One block as it was: row after row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    pub name: String,
    pub session: String,
    pub first_step: i64,
    pub rows: Vec<Step>,
}

/// One row of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// The history that it ends.
    pub node: u32,
    /// What was done after it.
    pub deed: u32,
    /// Whether the action is scored.
    pub scored: bool,
}

/// What tells one carried-out action from another.
fn carried_bits(carried: &CarriedOut) -> Vec<u64> {
    match carried {
        CarriedOut::Chosen => vec![0],
        CarriedOut::Unknown => vec![1],
        CarriedOut::Action(action) => vec![2, *action as u64],
        CarriedOut::OneOf(actions) => {
            std::iter::once(3).chain(actions.iter().flat_map(|(action, w)| [*action as u64, w.to_bits()])).collect()
        }
    }
}

fn indices(numbers: &[Option<f64>]) -> Vec<Option<usize>> {
    numbers.iter().map(|x| x.map(|x| x as usize)).collect()
}

/// What tells observations from others.
fn bits(numbers: &[Option<f64>]) -> Vec<Option<u64>> {
    numbers.iter().map(|x| x.map(f64::to_bits)).collect()
}

impl History {
    /// Puts together the histories of an agent's blocks.
    pub fn new(blocks: &[RecordedBlock]) -> Self {
        History::build(blocks, Taking::default())
    }

    /// The same of a model with responses: of each row the numbers of actions come first, then those of responses.
    ///
    /// # Errors
    /// Names the first number that cannot be.
    pub fn under(meta: &'static Meta, blocks: &[RecordedBlock]) -> Result<Self, AnswerError> {
        for block in blocks {
            for (r, row) in block.rows.iter().enumerate() {
                check(meta, row, || block.place(r, "step"))?;
            }
        }
        Ok(History::of_checked(meta, blocks))
    }

    /// The same, of what was checked before.
    pub(crate) fn of_checked(meta: &'static Meta, blocks: &[RecordedBlock]) -> Self {
        History::build(blocks, Taking::under(meta))
    }

    /// The same without putting anything together: every row is perceived and every action planned for itself. Scores are the same; it is
    /// there to be measured against.
    pub fn without_sharing(blocks: &[RecordedBlock]) -> Self {
        let taking = Taking::default();
        History::build(blocks, Taking { history: History { shared: false, ..taking.history }, ..taking })
    }

    fn build(blocks: &[RecordedBlock], mut taking: Taking) -> Self {
        for block in blocks {
            taking.begin(&block.session, &block.name, block.first_step);
            block.rows.iter().for_each(|row| taking.take(row));
        }
        taking.end()
    }

    /// The number of scored responses.
    pub fn responses(&self) -> usize {
        self.order.len() + self.answers.count()
    }

    /// All rows, with the block and their place in it.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&Walk, usize, &Step)> {
        self.blocks.iter().flat_map(|block| block.rows.iter().enumerate().map(move |(r, row)| (block, r, row)))
    }

    /// Where each scored response stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let (names, action): (Vec<&str>, String) = (self.answers.names().collect(), self.answers.action_name());
        let of_row = |(i, (block, r, row)): (usize, (&Walk, usize, &Step))| {
            let place = |response: &str| ResponsePlace {
                session: block.session.clone(),
                block: block.name.clone(),
                step: block.first_step + r as i64,
                response: response.to_owned(),
            };
            let action = row.scored.then(|| place(&action));
            let others = self.answers.counted(i).map(|r| place(names[r]));
            action.into_iter().chain(others).collect::<Vec<_>>()
        };
        self.rows().enumerate().flat_map(of_row).collect()
    }

    /// Which joint action of a model each scored response was; `None` where a part of it is missing, or the response is not the action.
    pub fn chosen(&self, meta: &Meta) -> Vec<Option<usize>> {
        let of_row = |(i, (_, _, row)): (usize, (&Walk, usize, &Step))| {
            let done = || meta.joint_action(self.deeds[row.deed as usize].parts.iter().copied());
            let others = self.answers.counted(i).map(|r| if meta.responses[r].action { done() } else { None });
            row.scored.then(done).into_iter().chain(others).collect::<Vec<_>>()
        };
        self.rows().enumerate().flat_map(of_row).collect()
    }

    /// The place in words of a recorded response.
    pub(crate) fn place_of_response(&self, response: usize) -> String {
        self.rows().filter(|(_, _, row)| row.scored).nth(response).map_or(String::new(), |(block, r, _)| block.place(r))
    }

    /// The place in words of the first row with a deed, by its place among the distinct ones.
    pub(crate) fn place_of_deed(&self, deed: u32) -> String {
        self.rows().find(|(_, _, row)| row.deed == deed).map_or(String::new(), |(block, r, _)| block.place(r))
    }

    /// The place in words of the first row with an observation, by its place among the distinct ones.
    pub(crate) fn place_of_observation(&self, observation: usize) -> String {
        let shows = |row: &Step| self.nodes[row.node as usize].observation as usize == observation;
        self.rows().find(|(_, _, row)| shows(row)).map_or(String::new(), |(block, r, _)| block.place(r))
    }

    /// The number of distinct histories.
    pub fn distinct_histories(&self) -> usize {
        self.nodes.len()
    }
}

/// What was recorded, which actions were open, and the bits of what was carried out.
type ToldDeed = (Vec<Option<usize>>, u32, Vec<u64>);

/// Puts histories together as they come.
pub(crate) struct Taking {
    history: History,
    /// Where nodes and responses stand.
    nodes: Index,
    responses: Index,
    /// Observations by the bits of their numbers and of their readings.
    observations: FxHashMap<(Vec<Option<u64>>, Vec<u64>), u32>,
    /// Settings by the bits of their numbers.
    settings: FxHashMap<(Vec<u64>, Vec<u64>), u32>,
    /// What was done by what was recorded, where nothing else was told; and where something was.
    deeds: FxHashMap<Vec<Option<usize>>, u32>,
    told: FxHashMap<ToldDeed, u32>,
    open: FxHashMap<Vec<bool>, u32>,
    /// The preferences that hold from here on.
    preferences: Vec<f64>,
    /// The history before, and what was done after it.
    parent: Option<(u32, u32)>,
}

impl Default for Taking {
    fn default() -> Self {
        Taking {
            history: History { shared: true, open: vec![None], ..History::default() },
            nodes: Index::default(),
            responses: Index::default(),
            observations: FxHashMap::default(),
            settings: FxHashMap::default(),
            deeds: FxHashMap::default(),
            told: FxHashMap::default(),
            open: FxHashMap::default(),
            preferences: Vec::new(),
            parent: None,
        }
    }
}

/// Adds something to a list, and gives its place there.
fn add<T>(list: &mut Vec<T>, value: T) -> u32 {
    room(list, 1);
    list.push(value);
    (list.len() - 1) as u32
}

fn hash_of(node: &Node) -> u64 {
    let (before, deed) = node.parent.map_or((u32::MAX, u32::MAX), |parent| parent);
    let two = |a: u32, b: u32| (u64::from(a) << 32) | u64::from(b);
    spread(two(before, deed)).rotate_left(17) ^ spread(two(node.setting, node.observation))
}

impl Taking {
    /// Of a model that may have responses.
    pub fn under(meta: &'static Meta) -> Self {
        let taking = Taking::default();
        Taking { history: History { answers: Answers::new(meta), ..taking.history }, ..taking }
    }

    fn setting(&mut self, row: &RecordedRow) -> u32 {
        let inputs: Vec<f64> = row.inputs.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
        let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
        let key = (bits(&inputs), bits(&self.preferences));
        *self
            .settings
            .entry(key)
            .or_insert_with(|| add(&mut self.history.settings, Setting { inputs, preferences: self.preferences.clone() }))
    }

    fn deed(&mut self, row: &RecordedRow) -> u32 {
        let parts = indices(&row.responses[..row.responses.len().min(self.history.answers.actions())]);
        let Some(told) = &row.told else {
            if let Some(&known) = self.deeds.get(&parts) {
                return known;
            }
            let deed = add(&mut self.history.deeds, Deed { parts: parts.clone(), open: 0, carried: CarriedOut::Chosen });
            self.deeds.insert(parts, deed);
            return deed;
        };
        let open = told.open.as_ref().map_or(0, |list| match self.open.get(list) {
            Some(&known) => known,
            None => {
                let place = add(&mut self.history.open, Some(list.clone()));
                self.open.insert(list.clone(), place);
                place
            }
        });
        let key = (parts.clone(), open, carried_bits(&told.carried));
        *self.told.entry(key).or_insert_with(|| add(&mut self.history.deeds, Deed { parts, open, carried: told.carried.clone() }))
    }

    fn node(&mut self, node: Node) -> u32 {
        let nodes = &mut self.history.nodes;
        let next = nodes.len() as u32;
        let equal = |at: u32| {
            let known = &nodes[at as usize];
            (known.parent, known.observation, known.setting) == (node.parent, node.observation, node.setting)
        };
        // What is not shared has a place of its own.
        let known = if self.history.shared {
            self.nodes.find_or_add(hash_of(&node), next, equal, |at| hash_of(&nodes[at as usize]))
        } else {
            None
        };
        known.unwrap_or_else(|| add(nodes, node))
    }

    fn response(&mut self, node: u32, deed: u32) {
        let responses = &mut self.history.responses;
        let hash = |node: u32, deed: u32| spread((u64::from(node) << 32) | u64::from(deed));
        let known = self.responses.find_or_add(
            hash(node, deed),
            responses.len() as u32,
            |at| (responses[at as usize].node, responses[at as usize].deed) == (node, deed),
            |at| hash(responses[at as usize].node, responses[at as usize].deed),
        );
        let place = known.unwrap_or_else(|| add(responses, Response { node, deed, count: 0 }));
        responses[place as usize].count += 1;
        add(&mut self.history.order, place);
    }

    fn observation(&mut self, row: &RecordedRow) -> u32 {
        let list = &mut self.history.observations;
        let new = || add(list, Observation { numbers: row.observations.clone(), readings: row.readings.clone() });
        *self.observations.entry((bits(&row.observations), Observation::bits(&row.readings))).or_insert_with(new)
    }

    fn take(&mut self, row: &RecordedRow) {
        if let Some(own) = row.told.as_ref().and_then(|told| told.preferences.as_ref()) {
            self.preferences.clone_from(own);
        }
        let observation = self.observation(row);
        let (setting, deed) = (self.setting(row), self.deed(row));
        let node = self.node(Node { parent: self.parent, observation, setting });
        let parts = &self.history.deeds[deed as usize].parts;
        let scored = row.scored && self.history.answers.actions_are_scored() && parts.iter().any(Option::is_some);
        self.history.answers.add(row, parts);
        if let Some(walk) = self.history.blocks.last_mut() {
            add(&mut walk.rows, Step { node, deed, scored });
        }
        if scored {
            self.response(node, deed);
        }
        self.parent = Some((node, deed));
    }

    /// The last block has as much room as it needs.
    fn close(&mut self) {
        if let Some(walk) = self.history.blocks.last_mut() {
            walk.rows.shrink_to_fit();
        }
        self.parent = None;
    }

    fn end(mut self) -> History {
        self.close();
        let Taking { mut history, .. } = self;
        history.nodes.shrink_to_fit();
        history.responses.shrink_to_fit();
        history.order.shrink_to_fit();
        history.blocks.shrink_to_fit();
        history
    }
}

impl Recorder<History> for Taking {
    fn begin(&mut self, session: &str, name: &str, first_step: i64) {
        self.close();
        let (name, session) = (name.to_owned(), session.to_owned());
        self.history.blocks.push(Walk { name, session, first_step, rows: Vec::new() });
    }

    fn row(&mut self, row: RecordedRow) {
        self.take(&row);
    }

    fn finish(self: Box<Self>) -> History {
        self.end()
    }
}

impl Walk {
    /// The place of a row in words.
    pub fn place(&self, row: usize) -> String {
        place_of(&self.session, &self.name, "step", self.first_step + row as i64)
    }
}
