//! What agents achieve against those who wander and those who are greedy, world by world.

use crate::world::{Failure, Inhabitants, Species, meals, world};

/// Meals of each kind of inhabitant in one world.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    pub seed: u64,
    pub agents: f64,
    pub wanderers: f64,
    pub greedy: f64,
}

/// The same world three times, with other inhabitants.
pub fn round(species: &Species, count: usize, ticks: u64, seed: u64) -> Result<Round, Failure> {
    let achieved = |inhabitants| -> Result<f64, Failure> {
        let mut app = world(species, inhabitants, count, seed)?;
        (0..ticks).for_each(|_| app.update());
        Ok(meals(&mut app))
    };
    Ok(Round {
        seed,
        agents: achieved(Inhabitants::Agents)?,
        wanderers: achieved(Inhabitants::Wanderers)?,
        greedy: achieved(Inhabitants::Greedy)?,
    })
}

/// The mean of paired differences, and half of its 95% interval (from Student's t distribution).
pub fn paired(differences: &[f64]) -> (f64, f64) {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n.max(1.0);
    if differences.len() < 2 {
        return (mean, f64::INFINITY);
    }
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, quantile(differences.len() - 1) * (variance / n).sqrt())
}

/// The 97.5% quantile of Student's t distribution.
fn quantile(freedom: usize) -> f64 {
    const FEW: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110,
        2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];
    FEW.get(freedom.saturating_sub(1)).copied().unwrap_or(1.96 + 2.5 / freedom as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_the_textbook() {
        let (mean, half) = paired(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(mean, 3.0);
        assert!((half - 2.776 * (2.5f64 / 5.0).sqrt()).abs() < 1e-12);
    }
}
