//! Factors that are stored without their zeros: the same beliefs, plans, draws and smoothed beliefs as with them.

use aif::prelude::*;
use aif::runtime::model::{Marginals, Table};
use aif::runtime::perceive::{Gap, smooth, smooth_exactly};
use rand::SeedableRng;
use rand::rngs::SmallRng;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Back,
    Stay,
    On,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Calm,
    Wild,
}

/// Where a step leads on a ring of twelve places, by how wild the wind is.
fn blown(place: Index<12>, mood: Mood, walk: Step) -> [(Index<12>, f64); 3] {
    let at = |by: usize| Index::new((place.get() + 12 + walk.index() + by - 2) % 12).unwrap();
    let p = if mood == Mood::Calm { [0.1, 0.8, 0.1] } else { [0.25, 0.5, 0.25] };
    [(at(0), p[0]), (at(1), p[1]), (at(2), p[2])]
}

macro_rules! ring {
    ($name:ident, $returned:ty, $write:expr) => {
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        #[generative_model(horizon = 3, actions(walk: Step))]
        impl $name {
            #[factor(initial = uniform(), goal = Goal::from_fn(|place: Index<12>| place.get() == 0))]
            fn place(&self, place: Index<12>, mood: Mood, walk: Step) -> $returned {
                let entries = blown(place, mood, walk);
                #[allow(clippy::redundant_closure_call)]
                ($write)(entries)
            }
            #[factor(initial = [0.7, 0.3])]
            fn mood(&self, mood: Mood) -> Dist<Mood> {
                Dist::bernoulli(mood, 0.9, if mood == Mood::Calm { Mood::Wild } else { Mood::Calm })
            }
            #[modality(preference = [0.0, 2.0])]
            fn warm(&self, place: Index<12>) -> Dist<bool> {
                Dist::bernoulli(true, if place.get() == 0 { 0.9 } else { 0.1 }, false)
            }
            #[modality]
            fn third(&self, place: Index<12>, mood: Mood) -> Dist<Index<3>> {
                let seen = Index::new(place.get() / 4).unwrap();
                if mood == Mood::Calm { Dist::bernoulli(seen, 0.8, Index::new(0).unwrap()) } else { uniform().into() }
            }
        }
    };
}

ring!(Whole, Dist<Index<12>>, |entries: [(Index<12>, f64); 3]| {
    let mut dist = Dist::zero();
    entries.into_iter().for_each(|(place, p)| dist[place] = p);
    dist
});
ring!(Few, Sparse<Index<12>>, Sparse::from);

/// Numbers that were added up in another order.
fn near(own: &[f64], other: &[f64], what: &str) {
    assert!(own.len() == other.len() && own.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-12), "{what}: {own:?} {other:?}");
}

#[test]
fn agents_are_the_same_with_and_without_zeros() {
    let search = Sophisticated { action_threshold: 0.0, outcome_threshold: 0.0, nodes: 1_000_000 };
    for inference in [Inference::Automatic, Inference::Exact, Inference::Components, Inference::MEAN_FIELD, Inference::REFERENCE]
    {
        for (planning, horizon) in
            [(Planning::default(), 3), (Planning::Sophisticated(search), 2), (Planning::MonteCarlo(MonteCarlo::default()), 2)]
        {
            let induction = Some(InductionOptions::default());
            let options = AgentOptions { inference, planning, induction, horizon: Some(horizon), ..AgentOptions::default() };
            let mut whole = Agent::with_options(Whole, (), options).unwrap();
            let mut few = Agent::with_options(Few, (), options).unwrap();
            let mut worlds = (World::new(Whole).unwrap(), World::new(Few).unwrap());
            let seed = || SmallRng::seed_from_u64(11);
            let (mut left, mut right) = (seed(), seed());
            let mut seen = worlds.0.reset(&mut left);
            assert_eq!(seen.warm, worlds.1.reset(&mut right).warm);
            for step in 0..12 {
                let what = format!("{inference:?}, {planning:?}, step {step}");
                whole.infer_states(seen);
                few.infer_states(FewObservation { warm: seen.warm, third: seen.third });
                for f in 0..2 {
                    near(whole.belief().probabilities(f), few.belief().probabilities(f), &what);
                }
                near(&whole.action_log_probabilities(), &few.action_log_probabilities(), &what);
                let action = whole.sample_action(&mut left);
                few.sample_action(&mut right);
                whole.update_empirical_prior(action);
                few.update_empirical_prior(FewAction { walk: action.walk });
                seen = worlds.0.step(action, &mut left);
                let other = worlds.1.step(FewAction { walk: action.walk }, &mut right);
                assert_eq!((seen.warm, seen.third), (other.warm, other.third), "{what}");
            }
        }
    }
}

#[test]
fn the_past_is_the_same_with_and_without_zeros() {
    let tables = (Tables::<Whole>::new(&Whole, (), 1).unwrap(), Tables::<Few>::new(&Few, (), 1).unwrap());
    let outcomes = [[Some(0), Some(1)], [Some(0), Some(2)], [None, Some(2)], [Some(1), None]];
    let left: Vec<_> = outcomes.iter().map(|o| <Whole as GenerativeModel>::evidence(o)).collect();
    let right: Vec<_> = outcomes.iter().map(|o| <Few as GenerativeModel>::evidence(o)).collect();
    let known = [2, 2, 0];
    let (own, other) = (smooth_exactly(&tables.0, &left, &known), smooth_exactly(&tables.1, &right, &known));
    own.smoothed.iter().zip(&other.smoothed).for_each(|(a, b)| near(a, b, "exactly"));
    let filtered = |step: usize| {
        let mut belief = (<Whole as GenerativeModel>::Belief::zero(), <Few as GenerativeModel>::Belief::zero());
        let place: Vec<f64> = (0..12).map(|s| if s == step { 0.45 } else { 0.05 }).collect();
        for (f, p) in [(0, &place[..]), (1, &[0.7, 0.3][..])] {
            belief.0.probabilities_mut(f).copy_from_slice(p);
            belief.1.probabilities_mut(f).copy_from_slice(p);
        }
        belief
    };
    let (whole, few): (Vec<_>, Vec<_>) = (0..4).map(filtered).unzip();
    let actions = [Some(2), None, Some(0)];
    let (own, other) = (smooth(&tables.0, &whole, &actions, Gap::Stay), smooth(&tables.1, &few, &actions, Gap::Stay));
    for (a, b) in own.beliefs.iter().zip(&other.beliefs) {
        (0..2).for_each(|f| near(a.probabilities(f), b.probabilities(f), "smoothed"));
    }
}

/// Tables know it: `Kind::Sparse`, columns without zeros, an outcome that is named twice once.
#[test]
fn columns_have_no_zeros() {
    let tables: Tables<Few> = Tables::new(&Few, (), 1).unwrap();
    <Few as GenerativeModel>::each_factor(|site| {
        if site.index == 0 {
            let Table::Sparse(table) = tables.transition(site, 1) else { panic!("it is sparse") };
            assert_eq!(table.column(0), (&[0, 1, 11][..], &[0.8, 0.1, 0.1][..]));
            assert_eq!((table.entry(0, 11), table.entry(0, 5)), (0.1, 0.0));
        }
    });
    assert_eq!(<Few as GenerativeModel>::EXTENT.begins, 3 * 12 * 2 + 1);
}

mod wrong {
    use super::*;

    /// How probable the first place is; half of it is told twice.
    #[derive(Clone, Copy, Debug)]
    pub struct Told<T> {
        pub first: T,
    }

    #[generative_model(horizon = 1, actions(walk: Step))]
    impl<T: Real> Told<T> {
        #[factor(initial = uniform())]
        fn place(&self, walk: Step) -> Sparse<Index<3>> {
            let place = |i: usize| Index::new(i).unwrap();
            let first = self.first.value();
            match walk {
                Step::Back => place(2).into(),
                Step::Stay => Sparse::from([(place(2), 0.5), (place(0), first), (place(2), 0.25)]),
                Step::On => [(place(1), 1.0), (place(0), 0.0)].into_iter().collect(),
            }
        }
        #[modality]
        fn seen(&self, place: Index<3>) -> Index<3> {
            place
        }
    }
}

#[test]
fn columns_are_checked_as_others_are() {
    let tables = |first: f64| Tables::new(&wrong::Told { first }, (), 1);
    let mut sound = tables(0.25).unwrap();
    let read = |tables: &Tables<wrong::Told<f64>>| {
        let mut all = Vec::new();
        <wrong::Told<f64> as GenerativeModel>::each_factor(|site| {
            for action in 0..3 {
                let Table::Sparse(table) = tables.transition(site, action) else { panic!("it is sparse") };
                all.push(table.column(0).0.to_vec());
                assert_eq!(table.column(0).1.iter().sum::<f64>(), 1.0);
            }
        });
        all
    };
    assert_eq!(read(&sound), [vec![2], vec![0, 2], vec![1]]);
    // Filled anew, in place; and in another scalar.
    sound.fill(&wrong::Told { first: 0.25 }, ()).unwrap();
    assert_eq!(read(&sound), [vec![2], vec![0, 2], vec![1]]);
    let error = |first: f64| tables(first).unwrap_err().to_string();
    assert!(error(0.5).contains("place given walk=Stay sums to 1.25"), "{}", error(0.5));
    assert!(error(-0.25).contains("place given walk=Stay") && error(-0.25).contains("0"), "{}", error(-0.25));
}
