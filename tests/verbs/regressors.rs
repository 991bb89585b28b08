//! What imaging takes: beliefs, prediction errors and simulated responses of neurons, by trial and as a scanner sees them.

use std::fs;

use aif::prelude::*;
use aif::runtime::model::{Modality, Tables};
use aif::spm::{Dynamics, Seen, Settings, Structure, Trial, haemodynamic_response};

use super::folder::Folder;
use super::{flat, simulated};

/// The cells of a table separated by tabs, by column.
fn column(text: &str, name: &str) -> Vec<String> {
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let at = lines.next().unwrap().iter().position(|c| *c == name).unwrap_or_else(|| panic!("a column {name}"));
    lines.map(|cells| cells[at].to_owned()).collect()
}

fn numbers(text: &str, name: &str) -> Vec<f64> {
    column(text, name).iter().map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn responses_of_neurons_stand_beside_beliefs_and_are_seen_by_scanners() {
    let folder = Folder::new("regressors");
    let data = simulated(&folder);
    let (plain, neural, scans) = (folder.file("plain.tsv"), folder.file("neural.tsv"), folder.file("scans.tsv"));
    let given = ["--data", &data, "--set", "z=0.4"];
    flat(&[&["regressors"], &given[..], &["--out", &plain]].concat()).unwrap();
    flat(&[&["regressors"], &given[..], &["--neural", "--out", &neural]].concat()).unwrap();
    let (plain, text) = (fs::read_to_string(plain).unwrap(), fs::read_to_string(neural).unwrap());
    assert_eq!(numbers(&plain, "surprise_cue"), numbers(&text, "surprise_cue"));
    assert!(!plain.contains("dopamine") && text.contains("firing_side="));

    // The first block of the first subject is a trial that SPM's scheme lives.
    let table = fs::read_to_string(&data).unwrap();
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let at = |name: &str| cells[0].iter().position(|c| *c == name).unwrap();
    let block: Vec<&Vec<&str>> = cells[1..].iter().take_while(|row| row[..2] == cells[1][..2]).collect();
    let meta = <super::TMaze<f64> as GenerativeModel>::META;
    let model = super::TMaze { reward_probability: 0.5 + 0.5 / (1.0 + (-0.4_f64).exp()), preference: 1.2 };
    let structure = Structure::of(&model, (), block.len()).unwrap();
    let precisions = Tables::new(&model, (), 2).unwrap().precisions();
    let (action_precision, inverse_precision) = (precisions.action, 1.0 / precisions.policy);
    let settings = Settings { action_precision, inverse_precision, fixed_precision: true, ..Settings::default() };
    let mut trial = Trial::begin(&structure, &settings).unwrap();
    for (r, row) in block.iter().enumerate() {
        let of = |m: &Modality| Seen::Outcome(m.outcomes.all().position(|label| label == row[at(m.name)]).unwrap());
        trial.observe(&meta.modalities.iter().map(of).collect::<Vec<_>>()).unwrap();
        if r + 1 < block.len() {
            let joint = meta.actions[0].values.all().position(|label| label == row[at(meta.actions[0].name)]).unwrap();
            let mut actions = Vec::new();
            <super::TMaze<f64> as GenerativeModel>::each_factor(|site| actions.push(site.local_action(&meta, joint)));
            trial.act(&actions).unwrap();
        }
    }
    let dynamics = Dynamics::of(&trial.end().course);
    for r in 0..block.len() {
        let state = meta.factors[1].states.label(0).into_owned();
        let firing = numbers(&text, &format!("firing_{}={state}", meta.factors[1].name))[r];
        let present = &dynamics.firing[1][r][r];
        let mean = present.iter().map(|x| x[0]).sum::<f64>() / present.len() as f64;
        assert!((firing - mean).abs() < 1e-12, "{firing}, not {mean}");
    }

    // Rows four seconds apart, of each subject from zero.
    let mut onsets = String::from("subject,block,step,onset\n");
    let mut before = ("", 0.0);
    for row in &cells[1..] {
        before = (row[0], if before.0 == row[0] { before.1 + 4.0 } else { 0.0 });
        onsets += &format!("{},{},{},{}\n", row[0], row[at("block")], row[at("step")], before.1);
    }
    let times = folder.file("onsets.csv");
    fs::write(&times, &onsets).unwrap();
    flat(&[&["regressors"], &given[..], &["--neural", "--scans", "2", "--onsets", &times, "--out", &scans]].concat()).unwrap();
    let seen = fs::read_to_string(&scans).unwrap();
    let rows = cells[1..].iter().filter(|row| row[0] == cells[1][0]).count();
    let event: f64 = (0..rows).map(|i| haemodynamic_response(30.0 - 4.0 * i as f64)).sum();
    assert!((numbers(&seen, "event")[15] - event).abs() < 1e-12);
    let heights = &numbers(&text, "error_side")[..rows];
    let mean = heights.iter().sum::<f64>() / rows as f64;
    let expected: f64 = (0..rows).map(|i| (heights[i] - mean) * haemodynamic_response(30.0 - 4.0 * i as f64)).sum();
    assert!((numbers(&seen, "error_side")[15] - expected).abs() < 1e-10);

    let refused =
        |more: &[&str]| flat(&[&["regressors"], &given[..], more, &["--out", &folder.file("none.tsv")]].concat()).unwrap_err();
    fs::write(&times, onsets.lines().take(9).collect::<Vec<_>>().join("\n")).unwrap();
    assert!(refused(&["--scans", "2", "--onsets", &times]).contains("has no onset in the table of onsets"));
    fs::write(&times, "subject,onset\n1,0\n1,2\n").unwrap();
    assert!(refused(&["--scans", "2", "--onsets", &times]).contains("a second onset of the same place"));
    assert!(refused(&["--scans", "2"]).contains("--onsets"));
    assert!(flat(&[&["regressors"], &given[..], &["--out", &data]].concat()).unwrap_err().contains("would be written over"));
    // A place that nobody is at in the beginning.
    let wrong = folder.file("wrong.csv");
    fs::write(&wrong, table.replacen(",Centre,", ",Left,", 1)).unwrap();
    let none = folder.file("none.tsv");
    let impossible = flat(&["regressors", "--data", &wrong, "--set", "z=0.4", "--neural", "--out", &none]).unwrap_err();
    assert!(impossible.starts_with("subject ") && impossible.contains("block "), "{impossible}");
    assert!(!std::path::Path::new(&none).exists());
}
