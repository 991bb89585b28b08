//! The declaration language as a user meets it.

#[path = "models/tmaze.rs"]
mod tmaze;

use aif::infer::Directions;
use aif::prelude::*;
use aif::runtime::Dual;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tmaze::*;

#[test]
fn the_target_program_acts_in_its_own_world() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut world = World::new(TMaze { reward_probability: 0.8, preference: 1.2 }).unwrap();
    let mut agent = Agent::new(TMaze { reward_probability: 0.9, preference: 3.0 }).unwrap();
    let trajectory = rollout(&mut agent, &mut world, 5, &mut rng);
    for m in &trajectory {
        println!("{m:?}");
    }
    assert_eq!(trajectory.len(), 6);
    assert_eq!(agent.belief().place[Place::Cue], agent.belief().place.probabilities()[3]);
}

/// Weather that holds with a chance, and a forecast.
#[derive(Clone, Copy, Debug)]
struct Weather<T> {
    holds: T,
    doubt: T,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
enum Sky {
    Clear,
    Grey,
    Wet,
}

#[generative_model(horizon = 1)]
impl<T: Real> Weather<T> {
    #[factor(initial = uniform())]
    fn sky(&self, sky: Sky) -> Dist<Sky, T> {
        // Numbers on the left of a scalar, of a plain number, of a reference, of literals.
        let rest = 1.0 - self.holds;
        let halves: f64 = [0.25, 0.25].iter().map(|x| 1.0 * x).sum();
        Dist::from_fn(|next: Sky| match (next.index() as f64 - sky.index() as f64).abs() as usize {
            0 => self.holds,
            _ => 0.5 * 2.0 * rest * halves,
        })
    }
    #[modality(preference = [0.0, -1.0, -2.0])]
    fn forecast(&self, sky: Sky) -> Dist<Sky, T> {
        let wrong = 0.5 / (1.0 + self.doubt * -1.0 + 1.0 / self.doubt);
        Dist::from_fn(|said: Sky| if said == sky { 1.0 - 2.0 * wrong } else { wrong })
    }
}

#[test]
fn numbers_stand_on_the_left_of_scalars() {
    let model = Weather { holds: 0.7, doubt: 0.4 };
    let agent = Agent::new(model).unwrap();
    let prior = agent.belief().sky.probabilities().to_vec();
    assert!(prior.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
    // The derivative by what stood on the right of a number is there.
    let dual = Weather { holds: Dual::<1>::variable(0.7, 0), doubt: Dual::constant(0.4) };
    let column = dual.sky(Sky::Clear);
    let found: Vec<(f64, f64)> = column.probabilities().iter().map(|p: &Dual<1>| (p.value(), p.derivatives()[0])).collect();
    for ((value, slope), expected) in found.into_iter().zip([(0.7, 1.0), (0.15, -0.5), (0.15, -0.5)]) {
        assert!((value - expected.0).abs() < 1e-15 && (slope - expected.1).abs() < 1e-15, "{value} {slope}");
    }
}

/// Whole declarations at the edges of the language: they compile without a warning, and run.
macro_rules! declared {
    ($($name:ident $file:literal;)*) => {$(
        #[allow(dead_code)]
        mod $name {
            include!($file);

            #[test]
            fn it_compiles_and_runs() {
                main();
            }
        }
    )*};
}
declared! {
    hgf_forms "compile_pass/hgf_forms.rs";
    learner_odd "compile_pass/learner_odd.rs";
    lists_and_attributes "compile_pass/lists_and_attributes.rs";
    long_lists "compile_pass/long_lists.rs";
    whole_language "compile_pass/whole_language.rs";
}
