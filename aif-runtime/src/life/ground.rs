//! The numbers that a life is lived by.

use alloc::sync::Arc;

use super::options::AgentOptions;
use crate::model::{GenerativeModel, Tables};
use crate::plan::{Induction, Leads};
use crate::scalar::Real;

/// The numbers that an agent lives by: those of its model, and what they lead to.
#[derive(Clone, Debug)]
pub struct Ground<M: GenerativeModel<T>, T: Real = f64> {
    /// The tables of the model.
    pub tables: Arc<Tables<M, T>>,
    /// What leads to its goals, where plans are made back from them.
    pub induction: Option<Arc<Induction>>,
    /// What leads where, once that was worked out of these tables: for whatever goals come next.
    pub(super) leads: Option<Arc<Leads>>,
}

impl<M: GenerativeModel<T>, T: Real> Ground<M, T> {
    /// Numbers that nothing was worked back in.
    pub(super) fn new(tables: Arc<Tables<M, T>>) -> Self {
        Ground { tables, induction: None, leads: None }
    }

    /// The same numbers with no goals; what leads where is shared.
    pub(super) fn at_first(&self) -> Self {
        Ground { tables: Arc::clone(&self.tables), induction: None, leads: self.leads.clone() }
    }

    /// What leads where, by transitions more probable than `threshold`: as it is known, where it is.
    pub(crate) fn leads(&self, threshold: f64) -> Arc<Leads> {
        let known = self.leads.as_ref().filter(|leads| leads.threshold() == threshold);
        known.map_or_else(|| Arc::new(Leads::new(&self.tables, threshold)), Arc::clone)
    }

    /// The same, and it is kept.
    pub(crate) fn keep_leads(&mut self, threshold: f64) -> Arc<Leads> {
        Arc::clone(self.leads.insert(self.leads(threshold)))
    }

    /// The same, taken from others that it was kept by, where their tables are these.
    pub(super) fn take_leads(&mut self, from: &Self, threshold: f64) {
        if Arc::ptr_eq(&self.tables, &from.tables) {
            self.leads.clone_from(&from.leads);
        }
        self.keep_leads(threshold);
    }

    /// Works back anew, as the transitions are other ones: from goals that were given, else from those of the model, where the options say so.
    pub(crate) fn work_back(&mut self, options: &AgentOptions) {
        self.leads = None;
        match self.induction.take().filter(|given| given.is_given()) {
            Some(given) => self.induction = Some(Arc::new(given.anew(self.keep_leads(given.options().threshold)))),
            None => self.work_back_declared(options),
        }
    }

    /// Works back from the goals of the model, where the options say so; what leads where is not worked out again.
    pub(crate) fn work_back_declared(&mut self, options: &AgentOptions) {
        self.induction = options.induction.map(|options| {
            let leads = self.keep_leads(options.threshold);
            Arc::new(Induction::declared(leads, &self.tables, &options))
        });
    }
}
