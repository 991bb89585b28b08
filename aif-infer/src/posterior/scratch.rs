//! Working memory of evaluations, kept from one to the next.

use super::likelihood::Variables;
use crate::population::{FamilyOf, Population};
use crate::score::{Assigned, ScoreError};

/// Working memory of one evaluation.
pub(super) struct Workspace<S> {
    /// The numbers of every unit above the lowest level, as the layout says.
    pub above: Vec<S>,
    /// What each unit of the lowest level adds: log-density, and derivatives by the coordinates of its path.
    pub shares: Vec<f64>,
    /// What is wrong with a unit.
    pub wrong: Vec<Option<String>>,
    pub positions: Vec<usize>,
}

impl<S> Default for Workspace<S> {
    fn default() -> Self {
        Workspace { above: Vec::new(), shares: Vec::new(), wrong: Vec::new(), positions: Vec::new() }
    }
}

/// The most units that are scored side by side.
pub(super) const MOST_BATCHED: usize = 16;

/// What a unit acts under, with the derivatives of its likelihood.
pub(super) type AgentOf<P> = (ModelOf<P>, Assigned<<P as Population>::LikelihoodScalar>);
pub(super) type ModelOf<P> = FamilyOf<P, <P as Population>::LikelihoodScalar>;

/// Working memory of some units that are scored side by side.
pub(super) struct Scratch<P: Population> {
    pub coordinates: Vec<P::PriorScalar>,
    pub values: Vec<P::PriorScalar>,
    pub numbers: Vec<f64>,
    pub variables: Variables<P::LikelihoodScalar>,
    /// Each unit's log-prior.
    pub priors: Vec<P::PriorScalar>,
    /// The derivatives of each unit's numbers, in the order of the likelihood's directions.
    pub slopes: Vec<P::PriorScalar>,
    pub agents: Vec<AgentOf<P>>,
    pub scores: Vec<Result<P::LikelihoodScalar, ScoreError>>,
}

impl<P: Population> Default for Scratch<P> {
    fn default() -> Self {
        Scratch {
            coordinates: Vec::new(),
            values: Vec::new(),
            numbers: Vec::new(),
            variables: Variables::default(),
            priors: Vec::new(),
            slopes: Vec::new(),
            agents: Vec::new(),
            scores: Vec::new(),
        }
    }
}
