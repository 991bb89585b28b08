//! Mistakes that are known only when everything generic has its sizes: the compiler finds them when it builds, not when it checks. Here, because few
//! packages are built for it.

#[test]
fn sizes_that_do_not_fit_are_compile_errors() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/when_built/*.rs");
    // One that compiles makes the harness build.
    cases.pass("tests/when_built/fits/*.rs");
}
