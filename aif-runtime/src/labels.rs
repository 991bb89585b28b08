//! The values of a domain, without its type.

use alloc::borrow::Cow;

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

    /// What the value at `index` is called.
    pub fn label(&self, index: usize) -> Cow<'static, str> {
        (self.label)(index)
    }

    /// All labels, in order.
    pub fn all(&self) -> impl Iterator<Item = Cow<'static, str>> + '_ {
        (0..self.count).map(|i| self.label(i))
    }
}
