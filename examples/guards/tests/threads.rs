//! The program as a user runs it: one seed gives one night on any number of threads, and what is wrong is said in words.

use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of this process that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Folder(std::env::temp_dir().join(format!("guards-{}-{name}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn guards(out: &Folder, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_guards"));
    program.args(["--headless", "--frames", "120", "--out"]).arg(&out.0).args(arguments);
    program.output().expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn one_seed_gives_one_night_on_any_number_of_threads() {
    let run = |threads: &str, seed: &str| {
        let out = Folder::new(&format!("threads-{threads}-{seed}"));
        let output = guards(&out, &["--threads", threads, "--seed", seed]);
        assert!(output.status.success(), "{}", said(&output));
        for file in ["night.svg", "strip.svg", "guards.html", "report.txt"] {
            assert!(std::fs::metadata(out.0.join(file)).is_ok_and(|about| about.len() > 0), "{file}");
        }
        let words = said(&output);
        words.lines().find(|line| line.starts_with("hash")).map(str::to_string).expect("the hash is told")
    };
    let one = run("1", "5");
    assert_eq!(one, run("2", "5"));
    assert_eq!(one, run("4", "5"));
    assert_ne!(one, run("2", "6"));
}

#[test]
fn values_that_are_wrong_are_refused_and_the_night_goes_on() {
    let (out, files) = (Folder::new("wrong"), Folder::new("wrong-files"));
    std::fs::create_dir_all(&files.0).expect("a folder");
    let file = files.0.join("wrong.ron");
    std::fs::write(&file, "(\n  budget: Minds(3),\n  precision: (policy: 4.0),\n)").expect("a file");
    let output = guards(&out, &["--tuning", &file.display().to_string()]);
    let words = said(&output);
    assert!(output.status.success(), "{words}");
    assert!(words.contains("wrong.ron:3:") && words.contains("precision") && words.contains("budget Nodes(300)"), "{words}");
}

#[test]
fn a_folder_that_is_taken_is_left_alone() {
    let out = Folder::new("taken");
    std::fs::create_dir_all(&out.0).expect("a folder");
    std::fs::write(out.0.join("mine"), "mine").expect("a file");
    let output = guards(&out, &[]);
    assert!(!output.status.success() && said(&output).contains("expected a folder that is new or empty"), "{}", said(&output));
}
