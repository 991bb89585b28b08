//! Every mistake in a declaration is a compile error in the user's words, under the offending word. Those that the macros find are expanded
//! in one process (`aif-macros/src/said.rs`); here are those that the compiler finds in what is expanded, by its types and constants.

#[test]
fn mistakes_are_compile_errors() {
    // Nothing that compiles is among them, or all that they depend on would be built, not checked: what has to compile is in `language`.
    trybuild::TestCases::new().compile_fail("tests/compile_fail/by_rustc/*.rs");
}

/// What `docs/errors.md` quotes of these cases is what is said: every quoted line, but for where arrows stand, is in the case's file.
#[test]
fn the_page_of_mistakes_quotes_what_is_said() {
    let page = std::fs::read_to_string("docs/errors.md").expect("the page is there");
    let mut quoted = 0;
    for entry in page.split("<!-- ").skip(1) {
        let (case, rest) = entry.split_once(" -->").expect("a case has a name");
        let text = rest.split("```").nth(1).expect("a case is quoted").trim_start_matches("text");
        let said = ["", "by_rustc/"].map(|folder| std::fs::read_to_string(format!("tests/compile_fail/{folder}{case}.stderr")));
        let said = said.into_iter().find_map(Result::ok).expect("a case has a file");
        for line in text.lines().map(|line| line.trim_start_matches(['|', ' '])).filter(|line| !line.is_empty()) {
            assert!(said.contains(line), "`{case}` does not say: {line}");
        }
        quoted += 1;
    }
    assert!(quoted > 15, "{quoted} cases are quoted");
}
