//! One agent's behaviour on several clocks: what was seen and done at each level, tick after tick of the fastest.

use aif_runtime::Meta;
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
    /// Of each model what is known of it, and the names of its actions, put together.
    metas: Vec<&'static Meta>,
    names: Vec<String>,
    /// What is amiss of each model.
    amiss: Vec<Amiss>,
    /// Whether every run is worked out for itself.
    pub(crate) apart: bool,
}

/// In how many rows something is amiss.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amiss {
    /// An action was due and is missing, whole or in a part that moves something.
    pub missing: usize,
    /// An action stands that was not due.
    pub misplaced: usize,
    /// Something stands as seen that was not taken in: the runs of levels were not over.
    pub unseen: usize,
    /// Something that is set from outside is not what it was at the beginning of the step.
    pub changing: usize,
    /// Something was due, and is scored.
    pub acting: usize,
    /// Of each response: it was due then and is not known; it stands where it was not due.
    pub responses: Vec<[usize; 2]>,
}

/// One row: what there is of each model.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub nodes: Vec<NodeTick>,
    pub scored: bool,
    /// Whether something else is set from outside than in the row before.
    pub set_anew: bool,
}

/// What there is of one model at a row.
#[derive(Clone, Debug)]
pub(crate) struct NodeTick {
    /// What is set from outside in its step; not a number where it is missing.
    pub inputs: Vec<f64>,
    /// What was observed: nothing of levels.
    pub observation: Observation,
    /// The value of each action; `None` where it is missing, or was not due.
    pub parts: Vec<Option<usize>>,
    /// A joint action that moves everything as they do; `None` where that is not known.
    pub action: Option<usize>,
    /// One number for each column of its responses, without that of an action; not a number where it is missing, or was not due.
    pub answers: Vec<f64>,
    /// Whether its run goes on in this row.
    pub takes_part: bool,
    /// Whether it perceives in this row: the runs of its levels are over.
    pub perceives: bool,
    /// Whether it acts in this row: its own run is not over, either.
    pub acts: bool,
    /// Whether its run is over with it.
    pub last: bool,
    /// Whether what is set from outside changes within its step.
    changes: bool,
}

impl NodeTick {
    /// Whether anything of its action is known.
    fn acted(&self) -> bool {
        self.parts.iter().any(Option::is_some)
    }

    fn answered(&self) -> bool {
        self.answers.iter().any(|x| !x.is_nan())
    }
}

/// Where a model's columns stand, and what it hangs below.
pub(crate) struct Node<'t> {
    pub tree: &'t Tree,
    /// The place of its first observation, and of its first action.
    seen: usize,
    pub acts: usize,
    /// The places of its inputs among those of all models.
    pub inputs: Vec<usize>,
    /// The place of its step among the inputs, where it has levels.
    pub step: Option<usize>,
    /// The steps of all models above it, the nearest first.
    pub above: Vec<usize>,
    /// The nearest of those that it is or hangs below that has others beside it, by its place.
    group: Option<usize>,
    /// How many models, itself and before it, are its own and those below it.
    size: usize,
}

/// A column of what is set from outside, by name: an input, or the number of a step.
#[derive(Default)]
struct Places(Vec<&'static str>);

impl Places {
    /// The place of an input, which models may have in common.
    fn shared(&mut self, name: &'static str) -> usize {
        self.0.iter().position(|known| *known == name).unwrap_or_else(|| self.own(name))
    }

    fn own(&mut self, name: &'static str) -> usize {
        self.0.push(name);
        self.0.len() - 1
    }
}

/// The models, the lowest levels first.
pub(crate) fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    fn add<'t>(tree: &'t Tree, beside: bool, nodes: &mut Vec<Node<'t>>, at: &mut ([usize; 2], Places)) {
        let first = nodes.len();
        for (_, level) in &tree.levels {
            add(level, tree.levels.len() > 1, nodes, at);
        }
        let inputs = tree.meta.inputs.iter().map(|input| at.1.shared(input.name)).collect();
        let step = (!tree.levels.is_empty()).then(|| at.1.own(tree.step));
        if let Some(step) = step {
            nodes[first..].iter_mut().for_each(|node| node.above.push(step));
        }
        let (own, [seen, acts]) = (nodes.len(), at.0);
        nodes.push(Node { tree, seen, acts, inputs, step, above: Vec::new(), group: None, size: own + 1 - first });
        if beside {
            nodes[first..].iter_mut().for_each(|node| node.group = node.group.or(Some(own)));
        }
        at.0 = [seen + tree.seen().count(), acts + nodes[own].columns()];
    }
    let mut all = Vec::new();
    add(tree, false, &mut all, &mut Default::default());
    all
}

impl Node<'_> {
    fn seen_in<'r>(&self, row: &'r RecordedRow) -> &'r [Option<f64>] {
        row.observations.get(self.seen..self.seen + self.tree.seen().count()).unwrap_or(&[])
    }

    /// How many columns its actions and responses have.
    pub fn columns(&self) -> usize {
        self.tree.meta.actions.len() + self.tree.meta.response_columns().count()
    }

    /// Its actions and responses.
    pub fn acts_in<'r>(&self, row: &'r RecordedRow) -> &'r [Option<f64>] {
        row.responses.get(self.acts..self.acts + self.columns()).unwrap_or(&[])
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
        let done = |at: usize| self.acts_in(row).get(at).copied().flatten();
        let parts = (0..meta.actions.len()).map(|a| done(a).map(|value| value as usize)).collect::<Vec<_>>();
        let columns = meta.actions.len()..self.columns();
        let set = |&place: &usize| row.inputs.get(place).copied().flatten().unwrap_or(f64::NAN);
        NodeTick {
            inputs: self.inputs.iter().map(set).collect(),
            observation: Observation { numbers, readings: self.readings_in(row).collect() },
            action: moves_alike(meta, &parts),
            parts,
            answers: columns.map(|at| done(at).unwrap_or(f64::NAN)).collect(),
            takes_part: true,
            perceives: true,
            acts: true,
            last: false,
            changes: false,
        }
    }
}

/// A joint action that moves every factor as some of its parts do: those that move none do not matter.
fn moves_alike(meta: &Meta, parts: &[Option<usize>]) -> Option<usize> {
    let moves = |a: usize| meta.factors.iter().any(|f| f.actions.contains(&a));
    let known = parts.iter().any(Option::is_some) || parts.is_empty();
    let all = || parts.iter().enumerate().map(|(a, value)| value.or_else(|| (!moves(a)).then_some(0)));
    if known { meta.joint_action(all()) } else { None }
}

impl Ticks {
    /// The record of some blocks under a model with levels.
    pub fn new(tree: &Tree, blocks: Vec<RecordedBlock>) -> Self {
        let nodes = nodes(tree);
        let metas: Vec<&'static Meta> = nodes.iter().map(|node| node.tree.meta).collect();
        let names = metas.iter().map(|meta| meta.actions.iter().map(|a| a.name).collect::<Vec<_>>().join("+"));
        let of = |meta: &&Meta| Amiss { responses: vec![[0; 2]; meta.responses.len()], ..Amiss::default() };
        let (names, mut amiss) = (names.collect::<Vec<String>>(), metas.iter().map(of).collect::<Vec<Amiss>>());
        let mut lines = blocks.iter().map(|block| of_block(&nodes, block)).collect::<Vec<Vec<Line>>>();
        let mut before: Option<Vec<Vec<u64>>> = None;
        for line in lines.iter_mut().flatten() {
            let scored = line.scored;
            for (n, (meta, amiss)) in metas.iter().zip(&mut amiss).enumerate() {
                let tick = &mut line.nodes[n];
                amiss.add(meta, nodes[n].step.is_some(), tick, scored);
                if !tick.acts {
                    tick.parts.fill(None);
                    tick.answers.fill(f64::NAN);
                    tick.action = None;
                }
            }
            let set = line.nodes.iter().map(|node| node.inputs.iter().map(|x| x.to_bits()).collect()).collect();
            line.set_anew = before.as_ref().is_some_and(|before| *before != set);
            before = Some(set);
        }
        Ticks { blocks, lines, metas, names, amiss, apart: false }
    }

    /// The same without looking up what repeats: every run is perceived and planned for itself. Scores are the same; it is there to be measured against.
    pub fn without_sharing(self) -> Self {
        Ticks { apart: true, ..self }
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
    pub(crate) fn amiss(&self) -> impl Iterator<Item = (&'static Meta, &str, &Amiss)> {
        self.metas.iter().zip(&self.names).zip(&self.amiss).map(|((meta, name), amiss)| (*meta, name.as_str(), amiss))
    }

    /// Whether the action of a model counts in a row.
    pub(crate) fn counts(&self, line: &Line, node: usize) -> bool {
        line.scored && line.nodes[node].acted() && self.metas[node].response_of_action().is_none()
    }

    /// The responses of a model that count in a row.
    pub(crate) fn counted<'l>(&self, line: &'l Line, node: usize) -> impl Iterator<Item = usize> + use<'l> {
        let (meta, tick) = (self.metas[node], &line.nodes[node]);
        let due = if line.scored && tick.acts { meta.responses.len() } else { 0 };
        (0..due).filter(|&r| meta.response_is_known(r, &tick.parts, &tick.answers))
    }

    /// What was recorded of a response of a model in a row.
    pub(crate) fn numbers(&self, line: &Line, node: usize, response: usize) -> [f64; 2] {
        let tick = &line.nodes[node];
        self.metas[node].response_numbers(response, &tick.parts, &tick.answers)
    }

    /// The response of a model by which an action comes about that was due in a row and is not known.
    pub(crate) fn unanswerable(&self, line: &Line) -> Option<&'static str> {
        let unknown = self.metas.iter().zip(&line.nodes).filter(|(_, tick)| tick.acts && tick.action.is_none());
        unknown.filter_map(|(meta, _)| Some(meta.responses[meta.response_of_action()?].name)).next()
    }

    /// Where each action and each response that counts stands, in the order in which they are scored.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let mut places = Vec::new();
        for (block, lines) in self.blocks.iter().zip(&self.lines) {
            for (row, line) in lines.iter().enumerate() {
                let place = |response: &str| ResponsePlace {
                    session: block.session.clone(),
                    block: block.name.clone(),
                    step: block.first_step + row as i64,
                    response: response.to_owned(),
                };
                for (node, meta) in self.metas.iter().enumerate() {
                    places.extend(self.counts(line, node).then(|| place(&self.names[node])));
                    places.extend(self.counted(line, node).map(|r| place(meta.responses[r].name)));
                }
            }
        }
        places
    }
}

impl Amiss {
    /// Adds what is amiss of a model in a row; before what was not due is left out.
    fn add(&mut self, meta: &Meta, has_levels: bool, tick: &NodeTick, scored: bool) {
        let (acts, unknown) = (!meta.actions.is_empty(), tick.action.is_none());
        self.missing += usize::from(tick.acts && acts && unknown);
        self.misplaced += usize::from(!tick.acts && tick.acted());
        self.unseen += usize::from(has_levels && !tick.perceives && tick.observation.is_something());
        self.changing += usize::from(tick.changes);
        let due = tick.acts && scored;
        self.acting += usize::from(due);
        for (r, [missing, misplaced]) in self.responses.iter_mut().enumerate() {
            *missing += usize::from(due && !meta.response_is_known(r, &tick.parts, &tick.answers));
            let (first, count) = (meta.response_place(r), meta.responses[r].columns());
            *misplaced += usize::from(!tick.acts && tick.answers[first..first + count].iter().any(|x| !x.is_nan()));
        }
    }
}

fn of_block(nodes: &[Node<'_>], block: &RecordedBlock) -> Vec<Line> {
    let rows = &block.rows;
    let ticks = |row: &RecordedRow| nodes.iter().map(|node| node.tick(row)).collect();
    let mut lines: Vec<Line> = rows.iter().map(|row| Line { nodes: ticks(row), scored: row.scored, set_anew: false }).collect();
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
            let silent = !tick.acted() && !tick.answered();
            tick.last = if node.above.is_empty() { r + 1 == rows.len() && silent } else { last };
            tick.takes_part = takes_part;
            let over = node.step.is_none_or(|step| !same(r, &mut node.above.iter().copied().chain([step])));
            tick.perceives = takes_part && over;
            tick.acts = tick.perceives && !tick.last;
        }
        // What is set of a model with levels holds for the whole step.
        for r in 1..rows.len() {
            if node.step.is_some() && same(r - 1, &mut node.above.iter().copied().chain(node.step)) {
                let (before, own) = (lines[r - 1].nodes[n].inputs.clone(), &mut lines[r].nodes[n]);
                own.changes = before.iter().zip(&own.inputs).any(|(a, b)| a.to_bits() != b.to_bits());
                own.inputs = before;
            }
        }
    }
    lines
}
