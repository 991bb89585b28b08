//! Learners at the two-step task: a first choice leads, mostly, to one of two planets, and a second one to a reward.

use aif_macros::learner;
use aif_runtime::measure::Softmax;
use aif_runtime::scalar::log_sum_exp;
use aif_runtime::{Domain, Real};

use super::{Numbered, TwoStepTask, one_at};

/// The probability that the first option leads to the first planet, and the second to the second.
const COMMON: f64 = 0.7;

/// A mixture of a model-free learner with eligibility and a model-based one that knows where options lead, with perseveration at the first stage
/// (Daw, Gershman, Seymour, Dayan & Dolan 2011). With one learning rate and inverse temperature for both stages, and a full eligibility, it
/// has four parameters; with a full eligibility, six.
///
/// Which planet came is not in a column of its own: the second choice is one of four, 1 and 2 on the first planet, 3 and 4 on the second, with the
/// transition's probability times that of the choice there.
///
/// Columns: `level1_choice`, `level2_choice`, `reward`. hBayesDM: `ts_par4` (a, beta, pi, w), `ts_par6` (a1, beta1, a2, beta2, pi, w), `ts_par7`
/// (and lambda).
#[derive(Clone, Copy, Debug)]
pub struct TwoStep<T> {
    /// The learning rate of the first stage.
    pub first_rate: T,
    /// How strictly first choices follow values.
    pub first_temperature: T,
    /// The learning rate of the second stage.
    pub second_rate: T,
    /// How strictly second choices follow values.
    pub second_temperature: T,
    /// How much better the first choice of the trial before looks.
    pub perseveration: T,
    /// How much the model-based values weigh, from 0 to 1.
    pub model_weight: T,
    /// How much of the reward's surprise the first choice learns from, from 0 to 1.
    pub eligibility: T,
}

/// What the first options are worth by where they lead, and the better second option there.
fn by_model<T: Real>(second: [T; 4]) -> [T; 2] {
    let better = |a: T, b: T| if a.value() >= b.value() { a } else { b };
    let planets = [better(second[0], second[1]), better(second[2], second[3])];
    [0, 1].map(|first| planets[first] * COMMON + planets[1 - first] * (1.0 - COMMON))
}

/// Each planet with the probability that the first option leads there, and on it the options by their weights.
fn on_planets<T: Real>(first: usize, weights: [T; 4]) -> Softmax<Numbered<4>, T> {
    Softmax::by(|option: Numbered<4>| {
        let planet = option.index() / 2;
        let leads = if planet == first { COMMON } else { 1.0 - COMMON };
        weights[option.index()] - log_sum_exp(&weights[2 * planet..2 * planet + 2]) + aif_runtime::math::ln(leads)
    })
}

#[learner(observations(reward: f64), actions(level1_choice: Numbered<2>, level2_choice: Numbered<4>), world = TwoStepTask::default())]
impl<T: Real> TwoStep<T> {
    /// How far the reward is from what was expected, and what was expected from what the first choice was worth.
    #[quantity]
    fn errors(&self, first: [T; 2], second: [T; 4], level1_choice: Numbered<2>, level2_choice: Numbered<4>, reward: T) -> [T; 2] {
        let came = second[level2_choice.index()];
        [came - first[level1_choice.index()], reward - came]
    }

    /// What each first choice is worth by experience.
    #[state(initial = [0.0; 2])]
    fn first(&self, mut first: [T; 2], level1_choice: Numbered<2>, errors: [T; 2]) -> [T; 2] {
        first[level1_choice.index()] += self.first_rate * (errors[0] + self.eligibility * errors[1]);
        first
    }

    /// What each second choice is worth.
    #[state(initial = [0.0; 4])]
    fn second(&self, mut second: [T; 4], level2_choice: Numbered<4>, errors: [T; 2]) -> [T; 4] {
        second[level2_choice.index()] += self.second_rate * errors[1];
        second
    }

    /// One for what was chosen first at the trial before.
    #[state(initial = [0.0; 2])]
    fn last(&self, level1_choice: Numbered<2>) -> [T; 2] {
        one_at(level1_choice.index())
    }

    #[response]
    fn level1_choice(&self, first: [T; 2], second: [T; 4], last: [T; 2]) -> Softmax<Numbered<2>, T> {
        let value = |o: usize| self.model_weight * by_model(second)[o] + (1.0 - self.model_weight) * first[o];
        Softmax::by(|o: Numbered<2>| self.first_temperature * (value(o.index()) + self.perseveration * last[o.index()]))
    }

    #[response]
    fn level2_choice(&self, second: [T; 4], level1_choice: Numbered<2>) -> Softmax<Numbered<4>, T> {
        on_planets(level1_choice.index(), second.map(|v| self.second_temperature * v))
    }
}
