//! The values of a domain, without its type.

use alloc::borrow::Cow;
use alloc::format;

use crate::domain::{Domain, label_at};

/// The values of a domain: how many, and what each is called.
#[derive(Clone, Copy)]
pub struct Labels {
    /// How many values there are.
    pub count: usize,
    label: fn(usize) -> Cow<'static, str>,
}

impl core::fmt::Debug for Labels {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

impl Labels {
    /// The labels of a domain.
    pub const fn of<D: Domain>() -> Self {
        Labels { count: D::COUNT, label: label_at::<D> }
    }

    /// The labels of a domain but one: those of contrasts.
    pub const fn but<D: Domain, const OMITTED: usize>() -> Self {
        const { assert!(OMITTED < D::COUNT, "the value that is left out is one of the domain's") };
        Labels { count: D::COUNT - 1, label: |i| label_at::<D>(if i < OMITTED { i } else { i + 1 }) }
    }

    /// The pairs of a domain's values, the later one first: `B - A`, `C - A`, `C - B`.
    pub const fn pairs<D: Domain>() -> Self {
        let label = |i: usize| {
            let (mut later, mut before) = (1, i);
            while before >= later {
                before -= later;
                later += 1;
            }
            Cow::Owned(format!("{} - {}", label_at::<D>(later), label_at::<D>(before)))
        };
        Labels { count: D::COUNT * (D::COUNT - 1) / 2, label }
    }

    /// Places with names of their own.
    pub const fn named(count: usize, label: fn(usize) -> Cow<'static, str>) -> Self {
        Labels { count, label }
    }

    /// What the value at `index` is called.
    pub fn label(&self, index: usize) -> Cow<'static, str> {
        (self.label)(index)
    }

    /// All labels, in order.
    pub fn all(&self) -> impl Iterator<Item = Cow<'static, str>> + '_ {
        (0..self.count).map(|i| self.label(i))
    }
}
