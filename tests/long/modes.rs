//! Groups whose marginal mode is hard to find: three parameters each, likelihoods that are flat far away and steep near by. Laplace's method
//! goes through, says so where it does not come to rest, and gives one result on any number of threads.

use std::path::Path;

use aif::learners::{NormDelta, Prospect};
use aif::prelude::*;

model! {
    /// Gambles.
    pub Gamblers for Prospect<T> {
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
            Prospect { risk_aversion: 2.0 * phi(z_rho), loss_aversion: 5.0 * phi(z_lambda), inverse_temperature: 30.0 * phi(z_tau) }
        }
    }

    /// Offers beside a norm that is learned.
    pub Fair for NormDelta<T> {
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
            NormDelta {
                envy: 20.0 * phi(z_alpha),
                learning_rate: phi(z_ep),
                inverse_temperature: 10.0 * phi(z_tau),
                initial_norm: 10.0,
            }
        }
    }
}

fn study(arguments: &[&str]) -> Result<(), aif::infer::study::StudyError> {
    let program = aif::study::<Gamblers>().and::<Fair>();
    program.run(std::iter::once("modes").chain(arguments.iter().copied()))
}

/// The draws of a fit, and what is said against it.
fn fitted(folder: &Path, population: &str, threads: usize) -> (String, String) {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let (data, out) = (file(&format!("{population}.csv")), file(&format!("{population}-{threads}")));
    if threads == 1 {
        let design = ["--subjects", "10", "--steps", "120", "--seed", "1", "--out", &data];
        study(&[&["simulate", "--population", population], &design[..]].concat()).unwrap();
    }
    let arguments = ["fit", "--population", population, "--data", &data, "--method", "laplace", "--quiet", "--out", &out];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| study(&arguments)).unwrap();
    let read = |name: &str| std::fs::read_to_string(Path::new(&out).join(name)).unwrap();
    let judged: serde_json::Value = serde_json::from_str(&read("diagnostics.json")).unwrap();
    (read("draws.csv"), judged["complaints"].to_string())
}

#[test]
fn hard_modes_are_found_whatever_the_number_of_threads() {
    let folder = std::env::temp_dir().join(format!("aif-modes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for population in ["Gamblers", "Fair"] {
        let (draws, complaints) = fitted(&folder, population, 1);
        assert_eq!(fitted(&folder, population, 3), (draws, complaints.clone()), "{population}");
        assert!(!complaints.contains("did not come to rest"), "{population}: {complaints}");
    }
    let _ = std::fs::remove_dir_all(&folder);
}
