use aif::hgf::TwoLevelContinuous;
use aif::prelude::*;

model! {
    pub Observers for TwoLevelContinuous<T> {
        subject {
            z[input] ~ Normal(0.0, 1.0);
            w[colour] ~ Normal(0.0, 1.0);
            TwoLevelContinuous { tonic_volatility: z[0], volatility_coupling: 1.0, meta_volatility: -4.0, input_precision: exp(w[0]) }
        }
    }
}

fn main() {}
