//! What is written: the page with its pictures, the numbers, the weights.

mod confusion;
mod curves;
mod film;
mod plane;
mod report;

use std::fmt::Write;

use aif::sensitivity::Softmax;
use serde_json::json;

use crate::Failure;
use crate::study::Run;
use crate::training::Schedule;

/// A colour for each place, and so for each category.
const COLOURS: [&str; 5] = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#0072b2"];

/// All files of the folder, drawn for one of the runs.
pub fn files(runs: &[Run], drawn: &Run, schedule: &Schedule, softmax: Softmax) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let page = report::page(runs, drawn, schedule, softmax)?;
    let numbers = serde_json::to_vec_pretty(&json!({
        "steps": schedule.steps,
        "batch": schedule.batch,
        "rate": schedule.rate,
        "temporal_weight": schedule.temporal_weight,
        "temperature": softmax.temperature,
        "drawn_seed": drawn.seed,
        "runs": runs.iter().map(numbers).collect::<Vec<_>>(),
    }))?;
    Ok(vec![
        ("report.html".into(), page.into_bytes()),
        ("results.json".into(), numbers),
        ("curve.csv".into(), curve(drawn).into_bytes()),
        ("weights.json".into(), drawn.trained.weights()?.json()),
    ])
}

fn numbers(run: &Run) -> serde_json::Value {
    json!({
        "seed": run.seed,
        "before": run.before,
        "after": run.after,
        "rollout": run.walked,
    })
}

fn curve(run: &Run) -> String {
    let mut text = String::from(
        "step,training_total,training_free_energy,training_temporal_divergence,validation_total,validation_free_energy,validation_temporal_divergence\n",
    );
    for point in &run.curve {
        let t = point.training;
        let _ = write!(text, "{},{},{},{}", point.step, t.total, t.free_energy, t.temporal_divergence);
        match point.validation {
            Some(v) => writeln!(text, ",{},{},{}", v.total, v.free_energy, v.temporal_divergence),
            None => writeln!(text, ",,,"),
        }
        .unwrap_or_default();
    }
    text
}
