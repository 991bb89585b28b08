//! Populations over the T-Maze that several tests fit.

use aif::prelude::*;

use super::tmaze::TMaze;

model! {
    /// Every subject on its own.
    pub Flat for TMaze<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            let reward_probability = 0.5 + 0.5 * logistic(z);
            TMaze { reward_probability, preference: 1.2 }
        }
    }

    /// To the letter of the language's page.
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

    /// Four parameters of a subject, and one of the group that every subject's behaviour depends on directly.
    pub Everything for TMaze<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
            slip  ~ Beta(2.0, 20.0);
            let half = 0.5 * slip;
        }
        subject {
            z ~ Normal(mu, sigma);
            preference ~ LogNormal(0.0, 0.5);
            g ~ Normal(0.0, 0.5);
            a ~ Gamma(4.0, 4.0);
            policy_precision = exp(g);
            action_precision = a;
            lapse = half;
            TMaze { reward_probability: 0.5 + 0.5 * logistic(z), preference }
        }
    }
}
