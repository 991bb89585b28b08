//! Worlds that only make offers: nothing follows on what is chosen.

use aif_runtime::learner::{Surroundings, Trial};
use aif_runtime::random::{Rng, normal, unit};

/// One of several numbers.
fn one_of(numbers: &[f64], rng: &mut dyn Rng) -> f64 {
    numbers.get((numbers.len() as f64 * unit(rng)) as usize).copied().unwrap_or(f64::NAN)
}

/// The nearest whole number of a positive one.
fn whole(x: f64) -> f64 {
    (x + 0.5) as u64 as f64
}

/// A world that sets its inputs from numbers that are drawn, one after the other.
macro_rules! offers {
    ($($(#[$doc:meta])* $name:ident: |$rng:ident| $numbers:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name;

        impl Surroundings for $name {
            fn inputs(&mut self, _: usize, inputs: &mut [f64], $rng: &mut dyn Rng) {
                let drawn = $numbers;
                inputs.iter_mut().zip(drawn).filter(|(input, _)| input.is_nan()).for_each(|(input, x)| *input = x);
            }
            fn observe(&mut self, _: usize, _: &Trial<'_>, _: &mut dyn Rng) -> f64 {
                f64::NAN
            }
        }
    )*};
}

offers! {
    /// Amounts of 10 to 50 after 2 to 180 days, against smaller ones at once. Sets: the later delay and amount, the sooner ones.
    DelayedOffers: |rng| {
        let later = whole(10.0 + 40.0 * unit(rng));
        [one_of(&[2.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0], rng), later, 0.0, whole(later * (0.15 + 0.8 * unit(rng)))]
    };

    /// Amounts of 10 to 50 with some probability, against smaller ones for certain. Sets: the probability, the uncertain amount, the certain one.
    UncertainOffers: |rng| {
        let amount = whole(10.0 + 40.0 * unit(rng));
        [one_of(&[0.1, 0.25, 0.5, 0.75, 0.9], rng), amount, whole(amount * (0.05 + 0.9 * unit(rng)))]
    };

    /// Even odds of a gain of 2 to 12 and a loss of up to as much, against a certain amount, mostly none. Sets: the gain, the loss (positive), the
    /// certain amount.
    Gambles: |rng| {
        let gain = whole(2.0 + 10.0 * unit(rng));
        let sure = unit(rng) < 0.3;
        let loss = if sure { 0.0 } else { whole(gain * (0.25 + 1.75 * unit(rng))) };
        [gain, loss, if sure { (0.3 + 0.5 * unit(rng)) * gain } else { 0.0 }]
    };

    /// Offers of 1 to 19 out of 20, around 8. Sets: the offer.
    Splits: |rng| [whole((8.0 + 4.0 * normal(rng)).clamp(1.0, 19.0))];

    /// A safe and a risky gamble, and what two others chose. Sets: the condition, the probability of the higher payoffs, the payoffs of the safe one and
    /// of the risky one.
    PeerGambles: |rng| [
        one_of(&[0.0, 1.0, 2.0, 3.0], rng),
        one_of(&[0.2, 0.35, 0.5, 0.65, 0.8], rng),
        whole(20.0 + 10.0 * unit(rng)),
        whole(12.0 + 8.0 * unit(rng)),
        whole(40.0 + 15.0 * unit(rng)),
        whole(1.0 + 5.0 * unit(rng)),
    ];
}
