//! The program: what it says and writes, and how it ends.

mod common;

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let all = arguments.iter().map(|a| if a.contains('.') { common::path(a).into_os_string() } else { (*a).into() });
    Command::new(env!("CARGO_BIN_EXE_aif-import")).args(all).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn it_says_what_a_file_holds() {
    let said = run(&["tiger.pomdp", "--check"]);
    assert!(said.status.success() && text(&said.stdout).contains("factor state: 2 states, moves with state, action"));
}

#[test]
fn it_writes_declarations_and_other_forms() {
    let written = run(&["tiger.pomdp", "--rust"]);
    assert_eq!(text(&written.stdout), std::fs::read_to_string(common::path("tiger.rs")).unwrap());
    let other = run(&["tiger.pomdp", "--rust", "--name", "Door", "--horizon", "4", "--temperature", "10"]);
    let other = text(&other.stdout);
    assert!(
        other.contains("pub mod door {") && other.contains("horizon = 4") && other.contains("[-10.0, -0.1, 0.0, 1.0]"),
        "{other}"
    );
    for (form, first) in [("pymdp", "{\n"), ("gnn", "## GNNSection"), ("pomdp", "# Tiger\n")] {
        let written = run(&["tiger.pomdp", "--export", form]);
        assert!(written.status.success() && text(&written.stdout).starts_with(first), "{form}");
    }
}

#[test]
fn it_ends_with_two_where_something_is_wrong() {
    let folder = std::env::temp_dir().join(format!("aif-import-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let wrong = folder.join("wrong.pomdp");
    std::fs::write(&wrong, "states: 2\nactions: x\nobservations: 2\nT: y identity\n").unwrap();
    let said = Command::new(env!("CARGO_BIN_EXE_aif-import")).arg(&wrong).output().unwrap();
    assert_eq!(said.status.code(), Some(2));
    assert!(text(&said.stderr).contains("wrong.pomdp:4: `y` is no action: expected x"), "{}", text(&said.stderr));
    std::fs::remove_dir_all(&folder).unwrap();
    for (arguments, said) in [
        (&["nowhere.pomdp"][..], "cannot be read"),
        (&[][..], "which file?"),
        (&["tiger.pomdp", "--export", "mat"][..], "expected pymdp, gnn or pomdp"),
        (&["tiger.pomdp", "--loud"][..], "no option `--loud`"),
        (&["tmaze.json", "--export", "pomdp"][..], "no place for counts"),
        (&["tiger.pomdp", "--rust", "--name", "tiger"][..], "no name of a type"),
    ] {
        let ended = run(arguments);
        assert!(ended.status.code() == Some(2) && text(&ended.stderr).contains(said), "{arguments:?}: {}", text(&ended.stderr));
    }
}
