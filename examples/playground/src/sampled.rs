//! The posterior of a visitor by NUTS: four chains in the coordinates in which Laplace's approximation is round, and whether they found the same.

use aif::infer::diagnostics::{ess_bulk, quantile, rhat};
use aif::infer::laplace::Approximation;
use aif::infer::{Density, Posterior};

use crate::chance::stream;
use crate::fitted::{Scale, axes, own, with_posterior};
use crate::nuts::{Chain, Two, chain};
use crate::visitor::{Game, Visitors};

/// How many chains there are, and draws of each that are kept.
pub const CHAINS: usize = 4;
pub const DRAWS: usize = 500;
/// Draws of each in which the step size is found, and of how many one is kept.
const WARMUP: usize = 200;
const THINNING: usize = 3;

/// What the draws say of one number.
#[derive(Clone, Debug)]
pub struct Told {
    /// The mean of the number itself, and its 90% interval.
    pub mean: f64,
    pub interval: (f64, f64),
    /// Whether chains agree, and how many independent draws they are worth; both of z.
    pub rhat: f64,
    pub ess: f64,
}

/// The draws of a visitor's posterior.
#[derive(Clone, Debug)]
pub struct Sampled {
    /// Of the learning rate, and of the precision.
    pub told: [Told; 2],
    /// Both z of each draw, chain after chain.
    pub draws: Vec<Two>,
    /// How many trajectories diverged, and how many gradients were worked out.
    pub divergences: usize,
    pub gradients: u64,
}

/// Draws from the posterior of what was played.
///
/// # Errors
/// As for [`fit`](crate::fitted::fit).
pub fn sample(game: &Game) -> Result<Sampled, String> {
    with_posterior(game, draw)
}

/// Draws from a posterior, of which Laplace's approximation is known; the same draws for the same choices.
fn draw(posterior: &Posterior<'_, Visitors>, found: &Approximation) -> Sampled {
    let scale = Scale::of(posterior);
    // Coordinates in which the approximation is round: what each of them adds to the posterior's own.
    let mode = &found.mode.position;
    let along = axes(posterior, found);
    let place = |round: Two| [0, 1].map(|i| mode[i] + along[0][i] * round[0] + along[1][i] * round[1]);
    let mut density = |round: Two| {
        let mut gradient = [0.0; 2];
        match posterior.ln_density(&place(round), &mut gradient) {
            Ok(ln) if ln.is_finite() => (ln, along.map(|a| a[0] * gradient[0] + a[1] * gradient[1])),
            _ => (f64::NEG_INFINITY, [0.0; 2]),
        }
    };
    let chains: Vec<Chain> =
        (0..CHAINS).map(|c| chain(&mut density, WARMUP, DRAWS, THINNING, &mut stream(1, 1 + c as u64))).collect();
    let z = |round: &Two| {
        let x = place(*round);
        [scale.z(0, x[0]), scale.z(1, x[1])]
    };
    let by_chain: Vec<Vec<Two>> = chains.iter().map(|chain| chain.draws.iter().map(z).collect()).collect();
    let told = std::array::from_fn(|i| {
        let columns: Vec<Vec<f64>> = by_chain.iter().map(|chain| chain.iter().map(|z| z[i]).collect()).collect();
        let mut numbers: Vec<f64> = columns.iter().flatten().map(|&z| own(i, z)).collect();
        numbers.sort_by(f64::total_cmp);
        Told {
            mean: numbers.iter().sum::<f64>() / numbers.len() as f64,
            interval: (quantile(&numbers, 0.05), quantile(&numbers, 0.95)),
            rhat: rhat(&columns),
            ess: ess_bulk(&columns),
        }
    });
    Sampled {
        told,
        draws: by_chain.concat(),
        divergences: chains.iter().map(|chain| chain.divergences).sum(),
        gradients: chains.iter().map(|chain| chain.gradients).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fitted::fit;
    use crate::visitor::Visitor;

    /// NUTS draws from what the grid knows exactly, and the same draws each time.
    #[test]
    fn draws_are_those_of_the_exact_posterior() {
        for seed in 0..3 {
            let mut game = Game::new(seed);
            game.let_play(Visitor { learning_rate: 0.5, precision: 6.0 }, seed).expect("a game");
            let (fitted, drawn) = (fit(&game).expect("a fit"), sample(&game).expect("draws"));
            assert_eq!(drawn.draws.len(), 2000);
            assert_eq!(drawn.draws, sample(&game).expect("draws").draws);
            for (exact, told) in fitted.known.iter().zip(&drawn.told) {
                let spread = exact.interval.1 - exact.interval.0;
                assert!(told.rhat < 1.02 && told.ess > 400.0, "{told:?}");
                assert!((told.mean - exact.mean).abs() < 0.04 * spread, "{told:?} for {} in {:?}", exact.mean, exact.interval);
                assert!((told.interval.0 - exact.interval.0).abs() < 0.1 * spread, "{told:?} for {:?}", exact.interval);
                assert!((told.interval.1 - exact.interval.1).abs() < 0.1 * spread, "{told:?} for {:?}", exact.interval);
            }
        }
        assert!(sample(&Game::new(1)).is_err());
    }
}
