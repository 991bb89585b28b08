//! What files say is what is read.

mod common;

use aif_import::{Format, Naming, Options, Values, declaration, parse, read};
use common::{model, path, written};

/// A .POMDP of two states, actions and observations, with these statements.
fn pomdp(statements: &str) -> aif_import::Model {
    let text = format!("states: a b\nactions: x y\nobservations: 2\n{statements}");
    written(Format::Pomdp, &text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

const FLAT: &str = "T: * identity\nO: * uniform\n";

fn dense(table: &aif_import::Table) -> Vec<Vec<f64>> {
    (0..table.columns.len()).map(|c| table.dense(c)).collect()
}

#[test]
fn tiger_is_read_as_it_is_described() {
    let tiger = model("tiger.pomdp");
    assert_eq!(tiger.discount, Some(0.95));
    let state = &tiger.factors[0];
    assert_eq!(state.states, Values::Named(vec!["tiger-left".into(), "tiger-right".into()]));
    assert_eq!(dense(&state.transition), [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]);
    assert_eq!(state.initial, [0.5, 0.5]);
    // Before the first action, and after a door was opened, nothing is told.
    let seen = &tiger.modalities[0];
    assert_eq!(seen.parents, [0, 1]);
    let even = [0.5, 0.5];
    assert_eq!(dense(&seen.likelihood), [even, [0.85, 0.15], even, even, even, [0.15, 0.85], even, even]);
    // What is paid depends on where the tiger was: a factor of its own, shown by the modality.
    assert_eq!(tiger.factors[2].name, "paid");
    assert_eq!(tiger.factors[2].transition.map(), Some(vec![1, 1, 0, 3, 3, 0]));
    assert_eq!(
        (tiger.modalities[1].name.as_str(), &tiger.modalities[1].preference[..]),
        ("reward", &[-100.0, -1.0, 0.0, 10.0][..])
    );
}

#[test]
fn later_lines_override_earlier_ones() {
    let model = pomdp(
        "T: * identity\nT: x : a : b 1\nT: x : a : a 0\nT: y : * uniform\nT: y : b\n0.25 0.75\nO: * uniform\nO : x : a : * 0.5\n",
    );
    assert_eq!(dense(&model.factors[0].transition), [[0.0, 1.0], [0.0, 1.0], [0.5, 0.5], [0.25, 0.75]]);
    let model = pomdp("T: * uniform\nT: x\n0 1 # crossed\n1 0\nT: 1 : 0 : 1 1.0 T:1:0:0 0.\nO: * uniform\n");
    assert_eq!(dense(&model.factors[0].transition), [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]);
}

#[test]
fn the_start_has_every_form() {
    for (start, initial) in [
        ("", [0.5, 0.5]),
        ("start: uniform\n", [0.5, 0.5]),
        ("start: 0.25 0.75\n", [0.25, 0.75]),
        ("start: b\n", [0.0, 1.0]),
        ("start: 0\n", [1.0, 0.0]),
        ("start include: b\n", [0.0, 1.0]),
        ("start exclude: b\n", [1.0, 0.0]),
        ("start include: a 1\n", [0.5, 0.5]),
    ] {
        assert_eq!(pomdp(&format!("{start}{FLAT}")).factors[0].initial, initial, "{start}");
    }
    let reset = pomdp("start: b\nT: * identity\nT: y : a reset\nO: * uniform\n");
    assert_eq!(dense(&reset.factors[0].transition)[2], [0.0, 1.0]);
}

#[test]
fn rewards_are_preferences_by_what_they_depend_on() {
    // Of nothing.
    let none = pomdp(&format!("{FLAT}R: * : * : * : * 3\n"));
    assert!(none.modalities.len() == 1 && none.modalities[0].preference == [0.0, 0.0]);
    // Of the observation.
    let seen = pomdp(&format!("{FLAT}R: * : * : * : 1 3\n"));
    assert!(seen.modalities.len() == 1 && seen.modalities[0].preference == [0.0, 3.0]);
    // Of the state after.
    let after = pomdp(&format!("{FLAT}R: * : * : b : * 3\n"));
    assert_eq!((after.factors.len(), after.modalities[1].likelihood.map()), (1, Some(vec![0, 1])));
    // Of the action and the state after, and of a cost.
    let acted = pomdp(&format!("values: cost\n{FLAT}R: x : * : b : * 3\n"));
    assert_eq!(acted.factors.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["state", "last_action"]);
    assert_eq!(
        (acted.modalities[1].likelihood.map(), &acted.modalities[1].preference[..]),
        (Some(vec![1, 1, 1, 1, 0, 1]), &[-3.0, 0.0][..])
    );
    // Of the state before: a factor that is paid; of what is seen after that, in proportion.
    let before = pomdp("T: * uniform\nO: * uniform\nR: x : a : * : 0 4\n");
    assert_eq!(before.factors[1].name, "paid");
    assert_eq!(dense(&before.factors[1].transition), [[0.5, 0.5], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]);
    // Rows and matrices; the temperature.
    let text = "states: 2\nactions: 1\nobservations: 2\nT: 0 identity\nO: 0 uniform\nR: 0 : 0\n1 2\n3 4\nR: 0 : 1 : *\n5 6\n";
    let options = Options { temperature: 4.0, ..Options::default() };
    let rows = parse(Format::Pomdp, "file", text.as_bytes(), &options).unwrap();
    assert_eq!(rows.modalities[1].preference, [0.0, 0.25, 0.5, 1.25, 1.5]);
}

/// The expected log-preference of one step is the expected reward divided by the temperature, from any belief, whatever the reward depends on.
#[test]
fn what_is_liked_is_what_is_paid() {
    let head = "states: 3\nactions: 2\nobservations: 2\n";
    let moves = "T: 0\n0.5 0.25 0.25\n0 1 0\n0.1 0.2 0.7\nT: 1 uniform\nO: *\n0.9 0.1\n0.5 0.5\n0 1\nO: 1 : 2\n0.75 0.25\n";
    for rewards in [
        "R: * : * : * : 1 2\n",
        "R: * : * : 1 : 0 2\nR: * : * : 2 : * -7\n",
        "R: 0 : * : 1 : 0 2\nR: 1 : * : 2 : 1 -7\n",
        "R: * : 1 : * : * 2\nR: 1 : * : 0 : 1 11\n",
        "R: 0 : 0\n1 2\n3 4\n5 6\nR: 1 : 2 : 1\n-3 8\n",
    ] {
        let options = Options { temperature: 2.5, ..Options::default() };
        let model = parse(Format::Pomdp, "file", format!("{head}{moves}{rewards}").as_bytes(), &options).unwrap();
        let reward = |a: usize, s: usize, next: usize, o: usize| by_hand(rewards, [a, s, next, o]);
        let (t, o) = (&model.factors[0].transition, |a: usize, next: usize| observed(a, next));
        for a in 0..2 {
            for s in 0..3 {
                let mut paid = 0.0;
                for (next, p) in t.dense(a * 3 + s).into_iter().enumerate() {
                    for (seen, q) in o(a, next).into_iter().enumerate() {
                        paid += p * q * reward(a, s, next, seen);
                    }
                }
                let liked = utility(&model, a, s);
                assert!((liked - paid / 2.5).abs() < 1e-12, "{rewards} action {a}, state {s}: {liked} is liked, {paid} paid");
            }
        }
    }
}

/// O of the test above.
fn observed(a: usize, next: usize) -> Vec<f64> {
    match (a, next) {
        (1, 2) => vec![0.75, 0.25],
        (_, 0) => vec![0.9, 0.1],
        (_, 1) => vec![0.5, 0.5],
        _ => vec![0.0, 1.0],
    }
}

/// R of the test above, told once more.
fn by_hand(rewards: &str, at: [usize; 4]) -> f64 {
    let [a, s, next, o] = at;
    match (rewards.lines().next().unwrap_or(""), at) {
        ("R: * : * : * : 1 2", [.., 1]) => 2.0,
        ("R: * : * : 1 : 0 2", [_, _, 2, _]) => -7.0,
        ("R: * : * : 1 : 0 2", [_, _, 1, 0]) => 2.0,
        ("R: 0 : * : 1 : 0 2", [0, _, 1, 0]) => 2.0,
        ("R: 0 : * : 1 : 0 2", [1, _, 2, 1]) => -7.0,
        ("R: * : 1 : * : * 2", [1, _, 0, 1]) => 11.0,
        ("R: * : 1 : * : * 2", [_, 1, ..]) => 2.0,
        ("R: 0 : 0", [0, 0, ..]) => (1 + 2 * next + o) as f64,
        ("R: 0 : 0", [1, 2, 1, _]) => [-3.0, 8.0][o],
        _ => {
            let _ = (a, s);
            0.0
        }
    }
}

/// The expected log-preference of the state and what is paid after one action in one state, all factors moved.
fn utility(model: &aif_import::Model, a: usize, s: usize) -> f64 {
    // Every factor's distribution after the step: they move on their own, given where they were.
    let states: Vec<usize> = model.factors.iter().map(|f| f.states.count()).collect();
    let mut before = vec![0; states.len()];
    before[0] = s;
    let after = model.factors.iter().map(|f| {
        let context = f.parents.iter().fold(0, |n, &p| n * states[p] + before[p]);
        let contexts: usize = f.parents.iter().map(|&p| states[p]).product();
        f.transition.dense(a * contexts + context)
    });
    let after: Vec<Vec<f64>> = after.collect();
    let mut sum = 0.0;
    for m in &model.modalities {
        for (c, column) in m.likelihood.columns.iter().enumerate() {
            let (mut rest, mut p) = (c, 1.0);
            for &f in m.parents.iter().rev() {
                p *= after[f][rest % states[f]];
                rest /= states[f];
            }
            sum += column.iter().map(|&(o, q)| p * q * m.preference[o as usize]).sum::<f64>();
        }
    }
    sum
}

/// One T-maze in three notations.
#[test]
fn notations_agree() {
    let (arrays, gnn, spm) = (model("tmaze.json"), model("tmaze.md"), model("tmaze_spm.json"));
    for other in [&gnn, &spm] {
        for (own, other) in arrays.factors.iter().zip(&other.factors) {
            assert_eq!((&own.transition, &own.initial), (&other.transition, &other.initial));
        }
        assert_eq!(arrays.modalities[1].likelihood, other.modalities[1].likelihood);
        assert_eq!(arrays.modalities[1].preference, other.modalities[1].preference);
        assert_eq!((&arrays.habit, arrays.policy_precision), (&other.habit, other.policy_precision));
    }
    assert_eq!(gnn.modalities[1].counts, arrays.modalities[1].counts);
    assert_eq!(gnn.factors[0].states.label(1), "left_arm");
    assert_eq!(spm.policies.as_ref().unwrap()[1], [[1], [1]]);
    assert_eq!((arrays.discount, gnn.discount), (Some(0.9), Some(0.9)));
}

/// MATLAB's file of a structure is what `jsonencode` writes of it.
#[test]
fn matlab_files_are_read_as_json() {
    let text = |name: &str| declaration(&model(name), &Naming { model: "TMaze", library: "aif", file: "file" });
    assert_eq!(text("tmaze_spm.mat"), text("tmaze_spm.json"));
}

/// numpy's archive of the same arrays: `numpy.savez(file, A_0=.., A_1=.., ..)`.
#[test]
fn archives_of_arrays_are_read() {
    let npz = read(&path("tmaze.npz"), &Options::default()).unwrap();
    let arrays = model("tmaze.json");
    for (own, other) in npz.factors.iter().zip(&arrays.factors) {
        assert_eq!((&own.transition, &own.initial), (&other.transition, &other.initial));
    }
    assert_eq!(npz.modalities[1].likelihood, arrays.modalities[1].likelihood);
    assert_eq!(npz.modalities[1].preference, arrays.modalities[1].preference);
    assert_eq!((npz.policy_precision, npz.habit), (arrays.policy_precision, arrays.habit));
}
