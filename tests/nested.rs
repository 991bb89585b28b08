//! Models within models: `#[level]`, one life on several clocks, and exact messages.

#[path = "nested/beside.rs"]
mod beside;
#[path = "models/counting.rs"]
mod counting;
#[path = "nested/flat.rs"]
mod flat;
#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;
#[path = "nested/group.rs"]
mod group;
#[path = "nested/listener.rs"]
mod listener;

#[path = "nested/lent.rs"]
mod lent;
#[path = "nested/neural.rs"]
mod neural;
#[path = "nested/program.rs"]
mod program;
#[path = "models/seasons.rs"]
mod seasons;
#[path = "nested/siblings.rs"]
mod siblings;
#[path = "nested/three.rs"]
mod three;
#[path = "nested/told.rs"]
mod told;

use aif::prelude::*;
use aif::runtime::{Acts, Dual, Environment, NestedAgent, NestedOptions, NestedWorld, Nesting, Seen, nested_rollout};
use listener::{EarObservation, Listener, ListenerLevels, Melody, Sound};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use three::{
    Joint, LowAction, LowEvidence, MiddleAction, MiddleEvidence, MiddleLevels, Top, TopAction, TopEvidence, TopLevels, Two,
};

/// What is heard, once.
fn heard(sound: Sound) -> Seen<Listener> {
    let seen = Seen::new(EarObservation { sound });
    Seen::of_levels(ListenerLevels { ear: Some(seen) })
}

#[test]
fn four_equal_sounds_are_believed_as_in_the_joint_model() {
    let exact = [0.66, 0.7903, 0.8797, 0.9342];
    let spm = [0.7066, 0.9086];
    for (nesting, expected) in [(Nesting::Exact, &exact[..]), (Nesting::Spm, &spm[..])] {
        let options = NestedOptions { nesting, ..NestedOptions::default() };
        let mut agent = NestedAgent::with_options(Listener::default(), &options).unwrap();
        for (t, expected) in expected.iter().enumerate() {
            let acts = agent.follow(&heard(Sound::High), &Acts::none());
            assert_eq!(acts, 0.0);
            let believed = agent.belief().melody[Melody::Rising];
            assert!((believed - expected).abs() < 5e-5, "{nesting:?}, sound {}: {believed} instead of {expected}", t + 1);
        }
    }
}

/// What is seen at a tick of three levels.
fn seen<T: Real>([x, y, z]: [usize; 3]) -> Seen<Top<T>, T> {
    let low = Seen::new(LowEvidence { x: Observed::from_index(Some(x)) });
    let middle = MiddleEvidence { low: Observed::Missing, y: Observed::from_index(Some(y)) };
    let middle = Seen { own: middle, below: MiddleLevels { low: Some(low) }, last: None };
    Seen {
        own: TopEvidence { middle: Observed::Missing, z: Observed::from_index(Some(z)) },
        below: TopLevels { middle: Some(middle) },
        last: None,
    }
}

/// What is done at a tick of three levels.
fn done<T: Real>([press, pick, turn]: [usize; 3]) -> Acts<Top<T>, T> {
    let at = |i: usize| Two::from_index(i).unwrap();
    let low = Acts { own: Some(LowAction { press: at(press) }), below: () };
    let middle = Acts { own: Some(MiddleAction { pick: at(pick) }), below: MiddleLevels { low: Some(low) } };
    Acts { own: Some(TopAction { turn: at(turn) }), below: TopLevels { middle: Some(middle) } }
}

/// What is seen and done at each tick, drawn evenly.
fn drawn(seed: u64, ticks: usize) -> Vec<([usize; 3], [usize; 3])> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut below = |n: usize| rng.random_range(0..n);
    (0..ticks).map(|_| ([below(3), below(2), below(2)], [below(2), below(2), below(2)])).collect()
}

fn near(found: &[f64], expected: &[f64], what: &str) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{what}: {found} instead of {expected}");
    }
}

#[test]
fn three_levels_believe_what_the_joint_model_of_all_does() {
    for seed in 0..20 {
        let model = Top::new(seed, 2.5);
        let (mut agent, mut joint) = (NestedAgent::new(model).unwrap(), Joint::new(model));
        let mut evidence = 0.0;
        for (t, &(see, act)) in drawn(seed, 24).iter().enumerate() {
            let log = agent.follow(&seen(see), &done(act));
            assert!(log < 0.0 || t % 3 == 2, "no choice is certain");
            evidence += joint.see_x(see[0]);
            let low_is_over = t % 3 == 2;
            let middle = agent.below().middle.clone();
            let low = middle.below().low.clone();
            assert_eq!(low.is_over(), low_is_over);
            if low_is_over {
                near(low.agent().belief().a.probabilities(), &joint.of(3), "a at the end of its run");
                evidence += joint.see_y(see[1]);
                if t % 6 == 5 {
                    assert!(middle.is_over());
                    near(&[middle.log_evidence().unwrap()], &[evidence], "the evidence of a run");
                    near(middle.agent().belief().m.probabilities(), &joint.of(2), "m at the end of its run");
                    joint.see_z(see[2]);
                    evidence = 0.0;
                    joint.turn(act[2]);
                    near(agent.belief().p.probabilities(), &joint.of(0), "p");
                    near(agent.belief().q.probabilities(), &joint.of(1), "q");
                } else {
                    joint.pick(act[1]);
                    near(middle.agent().belief().m.probabilities(), &joint.of(2), "m");
                }
            } else {
                joint.press(act[0]);
                near(low.agent().belief().a.probabilities(), &joint.of(3), "a");
                near(low.agent().belief().b.probabilities(), &joint.of(4), "b");
            }
        }
    }
}

#[test]
fn what_was_done_at_all_levels_is_scored_with_its_derivative() {
    fn score<T: Real>(contrast: T) -> T {
        let mut agent = NestedAgent::with_options(Top::new(5, contrast), &NestedOptions::default()).unwrap();
        drawn(5, 30).iter().fold(T::zero(), |sum, &(see, act)| sum + agent.follow(&seen(see), &done(act)))
    }
    let (at, step) = (1.7, 1e-5);
    let exact = score(Dual::<1>::variable(at, 0));
    let difference = (score(at + step) - score(at - step)) / (2.0 * step);
    assert!((exact.value - score(at)).abs() < 1e-12);
    assert!((exact.gradient[0] - difference).abs() < 1e-7, "{} {difference}", exact.gradient[0]);
}

#[test]
fn choices_at_each_level_are_distributions_and_what_is_not_recorded_is_not_scored() {
    let mut agent = NestedAgent::new(Top::new(3, 2.0)).unwrap();
    let mut sum = 0.0;
    for (press, pick) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let mut agent = agent.clone();
        agent.follow(&seen([0, 0, 0]), &done([0, 0, 0]));
        agent.follow(&seen([1, 0, 0]), &done([press, pick, 0]));
        // The third sound ends the run: the middle picks, the low does nothing.
        sum += agent.follow(&seen([2, 1, 0]), &done([press, pick, 0])).exp() / 2.0;
    }
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    assert_eq!(agent.follow(&seen([0, 0, 0]), &Acts::none()), 0.0);
}

#[test]
fn an_agent_lives_in_a_nested_world() {
    let model = Top::new(8, 6.0);
    let (mut agent, mut world) = (NestedAgent::new(model).unwrap(), NestedWorld::new(model).unwrap());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let trail = nested_rollout(&mut agent, &mut world, 600, &mut rng);
    let acted = trail.iter().filter(|tick| tick.acts.own.is_some()).count();
    assert_eq!(acted, 100);
    // What is believed of the top is as probable as it says: the same life by the same draws scores the same.
    let mut again = NestedAgent::new(model).unwrap();
    let log: f64 = trail.iter().map(|tick| again.follow(&tick.seen, &tick.acts)).sum();
    assert!(log < 0.0);
    assert_eq!(again.belief(), agent.belief());
}

#[test]
fn beliefs_above_are_as_often_right_as_they_say() {
    let model = Top::new(11, 4.0);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let (mut agent, mut world) = (NestedAgent::new(model).unwrap(), NestedWorld::new(model).unwrap());
    let (mut right, mut believed, mut count) = (0.0, 0.0, 0.0);
    for _ in 0..400 {
        agent.restart();
        let mut seen = world.reset(&mut rng);
        for _ in 0..18 {
            let acts = agent.step(&seen, &mut rng);
            let over = acts.own.is_some();
            seen = world.step(acts, &mut rng);
            if over {
                // Of the state that the world has come to.
                let p = agent.belief().p[world.own().state().p];
                let best = agent.belief().p.probabilities().iter().fold(0.0f64, |best, &p| best.max(p));
                right += f64::from(u8::from(p == best));
                believed += best;
                count += 1.0;
            }
        }
    }
    assert!(
        (right - believed).abs() < 3.0 * f64::sqrt(count * 0.25),
        "{right} of {count} were right, {believed} were expected to be"
    );
}

#[test]
fn a_tick_of_several_levels_allocates_nothing() {
    let model = Top::new(8, 2.0);
    let mut agent = NestedAgent::new(model).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let ticks: Vec<_> = drawn(9, 60).iter().map(|&(see, act)| (seen(see), done(act))).collect();
    let run = |agent: &mut NestedAgent<Top>, rng: &mut ChaCha8Rng| {
        let before = counting::allocations();
        for (seen, done) in &ticks {
            std::hint::black_box(agent.step(seen, rng));
            std::hint::black_box(agent.follow(seen, done));
        }
        counting::allocations() - before
    };
    run(&mut agent, &mut rng);
    assert_eq!(run(&mut agent, &mut rng), 0);
}
