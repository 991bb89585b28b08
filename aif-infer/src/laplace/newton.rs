//! Newton's method with the exact Hessian, damped where the density does not curve downwards or a step leads too far.

use super::LaplaceError;
use crate::posterior::{Curvature, Factored, Layout, Target};

/// The mode of a density, or of its lower levels with what is above them held fixed.
#[derive(Clone, Debug)]
pub struct Mode {
    /// Where it is.
    pub position: Vec<f64>,
    /// The density's value, gradient and Hessian there.
    pub curvature: Curvature,
    /// Its negative Hessian, factored.
    pub factored: Factored,
}

/// How small the expected gain of a step has to be, in nats.
const SETTLED: f64 = 1e-12;

/// Climbs from a position to the mode over the coordinates from level `from` down.
///
/// # Errors
/// When the position has no density, or no mode is found in so many steps.
pub fn find_mode(target: &dyn Target, from: usize, start: &[f64], steps: usize) -> Result<Mode, LaplaceError> {
    let layout = target.layout();
    let mut position = start.to_vec();
    let mut curvature = target.curvature(&position).map_err(|e| LaplaceError::Start(e.to_string()))?;
    let mut damping = 0.0;
    for _ in 0..steps {
        let Some((factored, used)) = factor(&curvature, layout, from, damping) else { return Err(LaplaceError::Flat) };
        damping = used;
        let mut step = own_gradient(&curvature, layout, from);
        let slope = step.clone();
        factored.solve(layout, &mut step);
        let gain: f64 = step.iter().zip(&slope).map(|(s, g)| s * g).sum::<f64>() * 0.5;
        let scale = 1.0 + curvature.value.abs() * 1e-3;
        if gain < SETTLED * scale {
            // What was added to the diagonal on the way is no part of the answer.
            let factored = curvature.factor(layout, from, 0.0).ok_or(LaplaceError::Flat)?;
            return Ok(Mode { position, curvature, factored });
        }
        let mut share = 1.0;
        let mut moved = None;
        while share > 1e-4 {
            let candidate: Vec<f64> = position.iter().zip(&step).map(|(x, s)| x + share * s).collect();
            match target.curvature(&candidate) {
                Ok(better) if better.value > curvature.value - 1e-13 * scale => {
                    moved = Some((candidate, better));
                    break;
                }
                _ => share *= 0.3,
            }
        }
        match moved {
            Some((candidate, better)) => {
                (position, curvature) = (candidate, better);
                damping = if share == 1.0 { damping * 0.1 } else { damping };
                if damping < 1e-8 {
                    damping = 0.0;
                }
            }
            // No step of this direction leads up: nearer to the gradient.
            None if damping < 1e12 => damping = (damping * 10.0).max(1e-3),
            None => break,
        }
    }
    Err(LaplaceError::Unsettled(steps))
}

/// What is known of a mode that was found otherwise.
pub(super) fn mode_at(target: &dyn Target, from: usize, position: Vec<f64>) -> Result<Mode, LaplaceError> {
    let curvature = target.curvature(&position).map_err(|e| LaplaceError::Start(e.to_string()))?;
    let factored = curvature.factor(target.layout(), from, 0.0).ok_or(LaplaceError::Flat)?;
    Ok(Mode { position, curvature, factored })
}

/// The negative Hessian factored with as little damping as it takes, from `damping` on; and how much that was.
fn factor(curvature: &Curvature, layout: &Layout, from: usize, damping: f64) -> Option<(Factored, f64)> {
    let mut damping = damping;
    for _ in 0..60 {
        if let Some(factored) = curvature.factor(layout, from, damping) {
            return Some((factored, damping));
        }
        damping = (damping * 4.0).max(1e-4);
    }
    None
}

/// The gradient over the coordinates from a level down, zero above.
fn own_gradient(curvature: &Curvature, layout: &Layout, from: usize) -> Vec<f64> {
    let mut gradient = curvature.gradient.clone();
    let fixed = if from == 0 { 0 } else { layout.coordinates_of(from, 0).start };
    gradient[..fixed].fill(0.0);
    gradient
}
