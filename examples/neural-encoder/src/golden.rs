//! Comparisons with files of a reference: its objective and gradient, and its network's loss.

use std::path::Path;

use serde::Deserialize;

use crate::Failure;
use crate::data::{Walk, read_json, tables};
use crate::line::{Line, Move, PLACES};
use crate::network::Encoder;
use crate::training::{Loss, Seen, Teacher, points};
use crate::weights::Probe;

/// The objective and its gradients by categorical observations, in double precision.
#[derive(Deserialize)]
struct Golden {
    obs_probs: Seen,
    actions: Vec<Vec<[usize; 1]>>,
    total: f64,
    mean_vfe: f64,
    temporal_kl: f64,
    grad_total: Seen,
    grad_vfe: Seen,
    #[serde(rename = "A")]
    likelihood: Vec<Vec<f64>>,
    #[serde(rename = "B")]
    transition: Vec<Vec<Vec<f64>>>,
    temporal_weight: f64,
}

/// The most that the objective, and each of its derivatives, may differ by.
const TOLERANCE: f64 = 1e-7;

fn moves(moves: &[[usize; 1]]) -> Result<Vec<Move>, Failure> {
    use aif::prelude::Domain;
    let named = |&[go]: &[usize; 1]| Move::from_index(go).ok_or_else(|| format!("there is no move {go}").into());
    moves.iter().map(named).collect()
}

/// The larger of two differences; one that is no number is the largest.
fn worse(a: f64, b: f64) -> f64 {
    if a >= b { a } else { b }
}

fn furthest(ours: &Seen, theirs: &Seen) -> f64 {
    let both = ours.iter().flatten().flatten().zip(theirs.iter().flatten().flatten());
    both.map(|(a, b)| (a - b).abs()).fold(0.0, worse)
}

/// Compares the objective and its gradient with a file's; what was found, in words.
pub fn compare(path: &Path) -> Result<String, Failure> {
    let golden: Golden = read_json(path)?;
    let complain = |what: String| -> Failure { format!("{}: {what}", path.display()).into() };
    let uniform = [1.0 / PLACES as f64; PLACES];
    let line: Line = tables(&golden.likelihood, &golden.transition, &[0.0; PLACES], &uniform).map_err(complain)?;
    let named: Result<Vec<Vec<Move>>, Failure> = golden.actions.iter().map(|walk| moves(walk)).collect();
    let moves = named.map_err(|e| complain(e.to_string()))?;
    let moves: Vec<&[Move]> = moves.iter().map(Vec::as_slice).collect();
    let shape = |seen: &Seen| seen.iter().map(Vec::len).collect::<Vec<_>>();
    let steps: Vec<usize> = moves.iter().map(|walk| walk.len()).collect();
    if steps.is_empty() || [&golden.obs_probs, &golden.grad_total, &golden.grad_vfe].iter().any(|list| shape(list) != steps) {
        return Err(complain("observations, actions and gradients are empty, or differ in length".into()));
    }
    let at = |weight: f64| {
        let found = Teacher::new(&line, 1, weight)?.gradient(&golden.obs_probs, &moves);
        found.map_err(|e| complain(e.to_string()))
    };
    let ((loss, by), (_, by_energy)) = (at(golden.temporal_weight)?, at(0.0)?);
    let rows = [
        ("total", loss.total, golden.total),
        ("mean free energy", loss.free_energy, golden.mean_vfe),
        ("temporal divergence", loss.temporal_divergence, golden.temporal_kl),
    ];
    let mut text = String::new();
    let mut worst = 0.0f64;
    for (name, ours, theirs) in rows {
        text += &format!("{name:<22} {ours:.12}   reference {theirs:.12}\n");
        worst = worse(worst, (ours - theirs).abs());
    }
    let slopes = (furthest(&by, &golden.grad_total), furthest(&by_energy, &golden.grad_vfe));
    text += &format!("gradient of the total: the largest difference {:.1e}; of the free energy: {:.1e}\n", slopes.0, slopes.1);
    if worse(worse(worst, slopes.0), slopes.1) < TOLERANCE {
        return Ok(text);
    }
    Err(format!("{text}{} is not reproduced to {TOLERANCE:.0e}", path.display()).into())
}

/// How far the probe may be off, relative to its numbers: networks compute in single precision.
const PROBE_TOLERANCE: f64 = 1e-3;

/// Compares an encoder's loss along the walks of a probe, and the gradients of its weights, with those in the file; in words.
pub fn probe(encoder: &Encoder, probe: &Probe, line: &Line, temporal_weight: f64) -> Result<String, Failure> {
    let batch = &probe.probe_batch;
    let layers = encoder.weights()?.layers;
    let outputs = layers.last().map_or(0, |last| last.bias.len());
    if batch.x_seq.is_empty()
        || batch.x_seq.iter().map(Vec::len).ne(batch.a_seq.iter().map(Vec::len))
        || batch.x_seq.iter().any(Vec::is_empty)
        || probe.probe_grad_norms.len() != layers.len()
        || probe.probe_grad_last_bias.len() != outputs
    {
        return Err(
            "the probe has to have walks with as many moves as points, norms for every layer, and a slope for every output"
                .into(),
        );
    }
    let walk = |(points, acted): (&Vec<[f64; 2]>, &Vec<[usize; 1]>)| -> Result<Walk, Failure> {
        Ok(Walk { points: points.clone(), places: vec![0; points.len()], moves: moves(acted)? })
    };
    let walks: Vec<Walk> = batch.x_seq.iter().zip(&batch.a_seq).map(walk).collect::<Result<_, _>>()?;
    let walks: Vec<&Walk> = walks.iter().collect();
    let teacher = Teacher::new(line, 1, temporal_weight)?;
    let softmax = encoder.softmax();
    let (loss, slopes): (Loss, _) = encoder.slopes(&points(&walks), |logits| teacher.teach(softmax, &walks, logits))?;
    let norm = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let apart = |ours: f64, theirs: f64| (ours - theirs).abs() / theirs.abs().max(1e-3);
    let mut worst = apart(loss.total, probe.probe_loss);
    for (layer, [weight, bias]) in slopes.layers.iter().zip(&probe.probe_grad_norms) {
        worst = worse(worst, apart(norm(&mut layer.weight.iter().flatten().copied()), *weight));
        worst = worse(worst, apart(norm(&mut layer.bias.iter().copied()), *bias));
    }
    if let Some(last) = slopes.layers.last() {
        for (&ours, &theirs) in last.bias.iter().zip(&probe.probe_grad_last_bias) {
            worst = worse(worst, apart(f64::from(ours), theirs));
        }
    }
    let verdict = match worst < PROBE_TOLERANCE {
        true => format!("loss and gradients of the weights agree to {worst:.0e}"),
        false => format!("THEY DIFFER, by {worst:.0e}: other options, or other weights"),
    };
    Ok(format!(
        "probe: loss {:.6} (free energy {:.6}, temporal divergence {:.6}), in the file {:.6}; {verdict}",
        loss.total, loss.free_energy, loss.temporal_divergence, probe.probe_loss
    ))
}
