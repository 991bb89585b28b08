//! Learners at the two-step task: a first choice leads, mostly, to one of two planets, and a second one to a reward.

use aif_macros::learner;
use aif_runtime::measure::Softmax;
use aif_runtime::scalar::log_sum_exp;
use aif_runtime::{Domain, Real};

use super::{Numbered, TwoStepTask};

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

#[learner(observations(reward: f64), actions(level1_choice: Numbered<2>, level2_choice: Numbered<4>), world = TwoStepTask::default())]
impl<T: Real> TwoStep<T> {
    /// How far the reward is from what was expected.
    #[quantity]
    fn reward_error(&self, second: [T; 4], level2_choice: Numbered<4>, reward: T) -> T {
        reward - second[level2_choice.index()]
    }

    /// What each first choice is worth by experience.
    #[state(initial = [0.0; 2])]
    fn first(
        &self,
        mut first: [T; 2],
        second: [T; 4],
        level1_choice: Numbered<2>,
        level2_choice: Numbered<4>,
        reward_error: T,
    ) -> [T; 2] {
        let own = &mut first[level1_choice.index()];
        *own += self.first_rate * (second[level2_choice.index()] - *own + self.eligibility * reward_error);
        first
    }

    /// What each second choice is worth.
    #[state(initial = [0.0; 4])]
    fn second(&self, mut second: [T; 4], level2_choice: Numbered<4>, reward_error: T) -> [T; 4] {
        second[level2_choice.index()] += self.second_rate * reward_error;
        second
    }

    /// One for what was chosen first at the trial before.
    #[state(initial = [0.0; 2])]
    fn last(&self, last: [T; 2], level1_choice: Numbered<2>) -> [T; 2] {
        let mut next = last.map(|_| T::zero());
        next[level1_choice.index()] = T::one();
        next
    }

    #[response]
    fn level1_choice(&self, first: [T; 2], second: [T; 4], last: [T; 2]) -> Softmax<Numbered<2>, T> {
        let better = |a: T, b: T| if a.value() >= b.value() { a } else { b };
        let planets = [better(second[0], second[1]), better(second[2], second[3])];
        Softmax::by(|option: Numbered<2>| {
            let at = option.index();
            let known = planets[at] * COMMON + planets[1 - at] * (1.0 - COMMON);
            let value = self.model_weight * known + (1.0 - self.model_weight) * first[at];
            self.first_temperature * (value + self.perseveration * last[at])
        })
    }

    #[response]
    fn level2_choice(&self, second: [T; 4], level1_choice: Numbered<2>) -> Softmax<Numbered<4>, T> {
        let weights = second.map(|v| self.second_temperature * v);
        Softmax::by(|option: Numbered<4>| {
            let planet = option.index() / 2;
            let leads = if planet == level1_choice.index() { COMMON } else { 1.0 - COMMON };
            weights[option.index()] - log_sum_exp(&weights[2 * planet..2 * planet + 2]) + aif_runtime::math::ln(leads)
        })
    }
}
