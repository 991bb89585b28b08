//! A trial of sophisticated inference as it is lived: exact filtering over joint states, moves compared by a search.

use alloc::vec;
use alloc::vec::Vec;

use super::course::Gains;
use super::error::{Awaited, SpmError};
use super::joint::{index, marginal, product};
use super::learning::{add, add_column, add_outer, add_transition, gains, over_time};
use super::numbers::{dot, lg, normalised, softmax_of};
use super::parameters::Parameters;
use super::passing::Beliefs;
use super::seen::{Seen, read_all};
use super::structure::{Control, Counts, Settings, Structure};
use super::tree::{Tree, after};
use crate::math::ln;

/// The deepest search.
const MOST: usize = 256;

/// What was inferred at one time. SPM's letters are in brackets.
#[derive(Clone, Debug, PartialEq)]
pub struct Searched {
    /// Joint states, `[state of factor 0][state of factor 1]..`.
    pub joint: Vec<f64>,
    /// What is believed of all times (`S`), `[factor][time][state]`: filtered, then predicted, then where the trial began.
    pub beliefs: Beliefs,
    /// The value of each move (`G`).
    pub values: Vec<f64>,
    /// The probability of each move (`u`).
    pub moves: Vec<f64>,
    /// The sum of `u lg u` (`w`).
    pub certainty: f64,
    /// The probability of each joint action (`P`), the last factor's running fastest; empty at the last time.
    pub actions: Vec<f64>,
    /// How many nodes the search visited.
    pub nodes: usize,
}

/// The course of a trial of sophisticated inference.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeCourse {
    /// The number of states of each factor.
    pub sizes: Vec<usize>,
    /// The prior over moves (`E`), normalised.
    pub habit: Vec<f64>,
    /// What was seen (`O`), `[time][modality][outcome]`.
    pub evidence: Vec<Vec<Vec<f64>>>,
    /// The moves that were made.
    pub moves: Vec<usize>,
    /// What was inferred at each time.
    pub searched: Vec<Searched>,
    /// The counts after the trial.
    pub counts: Counts,
    /// How much was learned.
    pub gains: Gains,
}

impl TreeCourse {
    /// What was believed of the present at each time (`X`), `[factor][time][state]`.
    pub fn filtered(&self) -> Beliefs {
        let at = |f: usize| self.searched.iter().enumerate().map(|(t, s)| s.beliefs[f][t].clone()).collect();
        (0..self.sizes.len()).map(at).collect()
    }
}

/// A trial of the sophisticated scheme (`spm_MDP_VB_XX`): belief propagation and a tree search.
#[derive(Clone, Debug)]
pub struct TreeTrial {
    structure: Structure,
    settings: Settings,
    parameters: Parameters,
    depth: usize,
    course: TreeCourse,
    awaited: Awaited,
}

impl TreeTrial {
    /// Begins a trial; the search looks `depth + 1` moves ahead (`N`, which counts from 0).
    ///
    /// # Errors
    /// What [`Structure::check`] and [`Settings::check`] find; when policies are given instead of moves, or a level below.
    pub fn begin(structure: &Structure, settings: &Settings, depth: usize) -> Result<TreeTrial, SpmError> {
        structure.check()?;
        settings.check()?;
        if matches!(structure.control, Control::Policies(_)) {
            return Err(SpmError::Unsupported("sophisticated inference chooses from moves (U), not from policies (V)"));
        }
        if structure.below.is_some() {
            return Err(SpmError::Unsupported("sophisticated inference has one level"));
        }
        if depth > MOST {
            return Err(SpmError::Setting { setting: "N", value: depth as f64, expected: "at most 256" });
        }
        let parameters = Parameters::of(structure, structure.control.steps());
        let course = TreeCourse {
            sizes: structure.sizes(),
            habit: parameters.habit.clone(),
            evidence: Vec::new(),
            moves: Vec::new(),
            searched: Vec::new(),
            counts: structure.counts.clone(),
            gains: Gains::default(),
        };
        let (structure, settings) = (structure.clone(), settings.clone());
        Ok(TreeTrial { structure, settings, parameters, depth, course, awaited: Awaited::Outcomes })
    }

    /// What the trial waits for.
    pub fn awaited(&self) -> Awaited {
        self.awaited
    }

    /// Whether nothing more can come.
    pub fn is_over(&self) -> bool {
        self.awaited == Awaited::Nothing
    }

    /// The course so far. Counts are learned at the end.
    pub fn course(&self) -> &TreeCourse {
        &self.course
    }

    /// What was inferred last.
    pub fn searched(&self) -> Option<&Searched> {
        self.course.searched.last()
    }

    fn moves(&self) -> &[Vec<usize>] {
        match &self.structure.control {
            Control::Moves { moves, .. } => moves,
            Control::Policies(_) => &[],
        }
    }

    /// Tells what is seen at this time, one entry for each modality, infers states and searches.
    ///
    /// # Errors
    /// When it is not the time for outcomes, or they do not exist.
    pub fn observe(&mut self, seen: &[Seen]) -> Result<&Searched, SpmError> {
        if self.awaited != Awaited::Outcomes {
            return Err(SpmError::Order { awaited: self.awaited });
        }
        let evidence = read_all(seen, &self.structure.likelihood)?;
        let (time, steps) = (self.course.evidence.len(), self.structure.control.steps());
        let end = steps.min(time + 1 + self.depth);
        let mut tree = Tree::new(&self.parameters, self.moves(), steps, end);
        let prior = match (self.course.searched.last(), self.course.moves.last()) {
            (Some(last), Some(&of)) => tree.after(&last.joint, of),
            _ => product(self.parameters.initial.iter().map(Vec::as_slice)),
        };
        let node = tree.look(time, &prior, &evidence);
        let nodes = tree.nodes;
        let moves = softmax_of(node.values.iter().copied());
        let searched = Searched {
            beliefs: self.beliefs(time, &node.joint, node.predicted.as_deref()),
            certainty: moves.iter().map(|&u| u * lg(u)).sum(),
            actions: if time + 1 < steps { self.action_probabilities(&moves) } else { Vec::new() },
            joint: node.joint,
            values: node.values,
            moves,
            nodes,
        };
        self.course.evidence.push(evidence);
        self.course.searched.push(searched);
        self.awaited = if time + 1 < steps { Awaited::Action } else { Awaited::Nothing };
        Ok(&self.course.searched[time])
    }

    /// Tells the move that was made.
    ///
    /// # Errors
    /// When it is not the time for one, or it does not exist.
    pub fn act(&mut self, of: usize) -> Result<(), SpmError> {
        if self.awaited != Awaited::Action {
            return Err(SpmError::Order { awaited: self.awaited });
        }
        let size = self.moves().len();
        if of >= size {
            return Err(SpmError::Outside { what: "move at time", index: self.course.moves.len(), found: of, size });
        }
        self.course.moves.push(of);
        self.awaited = Awaited::Outcomes;
        Ok(())
    }

    /// Ends the trial, over or not, and learns from what was seen so far: its course, and the structure for the next trial.
    pub fn end(mut self) -> (TreeCourse, Structure) {
        let counts = self.learn();
        self.course.gains = gains(&self.structure.counts, &counts, self.structure.control.steps());
        self.course.counts.clone_from(&counts);
        self.structure.counts = counts;
        if let (true, Some(first)) = (self.settings.carry_initial, self.smoothed()) {
            self.structure.initial = first;
        }
        (self.course, self.structure)
    }

    fn beliefs(&self, time: usize, joint: &[f64], predicted: Option<&[f64]>) -> Beliefs {
        let sizes = &self.parameters.sizes;
        let at = |f: usize, tau: usize| match (tau.checked_sub(time), predicted) {
            (None, _) => self.course.searched[tau].beliefs[f][tau].clone(),
            (Some(0), _) => marginal(joint, sizes, f),
            (Some(1), Some(predicted)) => marginal(predicted, sizes, f),
            _ => self.parameters.initial[f].clone(),
        };
        let steps = self.structure.control.steps();
        (0..sizes.len()).map(|f| (0..steps).map(|tau| at(f, tau)).collect()).collect()
    }

    fn action_probabilities(&self, moves: &[f64]) -> Vec<f64> {
        let counts = self.structure.actions();
        let mut sums = vec![0.0; counts.iter().product()];
        let sharp = softmax_of(moves.iter().map(|&u| self.settings.action_precision * ln(u)));
        for (actions, p) in self.moves().iter().zip(sharp) {
            sums[index(actions, &counts)] += p;
        }
        sums
    }

    /// What is believed of the first state in the end: outcomes count as independent of each other given the first state.
    fn smoothed(&self) -> Option<Vec<Vec<f64>>> {
        let first = &self.course.searched.first()?.joint;
        let weigh = |(state, &q): (usize, &f64)| {
            let mut weight = q;
            let mut joint = vec![0.0; first.len()];
            joint[state] = 1.0;
            for (seen, &of) in self.course.evidence.iter().skip(1).zip(&self.course.moves) {
                joint = after(&self.parameters, &joint, &self.moves()[of]);
                for (a, seen) in self.parameters.likelihood.iter().zip(seen) {
                    weight *= dot(seen, &a.times(&joint));
                }
            }
            weight
        };
        let joint = normalised(&first.iter().enumerate().map(weigh).collect::<Vec<_>>());
        Some((0..self.parameters.sizes.len()).map(|f| marginal(&joint, &self.parameters.sizes, f)).collect())
    }

    fn learn(&self) -> Counts {
        let (mut counts, rate, course) = (self.structure.counts.clone(), self.settings.learning_rate, &self.course);
        for (g, a) in counts.likelihood.iter_mut().flatten().enumerate() {
            for (seen, searched) in course.evidence.iter().zip(&course.searched) {
                add_outer(a, &seen[g], &searched.joint, rate);
            }
        }
        let filtered = course.filtered();
        for (f, b) in counts.transition.iter_mut().flatten().enumerate() {
            for (pair, &of) in filtered[f].windows(2).zip(&course.moves) {
                add_transition(b, self.moves()[of][f], &pair[1], &pair[0], rate);
            }
        }
        for (g, c) in counts.preference.iter_mut().flatten().enumerate() {
            *c = over_time(c, self.structure.control.steps());
            for (t, seen) in course.evidence.iter().skip(1).enumerate() {
                add_column(c, t, &seen[g], rate);
            }
        }
        if let (Some(d), Some(first)) = (&mut counts.initial, self.smoothed()) {
            d.iter_mut().zip(&first).for_each(|(d, x)| add(d, x, 1.0));
        }
        if let Some(e) = &mut counts.habit {
            for searched in course.searched.iter().take(course.moves.len()) {
                e.iter_mut().zip(&searched.moves).for_each(|(e, u)| *e += rate * u);
            }
        }
        counts
    }
}

/// Lives a trial with outcomes `[time][modality]` and moves that are known beforehand, until one of them is over.
///
/// # Errors
/// As [`TreeTrial::begin`], [`TreeTrial::observe`] and [`TreeTrial::act`].
pub fn replay_tree(
    structure: &Structure,
    settings: &Settings,
    depth: usize,
    seen: &[Vec<Seen>],
    moves: &[usize],
) -> Result<(TreeCourse, Structure), SpmError> {
    let mut trial = TreeTrial::begin(structure, settings, depth)?;
    for (t, seen) in seen.iter().enumerate() {
        trial.observe(seen)?;
        match moves.get(t) {
            Some(&of) if !trial.is_over() => trial.act(of)?,
            _ => break,
        }
    }
    Ok(trial.end())
}
