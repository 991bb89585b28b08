//! Learners at bandits: which arm, and what came of it.

use aif_macros::learner;
use aif_runtime::measure::{Softmax, Wiener};
use aif_runtime::scalar::softplus;
use aif_runtime::{Dist, Domain, Real};

use super::{Bandit, Numbered, PayingArms, WalkingArms, WinningArms};

/// Values follow outcomes by a delta rule (Rescorla & Wagner 1972; Sutton & Barto 1998), choices follow values by a softmax.
///
/// Columns: `choice`, `outcome`. hBayesDM: `bandit2arm_delta` (A, tau).
#[derive(Clone, Copy, Debug)]
pub struct Delta<T, const N: usize> {
    /// How far a value moves to each outcome, from 0 to 1.
    pub learning_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = Bandit::<N>::default())]
impl<T: Real, const N: usize> Delta<T, N> {
    /// How far the outcome is from what was expected.
    #[quantity]
    fn error(&self, value: [T; N], choice: Numbered<N>, outcome: T) -> T {
        outcome - value[choice.index()]
    }

    /// What each arm is expected to pay.
    #[state(initial = [0.0; N])]
    fn value(&self, mut value: [T; N], choice: Numbered<N>, error: T) -> [T; N] {
        value[choice.index()] += self.learning_rate * error;
        value
    }

    #[response]
    fn choice(&self, value: [T; N]) -> Softmax<Numbered<N>, T> {
        Softmax::by(|arm: Numbered<N>| self.inverse_temperature * value[arm.index()])
    }
}

/// As [`Delta`], with a learning rate for better outcomes than expected and one for worse (Frank, Moustafa, Haughey, Curran & Hutchison 2007).
///
/// Columns: `choice`, `outcome`. hBayesDM: `pst_gainloss_Q` has these (alpha_pos, alpha_neg, beta).
#[derive(Clone, Copy, Debug)]
pub struct TwoRates<T, const N: usize> {
    /// The learning rate where the outcome is better than expected.
    pub gain_rate: T,
    /// The learning rate where it is worse.
    pub loss_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = Bandit::<N>::default())]
impl<T: Real, const N: usize> TwoRates<T, N> {
    /// How far the outcome is from what was expected.
    #[quantity]
    fn error(&self, value: [T; N], choice: Numbered<N>, outcome: T) -> T {
        outcome - value[choice.index()]
    }

    /// What each arm is expected to pay.
    #[state(initial = [0.0; N])]
    fn value(&self, mut value: [T; N], choice: Numbered<N>, error: T) -> [T; N] {
        let rate = if error.value() >= 0.0 { self.gain_rate } else { self.loss_rate };
        value[choice.index()] += rate * error;
        value
    }

    #[response]
    fn choice(&self, value: [T; N]) -> Softmax<Numbered<N>, T> {
        Softmax::by(|arm: Numbered<N>| self.inverse_temperature * value[arm.index()])
    }
}

/// The learning rate itself follows how surprising outcomes are: the hybrid of Rescorla and Wagner with Pearce and Hall (Pearce & Hall 1980; Li,
/// Schiller, Schoenbaum, Phelps & Daw 2011).
///
/// Columns: `choice`, `outcome`. Outcomes lie between 0 and 1, as there: those of a wider range can be more surprising than 1, the learning rate can then pass 2,
/// and values run away. Data under such parameters have no likelihood, and are not simulated.
#[derive(Clone, Copy, Debug)]
pub struct PearceHall<T, const N: usize> {
    /// The associability before the first trial.
    pub initial_associability: T,
    /// How much of a surprise enters the associability, from 0 to 1.
    pub associability_rate: T,
    /// What the associability is multiplied with, to be a learning rate.
    pub salience: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = WinningArms::<N>::default())]
impl<T: Real, const N: usize> PearceHall<T, N> {
    /// How far the outcome is from what was expected.
    #[quantity]
    fn error(&self, value: [T; N], choice: Numbered<N>, outcome: T) -> T {
        outcome - value[choice.index()]
    }

    /// What each arm is expected to pay.
    #[state(initial = [0.0; N])]
    fn value(&self, mut value: [T; N], associability: [T; N], choice: Numbered<N>, error: T) -> [T; N] {
        value[choice.index()] += self.salience * associability[choice.index()] * error;
        value
    }

    /// How much attention is paid to what each arm pays.
    #[state(initial = [self.initial_associability; N])]
    fn associability(&self, mut associability: [T; N], choice: Numbered<N>, error: T) -> [T; N] {
        let own = &mut associability[choice.index()];
        *own += self.associability_rate * (error.abs() - *own);
        associability
    }

    #[response]
    fn choice(&self, value: [T; N]) -> Softmax<Numbered<N>, T> {
        Softmax::by(|arm: Numbered<N>| self.inverse_temperature * value[arm.index()])
    }
}

/// Each arm is followed by a Kalman filter that knows that arms walk (Daw, O'Doherty, Dayan, Seymour & Dolan 2006).
///
/// Columns: `choice`, `outcome`. hBayesDM: `bandit4arm2_kalman_filter` (lambda, theta, beta, mu0, s0, sD).
#[derive(Clone, Copy, Debug)]
pub struct Kalman<T, const N: usize> {
    /// How much of an arm's distance from the centre is left at each trial.
    pub decay: T,
    /// Where arms tend to.
    pub centre: T,
    /// How strictly choices follow means.
    pub inverse_temperature: T,
    /// The mean before the first trial.
    pub initial_mean: T,
    /// The standard deviation before the first trial.
    pub initial_sd: T,
    /// The standard deviation of an arm's step.
    pub diffusion: T,
    /// The standard deviation of outcomes; 4 in the paper.
    pub noise: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = WalkingArms::<N>::default())]
impl<T: Real, const N: usize> Kalman<T, N> {
    /// How far a mean moves to the outcome.
    #[quantity]
    fn gain(&self, variance: [T; N], choice: Numbered<N>) -> T {
        let own = variance[choice.index()];
        own / (own + self.noise * self.noise)
    }

    /// What each arm is expected to pay next.
    #[state(initial = [self.initial_mean; N])]
    fn mean(&self, mut mean: [T; N], gain: T, choice: Numbered<N>, outcome: T) -> [T; N] {
        let seen = mean[choice.index()];
        mean[choice.index()] += gain * (outcome - seen);
        mean.map(|m| self.centre + self.decay * (m - self.centre))
    }

    /// How uncertain that is.
    #[state(initial = [self.initial_sd * self.initial_sd; N])]
    fn variance(&self, mut variance: [T; N], gain: T, choice: Numbered<N>) -> [T; N] {
        variance[choice.index()] *= 1.0 - gain;
        variance.map(|v| self.decay * self.decay * v + self.diffusion * self.diffusion)
    }

    #[response]
    fn choice(&self, mean: [T; N]) -> Softmax<Numbered<N>, T> {
        Softmax::by(|arm: Numbered<N>| self.inverse_temperature * mean[arm.index()])
    }
}

/// As [`Delta`], where arms that were not chosen are forgotten (Ito & Doya 2009).
///
/// Columns: `choice`, `outcome`.
#[derive(Clone, Copy, Debug)]
pub struct Forgetting<T, const N: usize> {
    /// How far a value moves to each outcome, from 0 to 1.
    pub learning_rate: T,
    /// How far the values of other arms move to zero, from 0 to 1.
    pub forgetting_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = Bandit::<N>::default())]
impl<T: Real, const N: usize> Forgetting<T, N> {
    /// What each arm is expected to pay.
    #[state(initial = [0.0; N])]
    fn value(&self, value: [T; N], choice: Numbered<N>, outcome: T) -> [T; N] {
        let mut next = value.map(|v| v * (1.0 - self.forgetting_rate));
        let own = value[choice.index()];
        next[choice.index()] = own + self.learning_rate * (outcome - own);
        next
    }

    #[response]
    fn choice(&self, value: [T; N]) -> Softmax<Numbered<N>, T> {
        Softmax::by(|arm: Numbered<N>| self.inverse_temperature * value[arm.index()])
    }
}

/// As [`Delta`], with a trace of earlier choices that draws to them, or away (Lau & Glimcher 2005).
///
/// Columns: `choice`, `outcome`.
#[derive(Clone, Copy, Debug)]
pub struct Perseveration<T, const N: usize> {
    /// How far a value moves to each outcome, from 0 to 1.
    pub learning_rate: T,
    /// How far the trace moves to each choice, from 0 to 1; 1: only the last choice counts.
    pub trace_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
    /// How strongly earlier choices draw.
    pub stickiness: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = Bandit::<N>::default())]
impl<T: Real, const N: usize> Perseveration<T, N> {
    /// What each arm is expected to pay.
    #[state(initial = [0.0; N])]
    fn value(&self, mut value: [T; N], choice: Numbered<N>, outcome: T) -> [T; N] {
        let own = &mut value[choice.index()];
        *own += self.learning_rate * (outcome - *own);
        value
    }

    /// How much each arm was chosen of late.
    #[state(initial = [0.0; N])]
    fn trace(&self, trace: [T; N], choice: Numbered<N>) -> [T; N] {
        let mut next = trace.map(|c| c * (1.0 - self.trace_rate));
        next[choice.index()] += self.trace_rate;
        next
    }

    #[response]
    fn choice(&self, value: [T; N], trace: [T; N]) -> Softmax<Numbered<N>, T> {
        Softmax::by(|arm: Numbered<N>| self.inverse_temperature * value[arm.index()] + self.stickiness * trace[arm.index()])
    }
}

/// Stays after an outcome above zero and shifts after one that is not, each with a probability of its own (Nowak & Sigmund 1993; Worthy & Maddox
/// 2014). The first choice is any.
///
/// Columns: `choice`, `outcome`.
#[derive(Clone, Copy, Debug)]
pub struct WinStay<T, const N: usize> {
    /// The probability of staying after an outcome above zero.
    pub stay_after_win: T,
    /// The probability of shifting after another.
    pub shift_after_loss: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<N>), world = Bandit::<N>::default())]
impl<T: Real, const N: usize> WinStay<T, N> {
    /// The probability of each choice.
    #[state(initial = [T::constant(1.0 / N as f64); N])]
    fn habit(&self, habit: [T; N], choice: Numbered<N>, outcome: f64) -> [T; N] {
        let stay = if outcome > 0.0 { self.stay_after_win } else { 1.0 - self.shift_after_loss };
        let mut next = habit.map(|_| (1.0 - stay) / (N as f64 - 1.0));
        next[choice.index()] = stay;
        next
    }

    #[response]
    fn choice(&self, habit: [T; N]) -> Dist<Numbered<N>, T> {
        Dist::from_fn(|arm: Numbered<N>| habit[arm.index()])
    }
}

/// Gains and losses are learned apart, and what was not chosen as if it had paid nothing; a lapse chooses any arm (Seymour, Daw, Roiser, Dayan &
/// Dolan 2012).
///
/// Columns: `choice`, `gain`, `loss` (of either sign). hBayesDM: `bandit4arm_4par` (Arew, Apun, R, P), `bandit4arm_lapse` (and xi).
#[derive(Clone, Copy, Debug)]
pub struct GainLoss<T, const N: usize> {
    /// The learning rate of gains.
    pub gain_rate: T,
    /// The learning rate of losses.
    pub loss_rate: T,
    /// How much gains weigh.
    pub gain_sensitivity: T,
    /// How much losses weigh.
    pub loss_sensitivity: T,
    /// The probability of a lapse.
    pub lapse: T,
}

#[learner(observations(gain: f64, loss: f64), actions(choice: Numbered<N>), world = PayingArms::<N>::default())]
impl<T: Real, const N: usize> GainLoss<T, N> {
    /// What each arm is expected to give.
    #[state(initial = [0.0; N])]
    fn gains(&self, gains: [T; N], choice: Numbered<N>, gain: f64) -> [T; N] {
        let mut next = gains.map(|q| q * (1.0 - self.gain_rate));
        next[choice.index()] += self.gain_rate * self.gain_sensitivity * gain;
        next
    }

    /// What each arm is expected to take.
    #[state(initial = [0.0; N])]
    fn losses(&self, losses: [T; N], choice: Numbered<N>, loss: f64) -> [T; N] {
        let mut next = losses.map(|q| q * (1.0 - self.loss_rate));
        next[choice.index()] -= self.loss_rate * self.loss_sensitivity * loss.abs();
        next
    }

    #[response]
    fn choice(&self, gains: [T; N], losses: [T; N]) -> Dist<Numbered<N>, T> {
        let strict = Dist::<Numbered<N>, T>::softmax(|arm| gains[arm.index()] + losses[arm.index()]);
        Dist::from_fn(|arm: Numbered<N>| (1.0 - self.lapse) * strict[arm] + self.lapse / N as f64)
    }
}

/// As [`Delta`], where a process that drifts by the difference of two values says which arm is chosen, and when (Pedersen, Frank & Biele 2017).
///
/// Columns: `choice`, `choice_time`, `outcome`.
#[derive(Clone, Copy, Debug)]
pub struct DriftingDelta<T> {
    /// How far a value moves to each outcome, from 0 to 1.
    pub learning_rate: T,
    /// How fast the process drifts for a difference of one in value.
    pub drift_scale: T,
    /// How far the boundaries are apart, on the real line: the bound is its softplus.
    pub caution: T,
    /// The non-decision time; below every time that is recorded.
    pub delay: T,
}

#[learner(observations(outcome: f64), actions(choice: Numbered<2>), world = Bandit::<2>::default())]
impl<T: Real> DriftingDelta<T> {
    /// What each arm is expected to pay.
    #[state(initial = [0.0; 2])]
    fn value(&self, mut value: [T; 2], choice: Numbered<2>, outcome: T) -> [T; 2] {
        let own = &mut value[choice.index()];
        *own += self.learning_rate * (outcome - *own);
        value
    }

    #[response]
    fn choice(&self, value: [T; 2]) -> Wiener<Numbered<2>, T> {
        let drift = self.drift_scale * (value[1] - value[0]);
        Wiener::new(drift, softplus(self.caution), T::constant(0.5), self.delay)
    }
}
