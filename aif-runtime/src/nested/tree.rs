//! What is known of a model and of all levels below it, without their types.

use alloc::vec::Vec;

use super::{EachLevel, Nested, Nothing};
use crate::model::{GenerativeModel, Meta};
use crate::scalar::Real;

/// A model, and the levels below it.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Names, sizes and dependencies.
    pub meta: &'static Meta,
    /// The column of a table that counts its steps, where it has levels.
    pub step: &'static str,
    /// Of each level the modality that it is, and what is below.
    pub levels: Vec<(usize, Tree)>,
}

impl Tree {
    /// The names of the modalities that are observed: those that are no levels.
    pub fn seen(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.meta.modalities.len()).filter(|m| self.levels.iter().all(|(level, _)| level != m))
    }

    /// Calls `visit` with every model, the lowest levels first, as actions are scored; with its depth and the level that it is.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Tree)) {
        for (_, level) in &self.levels {
            level.each(visit);
        }
        visit(self);
    }
}

/// What is known of a model and of the levels below it.
pub fn tree<M: Nested<T>, T: Real>() -> Tree {
    let mut below = Below(Vec::new());
    M::each_level(&mut M::blank::<Nothing>(), &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut below);
    let levels = M::LEVELS.iter().copied().zip(below.0).collect();
    Tree { meta: const { &<M as GenerativeModel<T>>::META }, step: M::STEP, levels }
}

struct Below(Vec<Tree>);

impl<T: Real> EachLevel<Nothing, Nothing, Nothing, T> for Below {
    fn level<L: Nested<T>>(&mut self, (): &mut (), (): &(), (): &mut ()) {
        self.0.push(tree::<L, T>());
    }
}
