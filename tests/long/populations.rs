//! The whole language of populations: vectors, correlated effects, covariates, plates, sessions, conditions, links, supports; gradients and
//! Hessians of all of it against finite differences.

#[path = "../models/days.rs"]
mod days;
#[path = "../models/differences.rs"]
mod differences;
#[path = "../models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use aif::infer::data::{DataOptions, RawTable};
use aif::infer::results::{Group, fit_nuts};
use aif::infer::sample::NutsOptions;
use aif::infer::score::{History, Lessons, RecordedBlock, RecordedRow};
use aif::infer::study::StudyBehaviour;
use aif::infer::{Design, Members, Population, Posterior, Role, Target, Units};
use aif::learners::LearningModel;
use aif::measure::Softmax;
use aif::prelude::*;
use days::Days;
use differences::derivatives;
use tmaze::TMaze;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Patients,
    Controls,
    Relatives,
}

model! {
    /// Correlated subject effects, regressed on covariates, with unlike groups and a lapse.
    pub Whole for TMaze<T> {
        covariates(age: f64, patient: bool, arm: Arm);
        population {
            mu: [2] ~ Normal(0.0, 1.0);
            sigma: [2] ~ HalfNormal(1.0);
            omega: [2, 2] ~ LkjCholesky(2.0);
            slope ~ Normal(0.0, 0.5);
            offset[arm] ~ Normal(0.0, 0.3);
            let correlation: [2, 2] = correlations(omega);
            let spread: [2] = sigma * 2.0;
        }
        plate site {
            shift ~ Normal(0.0, 0.3);
        }
        subject {
            let location: [2] = [mu[0] + slope * age + 0.2 * patient + offset[arm] + shift, mu[1] - offset[arm] * 0.1];
            z: [2] ~ MultivariateNormal([mu[0] + slope * age + offset[arm] + shift, mu[1]], sigma, omega);
            slip ~ Beta(1.0, 20.0);
            lapse = 0.5 * slip;
            policy_precision = exp(0.3 * z[1]);
            TMaze { reward_probability: 0.5 + 0.5 * phi(z[0]), preference: 1.2 }
        }
    }

    /// Priors that the field's fitting tool offers, truncated and mixed ones, a simplex and ordered numbers.
    pub Priors for Worth<T> {
        population {
            tau: [2] ~ Gamma(2.0, 2.0);
            let sigma: [2] = 1.0 / sqrt(tau);
            mu: [2] ~ Normal(0.0, 0.5 * sigma);
            global ~ HalfCauchy(0.3);
            local: [2] ~ HalfCauchy(1.0);
            slab ~ InverseGamma(2.0, 2.0);
            let shrunk: [2] = horseshoe_scale(global, local, slab);
            effect: [2] ~ Normal(0.0, shrunk);
            weights: [3] ~ Dirichlet([1.0, 2.0, 3.0]);
            cuts: [3] ~ Normal(0.0, 1.5).ordered();
            rate ~ Normal(1.0, 0.5).truncated(0.2, 3.0);
            kind ~ Mixture([0.4, 0.6], [Normal(-1.0, 0.3), Normal(1.0, 0.5)]);
            floor ~ Normal(0.0, 1.0).above(0.1);
            mixed ~ Mixture(weights, [Normal(0.0, 1.0), StudentT(4.0, 0.0, 1.0), Cauchy(0.0, 1.0)]);
        }
        subject {
            x: [2] ~ Normal(mu + effect, sigma);
            #[centred(0.3)]
            y ~ Normal(kind + cuts[1] * 0.1, rate);
            tail ~ LogNormal(0.1 * mixed, floor);
            Worth {
                rate: logistic(x[0] + 0.1 * y + weights[2]),
                strictness: 1.0 + 0.1 * tail + 0.1 * x[1] * x[1],
            }
        }
    }
}

/// Learns what each answer is worth; compiled much faster than an agent.
#[derive(Clone, Copy, Debug)]
pub struct Worth<T> {
    pub rate: T,
    pub strictness: T,
}

#[learner(observations(reward: f64), actions(choose: bool))]
impl<T: Real> Worth<T> {
    #[state(initial = [0.0, 0.0])]
    fn value(&self, mut value: [T; 2], choose: bool, reward: T) -> [T; 2] {
        let error = reward - value[choose.index()];
        value[choose.index()] += self.rate * error;
        value
    }
    #[response]
    fn choose(&self, value: [T; 2]) -> Softmax<bool, T> {
        Softmax::by(|answer: bool| self.strictness * value[answer.index()])
    }
}

fn records(count: usize) -> Vec<History> {
    let path = format!("{}/../fixtures/tmaze_50x20x5.csv", env!("CARGO_MANIFEST_DIR"));
    let table = RawTable::open(std::path::Path::new(&path)).unwrap();
    <Pomdp<TMaze<f64>> as StudyBehaviour>::read(&[table], &DataOptions::default(), false)
        .unwrap()
        .records
        .into_iter()
        .take(count)
        .collect()
}

/// Choices and what they paid, of two subjects.
fn lessons() -> [Lessons; 2] {
    [0, 3].map(|shift| {
        let row = |t: usize| RecordedRow {
            observations: vec![Some(((t * 7 + shift) % 5) as f64 / 4.0)],
            responses: vec![Some(((t * 3 + shift) % 4 / 2) as f64)],
            ..RecordedRow::default()
        };
        let block = RecordedBlock { name: "1".into(), rows: (0..30).map(row).collect(), ..RecordedBlock::default() };
        Lessons::new(&<Worth<f64> as LearningModel<f64>>::META, vec![block]).unwrap()
    })
}

fn whole() -> Group<Whole> {
    let names: Vec<String> = (0..4).map(|s| s.to_string()).collect();
    let sites = ["a", "b", "a", "b"].map(String::from).to_vec();
    let covariates = (0..4).map(|s| vec![0.4 * f64::from(s) - 0.5, f64::from(s % 2), f64::from(s % 3)]).collect();
    let design = Design::new(&Whole::META, names, &[sites], covariates).unwrap();
    Group { design, records: records(4), options: AgentOptions::default() }
}

fn days() -> Group<Days> {
    let names: Vec<String> = (0..2).map(|s| s.to_string()).collect();
    let units = Units { names: ["1", "2", "1", "2"].map(String::from).to_vec(), parents: vec![0, 0, 1, 1] };
    let design = Design::simple(&Days::META, names).unwrap().with_sessions(units);
    Group { design, records: records(4), options: AgentOptions::default() }
}

/// How determinants change, by third derivatives, against differences of them: along single coordinates, and along a path that units follow.
fn determinants(target: &dyn Target, from: usize, scale: f64) {
    let (layout, d) = (target.layout(), target.dimension());
    let at: Vec<f64> = (0..d).map(|i| scale * (((i * 37 + 11) % 17) as f64 / 17.0 - 0.5)).collect();
    let factored = target.curvature(&at).unwrap().factor(layout, from, 0.0).unwrap();
    let mut directions: Vec<Vec<f64>> = (0..d).map(|k| (0..d).map(|i| f64::from(u8::from(i == k))).collect()).collect();
    let mut path = vec![0.0; d];
    path[0] = 1.0;
    factored.follow(layout, &mut path);
    directions.push(path);
    let slopes = target.determinant_slopes(&at, from, &directions).unwrap();
    for (direction, slope) in directions.iter().zip(slopes) {
        let moved = |by: f64| {
            let x: Vec<f64> = at.iter().zip(direction).map(|(x, d)| x + by * d).collect();
            target.curvature(&x).unwrap().factor(layout, from, 0.0).unwrap().ln_determinant
        };
        let h = 5e-4;
        let near = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
        assert!((slope - near).abs() < 1e-6 * (1.0 + near.abs()), "along {direction:?}: {slope} {near}");
    }
}

#[test]
fn determinants_change_as_third_derivatives_say() {
    let (group, days) = (whole(), days());
    determinants(&Posterior::<Whole>::of(&group, None), 1, 0.6);
    determinants(&Posterior::<Whole>::of(&group, None).parallel(true), 0, 0.3);
    determinants(&Posterior::<Days>::of(&days, None), 1, 1.0);
    let own = lessons();
    let flat = Posterior::<Priors>::new(own.iter().collect(), &()).unwrap();
    let refused = flat.determinant_slopes(&vec![0.1; flat.layout().dimension()], 0, &[]).unwrap_err();
    assert_eq!(refused.to_string(), "third derivatives are those of populations with a level between the group and its units");
}

#[test]
fn gradients_and_hessians_of_the_whole_language_match_finite_differences() {
    let group = whole();
    derivatives(&Posterior::<Whole>::of(&group, None), 1.0);
    derivatives(&Posterior::<Whole>::of(&group, None).parallel(true), 0.3);
    let own = lessons();
    derivatives(&Posterior::<Priors>::new(own.iter().collect(), &()).unwrap(), 0.8);
    let days = days();
    derivatives(&Posterior::<Days>::of(&days, None), 1.0);
}

#[test]
fn a_declaration_knows_its_names_shapes_and_supports() {
    let meta = Whole::META;
    let levels: Vec<&str> = meta.levels.iter().map(|l| l.name).collect();
    assert_eq!(levels, ["population", "site", "subject"]);
    assert!(!meta.flat() && !meta.has_sessions() && meta.subject_level == 2);
    let labels = meta.labels();
    for label in
        ["mu[1]", "omega[1,0]", "offset[Relatives]", "correlation[0,1]", "spread[0]", "shift", "z[1]", "slip", "location[0]"]
    {
        assert!(labels.contains(&label.to_string()), "{label} is not in {labels:?}");
    }
    let omega = meta.parameters().find(|p| p.name == "omega").unwrap();
    assert_eq!((omega.len(), omega.coordinates, omega.role), (4, 1, Role::Drawn));
    assert_eq!(omega.prior, "~ LkjCholesky(2.0), on the Cholesky factors of correlation matrices");
    let offset = meta.parameters().find(|p| p.name == "offset").unwrap();
    assert_eq!(offset.dimensions[0].name, "arm");
    // Typed structs of fixed size.
    let subject = WholeSubject { location: [0.1, 0.2], z: [0.3, 0.4], slip: 0.05 };
    let mut numbers = [0.0; 5];
    subject.write(&mut numbers);
    assert_eq!(numbers, [0.1, 0.2, 0.3, 0.4, 0.05]);
    assert_eq!(<WholeSubject<f64> as Members<f64>>::read(&numbers), subject);
    assert_eq!(WholeSite { shift: 1.0 }.shift, 1.0);
    let stored = serde_json::to_string(&subject).unwrap();
    assert_eq!(serde_json::from_str::<WholeSubject<f64>>(&stored).unwrap(), subject);
    let meta = Priors::META;
    let prior = |name: &str| meta.parameters().find(|p| p.name == name).unwrap().prior;
    assert_eq!(prior("rate"), "~ Normal(1.0, 0.5).truncated(0.2, 3.0), on the numbers between 0.2 and 3.0");
    assert_eq!(prior("floor"), "~ Normal(0.0, 1.0).above(0.1), on the numbers above 0.1");
    assert_eq!(prior("weights"), "~ Dirichlet([1.0, 2.0, 3.0]), on the simplex");
    let cuts = meta.parameters().find(|p| p.name == "cuts").unwrap();
    assert_eq!((cuts.len(), cuts.coordinates), (3, 3));
    assert_eq!(meta.parameters().find(|p| p.name == "weights").unwrap().coordinates, 2);
}

#[test]
fn designs_that_do_not_fit_are_refused() {
    let names = vec!["a".to_string(), "b".to_string()];
    let sites = vec![vec!["x".to_string(), "y".to_string()]];
    let good = vec![vec![0.1, 1.0, 2.0], vec![0.2, 0.0, 0.0]];
    assert!(Design::new(&Whole::META, names.clone(), &sites, good.clone()).is_ok());
    let refused = |covariates: Vec<Vec<f64>>, sites: &[Vec<String>], part: &str| {
        let error = Design::new(&Whole::META, names.clone(), sites, covariates).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    refused(good.clone(), &[], "has the plates [site]");
    refused(vec![vec![0.1, 1.0], vec![0.2, 0.0]], &sites, "has the covariates [age, patient, arm]");
    refused(vec![vec![0.1, 1.0, 3.0], vec![0.2, 0.0, 0.0]], &sites, "arm of subject a cannot be 3");
    refused(vec![vec![f64::NAN, 1.0, 0.0], vec![0.2, 0.0, 0.0]], &sites, "age of subject a cannot be NaN");
    assert!(Posterior::<Whole>::new(records(1).iter().collect(), &AgentOptions::default()).is_err());
}

#[test]
fn nothing_that_is_drawn_together_falls_apart_in_a_fit() {
    let fit = fit_nuts(&whole(), NutsOptions { chains: 2, warmup: 50, draws: 50, ..NutsOptions::default() }, &|| {}).unwrap();
    let get = |name: &str| fit.quantity(name, None).unwrap().chains().concat();
    for i in 0..100 {
        let (l10, l11) = (get("omega[1,0]")[i], get("omega[1,1]")[i]);
        assert!((l10 * l10 + l11 * l11 - 1.0).abs() < 1e-12 && l11 > 0.0);
        assert!((get("correlation[1,0]")[i] - l10).abs() < 1e-12);
        assert!((get("spread[0]")[i] - 2.0 * get("sigma[0]")[i]).abs() < 1e-12);
    }
    assert!(fit.quantity("z[1]", Some(3)).is_some());
}
