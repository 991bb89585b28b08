//! The Iowa gambling task, six people in three groups, with every parameter of each person regressed on the group by a formula.
//!
//! `cargo run --release --example iowa` fits the embedded table and tells the group differences that are left when the spread between people is
//! taken into account, and which of them the model can do without. `-- --out DIR` says where the results go; any verb makes it a study program.

use std::path::PathBuf;
use std::process::ExitCode;

use aif::learners::ProspectDelta;
use aif::prelude::*;

/// Who was tested.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Control,
    Amphetamine,
    Heroin,
}

model! {
    /// Prospect utilities and a delta rule; what groups and people add is on the scale of probits, and of logarithms.
    pub Iowa for ProspectDelta<T> {
        covariates(group: Group);
        subject {
            rate ~ formula(1 + group, slopes = Normal(0.0, 0.5), sd = HalfNormal(0.3));
            curve ~ formula(1 + group, slopes = Normal(0.0, 0.5), sd = HalfNormal(0.3));
            steady ~ formula(1 + group, slopes = Normal(0.0, 0.5), sd = HalfNormal(0.3));
            averse ~ formula(1 + group, slopes = Normal(0.0, 0.5), sd = HalfNormal(0.3));
            let learning_rate = phi(rate);
            let sensitivity = 2.0 * phi(curve);
            let consistency = 5.0 * phi(steady);
            let loss_aversion = 10.0 * phi(averse);
            ProspectDelta { learning_rate, sensitivity, consistency, loss_aversion }
        }
    }

    /// The same with groups that do not differ.
    pub Alike for ProspectDelta<T> {
        covariates(group: Group);
        subject {
            rate ~ formula(1, sd = HalfNormal(0.3));
            curve ~ formula(1, sd = HalfNormal(0.3));
            steady ~ formula(1, sd = HalfNormal(0.3));
            averse ~ formula(1, sd = HalfNormal(0.3));
            let learning_rate = phi(rate);
            let sensitivity = 2.0 * phi(curve);
            let consistency = 5.0 * phi(steady);
            let loss_aversion = 10.0 * phi(averse);
            ProspectDelta { learning_rate, sensitivity, consistency, loss_aversion }
        }
    }
}

/// Simulated: `simulate --population Iowa --covariates people.csv --blocks 1 --steps 100 --seed 11` with the effects named in docs/iowa.md.
const CHOICES: &str = include_str!("data/iowa.csv");
const PEOPLE: &str = include_str!("data/iowa_people.csv");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let study = aif::study::<Iowa>().and::<Alike>();
    let out = match &arguments[..] {
        [] => PathBuf::from("results/iowa"),
        [flag, folder] if flag == "--out" => PathBuf::from(folder),
        _ => return study.main(),
    };
    let told = |result: Result<(), Box<dyn std::error::Error>>| match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    };
    told((|| {
        if let Some(above) = out.parent() {
            std::fs::create_dir_all(above).map_err(|e| format!("{}: {e}", above.display()))?;
        }
        std::fs::create_dir(&out).map_err(|e| format!("{}: {e}; the folder of the results is a new one", out.display()))?;
        let file = |name: &str| out.join(name).display().to_string();
        std::fs::write(file("choices.csv"), CHOICES)?;
        std::fs::write(file("people.csv"), PEOPLE)?;
        for population in ["Iowa", "Alike"] {
            println!("\n== {population}");
            let (data, people, folder) = (file("choices.csv"), file("people.csv"), file(population));
            let fit = ["", "fit", "--population", population, "--data", &data, "--covariates", &people, "--out", &folder];
            study.run(fit.into_iter().chain(["--draws", "500", "--target-accept", "0.9", "--quiet"]))?;
        }
        println!("\n== Which of the two predicts better");
        study.run(["", "compare", &file("Iowa"), &file("Alike")])?;
        println!("\n== Which differences are needed");
        let drop = ["--drop", "rate_group", "--drop", "curve_group", "--drop", "steady_group", "--drop", "averse_group"];
        study.run(["", "reduce", &file("Iowa")].into_iter().chain(drop))?;
        println!("\nreports: {} and {}", file("Iowa/report.html"), file("Alike/report.html"));
        Ok(())
    })())
}
