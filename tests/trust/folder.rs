//! A folder to try things in, and the study program at work in it.

use std::process::{Command, Output, Stdio};

pub use crate::own::{Folder, contents};

impl Folder {
    /// The program, to be run in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("program").args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 2)), "{arguments:?}: {:?} {}", output.status, said(&output));
        output
    }

    /// Runs it, and it succeeds.
    pub fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        output
    }

    /// Runs it, and it is refused with these words.
    pub fn refused(&self, arguments: &[&str], words: &str) {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(words), "{arguments:?}: `{words}` is not in: {}", said(&output));
    }

    /// A few subjects' behaviour.
    pub fn simulated(&self) {
        self.done(&["simulate", "--subjects", "3", "--blocks", "8", "--seed", "5", "--out", "data.csv"]);
    }
}

/// What a run said on standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A fit that takes no time.
pub const LAPLACE: [&str; 11] =
    ["fit", "--data", "data.csv", "--method", "laplace", "--draws", "40", "--loo-draws", "20", "--check-draws", "5"];

/// A fit by chains, most of which is in its parts; `--draws` says how long.
pub const NUTS: [&str; 9] = ["fit", "--data", "data.csv", "--chains", "2", "--warmup", "20", "--check-draws", "5"];
