//! The no-U-turn sampler for two numbers (Hoffman and Gelman 2014, JMLR 15, 1593-1623), with draws from the whole trajectory by their weights
//! (Betancourt 2017, arXiv:1701.02434, A.3.2); the step size is found while warming up.
//!
//! `aif` itself samples by nuts-rs (feature `infer`). That crate asks a browser's clock through generated glue, so that a module with it has seven imports and is
//! not instantiated by itself, and this page is 137 kB larger with it, compressed.

use aif::runtime::random::{normal, unit};
use aif::runtime::scalar::log_sum_exp;
use rand_chacha::ChaCha8Rng;

/// Two numbers.
pub type Two = [f64; 2];

/// A trajectory of more energy than this over its beginning has diverged.
const DIVERGED: f64 = 1000.0;
/// Trajectories have at most 2^10 steps.
const DEEPEST: u32 = 10;
/// The acceptance that the step size aims at.
const ACCEPTANCE: f64 = 0.8;

/// The logarithm of a density, and its gradient; minus infinity where there is none.
pub trait LnDensity: FnMut(Two) -> (f64, Two) {}
impl<F: FnMut(Two) -> (f64, Two)> LnDensity for F {}

/// The draws of a chain, warm-up left out.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    pub draws: Vec<Two>,
    pub divergences: usize,
    /// How many gradients were worked out, warm-up included.
    pub gradients: u64,
}

/// A point of a trajectory.
#[derive(Clone, Copy)]
struct Point {
    at: Two,
    momentum: Two,
    ln_density: f64,
    gradient: Two,
}

impl Point {
    /// Minus the energy.
    fn ln_joint(&self) -> f64 {
        self.ln_density - 0.5 * dot(self.momentum, self.momentum)
    }
}

/// A piece of a trajectory.
struct Piece {
    first: Point,
    last: Point,
    momenta: Two,
    drawn: Point,
    /// The logarithm of the sum of the weights of its points.
    ln_weight: f64,
    /// Whether it turns back, or has diverged: nothing is drawn from it then.
    turned: bool,
    diverged: bool,
    /// The acceptance of each of its points, summed, and how many they are.
    accepted: f64,
    points: f64,
}

fn dot(a: Two, b: Two) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn plus(a: Two, b: Two) -> Two {
    [a[0] + b[0], a[1] + b[1]]
}

/// Whether the ends of a trajectory come closer to each other.
fn turns(first: &Point, last: &Point, momenta: Two) -> bool {
    dot(first.momentum, momenta) <= 0.0 || dot(last.momentum, momenta) <= 0.0
}

/// Draws from a density whose coordinates are about standard normal, each.
pub fn chain(density: &mut impl LnDensity, warmup: usize, draws: usize, thin: usize, rng: &mut ChaCha8Rng) -> Chain {
    let mut walk = Walk { density, step: 1.0, energy: 0.0, gradients: 0, rng };
    let mut now = walk.start();
    let mut steps = Steps::from(1.0);
    let mut chain = Chain::default();
    for i in 0..warmup + draws * thin {
        let (next, acceptance, diverged) = walk.go(now);
        now = next;
        if i < warmup {
            walk.step = if i + 1 < warmup { steps.after(acceptance) } else { steps.settled() };
            continue;
        }
        chain.divergences += usize::from(diverged);
        if (i - warmup + 1).is_multiple_of(thin) {
            chain.draws.push(now.at);
        }
    }
    chain.gradients = walk.gradients;
    chain
}

struct Walk<'a, F> {
    density: &'a mut F,
    step: f64,
    /// Minus the energy of the point that a trajectory began with.
    energy: f64,
    gradients: u64,
    rng: &'a mut ChaCha8Rng,
}

impl<F: LnDensity> Walk<'_, F> {
    fn look(&mut self, at: Two, momentum: Two) -> Point {
        self.gradients += 1;
        let (ln_density, gradient) = (self.density)(at);
        Point { at, momentum, ln_density, gradient }
    }

    /// A point with a density: the mode has one.
    fn start(&mut self) -> Point {
        for _ in 0..100 {
            let at = [2.0 * unit(self.rng) - 1.0, 2.0 * unit(self.rng) - 1.0];
            let found = self.look(at, [0.0; 2]);
            if found.ln_density.is_finite() {
                return found;
            }
        }
        self.look([0.0; 2], [0.0; 2])
    }

    /// The next draw, the mean acceptance along its trajectory, and whether that diverged.
    fn go(&mut self, from: Point) -> (Point, f64, bool) {
        let begun = Point { momentum: [normal(self.rng), normal(self.rng)], ..from };
        self.energy = begun.ln_joint();
        let (mut first, mut last, mut momenta, mut drawn) = (begun, begun, begun.momentum, begun);
        let (mut ln_weight, mut accepted, mut points) = (0.0, 0.0, 0.0);
        for depth in 0..DEEPEST {
            let forwards = unit(self.rng) < 0.5;
            let more = self.piece(if forwards { &last } else { &first }, forwards, depth);
            accepted += more.accepted;
            points += more.points;
            if more.turned || more.diverged {
                return (drawn, accepted / points, more.diverged);
            }
            // The new half is preferred.
            if unit(self.rng).ln() < more.ln_weight - ln_weight {
                drawn = more.drawn;
            }
            ln_weight = log_sum_exp(&[ln_weight, more.ln_weight]);
            momenta = plus(momenta, more.momenta);
            if forwards {
                last = more.last;
            } else {
                first = more.first;
            }
            if turns(&first, &last, momenta) {
                break;
            }
        }
        (drawn, accepted / points, false)
    }

    /// 2^depth points from one on, forwards or backwards.
    fn piece(&mut self, from: &Point, forwards: bool, depth: u32) -> Piece {
        if depth == 0 {
            let next = self.leap(from, if forwards { self.step } else { -self.step });
            let gained = next.ln_joint() - self.energy;
            let gained = if gained.is_nan() { f64::NEG_INFINITY } else { gained };
            return Piece {
                first: next,
                last: next,
                momenta: next.momentum,
                drawn: next,
                ln_weight: gained,
                turned: false,
                diverged: gained < -DIVERGED,
                accepted: gained.min(0.0).exp(),
                points: 1.0,
            };
        }
        let mut one = self.piece(from, forwards, depth - 1);
        if one.turned || one.diverged {
            return one;
        }
        let two = self.piece(if forwards { &one.last } else { &one.first }, forwards, depth - 1);
        one.accepted += two.accepted;
        one.points += two.points;
        (one.turned, one.diverged) = (two.turned, two.diverged);
        if one.turned || one.diverged {
            return one;
        }
        let both = log_sum_exp(&[one.ln_weight, two.ln_weight]);
        if unit(self.rng).ln() < two.ln_weight - both {
            one.drawn = two.drawn;
        }
        one.ln_weight = both;
        one.momenta = plus(one.momenta, two.momenta);
        if forwards {
            one.last = two.last;
        } else {
            one.first = two.first;
        }
        one.turned = turns(&one.first, &one.last, one.momenta);
        one
    }

    /// One step of the leapfrog.
    fn leap(&mut self, from: &Point, step: f64) -> Point {
        let half = [0, 1].map(|i| from.momentum[i] + 0.5 * step * from.gradient[i]);
        let mut to = self.look([0, 1].map(|i| from.at[i] + step * half[i]), half);
        to.momentum = [0, 1].map(|i| half[i] + 0.5 * step * to.gradient[i]);
        to
    }
}

/// Step sizes by dual averaging (Hoffman and Gelman 2014, 3.2.1, and its constants).
struct Steps {
    centre: f64,
    wrong: f64,
    mean: f64,
    count: f64,
}

impl Steps {
    fn from(step: f64) -> Self {
        Steps { centre: (10.0 * step).ln(), wrong: 0.0, mean: 0.0, count: 0.0 }
    }

    /// The next step size, after a trajectory of this acceptance.
    fn after(&mut self, acceptance: f64) -> f64 {
        self.count += 1.0;
        let share = 1.0 / (self.count + 10.0);
        self.wrong += share * (ACCEPTANCE - acceptance - self.wrong);
        let ln_step = self.centre - self.wrong * self.count.sqrt() / 0.05;
        let share = self.count.powf(-0.75);
        self.mean += share * (ln_step - self.mean);
        ln_step.exp()
    }

    fn settled(&self) -> f64 {
        self.mean.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::stream;

    /// Means, variances and the correlation of a normal density that is known.
    #[test]
    fn a_normal_density_is_drawn_from() {
        let slope = 0.6;
        let mut density = |[x, y]: Two| {
            let rest = (y - slope * x) / 0.8;
            (-0.5 * (x * x + rest * rest), [-x + slope * rest / 0.8, -rest / 0.8])
        };
        let chain = chain(&mut density, 200, 20_000, 1, &mut stream(3, 9));
        let mean = |of: &dyn Fn(&Two) -> f64| chain.draws.iter().map(of).sum::<f64>() / chain.draws.len() as f64;
        assert!(mean(&|d| d[0]).abs() < 0.04 && mean(&|d| d[1]).abs() < 0.04);
        assert!((mean(&|d| d[0] * d[0]) - 1.0).abs() < 0.05, "{}", mean(&|d| d[0] * d[0]));
        assert!((mean(&|d| d[0] * d[1]) - slope).abs() < 0.05 && (mean(&|d| d[1] * d[1]) - 1.0).abs() < 0.05);
        assert!((mean(&|d| d[0].powi(4)) - 3.0).abs() < 0.4);
        assert_eq!(chain.divergences, 0);
    }

    /// Where there is no density beyond an edge, nothing is drawn there, and the rest as it is.
    #[test]
    fn an_edge_is_kept() {
        let mut density = |[x, y]: Two| {
            if x > 0.0 { (-0.5 * (x * x + y * y), [-x, -y]) } else { (f64::NEG_INFINITY, [0.0; 2]) }
        };
        let chain = chain(&mut density, 300, 20_000, 1, &mut stream(4, 9));
        let mean = chain.draws.iter().map(|d| d[0]).sum::<f64>() / chain.draws.len() as f64;
        assert!(chain.draws.iter().all(|d| d[0] > 0.0));
        assert!((mean - (2.0 / std::f64::consts::PI).sqrt()).abs() < 0.05, "{mean}");
    }
}
