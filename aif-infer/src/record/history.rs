//! One agent's record, with the histories that repeat themselves put together.
//!
//! Without learning across blocks a response depends only on what came before it in its own block. Blocks that begin alike share those
//! histories: they are kept as a tree of histories, each with its observation, and every response points to one.

use aif_runtime::Meta;
use rustc_hash::FxHashMap;

use super::{CarriedOut, RecordedBlock, RecordedRow, ResponsePlace, place_of};

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
    pub(crate) observations: Vec<Vec<Option<usize>>>,
    pub(crate) deeds: Vec<Deed>,
    pub(crate) settings: Vec<Setting>,
    /// Distinct lists of which joint actions were open; the first is none.
    pub(crate) open: Vec<Option<Vec<bool>>>,
    /// For each recorded response, in the order of the record, its place among the distinct ones.
    pub(crate) order: Vec<u32>,
    /// The blocks as they were, in the order of time.
    pub(crate) blocks: Vec<Walk>,
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

/// Finds or adds a value in a list, with an index by key.
fn place<T, K: std::hash::Hash + Eq>(list: &mut Vec<T>, index: &mut FxHashMap<K, u32>, key: K, value: impl FnOnce() -> T) -> u32 {
    *index.entry(key).or_insert_with(|| {
        list.push(value());
        (list.len() - 1) as u32
    })
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

impl History {
    /// Puts together the histories of an agent's blocks.
    pub fn new(blocks: &[RecordedBlock]) -> Self {
        History::build(blocks, true)
    }

    /// The same without putting anything together: every row is perceived and every action planned for itself. Scores are the same; it is
    /// there to be measured against.
    pub fn without_sharing(blocks: &[RecordedBlock]) -> Self {
        History::build(blocks, false)
    }

    fn build(blocks: &[RecordedBlock], shared: bool) -> Self {
        let mut history = History { shared, open: vec![None], ..History::default() };
        let (mut nodes, mut responses) = (FxHashMap::default(), FxHashMap::default());
        let (mut observations, mut deeds, mut settings) = (FxHashMap::default(), FxHashMap::default(), FxHashMap::default());
        let mut open = FxHashMap::from_iter([(None, 0)]);
        let mut preferences: Vec<f64> = Vec::new();
        for block in blocks {
            let mut parent = None;
            let mut rows = Vec::with_capacity(block.rows.len());
            for row in &block.rows {
                let RecordedRow { told, .. } = row;
                if let Some(own) = told.as_ref().and_then(|told| told.preferences.as_ref()) {
                    preferences.clone_from(own);
                }
                let seen = indices(&row.observations);
                let observation = place(&mut history.observations, &mut observations, seen.clone(), || seen);
                let inputs: Vec<f64> = row.inputs.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
                let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
                let key = (bits(&inputs), bits(&preferences));
                let setting =
                    place(&mut history.settings, &mut settings, key, || Setting { inputs, preferences: preferences.clone() });
                let opened = told.as_ref().and_then(|told| told.open.clone());
                let open = place(&mut history.open, &mut open, opened.clone(), || opened);
                let (parts, carried) = (indices(&row.responses), told.as_ref().map_or(CarriedOut::Chosen, |t| t.carried.clone()));
                let key = (parts.clone(), open, carried_bits(&carried));
                let deed = place(&mut history.deeds, &mut deeds, key, || Deed { parts, open, carried });
                // What is not shared gets a key of its own.
                let own = if shared { 0 } else { history.nodes.len() + 1 };
                let key = (parent, observation, setting, own);
                let node = place(&mut history.nodes, &mut nodes, key, || Node { parent, observation, setting });
                let scored = row.scored && !row.is_silent();
                rows.push(Step { node, deed, scored });
                if scored {
                    let response =
                        place(&mut history.responses, &mut responses, (node, deed), || Response { node, deed, count: 0 });
                    history.responses[response as usize].count += 1;
                    history.order.push(response);
                }
                parent = Some((node, deed));
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

    /// All rows, with the block and their place in it.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&Walk, usize, &Step)> {
        self.blocks.iter().flat_map(|block| block.rows.iter().enumerate().map(move |(r, row)| (block, r, row)))
    }

    /// Where each scored response stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let scored = self.rows().filter(|(_, _, row)| row.scored);
        let place = |(block, r, _): (&Walk, usize, &Step)| ResponsePlace {
            session: block.session.clone(),
            block: block.name.clone(),
            step: block.first_step + r as i64,
            response: String::new(),
        };
        scored.map(place).collect()
    }

    /// Which joint action of a model each scored response was; `None` where a part of it is missing.
    pub fn chosen(&self, meta: &Meta) -> Vec<Option<usize>> {
        let deed = |&r: &u32| &self.deeds[self.responses[r as usize].deed as usize];
        self.order.iter().map(|r| meta.joint_action(deed(r).parts.iter().copied())).collect()
    }

    /// The place in words of a recorded response.
    pub(crate) fn place_of_response(&self, response: usize) -> String {
        self.rows().filter(|(_, _, row)| row.scored).nth(response).map_or(String::new(), |(block, r, _)| block.place(r))
    }

    /// The number of distinct histories.
    pub fn distinct_histories(&self) -> usize {
        self.nodes.len()
    }
}

impl Walk {
    /// The place of a row in words.
    pub fn place(&self, row: usize) -> String {
        place_of(&self.session, &self.name, "step", self.first_step + row as i64)
    }
}
