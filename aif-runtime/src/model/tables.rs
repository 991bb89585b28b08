//! The tables of a model: likelihood (A), transition (B), initial state (D), preference (C) and habit (E) as numbers.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::meta::Kind;
use super::policies::Policies;
use super::precisions::Precisions;
use super::site::{FactorSite, ModalitySite};
use super::sparse::{SparseEntries, SparseTable};
use super::{GenerativeModel, ModelFamily};
use crate::scalar::Real;

/// One table, by how it is stored.
#[derive(Clone, Copy, Debug)]
pub enum Table<'a, T> {
    /// Deterministic: the outcome of each column.
    Map(&'a [u16]),
    /// Free of parameters: `[column][outcome]`.
    Fixed(&'a [f64]),
    /// Depends on parameters: `[column][outcome]`.
    Free(&'a [T]),
    /// Free of parameters, without its zeros; a transition alone.
    Sparse(SparseTable<'a>),
}

/// Which kinds of counts something has been learned of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Learned {
    pub likelihood: bool,
    pub transition: bool,
    pub initial: bool,
    pub habit: bool,
    pub preference: bool,
}

/// The numbers of one model under one set of parameters and inputs, with the logarithms, ambiguities and expected preferences that
/// perception and planning need.
///
/// Built once for each set of parameters, refilled in place, and shared by any number of agents.
#[derive(Clone, Debug)]
pub struct Tables<M: GenerativeModel<T>, T: Real = f64> {
    pub(crate) maps: Box<[u16]>,
    pub(crate) fixed: Box<[f64]>,
    /// The same in a scalar that keeps them itself.
    own: Box<[T]>,
    pub(crate) free: Box<[T]>,
    pub(crate) sparse: SparseEntries,
    pub(crate) counts: Box<[T]>,
    pub(crate) novelty: Box<[T]>,
    /// Whether novelty follows the counts; else it is worked out when it is asked for.
    pub(crate) novel: bool,
    /// Which parents of modalities matter.
    pub(super) relevance: Box<[u16]>,
    pub(crate) held: Box<[bool]>,
    pub(crate) initial_counts: Vec<(usize, Box<[T]>)>,
    pub(crate) preference_counts: Vec<(usize, Box<[T]>)>,
    pub(crate) preferences: Box<[T]>,
    pub(crate) utility: Box<[T]>,
    pub(crate) goals: Box<[bool]>,
    /// Whether some outcome of a modality is preferred to another.
    pub(crate) wanted: Box<[bool]>,
    /// What has been learned, and so is acted on as the expected value of its counts.
    pub(crate) learned: Learned,
    /// What a count of zero is taken as in expected values.
    pub(crate) floor: f64,
    /// The policies that the model declares.
    pub(crate) policies: Option<Arc<Policies<M::Action>>>,
    pub(crate) habit: Vec<T>,
    pub(crate) habit_counts: Vec<T>,
    pub(crate) precisions: Precisions<T>,
    pub(crate) horizon: usize,
    pub(super) inputs: M::Inputs,
    model: PhantomData<fn() -> M>,
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Builds the tables of `model` under `inputs`, with preferences for policies of up to `horizon` steps.
    ///
    /// # Errors
    /// When a distribution does not sum to one or has an entry that is no probability, or a preference or habit is not finite; the
    /// message names the column in the model's words.
    pub fn new(model: &M, inputs: M::Inputs, horizon: usize) -> Result<Self, ModelError> {
        Tables::with_preference_steps(model, inputs, horizon, horizon)
    }

    /// The same with preferences for so many steps.
    ///
    /// # Errors
    /// As [`Tables::new`].
    pub fn with_preference_steps(model: &M, inputs: M::Inputs, horizon: usize, steps: usize) -> Result<Self, ModelError> {
        let extent = M::EXTENT;
        let steps = if M::META.modalities.iter().any(|m| m.timed) { steps.max(1) } else { 1 };
        let mut tables = Tables {
            maps: vec![0; extent.maps].into(),
            fixed: vec![0.0; extent.fixed].into(),
            own: Box::default(),
            free: vec![T::zero(); extent.free].into(),
            sparse: SparseEntries::new(extent.begins),
            counts: vec![T::zero(); extent.counts].into(),
            novelty: vec![T::zero(); extent.counts].into(),
            novel: true,
            relevance: vec![0; extent.relevant].into(),
            held: vec![false; extent.columns].into(),
            initial_counts: Vec::new(),
            preference_counts: Vec::new(),
            preferences: vec![T::zero(); extent.outcomes * steps].into(),
            utility: vec![T::zero(); extent.utility * steps].into(),
            goals: vec![false; extent.states].into(),
            wanted: vec![false; M::META.modalities.len()].into(),
            learned: Learned::default(),
            floor: 0.0,
            policies: None,
            habit: Vec::new(),
            habit_counts: Vec::new(),
            precisions: Precisions::default(),
            horizon,
            inputs,
            model: PhantomData,
        };
        tables.fill(model, inputs)?;
        Ok(tables)
    }

    /// The inputs under which the tables were filled.
    pub fn inputs(&self) -> &M::Inputs {
        &self.inputs
    }

    /// The policy horizon for which the preferences were tabulated, in steps.
    pub fn horizon(&self) -> usize {
        self.horizon
    }

    /// For how many steps preferences were tabulated; one where they do not depend on the step.
    pub fn preference_steps(&self) -> usize {
        self.preferences.len().checked_div(M::EXTENT.outcomes).unwrap_or(1).max(1)
    }

    /// The policies that the model declares, where these are not all.
    pub fn policies(&self) -> Option<&Arc<Policies<M::Action>>> {
        self.policies.as_ref()
    }

    /// The precisions and the lapse that the model itself declares.
    pub fn precisions(&self) -> Precisions<T> {
        self.precisions
    }

    /// Takes over what is free of parameters into the scalar, where that keeps it itself.
    pub(super) fn keep_constants(&mut self) {
        if T::OWN_CONSTANTS {
            self.own = self.fixed.iter().map(|&x| T::constant(x)).collect();
        }
    }

    /// What lies at a stretch: of indices for a map, else of numbers.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn table(&self, kind: Kind, map: Range<usize>, numbers: Range<usize>) -> Table<'_, T> {
        match kind {
            Kind::Map => Table::Map(&self.maps[map]),
            Kind::Fixed if T::OWN_CONSTANTS => Table::Free(&self.own[numbers]),
            Kind::Fixed => Table::Fixed(&self.fixed[numbers]),
            Kind::Free | Kind::Dirichlet | Kind::Sparse => Table::Free(&self.free[numbers]),
        }
    }

    /// The likelihood (A) of a modality: `[combination of parent states][outcome]`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn likelihood(&self, site: &ModalitySite) -> Table<'_, T> {
        self.table(site.kind, site.table.range(), site.table.range())
    }

    /// The clipped logarithm of the likelihood: `[outcome][combination of parent states]`; a map has none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn log_likelihood(&self, site: &ModalitySite) -> Table<'_, T> {
        self.table(site.kind, site.table.range(), site.logs.range())
    }

    /// The entropy of each column of a likelihood, `[combination of parent states]`; a map has none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn ambiguity(&self, site: &ModalitySite) -> Table<'_, T> {
        self.table(site.kind, 0..0, site.ambiguity.range())
    }

    /// What planning reads of each column at once: its numbers, its entropy, zeros; `[combination of parent states][width]`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn rows(&self, site: &ModalitySite) -> Table<'_, T> {
        self.table(site.kind, 0..0, site.rows.range())
    }

    /// The expected preference of each column of a likelihood, at a step of the policy (from 0).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn utility(&self, site: &ModalitySite, step: usize) -> &[T] {
        let stretch = M::EXTENT.utility;
        let step = step.min(self.utility.len().checked_div(stretch).unwrap_or(1).saturating_sub(1));
        &self.utility[step * stretch..][site.utility.range()]
    }

    /// Whether any outcome of a modality has a preference other than zero: where none has, expected preferences are zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn is_wanted(&self, site: &ModalitySite) -> bool {
        self.wanted[site.index]
    }

    /// The transition (B) of a factor under one combination of the actions that drive it: `[combination of parent states][state]`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn transition(&self, site: &FactorSite, local_action: usize) -> Table<'_, T> {
        if let Kind::Sparse = site.kind {
            return Table::Sparse(self.sparse.table(site.table.start + local_action * site.contexts, site.contexts));
        }
        let at = |stride: usize| {
            let start = site.table.start + local_action * stride;
            start..start + stride
        };
        self.table(site.kind, at(site.contexts), at(site.contexts * site.states))
    }

    /// The initial distribution (D) of a factor.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn initial(&self, site: &FactorSite) -> &[T] {
        &self.free[site.initial.range()]
    }

    /// The preferences (C) over the outcomes of a modality, at a step of the policy (from 0).
    pub fn preference(&self, site: &ModalitySite, step: usize) -> &[T] {
        let stretch = M::EXTENT.outcomes;
        let step = step.min(self.preferences.len().checked_div(stretch).unwrap_or(1).saturating_sub(1));
        &self.preferences[step * stretch..][site.preference.range()]
    }

    /// Which states of a factor are wanted: its goal. All false without one.
    pub fn goal(&self, site: &FactorSite) -> &[bool] {
        &self.goals[site.goal.range()]
    }

    /// Whether some factor has a goal.
    pub fn has_goals(&self) -> bool {
        self.goals.contains(&true)
    }

    /// The habit (E): log-weights of the first actions, or of all policies at the tabulated horizon; empty when there is none.
    pub fn habit(&self) -> &[T] {
        &self.habit
    }
}

impl<M: ModelFamily> Tables<M> {
    /// The same tables in another scalar: constants there.
    pub fn lift<S: Real>(&self) -> Tables<M::In<S>, S> {
        fn lift<S: Real>(numbers: &[f64]) -> Box<[S]> {
            numbers.iter().map(|&x| S::constant(x)).collect()
        }
        Tables {
            maps: self.maps.clone(),
            fixed: self.fixed.clone(),
            own: if S::OWN_CONSTANTS { lift(&self.fixed) } else { Box::default() },
            free: lift(&self.free),
            sparse: self.sparse.clone(),
            counts: lift(&self.counts),
            novelty: lift(&self.novelty),
            novel: self.novel,
            relevance: self.relevance.clone(),
            held: self.held.clone(),
            initial_counts: self.initial_counts.iter().map(|(f, counts)| (*f, lift(counts))).collect(),
            preference_counts: self.preference_counts.iter().map(|(m, counts)| (*m, lift(counts))).collect(),
            preferences: lift(&self.preferences),
            utility: lift(&self.utility),
            goals: self.goals.clone(),
            wanted: self.wanted.clone(),
            learned: self.learned,
            floor: self.floor,
            policies: self.policies.clone(),
            habit: lift(&self.habit).into_vec(),
            habit_counts: lift(&self.habit_counts).into_vec(),
            precisions: self.precisions.lift(),
            horizon: self.horizon,
            inputs: self.inputs,
            model: PhantomData,
        }
    }
}

/// One probability of a table: of `outcome` (or next state) in `column`, where the table has `size` outcomes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn entry<T: Real>(table: Table<'_, T>, column: usize, size: usize, outcome: usize) -> T {
    match table {
        Table::Map(map) => T::constant(if usize::from(map[column]) == outcome { 1.0 } else { 0.0 }),
        Table::Fixed(table) => T::constant(table[column * size + outcome]),
        Table::Free(table) => table[column * size + outcome],
        Table::Sparse(table) => T::constant(table.entry(column, outcome)),
    }
}
