//! Risky choice: a gamble of even odds against a certain amount; nothing is learned.

use aif_macros::learner;
use aif_runtime::Real;
use aif_runtime::measure::Softmax;

use super::{Gambles, prospect};

/// Prospect theory for a gamble of even odds (Sokol-Hessner et al. 2009). With a loss aversion of one, or a risk aversion of one, it is a smaller
/// model.
///
/// Columns: `gain`, `loss` (of either sign), `cert`, `gamble`. hBayesDM: `ra_prospect` (rho, lambda, tau), `ra_noLA` (rho, tau), `ra_noRA` (lambda, tau).
#[derive(Clone, Copy, Debug)]
pub struct Prospect<T> {
    /// The power of amounts: below one, averse to risk.
    pub risk_aversion: T,
    /// How much more losses weigh.
    pub loss_aversion: T,
    /// How strictly choices follow utilities.
    pub inverse_temperature: T,
}

#[learner(inputs(gain: f64, loss: f64, cert: f64), actions(gamble: bool), world = Gambles)]
impl<T: Real> Prospect<T> {
    #[response]
    fn gamble(&self, gain: f64, loss: f64, cert: f64) -> Softmax<bool, T> {
        let utility = |x: f64| prospect(x, self.risk_aversion, self.loss_aversion);
        let gamble = (utility(gain) + utility(-loss.abs())) * 0.5;
        Softmax::new([T::zero(), self.inverse_temperature * (gamble - utility(cert))])
    }
}
