//! Records of levels beside each other, one of which has a level of its own.

use aif::infer::score::{Assigned, Behaviour, RecordedBlock, Ticks};
use aif::infer::study::StudyBehaviour;
use aif::prelude::*;
use aif::runtime::nested::{Tree, tree};
use aif::runtime::{Declared, Environment, NestedAgent, NestedWorld, Nests};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

type Two = Index<2>;

/// A hand that feels what it holds, firmly or not.
#[derive(Clone, Copy, Debug)]
pub struct Hand<T> {
    pub care: T,
}

#[generative_model(horizon = 1, actions(grip: Two))]
impl<T: Real> Hand<T> {
    #[factor(initial = uniform())]
    fn thing(&self, thing: Two) -> Two {
        thing
    }
    #[factor(initial = Two::from_index(0).unwrap())]
    fn firm(&self, grip: Two) -> Two {
        grip
    }
    #[modality(preference = [self.care, T::zero()])]
    fn feel(&self, thing: Two, firm: Two) -> Dist<Two> {
        let right = if firm.index() == 1 { 0.9 } else { 0.6 };
        Dist::from_fn(|feel: Two| if feel == thing { right } else { 1.0 - right })
    }
}

/// An arm that moves between grips of its hand.
#[derive(Clone, Copy, Debug)]
pub struct Arm<T> {
    pub hand: Hand<T>,
}

#[generative_model(horizon = 1, actions(reach: Two))]
impl<T: Real> Arm<T> {
    #[factor(initial = uniform())]
    fn checkpoints(&self, checkpoints: Two, reach: Two) -> Dist<Two> {
        Dist::from_fn(|next: Two| if next == reach { 0.8 } else if next == checkpoints { 0.15 } else { 0.05 } / if reach == checkpoints { 0.85 } else { 0.95 })
    }
    #[level(model = Hand<T>, from = self.hand, steps = 2, begins = thing)]
    fn hand(&self, checkpoints: Two) -> Dist<Two> {
        Dist::from_fn(|thing: Two| if thing == checkpoints { 0.7 } else { 0.3 })
    }
    #[modality]
    fn height(&self, checkpoints: Two) -> Dist<Two> {
        Dist::from_fn(|height: Two| if height == checkpoints { 0.75 } else { 0.25 })
    }
}

/// Looks while it feels.
#[derive(Clone, Copy, Debug)]
pub struct Body<T> {
    pub arm: Arm<T>,
    pub eye: Hand<T>,
    pub looks: usize,
}

#[generative_model(horizon = 1, actions(turn: Two))]
impl<T: Real> Body<T> {
    #[factor(initial = uniform())]
    fn room(&self, room: Two, turn: Two) -> Dist<Two> {
        Dist::from_fn(|next: Two| {
            if turn.index() == 1 {
                0.5
            } else if next == room {
                0.9
            } else {
                0.1
            }
        })
    }
    #[level(model = Arm<T>, from = self.arm, steps = 2, begins = checkpoints)]
    fn arm(&self, room: Two) -> Dist<Two> {
        Dist::from_fn(|checkpoints: Two| if checkpoints == room { 0.8 } else { 0.2 })
    }
    #[level(model = Hand<T>, from = self.eye, steps = self.looks, begins = thing)]
    fn eye(&self, room: Two) -> Dist<Two> {
        Dist::from_fn(|thing: Two| if thing == room { 0.65 } else { 0.35 })
    }
    #[modality(preference = [0.0, 0.4])]
    fn warm(&self, room: Two) -> Two {
        room
    }
}

fn body(looks: usize) -> Body<f64> {
    Body { arm: Arm { hand: Hand { care: 0.3 } }, eye: Hand { care: -0.2 }, looks }
}

fn whole() -> Tree {
    tree::<Body<f64>, f64>()
}

fn simulated(model: Body<f64>, steps: usize, seed: u64) -> Vec<RecordedBlock> {
    let own = model.family();
    let plan = <Nests<Body<f64>> as StudyBehaviour>::plan(2, steps, &[]).unwrap();
    own.simulate(&Assigned::default(), &own, &plan, &AgentOptions::default(), &mut ChaCha8Rng::seed_from_u64(seed)).unwrap()
}

#[test]
fn a_record_of_siblings_is_scored_as_it_was_lived() {
    // The eye looks for less time than the arm reaches, as long, and for longer.
    for looks in [1, 3, 4, 7] {
        let model = body(looks);
        let ticks = Ticks::new(&whole(), simulated(model, 6, 4));
        let scored = model.family().pointwise(&Assigned::default(), &ticks, &AgentOptions::default()).unwrap();
        assert_eq!(scored.len(), ticks.places().len(), "{looks} looks");
        // The same by the same draws.
        let (mut agent, mut world) = (NestedAgent::new(model).unwrap(), NestedWorld::new(model).unwrap());
        let (mut again, mut rng, mut lived) = (agent.clone(), ChaCha8Rng::seed_from_u64(4), Vec::new());
        for block in 0..2 {
            if block > 0 {
                agent.restart();
                again.restart();
            }
            let (mut seen, mut steps) = (world.reset(&mut rng), 0);
            while steps < 6 {
                let acts = agent.step(&seen, &mut rng);
                again.follow_each(&seen, &acts, |log| lived.push(log));
                steps += usize::from(acts.own.is_some());
                seen = world.step(acts, &mut rng);
            }
        }
        assert_eq!(scored.len(), lived.len(), "{looks} looks");
        for (scored, lived) in scored.iter().zip(&lived) {
            assert!((scored - lived).abs() < 1e-12, "{looks} looks: {scored} {lived}");
        }
    }
}

#[test]
fn a_level_of_which_nothing_is_recorded_stops_nothing() {
    let model = body(4);
    let mut blocks = simulated(model, 6, 9);
    // Of the eye, the second step of the first block has nothing: its columns are those after the arm's.
    let (mut eye, mut steps) = (0..0, 0);
    whole().each(&mut |model| {
        let seen = model.seen().count();
        if model.meta.name == "Arm" {
            eye = steps + seen..steps + seen + 1;
        }
        steps += seen;
    });
    let step = blocks[0].rows[0].inputs.len() - 1;
    for row in blocks[0].rows.iter_mut().filter(|row| row.inputs[step] == Some(1.0)) {
        row.observations[eye.clone()].fill(None);
        // Grips of the arm's hand, reaches, grips of the eye, turns.
        row.responses[2] = None;
    }
    let ticks = Ticks::new(&whole(), blocks);
    let scored = model.family().pointwise(&Assigned::default(), &ticks, &AgentOptions::default()).unwrap();
    assert_eq!(scored.len(), ticks.places().len());
    assert!(scored.iter().all(|log| log.is_finite()));
}
