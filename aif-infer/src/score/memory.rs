//! Working memory of scoring, kept from one evaluation to the next by each thread: tables, beliefs and plans of one model in one scalar.

use std::any::{Any, TypeId};
use std::cell::RefCell;

use aif_runtime::plan::Induction;
use aif_runtime::{Domain, GenerativeModel, Inference, ModelError, Precisions, Real, Tables};
use rustc_hash::FxHashMap;

use super::interner::{FilterOf, Interner};

/// The log-probabilities of all joint actions from one belief.
pub(super) type Choice<T, M> = <<M as GenerativeModel<T>>::Action as Domain>::Array<T>;

/// What one evaluation works with.
pub(super) struct Memory<T: Real, M: GenerativeModel<T>> {
    /// One for each distinct set of inputs; there may be more from before.
    pub tables: Vec<Tables<M, T>>,
    /// One for each distinct set of inputs.
    pub precisions: Vec<Precisions<T>>,
    /// One for each distinct set of inputs.
    pub induction: Vec<Option<Induction>>,
    pub priors: Interner<M, T>,
    pub posteriors: Interner<M, T>,
    pub choices: Vec<Choice<T, M>>,
    /// (prior, inputs, observation) to posterior.
    pub perceived: FxHashMap<(u32, u32, u32), u32>,
    /// (posterior, inputs, action pattern) to prior.
    pub moved: FxHashMap<(u32, u32, u32), u32>,
    /// (posterior, inputs) to choice.
    pub chosen: FxHashMap<(u32, u32), u32>,
    /// The belief after each history.
    pub after: Vec<u32>,
    /// The log-probability of each distinct response.
    pub log_probabilities: Vec<T>,
    /// A filter to work with.
    pub filter: Option<FilterOf<M, T>>,
    /// A filter at its beginning, and the inference that it was made for.
    pub fresh: Option<(Inference, FilterOf<M, T>)>,
}

impl<T: Real, M: GenerativeModel<T>> Memory<T, M> {
    fn new() -> Self {
        Memory {
            tables: Vec::new(),
            precisions: Vec::new(),
            induction: Vec::new(),
            priors: Interner::new(),
            posteriors: Interner::new(),
            choices: Vec::new(),
            perceived: FxHashMap::default(),
            moved: FxHashMap::default(),
            chosen: FxHashMap::default(),
            after: Vec::new(),
            log_probabilities: Vec::new(),
            filter: None,
            fresh: None,
        }
    }

    /// Forgets the last evaluation, and keeps the memory.
    pub fn clear(&mut self) {
        self.precisions.clear();
        self.induction.clear();
        self.priors.clear();
        self.posteriors.clear();
        self.choices.clear();
        self.perceived.clear();
        self.moved.clear();
        self.chosen.clear();
        self.after.clear();
        self.log_probabilities.clear();
    }

    /// Fills the tables of one set of inputs, in place where there are some of that horizon.
    pub fn tabulate(&mut self, i: usize, model: &M, inputs: M::Inputs, horizon: usize) -> Result<(), ModelError> {
        match self.tables.get_mut(i) {
            Some(tables) if tables.horizon() == horizon => tables.fill(model, inputs),
            _ => {
                let new = Tables::new(model, inputs, horizon)?;
                self.tables.truncate(i);
                self.tables.push(new);
                Ok(())
            }
        }
    }
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
