//! Worlds for learners: bandits, reversals, decks of cards, cues, planets.

use aif_runtime::learner::{Surroundings, Trial};
use aif_runtime::random::{Rng, normal, unit};

/// One with this probability, else the other.
fn either(p: f64, one: f64, other: f64, rng: &mut dyn Rng) -> f64 {
    if unit(rng) < p { one } else { other }
}

/// The option that was chosen at the first response; `None` where none was.
fn chosen(so_far: &Trial<'_>, column: usize) -> Option<usize> {
    so_far.responses.get(column).filter(|x| !x.is_nan()).map(|&x| x as usize)
}

/// Arms that pay 1 with a probability of their own, else -1. Observes: the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Bandit<const N: usize> {
    /// The probability that each pays.
    pub pays: [f64; N],
}

/// From 0.3 for the first to 0.7 for the last.
impl<const N: usize> Default for Bandit<N> {
    fn default() -> Self {
        Bandit { pays: core::array::from_fn(|arm| 0.3 + 0.4 * arm as f64 / (N.max(2) - 1) as f64) }
    }
}

impl<const N: usize> Surroundings for Bandit<N> {
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        chosen(so_far, 0).and_then(|arm| self.pays.get(arm)).map_or(f64::NAN, |&p| either(p, 1.0, -1.0, rng))
    }
}

/// Arms that pay 1 with a probability of their own, else nothing. Observes: the outcome.
#[derive(Clone, Copy, Debug)]
pub struct WinningArms<const N: usize> {
    /// The probability that each pays.
    pub pays: [f64; N],
}

/// From 0.3 for the first to 0.7 for the last.
impl<const N: usize> Default for WinningArms<N> {
    fn default() -> Self {
        WinningArms { pays: Bandit::default().pays }
    }
}

impl<const N: usize> Surroundings for WinningArms<N> {
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        chosen(so_far, 0).and_then(|arm| self.pays.get(arm)).map_or(f64::NAN, |&p| either(p, 1.0, 0.0, rng))
    }
}

/// Arms that give and take 1, each with probabilities of their own. Observes: the gain, and the loss, which is not positive.
#[derive(Clone, Copy, Debug)]
pub struct PayingArms<const N: usize> {
    /// The probabilities that each gives, and that it takes.
    pub pays: [[f64; 2]; N],
}

/// Arms give with 0.2 to 0.8, and take with 0.3 or 0.6 in turn.
impl<const N: usize> Default for PayingArms<N> {
    fn default() -> Self {
        let gives = |arm: usize| 0.2 + 0.6 * arm as f64 / (N.max(2) - 1) as f64;
        PayingArms { pays: core::array::from_fn(|arm| [gives(arm), if arm % 2 == 0 { 0.3 } else { 0.6 }]) }
    }
}

impl<const N: usize> Surroundings for PayingArms<N> {
    fn observe(&mut self, which: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        let Some(pays) = chosen(so_far, 0).and_then(|arm| self.pays.get(arm)) else { return f64::NAN };
        if which == 0 { either(pays[0], 1.0, 0.0, rng) } else { either(pays[1], -1.0, 0.0, rng) }
    }
}

/// Arms whose payoffs walk between 0 and 100, as in Daw et al. (2006). Observes: the payoff.
#[derive(Clone, Copy, Debug)]
pub struct WalkingArms<const N: usize> {
    /// What is left of the distance from the centre, the centre, the standard deviations of a step and of a payoff.
    pub decay: f64,
    /// Where arms tend to.
    pub centre: f64,
    /// The standard deviation of a step.
    pub diffusion: f64,
    /// The standard deviation of a payoff.
    pub noise: f64,
    means: [f64; N],
}

/// The parameters of the paper: 0.9836, 50, 2.8 and 4.
impl<const N: usize> Default for WalkingArms<N> {
    fn default() -> Self {
        WalkingArms { decay: 0.9836, centre: 50.0, diffusion: 2.8, noise: 4.0, means: [50.0; N] }
    }
}

impl<const N: usize> Surroundings for WalkingArms<N> {
    fn begin(&mut self, rng: &mut dyn Rng) {
        self.means = core::array::from_fn(|_| self.centre + 15.0 * normal(rng));
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        for mean in &mut self.means {
            *mean = self.centre + self.decay * (*mean - self.centre) + self.diffusion * normal(rng);
        }
        chosen(so_far, 0).and_then(|arm| self.means.get(arm)).map_or(f64::NAN, |m| m + self.noise * normal(rng))
    }
}

/// Two options, of which the better pays 1 with a probability, else -1, and the other the other way round; they change places after so many trials.
/// Observes: the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Reversing {
    /// The probability that the better one pays.
    pub better: f64,
    /// After how many trials they change places.
    pub every: usize,
    trial: usize,
}

/// 0.8, and 25 trials.
impl Default for Reversing {
    fn default() -> Self {
        Reversing { better: 0.8, every: 25, trial: 0 }
    }
}

impl Surroundings for Reversing {
    fn begin(&mut self, _: &mut dyn Rng) {
        self.trial = 0;
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        let best = self.trial / self.every.max(1) % 2;
        self.trial += 1;
        chosen(so_far, 0).map_or(f64::NAN, |option| {
            let p = if option == best { self.better } else { 1.0 - self.better };
            either(p, 1.0, -1.0, rng)
        })
    }
}

/// The four decks of Bechara, Damasio, Damasio & Anderson (1994), with the losses of each in any order: decks 1 and 2 give 100 and take 1250 in ten
/// cards, decks 3 and 4 give 50 and take 250; decks 1 and 3 take in five of ten cards, 2 and 4 in one. Observes: the gain, and the loss, which is
/// not positive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decks {
    /// How many of the ten cards of each deck were turned, and how many of the losses among them.
    turned: [[usize; 2]; 4],
}

/// The losses of ten cards of each deck.
const LOSSES: [&[f64]; 4] = [&[150.0, 200.0, 250.0, 300.0, 350.0], &[1250.0], &[25.0, 50.0, 50.0, 50.0, 75.0], &[250.0]];

impl Surroundings for Decks {
    fn begin(&mut self, _: &mut dyn Rng) {
        self.turned = [[0; 2]; 4];
    }
    fn observe(&mut self, which: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        let Some(deck) = chosen(so_far, 0).filter(|&d| d < 4) else { return f64::NAN };
        if which == 0 {
            return if deck < 2 { 100.0 } else { 50.0 };
        }
        let [turned, lost] = &mut self.turned[deck];
        if *turned == 10 {
            (*turned, *lost) = (0, 0);
        }
        let left = (10 - *turned) as f64;
        *turned += 1;
        let losses = LOSSES[deck];
        // Each card that is left is as likely as another.
        if unit(rng) * left < (losses.len() - *lost) as f64 {
            *lost += 1;
            -losses[*lost - 1]
        } else {
            0.0
        }
    }
}

/// Four cues in any order: go to win, go not to lose, do not go to win, do not go not to lose. What is right is rewarded (or spared) with a
/// probability, and what is wrong with its complement. Sets: the cue. Observes: the outcome, 1, 0 or -1.
#[derive(Clone, Copy, Debug)]
pub struct GoNoGoTask {
    /// The probability that what is right is rewarded.
    pub valid: f64,
}

/// 0.8.
impl Default for GoNoGoTask {
    fn default() -> Self {
        GoNoGoTask { valid: 0.8 }
    }
}

impl Surroundings for GoNoGoTask {
    fn inputs(&mut self, _: usize, inputs: &mut [f64], rng: &mut dyn Rng) {
        inputs.iter_mut().filter(|cue| cue.is_nan()).for_each(|cue| *cue = (4.0 * unit(rng)) as usize as f64);
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        let (Some(&cue), Some(went)) = (so_far.inputs.first(), chosen(so_far, 0)) else { return f64::NAN };
        let (right, wins) = ((cue < 2.0) == (went == 1), cue % 2.0 == 0.0);
        let good = unit(rng) < if right { self.valid } else { 1.0 - self.valid };
        match (wins, good) {
            (true, true) => 1.0,
            (false, false) => -1.0,
            _ => 0.0,
        }
    }
}

/// Second choices that pay 1, else 0, with probabilities that walk between 0.25 and 0.75 (Daw et al. 2011). Which planet comes is a matter of the
/// second choice. Observes: the reward.
#[derive(Clone, Copy, Debug)]
pub struct TwoStepTask {
    /// The standard deviation of a step.
    pub diffusion: f64,
    pays: [f64; 4],
}

/// 0.025.
impl Default for TwoStepTask {
    fn default() -> Self {
        TwoStepTask { diffusion: 0.025, pays: [0.5; 4] }
    }
}

impl Surroundings for TwoStepTask {
    fn begin(&mut self, rng: &mut dyn Rng) {
        self.pays = core::array::from_fn(|_| 0.25 + 0.5 * unit(rng));
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        for p in &mut self.pays {
            // What would go beyond a border comes back from it.
            let moved = *p + self.diffusion * normal(rng);
            let low = if moved < 0.25 { 0.5 - moved } else { moved };
            *p = if low > 0.75 { 1.5 - low } else { low }.clamp(0.25, 0.75);
        }
        chosen(so_far, 1).and_then(|option| self.pays.get(option)).map_or(f64::NAN, |&p| either(p, 1.0, 0.0, rng))
    }
}

/// States one after the other, and round again: with the last one comes a reward with a probability. Sets: the state. Observes: the reward, 1 or 0.
#[derive(Clone, Copy, Debug)]
pub struct Chain<const N: usize> {
    /// The probability of the reward in the last state.
    pub pays: f64,
}

/// 0.8.
impl<const N: usize> Default for Chain<N> {
    fn default() -> Self {
        Chain { pays: 0.8 }
    }
}

impl<const N: usize> Surroundings for Chain<N> {
    fn inputs(&mut self, trial: usize, inputs: &mut [f64], _: &mut dyn Rng) {
        inputs.iter_mut().filter(|state| state.is_nan()).for_each(|state| *state = (trial % N.max(1)) as f64);
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        let last = so_far.inputs.first().is_some_and(|&state| state as usize + 1 == N);
        either(if last { self.pays } else { 0.0 }, 1.0, 0.0, rng)
    }
}
