//! The program as a user runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("neural-encoder-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn program(arguments: &[&str], out: &Path, threads: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_neural-encoder"))
        .args(arguments)
        .arg("--quiet")
        .arg("--out")
        .arg(out)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn complaint(arguments: &[&str], out: &Path) -> String {
    let output = program(arguments, out, "2");
    assert!(!output.status.success());
    assert!(!out.exists());
    text(&output.stderr)
}

#[test]
fn a_run_writes_its_folder_and_ends_with_the_accuracies() {
    let folder = Folder::new("run");
    let out = folder.at("out");
    let output = program(&["--steps", "12", "--seeds", "2"], &out, "2");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[lines.len() - 2].starts_with("encoder accuracy, best names: 0."), "{printed}");
    assert!(lines[lines.len() - 1].starts_with("inferred-state accuracy, best names: 0."), "{printed}");
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert_eq!(page.matches("class=\"film\"").count(), 2);
    let results: Value = serde_json::from_slice(&std::fs::read(out.join("results.json")).unwrap()).unwrap();
    assert_eq!(results["runs"].as_array().unwrap().len(), 2);
    assert_eq!(results["runs"][0]["rollout"]["places"].as_array().unwrap().len(), 9);
    let curve = std::fs::read_to_string(out.join("curve.csv")).unwrap();
    assert_eq!(curve.lines().count(), 13);
    // A folder that is there is left alone; what was saved can be gone on from.
    let again = program(&["--steps", "1"], &out, "2");
    assert!(text(&again.stderr).contains("is already there"));
    let weights = out.join("weights.json");
    let on = program(&["--steps", "1", "--seeds", "1", "--init", weights.to_str().unwrap()], &folder.at("on"), "2");
    assert!(on.status.success(), "{}", text(&on.stderr));
}

#[test]
fn one_seed_gives_one_network_on_any_number_of_threads() {
    let folder = Folder::new("threads");
    let weights = |threads: &str| {
        let out = folder.at(threads);
        assert!(program(&["--steps", "5", "--seeds", "1", "--seed", "7"], &out, threads).status.success());
        std::fs::read(out.join("weights.json")).unwrap()
    };
    assert!(weights("1") == weights("2"));
}

#[test]
fn bad_files_are_said_to_be_so_with_the_place() {
    let folder = Folder::new("bad");
    let file = |name: &str, content: &str| {
        std::fs::write(folder.at(name), content).unwrap();
        folder.at(name).to_str().unwrap().to_string()
    };
    let out = folder.at("out");
    let rows = file("rows.json", r#"{"layers_init": [{"weight": [[1, 2], [1]], "bias": [0, 1]}]}"#);
    assert!(complaint(&["--init", &rows], &out).contains("layer 0, output 1 has 1 weights, but there are 2 inputs"));
    let narrow = file("narrow.json", r#"{"layers_init": [{"weight": [[1, 2]], "bias": [0]}]}"#);
    assert!(complaint(&["--init", &narrow], &out).contains("the last layer has 1 outputs, but there are 5 categories"));
    assert!(complaint(&["--data", &rows], &out).contains("missing field `train`"));
    assert!(complaint(&["--data", "nowhere.json"], &out).contains("nowhere.json: "));
    let mut data = good_data();
    data["A"][0][0] = 0.5.into();
    let broken = file("a.json", &data.to_string());
    assert!(complaint(&["--data", &broken], &out).contains("A given place 0"));
    let mut data = good_data();
    data["val"]["a_seq"][0][1][0] = 3.into();
    let broken = file("move.json", &data.to_string());
    assert!(complaint(&["--data", &broken], &out).contains("val, walk 0: step 1: there is no move 3, but moves 0 to 2"));
    let mut data = good_data();
    data["D"] = serde_json::json!([0.5, 0.5]);
    let broken = file("d.json", &data.to_string());
    assert!(complaint(&["--data", &broken], &out).contains("D has 2 entries, but the study's line has 5"));
    let good = file("good.json", &good_data().to_string());
    assert!(program(&["--data", &good, "--steps", "2", "--seeds", "1"], &folder.at("good"), "2").status.success());
    assert!(complaint(&["--rate=-1"], &out).contains("a number between 0.000001 and 1000000 is expected"));
    let mut data = good_data();
    data["train"]["x_seq"][0][1][0] = 1e39.into();
    let broken = file("far.json", &data.to_string());
    assert!(
        complaint(&["--data", &broken], &out).contains("train, walk 0: step 1: a coordinate is not between -1000000 and 1000000")
    );
    let mut data = good_data();
    data["policy_len"] = 30.into();
    let broken = file("long.json", &data.to_string());
    assert!(complaint(&["--data", &broken], &out).contains("long.json: policy_len: 3 actions over 30 steps"));
    let huge = file("huge.json", r#"{"layers": [{"weight": [[3e38, 3e38]], "bias": [0]}]}"#);
    assert!(complaint(&["--init", &huge], &out).contains("layer 0: a weight is not between -1000000 and 1000000"));
    let empty = serde_json::json!({
        "obs_probs": [], "actions": [], "total": 0, "mean_vfe": 0, "temporal_kl": 0, "grad_total": [], "grad_vfe": [],
        "A": good_data()["A"], "B": good_data()["B"], "temporal_weight": 8,
    });
    let empty = file("empty.json", &empty.to_string());
    assert!(complaint(&["--check", &empty], &out).contains("observations, actions and gradients are empty, or differ in length"));
}

/// Two short walks.
fn good_data() -> Value {
    let identity: Vec<Vec<f64>> = (0..5).map(|i| (0..5).map(|j| if i == j { 0.96 } else { 0.01 }).collect()).collect();
    let stay: Vec<Vec<Vec<f64>>> = identity.iter().map(|row| row.iter().map(|&p| vec![p; 3]).collect()).collect();
    let split = serde_json::json!({ "x_seq": [[[0.0, 1.0], [1.0, 0.0]]], "s_seq": [[0, 4]], "a_seq": [[[0], [2]]] });
    serde_json::json!({
        "train": split, "val": split, "A": identity, "B": stay, "C": [0, 0, 0, 0, 1], "D": [0.2, 0.2, 0.2, 0.2, 0.2],
        "gaussian_means": [[0, 1], [1, 0], [2, 0], [3, 0], [4, 0]], "policy_len": 2,
    })
}

/// The files of the reference study, where `AIF_DATA` names their folder.
#[test]
fn the_reference_is_reproduced() {
    let Some(data) = std::env::var_os("AIF_DATA") else { return };
    let data = Path::new(&data);
    let name = |file: &str| data.join(file).to_str().unwrap().to_string();
    let folder = Folder::new("reference");
    let check = program(&["--check", &name("encoder_golden64.json")], &folder.at("none"), "2");
    assert!(check.status.success(), "{}", text(&check.stderr));
    let out = folder.at("out");
    let given = ["--data", &name("encoder_data.json"), "--init", &name("encoder_init.json"), "--seeds", "4"];
    let output = program(&given, &out, "2");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let read = |path: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let (ours, theirs) = (read(out.join("results.json")), read(data.join("encoder_results.json")));
    let close = |a: &Value, b: &Value, most: f64| {
        let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
        assert!((a - b).abs() < most, "{a} {b}");
    };
    let before = &ours["runs"][0]["before"];
    // In single precision, their loss of 15 is good to 1e-5.
    close(&before["loss"]["total"], &theirs["pre"]["total"], 3e-5);
    close(&before["loss"]["free_energy"], &theirs["pre"]["vfe"], 1e-5);
    close(&before["loss"]["temporal_divergence"], &theirs["pre"]["temporal_kl"], 1e-5);
    close(&before["encoder"]["aligned_accuracy"], &theirs["encoder_aligned_acc"]["pre"], 1e-6);
    close(&before["beliefs"]["aligned_accuracy"], &theirs["pre"]["aligned_acc"], 1e-6);
    let best = |what: &str| {
        let each = ours["runs"].as_array().unwrap().iter().map(|run| run["after"][what]["aligned_accuracy"].as_f64().unwrap());
        each.fold(0.0, f64::max)
    };
    assert!((best("encoder") - theirs["encoder_aligned_acc"]["post"].as_f64().unwrap()).abs() < 0.02);
    assert!((best("beliefs") - theirs["post"]["aligned_acc"].as_f64().unwrap()).abs() < 0.02);
    for run in ours["runs"].as_array().unwrap() {
        assert_eq!(run["rollout"]["places"][8], 4);
    }
}
