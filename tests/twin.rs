//! A model written by hand: the specification of what `#[generative_model]` expands to.
//!
//! `Declared` and `Written` are one model; everything that the macro emits for the first stands here in full for the second.

use std::borrow::Cow;

use aif::prelude::*;
use aif::runtime::model::{
    ActionVariable, Certain, Factor, FactorSite, Kind, Labels, Modality, ModalitySite, Tabulator, factor_site, modality_site,
};
use aif::runtime::{Assignment, Initial, Marginals, Meta, Numbers, Signal, Value};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sound {
    Low,
    High,
}

#[derive(Clone, Copy, Debug)]
pub struct Declared<T> {
    pub accuracy: T,
}

#[generative_model(horizon = 2, actions(pull: bool), policy_precision = 2 * self.accuracy)]
impl<T: Real> Declared<T> {
    #[factor(initial = [0.25, 0.75])]
    fn up(&self, up: bool, pull: bool) -> bool {
        up ^ pull
    }

    #[modality(preference = [0, self.accuracy])]
    fn sound(&self, up: bool) -> Dist<Sound, T> {
        if up { Dist::bernoulli(Sound::High, self.accuracy, Sound::Low) } else { Sound::Low.into() }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Written<T> {
    pub accuracy: T,
}

impl<T: Real> Written<T> {
    fn up(&self, up: bool, pull: bool) -> bool {
        up ^ pull
    }
    fn sound(&self, up: bool) -> Dist<Sound, T> {
        if up { Dist::bernoulli(Sound::High, self.accuracy, Sound::Low) } else { Sound::Low.into() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WrittenState {
    pub up: bool,
}

impl Assignment for WrittenState {
    fn first() -> Self {
        WrittenState { up: false }
    }
    fn get(&self, _: usize) -> usize {
        self.up.index()
    }
    fn set(&mut self, _: usize, index: usize) {
        self.up = index == 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WrittenObservation {
    pub sound: Sound,
}

impl Assignment for WrittenObservation {
    fn first() -> Self {
        WrittenObservation { sound: Sound::Low }
    }
    fn get(&self, _: usize) -> usize {
        self.sound.index()
    }
    fn set(&mut self, _: usize, index: usize) {
        self.sound = Sound::from_index(index).unwrap_or(self.sound);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenAction {
    pub pull: bool,
}

impl Domain for WrittenAction {
    const COUNT: usize = 2;
    type Array<T: Value> = [T; 2];
    fn index(self) -> usize {
        self.pull.index()
    }
    fn from_index(index: usize) -> Option<Self> {
        Some(WrittenAction { pull: bool::from_index(index)? })
    }
    fn label(self) -> Cow<'static, str> {
        self.pull.label()
    }
    fn filled<T: Value>(value: T) -> [T; 2] {
        [value; 2]
    }
    fn flat<T: Value>(arrays: &[[T; 2]]) -> &[T] {
        arrays.as_flattened()
    }
    fn flat_mut<T: Value>(arrays: &mut [[T; 2]]) -> &mut [T] {
        arrays.as_flattened_mut()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenBelief<T: Real> {
    pub up: Dist<bool, T>,
}

impl<T: Real> Marginals<T> for WrittenBelief<T> {
    fn zero() -> Self {
        WrittenBelief { up: Dist::zero() }
    }
    fn probabilities(&self, _: usize) -> &[T] {
        self.up.probabilities()
    }
    fn probabilities_mut(&mut self, _: usize) -> &mut [T] {
        self.up.probabilities_mut()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenOutcomes<T: Real> {
    pub sound: Dist<Sound, T>,
}

impl<T: Real> Marginals<T> for WrittenOutcomes<T> {
    fn zero() -> Self {
        WrittenOutcomes { sound: Dist::zero() }
    }
    fn probabilities(&self, _: usize) -> &[T] {
        self.sound.probabilities()
    }
    fn probabilities_mut(&mut self, _: usize) -> &mut [T] {
        self.sound.probabilities_mut()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenPreferences<T: Real> {
    pub sound: Values<Sound, T>,
}

impl<T: Real> Numbers<T> for WrittenPreferences<T> {
    fn zero() -> Self {
        WrittenPreferences { sound: Values::zero() }
    }
    fn numbers(&self, _: usize) -> &[T] {
        self.sound.entries()
    }
    fn numbers_mut(&mut self, _: usize) -> &mut [T] {
        self.sound.entries_mut()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenEvidence<T: Real> {
    pub sound: Observed<Sound, T>,
}

impl<T: Real> From<WrittenObservation> for WrittenEvidence<T> {
    fn from(seen: WrittenObservation) -> Self {
        WrittenEvidence { sound: Observed::Seen(seen.sound) }
    }
}

impl<T: Real> GenerativeModel<T> for Written<T> {
    const META: Meta = Meta {
        name: "Written",
        factors: &[Factor {
            name: "up",
            states: Labels::of::<bool>(),
            parents: &[0],
            actions: &[0],
            kind: Kind::Map,
            kept: false,
        }],
        modalities: &[Modality {
            name: "sound",
            outcomes: Labels::of::<Sound>(),
            parents: &[0],
            kind: Kind::Free,
            timed: false,
            measured: None,
        }],
        actions: &[ActionVariable { name: "pull", values: Labels::of::<bool>() }],
        inputs: &[],
        responses: &[],
        horizon: 2,
    };
    type State = WrittenState;
    type Observation = WrittenObservation;
    type Action = WrittenAction;
    type Inputs = ();
    type Belief = WrittenBelief<T>;
    type Outcomes = WrittenOutcomes<T>;
    type Preferences = WrittenPreferences<T>;
    type Evidence = WrittenEvidence<T>;

    fn tabulate(&self, (): &(), tables: &mut Tabulator<'_, Self, T>) -> Result<(), ModelError> {
        let factor = const { &factor_site(&<Self as GenerativeModel<T>>::META, 0) };
        tables.factor(factor, |at| Certain(self.up(at.state(0), at.action(0))))?;
        tables.initial::<bool>(factor, Initial::from([0.25, 0.75]))?;
        let modality = const { &modality_site(&<Self as GenerativeModel<T>>::META, 0) };
        tables.modality::<Sound, _>(
            modality,
            |at| self.sound(at.state(0)),
            |_| Values::from([T::zero(), self.accuracy]).into(),
        )?;
        tables.policy_precision(self.accuracy * 2.0)
    }

    fn each_factor(mut f: impl FnMut(&'static FactorSite)) {
        f(const { &factor_site(&<Self as GenerativeModel<T>>::META, 0) });
    }

    fn each_modality(mut f: impl FnMut(&'static ModalitySite)) {
        f(const { &modality_site(&<Self as GenerativeModel<T>>::META, 0) });
    }

    fn signal(evidence: &WrittenEvidence<T>, _: usize) -> Signal<'_, T> {
        evidence.sound.signal()
    }

    fn evidence(outcomes: &[Option<usize>]) -> WrittenEvidence<T> {
        WrittenEvidence { sound: Observed::from_index(outcomes.first().copied().flatten()) }
    }

    fn set_signal(evidence: &mut WrittenEvidence<T>, _: usize, signal: Signal<'_, T>) {
        evidence.sound = Observed::from_signal(signal);
    }
}

#[test]
fn the_declared_model_is_the_written_one() {
    for inference in [Inference::REFERENCE, Inference::Exact] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let mut declared = Agent::with_options(Declared { accuracy: 0.8 }, (), options).unwrap();
        let mut written = Agent::with_options(Written { accuracy: 0.8 }, (), options).unwrap();
        assert_eq!(declared.precisions(), written.precisions());
        let mut worlds = (World::new(Declared { accuracy: 0.9 }).unwrap(), World::new(Written { accuracy: 0.9 }).unwrap());
        let mut one = ChaCha8Rng::seed_from_u64(2);
        let mut other = one.clone();
        let (mut a, mut b) = (worlds.0.reset(&mut one), worlds.1.reset(&mut other));
        for _ in 0..50 {
            assert_eq!(a.sound, b.sound);
            let (x, y) = (declared.step(a, &mut one), written.step(b, &mut other));
            assert_eq!(x.pull, y.pull);
            assert_eq!(declared.belief().up, written.belief().up);
            assert_eq!(declared.expected_outcomes().sound, written.expected_outcomes().sound);
            (a, b) = (worlds.0.step(x, &mut one), worlds.1.step(y, &mut other));
        }
    }
}
