//! Preferences that are learned: counts of what is met, in every way to learn, against arithmetic.

use aif::infer::score::{Behaviour, History, RecordedBlock, RecordedRow};
use aif::prelude::*;
use aif::runtime::Dual;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Food {
    Bread,
    Rice,
    Fish,
}

/// A table with three dishes: whoever chooses one mostly gets it, and likes what it got.
#[derive(Clone, Copy, Debug)]
pub struct Diner<T = f64> {
    taste: T,
}

#[generative_model(horizon = 1, actions(order: Food))]
impl<T: Real> Diner<T> {
    #[factor(initial = uniform())]
    fn dish(&self, order: Food) -> Food {
        order
    }
    #[modality(preference = Dirichlet::from([self.taste, 1.0, 1.0]))]
    fn plate(&self, dish: Food) -> Dist<Food> {
        Dist::from_fn(|food| if food == dish { 0.8 } else { 0.1 })
    }
}

const PLATES: [usize; 6] = [0, 2, 2, 1, 2, 0];
const ORDERS: [usize; 6] = [1, 2, 0, 2, 1, 2];

/// By hand: counts of taste, 1 and 1, what is met added at a rate after everything fell back, softmax of expected log-preferences.
fn by_hand(taste: f64, rate: f64, forgetting: f64) -> f64 {
    let (prior, mut counts, mut sum) = ([taste, 1.0, 1.0], [taste, 1.0, 1.0], 0.0);
    for (plate, order) in PLATES.into_iter().zip(ORDERS) {
        for (i, count) in counts.iter_mut().enumerate() {
            *count = prior[i] + (*count - prior[i]) * (1.0 - forgetting) + if i == plate { rate } else { 0.0 };
        }
        let total: f64 = counts.iter().sum();
        let worth: Vec<f64> =
            (0..3).map(|dish| (0..3).map(|f| if f == dish { 0.8 } else { 0.1 } * (counts[f] / total).ln()).sum()).collect();
        let all: f64 = worth.iter().map(|w: &f64| w.exp()).sum();
        sum += worth[order] - all.ln();
    }
    sum
}

fn options() -> AgentOptions {
    AgentOptions {
        terms: Terms { state_information_gain: 0.0, ..Terms::default() },
        learning: Some(Learning::default()),
        ..AgentOptions::default()
    }
}

fn scored<T: Real>(taste: T, rate: T, forgetting: T) -> T {
    let rows = PLATES.into_iter().zip(ORDERS).map(|(p, o)| RecordedRow::of_indices(&[Some(p)], &[Some(o)])).collect();
    let block = RecordedBlock { rows, ..RecordedBlock::default() };
    let assigned = Assigned { learning_rate_preference: Some(rate), forgetting: Some(forgetting), ..Assigned::default() };
    Diner { taste }.family().log_likelihood(&assigned, &History::new(&[block]), &options()).unwrap()
}

#[test]
fn what_is_met_is_liked_as_by_hand_with_derivatives() {
    for (taste, rate, forgetting) in [(1.0, 1.0, 0.0), (0.7, 0.4, 0.2), (3.0, 2.5, 0.05)] {
        assert!((scored(taste, rate, forgetting) - by_hand(taste, rate, forgetting)).abs() < 1e-12);
        let [a, b, c] = [(taste, 0), (rate, 1), (forgetting, 2)].map(|(x, i)| Dual::<3>::variable(x, i));
        let h = 1e-6;
        let derivatives = scored(a, b, c).gradient;
        let differences = [
            by_hand(taste + h, rate, forgetting) - by_hand(taste - h, rate, forgetting),
            by_hand(taste, rate + h, forgetting) - by_hand(taste, rate - h, forgetting),
            by_hand(taste, rate, forgetting + h) - by_hand(taste, rate, forgetting - h),
        ];
        for (derivative, difference) in derivatives.iter().zip(differences) {
            assert!((derivative - difference / (2.0 * h)).abs() < 1e-7);
        }
    }
}

fn counts(agent: &Agent<Diner>) -> Vec<f64> {
    let mut counts = Vec::new();
    <Diner as GenerativeModel>::each_modality(|site| counts = agent.tables().preference_counts(site).to_vec());
    counts
}

#[test]
fn they_are_stored_looked_at_again_and_left_out() {
    let model = Diner { taste: 1.0 };
    let mut agent = Agent::with_options(model, (), options()).unwrap();
    agent.infer_states(DinerObservation { plate: Food::Fish });
    assert_eq!(counts(&agent), [1.0, 1.0, 2.0]);
    let other = Agent::resume(model, (), serde_json::from_str(&serde_json::to_string(&agent.state()).unwrap()).unwrap()).unwrap();
    assert_eq!(other.life().choice(None).entries(), agent.life().choice(None).entries());
    // Another look takes back what the first has taught.
    agent.infer_states(DinerObservation { plate: Food::Rice });
    assert_eq!(counts(&agent), [1.0, 2.0, 1.0]);
    // Nothing seen, nothing liked.
    agent.carry_out(Carried::Action(DinerAction { order: Food::Rice }.index()));
    agent.try_infer_states(DinerEvidence { plate: Observed::Missing }).unwrap();
    assert_eq!(counts(&agent), [1.0, 2.0, 1.0]);

    let rates = Rates { preference: None, ..Rates::default() };
    let learning = Some(Learning { rates, ..Learning::default() });
    let mut deaf = Agent::with_options(model, (), AgentOptions { learning, ..options() }).unwrap();
    deaf.infer_states(DinerObservation { plate: Food::Fish });
    assert_eq!(counts(&deaf), [1.0, 1.0, 1.0]);
    // A count of zero would be an infinite dislike.
    let refused = Agent::with_options(Diner { taste: 0.0 }, (), options()).unwrap_err().to_string();
    assert!(refused.contains("the preference of plate for Bread"), "{refused}");
}
