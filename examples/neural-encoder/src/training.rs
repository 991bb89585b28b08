//! Learning without labels: the agent's free energy along walks, and how far what it sees next is from what it expects.

use aif::prelude::*;
use aif::sensitivity::{Experience, Gradient, Sensitivity, Softmax, TemporalConsistency, Value};
use rand_chacha::ChaCha8Rng;

use crate::Failure;
use crate::data::{Data, Point, Walk, below, stream};
use crate::line::{Line, LineAction, LineEvidence, LineOutcomes, Move, PLACES, options};
use crate::network::{Encoder, Logits, probabilities};

/// How the encoder is trained.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    pub steps: usize,
    /// Walks at each step.
    pub batch: usize,
    pub rate: f64,
    /// The weight of the temporal divergence.
    pub temporal_weight: f64,
}

/// The loss with its two terms, in nats, on average over walks.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Loss {
    pub total: f64,
    pub free_energy: f64,
    pub temporal_divergence: f64,
}

/// The loss at one step of training.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct CurvePoint {
    pub step: usize,
    /// Over the step's batch, before it was learned from.
    pub training: Loss,
    /// Over all walks to judge by, before the step too; every few steps.
    pub validation: Option<Loss>,
}

/// How often the loss over all walks to judge by is worked out.
const JUDGED_EVERY: usize = 10;

/// The agent that teaches: its model, and what it minds.
pub struct Teacher {
    sensitivity: Sensitivity<Line, TemporalConsistency>,
}

/// The probabilities of the categories at each step of each walk.
pub type Seen = Vec<Vec<[f64; PLACES]>>;

impl Teacher {
    pub fn new(line: &Line, horizon: usize, temporal_weight: f64) -> Result<Self, Failure> {
        let objective = TemporalConsistency { weight: temporal_weight };
        Ok(Teacher { sensitivity: Sensitivity::new(line, (), options(horizon), objective)? })
    }

    /// The loss, given what the encoder makes of each step.
    pub fn loss(&self, seen: &Seen, moves: &[&[Move]]) -> Result<Loss, Failure> {
        Ok(Loss::mean(&self.sensitivity.values().values(&experiences(seen, moves))?))
    }

    /// The loss, and its derivative by each probability.
    pub fn gradient(&self, seen: &Seen, moves: &[&[Move]]) -> Result<(Loss, Seen), Failure> {
        let gradients = self.sensitivity.gradients(&experiences(seen, moves))?;
        let share = 1.0 / gradients.len() as f64;
        let of = |gradient: &Gradient<Line>| {
            let step = |at: &LineOutcomes| std::array::from_fn(|o| at.category.probabilities()[o] * share);
            gradient.evidence.iter().map(step).collect()
        };
        let slopes = gradients.iter().map(of).collect();
        let values: Vec<Value> = gradients.into_iter().map(|g| g.value).collect();
        Ok((Loss::mean(&values), slopes))
    }

    /// The loss along walks, and its derivative by the network's outputs, which come walk after walk.
    pub fn teach(&self, softmax: Softmax, walks: &[&Walk], logits: &[Logits]) -> Result<(Loss, Vec<Logits>), Failure> {
        let seen = by_walk(walks, probabilities(softmax, logits));
        let (loss, gradient) = self.gradient(&seen, &moves(walks))?;
        let slopes = logits.iter().zip(gradient.iter().flatten()).map(|(logits, by)| {
            let slope = softmax.pull_back(logits, by);
            std::array::from_fn(|i| slope[i])
        });
        Ok((loss, slopes.collect()))
    }

    /// The loss of an encoder along walks.
    pub fn judge(&self, encoder: &Encoder, walks: &[&Walk]) -> Result<Loss, Failure> {
        let seen = encoder.probabilities(&points(walks))?;
        self.loss(&by_walk(walks, seen), &moves(walks))
    }
}

impl Loss {
    /// The mean over walks.
    fn mean(values: &[Value]) -> Loss {
        let mean = |of: &dyn Fn(&Value) -> f64| values.iter().map(of).sum::<f64>() / values.len().max(1) as f64;
        Loss {
            total: mean(&|v| v.total),
            free_energy: mean(&|v| v.terms().mean(0)),
            temporal_divergence: mean(&|v| v.terms().mean_from(1, 1)),
        }
    }
}

/// What the agent sees and does along each walk.
fn experiences(seen: &Seen, moves: &[&[Move]]) -> Vec<Vec<Experience<Line>>> {
    let step = |(&p, &go): (&[f64; PLACES], &Move)| Experience {
        evidence: LineEvidence { category: Dist::from(p).into() },
        action: Some(LineAction { go }),
    };
    seen.iter().zip(moves).map(|(seen, moves)| seen.iter().zip(*moves).map(step).collect()).collect()
}

/// All points of walks, walk after walk.
pub fn points(walks: &[&Walk]) -> Vec<Point> {
    walks.iter().flat_map(|walk| walk.points.iter().copied()).collect()
}

/// The moves of walks.
pub fn moves<'w>(walks: &[&'w Walk]) -> Vec<&'w [Move]> {
    walks.iter().map(|walk| walk.moves.as_slice()).collect()
}

/// One thing for each point, walk after walk, as lists for each walk.
pub fn by_walk<T>(walks: &[&Walk], each: Vec<T>) -> Vec<Vec<T>> {
    let mut each = each.into_iter();
    walks.iter().map(|walk| each.by_ref().take(walk.points.len()).collect()).collect()
}

/// Trains an encoder; `progress` is told of every step. The order of walks comes from the seed: all of them in an order of their own, again and
/// again.
pub fn train(
    encoder: &mut Encoder,
    data: &Data,
    schedule: &Schedule,
    seed: u64,
    mut progress: impl FnMut(&CurvePoint),
) -> Result<Vec<CurvePoint>, Failure> {
    let teacher = Teacher::new(&data.line, data.horizon, schedule.temporal_weight)?;
    let all: Vec<&Walk> = data.validation.iter().collect();
    let (mut rng, mut waiting) = (stream(seed, 2), Vec::new());
    let mut curve = Vec::new();
    for step in 0..schedule.steps {
        let diverged = |e: Failure| -> Failure { format!("training, step {step}: {e}; a smaller rate may help").into() };
        let judged = step % JUDGED_EVERY == 0 || step + 1 == schedule.steps;
        let validation = if judged { Some(teacher.judge(encoder, &all).map_err(diverged)?) } else { None };
        let batch = next_batch(&data.training, schedule.batch, &mut waiting, &mut rng);
        let softmax = encoder.softmax();
        let taught = encoder.descend(&points(&batch), schedule.rate, |logits| teacher.teach(softmax, &batch, logits));
        let training = taught.map_err(diverged)?;
        let point = CurvePoint { step, training, validation };
        progress(&point);
        curve.push(point);
    }
    Ok(curve)
}

fn next_batch<'d>(walks: &'d [Walk], size: usize, waiting: &mut Vec<&'d Walk>, rng: &mut ChaCha8Rng) -> Vec<&'d Walk> {
    let mut batch = Vec::new();
    while batch.len() < size {
        if waiting.is_empty() {
            waiting.extend(walks);
            for i in (1..waiting.len()).rev() {
                waiting.swap(i, below(i + 1, rng));
            }
        }
        batch.extend(waiting.pop());
    }
    batch
}
