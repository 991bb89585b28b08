//! One subject's recorded behaviour, with the histories that repeat themselves put together.
//!
//! Without learning across blocks a response depends only on what came before it in its own block. Blocks that begin alike share those
//! histories: they are kept as a tree of histories, each with its observation, and every response points to one.

use aif_runtime::{Assignment, Domain, GenerativeModel, Moment, Trajectory};
use rustc_hash::FxHashMap;

use crate::results::ResponsePlace;

/// A joint action as it was recorded: the value of each action, `None` where it is missing.
pub type ActionPattern = Vec<Option<usize>>;

/// One row of a record: the observation received, then the action chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedRow {
    /// The outcome of each modality; `None` where it is missing.
    pub observation: Vec<Option<usize>>,
    /// The joint action; all missing at the end of a block, or where it is not known.
    pub action: ActionPattern,
    /// One number for each input: the index of a domain's value, or the number itself.
    pub inputs: Vec<f64>,
    /// Whether the action counts in the likelihood.
    pub scored: bool,
}

/// The rows of one block, in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedBlock {
    /// The block's name in the table.
    pub name: String,
    /// The session that it belongs to; empty where there are none.
    pub session: String,
    /// The number of its first step.
    pub first_step: i64,
    /// Its rows.
    pub rows: Vec<RecordedRow>,
}

impl RecordedBlock {
    /// The record of what an agent did: every action is scored. The inputs are as set, the same at every step.
    pub fn of_trajectory<M: GenerativeModel>(name: impl Into<String>, trajectory: &Trajectory<M>, inputs: &[f64]) -> Self {
        let meta = &M::META;
        let row = |moment: &Moment<M::Observation, M::Belief, M::Action>| {
            let joint = moment.action.map(Domain::index);
            RecordedRow {
                observation: (0..meta.modalities.len()).map(|m| Some(moment.observation.get(m))).collect(),
                action: (0..meta.actions.len()).map(|a| joint.map(|j| meta.action_value(j, a))).collect(),
                inputs: inputs.to_vec(),
                scored: true,
            }
        };
        RecordedBlock { name: name.into(), rows: trajectory.iter().map(row).collect(), ..RecordedBlock::default() }
    }
}

/// What is done about a missing action that later rows depend on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum MissingAction {
    /// The table is refused.
    #[default]
    Error,
    /// The agent's belief moves under the mixture of all actions, weighted by how probable each was.
    Marginalise,
    /// The block ends there.
    EndBlock,
    /// The action with this label is taken to have been carried out; it is not scored.
    Stay(String),
}

/// A distinct history within a block: the observation that ends it, and where it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The history one step shorter and the action pattern after it; `None` at the start of a block.
    pub parent: Option<(u32, u32)>,
    pub observation: u32,
    pub inputs: u32,
}

/// A distinct response: an action after a history, and how often it was recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Response {
    pub node: u32,
    pub pattern: u32,
    pub count: u32,
}

/// One subject's recorded behaviour.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub(super) nodes: Vec<Node>,
    pub(super) responses: Vec<Response>,
    pub(super) observations: Vec<Vec<Option<usize>>>,
    pub(super) patterns: Vec<ActionPattern>,
    pub(super) inputs: Vec<Vec<f64>>,
    /// For each recorded response, in the order of the record, its place among the distinct ones.
    pub(super) order: Vec<u32>,
    /// The blocks as they were, in the order of time.
    pub(super) blocks: Vec<Walk>,
    /// Whether equal histories and beliefs are worked out once.
    pub(super) shared: bool,
}

/// One block as it was: row after row.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk {
    pub name: String,
    pub session: String,
    pub first_step: i64,
    pub rows: Vec<Step>,
}

/// One row of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// The history that it ends.
    pub node: u32,
    /// The action that was recorded after it.
    pub pattern: u32,
    /// Whether the action is scored.
    pub scored: bool,
}

/// Finds or adds a value in a list, with an index by key.
fn place<T, K: std::hash::Hash + Eq>(list: &mut Vec<T>, index: &mut FxHashMap<K, u32>, key: K, value: impl FnOnce() -> T) -> u32 {
    *index.entry(key).or_insert_with(|| {
        list.push(value());
        (list.len() - 1) as u32
    })
}

impl History {
    /// Puts together the histories of a subject's blocks.
    pub fn new(blocks: &[RecordedBlock]) -> Self {
        History::build(blocks, true)
    }

    /// The same without putting anything together: every row is perceived and every action planned for itself. Scores are the same; it is
    /// there to be measured against.
    pub fn without_sharing(blocks: &[RecordedBlock]) -> Self {
        History::build(blocks, false)
    }

    fn build(blocks: &[RecordedBlock], shared: bool) -> Self {
        let mut history = History { shared, ..History::default() };
        let (mut nodes, mut responses) = (FxHashMap::default(), FxHashMap::default());
        let (mut observations, mut patterns, mut inputs) = (FxHashMap::default(), FxHashMap::default(), FxHashMap::default());
        for block in blocks {
            let mut parent = None;
            let mut rows = Vec::with_capacity(block.rows.len());
            for row in &block.rows {
                let observation =
                    place(&mut history.observations, &mut observations, row.observation.clone(), || row.observation.clone());
                let bits: Vec<u64> = row.inputs.iter().map(|x| x.to_bits()).collect();
                let inputs = place(&mut history.inputs, &mut inputs, bits, || row.inputs.clone());
                let pattern = place(&mut history.patterns, &mut patterns, row.action.clone(), || row.action.clone());
                // What is not shared gets a key of its own.
                let own = if shared { 0 } else { history.nodes.len() + 1 };
                let key = (parent, observation, inputs, own);
                let node = place(&mut history.nodes, &mut nodes, key, || Node { parent, observation, inputs });
                let scored = row.scored && row.action.iter().any(Option::is_some);
                rows.push(Step { node, pattern, scored });
                if scored {
                    let response =
                        place(&mut history.responses, &mut responses, (node, pattern), || Response { node, pattern, count: 0 });
                    history.responses[response as usize].count += 1;
                    history.order.push(response);
                }
                parent = Some((node, pattern));
            }
            let (name, session, first_step) = (block.name.clone(), block.session.clone(), block.first_step);
            history.blocks.push(Walk { name, session, first_step, rows });
        }
        history
    }

    /// The number of scored responses.
    pub fn responses(&self) -> usize {
        self.order.len()
    }

    /// How many scored responses each block has.
    pub fn block_responses(&self) -> Vec<usize> {
        self.blocks.iter().map(|block| block.rows.iter().filter(|row| row.scored).count()).collect()
    }

    /// Where each scored response stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let of_block = |block: &Walk| {
            let block = block.clone();
            let steps = (block.first_step..).zip(block.rows).filter(|(_, row)| row.scored);
            steps
                .map(move |(step, _)| ResponsePlace {
                    session: block.session.clone(),
                    block: block.name.clone(),
                    step,
                    response: String::new(),
                })
                .collect::<Vec<_>>()
        };
        self.blocks.iter().flat_map(of_block).collect()
    }

    /// Which joint action each scored response was; `None` where a part of it is missing. `count` says how many values an action has.
    pub fn chosen(&self, count: impl Fn(usize) -> usize) -> Vec<Option<usize>> {
        let joint = |pattern: &ActionPattern| {
            let mut parts = pattern.iter().enumerate();
            parts.try_fold(0, |joint, (a, value)| Some(joint * count(a) + (*value)?))
        };
        self.order.iter().map(|&r| joint(&self.patterns[self.responses[r as usize].pattern as usize])).collect()
    }

    /// The place of a row in words.
    pub(super) fn place(&self, block: usize, row: usize) -> String {
        let block = &self.blocks[block];
        let session = if block.session.is_empty() { String::new() } else { format!("session {}, ", block.session) };
        format!("{session}block {}, step {}", block.name, block.first_step + row as i64)
    }

    /// The place in words of the first row that a history ends.
    pub(super) fn place_of_node(&self, node: u32) -> String {
        let mut rows =
            self.blocks.iter().enumerate().flat_map(|(b, block)| block.rows.iter().enumerate().map(move |(r, row)| (b, r, row)));
        rows.find(|(_, _, row)| row.node == node).map_or(String::new(), |(b, r, _)| self.place(b, r))
    }

    /// The place in words of a recorded response.
    pub(super) fn place_of_response(&self, response: usize) -> String {
        let rows =
            self.blocks.iter().enumerate().flat_map(|(b, block)| block.rows.iter().enumerate().map(move |(r, row)| (b, r, row)));
        rows.filter(|(_, _, row)| row.scored).nth(response).map_or(String::new(), |(b, r, _)| self.place(b, r))
    }

    /// The number of distinct histories.
    pub fn distinct_histories(&self) -> usize {
        self.nodes.len()
    }
}
