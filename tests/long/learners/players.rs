//! Players in the study program: parameters of trustees recovered, and calibrated.

use aif::prelude::*;
use aif::society::Repaying;

use super::program::Folder;

model! {
    /// Trustees, each alone.
    Trustees for Repaying<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            Repaying { guilt: logistic(z), precision: 0.5, habitual: 0.2 }
        }
    }
}

#[test]
fn the_guilt_of_trustees_is_recovered_and_calibrated_through_the_program() {
    let folder = Folder::new("trustees");
    let run = |arguments: &[&str]| aif::study::<Trustees>().run(["trustees"].iter().chain(arguments)).expect("a study");
    let number = |name: &str, column: usize| -> f64 {
        let table = folder.text(name);
        let cell = table.lines().nth(1).and_then(|line| line.split(',').nth(column)).expect("a cell");
        cell.parse().expect("a number")
    };
    let (out, sbc) = (folder.at("recovered"), folder.at("calibrated"));
    run(&["recover", "--subjects", "24", "--blocks", "2", "--steps", "20", "--method", "laplace", "--quiet", "--out", &out]);
    let (r, held) = (number("recovered/summary.csv", 2), number("recovered/summary.csv", 7));
    println!("guilt of 24 trustees from 20 rounds: r = {r:.3}, 90 % intervals hold {held:.2}");
    assert!(r > 0.5 && (0.75..=1.0).contains(&held), "{r} {held}");
    run(&[
        "calibrate",
        "--simulations",
        "20",
        "--subjects",
        "1",
        "--blocks",
        "1",
        "--steps",
        "20",
        "--method",
        "laplace",
        "--quiet",
        "--out",
        &sbc,
    ]);
    let p = number("calibrated/calibration.csv", 3);
    println!("ranks of 20 trustees from 10 rounds: p = {p:.3}");
    assert!(p > 0.001, "{p}");
}
