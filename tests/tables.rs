//! Tables as other tools and spreadsheets write them, read by the study program of a two-armed bandit.

#[path = "models/bandit.rs"]
#[allow(dead_code)]
mod bandit;
#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;

use std::fs;

use aif::hgf::{Filter, FilterOptions, GaussianFilter, Start, ThreeLevelBinary, TwoLevelBinary, TwoLevelContinuous, Update};
use aif::prelude::*;
use bandit::{Ageing, Players, Returning};
use folder::Folder;
use serde_json::Value;

/// What was chosen and what came of it, six times.
const ROWS: [(&str, &str); 6] =
    [("Right", "Loss"), ("Left", "Loss"), ("Left", "Win"), ("Right", "Win"), ("Left", "Win"), ("Left", "Loss")];

/// The table of two subjects, in words of its own.
fn table(header: &str, row: impl Fn(&str, usize, &str, &str) -> String) -> String {
    let rows = |who: &str| -> String { ROWS.iter().enumerate().map(|(t, (c, o))| row(who, t + 1, c, o) + "\n").collect() };
    format!("{header}\n{}{}", rows("01"), rows("2"))
}

fn plain() -> String {
    table("subjID,trial,choice,outcome", |s, t, c, o| format!("{s},{t},{c},{o}"))
}

fn run(study: aif::infer::study::Study, arguments: &[&str]) -> Result<(), String> {
    study.run(["study"].iter().chain(arguments)).map_err(|e| e.to_string())
}

/// Scores a table at z = 0.3.
fn scored(folder: &Folder, data: &str, more: &[&str]) -> Result<Value, String> {
    let out = folder.file("ll.json");
    let _ = fs::remove_file(&out);
    let arguments = ["loglik", "--data", data, "--set", "z=0.3", "--pointwise", "--out", &out];
    let format: &[&str] = if more.contains(&"--format") { &[] } else { &["--format", "trials"] };
    run(aif::study::<Players>(), &[&arguments[..], format, more].concat())?;
    Ok(serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap())
}

/// A folder, what is to come out, and a check that another table says the same.
struct Bench {
    folder: Folder,
    wanted: Value,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let wanted = scored(&folder, &folder.write("plain.csv", plain()), &[]).unwrap();
        assert_eq!(wanted["subjects"][0]["responses"], 6);
        Bench { folder, wanted }
    }
    fn same(&self, what: &str, content: impl AsRef<[u8]>, more: &[&str]) {
        let got = scored(&self.folder, &self.folder.write("data.csv", content), more).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(got, self.wanted, "{what}");
    }
    fn refused(&self, content: impl AsRef<[u8]>, more: &[&str], parts: &[&str]) -> String {
        let error = scored(&self.folder, &self.folder.write("data.csv", content), more).unwrap_err();
        parts.iter().for_each(|part| assert!(error.contains(part), "`{part}` is not in: {error}"));
        error
    }
    /// What is said of a table beside its result.
    fn checked(&self, content: impl AsRef<[u8]>, more: &[&str]) -> Result<(), String> {
        let data = self.folder.write("data.csv", content);
        run(aif::study::<Players>(), &[&["check", &data, "--format", "trials"], more].concat())
    }
}

fn coded(choice: [&str; 2], outcome: [&str; 2]) -> String {
    let one = |of: [&str; 2], second: bool| of[usize::from(second)].to_owned();
    table("subjID,trial,choice,outcome", |s, t, c, o| {
        format!("{s},{t},{},{}", one(choice, c == "Right"), one(outcome, o == "Win"))
    })
}

#[test]
fn cells_stand_for_what_is_said() {
    let bench = Bench::new("values");
    let both = ["--values", "outcome=-1:Loss,1:Win", "--values", "choice=1:Left,2:Right"];
    bench.same("numbers", coded(["1", "2"], ["-1", "1"]), &both);
    bench.same("a base of one column", coded(["1", "2"], ["-1", "1"]), &[both[0], both[1], "--index-base", "choice=1"]);
    bench.same("floats", coded(["1.0", "2.0"], ["-1.0", "1.0"]), &both);
    bench.same("signs", coded(["0", "1"], ["-250", "0.5"]), &["--values", "outcome=+:Win,-:Loss"]);
    bench.same(
        "words",
        coded(["l", "r"], ["bad", "good"]),
        &["--values", "choice=l:Left,r:right", "--values", "outcome=bad:loss,good:Win"],
    );
    let renamed = coded(["1", "2"], ["-1", "1"]).replace("choice", "key");
    bench.same("by either name", renamed, &["--column", "choice=key", "--values", "key=1:Left,2:Right", both[0], both[1]]);
    let error = bench.refused(
        coded(["1", "2"], ["-1", "1"]),
        &[],
        &[
            "line 2, column `choice`: found `2` 4 times, expected an index from 0 to 1, or one of `Left`, `Right`",
            "the column holds `1` 8 times, `2` 4 times",
            "--index-base choice=1",
            "--values choice=1:LABEL,2:LABEL",
            "column `outcome`: found `-1` 6 times",
            "--values outcome=-1:LABEL,1:LABEL",
        ],
    );
    assert_eq!(error.lines().count(), 2, "once for each column: {error}");
    // Where numbers have a meaning none of them is an index.
    bench.refused(coded(["1", "2"], ["-1", "1"]), &[both[2], both[3], "--values", "outcome=-1:Loss"], &["found `1` 6 times"]);
    bench.refused(plain(), &["--values", "outcome=1:Won"], &["--values outcome=1:Won", "one of `Nothing`, `Loss`, `Win`"]);
    bench.refused(plain(), &["--values", "reward=1:Win"], &["a column of the model, not `reward`"]);
    bench.refused(plain(), &["--values", "outcome=1"], &["expected CELL:LABEL"]);
    bench.refused(plain(), &["--index-base", "reward=1"], &["a column of the model, not `reward`"]);
    bench.refused(plain(), &["--index-base", "choice=2"], &["expected 0 or 1"]);
}

#[test]
fn outcomes_may_be_what_was_won_and_lost() {
    let bench = Bench::new("pairs");
    let pairs = |lost: &str| {
        table("subjID,trial,choice,gain,loss", |s, t, c, o| {
            let (won, lost) = if o == "Win" { ("50", "0") } else { ("10", lost) };
            format!("{s},{t},{c},{won},{lost}")
        })
    };
    let net = ["--column", "outcome=gain-loss", "--values", "outcome=+:Win,-:Loss,0:Nothing"];
    bench.same("losses below 0", pairs("-60"), &net);
    bench.same("losses above 0", pairs("60"), &net);
    let pair = ["--column", "outcome=gain/loss", "--values", "outcome=50/0:Win,10/60:Loss"];
    bench.same("side by side", pairs("60"), &pair);
    bench.refused(pairs("60"), &net[..2], &["`-50` 6 times", "--values outcome=-50:LABEL,50:LABEL"]);
    bench.refused(pairs("NA"), &net, &["found `10/NA` 6 times"]);
    bench.refused(pairs("60"), &["--column", "outcome=gain-los"], &["a column named `gain-los`"]);
}

#[test]
fn numbers_names_and_rows_as_other_programs_write_them() {
    let bench = Bench::new("other");
    let of = |header: &str, end: &str| table(header, |s, t, c, o| format!("{s},{t}.0,{c},{o}{end}"));
    bench.same("1.0 for a trial", of("subjID,trial,choice,outcome", ""), &[]);
    bench.same("another case", of("SubjID,TRIAL,Choice,OutCome", ""), &[]);
    bench.same("another case of a name that was given", of("SubjID,TRIAL,KEY,OutCome", ""), &["--column", "choice=Key"]);
    bench.same("empty columns", of("subjID,trial,choice,outcome,,", ",,"), &[]);
    bench.same("row names", table(",subjID,trial,choice,outcome", |s, t, c, o| format!("{s}{t},{s},{t},{c},{o}")), &[]);
    bench.same("empty rows", plain().replace("01,4", ",,,\n\n  \n01,4") + ",,,\n,,,,,\n", &[]);
    bench.same("empty cells beyond the last column", of("subjID,trial,choice,outcome", ",,"), &[]);
    bench.refused(of("subjID,trial,choice,outcome", ",x"), &[], &["5 cells (and 11 more of the kind)", "expected 4 cells"]);
    bench.refused(of("subjID,trial,Choice,CHOICE", ""), &[], &["`Choice` and `CHOICE`", "one column named `choice`"]);
    let apart = |sign: &str| table("subjID;trial;choice;outcome;rt", |s, t, c, o| format!("{s};{t}{sign}0;{c};{o};0{sign}5"));
    bench.same("semicolons and commas", apart(","), &["--decimal", ","]);
    bench.refused(apart(","), &[], &["column `step`: found `1,0`"]);
    bench.refused(apart("."), &["--decimal", ","], &["found `1.0`"]);
    bench.refused(plain(), &["--decimal", ";"], &["expected . or ,"]);
}

#[test]
fn files_may_have_other_encodings() {
    let bench = Bench::new("encodings");
    let text = table("subjID,Geschlächt,trial,choice,outcome", |s, t, c, o| format!("{s},männlich,{t},{c},{o}"));
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    bench.same("latin1", &latin, &["--encoding", "latin1"]);
    bench.refused(&latin, &[], &["bytes that are not UTF-8", "and 12 more of the kind", "--encoding latin1"]);
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    bench.same("utf-16", &wide, &["--encoding", "utf-16"]);
    bench.refused(&wide, &[], &["--encoding utf-16"]);
    bench.refused(plain(), &["--encoding", "ebcdic"], &["expected utf-8, latin1"]);
}

#[test]
fn nobody_is_called_na_unless_it_is_said() {
    let bench = Bench::new("na");
    for name in ["NA", "n/a", "NaN"] {
        let nobody = plain().replace("\n01,", &format!("\n{name},"));
        let found = format!("column `subject`: found `{name}` (and 5 more of the kind)");
        bench.refused(&nobody, &[], &[&found, "--subject-na keep"]);
        let kept = scored(&bench.folder, &bench.folder.write("data.csv", &nobody), &["--subject-na", "keep"]).unwrap();
        assert_eq!(kept["subjects"][0]["subject"], name);
    }
}

#[test]
fn rows_of_subjects_sessions_and_blocks_stand_as_they_come() {
    let bench = Bench::new("order");
    let lines: Vec<String> = plain().lines().map(String::from).collect();
    let mixed: Vec<&String> = (1..7).flat_map(|t| [&lines[t], &lines[t + 6]]).collect();
    let mixed = format!("{}\n{}\n", lines[0], mixed.into_iter().cloned().collect::<Vec<_>>().join("\n"));
    bench.same("subjects side by side", &mixed, &[]);
    let long = mixed.replace("subjID", "subject").replace("trial", "step").replace("outcome", "outcome,block");
    let long: String = long.lines().enumerate().map(|(i, l)| if i > 0 { format!("{l},1\n") } else { format!("{l}\n") }).collect();
    bench.same("in long tables", long, &["--format", "long", "--order", "action-first"]);
    // What is learned at the end of a block is known in the next; sessions end blocks as well, and both may count anew.
    let halves = |name: &str, anew: bool| {
        table(&format!("subjID,{name},trial,choice,outcome"), |s, t, c, o| {
            format!("{s},{},{},{c},{o}", (t - 1) / 3, if anew { (t - 1) % 3 } else { t })
        })
    };
    let learned = |table: String| {
        let learn = ["--learn", "block-end"];
        scored(&bench.folder, &bench.folder.write("data.csv", table), &learn).unwrap()
    };
    let of = |name: &str, anew: bool| learned(halves(name, anew));
    let blocks = of("block", true);
    assert_ne!(blocks["log_likelihood"], learned(plain())["log_likelihood"]);
    for other in [of("block", false), of("session", true), of("session", false), of("Session", true), of("BLOCK", true)] {
        assert_eq!(other, blocks);
    }
    bench.refused(
        halves("part", true),
        &[],
        &["column `step`", "again or out of order", "a column `block` or `session` says so"],
    );
    let out = bench.folder.file("sessions.json");
    let data = bench.folder.write("data.csv", halves("session", true));
    let more = ["loglik", "--data", &data, "--format", "trials", "--set", "w=0.3", "--set", "z=0", "--out", &out];
    run(aif::study::<Returning>(), &more).unwrap();
    let sessions: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(sessions["subjects"].as_array().unwrap().len(), 4);
    let (found, wanted) = (sessions["log_likelihood"].as_f64().unwrap(), bench.wanted["log_likelihood"].as_f64().unwrap());
    assert!((found - wanted).abs() < 1e-9, "nothing is learned, and blocks are alike: {found} {wanted}");
}

#[test]
fn an_order_of_rows_that_makes_a_table_impossible_is_suspected() {
    let bench = Bench::new("suspect");
    // Nothing can be won before the first choice.
    let named = ["`outcome` cannot be Loss here", "the order of rows is suspected", "--order action-first"];
    bench.refused(plain(), &["--order", "observation-first"], &named);
    let data = bench.folder.file("data.csv");
    let fit = ["fit", "--data", &data, "--format", "trials", "--order", "observation-first", "--method", "laplace", "--quiet"];
    let out = bench.folder.file("fit");
    let error = run(aif::study::<Players>(), &[&fit[..], &["--out", &out]].concat()).unwrap_err();
    named.iter().for_each(|part| assert!(error.contains(part), "{error}"));
    assert!(bench.checked(plain(), &["--order", "observation-first"]).unwrap_err().contains("1 complaint"));
    // What no order explains is not put down to it.
    let error = bench.refused(plain().replacen("Win", "Nothing", 1), &[], &["subject 01", "cannot be Nothing here"]);
    assert!(!error.contains("suspected"), "{error}");
}

#[test]
fn check_says_what_would_be_read() {
    let bench = Bench::new("check");
    bench.checked(plain(), &[]).unwrap();
    assert!(bench.checked(coded(["1", "2"], ["-1", "1"]), &[]).unwrap_err().contains("data.csv: 2 complaints"));
    bench.checked(plain().replace("01,3,Left,Win", "01,3,NA,NA"), &["--missing-action", "skip"]).unwrap();
    let data = bench.folder.write("data.csv", plain());
    let error = run(aif::study::<Ageing>(), &["check", &data, "--format", "trials"]).unwrap_err();
    assert!(error.contains("1 complaint"), "{error}");
}

/// A folder as BIDS has it: `end` is what its files end with.
fn bids(folder: &Folder, tasks: &[&str], part: &str, end: &str) -> String {
    let participants = "participant_id\tage\nsub-01\t30\nsub-2\t31\nsub-003\t32\n";
    folder.write(&format!("{part}/participants.tsv"), participants);
    for (task, who) in tasks.iter().flat_map(|task| [(task, "01"), (task, "2")]) {
        let rows: String = ROWS.iter().enumerate().map(|(t, (c, o))| format!("{t}.5\t{}\t{c}\t{o}\tn/a\r\n", t + 1)).collect();
        let content = format!("\u{feff}onset\ttrial\tchoice\toutcome\tresponse_time\r\n{rows}");
        folder.write(&format!("{part}/sub-{who}/func/sub-{who}_task-{task}_run-01_{end}.tsv"), content);
    }
    folder.file(part)
}

#[test]
fn folders_of_bids_are_data() {
    let bench = Bench::new("bids");
    let read = |data: &str, more: &[&str]| scored(&bench.folder, data, more);
    let one = bids(&bench.folder, &["bandit"], "one", "beh");
    assert_eq!(read(&one, &[]).unwrap()["log_likelihood"], bench.wanted["log_likelihood"]);
    assert_eq!(read(&one, &["--format", "bids", "--order", "action-first"]).unwrap(), read(&one, &[]).unwrap());
    let events = bids(&bench.folder, &["bandit"], "events", "events");
    assert_eq!(read(&events, &[]).unwrap(), read(&one, &[]).unwrap());
    let tasks = bids(&bench.folder, &["bandit", "stroop"], "tasks", "beh");
    let error = read(&tasks, &[]).unwrap_err();
    assert!(error.contains("files of the tasks `bandit`, `stroop`") && error.contains("--task NAME"), "{error}");
    assert_eq!(read(&tasks, &["--task", "stroop"]).unwrap(), read(&one, &[]).unwrap());
    assert!(read(&tasks, &["--task", "flanker"]).unwrap_err().contains("one of the tasks `bandit`, `stroop`"));
    // Who took part stands beside the folder's files, for whoever asks.
    let ageing = |more: &[&str]| {
        let out = bench.folder.file("ageing.json");
        let arguments =
            ["loglik", "--format", "trials", "--set", "z=0.3", "--set", "worth=0", "--set", "ageing=0", "--out", &out, "--force"];
        run(aif::study::<Ageing>(), &[&arguments[..], more].concat())?;
        Ok::<Value, String>(serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap())
    };
    let wanted = ageing(&["--data", &one]).unwrap();
    assert_eq!(wanted["log_likelihood"], bench.wanted["log_likelihood"]);
    let participants = bench.folder.file("one/participants.tsv");
    let plain = bench.folder.file("plain.csv");
    assert_eq!(ageing(&["--data", &plain, "--covariates", &participants]).unwrap(), wanted);
    let renamed = bench.folder.write("named.csv", self::plain().replace("subjID", "who"));
    let more = ["--column", "subject=who", "--covariates", &participants];
    assert_eq!(ageing(&[&["--data", &renamed][..], &more].concat()).unwrap(), wanted);
    bench.folder.write("one/participants.tsv", "participant_id\tage\nsub-01\tn/a\nsub-2\t31\n");
    assert!(ageing(&["--data", &one]).unwrap_err().contains("participants.tsv, line 2, column `age`"));
}

model! {
    /// What a number in its own units does: the variance of its steps is about `exp(10)`.
    pub Prices for TwoLevelContinuous<T> {
        subject {
            v     ~ Normal(0.0, 1.0);
            noise ~ Normal(0.0, 1.0);
            TwoLevelContinuous {
                tonic_volatility: 10.0 + 2.0 * v, volatility_coupling: 0.1, meta_volatility: -6.0, input_precision: exp(noise - 6.0),
            }
        }
    }

    /// A filter whose volatility runs away where it is not small.
    pub Daring for ThreeLevelBinary<T> {
        subject {
            t ~ Normal(0.0, 1.0);
            m ~ Normal(0.0, 1.0);
            ThreeLevelBinary { volatility_coupling: 1.0, meta_volatility: m - 6.0, tonic_volatility: t - 5.0, inverse_temperature: 1.0 }
        }
    }
}

#[test]
fn fields_that_subjects_differ_in_are_told_from_those_that_all_share() {
    assert_eq!(<Prices as aif::infer::Population>::WORKED_OUT, ["tonic_volatility", "input_precision"]);
    assert_eq!(<Daring as aif::infer::Population>::WORKED_OUT, ["meta_volatility", "tonic_volatility"]);
}

/// Prices near 10,000, in two blocks that begin far from each other; the first of one is missing.
fn prices() -> String {
    let price = |b: usize, t: usize| 9500.0 + 4000.0 * b as f64 + 60.0 * ((t * t * 7 + b) % 11) as f64;
    let cell = |b: usize, t: usize| if (b, t) == (1, 0) { String::new() } else { price(b, t).to_string() };
    let rows = (0..2).flat_map(|b| (0..20).map(move |t| (b, t)));
    rows.fold("subject,block,trial,input\n".into(), |text, (b, t)| text + &format!("s,{b},{t},{}\n", cell(b, t)))
}

#[test]
fn continuous_filters_begin_where_their_inputs_do() {
    let folder = Folder::new("prices");
    let data = folder.write("prices.csv", prices());
    let loglik = |v: &str, more: &[&str]| -> Result<f64, String> {
        let out = folder.file("ll.json");
        let arguments = ["loglik", "--data", &data, "--set", v, "--set", "noise=0", "--out", &out, "--force"];
        run(aif::study::<Prices>(), &[&arguments[..], more].concat())?;
        let found: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
        Ok(found["log_likelihood"].as_f64().unwrap())
    };
    let found = loglik("v=0.5", &[]).unwrap();
    assert!(found > -400.0, "about 7 nats an input: {found}");
    assert_eq!(loglik("v=0.5", &["--start-at", "first-input"]), Ok(found));
    let error = loglik("v=-1", &["--start-at", "initial-means"]).unwrap_err();
    assert!(error.contains("block 0, trial 0: the jump of `volatility`"), "{error}");
    assert!(loglik("v=-1", &["--jump-limit", "0"]).unwrap_err().contains("the limit of jumps is 0"));
    let fit = |more: &[&str]| {
        let out = folder.file("fit");
        run(aif::study::<Prices>(), &[&["fit", "--data", &data, "--method", "laplace", "--quiet", "--out", &out], more].concat())
    };
    fit(&[]).unwrap();
    // Step by step it is the same: what is moved is the value that is measured, to where the input is first seen.
    let model =
        TwoLevelContinuous { tonic_volatility: 8.0, volatility_coupling: 0.1, meta_volatility: -6.0, input_precision: 0.0025 };
    let mut filter = Filter::<_>::new(model, FilterOptions::default()).unwrap();
    for (input, expected) in [(None, 0.0), (Some(9500.0), 9500.0), (Some(9600.0), 9500.0)] {
        filter.take(&[input], 1.0).unwrap();
        assert!((filter.beliefs()[0].expected_mean - expected).abs() < 1e-9);
        assert_eq!(filter.invalid(), None);
    }
    // Binary inputs are measured in no units.
    let beliefs = |start| {
        let model = TwoLevelBinary { tonic_volatility: -2.0, inverse_temperature: 1.0 };
        let mut filter = Filter::<_>::new(model, FilterOptions { start, ..FilterOptions::default() }).unwrap();
        [1.0, 0.0, 1.0].into_iter().for_each(|u| filter.take(&[Some(u)], 1.0).unwrap());
        filter.beliefs()
    };
    assert_eq!(beliefs(Start::FirstInput), beliefs(Start::InitialMeans));
}

#[test]
fn a_jump_that_no_step_explains_is_named() {
    // Long stretches of ones, each ended by a zero that nobody expects.
    let inputs: Vec<f64> = (0..400).map(|t| f64::from(u8::from(t % 20 < 19))).collect();
    let model =
        ThreeLevelBinary { volatility_coupling: 1.0, meta_volatility: 0.0, tonic_volatility: 0.0, inverse_temperature: 1.0 };
    let failed = |update| {
        let mut filter = Filter::<_>::new(model, FilterOptions { update, ..FilterOptions::default() }).unwrap();
        inputs.iter().for_each(|&u| filter.take(&[Some(u)], 1.0).unwrap());
        filter.invalid().map(|invalid| (invalid.jumped, invalid.words(&<ThreeLevelBinary<f64> as GaussianFilter<f64>>::META)))
    };
    assert_eq!(failed(Update::Enhanced), None);
    let (jumped, words) = failed(Update::Unbounded).unwrap();
    assert!(jumped && words.contains("the jump of `chance`"), "{words}");
    // Scored, it is refused; under fitting, where priors reach that far, such points are rejected.
    let folder = Folder::new("jumps");
    let rows: String = inputs.iter().enumerate().map(|(t, u)| format!("s,{t},{u},{}\n", (t / 3) % 2)).collect();
    let data = folder.write("data.csv", format!("subject,trial,input,response\n{rows}"));
    let loglik = |t: &str, m: &str| {
        let arguments = ["loglik", "--data", &data, "--update", "unbounded", "--set", t, "--set", m, "--out"];
        run(aif::study::<Daring>(), &[&arguments[..], &[&folder.file("ll.json")]].concat())
    };
    assert!(loglik("t=5", "m=6").unwrap_err().contains("the jump of `chance`"));
    loglik("t=-1", "m=-2").unwrap();
    let out = folder.file("fit");
    let fit = ["fit", "--data", &data, "--update", "unbounded", "--draws", "150", "--warmup", "150", "--chains", "2", "--quiet"];
    run(aif::study::<Daring>(), &[&fit[..], &["--out", &out]].concat()).unwrap();
}
