//! The schemes of `aif::spm` against golden values of SPM12: one level, learning, model reduction, levels, sophisticated inference.
//!
//! They are read from `tests/fixtures/spm`, or from the folder that `AIF_SPM_FIXTURES` names. Every number that is compared is counted; the
//! count is the last line.

mod passing;
mod read;
mod reduction;
mod sophisticated;

use read::{Compare, golden, list};

/// Compares one case.
type Check = fn(&serde_json::Value, &mut Compare);

fn main() {
    let mut failures = Vec::new();
    let mut count = 0;
    let files: [(&str, Check); 5] = [
        ("flat", passing::check),
        ("learning", passing::check),
        ("bmr", reduction::check),
        ("deep", passing::check),
        ("sophisticated", sophisticated::check),
    ];
    for (name, check) in files {
        let mut compare = Compare::default();
        for case in list(&golden(name)["cases"]) {
            check(case, &mut compare);
        }
        println!("{name}: {} values, largest difference {:.1e}", compare.count, compare.largest);
        count += compare.count;
        failures.append(&mut compare.failures);
    }
    for failure in failures.iter().take(40) {
        eprintln!("{failure}");
    }
    if !failures.is_empty() {
        eprintln!("{} comparisons failed", failures.len());
        std::process::exit(1);
    }
    println!("{count} values compared");
}
