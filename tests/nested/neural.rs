//! Regressors of several levels, each on its clock, and the responses of neurons that SPM's scheme of levels simulates.

use aif::prelude::*;
use aif::runtime::spm::{Dynamics, Level, Script, Seen, Settings, StateLink, Structure, Tensor, replay_through};

use super::folder::Folder;
use super::group::{Hearing, Sayer, Sayers};

fn study(arguments: &[&str]) -> Result<(), String> {
    aif::study::<Sayers>().run(std::iter::once("sayers").chain(arguments.iter().copied())).map_err(|error| error.to_string())
}

/// The numbers of a column of a table separated by tabs.
fn numbers(text: &str, name: &str) -> Vec<f64> {
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let at = lines.next().unwrap().iter().position(|c| *c == name).unwrap_or_else(|| panic!("a column {name}"));
    lines.map(|cells| cells[at].parse().unwrap_or(f64::NAN)).collect()
}

const MODEL: Sayer<f64> = Sayer { hearing: Hearing { effort: 0.4 }, caution: 1.0 };

/// The trial that a block is: what is heard and turned, what is told and said.
fn expected(table: &[Vec<&str>]) -> [Dynamics; 4] {
    let identity = Tensor::new(&[2, 2], vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let settings = || Settings { action_precision: 1.0, fixed_precision: true, ..Settings::default() };
    let mut structure = Structure::of(&MODEL, (), 3).unwrap();
    let link = StateLink { factor: 0, modality: 0, matrix: identity };
    let below = Structure::of(&MODEL.hearing, (), 3).unwrap();
    let (states, preferences, habits) = (vec![link], Vec::new(), Vec::new());
    structure.below = Some(Box::new(Level { structure: below, settings: settings(), states, preferences, habits }));
    let at = |name: &str| table[0].iter().position(|column| *column == name).unwrap();
    let index = |row: usize, name: &str, labels: &[&str]| labels.iter().position(|l| *l == table[row][at(name)]).unwrap();
    let mut script = Script::default();
    for step in 0..3 {
        let mut episode = Script::default();
        for row in 1 + 3 * step..4 + 3 * step {
            let heard = [index(row, "sound", &["High", "Low"]), index(row, "strain", &["Easy", "Hard"])];
            episode.seen.push(heard.map(Seen::Outcome).to_vec());
            if row % 3 != 0 {
                episode.actions.push(vec![0, index(row, "turn", &["Away", "Near"])]);
            }
        }
        let last = 3 + 3 * step;
        script.seen.push(vec![Seen::Below, Seen::Outcome(index(last, "feedback", &["None", "Right", "Wrong"]))]);
        script.actions.push(vec![0, index(last, "say", &["Nothing", "Rising", "Falling"])]);
        script.episodes.push(episode);
    }
    let course = replay_through(&structure, &settings(), &script).unwrap().course;
    assert_eq!(course.episodes.iter().map(|episode| episode.times()).collect::<Vec<_>>(), [3, 3, 3]);
    [&course, &course.episodes[0], &course.episodes[1], &course.episodes[2]].map(Dynamics::of)
}

#[test]
fn each_level_has_its_regressors_on_its_clock() {
    let folder = Folder::new("nested-neural");
    let (data, plain, neural) = (folder.file("data.csv"), folder.file("plain.tsv"), folder.file("neural.tsv"));
    study(&["simulate", "--subjects", "2", "--blocks", "2", "--steps", "3", "--seed", "7", "--out", &data]).unwrap();
    let given = ["--data", &data, "--set", "effort=0.4", "--set", "caution=1"];
    study(&[&["regressors"], &given[..], &["--out", &plain]].concat()).unwrap();
    study(&[&["regressors"], &given[..], &["--neural", "--out", &neural]].concat()).unwrap();
    let (plain, text) = (folder.read("plain.tsv"), folder.read("neural.tsv"));
    let above = numbers(&plain, "Sayer_surprise");
    let (below, chosen) = (numbers(&plain, "Hearing_surprise"), numbers(&plain, "Hearing_choice_probability"));
    for r in 0..above.len() {
        // The level above perceives where a run is over; nothing is done below then.
        assert_eq!((above[r].is_nan(), below[r].is_nan(), chosen[r].is_nan()), (r % 3 != 2, false, r % 3 == 2), "{r}");
        assert!(r % 3 != 2 || above[r] > 0.0 && above[r].is_finite());
    }
    let table = folder.read("data.csv");
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let [top, episodes @ ..] = expected(&cells);
    let mean = |bins: &[Vec<f64>]| bins.iter().map(|x| x[0]).sum::<f64>() / bins.len() as f64;
    let (melody, tone) = (numbers(&text, "Sayer_firing_melody=Rising"), numbers(&text, "Hearing_firing_tone=Up"));
    for step in 0..3 {
        for t in 0..3 {
            let (row, expected) = (3 * step + t, mean(&episodes[step].firing[0][t][t]));
            assert!((tone[row] - expected).abs() < 1e-12, "{row}: {} instead of {expected}", tone[row]);
            assert_eq!(melody[row].is_nan(), t != 2);
        }
        assert!((melody[3 * step + 2] - mean(&top.firing[0][step][step])).abs() < 1e-12);
    }
    for column in ["Hearing_error_tone", "Hearing_potential_head", "Sayer_precision", "Sayer_dopamine"] {
        assert!(numbers(&text, column)[2].is_finite(), "{column}");
    }
    // As a scanner sees them: nothing comes of rows in which a level does nothing.
    let mut onsets = String::from("subject,block,step,onset\n");
    for (r, row) in cells[1..].iter().enumerate() {
        onsets += &format!("{},{},{},{}\n", row[0], row[1], row[2], 3 * (r % 18));
    }
    std::fs::write(folder.file("onsets.csv"), onsets).unwrap();
    let (times, scans) = (folder.file("onsets.csv"), folder.file("scans.tsv"));
    study(&[&["regressors"], &given[..], &["--neural", "--scans", "2", "--onsets", &times, "--out", &scans]].concat()).unwrap();
    assert!(numbers(&folder.read("scans.tsv"), "Sayer_dopamine").iter().all(|x| x.is_finite()));
}

#[test]
fn how_levels_talk_is_an_option_that_is_said_and_refused_where_there_are_none() {
    let folder = Folder::new("nested-nesting");
    let data = folder.file("data.csv");
    study(&["simulate", "--subjects", "1", "--blocks", "2", "--steps", "3", "--seed", "7", "--out", &data]).unwrap();
    let score = |more: &[&str]| {
        let out = folder.file("score.json");
        let given = ["loglik", "--data", &data, "--set", "effort=0.4", "--set", "caution=1", "--out", &out, "--force"];
        study(&[&given[..], more].concat()).unwrap();
        let scored: serde_json::Value = serde_json::from_str(&folder.read("score.json")).unwrap();
        scored["log_likelihood"].as_f64().or(scored["subjects"][0]["log_likelihood"].as_f64()).unwrap()
    };
    let (exact, spm) = (score(&["--nesting", "exact"]), score(&["--nesting", "spm"]));
    assert!(exact == score(&[]) && exact != spm, "{exact} {spm}");
    let options = AgentOptions { nesting: Some(aif::runtime::Nesting::Spm), ..AgentOptions::default() };
    let refused = Agent::with_options(MODEL.hearing, (), options).unwrap_err().to_string();
    assert!(refused.contains("Hearing has no levels here"), "{refused}");
}
