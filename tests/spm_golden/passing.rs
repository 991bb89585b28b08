//! Trials of message passing, one level or several.

use aif::spm::{Course, Dynamics, Ended, Evoked, Seen, Structure, Trial, replay};
use serde_json::Value;

use super::read::{Compare, Shaped, list, script, settings, structure, weights};

/// All trials of a case, each with the structure that the one before it left.
pub fn check(case: &Value, compare: &mut Compare) {
    let name = case["name"].as_str().expect("a name");
    let mut structure = structure(&case["model"]);
    let mut last = None;
    for (trial, (forced, golden)) in list(&case["forced"]).iter().zip(list(&case["out"])).enumerate() {
        compare.within(&format!("{name}, trial {trial}: "));
        let ended = live(case, &structure, forced);
        check_course(&ended.course, golden, &structure, compare);
        structure = ended.structure;
        last = Some(ended.course);
    }
    let course = last.expect("a trial");
    compare.within(&format!("{name}: "));
    if case.get("lfp").is_some() {
        compare.member(case, "lfp", Dynamics::of(&course).field_potentials());
    }
    if let Some(golden) = case.get("erp") {
        let evoked = Evoked::of(&course, 0, 0).expect("two levels");
        compare.nothing_but(golden, &["x", "y", "ind"]);
        compare.member(golden, "x", &evoked.above);
        compare.member(golden, "y", &evoked.below);
        compare.member(golden, "ind", &evoked.bins);
    }
    compare.nothing_but(case, &["name", "note", "options", "model", "forced", "out", "lfp", "erp"]);
}

/// One trial of a case.
pub fn live(case: &Value, structure: &Structure, forced: &Value) -> Ended {
    let (model, name) = (&case["model"], &case["name"]);
    let settings = settings(model, &case["options"]);
    if model.get("O").is_some() {
        let mut trial = Trial::begin(structure, &settings).unwrap_or_else(|e| panic!("{name}: {e}"));
        let weights: Vec<Vec<Seen>> = weights(model);
        trial.observe_at_once(&weights).unwrap_or_else(|e| panic!("{name}: {e}"));
        return trial.end();
    }
    let script = script(forced);
    let mut changed = structure.clone();
    if let Some(initial) = &script.changes.initial {
        changed.initial.clone_from(initial);
    }
    let mut ended = replay(&changed, &settings, &script).unwrap_or_else(|e| panic!("{name}: {e}"));
    if script.changes.initial.is_some() {
        ended.structure.initial.clone_from(&structure.initial);
    }
    ended
}

/// Everything that is recorded of one level, and of those below.
fn check_course(course: &Course, golden: &Value, structure: &Structure, compare: &mut Compare) {
    let of = |value: fn(&aif::spm::Inferred) -> f64| course.inferred.iter().map(value).collect::<Vec<f64>>();
    let one_policy = structure.control.count() == 1;
    let at_once = course.inferred.len() < course.times();
    compare.member(golden, "T", course.times());
    compare.member(golden, "x", course.inferred.iter().map(|i| &i.beliefs).collect::<Vec<_>>());
    compare.member(golden, "X", course.inferred.iter().map(|i| &i.averaged).collect::<Vec<_>>());
    compare.member(golden, "F", course.inferred.iter().map(|i| &i.free_energies).collect::<Vec<_>>());
    compare.member(golden, "G", course.inferred.iter().map(|i| &i.expected_free_energies).collect::<Vec<_>>());
    compare.member(golden, "H", of(|i| i.total));
    compare.member(golden, "plausible", course.inferred.iter().map(|i| &i.plausible).collect::<Vec<_>>());
    compare.member(golden, "R_full", course.inferred.iter().map(|i| &i.policies).collect::<Vec<_>>());
    compare.member(golden, "R", course.kept_policies());
    let modalities = structure.likelihood.len();
    let seen = |g: usize| course.evidence.iter().map(|seen| &seen[g]).collect::<Vec<_>>();
    compare.member(golden, "O", (0..modalities).map(seen).collect::<Vec<_>>());
    if !at_once {
        check_choices(course, golden, structure, compare);
        compare.member(golden, "C", &course.preference);
        let kept = if one_policy { 1 } else { course.times() };
        compare.member(golden, "w", &of(|i| i.precision)[..kept]);
    }
    check_learned(course, golden, compare);
    if let Some(lower) = golden.get("lower") {
        let below = structure.below.as_deref().expect("a level below");
        for (t, (episode, golden)) in course.episodes.iter().zip(list(lower)).enumerate() {
            let mut within = Compare::default();
            check_course(episode, golden, &below.structure, &mut within);
            within.member(golden, "D", &episode.initial);
            if golden.get("E").is_some() {
                within.member(golden, "E", episode.habit.as_deref().unwrap_or(&[]));
            }
            compare.add(within, &format!("lower[{t}]."));
        }
        compare.member(golden, "T", course.episodes.len());
    }
    let known = [
        "T",
        "x",
        "X",
        "F",
        "G",
        "H",
        "plausible",
        "R",
        "R_full",
        "O",
        "C",
        "w",
        "P",
        "wn",
        "dn",
        "un",
        "xn",
        "vn",
        "a",
        "b",
        "c",
        "d",
        "e",
        "Fa",
        "Fb",
        "Fc",
        "Fd",
        "Fe",
        "lower",
        "D",
        "E",
    ];
    compare.nothing_but(golden, &known);
}

/// Probabilities of actions, and responses by iteration.
fn check_choices(course: &Course, golden: &Value, structure: &Structure, compare: &mut Compare) {
    let (dynamics, actions) = (Dynamics::of(course), structure.actions());
    // After the last update nothing is chosen; there is none where an episode ended early.
    let chosen = &course.inferred[..course.times() - 1];
    let probabilities: Vec<_> = chosen.iter().map(|i| Shaped(&actions, &i.actions)).collect();
    compare.member(golden, "P", probabilities);
    if structure.control.count() > 1 {
        compare.member(golden, "wn", &dynamics.precision);
        compare.member(golden, "dn", &dynamics.dopamine);
        compare.member(golden, "un", &dynamics.policies);
    }
    // Learning cases leave firing out.
    if golden.get("xn").is_some() {
        compare.member(golden, "xn", &dynamics.firing);
        compare.member(golden, "vn", &dynamics.errors);
    }
}

/// Counts, and how far they moved.
fn check_learned(course: &Course, golden: &Value, compare: &mut Compare) {
    let (counts, gains) = (&course.counts, &course.gains);
    let tables = [("a", &counts.likelihood), ("b", &counts.transition), ("c", &counts.preference)];
    for (name, table) in tables.iter().filter_map(|(name, table)| Some((name, table.as_ref()?))) {
        compare.member(golden, name, table);
    }
    if let Some(d) = &counts.initial {
        compare.member(golden, "d", d);
    }
    if let Some(e) = &counts.habit {
        compare.member(golden, "e", e);
    }
    let moved = [("Fa", &gains.likelihood), ("Fb", &gains.transition), ("Fc", &gains.preference), ("Fd", &gains.initial)];
    for (name, gains) in moved.iter().filter(|(_, gains)| !gains.is_empty()) {
        compare.member(golden, name, *gains);
    }
    if let Some(gain) = gains.habit {
        compare.member(golden, "Fe", gain);
    }
}
