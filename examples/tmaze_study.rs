//! x
use std::process::ExitCode;
use aif::prelude::*;
#[path = "../tests/models/tmaze.rs"]
mod tmaze;
use tmaze::*;

model! {
    /// How far each subject believes the paying arm pays.
    pub RewardBelief for TMaze<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
        }
        subject {
            z ~ Normal(mu, sigma);
            TMaze {
                reward_probability: 0.5 + 0.5 * logistic(z),
                preference: 1.2,
            }
        }
    }
}
model! {
    /// flat
    pub RewardBeliefFlat for TMaze<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            let reward_probability = 0.5 + 0.5 * logistic(z);
            TMaze { reward_probability, preference: 1.2 }
        }
    }
}
fn main() -> ExitCode {
    let _ = aif::study::<RewardBelief>();
    aif::study::<RewardBeliefFlat>().main()
}
