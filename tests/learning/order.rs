//! What is seen, learned and chosen when: scored records of learners against plain loops, and everything smooth as a parameter.

use aif::infer::score::{Behaviour, History, RecordedBlock, RecordedRow};
use aif::prelude::*;
use aif::runtime::Dual;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Left,
    Right,
}

/// Two arms whose pay is learned.
#[derive(Clone, Copy, Debug)]
pub struct Bandit<T> {
    pub worth: T,
    pub pulls: T,
}

#[generative_model(horizon = 1, actions(pull: Arm), habit = Dirichlet::from([2.0, 1.0]))]
impl<T: Real> Bandit<T> {
    #[factor(initial = uniform())]
    fn pulled(&self, pull: Arm) -> Arm {
        pull
    }
    #[modality(preference = [0.0, self.worth])]
    fn pay(&self, pulled: Arm) -> Dirichlet<bool, T> {
        let first = if pulled == Arm::Left { self.pulls } else { self.pulls * 2.0 };
        Dirichlet::from([first, self.pulls])
    }
}

const TRIALS: usize = 40;

/// What was pulled, and what it paid: two blocks.
fn table() -> Vec<Vec<(usize, usize)>> {
    let mut x = 7u32;
    let mut next = || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (x >> 16) as usize
    };
    (0..2).map(|_| (0..TRIALS).map(|_| (next() % 2, usize::from(next() % 10 < 6))).collect()).collect()
}

/// The same as a record: what a pull paid is seen before the next pull.
fn record(table: &[Vec<(usize, usize)>]) -> History {
    let block = |trials: &Vec<(usize, usize)>| {
        let mut rows: Vec<RecordedRow> = Vec::new();
        let mut seen = None;
        for &(arm, pay) in trials {
            rows.push(RecordedRow::of_indices(&[seen], &[Some(arm)]));
            seen = Some(pay);
        }
        rows.push(RecordedRow::of_indices(&[seen], &[None]));
        RecordedBlock { rows, ..RecordedBlock::default() }
    };
    History::new(&table.iter().map(block).collect::<Vec<_>>())
}

/// Plain arithmetic: the log-probability of each pull, where what is seen is learned so many pulls later (`None`: at the block's end), before or
/// after the choice.
fn plain(
    table: &[Vec<(usize, usize)>],
    (lag, after): (Option<usize>, bool),
    (rate, forgetting): (f64, f64),
    [worth, pulls]: [f64; 2],
) -> Vec<f64> {
    let (prior, prior_habit) = ([[pulls, pulls], [pulls * 2.0, pulls]], [2.0, 1.0]);
    let (mut counts, mut habit) = (prior, prior_habit);
    let mut log_p = Vec::new();
    for trials in table {
        // What is seen at each step, and learned from so far; what was done since the last update.
        let seen = |t: usize| t.checked_sub(1).map(|t| trials[t]);
        let (mut learned, mut taken) = (0, [0.0; 2]);
        let mut learn = |counts: &mut [[f64; 2]; 2], habit: &mut [f64; 2], until: usize, taken: &mut [f64; 2]| {
            let frames = learned..until.max(learned);
            learned = frames.end;
            let forgetting = if frames.is_empty() { 0.0 } else { forgetting };
            let blend =
                |count: &mut f64, prior: f64, gain: f64| *count = prior + (1.0 - forgetting) * (*count - prior) + rate * gain;
            for a in 0..2 {
                for o in 0..2 {
                    let gain = frames.clone().filter(|&t| seen(t) == Some((a, o))).count();
                    blend(&mut counts[a][o], prior[a][o], gain as f64);
                }
                blend(&mut habit[a], prior_habit[a], taken[a]);
            }
            *taken = [0.0; 2];
        };
        for (t, &(arm, _)) in trials.iter().enumerate() {
            if let (Some(lag), false) = (lag, after) {
                learn(&mut counts, &mut habit, (t + 1).saturating_sub(lag), &mut taken);
            }
            let value = |a: usize| worth * counts[a][1] / (counts[a][0] + counts[a][1]) + (habit[a] / (habit[0] + habit[1])).ln();
            let (own, other) = (value(arm), value(1 - arm));
            log_p.push(-(1.0 + (other - own).exp()).ln());
            if after {
                learn(&mut counts, &mut habit, t + 1, &mut taken);
            }
            taken[arm] += 1.0;
        }
        // The last outcome is seen, and nothing follows; then the block ends.
        if let (Some(lag), false) = (lag, after) {
            learn(&mut counts, &mut habit, (trials.len() + 1).saturating_sub(lag), &mut taken);
        }
        learn(&mut counts, &mut habit, trials.len() + 1, &mut taken);
    }
    log_p
}

fn options(when: When) -> AgentOptions {
    AgentOptions { learning: Some(Learning { when, ..Learning::default() }), ..AgentOptions::default() }
}

#[test]
fn what_was_seen_moves_the_next_choice() {
    let (table, at) = (table(), [2.3, 0.7]);
    let model = Bandit { worth: at[0], pulls: at[1] };
    for (rate, forgetting) in [(1.0, 0.0), (0.37, 0.0), (0.8, 0.15)] {
        let cases = [
            (When::BeforeChoice, (Some(0), false)),
            (When::Smoothed { lag: 0 }, (Some(0), false)),
            (When::Smoothed { lag: 1 }, (Some(1), false)),
            (When::Smoothed { lag: 4 }, (Some(4), false)),
            (When::BlockEnd, (None, false)),
            (When::AfterChoice, (Some(0), true)),
        ];
        for (when, order) in cases {
            let assigned = Assigned { learning_rate: Some(rate), forgetting: Some(forgetting), ..Assigned::default() };
            let got = model.family().pointwise(&assigned, &record(&table), &options(when)).unwrap();
            let want = plain(&table, order, (rate, forgetting), at);
            assert_eq!(got.len(), want.len());
            for (i, (got, want)) in got.iter().zip(&want).enumerate() {
                assert!(
                    (got - want).abs() < 1e-12,
                    "{when:?}, rate {rate}, forgetting {forgetting}, pull {i}: {got}, not {want}"
                );
            }
        }
    }
}

/// What `assigned` and a model of numbers come to: everything smooth at once.
fn likelihood<T: Real>(x: &[T; 14]) -> T {
    let assigned = Assigned {
        policy_precision: Some(x[2]),
        action_precision: Some(x[3]),
        lapse: Some(x[4]),
        learning_rate: Some(x[5]),
        learning_rate_habit: Some(x[6]),
        forgetting: Some(x[7]),
        utility: Some(x[8]),
        state_information_gain: Some(x[9]),
        parameter_information_gain: Some(x[10]),
        transition_information_gain: Some(x[11]),
        discount: Some(x[12]),
        precision_step: Some(x[13]),
        ..Assigned::default()
    };
    let model = Bandit { worth: x[0], pulls: x[1] };
    let options = AgentOptions { horizon: Some(3), ..AgentOptions::default() };
    model.family().log_likelihood(&assigned, &record(&table()), &options).unwrap()
}

#[test]
fn everything_smooth_has_derivatives() {
    let at = [2.3, 0.7, 1.2, 0.9, 0.05, 0.6, 0.4, 0.1, 0.8, 1.1, 0.7, 0.3, 0.85, 0.4];
    let dual = likelihood::<Dual<14>>(&std::array::from_fn(|i| Dual::variable(at[i], i)));
    assert!((dual.value - likelihood(&at)).abs() < 1e-10);
    for i in 0..at.len() {
        let moved = |h: f64| {
            let mut x = at;
            x[i] += h;
            likelihood(&x)
        };
        let h = 1e-5;
        let difference = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
        let found = dual.gradient[i];
        assert!((found - difference).abs() < 1e-7 * (1.0 + difference.abs()), "variable {i}: {found}, not {difference}");
        // Of transitions nothing is learned here, and states are known.
        assert!(i == 9 || i == 11 || found != 0.0, "variable {i} changes nothing");
    }
}

#[test]
fn who_is_not_told_to_learn_learns_by_a_rate() {
    let (record, model) = (record(&table()), Bandit { worth: 2.0, pulls: 1.0 });
    let with = |assigned: &Assigned, options: &AgentOptions| model.family().log_likelihood(assigned, &record, options).unwrap();
    let rate = Assigned { learning_rate: Some(1.0), ..Assigned::default() };
    assert_eq!(with(&rate, &AgentOptions::default()), with(&Assigned::default(), &options(When::BeforeChoice)));
    assert_ne!(with(&rate, &AgentOptions::default()), with(&Assigned::default(), &AgentOptions::default()));
    let wrong = Assigned { forgetting: Some(1.5), ..Assigned::default() };
    let error = model.family().log_likelihood(&wrong, &record, &AgentOptions::default()).unwrap_err().to_string();
    assert_eq!(error, "the forgetting of learned counts is 1.5, but has to be at least 0 and below 1");
}

/// A second look takes back what was learned from the first.
#[test]
fn another_look_learns_instead() {
    let model = Bandit { worth: 2.0, pulls: 1.0 };
    let led = |looks: &[&[bool]]| {
        let mut agent = Agent::with_options(model, (), options(When::BeforeChoice)).unwrap();
        for looks in looks {
            for &pay in *looks {
                agent.infer_states(BanditObservation { pay });
            }
            agent.update_empirical_prior(BanditAction { pull: Arm::Left });
        }
        agent
    };
    let (twice, once) = (led(&[&[true], &[false, true], &[true, false]]), led(&[&[true], &[true], &[false]]));
    assert_eq!(twice.tables().counted(), once.tables().counted());
    assert_eq!(twice.action_log_probabilities(), once.action_log_probabilities());
    // And so does an agent that was stored in between.
    let mut first = led(&[&[true]]);
    first.infer_states(BanditObservation { pay: false });
    let stored = serde_json::to_string(&first.state()).unwrap();
    let mut restored = Agent::resume(model, (), serde_json::from_str(&stored).unwrap()).unwrap();
    for agent in [&mut first, &mut restored] {
        agent.infer_states(BanditObservation { pay: true });
    }
    assert_eq!(first.tables().counted(), restored.tables().counted());
}

/// The same where the step that was learned from is not the latest one.
#[test]
fn another_look_after_a_save_takes_back_what_was_learned_late() {
    let model = Bandit { worth: 2.0, pulls: 1.0 };
    for lag in 0..4 {
        let mut agent = Agent::with_options(model, (), options(When::Smoothed { lag })).unwrap();
        for step in 0..5 {
            agent.infer_states(BanditObservation { pay: step % 2 == 0 });
            let stored = serde_json::to_string(&agent.state()).unwrap();
            let mut restored = Agent::resume(model, (), serde_json::from_str(&stored).unwrap()).unwrap();
            for agent in [&mut agent, &mut restored] {
                agent.infer_states(BanditObservation { pay: true });
            }
            assert_eq!(agent.tables().counted(), restored.tables().counted(), "lag {lag}, step {step}");
            for agent in [&mut agent, &mut restored] {
                agent.update_empirical_prior(BanditAction { pull: Arm::Left });
            }
            let mut ended = [agent.clone(), restored];
            ended.iter_mut().for_each(|agent| agent.end_block());
            assert_eq!(ended[0].tables().counted(), ended[1].tables().counted(), "lag {lag}, step {step}, at the end");
        }
    }
}
