//! Trials of sophisticated inference.

use aif::spm::{Searched, Seen, TreeCourse, TreeDynamics, replay_tree};
use serde_json::Value;

use super::read::{Compare, Shaped, by_time, index, indices, list, settings, structure};

pub fn check(case: &Value, compare: &mut Compare) {
    let (name, model) = (case["name"].as_str().expect("a name"), &case["model"]);
    let (mut structure, settings, depth) = (structure(model), settings(model, &Value::Null), index(&model["N"]));
    for (trial, (forced, golden)) in list(&case["forced"]).iter().zip(list(&case["out"])).enumerate() {
        compare.within(&format!("{name}, trial {trial}: "));
        let seen: Vec<Vec<Seen>> =
            by_time(&forced["o"]).iter().map(|seen| seen.iter().map(|&o| Seen::Outcome(o)).collect()).collect();
        let (course, next) = replay_tree(&structure, &settings, depth, &seen, &indices(&forced["k"])).expect("a trial");
        check_course(&course, golden, &structure.actions(), compare);
        structure = next;
    }
    compare.nothing_but(case, &["name", "note", "model", "forced", "out"]);
}

fn check_course(course: &TreeCourse, golden: &Value, actions: &[usize], compare: &mut Compare) {
    fn of<'a, T>(course: &'a TreeCourse, value: fn(&'a Searched) -> T) -> Vec<T> {
        course.searched.iter().map(value).collect()
    }
    let times = course.searched.len();
    compare.member(golden, "T", times);
    compare.member(golden, "G", of(course, |s| &s.values));
    compare.member(golden, "u", of(course, |s| &s.moves));
    compare.member(golden, "tree", of(course, |s| s.nodes));
    compare.member(golden, "w", of(course, |s| s.certainty));
    let chosen = course.searched[..times - 1].iter();
    compare.member(golden, "P", chosen.map(|s| Shaped(actions, &s.actions)).collect::<Vec<_>>());
    let joint = course.searched.iter().map(|s| Shaped(&course.sizes, &s.joint)).collect::<Vec<_>>();
    compare.member(golden, "joint", joint);
    compare.member(golden, "S", of(course, |s| &s.beliefs));
    compare.member(golden, "X", course.filtered());
    let dynamics = TreeDynamics::of(course);
    compare.member(golden, "wn", &dynamics.certainty);
    compare.member(golden, "dn", &dynamics.dopamine);
    compare.member(golden, "un", &dynamics.moves);
    compare.member(golden, "xn", &dynamics.firing);
    let (counts, gains) = (&course.counts, &course.gains);
    for (name, gain, table) in
        [("a", "Fa", (&counts.likelihood, &gains.likelihood)), ("b", "Fb", (&counts.transition, &gains.transition))]
    {
        if let (Some(table), gains) = table {
            compare.member(golden, name, table);
            compare.member(golden, gain, gains);
        }
    }
    if let Some(c) = &counts.preference {
        compare.member(golden, "c", c);
        // SPM keeps one number, of the last modality, under the index of the last factor.
        let mut kept = vec![0.0; course.sizes.len()];
        kept[course.sizes.len() - 1] = *gains.preference.last().expect("a modality");
        compare.member(golden, "Fc", kept);
    }
    if let Some(d) = &counts.initial {
        compare.member(golden, "d", d);
        compare.member(golden, "Fd", &gains.initial);
    }
    if let Some(e) = &counts.habit {
        compare.member(golden, "e", e);
        compare.member(golden, "Fe", gains.habit.expect("a habit"));
    }
    let known = [
        "T", "G", "u", "tree", "w", "P", "joint", "S", "X", "wn", "dn", "un", "xn", "a", "Fa", "b", "Fb", "c", "Fc", "d", "Fd",
        "e", "Fe",
    ];
    compare.nothing_but(golden, &known);
}
