//! Mutates what is put into the study program and into saves, and tries it: `fuzz all --seconds 20`, or the name of a target in the place of
//! `all`; `--seed N` begins elsewhere, `--runs N` ends after so many runs.
//!
//! What is wanted is an answer or a refusal in words: a panic, an abort, more than ten seconds, a change that is accepted without a word, or
//! a file elsewhere ends the run with the input that did it.

mod door;
mod learned;
mod mutate;
#[path = "../../tests/models/populations.rs"]
#[allow(dead_code)]
mod populations;
mod program;
mod stored;
mod text;
#[path = "../../tests/models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;
mod verbs;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The longest that a run may take.
const LONGEST: u64 = 10;

/// Something that can be tried again and again: one run says in a word what came of it, or what went wrong.
pub trait Target {
    /// One run.
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String>;
}

type Make = fn(&Path) -> Box<dyn Target>;

const TARGETS: [(&str, Make); 9] = [
    ("tables", |folder| Box::new(text::Texts::new(folder, text::TABLES))),
    ("options", |folder| Box::new(text::Texts::new(folder, text::OPTIONS))),
    ("params", |folder| Box::new(text::Texts::new(folder, text::PARAMS))),
    ("fits", |folder| Box::new(stored::Fits::new(folder))),
    ("parts", |folder| Box::new(stored::Parts::new(folder))),
    ("saves", |folder| Box::new(stored::Saves::new(folder))),
    ("learned", |folder| Box::new(learned::Learned::new(folder))),
    ("door", |folder| Box::new(door::Door::new(folder))),
    ("verbs", |folder| Box::new(verbs::Verbs::new(folder))),
];

/// When the run at work began, in milliseconds; 0: none is.
static BEGUN: AtomicU64 = AtomicU64::new(0);

struct Asked {
    target: String,
    seconds: f64,
    runs: u64,
    seed: u64,
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { target: String::new(), seconds: f64::INFINITY, runs: u64::MAX, seed: 1 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => asked.seconds = arguments.next()?.parse().ok()?,
            "--runs" => asked.runs = arguments.next()?.parse().ok()?,
            "--seed" => asked.seed = arguments.next()?.parse().ok()?,
            target if asked.target.is_empty() => asked.target = target.to_string(),
            _ => return None,
        }
    }
    let known = asked.target == "all" || TARGETS.iter().any(|t| t.0 == asked.target);
    let ends = asked.seconds.is_finite() || asked.runs < u64::MAX;
    (known && ends).then_some(asked)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    if arguments.next().is_some_and(|first| first == "program") {
        return program::study().exit(name.into_iter().chain(arguments));
    }
    let Some(asked) = asked() else {
        let names: Vec<&str> = TARGETS.iter().map(|t| t.0).collect();
        eprintln!("expected: fuzz all|{} --seconds N and/or --runs N [--seed N]", names.join("|"));
        return ExitCode::from(2);
    };
    let started = Instant::now();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let begun = BEGUN.load(Ordering::Relaxed);
            if begun > 0 && started.elapsed().as_millis() as u64 > begun + 1000 * LONGEST {
                println!("a run takes more than {LONGEST} seconds; its input is in the folder of the target");
                std::process::exit(1);
            }
        }
    });
    let folder = std::env::temp_dir().join(format!("aif-fuzz-{}", std::process::id()));
    let mut failed = false;
    for (name, make) in TARGETS.iter().filter(|t| asked.target == "all" || asked.target == t.0) {
        let place = folder.join(name);
        if let Err(error) = std::fs::create_dir_all(&place) {
            eprintln!("{}: {error}", place.display());
            return ExitCode::from(2);
        }
        failed |= !try_out(name, make(&place).as_mut(), &asked, &place, started);
    }
    if !failed {
        let _ = std::fs::remove_dir_all(&folder);
        return ExitCode::SUCCESS;
    }
    println!("what was tried last is in {}", folder.display());
    ExitCode::FAILURE
}

fn try_out(name: &str, target: &mut dyn Target, asked: &Asked, place: &Path, started: Instant) -> bool {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&asked.seed.to_le_bytes());
    seed[8..8 + name.len().min(24)].copy_from_slice(&name.as_bytes()[..name.len().min(24)]);
    let mut rng = ChaCha8Rng::from_seed(seed);
    let begun = Instant::now();
    let (mut runs, mut longest) = (0u64, 0.0f64);
    let mut came: Vec<(&'static str, u64)> = Vec::new();
    while runs < asked.runs && begun.elapsed().as_secs_f64() < asked.seconds {
        BEGUN.store(started.elapsed().as_millis().max(1) as u64, Ordering::Relaxed);
        let at = Instant::now();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target.run(&mut rng)));
        BEGUN.store(0, Ordering::Relaxed);
        longest = longest.max(at.elapsed().as_secs_f64());
        runs += 1;
        match outcome {
            Ok(Ok(word)) => match came.iter_mut().find(|c| c.0 == word) {
                Some(known) => known.1 += 1,
                None => came.push((word, 1)),
            },
            Ok(Err(what)) => {
                println!("{name}, run {runs}: {what}\nits input is in {}", place.display());
                return false;
            }
            Err(_) => {
                println!("{name}, run {runs}: a panic; its input is in {}", place.display());
                return false;
            }
        }
    }
    let came: Vec<String> = came.iter().map(|(word, count)| format!("{count} {word}")).collect();
    println!("{name}: {runs} runs, the longest {longest:.2} s: {}{}", came.join(", "), memory());
    true
}

/// The most memory that this process has had so far, where that is known.
fn memory() -> String {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or(String::new(), |line| format!("; memory so far at most {}", line.trim()))
}
