//! The program as a user runs it: one world for one seed, saved and gone on from.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("foragers-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(folder: &Folder, out: &str, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_foragers"));
    program.args(["--seeds", "0"]).args(arguments).arg("--out").arg(folder.0.join(out)).output().unwrap()
}

fn hash(output: &Output) -> String {
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line = printed.lines().find(|line| line.starts_with("hash of the world: ")).unwrap();
    line.trim_start_matches("hash of the world: ").to_string()
}

/// The world of 60 agents and seed 1 after 1,000 ticks, on every machine.
const WORLD: &str = "304de6df9f93c357";

#[test]
fn one_seed_is_one_world_on_any_number_of_threads_and_through_a_save() {
    let folder = Folder::new("hash");
    let all = ["--agents", "60", "--ticks", "1000"];
    let one = hash(&run(&folder, "one", &[&all[..], &["--threads", "1"]].concat()));
    assert_eq!(one, WORLD);
    assert_eq!(hash(&run(&folder, "two", &[&all[..], &["--threads", "2"]].concat())), one);
    let saved = folder.0.join("world.bin");
    let saved = saved.to_str().unwrap();
    run(&folder, "half", &["--agents", "60", "--ticks", "437", "--save", saved]);
    assert_eq!(hash(&run(&folder, "rest", &["--ticks", "563", "--load", saved])), one);
    assert!(std::fs::read_to_string(folder.0.join("one/world.svg")).unwrap().contains("tick 1000"));
    assert!(Path::new(&folder.0).join("one/strip.svg").exists());
}

#[test]
fn what_is_no_world_is_refused() {
    let folder = Folder::new("refused");
    let path = folder.0.join("noise.bin");
    let complaint = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let output = run(&folder, "none", &["--ticks", "1", "--load", path.to_str().unwrap()]);
        assert!(!output.status.success() && !folder.0.join("none").exists());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(complaint(b"").contains("noise.bin: the save has no bytes of this form"));
    assert!(complaint(&[7; 300]).contains("noise.bin: "));
    let saved = folder.0.join("world.bin");
    run(&folder, "made", &["--agents", "3", "--ticks", "5", "--save", saved.to_str().unwrap()]);
    let good = std::fs::read(&saved).unwrap();
    assert!(complaint(&good[..good.len() - 9]).contains("noise.bin: "));
    let other = good.iter().map(|&b| if b == b'S' { b'Z' } else { b }).collect::<Vec<_>>();
    assert!(complaint(&other).contains("is not of this Scout: it has `model Zcout` where Scout has `model Scout`"));
}

#[test]
fn agents_eat_more_than_the_greedy_and_far_more_than_wanderers() {
    let folder = Folder::new("contest");
    let out = folder.0.join("out");
    let arguments = ["--agents", "20", "--ticks", "600", "--seeds", "8", "--inhabitants", "60"];
    let output = Command::new(env!("CARGO_BIN_EXE_foragers")).args(arguments).arg("--out").arg(&out).output().unwrap();
    assert!(output.status.success());
    let rows = std::fs::read_to_string(out.join("rounds.csv")).unwrap();
    let rows: Vec<Vec<f64>> = rows.lines().skip(1).map(|row| row.split(',').map(|x| x.parse().unwrap()).collect()).collect();
    let mean = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64;
    let (agents, wanderers, greedy) = (mean(1), mean(2), mean(3));
    assert!(agents > 2.0 * wanderers && agents > greedy, "{agents} {wanderers} {greedy}");
}
