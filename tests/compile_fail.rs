//! Every mistake in a declaration is a compile error in the user's words, under the offending word.

#[test]
fn mistakes_are_compile_errors() {
    let cases = trybuild::TestCases::new();
    // A case that compiles makes the harness build rather than check: sizes that are generic are known only then.
    cases.pass("tests/compile_pass/*.rs");
    cases.compile_fail("tests/compile_fail/*.rs");
}
