//! Everything against golden values of the reference implementation: eight model structures, each declared in the language, and its search.
//!
//! The fixtures are read from `tests/fixtures`, or from the folder that `AIF_FIXTURES` names. Every number that is compared is counted; the
//! count is the last line.

mod learning;
#[path = "../models/oracle.rs"]
mod oracle;
mod perception;
mod planning;
mod read;
mod search;
mod structures;
mod trajectories;
mod worlds;

use read::{Case, Compare, Numbers, fixture, list};

macro_rules! check {
    ($compare:ident, $($structure:ident $name:literal),*) => {$(
        let golden = fixture($name);
        let before = $compare.count;
        for (i, instance) in list(&golden["instances"]).iter().enumerate() {
            $compare.within(format!("{}, instance {i}:", $name));
            let (inputs, outputs) = (&instance["inputs"], &instance["outputs"]);
            let (constant, timed) = (Numbers::new(inputs, false), Numbers::new(inputs, true));
            let known = Case { model: structures::$structure::Known { numbers: constant }, inputs, outputs };
            let known_timed = Case { model: structures::$structure::Known { numbers: timed }, inputs, outputs };
            let counted = Case { model: structures::$structure::Counted { numbers: constant }, inputs, outputs };
            perception::check(&known, &mut $compare);
            planning::check(&known, &known_timed, &mut $compare);
            trajectories::check(&known, &mut $compare);
            trajectories::check_derivatives(&known, &mut $compare);
            planning::check_counted(&counted, &mut $compare);
            learning::check(&counted, &mut $compare);
            trajectories::check_counted(&counted, &mut $compare);
        }
        println!("{}: {} values", $name, $compare.count - before);
    )*};
}

fn search(compare: &mut Compare) {
    let before = compare.count;
    let structures = [fixture("S1"), fixture("S2")];
    for (i, golden) in list(&fixture("si")["cases"]).iter().enumerate() {
        let which = usize::from(golden["structure"] == "S2");
        let instance = golden["instance"].as_u64().expect("an index") as usize;
        let Some(instance) = structures[which]["instances"].get(instance) else { continue };
        let (inputs, outputs) = (&instance["inputs"], &instance["outputs"]);
        let numbers = Numbers::new(inputs, false);
        compare.within(format!("search {i}:"));
        if which == 0 {
            search::check(&Case { model: structures::s1::Known { numbers }, inputs, outputs }, golden, compare);
        } else {
            search::check(&Case { model: structures::s2::Known { numbers }, inputs, outputs }, golden, compare);
        }
    }
    println!("search: {} values", compare.count - before);
}

fn main() {
    let mut compare = Compare::default();
    check!(compare, s1 "S1", s2 "S2", s3 "S3", s4 "S4", s5 "S5", s6 "S6", s7 "S7", s8 "S8");
    search(&mut compare);
    worlds::check(&mut compare);
    for failure in compare.failures.iter().take(40) {
        eprintln!("{failure}");
    }
    if !compare.failures.is_empty() {
        eprintln!("{} comparisons failed", compare.failures.len());
        std::process::exit(1);
    }
    println!("{} values compared", compare.count);
}
