//! Runs that repeat are worked out once: what a run came to, by where it began and what was seen and done in it.
//!
//! For scoring, where the same runs come again and again. A run that goes as one before it did is looked up, step for step, in a tree of histories: neither
//! perception, nor the filters of where it began, nor plans are worked out again, and what comes of it is the same to the bit.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::Nested;
use super::begun::Begun;
use crate::life::{ActionProbabilities, AgentOptions, LifeState, Setup};
use crate::model::{GenerativeModel, Numbers, Tables};
use crate::perceive::Carries;
use crate::response::Noticed;
use crate::scalar::Real;

/// No more ways to go on from a history are looked through than these.
const MOST_WAYS: usize = 64;

/// No more histories are remembered than these.
const MOST_NODES: usize = 1 << 14;

/// A history within a run: what it came to, and what came after it.
#[derive(Clone)]
struct Node<L: GenerativeModel<T>, T: Real> {
    state: LifeState<L, T>,
    filters: Vec<T>,
    evidence: Vec<Option<T>>,
    noticed: Noticed<T>,
    choice: OnceCell<ActionProbabilities<L, T>>,
    /// What was seen, under which inputs, and what that came to.
    seen: Vec<(L::Evidence, L::Inputs, usize)>,
    /// What was done, and what that came to.
    done: Vec<(usize, usize)>,
}

/// Where a run began.
#[derive(Clone)]
struct Root<L: GenerativeModel<T>, T: Real> {
    preferences: Option<L::Preferences>,
    habit: Option<ActionProbabilities<L, T>>,
    node: usize,
}

/// All runs of a level so far.
#[derive(Clone)]
pub(super) struct Memory<L: GenerativeModel<T>, T: Real> {
    nodes: Vec<Node<L, T>>,
    /// By the marks of states: beginnings, of which nothing is kept before they come again.
    roots: BTreeMap<u64, Option<Root<L, T>>>,
    /// The history that the run has come to, where it is remembered.
    at: Option<usize>,
    /// Whether what the run is lived with is not yet what that came to.
    stale: bool,
    /// How many steps were worked out, and how many looked up.
    pub counts: [usize; 2],
}

fn same<T: Real>(a: &[T], b: &[T]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.same(b))
}

impl<L: Nested<T>, T: Real> Memory<L, T> {
    /// For a level without levels below it that perceives step by step, whose runs depend on nothing but how they began and what was seen and done in them: nothing is learned, and
    /// nothing kept from run to run. `None` for others.
    pub fn new(options: &AgentOptions) -> Option<Self> {
        let plain = matches!(options.inference.carries(&L::META), Carries::Belief | Carries::Joint);
        let apart = options.learning.is_none() && !L::META.factors.iter().any(|f| f.kept);
        (L::LEVELS.is_empty() && plain && apart).then(|| Memory {
            nodes: Vec::new(),
            roots: BTreeMap::new(),
            at: None,
            stale: false,
            counts: [0; 2],
        })
    }

    /// A run begins.
    pub fn begin(&mut self, setup: &Setup<L, T>, state: &LifeState<L, T>, begun: &Begun<T>) {
        let mark = state.mark();
        let wanted = |a: &Option<L::Preferences>, b: &Option<L::Preferences>| match (a, b) {
            (Some(a), Some(b)) => (0..L::META.modalities.len()).all(|m| same(a.numbers(m), b.numbers(m))),
            (a, b) => a.is_none() && b.is_none(),
        };
        let inclined = |a: &Option<ActionProbabilities<L, T>>, b: &Option<ActionProbabilities<L, T>>| match (a, b) {
            (Some(a), Some(b)) => same(a.entries(), b.entries()),
            (a, b) => a.is_none() && b.is_none(),
        };
        (self.at, self.stale) = (None, false);
        match self.roots.get(&mark) {
            None => {
                self.roots.insert(mark, None);
            }
            Some(None) if self.nodes.len() >= MOST_NODES => {}
            Some(None) => {
                let node = self.add(state, begun, Noticed::nothing());
                self.roots.insert(mark, Some(Root { preferences: setup.preferences().copied(), habit: setup.habit, node }));
                self.at = Some(node);
            }
            Some(Some(root)) => {
                let alike = wanted(&root.preferences, &setup.preferences().copied()) && inclined(&root.habit, &setup.habit);
                self.at = Some(root.node).filter(|&node| alike && self.nodes[node].state == *state);
            }
        }
    }

    fn add(&mut self, state: &LifeState<L, T>, begun: &Begun<T>, noticed: Noticed<T>) -> usize {
        let (filters, evidence) = begun.parts();
        let (filters, evidence, choice) = (filters.to_vec(), evidence.to_vec(), OnceCell::new());
        self.nodes.push(Node { state: state.clone(), filters, evidence, noticed, choice, seen: Vec::new(), done: Vec::new() });
        self.nodes.len() - 1
    }

    /// Looks up what was seen: what was noticed then, where that is known.
    pub fn look(&mut self, seen: &L::Evidence, tables: &Tables<L, T>, begun: &mut Begun<T>) -> Option<Noticed<T>> {
        let mut ways = self.nodes[self.at?].seen.iter();
        let next = ways.find(|(own, inputs, _)| own == seen && inputs == tables.inputs())?.2;
        (self.at, self.stale) = (Some(next), true);
        self.counts[1] += 1;
        begun.take_evidence(&self.nodes[next].evidence);
        Some(self.nodes[next].noticed)
    }

    /// What was seen is worked out now, and remembered.
    pub fn saw(
        &mut self,
        seen: L::Evidence,
        tables: &Tables<L, T>,
        state: &LifeState<L, T>,
        begun: &Begun<T>,
        noticed: Noticed<T>,
    ) {
        self.counts[0] += 1;
        let Some(at) = self.at.filter(|&at| self.nodes[at].seen.len() < MOST_WAYS && self.nodes.len() < MOST_NODES) else {
            return self.at = None;
        };
        let next = self.add(state, begun, noticed);
        self.nodes[at].seen.push((seen, *tables.inputs(), next));
        self.at = Some(next);
    }

    /// How probable each action is here, once that is worked out.
    pub fn choice(&self) -> Option<&OnceCell<ActionProbabilities<L, T>>> {
        self.at.map(|at| &self.nodes[at].choice)
    }

    /// Looks up what comes of an action; whether that is known.
    pub fn moves(&mut self, action: usize, begun: &mut Begun<T>) -> bool {
        let next = self.at.and_then(|at| self.nodes[at].done.iter().find(|(own, _)| *own == action));
        let Some(&(_, next)) = next else { return false };
        (self.at, self.stale) = (Some(next), true);
        begun.take_evidence(&self.nodes[next].evidence);
        true
    }

    /// What comes of an action is worked out now, and remembered; of one that is not known it is not.
    pub fn moved(&mut self, action: Option<usize>, state: &LifeState<L, T>, begun: &Begun<T>) {
        let (Some(at), Some(action)) = (self.at.filter(|_| self.nodes.len() < MOST_NODES), action) else { return self.at = None };
        let next = self.add(state, begun, Noticed::nothing());
        self.nodes[at].done.push((action, next));
        self.at = Some(next);
    }

    /// What a run is lived with becomes what its history came to.
    pub fn settle(&mut self, state: &mut LifeState<L, T>, begun: &mut Begun<T>) {
        if let Some(at) = self.at.filter(|_| core::mem::take(&mut self.stale)) {
            state.clone_from(&self.nodes[at].state);
            begun.take_filters(&self.nodes[at].filters);
        }
    }
}
