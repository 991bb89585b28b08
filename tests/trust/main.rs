//! What is promised of files, streams, numbers and reports: nothing lost, nothing wrong in silence. The study program is run as a process of
//! its own, which is this one called with `program` before its arguments.

#[path = "../models/folder.rs"]
#[allow(dead_code)]
mod own;
#[path = "../models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "../models/random.rs"]
#[allow(dead_code)]
mod random;
#[path = "../models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

mod columns;
mod extremes;
mod folder;
mod killed;
mod numbers;
mod overwritten;
mod reports;
mod results;
mod saved;
mod streams;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

macro_rules! tests {
    ($($room:ident: $($name:ident),*;)*) => {
        const TESTS: &[(&str, fn())] = &[$($((concat!(stringify!($room), "::", stringify!($name)), $room::$name)),*),*];
    };
}
tests! {
    results: every_file_is_listed_and_every_change_is_refused, stored_pieces_that_were_sealed_again_do_no_harm,
        damaged_parts_are_refused_by_name;
    streams: what_is_finished_is_written_before_it_is_printed, help_says_when_it_cannot_be_read;
    killed: every_verb_that_is_killed_can_be_run_again, a_fit_that_is_killed_anywhere_goes_on;
    saved: whatever_a_model_reaches_can_be_saved, numbers_that_are_not_finite_are_not_saved;
    columns: accepted_columns_are_distributions;
    overwritten: nothing_is_written_over_without_being_asked, names_that_are_formulas_stay_names, what_a_method_ignores_is_refused;
    numbers: numbers_have_bounds_and_memory_is_not_taken_blindly;
    extremes: filters_reject_what_they_cannot_work_out, agents_explain_in_numbers;
    reports: constants_are_no_rows_and_what_is_the_same_is_said_once;
}

/// The study program on which all of this is tried.
fn program() -> aif::infer::study::Study {
    aif::study::<populations::Flat>()
        .and::<populations::RewardBelief>()
        .and::<populations::Everything>()
        .and::<reports::Correlated>()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    if arguments.next().is_some_and(|first| first == "program") {
        return program().exit(name.into_iter().chain(arguments));
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if std::env::args().any(|a| a == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let mut failed: Vec<&str> = Vec::new();
    let chosen = TESTS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())));
    for (name, test) in chosen {
        let begun = std::time::Instant::now();
        let passed = catch_unwind(AssertUnwindSafe(test)).is_ok();
        println!("test {name} ... {} ({:.1} s)", if passed { "ok" } else { "FAILED" }, begun.elapsed().as_secs_f64());
        failed.extend((!passed).then_some(*name));
    }
    println!("{} failed", failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
