//! Levels beside each other, runs that are over early, and what cannot be.

use aif::prelude::*;
use aif::runtime::nested::Sights;
use aif::runtime::{Acts, Inference, ModelError, NestedAgent, NestedOptions, Nesting, Seen};

use super::listener::{Ear, EarEvidence, Sound, Tone};

type Two = Index<2>;
type Three = Index<3>;

/// An eye that sees flashes until the second kind comes.
#[derive(Clone, Copy, Debug)]
pub struct Eye<T> {
    pub keenness: T,
}

#[generative_model(horizon = 1)]
impl<T: Real> Eye<T> {
    #[factor(initial = uniform())]
    fn sight(&self, sight: Three) -> Three {
        sight
    }
    #[modality]
    fn flash(&self, sight: Three) -> Dist<Two, T> {
        let second = self.keenness * (sight.index() as f64 * 0.5);
        Dist::from_fn(|flash: Two| if flash.index() == 1 { second } else { T::one() - second })
    }
}

/// What causes both sounds and flashes.
#[derive(Clone, Copy, Debug)]
pub struct Cause<T> {
    pub ear: Ear<T>,
    pub eye: Eye<T>,
    pub hears: usize,
    pub certain: f64,
}

#[generative_model(horizon = 1)]
impl<T: Real> Cause<T> {
    #[factor(initial = [0.3, 0.7])]
    fn cause(&self, cause: Two) -> Two {
        cause
    }
    #[level(model = Ear<T>, from = self.ear, steps = self.hears, begins = tone, until = certain(self.certain))]
    fn ear(&self, cause: Two) -> Dist<Tone> {
        if cause.index() == 0 { dist![0.9, 0.1] } else { dist![0.35, 0.65] }
    }
    #[level(model = Eye<T>, from = self.eye, steps = 4, begins = sight, until = shows(flash, Two::from_index(1).unwrap()))]
    fn eye(&self, cause: Two) -> Dist<Three> {
        if cause.index() == 0 { dist![0.5, 0.3, 0.2] } else { dist![0.2, 0.2, 0.6] }
    }
}

const CAUSE: Cause<f64> = Cause { ear: Ear { sharpness: 0.8 }, eye: Eye { keenness: 0.9 }, hears: 3, certain: 1e-6 };

fn seen(sound: Option<Sound>, flash: Option<usize>) -> Seen<Cause<f64>> {
    let ear = sound.map(|sound| Seen::new(EarEvidence { sound: Observed::Seen(sound) }));
    let eye = flash.map(|flash| Seen::new(EyeEvidence { flash: Observed::from_index(Some(flash)) }));
    Seen::of_levels(CauseLevels::<Sights> { ear, eye })
}

#[test]
fn levels_beside_each_other_are_heard_of_when_all_are_over() {
    let mut agent = NestedAgent::new(CAUSE).unwrap();
    let ticks = [(Some(Sound::High), Some(0)), (Some(Sound::Low), Some(1)), (Some(Sound::High), Some(0))];
    for (t, (sound, flash)) in ticks.into_iter().enumerate() {
        agent.follow(&seen(sound, flash), &Acts::none());
        // The second flash ends what is seen: what still flashes is not looked at.
        assert_eq!(agent.below().eye.is_over(), t >= 1);
        assert_eq!(agent.below().eye.steps(), [1, 2, 2][t]);
        assert_eq!(agent.below().ear.is_over(), t >= 2);
    }
    let sounds = |tone: usize| [0.8, 0.2][tone] * [0.2, 0.8][tone] * [0.8, 0.2][tone];
    let flashes = |sight: usize| (1.0 - 0.45 * sight as f64) * (0.45 * sight as f64);
    let of = |cause: usize| {
        let (tone, sight) = ([[0.9, 0.1], [0.35, 0.65]][cause], [[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]][cause]);
        let heard: f64 = (0..2).map(|x| tone[x] * sounds(x)).sum();
        let looked: f64 = (0..3).map(|x| sight[x] * flashes(x)).sum();
        [0.3, 0.7][cause] * heard * looked
    };
    let expected = of(0) / (of(0) + of(1));
    assert!((agent.belief().cause.probabilities()[0] - expected).abs() < 1e-12);
    let begun = agent.below().eye.begun();
    let prior = |x: usize| 0.3 * [0.5, 0.3, 0.2][x] + 0.7 * [0.2, 0.2, 0.6][x];
    let sum: f64 = (0..3).map(|x| prior(x) * flashes(x)).sum();
    for (x, p) in begun.iter().enumerate() {
        assert!((p - prior(x) * flashes(x) / sum).abs() < 1e-12);
    }
    assert!((agent.below().eye.log_evidence().unwrap() - sum.ln()).abs() < 1e-12);
}

#[test]
fn a_run_waits_for_what_does_not_come() {
    let mut agent = NestedAgent::new(CAUSE).unwrap();
    agent.follow(&seen(Some(Sound::High), None), &Acts::none());
    agent.follow(&seen(None, Some(1)), &Acts::none());
    assert_eq!((agent.below().ear.steps(), agent.below().eye.steps()), (1, 1));
    let before = *agent.belief();
    agent.follow(&seen(Some(Sound::High), None), &Acts::none());
    assert_eq!(*agent.belief(), before);
    agent.follow(&seen(Some(Sound::High), None), &Acts::none());
    assert_ne!(*agent.belief(), before);
}

#[test]
fn a_run_is_over_when_it_is_certain_where_it_began() {
    let model = Cause { certain: 0.45, ..CAUSE };
    let mut agent = NestedAgent::new(model).unwrap();
    agent.follow(&seen(Some(Sound::Low), Some(1)), &Acts::none());
    let p = agent.below().ear.begun()[0];
    let entropy = -p * p.ln() - (1.0 - p) * (1.0 - p).ln();
    assert_eq!(agent.below().ear.is_over(), entropy < 0.45, "{entropy}");
    let mut agent = NestedAgent::new(Cause { certain: entropy + 1e-9, ..CAUSE }).unwrap();
    agent.follow(&seen(Some(Sound::Low), Some(1)), &Acts::none());
    assert!(agent.below().ear.is_over());
    let mut agent = NestedAgent::new(Cause { certain: entropy - 1e-9, ..CAUSE }).unwrap();
    agent.follow(&seen(Some(Sound::Low), Some(1)), &Acts::none());
    assert!(!agent.below().ear.is_over());
    // On record, it is over when the record says so.
    let mut on_record = seen(Some(Sound::Low), Some(1));
    on_record.below.ear.as_mut().unwrap().last = Some(false);
    let mut agent = NestedAgent::new(Cause { certain: 0.69, ..CAUSE }).unwrap();
    agent.follow(&on_record, &Acts::none());
    assert!(!agent.below().ear.is_over());
}

#[test]
fn levels_that_cannot_be_are_refused_in_words() {
    let said = |model: Cause<f64>| NestedAgent::new(model).unwrap_err().to_string();
    assert_eq!(said(Cause { hears: 0, ..CAUSE }), "Ear as a level has runs of no steps: a run has at least one");
    let uncertain = "Ear as a level is to be over when an entropy is below a number that is not above 0";
    for certain in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(said(Cause { certain, ..CAUSE }), uncertain);
    }
    assert!(
        said(Cause { ear: Ear { sharpness: 1.5 }, ..CAUSE }).contains("sound"),
        "{}",
        said(Cause { ear: Ear { sharpness: 1.5 }, ..CAUSE })
    );
    let mut options = NestedOptions::<Cause<f64>>::default();
    options.below.eye.own.horizon = Some(0);
    assert!(matches!(NestedAgent::with_options(CAUSE, &options), Err(ModelError::Zero(_))));
}

#[test]
fn what_cannot_be_wherever_a_run_began_says_nothing_above() {
    let model = Cause { eye: Eye { keenness: 0.0 }, hears: 1, ..CAUSE };
    let mut agent = NestedAgent::new(model).unwrap();
    agent.follow(&seen(Some(Sound::High), Some(1)), &Acts::none());
    assert_eq!(agent.below().eye.log_evidence(), None);
    assert!(agent.below().eye.begun().is_empty());
    // The ear is heard of all the same.
    let (first, second) = (0.3 * (0.9 * 0.8 + 0.1 * 0.2), 0.7 * (0.35 * 0.8 + 0.65 * 0.2));
    assert!((agent.belief().cause.probabilities()[0] - first / (first + second)).abs() < 1e-12);
}

#[test]
fn options_stand_for_each_level() {
    let mut options = NestedOptions::<Cause<f64>>::same(
        AgentOptions { inference: Inference::Exact, ..AgentOptions::default() },
        Nesting::Exact,
    );
    options.below.ear.own.inference = Inference::REFERENCE;
    let agent = NestedAgent::with_options(CAUSE, &options).unwrap();
    assert_eq!(agent.own().options().inference, Inference::Exact);
    assert_eq!(agent.below().eye.agent().options().inference, Inference::Exact);
    assert_eq!(agent.below().ear.agent().options().inference, Inference::REFERENCE);
}

#[test]
fn what_is_not_expected_from_above_does_not_drown_the_rest() {
    // Above, the tone is surely the first; hundreds of sounds are as if it were the other.
    let model = Sure { ear: Ear { sharpness: 0.99 } };
    let mut agent = NestedAgent::new(model).unwrap();
    for _ in 0..300 {
        let ear = Some(Seen::new(EarEvidence { sound: Observed::Seen(Sound::Low) }));
        agent.follow(&Seen::of_levels(SureLevels::<Sights> { ear }), &Acts::none());
    }
    let log = agent.below().ear.log_evidence().unwrap();
    assert!((log - 300.0 * f64::ln(0.01)).abs() < 1e-9, "{log}");
    assert_eq!(agent.below().ear.begun(), [1.0, 0.0]);
    assert!((agent.belief().cause.probabilities()[0] - 0.3).abs() < 1e-12);
}

/// An ear that is always shown the first tone.
#[derive(Clone, Copy, Debug)]
pub struct Sure<T> {
    pub ear: Ear<T>,
}

#[generative_model(horizon = 1)]
impl<T: Real> Sure<T> {
    #[factor(initial = [0.3, 0.7])]
    fn cause(&self, cause: Two) -> Two {
        cause
    }
    #[level(model = Ear<T>, from = self.ear, steps = 300, begins = tone)]
    fn ear(&self, _cause: Two) -> Tone {
        Tone::Up
    }
}
