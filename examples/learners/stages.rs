//! Go/no-go, and two steps.

use aif::learners::{GoNoGo, TwoStep};
use aif::prelude::*;

model! {
    /// Go/no-go: values and lapses.
    pub gng_m1 for GoNoGo<T> {
        population {
            mu_xi ~ Normal(0.0, 1.0);
            sigma_xi ~ HalfNormal(0.5);
            mu_ep ~ Normal(0.0, 1.0);
            sigma_ep ~ HalfNormal(0.5);
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
        }
        subject {
            z_xi ~ Normal(mu_xi, sigma_xi);
            z_ep ~ Normal(mu_ep, sigma_ep);
            z_rho ~ Normal(mu_rho, sigma_rho);
            let xi = phi(z_xi);
            let ep = phi(z_ep);
            let rho = exp(z_rho);
            GoNoGo { lapse: xi, learning_rate: ep, go_bias: 0.0, pavlovian_bias: 0.0, reward_sensitivity: rho, punishment_sensitivity: rho }
        }
    }
}

model! {
    /// And a bias to go.
    pub gng_m2 for GoNoGo<T> {
        population {
            mu_xi ~ Normal(0.0, 1.0);
            sigma_xi ~ HalfNormal(0.5);
            mu_ep ~ Normal(0.0, 1.0);
            sigma_ep ~ HalfNormal(0.5);
            mu_b ~ Normal(0.0, 1.0);
            sigma_b ~ HalfNormal(0.5);
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
        }
        subject {
            z_xi ~ Normal(mu_xi, sigma_xi);
            z_ep ~ Normal(mu_ep, sigma_ep);
            b ~ Normal(mu_b, sigma_b);
            z_rho ~ Normal(mu_rho, sigma_rho);
            let xi = phi(z_xi);
            let ep = phi(z_ep);
            let rho = exp(z_rho);
            GoNoGo { lapse: xi, learning_rate: ep, go_bias: b, pavlovian_bias: 0.0, reward_sensitivity: rho, punishment_sensitivity: rho }
        }
    }
}

model! {
    /// And a Pavlovian one.
    pub gng_m3 for GoNoGo<T> {
        population {
            mu_xi ~ Normal(0.0, 1.0);
            sigma_xi ~ HalfNormal(0.5);
            mu_ep ~ Normal(0.0, 1.0);
            sigma_ep ~ HalfNormal(0.5);
            mu_b ~ Normal(0.0, 1.0);
            sigma_b ~ HalfNormal(0.5);
            mu_pi ~ Normal(0.0, 1.0);
            sigma_pi ~ HalfNormal(0.5);
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
        }
        subject {
            z_xi ~ Normal(mu_xi, sigma_xi);
            z_ep ~ Normal(mu_ep, sigma_ep);
            b ~ Normal(mu_b, sigma_b);
            pi ~ Normal(mu_pi, sigma_pi);
            z_rho ~ Normal(mu_rho, sigma_rho);
            let xi = phi(z_xi);
            let ep = phi(z_ep);
            let rho = exp(z_rho);
            GoNoGo { lapse: xi, learning_rate: ep, go_bias: b, pavlovian_bias: pi, reward_sensitivity: rho, punishment_sensitivity: rho }
        }
    }
}

model! {
    /// And a sensitivity each to rewards and punishments.
    pub gng_m4 for GoNoGo<T> {
        population {
            mu_xi ~ Normal(0.0, 1.0);
            sigma_xi ~ HalfNormal(0.5);
            mu_ep ~ Normal(0.0, 1.0);
            sigma_ep ~ HalfNormal(0.5);
            mu_b ~ Normal(0.0, 1.0);
            sigma_b ~ HalfNormal(0.5);
            mu_pi ~ Normal(0.0, 1.0);
            sigma_pi ~ HalfNormal(0.5);
            mu_rho_rew ~ Normal(0.0, 1.0);
            sigma_rho_rew ~ HalfNormal(0.5);
            mu_rho_pun ~ Normal(0.0, 1.0);
            sigma_rho_pun ~ HalfNormal(0.5);
        }
        subject {
            z_xi ~ Normal(mu_xi, sigma_xi);
            z_ep ~ Normal(mu_ep, sigma_ep);
            b ~ Normal(mu_b, sigma_b);
            pi ~ Normal(mu_pi, sigma_pi);
            z_rho_rew ~ Normal(mu_rho_rew, sigma_rho_rew);
            z_rho_pun ~ Normal(mu_rho_pun, sigma_rho_pun);
            let xi = phi(z_xi);
            let ep = phi(z_ep);
            let rho_rew = exp(z_rho_rew);
            let rho_pun = exp(z_rho_pun);
            GoNoGo { lapse: xi, learning_rate: ep, go_bias: b, pavlovian_bias: pi, reward_sensitivity: rho_rew, punishment_sensitivity: rho_pun }
        }
    }
}

model! {
    /// Two steps: one learning rate and temperature for both.
    pub ts_par4 for TwoStep<T> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
            mu_pi ~ Normal(0.0, 1.0);
            sigma_pi ~ HalfNormal(0.5);
            mu_w ~ Normal(0.0, 1.0);
            sigma_w ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_beta ~ Normal(mu_beta, sigma_beta);
            pi ~ Normal(mu_pi, sigma_pi);
            z_w ~ Normal(mu_w, sigma_w);
            let a = phi(z_a);
            let beta = exp(z_beta);
            let w = phi(z_w);
            TwoStep {
                first_rate: a, first_temperature: beta, second_rate: a, second_temperature: beta,
                perseveration: pi, model_weight: w, eligibility: 1.0,
            }
        }
    }
}

model! {
    /// Two steps: one of each for either.
    pub ts_par6 for TwoStep<T> {
        population {
            mu_a1 ~ Normal(0.0, 1.0);
            sigma_a1 ~ HalfNormal(0.5);
            mu_beta1 ~ Normal(0.0, 1.0);
            sigma_beta1 ~ HalfNormal(0.5);
            mu_a2 ~ Normal(0.0, 1.0);
            sigma_a2 ~ HalfNormal(0.5);
            mu_beta2 ~ Normal(0.0, 1.0);
            sigma_beta2 ~ HalfNormal(0.5);
            mu_pi ~ Normal(0.0, 1.0);
            sigma_pi ~ HalfNormal(0.5);
            mu_w ~ Normal(0.0, 1.0);
            sigma_w ~ HalfNormal(0.5);
        }
        subject {
            z_a1 ~ Normal(mu_a1, sigma_a1);
            z_beta1 ~ Normal(mu_beta1, sigma_beta1);
            z_a2 ~ Normal(mu_a2, sigma_a2);
            z_beta2 ~ Normal(mu_beta2, sigma_beta2);
            pi ~ Normal(mu_pi, sigma_pi);
            z_w ~ Normal(mu_w, sigma_w);
            let a1 = phi(z_a1);
            let beta1 = exp(z_beta1);
            let a2 = phi(z_a2);
            let beta2 = exp(z_beta2);
            let w = phi(z_w);
            TwoStep {
                first_rate: a1, first_temperature: beta1, second_rate: a2, second_temperature: beta2,
                perseveration: pi, model_weight: w, eligibility: 1.0,
            }
        }
    }
}

model! {
    /// And an eligibility.
    pub ts_par7 for TwoStep<T> {
        population {
            mu_a1 ~ Normal(0.0, 1.0);
            sigma_a1 ~ HalfNormal(0.5);
            mu_beta1 ~ Normal(0.0, 1.0);
            sigma_beta1 ~ HalfNormal(0.5);
            mu_a2 ~ Normal(0.0, 1.0);
            sigma_a2 ~ HalfNormal(0.5);
            mu_beta2 ~ Normal(0.0, 1.0);
            sigma_beta2 ~ HalfNormal(0.5);
            mu_pi ~ Normal(0.0, 1.0);
            sigma_pi ~ HalfNormal(0.5);
            mu_w ~ Normal(0.0, 1.0);
            sigma_w ~ HalfNormal(0.5);
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
        }
        subject {
            z_a1 ~ Normal(mu_a1, sigma_a1);
            z_beta1 ~ Normal(mu_beta1, sigma_beta1);
            z_a2 ~ Normal(mu_a2, sigma_a2);
            z_beta2 ~ Normal(mu_beta2, sigma_beta2);
            pi ~ Normal(mu_pi, sigma_pi);
            z_w ~ Normal(mu_w, sigma_w);
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            let a1 = phi(z_a1);
            let beta1 = exp(z_beta1);
            let a2 = phi(z_a2);
            let beta2 = exp(z_beta2);
            let w = phi(z_w);
            let lambda = phi(z_lambda);
            TwoStep {
                first_rate: a1, first_temperature: beta1, second_rate: a2, second_temperature: beta2,
                perseveration: pi, model_weight: w, eligibility: lambda,
            }
        }
    }
}
