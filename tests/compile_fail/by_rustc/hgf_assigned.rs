use aif::hgf::TwoLevelBinary;
use aif::prelude::*;

model! {
    pub Observers for TwoLevelBinary<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            policy_precision = exp(z);
            lapse = 0.1;
            TwoLevelBinary { tonic_volatility: z, inverse_temperature: 1.0 }
        }
    }
}

fn main() {}
