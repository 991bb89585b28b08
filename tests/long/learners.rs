//! Learners: what is declared against plain loops, gradients against differences, trials in which something is missing. And players, through the study program.

use aif::infer::score::{Lessons, RecordedBlock, RecordedRow, ScoreError, learner_log_likelihood, learner_pointwise};
use aif::learners::*;
use aif::measure::{Normal, Softmax, Wiener};
use aif::prelude::*;
use aif::runtime::{Dual, Dual2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[path = "learners/loops.rs"]
mod loops;
#[path = "learners/players.rs"]
mod players;
#[path = "learners/program.rs"]
mod program;

use loops::Row;

/// Lives some trials in the world that was declared: the record, and its rows.
fn lived<M: LearningModel<f64>>(model: M, blocks: usize, trials: usize, seed: u64) -> (Lessons, Vec<Vec<Row>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut world = model.world().expect("a world is declared");
    let mut learner = Live::new(model);
    let mut recorded = RecordedBlock::numbered(blocks, &[]);
    let mut rows = Vec::new();
    for block in &mut recorded {
        learner.restart();
        world.begin(&mut rng);
        let mut own = Vec::new();
        for _ in 0..trials {
            let trial = learner.live(&mut *world, Planned::default(), &mut rng).expect("a trial");
            let some = |list: &[f64]| list.iter().map(|&x| (!x.is_nan()).then_some(x)).collect::<Vec<_>>();
            block.rows.push(RecordedRow {
                inputs: some(trial.inputs),
                observations: some(trial.observations),
                responses: some(trial.responses),
                ..RecordedRow::default()
            });
            own.push(Row { inputs: trial.inputs.to_vec(), seen: trial.observations.to_vec(), done: trial.responses.to_vec() });
        }
        rows.push(own);
    }
    (Lessons::new(&M::META, recorded).expect("numbers that can be"), rows)
}

/// Values that ran away leave no distribution of a choice: it is not drawn at random, the states stay as they were. In the world that is declared
/// they cannot run away.
#[test]
fn choices_without_probabilities_are_not_drawn() {
    let runs_away =
        || PearceHall::<f64, 2> { initial_associability: 1.0, associability_rate: 1.0, salience: 1.0, inverse_temperature: 5.0 };
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut learner, mut world) = (Live::new(runs_away()), Bandit::<2>::default());
    let error = (0..500).find_map(|_| learner.live(&mut world, Planned::default(), &mut rng).err()).expect("values run away");
    let text = error.to_string();
    assert!(text.contains("no `choice` can be drawn: its distribution is none under these parameters"), "{text}");
    let (record, _) = lived(runs_away(), 1, 500, 3);
    assert!(learner_log_likelihood(&runs_away(), &record).expect("it has a likelihood").is_finite());
}

/// What is lived is drawn from the distribution that is scored: under the parameters that behaviour came from, the slopes of the log-likelihood are
/// zero on average, by each parameter. Were choices drawn by another precision, or outcomes from another state than is scored, they would not be.
fn scores_what_it_lives<const K: usize, M, D>(
    name: &str,
    at: [f64; K],
    build: impl Fn([f64; K]) -> M,
    dual: impl Fn([Dual<K>; K]) -> D,
) where
    M: LearningModel<f64>,
    D: LearningModel<Dual<K>>,
{
    const LIVES: u64 = 2000;
    let scored = dual(core::array::from_fn(|i| Dual::variable(at[i], i)));
    let (mut sums, mut squares) = ([0.0; K], [0.0; K]);
    for life in 0..LIVES {
        let (record, _) = lived(build(at), 1, 60, 1000 + life);
        let slope = learner_log_likelihood(&scored, &record).expect("a gradient").gradient;
        for i in 0..K {
            sums[i] += slope[i];
            squares[i] += slope[i] * slope[i];
        }
    }
    for i in 0..K {
        // In its own standard errors.
        let off = sums[i] / squares[i].sqrt();
        assert!(off.abs() < 4.0, "{name}, {i}: slopes at the truth are {off:.1} standard errors from zero");
    }
}

/// A learner with `K` parameters: its log-likelihood against a loop, its gradient against differences of the loop.
fn agrees<const K: usize, M, D, E>(
    name: &str,
    at: [f64; K],
    plain: fn(&[f64], &[Row]) -> f64,
    build: impl Fn([f64; K]) -> M,
    dual: impl Fn([Dual<K>; K]) -> D,
    second: impl Fn([Dual2<K>; K]) -> E,
) where
    M: LearningModel<f64>,
    D: LearningModel<Dual<K>>,
    E: LearningModel<Dual2<K>>,
{
    let (record, rows) = lived(build(at), 2, 60, 11);
    let by_loop: f64 = rows.iter().map(|own| plain(&at, own)).sum();
    let found = learner_log_likelihood(&build(at), &record).expect("a score");
    assert!((found - by_loop).abs() < 1e-12 * by_loop.abs().max(1.0), "{name}: {found} is not {by_loop}");
    let each = learner_pointwise(&build(at), &record).expect("scores");
    assert!((each.iter().sum::<f64>() - found).abs() < 1e-10 && each.len() == record.places().len(), "{name}");

    let derived = learner_log_likelihood(&dual(core::array::from_fn(|i| Dual::variable(at[i], i))), &record).expect("a gradient");
    let curved =
        learner_log_likelihood(&second(core::array::from_fn(|i| Dual2::variable(at[i], i))), &record).expect("a Hessian");
    for i in 0..K {
        // Of the plain loop, to the eighth order.
        let h = 2e-3 * at[i].abs().max(0.05);
        let there = |by: f64| {
            let mut moved = at;
            moved[i] += by * h;
            rows.iter().map(|own| plain(&moved, own)).sum::<f64>()
        };
        let weights = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
        let slope: f64 = weights.iter().zip(1..).map(|(w, k)| w * (there(f64::from(k)) - there(-f64::from(k)))).sum::<f64>() / h;
        assert!(
            (derived.gradient[i] - slope).abs() < 1e-9 * slope.abs().max(found.abs()),
            "{name}, {i}: {} for {slope}",
            derived.gradient[i]
        );
        assert!((curved.gradient[i] - derived.gradient[i]).abs() < 1e-9 * slope.abs().max(found.abs()), "{name}, {i}");
    }
}

macro_rules! agree {
    ($($name:ident: [$($at:expr),*], |$p:ident| $model:expr, $type:ty;)*) => {$(
        #[test]
        fn $name() {
            fn build<T: Real>($p: [T; [$($at),*].len()]) -> $type {
                $model
            }
            agrees(stringify!($name), [$($at),*], loops::$name, build::<f64>, build::<Dual<{ [$($at),*].len() }>>, build::<Dual2<{ [$($at),*].len() }>>);
            scores_what_it_lives(stringify!($name), [$($at),*], build::<f64>, build::<Dual<{ [$($at),*].len() }>>);
        }
    )*};
}

agree! {
    delta: [0.3, 2.0], |p| Delta { learning_rate: p[0], inverse_temperature: p[1] }, Delta<T, 2>;
    two_rates: [0.3, 0.15, 2.0], |p| TwoRates { gain_rate: p[0], loss_rate: p[1], inverse_temperature: p[2] }, TwoRates<T, 3>;
    pearce_hall: [0.8, 0.3, 0.6, 2.5],
        |p| PearceHall { initial_associability: p[0], associability_rate: p[1], salience: p[2], inverse_temperature: p[3] }, PearceHall<T, 2>;
    kalman: [0.95, 49.0, 0.11, 60.0, 7.0, 2.5, 4.0],
        |p| Kalman { decay: p[0], centre: p[1], inverse_temperature: p[2], initial_mean: p[3], initial_sd: p[4], diffusion: p[5], noise: p[6] },
        Kalman<T, 4>;
    forgetting: [0.4, 0.2, 2.0], |p| Forgetting { learning_rate: p[0], forgetting_rate: p[1], inverse_temperature: p[2] }, Forgetting<T, 2>;
    perseveration: [0.3, 0.6, 2.0, 0.7],
        |p| Perseveration { learning_rate: p[0], trace_rate: p[1], inverse_temperature: p[2], stickiness: p[3] }, Perseveration<T, 2>;
    win_stay: [0.85, 0.6], |p| WinStay { stay_after_win: p[0], shift_after_loss: p[1] }, WinStay<T, 3>;
    gain_loss: [0.3, 0.2, 2.0, 1.5, 0.1],
        |p| GainLoss { gain_rate: p[0], loss_rate: p[1], gain_sensitivity: p[2], loss_sensitivity: p[3], lapse: p[4] }, GainLoss<T, 4>;
    reward_punishment: [0.2, 0.5, 2.0],
        |p| RewardPunishment { punishment_rate: p[0], reward_rate: p[1], inverse_temperature: p[2] }, RewardPunishment<T>;
    experience_weighted: [0.8, 0.6, 1.5],
        |p| ExperienceWeighted { value_decay: p[0], experience_decay: p[1], inverse_temperature: p[2] }, ExperienceWeighted<T>;
    fictitious: [0.4, 0.25, 0.1, 1.8],
        |p| Fictitious { gain_rate: p[0], loss_rate: p[1], indecision: p[2], inverse_temperature: p[3] }, Fictitious<T>;
    prospect_delta: [0.3, 0.6, 0.8, 1.7],
        |p| ProspectDelta { learning_rate: p[0], sensitivity: p[1], consistency: p[2], loss_aversion: p[3] }, ProspectDelta<T>;
    prospect_decay: [0.7, 0.5, 0.5, 1.5],
        |p| ProspectDecay { decay: p[0], sensitivity: p[1], consistency: p[2], loss_aversion: p[3] }, ProspectDecay<T>;
    value_plus_perseveration: [0.3, 0.6, 0.8, 1.7, 0.5, -0.4, 0.6, 0.55],
        |p| ValuePlusPerseveration {
            learning_rate: p[0], sensitivity: p[1], consistency: p[2], loss_aversion: p[3],
            gain_impact: p[4], loss_impact: p[5], drive_decay: p[6], weight: p[7],
        },
        ValuePlusPerseveration<T>;
    outcome_representation: [0.3, 0.15, 0.9, 1.2, -0.8],
        |p| OutcomeRepresentation {
            gain_rate: p[0], loss_rate: p[1], perseverance_decay: p[2], frequency_weight: p[3], perseverance_weight: p[4],
        },
        OutcomeRepresentation<T>;
    go_nogo: [0.08, 0.25, 0.3, 0.4, 4.0, 3.0],
        |p| GoNoGo {
            lapse: p[0], learning_rate: p[1], go_bias: p[2], pavlovian_bias: p[3], reward_sensitivity: p[4], punishment_sensitivity: p[5],
        },
        GoNoGo<T>;
    two_step: [0.5, 3.0, 0.4, 2.5, 0.3, 0.6, 0.7],
        |p| TwoStep {
            first_rate: p[0], first_temperature: p[1], second_rate: p[2], second_temperature: p[3],
            perseveration: p[4], model_weight: p[5], eligibility: p[6],
        },
        TwoStep<T>;
    hyperbolic: [0.02, 0.4], |p| Hyperbolic { discount_rate: p[0], inverse_temperature: p[1] }, Hyperbolic<T>;
    exponential: [0.01, 0.4], |p| Exponential { discount_rate: p[0], inverse_temperature: p[1] }, Exponential<T>;
    constant_sensitivity: [0.01, 0.7, 0.4],
        |p| ConstantSensitivity { discount_rate: p[0], time_sensitivity: p[1], inverse_temperature: p[2] }, ConstantSensitivity<T>;
    probabilistic: [1.3, 0.3], |p| Probabilistic { discount_rate: p[0], inverse_temperature: p[1] }, Probabilistic<T>;
    prospect: [0.9, 1.6, 1.2], |p| Prospect { risk_aversion: p[0], loss_aversion: p[1], inverse_temperature: p[2] }, Prospect<T>;
    norm_delta: [0.9, 0.3, 0.5, 10.0],
        |p| NormDelta { envy: p[0], learning_rate: p[1], inverse_temperature: p[2], initial_norm: p[3] }, NormDelta<T>;
    norm_bayes: [0.9, 0.3, 0.4, 10.0, 4.0],
        |p| NormBayes { envy: p[0], guilt: p[1], inverse_temperature: p[2], initial_norm: p[3], initial_weight: p[4] }, NormBayes<T>;
    peer_influence: [0.6, 1.2, 0.5], |p| PeerInfluence { risk_aversion: p[0], inverse_temperature: p[1], conformity: p[2] }, PeerInfluence<T>;
    temporal_difference: [0.3, 0.9, 0.7, 0.2],
        |p| TemporalDifference { learning_rate: p[0], discount: p[1], trace_decay: p[2], noise: p[3] }, TemporalDifference<T, 4>;
    drifting_delta: [0.3, 1.5, 1.0, 0.2],
        |p| DriftingDelta { learning_rate: p[0], drift_scale: p[1], caution: p[2], delay: p[3] }, DriftingDelta<T>;
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Left,
    Right,
}

/// A learner of a user's own: which and when, and how sure, by what is expected.
#[derive(Clone, Copy, Debug)]
pub struct Own<T> {
    pub rate: T,
    pub drift: T,
    pub delay: T,
}

#[learner(inputs(stake: f64), observations(reward: f64, tone: bool), actions(choose: Arm), world = Casino { turns: 0 })]
impl<T: Real> Own<T> {
    #[quantity]
    fn error(&self, value: Values<Arm, T>, choose: Arm, reward: T) -> T {
        reward - value[choose]
    }

    #[state(initial = Values::from([T::zero(), self.drift * 0.1]))]
    fn value(&self, mut value: Values<Arm, T>, choose: Arm, error: T, stake: f64) -> Values<Arm, T> {
        value[choose] += self.rate * error * stake;
        value
    }

    /// Counts tones, and trials without one by half.
    #[state(initial = 0.0)]
    fn tones(&self, tones: T, tone: Option<bool>) -> T {
        tones + if tone.unwrap_or(false) { 1.0 } else { 0.5 }
    }

    #[response]
    fn choose(&self, value: Values<Arm, T>) -> Wiener<Arm, T> {
        Wiener::new(self.drift * (value[Arm::Right] - value[Arm::Left]), T::constant(1.2), T::constant(0.5), self.delay)
    }

    /// Told after the tone.
    #[response]
    fn sure(&self, value: Values<Arm, T>, choose: Arm, tone: bool, _tones: T) -> Normal<T> {
        Normal::new(value[choose] + if tone { 1.0 } else { 0.0 }, T::one())
    }
}

/// The right arm pays the stake; every other trial has a tone.
pub struct Casino {
    turns: usize,
}

impl Surroundings for Casino {
    fn inputs(&mut self, trial: usize, inputs: &mut [f64], _: &mut dyn aif::runtime::random::Rng) {
        if inputs[0].is_nan() {
            inputs[0] = 1.0 + (trial % 3) as f64;
        }
    }
    fn observe(&mut self, which: usize, so_far: &Trial<'_>, _: &mut dyn aif::runtime::random::Rng) -> f64 {
        if which == 1 {
            self.turns += 1;
            return (self.turns % 2) as f64;
        }
        match so_far.response::<Arm>(0) {
            Some(Arm::Right) => so_far.inputs[0],
            Some(Arm::Left) => 0.0,
            None => f64::NAN,
        }
    }
}

const OWN: Own<f64> = Own { rate: 0.2, drift: 0.8, delay: 0.25 };

#[test]
fn a_declaration_says_what_happens_in_which_order() {
    let meta = <Own<f64> as LearningModel<f64>>::META;
    // The tone comes before the second response, which depends on it; the reward after all.
    assert_eq!(meta.events, [Event::Respond(0), Event::Observe(1), Event::Respond(1), Event::Observe(0)]);
    let columns: Vec<_> = meta.response_columns().map(|(name, ..)| name).collect();
    assert_eq!(columns, ["choose", "choose_time", "sure"]);
    assert_eq!(meta.responses[1].needs, [Needed::Response(0), Needed::Observation(1)]);
    assert!(meta.responses[0].action && !meta.responses[1].action);
    let (states, quantities) = <Own<f64> as LearningModel<f64>>::labels();
    assert_eq!((states.join(" "), quantities.join(" ")), ("value[Left] value[Right] tones".into(), "error".into()));
    let begin: OwnStates = OWN.initial();
    assert_eq!((begin.value[Arm::Right], begin.tones), (0.8 * 0.1, 0.0));
}

#[test]
fn what_is_missing_is_not_scored_and_leaves_what_depends_on_it() {
    let row = |choose: Option<f64>, time: Option<f64>, sure: Option<f64>, reward: Option<f64>, tone: Option<f64>| RecordedRow {
        inputs: vec![Some(2.0)],
        observations: vec![reward, tone],
        responses: vec![choose, time, sure],
        ..RecordedRow::default()
    };
    let yes = Some(1.0);
    let meta = &<Own<f64> as LearningModel<f64>>::META;
    let score = |rows: Vec<RecordedRow>| {
        let record = Lessons::new(meta, vec![RecordedBlock { rows, ..RecordedBlock::default() }]).expect("a record");
        (learner_pointwise(&OWN, &record).expect("scores"), record.places(), record.silent().to_vec())
    };
    let whole = row(yes, Some(0.9), Some(0.4), yes, yes);
    let (all, places, silent) = score(vec![whole.clone(), whole.clone()]);
    assert_eq!((all.len(), places[1].response.as_str(), places[2].step), (4, "sure", 1));
    assert_eq!(silent, [("choose", 0)]);

    // Without a choice nothing is scored of the trial (not even what depends on the choice), and values stay.
    let (without, _, silent) = score(vec![row(None, None, Some(0.4), yes, yes), whole.clone()]);
    assert_eq!(without, [all[0], all[1]]);
    assert_eq!(silent, [("choose", 1)]);
    // Which without when is not scored, but it was chosen.
    let (which, ..) = score(vec![row(yes, None, None, yes, yes), whole.clone()]);
    assert_eq!(which, [all[2], all[3]]);
    // Without an outcome nothing is learned; without a tone the second response is not scored.
    let (unpaid, ..) = score(vec![row(yes, Some(0.9), Some(0.4), None, None), whole.clone()]);
    assert_eq!(unpaid, [all[0], all[0], all[1]]);
    // What is forced is learned from.
    let forced = RecordedRow { scored: false, ..whole.clone() };
    assert_eq!(score(vec![forced, whole]).0, [all[2], all[3]]);
}

#[test]
fn numbers_that_cannot_be_are_refused_by_name() {
    let meta = &<Own<f64> as LearningModel<f64>>::META;
    let record = |inputs: Vec<Option<f64>>, observations: Vec<Option<f64>>, responses: Vec<Option<f64>>| {
        let row = RecordedRow { inputs, observations, responses, ..RecordedRow::default() };
        Lessons::new(meta, vec![RecordedBlock { rows: vec![row], ..RecordedBlock::default() }])
            .map(|_| ())
            .map_err(|e| e.to_string())
    };
    let (one, some) = (Some(1.0), |x: f64| vec![Some(1.0), Some(x), None]);
    assert_eq!(
        record(vec![None], vec![one, one], some(0.5)),
        Err("trial 0: the input `stake` is missing: inputs are always known".into())
    );
    assert_eq!(record(vec![one], vec![one], some(0.5)), Err("trial 0: there are 1 observations, but the learner has 2".into()));
    assert_eq!(
        record(vec![one], vec![one, Some(2.0)], some(0.5)),
        Err("trial 0: `tone` is 2, but has to be a whole number below 2".into())
    );
    assert_eq!(
        record(vec![one], vec![one, one], some(-0.5)),
        Err("trial 0: `choose_time` is -0.5, but has to be above 0 and finite".into())
    );
    assert_eq!(
        record(vec![one], vec![one, one], vec![Some(3.0), one, None]),
        Err("trial 0: `choose` is 3, but has to be a whole number below 2".into())
    );

    // A time below the shift is told as what it can be.
    let row = RecordedRow {
        inputs: vec![one],
        observations: vec![one, one],
        responses: vec![one, Some(0.2), None],
        ..RecordedRow::default()
    };
    let block = RecordedBlock { name: "b".into(), rows: vec![row], ..RecordedBlock::default() };
    let early = Lessons::new(meta, vec![block]).expect("a record");
    let error = learner_log_likelihood(&OWN, &early).expect_err("before the delay");
    assert!(matches!(error, ScoreError::Outside { .. }));
    assert_eq!(error.to_string(), "block b, trial 0: `choose_time` is 0.2, but under these parameters it can only be above 0.25");
    let broken = learner_log_likelihood(&Own { rate: f64::NAN, ..OWN }, &early);
    assert!(broken.is_err());
}

#[test]
fn a_learner_lives_in_a_world_of_ones_own_as_planned() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut world, mut learner) = (Casino { turns: 0 }, Live::new(OWN));
    let trial = learner.live(&mut world, Planned::default(), &mut rng).expect("a trial");
    assert_eq!(trial.inputs, [1.0]);
    assert!(trial.responses[1] > 0.25 && trial.responses[2].is_finite());
    let before = learner.states().value;
    // An action that is not made: nothing is chosen, nothing paid, nothing learned; the tone is heard.
    let missed = Planned { responses: &[None, None, Some(0.0)], ..Planned::default() };
    let trial = learner.live(&mut world, missed, &mut rng).expect("a trial");
    assert!(trial.responses.iter().all(|x| x.is_nan()) && trial.observations[0].is_nan() && trial.observations[1] == 0.0);
    assert_eq!((learner.states().value, learner.states().tones), (before, 1.5));
    let forced =
        Planned { inputs: &[Some(3.0)], responses: &[Some(1.0), Some(0.7), Some(0.0)], forced: true, ..Planned::default() };
    let trial = learner.live(&mut world, forced, &mut rng).expect("a trial");
    assert_eq!((trial.inputs[0], trial.responses[0], trial.observations[0]), (3.0, 1.0, 3.0));
    learner.restart();
    assert_eq!(learner.states(), &OWN.initial());
    let broken = Live::new(Own { drift: f64::NAN, ..OWN }).live(&mut world, Planned::default(), &mut rng).map(|_| ());
    assert!(broken.unwrap_err().to_string().contains("no `choose` can be drawn"));
}

/// Without states: nothing is learned.
#[derive(Clone, Copy, Debug)]
pub struct Habit<T> {
    pub weights: [T; 2],
}

#[learner(actions(choose: Arm))]
impl<T: Real> Habit<T> {
    #[response]
    fn choose(&self) -> Softmax<Arm, T> {
        Softmax::new(self.weights)
    }
}

#[test]
fn a_learner_may_have_nothing_but_a_response() {
    let meta = <Habit<f64> as LearningModel<f64>>::META;
    let row = |choose: usize| RecordedRow::of_indices(&[], &[Some(choose)]);
    let block = RecordedBlock { rows: vec![row(0), row(1), row(1)], ..RecordedBlock::default() };
    let record = Lessons::new(&meta, vec![block]).expect("a record");
    let found = learner_log_likelihood(&Habit { weights: [0.0, 1.0] }, &record).expect("a score");
    let p = 1.0 / (1.0 + (-1.0f64).exp());
    assert!((found - (2.0 * p.ln() + (1.0 - p).ln())).abs() < 1e-14);
    assert!(Habit { weights: [0.0, 1.0] }.world().is_none());
}
