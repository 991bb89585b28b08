//! Formulas of `model!`: what they are written out as, what their numbers are called, and that nothing differs from what is written by hand.

#[path = "../models/measured.rs"]
#[allow(dead_code)]
mod measured;

use aif::infer::results::{Fit, Group, fit_nuts, reduce, reduce_beside};
use aif::infer::sample::NutsOptions;
use aif::infer::{Design, Population, Role};
use aif::prelude::*;
use measured::{Measured, Points};

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Control,
    Talk,
    Drug,
}

model! {
    /// A formula with an interaction, and sites that differ.
    pub Short for Measured<T> {
        covariates(age: f64, patient: bool, arm: Arm);
        subject {
            mean ~ formula(1 + age * patient + arm + (1 + age | site), sd = HalfNormal(0.5), arm = Normal(0.0, 0.7));
            Measured { mean, spread: 0.5 }
        }
    }

    /// The same by hand.
    pub Long for Measured<T> {
        covariates(age: f64, patient: bool, arm: Arm);
        population {
            mean_intercept ~ Normal(0.0, 1.0);
            mean_age ~ Normal(0.0, 1.0);
            mean_patient ~ Normal(0.0, 1.0);
            mean_arm: [treatment(arm)] ~ Normal(0.0, 0.7);
            let mean_by_arm: [arm] = aif::infer::contrasts::treatment(mean_arm);
            let mean_pairs_arm: [pairs(arm)] = aif::infer::contrasts::pairs(mean_by_arm);
            mean_age_patient ~ Normal(0.0, 1.0);
            mean_site_sd: [["intercept", "age"]] ~ HalfNormal(1.0);
            mean_site_omega: [["intercept", "age"], ["intercept", "age"]] ~ LkjCholesky(2.0);
            let mean_site_correlation: [["intercept", "age"], ["intercept", "age"]] = correlations(mean_site_omega);
            mean_sd ~ HalfNormal(0.5);
        }
        plate site {
            mean_site: [["intercept", "age"]] ~ MultivariateNormal([0.0, 0.0], mean_site_sd, mean_site_omega);
        }
        subject {
            mean ~ Normal(
                mean_intercept + mean_age * age + mean_patient * patient + mean_by_arm[arm] + mean_age_patient * age * patient
                    + mean_site[0] + mean_site[1] * age,
                mean_sd
            );
            Measured { mean, spread: 0.5 }
        }
    }

    /// Each coding, crossed.
    pub Coded for Measured<T> {
        covariates(age: f64, patient: bool, arm: Arm, clinic: Arm);
        population {
            baseline ~ Normal(0.0, 3.0);
        }
        subject {
            mean ~ formula(
                1 + sum(arm) * treatment(clinic, Arm::Talk) + helmert(patient) + standardise(age) + standardise(age):sum(arm),
                intercept = Normal(baseline, 0.1), slopes = StudentT(3.0, 0.0, 1.0), arm:age = Normal(0.0, 0.2), sd = 0.3
            );
            spread ~ formula(0 + clinic + (1 | arm), sd = 0.1);
            Measured { mean, spread: exp(spread) }
        }
    }
}

model! {
    /// Data as a formula of a linear mixed model has them: one number each.
    pub Linear for Measured<T> {
        covariates(age: f64, patient: bool);
        subject {
            y ~ formula(1 + age * patient + (1 | site));
            Measured { mean: y, spread: 0.01 }
        }
    }

    /// What can be integrated by hand.
    pub Conjugate for Measured<T> {
        covariates(age: f64, patient: bool);
        subject {
            mean ~ formula(1 + age * patient, slopes = Normal(0.0, 0.8), sd = 0.6);
            Measured { mean, spread: 0.5 }
        }
    }
}

fn group<P>(people: usize) -> Group<P>
where
    P: Population<Record = Points, Options = ()>,
{
    let names = (0..people).map(|s| format!("s{s}")).collect();
    let sites = (0..people).map(|s| ["north", "south", "east"][s % 3].to_string()).collect();
    let covariates = (0..people).map(|s| vec![(s as f64 * 0.37).sin(), f64::from(s % 2 == 1), ((s / 2) % 3) as f64]).collect();
    let records = (0..people).map(|s| (0..6).map(|i| (vec![], (s as f64 * 1.3 + f64::from(i) * 2.1).cos())).collect()).collect();
    Group { design: Design::new(&P::META, names, &[sites], covariates).unwrap(), records, options: () }
}

#[test]
fn a_formula_is_what_would_be_written_by_hand_to_the_bit() {
    let options = NutsOptions { chains: 2, warmup: 100, draws: 50, seed: 4, ..NutsOptions::default() };
    let short = fit_nuts(&group::<Short>(12), options, &|| ()).unwrap();
    let long = fit_nuts(&group::<Long>(12), options, &|| ()).unwrap();
    let bits = |fit: &Fit| -> Vec<Vec<u64>> { fit.quantities.iter().map(|q| q.all().map(f64::to_bits).collect()).collect() };
    assert_eq!(bits(&short), bits(&long));
}

#[test]
fn numbers_are_called_by_their_terms() {
    let names = Short::META.labels();
    assert_eq!(
        names,
        [
            "mean[intercept]",
            "mean[age]",
            "mean[patient]",
            "mean[arm.Talk]",
            "mean[arm.Drug]",
            "mean_by_arm[Control]",
            "mean_by_arm[Talk]",
            "mean_by_arm[Drug]",
            "mean[arm: Talk - Control]",
            "mean[arm: Drug - Control]",
            "mean[arm: Drug - Talk]",
            "mean[age:patient]",
            "mean_site_sd[intercept]",
            "mean_site_sd[age]",
            "mean_site_omega[intercept,intercept]",
            "mean_site_omega[intercept,age]",
            "mean_site_omega[age,intercept]",
            "mean_site_omega[age,age]",
            "mean_site_correlation[intercept,intercept]",
            "mean_site_correlation[intercept,age]",
            "mean_site_correlation[age,intercept]",
            "mean_site_correlation[age,age]",
            "mean_sd",
            "mean_site[intercept]",
            "mean_site[age]",
            "mean",
        ]
    );
    assert_eq!(Short::META.levels.iter().map(|l| l.name).collect::<Vec<_>>(), ["population", "site", "subject"]);
    let names = Coded::META.labels();
    let slopes: Vec<&str> = names.iter().map(String::as_str).filter(|n| n.starts_with("mean[")).collect();
    let contrasts = ["mean[arm.Control]", "mean[arm.Talk]"];
    contrasts.iter().for_each(|c| assert!(slopes.contains(c), "{slopes:?}"));
    for name in ["mean[clinic.Drug]", "mean[patient.true]", "mean[age]", "mean[age:arm.Talk]", "mean[arm.Talk:clinic.Control]"] {
        assert!(slopes.contains(&name), "{name} of {slopes:?}");
    }
    let spread: Vec<&str> = names.iter().map(String::as_str).filter(|n| n.starts_with("spread")).collect();
    assert_eq!(
        spread,
        [
            "spread[clinic.Control]",
            "spread[clinic.Talk]",
            "spread[clinic.Drug]",
            "spread_arm_sd",
            "spread_arm[Control]",
            "spread_arm[Talk]",
            "spread_arm[Drug]",
            "spread"
        ]
    );
    let prior = |name: &str| Coded::META.parameters().find(|p| p.label(0) == name).map(|p| (p.prior, p.role));
    assert_eq!(prior("mean[intercept]"), Some(("~ Normal(baseline, 0.1), on the real line", Role::Drawn)));
    assert_eq!(prior("mean[age]"), Some(("~ StudentT(3.0, 0.0, 1.0), on the real line", Role::Drawn)));
    assert_eq!(prior("mean[age:arm.Control]"), Some(("~ Normal(0.0, 0.2), on the real line", Role::Drawn)));
}

#[test]
fn every_coding_adds_what_the_design_matrix_of_r_would() {
    // What a subject's mean is drawn around: the numbers of the group are given, and the spread around it is small.
    let meta = Coded::META;
    let labels = meta.labels();
    let set = |values: &mut Vec<f64>, name: &str, x: f64| {
        let at = labels.iter().position(|l| l == name).unwrap_or_else(|| panic!("{name} of {labels:?}"));
        values[at] = x;
    };
    struct Location;
    impl aif::infer::Draw<f64> for Location {
        fn draw<P: aif::infer::prior::Prior<f64>>(&mut self, _: P) -> f64 {
            f64::NAN
        }
        fn draw_located<P: aif::infer::prior::LocationScale<f64>>(&mut self, prior: P) -> f64 {
            prior.location()
        }
        fn draw_vector<P: aif::infer::prior::VectorPrior<f64>>(&mut self, _: P, _: &mut [f64]) {}
    }
    // The group's numbers: drawn ones are set, derived ones follow from a draw of the level with known values.
    let mut values = vec![0.0; labels.len()];
    let effects = [
        ("mean[intercept]", 0.5),
        ("mean[arm.Control]", 1.0),
        ("mean[arm.Talk]", 2.0),
        ("mean[clinic.Control]", 10.0),
        ("mean[clinic.Drug]", 20.0),
        ("mean[patient.true]", 3.0),
        ("mean[age]", 0.25),
        ("mean[age:arm.Control]", 100.0),
        ("mean[age:arm.Talk]", 200.0),
        ("mean[arm.Control:clinic.Control]", 1000.0),
        ("mean[arm.Control:clinic.Drug]", 2000.0),
        ("mean[arm.Talk:clinic.Control]", 3000.0),
        ("mean[arm.Talk:clinic.Drug]", 4000.0),
        ("spread[clinic.Drug]", -1.0),
        ("spread_arm[Talk]", 0.5),
    ];
    effects.iter().for_each(|(name, x)| set(&mut values, name, *x));
    let drawn: Vec<f64> = {
        let mut each = Vec::new();
        let mut at = 0;
        for parameter in meta.levels[0].parameters {
            if parameter.role == Role::Drawn {
                each.extend_from_slice(&values[at..at + parameter.len()]);
            }
            at += parameter.len();
        }
        each
    };
    Coded::draw(0, &mut values, &[], &mut aif::infer::Known::new(&drawn));
    let mut around = |age: f64, patient: f64, arm: f64, clinic: f64| {
        Coded::draw(1, &mut values, &[age, patient, arm, clinic], &mut Location);
        let at = labels.iter().position(|l| l == "mean").unwrap();
        (values[at], values[labels.len() - 1])
    };
    // Control (sum: 1, 0), Talk (0, 1), Drug (-1, -1); clinics against Talk; patients by Helmert: -1 and 1.
    assert_eq!(around(2.0, 0.0, 0.0, 1.0), (0.5 + 1.0 - 3.0 + 0.5 + 200.0, 0.0));
    assert_eq!(around(2.0, 1.0, 2.0, 2.0), (0.5 - 3.0 + 20.0 + 3.0 + 0.5 - 600.0 - 6000.0, -1.0));
    assert_eq!(around(0.0, 1.0, 1.0, 0.0), (0.5 + 2.0 + 10.0 + 3.0 + 3000.0, 0.5));
}

#[test]
fn what_a_formula_standardises_is_standardised_where_the_subjects_are_listed() {
    let covariates = |ages: [f64; 4]| ages.map(|age| vec![age, 0.0, 0.0, 1.0]).to_vec();
    let names = || (0..4).map(|s| s.to_string()).collect();
    let design = Design::new(&Coded::META, names(), &[], covariates([20.0, 30.0, 40.0, 50.0])).unwrap();
    let ages: Vec<f64> = design.covariates.iter().map(|own| own[0]).collect();
    assert!(ages.iter().sum::<f64>().abs() < 1e-12, "{ages:?}");
    assert!((ages.iter().map(|a| a * a).sum::<f64>() - 3.0).abs() < 1e-12, "{ages:?}");
    let error = Design::new(&Coded::META, names(), &[], covariates([20.0; 4])).unwrap_err();
    assert_eq!(error.to_string(), "the covariate age is standardised, and is the same for all subjects");
}

#[test]
fn a_linear_mixed_model_is_that_of_bambi() {
    let folder = format!("{}/../fixtures/formulas", env!("CARGO_MANIFEST_DIR"));
    let rows = |file: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(format!("{folder}/{file}")).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(String::from).collect()).collect()
    };
    let data = rows("gaussian.csv");
    let number = |row: &[String], at: usize| row[at].parse::<f64>().unwrap();
    let names = (0..data.len()).map(|s| s.to_string()).collect();
    let sites = data.iter().map(|row| row[2].clone()).collect();
    let covariates = data.iter().map(|row| vec![number(row, 0), number(row, 1)]).collect();
    let records = data.iter().map(|row| vec![(vec![], number(row, 3))]).collect();
    let group =
        Group::<Linear> { design: Design::new(&Linear::META, names, &[sites], covariates).unwrap(), records, options: () };
    let options = NutsOptions { chains: 4, warmup: 500, draws: 1500, seed: 2, ..NutsOptions::default() };
    let fit = fit_nuts(&group, options, &|| ()).unwrap();
    let mut compared = 0;
    for row in rows("bambi.csv") {
        let (mean, sd) = (number(&row, 1), number(&row, 2));
        let own = match row[0].as_str() {
            "sigma" => "y_sd".to_string(),
            "Intercept" => "y[intercept]".into(),
            "1|site_sigma" => "y_site_sd".into(),
            other if other.starts_with("1|site[") => {
                format!("y_site of site {}", other.trim_start_matches("1|site[").trim_end_matches(']'))
            }
            slope => format!("y[{slope}]"),
        };
        let q = fit.quantities.iter().find(|q| fit.label(q) == own).unwrap_or_else(|| panic!("{own}"));
        // Both are means of draws: five of their standard errors, bambi's of about 10,000 effective draws.
        let error = 5.0 * (q.summary.sd / q.summary.ess_bulk.sqrt() + sd / 80.0);
        assert!((q.summary.mean - mean).abs() < error, "{own}: {} +- {error} and {mean}", q.summary.mean);
        assert!((q.summary.sd / sd - 1.0).abs() < 0.12, "{own}: {} and {sd}", q.summary.sd);
        compared += 1;
    }
    assert_eq!(compared, 12);
}

/// The log-density of means of six measurements under slopes that are integrated out, those in use only.
fn log_evidence(covariates: &[Vec<f64>], means: &[f64], in_use: [bool; 4]) -> f64 {
    let n = means.len();
    let rows: Vec<[f64; 4]> = covariates.iter().map(|c| [1.0, c[0], c[1], c[0] * c[1]]).collect();
    let variances = [1.0, 0.64, 0.64, 0.64];
    let mut covariance = nalgebra::DMatrix::from_fn(n, n, |i, j| {
        (0..4).filter(|&k| in_use[k]).map(|k| variances[k] * rows[i][k] * rows[j][k]).sum::<f64>()
    });
    (0..n).for_each(|i| covariance[(i, i)] += 0.36 + 0.25 / 6.0);
    let factor = covariance.cholesky().unwrap();
    let y = nalgebra::DVector::from_row_slice(means);
    let square = y.dot(&factor.solve(&y));
    let ln_determinant: f64 = factor.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum();
    -0.5 * (square + ln_determinant)
}

#[test]
fn reduced_models_have_the_evidence_and_the_posterior_of_their_own_fits() {
    let people = 40;
    let names = (0..people).map(|s| format!("s{s}")).collect();
    let covariates: Vec<Vec<f64>> = (0..people).map(|s| vec![(s as f64 * 0.71).sin() * 1.5, f64::from(s % 2 == 1)]).collect();
    let noise = |s: usize, i: usize| ((s * 7919 + i * 104_729) % 1000) as f64 / 500.0 - 1.0;
    let records: Vec<Points> = (0..people)
        .map(|s| {
            let mean = 0.3 + 0.9 * covariates[s][0] - 0.1 * covariates[s][1] + 0.8 * noise(s, 99);
            (0..6).map(|i| (vec![], mean + 0.7 * noise(s, i))).collect()
        })
        .collect();
    let means: Vec<f64> = records.iter().map(|r| r.iter().map(|(_, y)| y / 6.0).sum()).collect();
    let design = Design::new(&Conjugate::META, names, &[], covariates.clone()).unwrap();
    let group = Group::<Conjugate> { design, records, options: () };
    let options = NutsOptions { chains: 4, warmup: 500, draws: 1000, seed: 3, ..NutsOptions::default() };
    let fit = fit_nuts(&group, options, &|| ()).unwrap();
    let drop = ["mean[patient]", "mean[age:patient]", "mean[intercept]"];
    let without_data = reduce::<Conjugate>(&fit, &drop).unwrap();
    let found = reduce_beside::<Conjugate>(&fit, &drop, &group, &|| ()).unwrap();
    assert_eq!(found.models.len(), 8);
    assert!(without_data.evidence.is_none() && without_data.models.iter().all(|m| m.bridge.is_none()));
    // What six measurements say beside their mean, and the constants of 40 means.
    let variance = 0.25f64;
    let ln_two_pi = (2.0 * std::f64::consts::PI).ln();
    let beside: f64 = group
        .records
        .iter()
        .zip(&means)
        .map(|(r, m)| {
            let square: f64 = r.iter().map(|(_, y)| (y - m).powi(2)).sum();
            -3.0 * (ln_two_pi + variance.ln()) - 0.5 * square / variance + 0.5 * (ln_two_pi + (variance / 6.0).ln())
        })
        .sum::<f64>()
        - 0.5 * people as f64 * ln_two_pi;
    let full = log_evidence(&covariates, &means, [true; 4]);
    let evidence = found.evidence.unwrap();
    println!("evidence {:.4} +- {:.4}, exact {:.4}", evidence.ln_integral, evidence.error, full + beside);
    assert!((evidence.ln_integral - full - beside).abs() < 4.0 * evidence.error && evidence.error < 0.06, "{evidence:?}");
    for model in &found.models {
        let out = |name: &str| model.without.iter().any(|n| n == name);
        let in_use = [!out("mean[intercept]"), true, !out("mean[patient]"), !out("mean[age:patient]")];
        let exact = log_evidence(&covariates, &means, in_use) - full;
        println!(
            "{:?}: {:.4} +- {:.4}, normal {:.4}, exact {exact:.4}, k {:.2}",
            model.without, model.gain, model.error, model.normal, model.pareto_k
        );
        let bridge = model.bridge.unwrap();
        println!("    bridge {:.4} +- {:.4}", bridge.ln_integral, bridge.error);
        assert!((bridge.ln_integral - exact).abs() < 5.0 * bridge.error + 1e-9 && bridge.error < 0.1, "{model:?}");
        assert!((model.gain - exact).abs() < 5.0 * model.error + 0.01, "{:?}: {} and {exact}", model.without, model.gain);
        assert!((model.normal - exact).abs() < 0.3, "{:?}: {} and {exact}", model.without, model.normal);
    }
    assert!((found.models.iter().map(|m| m.probability).sum::<f64>() - 1.0).abs() < 1e-12);
    let error = reduce::<Conjugate>(&fit, &["mean[aeg]"]).unwrap_err().to_string();
    assert_eq!(
        error,
        "the group has no number `mean[aeg]` that is drawn: it has mean[intercept], mean[age], mean[patient], mean[age:patient]"
    );
    let error = reduce::<Conjugate>(&fit, &["mean[age]", "mean[age]"]).unwrap_err();
    assert_eq!(error.to_string(), "`mean[age]` is dropped twice");
}
