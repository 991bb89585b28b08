//! What a declared type is in Python, by its family: agents and worlds, agents of levels, a filter, or a learner.

use std::sync::Arc;

use aif_runtime::hgf::GaussianFilter;
use aif_runtime::learner::LearningModel;
use aif_runtime::nested::{Runs, Worlds};
use aif_runtime::{Hgf, Learns, Nested, Nests, Pomdp};

use crate::filter::Filters;
use crate::learner::Learning;
use crate::lives::Lives;
use crate::model::{Build, Made, Model};
use crate::nest::Nesting;

/// A family of declarations that has classes in Python.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no classes in Python",
    note = "what `#[generative_model]`, `#[hgf]` and `#[learner]` declare has; of players of games there are scores and fits: `name, fit = POPULATION`"
)]
pub trait Family<M> {
    /// What it is there.
    fn kind(build: Build<M>) -> Kind;
}

/// What a declared type is in Python.
pub struct Kind(pub(crate) Erased);

/// The same, without its type.
#[derive(Clone)]
pub(crate) enum Erased {
    Model(Arc<dyn Model>),
    Nested(Arc<dyn Nesting>),
    Filter(Arc<dyn Filters>),
    Learner(Arc<dyn Learning>),
}

impl Erased {
    /// The name of the declared type.
    pub fn name(&self) -> &'static str {
        match self {
            Erased::Model(model) => model.meta().name,
            Erased::Nested(model) => model.tree().meta.name,
            Erased::Filter(filter) => filter.meta().name,
            Erased::Learner(learner) => learner.meta().name,
        }
    }
}

impl<M: Lives> Family<M> for Pomdp<M> {
    fn kind(build: Build<M>) -> Kind {
        Kind(Erased::Model(Arc::new(Made(build))))
    }
}

impl<M> Family<M> for Nests<M>
where
    M: Nested<Levels<Runs>: Send, Levels<Worlds>: Send + Sync> + 'static,
{
    fn kind(build: Build<M>) -> Kind {
        Kind(Erased::Nested(Arc::new(Made(build))))
    }
}

impl<M: GaussianFilter<f64> + 'static> Family<M> for Hgf<M> {
    fn kind(build: Build<M>) -> Kind {
        Kind(Erased::Filter(Arc::new(Made(build))))
    }
}

impl<M: LearningModel<f64> + 'static> Family<M> for Learns<M> {
    fn kind(build: Build<M>) -> Kind {
        Kind(Erased::Learner(Arc::new(Made(build))))
    }
}
