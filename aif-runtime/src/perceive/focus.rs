//! What of a table counts under a belief: the parents that are uncertain and matter. Whatever depends on the others is the same in all their states.

use crate::model::{GenerativeModel, Marginals, ModalitySite, Tables};
use crate::scalar::{Real, exact_zero};

/// Of more parents than this that are uncertain and matter at once none is left out.
const MOST: usize = 4;

/// The combination of parents' states that is possible, where it is only one.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn certain<B: Marginals<T>, T: Real>(belief: &B, parents: &[usize]) -> Option<usize> {
    let mut context = 0;
    for &parent in parents {
        let p = belief.probabilities(parent);
        context = context * p.len() + only(p)?;
    }
    Some(context)
}

/// The parents of a likelihood that are uncertain and matter, given those that are certain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Focus {
    /// The combination of all parents in which these are in their first state.
    base: usize,
    /// Each with by how much the combination grows with its state.
    active: [(u16, u32); MOST],
    count: usize,
    /// Whether some parent is uncertain, and does not matter.
    pub reduced: bool,
}

/// The only state that is possible, where it is only one.
#[cfg_attr(not(debug_assertions), inline(always))]
fn only<T: Real>(p: &[T]) -> Option<usize> {
    let mut found = None;
    for (s, &p) in p.iter().enumerate() {
        if !exact_zero(p) {
            if found.is_some() {
                return None;
            }
            found = Some(s);
        }
    }
    found
}

impl Focus {
    /// What counts of a likelihood under a belief; `None` where that is too much.
    #[inline]
    pub fn of<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, site: &ModalitySite, belief: &M::Belief) -> Option<Self> {
        let mut focus = Focus { base: 0, active: [(0, 0); MOST], count: 0, reduced: false };
        let (mut stride, mut start, mut relevant, mut uncertain) = (site.contexts, 0, u16::MAX, 0u16);
        for (k, &parent) in site.parents.iter().enumerate() {
            let p = belief.probabilities(parent);
            stride /= p.len();
            match only(p) {
                Some(state) => {
                    focus.base += state * stride;
                    relevant &= tables.relevant(site, start, state);
                }
                None => uncertain |= 1 << k,
            }
            start += p.len();
        }
        focus.reduced = uncertain & !relevant != 0;
        let mut stride = site.contexts;
        for (k, &parent) in site.parents.iter().enumerate() {
            stride /= M::META.factors[parent].states.count;
            if uncertain & relevant & 1 << k != 0 {
                *focus.active.get_mut(focus.count)? = (parent as u16, stride as u32);
                focus.count += 1;
            }
        }
        Some(focus)
    }

    /// The only combination that counts, where it is only one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn certain(&self) -> Option<usize> {
        (self.count == 0).then_some(self.base)
    }

    /// The only factor that counts, the combination in which it is in its first state, and by how much that grows with its state.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn single(&self) -> Option<(usize, usize, usize)> {
        (self.count == 1).then(|| (usize::from(self.active[0].0), self.base, self.active[0].1 as usize))
    }

    /// How many combinations count.
    #[inline]
    pub fn contexts<M: GenerativeModel<T>, T: Real>(&self) -> usize {
        self.active[..self.count].iter().map(|&(f, _)| M::META.factors[usize::from(f)].states.count).product()
    }

    /// Calls `f(combination, probability)` for every combination that counts and is not impossible.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn each<B: Marginals<T>, T: Real>(&self, belief: &B, mut f: impl FnMut(usize, T)) {
        match self.active[..self.count] {
            [] => f(self.base, T::one()),
            [(a, stride)] => {
                for (s, &p) in belief.probabilities(usize::from(a)).iter().enumerate() {
                    if !exact_zero(p) {
                        f(self.base + s * stride as usize, p);
                    }
                }
            }
            ref active => nest(belief, active, (self.base, T::one()), &mut f),
        }
    }
}

fn nest<B: Marginals<T>, T: Real>(
    belief: &B,
    active: &[(u16, u32)],
    (context, product): (usize, T),
    f: &mut impl FnMut(usize, T),
) {
    let Some((&(factor, stride), rest)) = active.split_first() else { return f(context, product) };
    for (s, &p) in belief.probabilities(usize::from(factor)).iter().enumerate() {
        if !exact_zero(p) {
            nest(belief, rest, (context + s * stride as usize, product * p), f);
        }
    }
}
