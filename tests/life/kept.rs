//! A belief that is kept from block to block, under inputs: scored as it is lived, and fitted with one number for each condition.

use aif::infer::score::{Assigned, Behaviour, History, RecordedBlock, RecordedRow};
use aif::infer::{Population, Posterior};
use aif::prelude::*;

use super::differences::derivatives;

/// An urn whose colour depends on the condition, and a guess that is rewarded.
#[derive(Clone, Copy, Debug)]
pub struct Urn<T> {
    pub bias: [T; 2],
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    Easy,
    Hard,
}

#[generative_model(horizon = 1, actions(guess: bool), inputs(condition: Condition))]
impl<T: Real> Urn<T> {
    #[factor(initial = uniform(), between = keep)]
    fn colour(&self, colour: bool) -> bool {
        colour
    }
    #[factor(initial = [1.0, 0.0])]
    fn given(&self, guess: bool) -> bool {
        guess
    }
    #[modality]
    fn shown(&self, colour: bool, condition: Condition) -> Dist<bool, T> {
        let p = self.bias[condition.index()];
        if colour { Dist::bernoulli(true, p, false) } else { Dist::bernoulli(false, p, true) }
    }
    #[modality(preference = [0.0, 2.0])]
    fn right(&self, colour: bool, given: bool) -> bool {
        colour == given
    }
}

model! {
    /// One bias for each condition.
    pub Conditions for Urn<T> {
        population {
            mu ~ Normal(0.0, 1.0);
        }
        subject {
            z[condition] ~ Normal(mu, 0.5);
            let bias: [condition] = 0.5 + 0.5 * logistic(z);
            Urn { bias }
        }
    }
}

/// What was set, what was shown, and what was guessed.
type Trial = (Condition, bool, Option<bool>);

fn urn(blocks: &[&[Trial]]) -> Vec<RecordedBlock> {
    let row = |&(condition, shown, guess): &Trial| RecordedRow {
        inputs: vec![Some(condition.index() as f64)],
        ..RecordedRow::of_indices(&[Some(shown as usize), None], &[guess.map(usize::from)])
    };
    let block = |(b, rows): (usize, &&[Trial])| RecordedBlock {
        name: b.to_string(),
        rows: rows.iter().map(row).collect(),
        ..RecordedBlock::default()
    };
    blocks.iter().enumerate().map(block).collect()
}

#[test]
fn a_belief_that_is_kept_goes_on_in_the_next_block() {
    use Condition::{Easy, Hard};
    let blocks = urn(&[
        &[(Easy, true, Some(true)), (Easy, true, None)],
        &[(Hard, false, Some(false)), (Easy, true, Some(true)), (Hard, true, None)],
    ]);
    let model = Urn { bias: [0.9, 0.6] };
    let options = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
    let got = model.family().pointwise(&Assigned::default(), &History::new(&blocks), &options).unwrap();
    // By hand: an agent that lives through both blocks.
    let mut agent = Agent::with_options(model, UrnInputs { condition: Easy }, options).unwrap();
    let mut wanted = Vec::new();
    for block in &blocks {
        agent.restart();
        for row in &block.rows {
            let condition = if row.inputs[0] == Some(0.0) { Easy } else { Hard };
            agent.set_inputs(&model, UrnInputs { condition }).unwrap();
            agent.infer_states(<Urn<f64> as GenerativeModel>::evidence(
                &row.observations.iter().map(|o| o.map(|o| o as usize)).collect::<Vec<_>>(),
            ));
            if let Some(guess) = row.responses[0].map(|a| a as usize) {
                wanted.push(agent.action_log_probabilities()[guess]);
                agent.update_empirical_prior(UrnAction { guess: guess == 1 });
            }
        }
    }
    assert_eq!(got.len(), wanted.len());
    assert!(got.iter().zip(&wanted).all(|(g, w)| (g - w).abs() < 1e-12), "{got:?} {wanted:?}");
    // The colour is remembered: after two draws of it in an easy block a guess is surer than in a fresh one.
    let fresh = model.family().pointwise(&Assigned::default(), &History::new(&blocks[1..]), &options).unwrap();
    assert!((fresh[0] - got[1]).abs() > 0.01);
    // The gradient goes through, one bias for each condition.
    let records = [History::new(&blocks)];
    derivatives(&Posterior::<Conditions>::new(records.iter().collect(), &options).unwrap(), 1.0);
    let z = Conditions::META.parameters().find(|p| p.name == "z").unwrap();
    assert_eq!((z.dimensions[0].name, z.label(1)), ("condition", "z[Hard]".to_string()));
}
