//! Likelihood evidence: readings of which it is known how probable each outcome makes them, in every way to perceive, to learn and to record.

#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;
#[path = "models/random.rs"]
#[allow(dead_code)]
mod random;

#[path = "evidence/learned.rs"]
mod learned;
#[path = "evidence/loops.rs"]
mod loops;
#[path = "evidence/recorded.rs"]
mod recorded;

use aif::prelude::*;
use aif::runtime::model::Tables;
use aif::runtime::perceive::{Perception, fixed_point, free_energy, smooth_exactly};

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Low,
    High,
}

/// A tank that is low or high; what is seen of it is what it is.
#[derive(Clone, Copy, Debug)]
pub struct Tank;

#[generative_model(horizon = 1, actions(pump: bool))]
impl Tank {
    #[factor(initial = uniform())]
    fn level(&self, level: Level, pump: bool) -> Dist<Level> {
        if pump {
            [0.2, 0.8].into()
        } else if level == Level::Low {
            [0.9, 0.1].into()
        } else {
            [0.3, 0.7].into()
        }
    }
    #[modality(preference = [0.0, 1.0])]
    fn seen(&self, level: Level) -> Level {
        level
    }
}

pub fn ways() -> Vec<Inference> {
    let sweeps = Sweeps::default();
    vec![
        Inference::Automatic,
        Inference::MEAN_FIELD,
        Inference::REFERENCE,
        Inference::Exact,
        Inference::Components,
        Inference::Marginal { window: 3, sweeps },
        Inference::Variational { window: 3, sweeps },
    ]
}

/// How probable a reading is of a tank at a level: a number of deviation 1 around 0 or 1.
fn density(reading: f64, level: Level) -> f64 {
    (-0.5 * (reading - level.index() as f64).powi(2)).exp()
}

fn at(inference: Inference) -> AgentOptions {
    AgentOptions { inference, ..AgentOptions::default() }
}

#[test]
fn a_reading_between_two_levels_says_what_bayes_says() {
    let bayes = density(0.6, Level::High) / (density(0.6, Level::Low) + density(0.6, Level::High));
    assert!((bayes - 0.525).abs() < 5e-5);
    for way in ways() {
        let mut agent = Agent::with_options(Tank, (), at(way)).unwrap();
        let high = |agent: &mut Agent<Tank>, seen: Observed<Level>| {
            agent.try_infer_states(TankEvidence { seen }).unwrap().level[Level::High]
        };
        for seen in [
            Observed::likelihood(|level| density(0.6, level)),
            Observed::likelihood(|level| 1e-200 * density(0.6, level)),
            Observed::log_likelihood(|level: Level| 5000.0 + density(0.6, level).ln()),
        ] {
            let p = high(&mut agent, seen);
            assert!((p - bayes).abs() < 1e-12, "{way:?}: {p}");
        }
        // As a distribution it would enter by its expected log-likelihood.
        let soft = high(&mut agent, Observed::Soft([1.0 - bayes, bayes].into()));
        assert!((soft - 0.858).abs() < 5e-4, "{way:?}: {soft}");
    }
}

#[test]
fn free_energy_is_the_surprise_of_the_reading() {
    let tables: Tables<Tank> = Tables::new(&Tank, (), 1).unwrap();
    let prior = *Perception::new(&tables, Inference::default()).belief();
    for scale in [1.0, 3.7, 1e-30] {
        let evidence = TankEvidence { seen: Observed::likelihood(|level| scale * density(0.6, level)) };
        let belief = fixed_point(&tables, &prior, &evidence, Sweeps::default());
        let energy = free_energy(&tables, &belief, &prior, &evidence).total();
        let exact = smooth_exactly(&tables, &[evidence], &[]).log_evidence;
        let surprise = -(0.5 * (density(0.6, Level::Low) + density(0.6, Level::High))).ln() - f64::ln(scale);
        assert!((energy - surprise).abs() < 1e-12 && (exact + surprise).abs() < 1e-12, "{energy} {exact} {surprise}");
    }
}

#[test]
fn what_can_be_no_weights_is_refused_and_the_agent_is_as_before() {
    for way in ways() {
        let mut agent = Agent::with_options(Tank, (), at(way)).unwrap();
        agent.infer_states(TankEvidence { seen: Observed::likelihood(|level| density(0.1, level)) });
        let before = agent.state();
        for weights in [[0.0, 0.0], [-1.0, 2.0], [f64::NAN, 1.0], [1.0, f64::INFINITY], [-0.5, 0.0]] {
            let seen = Observed::likelihood(|level: Level| weights[level.index()]);
            let error = agent.try_infer_states(TankEvidence { seen }).unwrap_err().to_string();
            let expected = "`seen` has the weights [";
            assert!(
                error.contains(expected) && error.contains("2 finite numbers of at least 0 are expected, not all of them 0"),
                "{error}"
            );
            assert_eq!(agent.state(), before);
        }
        // Whoever does not ask gets no panic, and of nothing but zeros no belief that is none.
        let belief = agent.infer_states(TankEvidence { seen: Observed::likelihood(|_| 0.0) });
        assert!((belief.level.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-9, "{way:?}");
    }
}

/// A door that is open, shut or locked; a lamp beside it that surely is lit where it is open.
#[derive(Clone, Copy, Debug)]
struct Door;

#[generative_model(horizon = 1, actions(toggle: bool))]
impl Door {
    #[factor(initial = [0.0, 0.5, 0.5])]
    fn door(&self, door: Index<3>) -> Index<3> {
        door
    }
    #[factor(initial = [0.5, 0.5])]
    fn lit(&self, lit: bool, toggle: bool) -> bool {
        lit != toggle
    }
    #[modality]
    fn alone(&self, door: Index<3>) -> Dist<Index<3>> {
        Dist::from_fn(|o: Index<3>| if (o.get() + 2) % 3 == door.get() { 0.0 } else { 0.5 })
    }
    #[modality]
    fn both(&self, door: Index<3>, lit: bool) -> Dist<Index<3>> {
        if lit { Dist::from_fn(|o: Index<3>| if o == door { 1.0 } else { 0.0 }) } else { [0.0, 0.5, 0.5].into() }
    }
}

#[test]
fn what_is_impossible_stays_so_until_it_is_contradicted() {
    let weights = |w: [f64; 3]| Observed::<Index<3>>::likelihood(|o: Index<3>| w[o.get()]);
    for way in [Inference::Automatic, Inference::MEAN_FIELD, Inference::Exact, Inference::Components] {
        let believe = |alone: Observed<Index<3>>, both: Observed<Index<3>>| {
            *Agent::with_options(Door, (), at(way)).unwrap().infer_states(DoorEvidence { alone, both })
        };
        // Neither what was impossible before, nor what cannot make the reading, is believed at all.
        let belief = believe(weights([1e-9, 1e9, 0.0]), Observed::Missing);
        assert_eq!(belief.door.probabilities()[0], 0.0, "{way:?}");
        assert!((belief.door.probabilities()[1] - (1e-9 + 1e9) / (1e-9 + 2e9)).abs() < 1e-12, "{way:?}");
        // A reading that only the impossible can make: there it goes.
        for (alone, both) in [(weights([3.0, 0.0, 0.0]), weights([0.5, 0.0, 0.0])), (Observed::Missing, weights([0.5, 0.0, 0.0]))]
        {
            let seen = believe(alone, both);
            assert_eq!(seen.door.probabilities(), [1.0, 0.0, 0.0], "{way:?}");
            assert_eq!(seen.lit.probabilities(), [0.0, 1.0], "{way:?}");
        }
    }
}
