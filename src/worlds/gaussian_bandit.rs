//! Two arms that pay sums: around means that are hidden, and may move.

use super::Side;
use crate::measure::Normal;
use crate::prelude::*;

/// What an arm of a [`GaussianBandit`] pays in the mean, from -2 (index 0) to 2 (index 4).
pub type Worth = Index<5>;

/// The mean that a [`Worth`] stands for.
fn mean(worth: Worth) -> f64 {
    worth.index() as f64 - 2.0
}

/// Two arms, each with a mean of its own; what is paid is normal around it.
///
/// ```
/// use aif::prelude::*;
/// use aif::worlds::{GaussianBandit, GaussianBanditAction, GaussianBanditObservation, Side};
///
/// let mut agent = Agent::new(GaussianBandit::default())?;
/// agent.infer_states(GaussianBanditObservation { pulled: Side::Left, pay: 1.9 });
/// agent.update_empirical_prior(GaussianBanditAction { pull: Side::Right });
/// let belief = agent.infer_states(GaussianBanditObservation { pulled: Side::Right, pay: -2.2 });
/// assert!(belief.left[Index::new(4).unwrap()] > belief.right[Index::new(4).unwrap()]);
/// let [left, right] = agent.infer_policies();
/// assert!(left > right);
/// # Ok::<(), ModelError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GaussianBandit<T = f64> {
    /// The standard deviation of what is paid.
    pub noise: T,
    /// P(the mean of an arm stays as it is at a step), in [0, 1]; else it is any of the others.
    pub stay: T,
    /// Log-preference of each unit that is paid, in nats.
    pub worth: T,
}

/// Means that hardly move; a unit is worth a nat.
impl<T: Real> Default for GaussianBandit<T> {
    fn default() -> Self {
        GaussianBandit { noise: T::one(), stay: T::constant(0.98), worth: T::one() }
    }
}

impl<T: Real> GaussianBandit<T> {
    fn drift(&self, from: Worth) -> Dist<Worth, T> {
        let others = (T::one() - self.stay) / (Worth::COUNT - 1) as f64;
        Dist::from_fn(|to| if to == from { self.stay } else { others })
    }
}

#[generative_model(horizon = 1, actions(pull: Side))]
impl<T: Real> GaussianBandit<T> {
    #[factor(initial = uniform())]
    fn arm(&self, pull: Side) -> Side {
        pull
    }

    #[factor(initial = uniform())]
    fn left(&self, left: Worth) -> Dist<Worth, T> {
        self.drift(left)
    }

    #[factor(initial = uniform())]
    fn right(&self, right: Worth) -> Dist<Worth, T> {
        self.drift(right)
    }

    #[modality]
    fn pulled(&self, arm: Side) -> Side {
        arm
    }

    #[modality(preference = |pay: f64| self.worth * pay)]
    fn pay(&self, arm: Side, left: Worth, right: Worth) -> Normal<T> {
        let worth = if arm == Side::Left { left } else { right };
        Normal::new(T::constant(mean(worth)), self.noise)
    }
}
