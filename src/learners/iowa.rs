//! Learners at the Iowa gambling task: four decks that give, and take now and then. Payoffs are in hundreds.

use aif_macros::learner;
use aif_runtime::measure::Softmax;
use aif_runtime::{Domain, Real};

use super::{Decks, Numbered, nudge, power, prospect};

/// What is left of a gain and a loss of either sign, in hundreds.
fn net(gain: f64, loss: f64) -> f64 {
    (gain - loss.abs()) / 100.0
}

/// One of a gain, minus one of a loss, zero of neither.
fn sign(worth: f64) -> f64 {
    if worth == 0.0 { 0.0 } else { worth.signum() }
}

/// Prospect utilities and a delta rule (Ahn, Busemeyer, Wagenmakers & Stout 2008).
///
/// Columns: `choice`, `gain`, `loss` (of either sign). hBayesDM: `igt_pvl_delta` (A, alpha, cons, lambda).
#[derive(Clone, Copy, Debug)]
pub struct ProspectDelta<T> {
    /// How far an expectation moves to each utility, from 0 to 1.
    pub learning_rate: T,
    /// The sensitivity to the size of outcomes.
    pub sensitivity: T,
    /// How consistently choices follow expectations: the inverse temperature is `3^consistency - 1`.
    pub consistency: T,
    /// How much more losses weigh.
    pub loss_aversion: T,
}

#[learner(observations(gain: f64, loss: f64), actions(choice: Numbered<4>), world = Decks::default())]
impl<T: Real> ProspectDelta<T> {
    /// What the outcome is worth.
    #[quantity]
    fn utility(&self, gain: f64, loss: f64) -> T {
        prospect(net(gain, loss), self.sensitivity, self.loss_aversion)
    }

    /// What each deck is expected to be worth.
    #[state(initial = [0.0; 4])]
    fn expectancy(&self, mut expectancy: [T; 4], choice: Numbered<4>, utility: T) -> [T; 4] {
        let own = &mut expectancy[choice.index()];
        *own += self.learning_rate * (utility - *own);
        expectancy
    }

    #[response]
    fn choice(&self, expectancy: [T; 4]) -> Softmax<Numbered<4>, T> {
        let strictness = power(3.0, self.consistency) - 1.0;
        Softmax::by(|deck: Numbered<4>| strictness * expectancy[deck.index()])
    }
}

/// Prospect utilities that add up while all expectations decay (Ahn, Busemeyer, Wagenmakers & Stout 2008).
///
/// Columns: `choice`, `gain`, `loss`. hBayesDM: `igt_pvl_decay` (A, alpha, cons, lambda).
#[derive(Clone, Copy, Debug)]
pub struct ProspectDecay<T> {
    /// How much of every expectation is left at each trial.
    pub decay: T,
    /// The sensitivity to the size of outcomes.
    pub sensitivity: T,
    /// How consistently choices follow expectations: the inverse temperature is `3^consistency - 1`.
    pub consistency: T,
    /// How much more losses weigh.
    pub loss_aversion: T,
}

#[learner(observations(gain: f64, loss: f64), actions(choice: Numbered<4>), world = Decks::default())]
impl<T: Real> ProspectDecay<T> {
    /// What each deck is expected to be worth.
    #[state(initial = [0.0; 4])]
    fn expectancy(&self, expectancy: [T; 4], choice: Numbered<4>, gain: f64, loss: f64) -> [T; 4] {
        let mut next = expectancy.map(|e| e * self.decay);
        next[choice.index()] += prospect(net(gain, loss), self.sensitivity, self.loss_aversion);
        next
    }

    #[response]
    fn choice(&self, expectancy: [T; 4]) -> Softmax<Numbered<4>, T> {
        let strictness = power(3.0, self.consistency) - 1.0;
        Softmax::by(|deck: Numbered<4>| strictness * expectancy[deck.index()])
    }
}

/// Value plus perseveration: as [`ProspectDelta`], with a drive to choose again what paid and to leave what cost (Worthy, Pang & Byrne 2013).
///
/// Columns: `choice`, `gain`, `loss`. hBayesDM: `igt_vpp` (A, alpha, cons, lambda, epP, epN, K, w).
#[derive(Clone, Copy, Debug)]
pub struct ValuePlusPerseveration<T> {
    /// How far an expectation moves to each utility, from 0 to 1.
    pub learning_rate: T,
    /// The sensitivity to the size of outcomes.
    pub sensitivity: T,
    /// How consistently choices follow: the inverse temperature is `3^consistency - 1`.
    pub consistency: T,
    /// How much more losses weigh.
    pub loss_aversion: T,
    /// What a gain adds to the drive to choose a deck again.
    pub gain_impact: T,
    /// What a loss adds.
    pub loss_impact: T,
    /// How much of the drives is left at each trial.
    pub drive_decay: T,
    /// How much expectations weigh beside drives, from 0 to 1.
    pub weight: T,
}

#[learner(observations(gain: f64, loss: f64), actions(choice: Numbered<4>), world = Decks::default())]
impl<T: Real> ValuePlusPerseveration<T> {
    /// What each deck is expected to be worth.
    #[state(initial = [0.0; 4])]
    fn expectancy(&self, mut expectancy: [T; 4], choice: Numbered<4>, gain: f64, loss: f64) -> [T; 4] {
        let own = &mut expectancy[choice.index()];
        *own += self.learning_rate * (prospect(net(gain, loss), self.sensitivity, self.loss_aversion) - *own);
        expectancy
    }

    /// The drive to choose each deck again.
    #[state(initial = [0.0; 4])]
    fn drive(&self, drive: [T; 4], choice: Numbered<4>, gain: f64, loss: f64) -> [T; 4] {
        let mut next = drive.map(|d| d * self.drive_decay);
        next[choice.index()] += if net(gain, loss) >= 0.0 { self.gain_impact } else { self.loss_impact };
        next
    }

    #[response]
    fn choice(&self, expectancy: [T; 4], drive: [T; 4]) -> Softmax<Numbered<4>, T> {
        let strictness = power(3.0, self.consistency) - 1.0;
        let mixed = |deck: usize| self.weight * expectancy[deck] + (1.0 - self.weight) * drive[deck];
        Softmax::by(|deck: Numbered<4>| strictness * mixed(deck.index()))
    }
}

/// The outcome-representation learning model: expected values and expected frequencies of gains are learned apart, the latter of decks that were
/// not chosen, too (Haines, Vassileva & Ahn 2018).
///
/// Columns: `choice`, `gain`, `loss`. hBayesDM: `igt_orl` (Arew, Apun, K, betaF, betaP).
#[derive(Clone, Copy, Debug)]
pub struct OutcomeRepresentation<T> {
    /// The learning rate after gains, from 0 to 1.
    pub gain_rate: T,
    /// The learning rate after losses.
    pub loss_rate: T,
    /// How fast perseveration decays: it is divided by `3^K`.
    pub perseverance_decay: T,
    /// How much the frequency of gains weighs.
    pub frequency_weight: T,
    /// How much perseveration weighs.
    pub perseverance_weight: T,
}

impl<T: Real> OutcomeRepresentation<T> {
    /// The learning rate of the deck that was chosen, and that of the others: the other one.
    fn rates(&self, worth: f64) -> [T; 2] {
        if worth >= 0.0 { [self.gain_rate, self.loss_rate] } else { [self.loss_rate, self.gain_rate] }
    }
}

#[learner(observations(gain: f64, loss: f64), actions(choice: Numbered<4>), world = Decks::default())]
impl<T: Real> OutcomeRepresentation<T> {
    /// What each deck is expected to be worth.
    #[state(initial = [0.0; 4])]
    fn value(&self, mut value: [T; 4], choice: Numbered<4>, gain: f64, loss: f64) -> [T; 4] {
        let worth = net(gain, loss);
        nudge(&mut value[choice.index()], self.rates(worth)[0], T::constant(worth));
        value
    }

    /// How often each deck is expected to gain rather than lose. Of the others the opposite is thought, a third for each.
    #[state(initial = [0.0; 4])]
    fn frequency(&self, mut frequency: [T; 4], choice: Numbered<4>, gain: f64, loss: f64) -> [T; 4] {
        let (worth, sign) = (net(gain, loss), sign(net(gain, loss)));
        for (deck, own) in frequency.iter_mut().enumerate() {
            let (which, target) = if deck == choice.index() { (0, sign) } else { (1, -sign / 3.0) };
            nudge(own, self.rates(worth)[which], T::constant(target));
        }
        frequency
    }

    /// What was chosen of late.
    #[state(initial = [0.0; 4])]
    fn perseverance(&self, mut perseverance: [T; 4], choice: Numbered<4>) -> [T; 4] {
        perseverance[choice.index()] = T::one();
        perseverance.map(|p| p / power(3.0, self.perseverance_decay))
    }

    #[response]
    fn choice(&self, value: [T; 4], frequency: [T; 4], perseverance: [T; 4]) -> Softmax<Numbered<4>, T> {
        let habit = |deck: usize| frequency[deck] * self.frequency_weight + perseverance[deck] * self.perseverance_weight;
        Softmax::by(|deck: Numbered<4>| value[deck.index()] + habit(deck.index()))
    }
}
