//! Bandits.

use aif::learners::{Delta, DriftingDelta, Forgetting, GainLoss, Kalman, PearceHall, Perseveration, TwoRates, WinStay};
use aif::prelude::*;

model! {
    /// A delta rule at two arms.
    pub bandit2arm_delta for Delta<T, 2> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let a = phi(z_a);
            let tau = 5.0 * phi(z_tau);
            Delta { learning_rate: a, inverse_temperature: tau }
        }
    }
}

model! {
    /// One learning rate for better outcomes than expected and one for worse.
    pub bandit2arm_two_rates for TwoRates<T, 2> {
        population {
            mu_alpha_pos ~ Normal(0.0, 1.0);
            sigma_alpha_pos ~ HalfNormal(0.5);
            mu_alpha_neg ~ Normal(0.0, 1.0);
            sigma_alpha_neg ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_alpha_pos ~ Normal(mu_alpha_pos, sigma_alpha_pos);
            z_alpha_neg ~ Normal(mu_alpha_neg, sigma_alpha_neg);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let alpha_pos = phi(z_alpha_pos);
            let alpha_neg = phi(z_alpha_neg);
            let beta = 5.0 * phi(z_beta);
            TwoRates { gain_rate: alpha_pos, loss_rate: alpha_neg, inverse_temperature: beta }
        }
    }
}

model! {
    /// A learning rate that follows surprise.
    pub bandit2arm_pearce_hall for PearceHall<T, 2> {
        population {
            mu_alpha0 ~ Normal(0.0, 1.0);
            sigma_alpha0 ~ HalfNormal(0.5);
            mu_eta ~ Normal(0.0, 1.0);
            sigma_eta ~ HalfNormal(0.5);
            mu_kappa ~ Normal(0.0, 1.0);
            sigma_kappa ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_alpha0 ~ Normal(mu_alpha0, sigma_alpha0);
            z_eta ~ Normal(mu_eta, sigma_eta);
            z_kappa ~ Normal(mu_kappa, sigma_kappa);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let alpha0 = phi(z_alpha0);
            let eta = phi(z_eta);
            let kappa = phi(z_kappa);
            let tau = 5.0 * phi(z_tau);
            PearceHall { initial_associability: alpha0, associability_rate: eta, salience: kappa, inverse_temperature: tau }
        }
    }
}

model! {
    /// Arms that were not chosen are forgotten.
    pub bandit2arm_forgetting for Forgetting<T, 2> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_forget ~ Normal(0.0, 1.0);
            sigma_forget ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_forget ~ Normal(mu_forget, sigma_forget);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let a = phi(z_a);
            let forget = phi(z_forget);
            let tau = 5.0 * phi(z_tau);
            Forgetting { learning_rate: a, forgetting_rate: forget, inverse_temperature: tau }
        }
    }
}

model! {
    /// Earlier choices draw, or repel.
    pub bandit2arm_perseveration for Perseveration<T, 2> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_trace ~ Normal(0.0, 1.0);
            sigma_trace ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
            mu_stick ~ Normal(0.0, 1.0);
            sigma_stick ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_trace ~ Normal(mu_trace, sigma_trace);
            z_tau ~ Normal(mu_tau, sigma_tau);
            stick ~ Normal(mu_stick, sigma_stick);
            let a = phi(z_a);
            let trace = phi(z_trace);
            let tau = 5.0 * phi(z_tau);
            Perseveration { learning_rate: a, trace_rate: trace, inverse_temperature: tau, stickiness: stick }
        }
    }
}

model! {
    /// Stays after a win, shifts after a loss, mostly.
    pub bandit2arm_win_stay for WinStay<T, 2> {
        population {
            mu_stay ~ Normal(0.0, 1.0);
            sigma_stay ~ HalfNormal(0.5);
            mu_shift ~ Normal(0.0, 1.0);
            sigma_shift ~ HalfNormal(0.5);
        }
        subject {
            z_stay ~ Normal(mu_stay, sigma_stay);
            z_shift ~ Normal(mu_shift, sigma_shift);
            let stay = phi(z_stay);
            let shift = phi(z_shift);
            WinStay { stay_after_win: stay, shift_after_loss: shift }
        }
    }
}

model! {
    /// A delta rule whose values drive which and when: choices with their times.
    pub bandit2arm_drift for DriftingDelta<T> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_drift ~ Normal(0.0, 1.0);
            sigma_drift ~ HalfNormal(0.5);
            mu_caution ~ Normal(0.0, 1.0);
            sigma_caution ~ HalfNormal(0.5);
            mu_delay ~ Normal(0.0, 1.0);
            sigma_delay ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_drift ~ Normal(mu_drift, sigma_drift);
            caution ~ Normal(mu_caution, sigma_caution);
            z_delay ~ Normal(mu_delay, sigma_delay);
            let a = phi(z_a);
            let drift = exp(z_drift);
            let delay = 0.3 * phi(z_delay);
            DriftingDelta { learning_rate: a, drift_scale: drift, caution, delay }
        }
    }
}

model! {
    /// Gains and losses learned apart, at four arms.
    pub bandit4arm_4par for GainLoss<T, 4> {
        population {
            mu_arew ~ Normal(0.0, 1.0);
            sigma_arew ~ HalfNormal(0.5);
            mu_apun ~ Normal(0.0, 1.0);
            sigma_apun ~ HalfNormal(0.5);
            mu_r ~ Normal(0.0, 1.0);
            sigma_r ~ HalfNormal(0.5);
            mu_p ~ Normal(0.0, 1.0);
            sigma_p ~ HalfNormal(0.5);
        }
        subject {
            z_arew ~ Normal(mu_arew, sigma_arew);
            z_apun ~ Normal(mu_apun, sigma_apun);
            z_r ~ Normal(mu_r, sigma_r);
            z_p ~ Normal(mu_p, sigma_p);
            let arew = phi(z_arew);
            let apun = phi(z_apun);
            let r = 30.0 * phi(z_r);
            let p = 30.0 * phi(z_p);
            GainLoss { gain_rate: arew, loss_rate: apun, gain_sensitivity: r, loss_sensitivity: p, lapse: 0.0 }
        }
    }
}

model! {
    /// The same, with lapses.
    pub bandit4arm_lapse for GainLoss<T, 4> {
        population {
            mu_arew ~ Normal(0.0, 1.0);
            sigma_arew ~ HalfNormal(0.5);
            mu_apun ~ Normal(0.0, 1.0);
            sigma_apun ~ HalfNormal(0.5);
            mu_r ~ Normal(0.0, 1.0);
            sigma_r ~ HalfNormal(0.5);
            mu_p ~ Normal(0.0, 1.0);
            sigma_p ~ HalfNormal(0.5);
            mu_xi ~ Normal(0.0, 1.0);
            sigma_xi ~ HalfNormal(0.5);
        }
        subject {
            z_arew ~ Normal(mu_arew, sigma_arew);
            z_apun ~ Normal(mu_apun, sigma_apun);
            z_r ~ Normal(mu_r, sigma_r);
            z_p ~ Normal(mu_p, sigma_p);
            z_xi ~ Normal(mu_xi, sigma_xi);
            let arew = phi(z_arew);
            let apun = phi(z_apun);
            let r = 30.0 * phi(z_r);
            let p = 30.0 * phi(z_p);
            let xi = phi(z_xi);
            GainLoss { gain_rate: arew, loss_rate: apun, gain_sensitivity: r, loss_sensitivity: p, lapse: xi }
        }
    }
}

model! {
    /// Four arms that walk, each followed by a Kalman filter.
    pub bandit4arm2_kalman_filter for Kalman<T, 4> {
        population {
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
            mu_theta ~ Normal(0.0, 1.0);
            sigma_theta ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
            mu_mu0 ~ Normal(0.0, 1.0);
            sigma_mu0 ~ HalfNormal(0.5);
            mu_s0 ~ Normal(0.0, 1.0);
            sigma_s0 ~ HalfNormal(0.5);
            mu_sd ~ Normal(0.0, 1.0);
            sigma_sd ~ HalfNormal(0.5);
        }
        subject {
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            z_theta ~ Normal(mu_theta, sigma_theta);
            z_beta ~ Normal(mu_beta, sigma_beta);
            z_mu0 ~ Normal(mu_mu0, sigma_mu0);
            z_s0 ~ Normal(mu_s0, sigma_s0);
            z_sd ~ Normal(mu_sd, sigma_sd);
            let lambda = phi(z_lambda);
            let theta = 100.0 * phi(z_theta);
            let beta = phi(z_beta);
            let mu0 = 100.0 * phi(z_mu0);
            let s0 = 15.0 * phi(z_s0);
            let sd = 15.0 * phi(z_sd);
            Kalman { decay: lambda, centre: theta, inverse_temperature: beta, initial_mean: mu0, initial_sd: s0, diffusion: sd, noise: 4.0 }
        }
    }
}
