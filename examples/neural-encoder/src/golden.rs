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

fn furthest(ours: &Seen, theirs: &Seen) -> f64 {
    let both = ours.iter().flatten().flatten().zip(theirs.iter().flatten().flatten());
    both.fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

/// Compares the objective and its gradient with a file's; what was found, in words.
pub fn compare(path: &Path) -> Result<String, Failure> {
    let golden: Golden = read_json(path)?;
    let complain = |what: String| -> Failure { format!("{}: {what}", path.display()).into() };
    let uniform = [1.0 / PLACES as f64; PLACES];
    let line: Line = tables(&golden.likelihood, &golden.transition, &[0.0; PLACES], &uniform).map_err(complain)?;
    let moves: Vec<Vec<Move>> = golden.actions.iter().map(|walk| moves(walk)).collect::<Result<_, _>>()?;
    let moves: Vec<&[Move]> = moves.iter().map(Vec::as_slice).collect();
    let shape = |seen: &Seen| seen.iter().map(Vec::len).collect::<Vec<_>>();
    let steps: Vec<usize> = moves.iter().map(|walk| walk.len()).collect();
    if [&golden.obs_probs, &golden.grad_total, &golden.grad_vfe].iter().any(|list| shape(list) != steps) {
        return Err(complain("observations, actions and gradients differ in length".into()));
    }
    let at = |weight: f64| Teacher::new(&line, 1, weight)?.gradient(&golden.obs_probs, &moves);
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
        worst = worst.max((ours - theirs).abs());
    }
    let slopes = (furthest(&by, &golden.grad_total), furthest(&by_energy, &golden.grad_vfe));
    text += &format!("gradient of the total: the largest difference {:.1e}; of the free energy: {:.1e}\n", slopes.0, slopes.1);
    if worst.max(slopes.0).max(slopes.1) < TOLERANCE {
        return Ok(text);
    }
    Err(format!("{text}{} is not reproduced to {TOLERANCE:.0e}", path.display()).into())
}

/// Compares an encoder's loss along the walks of a probe, and the gradients of its weights, with those in the file; in words.
pub fn probe(encoder: &Encoder, probe: &Probe, line: &Line, temporal_weight: f64) -> Result<String, Failure> {
    let walk = |(points, acted): (&Vec<[f64; 2]>, &Vec<[usize; 1]>)| -> Result<Walk, Failure> {
        Ok(Walk { points: points.clone(), places: vec![0; points.len()], moves: moves(acted)? })
    };
    let batch = &probe.probe_batch;
    let walks: Vec<Walk> = batch.x_seq.iter().zip(&batch.a_seq).map(walk).collect::<Result<_, _>>()?;
    let walks: Vec<&Walk> = walks.iter().collect();
    if walks.is_empty() || walks.iter().any(|walk| walk.points.is_empty() || walk.points.len() != walk.moves.len()) {
        return Err("the probe has to have at least one walk, and as many moves as points in each".into());
    }
    let teacher = Teacher::new(line, 1, temporal_weight)?;
    let softmax = encoder.softmax();
    let (loss, slopes): (Loss, _) = encoder.slopes(&points(&walks), |logits| teacher.teach(softmax, &walks, logits))?;
    let norm = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let apart = |ours: f64, theirs: f64| (ours / theirs - 1.0).abs();
    let mut worst = 0.0f64;
    for (layer, [weight, bias]) in slopes.layers.iter().zip(&probe.probe_grad_norms) {
        worst = worst.max(apart(norm(&mut layer.weight.iter().flatten().copied()), *weight));
        worst = worst.max(apart(norm(&mut layer.bias.iter().copied()), *bias));
    }
    if let Some(last) = slopes.layers.last() {
        for (&ours, &theirs) in last.bias.iter().zip(&probe.probe_grad_last_bias) {
            worst = worst.max(apart(f64::from(ours), theirs));
        }
    }
    Ok(format!(
        "probe: loss {:.6} (free energy {:.6}, temporal divergence {:.6}), in the file {:.6}; gradients of the weights agree to {worst:.0e}",
        loss.total, loss.free_energy, loss.temporal_divergence, probe.probe_loss
    ))
}
