//! Tables in and out: how time and memory grow with rows, subjects, sessions, blocks, columns and files.
//!
//! ```text
//! cargo bench --bench tables                 sizes from 1,000 to 100,000
//! cargo bench --bench tables -- 10000000     one table of so many rows as well, in one subject and in a thousand
//! ```

#[path = "../tests/models/bandit.rs"]
#[allow(dead_code)]
mod bandit;

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aif::hgf::TwoLevelBinary;
use aif::infer::data::{DataOptions, Format, open_tables};
use aif::infer::study::StudyBehaviour;
use aif::prelude::*;
use bandit::{Bandit, Players, Returning};

type Agent = Pomdp<Bandit<f64>>;
type Observer = Hgf<TwoLevelBinary<f64>>;

/// Counts the bytes that are held, and the most that were.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn more(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(held, Ordering::Relaxed);
}

#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size);
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs a piece of work, and says how long it took, how many bytes its result holds, and how many more were held at the peak.
fn timed<R>(what: &str, size: usize, rows: usize, work: impl FnOnce() -> R) -> R {
    let (before, start) = (HELD.load(Ordering::Relaxed), Instant::now());
    MOST.store(before, Ordering::Relaxed);
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    let (after, most) = (HELD.load(Ordering::Relaxed), MOST.load(Ordering::Relaxed));
    let each = |bytes: usize| bytes as f64 / rows as f64;
    let (held, peak) = (each(after.saturating_sub(before)), each(most - after.max(before)));
    println!("| {what} | {size} | {rows} | {seconds:.3} s | {held:.0} | {peak:.0} |");
    result
}

/// Writes a table in the form of trials.
fn table(path: &Path, header: &str, rows: impl Iterator<Item = String>) {
    let mut file = BufWriter::new(fs::File::create(path).expect("a file"));
    writeln!(file, "{header}").expect("room");
    rows.for_each(|row| writeln!(file, "{row}").expect("room"));
}

/// Something like a choice and what came of it.
fn trial(i: usize) -> (&'static str, &'static str) {
    let x = (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60;
    (if x & 1 == 0 { "left" } else { "right" }, if x & 6 == 0 { "loss" } else { "win" })
}

fn read(what: &str, size: usize, rows: usize, path: &Path) {
    let data = DataOptions { format: Format::Trials, ..DataOptions::default() };
    let sessions = what.contains("session");
    let held = timed(what, size, rows, || {
        let tables = open_tables(path, &data, &Agent::schema()).expect("a table");
        Agent::read(&tables, &data, sessions).expect("a record")
    });
    drop(held);
}

fn study(what: &str, size: usize, rows: usize, arguments: &[&str]) {
    timed(what, size, rows, || {
        let program = std::iter::once(&"tables").chain(arguments);
        let done = match what.contains("session") {
            true => aif::study::<Returning>().run(program),
            false => aif::study::<Players>().run(program),
        };
        done.expect("a result");
    });
}

fn sizes(folder: &Path, size: usize) {
    let path = folder.join("data.csv");
    let shown = path.display().to_string();
    let out = folder.join("out.json").display().to_string();
    let plain = "subjID,trial,choice,outcome";
    let row = |s: usize, t: usize| {
        let (choice, outcome) = trial(s * 31 + t);
        format!("{s},{t},{choice},{outcome}")
    };
    table(&path, plain, (0..size).map(|t| row(0, t)));
    read("rows of one subject", size, size, &path);
    table(&path, plain, (0..size).map(|i| row(i / 100, i % 100)));
    read("rows, 100 a subject", size, size, &path);
    table(&path, plain, (0..size).map(|i| row(i % (size / 100), i / (size / 100))));
    read("the same, subjects interleaved", size, size, &path);
    table(&path, plain, (0..size * 2).map(|i| row(i / 2, i % 2)));
    read("subjects, 2 rows each", size, size * 2, &path);
    let mut params = String::from("subject,z\n");
    (0..size).for_each(|s| params += &format!("{s},0.{s}\n"));
    let known = folder.join("params.csv");
    fs::write(&known, params).expect("room");
    let known = known.display().to_string();
    study(
        "loglik --params, subjects",
        size,
        size * 2,
        &["loglik", "--data", &shown, "--format", "trials", "--params", &known, "--out", &out],
    );
    let simulated = folder.join("simulated.csv").display().to_string();
    study(
        "simulate --params, subjects",
        size,
        size * 3,
        &["simulate", "--params", &known, "--blocks", "1", "--steps", "2", "--out", &simulated],
    );
    for what in ["session", "block"] {
        table(
            &path,
            &format!("subjID,{what},trial,choice,outcome"),
            (0..size * 2).map(|i| {
                let (choice, outcome) = trial(i);
                format!("1,{},{},{choice},{outcome}", i / 2, i % 2)
            }),
        );
        read(&format!("{what}s, 2 rows each"), size, size * 2, &path);
    }
    let names: String = (0..size).map(|c| format!(",c{c}")).collect();
    let cells = ",0.5".repeat(size);
    table(&path, &format!("{plain}{names}"), (0..10).map(|t| row(0, t) + &cells));
    read("columns, 10 rows", size, 10, &path);
    let trials = "subject,trial,input,response";
    table(&path, trials, (0..size).map(|i| format!("{},{},{},1", i / 100, i % 100, i % 2)));
    timed("trials of a filter, 100 a subject", size, size, || {
        let data = DataOptions::default();
        let tables = open_tables(&path, &data, &Observer::schema()).expect("a table");
        Observer::read(&tables, &data, false).expect("a record")
    });
    let subjects = (size / 100).to_string();
    study(
        "simulate, 100 rows a subject",
        size,
        size,
        &["simulate", "--subjects", &subjects, "--blocks", "10", "--steps", "9", "--out", &simulated],
    );
}

fn main() {
    let folder: PathBuf = std::env::temp_dir().join(format!("aif-bench-tables-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    println!("| what | size | rows | time | bytes held a row | more at the peak |\n|---|---|---|---|---|---|");
    for size in [1_000, 10_000, 100_000] {
        sizes(&folder, size);
    }
    let large = std::env::args().filter_map(|argument| argument.parse::<usize>().ok()).max();
    if let Some(rows) = large {
        let path = folder.join("large.csv");
        for subjects in [1, 1000] {
            let each = rows / subjects;
            table(
                &path,
                "subjID,trial,choice,outcome",
                (0..rows).map(|i| {
                    let (choice, outcome) = trial(i);
                    format!("{},{},{choice},{outcome}", i / each, i % each)
                }),
            );
            read("a large table, subjects", subjects, rows, &path);
        }
    }
    let _ = fs::remove_dir_all(&folder);
}
