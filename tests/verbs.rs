//! The study program's later verbs: fits by every method that can be stopped, sharded and merged; recovery, calibration, comparison, reports;
//! covariates, sessions and the field's other tables.

#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;
#[path = "models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "verbs/regressors.rs"]
mod regressors;
#[path = "models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::fs;
use std::path::Path;

use aif::infer::fit::{Checkpoints, FitError, Method, Plan, PredictiveOptions};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::results::{Group, fit_with};
use aif::infer::sample::NutsOptions;
use aif::infer::study::Study;
use aif::infer::svi::SviOptions;
use aif::prelude::*;
use folder::{Folder, contents};
use populations::{Everything, Flat, RewardBelief};
use tmaze::TMaze;

fn run(study: Study, arguments: &[&str]) -> Result<(), String> {
    study.run(std::iter::once("study").chain(arguments.iter().copied())).map_err(|e| e.to_string())
}

fn flat(arguments: &[&str]) -> Result<(), String> {
    run(aif::study::<Flat>(), arguments)
}

/// Three subjects with a few blocks each.
fn simulated(folder: &Folder) -> String {
    let out = folder.file("data.csv");
    flat(&["simulate", "--subjects", "3", "--blocks", "12", "--world", "reward_probability=0.8", "--seed", "5", "--out", &out])
        .unwrap();
    out
}

/// Short chains.
const SHORT: [&str; 7] = ["--quiet", "--chains", "2", "--warmup", "40", "--draws", "30"];

/// A short fit by a method.
fn short(method: &str) -> Vec<&str> {
    let own: &[&str] = match method {
        "nuts" => &SHORT,
        "svi" => &["--quiet", "--draws", "30", "--svi-steps", "300"],
        _ => &["--quiet", "--draws", "30"],
    };
    [&["--method", method], own].concat()
}

#[test]
fn every_method_writes_a_whole_folder() {
    let folder = Folder::new("methods");
    let data = simulated(&folder);
    for method in ["nuts", "svi", "laplace"] {
        let out = folder.file(method);
        flat(&[&["fit", "--data", &data, "--log-likelihood", "--out", &out], &short(method)[..]].concat()).unwrap();
        let names: Vec<String> = contents(Path::new(&out)).into_keys().collect();
        for wanted in [
            "subjects.csv",
            "draws.csv",
            "diagnostics.json",
            "accuracy.csv",
            "loo.csv",
            "loo_blocks.csv",
            "loo_subjects.csv",
            "evidence.csv",
            "predictive.csv",
            "regressors.tsv",
            "report.html",
            "fit.json",
            "fit.bin",
            "posterior.zarr/posterior/z/0.0.0",
            "posterior.zarr/log_likelihood/choice/0.0.0",
            "posterior.zarr/.zmetadata",
        ] {
            assert!(names.iter().any(|n| n == wanted), "{method}: no {wanted} in {names:?}");
        }
        assert!(!Path::new(&format!("{out}.unfinished")).exists());
        let report = folder.read(&format!("{method}/report.html"));
        assert!(report.contains("<svg") && report.contains("Can it be believed?") && report.contains("Predictive checks"));
        // One row of regressors for each row of the data; beliefs about a factor sum to one.
        let regressors = folder.read(&format!("{method}/regressors.tsv"));
        let header: Vec<&str> = regressors.lines().next().unwrap().split('\t').collect();
        assert_eq!(&header[..5], ["subject", "block", "step", "place=Centre", "place=Left"]);
        assert_eq!(regressors.lines().count(), folder.read("data.csv").lines().count());
        let cells: Vec<&str> = regressors.lines().nth(3).unwrap().split('\t').collect();
        let belief: f64 = cells[3..8].iter().map(|c| c.parse::<f64>().unwrap()).sum();
        assert!((belief - 1.0).abs() < 1e-9);
        let loo = folder.read(&format!("{method}/loo.csv"));
        assert!(loo.starts_with("subject,block,step,response,elpd_loo,pareto_k,elpd_waic,p_waic,lpd\n0,0,0,go,"), "{loo}");
        assert_eq!(loo.lines().count(), 1 + 3 * 12 * 5);
    }
    assert!(folder.read("svi/elbo.csv").lines().count() > 300);
    // Fits of the same data are compared; other data are refused.
    flat(&["compare", &folder.file("nuts"), &folder.file("laplace"), "--out", &folder.file("compared")]).unwrap();
    let table = folder.read("compared/comparison.csv");
    assert!(table.starts_with("fit,population,elpd_loo,difference,se,stacking_weight,unreliable\n"), "{table}");
    assert!(folder.read("compared/selection.csv").contains("protected_exceedance"));
    let truth = folder.file("data.truth.csv");
    flat(&["report", &folder.file("nuts"), "--truth", &truth, "--out", &folder.file("r.html")]).unwrap();
    assert!(folder.read("r.html").contains("Was the truth found?"));
    let error = run(aif::study::<RewardBelief>(), &["report", &folder.file("nuts")]).unwrap_err();
    assert!(error.contains("is a fit of Flat, not of RewardBelief"), "{error}");
}

#[test]
fn shards_put_together_are_the_whole_byte_for_byte() {
    let folder = Folder::new("shards");
    let data = simulated(&folder);
    let fit = |out: &str, more: &[&str]| {
        let out = folder.file(out);
        flat(&[&["fit", "--data", &data, "--out", &out], &SHORT[..], more].concat()).unwrap();
        out
    };
    let whole = fit("whole", &[]);
    let (one, two) = (fit("one", &["--shard", "1/2"]), fit("two", &["--shard", "2/2", "--threads", "1"]));
    let merged = folder.file("merged");
    flat(&["merge", &two, &one, "--out", &merged]).unwrap();
    let (a, b) = (contents(Path::new(&whole)), contents(Path::new(&merged)));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for ((name, left), (_, right)) in a.iter().zip(&b) {
        assert!(left == right, "{name} differs");
    }
    let error = flat(&["merge", &one, "--out", &folder.file("x")]).unwrap_err();
    assert!(error.contains("shard 2/2 is missing"), "{error}");
    let error = flat(&["merge", &one, &whole, "--out", &folder.file("x")]).unwrap_err();
    assert!(error.contains("is a whole fit, no shard of one"), "{error}");
    let error = flat(&["merge", &one, &one, "--out", &folder.file("x")]).unwrap_err();
    assert!(error.contains("shard 1/2 is given twice"), "{error}");
    let other = fit("other", &["--shard", "2/2", "--seed", "9"]);
    let error = flat(&["merge", &one, &other, "--out", &folder.file("x")]).unwrap_err();
    assert!(error.contains("is a shard of another fit"), "{error}");
}

#[test]
fn shards_of_a_group_are_sampled_jointly_from_their_tables() {
    let folder = Folder::new("group_shards");
    let data = simulated(&folder);
    let fit = |out: &str, more: &[&str]| {
        let out = folder.file(out);
        run(aif::study::<RewardBelief>(), &[&["fit", "--data", &data, "--out", &out, "--quiet"], more].concat()).unwrap();
        out
    };
    let whole = fit("whole", &["--loo-draws", "0", "--check-draws", "0"]);
    let (one, two) = (fit("one", &["--shard", "1/2"]), fit("two", &["--shard", "2/2"]));
    assert!(!Path::new(&one).join("draws.csv").exists());
    let merged = folder.file("merged");
    let merge =
        |folders: &[&str], out: &str| run(aif::study::<RewardBelief>(), &[&["merge", "--quiet", "--out", out], folders].concat());
    merge(&[&two, &one], &merged).unwrap();
    // The same posterior, by other chains.
    let sigma = |folder: &str| -> Vec<f64> {
        let text = std::fs::read_to_string(Path::new(folder).join("population.csv")).unwrap();
        let line = text.lines().find(|l| l.starts_with("sigma,")).unwrap();
        line.split(',').skip(1).map(|x| x.parse().unwrap()).collect()
    };
    let (a, b) = (sigma(&whole), sigma(&merged));
    assert!((a[0] - b[0]).abs() < 0.2 * a[1] && (a[1] / b[1] - 1.0).abs() < 0.2, "{a:?} {b:?}");
    let said = std::fs::read_to_string(Path::new(&merged).join("diagnostics.json")).unwrap();
    assert!(said.contains("merged from the tables of 2 shards"), "{said}");
    let error = merge(&[&one], &folder.file("x")).unwrap_err();
    assert!(error.contains("shard 2/2 is missing"), "{error}");

    let words = ["fit", "--data", &data, "--out", &folder.file("x"), "--quiet", "--shard", "99/99"];
    let error = run(aif::study::<RewardBelief>(), &words).unwrap_err();
    assert!(error.contains("subjects cannot be cut into so many"), "{error}");

    // The second round: shards score draws by their records.
    let score = |shard: &str, data: &str, out: &str| {
        let out = folder.file(out);
        let words = ["score", shard, "--merged", &merged, "--data", data, "--draws", "50", "--quiet", "--out", &out];
        run(aif::study::<RewardBelief>(), &words).map(|()| out)
    };
    let scored = [score(&one, &data, "scored_1").unwrap(), score(&two, &data, "scored_2").unwrap()];
    let weigh = |folders: &[&str], out: &str| {
        let out = folder.file(out);
        run(aif::study::<RewardBelief>(), &[&["weigh", "--merged", &merged, "--out", &out], folders].concat()).map(|()| out)
    };
    let weighed = weigh(&[&scored[1], &scored[0]], "weighed").unwrap();
    let said = std::fs::read_to_string(Path::new(&weighed).join("diagnostics.json")).unwrap();
    assert!(said.contains("2 shards scored 50 draws by their records") && said.contains("all draws are kept"), "{said}");
    assert_eq!(sigma(&weighed), b);
    let lines = |name: &str, with: &str| {
        let text = std::fs::read_to_string(Path::new(&weighed).join(name)).unwrap();
        text.lines().skip(1).filter(|line| line.contains(with)).count()
    };
    assert_eq!(lines("loo_subjects.csv", ""), lines("subjects.csv", ",z,"));
    let error = weigh(&[&scored[0]], "x").unwrap_err();
    assert!(error.contains("shard 2/2 is missing"), "{error}");
    let error = weigh(&[&one, &two], "x").unwrap_err();
    assert!(error.contains("no shard has scored any draw"), "{error}");
    let error = merge(&[&scored[0], &scored[1]], &folder.file("x")).unwrap_err();
    assert!(error.contains("put it together by `weigh`"), "{error}");
    let fewer: String = std::fs::read_to_string(&data)
        .unwrap()
        .lines()
        .rev()
        .skip(6)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .map(|l| format!("{l}\n"))
        .collect();
    let error = score(&one, &folder.write("fewer.csv", &fewer), "x").unwrap_err();
    assert!(error.contains("was made of other data"), "{error}");
    let error = score(&whole, &data, "x").unwrap_err();
    assert!(error.contains("is a whole fit, no shard of one"), "{error}");
    assert!(!folder.0.join("x").exists());
}

/// A checkpoints in memory that stops the fit after some parts.
struct Stops {
    parts: std::sync::Mutex<Vec<(String, Vec<u8>)>>,
    after: std::sync::atomic::AtomicUsize,
}

impl Checkpoints for Stops {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.parts.lock().unwrap().iter().find(|(n, _)| n == name).map(|(_, c)| c.clone()))
    }
    fn put(&self, name: &str, content: &[u8]) -> Result<(), String> {
        let mut parts = self.parts.lock().unwrap();
        parts.retain(|(n, _)| n != name);
        parts.push((name.to_string(), content.to_vec()));
        Ok(())
    }
    fn stop(&self) -> bool {
        self.parts.lock().unwrap().len() >= self.after.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[test]
fn a_fit_that_is_stopped_goes_on_to_the_same_end() {
    let folder = Folder::new("resumed");
    let data = simulated(&folder);
    let table = aif::infer::data::RawTable::open(Path::new(&data)).unwrap();
    let read = <Pomdp<TMaze<f64>> as aif::infer::study::StudyBehaviour>::read(&[table], &Default::default(), false).unwrap();
    let group = Group::<Flat>::new(read.names.clone(), read.records.clone(), AgentOptions::default()).unwrap();
    let joint = Group::<RewardBelief>::new(read.names, read.records, AgentOptions::default()).unwrap();
    let nuts = Method::Nuts(NutsOptions { chains: 2, warmup: 20, draws: 20, ..NutsOptions::default() });
    let svi = Method::Svi(SviOptions { steps: 350, tolerance: 0.0, ..SviOptions::default() });
    let laplace = Method::Laplace(LaplaceOptions::default());
    let groups: [(&dyn aif::infer::results::Fittable, &[Method]); 2] = [(&group, &[nuts, svi, laplace]), (&joint, &[nuts, svi])];
    for (group, methods) in groups {
        for method in methods {
            let plan = |checkpoints| Plan { predictive: PredictiveOptions::default(), checkpoints, ..Plan::default() };
            let whole = fit_with(group, *method, &Plan { predictive: PredictiveOptions::default(), ..Plan::default() }).unwrap();
            let checkpoints = Stops { parts: Default::default(), after: 1.into() };
            let mut stops = 0;
            let resumed = loop {
                match fit_with(group, *method, &plan(&checkpoints)) {
                    Ok(fit) => break fit,
                    Err(FitError::Stopped) => {
                        stops += 1;
                        // Every time it gets a few parts further.
                        checkpoints
                            .after
                            .store(checkpoints.parts.lock().unwrap().len() + 2, std::sync::atomic::Ordering::Relaxed);
                    }
                    Err(other) => panic!("{other}"),
                }
                assert!(stops < 100);
            };
            assert!(stops > 0, "{}", method.name());
            assert_eq!(whole.pieces, resumed.pieces, "{}", method.name());
        }
    }
}

#[test]
fn a_killed_fit_leaves_nothing_that_loads_and_can_be_gone_on_with() {
    let folder = Folder::new("killed");
    let data = simulated(&folder);
    let out = folder.file("out");
    let fit = |more: &[&str]| flat(&[&["fit", "--data", &data, "--out", &out], &SHORT[..], more].concat());
    let error = fit(&["--resume"]).unwrap_err();
    assert!(error.contains("there is no") && error.contains("out.unfinished"), "{error}");
    fit(&[]).unwrap();
    let whole = contents(Path::new(&out));
    // What a killed fit leaves: the description and some of its parts, beside the place of the results.
    let unfinished = folder.0.join("out.unfinished");
    fs::rename(&out, folder.0.join("done")).unwrap();
    fs::create_dir(&unfinished).unwrap();
    fs::copy(folder.0.join("done/fit.json"), unfinished.join("fit.json")).unwrap();
    assert!(flat(&["report", &unfinished.display().to_string()]).is_err());
    let error = fit(&[]).unwrap_err();
    assert!(error.contains("from a fit that was stopped: go on with it by --resume, or remove it"), "{error}");
    let error = fit(&["--resume", "--seed", "3"]).unwrap_err();
    assert!(error.contains("is from another fit"), "{error}");
    fit(&["--resume"]).unwrap();
    assert!(whole == contents(Path::new(&out)) && !unfinished.exists());
    // A part that is broken is named.
    fs::remove_dir_all(&out).unwrap();
    fs::create_dir(&unfinished).unwrap();
    fs::copy(folder.0.join("done/fit.json"), unfinished.join("fit.json")).unwrap();
    fs::write(unfinished.join("chain-0-0"), b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").unwrap();
    let error = fit(&["--resume"]).unwrap_err();
    assert!(error.contains("chain-0-0 is no stored part of a fit"), "{error}");
    assert!(!Path::new(&out).exists());
}

#[test]
fn recovery_calibration_and_information_say_what_is_found() {
    let folder = Folder::new("recover");
    let small = [
        "--subjects",
        "4",
        "--blocks",
        "15",
        "--steps",
        "4",
        "--method",
        "laplace",
        "--quiet",
        "--world",
        "reward_probability=0.8",
    ];
    flat(&[&["recover", "--repeats", "3", "--out", &folder.file("recovered")], &small[..]].concat()).unwrap();
    let summary = folder.read("recovered/summary.csv");
    assert!(summary.starts_with("parameter,count,correlation,bias,rmse,mean_sd,coverage_50,coverage_90\nz,12,"), "{summary}");
    assert!(folder.read("recovered/z.svg").contains("<svg"));
    // Subjects without a group have nothing in common that could be far out.
    let each = folder.read("recovered/recovery.csv");
    assert!(
        each.lines().next().unwrap().ends_with(",rhat,prior_below") && each.lines().skip(1).all(|l| l.ends_with(',')),
        "{each}"
    );
    let mut calibrate = vec!["calibrate", "--simulations", "12"];
    let out = folder.file("calibrated");
    calibrate.extend(["--out", &out]);
    calibrate.extend(small.iter().map(|&s| if s == "4" { "1" } else { s }));
    flat(&calibrate).unwrap();
    assert!(folder.read("calibrated/calibration.csv").starts_with("parameter,ranks,mean_rank,p_value,verdict\nz,12,"));
    assert!(folder.read("calibrated/ranks_z.svg").contains("<svg") && folder.read("calibrated/ecdf_z.svg").contains("<svg"));
    let out = folder.file("information.csv");
    run(aif::study::<Everything>(), &["identify", "--subjects", "6", "--blocks", "10", "--out", &out]).unwrap();
    let table = folder.read("information.csv");
    assert_eq!(
        table.lines().map(|l| l.split(',').next().unwrap()).collect::<Vec<_>>(),
        ["parameter", "z", "preference", "g", "a"]
    );
    // Which of two models a group came from.
    let both = || aif::study::<Flat>().and::<RewardBelief>();
    let confusion = ["recover", "--confusion", "--subjects", "4", "--blocks", "10", "--quiet", "--out", &folder.file("confused")];
    run(both(), &confusion).unwrap();
    assert_eq!(folder.read("confused/confusion.csv").lines().count(), 1 + 4);
    let mut confusion = confusion.to_vec();
    let out = folder.file("confused alone");
    *confusion.last_mut().unwrap() = &out;
    assert!(flat(&confusion).unwrap_err().contains("needs a program with several populations"));
    let error = run(both(), &["simulate", "--population", "Nobody", "--out", &folder.file("x.csv")]).unwrap_err();
    assert!(error.contains("this program has Flat, RewardBelief"), "{error}");
}

model! {
    /// How far belief differs between two groups, as a formula.
    Treated for TMaze<T> {
        covariates(age: f64, patient: bool);
        subject {
            z ~ formula(1 + standardise(age) + patient, sd = 0.4);
            TMaze { reward_probability: 0.5 + 0.5 * logistic(z), preference: 1.2 }
        }
    }
}

#[test]
fn effects_are_planned_for_fitted_and_done_without() {
    let folder = Folder::new("effects");
    let people = folder.write("people.csv", "subject,age,patient\na,20,true\nb,35,false\nc,50,true\nd,41,false\n");
    let study = aif::study::<Treated>;
    let out = folder.file("power");
    let power = |more: &[&str]| {
        let arguments = ["power", "--covariates", &people, "--quiet", "--out", &out, "--simulations", "3"];
        run(study(), &[&arguments[..], more].concat())
    };
    power(&["--find", "z[patient]", "--set", "z[patient]=2.5", "--sizes", "8,4", "--trials", "5,10"]).unwrap();
    let table = folder.read("power/power.csv");
    assert!(table.starts_with("subjects,blocks,simulations,found,power,low,high,wrong_side,failed,"), "{table}");
    let rows: Vec<Vec<f64>> = table.lines().skip(1).map(|l| l.split(',').map(|c| c.parse().unwrap()).collect()).collect();
    assert_eq!(rows.iter().map(|r| (r[0], r[1])).collect::<Vec<_>>(), [(4.0, 5.0), (8.0, 5.0), (4.0, 10.0), (8.0, 10.0)]);
    assert!(rows.iter().all(|r| r[2] == 3.0 && r[4] == r[3] / 3.0 && r[5] <= r[4] && r[4] <= r[6] && r[8] == 0.0), "{table}");
    // Twice the people and the blocks say more.
    assert!(rows[3][10] < rows[0][10], "{table}");
    assert!(folder.read("power/power_10_blocks.svg").starts_with("<svg"));
    let refused = |more: &[&str], part: &str| {
        let error = power(more).unwrap_err();
        assert!(error.contains(part), "`{part}` is not in: {error}");
    };
    refused(
        &["--find", "z[aeg]", "--set", "z[age]=1"],
        "the group has no number `z[aeg]`: it has z[intercept], z[age], z[patient]",
    );
    refused(&["--find", "z[age]"], "say how large it is, --set \"z[age]=0.5\"");
    refused(&["--find", "z[age]", "--set", "z[age]=0"], "it is set to 0, and that is what it is told from");
    refused(&["--find", "z[age]", "--set", "z[age]=1", "--subjects", "5"], "--sizes 20,40,80");

    let (data, fitted, less) = (folder.file("data.csv"), folder.file("fitted"), folder.file("less"));
    run(study(), &["simulate", "--covariates", &people, "--blocks", "20", "--set", "z[patient]=2.5", "--out", &data]).unwrap();
    run(study(), &[&["fit", "--data", &data, "--covariates", &people, "--out", &fitted], &short("nuts")[..]].concat()).unwrap();
    let reduce = |more: &[&str]| run(study(), &[&["reduce", &fitted[..]], more].concat());
    reduce(&["--drop", "z[patient]", "--drop", "z[age]", "--out", &less]).unwrap();
    let table = folder.read("less/reductions.csv");
    assert_eq!(table.lines().count(), 1 + 4, "{table}");
    assert!(table.contains("z[patient] z[age],"), "{table}");
    assert_eq!(folder.read("less/needed.csv").lines().count(), 1 + 2);
    assert_eq!(folder.read("less/parameters.csv").lines().count(), 1 + 3);
    // With the data that were fitted, and no others, evidences by bridge sampling stand beside.
    let bridged = folder.file("bridged");
    let with = ["--drop", "z[patient]", "--quiet", "--covariates", &people];
    reduce(&[&with[..], &["--data", &data, "--out", &bridged]].concat()).unwrap();
    let table = folder.read("bridged/reductions.csv");
    assert!(table.lines().next().unwrap().ends_with("probability,bridge,bridge_error"), "{table}");
    assert!(table.lines().skip(1).all(|l| l.split(',').skip(1).all(|c| c.parse::<f64>().unwrap().is_finite())), "{table}");
    let error = reduce(&with).unwrap_err();
    assert!(error.contains("how a table is read and what agents do is said with --data only"), "{error}");
    let other = folder.file("other.csv");
    run(study(), &["simulate", "--covariates", &people, "--blocks", "20", "--seed", "9", "--out", &other]).unwrap();
    let error = reduce(&[&with[..], &["--data", &other]].concat()).unwrap_err();
    assert!(error.contains("was made of other data, or read with other options, than"), "{error}");
    let error = reduce(&["--drop", "z"]).unwrap_err();
    assert!(error.contains("the group has no number `z` that is drawn: it has z[intercept], z[age], z[patient]"), "{error}");
    // A spread cannot be zero.
    let spread = "the group of one spread";
    run(aif::study::<RewardBelief>(), &["simulate", "--subjects", "3", "--blocks", "4", "--force", "--out", &data]).unwrap();
    let out = folder.file(spread);
    run(aif::study::<RewardBelief>(), &[&["fit", "--data", &data, "--out", &out], &short("nuts")[..]].concat()).unwrap();
    let error = run(aif::study::<RewardBelief>(), &["reduce", &out, "--drop", "sigma"]).unwrap_err();
    assert!(
        error.contains("`sigma` cannot be dropped: zero is not among the values that it can have (~ HalfNormal(1.0)"),
        "{error}"
    );
}

model! {
    /// A group whose beliefs depend on age and place, from day to day.
    Visits for TMaze<T> {
        covariates(age: f64, patient: bool);
        population {
            mu ~ Normal(0.0, 1.0);
            slope ~ Normal(0.0, 0.5);
        }
        plate site {
            shift ~ Normal(0.0, 0.3);
        }
        subject {
            own ~ Normal(mu + slope * age + 0.1 * patient + shift, 0.5);
        }
        plate session {
            today ~ Normal(own, 0.3);
            TMaze { reward_probability: 0.5 + 0.5 * logistic(today), preference: 1.2 }
        }
    }
}

#[test]
fn covariates_sites_and_sessions_go_from_simulation_to_results() {
    let folder = Folder::new("visits");
    let people = folder.write("people.csv", "patient,subject,site,age\nyes?,a,Rome,20\n");
    let simulate = |people: &str, more: &[&str]| {
        let out = folder.file("visits.csv");
        let arguments = ["simulate", "--blocks", "4", "--sessions", "2", "--covariates", people, "--out", &out];
        run(aif::study::<Visits>(), &[&arguments[..], more].concat())
    };
    let error = simulate(&people, &[]).unwrap_err();
    assert!(error.contains("people.csv, line 2, column `patient`: found `yes?`, expected one of `false`, `true`"), "{error}");
    let people = folder.write("people.csv", "patient,subject,site,age\ntrue,a,Rome,20\nfalse,b,Oslo,30\nfalse,c,Rome,55\n");
    let error = simulate(&people, &["--standardise", "patient"]).unwrap_err();
    assert!(error.contains("--standardise patient") && error.contains("one of `age`"), "{error}");
    simulate(&people, &["--standardise", "age"]).unwrap();
    let data = folder.read("visits.csv");
    assert!(data.starts_with("subject,session,block,step,seen,outcome,cue,go\na,0,0,0,"), "{data}");
    let truth = folder.read("visits.truth.csv");
    assert!(truth.starts_with("subject,session,mu,slope,shift,own,today\na,0,") && truth.lines().count() == 1 + 6);
    let visits = folder.file("visits.csv");
    let fit_by = |method: &str, people: &str, out: &str, more: &[&str]| {
        let out = folder.file(out);
        run(
            aif::study::<Visits>(),
            &[&["fit", "--data", &visits, "--covariates", people, "--out", &out], &short(method)[..], more].concat(),
        )
    };
    let fit = |people: &str, out: &str, more: &[&str]| fit_by("nuts", people, out, more);
    fit(&people, "fitted", &["--standardise", "age"]).unwrap();
    assert!(
        folder.read("fitted/site.csv").starts_with("site,parameter,mean,") && folder.read("fitted/site.csv").lines().count() == 3
    );
    let sessions = folder.read("fitted/sessions.csv");
    assert!(sessions.starts_with("subject,session,parameter,mean,") && sessions.lines().count() == 1 + 6, "{sessions}");
    assert!(folder.read("fitted/draws.csv").lines().next().unwrap().ends_with("\"today[c,1]\""));
    fit_by("laplace", &people, "approximated", &["--standardise", "age"]).unwrap();
    // Scoring under the parameters that it was simulated with.
    let ll = folder.file("ll.json");
    let truth = folder.file("visits.truth.csv");
    let score = ["loglik", "--data", &visits, "--covariates", &people, "--params", &truth, "--gradient", "--out", &ll];
    run(aif::study::<Visits>(), &score).unwrap();
    assert!(folder.read("ll.json").contains("\"session\": \"1\""));
    // Missing and unmatched rows.
    let refused = |table: &str, part: &str| {
        let error = fit(&folder.write("bad.csv", table), "x", &[]).unwrap_err();
        assert!(error.contains(part), "`{part}` is not in: {error}");
        assert!(!Path::new(&folder.file("x")).exists());
    };
    refused("subject,patient,site,age\na,true,Rome,20\nb,false,Oslo,30\n", "found no row for subject `c`");
    refused(
        "subject,patient,site,age\na,true,Rome,20\nb,false,Oslo,30\nc,true,Rome,1\nd,true,Rome,1\n",
        "line 5, column `subject`: found `d`, expected a subject of the data",
    );
    refused(
        "subject,patient,site,age\na,true,Rome,20\nb,,Oslo,30\nc,true,,NA\n",
        "line 3, column `patient`: found nothing, expected a value",
    );
    refused("subject,patient,age\na,true,20\n", "expected a column named `site`");
    let error = run(aif::study::<Visits>(), &["fit", "--data", &visits, "--out", &folder.file("x")]).unwrap_err();
    assert!(
        error.contains("expected --covariates TABLE with one row per subject and the columns `site`, `age`, `patient`"),
        "{error}"
    );
    let error = flat(&["fit", "--data", &visits, "--covariates", &people, "--out", &folder.file("x")]).unwrap_err();
    assert!(error.contains("Flat declares neither covariates nor plates"), "{error}");
}

/// A choice whose outcome stands on its own row.
#[derive(Clone, Copy, Debug)]
struct Lever<T> {
    taste: T,
}

#[generative_model(horizon = 1, actions(choice: bool))]
impl<T: Real> Lever<T> {
    #[factor(initial = [1.0, 0.0])]
    fn pulled(&self, choice: bool) -> bool {
        choice
    }
    #[modality(preference = [0.0, self.taste])]
    fn outcome(&self, pulled: bool) -> Dist<bool, T> {
        Dist::bernoulli(pulled, 0.7, !pulled)
    }
}

model! {
    /// What an outcome is worth.
    Levers for Lever<T> {
        subject {
            taste ~ Normal(0.0, 1.0);
            Lever { taste }
        }
    }
}

#[test]
fn the_fields_other_tables_are_read() {
    let folder = Folder::new("formats");
    let long = "subject,block,step,outcome,choice\n1,1,1,,1\n1,1,2,0,0\n1,1,3,1,1\n1,1,4,0,\n2,1,1,,0\n2,1,2,1,\n";
    let trials = "subjID\ttrial\tchoice\toutcome\n1\t1\t1\t0\n1\t2\t0\t1\n1\t3\t1\t0\n2\t1\t0\t1\n";
    let score = |data: &str, more: &[&str]| {
        let out = folder.file("ll.json");
        run(
            aif::study::<Levers>(),
            &[&["loglik", "--data", data, "--set", "taste=0.8", "--pointwise", "--out", &out, "--force"], more].concat(),
        )
        .unwrap();
        folder.read("ll.json")
    };
    let wanted = score(&folder.write("long.csv", long), &[]);
    assert_eq!(score(&folder.write("trials.tsv", trials), &["--format", "trials"]), wanted);
    let bids = |name: &str, rows: &str| {
        let path = folder.0.join("bids").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("trial\tchoice\toutcome\n{rows}")).unwrap();
    };
    bids("sub-1/beh/sub-1_task-lever_beh.tsv", "1\t1\t0\n2\t0\t1\n3\t1\t0\n");
    bids("sub-2/beh/sub-2_task-lever_beh.tsv", "1\t0\t1\n");
    fs::write(folder.0.join("bids/participants.tsv"), "participant_id\nsub-1\n").unwrap();
    assert_eq!(score(&folder.file("bids"), &["--format", "bids", "--order", "action-first"]), wanted);
    let error = run(aif::study::<Levers>(), &["loglik", "--data", &folder.file("nowhere"), "--format", "bids"]).unwrap_err();
    assert!(error.contains("nowhere"), "{error}");
    bids("sub-2/beh/sub-2_task-lever_beh.tsv", "1\t0\tperhaps\n");
    let error = run(
        aif::study::<Levers>(),
        &["loglik", "--data", &folder.file("bids"), "--format", "bids", "--order", "action-first", "--set", "taste=1"],
    )
    .unwrap_err();
    assert!(error.contains("sub-2_task-lever_beh.tsv, line 2, column `outcome`: found `perhaps`"), "{error}");
}

#[test]
fn what_cannot_be_names_subject_block_and_step() {
    let folder = Folder::new("impossible");
    // The cue is shown in the centre, where there is none.
    let rows = "subject,block,step,seen,outcome,cue,go\na,7,3,Centre,Nothing,Nothing,Cue\na,7,4,Cue,Nothing,Right,Centre\nb,1,0,Centre,Nothing,Left,Middle\nb,1,1,Middle,Nothing,Nothing,\n";
    let data = folder.write("data.csv", rows);
    let error = flat(&["fit", "--data", &data, "--quiet", "--out", &folder.file("x")]).unwrap_err();
    assert!(error.contains("subject b, block 1, step 0: `cue` cannot be Left here"), "{error}");
    assert!(!Path::new(&folder.file("x")).exists() && !Path::new(&folder.file("x.unfinished")).exists());
}
