//! Tables, options and parameters: texts that users write, read by `loglik`.

use std::fs;
use std::path::{Path, PathBuf};

use rand_chacha::ChaCha8Rng;

use super::{Target, mutate, program};

/// What kind of text it is: its folder in the corpus, the name of the file that is tried, and what it is tried with.
pub struct Kind {
    corpus: &'static str,
    file: &'static str,
    /// For a file of the corpus whose name begins so, these arguments.
    with: &'static [(&'static str, &'static [&'static str])],
}

/// Tables of behaviour.
pub const TABLES: Kind = Kind {
    corpus: "tables",
    file: "tried.csv",
    with: &[
        ("tmaze", &["loglik", "--data", "tried.csv", "--set", "z=0.3", "--pointwise"]),
        ("weighed", &["loglik", "--data", "tried.csv", "--set", "z=0.3", "--pointwise"]),
        ("missing", &["loglik", "--data", "tried.csv", "--set", "z=0.3", "--missing-action", "marginalise"]),
        ("ended", &["loglik", "--data", "tried.csv", "--set", "z=0.3", "--missing-action", "end-block", "--index-base", "1"]),
        (
            "filter",
            &[
                "loglik",
                "--population",
                "Observers",
                "--data",
                "tried.csv",
                "--set",
                "tonic_volatility=-3",
                "--set",
                "strictness=0",
            ],
        ),
        ("trials", &["loglik", "--data", "tried.csv", "--set", "z=0", "--format", "trials", "--column", "go=choice"]),
        ("like", &["simulate", "--like", "tried.csv", "--out", "simulated.csv", "--force"]),
    ],
};

/// Options of agents and filters.
pub const OPTIONS: Kind = Kind {
    corpus: "options",
    file: "tried.json",
    with: &[
        (
            "filter",
            &[
                "loglik",
                "--population",
                "Observers",
                "--data",
                "filter.csv",
                "--set",
                "tonic_volatility=-3",
                "--set",
                "strictness=0",
                "--options",
                "tried.json",
            ],
        ),
        ("", &["loglik", "--data", "tmaze.csv", "--set", "z=0.3", "--options", "tried.json"]),
    ],
};

/// Tables of parameters.
pub const PARAMS: Kind = Kind {
    corpus: "params",
    file: "tried.csv",
    with: &[
        (
            "simulate",
            &["simulate", "--params", "tried.csv", "--blocks", "1", "--steps", "2", "--out", "simulated.csv", "--force"],
        ),
        ("", &["loglik", "--data", "tmaze.csv", "--params", "tried.csv", "--gradient"]),
    ],
};

/// Texts that are mutated and read.
pub struct Texts {
    kind: Kind,
    folder: PathBuf,
    corpus: Vec<(String, Vec<u8>)>,
}

impl Texts {
    pub fn new(folder: &Path, kind: Kind) -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let read = |folder: PathBuf| {
            let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
            let mut all: Vec<(String, Vec<u8>)> = entries
                .flatten()
                .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap_or_default()))
                .collect();
            all.sort();
            all
        };
        for (name, content) in read(own.join("tables")) {
            let _ = fs::write(folder.join(name), content);
        }
        Texts { corpus: read(own.join(kind.corpus)), folder: folder.to_owned(), kind }
    }
}

impl Target for Texts {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let (name, content) = mutate::one(&self.corpus, rng);
        let other = &mutate::one(&self.corpus, rng).1;
        let tried = mutate::text(content, other, rng);
        fs::write(self.folder.join(self.kind.file), &tried).map_err(|e| e.to_string())?;
        let fitting: Vec<_> = self.kind.with.iter().filter(|(begins, _)| name.starts_with(begins) || *begins == "like").collect();
        // The last that fits is for what no other is for.
        let fitting: Vec<_> =
            if fitting.len() > 1 && fitting.last().is_some_and(|f| f.0.is_empty()) { fitting[..1].to_vec() } else { fitting };
        let arguments = mutate::one(&fitting, rng).1;
        // Files are named with their folder.
        let place = |name: &str| self.folder.join(name).display().to_string();
        let mut all: Vec<String> = arguments
            .iter()
            .map(|a| if a.ends_with(".csv") || a.ends_with(".json") { place(a) } else { (*a).to_string() })
            .collect();
        if !all.iter().any(|a| a == "--out") {
            all.extend(["--out".into(), place("result.json"), "--force".into()]);
        }
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        match program::run(&all) {
            Ok(()) => Ok("accepted"),
            Err(said) if said.trim().is_empty() => Err("refused without a word".into()),
            Err(_) => Ok("refused"),
        }
    }
}
