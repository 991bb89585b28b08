//! What is there stays there, what would run as a formula does not, and what would be ignored is refused.

use std::fs;

use super::folder::{Folder, LAPLACE};

pub fn nothing_is_written_over_without_being_asked() {
    let folder = Folder::new("overwritten");
    folder.simulated();
    let data = folder.read("data.csv");
    folder.done(&[&LAPLACE[..], &["--quiet", "--out", "fit"]].concat());
    let mine = folder.write("mine", "mine");
    let files: [&[&str]; 5] = [
        &["simulate", "--subjects", "2", "--blocks", "2", "--seed", "7", "--out", "mine"],
        &["loglik", "--data", "data.csv", "--set", "z=0", "--out", "mine"],
        &["identify", "--subjects", "2", "--blocks", "2", "--out", "mine"],
        &["report", "fit", "--out", "mine"],
        &["simulate", "--subjects", "2", "--blocks", "2", "--seed", "7", "--out", "data.csv"],
    ];
    for arguments in files {
        folder.refused(arguments, "is already there: --force");
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine", "{arguments:?}");
        assert_eq!(folder.read("data.csv"), data);
    }
    // Beside a table its parameters are written: those that are there stay there, too.
    fs::write(folder.0.join("new.truth.csv"), "mine").unwrap();
    folder.refused(&["simulate", "--subjects", "2", "--blocks", "2", "--out", "new.csv"], "new.truth.csv: is already there");
    for arguments in files {
        folder.done(&[arguments, &["--force"]].concat());
    }
    assert!(folder.read("data.csv") != data);
    // What is read is not written over, whatever is asked for.
    folder.refused(&["loglik", "--data", "data.csv", "--set", "z=0", "--out", "data.csv", "--force"], "is the data");
    // Folders are always new, and have a name.
    folder.refused(&[&LAPLACE[..], &["--out", "fit"]].concat(), "is already there: results go into a new folder");
    let unread = ["fit", "--data", "nowhere.csv", "--out"];
    for out in ["foo/..", "fit/.", ".", "..", "/", "new/..", "new/."] {
        let said = if [".", "..", "/", "fit/."].contains(&out) { "is already there" } else { "names nothing that can be made" };
        folder.refused(&[&unread[..], &[out]].concat(), said);
    }
    // Devices and pipes are no files that could be lost.
    if cfg!(unix) {
        folder.done(&["loglik", "--data", "data.csv", "--set", "z=0", "--out", "/dev/null"]);
    }
}

pub fn names_that_are_formulas_stay_names() {
    let folder = Folder::new("formulas");
    let names = ["=1+1", "+a", "-2+3", "@SUM(1)", "'=x", "-1.5", "plain"];
    let rows: Vec<String> = names.iter().map(|name| format!("{name},0.3\n")).collect();
    folder.write("p.csv", format!("subject,z\n{}", rows.concat()));
    folder.done(&["simulate", "--params", "p.csv", "--blocks", "4", "--out", "data.csv"]);
    // Names that are numbers are numbers; none of the others begins as a formula does.
    let runs = |text: &str| {
        let cells = text.lines().skip(1).flat_map(|line| line.split([',', '\t']));
        let runs = |cell: &&str| cell.trim_matches('"').starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
        cells.clone().find(runs).map(String::from)
    };
    assert_eq!(runs(&folder.read("data.csv")), None);
    assert_eq!(runs(&folder.read("data.truth.csv")), None);
    folder.done(&[&LAPLACE[..], &["--quiet", "--out", "fit"]].concat());
    for file in ["subjects.csv", "loo.csv", "predictive.csv", "regressors.tsv", "evidence.csv", "draws.csv"] {
        assert_eq!(runs(&folder.read(&format!("fit/{file}"))), None, "{file}");
    }
    // They are read as they were: the truth finds its subjects, and the names are those of the beginning.
    folder.done(&["report", "fit", "--truth", "data.truth.csv", "--out", "r.html"]);
    assert!(folder.read("r.html").contains("7 of 7") || folder.read("r.html").contains("of 7</td>"));
    folder.done(&["loglik", "--data", "data.csv", "--params", "data.truth.csv", "--out", "ll.json"]);
    let scores = folder.read("ll.json");
    // `'=x` stands in a table for `=x`, as this program writes it.
    for name in ["\"=1+1\"", "\"+a\"", "\"-2+3\"", "\"@SUM(1)\"", "\"-1.5\"", "\"plain\""] {
        assert!(scores.contains(name), "{name}: {scores}");
    }
}

pub fn what_a_method_ignores_is_refused() {
    let folder = Folder::new("ignored");
    folder.simulated();
    let fit = ["fit", "--data", "data.csv", "--quiet", "--out", "fit"];
    let refused = |more: &[&str], words: &str| folder.refused(&[&fit[..], more].concat(), words);
    refused(&["--particles", "20"], "--particles is an option of --method svi; nuts has none of that kind");
    refused(&["--method", "laplace", "--chains", "2"], "--chains is an option of --method nuts");
    refused(&["--method", "svi", "--thin", "2"], "--thin is an option of --method nuts");
    refused(&["--method", "empirical-bayes", "--start", "origin"], "--start is an option of --method nuts and svi");
    refused(&["--method", "svi", "--start", "surveyed"], "--start surveyed");
    refused(&["--method", "svi", "--climbs", "3"], "--climbs");
    refused(&["--population", "RewardBelief", "--shard", "1/2", "--log-likelihood"], "predicts nothing");
    folder.refused(&["recover", "--confusion", "--draws", "9", "--out", "fit"], "--draws: --confusion");
    folder.refused(&["simulate", "--sessions", "3", "--out", "s.csv"], "--sessions: Flat has no `plate session`");
    assert!(!folder.0.join("fit").exists() && !folder.0.join("s.csv").exists());
}
