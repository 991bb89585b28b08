//! Learners in the study program: every verb, tables as they come, and what is said where something is missing.

use std::path::PathBuf;

use aif::infer::data::{DataOptions, RawTable};
use aif::infer::study::StudyBehaviour;
use aif::learners::{Delta, DriftingDelta};
use aif::prelude::*;
use serde_json::Value;

use super::Habit;

model! {
    /// A delta rule.
    pub Deltas for Delta<T, 2> {
        population {
            rate       ~ Normal(0.0, 1.0);
            spread     ~ HalfNormal(0.5);
        }
        subject {
            z          ~ Normal(rate, spread);
            strictness ~ Normal(0.7, 0.5);
            Delta { learning_rate: logistic(z), inverse_temperature: exp(strictness) }
        }
    }

    /// With times.
    pub Drifts for DriftingDelta<T> {
        covariates(shortest: f64);
        subject {
            z     ~ Normal(0.0, 1.0);
            drift ~ Normal(0.5, 0.5);
            delay ~ Uniform(0.0, shortest);
            DriftingDelta { learning_rate: logistic(z), drift_scale: exp(drift), caution: 1.0, delay }
        }
    }

    /// Without a world.
    pub Habits for Habit<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            Habit { weights: [0.0, z] }
        }
    }
}

/// A folder that is removed again.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aif-learners-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
    pub(super) fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
    pub(super) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn study(arguments: &[&str]) -> Result<(), aif::infer::study::StudyError> {
    let program = aif::study::<Deltas>().and::<Drifts>().and::<Habits>();
    program.run(std::iter::once("learners").chain(arguments.iter().copied()))
}

fn score(folder: &Folder, data: &str, more: &[&str]) -> Value {
    let out = folder.at("score.json");
    study(&[&["loglik", "--data", data, "--out", &out, "--force"], more].concat()).unwrap();
    serde_json::from_str(&folder.text("score.json")).unwrap()
}

#[test]
fn a_population_of_learners_goes_through_every_verb() {
    let folder = Folder::new("verbs");
    let (data, truth) = (folder.at("data.csv"), folder.at("data.truth.csv"));
    study(&["simulate", "--subjects", "6", "--blocks", "2", "--steps", "80", "--seed", "4", "--out", &data]).unwrap();
    let table = folder.text("data.csv");
    assert!(table.starts_with("subject,block,trial,outcome,choice\n"), "{}", &table[..80]);
    assert_eq!(table.lines().count(), 1 + 6 * 2 * 80);
    let scored = score(&folder, &data, &["--params", &truth, "--gradient", "--pointwise"]);
    assert_eq!(scored["subjects"].as_array().unwrap().len(), 6);
    assert_eq!(scored["subjects"][0]["pointwise"].as_array().unwrap().len(), 160);

    let fitted = folder.at("fit");
    study(&["fit", "--data", &data, "--method", "laplace", "--quiet", "--out", &fitted]).unwrap();
    let subjects = folder.text("fit/subjects.csv");
    assert!(subjects.lines().count() > 12, "{subjects}");
    let checks = folder.text("fit/predictive.csv");
    // How often each was chosen and again, also after each outcome, and each in each quarter of a block.
    assert!(checks.lines().count() == 1 + (2 + 3 + 2 * 4) * 6, "{checks}");
    let regressors = folder.text("fit/regressors.tsv");
    let header = regressors.lines().next().unwrap();
    assert!(header.ends_with("value[0]\tvalue[1]\terror\tchoice_probability"), "{header}");
    study(&["report", &fitted, "--truth", &truth, "--force"]).unwrap();
    let again = folder.at("again");
    study(&["fit", "--data", &data, "--method", "empirical-bayes", "--quiet", "--out", &again]).unwrap();
    study(&["compare", &fitted, &again, "--by", "subject", "--out", &folder.at("compared")]).unwrap();
    let small = ["--subjects", "3", "--steps", "40", "--method", "laplace", "--quiet"];
    study(&[&["recover", "--out", &folder.at("recovered")], &small[..]].concat()).unwrap();
    let recovered = folder.text("recovered/recovery.csv");
    assert!(recovered.contains("strictness"));
    // Where the group's numbers lie in their priors.
    let placed: Vec<f64> = recovered.lines().skip(1).filter_map(|l| l.rsplit(',').next()?.parse().ok()).collect();
    assert!(placed.len() == 2 && placed.iter().all(|share| (0.0..=1.0).contains(share)), "{recovered}");
    study(&[&["calibrate", "--simulations", "10", "--out", &folder.at("calibrated")], &small[..]].concat()).unwrap();
    assert!(folder.text("calibrated/calibration.csv").contains("rate"));
    study(&["identify", "--subjects", "6", "--steps", "60", "--out", &folder.at("identified")]).unwrap();
}

#[test]
fn tables_as_the_field_has_them_are_read() {
    let folder = Folder::new("tables");
    let rows = [(1, 1), (2, -1), (2, 1), (1, -1), (2, 1)];
    let usual: String = rows.iter().enumerate().map(|(t, (c, o))| format!("s,{},{c},{o}\n", t + 1)).collect();
    std::fs::write(folder.at("usual.csv"), format!("subject,trial,choice,outcome\n{usual}")).unwrap();
    // Another order of columns, separated by tabs, subjects under another name, trials not numbered.
    let field: String = rows.iter().map(|(c, o)| format!("{o}\ts\t{c}\n")).collect();
    std::fs::write(folder.at("field.txt"), format!("outcome\tsubjID\tchoice\n{field}")).unwrap();
    let set = ["--set", "z=0.3", "--set", "strictness=0.5"];
    let (a, b) = (score(&folder, &folder.at("usual.csv"), &set), score(&folder, &folder.at("field.txt"), &set));
    assert_eq!(a["subjects"][0]["log_likelihood"], b["subjects"][0]["log_likelihood"]);
    // By hand.
    let (rate, beta) = (1.0 / (1.0 + (-0.3f64).exp()), 0.5f64.exp());
    let (mut q, mut sum) = ([0.0; 2], 0.0);
    for (c, o) in rows {
        sum -= (1.0 + (beta * (q[2 - c] - q[c - 1])).exp()).ln();
        q[c - 1] += rate * (f64::from(o) - q[c - 1]);
    }
    assert!((a["subjects"][0]["log_likelihood"].as_f64().unwrap() - sum).abs() < 1e-12);
    // A trial without an answer is passed over, with a word.
    std::fs::write(folder.at("gap.csv"), "subject,trial,choice,outcome\ns,1,1,1\ns,2,,\ns,3,2,1\n").unwrap();
    let gap = RawTable::open(std::path::Path::new(&folder.at("gap.csv"))).unwrap();
    let read = Learns::<Delta<f64, 2>>::read(&[gap], &DataOptions::default(), false).unwrap();
    assert!(read.warnings[0].starts_with("`choice` is missing in 1 of 3 trials"), "{:?}", read.warnings);
    assert_eq!(read.records[0].responses(), 2);

    for (table, words) in [
        ("subject,trial,choice,outcome\ns,1,3,1\n", "one of `1`, `2`"),
        ("subject,trial,choice,outcome\ns,1,0,1\ns,2,1,1\n", "one of `1`, `2`"),
        ("subject,trial,choice\ns,1,1\n", "outcome"),
        ("subject,trial,choice,outcome\ns,1,1,1\ns,3,1,1\n", "trial 2"),
    ] {
        std::fs::write(folder.at("bad.csv"), table).unwrap();
        let error = study(&[&["loglik", "--data", &folder.at("bad.csv")], &set[..]].concat()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn which_and_when_stand_in_two_columns() {
    let folder = Folder::new("times");
    let data = folder.at("data.csv");
    // The delay of each subject ends at its shortest time: a covariate.
    std::fs::write(folder.at("people.csv"), "subject,shortest\n0,0.2\n1,0.25\n2,0.2\n").unwrap();
    let people = folder.at("people.csv");
    let drifts = |verb: &str, more: &[&str]| {
        let more: Vec<&str> = [&["--population", "Drifts", verb, "--covariates", &people], more].concat();
        study(&more)
    };
    drifts("simulate", &["--steps", "40", "--seed", "2", "--out", &data]).unwrap();
    assert!(folder.text("data.csv").starts_with("subject,block,trial,outcome,choice,choice_time\n"));
    drifts("loglik", &["--data", &data, "--params", &folder.at("data.truth.csv"), "--out", &folder.at("ll.json")]).unwrap();
    drifts("fit", &["--data", &data, "--method", "laplace", "--quiet", "--out", &folder.at("fit")]).unwrap();
    assert!(folder.text("fit/predictive.csv").lines().count() > 6);
    // A delay beyond the shortest time is told.
    let late = ["--data", &data, "--set", "z=0.0", "--set", "drift=0.5", "--set", "delay=9.0"];
    let error = drifts("loglik", &late).unwrap_err().to_string();
    assert!(error.contains("it can only be above 9"), "{error}");
}

#[test]
fn without_a_world_there_is_no_simulation_but_a_word() {
    let folder = Folder::new("worldless");
    let error = study(&["--population", "Habits", "simulate", "--subjects", "2", "--out", &folder.at("x.csv")]).unwrap_err();
    assert!(error.to_string().contains("has no world to be simulated in"), "{error}");
    let error = study(&["simulate", "--input", "stake=1", "--out", &folder.at("x.csv")]).unwrap_err();
    assert!(error.to_string().contains("Delta has no such input"), "{error}");
}
