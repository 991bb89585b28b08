//! Reversal, and the Iowa gambling task.

use aif::learners::{
    ExperienceWeighted, Fictitious, OutcomeRepresentation, ProspectDecay, ProspectDelta, RewardPunishment, ValuePlusPerseveration,
};
use aif::prelude::*;

model! {
    /// Reversal: one learning rate for rewards and one for punishments.
    pub prl_rp for RewardPunishment<T> {
        population {
            mu_apun ~ Normal(0.0, 1.0);
            sigma_apun ~ HalfNormal(0.5);
            mu_arew ~ Normal(0.0, 1.0);
            sigma_arew ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_apun ~ Normal(mu_apun, sigma_apun);
            z_arew ~ Normal(mu_arew, sigma_arew);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let apun = phi(z_apun);
            let arew = phi(z_arew);
            let beta = 10.0 * phi(z_beta);
            RewardPunishment { punishment_rate: apun, reward_rate: arew, inverse_temperature: beta }
        }
    }
}

model! {
    /// Reversal: experience-weighted attraction.
    pub prl_ewa for ExperienceWeighted<T> {
        population {
            mu_phi ~ Normal(0.0, 1.0);
            sigma_phi ~ HalfNormal(0.5);
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_phi ~ Normal(mu_phi, sigma_phi);
            z_rho ~ Normal(mu_rho, sigma_rho);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let phi_ = phi(z_phi);
            let rho = phi(z_rho);
            let beta = 10.0 * phi(z_beta);
            ExperienceWeighted { value_decay: phi_, experience_decay: rho, inverse_temperature: beta }
        }
    }
}

model! {
    /// Reversal: the other option is updated, too.
    pub prl_fictitious for Fictitious<T> {
        population {
            mu_eta ~ Normal(0.0, 1.0);
            sigma_eta ~ HalfNormal(0.5);
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_eta ~ Normal(mu_eta, sigma_eta);
            alpha ~ Normal(mu_alpha, sigma_alpha);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let eta = phi(z_eta);
            let beta = 10.0 * phi(z_beta);
            Fictitious { gain_rate: eta, loss_rate: eta, indecision: alpha, inverse_temperature: beta }
        }
    }
}

model! {
    /// The same without a point of indecision.
    pub prl_fictitious_woa for Fictitious<T> {
        population {
            mu_eta ~ Normal(0.0, 1.0);
            sigma_eta ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_eta ~ Normal(mu_eta, sigma_eta);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let eta = phi(z_eta);
            let beta = 10.0 * phi(z_beta);
            Fictitious { gain_rate: eta, loss_rate: eta, indecision: 0.0, inverse_temperature: beta }
        }
    }
}

model! {
    /// The same with a learning rate for better and one for worse outcomes.
    pub prl_fictitious_rp for Fictitious<T> {
        population {
            mu_eta_pos ~ Normal(0.0, 1.0);
            sigma_eta_pos ~ HalfNormal(0.5);
            mu_eta_neg ~ Normal(0.0, 1.0);
            sigma_eta_neg ~ HalfNormal(0.5);
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_eta_pos ~ Normal(mu_eta_pos, sigma_eta_pos);
            z_eta_neg ~ Normal(mu_eta_neg, sigma_eta_neg);
            alpha ~ Normal(mu_alpha, sigma_alpha);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let eta_pos = phi(z_eta_pos);
            let eta_neg = phi(z_eta_neg);
            let beta = 10.0 * phi(z_beta);
            Fictitious { gain_rate: eta_pos, loss_rate: eta_neg, indecision: alpha, inverse_temperature: beta }
        }
    }
}

model! {
    /// That without a point of indecision.
    pub prl_fictitious_rp_woa for Fictitious<T> {
        population {
            mu_eta_pos ~ Normal(0.0, 1.0);
            sigma_eta_pos ~ HalfNormal(0.5);
            mu_eta_neg ~ Normal(0.0, 1.0);
            sigma_eta_neg ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_eta_pos ~ Normal(mu_eta_pos, sigma_eta_pos);
            z_eta_neg ~ Normal(mu_eta_neg, sigma_eta_neg);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let eta_pos = phi(z_eta_pos);
            let eta_neg = phi(z_eta_neg);
            let beta = 10.0 * phi(z_beta);
            Fictitious { gain_rate: eta_pos, loss_rate: eta_neg, indecision: 0.0, inverse_temperature: beta }
        }
    }
}

model! {
    /// Iowa: prospect utilities and a delta rule.
    pub igt_pvl_delta for ProspectDelta<T> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_cons ~ Normal(0.0, 1.0);
            sigma_cons ~ HalfNormal(0.5);
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_alpha ~ Normal(mu_alpha, sigma_alpha);
            z_cons ~ Normal(mu_cons, sigma_cons);
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            let a = phi(z_a);
            let alpha = 2.0 * phi(z_alpha);
            let cons = 5.0 * phi(z_cons);
            let lambda = 10.0 * phi(z_lambda);
            ProspectDelta { learning_rate: a, sensitivity: alpha, consistency: cons, loss_aversion: lambda }
        }
    }
}

model! {
    /// Iowa: prospect utilities that decay.
    pub igt_pvl_decay for ProspectDecay<T> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_cons ~ Normal(0.0, 1.0);
            sigma_cons ~ HalfNormal(0.5);
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_alpha ~ Normal(mu_alpha, sigma_alpha);
            z_cons ~ Normal(mu_cons, sigma_cons);
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            let a = phi(z_a);
            let alpha = 2.0 * phi(z_alpha);
            let cons = 5.0 * phi(z_cons);
            let lambda = 10.0 * phi(z_lambda);
            ProspectDecay { decay: a, sensitivity: alpha, consistency: cons, loss_aversion: lambda }
        }
    }
}

model! {
    /// Iowa: value plus perseveration.
    pub igt_vpp for ValuePlusPerseveration<T> {
        population {
            mu_a ~ Normal(0.0, 1.0);
            sigma_a ~ HalfNormal(0.5);
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_cons ~ Normal(0.0, 1.0);
            sigma_cons ~ HalfNormal(0.5);
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
            mu_ep_p ~ Normal(0.0, 1.0);
            sigma_ep_p ~ HalfNormal(0.5);
            mu_ep_n ~ Normal(0.0, 1.0);
            sigma_ep_n ~ HalfNormal(0.5);
            mu_k ~ Normal(0.0, 1.0);
            sigma_k ~ HalfNormal(0.5);
            mu_w ~ Normal(0.0, 1.0);
            sigma_w ~ HalfNormal(0.5);
        }
        subject {
            z_a ~ Normal(mu_a, sigma_a);
            z_alpha ~ Normal(mu_alpha, sigma_alpha);
            z_cons ~ Normal(mu_cons, sigma_cons);
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            ep_p ~ Normal(mu_ep_p, sigma_ep_p);
            ep_n ~ Normal(mu_ep_n, sigma_ep_n);
            z_k ~ Normal(mu_k, sigma_k);
            z_w ~ Normal(mu_w, sigma_w);
            let a = phi(z_a);
            let alpha = 2.0 * phi(z_alpha);
            let cons = 5.0 * phi(z_cons);
            let lambda = 10.0 * phi(z_lambda);
            let k = phi(z_k);
            let w = phi(z_w);
            ValuePlusPerseveration {
                learning_rate: a, sensitivity: alpha, consistency: cons, loss_aversion: lambda,
                gain_impact: ep_p, loss_impact: ep_n, drive_decay: k, weight: w,
            }
        }
    }
}

model! {
    /// Iowa: outcome-representation learning.
    pub igt_orl for OutcomeRepresentation<T> {
        population {
            mu_arew ~ Normal(0.0, 1.0);
            sigma_arew ~ HalfNormal(0.5);
            mu_apun ~ Normal(0.0, 1.0);
            sigma_apun ~ HalfNormal(0.5);
            mu_k ~ Normal(0.0, 1.0);
            sigma_k ~ HalfNormal(0.5);
            mu_beta_f ~ Normal(0.0, 1.0);
            sigma_beta_f ~ HalfNormal(0.5);
            mu_beta_p ~ Normal(0.0, 1.0);
            sigma_beta_p ~ HalfNormal(0.5);
        }
        subject {
            z_arew ~ Normal(mu_arew, sigma_arew);
            z_apun ~ Normal(mu_apun, sigma_apun);
            z_k ~ Normal(mu_k, sigma_k);
            beta_f ~ Normal(mu_beta_f, sigma_beta_f);
            beta_p ~ Normal(mu_beta_p, sigma_beta_p);
            let arew = phi(z_arew);
            let apun = phi(z_apun);
            let k = 5.0 * phi(z_k);
            OutcomeRepresentation { gain_rate: arew, loss_rate: apun, perseverance_decay: k, frequency_weight: beta_f, perseverance_weight: beta_p }
        }
    }
}
