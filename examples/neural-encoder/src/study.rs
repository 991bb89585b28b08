//! The study from one seed: what is not given is drawn, the encoder is judged, trained and judged again, and the agent walks.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aif::sensitivity::Softmax;

use crate::assess::{Assessment, assess};
use crate::data::Data;
use crate::network::Encoder;
use crate::rollout::{Walked, rollout};
use crate::training::{CurvePoint, Schedule, train};
use crate::weights::{Probe, Weights};
use crate::{Failure, golden};

/// What is given rather than drawn.
pub struct Given {
    data: Option<Data>,
    weights: Option<(Weights, Option<Probe>, PathBuf)>,
}

impl Given {
    pub fn read(data: Option<&Path>, weights: Option<&Path>) -> Result<Self, Failure> {
        let weights = weights.map(|path| Weights::read(path).map(|(weights, probe)| (weights, probe, path.to_owned())));
        Ok(Given { data: data.map(Data::read).transpose()?, weights: weights.transpose()? })
    }

    /// How the first weights compare with the probe that came with them, if one did.
    pub fn probe(&self, softmax: Softmax, temporal_weight: f64) -> Result<Option<String>, Failure> {
        let Some((weights, Some(probe), path)) = &self.weights else { return Ok(None) };
        let line = self.data.as_ref().map_or_else(crate::line::Line::study, |data| data.line);
        let words = golden::probe(&Encoder::new(weights, softmax), probe, &line, temporal_weight);
        words.map(Some).map_err(|e| format!("{}: {e}", path.display()).into())
    }
}

/// What came of one seed.
pub struct Run {
    pub seed: u64,
    pub data: Data,
    pub untrained: Encoder,
    pub trained: Encoder,
    pub before: Assessment,
    pub after: Assessment,
    pub curve: Vec<CurvePoint>,
    pub walked: Walked,
    /// Of training alone.
    pub time: Duration,
}

/// The whole study from one seed.
pub fn run(
    given: &Given,
    seed: u64,
    softmax: Softmax,
    schedule: &Schedule,
    progress: impl FnMut(&CurvePoint),
) -> Result<Run, Failure> {
    let data = given.data.clone().unwrap_or_else(|| Data::draw(seed));
    let weights = given.weights.as_ref().map_or_else(|| Weights::draw(seed), |(weights, ..)| weights.clone());
    let untrained = Encoder::new(&weights, softmax);
    let before = assess(&untrained, &data, schedule.temporal_weight)?;
    let mut trained = Encoder::new(&weights, softmax);
    let clock = Instant::now();
    let curve = train(&mut trained, &data, schedule, seed, progress)?;
    let time = clock.elapsed();
    let after = assess(&trained, &data, schedule.temporal_weight)?;
    let walked = rollout(&trained, &data, seed)?;
    Ok(Run { seed, data, untrained, trained, before, after, curve, walked, time })
}

/// The run that is most at ease with walks that it did not learn from. No labels are needed to tell.
pub fn lowest_loss(runs: &[Run]) -> Option<&Run> {
    runs.iter().min_by(|a, b| a.after.loss.total.total_cmp(&b.after.loss.total))
}

/// Accuracies before and after, seed by seed.
pub fn table(runs: &[Run]) -> String {
    let mut text = String::from("seed   encoder           inferred state    loss               goal reached   training\n");
    for run in runs {
        let (before, after) = (&run.before, &run.after);
        let goal = run.walked.arrival().map_or("no".into(), |moves| format!("after {moves} moves"));
        let _ = writeln!(
            text,
            "{:<6} {:.3} -> {:.3}    {:.3} -> {:.3}    {:>6.2} -> {:<6.2}   {goal:<14} {:.2} s",
            run.seed,
            before.encoder.aligned_accuracy,
            after.encoder.aligned_accuracy,
            before.beliefs.aligned_accuracy,
            after.beliefs.aligned_accuracy,
            before.loss.total,
            after.loss.total,
            run.time.as_secs_f64()
        );
    }
    text
}

/// The accuracies before and after.
pub fn last_lines(run: &Run) -> String {
    let line = |name: &str, before: f64, after: f64| format!("{name} accuracy, best names: {before:.4} -> {after:.4}");
    [
        line("encoder", run.before.encoder.aligned_accuracy, run.after.encoder.aligned_accuracy),
        line("inferred-state", run.before.beliefs.aligned_accuracy, run.after.beliefs.aligned_accuracy),
    ]
    .join("\n")
}
