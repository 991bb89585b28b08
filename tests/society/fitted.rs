//! Players as behaviour that is scored: parameters recovered, and in a population.

use aif::infer::score::{Assigned, Behaviour, Played, kinds_of_player};
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use aif::runtime::society::{Candidates, Play, Player, PlayerOptions, Playing, Society, SocietyError, plays};
use aif::runtime::{Dual, Plays};
use aif::society::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Who plays a game of stags and hares, at one of three depths.
#[derive(Clone, Copy, Debug)]
pub struct Hunter<T> {
    pub precision: T,
    pub stag: T,
}

impl<T: Real> Declared<T> for Hunter<T> {
    type Family = Plays<Self>;
    fn family(self) -> Plays<Self> {
        Plays(self)
    }
}

impl<T: Real> Playing<T> for Hunter<T> {
    type Model = MatrixGame<2, 2, T>;

    fn players(&self) -> Result<Candidates<Self::Model, T>, SocietyError> {
        let payoffs = [[self.stag, T::zero()], [T::constant(1.5), T::one()]];
        let game = MatrixGame { habit: [0.8, 0.2].map(T::constant), ..MatrixGame::new(payoffs, self.precision) };
        let zero = Player::by_habit(game)?;
        let one = Player::new(game)?.minding(&zero, mirrored)?;
        let two = Player::new(game)?.minding(&one, mirrored)?;
        Ok([0.2, 0.5, 0.3].map(T::constant).into_iter().zip([zero, one, two]).collect())
    }
}

model! {
    /// Hunters, each of a depth of its own that nobody knows.
    Hunters for Hunter<T> {
        population {
            mu ~ Normal(0.0, 1.0);
        }
        subject {
            z ~ Normal(mu, 0.5);
            Hunter { precision: exp(z), stag: 2.0 }
        }
    }
}

/// Games of a hunter of a depth against one who does anything.
fn games(depth: usize, seed: u64) -> Played {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut blocks = Vec::new();
    for block in 0..2 {
        let mut player = Hunter { precision: 1.5, stag: 2.0 }.players().unwrap()[depth].1.clone();
        let (mut block_of, mut last) = (Vec::new(), [0, 0]);
        for round in 0..15 {
            let seen = <MatrixGame<2, 2> as GenerativeModel>::evidence(&[Some(2 * last[0] + last[1])]);
            let action = player.step(seen, &mut rng).unwrap();
            block_of.push(Play { seen, action });
            last = [action.unwrap(), (round + block) % 2];
        }
        blocks.push(block_of);
    }
    Played::of::<MatrixGame<2, 2>>(&blocks)
}

#[test]
fn depth_is_summed_out_in_a_population_with_exact_gradients() {
    let records: Vec<Played> = (0..3).map(|depth| games(depth, depth as u64)).collect();
    for (depth, record) in records.iter().enumerate() {
        let hunter = Hunter { precision: 1.5, stag: 2.0 };
        let (evidence, posterior) = kinds_of_player(&hunter, record).unwrap();
        let pointwise = Plays(hunter).pointwise(&Assigned::default(), record, &()).unwrap();
        assert_eq!(pointwise.len(), 30);
        assert!((pointwise.iter().sum::<f64>() - evidence).abs() < 1e-10);
        assert!(depth != 0 || posterior[0] > 0.5, "{posterior:?}");
        // The same with derivatives.
        let at = |precision| Plays(Hunter { precision, stag: 2.0 }).log_likelihood(&Assigned::default(), record, &()).unwrap();
        let dual = Hunter { precision: Dual::<1>::variable(1.5, 0), stag: Dual::constant(2.0) };
        let exact = Plays(dual).log_likelihood(&Assigned::default(), record, &()).unwrap();
        let difference = (at(1.5 + 1e-5) - at(1.5 - 1e-5)) / 2e-5;
        assert!((exact.gradient[0] - difference).abs() < 1e-6, "{exact:?} {difference}");
    }
    let posterior = Posterior::<Hunters>::new(records.iter().collect(), &()).unwrap();
    let at = [0.3, 0.1, -0.2, 0.4];
    let mut gradient = [0.0; 4];
    posterior.ln_density(&at, &mut gradient).unwrap();
    for i in 0..4 {
        let moved = |by: f64| {
            let mut x = at;
            x[i] += by;
            posterior.ln_density(&x, &mut [0.0; 4]).unwrap()
        };
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert!((gradient[i] - difference).abs() < 1e-6, "direction {i}: {} {difference}", gradient[i]);
    }
}

/// Trustees of guilt `logistic(z)` for a standard normal `z`, at quantiles of it.
const POINTS: usize = 20;

#[test]
fn the_guilt_of_trustees_is_recovered_and_ranks_are_uniform() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let quantile = |i: usize| {
        let (u, mut low, mut high) = ((i as f64 + 0.5) / POINTS as f64, -8.0, 8.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if aif::prelude::phi(middle) < u { low = middle } else { high = middle }
        }
        low
    };
    let trustee = |z: f64| {
        let model = Trustee { guilt: 1.0 / (1.0 + (-z).exp()), precision: 0.5, ..Trustee::default() };
        model.player(PlayerOptions { horizon: Some(1), ..PlayerOptions::default() }).unwrap()
    };
    let points: Vec<f64> = (0..POINTS).map(quantile).collect();
    let players: Vec<Player<Trustee>> = points.iter().map(|z| trustee(*z)).collect();
    let investor = Investor::default().player(PlayerOptions::default()).unwrap().habitual();
    let (mut pairs, mut held, mut ranks) = (Vec::new(), 0, [0; 5]);
    const SUBJECTS: usize = 80;
    for _ in 0..SUBJECTS {
        let truth = (aif::runtime::random::unit(&mut rng) * POINTS as f64) as usize;
        let society = Society::new(Investor::default()).unwrap();
        let society = society.seat("investor", investor.clone(), |seen| *seen).unwrap();
        let mut society = society.seat("trustee", players[truth].clone(), seen_by_trustee).unwrap();
        let rounds = society.play(20, &mut rng).unwrap();
        let own = plays::<Investor, _>(&rounds, 1, |seen| seen_by_trustee(seen).into());
        let likelihoods: Vec<f64> = players.iter().map(|player| player.log_likelihood(&own).unwrap()).collect();
        let best = likelihoods.iter().fold(f64::NEG_INFINITY, |best, l| best.max(*l));
        let weights: Vec<f64> = likelihoods.iter().map(|l| (l - best).exp()).collect();
        let total: f64 = weights.iter().sum();
        let mean = weights.iter().zip(&points).map(|(w, z)| w * z).sum::<f64>() / total;
        // How much of the posterior lies below the truth, by which simulation-based calibration judges.
        let below = (weights[..truth].iter().sum::<f64>() + 0.5 * weights[truth]) / total;
        pairs.push((points[truth], mean));
        held += usize::from((0.05..0.95).contains(&below));
        ranks[((below * 5.0) as usize).min(4)] += 1;
    }
    let n = pairs.len() as f64;
    let means = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0 / n, sum.1 + pair.1 / n));
    let sum = |f: fn(f64, f64) -> f64| pairs.iter().map(|(a, b)| f(a - means.0, b - means.1)).sum::<f64>();
    let r = sum(|a, b| a * b) / (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt();
    let chi_square: f64 = ranks.iter().map(|&count| (f64::from(count) - n / 5.0).powi(2) / (n / 5.0)).sum();
    println!(
        "guilt of {SUBJECTS} trustees from 10 rounds: r = {r:.3}, 90 % intervals hold {held}, ranks {ranks:?} (chi square {chi_square:.1})"
    );
    assert!(r > 0.7, "r = {r}");
    assert!((64..=79).contains(&held), "{held}");
    // Of 4 degrees of freedom, one in a thousand is beyond 18.5.
    assert!(chi_square < 18.5, "{ranks:?}");
}
