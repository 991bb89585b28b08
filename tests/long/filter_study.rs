//! Populations of filters: through the study program from simulation to report, and on the reference group where there is one.

#[path = "../models/folder.rs"]
#[allow(dead_code)]
mod folder;

use std::path::{Path, PathBuf};

use aif::hgf::{FilterOptions, GaussianFilter, ThreeLevelBinary, TimedBinary, TwoLevelBinary, Update};
use aif::infer::Population;
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::fit::{Method, Plan, PredictiveOptions};
use aif::infer::results::{Group, fit_with};
use aif::infer::sample::{NutsOptions, NutsStart};
use aif::infer::score::{RecordedBlock, RecordedRow, Trials, filter_log_likelihood, filter_pointwise};
use aif::infer::study::StudyBehaviour;
use aif::prelude::*;
use aif::runtime::Dual;
use folder::Folder;
use serde_json::Value;

model! {
    /// Learning rates of people who also take their time.
    pub Deciders for TimedBinary<T> {
        population {
            volatility ~ Normal(-3.0, 1.0);
            spread     ~ HalfNormal(0.5);
        }
        subject {
            tonic_volatility ~ Normal(volatility, spread);
            strictness       ~ Normal(0.5, 0.5);
            noise            ~ HalfNormal(0.5);
            TimedBinary {
                tonic_volatility, noise, pace: -0.5, hesitation: 0.7,
                inverse_temperature: exp(strictness),
            }
        }
    }

    /// The reference model.
    pub Observers for TwoLevelBinary<T> {
        population {
            volatility_mean   ~ Normal(-5.0, 5.0);
            volatility_spread ~ HalfNormal(10.0);
            strictness_mean   ~ Normal(0.0, 2.0);
            strictness_spread ~ HalfNormal(2.0);
        }
        subject {
            #[centred]
            tonic_volatility ~ Normal(volatility_mean, volatility_spread);
            #[centred]
            strictness       ~ Normal(strictness_mean, strictness_spread);
            TwoLevelBinary { tonic_volatility, inverse_temperature: exp(strictness) }
        }
    }

    /// One strictness after each outcome: a dimension over an input.
    pub Sided for TwoLevelBinary<T> {
        subject {
            strictness: [input] ~ Normal(0.0, 1.0);
            TwoLevelBinary { tonic_volatility: -4.0, inverse_temperature: exp(0.5 * (strictness[0] + strictness[1])) }
        }
    }

    /// Wide priors on a filter that can fail.
    pub Daring for ThreeLevelBinary<T> {
        subject {
            volatility_coupling ~ LogNormal(0.5, 0.7);
            meta_volatility     ~ Normal(1.0, 2.0);
            ThreeLevelBinary { volatility_coupling, meta_volatility, tonic_volatility: 1.0, inverse_temperature: 1.0 }
        }
    }
}

fn study(arguments: &[&str]) -> Result<(), aif::infer::study::StudyError> {
    aif::study::<Deciders>().run(std::iter::once("deciders").chain(arguments.iter().copied()))
}

#[test]
fn a_population_of_filters_goes_through_the_study_program() {
    let folder = Folder::new("verbs");
    let (data, truth) = (folder.file("data.csv"), folder.file("data.truth.csv"));
    study(&["simulate", "--subjects", "5", "--blocks", "2", "--steps", "60", "--seed", "4", "--out", &data]).unwrap();
    let table = std::fs::read_to_string(&data).unwrap();
    assert!(table.starts_with("subject,block,trial,input,response,response_time\n"), "{}", &table[..80]);
    assert_eq!(table.lines().count(), 1 + 5 * 2 * 60);

    study(&["loglik", "--data", &data, "--params", &truth, "--gradient", "--pointwise", "--out", &folder.file("ll.json")])
        .unwrap();
    let scored: Value = serde_json::from_str(&std::fs::read_to_string(folder.file("ll.json")).unwrap()).unwrap();
    let subjects = scored["subjects"].as_array().unwrap();
    assert_eq!(subjects.len(), 5);
    for subject in subjects {
        let each: f64 = subject["pointwise"]
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap_or_else(|| x["log_probability"].as_f64().unwrap()))
            .sum();
        assert!((each - subject["log_likelihood"].as_f64().unwrap()).abs() < 1e-9);
    }

    let fitted = folder.file("fit");
    study(&["fit", "--data", &data, "--method", "laplace", "--first-scored", "1", "--quiet", "--out", &fitted]).unwrap();
    let loo = std::fs::read_to_string(Path::new(&fitted).join("loo.csv")).unwrap();
    // Two responses a trial; the first trial of each block is not scored.
    assert_eq!(loo.lines().count(), 1 + 5 * 2 * 59 * 2);
    let beliefs = std::fs::read_to_string(Path::new(&fitted).join("regressors.tsv")).unwrap();
    assert!(beliefs.lines().next().unwrap().contains("chance.mean"), "{}", beliefs.lines().next().unwrap());
    study(&["report", &fitted, "--truth", &truth, "--force"]).unwrap();

    // Without blocks and with numbers as programs write them that know missing cells.
    let plain: String = ["subject,trial,input,response,response_time"]
        .into_iter()
        .map(String::from)
        .chain((0..40).map(|k| format!("a,{k},{}.0,{}.0,0.5", k % 2, (k + 1) % 2)))
        .map(|line| line + "\n")
        .collect();
    std::fs::write(folder.file("plain.csv"), plain).unwrap();
    study(&["simulate", "--like", &folder.file("plain.csv"), "--out", &folder.file("like.csv")]).unwrap();
    assert!(
        std::fs::read_to_string(folder.file("like.csv")).unwrap().starts_with("subject,trial,input,response,response_time\n")
    );
    study(&[
        "loglik",
        "--data",
        &folder.file("like.csv"),
        "--set",
        "tonic_volatility=-3",
        "--set",
        "strictness=0",
        "--set",
        "noise=0.4",
        "--out",
        &folder.file("like.json"),
    ])
    .unwrap();
    // Fits of other responses are not compared, whatever is left out at a time; nothing scored is nothing to fit.
    let other = folder.file("other");
    study(&["fit", "--data", &data, "--method", "laplace", "--first-scored", "5", "--quiet", "--out", &other]).unwrap();
    let refused = study(&["compare", &fitted, &other, "--by", "subject"]).unwrap_err().to_string();
    assert!(refused.contains("predict other responses"), "{refused}");
    let refused = study(&["fit", "--data", &data, "--method", "laplace", "--first-scored", "99", "--out", &folder.file("none")]);
    assert!(refused.unwrap_err().to_string().contains("no response is scored"));

    // The same design once more: trials, inputs and gaps as in the table.
    let gaps: String =
        table.lines().enumerate().map(|(i, l)| if i == 3 { "0,0,2,,1,\n".to_string() } else { format!("{l}\n") }).collect();
    std::fs::write(folder.file("gaps.csv"), gaps).unwrap();
    study(&["simulate", "--like", &folder.file("gaps.csv"), "--out", &folder.file("again.csv")]).unwrap();
    let again = std::fs::read_to_string(folder.file("again.csv")).unwrap();
    assert!(again.lines().nth(3).unwrap().starts_with("0,0,2,,") && again.lines().nth(3).unwrap().ends_with(','), "{again}");
}

#[test]
fn bad_tables_of_trials_are_refused_with_line_and_column() {
    let folder = Folder::new("bad");
    let complaint = |table: &str, options: DataOptions| {
        std::fs::write(folder.file("t.csv"), table).unwrap();
        let table = RawTable::open(Path::new(&folder.file("t.csv"))).unwrap();
        let read = <Hgf<TimedBinary<f64>> as StudyBehaviour>::read(&[table], &options, false);
        read.map(|_| String::new()).unwrap_or_else(|e| e.to_string())
    };
    let said = complaint(
        "subject,trial,input,response,response_time,time_step\na,0,1,1,0.5,1\na,1,2,0,-3,0\na,3,1,maybe,0.4,1\n",
        DataOptions::default(),
    );
    for part in [
        "line 3, column `input`: found `2`, expected an index from 0 to 1",
        "line 3, column `response_time`: found `-3`, expected a number above 0",
        "line 3, column `time_step`: found `0`, expected a number above 0",
        "line 4, column `response`: found `maybe`, expected one of `false`, `true`",
        "line 4, column `trial`: found trial 3 after trial 1 of subject a, expected trial 2",
    ] {
        assert!(said.contains(part), "{part} not in\n{said}");
    }
    let gap = complaint("subject,trial,input,response,response_time\na,0,1,1,1\na,3,1,1,1\na,4,1,1,1\n", DataOptions::default());
    assert_eq!(gap.lines().count(), 1, "one gap is one complaint: {gap}");
    let apart = "subject,session,block,trial,input,response,response_time\na,s1,b1,0,1,1,1\na,s2,b1,0,1,1,1\na,s1,b2,0,1,1,1\n";
    assert!(
        complaint(apart, DataOptions::default()).contains("session s1 of subject a, which ended before another session began")
    );
    let yes = "subject,trial,input,response,response_time\na,1,1,1,1\na,2,0,1,1\n";
    assert_eq!(complaint(yes, DataOptions { index_base: 1, ..DataOptions::default() }), "");
    let said = complaint("subject,trial,input,response\na,0,1,1\n", DataOptions::default());
    assert!(said.contains("a column named `response_time` (or --column response_time=NAME)"), "{said}");
    let renamed = DataOptions { columns: vec![("colour".into(), "c".into())], ..DataOptions::default() };
    assert!(
        complaint("subject,trial,input,response,response_time\na,0,1,1,1\n", renamed)
            .contains("a column of the model, not `colour`")
    );
}

#[test]
fn a_dimension_over_an_input_of_a_filter_has_its_values() {
    assert_eq!(Sided::META.labels(), ["strictness[false]", "strictness[true]"]);
    let strictness = Sided::META.parameters().next().unwrap();
    assert_eq!((strictness.len(), strictness.dimensions[0].name), (2, "input"));
    let numbers = SidedSubject { strictness: [0.3, -0.1] };
    assert_eq!(numbers.strictness[usize::from(true)], -0.1);
}

#[test]
fn points_where_the_filter_fails_are_rejected_and_counted() {
    let trials = (0..80).map(|k| RecordedRow {
        inputs: vec![Some(f64::from(u8::from((k % 5 != 0) == (k < 40))))],
        time_step: 1.0,
        responses: vec![Some(f64::from(u8::from(k % 3 != 0)))],
        scored: true,
        ..RecordedRow::default()
    });
    let record =
        Trials::new(&ThreeLevelBinary::<f64>::META, vec![RecordedBlock { rows: trials.collect(), ..RecordedBlock::default() }])
            .unwrap();
    let options = FilterOptions { update: Update::Standard, ..FilterOptions::default() };
    let group = Group::<Daring>::new(vec!["a".into()], vec![record], options).unwrap();
    let nuts = NutsOptions { chains: 2, warmup: 100, draws: 200, ..NutsOptions::default() };
    let fit = fit_with(&group, Method::Nuts(nuts), &Plan::default()).unwrap();
    assert!(fit.rejected() > 0);
    let said = fit.complaints().join("\n");
    assert!(
        said.contains("have no density, and were rejected (the first: subject a: trial")
            && (said.contains("`volatility`") || said.contains("`chance`")),
        "{said}"
    );
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()
}

/// The reference group and a file beside it, where `AIF_DATA` names their folder.
fn reference(file: &str) -> Option<(Vec<String>, Vec<Trials>, Value)> {
    let folder = PathBuf::from(std::env::var("AIF_DATA").ok()?);
    let table = RawTable::open(&folder.join("hgf_group.csv")).ok()?;
    let options = DataOptions { first_scored: 1, ..DataOptions::default() };
    let read = <Hgf<TwoLevelBinary<f64>> as StudyBehaviour>::read(&[table], &options, false).unwrap();
    Some((read.names, read.records, serde_json::from_str(&std::fs::read_to_string(folder.join(file)).ok()?).unwrap()))
}

#[test]
fn the_reference_groups_likelihoods_agree() {
    let Some((_, records, golden)) = reference("hgf_group.golden.json") else { return };
    let options = FilterOptions::default();
    let (volatilities, temperatures) = (numbers(&golden["vol_grid"]), numbers(&golden["temp_grid"]));
    let mut compared = 0;
    for (v, &tonic) in volatilities.iter().enumerate() {
        for (t, &temperature) in temperatures.iter().enumerate() {
            for (s, record) in records.iter().enumerate() {
                let model = TwoLevelBinary {
                    tonic_volatility: Dual::<2>::variable(tonic, 0),
                    inverse_temperature: Dual::variable(temperature, 1),
                };
                let found = filter_log_likelihood(&model, record, &options).unwrap();
                let near = |found: f64, key: &str, tolerance: f64| {
                    let expected = golden[key][v][t][s].as_f64().unwrap();
                    assert!((found - expected).abs() <= tolerance * (1.0 + expected.abs()), "{key}: {found} {expected}");
                };
                near(found.value, "loglik_grid", 1e-9);
                near(found.gradient[0], "dloglik_dvol_grid", 1e-6);
                near(found.gradient[1], "dloglik_dtemp_grid", 1e-6);
                compared += 3;
            }
        }
    }
    assert_eq!(compared, 3 * volatilities.len() * temperatures.len() * records.len());
}

#[test]
fn the_reference_groups_posterior_and_loo_agree() {
    let Some((names, records, reference)) = reference("hgf_group.fit.json") else { return };
    let group = Group::<Observers>::new(names, records, FilterOptions::default()).unwrap();
    let nuts = NutsOptions {
        chains: 2,
        warmup: 1000,
        draws: 1000,
        start: NutsStart::Laplace,
        target_accept: 0.95,
        ..NutsOptions::default()
    };
    let predictive = PredictiveOptions { loo_draws: 2000, ..PredictiveOptions::none() };
    let fit = fit_with(&group, Method::Nuts(nuts), &Plan { predictive, ..Plan::default() }).unwrap();
    assert!(fit.worst_rhat().unwrap().0 <= 1.01, "{:?}", fit.worst_rhat());
    assert_eq!(fit.overall().divergences, 0);
    let pymc = &reference["fit_pymc"];
    let of = |ours: &str, theirs: &str, subject: Option<usize>| {
        let found = &fit.quantity(ours, subject).unwrap().summary;
        let other = &pymc["summary"][theirs];
        let (mean, error) = (other["mean"].as_f64().unwrap(), other["mcse_mean"].as_f64().unwrap());
        // Both have Monte-Carlo errors; the reference is rounded to three places.
        let allowed = 4.0 * found.mcse_mean.hypot(error) + 5e-4;
        assert!((found.mean - mean).abs() < allowed, "{ours} {subject:?}: {} and {mean}, allowed {allowed}", found.mean);
    };
    of("volatility_mean", "mu_volatility", None);
    of("volatility_spread", "sigma_volatility", None);
    of("strictness_mean", "mu_temperature", None);
    of("strictness_spread", "sigma_temperature", None);
    for s in 0..10 {
        of("tonic_volatility", &format!("volatility[{s}]"), Some(s));
    }
    let loo =
        aif::infer::compare::elpd(&fit.pieces.iter().flat_map(|p| p.responses.iter().map(|r| r.predictive)).collect::<Vec<_>>());
    let (elpd, se) = (pymc["loo"]["elpd_loo"].as_f64().unwrap(), pymc["loo"]["se"].as_f64().unwrap());
    // Four peers' values spread over 0.7.
    assert!((loo.loo.elpd - elpd).abs() < 1.0 && (loo.loo.se - se).abs() < 0.2, "{:?}", loo.loo);
}

#[test]
fn leave_one_out_of_stored_draws_is_that_of_arviz() {
    use aif::infer::compare::{criterion, relative_efficiency};
    let Some((_, records, stored)) = reference("hgf_group.draws.json") else { return };
    let chain = |key: &str, c: usize, s: usize| -> Vec<f64> {
        stored[key][c].as_array().unwrap().iter().map(|d| d[s].as_f64().unwrap()).collect()
    };
    let single = |key: &str, c: usize| -> Vec<f64> { numbers(&stored[key][c]) };
    let mut parameters: Vec<Vec<Vec<f64>>> = Vec::new();
    for key in ["mu_volatility", "sigma_volatility", "mu_temperature", "sigma_temperature"] {
        parameters.push((0..2).map(|c| single(key, c)).collect());
    }
    for key in ["volatility", "inverse_temperature"] {
        parameters.extend((0..10).map(|s| (0..2).map(|c| chain(key, c, s)).collect::<Vec<_>>()));
    }
    let efficiency = relative_efficiency(parameters.iter().map(Vec::as_slice));
    for (s, record) in records.iter().enumerate() {
        let mut likelihoods: Vec<Vec<f64>> = vec![Vec::new(); record.responses()];
        for c in 0..2 {
            for (tonic_volatility, inverse_temperature) in
                chain("volatility", c, s).into_iter().zip(chain("inverse_temperature", c, s))
            {
                let model = TwoLevelBinary { tonic_volatility, inverse_temperature };
                let values = filter_pointwise(&model, record, &FilterOptions::default()).unwrap();
                likelihoods.iter_mut().zip(values).for_each(|(list, value)| list.push(value));
            }
        }
        for (k, list) in likelihoods.iter().enumerate() {
            let found = criterion(list, efficiency);
            let (loo, pareto_k) = (stored["loo_i"][s][k].as_f64().unwrap(), stored["pareto_k"][s][k].as_f64().unwrap());
            assert!(
                (found.elpd_loo - loo).abs() < 1e-6 * (1.0 + loo.abs()),
                "participant {s}, trial {k}: {} {loo}",
                found.elpd_loo
            );
            assert!(
                (found.pareto_k - pareto_k).abs() < 1e-4 * (1.0 + pareto_k.abs()),
                "participant {s}, trial {k}: {} {pareto_k}",
                found.pareto_k
            );
        }
    }
}
