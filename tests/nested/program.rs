//! A group of agents with levels in the study program.

use super::folder::Folder;
use super::group::Sayers;

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

    let out = folder.file("fit");
    study(&["check", &data]).unwrap();
    study(&[
        "fit", "--data", &data, "--method", "nuts", "--chains", "2", "--warmup", "200", "--draws", "100", "--quiet", "--out",
        &out,
    ])
    .unwrap();
    study(&["report", &out, "--truth", &truth, "--force"]).unwrap();
    println!("{}", folder.read("fit/population.csv"));
    println!("{}", folder.read("fit/subjects.csv"));
    println!("{}", folder.read("fit/regressors.tsv").lines().take(4).collect::<Vec<_>>().join("\n"));
}
