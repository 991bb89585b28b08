//! Working memory of scoring, kept from one evaluation to the next by each thread: setups, states and choices of one model in one scalar.

use std::any::{Any, TypeId};
use std::cell::RefCell;

use aif_runtime::{
    ActionProbabilities, AgentOptions, Assigned, GenerativeModel, Inputs, LifeState, ModelError, Numbers, Real, Setup,
};
use rustc_hash::FxHashMap;

use super::interner::Interner;
use crate::record::Setting;

/// What one evaluation works with.
pub(super) struct Memory<T: Real, M: GenerativeModel<T>> {
    /// One for each distinct setting; there may be more from before.
    pub setups: Vec<Setup<M, T>>,
    pub priors: Interner<M, T>,
    pub posteriors: Interner<M, T>,
    pub choices: Vec<ActionProbabilities<M, T>>,
    /// (prior, setting, observation) to posterior.
    pub perceived: FxHashMap<(u32, u32, u32), u32>,
    /// (posterior, setting, deed) to prior.
    pub moved: FxHashMap<(u32, u32, u32), u32>,
    /// (posterior, setting and open actions) to choice.
    pub chosen: FxHashMap<(u32, u32), u32>,
    /// The state before the observation that ends each history.
    pub before: Vec<u32>,
    /// The state after each history.
    pub after: Vec<u32>,
    /// The log-probability of each distinct response.
    pub log_probabilities: Vec<T>,
    /// The choice that each distinct response was one of.
    pub chosen_from: Vec<u32>,
    /// A state to work with.
    pub state: Option<LifeState<M, T>>,
}

impl<T: Real, M: GenerativeModel<T>> Memory<T, M> {
    fn new() -> Self {
        Memory {
            setups: Vec::new(),
            priors: Interner::new(),
            posteriors: Interner::new(),
            choices: Vec::new(),
            perceived: FxHashMap::default(),
            moved: FxHashMap::default(),
            chosen: FxHashMap::default(),
            before: Vec::new(),
            after: Vec::new(),
            log_probabilities: Vec::new(),
            chosen_from: Vec::new(),
            state: None,
        }
    }

    /// Forgets the last evaluation, and keeps the memory.
    pub fn clear(&mut self) {
        self.priors.clear();
        self.posteriors.clear();
        self.choices.clear();
        self.perceived.clear();
        self.moved.clear();
        self.chosen.clear();
        self.before.clear();
        self.after.clear();
        self.log_probabilities.clear();
        self.chosen_from.clear();
    }

    /// Sets up the life under one setting, in place where there is one with the same options.
    pub fn set_up(
        &mut self,
        i: usize,
        (model, assigned): (&M, &Assigned<T>),
        setting: &Setting,
        options: &AgentOptions,
    ) -> Result<(), ModelError> {
        let inputs = inputs::<T, M>(&setting.inputs)?;
        match self.setups.get_mut(i) {
            Some(setup) if *setup.options() == assigned.complete(options) => setup.refill(model, inputs, *assigned)?,
            _ => {
                let tables = options.tables(model, inputs)?;
                self.setups.truncate(i);
                self.setups.push(Setup::new(tables.into(), *options, *assigned)?);
                self.state = None;
            }
        }
        self.setups[i].prefer(preferences::<T, M>(&setting.preferences)?)
    }
}

/// The inputs that a record has as numbers.
pub(super) fn inputs<T: Real, M: GenerativeModel<T>>(numbers: &[f64]) -> Result<M::Inputs, ModelError> {
    M::Inputs::from_numbers(numbers).ok_or_else(|| ModelError::Inputs { found: numbers.to_vec(), model: M::META.name })
}

/// The preferences that a record has as numbers; none where there are none.
pub(crate) fn preferences<T: Real, M: GenerativeModel<T>>(numbers: &[f64]) -> Result<Option<M::Preferences>, ModelError> {
    if numbers.is_empty() {
        return Ok(None);
    }
    let wanted: usize = M::META.modalities.iter().map(|m| m.outcomes.count).sum();
    if numbers.len() != wanted {
        return Err(ModelError::Preferences { found: numbers.len(), model: M::META.name, outcomes: wanted });
    }
    let (mut preferences, mut numbers) = (M::Preferences::zero(), numbers.iter());
    for m in 0..M::META.modalities.len() {
        preferences.numbers_mut(m).iter_mut().zip(&mut numbers).for_each(|(to, &x)| *to = T::constant(x));
    }
    Ok(Some(preferences))
}

thread_local! {
    static IDLE: RefCell<FxHashMap<TypeId, Box<dyn Any>>> = RefCell::default();
}

/// Runs with this thread's working memory for a model and a scalar.
pub(super) fn with_memory<T: Real, M: GenerativeModel<T>, R>(work: impl FnOnce(&mut Memory<T, M>) -> R) -> R {
    let key = TypeId::of::<Memory<T, M>>();
    // It is taken out while in use, so that scoring within scoring gets memory of its own.
    let idle = IDLE.with_borrow_mut(|idle| idle.remove(&key));
    let mut memory = idle.and_then(|any| any.downcast::<Memory<T, M>>().ok()).unwrap_or_else(|| Box::new(Memory::new()));
    memory.clear();
    let result = work(&mut memory);
    IDLE.with_borrow_mut(|idle| idle.insert(key, memory));
    result
}
