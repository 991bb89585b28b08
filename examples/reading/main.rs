//! Reading: letters make words, words make sentences, and a reader looks where it learns most, at both levels (Friston, Rosch, Parr, Price &
//! Bowman 2017, doi:10.1016/j.neubiorev.2017.04.009). Both levels are declared; they are lived by SPM's scheme, `aif::spm`, whose simulated
//! responses are drawn: what the reader believes bin by bin, and what a word that breaks a local or a global expectation evokes.
//!
//! ```text
//! cargo run --release --example reading                          read four words in four conditions, and draw what that evokes
//! cargo run --release --example reading -- --out results/mine    the folder to write
//! ```

mod page;
mod pictures;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use aif::infer::output::NewFolder;
use aif::prelude::*;
use aif::spm::{Awaited, Changes, Course, Evoked, Level, Script, Seen, Settings, StateLink, Structure, Tensor, Trial, replay};
use page::{Letters, QUADRANTS, SENTENCES, Sentences, Word, glyph};

/// How the reader is surprised.
struct Condition {
    name: &'static str,
    /// The fourth word stands on its head, and is expected not to.
    local: bool,
    /// The sentence is one that is hardly expected.
    global: bool,
}

const CONDITIONS: [Condition; 4] = [
    Condition { name: "standard", local: false, global: false },
    Condition { name: "local violation", local: true, global: false },
    Condition { name: "global violation", local: false, global: true },
    Condition { name: "both", local: true, global: true },
];

/// The sentence that is read: its first word to be told from others is the fourth.
const READ: usize = 0;

/// Sentences above, letters below: one word is read, look by look, at each step above.
fn reader() -> Result<Structure, Box<dyn Error>> {
    let mut above = Structure::of(&Sentences { sad: -4.0 }, (), 5)?;
    let below = Structure::of(&Letters { upright: 0.5, plain: 8.0 / 9.0 }, (), 3)?;
    let words = <Word as Domain>::COUNT;
    let same = (0..words * words).map(|i| f64::from(u8::from(i % (words + 1) == 0))).collect();
    let link = StateLink { factor: 0, modality: 0, matrix: Tensor::new(&[words, words], same)? };
    let settings = Settings { time_constant: 2.0, ..Settings::default() };
    let (preferences, habits) = (Vec::new(), Vec::new());
    above.below = Some(Box::new(Level { structure: below, settings, states: vec![link], preferences, habits }));
    Ok(above)
}

/// The most probable action; of those alike the last, so that a reader who may as well go on says what it knows.
fn best(actions: &[f64]) -> usize {
    let most = actions.iter().copied().fold(0.0, f64::max);
    actions.iter().rposition(|&p| p > most - 1e-6).unwrap_or(0)
}

/// Reads a sentence, and writes down what was seen and done.
fn read(reader: &Structure) -> Result<(Course, Script), Box<dyn Error>> {
    let mut trial = Trial::begin(reader, &Settings::default())?;
    let (mut script, mut place, mut report) = (Script::default(), 0, 0);
    while !trial.is_over() {
        let (mut episode, mut looks) = (trial.episode()?, Script::default());
        let mut look = 0;
        while !episode.is_over() {
            let letter = glyph(SENTENCES[READ][place], QUADRANTS[look], false, false);
            let seen = vec![Seen::Outcome(letter.index()), Seen::Outcome(look)];
            looks.seen.push(seen.clone());
            let inferred = episode.observe(&seen)?;
            let next = best(&inferred.actions);
            if episode.awaited() == Awaited::Action {
                look = next;
                let action = vec![0, look, 0, 0];
                episode.act(&action)?;
                looks.actions.push(action);
            }
        }
        // Whoever reads again has as many looks as now, and no more.
        looks.changes.steps = Some(episode.course().times());
        let seen = vec![Seen::Below, Seen::Outcome(place), Seen::Outcome(page::feedback(READ, report).index())];
        script.episodes.push(looks);
        script.seen.push(seen.clone());
        // Probabilities are those of pairs of what moves the place and what moves the report: both are the same turn.
        let next = best(&trial.observe_with(&seen, episode)?.actions) % <page::Report as Domain>::COUNT;
        if trial.awaited() == Awaited::Action {
            let action = vec![0, next, next];
            trial.act(&action)?;
            script.actions.push(action);
            (place, report) = if next == 0 { ((place + 1).min(3), 0) } else { (place, next) };
        }
    }
    Ok((trial.end().course, script))
}

/// The same outcomes and looks, for a reader who expects something else.
fn read_again(reader: &Structure, script: &Script, condition: &Condition) -> Result<Course, Box<dyn Error>> {
    let (mut reader, mut script) = (reader.clone(), script.clone());
    if condition.global {
        reader.initial[0][READ] /= 8.0;
    }
    if condition.local
        && let (Some(below), Some(fourth)) = (&reader.below, script.episodes.get_mut(3))
    {
        let mut initial = below.structure.initial.clone();
        initial[2] = vec![1.0, 8.0];
        fourth.changes = Changes { initial: Some(initial), ..fourth.changes.clone() };
    }
    Ok(replay(&reader, &Settings::default(), &script)?.course)
}

/// How far responses differ at most, `[bin][state]`.
fn differs(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let bins = a.iter().flatten().zip(b.iter().flatten());
    bins.map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

fn run(out: PathBuf) -> Result<(), Box<dyn Error>> {
    let folder = NewFolder::begin(&out)?;
    let reader = reader()?;
    let (standard, script) = read(&reader)?;
    let times: Vec<usize> = standard.episodes.iter().map(Course::times).collect();
    println!("looks at each word: {times:?}");
    let evoked = |course: &Course| Evoked::of(course, 0, 0).ok_or("a course of two levels has responses");
    // Who reads a solved trial again has no more time for a look than was needed: the standard reader, too, so that readers differ in what they
    // expect only.
    let usual = evoked(&read_again(&reader, &script, &CONDITIONS[0])?)?;
    let mut files = vec![("reading.svg".to_string(), pictures::reading(&standard, &evoked(&standard)?).into_bytes())];
    println!("{:<18} {:>44}   {:>22}", "", "belief in the sentence, word by word", "evoked beyond standard");
    println!("{:<18} {:>8} {:>8} {:>8} {:>8} {:>8}   {:>10} {:>11}", "", "1", "2", "3", "4", "after", "words", "sentences");
    for condition in &CONDITIONS {
        let course = read_again(&reader, &script, condition)?;
        let responses = evoked(&course)?;
        // From the fourth word to the next: its looks, and what the level above makes of them.
        let (from, to): (usize, usize) = (responses.bins[..3].iter().sum(), responses.bins[..4].iter().sum());
        let of = |a: &[Vec<f64>], b: &[Vec<f64>]| differs(&a[from..to], &b[from..to]);
        let (words, sentences) = (of(&responses.below, &usual.below), of(&responses.above, &usual.above));
        let beliefs: String = course.inferred.iter().map(|i| format!(" {:>8.4}", i.averaged[0][i.time][READ])).collect();
        println!("{:<18}{beliefs}   {words:>10.3} {sentences:>11.3}", condition.name);
        if condition.local || condition.global {
            let name = format!("{}.svg", condition.name.replace(' ', "_"));
            files.push((name, pictures::evoked(condition.name, &usual, &responses, (from, to)).into_bytes()));
        }
    }
    folder.finish(&files)?;
    println!("wrote {}: {}", out.display(), files.iter().map(|f| f.0.as_str()).collect::<Vec<_>>().join(", "));
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = match &arguments[..] {
        [] => PathBuf::from("results/reading"),
        [flag, folder] if flag == "--out" => PathBuf::from(folder),
        _ => {
            eprintln!("usage: reading [--out FOLDER]");
            return ExitCode::from(2);
        }
    };
    match run(out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
