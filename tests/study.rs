//! The study program: its verbs, what it writes, and what it says of bad tables and options.

#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;
#[path = "models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::fs;
use std::path::Path;

use aif::prelude::*;
use folder::Folder;
use populations::{Everything, Flat, RewardBelief};
use serde_json::Value;

fn flat(arguments: &[&str]) -> Result<(), String> {
    run(aif::study::<Flat>(), arguments)
}

fn run(study: aif::infer::study::Study, arguments: &[&str]) -> Result<(), String> {
    study.run(["study"].iter().chain(arguments)).map_err(|e| e.to_string())
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn read_json(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Scores a table at z = 0.3.
fn score(folder: &Folder, table: &str, more: &[&str]) -> Result<Value, String> {
    let (data, out) = (folder.write("data.csv", table), folder.file("ll.json"));
    let mut arguments = vec!["loglik", "--data", &data, "--set", "z=0.3", "--gradient", "--pointwise", "--out", &out, "--force"];
    arguments.extend(more);
    flat(&arguments).map(|()| read_json(&out))
}

const HEADER: &str = "subject,block,step,seen,outcome,cue,go\n";
const ROWS: &str = "a,0,0,Centre,Nothing,Nothing,Cue\na,0,1,Cue,Nothing,Right,Centre\na,0,2,Centre,Nothing,Nothing,\n";

fn table(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

#[test]
fn loglik_writes_the_golden_numbers_as_json() {
    let folder = Folder::new("golden");
    let golden = read_json(&fixture("tmaze_10x100x5.golden.json"));
    let (data, out) = (fixture("tmaze_10x100x5.csv"), folder.file("ll.json"));
    let mut rows = "subject,z\n".to_string();
    for (s, z) in golden["z_true"].as_array().unwrap().iter().enumerate() {
        rows += &format!("{s},{z}\n");
    }
    let params = folder.write("params.csv", rows);
    flat(&["loglik", "--data", &data, "--params", &params, "--gradient", "--pointwise", "--out", &out]).unwrap();
    let got = read_json(&out);
    let mut total = 0.0;
    for s in 0..10 {
        let subject = &got["subjects"][s];
        assert_eq!(subject["subject"], s.to_string());
        assert_eq!(subject["responses"], 500);
        let (value, wanted) = (subject["log_likelihood"].as_f64().unwrap(), golden["loglik_true"][s].as_f64().unwrap());
        assert!((value / wanted - 1.0).abs() < 1e-9);
        assert!((subject["gradient"]["z"].as_f64().unwrap() - golden["grad_true"][s].as_f64().unwrap()).abs() < 1e-7);
        let first = subject["pointwise"][7].as_f64().unwrap();
        assert!((first - golden["pointwise_true"][s][1][2].as_f64().unwrap()).abs() < 1e-9);
        assert_eq!(subject["pointwise"].as_array().unwrap().len(), 500);
        total += value;
    }
    assert!((got["log_likelihood"].as_f64().unwrap() - total).abs() < 1e-9);
    flat(&["loglik", "--data", &data, "--set", "z=0", "--inference", "exact", "--out", &out, "--force"]).unwrap();
    let exact = read_json(&out);
    assert!((exact["subjects"][0]["log_likelihood"].as_f64().unwrap() - golden["loglik_zero"][0].as_f64().unwrap()).abs() < 1e-9);
    assert!(exact["subjects"][0].get("gradient").is_none() && exact["subjects"][0].get("pointwise").is_none());
}

#[test]
fn records_that_another_program_scores_have_the_golden_numbers() {
    let golden = read_json(&fixture("tmaze_10x100x5.golden.json"));
    let numbers = |name: &str| golden[name].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect::<Vec<_>>();
    let data = fixture("tmaze_10x100x5.csv");
    let scoring = aif::study::<Flat>().scoring(Path::new(&data), []).unwrap();
    assert_eq!((scoring.parameters(), scoring.subjects().len(), scoring.sessions()), (&["z".to_string()][..], 10, None));
    assert_eq!(scoring.responses(), [500; 10]);
    let z = numbers("z_true");
    let score = scoring.score(&z).unwrap();
    for (value, wanted) in score.log_likelihoods.iter().zip(numbers("loglik_true")) {
        assert!((value - wanted).abs() < 1e-9, "{value} is not {wanted}");
    }
    for (slope, wanted) in score.gradient.iter().zip(numbers("grad_true")) {
        assert!((slope - wanted).abs() < 1e-7, "{slope} is not {wanted}");
    }
    let few = scoring.score(&z[1..]).unwrap_err().to_string();
    assert_eq!(few, "9 values for 10 units with 1 parameters each");
    assert!(aif::study::<Flat>().scoring(Path::new(&data), ["--set=z=1".into()]).is_err());
}

#[test]
fn tables_may_be_written_in_many_ways() {
    let folder = Folder::new("ways");
    let wanted = score(&folder, &table(ROWS), &[]).unwrap();
    let same = |name: &str, table: &str, more: &[&str]| {
        let got = score(&folder, table, more).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(got, wanted, "{name}");
    };
    same("tabs", &table(ROWS).replace(',', "\t"), &[]);
    same("carriage returns and a byte order mark", &format!("\u{feff}{}", table(ROWS).replace('\n', "\r\n")), &[]);
    same("any case", &table(&ROWS.replace("Centre", "CENTRE").replace("Nothing", "nothing")), &[]);
    same("missing tokens", &table(&ROWS.replace("Nothing,\n", "Nothing,n/a\n")), &[]);
    same("another missing token", &table(&ROWS.replace("Nothing,\n", "Nothing,999\n")), &["--missing", "999"]);
    same("quotes and spaces", &table(&ROWS.replace("Cue,Nothing,Right", "\"Cue\", Nothing ,Right")), &[]);
    let indices = "a,0,0,0,0,0,3\na,0,1,3,0,2,0\na,0,2,0,0,0,\n";
    same("indices", &table(indices), &[]);
    same("indices from 1", &table("a,0,0,1,1,1,4\na,0,1,4,1,3,1\na,0,2,1,1,1,\n"), &["--index-base", "1"]);
    same("other steps", &table(&ROWS.replace("a,0,0", "a,0,5").replace("a,0,1", "a,0,6").replace("a,0,2", "a,0,7")), &[]);
    let renamed = table(ROWS).replace("step", "trial").replace(",go", ",choice");
    same("renamed", &renamed, &["--column", "go=choice", "--column", "step=trial"]);
    let shuffled = "age,go,cue,outcome,seen,step,block,subject\n9,Cue,Nothing,Nothing,Centre,0,0,a\n9,Centre,Right,Nothing,Cue,1,0,a\n9,,Nothing,Nothing,Centre,2,0,a\n";
    same("any order, and columns that are ignored", shuffled, &[]);
}

#[test]
fn scored_rows_count_and_others_only_move_beliefs() {
    let folder = Folder::new("scored");
    let all = score(&folder, &table(ROWS), &[]).unwrap();
    let marked = "subject,block,step,seen,outcome,cue,go,scored\na,0,0,Centre,Nothing,Nothing,Cue,0\na,0,1,Cue,Nothing,Right,Centre,1\na,0,2,Centre,Nothing,Nothing,,1\n";
    let some = score(&folder, marked, &[]).unwrap();
    assert_eq!(some["subjects"][0]["responses"], 1);
    assert_eq!(some["subjects"][0]["pointwise"][0], all["subjects"][0]["pointwise"][1]);
}

#[test]
fn missing_actions_are_treated_as_asked() {
    let folder = Folder::new("missing");
    let gap = table("a,0,0,Centre,Nothing,Nothing,\na,0,1,Centre,Nothing,Nothing,Cue\na,0,2,Cue,Nothing,Right,\n");
    let error = score(&folder, &gap, &[]).unwrap_err();
    assert!(error.contains("data.csv, line 2, column `go`: found no action before the end of the block"), "{error}");
    let ended = score(&folder, &gap, &["--missing-action", "end-block"]).unwrap();
    assert_eq!(ended["subjects"][0]["responses"], 0);
    // A row that did not happen: what it showed is seen before the next choice, unless something else is.
    let skipped = score(&folder, &gap, &["--missing-action", "skip"]).unwrap();
    let without = table("a,0,0,Centre,Nothing,Nothing,Cue\na,0,1,Cue,Nothing,Right,\n");
    assert_eq!(skipped["subjects"], score(&folder, &without, &[]).unwrap()["subjects"]);
    let stayed = score(&folder, &gap, &["--missing-action", "stay=centre"]).unwrap();
    let explicit = score(&folder, &gap.replace("Nothing,\na,0,1", "Nothing,Centre\na,0,1"), &[]).unwrap();
    assert_eq!(stayed["subjects"][0]["responses"], 1);
    assert_eq!(stayed["subjects"][0]["pointwise"][0], explicit["subjects"][0]["pointwise"][1]);
    let marginal = score(&folder, &gap, &["--missing-action", "marginalise"]).unwrap();
    assert_eq!(marginal["subjects"][0]["responses"], 1);
    let error = score(&folder, &gap, &["--missing-action", "stay=home"]).unwrap_err();
    assert!(error.contains("found --missing-action stay=home, expected a value of `go`: one of `Centre`"), "{error}");
    assert!(score(&folder, &gap, &["--missing-action", "guess"]).unwrap_err().contains("stay=LABEL"));
}

#[test]
fn bad_tables_are_refused_with_file_line_column_found_and_expected() {
    let folder = Folder::new("bad");
    let out = folder.file("ll.json");
    let refused = |content: &[u8], parts: &[&str]| {
        let data = folder.write("data.csv", content);
        let error = flat(&["loglik", "--data", &data, "--set", "z=0.3", "--out", &out]).unwrap_err();
        for part in ["data.csv", "found", "expected"].iter().chain(parts) {
            assert!(error.contains(part), "`{part}` is not in: {error}");
        }
        assert!(!Path::new(&out).exists(), "nothing is written");
    };
    let with = |from: &str, to: &str| table(&ROWS.replacen(from, to, 1)).into_bytes();
    refused(
        &with("Cue\n", "Upp\n"),
        &["line 2, column `go`", "found `Upp`", "one of `Centre`, `Left`, `Right`, `Cue`, `Middle`"],
    );
    refused(&with("Cue\n", "7\n"), &["line 2, column `go`", "found `7`", "an index from 0 to 4"]);
    refused(
        table(ROWS).replace(",go", ",choice").as_bytes(),
        &["line 1, column `go`", "found the columns `subject`", "--column go=NAME"],
    );
    refused(
        &with("a,0,1", "a,0,4"),
        &["line 3, column `step`", "found step 4 after step 0 of subject a, block 0", "expected step 1"],
    );
    refused(&with("a,0,1", "a,0,0"), &["line 3, column `step`", "step 0 of subject a, block 0, again", "expected step 1"]);
    refused(&with("a,0,1", "a,0,one"), &["line 3, column `step`", "found `one`", "a whole number"]);
    refused(&with("Cue\n", "\n"), &["line 2, column `go`", "no action before the end of the block"]);
    refused(&with("a,0,1,Cue", ",0,1,Cue"), &["line 3, column `subject`", "found nothing"]);
    refused(&with("a,0,1,Cue,Nothing", "a,0,1,Cue"), &["line 3", "found 6 cells", "expected 7 cells"]);
    refused(table("").as_bytes(), &["line 2", "no rows after the header"]);
    refused(b"", &["line 1", "an empty file", "a header"]);
    let scored = "subject,block,step,seen,outcome,cue,go,scored\na,0,0,Centre,Nothing,Nothing,Cue,yes\n";
    refused(scored.as_bytes(), &["line 2, column `scored`", "found `yes`", "0 or 1"]);
    let page = fs::read_to_string("docs/errors.md").unwrap();
    for (from, to) in [(",go\n", ",choice\n"), ("Cue\n", "Upp\n")] {
        let data = folder.write("data.csv", table(ROWS).replacen(from, to, 1));
        let error = flat(&["loglik", "--data", &data, "--set", "z=0.3", "--out", &out]).unwrap_err();
        assert!(
            page.contains(&format!("error: {}\n", error.replace(&data, "data.csv"))),
            "docs/errors.md does not quote: {error}"
        );
    }
    let mut bytes = table(ROWS).into_bytes();
    bytes.extend(b"a,0,3,Cent\xFFre,Nothing,Nothing,\n");
    refused(&bytes, &["line 5, column `seen`", "not UTF-8", "text in UTF-8"]);
    refused(
        table(&format!("{ROWS}b,0,0,Centre,Nothing,Nothing,\na,1,0,Centre,Nothing,Nothing,\na,0,3,Centre,Nothing,Nothing,\n"))
            .as_bytes(),
        &["line 7, column `block`", "ended before another block began"],
    );
    let wide = format!("{}\n{}\n", vec!["x"; 1_000_000].join(","), vec!["1"; 1_000_000].join(","));
    refused(wide.as_bytes(), &["line 1, column `subject`", "and 999988 more"]);
    let twice = table(ROWS).replace(",cue,go", ",go,go");
    refused(twice.as_bytes(), &["line 1", "two columns of that name"]);
    // What is wrong again and again is said once, with a count.
    let many = table(
        &(0..30).map(|i| format!("a,{i},0,{},Nothing,Nothing,\n", if i < 20 { "Here" } else { "There" })).collect::<String>(),
    );
    refused(
        many.as_bytes(),
        &["line 2, column `seen`: found `Here` 20 times, `There` 10 times", "--values seen=Here:LABEL,There:LABEL"],
    );
    let error = flat(&["loglik", "--data", &folder.file("none.csv"), "--set", "z=0.3"]).unwrap_err();
    assert!(error.contains("none.csv"), "{error}");
}

#[test]
fn bad_options_are_refused_in_words() {
    let folder = Folder::new("options");
    let data = folder.write("data.csv", table(ROWS));
    let refused = |arguments: &[&str], part: &str| {
        let error = flat(arguments).unwrap_err();
        assert!(error.contains(part), "`{part}` is not in: {error}");
    };
    refused(&["loglik", "--data", &data], "no value for `z` of subject a");
    refused(&["loglik", "--data", &data, "--set", "y=1"], "has no such parameter, its parameters are z, reward_probability");
    refused(&["loglik", "--data", &data, "--set", "reward_probability=0.6"], "is derived");
    refused(&["loglik", "--data", &data, "--set", "z=much"], "`much` is not a number");
    refused(&["loglik", "--data", &data, "--set", "z=1", "--horizon", "0"], "at least 1 step");
    refused(&["loglik", "--data", &data, "--set", "z=1", "--column", "gone=choice"], "a column of the model, not `gone`");
    let params = folder.write("p.csv", "subject,z\nb,1\n");
    refused(&["loglik", "--data", &data, "--params", &params], "no row for subject `a`");
    let params = folder.write("p.csv", "subject,zz\na,1\n");
    refused(&["loglik", "--data", &data, "--params", &params], "expected a parameter: one of `z`");
    let params = folder.write("p.csv", "subject,z\na,1\na,2\n");
    refused(&["loglik", "--data", &data, "--params", &params], "line 3, column `subject`: found subject `a` again");
    refused(
        &["simulate", "--world", "reward=0.8", "--out", &folder.file("s.csv")],
        "its parameters are reward_probability, preference",
    );
    refused(
        &["simulate", "--world", "reward_probability=1.8", "--out", &folder.file("s.csv")],
        "gives Reward the probability 1.8",
    );
    refused(&["simulate", "--blocks", "0", "--out", &folder.file("s.csv")], "at least 1 subject");
    refused(&["simulate", "--input", "light=1", "--out", &folder.file("s.csv")], "no such input");
    refused(&["fit", "--data", &data, "--out", &folder.0.display().to_string()], "is already there");
    refused(&["fit", "--data", &data, "--chains", "0", "--quiet", "--out", &folder.file("r")], "at least 1 chain");
    assert_eq!(folder.names(), ["data.csv", "p.csv"]);
}

/// Every option of an agent is had from a file; flags change what it says, and nothing in it is passed over.
#[test]
fn options_come_from_a_file() {
    let folder = Folder::new("file-of-options");
    let data = folder.write("data.csv", table(ROWS));
    let loglik = |more: &[&str]| -> Result<f64, String> {
        let out = folder.file("out.json");
        let _ = fs::remove_file(&out);
        flat(&[&["loglik", "--data", &data, "--set", "z=1", "--out", &out][..], more].concat())?;
        Ok(read_json(&out)["log_likelihood"].as_f64().expect("a number"))
    };
    let file = |content: &str| folder.write("options.json", content);
    let plain = loglik(&[]).unwrap();
    assert_eq!(loglik(&["--options", &file("{}")]), Ok(plain));
    let sampled = loglik(&["--options", &file(r#"{"sampling": "Marginals", "horizon": 1}"#)]).unwrap();
    assert_eq!(loglik(&["--sampling", "marginals", "--horizon", "1"]), Ok(sampled));
    assert_eq!(loglik(&["--options", &file(r#"{"horizon": 1}"#), "--horizon", "2"]), Ok(plain));
    let curious = loglik(&["--options", &file(r#"{"terms": {"utility": 0.0}, "planning": {"Sophisticated": {}}}"#)]).unwrap();
    assert!(curious != plain && curious.is_finite(), "{curious}");

    let refused = |more: &[&str], parts: &[&str]| {
        let error = loglik(more).unwrap_err();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    };
    refused(&["--options", &folder.file("gone.json")], &["gone.json", "expected a JSON file"]);
    refused(&["--options", &file(r#"{"horizn": 1}"#)], &["options.json", "unknown field `horizn`", "`horizon`", "`terms`"]);
    refused(&["--options", &file(r#"{"terms": {"curiosity": 1}}"#)], &["unknown field `curiosity`", "`state_information_gain`"]);
    refused(&["--options", &file(r#"{"selection": "Marginals"}"#)], &["unknown variant `Marginals`", "`Stochastic`"]);
    refused(&["--options", &file(r#"{"update": "Enhanced"}"#)], &["unknown field `update`"]);
    refused(&["--options", &file(r#"{"selection": "Deterministic"}"#)], &["select deterministically cannot be scored"]);
    refused(&["--selection", "marginals"], &["expected stochastic, deterministic; `marginals` is a value of --sampling"]);
    refused(&["--update", "standard"], &["options of filters, but it is one of agents"]);
    refused(&["--sweeps", "4"], &["--sweeps", "--inference fixed-point"]);
}

#[test]
fn simulation_is_a_function_of_its_seed_and_can_be_scored_and_fitted() {
    let folder = Folder::new("simulate");
    let (one, two, truth) = (folder.file("one.csv"), folder.file("two.csv"), folder.file("one.truth.csv"));
    let simulate = |out: &str, seed: &str| {
        let world = ["--world", "reward_probability=0.8", "--out", out];
        let all = ["simulate", "--subjects", "3", "--blocks", "8", "--steps", "5", "--seed", seed, "--force"];
        run(aif::study::<Everything>(), &[&all[..], &world[..]].concat()).unwrap();
    };
    simulate(&one, "7");
    simulate(&two, "7");
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    let rows = fs::read_to_string(&one).unwrap();
    assert!(rows.starts_with(HEADER));
    // N steps are N actions and N + 1 rows.
    assert_eq!(rows.lines().count(), 1 + 3 * 8 * 6);
    simulate(&two, "8");
    assert_ne!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    let truths = fs::read_to_string(&truth).unwrap();
    assert!(truths.starts_with("subject,mu,sigma,slip,half,z,preference,g,a\n"), "{truths}");

    let out = folder.file("ll.json");
    run(aif::study::<Everything>(), &["loglik", "--data", &one, "--params", &truth, "--gradient", "--out", &out]).unwrap();
    let scored = read_json(&out);
    assert_eq!(scored["subjects"].as_array().unwrap().len(), 3);
    let gradient = scored["subjects"][0]["gradient"].as_object().unwrap();
    assert_eq!(gradient.keys().collect::<Vec<_>>(), ["a", "g", "preference", "z"]);

    let results = folder.file("deep/results");
    let fit = [
        "fit", "--data", &one, "--method", "nuts", "--chains", "2", "--warmup", "20", "--draws", "15", "--quiet", "--out",
        &results,
    ];
    run(aif::study::<RewardBelief>(), &fit).unwrap();
    let read = |name: &str| fs::read_to_string(Path::new(&results).join(name)).unwrap();
    let numbers = "mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail";
    assert!(read("subjects.csv").starts_with(&format!("subject,parameter,{numbers}\n0,z,")));
    assert!(read("population.csv").starts_with(&format!("parameter,{numbers}\nmu,")));
    assert_eq!(read("draws.csv").lines().next(), Some("chain,draw,mu,sigma,z[0],z[1],z[2]"));
    assert_eq!(read("draws.csv").lines().count(), 1 + 2 * 15);
    assert!(read("diagnostics.json").contains("\"divergences\""));
    let again = folder.file("again");
    let fit =
        ["fit", "--data", &one, "--chains", "2", "--warmup", "20", "--draws", "15", "--quiet", "--threads", "1", "--out", &again];
    run(aif::study::<RewardBelief>(), &fit).unwrap();
    assert_eq!(read("draws.csv"), fs::read_to_string(Path::new(&again).join("draws.csv")).unwrap());
}

#[test]
fn lines_are_those_that_an_editor_shows() {
    let folder = Folder::new("lines");
    let bad = table(&ROWS.replacen("Cue\n", "Upp\n", 1));
    for (name, content, line) in [
        ("plain", bad.clone(), "line 2"),
        ("carriage returns", bad.replace('\n', "\r\n"), "line 2"),
        ("blank lines", bad.replacen('\n', "\n\n\n", 1), "line 4"),
        ("blank lines with carriage returns", bad.replacen('\n', "\r\n\r\n", 1), "line 3"),
        ("semicolons", bad.replace(',', ";"), "line 2"),
    ] {
        let error = score(&folder, &content, &[]).unwrap_err();
        assert!(error.contains(&format!("data.csv, {line}, column `go`")), "{name}: {error}");
    }
    // A quotation mark that is never closed would swallow the rest of the file.
    let noted =
        "subject,block,step,seen,outcome,cue,go,note\na,0,0,Centre,Nothing,Nothing,Cue,\"open\na,0,1,Cue,Nothing,Right,Centre,\n";
    let error = score(&folder, noted, &[]).unwrap_err();
    assert!(error.contains("line 2, column `note`: found a cell over several lines"), "{error}");
}

#[test]
fn what_is_asked_for_twice_or_does_not_exist_is_refused() {
    let folder = Folder::new("twice");
    let refused = |table: &str, more: &[&str], part: &str| {
        let error = score(&folder, table, more).unwrap_err();
        assert!(error.contains(part), "`{part}` is not in: {error}");
    };
    refused(&table(ROWS), &["--set", "z=0.4"], "--set z is given twice");
    refused(&table(ROWS), &["--column", "go=a", "--column", "go=b"], "expected one name for `go`");
    refused(&table(ROWS), &["--column", "scored=excluded"], "a column named `excluded`");
    let marks = table(ROWS).replace("go\n", "go,scored,scored\n").replace("Cue\n", "Cue,1,1\n");
    let marks = marks.replace("Right,Centre\n", "Right,Centre,1,1\n").replace("Nothing,\n", "Nothing,,1,1\n");
    refused(&marks, &[], "column `scored`: found two columns of that name");
    let params = folder.write("p.csv", "subject,z,z\na,1,2\n");
    refused(&table(ROWS), &["--params", &params], "column `z`: found two columns of that name");
    refused(&table(ROWS), &["--index-base", "7"], "index-base");
    refused(
        &table(&ROWS.replace("a,0,0", "a,0,9223372036854775807")),
        &[],
        "found `9223372036854775807`, expected a whole number",
    );
    let data = folder.file("data.csv");
    fs::write(&data, table(ROWS)).unwrap();
    let error = flat(&["loglik", "--data", &data, "--set", "z=0", "--out", &data]).unwrap_err();
    assert!(error.contains("is the data"), "{error}");
    assert_eq!(fs::read_to_string(&data).unwrap(), table(ROWS));
}

#[test]
fn parameters_of_the_group_are_needed_where_behaviour_depends_on_them() {
    let folder = Folder::new("group");
    let (data, out) = (folder.write("data.csv", table(ROWS)), folder.file("ll.json"));
    let score = |slip: &[&str]| {
        let own =
            ["--set", "z=0.3", "--set", "preference=1.2", "--set", "g=0", "--set", "a=1", "--set", "mu=0", "--set", "sigma=1"];
        let arguments = [&["loglik", "--data", &data, "--out", &out, "--force"][..], &own, slip].concat();
        run(aif::study::<Everything>(), &arguments).map(|()| read_json(&out)["log_likelihood"].as_f64().unwrap())
    };
    assert!(score(&[]).unwrap_err().contains("no value for `slip` of subject a"));
    // The derived `half` follows: a lapse of one is chance.
    assert!((score(&["--set", "slip=2.0"]).unwrap() - 2.0 * 0.2f64.ln()).abs() < 1e-12);
    assert!(score(&["--set", "slip=0.0"]).unwrap() < 0.0);
    assert!(
        run(aif::study::<Everything>(), &["simulate", "--set", "sigma=-1", "--out", &out, "--force"])
            .unwrap_err()
            .contains("sigma = -1 is outside its support")
    );
}

#[test]
fn nothing_of_the_user_is_touched_and_bad_fits_are_not_called_good() {
    let folder = Folder::new("untouched");
    let data = folder.write("data.csv", table(ROWS));
    fs::create_dir(folder.0.join("r.partial")).unwrap();
    folder.write("r.partial/mine.txt", "mine");
    let out = folder.file("r");
    flat(&["fit", "--data", &data, "--chains", "1", "--warmup", "5", "--draws", "2", "--quiet", "--out", &out]).unwrap();
    assert_eq!(fs::read_to_string(folder.file("r.partial/mine.txt")).unwrap(), "mine");
    let diagnostics = fs::read_to_string(folder.file("r/diagnostics.json")).unwrap();
    assert!(diagnostics.contains("too few draws to be judged"), "{diagnostics}");
    // A table and its truth are written together or not at all.
    fs::create_dir(folder.0.join("s.truth.csv")).unwrap();
    assert!(flat(&["simulate", "--subjects", "1", "--blocks", "1", "--out", &folder.file("s.csv")]).is_err());
    assert!(!folder.0.join("s.csv").exists());
    flat(&["simulate", "--subjects", "1", "--blocks", "1", "--out", &folder.file("run.v2")]).unwrap();
    assert!(folder.0.join("run.v2").exists() && folder.0.join("run.v2.truth.csv").exists());
    assert!(flat(&["simulate", "--subjects", "100000000000", "--out", &folder.file("x.csv")]).unwrap_err().contains("at most"));
    assert!(
        flat(&["fit", "--data", &data, "--draws", "6148914691236517206", "--quiet", "--out", &folder.file("deep/y")]).is_err()
    );
    assert!(!folder.0.join("deep").exists());
    assert!(folder.names().iter().all(|n| !n.starts_with('.')), "{:?}", folder.names());
}

/// Inputs are columns of the table, and options of a simulation.
mod with_inputs {
    use super::*;

    #[derive(Clone, Copy, Debug)]
    pub struct Offer<T> {
        pub taste: T,
    }

    #[generative_model(horizon = 1, actions(take: bool), inputs(safe: bool, amount: f64))]
    impl<T: Real> Offer<T> {
        #[factor(initial = [1.0, 0.0])]
        fn taken(&self, take: bool) -> bool {
            take
        }
        #[modality(preference = [0.0, amount * self.taste])]
        fn paid(&self, taken: bool, safe: bool) -> Dist<bool, T> {
            Dist::bernoulli(taken, if safe { 1.0 } else { 0.5 }, false)
        }
    }

    /// The same, but the amount sharpens the choice; a label that looks like a missing cell.
    #[derive(Clone, Copy, Debug)]
    pub struct Sharp<T> {
        pub taste: T,
    }

    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Answer {
        No,
        Na,
    }

    #[generative_model(horizon = 1, actions(answer: Answer), inputs(amount: f64), policy_precision = amount)]
    impl<T: Real> Sharp<T> {
        #[factor(initial = Answer::No)]
        fn given(&self, answer: Answer) -> Answer {
            answer
        }
        #[modality(preference = [0.0, self.taste])]
        fn heard(&self, given: Answer) -> Answer {
            given
        }
    }

    model! {
        /// What an answer is worth to each.
        pub Answers for Sharp<T> {
            subject {
                taste ~ Normal(0.0, 1.0);
                Sharp { taste }
            }
        }
    }

    #[test]
    fn precisions_follow_the_inputs_of_each_row() {
        let folder = Folder::new("sharp");
        let rows = "subject,block,step,heard,answer,amount\n0,0,0,No,Na,1.0\n0,0,1,Na,,1.0\n0,1,0,No,na,3.0\n0,1,1,NaN,,3.0\n";
        let (data, out) = (folder.write("data.csv", rows), folder.file("ll.json"));
        run(aif::study::<Answers>(), &["loglik", "--data", &data, "--set", "taste=1", "--pointwise", "--out", &out]).unwrap();
        for (i, amount) in [1.0f64, 3.0].into_iter().enumerate() {
            let got = read_json(&out)["subjects"][0]["pointwise"][i].as_f64().unwrap();
            assert!((got - (1.0 / (1.0 + (-amount).exp())).ln()).abs() < 1e-12);
        }
    }

    model! {
        /// How much an amount is worth to each.
        pub Tastes for Offer<T> {
            subject {
                taste ~ Normal(0.0, 1.0);
                Offer { taste }
            }
        }
    }

    #[test]
    fn a_better_offer_is_taken_more_often() {
        let folder = Folder::new("inputs");
        let rows = "subject,block,step,paid,take,safe,amount\n0,0,0,false,true,true,2.0\n0,0,1,true,,true,2.0\n0,1,0,false,true,true,0.5\n0,1,1,true,,1,0.5\n0,2,0,0,1,0,0.5\n";
        let (data, out) = (folder.write("data.csv", rows), folder.file("ll.json"));
        run(aif::study::<Tastes>(), &["loglik", "--data", &data, "--set", "taste=1", "--pointwise", "--out", &out]).unwrap();
        let got = read_json(&out);
        let at = |i: usize| got["subjects"][0]["pointwise"][i].as_f64().unwrap();
        // Safe offers: the log-odds are the amount itself.
        assert!((at(0) - (1.0 / (1.0 + (-2.0f64).exp())).ln()).abs() < 1e-12);
        assert!((at(1) - (1.0 / (1.0 + (-0.5f64).exp())).ln()).abs() < 1e-12);
        assert!(at(2).is_finite());
        let simulated = folder.file("s.csv");
        let offer = ["--input", "safe=true", "--input", "amount=1.5", "--set", "taste=0.5"];
        run(
            aif::study::<Tastes>(),
            &[&["simulate", "--subjects", "2", "--blocks", "3", "--steps", "1", "--out", &simulated][..], &offer].concat(),
        )
        .unwrap();
        assert!(fs::read_to_string(&simulated).unwrap().lines().nth(1).unwrap().ends_with(",true,1.5"));
        let missing = run(aif::study::<Tastes>(), &["simulate", "--out", &simulated, "--force"]).unwrap_err();
        assert!(missing.contains("--input safe=VALUE"), "{missing}");
        let blank = folder.write("blank.csv", rows.replace("true,2.0", "true,"));
        let error = run(aif::study::<Tastes>(), &["loglik", "--data", &blank, "--set", "taste=1"]).unwrap_err();
        assert!(error.contains("line 2, column `amount`: found nothing"), "{error}");
    }
}
