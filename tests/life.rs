//! One life: what acts is scored and differentiated by the same code. The derivative of an agent in duals is that of its likelihood, and both
//! are those of finite differences, for every option that can be scored; and whatever an agent can be told can be in a record.

#[path = "models/differences.rs"]
mod differences;
#[path = "life/kept.rs"]
mod kept;
#[path = "life/missing.rs"]
mod missing;
#[path = "models/oracle.rs"]
mod oracle;

use std::sync::Arc;

use aif::infer::score::{Assigned, Behaviour, CarriedOut, History, RecordedBlock, RecordedRow, ScoreError, Told};
use aif::prelude::*;
use aif::runtime::{Dual, Numbers};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Left,
    Middle,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    There,
    Back,
    Nowhere,
}

/// A walk along three places that slips, a mood that changes by itself, and signs whose meaning is learned.
#[derive(Clone, Copy, Debug)]
pub struct Walk<T> {
    pub slip: T,
    pub keenness: T,
    pub wish: T,
    pub experience: T,
}

#[generative_model(horizon = 2, actions(go: Go), policy_precision = self.keenness, habit = [0.0, -0.3, 0.2])]
impl<T: Real> Walk<T> {
    #[factor(initial = [0.5, 0.3, 0.2], goal = Place::Right)]
    fn place(&self, place: Place, go: Go) -> Dist<Place, T> {
        let at = place.index();
        let to = match go {
            Go::There => (at + 1).min(2),
            Go::Back => at.saturating_sub(1),
            Go::Nowhere => at,
        };
        Dist::from_fn(|p: Place| if p.index() == to { -self.slip + 1.0 } else { self.slip * 0.5 })
    }
    #[factor(initial = [0.6, 0.4])]
    fn mood(&self, mood: bool) -> Dist<bool, T> {
        Dist::bernoulli(mood, -self.slip * 0.5 + 1.0, !mood)
    }
    #[modality(preference = [self.wish, 0.0])]
    fn light(&self, place: Place, mood: bool) -> Dirichlet<bool, T> {
        let yes = if (place == Place::Right) == mood { self.experience * 2.0 } else { self.experience };
        Dirichlet::from([yes, self.experience * 1.5])
    }
    #[modality(preference = [0.0, self.wish * 0.5, self.wish])]
    fn sign(&self, place: Place) -> Dist<Place, T> {
        Dist::from_fn(|p: Place| if p == place { -self.slip + 1.0 } else { self.slip * 0.5 })
    }
}

const AT: [f64; 4] = [0.13, 1.4, 0.9, 0.8];

fn walk<T: Real>(x: [T; 4]) -> Walk<T> {
    Walk { slip: x[0], keenness: x[1], wish: x[2], experience: x[3] }
}

/// What two blocks showed and what was done; some of it missing, some of it unscored.
fn blocks() -> Vec<RecordedBlock> {
    let row = |light: usize, sign: usize, go: Option<usize>| RecordedRow::of_indices(&[Some(light), Some(sign)], &[go]);
    let rows = vec![
        row(0, 0, Some(0)),
        row(1, 1, Some(0)),
        RecordedRow::of_indices(&[Some(0), None], &[Some(2)]),
        RecordedRow { scored: false, ..row(1, 2, Some(1)) },
        row(0, 1, Some(0)),
        row(0, 2, None),
    ];
    let other = vec![row(1, 0, Some(2)), row(0, 1, Some(1)), row(1, 0, Some(0)), row(1, 2, None)];
    vec![RecordedBlock { rows, ..RecordedBlock::default() }, RecordedBlock { rows: other, ..RecordedBlock::default() }]
}

/// The log-likelihood of blocks in any scalar.
fn likelihood<T: Real>(x: [T; 4], blocks: &[RecordedBlock], options: &AgentOptions) -> Result<T, ScoreError> {
    walk(x).family().log_likelihood(&Assigned::default(), &History::new(blocks), options)
}

/// The same by an agent that is led through them, in any scalar.
fn lived<T: Real>(x: [T; 4], blocks: &[RecordedBlock], options: AgentOptions) -> T {
    let index = |x: &Option<f64>| x.map(|x| x as usize);
    let tables = Arc::new(Tables::new(&walk(x), (), options.horizon_for(&<Walk<T> as GenerativeModel<T>>::META)).unwrap());
    let mut agent = Agent::sharing(tables, options).unwrap();
    let mut sum = T::zero();
    for block in blocks {
        agent.restart();
        for row in &block.rows {
            let told = row.told.clone().map_or_else(Told::default, |told| *told);
            if let Some(numbers) = &told.preferences {
                agent.clear_preferences();
                let mut own = agent.preferences();
                let mut numbers = numbers.iter();
                for m in 0..2 {
                    own.numbers_mut(m).iter_mut().zip(&mut numbers).for_each(|(to, &c)| *to = T::constant(c));
                }
                if numbers.len() == 0 && told.preferences.as_ref().is_some_and(|list| !list.is_empty()) {
                    agent.set_preferences(own).unwrap();
                }
            }
            let seen: Vec<Option<usize>> = row.observations.iter().map(index).collect();
            agent.infer_states(<Walk<T> as GenerativeModel<T>>::evidence(&seen));
            let Some(go) = index(&row.responses[0]) else {
                agent.infer_parameters();
                continue;
            };
            let open = told.open.as_deref();
            if row.scored {
                let among = |action: WalkAction| open.is_none_or(|open| open[action.index()]);
                sum += agent.action_log_probabilities_among(among).unwrap()[go];
            }
            let weights: Vec<(usize, T)>;
            let carried = match &told.carried {
                CarriedOut::Chosen => Carried::Action(go),
                CarriedOut::Action(action) => Carried::Action(*action),
                CarriedOut::Unknown => Carried::Unknown,
                CarriedOut::OneOf(list) => {
                    weights = list.iter().map(|&(action, w)| (action, T::constant(w))).collect();
                    Carried::OneOf(&weights)
                }
            };
            agent.carry_out_among(carried, open);
        }
    }
    sum
}

/// Every option that can be scored, one after the other.
fn options() -> Vec<(String, AgentOptions)> {
    let plain = AgentOptions::default();
    let mut all = vec![("default".to_string(), plain)];
    let mut add = |name: &str, options: AgentOptions| all.push((name.to_string(), options));
    let sweeps = Sweeps::Sequential { most: 2000, tolerance: 1e-14 };
    let (marginal, variational) = (Inference::Marginal { window: 3, sweeps }, Inference::Variational { window: 3, sweeps });
    let ways = [
        ("settled", Inference::FixedPoint(sweeps)),
        ("parallel", Inference::REFERENCE),
        ("exact", Inference::Exact),
        ("components", Inference::Components),
        ("marginal", marginal),
        ("variational", variational),
    ];
    for (name, inference) in ways {
        add(name, AgentOptions { inference, ..plain });
    }
    add("marginals", AgentOptions { sampling: Sampling::Marginals, ..plain });
    add("joint gain", AgentOptions { joint_information_gain: true, ..plain });
    add("terms", AgentOptions { terms: Terms::all(1.0), ..plain });
    let weights = Terms { utility: 0.5, state_information_gain: 2.0, likelihood_information_gain: -0.7, ..Terms::all(0.3) };
    add("weighed terms", AgentOptions { terms: weights, induction: Some(InductionOptions::default()), ..plain });
    add("horizon", AgentOptions { horizon: Some(3), ..plain });
    add("budget", AgentOptions { horizon: Some(3), planning: Planning::Budgeted { nodes: 30 }, ..plain });
    let planning = Planning::BranchAndBound(BranchAndBound::default());
    add("branch and bound", AgentOptions { horizon: Some(3), planning, ..plain });
    add("branch and bound, learning", AgentOptions { planning, learning: Some(Learning::default()), ..plain });
    add("induction", AgentOptions { induction: Some(InductionOptions::default()), ..plain });
    let sophisticated = Sophisticated { action_threshold: 0.0, outcome_threshold: 0.0, nodes: 100_000 };
    for inference in [Inference::Exact, Inference::FixedPoint(sweeps)] {
        add("sophisticated", AgentOptions { planning: Planning::Sophisticated(sophisticated), inference, ..plain });
    }
    let updating = Some(PrecisionUpdating::default());
    for (name, inference) in [("updating", Inference::default()), ("updating, exact", Inference::Exact)] {
        add(name, AgentOptions { precision_updating: updating, inference, ..plain });
    }
    for when in [When::BeforeChoice, When::Smoothed { lag: 2 }, When::BlockEnd, When::AfterChoice] {
        for from in [Beliefs::Filtered, Beliefs::Smoothed, Beliefs::Pairwise] {
            for inference in [Inference::FixedPoint(sweeps), Inference::Exact, marginal] {
                let learning = Learning { when, from, forgetting: 0.1, ..Learning::default() };
                let terms = Terms::all(1.0);
                let name = format!("learning {when:?} {from:?} {inference:?}");
                add(&name, AgentOptions { learning: Some(learning), inference, terms, ..plain });
                add(
                    &format!("{name}, updating"),
                    AgentOptions { learning: Some(learning), inference, precision_updating: updating, ..plain },
                );
            }
        }
    }
    let compat = Compat { reuse_window_evidence: true, recount_window: Some(4), floor_counts: true, drop_contradictions: true };
    let learning = Some(Learning { from: Beliefs::Smoothed, when: When::AfterChoice, ..Learning::default() });
    add("compat", AgentOptions { compat, learning, inference: marginal, ..plain });
    all
}

/// A likelihood under some options.
struct Under<'a>(&'a [RecordedBlock], &'a AgentOptions);

impl oracle::Differentiated<4> for Under<'_> {
    fn at<T: Real>(&self, x: [T; 4]) -> T {
        likelihood(x, self.0, self.1).unwrap()
    }
}

/// The derivatives, compared: of the likelihood and of the agent, by differences, and in num-dual's numbers.
fn agree(name: &str, blocks: &[RecordedBlock], options: AgentOptions) {
    let dual = |x: [f64; 4]| std::array::from_fn(|i| Dual::<4>::variable(x[i], i));
    let scored = likelihood(dual(AT), blocks, &options).unwrap_or_else(|e| panic!("{name}: {e}"));
    let acted = lived(dual(AT), blocks, options);
    let (apart, _) = oracle::differences(&Under(blocks, &options), AT);
    assert!(apart < 1e-11, "{name}: num-dual's derivatives are {apart:e} away");
    assert!((scored.value - acted.value).abs() < 1e-10, "{name}: {} {}", scored.value, acted.value);
    for i in 0..4 {
        let at = |h: f64| {
            let mut x = AT;
            x[i] += h;
            likelihood(x, blocks, &options).unwrap()
        };
        let h = 1e-4;
        let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        let close = |a: f64| (a - slope).abs() < 1e-6 * slope.abs().max(1.0);
        assert!(close(scored.gradient[i]), "{name}, parameter {i}: likelihood {} slope {slope}", scored.gradient[i]);
        assert!((scored.gradient[i] - acted.gradient[i]).abs() < 1e-9 * slope.abs().max(1.0), "{name}, parameter {i}: agent");
    }
}

#[test]
fn an_agent_has_the_derivative_of_its_likelihood_under_every_option() {
    for (name, options) in options() {
        agree(&name, &blocks(), options);
    }
}

/// The same blocks with everything that an agent can be told besides.
fn told() -> Vec<RecordedBlock> {
    let mut blocks = blocks();
    let mut tell = |b: usize, r: usize, told: Told| blocks[b].rows[r].told = Some(Box::new(told));
    tell(0, 0, Told { open: Some(vec![true, false, true]), ..Told::default() });
    tell(0, 1, Told { carried: CarriedOut::Action(2), ..Told::default() });
    tell(
        0,
        2,
        Told {
            carried: CarriedOut::OneOf(vec![(0, 0.25), (2, 0.75)]),
            preferences: Some(vec![0.4, 0.0, 0.0, -1.0, 2.0]),
            ..Told::default()
        },
    );
    tell(0, 4, Told { carried: CarriedOut::Unknown, open: Some(vec![true, true, false]), ..Told::default() });
    tell(1, 1, Told { preferences: Some(Vec::new()), ..Told::default() });
    blocks
}

#[test]
fn whatever_an_agent_can_be_told_can_be_in_a_record() {
    for (name, options) in options() {
        agree(&format!("told, {name}"), &told(), options);
    }
    // What is told counts: each kind by itself changes the score.
    let plain = likelihood(AT, &blocks(), &AgentOptions::default()).unwrap();
    for (b, r) in [(0, 0), (0, 1), (0, 2), (0, 4)] {
        let mut one = blocks();
        one[b].rows[r].told = told()[b].rows[r].told.clone();
        let score = likelihood(AT, &one, &AgentOptions::default()).unwrap();
        assert!((score - plain).abs() > 1e-6, "row {r} of block {b}");
    }
}

#[test]
fn what_cannot_be_scored_rightly_is_refused_in_words() {
    let refused = |blocks: &[RecordedBlock], options: AgentOptions| likelihood(AT, blocks, &options).unwrap_err().to_string();
    let plain = AgentOptions::default();
    let monte_carlo = Planning::MonteCarlo(MonteCarlo::default());
    assert!(refused(&blocks(), AgentOptions { planning: monte_carlo, ..plain }).contains("no smooth function"));
    assert!(
        refused(&blocks(), AgentOptions { selection: Selection::Deterministic, ..plain }).contains("select deterministically")
    );
    let mut gap = blocks();
    gap[0].rows[1].responses = vec![None];
    assert!(likelihood(AT, &gap, &plain).is_ok(), "an approximation without learning");
    let learning = AgentOptions { learning: Some(Learning::default()), ..plain };
    assert!(
        refused(&gap, learning).contains("block , step 1") || refused(&gap, learning).contains("step 1: an agent that learns")
    );
    // What the agent does not know either can be learned around.
    gap[0].rows[1].told = Some(Box::new(Told { carried: CarriedOut::Unknown, ..Told::default() }));
    assert!(likelihood(AT, &gap, &learning).is_ok());
    let telling = |told: Told| {
        let mut blocks = blocks();
        blocks[0].rows[0].told = Some(Box::new(told));
        refused(&blocks, plain)
    };
    assert!(telling(Told { open: Some(vec![false; 3]), ..Told::default() }).contains("no joint action is open"));
    assert!(telling(Told { open: Some(vec![true; 2]), ..Told::default() }).contains("2 joint actions are said"));
    assert!(telling(Told { carried: CarriedOut::Action(3), ..Told::default() }).contains("the joint action 3"));
    let half = CarriedOut::OneOf(vec![(0, 0.5)]);
    assert!(telling(Told { carried: half, ..Told::default() }).contains("sum to 0.5"));
    assert!(telling(Told { preferences: Some(vec![0.0; 4]), ..Told::default() }).contains("4 preferences"));
    assert!(telling(Told { open: Some(vec![false, true, true]), ..Told::default() }).contains("log-probability"));
}

#[test]
fn a_derivative_survives_where_a_value_is_nothing() {
    // At a slip of zero every other place is impossible, and each becomes possible at once.
    let x: [Dual<1>; 4] = std::array::from_fn(|i| if i == 0 { Dual::variable(0.0, 0) } else { Dual::constant(AT[i]) });
    for inference in [Inference::Exact, Inference::default()] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let at = |slip: f64| likelihood([slip, AT[1], AT[2], AT[3]], &blocks()[1..], &options);
        let found = likelihood(x, &blocks()[1..2], &options);
        if inference == Inference::Exact {
            // What was seen cannot be without a slip: nothing is believed exactly there.
            assert!(found.is_ok() && at(1e-9).is_ok());
            continue;
        }
        assert!(found.unwrap().gradient[0].is_finite());
    }
    // A weight that is zero, but varies, is not off.
    let belief = |slip| {
        let tables =
            Arc::new(Tables::new(&walk([slip, Dual::constant(1.0), Dual::constant(1.0), Dual::constant(1.0)]), (), 2).unwrap());
        let mut agent = Agent::sharing(tables, AgentOptions { inference: Inference::Exact, ..AgentOptions::default() }).unwrap();
        agent.infer_states(<Walk<Dual<1>> as GenerativeModel<Dual<1>>>::evidence(&[None, Some(0)]));
        agent.belief().place[Place::Right]
    };
    let p = belief(Dual::<1>::variable(0.0, 0));
    assert_eq!(p.value, 0.0);
    assert!((p.gradient[0] - 0.2 * 0.5 / 0.5).abs() < 1e-12, "{p:?}");
}

#[test]
fn the_program_of_a_life_is_observe_choose_act() {
    use aif::runtime::{Carried, Life, Setup};
    let options = AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() };
    let tables = Arc::new(Tables::new(&walk(AT), (), 2).unwrap());
    let mut life = Life::new(Setup::new(tables.clone(), options, Assigned::default()).unwrap());
    let mut agent = Agent::sharing(tables, options).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for t in 0..20usize {
        let seen = <Walk<f64> as GenerativeModel>::evidence(&[Some(t % 2), Some(t % 3)]);
        life.observe(&seen);
        let choice = life.choice(None);
        let done = agent.step(seen, &mut rng);
        assert!(choice.of(done) <= 0.0 && (choice.entries().iter().map(|p| p.exp()).sum::<f64>() - 1.0).abs() < 1e-12);
        life.act(Carried::Action(done.index()), None);
        assert_eq!(life.belief(), agent.belief());
        assert_eq!(life.tables().counted(), agent.tables().counted());
    }
}
