//! Three levels of random tables, with actions at each, and the joint model of all of them by loops.

use aif::prelude::*;

pub type Two = Index<2>;
pub type Three = Index<3>;

/// A number between 0 and 1 that depends on all of these.
fn number(seed: u64, of: &[usize]) -> f64 {
    let mut hash = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    for &x in of {
        hash = (hash ^ (x as u64 + 1)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^= hash >> 29;
    }
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// Probabilities over `n` values.
pub fn row<T: Real>(contrast: T, seed: u64, n: usize, of: &[usize]) -> Vec<T> {
    let weights: Vec<T> = (0..n).map(|i| (contrast * number(seed, &[of, &[i]].concat())).exp()).collect();
    let sum = weights.iter().fold(T::zero(), |sum, &w| sum + w);
    weights.into_iter().map(|w| w / sum).collect()
}

fn dist<D: Domain, T: Real>(contrast: T, seed: u64, of: &[usize]) -> Dist<D, T> {
    let row = row(contrast, seed, D::COUNT, of);
    Dist::from_fn(|value: D| row[value.index()])
}

#[derive(Clone, Copy, Debug)]
pub struct Low<T> {
    pub seed: u64,
    pub contrast: T,
}

#[generative_model(horizon = 2, actions(press: Two))]
impl<T: Real> Low<T> {
    #[factor(initial = uniform())]
    fn a(&self, a: Three, press: Two) -> Dist<Three, T> {
        dist(self.contrast, self.seed, &[1, a.index(), press.index()])
    }
    #[factor(initial = [0.3, 0.7])]
    fn b(&self, a: Three, b: Two) -> Dist<Two, T> {
        dist(self.contrast, self.seed, &[2, a.index(), b.index()])
    }
    #[modality(preference = [0.0, 1.0, -0.5])]
    fn x(&self, a: Three, b: Two) -> Dist<Three, T> {
        dist(self.contrast, self.seed, &[3, a.index(), b.index()])
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Middle<T> {
    pub low: Low<T>,
    pub seed: u64,
    pub contrast: T,
}

#[generative_model(horizon = 1, actions(pick: Two))]
impl<T: Real> Middle<T> {
    #[factor(initial = uniform())]
    fn m(&self, m: Three, pick: Two) -> Dist<Three, T> {
        dist(self.contrast, self.seed, &[4, m.index(), pick.index()])
    }
    #[level(model = Low<T>, from = self.low, steps = 3, begins = a)]
    fn low(&self, m: Three) -> Dist<Three, T> {
        dist(self.contrast, self.seed, &[5, m.index()])
    }
    #[modality(preference = [0.0, 0.7])]
    fn y(&self, m: Three) -> Dist<Two, T> {
        dist(self.contrast, self.seed, &[6, m.index()])
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Top<T = f64> {
    pub middle: Middle<T>,
    pub seed: u64,
    pub contrast: T,
}

#[generative_model(horizon = 2, actions(turn: Two))]
impl<T: Real> Top<T> {
    #[factor(initial = [0.6, 0.4])]
    fn p(&self, p: Two, turn: Two) -> Dist<Two, T> {
        dist(self.contrast, self.seed, &[7, p.index(), turn.index()])
    }
    #[factor(initial = uniform())]
    fn q(&self, p: Two, q: Two) -> Dist<Two, T> {
        dist(self.contrast, self.seed, &[8, p.index(), q.index()])
    }
    #[level(model = Middle<T>, from = self.middle, steps = 2, begins = m)]
    fn middle(&self, p: Two, q: Two) -> Dist<Three, T> {
        dist(self.contrast, self.seed, &[9, p.index(), q.index()])
    }
    #[modality(preference = [1.0, 0.0])]
    fn z(&self, p: Two) -> Dist<Two, T> {
        dist(self.contrast, self.seed, &[10, p.index()])
    }
}

impl<T: Real> Top<T> {
    pub fn new(seed: u64, contrast: T) -> Self {
        Top { middle: Middle { low: Low { seed, contrast }, seed: seed + 1, contrast }, seed: seed + 2, contrast }
    }
}

/// A state of all levels: `p, q, m, a, b`.
type All = [usize; 5];

const COUNTS: All = [2, 2, 3, 3, 2];

/// What is believed of the states of all levels together.
pub struct Joint {
    model: Top,
    p: Vec<f64>,
}

impl Joint {
    pub fn new(model: Top) -> Self {
        let mut joint = Joint { model, p: vec![0.0; COUNTS.iter().product()] };
        let mut begun = vec![0.0; joint.p.len()];
        for (i, p) in begun.iter_mut().enumerate() {
            let [p0, _, m, a, b] = Self::state(i);
            // Levels begin at their beginnings; below all but the first state have nothing.
            *p = if [m, a, b] == [0, 0, 0] { [0.6, 0.4][p0] * 0.5 } else { 0.0 };
        }
        joint.p = begun;
        joint.begin_middle();
        joint
    }

    fn state(mut i: usize) -> All {
        let mut state = [0; 5];
        for (s, count) in state.iter_mut().zip(COUNTS).rev() {
            *s = i % count;
            i /= count;
        }
        state
    }

    fn index(state: All) -> usize {
        state.iter().zip(COUNTS).fold(0, |i, (s, count)| i * count + s)
    }

    /// Goes from each state to others, with a probability for each.
    fn go(&mut self, next: impl Fn(All) -> Vec<(All, f64)>) {
        let mut to = vec![0.0; self.p.len()];
        for (i, p) in self.p.iter().enumerate() {
            for (state, weight) in next(Self::state(i)) {
                to[Self::index(state)] += p * weight;
            }
        }
        self.p = to;
    }

    fn begin_low(&mut self) {
        let Middle { seed, contrast, .. } = self.model.middle;
        self.go(|[p, q, m, _, _]| {
            let begun = row(contrast, seed, 3, &[5, m]);
            (0..3).flat_map(|a| [(0, 0.3), (1, 0.7)].map(|(b, w)| ([p, q, m, a, b], begun[a] * w))).collect()
        });
    }

    pub fn begin_middle(&mut self) {
        let Top { seed, contrast, .. } = self.model;
        self.go(|[p, q, _, a, b]| {
            row(contrast, seed, 3, &[9, p, q]).into_iter().enumerate().map(|(m, w)| ([p, q, m, a, b], w)).collect()
        });
        self.begin_low();
    }

    pub fn press(&mut self, press: usize) {
        let Low { seed, contrast } = self.model.middle.low;
        self.go(|[p, q, m, a, b]| {
            let (to_a, to_b) = (row(contrast, seed, 3, &[1, a, press]), row(contrast, seed, 2, &[2, a, b]));
            (0..3).flat_map(|a| (0..2).map(move |b| (a, b))).map(|(a, b)| ([p, q, m, a, b], to_a[a] * to_b[b])).collect()
        });
    }

    pub fn pick(&mut self, pick: usize) {
        let Middle { seed, contrast, .. } = self.model.middle;
        self.go(|[p, q, m, a, b]| {
            row(contrast, seed, 3, &[4, m, pick]).into_iter().enumerate().map(|(m, w)| ([p, q, m, a, b], w)).collect()
        });
        self.begin_low();
    }

    pub fn turn(&mut self, turn: usize) {
        let Top { seed, contrast, .. } = self.model;
        self.go(|[p, q, m, a, b]| {
            let (to_p, to_q) = (row(contrast, seed, 2, &[7, p, turn]), row(contrast, seed, 2, &[8, p, q]));
            (0..2).flat_map(|p| (0..2).map(move |q| (p, q))).map(|(p, q)| ([p, q, m, a, b], to_p[p] * to_q[q])).collect()
        });
        self.begin_middle();
    }

    /// Takes in what has these likelihoods; the logarithm of how probable it was.
    fn weigh(&mut self, likelihood: impl Fn(All) -> f64) -> f64 {
        for (i, p) in self.p.iter_mut().enumerate() {
            *p *= likelihood(Self::state(i));
        }
        let sum: f64 = self.p.iter().sum();
        self.p.iter_mut().for_each(|p| *p /= sum);
        sum.ln()
    }

    pub fn see_x(&mut self, x: usize) -> f64 {
        let Low { seed, contrast } = self.model.middle.low;
        self.weigh(|[_, _, _, a, b]| row(contrast, seed, 3, &[3, a, b])[x])
    }

    pub fn see_y(&mut self, y: usize) -> f64 {
        let Middle { seed, contrast, .. } = self.model.middle;
        self.weigh(|[_, _, m, _, _]| row(contrast, seed, 2, &[6, m])[y])
    }

    pub fn see_z(&mut self, z: usize) -> f64 {
        let Top { seed, contrast, .. } = self.model;
        self.weigh(|[p, ..]| row(contrast, seed, 2, &[10, p])[z])
    }

    /// The distribution of one of the factors.
    pub fn of(&self, factor: usize) -> Vec<f64> {
        let mut of = vec![0.0; COUNTS[factor]];
        for (i, p) in self.p.iter().enumerate() {
            of[Self::state(i)[factor]] += p;
        }
        of
    }
}
