//! Discounting, risk, offers of others, predictions.

use aif::learners::{
    ConstantSensitivity, Exponential, Hyperbolic, NormBayes, NormDelta, PeerInfluence, Probabilistic, Prospect,
    TemporalDifference,
};
use aif::prelude::*;

model! {
    /// Delays: hyperbolic discounting.
    pub dd_hyperbolic for Hyperbolic<T> {
        population {
            mu_k ~ Normal(0.0, 1.0);
            sigma_k ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_k ~ Normal(mu_k, sigma_k);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let k = phi(z_k);
            let beta = 5.0 * phi(z_beta);
            Hyperbolic { discount_rate: k, inverse_temperature: beta }
        }
    }
}

model! {
    /// Delays: exponential discounting.
    pub dd_exp for Exponential<T> {
        population {
            mu_r ~ Normal(0.0, 1.0);
            sigma_r ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_r ~ Normal(mu_r, sigma_r);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let r = phi(z_r);
            let beta = 5.0 * phi(z_beta);
            Exponential { discount_rate: r, inverse_temperature: beta }
        }
    }
}

model! {
    /// Delays: constant sensitivity.
    pub dd_cs for ConstantSensitivity<T> {
        population {
            mu_r ~ Normal(0.0, 1.0);
            sigma_r ~ HalfNormal(0.5);
            mu_s ~ Normal(0.0, 1.0);
            sigma_s ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_r ~ Normal(mu_r, sigma_r);
            z_s ~ Normal(mu_s, sigma_s);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let r = phi(z_r);
            let s = 10.0 * phi(z_s);
            let beta = 5.0 * phi(z_beta);
            ConstantSensitivity { discount_rate: r, time_sensitivity: s, inverse_temperature: beta }
        }
    }
}

model! {
    /// Probabilities: hyperbolic discounting.
    pub pd_hyperbolic for Probabilistic<T> {
        population {
            mu_h ~ Normal(0.0, 1.0);
            sigma_h ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
        }
        subject {
            z_h ~ Normal(mu_h, sigma_h);
            z_beta ~ Normal(mu_beta, sigma_beta);
            let h = exp(z_h);
            let beta = 5.0 * phi(z_beta);
            Probabilistic { discount_rate: h, inverse_temperature: beta }
        }
    }
}

model! {
    /// Risk: prospect theory.
    pub ra_prospect for Prospect<T> {
        population {
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_rho ~ Normal(mu_rho, sigma_rho);
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let rho = 2.0 * phi(z_rho);
            let lambda = 5.0 * phi(z_lambda);
            let tau = 30.0 * phi(z_tau);
            Prospect { risk_aversion: rho, loss_aversion: lambda, inverse_temperature: tau }
        }
    }
}

model! {
    /// The same without loss aversion.
    pub ra_no_la for Prospect<T> {
        population {
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_rho ~ Normal(mu_rho, sigma_rho);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let rho = 2.0 * phi(z_rho);
            let tau = 30.0 * phi(z_tau);
            Prospect { risk_aversion: rho, loss_aversion: 1.0, inverse_temperature: tau }
        }
    }
}

model! {
    /// The same without risk aversion.
    pub ra_no_ra for Prospect<T> {
        population {
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let lambda = 5.0 * phi(z_lambda);
            let tau = 30.0 * phi(z_tau);
            Prospect { risk_aversion: 1.0, loss_aversion: lambda, inverse_temperature: tau }
        }
    }
}

model! {
    /// Ultimatum: a norm that follows offers.
    pub ug_delta for NormDelta<T> {
        population {
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_ep ~ Normal(0.0, 1.0);
            sigma_ep ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_alpha ~ Normal(mu_alpha, sigma_alpha);
            z_ep ~ Normal(mu_ep, sigma_ep);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let alpha = 20.0 * phi(z_alpha);
            let ep = phi(z_ep);
            let tau = 10.0 * phi(z_tau);
            NormDelta { envy: alpha, learning_rate: ep, inverse_temperature: tau, initial_norm: 10.0 }
        }
    }
}

model! {
    /// Ultimatum: a norm that averages offers.
    pub ug_bayes for NormBayes<T> {
        population {
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_beta ~ Normal(0.0, 1.0);
            sigma_beta ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
        }
        subject {
            z_alpha ~ Normal(mu_alpha, sigma_alpha);
            z_beta ~ Normal(mu_beta, sigma_beta);
            z_tau ~ Normal(mu_tau, sigma_tau);
            let alpha = 20.0 * phi(z_alpha);
            let beta = 10.0 * phi(z_beta);
            let tau = 10.0 * phi(z_tau);
            NormBayes { envy: alpha, guilt: beta, inverse_temperature: tau, initial_norm: 10.0, initial_weight: 4.0 }
        }
    }
}

model! {
    /// Gambles that others were seen to choose.
    pub peer_ocu for PeerInfluence<T> {
        population {
            mu_rho ~ Normal(0.0, 1.0);
            sigma_rho ~ HalfNormal(0.5);
            mu_tau ~ Normal(0.0, 1.0);
            sigma_tau ~ HalfNormal(0.5);
            mu_ocu ~ Normal(0.0, 1.0);
            sigma_ocu ~ HalfNormal(0.5);
        }
        subject {
            z_rho ~ Normal(mu_rho, sigma_rho);
            z_tau ~ Normal(mu_tau, sigma_tau);
            ocu ~ Normal(mu_ocu, sigma_ocu);
            let rho = 2.0 * phi(z_rho);
            let tau = exp(z_tau);
            PeerInfluence { risk_aversion: rho, inverse_temperature: tau, conformity: ocu }
        }
    }
}

model! {
    /// Ratings of what states promise: temporal differences.
    pub td_lambda for TemporalDifference<T, 4> {
        population {
            mu_alpha ~ Normal(0.0, 1.0);
            sigma_alpha ~ HalfNormal(0.5);
            mu_gamma ~ Normal(0.0, 1.0);
            sigma_gamma ~ HalfNormal(0.5);
            mu_lambda ~ Normal(0.0, 1.0);
            sigma_lambda ~ HalfNormal(0.5);
            mu_noise ~ Normal(0.0, 1.0);
            sigma_noise ~ HalfNormal(0.5);
        }
        subject {
            z_alpha ~ Normal(mu_alpha, sigma_alpha);
            z_gamma ~ Normal(mu_gamma, sigma_gamma);
            z_lambda ~ Normal(mu_lambda, sigma_lambda);
            z_noise ~ Normal(mu_noise, sigma_noise);
            let alpha = phi(z_alpha);
            let gamma = phi(z_gamma);
            let lambda = phi(z_lambda);
            let noise = exp(z_noise);
            TemporalDifference { learning_rate: alpha, discount: gamma, trace_decay: lambda, noise }
        }
    }
}
