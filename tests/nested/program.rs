//! A group of agents with levels in the study program.

use std::path::Path;

use aif::infer::data::{DataOptions, MissingAction, RawTable};
use aif::infer::study::StudyBehaviour;
use aif::runtime::Nests;

use super::folder::Folder;
use super::group::{Sayer, Sayers};

fn study(arguments: &[&str]) -> Result<(), aif::infer::study::StudyError> {
    aif::study::<Sayers>().run(std::iter::once("sayers").chain(arguments.iter().copied()))
}

#[test]
fn a_group_with_levels_goes_through_every_verb() {
    let folder = Folder::new("nested");
    let (data, truth) = (folder.file("data.csv"), folder.file("data.truth.csv"));
    study(&["simulate", "--subjects", "4", "--blocks", "8", "--steps", "3", "--seed", "7", "--out", &data]).unwrap();
    let table = folder.read("data.csv");
    assert!(table.starts_with("subject,block,step,sound,strain,feedback,turn,say,sayer_step\n"), "{}", &table[..80]);
    // Of each step of the upper level three sounds; heads turn between them, and what was heard is said after the third.
    assert_eq!(table.lines().count(), 1 + 4 * 8 * 3 * 3);
    let cells = |row: usize| table.lines().nth(row).unwrap().split(',').map(String::from).collect::<Vec<_>>();
    assert!(cells(1)[5].is_empty() && !cells(1)[6].is_empty() && cells(1)[7].is_empty(), "{:?}", cells(1));
    assert!(!cells(3)[5].is_empty() && cells(3)[6].is_empty() && !cells(3)[7].is_empty(), "{:?}", cells(3));

    let scored = folder.file("score.json");
    study(&["loglik", "--data", &data, "--params", &truth, "--gradient", "--pointwise", "--out", &scored]).unwrap();
    let scored: serde_json::Value = serde_json::from_str(&folder.read("score.json")).unwrap();
    // Of three rows, two turns and one word.
    assert_eq!(scored["subjects"][0]["responses"], 8 * 3 * 3);

    study(&["check", &data]).unwrap();
    let (out, short) = (folder.file("fit"), ["--method", "nuts", "--chains", "2", "--warmup", "100", "--draws", "60", "--quiet"]);
    study(&[&["fit", "--data", &data, "--out", &out], &short[..]].concat()).unwrap();
    study(&["report", &out, "--truth", &truth, "--force"]).unwrap();
    assert!(folder.read("fit/population.csv").contains("\nsigma_caution,"));
    // Of each action at each level, how often it is chosen, and how often that was to be expected.
    let predicted = folder.read("fit/predictive.csv");
    for statistic in ["turn=Near", "turn=Away", "say=Rising", "say=Nothing"] {
        assert!(predicted.contains(statistic), "{statistic} of {predicted}");
    }
    let believed = folder.read("fit/regressors.tsv");
    assert!(believed.starts_with("subject\tblock\tstep\tHearing_tone=Up\tHearing_tone=Down\tHearing_head=Away"), "{believed}");
    assert!(believed.contains("\tSayer_melody=Rising\t"));
}

/// What is said of a table.
fn said(folder: &Folder, table: &str, arguments: &[&str]) -> String {
    std::fs::write(folder.file("changed.csv"), table).unwrap();
    match study(&[&["check", &folder.file("changed.csv")], arguments].concat()) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn tables_of_several_clocks_that_cannot_be_are_refused() {
    let folder = Folder::new("nested-tables");
    let data = folder.file("data.csv");
    study(&["simulate", "--subjects", "1", "--blocks", "2", "--steps", "2", "--seed", "7", "--out", &data]).unwrap();
    let table = folder.read("data.csv");
    assert_eq!(said(&folder, &table, &[]), "");
    let renamed = table.replace(",sayer_step", ",step_above");
    assert_ne!(said(&folder, &renamed, &[]), "");
    assert_eq!(said(&folder, &renamed, &["--column", "sayer_step=step_above"]), "");
    let first = table.lines().nth(1).unwrap();
    assert_ne!(said(&folder, &table.replacen(first, &format!("{first}.5"), 1), &[]), "");
    let gone = first.rsplit_once(',').unwrap().0.to_string() + ",";
    assert_ne!(said(&folder, &table.replacen(first, &gone, 1), &[]), "");
}

#[test]
fn what_is_missing_or_stands_where_it_is_not_due_is_said() {
    let folder = Folder::new("nested-missing");
    let (data, truth) = (folder.file("data.csv"), folder.file("data.truth.csv"));
    study(&["simulate", "--subjects", "1", "--blocks", "1", "--steps", "4", "--seed", "7", "--out", &data]).unwrap();
    let table = folder.read("data.csv");
    let mut rows: Vec<Vec<String>> = table.lines().map(|line| line.split(',').map(String::from).collect()).collect();
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let (turn, say, feedback) = (at("turn"), at("say"), at("feedback"));
    // A turn that is not known, one after the end of a run, and a word before it.
    rows[1][turn] = String::new();
    rows[3][turn] = "Near".into();
    rows[4][say] = "Rising".into();
    // Feedback in the middle of a run.
    rows[5][feedback] = "None".into();
    let changed = rows.iter().map(|row| row.join(",") + "\n").collect::<String>();
    std::fs::write(folder.file("changed.csv"), changed).unwrap();
    let read = |file: &str, missing_action: MissingAction| {
        let table = RawTable::open(Path::new(file)).unwrap();
        let options = DataOptions { missing_action, ..DataOptions::default() };
        <Nests<Sayer<f64>> as StudyBehaviour>::read(&[table], &options, false)
            .map(|found| found.warnings)
            .map_err(|e| e.to_string())
    };
    assert_eq!(read(&data, MissingAction::Error).unwrap(), Vec::<String>::new());
    let refused = read(&folder.file("changed.csv"), MissingAction::Error).unwrap_err();
    assert!(refused.contains("found no `turn` in 1 row in which it was due, expected one in each"), "{refused}");
    let refused = read(&folder.file("changed.csv"), MissingAction::Skip).unwrap_err();
    assert!(refused.contains("a model with levels, expected --missing-action marginalise"), "{refused}");
    let misplaced = "(a run had just ended, or the runs of its levels had not): it is not scored there";
    assert_eq!(
        read(&folder.file("changed.csv"), MissingAction::Marginalise).unwrap(),
        [
            "`turn` is missing in 1 row in which it was due: it is not scored there, and the agent is taken not to know what it did".into(),
            format!("`turn` stands in 1 row in which it was not due {misplaced}"),
            format!("`say` stands in 1 row in which it was not due {misplaced}"),
            "what Sayer sees stands in 1 row in which the runs of its levels were not over: it is taken in where they are".into(),
        ]
    );
    let scored = folder.file("score.json");
    study(&[
        "loglik",
        "--data",
        &folder.file("changed.csv"),
        "--params",
        &truth,
        "--out",
        &scored,
        "--missing-action",
        "marginalise",
    ])
    .unwrap();
    let scored: serde_json::Value = serde_json::from_str(&folder.read("score.json")).unwrap();
    assert_eq!(scored["subjects"][0]["responses"], 4 * 3 - 1);
}

#[test]
fn what_cannot_be_at_a_level_is_refused_and_readings_are_taken_in() {
    let folder = Folder::new("nested-impossible");
    let (data, truth) = (folder.file("data.csv"), folder.file("data.truth.csv"));
    study(&["simulate", "--subjects", "1", "--blocks", "1", "--steps", "4", "--seed", "7", "--out", &data]).unwrap();
    let rows: Vec<Vec<String>> =
        folder.read("data.csv").lines().map(|line| line.split(',').map(String::from).collect()).collect();
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let score = |rows: &[Vec<String>], more: &[&str]| {
        std::fs::write(folder.file("changed.csv"), rows.iter().map(|row| row.join(",") + "\n").collect::<String>()).unwrap();
        let words = ["loglik", "--data", &folder.file("changed.csv"), "--params", &truth, "--out", &folder.file("score.json")];
        study(&[&words[..], more].concat()).map_err(|error| error.to_string())?;
        let scored: serde_json::Value = serde_json::from_str(&folder.read("score.json")).unwrap();
        std::fs::remove_file(folder.file("score.json")).unwrap();
        Ok::<_, String>(scored["subjects"][0]["log_likelihood"].as_f64().unwrap())
    };
    let plain = score(&rows, &[]).unwrap();
    // Before anything was said there is no feedback.
    let mut told = rows.clone();
    told[3][at("feedback")] = "Right".into();
    let error = score(&told, &[]).unwrap_err();
    assert!(error.contains("step 2") && error.contains("`feedback` cannot be Right here"), "{error}");
    let mut strained = rows.clone();
    strained[1][at("strain")] = "Hard".into();
    let error = score(&strained, &[]).unwrap_err();
    let checked = said(&folder, &strained.iter().map(|row| row.join(",") + "\n").collect::<String>(), &[]);
    assert!(!checked.is_empty(), "a check finds it, too");
    assert!(
        error.contains("step 0") && error.contains("what is observed of Hearing cannot be here, wherever its run began"),
        "{error}"
    );
    let error = score(&rows, &["--selection", "deterministic"]).unwrap_err();
    assert!(error.contains("select deterministically cannot be scored"), "{error}");
    // A sound that was read is one that was heard, where the reading leaves no other.
    let (mut read, sound) = (rows.clone(), at("sound"));
    for (r, row) in read.iter_mut().enumerate() {
        let [high, low] = match (r, row[sound].as_str()) {
            (0, _) => ["sound.High", "sound.Low"],
            (_, "High") => ["0.3", "0"],
            _ => ["0", "2"],
        };
        row[sound] = high.into();
        row.push(low.into());
    }
    assert!((score(&read, &[]).unwrap() - plain).abs() < 1e-10);
}

#[test]
fn what_is_simulated_follows_a_plan() {
    let folder = Folder::new("nested-plan");
    let (data, like) = (folder.file("data.csv"), folder.file("like.csv"));
    study(&["simulate", "--subjects", "1", "--blocks", "2", "--steps", "3", "--seed", "7", "--out", &data]).unwrap();
    let mut rows: Vec<Vec<String>> =
        folder.read("data.csv").lines().map(|line| line.split(',').map(String::from).collect()).collect();
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let say = at("say");
    // The first step of each block is not scored, and the last word of the last block is not said.
    let step = at("sayer_step");
    for (r, row) in rows.iter_mut().enumerate() {
        row.push(if r == 0 { "scored".into() } else { u8::from(row[step] != "0").to_string() });
    }
    rows.last_mut().unwrap()[say] = String::new();
    std::fs::write(&like, rows.iter().map(|row| row.join(",") + "\n").collect::<String>()).unwrap();
    study(&["simulate", "--like", &like, "--seed", "3", "--out", &folder.file("again.csv")]).unwrap();
    let again: Vec<Vec<String>> =
        folder.read("again.csv").lines().map(|line| line.split(',').map(String::from).collect()).collect();
    assert_eq!(again.len(), rows.len());
    let scored = again[0].iter().position(|column| column == "scored").unwrap();
    for (row, planned) in again.iter().zip(&rows).skip(1) {
        assert_eq!(row[scored], *planned.last().unwrap());
    }
    assert_eq!(again.last().unwrap()[say], "");
    assert_ne!(again[9][say], "");
}
