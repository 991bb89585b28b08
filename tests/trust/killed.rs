//! Runs that are killed: what they leave behind is taken over by the next run, or is nothing.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::folder::{Folder, LAPLACE, NUTS, contents, said};

/// Runs the program and kills it after a while; whether it was still at work.
fn killed(folder: &Folder, arguments: &[&str], after: Duration) -> bool {
    let mut child = folder.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < after {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Kills a run at so many places, from its first moment to its last, and lets it finish each time: nothing is left beside what it makes.
fn again(verb: &str, prepare: fn(&Folder), arguments: &[&str], made: &[&str]) {
    let folder = Folder::new(&format!("killed-{verb}"));
    folder.simulated();
    prepare(&folder);
    let before = folder.names();
    let remove = || {
        for name in made {
            let path = folder.0.join(name);
            let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
        }
    };
    let begun = Instant::now();
    folder.done(arguments);
    let whole = begun.elapsed();
    let mut results: Vec<_> = folder.names().into_iter().filter(|name| !before.contains(name)).collect();
    let mut wanted: Vec<String> = made.iter().map(|name| name.to_string()).collect();
    results.sort();
    wanted.sort();
    assert_eq!(results, wanted, "{verb}");
    let first: Vec<_> = made.iter().map(|name| read(&folder, name)).collect();
    for part in 1..=4 {
        remove();
        let was_killed = killed(&folder, arguments, whole.mul_f64(f64::from(part) * 0.24));
        if was_killed && !made.iter().any(|name| folder.0.join(name).exists()) {
            folder.done(arguments);
        } else if made.iter().any(|name| !folder.0.join(name).exists()) {
            // Of two files one was there already: the other is not lost, for it can be asked for again.
            folder.done(&[arguments, &["--force"]].concat());
        }
        let left: Vec<_> = folder.names().into_iter().filter(|name| !before.contains(name)).collect();
        assert_eq!(left, wanted, "{verb}, killed at {part}");
        let second: Vec<_> = made.iter().map(|name| read(&folder, name)).collect();
        assert!(first == second, "{verb}, killed at {part}: other results");
    }
}

fn nothing(_: &Folder) {}

/// Fits, and shards of one.
fn fits(folder: &Folder) {
    for out in ["one", "two"] {
        folder.done(&[&LAPLACE[..], &["--quiet", "--out", out]].concat());
    }
    for (out, shard) in [("shard1", "1/2"), ("shard2", "2/2")] {
        folder.done(&[&LAPLACE[..], &["--quiet", "--shard", shard, "--out", out]].concat());
    }
}

/// What a second round of a group in shards needs.
fn group(folder: &Folder) {
    let own = ["--population", "RewardBelief", "--quiet"];
    for (out, shard) in [("shard1", "1/2"), ("shard2", "2/2")] {
        folder.done(&[&["fit", "--data", "data.csv", "--shard", shard, "--out", out], &own[..]].concat());
    }
    folder.done(&[&["merge", "shard1", "shard2", "--method", "laplace", "--out", "merged"], &own[..]].concat());
    for (shard, out) in [("shard1", "scored1"), ("shard2", "scored2")] {
        let score = ["score", shard, "--merged", "merged", "--data", "data.csv", "--draws", "20", "--out", out];
        folder.done(&[&score[..], &own].concat());
    }
}

fn read(folder: &Folder, name: &str) -> Vec<(String, Vec<u8>)> {
    let path = folder.0.join(name);
    if path.is_dir() { contents(&path).into_iter().collect() } else { vec![(String::new(), std::fs::read(path).unwrap())] }
}

pub fn every_verb_that_is_killed_can_be_run_again() {
    let small = ["--subjects", "3", "--blocks", "10", "--quiet", "--method", "laplace", "--draws", "100"];
    again("simulate", nothing, &["simulate", "--subjects", "40", "--out", "new.csv"], &["new.csv", "new.truth.csv"]);
    again("loglik", nothing, &["loglik", "--data", "data.csv", "--set", "z=0", "--gradient", "--out", "ll.json"], &["ll.json"]);
    again("identify", nothing, &["identify", "--subjects", "3", "--blocks", "10", "--out", "i.csv"], &["i.csv"]);
    again("recover", nothing, &[&["recover", "--repeats", "3", "--out", "recovered"], &small[..]].concat(), &["recovered"]);
    again(
        "calibrate",
        nothing,
        &[&["calibrate", "--simulations", "10", "--out", "calibrated"], &small[..]].concat(),
        &["calibrated"],
    );
    again("compare", fits, &["compare", "one", "two", "--out", "compared"], &["compared"]);
    again("report", fits, &["report", "one", "--out", "r.html"], &["r.html"]);
    again("merge", fits, &["merge", "shard1", "shard2", "--out", "merged"], &["merged"]);
    let score = ["score", "shard1", "--merged", "merged", "--data", "data.csv", "--draws", "60", "--quiet", "--out", "scored"];
    again("score", group, &[&score[..], &["--population", "RewardBelief"]].concat(), &["scored"]);
    let weigh = ["weigh", "scored1", "scored2", "--merged", "merged", "--population", "RewardBelief", "--out", "weighed"];
    again("weigh", group, &weigh, &["weighed"]);
}

pub fn a_fit_that_is_killed_anywhere_goes_on() {
    let folder = Folder::new("killed-fit");
    folder.simulated();
    let fit = [&NUTS[..], &["--quiet", "--draws", "300", "--log-likelihood", "--out"]].concat();
    let begun = Instant::now();
    folder.done(&[&fit[..], &["whole"]].concat());
    let time = begun.elapsed();
    let whole = contents(&folder.0.join("whole"));
    let before = folder.names();
    for part in 0..10 {
        let arguments = [&fit[..], &["out"]].concat();
        killed(&folder, &arguments, time.mul_f64(f64::from(part) * 0.105));
        // Whatever it was at, `--resume` goes on with it, unless it had not begun.
        let begun = folder.0.join("out.unfinished").exists() || folder.0.join("out").exists();
        let more: &[&str] = if begun { &["--resume"] } else { &[] };
        let output = folder.done(&[&arguments[..], more].concat());
        assert!(contents(&folder.0.join("out")) == whole, "killed at {part}: other results, {}", said(&output));
        std::fs::remove_dir_all(folder.0.join("out")).unwrap();
        assert_eq!(folder.names(), before, "killed at {part}");
    }
    // A kill before anything is said of what it is, and one after the results have their name.
    let unfinished = folder.0.join("out.unfinished");
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join(".fit.json.partial"), "{").unwrap();
    folder.done(&[&fit[..], &["out", "--resume"]].concat());
    assert!(contents(&folder.0.join("out")) == whole && !unfinished.exists());
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::copy(folder.0.join("out/fit.json"), unfinished.join("fit.json")).unwrap();
    let output = folder.done(&[&fit[..], &["out", "--resume"]].concat());
    assert!(said(&output).contains("was finished already") && !unfinished.exists());
    // Parts of nobody knows what are let alone.
    std::fs::remove_dir_all(folder.0.join("out")).unwrap();
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("chain-0-0"), "something").unwrap();
    folder.refused(&[&fit[..], &["out", "--resume"]].concat(), "no fit.json that says of what");
    folder.refused(&[&fit[..], &["out"]].concat(), "no fit.json that says of what");
    assert!(unfinished.join("chain-0-0").exists());
}
