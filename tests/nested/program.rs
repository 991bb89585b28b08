//! A group of agents with levels in the study program.

use std::path::Path;

use aif::infer::data::RawTable;
use aif::infer::study::Studied;
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
    let (turn, say) = (at("turn"), at("say"));
    // A turn that is not known, one after the end of a run, and a word before it.
    rows[1][turn] = String::new();
    rows[3][turn] = "Near".into();
    rows[4][say] = "Rising".into();
    let changed = rows.iter().map(|row| row.join(",") + "\n").collect::<String>();
    std::fs::write(folder.file("changed.csv"), changed).unwrap();
    let read = |file: &str| {
        let table = RawTable::open(Path::new(file)).unwrap();
        <Nests<Sayer<f64>> as Studied>::read(&[table], &Default::default(), false).unwrap().warnings
    };
    assert!(read(&data).is_empty(), "{:?}", read(&data));
    let misplaced = "(a run had just ended, or the runs of its levels had not): it is not scored there";
    assert_eq!(
        read(&folder.file("changed.csv")),
        [
            "`turn` is missing in 1 row in which it was due: it is not scored there, and the agent is taken not to know what it did".into(),
            format!("`turn` stands in 1 row in which it was not due {misplaced}"),
            format!("`say` stands in 1 row in which it was not due {misplaced}"),
        ]
    );
    let scored = folder.file("score.json");
    study(&["loglik", "--data", &folder.file("changed.csv"), "--params", &truth, "--out", &scored]).unwrap();
    let scored: serde_json::Value = serde_json::from_str(&folder.read("score.json")).unwrap();
    assert_eq!(scored["subjects"][0]["responses"], 4 * 3 - 1);
}
