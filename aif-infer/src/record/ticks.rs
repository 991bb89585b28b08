//! One agent's behaviour on several clocks: what was seen and done at each level, tick after tick of the fastest.

use aif_runtime::nested::Tree;

use super::{Observation, Reading, RecordedBlock, RecordedRow, ResponsePlace};

/// One agent's recorded behaviour, of a model with levels.
///
/// Models stand in one order everywhere, the lowest levels first. Of each row there is one number for each modality of each model that is no level, one for
/// each action of each model, and, among the inputs, the number of the step of each model with levels. Where that changes, the runs of its levels were
/// over in the row before.
#[derive(Clone, Debug, Default)]
pub struct Ticks {
    blocks: Vec<RecordedBlock>,
    pub(crate) lines: Vec<Vec<Line>>,
    /// Of each model, the names of its actions, put together.
    names: Vec<String>,
    /// What is amiss of each model.
    amiss: Vec<Amiss>,
}

/// In how many rows something is amiss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amiss {
    /// An action was due and is missing, whole or in part.
    pub missing: usize,
    /// An action stands that was not due.
    pub misplaced: usize,
    /// Something stands as seen that was not taken in: the runs of levels were not over.
    pub unseen: usize,
}

/// One row: what there is of each model.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub nodes: Vec<NodeTick>,
    pub scored: bool,
}

/// What there is of one model at a row.
#[derive(Clone, Debug)]
pub(crate) struct NodeTick {
    /// What was observed: nothing of levels.
    pub observation: Observation,
    /// The joint action.
    pub action: Option<usize>,
    /// Whether its run goes on in this row.
    pub takes_part: bool,
    /// Whether it perceives in this row: the runs of its levels are over.
    perceives: bool,
    /// Whether it acts in this row: its own run is not over, either.
    pub acts: bool,
    /// Whether a part of its joint action is known, and not all.
    in_part: bool,
    /// Whether its run is over with it.
    pub last: bool,
}

/// Where a model's columns stand, and what it hangs below.
struct Node<'t> {
    tree: &'t Tree,
    /// The place of its first observation, and of its first action.
    seen: usize,
    acts: usize,
    /// The place of its step among the inputs, where it has levels.
    step: Option<usize>,
    /// The steps of all models above it, the nearest first.
    above: Vec<usize>,
    /// The nearest of those that it is or hangs below that has others beside it, by its place.
    group: Option<usize>,
    /// How many models, itself and before it, are its own and those below it.
    size: usize,
}

/// The models, the lowest levels first.
fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    fn add<'t>(tree: &'t Tree, beside: bool, nodes: &mut Vec<Node<'t>>, at: &mut [usize; 3]) {
        let first = nodes.len();
        for (_, level) in &tree.levels {
            add(level, tree.levels.len() > 1, nodes, at);
        }
        let step = (!tree.levels.is_empty()).then_some(at[2]);
        if let Some(step) = step {
            nodes[first..].iter_mut().for_each(|node| node.above.push(step));
            at[2] += 1;
        }
        let own = nodes.len();
        nodes.push(Node { tree, seen: at[0], acts: at[1], step, above: Vec::new(), group: None, size: own + 1 - first });
        if beside {
            nodes[first..].iter_mut().for_each(|node| node.group = node.group.or(Some(own)));
        }
        at[0] += tree.seen().count();
        at[1] += tree.meta.actions.len();
    }
    let mut all = Vec::new();
    add(tree, false, &mut all, &mut [0; 3]);
    all
}

impl Node<'_> {
    fn seen_in<'r>(&self, row: &'r RecordedRow) -> &'r [Option<f64>] {
        row.observations.get(self.seen..self.seen + self.tree.seen().count()).unwrap_or(&[])
    }

    fn acts_in<'r>(&self, row: &'r RecordedRow) -> &'r [Option<f64>] {
        row.responses.get(self.acts..self.acts + self.tree.meta.actions.len()).unwrap_or(&[])
    }

    fn readings_in<'r>(&'r self, row: &'r RecordedRow) -> impl Iterator<Item = Reading> + 'r {
        let own = |reading: &Reading| self.tree.seen().nth(reading.modality.checked_sub(self.seen)?);
        row.readings.iter().filter_map(move |reading| Some(Reading { modality: own(reading)?, weights: reading.weights.clone() }))
    }

    fn is_there(&self, row: &RecordedRow) -> bool {
        self.seen_in(row).iter().chain(self.acts_in(row)).any(Option::is_some) || self.readings_in(row).next().is_some()
    }

    fn tick(&self, row: &RecordedRow) -> NodeTick {
        let meta = self.tree.meta;
        let mut numbers = vec![None; meta.modalities.len()];
        self.tree.seen().zip(self.seen_in(row)).for_each(|(m, number)| numbers[m] = *number);
        let parts = || self.acts_in(row).iter().map(|part| part.map(|value| value as usize));
        let action = if meta.actions.is_empty() { Some(0) } else { meta.joint_action(parts()) };
        let in_part = action.is_none() && parts().any(|part| part.is_some());
        let observation = Observation { numbers, readings: self.readings_in(row).collect() };
        NodeTick { observation, action, in_part, takes_part: true, perceives: true, acts: true, last: false }
    }
}

impl Ticks {
    /// The record of some blocks under a model with levels.
    pub fn new(tree: &Tree, blocks: Vec<RecordedBlock>) -> Self {
        let nodes = nodes(tree);
        let names = nodes.iter().map(|node| node.tree.meta.actions.iter().map(|a| a.name).collect::<Vec<_>>().join("+"));
        let (names, mut amiss) = (names.collect::<Vec<String>>(), vec![Amiss::default(); nodes.len()]);
        let mut lines = blocks.iter().map(|block| of_block(&nodes, block)).collect::<Vec<Vec<Line>>>();
        for line in lines.iter_mut().flatten() {
            for ((n, node), amiss) in nodes.iter().enumerate().zip(&mut amiss) {
                let tick = &mut line.nodes[n];
                let acted = !names[n].is_empty() && (tick.action.is_some() || tick.in_part);
                amiss.missing += usize::from(tick.acts && tick.action.is_none());
                amiss.misplaced += usize::from(!tick.acts && acted);
                amiss.unseen += usize::from(node.step.is_some() && !tick.perceives && tick.observation.is_something());
                tick.action = tick.action.filter(|_| tick.acts);
            }
        }
        Ticks { blocks, lines, names, amiss }
    }

    /// The blocks.
    pub fn blocks(&self) -> &[RecordedBlock] {
        &self.blocks
    }

    /// The place of a row in words.
    pub(crate) fn place(&self, block: usize, row: usize) -> String {
        self.blocks[block].place(row, "step")
    }

    /// The actions of each model, and what is amiss of it.
    pub(crate) fn amiss(&self) -> impl Iterator<Item = (&str, Amiss)> {
        self.names.iter().map(String::as_str).zip(self.amiss.iter().copied())
    }

    /// Whether the action of a model counts in a row.
    fn counts(&self, line: &Line, node: usize) -> bool {
        line.scored && !self.names[node].is_empty() && line.nodes[node].action.is_some()
    }

    /// The models whose actions count in a row, in the order in which they are scored.
    pub(crate) fn counted(&self, line: &Line) -> impl Iterator<Item = usize> {
        (0..self.names.len()).filter(move |&node| self.counts(line, node))
    }

    /// Where each action that counts stands, in the order in which they are scored.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let mut places = Vec::new();
        for (block, lines) in self.blocks.iter().zip(&self.lines) {
            for (row, line) in lines.iter().enumerate() {
                for node in self.counted(line) {
                    let (session, block_name) = (block.session.clone(), block.name.clone());
                    let step = block.first_step + row as i64;
                    places.push(ResponsePlace { session, block: block_name, step, response: self.names[node].clone() });
                }
            }
        }
        places
    }
}

fn of_block(nodes: &[Node<'_>], block: &RecordedBlock) -> Vec<Line> {
    let rows = &block.rows;
    let ticks = |row: &RecordedRow| nodes.iter().map(|node| node.tick(row)).collect();
    let mut lines: Vec<Line> = rows.iter().map(|row| Line { nodes: ticks(row), scored: row.scored }).collect();
    // Whether the next row is of the same step of some models.
    let same = |r: usize, mut steps: &mut dyn Iterator<Item = usize>| {
        rows.get(r + 1).is_some_and(|next| Iterator::all(&mut steps, |step| rows[r].inputs.get(step) == next.inputs.get(step)))
    };
    // In which rows a model takes part that has others beside it: where it has a cell, and at the end of each step above in which it has none.
    let mut parts: Vec<Vec<bool>> = vec![Vec::new(); nodes.len()];
    for (n, node) in nodes.iter().enumerate().filter(|(n, node)| node.group == Some(*n)) {
        let own = &nodes[n + 1 - node.size..=n];
        let mut part: Vec<bool> = rows.iter().map(|row| own.iter().any(|node| node.is_there(row))).collect();
        let mut any = false;
        for r in 0..rows.len() {
            any |= part[r];
            if !same(r, &mut node.above.iter().copied()) {
                part[r] |= !any;
                any = false;
            }
        }
        parts[n] = part;
    }
    for (n, node) in nodes.iter().enumerate() {
        let mut goes_on = false;
        for r in (0..rows.len()).rev() {
            let takes_part = node.group.is_none_or(|group| parts[group][r]);
            // Going back, the first row of a step above in which the run goes on is its last.
            goes_on &= same(r, &mut node.above.iter().copied());
            let last = takes_part && !goes_on;
            goes_on |= takes_part;
            let tick = &mut lines[r].nodes[n];
            // The highest model has no step above: its block is over where it does nothing more.
            let silent = tick.action.is_none() && !tick.in_part || node.tree.meta.actions.is_empty();
            tick.last = if node.above.is_empty() { r + 1 == rows.len() && silent } else { last };
            tick.takes_part = takes_part;
            let over = node.step.is_none_or(|step| !same(r, &mut node.above.iter().copied().chain([step])));
            tick.perceives = takes_part && over;
            tick.acts = tick.perceives && !tick.last;
        }
    }
    lines
}
