//! Whole command lines, over all verbs, each in a process of its own: exit status 0 or 2, no panic, not long, and no file but those named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;

use super::{LONGEST, Target, mutate};

/// A verb with what it needs, and the options that it may be given beside.
struct Verb {
    base: &'static [&'static str],
    options: &'static [&'static str],
}

const PLAN: &[&str] = &[
    "--subjects",
    "--blocks",
    "--steps",
    "--sessions",
    "--like",
    "--covariates",
    "--standardise",
    "--seed",
    "--world",
    "--input",
    "--set",
    "--params",
    "--population",
    "--options",
    "--inference",
    "--sweeps",
    "--selection",
    "--sampling",
    "--horizon",
    "--learn",
    "--learn-lag",
    "--learn-from",
    "--learning-rate",
    "--forgetting",
    "--update",
    "--relaxed",
    "--precision-cap",
    "--compat",
    "--out",
    "--force",
];
const METHOD: &[&str] = &[
    "--method",
    "--chains",
    "--warmup",
    "--draws",
    "--thin",
    "--target-accept",
    "--max-depth",
    "--start",
    "--guide",
    "--svi-steps",
    "--particles",
    "--step-size",
    "--climbs",
    "--tolerance",
    "--quiet",
];
const DATA: &[&str] = &[
    "--data",
    "--column",
    "--index-base",
    "--missing",
    "--missing-action",
    "--format",
    "--order",
    "--first-scored",
    "--covariates",
    "--standardise",
    "--population",
    "--options",
    "--inference",
    "--horizon",
    "--learn",
    "--sweeps",
    "--out",
    "--force",
];
const FIT: &[&str] = &["--loo-draws", "--check-draws", "--log-likelihood", "--shard", "--resume", "--threads", "--seed"];
const FOLDERS: &[&str] =
    &["--by", "--truth", "--merged", "--method", "--draws", "--population", "--out", "--force", "--quiet", "--threads"];

const SMALL: [&str; 6] = ["--subjects", "2", "--blocks", "2", "--steps", "2"];
const SCANS: &[&str] = &["--neural", "--scans", "--onsets", "--learn", "--missing-action", "--out", "--force", "--horizon"];
const VERBS: [(Verb, bool); 14] = [
    (Verb { base: &["simulate", "--out", "out.csv"], options: PLAN }, true),
    (Verb { base: &["loglik", "--data", "tmaze.csv", "--set", "z=0"], options: DATA }, false),
    (
        Verb {
            base: &["loglik", "--population", "Observers", "--data", "filter.csv", "--params", "observers.csv"],
            options: DATA,
        },
        false,
    ),
    (
        Verb { base: &["regressors", "--data", "tmaze.csv", "--set", "z=0", "--neural", "--out", "out.tsv"], options: SCANS },
        false,
    ),
    (Verb { base: &["fit", "--data", "tmaze.csv", "--method", "laplace", "--draws", "10", "--out", "out"], options: FIT }, false),
    (
        Verb {
            base: &["fit", "--data", "tmaze.csv", "--chains", "1", "--warmup", "4", "--draws", "4", "--out", "out"],
            options: METHOD,
        },
        false,
    ),
    (
        Verb {
            base: &["fit", "--data", "tmaze.csv", "--method", "svi", "--svi-steps", "3", "--draws", "5", "--out", "out"],
            options: DATA,
        },
        false,
    ),
    (Verb { base: &["recover", "--method", "laplace", "--draws", "10", "--out", "out"], options: METHOD }, true),
    (
        Verb {
            base: &["calibrate", "--method", "laplace", "--draws", "10", "--simulations", "10", "--out", "out"],
            options: PLAN,
        },
        true,
    ),
    (Verb { base: &["identify", "--out", "out.csv"], options: PLAN }, true),
    (Verb { base: &["compare", "one", "two", "--out", "out"], options: FOLDERS }, false),
    (Verb { base: &["report", "one", "--out", "out.html"], options: FOLDERS }, false),
    (Verb { base: &["merge", "shard1", "shard2", "--out", "out"], options: FOLDERS }, false),
    (Verb { base: &["score", "shard1", "--merged", "one", "--data", "tmaze.csv", "--out", "out"], options: FOLDERS }, false),
];

const VALUES: [&str; 59] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "-1",
    "0.5",
    "1e-9",
    "1e308",
    "nan",
    "inf",
    "-inf",
    "4294967296",
    "18446744073709551615",
    "20",
    "100",
    "",
    " ",
    "=",
    "z=1",
    "z=nan",
    "z=1e308",
    "z=",
    "=1",
    "mu=0",
    "nothing=1",
    "reward_probability=0.7",
    "reward_probability=7",
    "preference=1e300",
    "go=choice",
    "seen=outcome",
    "tmaze.csv",
    "filter.csv",
    "one",
    "nowhere",
    "observers.csv",
    "options.json",
    "one/fit.json",
    "laplace",
    "nuts",
    "svi",
    "empirical-bayes",
    "Flat",
    "RewardBelief",
    "Observers",
    "exact",
    "fixed-point",
    "smoothed",
    "before-choice",
    "marginalise",
    "skip",
    "end-block",
    "stay=Left",
    "trials",
    "bids",
    "1/2",
    "2/2",
    "origin",
];

/// Command lines.
pub struct Verbs {
    folder: PathBuf,
    there: BTreeMap<PathBuf, u64>,
}

/// All files below a folder with their lengths.
fn files(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(found) if found.is_dir() => open.push(entry.path()),
                Ok(found) => drop(all.insert(entry.path(), found.len())),
                Err(_) => {}
            }
        }
    }
    all
}

impl Verbs {
    pub fn new(folder: &Path) -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let copy = |from: &str, to: &str| {
            fs::copy(own.join(from), folder.join(to)).unwrap_or_else(|e| panic!("{from}: {e}"));
        };
        copy("tables/tmaze.csv", "tmaze.csv");
        copy("tables/filter.csv", "filter.csv");
        copy("params/observers.csv", "observers.csv");
        copy("options/agent.json", "options.json");
        let verbs = Verbs { folder: folder.to_owned(), there: BTreeMap::new() };
        let fit = [
            "fit",
            "--data",
            "tmaze.csv",
            "--quiet",
            "--method",
            "laplace",
            "--draws",
            "10",
            "--loo-draws",
            "5",
            "--check-draws",
            "2",
        ];
        for (out, more) in
            [("one", &[][..]), ("two", &["--seed", "2"]), ("shard1", &["--shard", "1/2"]), ("shard2", &["--shard", "2/2"])]
        {
            let arguments: Vec<String> = [&fit[..], &["--out", out], more].concat().into_iter().map(String::from).collect();
            verbs.call(&arguments).unwrap_or_else(|e| panic!("{e}"));
        }
        Verbs { there: files(folder), ..verbs }
    }

    /// Runs a command line; its exit status.
    fn call(&self, arguments: &[String]) -> Result<i32, String> {
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let said = self.folder.with_extension("said");
        let file = fs::File::create(&said).map_err(|e| e.to_string())?;
        let mut child = Command::new(program)
            .arg("program")
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .map_err(|e| e.to_string())?;
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                break status;
            }
            if begun.elapsed() > Duration::from_secs(LONGEST) {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{arguments:?} takes more than {LONGEST} seconds"));
            }
            std::thread::sleep(Duration::from_micros(300));
        };
        let said = fs::read_to_string(&said).unwrap_or_default();
        match status.code() {
            Some(code @ (0 | 2)) if !said.contains("panicked") && (code == 0 || !said.trim().is_empty()) => Ok(code),
            code => Err(format!("{arguments:?}: exit status {code:?}: {said}")),
        }
    }
}

impl Target for Verbs {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let (verb, plans) = mutate::one(&VERBS, rng);
        let mut arguments: Vec<String> = verb.base.iter().map(ToString::to_string).collect();
        if *plans {
            arguments.extend(SMALL.iter().map(ToString::to_string));
        }
        for _ in 0..mutate::below(4, rng) {
            match mutate::below(5, rng) {
                // A value of what is there already is another one.
                0 => {
                    let at = 1 + mutate::below(arguments.len() - 1, rng);
                    let is_out = arguments[at - 1] == "--out";
                    if !is_out && !arguments[at].starts_with("--") {
                        arguments[at] = (*mutate::one(&VALUES, rng)).to_string();
                    }
                }
                1 => arguments.push((*mutate::one(&VALUES, rng)).to_string()),
                _ => {
                    let option = *mutate::one(verb.options, rng);
                    if option == "--out" {
                        continue;
                    }
                    arguments.push(option.to_string());
                    if !["--relaxed", "--compat", "--quiet", "--log-likelihood", "--resume", "--force"].contains(&option) {
                        arguments.push((*mutate::one(&VALUES, rng)).to_string());
                    }
                }
            }
        }
        let code = self.call(&arguments)?;
        // Nothing but what is named is there, and nothing that was there is gone or another.
        let names = |path: &Path| {
            let first = path.strip_prefix(&self.folder).ok().and_then(|p| p.components().next());
            first.is_some_and(|name| name.as_os_str().to_string_lossy().starts_with("out"))
        };
        let mut found = files(&self.folder);
        found.retain(|path, _| !names(path));
        if found != self.there {
            let other = found.iter().find(|(path, len)| self.there.get(*path) != Some(len)).map(|(path, _)| path.clone());
            return Err(format!("{arguments:?}: a file elsewhere: {other:?}"));
        }
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if names(&path) {
                let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
            }
        }
        Ok(if code == 0 { "done" } else { "refused" })
    }
}
