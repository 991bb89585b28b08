//! The numbers that a life is lived by.

use alloc::sync::Arc;

use super::options::AgentOptions;
use crate::model::{GenerativeModel, Tables};
use crate::plan::Induction;
use crate::scalar::Real;

/// The numbers that an agent lives by: those of its model, and what they lead to.
#[derive(Clone, Debug)]
pub struct Ground<M: GenerativeModel<T>, T: Real = f64> {
    /// The tables of the model.
    pub tables: Arc<Tables<M, T>>,
    /// What leads to its goals, where plans are made back from them.
    pub induction: Option<Arc<Induction>>,
}

impl<M: GenerativeModel<T>, T: Real> Ground<M, T> {
    /// Works back anew: from goals that were given, else from those of the model, where the options say so.
    pub(crate) fn work_back(&mut self, options: &AgentOptions) {
        self.induction = match &self.induction {
            Some(given) if given.is_given() => Some(Arc::new(given.anew(&self.tables))),
            _ => options.induction.map(|options| Arc::new(Induction::new(&self.tables, &options))),
        };
    }
}
