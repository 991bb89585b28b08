//! A slow context that changes between blocks and says where a fast state begins in each, as one flat model: nothing shows the context by itself,
//! only the joint distribution of both can find it.

use aif::prelude::*;
use aif::runtime::Inference;
use rand::SeedableRng;
use rand::rngs::SmallRng;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    Calm,
    Storm,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wind {
    Low,
    Middle,
    High,
}

/// Where in its block a step is.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beat {
    First,
    Second,
    Third,
    Last,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sail {
    Wait,
    Go,
}

/// Weather whose context changes between blocks of four steps, and sets how the wind begins in each.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub change: f64,
}

const BEGINS: [[f64; 3]; 2] = [[0.8, 0.15, 0.05], [0.05, 0.15, 0.8]];
const SEEN: [[f64; 3]; 3] = [[0.7, 0.2, 0.1], [0.15, 0.7, 0.15], [0.1, 0.2, 0.7]];
const DRIFTS: f64 = 0.1;

fn drifts(from: usize, to: usize) -> f64 {
    if from == to { 1.0 - DRIFTS } else { DRIFTS / 2.0 }
}

#[generative_model(vis = pub, horizon = 1, actions(sail: Sail))]
impl Weather {
    #[factor(initial = uniform())]
    fn context(&self, context: Context, beat: Beat) -> Dist<Context> {
        let change = if beat == Beat::Last { self.change } else { 0.0 };
        Dist::from_fn(|next| if next == context { 1.0 - change } else { change })
    }
    #[factor(initial = uniform())]
    fn wind(&self, wind: Wind, context: Context, beat: Beat) -> Dist<Wind> {
        if beat == Beat::Last {
            return Dist::from_fn(|next: Wind| BEGINS[context.index()][next.index()]);
        }
        Dist::from_fn(|next: Wind| drifts(wind.index(), next.index()))
    }
    #[factor(initial = Beat::Last)]
    fn beat(&self, beat: Beat) -> Beat {
        match beat {
            Beat::First => Beat::Second,
            Beat::Second => Beat::Third,
            Beat::Third => Beat::Last,
            Beat::Last => Beat::First,
        }
    }
    #[factor(initial = Sail::Wait)]
    fn sailing(&self, sail: Sail) -> Sail {
        sail
    }
    #[modality]
    fn seen(&self, wind: Wind) -> Dist<Wind> {
        Dist::from_fn(|o: Wind| SEEN[wind.index()][o.index()])
    }
    #[modality(preference = [0.0, 0.3])]
    fn sailed(&self, sailing: Sail) -> Sail {
        sailing
    }
}

#[test]
fn a_slow_context_is_found_by_default() {
    let model = Weather { change: 0.05 };
    let by = |inference| Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
    let (mut agent, mut apart) = (by(Inference::default()), by(Inference::MEAN_FIELD));
    assert!(agent.options().words(&<Weather as GenerativeModel>::META).contains("exact over the joint state"));
    let mut rng = SmallRng::seed_from_u64(4);
    let mut world = World::new(model).unwrap();
    let mut seen = world.reset(&mut rng);
    // By hand: what is believed of context and wind together, in plain arithmetic.
    let mut joint = [[1.0 / 6.0; 3]; 2];
    let (mut right, mut wrong, mut stuck) = (0, 0, 0.0f64);
    for step in 0..400 {
        let action = agent.step(seen, &mut rng);
        let _ = apart.step(seen, &mut rng);
        let sum: f64 = (0..6).map(|i| joint[i / 3][i % 3] * SEEN[i % 3][seen.seen.index()]).sum();
        (0..6).for_each(|i| joint[i / 3][i % 3] *= SEEN[i % 3][seen.seen.index()] / sum);
        // What the agent believed when it acted: it has moved on by one step since.
        let last = step % 4 == 0;
        let before = joint;
        joint = [[0.0; 3]; 2];
        for (c, w, d, v) in (0..36).map(|i| (i / 18, i / 6 % 3, i / 3 % 2, i % 3)) {
            let changes = match (last, c == d) {
                (false, stays) => f64::from(u8::from(stays)),
                (true, true) => 1.0 - model.change,
                (true, false) => model.change,
            };
            joint[d][v] += before[c][w] * changes * if last { BEGINS[c][v] } else { drifts(w, v) };
        }
        let storm: f64 = joint[1].iter().sum();
        let believed = agent.belief().context[Context::Storm];
        assert!((believed - storm).abs() < 1e-12, "step {step}: {believed} and {storm}");
        // At a block's end most of what there is to be known of its context has been seen; an exact filter is right in about 5 of 6.
        if step % 4 == 3 && step > 4 {
            let truth = world.state().context;
            let found = if believed > 0.5 { Context::Storm } else { Context::Calm };
            *if found == truth { &mut right } else { &mut wrong } += 1;
        }
        stuck = stuck.max((apart.belief().context[Context::Storm] - 0.5).abs());
        seen = world.step(action, &mut rng);
    }
    assert!(right > 3 * wrong, "{right} right and {wrong} wrong");
    // Distributions of each factor alone never learn of it.
    assert!(stuck < 1e-9, "{stuck}");
}
