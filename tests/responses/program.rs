//! Agents with responses in the study program: every verb, and tables as they come.

use aif::prelude::*;

use super::folder::Folder;
use super::models::{Drifter, Guesser};

model! {
    /// People who guess, with times and ratings.
    pub Guessers for Guesser<T> {
        population {
            mean   ~ Normal(0.0, 1.0);
            spread ~ HalfNormal(0.5);
        }
        subject {
            slow  ~ Normal(mean, spread);
            noise ~ HalfNormal(0.5);
            Guesser { clarity: 0.8, stay: 0.9, precision: 1.5, base: -0.7, slowing: slow, noise, boldness: 1.2 }
        }
    }

    /// People who drift.
    pub Drifters for Drifter<T> {
        subject {
            drift ~ HalfNormal(1.0);
            bound ~ LogNormal(0.5, 0.3);
            delay ~ Uniform(0.0, 0.05);
            Drifter { clarity: 0.8, drift, bound, delay }
        }
    }
}

fn study(arguments: &[&str]) -> Result<(), aif::infer::study::StudyError> {
    aif::study::<Guessers>().and::<Drifters>().run(std::iter::once("people").chain(arguments.iter().copied()))
}

/// A small table of people who guess.
fn guessed(folder: &Folder, subjects: &str, blocks: &str) -> String {
    let data = folder.file("data.csv");
    let size = ["--subjects", subjects, "--blocks", blocks, "--steps", "15", "--seed", "4", "--input", "load=1"];
    study(&[&["simulate", "--out", &data], &size[..]].concat()).unwrap();
    data
}

#[test]
fn people_with_times_and_ratings_go_through_every_verb() {
    let folder = Folder::new("verbs");
    let (data, truth) = (guessed(&folder, "2", "1"), folder.file("data.truth.csv"));
    let table = folder.read("data.csv");
    assert!(table.starts_with("subject,block,step,cue,right,say,seconds,confidence,effort,load\n"), "{}", &table[..80]);
    // The last row of a block shows what came of it; nothing is answered there.
    assert_eq!(table.lines().count(), 1 + 2 * 16);
    assert!(table.lines().nth(16).unwrap().ends_with(",,,,,1"), "{}", table.lines().nth(16).unwrap());

    let scored = folder.file("score.json");
    study(&["loglik", "--data", &data, "--params", &truth, "--gradient", "--pointwise", "--out", &scored]).unwrap();
    let scored: serde_json::Value = serde_json::from_str(&folder.read("score.json")).unwrap();
    assert_eq!(scored["subjects"][0]["pointwise"].as_array().unwrap().len(), 15 * 4);
    assert_eq!(scored["subjects"][0]["responses"], 15 * 4);

    let fitted = folder.file("fit");
    study(&["fit", "--data", &data, "--method", "laplace", "--quiet", "--out", &fitted]).unwrap();
    let responses = folder.read("fit/loo.csv");
    assert!(responses.contains(",seconds,") && responses.contains(",effort,") && responses.contains(",say,"), "{responses}");
    let checks = folder.read("fit/predictive.csv");
    assert!(checks.lines().count() > 2 * 2, "{checks}");
    study(&["report", &fitted, "--truth", &truth, "--force"]).unwrap();
    let small = ["--subjects", "2", "--blocks", "1", "--steps", "10", "--input", "load=0", "--method", "laplace", "--quiet"];
    study(&[&["recover", "--out", &folder.file("recovered")], &small[..]].concat()).unwrap();
    assert!(folder.read("recovered/recovery.csv").contains("slow"));
    study(&["check", &data]).unwrap();
}

#[test]
fn a_time_that_is_missing_is_not_scored_and_a_wrong_one_is_named() {
    let folder = Folder::new("missing");
    let data = guessed(&folder, "1", "1");
    let table = folder.read("data.csv");
    let mut lines: Vec<String> = table.lines().map(String::from).collect();
    let cells = |line: &str| line.split(',').map(String::from).collect::<Vec<String>>();
    let mut third = cells(&lines[3]);
    third[6] = String::new();
    lines[3] = third.join(",");
    let with_gap = folder.write("gap.csv", lines.join("\n"));
    let score = |data: &str, out: &str| {
        study(&["loglik", "--data", data, "--params", &folder.file("data.truth.csv"), "--out", &folder.file(out)])
    };
    score(&data, "whole.json").unwrap();
    score(&with_gap, "gap.json").unwrap();
    let responses = |name: &str| {
        let all: serde_json::Value = serde_json::from_str(&folder.read(name)).unwrap();
        all["subjects"][0]["responses"].as_u64().unwrap()
    };
    assert_eq!((responses("whole.json"), responses("gap.json")), (60, 59));
    let read = <Pomdp<Guesser<f64>> as aif::infer::study::StudyBehaviour>::read(
        &[aif::infer::data::RawTable::open(std::path::Path::new(&with_gap)).unwrap()],
        &aif::infer::data::DataOptions::default(),
        false,
    );
    assert_eq!(read.unwrap().warnings, ["`seconds` is not scored in 1 of 15 rows with an action: it is missing there"]);
    third[6] = "-0.2".into();
    lines[3] = third.join(",");
    let wrong = score(&folder.write("wrong.csv", lines.join("\n")), "wrong.json").unwrap_err().to_string();
    assert!(wrong.contains("seconds") && wrong.contains("-0.2") && wrong.contains("a number above 0"), "{wrong}");
}

#[test]
fn which_and_when_are_simulated_fitted_and_predicted_together() {
    let folder = Folder::new("drift");
    let data = folder.file("data.csv");
    let people = ["--population", "Drifters"];
    let size = ["simulate", "--subjects", "2", "--blocks", "3", "--steps", "4", "--seed", "2"];
    study(&[&size[..], &people[..], &["--out", &data]].concat()).unwrap();
    let table = folder.read("data.csv");
    assert!(table.starts_with("subject,block,step,cue,right,say,say_time,confidence\n"), "{}", &table[..80]);
    let fitted = folder.file("fit");
    let fit = ["fit", "--data", &data, "--method", "laplace", "--quiet", "--out", &fitted];
    study(&[&fit[..], &people[..]].concat()).unwrap();
    let responses = folder.read("fit/loo.csv");
    assert!(responses.contains(",say,") && !responses.contains(",action,"), "{responses}");
    assert!(folder.read("fit/predictive.csv").contains("Left"));
}
