//! The parts of a model that have nothing to do with each other: what can be planned apart. Computed by the compiler from the dependency graph.
//!
//! Two factors are of one part where one moves with the other, one modality shows both, or one action drives both. Factors that no action drives are a part
//! together: there is nothing to choose in it.

use super::meta::Meta;

/// One part: its factors, what shows them and what drives them, a bit each by their positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Its position among the parts.
    pub index: usize,
    factors: u128,
    modalities: u128,
    actions: u128,
    /// How many combinations of its own actions there are.
    pub local_actions: usize,
}

impl Part {
    const NONE: Part = Part { index: 0, factors: 0, modalities: 0, actions: 0, local_actions: 1 };

    /// Whether a factor is of this part.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn has_factor(&self, factor: usize) -> bool {
        self.factors >> factor & 1 == 1
    }

    /// Whether a modality shows factors of this part.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn has_modality(&self, modality: usize) -> bool {
        self.modalities >> modality & 1 == 1
    }

    /// The joint action with one combination of the part's own actions, all others at their first values.
    #[inline]
    pub const fn joint_action(&self, meta: &Meta, local: usize) -> usize {
        let (mut joint, mut stride, mut rest, mut a) = (0, 1, local, meta.actions.len());
        while a > 0 {
            a -= 1;
            let count = meta.actions[a].values.count;
            if self.actions >> a & 1 == 1 {
                joint += rest % count * stride;
                rest /= count;
            }
            stride *= count;
        }
        joint
    }

    /// The combination of the part's own actions within a joint action, the last running fastest.
    #[inline]
    pub const fn local_action(&self, meta: &Meta, joint: usize) -> usize {
        let (mut local, mut stride, mut rest, mut a) = (0, 1, joint, meta.actions.len());
        while a > 0 {
            a -= 1;
            let count = meta.actions[a].values.count;
            if self.actions >> a & 1 == 1 {
                local += rest % count * stride;
                stride *= count;
            }
            rest /= count;
        }
        local
    }

    /// All that has to do with an action.
    const fn around(meta: &Meta, action: usize) -> Part {
        let mut part = Part { actions: 1 << action, ..Part::NONE };
        loop {
            let (before, mut f) = (part, 0);
            while f < meta.factors.len() {
                let (factors, actions) = (set_of(meta.factors[f].parents) | 1 << f, choices(meta, meta.factors[f].actions));
                if factors & part.factors != 0 || actions & part.actions != 0 {
                    part.factors |= factors;
                    part.actions |= actions;
                }
                f += 1;
            }
            let mut m = 0;
            while m < meta.modalities.len() {
                let factors = set_of(meta.modalities[m].parents);
                if factors & part.factors != 0 {
                    part.factors |= factors;
                    part.modalities |= 1 << m;
                }
                m += 1;
            }
            if before.factors == part.factors && before.modalities == part.modalities && before.actions == part.actions {
                return part;
            }
        }
    }

    const fn and(&self, other: &Part) -> Part {
        Part {
            index: self.index,
            factors: self.factors | other.factors,
            modalities: self.modalities | other.modalities,
            actions: self.actions | other.actions,
            local_actions: 1,
        }
    }
}

/// So many parts at most: what is left is of the last that is driven.
const MOST: usize = 16;

/// Of more factors, modalities or actions a model is one part.
const BITS: usize = 128;

/// The parts of a model.
pub(crate) struct Parts {
    list: [Part; MOST],
    count: usize,
}

impl Parts {
    /// Of a model; none where there are not at least two in which there is something to choose.
    pub const fn of(meta: &Meta) -> Parts {
        let mut parts = Parts { list: [Part::NONE; MOST], count: 0 };
        let (factors, modalities, actions) = (meta.factors.len(), meta.modalities.len(), meta.actions.len());
        if factors < 2 || actions < 2 || factors > BITS || modalities > BITS || actions > BITS {
            return parts;
        }
        let (mut placed, mut a) = (Part::NONE, 0);
        while a < actions {
            if meta.actions[a].values.count > 1 && placed.actions >> a & 1 == 0 {
                let part = Part::around(meta, a);
                if part.factors != 0 {
                    let last = parts.count + 1 == MOST;
                    parts.count += !last as usize;
                    parts.list[parts.count - 1] = parts.list[parts.count - 1].and(&part);
                    placed = placed.and(&part);
                }
            }
            a += 1;
        }
        if parts.count < 2 {
            return Parts { count: 0, ..parts };
        }
        let rest = Part {
            factors: first(factors) & !placed.factors,
            modalities: first(modalities) & !placed.modalities,
            actions: first(actions) & !placed.actions,
            ..Part::NONE
        };
        if rest.factors == 0 {
            parts.list[0] = parts.list[0].and(&rest);
        } else {
            // Actions that drive nothing, or are of one value.
            parts.list[0].actions |= rest.actions;
            parts.list[parts.count] = Part { actions: 0, ..rest };
            parts.count += 1;
        }
        let mut k = 0;
        while k < parts.count {
            parts.list[k].index = k;
            let mut a = 0;
            while a < actions {
                if parts.list[k].actions >> a & 1 == 1 {
                    parts.list[k].local_actions = parts.list[k].local_actions.saturating_mul(meta.actions[a].values.count);
                }
                a += 1;
            }
            k += 1;
        }
        parts
    }

    /// How many numbers the joint distributions of a part have at most: its connected components have together at most as many joint states as its factors,
    /// but for factors of one state.
    pub const fn most_numbers(&self, meta: &Meta) -> usize {
        let (mut most, mut k) = (0, 0);
        while k < self.count {
            let (mut product, mut single, mut f) = (1usize, 0, 0);
            while f < meta.factors.len() {
                if self.list[k].has_factor(f) {
                    product = product.saturating_mul(meta.factors[f].states.count);
                    single += (meta.factors[f].states.count < 2) as usize;
                }
                f += 1;
            }
            let numbers = product.saturating_add(single);
            most = if numbers > most { numbers } else { most };
            k += 1;
        }
        most
    }

    /// Each of them; none where the model is one.
    pub const fn list(&self) -> &[Part] {
        self.list.split_at(self.count).0
    }
}

const fn set_of(list: &[usize]) -> u128 {
    let (mut set, mut i) = (0, 0);
    while i < list.len() {
        set |= 1 << list[i];
        i += 1;
    }
    set
}

/// Those of some actions that have more than one value.
const fn choices(meta: &Meta, list: &[usize]) -> u128 {
    let (mut set, mut i) = (0, 0);
    while i < list.len() {
        if meta.actions[list[i]].values.count > 1 {
            set |= 1 << list[i];
        }
        i += 1;
    }
    set
}

/// The first so many bits.
const fn first(count: usize) -> u128 {
    if count == BITS { u128::MAX } else { (1 << count) - 1 }
}
