//! A program in C, compiled by the system's compiler, plays one game.

use std::path::{Path, PathBuf};
use std::process::Command;

aif::c_abi!(maze = aif::worlds::TMaze<f64>, parameters(reward_probability, cue_validity, preference));

#[test]
fn the_header_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/tmaze.h");
    let header = MAZE_HEADER.replace("maze_", "tmaze_").replace("MAZE_", "TMAZE_");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &header).unwrap();
    } else {
        assert_eq!(committed, header, "UPDATE_HEADER=1 cargo test --test c_abi writes it anew");
    }
}

/// The C library beside this test, built if it is not there.
fn library() -> (PathBuf, PathBuf) {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--example", "tmaze_c"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if folder.parent().is_some_and(|f| f.ends_with("release")) {
        build.arg("--release");
    }
    assert!(build.output().unwrap().status.success());
    let name = format!("{}tmaze_c{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    (folder.join(name), folder)
}

#[test]
fn a_program_in_c_plays_a_game() {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    if Command::new(&compiler).arg("--version").output().is_err() {
        eprintln!("skipped: there is no C compiler `{compiler}`");
        return;
    }
    let (library, folder) = library();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c");
    let program = folder.join(format!("tmaze_play_{}", std::process::id()));
    let compiled = Command::new(&compiler)
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(sources.join("play.c"))
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let played = Command::new(&program).output().unwrap();
    let _ = std::fs::remove_file(&program);
    let printed = String::from_utf8_lossy(&played.stdout);
    assert!(played.status.success() && printed.ends_with("all is well\n"), "{printed}");
}
