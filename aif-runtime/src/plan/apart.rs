//! The part of a model that is planned by itself, as planning sees it: which factors and modalities have to do with it, and what there is to choose.

use core::marker::PhantomData;

use super::PlanningContext;
use crate::domain::Domain;
use crate::model::{GenerativeModel, Part, Parts};
use crate::scalar::Real;

/// The parts of a model, known to the compiler.
struct Of<M, T>(PhantomData<fn() -> (M, T)>);

impl<M: GenerativeModel<T>, T: Real> Of<M, T> {
    const PARTS: Parts = Parts::of(&M::META);
}

/// Whether a model falls apart; of one that does not, nothing here is compiled.
pub(crate) const fn splits<M: GenerativeModel<T>, T: Real>() -> bool {
    !Of::<M, T>::PARTS.list().is_empty()
}

/// How many numbers the joint distributions of a part have at most.
pub(super) const fn most_numbers<M: GenerativeModel<T>, T: Real>() -> usize {
    Of::<M, T>::PARTS.most_numbers(&M::META)
}

/// The parts of a model; none where it is one.
pub(crate) fn parts<M: GenerativeModel<T>, T: Real>() -> &'static [Part] {
    const { &Of::<M, T>::PARTS }.list()
}

impl<M: GenerativeModel<T>, T: Real> PlanningContext<'_, M, T> {
    /// The part that is planned by itself, where it is not the whole model.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn part(&self) -> Option<&'static Part> {
        if const { splits::<M, T>() } { self.part } else { None }
    }

    /// Whether a factor has to do with what is planned.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn has_factor(&self, factor: usize) -> bool {
        self.part().is_none_or(|part| part.has_factor(factor))
    }

    /// Whether a modality has to do with what is planned.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn has_modality(&self, modality: usize) -> bool {
        self.part().is_none_or(|part| part.has_modality(modality))
    }

    /// How many actions there are to choose from.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn choices(&self) -> usize {
        self.part().map_or(M::Action::COUNT, |part| part.local_actions)
    }

    /// One of them as a joint action.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn choice(&self, choice: usize) -> usize {
        self.part().map_or(choice, |part| part.joint_action(&M::META, choice))
    }

    /// Whether one of them can be taken now: with some actions of other parts.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn is_open_choice(&self, choice: usize) -> bool {
        match (self.part(), self.open) {
            (Some(part), Some(_)) => {
                (0..M::Action::COUNT).any(|action| self.is_open(action) && part.local_action(&M::META, action) == choice)
            }
            _ => self.is_open(choice),
        }
    }

    /// Whether preferences depend on the step.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn is_timed(&self) -> bool {
        M::META.modalities.iter().enumerate().any(|(m, modality)| modality.timed && self.has_modality(m))
    }

    /// Whether what is planned here is planned part by part: not where what all modalities tell together counts, which need not be a sum over parts.
    pub(super) fn falls_apart(&self) -> bool {
        if const { !splits::<M, T>() } {
            return false;
        }
        let of_all = self.objective.on.state_information_gain && self.objective.joint_information_gain;
        !of_all && self.part.is_none() && (self.joint.is_none() || !self.parts.is_empty())
    }
}
