//! What the program and agents store: fits, parts of unfinished ones, and saves.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aif::infer::fit::FitError;
use aif::infer::results::{Fit, Header, read_fit, read_pieces, sealed_part};
use aif::infer::{Population, PopulationMeta};
use aif::prelude::*;
use aif::runtime::Tables;
use aif::saves::{agent_from, agent_with, from_bytes, from_json, to_bytes, to_json};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::populations::{Flat, RewardBelief};
use super::tmaze::{Cue, Outcome, Place, TMaze, TMazeObservation};
use super::{Target, mutate, program};

fn flat() -> &'static PopulationMeta {
    const { &Flat::META }
}

fn group() -> &'static PopulationMeta {
    const { &RewardBelief::META }
}

fn done(arguments: &[&str]) {
    program::run(arguments).unwrap_or_else(|e| panic!("{arguments:?}: {e}"));
}

/// Fits of both kinds, a shard, and by chains and modes.
fn fitted(folder: &Path) -> Vec<(PathBuf, &'static PopulationMeta)> {
    let place = |name: &str| folder.join(name).display().to_string();
    let data = place("data.csv");
    done(&["simulate", "--subjects", "3", "--blocks", "6", "--seed", "5", "--out", &data]);
    let fit = |name: &str, more: &[&str]| {
        let out = place(name);
        let own = ["fit", "--data", &data, "--quiet", "--loo-draws", "10", "--check-draws", "3", "--out", &out];
        done(&[&own[..], more].concat());
        PathBuf::from(out)
    };
    let few = ["--chains", "2", "--warmup", "10", "--draws", "8"];
    let tabled = place("shard");
    done(&["fit", "--data", &data, "--quiet", "--out", &tabled, "--population", "RewardBelief", "--shard", "1/2"]);
    vec![
        (fit("chains", &[&few[..], &["--log-likelihood"]].concat()), flat()),
        (fit("modes", &["--method", "laplace", "--draws", "20"]), flat()),
        (fit("climb", &["--method", "svi", "--draws", "20", "--svi-steps", "120"]), flat()),
        (fit("group", &["--population", "RewardBelief", "--method", "empirical-bayes", "--draws", "30"]), group()),
        (PathBuf::from(tabled), group()),
    ]
}

/// Folders of fits.
pub struct Fits {
    all: Vec<(PathBuf, &'static PopulationMeta, Header, Vec<u8>)>,
    tried: PathBuf,
}

impl Fits {
    pub fn new(folder: &Path) -> Self {
        let open = |(path, meta): (PathBuf, &'static PopulationMeta)| {
            let (header, _) = Header::read(&path).unwrap_or_else(|e| panic!("{e}"));
            let content = fs::read(path.join("fit.bin")).unwrap_or_else(|e| panic!("{e}"));
            (path, meta, header, content)
        };
        Fits { all: fitted(folder).into_iter().map(open).collect(), tried: folder.join("tried") }
    }
}

impl Target for Fits {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let (path, meta, header, content) = mutate::one(&self.all, rng);
        let other = &mutate::one(&self.all, rng).3;
        if mutate::below(50, rng) == 0 {
            return any_file(path, meta, rng);
        }
        if mutate::below(2, rng) == 0 {
            let tried = mutate::bytes(content, other, rng);
            fs::write(&self.tried, &tried).map_err(|e| e.to_string())?;
            return match read_pieces(header, meta, &tried) {
                Ok(_) if tried != *content => Err("a changed file was accepted".into()),
                Ok(_) => Ok("unchanged"),
                Err(FitError::Stored(_)) => Ok("refused"),
                Err(other) => Err(format!("refused as something else: {other}")),
            };
        }
        let inside = mutate::bytes(&content[40..content.len() - 32], other, rng);
        fs::write(&self.tried, &inside).map_err(|e| e.to_string())?;
        match read_pieces(header, meta, &sealed_part(header, "fit.bin", &inside)) {
            Ok(pieces) => {
                let fit = Fit::of(meta, header.design(meta), header.method, pieces);
                let said = fit.complaints().len() + fit.remarks().len();
                Ok(if said > 0 { "read as other numbers, with complaints" } else { "read as other numbers" })
            }
            Err(FitError::Stored(_)) => Ok("refused though sealed again"),
            Err(other) => Err(format!("refused as something else: {other}")),
        }
    }
}

/// Any file of a folder, changed in its place.
fn any_file(path: &Path, meta: &'static PopulationMeta, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
    let mut files = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    let file = mutate::one(&files, rng);
    let content = fs::read(file).map_err(|e| e.to_string())?;
    let tried = mutate::bytes(&content, b"", rng);
    fs::write(file, &tried).map_err(|e| e.to_string())?;
    let found = read_fit(path, meta);
    fs::write(file, &content).map_err(|e| e.to_string())?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match found {
        _ if tried == content => Ok("unchanged"),
        Ok(_) => Err(format!("a change of {} was accepted", file.display())),
        Err(error) if error.to_string().contains(&name) => Ok("files refused by name"),
        Err(error) => Err(format!("a change of {} is not named: {error}", file.display())),
    }
}

/// What a part is called, and what it holds.
type Part = (String, Vec<u8>);

/// Parts of an unfinished fit.
pub struct Parts {
    /// The arguments of the fit, its folder, the description, and the parts that it goes on from.
    all: Vec<(Vec<String>, PathBuf, Header, Vec<Part>)>,
}

impl Parts {
    pub fn new(folder: &Path) -> Self {
        let data = folder.join("data.csv").display().to_string();
        done(&["simulate", "--subjects", "2", "--blocks", "4", "--seed", "5", "--out", &data]);
        let ways: [(&str, &[&str]); 4] = [
            ("chains", &["--chains", "2", "--warmup", "6", "--draws", "6"]),
            ("climbs", &["--method", "svi", "--draws", "10", "--svi-steps", "100", "--particles", "2"]),
            ("modes", &["--method", "laplace", "--draws", "10"]),
            ("group", &["--population", "RewardBelief", "--method", "empirical-bayes", "--draws", "10"]),
        ];
        let make = |(name, more): &(&str, &[&str])| {
            let out = folder.join(name);
            let text = out.display().to_string();
            let own = ["fit", "--data", &data, "--quiet", "--loo-draws", "4", "--check-draws", "2", "--out", &text];
            let arguments: Vec<String> = [&own[..], more].concat().into_iter().map(String::from).collect();
            // The parts of a whole fit are read while it is at work: a thread looks on until it is done.
            let unfinished = out.with_file_name(format!("{name}.unfinished"));
            let stop = std::sync::atomic::AtomicBool::new(false);
            let mut parts: Vec<Part> = Vec::new();
            std::thread::scope(|scope| {
                let looking = scope.spawn(|| {
                    let mut seen: Vec<Part> = Vec::new();
                    while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                        for entry in fs::read_dir(&unfinished).into_iter().flatten().flatten() {
                            let name = entry.file_name().to_string_lossy().into_owned();
                            let is_part = ["chain-", "climb-", "svi-", "laplace-", "empirical-", "piece-"]
                                .iter()
                                .any(|p| name.starts_with(p));
                            if is_part && let Ok(content) = fs::read(entry.path()) {
                                seen.retain(|s| s.0 != name);
                                seen.push((name, content));
                            }
                        }
                        std::thread::yield_now();
                    }
                    seen
                });
                let all: Vec<&str> = arguments.iter().map(String::as_str).collect();
                done(&all);
                stop.store(true, std::sync::atomic::Ordering::Relaxed);
                parts = looking.join().unwrap_or_default();
            });
            let (header, _) = Header::read(&out).unwrap_or_else(|e| panic!("{e}"));
            let _ = fs::remove_dir_all(&out);
            parts.sort();
            (arguments, out, header, parts)
        };
        let all: Vec<_> = ways.iter().map(make).filter(|made| !made.3.is_empty()).collect();
        assert!(!all.is_empty(), "no part of a fit was seen");
        Parts { all }
    }
}

impl Target for Parts {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let (arguments, out, header, parts) = mutate::one(&self.all, rng);
        let unfinished = out.with_file_name(format!("{}.unfinished", out.file_name().unwrap_or_default().to_string_lossy()));
        let wrong = |e: std::io::Error| e.to_string();
        let _ = fs::remove_dir_all(&unfinished);
        let _ = fs::remove_dir_all(out);
        fs::create_dir_all(&unfinished).map_err(wrong)?;
        fs::write(unfinished.join("fit.json"), header.json()).map_err(wrong)?;
        let changed = mutate::below(parts.len(), rng);
        let sealed = mutate::below(2, rng) == 0;
        let (name, content) = &parts[changed];
        let tried = if sealed {
            sealed_part(header, name, &mutate::bytes(&content[40..content.len() - 32], b"", rng))
        } else {
            mutate::bytes(content, &mutate::one(parts, rng).1, rng)
        };
        // Some of the others are there, so that it is come to.
        for (other, content) in parts.iter().filter(|p| !p.0.starts_with("piece-") || name.starts_with("piece-")) {
            fs::write(unfinished.join(other), if other == name { &tried } else { content }).map_err(wrong)?;
        }
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(["--resume"]).collect();
        let came = program::run(&all);
        let word = match came {
            Ok(()) if sealed => "finished with parts that were sealed again",
            // What a later part holds already is not read.
            Ok(()) => "finished without the part",
            Err(said) if said.contains(name.as_str()) || sealed => "refused",
            Err(said) => return Err(format!("the part {name} is not named: {said}")),
        };
        let _ = fs::remove_dir_all(out);
        Ok(word)
    }
}

type State = (AgentStateOf<TMaze<f64>>, ChaCha8Rng);

/// Saves of agents.
pub struct Saves {
    saves: Vec<(AgentOptions, String, Vec<u8>)>,
    tried: PathBuf,
}

const BELIEVED: TMaze<f64> = TMaze { reward_probability: 0.9, preference: 1.5 };

fn at(place: Place) -> TMazeObservation {
    TMazeObservation { seen: place, outcome: Outcome::Nothing, cue: Cue::Nothing }
}

impl Saves {
    pub fn new(folder: &Path) -> Self {
        let plain = AgentOptions::default();
        let all = [
            plain,
            AgentOptions { inference: Inference::Marginal { window: 3, sweeps: Default::default() }, ..plain },
            AgentOptions { precision_updating: Some(Default::default()), inference: Inference::MEAN_FIELD, ..plain },
            AgentOptions { inference: Inference::Exact, horizon: Some(3), ..plain },
        ];
        let save = |options: &AgentOptions| {
            let mut rng = ChaCha8Rng::from_seed([1; 32]);
            let mut agent = Agent::with_options(BELIEVED, (), *options).unwrap_or_else(|e| panic!("{e}"));
            for place in [Place::Centre, Place::Middle, Place::Left] {
                agent.step(at(place), &mut rng);
            }
            let saved = agent_with(&agent, &rng);
            let text = to_json::<TMaze<f64>>(&saved).unwrap_or_else(|e| panic!("{e}"));
            (*options, text, to_bytes::<TMaze<f64>>(&saved).unwrap_or_else(|e| panic!("{e}")))
        };
        Saves { saves: all.iter().map(save).collect(), tried: folder.join("tried") }
    }
}

impl Target for Saves {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let (_, text, bytes) = mutate::one(&self.saves, rng);
        let found = if mutate::below(2, rng) == 0 {
            let tried = mutate::text(text.as_bytes(), bytes, rng);
            fs::write(&self.tried, &tried).map_err(|e| e.to_string())?;
            from_json::<TMaze<f64>, State>(&String::from_utf8_lossy(&tried))
        } else {
            let tried = mutate::bytes(bytes, text.as_bytes(), rng);
            fs::write(&self.tried, &tried).map_err(|e| e.to_string())?;
            from_bytes::<TMaze<f64>, State>(&tried)
        };
        let Ok((state, chance)) = found else { return Ok("refused") };
        let horizon = state.options.horizon.unwrap_or(2);
        if state.options.check(&<TMaze<f64> as aif::runtime::model::GenerativeModel>::META).is_err() {
            return Ok("refused for its options");
        }
        let tables = Arc::new(Tables::new(&BELIEVED, (), horizon).map_err(|e| e.to_string())?);
        let Ok((mut agent, mut chance)) = agent_from::<TMaze<f64>, f64, ChaCha8Rng>(tables, (state, chance)) else {
            return Ok("refused as no agent");
        };
        // What is accepted is an agent: it acts, and can be saved again.
        if agent.options().horizon.unwrap_or(2) < 5 {
            agent.step(at(Place::Centre), &mut chance);
        }
        to_json::<TMaze<f64>>(&agent_with(&agent, &chance)).map_err(|e| format!("an accepted agent cannot be saved: {e}"))?;
        Ok("accepted")
    }
}
