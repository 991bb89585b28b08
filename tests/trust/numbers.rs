//! Numbers on the command line: all have bounds, and what would take more memory than there is is refused before it is taken.

use std::time::Instant;

use super::folder::{Folder, LAPLACE, said};

/// What no option should be, and what few can be.
const EXTREMES: [&str; 9] =
    ["4294967296", "18446744073709551615", "99999999999999999999999", "-1", "0", "1e308", "nan", "inf", ""];

pub fn numbers_have_bounds_and_memory_is_not_taken_blindly() {
    let folder = Folder::new("numbers");
    folder.simulated();
    let fit = ["fit", "--data", "data.csv", "--quiet", "--out", "fit"];
    let small = ["--subjects", "2", "--blocks", "2"];
    let nuts = ["--chains", "1", "--warmup", "4", "--draws", "4", "--loo-draws", "2", "--check-draws", "2"];
    let svi = ["--svi-steps", "2", "--particles", "2", "--draws", "4"];
    let verbs: [(Vec<&str>, Vec<&str>); 8] = [
        (
            [&fit[..], &nuts].concat(),
            vec![
                "chains",
                "warmup",
                "draws",
                "thin",
                "target-accept",
                "max-depth",
                "loo-draws",
                "check-draws",
                "threads",
                "shard",
            ],
        ),
        (
            [&fit[..], &["--method", "svi", "--loo-draws", "2", "--check-draws", "2"], &svi].concat(),
            vec!["svi-steps", "particles", "step-size", "tolerance", "draws", "climbs"],
        ),
        ([&LAPLACE[..], &["--quiet", "--out", "fit"]].concat(), vec!["draws", "first-scored", "index-base"]),
        (
            [&["simulate", "--out", "fit"], &small[..]].concat(),
            vec!["subjects", "blocks", "steps", "sessions", "horizon", "sweeps", "learning-rate", "forgetting", "precision-cap"],
        ),
        (
            [&["recover", "--quiet", "--method", "laplace", "--out", "fit"], &small[..]].concat(),
            vec!["subjects", "blocks", "draws"],
        ),
        (
            [&["calibrate", "--quiet", "--method", "laplace", "--simulations", "10", "--out", "fit"], &small[..]].concat(),
            vec!["bins", "subjects", "draws"],
        ),
        ([&["identify"], &small[..]].concat(), vec!["subjects", "blocks", "steps"]),
        (vec!["loglik", "--data", "data.csv", "--set", "z=0"], vec!["horizon", "first-scored"]),
    ];
    let mut runs = 0;
    for (arguments, options) in &verbs {
        for option in options {
            for value in EXTREMES {
                let option = format!("--{option}");
                // What is given already is given anew.
                let at = arguments.iter().position(|a| *a == option);
                let mut all: Vec<&str> = arguments.clone();
                match at {
                    Some(at) => all[at + 1] = value,
                    None => all.extend([option.as_str(), value]),
                }
                let begun = Instant::now();
                let output = folder.run(&all);
                assert!(begun.elapsed().as_secs() < 20, "{all:?} took {:?}", begun.elapsed());
                assert!(!said(&output).contains("panicked"), "{all:?}: {}", said(&output));
                runs += 1;
                for left in ["fit", "fit.unfinished", "fit.truth.csv"] {
                    let path = folder.0.join(left);
                    let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
                }
            }
        }
    }
    println!("{runs} runs");
    folder.refused(&[&fit[..], &["--check-draws", "4294967296"]].concat(), "expected a whole number from 0 to 1000000");
    folder.refused(&[&fit[..], &["--draws", "90000000", "--chains", "900"]].concat(), "of memory");
    let huge = ["simulate", "--subjects", "50000000", "--blocks", "1", "--steps", "50000000", "--out", "new.csv"];
    folder.refused(&huge, "at most 50000000 rows");
}
