//! What agents behind the door share: all that does not change while they live, by parameters and options.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use aif_runtime::{Agent, ModelFamily};

/// What agents of the same parameters and options share: tables, what leads to goals, bounds.
#[derive(Debug)]
pub(super) struct Kind<M: ModelFamily> {
    parameters: Box<[u64]>,
    options: Box<str>,
    /// Apart, so that nothing is left of it where the shared still knows that it was.
    agent: Box<Agent<M>>,
    /// The same, which knows what leads where: once one of them has goals of its own.
    guide: OnceLock<Box<Agent<M>>>,
}

impl<M: ModelFamily> Kind<M> {
    /// An agent at its beginning, to be cloned.
    pub fn agent(&self) -> &Agent<M> {
        &self.agent
    }

    /// The same for an agent that may have goals of its own: what leads where is worked out once for all of them.
    pub fn like(&self, goals: bool) -> &Agent<M> {
        if !goals {
            return &self.agent;
        }
        self.guide.get_or_init(|| {
            let mut guide = self.agent.clone();
            guide.find_ways();
            guide
        })
    }
}

/// The kinds of which an agent lives: one shared for each door.
#[derive(Debug)]
pub struct SharedModels<M: ModelFamily> {
    kinds: Mutex<Vec<Weak<Kind<M>>>>,
}

impl<M: ModelFamily> SharedModels<M> {
    /// Nobody lives.
    pub const fn new() -> Self {
        SharedModels { kinds: Mutex::new(Vec::new()) }
    }

    /// The kind of these parameters and options, made where nobody of it lives.
    pub(super) fn kind(
        &self,
        parameters: &[f64],
        options: &str,
        make: impl FnOnce() -> Result<Agent<M>, i32>,
    ) -> Result<Arc<Kind<M>>, i32> {
        let bits: Box<[u64]> = parameters.iter().map(|p| p.to_bits()).collect();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.retain(|kind| kind.strong_count() > 0);
        let alike = |kind: &Arc<Kind<M>>| kind.parameters == bits && *kind.options == *options;
        if let Some(kind) = kinds.iter().filter_map(Weak::upgrade).find(alike) {
            return Ok(kind);
        }
        let kind = Arc::new(Kind { parameters: bits, options: options.into(), agent: Box::new(make()?), guide: OnceLock::new() });
        kinds.push(Arc::downgrade(&kind));
        Ok(kind)
    }
}

impl<M: ModelFamily> Default for SharedModels<M> {
    fn default() -> Self {
        SharedModels::new()
    }
}
