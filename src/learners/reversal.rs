//! Learners at reversal: two options, of which one is the better, until it is not.

use aif_macros::learner;
use aif_runtime::measure::Softmax;
use aif_runtime::{Domain, Real};

use super::{Numbered, Reversing};

/// A delta rule with a learning rate for rewards and one for punishments (den Ouden et al. 2013).
///
/// Columns: `choice`, `outcome` (1 or -1). hBayesDM: `prl_rp` (Apun, Arew, beta).
#[derive(Clone, Copy, Debug)]
pub struct RewardPunishment<T> {
    /// The learning rate after an outcome that is not above zero.
    pub punishment_rate: T,
    /// The learning rate after one that is.
    pub reward_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<2>), world = Reversing::default())]
impl<T: Real> RewardPunishment<T> {
    /// What each option is expected to pay.
    #[state(initial = [0.0; 2])]
    fn value(&self, mut value: [T; 2], choice: Numbered<2>, outcome: T) -> [T; 2] {
        let rate = if outcome.value() > 0.0 { self.reward_rate } else { self.punishment_rate };
        let own = &mut value[choice.index()];
        *own += rate * (outcome - *own);
        value
    }

    #[response]
    fn choice(&self, value: [T; 2]) -> Softmax<Numbered<2>, T> {
        Softmax::by(|option: Numbered<2>| self.inverse_temperature * value[option.index()])
    }
}

/// Experience-weighted attraction: the more an option was chosen, the less an outcome changes it; experience begins at one (Camerer & Ho 1999; den Ouden et al. 2013).
///
/// Columns: `choice`, `outcome`. hBayesDM: `prl_ewa` (phi, rho, beta).
#[derive(Clone, Copy, Debug)]
pub struct ExperienceWeighted<T> {
    /// How much of an option's value is left when it is chosen.
    pub value_decay: T,
    /// How much of its experience is left.
    pub experience_decay: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<2>), world = Reversing::default())]
impl<T: Real> ExperienceWeighted<T> {
    /// How much each option was experienced.
    #[state(initial = [1.0; 2])]
    fn experience(&self, mut experience: [T; 2], choice: Numbered<2>) -> [T; 2] {
        let own = &mut experience[choice.index()];
        *own = self.experience_decay * *own + 1.0;
        experience
    }

    /// What each option is expected to pay.
    #[state(initial = [0.0; 2])]
    fn value(&self, mut value: [T; 2], experience: [T; 2], choice: Numbered<2>, outcome: T) -> [T; 2] {
        let (own, before) = (&mut value[choice.index()], experience[choice.index()]);
        *own = (self.value_decay * before * *own + outcome) / (self.experience_decay * before + 1.0);
        value
    }

    #[response]
    fn choice(&self, value: [T; 2]) -> Softmax<Numbered<2>, T> {
        Softmax::by(|option: Numbered<2>| self.inverse_temperature * value[option.index()])
    }
}

/// The option that was not chosen is updated as if it had paid the opposite; choices have a point of indecision (Gläscher, Hampton & O'Doherty
/// 2009). Learning rates of better and of worse outcomes may be one, the point of indecision 0.
///
/// Columns: `choice`, `outcome` (1 or -1). hBayesDM: `prl_fictitious` (eta, alpha, beta), `prl_fictitious_rp` (eta_pos, eta_neg, alpha, beta),
/// and the same without alpha, `_woa`.
#[derive(Clone, Copy, Debug)]
pub struct Fictitious<T> {
    /// The learning rate where the outcome is not worse than expected.
    pub gain_rate: T,
    /// The learning rate where it is worse.
    pub loss_rate: T,
    /// By how much option 2 has to be better for both to be as probable, negative where option 1 has to be.
    pub indecision: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<2>), world = Reversing::default())]
impl<T: Real> Fictitious<T> {
    /// How far the outcome is from what was expected, and its opposite from what was expected of the other.
    #[quantity]
    fn errors(&self, value: [T; 2], choice: Numbered<2>, outcome: f64) -> [T; 2] {
        [0, 1].map(|option| T::constant(if option == choice.index() { outcome } else { -outcome }) - value[option])
    }

    /// What each option is expected to pay.
    #[state(initial = [0.0; 2])]
    fn value(&self, value: [T; 2], errors: [T; 2], choice: Numbered<2>) -> [T; 2] {
        let rate = if errors[choice.index()].value() >= 0.0 { self.gain_rate } else { self.loss_rate };
        [0, 1].map(|option| value[option] + rate * errors[option])
    }

    #[response]
    fn choice(&self, value: [T; 2]) -> Softmax<Numbered<2>, T> {
        Softmax::new([T::zero(), self.inverse_temperature * (value[1] - value[0] - self.indecision)])
    }
}
