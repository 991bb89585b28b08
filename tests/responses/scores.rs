//! Scores of responses against plain loops, with and without learning; gradients; what cannot be scored.

use aif::infer::score::{Behaviour, History, RecordedBlock, RecordedRow, ScoreError, Told};
use aif::prelude::*;
use aif::runtime::Dual;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::models::{Drifter, Guesser};

/// Utility alone: what a plain loop works out.
fn plain() -> AgentOptions {
    AgentOptions { terms: Terms { utility: 1.0, ..Terms::all(0.0) }, ..AgentOptions::default() }
}

/// Rows of something that may have happened.
fn rows(count: usize, seed: u64) -> Vec<RecordedRow> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut flip = |p: f64| f64::from(u8::from(rng.random::<f64>() < p));
    let mut rows: Vec<RecordedRow> = (0..count)
        .map(|t| RecordedRow {
            inputs: vec![Some(flip(0.5))],
            observations: vec![Some(flip(0.6)), Some(flip(0.7))],
            responses: vec![
                Some(flip(0.5)),
                Some(0.3 + 0.4 * flip(0.4) + 0.01 * t as f64),
                Some(flip(0.5) + flip(0.5)),
                Some(flip(0.3) - 0.4),
            ],
            ..RecordedRow::default()
        })
        .collect();
    // What is missing, and what does not count.
    rows[3].responses[1] = None;
    rows[5].responses[2] = None;
    rows[7].scored = false;
    rows
}

fn blocks() -> Vec<RecordedBlock> {
    let block = |b: u64| RecordedBlock { name: b.to_string(), first_step: 1, rows: rows(20, b), ..RecordedBlock::default() };
    vec![block(1), block(2)]
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The log-densities of everything that is recorded, row after row, by plain arithmetic.
fn by_hand(model: &Guesser<f64>, blocks: &[RecordedBlock]) -> Vec<f64> {
    let mut all = Vec::new();
    let normal = |x: f64, m: f64, s: f64| -0.5 * ((x - m) / s).powi(2) - s.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln();
    for block in blocks {
        // How probable it is that the side is the right one, and what was said before.
        let (mut p, mut said) = (0.5, 0.0);
        for row in &block.rows {
            let of = |side: f64| {
                let cue = if row.observations[0] == Some(side) { model.clarity } else { 1.0 - model.clarity };
                let right = row.observations[1].is_none_or(|right| (side == said) == (right == 1.0));
                if right { cue } else { 0.0 }
            };
            let (prior, evidence) = (p, p * of(1.0) + (1.0 - p) * of(0.0));
            p = p * of(1.0) / evidence;
            let kl = |q: f64, p: f64| if q > 0.0 { q * (q / p).ln() } else { 0.0 };
            let gained = kl(p, prior) + kl(1.0 - p, 1.0 - prior);
            let next = p * model.stay + (1.0 - p) * (1.0 - model.stay);
            // Preferences are normalised by softmax; that is the same for both.
            let drive = |p: f64| p * 2.0;
            let (left, right) = (drive(1.0 - next), drive(next));
            let odds = model.precision * (right - left);
            let ln_p = [-(1.0 + odds.exp()).ln(), -(1.0 + (-odds).exp()).ln()];
            let entropy = -ln_p.iter().map(|l| l.exp() * l).sum::<f64>();
            let chosen = row.responses[0].unwrap();
            if row.scored {
                all.push(ln_p[chosen as usize]);
                if let Some(seconds) = row.responses[1] {
                    let location = model.base + model.slowing * entropy + 0.1 * row.inputs[0].unwrap();
                    all.push(normal(seconds.ln(), location, model.noise) - seconds.ln());
                }
                if let Some(rating) = row.responses[2] {
                    let own = if chosen == 1.0 { p / (1.0 - p) } else { (1.0 - p) / p };
                    let felt = model.boldness * own.ln();
                    let below = [0.0, logistic(-0.75 - felt), logistic(0.75 - felt), 1.0];
                    all.push((below[rating as usize + 1] - below[rating as usize]).ln());
                }
                let effort = (right - left) * 0.5 - evidence.ln() - gained + 0.1 * odds;
                all.push(normal(row.responses[3].unwrap(), effort, 0.4));
            }
            (p, said) = (next, chosen);
        }
    }
    all
}

/// Nothing is fed back: what is certain has no log-odds.
fn uncertain() -> Vec<RecordedBlock> {
    let mut blocks = blocks();
    for row in blocks.iter_mut().flat_map(|b| &mut b.rows) {
        row.observations[1] = None;
    }
    blocks
}

#[test]
fn everything_recorded_is_scored_as_by_a_plain_loop() {
    let (model, blocks) = (Guesser::default(), uncertain());
    let record = History::under(&<Guesser<f64> as GenerativeModel>::META, &blocks).unwrap();
    let expected = by_hand(&model, &blocks);
    assert_eq!(record.responses(), expected.len());
    let found = Pomdp(model).pointwise(&Assigned::default(), &record, &plain()).unwrap();
    for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() < 1e-12, "{i}: {found} {expected}");
    }
    let sum = Pomdp(model).log_likelihood(&Assigned::default(), &record, &plain()).unwrap();
    assert!((sum - expected.iter().sum::<f64>()).abs() < 1e-10);
    let places = Pomdp::<Guesser<f64>>::places_of(&record);
    assert_eq!(places.len(), expected.len());
    assert_eq!(places[..5].iter().map(String::as_str).collect::<Vec<_>>(), ["say", "seconds", "confidence", "effort", "say"]);
}

/// The names of scored responses.
trait Places {
    fn places_of(record: &History) -> Vec<String>;
}

impl Places for Pomdp<Guesser<f64>> {
    fn places_of(record: &History) -> Vec<String> {
        <Self as Behaviour<f64>>::places(record).into_iter().map(|place| place.response).collect()
    }
}

#[test]
fn feedback_that_tells_the_side_is_scored_too() {
    let model = Guesser { clarity: 0.8, ..Guesser::default() };
    let mut blocks = blocks();
    // The rating would be infinitely sure.
    blocks.iter_mut().flat_map(|b| &mut b.rows).for_each(|row| row.responses[2] = None);
    let record = History::under(&<Guesser<f64> as GenerativeModel>::META, &blocks).unwrap();
    let found = Pomdp(model).pointwise(&Assigned::default(), &record, &plain()).unwrap();
    for (found, expected) in found.iter().zip(by_hand(&model, &blocks)) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}

#[test]
fn gradients_are_those_of_differences() {
    let blocks = uncertain();
    let record = History::under(&<Guesser<f64> as GenerativeModel>::META, &blocks).unwrap();
    let own = Guesser::default();
    let values = [own.clarity, own.stay, own.precision, own.base, own.slowing, own.noise, own.boldness];
    let make = |v: &[f64; 7]| Guesser {
        clarity: v[0],
        stay: v[1],
        precision: v[2],
        base: v[3],
        slowing: v[4],
        noise: v[5],
        boldness: v[6],
    };
    let d = |i: usize| Dual::<7>::variable(values[i], i);
    let dual = Guesser { clarity: d(0), stay: d(1), precision: d(2), base: d(3), slowing: d(4), noise: d(5), boldness: d(6) };
    let options = AgentOptions::default();
    let found = Pomdp(dual).log_likelihood(&Assigned::default(), &record, &options).unwrap();
    for i in 0..7 {
        let at = |by: f64| {
            let mut moved = values;
            moved[i] += by;
            Pomdp(make(&moved)).log_likelihood(&Assigned::default(), &record, &options).unwrap()
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (found.gradient[i] - difference).abs() < 1e-6 * difference.abs().max(1.0),
            "{i}: {} {difference}",
            found.gradient[i]
        );
    }
}

#[test]
fn a_process_scores_which_and_when_and_an_agent_lives_the_same() {
    let model = Drifter::default();
    let meta = &<Drifter<f64> as GenerativeModel>::META;
    let mut rng = SmallRng::seed_from_u64(8);
    let mut agent = Agent::new(model).unwrap();
    let (mut rows, mut expected) = (Vec::new(), Vec::new());
    for t in 0..30 {
        let cue = f64::from(u8::from(rng.random::<f64>() < 0.7));
        let noticed = agent.notice(Drifter::<f64>::evidence_of_numbers(&[Some(cue), None]));
        let (chosen, seconds) = (usize::from(rng.random::<f64>() < 0.6), 0.4 + rng.random::<f64>());
        let seconds = (t % 7 != 3).then_some(seconds);
        agent.deliberate(noticed, |moment| {
            use aif::measure::Distribution;
            let odds = moment.choice.log_odds();
            assert_eq!(odds, moment.choice.log_odds_of(super::models::Side::Right));
            // Which without when is not scored.
            if let Some(seconds) = seconds {
                let process = aif::measure::Wiener::<bool, f64>::new(model.drift * odds, model.bound, 0.5, model.delay);
                expected.push(process.ln_density((chosen, seconds)));
            }
            let belief = Belief::new(&moment.belief.side);
            let own = belief.log_odds([super::models::Side::Left, super::models::Side::Right][chosen]);
            expected.push(-(0.5 - own).exp().ln_1p());
        });
        agent.update_empirical_prior(Domain::from_index(chosen).unwrap());
        rows.push(RecordedRow {
            observations: vec![Some(cue), None],
            responses: vec![Some(chosen as f64), seconds, Some(2.0)],
            ..RecordedRow::default()
        });
    }
    let record = History::under(meta, &[RecordedBlock { rows, ..RecordedBlock::default() }]).unwrap();
    let found = Pomdp(model).pointwise(&Assigned::default(), &record, &AgentOptions::default()).unwrap();
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}\n{expected:?}");
}

#[test]
fn what_cannot_be_is_said_with_its_place() {
    let meta = &<Drifter<f64> as GenerativeModel>::META;
    let row = |numbers: [f64; 3]| RecordedRow {
        observations: vec![Some(0.0), None],
        responses: numbers.map(Some).to_vec(),
        ..RecordedRow::default()
    };
    let of =
        |rows: Vec<RecordedRow>| History::under(meta, &[RecordedBlock { name: "7".into(), rows, ..RecordedBlock::default() }]);
    let wrong = of(vec![row([0.0, 0.5, 1.0]), row([0.0, -0.5, 1.0])]).unwrap_err().to_string();
    assert_eq!(wrong, "block 7, step 1: `say_time` is -0.5, but has to be above 0 and finite");
    let wrong = of(vec![row([0.0, 0.5, 3.0])]).unwrap_err().to_string();
    assert_eq!(wrong, "block 7, step 0: `confidence` is 3, but has to be a whole number below 3");
    // Faster than the delay.
    let record = of(vec![row([0.0, 0.5, 1.0]), row([1.0, 0.1, 1.0])]).unwrap();
    let wrong = Pomdp(Drifter::default()).log_likelihood(&Assigned::default(), &record, &AgentOptions::default()).unwrap_err();
    let text = "block 7, step 1: `say_time` is 0.1, but under these parameters it can only be above 0.2";
    assert_eq!(wrong.to_string(), text);
    // An action that comes about by a response cannot be marginalised, and nothing else can be told of it.
    let mut gap = vec![row([0.0, 0.5, 1.0]), row([1.0, 0.9, 1.0]), row([1.0, 0.9, 1.0])];
    gap[1].responses[0] = None;
    let score =
        |record: &History| Pomdp(Drifter::default()).log_likelihood(&Assigned::default(), record, &AgentOptions::default());
    let wrong = score(&of(gap.clone()).unwrap()).unwrap_err().to_string();
    assert!(wrong.starts_with("block 7, step 1: the action is missing, and it comes about by the response `say`"), "{wrong}");
    gap[1].responses[0] = Some(2.0);
    assert_eq!(of(gap.clone()).unwrap_err().to_string(), "block 7, step 1: `say` is 2, but has to be a whole number below 2");
    gap[1].responses[0] = Some(1.0);
    gap[1].told = Some(Box::new(Told { open: Some(vec![true, false]), ..Told::default() }));
    let wrong = score(&of(gap).unwrap()).unwrap_err().to_string();
    assert!(wrong.contains("its response `say` says how the action comes about"), "{wrong}");
    let blind = History::new(&[RecordedBlock { rows: vec![row([0.0, 0.5, 1.0])], ..RecordedBlock::default() }]);
    let wrong = Pomdp(Drifter::default()).log_likelihood(&Assigned::default(), &blind, &AgentOptions::default());
    assert!(matches!(wrong, Err(ScoreError::Unanswered { model: "Drifter" })), "{wrong:?}");
}
