//! Models for the C door: a goal at the end of a large map, and a list of policies that depends on a parameter.

use aif::prelude::*;

use crate::places::{Go, moved};

/// Someone on an errand, who sees where it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errand;

#[generative_model(horizon = 3, actions(go: Go))]
impl Errand {
    #[factor(initial = uniform(), goal = Goal::from_fn(|place: Cell<30, 30>| place.index() == 899))]
    fn place(&self, place: Cell<30, 30>, go: Go) -> Cell<30, 30> {
        moved(place, go)
    }
    #[modality]
    fn seen(&self, place: Cell<30, 30>) -> Cell<30, 30> {
        place
    }
}

/// Someone who compares two ways, of two steps each where chances are good, else of one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listed<T = f64> {
    pub chance: T,
}

#[generative_model(horizon = 2, actions(open: bool), policies = self.ways())]
impl<T: Real> Listed<T> {
    fn ways(&self) -> Result<Policies<ListedAction>, ModelError> {
        let steps = if self.chance.value() < 0.5 { 1 } else { 2 };
        Policies::new(&[false, true].map(|open| vec![ListedAction { open }; steps]))
    }
    #[factor(initial = uniform())]
    fn door(&self, open: bool) -> bool {
        open
    }
    #[modality(preference = [0.0, 1.0])]
    fn food(&self, door: bool) -> Dist<bool, T> {
        Dist::bernoulli(true, if door { self.chance } else { T::constant(0.5) }, false)
    }
}
