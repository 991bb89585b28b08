//! Readings in records and tables: scored against a life that is lived by hand, fitted, differentiated, checked, simulated.

use aif::infer::fit::{Method, Plan};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::results::{Group, fit_with};
use aif::infer::score::{Behaviour, History, Reading, RecordedBlock, RecordedRow, ScoreError};
use aif::prelude::*;
use aif::runtime::model::Tables;
use aif::runtime::{Carried, Dual, Life, Setup};
use serde_json::Value;

use crate::Level;
use crate::folder::Folder;

/// Someone who watches a tank by a gauge that is trusted so far, and pumps.
#[derive(Clone, Copy, Debug)]
pub struct Watcher<T> {
    pub trust: T,
}

#[generative_model(horizon = 1, actions(pump: bool))]
impl<T: Real> Watcher<T> {
    #[factor(initial = uniform())]
    fn level(&self, level: Level, pump: bool) -> Dist<Level> {
        match (level, pump) {
            (Level::Low, false) => [0.9, 0.1].into(),
            (Level::High, false) => [0.3, 0.7].into(),
            (_, true) => [0.2, 0.8].into(),
        }
    }
    #[modality(preference = [0.0, 1.0])]
    fn seen(&self, level: Level) -> Dirichlet<Level, T> {
        Dirichlet::from_fn(|o| 4.0 * if o == level { self.trust } else { 1.0 - self.trust })
    }
    #[modality]
    fn wet(&self, level: Level) -> Dist<bool> {
        match level {
            Level::Low => [0.8, 0.2].into(),
            Level::High => [0.4, 0.6].into(),
        }
    }
}

model! {
    pub Watchers for Watcher<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            Watcher { trust: 0.5 + 0.5 * logistic(z) }
        }
    }
}

/// Two weights or none, and whether it is wet, and what was done.
type Row = (Option<[f64; 2]>, Option<bool>, bool);

fn rows(subject: usize) -> Vec<Row> {
    (0..24usize)
        .map(|t| {
            let reading = 0.6 + (1.3 * (t * 7 + subject * 3) as f64).sin();
            let weights = Level::from_index(0)
                .zip(Level::from_index(1))
                .map(|(a, b)| [crate::density(reading, a), 3.0 * crate::density(reading, b)]);
            let pump = (t * 5 + subject).is_multiple_of(3);
            (weights.filter(|_| t % 5 != 3), (t % 4 != 1).then_some(t % 3 == 0), pump)
        })
        .collect()
}

fn history(rows: &[Row]) -> History {
    let row = |(weights, wet, pump): &Row| RecordedRow {
        observations: vec![None, wet.map(|wet| f64::from(u8::from(wet)))],
        readings: weights.iter().map(|weights| Reading { modality: 0, weights: weights.to_vec() }).collect(),
        ..RecordedRow::of_indices(&[], &[Some(usize::from(*pump))])
    };
    History::new(&[RecordedBlock {
        name: "1".into(),
        first_step: 1,
        rows: rows.iter().map(row).collect(),
        ..RecordedBlock::default()
    }])
}

/// The log-probability of what was done, lived by hand.
fn by_hand(trust: f64, rows: &[Row], options: AgentOptions) -> f64 {
    let tables: Tables<Watcher<f64>> = options.tables(&Watcher { trust }, ()).unwrap();
    let mut life = Life::new(Setup::new(tables.into(), options, Assigned::default()).unwrap());
    let mut sum = 0.0;
    for (weights, wet, pump) in rows {
        let seen = weights.map_or(Observed::Missing, |w| Observed::likelihood(|level: Level| w[level.index()]));
        life.observe(&WatcherEvidence { seen, wet: (*wet).into() });
        sum += life.choice(None).of(WatcherAction { pump: *pump });
        life.act(Carried::Action(usize::from(*pump)), None);
    }
    sum
}

fn learning() -> AgentOptions {
    AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() }
}

#[test]
fn records_are_scored_as_they_are_lived_and_differentiated() {
    let rows = rows(0);
    let record = history(&rows);
    let scored = |trust: f64, options: &AgentOptions| {
        Pomdp(Watcher { trust }).log_likelihood(&Assigned::default(), &record, options).unwrap()
    };
    for inference in crate::ways() {
        for options in [AgentOptions { inference, ..AgentOptions::default() }, AgentOptions { inference, ..learning() }] {
            let (got, wanted) = (scored(0.83, &options), by_hand(0.83, &rows, options));
            assert!((got - wanted).abs() < 1e-12, "{inference:?}: {got} {wanted}");
        }
    }
    let options = AgentOptions::default();
    let directed: Dual<1> =
        Pomdp(Watcher { trust: Dual::variable(0.83, 0) }).log_likelihood(&Assigned::default(), &record, &options).unwrap();
    let h = 1e-5;
    let slope = (scored(0.83 + h, &options) - scored(0.83 - h, &options)) / (2.0 * h);
    assert!((directed.gradient[0] - slope).abs() < 1e-7 * (1.0 + slope.abs()), "{} {slope}", directed.gradient[0]);
    assert!(slope.abs() > 1e-2);
}

#[test]
fn readings_that_are_none_are_refused_by_place() {
    let refuse = |readings: Vec<Reading>, observation: Option<usize>| -> String {
        let row = RecordedRow { readings, ..RecordedRow::of_indices(&[observation, None], &[Some(0)]) };
        let rows = vec![RecordedRow::of_indices(&[Some(0), None], &[Some(1)]), row];
        let record = History::new(&[RecordedBlock { name: "b".into(), rows, ..RecordedBlock::default() }]);
        let error =
            Pomdp(Watcher { trust: 0.8f64 }).log_likelihood(&Assigned::default(), &record, &AgentOptions::default()).unwrap_err();
        assert!(matches!(error, ScoreError::Reading { .. }));
        error.to_string()
    };
    let reading = |modality, weights: &[f64]| Reading { modality, weights: weights.to_vec() };
    for weights in [&[0.0, 0.0][..], &[1.0], &[1.0, -1.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0]] {
        let error = refuse(vec![reading(0, weights)], None);
        assert!(error.starts_with("block b, step 1: `seen` has the weights ["), "{error}");
        assert!(error.contains("2 finite numbers of at least 0 are expected, not all of them 0"), "{error}");
    }
    assert!(refuse(vec![reading(2, &[1.0, 1.0])], None).contains("a reading of the modality 2, but there are 2, from 0"));
    assert!(refuse(vec![reading(0, &[1.0, 1.0])], Some(1)).contains("`seen` has an outcome and weights"));
    assert!(
        refuse(vec![reading(1, &[1.0, 1.0]), reading(1, &[1.0, 1.0])], None)
            .contains("`wet` has an outcome and weights, or weights twice")
    );
}

const SUBJECTS: [&str; 3] = ["ann", "bob", "cem"];

/// A table of three subjects; `cells` makes the cells of what was seen.
fn table(header: &str, cells: impl Fn(Option<[f64; 2]>) -> String) -> String {
    let mut text = format!("subject,block,step,{header},wet,pump\n");
    for (s, name) in SUBJECTS.iter().enumerate() {
        for (t, (weights, wet, pump)) in rows(s).into_iter().enumerate() {
            let wet = wet.map_or(String::new(), |wet| wet.to_string());
            text += &format!("{name},1,{},{},{wet},{pump}\n", t + 1, cells(weights));
        }
    }
    text
}

fn weighed() -> String {
    table("seen.Low,seen.High", |weights| weights.map_or(",".into(), |[low, high]| format!("{low:?},{high:?}")))
}

fn run(arguments: &[&str]) -> Result<(), String> {
    aif::study::<Watchers>().run(std::iter::once("study").chain(arguments.iter().copied())).map_err(|e| e.to_string())
}

fn loglik(folder: &Folder, data: &str, more: &[&str]) -> Result<Value, String> {
    let out = folder.file("ll.json");
    let _ = std::fs::remove_file(&out);
    run(&[&["loglik", "--data", data, "--set", "z=0.3", "--pointwise", "--out", &out], more].concat())?;
    Ok(serde_json::from_str(&folder.read("ll.json")).unwrap())
}

#[test]
fn a_table_with_a_column_of_weights_for_each_outcome_is_scored_and_fitted() {
    let folder = Folder::new("weighed");
    let data = folder.write("data.csv", weighed());
    run(&["check", &data]).unwrap();
    let scored = loglik(&folder, &data, &[]).unwrap();
    let trust = 0.5 + 0.5 / (1.0 + f64::exp(-0.3));
    for (s, name) in SUBJECTS.iter().enumerate() {
        let own = &scored["subjects"][s];
        let wanted = by_hand(trust, &rows(s), AgentOptions::default());
        assert_eq!(own["subject"], *name);
        assert!((own["log_likelihood"].as_f64().unwrap() - wanted).abs() < 1e-12, "{own} {wanted}");
    }
    // Under other names, in another order, and beside a column of outcomes that is empty: the same.
    let renamed = weighed().replace("seen.Low,seen.High", "p,q");
    let renamed = folder.write("renamed.csv", renamed);
    assert_eq!(loglik(&folder, &renamed, &["--column", "seen.Low=p", "--column", "seen.High=q"]).unwrap(), scored);
    let swapped = table("seen,SEEN.high,Seen.LOW", |w| w.map_or(",NA,".into(), |[low, high]| format!(",{high:?},{low:?}")));
    assert_eq!(loglik(&folder, &folder.write("swapped.csv", swapped), &[]).unwrap(), scored);
    // One weight above zero is the outcome; where there is one, it may be said.
    let level = |[low, high]: [f64; 2]| if low > high { ("Low", "1,0") } else { ("High", "0,2.5") };
    let named = folder.write("named.csv", table("seen", |w| w.map_or("".into(), |w| level(w).0.into())));
    let hot = folder.write("hot.csv", table("seen.Low,seen.High", |w| w.map_or(",".into(), |w| level(w).1.into())));
    let mixed = table("seen,seen.Low,seen.High", |w| match w {
        Some([low, high]) if low > high => "Low,,".into(),
        _ => w.map_or(",,".into(), |_| ",0,2.5".into()),
    });
    let [named, hot, mixed] = [named, hot, folder.write("mixed.csv", mixed)].map(|data| loglik(&folder, &data, &[]).unwrap());
    assert_eq!(named, hot);
    assert_eq!(named, mixed);
    assert_ne!(named, scored);
    // Fitted, from the table and directly.
    let out = folder.file("fit");
    run(&["fit", "--data", &data, "--method", "laplace", "--quiet", "--draws", "50", "--out", &out]).unwrap();
    let records = (0..3).map(|s| history(&rows(s))).collect();
    let group = Group::<Watchers>::new(SUBJECTS.map(String::from).to_vec(), records, AgentOptions::default()).unwrap();
    let fit = fit_with(&group, Method::Laplace(LaplaceOptions::default()), &Plan::default()).unwrap();
    let subjects = folder.read("fit/evidence.csv");
    for (line, piece) in subjects.lines().skip(1).zip(&fit.pieces) {
        let wanted = piece.evidence.unwrap().laplace;
        let near = line.split(',').filter_map(|cell| cell.parse::<f64>().ok()).any(|x| (x - wanted).abs() < 1e-9);
        assert!(near, "{line} {wanted}");
    }
    assert_eq!(subjects.lines().count(), 4);
}

#[test]
fn cells_that_are_no_weights_are_named_by_line_and_column() {
    let folder = Folder::new("no_weights");
    let with = |header: &str, changed: Option<&str>| {
        let mut text = weighed().replacen("seen.Low,seen.High", header, 1);
        if let Some(cells) = changed {
            let first: Vec<String> = text.lines().nth(1).unwrap().split(',').map(String::from).collect();
            text = text.replacen(&format!("{},{}", first[3], first[4]), cells, 1);
        }
        loglik(&folder, &folder.write("data.csv", text), &[]).unwrap_err()
    };
    for (cells, parts) in [
        ("-1,2", ["line 2, column `seen.Low`: found `-1`", "expected a weight: a finite number of at least 0"]),
        ("inf,2", ["line 2, column `seen.Low`: found `inf`", "a finite number of at least 0"]),
        ("1,many", ["line 2, column `seen.High`: found `many`", "a finite number of at least 0"]),
        (
            "0,0",
            [
                "line 2, column `seen.Low`: found 0 there and in all of `seen.Low`, `seen.High`",
                "expected a weight above 0 in one of them",
            ],
        ),
        ("1,", ["line 2, column `seen.High`: found nothing", "or none in all of them"]),
    ] {
        let error = with("seen.Low,seen.High", Some(cells));
        parts.iter().for_each(|part| assert!(error.contains(part), "`{part}` is not in: {error}"));
    }
    let error = with("seen.Low,seen.high_one", None);
    assert!(error.contains("a column named `seen.High`: weights need one for each outcome, `seen.Low`, `seen.High`"), "{error}");
    let both = table("seen,seen.Low,seen.High", |w| w.map_or(",,".into(), |_| "Low,1,2".into()));
    let error = loglik(&folder, &folder.write("both.csv", both), &[]).unwrap_err();
    assert!(error.contains("line 2, column `seen.Low`: found weights, though the row has an outcome of `seen`"), "{error}");
    let error = run(&["check", &folder.write("bad.csv", weighed().replacen("seen.High", "other", 1))]).unwrap_err();
    assert!(error.contains("seen.High"), "{error}");
}

#[test]
fn readings_move_with_their_rows_and_simulations_show_outcomes() {
    let folder = Folder::new("moved");
    let data = folder.write("data.csv", weighed());
    // What a row shows after its choice is what is seen at the next; rows without an action may be skipped.
    let after = loglik(&folder, &data, &["--order", "action-first"]).unwrap();
    let moved = |s: usize| {
        let mut rows = rows(s);
        let mut before: (Option<[f64; 2]>, Option<bool>) = (None, None);
        for row in &mut rows {
            let own = (row.0, row.1);
            (row.0, row.1) = before;
            before = own;
        }
        rows
    };
    let trust = 0.5 + 0.5 / (1.0 + f64::exp(-0.3));
    for s in 0..3 {
        let wanted = by_hand(trust, &moved(s), AgentOptions::default());
        assert!((after["subjects"][s]["log_likelihood"].as_f64().unwrap() - wanted).abs() < 1e-12);
    }
    // A simulation of the same design shows the outcome where a reading was, and is read again.
    let out = folder.file("simulated.csv");
    run(&["simulate", "--like", &data, "--set", "z=0.3", "--seed", "3", "--out", &out]).unwrap();
    let simulated = folder.read("simulated.csv");
    let header = simulated.lines().next().unwrap();
    assert!(header.contains("seen,") && !header.contains("seen.Low"), "{header}");
    let place = header.split(',').position(|name| name == "seen").unwrap();
    let shown = simulated.lines().skip(1).map(|line| line.split(',').nth(place).unwrap());
    let readings: Vec<bool> = (0..3).flat_map(rows).map(|(weights, ..)| weights.is_some()).collect();
    assert_eq!(shown.map(|cell| !cell.is_empty()).collect::<Vec<_>>(), readings);
    loglik(&folder, &out, &[]).unwrap();
}
