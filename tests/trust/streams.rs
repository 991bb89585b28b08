//! Standard output that is closed or full: what was found is written, and the run says that it could not be shown.

use std::fs::{File, OpenOptions};
use std::process::{Command, Stdio};

use super::folder::{Folder, LAPLACE, said};

/// A pipe that nobody reads.
fn closed() -> Stdio {
    // Whoever would read it is gone before anything is written.
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    pipe.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

pub fn what_is_finished_is_written_before_it_is_printed() {
    if File::open("/dev/full").is_err() {
        println!("skipped: there is no /dev/full here");
        return;
    }
    let folder = Folder::new("streams");
    folder.simulated();
    for out in ["one", "two"] {
        folder.done(&[&LAPLACE[..], &["--quiet", "--out", out]].concat());
    }
    let small = ["--subjects", "2", "--blocks", "4", "--quiet", "--method", "laplace", "--draws", "30"];
    let ways = [("closed", closed as fn() -> Stdio), ("full", full)];
    for (way, stream) in ways {
        let out = |verb: &str| format!("{verb}_{way}");
        let (recovered, calibrated, compared) = (out("recovered"), out("calibrated"), out("compared"));
        let (information, scores) = (out("information.csv"), out("scores.json"));
        let verbs: [(Vec<&str>, &str); 5] = [
            ([&["recover", "--out", &recovered], &small[..]].concat(), "recovered"),
            ([&["calibrate", "--simulations", "10", "--out", &calibrated], &small[..]].concat(), "calibrated"),
            (vec!["compare", "one", "two", "--out", &compared], "compared"),
            (vec!["identify", "--subjects", "2", "--blocks", "4", "--out", &information], "information.csv"),
            (vec!["loglik", "--data", "data.csv", "--set", "z=0", "--out", &scores], "scores.json"),
        ];
        for (arguments, written) in verbs {
            let output = folder.command(&arguments).stdout(stream()).stderr(Stdio::piped()).output().unwrap();
            let prints = written != "scores.json";
            assert_eq!(output.status.code(), Some(if prints { 2 } else { 0 }), "{way} {arguments:?}: {}", said(&output));
            assert!(!prints || said(&output).contains("standard output"), "{way} {arguments:?}: {}", said(&output));
            assert!(folder.0.join(out(written)).exists(), "{way} {arguments:?}: nothing was written");
        }
        // Nobody is told, and nothing else happens, where standard error is closed or full.
        let silent = out("silent");
        let fit = [&LAPLACE[..], &["--out", &silent]].concat();
        let status = folder.command(&fit).stdout(Stdio::null()).stderr(stream()).status().unwrap();
        assert_eq!(status.code(), Some(0), "{way}");
        assert!(folder.0.join(&silent).join("fit.bin").exists());
        let status = folder.command(&["report", "nowhere"]).stdout(Stdio::null()).stderr(stream()).status().unwrap();
        assert_eq!(status.code(), Some(2), "{way}");
    }
    let partial = folder.names().into_iter().find(|name| name.contains("partial") || name.contains("unfinished"));
    assert_eq!(partial, None);
}

pub fn help_says_when_it_cannot_be_read() {
    if File::open("/dev/full").is_err() {
        println!("skipped: there is no /dev/full here");
        return;
    }
    let folder = Folder::new("help");
    for arguments in [&["--help"][..], &["fit", "--help"]] {
        assert!(folder.done(arguments).stdout.len() > 100);
        for stream in [closed(), full()] {
            let output = folder.command(arguments).stdout(stream).stderr(Stdio::piped()).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        }
    }
}
