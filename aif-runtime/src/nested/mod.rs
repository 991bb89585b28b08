//! Models within models: a level is a declared model that lives one run for each step of the level above.
//!
//! Down goes the distribution of where a run begins, as the level above expects it. Up goes, for each state that a run can have begun in, how
//! probable what was seen in it is ([`Nesting::Exact`]), so that perception of the whole is that of the joint model of all levels: where each level
//! perceives exactly, learns nothing and keeps nothing from run to run. Levels beside each other hear of each other when all their runs are over.

mod agent;
mod begun;
mod decide;
mod expect;
mod lent;
mod looks;
mod memory;
mod moment;
mod options;
mod run;
mod trail;
mod tree;
mod world;

use core::fmt::Debug;

pub use agent::NestedAgent;
pub use decide::{Decide, Due};
pub use moment::{Acts, Given, Givens, Seen, Sights, Steps};
pub use options::{NestedOptions, NestedOptionsOf};
pub use run::{Run, Runs};
pub use trail::{Beliefs, Believed, Tick, nested_rollout};
pub use tree::{Tree, tree};
pub use world::{NestedWorld, Worlds};

pub use crate::nesting::Nesting;

use crate::domain::Domain;
use crate::model::{GenerativeModel, Meta};
use crate::scalar::Real;

/// A model with the levels below it; `#[generative_model]` implements it, of models without levels, too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared: it cannot be the model of a level",
    note = "`#[generative_model]` on an impl block of `{Self}` declares it"
)]
pub trait Nested<T: Real = f64>: GenerativeModel<T> {
    /// One thing of a kind for each level, by its name.
    type Levels<K: Kind<T>>: Clone + Debug;

    /// Which modality each level is.
    const LEVELS: &'static [usize];

    /// What is passed down to runs besides where they begin.
    const LENT: &'static [Lent];

    /// What is passed down of one of these, given one combination of the states above that it depends on (the last running fastest): a
    /// distribution, into `to`. Which modality or action below it is of.
    fn lent(&self, which: usize, context: usize, to: &mut [T]) -> usize;

    /// The column of a table that counts the steps of this model, where it has levels.
    const STEP: &'static str;

    /// One thing for each level, made from the level, its model and what else there is of it.
    ///
    /// # Errors
    /// Those of the maker.
    fn levels<K: Kind<T>, B: Kind<T>, V: MakeLevel<K, B, T>>(
        &self,
        with: &Self::Levels<B>,
        maker: &mut V,
    ) -> Result<Self::Levels<K>, V::Error>;

    /// A blank thing for each level.
    fn blank<K: Blank<T>>() -> Self::Levels<K>;

    /// Visits each level, with three things that there are of it.
    fn each_level<A: Kind<T>, B: Kind<T>, C: Kind<T>, V: EachLevel<A, B, C, T>>(
        a: &mut Self::Levels<A>,
        b: &Self::Levels<B>,
        c: &mut Self::Levels<C>,
        visitor: &mut V,
    );
}

/// A kind of thing that there is one of for each level.
pub trait Kind<T: Real> {
    /// What there is of a level with this model.
    type Of<L: Nested<T>>: Clone + Debug;
}

/// A kind of thing that can be blank.
pub trait Blank<T: Real>: Kind<T> {
    /// A blank one.
    fn blank<L: Nested<T>>() -> Self::Of<L>;
}

/// Nothing of each level.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<T: Real> Kind<T> for Nothing {
    type Of<L: Nested<T>> = ();
}

impl<T: Real> Blank<T> for Nothing {
    fn blank<L: Nested<T>>() {}
}

/// Makes one thing for each level.
pub trait MakeLevel<K: Kind<T>, B: Kind<T>, T: Real> {
    /// What can go wrong.
    type Error;

    /// Makes that of one level.
    ///
    /// # Errors
    /// When it cannot be made.
    fn level<L: Nested<T>>(&mut self, level: Level, model: L, with: &B::Of<L>) -> Result<K::Of<L>, Self::Error>;
}

/// Visits levels.
pub trait EachLevel<A: Kind<T>, B: Kind<T>, C: Kind<T>, T: Real> {
    /// Visits one.
    fn level<L: Nested<T>>(&mut self, a: &mut A::Of<L>, b: &B::Of<L>, c: &mut C::Of<L>);
}

/// How a level hangs below a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Which modality above says where a run begins: its outcomes are the states of a factor below.
    pub modality: usize,
    /// Which factor below that is.
    pub begins: usize,
    /// After how many steps below a run is over.
    pub steps: usize,
    /// When it is over earlier.
    pub until: Option<Until>,
}

/// What is passed down to the runs of a level besides where they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lent {
    /// Its name.
    pub name: &'static str,
    /// To which level, of those in their order.
    pub level: usize,
    /// On which factors above it depends.
    pub parents: &'static [usize],
    /// How many values it has.
    pub values: usize,
    /// What it is.
    pub what: LentAs,
}

/// What is passed down to runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LentAs {
    /// What is preferred of a modality below: the logarithm of a distribution of its outcomes.
    Preference,
    /// What is done below by habit: the logarithm of a distribution of an action's values.
    Habit,
}

/// When a run is over early.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// When the entropy of what is believed of where it began is below this, in nats.
    Certain(f64),
    /// When a modality below shows an outcome.
    Shows {
        /// Which modality.
        modality: usize,
        /// Which outcome, by its index.
        outcome: usize,
    },
}

/// The place of a factor, by its name.
#[doc(hidden)]
pub fn factor_named(meta: &Meta, name: &str) -> usize {
    meta.factors.iter().position(|factor| factor.name == name).unwrap_or(0)
}

/// The place of a modality, by its name.
#[doc(hidden)]
pub fn modality_named(meta: &Meta, name: &str) -> usize {
    meta.modalities.iter().position(|modality| modality.name == name).unwrap_or(0)
}

/// The place of an action, by its name.
#[doc(hidden)]
pub fn action_named(meta: &Meta, name: &str) -> usize {
    meta.actions.iter().position(|action| action.name == name).unwrap_or(0)
}

/// The values of a field are those of a domain.
#[doc(hidden)]
pub fn same_values<S, D: Domain>(_: impl Fn(&S) -> D) {}

/// The index of a value of a field.
#[doc(hidden)]
pub fn value_of<S, D: Domain>(_: impl Fn(&S) -> D, value: D) -> usize {
    value.index()
}
