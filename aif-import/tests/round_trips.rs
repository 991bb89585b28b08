//! A model that is written and read again has the same tables to the bit; and written once more it is the same text.

mod common;

use aif_import::{Form, Format, Model, Table, export};
use common::{model, written};

const FILES: [&str; 8] = [
    "tiger.pomdp",
    "maze_4x3.pomdp",
    "shuttle.pomdp",
    "corridor_50.pomdp",
    "hallway.pomdp",
    "tmaze.json",
    "tmaze.md",
    "tmaze_spm.json",
];

fn format(form: Form) -> Format {
    match form {
        Form::Pomdp => Format::Pomdp,
        Form::Gnn => Format::Gnn,
        _ => Format::Pymdp,
    }
}

fn bits(table: &Table) -> Vec<Vec<u64>> {
    (0..table.columns.len()).map(|c| table.dense(c).iter().map(|p| p.to_bits()).collect()).collect()
}

/// The tables of two models, and all that stands beside them.
fn same(own: &Model, other: &Model, what: &str) {
    let numbers = |list: &[f64]| list.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(own.factors.len(), other.factors.len(), "{what}");
    for (f, g) in own.factors.iter().zip(&other.factors) {
        if f.parents == g.parents {
            assert_eq!(bits(&f.transition), bits(&g.transition), "{what}: {}", f.name);
        }
        assert_eq!(f.counts.as_ref().map(bits), g.counts.as_ref().map(bits), "{what}: {}", f.name);
        assert_eq!((numbers(&f.initial), &f.initial_counts), (numbers(&g.initial), &g.initial_counts), "{what}: {}", f.name);
    }
    for (m, n) in own.modalities.iter().zip(&other.modalities) {
        assert_eq!(
            (bits(&m.likelihood), numbers(&m.preference)),
            (bits(&n.likelihood), numbers(&n.preference)),
            "{what}: {}",
            m.name
        );
        assert_eq!(m.counts.as_ref().map(bits), n.counts.as_ref().map(bits), "{what}: {}", m.name);
    }
    assert_eq!(
        (&own.habit, own.discount, own.policy_precision),
        (&other.habit, other.discount, other.policy_precision),
        "{what}"
    );
}

#[test]
fn what_is_written_reads_back_the_same() {
    for file in FILES {
        let model = model(file);
        for form in [Form::Pymdp, Form::Gnn] {
            let Ok(text) = export(&model, form, "Model") else {
                assert!(model.policies.is_some(), "{file}");
                continue;
            };
            let again = written(format(form), &text).unwrap_or_else(|mistakes| panic!("{file}: {mistakes}\n{text}"));
            same(&model, &again, &format!("{file} as {form:?}"));
            assert_eq!(export(&again, form, "Model").as_ref(), Ok(&text), "{file}");
        }
    }
}

#[test]
fn what_pymdp_can_say_comes_back_whole() {
    for file in FILES {
        let mut model = model(file);
        let text = export(&model, Form::Pymdp, "Model").unwrap();
        let again = written(Format::Pymdp, &text).unwrap();
        model.notes.clear();
        assert_eq!(again, model, "{file}");
    }
}

/// Flattened, a model is another; written again, that is the same.
#[test]
fn flattened_models_come_back_the_same() {
    for file in ["tiger.pomdp", "maze_4x3.pomdp", "shuttle.pomdp", "corridor_50.pomdp", "hallway.pomdp"] {
        let model = model(file);
        let text = export(&model, Form::Pomdp, "Model").unwrap();
        let flat = written(Format::Pomdp, &text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        assert_eq!((flat.factors.len(), flat.factors[0].states.count()), (1, model.joint_states()), "{file}");
        assert_eq!(flat.modalities.len(), 1, "{file}: what is paid is what is seen");
        let again = export(&flat, Form::Pomdp, "Model").unwrap();
        assert_eq!(again, text, "{file}");
        same(&flat, &written(Format::Pomdp, &again).unwrap(), file);
    }
}

#[test]
fn what_a_form_cannot_say_is_said() {
    let refused = |file: &str, form: Form| export(&model(file), form, "Model").unwrap_err();
    assert!(refused("tmaze.json", Form::Pomdp).contains("counts"));
    assert!(refused("tmaze_spm.json", Form::Gnn).contains("policies"));
}

/// Numbers are written in the shortest form that reads back the same.
#[test]
fn numbers_are_short() {
    let text =
        "states: 2\nactions: 2\nobservations: 2\nT: * uniform\nO: *\n0.1 0.9\n0.30000000000000004 0.7\nR: * : * : * : 1 0.1\n";
    let model = written(Format::Pomdp, text).unwrap();
    let text = export(&model, Form::Pymdp, "Model").unwrap();
    assert!(text.contains("0.30000000000000004") && text.contains("0.7]") && text.contains("[0, 0.1]"), "{text}");
}

/// A chain without actions.
#[test]
fn chains_come_back_too() {
    let text = "{\"A\": [[[0.9, 0.2], [0.1, 0.8]]], \"B\": [[[0.7, 0.3], [0.3, 0.7]]]}";
    let chain = written(Format::Pymdp, text).unwrap();
    assert!(chain.actions.is_empty() && chain.factors[0].states.count() == 2);
    for form in [Form::Pymdp, Form::Gnn] {
        let text = export(&chain, form, "Model").unwrap();
        same(&chain, &written(format(form), &text).unwrap(), &format!("{form:?}"));
    }
}
