//! A group that is seen on several days: a level between the group and what is scored.

use aif::prelude::*;

use super::tmaze::TMaze;

model! {
    /// Sessions that differ from day to day.
    pub Days for TMaze<T> {
        population {
            mu ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(0.7);
            drift ~ Normal(0.0, 0.2);
            warmth ~ Normal(0.0, 0.1);
        }
        subject {
            own ~ Normal(mu, sigma);
            spread ~ HalfNormal(0.3);
        }
        plate session {
            today ~ Normal(own, spread);
            TMaze { reward_probability: 0.5 + 0.5 * logistic(today + drift), preference: 1.2 + warmth }
        }
    }
}
