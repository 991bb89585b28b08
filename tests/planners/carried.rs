//! Policies that are carried to their ends, and preferences that count from the block's beginning: the explore/exploit task of Smith, Friston &
//! Whyte 2022 ("A step-by-step tutorial on active inference"), by hand.

use aif::infer::score::{Behaviour, History, RecordedBlock};
use aif::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    LeftBetter,
    RightBetter,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    Start,
    Hint,
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hint {
    None,
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reward {
    None,
    Loss,
    Win,
}

#[derive(Clone, Copy, Debug)]
pub struct Slots<T = f64> {
    win: T,
    carried: bool,
}

use Act::{Left, Right, Start};

#[generative_model(horizon = 2, actions(go: Act), policies = self.listed())]
impl<T: Real> Slots<T> {
    fn listed(&self) -> Result<Policies<SlotsAction>, ModelError> {
        let list = [[Start, Start], [Act::Hint, Left], [Act::Hint, Right], [Left, Start], [Right, Start]];
        let policies = Policies::new(&list.map(|policy| policy.map(|go| SlotsAction { go })))?;
        Ok(if self.carried { policies.carry_on() } else { policies })
    }

    #[factor(initial = uniform())]
    fn context(&self, context: Context) -> Context {
        context
    }

    #[factor(initial = Act::Start)]
    fn place(&self, go: Act) -> Act {
        go
    }

    #[modality]
    fn hint(&self, context: Context, place: Act) -> Hint {
        match (place, context) {
            (Act::Hint, Context::LeftBetter) => Hint::Left,
            (Act::Hint, Context::RightBetter) => Hint::Right,
            _ => Hint::None,
        }
    }

    /// A win is worth half when it comes late.
    #[modality(preference(step) = [0.0, -1.0, if step == 0 { 4.0 } else { 2.0 }])]
    fn reward(&self, context: Context, place: Act) -> Dist<Reward, T> {
        let better = matches!((context, place), (Context::LeftBetter, Left) | (Context::RightBetter, Right));
        let win = if better { self.win } else { 1.0 - self.win };
        match place {
            Left | Right => dist![0.0, 1.0 - win, win],
            _ => Dist::from([1.0, 0.0, 0.0]),
        }
    }

    #[modality]
    fn seen(&self, place: Act) -> Act {
        place
    }
}

fn options() -> AgentOptions {
    AgentOptions { preference_steps: Some(2), ..AgentOptions::default() }
}

fn observed(hint: Hint, reward: Reward, seen: Act) -> SlotsObservation {
    SlotsObservation { hint, reward, seen }
}

fn agent(carried: bool, options: AgentOptions) -> Agent<Slots> {
    Agent::with_options(Slots { win: 0.8, carried }, (), options).unwrap()
}

/// Takes the hint, and sees that left is better.
fn after_the_hint(agent: &mut Agent<Slots>) -> Vec<f64> {
    agent.infer_states(observed(Hint::None, Reward::None, Start));
    agent.carry_out(Carried::Action(SlotsAction { go: Act::Hint }.index()));
    agent.infer_states(observed(Hint::Left, Reward::None, Act::Hint));
    agent.life().choice(None).entries().iter().map(|log_p| log_p.exp()).collect()
}

#[test]
fn a_policy_that_was_begun_is_carried_to_its_end() {
    let mut carried = agent(true, options());
    let p = after_the_hint(&mut carried);
    // What is left of the two policies that began with the hint: worth 0.8 * 2 - 0.2 and 0.2 * 2 - 0.8, the rest of -G is the same.
    let expected = 1.0 / (1.0 + f64::exp(-1.8));
    assert!((p[2] - expected).abs() < 1e-12 && (p[3] - (1.0 - expected)).abs() < 1e-12, "{p:?}");
    assert_eq!((p[0], p[1]), (0.0, 0.0));
    let mut posterior = vec![0.0; 5];
    carried.policy_posterior(&mut posterior).unwrap();
    assert_eq!((posterior[0], posterior[3], posterior[4]), (0.0, 0.0, 0.0));
    assert!((posterior[1] - expected).abs() < 1e-12);

    // Planned anew, what it could do from here on counts with what was done, and the win is worth 4 again.
    let anew = after_the_hint(&mut agent(false, AgentOptions::default()));
    assert!(anew[0] > 0.0 && anew[1] > 0.0, "{anew:?}");

    // After the last step, and in a new block, all are compared.
    carried.carry_out(Carried::Action(SlotsAction { go: Left }.index()));
    carried.infer_states(observed(Hint::None, Reward::Win, Left));
    assert!(carried.life().choice(None).entries().iter().all(|log_p| log_p.is_finite()));
    let first = after_the_hint(&mut agent(true, options()));
    carried.restart();
    assert_eq!(after_the_hint(&mut carried), first);
}

#[test]
fn what_begins_no_policy_is_planned_anew() {
    let mut agent = agent(true, options());
    agent.infer_states(observed(Hint::None, Reward::None, Start));
    agent.carry_out(Carried::Unknown);
    agent.infer_states(observed(Hint::None, Reward::None, Start));
    assert!(agent.life().choice(None).entries().iter().all(|log_p| log_p.is_finite()));
}

#[test]
fn a_stored_agent_goes_on_where_it_was() {
    let mut one = agent(true, options());
    after_the_hint(&mut one);
    let stored = serde_json::to_string(&one.state()).unwrap();
    let other = Agent::resume(Slots { win: 0.8, carried: true }, (), serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(other.life().choice(None).entries(), one.life().choice(None).entries());
    let mut broken = one.state();
    broken.progress = (1, vec![3, 3]);
    assert!(Agent::resume(Slots { win: 0.8, carried: true }, (), broken).is_err());
    assert!(one.newborn().unwrap_err().to_string().contains("how far it is in its block"));
}

/// The likelihood of what it does is that of its choices.
#[test]
fn it_is_scored_as_it_acts() {
    let model = Slots { win: 0.8, carried: true };
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut agent = agent(true, options());
    let mut world = World::new(model).unwrap();
    let (mut blocks, mut acted) = (Vec::new(), 0.0);
    for _ in 0..20 {
        agent.restart();
        let trajectory = rollout(&mut agent, &mut world, 2, &mut rng);
        blocks.push(RecordedBlock::of_trajectory::<Slots>("", &trajectory, &[]));
        agent.restart();
        for moment in trajectory.iter() {
            agent.infer_states(moment.observation);
            if let Some(action) = moment.action {
                acted += agent.life().choice(None).of(action);
                agent.carry_out(Carried::Action(action.index()));
            }
        }
    }
    let scored = model.family().log_likelihood(&Assigned::default(), &History::new(&blocks), &options()).unwrap();
    assert!((scored - acted).abs() < 1e-10, "{scored} {acted}");
}
