//! Are ranks uniform? The empirical distribution of ranks with simultaneous bands (Sailynoja, Burkner & Vehtari 2022, arXiv 2103.10522), found
//! by simulation with a fixed seed.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// How often uniform ranks are simulated.
const REPEATS: usize = 2000;

/// Ranks from 0 to some largest one, and what uniform ones would look like.
#[derive(Clone, Debug)]
pub struct Ranks {
    /// The share of ranks at most that large, for each rank.
    cumulative: Vec<f64>,
    /// For each rank, the least and largest share within the simultaneous 95% band.
    band: Vec<(f64, f64)>,
    /// The probability that uniform ranks stray as far from uniformity somewhere.
    pub p_value: f64,
    /// How many independent ranks they are taken for.
    independent: usize,
}

/// The standardised distance of each share from the expected one: its largest is what is judged.
fn stray(cumulative: &[f64], n: f64) -> f64 {
    let last = cumulative.len() as f64;
    let each = cumulative.iter().enumerate().take(cumulative.len() - 1).map(|(r, &f)| {
        let p = (r + 1) as f64 / last;
        (f - p).abs() / (p * (1.0 - p) / n).sqrt()
    });
    each.fold(0.0, f64::max)
}

impl Ranks {
    /// Ranks among `among` draws (from 0 to `among`). Ranks of units of one group are not independent: `groups` is the least number of
    /// independent ones that they are sure to be worth.
    pub fn new(ranks: &[usize], among: usize, groups: usize) -> Self {
        let share = |ranks: &[usize]| -> Vec<f64> {
            let mut counts = vec![0.0; among + 1];
            ranks.iter().for_each(|&r| counts[r.min(among)] += 1.0);
            let mut sum = 0.0;
            counts
                .iter()
                .map(|c| {
                    sum += c;
                    sum / ranks.len().max(1) as f64
                })
                .collect()
        };
        let cumulative = share(ranks);
        let independent = ranks.len().min(groups.max(1));
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut strays: Vec<f64> = (0..REPEATS)
            .map(|_| {
                let uniform: Vec<usize> =
                    (0..independent).map(|_| (aif_runtime::random::unit(&mut rng) * (among + 1) as f64) as usize).collect();
                stray(&share(&uniform), independent as f64)
            })
            .collect();
        strays.sort_by(f64::total_cmp);
        let own = stray(&cumulative, independent as f64);
        let beyond = strays.iter().filter(|s| **s >= own).count();
        let reach = super::quantile(&strays, 0.95);
        let band = (0..=among).map(|r| {
            let p = (r + 1) as f64 / (among + 1) as f64;
            let width = reach * (p * (1.0 - p) / independent as f64).sqrt();
            ((p - width).max(0.0), (p + width).min(1.0))
        });
        Ranks { cumulative, band: band.collect(), p_value: (beyond + 1) as f64 / (REPEATS + 1) as f64, independent }
    }

    /// What is wrong with the ranks, in words.
    pub fn verdict(&self) -> &'static str {
        if self.p_value >= 0.05 {
            return "uniform";
        }
        let n = self.cumulative.len() as f64;
        let difference = self.difference();
        let mean: f64 = difference.iter().sum::<f64>() / n;
        let quarter = difference.len() / 4;
        let (early, late) = (difference[quarter], difference[difference.len() - 1 - quarter]);
        if early.signum() == late.signum() && mean.abs() > 0.5 * early.abs().min(late.abs()) {
            if mean > 0.0 {
                "not uniform: truths rank low, the posterior lies too high"
            } else {
                "not uniform: truths rank high, the posterior lies too low"
            }
        } else if early > 0.0 && late < 0.0 {
            "not uniform: truths lie in the tails, the posterior is too narrow"
        } else if early < 0.0 && late > 0.0 {
            "not uniform: truths lie in the middle, the posterior is too wide"
        } else {
            "not uniform"
        }
    }

    /// How far the share up to each rank is from the expected one.
    pub fn difference(&self) -> Vec<f64> {
        let n = self.cumulative.len() as f64;
        self.cumulative.iter().enumerate().map(|(r, f)| f - (r + 1) as f64 / n).collect()
    }

    /// The band of these differences: place from 0 to 1, least, largest.
    pub fn band(&self) -> Vec<(f64, f64, f64)> {
        let n = self.band.len();
        let each = self.band.iter().enumerate().map(|(r, (low, high))| {
            let p = (r + 1) as f64 / n as f64;
            (r as f64 / (n - 1) as f64, low - p, high - p)
        });
        each.collect()
    }

    /// The heights between which nearly all bars of a histogram of `count` ranks lie by chance: three standard deviations.
    pub fn bar_band(&self, count: usize, bins: usize) -> (f64, f64) {
        let p = 1.0 / bins as f64;
        let mean = count as f64 * p;
        let sd = count as f64 * (p * (1.0 - p) / self.independent as f64).sqrt();
        ((mean - 3.0 * sd).max(0.0), mean + 3.0 * sd)
    }
}
