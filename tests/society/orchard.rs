//! Two who share a tree: fruit ripens unseen, each looks with eyes of its own, and both may grab.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    Wait,
    Grab,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taste {
    Nothing,
    Sweet,
    Sour,
}

/// What who does one thing tastes, while the other does another.
fn taste<T: Real>(ripe: bool, own: Act, other: Act) -> Dist<Taste, T> {
    match (own, ripe, other) {
        (Act::Wait, ..) => Taste::Nothing.into(),
        (_, true, Act::Wait) => Taste::Sweet.into(),
        (_, true, Act::Grab) => Dist::bernoulli(Taste::Sweet, T::constant(0.5), Taste::Nothing),
        (_, false, _) => Taste::Sour.into(),
    }
}

fn ripening<T: Real>(ripe: bool, grabbed: bool) -> Dist<bool, T> {
    match (grabbed, ripe) {
        (true, _) => Dist::bernoulli(true, T::constant(0.2), false),
        (false, true) => true.into(),
        (false, false) => Dist::bernoulli(true, T::constant(0.4), false),
    }
}

/// One who sees well and likes it sweet.
#[derive(Clone, Copy, Debug)]
pub struct Gardener<T> {
    pub eye: T,
    pub sweet: T,
}

#[generative_model(horizon = 2, actions(go: Act, other: Act), policy_precision = 1.5, habit = [0.2, 0.5, -0.3, 0.1])]
impl<T: Real> Gardener<T> {
    #[factor(initial = [0.5, 0.5])]
    pub fn ripe(&self, ripe: bool, go: Act, other: Act) -> Dist<bool, T> {
        ripening(ripe, go == Act::Grab || other == Act::Grab)
    }
    #[factor(initial = Taste::Nothing)]
    pub fn mine(&self, ripe: bool, go: Act, other: Act) -> Dist<Taste, T> {
        taste(ripe, go, other)
    }
    #[factor(initial = Taste::Nothing)]
    pub fn theirs(&self, ripe: bool, go: Act, other: Act) -> Dist<Taste, T> {
        taste(ripe, other, go)
    }
    #[factor(initial = Act::Wait)]
    pub fn last(&self, go: Act) -> Act {
        go
    }
    #[factor(initial = Act::Wait)]
    pub fn heard(&self, other: Act) -> Act {
        other
    }
    #[modality]
    pub fn look(&self, ripe: bool) -> Dist<bool, T> {
        Dist::bernoulli(ripe, self.eye, !ripe)
    }
    #[modality(preference = [0.0, self.sweet, -1.5])]
    pub fn tongue(&self, mine: Taste) -> Taste {
        mine
    }
    #[modality]
    pub fn rustle(&self, heard: Act) -> Dist<bool, T> {
        Dist::bernoulli(heard == Act::Grab, T::constant(0.8), heard == Act::Wait)
    }
}

/// One who sees badly and hears everything.
#[derive(Clone, Copy, Debug)]
pub struct Thief<T> {
    pub eye: T,
}

#[generative_model(horizon = 2, actions(steal: Act, gardener: Act), action_precision = 0.8, habit = [0.0, 0.3, 0.4, 0.7])]
impl<T: Real> Thief<T> {
    #[factor(initial = [0.7, 0.3])]
    pub fn ripe(&self, ripe: bool, steal: Act, gardener: Act) -> Dist<bool, T> {
        ripening(ripe, steal == Act::Grab || gardener == Act::Grab)
    }
    #[factor(initial = Taste::Nothing)]
    pub fn own(&self, ripe: bool, steal: Act, gardener: Act) -> Dist<Taste, T> {
        taste(ripe, steal, gardener)
    }
    #[factor(initial = Act::Wait)]
    pub fn was(&self, gardener: Act) -> Act {
        gardener
    }
    #[factor(initial = Act::Wait)]
    pub fn did(&self, steal: Act) -> Act {
        steal
    }
    #[modality]
    pub fn look(&self, ripe: bool) -> Dist<bool, T> {
        Dist::bernoulli(ripe, self.eye, !ripe)
    }
    #[modality(preference = [0.0, 2.0, -0.5])]
    pub fn tongue(&self, own: Taste) -> Taste {
        own
    }
    #[modality]
    pub fn sight(&self, was: Act) -> Act {
        was
    }
}

/// How the world looks to the thief.
pub fn to_thief(state: GardenerState) -> ThiefState {
    ThiefState { ripe: state.ripe, own: state.theirs, was: state.last, did: state.heard }
}

/// What the thief holds the gardener to think: of the gardener's own taste, the thief knows nothing but by what happens.
pub fn to_gardener(state: ThiefState) -> GardenerState {
    GardenerState { ripe: state.ripe, mine: Taste::Nothing, theirs: state.own, last: state.was, heard: state.did }
}
