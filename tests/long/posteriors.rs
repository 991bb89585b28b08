//! Posteriors that are known otherwise: conjugate models, eight schools in both parameterisations, a logistic regression; and what the
//! whole language of populations means, number by number.

#[path = "../models/measured.rs"]
mod measured;

use aif::infer::fit::{Method, Plan};
use aif::infer::laplace::{LaplaceOptions, laplace};
use aif::infer::results::{Fit, Group, fit_with};
use aif::infer::sample::{NutsOptions, NutsStart};
use aif::infer::svi::{Guide, SviOptions};
use aif::infer::{Design, Population, Posterior, Target, Units};
use aif::prelude::*;
use measured::{Binary, Measured, Points};

model! {
    /// One mean under a normal prior, known spread: conjugate.
    Conjugate for Measured<T> {
        subject {
            mean ~ Normal(1.0, 2.0);
            Measured { mean, spread: 0.5 }
        }
    }

    /// Rubin's eight schools, non-centred.
    Schools for Measured<T> {
        covariates(error: f64);
        population {
            mu ~ Normal(0.0, 5.0);
            tau ~ HalfCauchy(5.0);
        }
        subject {
            theta ~ Normal(mu, tau);
            Measured { mean: theta, spread: error }
        }
    }

    /// The same, centred.
    CentredSchools for Measured<T> {
        covariates(error: f64);
        population {
            mu ~ Normal(0.0, 5.0);
            tau ~ HalfCauchy(5.0);
        }
        subject {
            #[centred]
            theta ~ Normal(mu, tau);
            Measured { mean: theta, spread: error }
        }
    }

    /// The same, between the two.
    PartlySchools for Measured<T> {
        covariates(error: f64);
        population {
            mu ~ Normal(0.0, 5.0);
            tau ~ HalfCauchy(5.0);
        }
        subject {
            #[centred(0.4)]
            theta ~ Normal(mu, tau);
            Measured { mean: theta, spread: error }
        }
    }

    /// A logistic regression.
    Regression for Binary<T> {
        subject {
            w: [3] ~ Normal(0.0, 2.0);
            Binary { intercept: w[0], slopes: [w[1], w[2]] }
        }
    }

    /// A normal hierarchy with everything conjugate but one scale: subjects within sites within a group.
    Nested for Measured<T> {
        population {
            mu ~ Normal(0.0, 2.0);
        }
        plate site {
            shift ~ Normal(mu, 0.7);
        }
        subject {
            own ~ Normal(shift, 0.5);
            Measured { mean: own, spread: 0.8 }
        }
    }

    /// Sessions of subjects.
    Sessions for Measured<T> {
        population {
            mu ~ Normal(0.0, 2.0);
        }
        subject {
            own ~ Normal(mu, 0.9);
        }
        plate session {
            today ~ Normal(own, 0.4);
            Measured { mean: today, spread: 0.6 }
        }
    }
}

fn points(y: &[f64]) -> Points {
    y.iter().map(|&y| (vec![], y)).collect()
}

fn nuts(warmup: usize, draws: usize) -> Method {
    Method::Nuts(NutsOptions { chains: 4, warmup, draws, ..NutsOptions::default() })
}

/// Mean and standard deviation of a number, within so many Monte-Carlo standard errors of what they should be.
fn agrees(fit: &Fit, name: &str, subject: Option<usize>, mean: f64, sd: f64) {
    let s = fit.quantity(name, subject).unwrap_or_else(|| panic!("no {name}")).summary;
    assert!(
        (s.mean - mean).abs() < 4.5 * s.mcse_mean + 1e-3 * sd,
        "{name} {subject:?}: mean {} is not {mean} (+- {})",
        s.mean,
        s.mcse_mean
    );
    assert!((s.sd - sd).abs() < 4.5 * s.mcse_sd + 2e-3 * sd, "{name} {subject:?}: sd {} is not {sd} (+- {})", s.sd, s.mcse_sd);
}

fn group<P: Population<Record = Points, Options = ()>>(records: Vec<Points>) -> Group<P> {
    Group::new((0..records.len()).map(|s| s.to_string()).collect(), records, ()).unwrap()
}

#[test]
fn a_conjugate_posterior_is_exact_by_every_method() {
    let y = [0.3, 1.1, -0.2, 0.8];
    let (prior, data) = (1.0 / 4.0, 4.0 / 0.25);
    let mean = (prior * 1.0 + 2.0 / 0.25) / (prior + data);
    let sd = (1.0f64 / (prior + data)).sqrt();
    let group = group::<Conjugate>(vec![points(&y)]);
    for method in [
        nuts(300, 1000),
        Method::Svi(SviOptions::default()),
        Method::Laplace(LaplaceOptions { draws: 4000, ..LaplaceOptions::default() }),
    ] {
        let fit = fit_with(&group, method, &Plan::default()).unwrap();
        agrees(&fit, "mean", Some(0), mean, sd);
        // The evidence: y is jointly normal with covariance 0.25 I + 4 J around 1.
        let r: Vec<f64> = y.iter().map(|y| y - 1.0).collect();
        let (n, s, t) = (4.0, 0.25f64, 4.0f64);
        let total: f64 = r.iter().sum();
        let quadratic = (r.iter().map(|x| x * x).sum::<f64>() - total * total * t / (s + n * t)) / s;
        let evidence = -0.5 * (quadratic + 3.0 * s.ln() + (s + n * t).ln() + n * (2.0 * std::f64::consts::PI).ln());
        let found = fit.pieces[0].evidence.unwrap();
        assert!((found.laplace - evidence).abs() < 1e-8, "{found:?} {evidence}");
        assert!((found.importance - evidence).abs() < 0.06 && found.pareto_k <= 0.7, "{found:?} {evidence}");
    }
}

const SCHOOLS: [(f64, f64); 8] =
    [(28.0, 15.0), (8.0, 10.0), (-3.0, 16.0), (7.0, 11.0), (-1.0, 9.0), (1.0, 11.0), (18.0, 10.0), (12.0, 18.0)];

fn schools<P: Population<Record = Points, Options = ()>>() -> Group<P> {
    let names: Vec<String> = (0..8).map(|s| s.to_string()).collect();
    let covariates = SCHOOLS.iter().map(|(_, error)| vec![*error]).collect();
    let design = Design::new(&P::META, names, &[], covariates).unwrap();
    Group { design, records: SCHOOLS.iter().map(|(y, _)| points(&[*y])).collect(), options: () }
}

/// Posterior moments of the eight schools by integration: given (mu, tau) the effects are conjugate, so that two dimensions are left.
fn schools_by_integration() -> ([f64; 2], [f64; 2], Vec<[f64; 2]>) {
    let (mut total, mut sums) = (0.0, [0.0; 4]);
    let mut effects = [[0.0f64; 2]; 8];
    for i in 0..800 {
        let tau = 1e-4 + 60.0 * (f64::from(i) + 0.5) / 800.0;
        for j in 0..400 {
            let mu = -20.0 + 50.0 * (f64::from(j) + 0.5) / 400.0;
            let mut ln = -0.5 * (mu / 5.0f64).powi(2) - (1.0 + (tau / 5.0f64).powi(2)).ln();
            for (y, e) in SCHOOLS {
                let v = e * e + tau * tau;
                ln -= 0.5 * ((y - mu).powi(2) / v + v.ln());
            }
            let w = ln.exp();
            total += w;
            for (s, x) in sums.iter_mut().zip([mu, mu * mu, tau, tau * tau]) {
                *s += w * x;
            }
            for (effect, (y, e)) in effects.iter_mut().zip(SCHOOLS) {
                let precision = 1.0 / (e * e) + 1.0 / (tau * tau);
                let mean = (y / (e * e) + mu / (tau * tau)) / precision;
                effect[0] += w * mean;
                effect[1] += w * (mean * mean + 1.0 / precision);
            }
        }
    }
    let moments = |m: f64, s: f64| [m / total, (s / total - (m / total).powi(2)).sqrt()];
    let effects = effects.iter().map(|e| moments(e[0], e[1])).collect();
    (moments(sums[0], sums[1]), moments(sums[2], sums[3]), effects)
}

#[test]
fn eight_schools_agree_with_integration_however_they_are_centred() {
    let (mu, tau, effects) = schools_by_integration();
    let careful = NutsOptions { chains: 4, warmup: 1000, draws: 3000, target_accept: 0.95, ..NutsOptions::default() };
    let check = |fit: &Fit| {
        agrees(fit, "mu", None, mu[0], mu[1]);
        agrees(fit, "tau", None, tau[0], tau[1]);
        for (s, effect) in effects.iter().enumerate() {
            agrees(fit, "theta", Some(s), effect[0], effect[1]);
        }
    };
    let fit = fit_with(&schools::<Schools>(), Method::Nuts(careful), &Plan::default()).unwrap();
    check(&fit);
    check(&fit_with(&schools::<PartlySchools>(), Method::Nuts(careful), &Plan::default()).unwrap());
    // From Laplace's approximation, in its coordinates.
    let started = NutsOptions { start: NutsStart::Laplace, ..careful };
    check(&fit_with(&schools::<Schools>(), Method::Nuts(started), &Plan::default()).unwrap());
    // Centred, the funnel shows, and the fit says so: it is explored with care, and either rightly or not to be believed.
    let centred = NutsOptions { target_accept: 0.8, warmup: 400, draws: 600, ..careful };
    let fit = fit_with(&schools::<CentredSchools>(), Method::Nuts(centred), &Plan::default()).unwrap();
    let said = [fit.remarks(), fit.complaints()].concat().join(" ");
    assert!(said.contains("tau") || said.contains("diverge"), "{said}");
    let found = fit.quantity("tau", None).unwrap().summary.mean;
    assert!(!fit.complaints().is_empty() || (found - tau[0]).abs() < 0.2 * tau[1], "{found} is not {}", tau[0]);
    // Left alone, it diverges, and the fit says so.
    let alone = NutsOptions { start: NutsStart::Origin, ..centred };
    let fit = fit_with(&schools::<CentredSchools>(), Method::Nuts(alone), &Plan::default()).unwrap();
    assert!(fit.overall().divergences > 0);
    assert!(fit.complaints().join(" ").contains("diverged"), "{:?}", fit.complaints());
    let theta = fit.quantity("theta", Some(0)).unwrap().summary;
    assert!((theta.mean - effects[0][0]).abs() < 1.5);
}

#[test]
fn a_logistic_regression_agrees_with_integration() {
    let x = [(-1.2, 0.3), (0.4, -0.8), (1.5, 0.9), (0.1, 1.4), (-0.6, -1.1), (0.9, 0.2), (-1.8, 1.0), (2.1, -0.4)];
    let y = [0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0];
    let record: Points = x.iter().zip(y).map(|(&(a, b), y)| (vec![a, b], y)).collect();
    // Riemann sums over a cube.
    let (n, half) = (90, 9.0);
    let at = |i: usize| -half + 2.0 * half * (i as f64 + 0.5) / n as f64;
    let (mut total, mut sums) = (0.0, [0.0; 6]);
    for i in 0..n {
        for j in 0..n {
            for k in 0..n {
                let w = [at(i), at(j), at(k)];
                let mut ln = -w.iter().map(|w| w * w).sum::<f64>() / 8.0;
                for (x, y) in &record {
                    let z = w[0] + w[1] * x[0] + w[2] * x[1];
                    ln -= if *y > 0.5 { (-z).exp().ln_1p() } else { z.exp().ln_1p() };
                }
                let p = ln.exp();
                total += p;
                for m in 0..3 {
                    sums[2 * m] += p * w[m];
                    sums[2 * m + 1] += p * w[m] * w[m];
                }
            }
        }
    }
    let fit = fit_with(&group::<Regression>(vec![record]), nuts(500, 3000), &Plan::default()).unwrap();
    for m in 0..3 {
        let mean = sums[2 * m] / total;
        agrees(&fit, &format!("w[{m}]"), Some(0), mean, (sums[2 * m + 1] / total - mean * mean).sqrt());
    }
}

/// The exact posterior of a normal hierarchy: the mode and curvature of its log-density, which is quadratic.
fn exact_moments(target: &dyn Target) -> (Vec<f64>, Vec<f64>) {
    let layout = target.layout();
    let at = vec![0.0; target.dimension()];
    let curvature = target.curvature(&at).unwrap();
    let factored = curvature.factor(layout, 0, 0.0).unwrap();
    let mut mode = curvature.gradient.clone();
    factored.solve(layout, &mut mode);
    (mode, factored.variances(layout))
}

fn nested() -> Group<Nested> {
    let names: Vec<String> = (0..9).map(|s| format!("s{s}")).collect();
    let sites: Vec<String> = (0..9).map(|s| ["Rome", "Oslo", "Kyiv"][s % 3].to_string()).collect();
    let design = Design::new(&Nested::META, names, &[sites], vec![vec![]; 9]).unwrap();
    let records = (0..9).map(|s| points(&[0.1 * s as f64, 0.5 - 0.2 * (s % 3) as f64, 1.0])).collect();
    Group { design, records, options: () }
}

fn sessions() -> Group<Sessions> {
    let names: Vec<String> = (0..4).map(|s| format!("s{s}")).collect();
    let units = Units { names: (0..8).map(|u| (u % 2).to_string()).collect(), parents: (0..8).map(|u| u / 2).collect() };
    let design = Design::simple(&Sessions::META, names).unwrap().with_sessions(units);
    let records = (0..8).map(|u| points(&[0.3 * f64::from(u), 0.1, -0.2 * f64::from(u % 3)])).collect();
    Group { design, records, options: () }
}

/// Dense linear algebra on the Hessian by differences of the gradient, as a check on the structured one.
fn dense_moments(target: &dyn Target) -> (Vec<f64>, Vec<f64>) {
    let d = target.dimension();
    let gradient = |x: &[f64]| {
        let mut g = vec![0.0; d];
        target.ln_density(x, &mut g).unwrap();
        g
    };
    let zero = gradient(&vec![0.0; d]);
    // Gauss-Jordan elimination of [precision | gradient | identity]; a quadratic density has exact differences.
    let mut rows: Vec<Vec<f64>> = (0..d)
        .map(|i| {
            let mut x = vec![0.0; d];
            x[i] = 1.0;
            let moved = gradient(&x);
            let mut row: Vec<f64> = zero.iter().zip(&moved).map(|(a, b)| a - b).collect();
            row.push(zero[i]);
            row.extend((0..d).map(|j| f64::from(u8::from(i == j))));
            row
        })
        .collect();
    for i in 0..d {
        let pivot = rows[i][i];
        rows[i].iter_mut().for_each(|x| *x /= pivot);
        for k in (0..d).filter(|&k| k != i) {
            let (factor, own) = (rows[k][i], rows[i].clone());
            rows[k].iter_mut().zip(own).for_each(|(x, o)| *x -= factor * o);
        }
    }
    ((0..d).map(|i| rows[i][d]).collect(), (0..d).map(|i| rows[i][d + 1 + i]).collect())
}

#[test]
fn plates_and_sessions_are_normal_hierarchies_solved_exactly() {
    let (nested, sessions) = (nested(), sessions());
    let targets: [Box<dyn Target + '_>; 2] =
        [Box::new(Posterior::<Nested>::of(&nested, None)), Box::new(Posterior::<Sessions>::of(&sessions, None).parallel(true))];
    for target in &targets {
        let ((mode, variance), (dense_mode, dense_variance)) = (exact_moments(target.as_ref()), dense_moments(target.as_ref()));
        for i in 0..mode.len() {
            assert!((mode[i] - dense_mode[i]).abs() < 1e-9, "{i}: {} {}", mode[i], dense_mode[i]);
            assert!((variance[i] - dense_variance[i]).abs() < 1e-9, "{i}: {} {}", variance[i], dense_variance[i]);
        }
        // Laplace's method is exact here, evidence included: the same by whichever way the group is integrated out.
        let found = laplace(target.as_ref(), &LaplaceOptions::default()).unwrap();
        let all = target.curvature(&dense_mode).unwrap();
        let factored = all.factor(target.layout(), 0, 0.0).unwrap();
        let d = target.dimension() as f64;
        let evidence = all.value + 0.5 * d * (2.0 * std::f64::consts::PI).ln() - 0.5 * factored.ln_determinant;
        assert!((found.log_evidence - evidence).abs() < 1e-6, "{} {evidence}", found.log_evidence);
    }
    // What NUTS finds is the same; a site's and a session's numbers are reported by name.
    let fit = fit_with(&nested, nuts(500, 2000), &Plan::default()).unwrap();
    let target = &targets[0];
    let (mode, variance) = exact_moments(target.as_ref());
    agrees(&fit, "mu", None, mode[0], variance[0].sqrt());
    let shift = fit.quantities.iter().find(|q| q.name == "shift" && fit.label(q) == "shift of site Oslo").unwrap();
    let expected = target.constrain(&mode)[2];
    assert!((shift.summary.mean - expected).abs() < 5.0 * shift.summary.mcse_mean, "{} {expected}", shift.summary.mean);
    let fit = fit_with(&sessions, nuts(500, 1000), &Plan::default()).unwrap();
    assert!(fit.quantities.iter().any(|q| fit.label(q) == "today of subject s3, session 1"));
}

#[test]
fn every_guide_finds_a_normal_posterior() {
    let nested = nested();
    let target = Posterior::<Nested>::of(&nested, None);
    let (mode, variance) = exact_moments(&target);
    for guide in [Guide::MeanField, Guide::Blocks, Guide::Skewed, Guide::FullRank] {
        let options = SviOptions {
            guide: Some(guide),
            steps: 2000,
            tolerance: 0.0,
            start: aif::infer::svi::SviStart::Origin,
            ..SviOptions::default()
        };
        let fit = fit_with(&nested, Method::Svi(options), &Plan::default()).unwrap();
        let bound = fit.pieces[0].bound.as_ref().unwrap();
        for i in 0..mode.len() {
            let off = (bound.mean[i] - mode[i]).abs() / variance[i].sqrt();
            assert!(off < 0.15, "{guide:?} {i}: {} {}", bound.mean[i], mode[i]);
            if guide == Guide::FullRank {
                assert!(
                    (bound.sd[i] / variance[i].sqrt() - 1.0).abs() < 0.1,
                    "{guide:?} {i}: {} {}",
                    bound.sd[i],
                    variance[i].sqrt()
                );
            } else {
                // Without the correlations the best guide is narrower than the posterior.
                assert!(bound.sd[i] < 1.1 * variance[i].sqrt());
            }
        }
        let evidence = laplace(&target, &LaplaceOptions::default()).unwrap().log_evidence;
        let gap = evidence - bound.elbo;
        let most = if guide == Guide::FullRank { 0.05 } else { 5.0 };
        assert!(gap > -4.0 * bound.elbo_se - 1e-3 && gap < most, "{guide:?}: {gap}");
    }
}
