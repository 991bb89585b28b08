//! A log-likelihood looked up in a table: within its box, and for whoever has nothing else, beyond.

use super::chebyshev::MOST;
use super::table::Table;

/// A log-likelihood and its derivatives by the numbers that it depends on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked {
    pub value: f64,
    pub first: [f64; MOST],
    pub second: [[f64; MOST]; MOST],
}

impl Table {
    /// The log-likelihood at some numbers, its gradient and its Hessian; `None` outside the box.
    #[inline]
    pub fn look(&self, numbers: &[f64]) -> Option<Looked> {
        let (at, slope, bend) = self.reached(numbers);
        // Not a number is outside, too.
        let inside = at[..self.sizes.len()].iter().all(|x| x.abs() <= 1.0);
        inside.then(|| self.turned_back(self.within(&at), slope, bend))
    }

    /// The same, extended outside the box: along straight lines from its nearest side. For whoever has nothing but the table.
    pub fn look_beyond(&self, numbers: &[f64]) -> Looked {
        let n = self.sizes.len();
        let (at, slope, bend) = self.reached(numbers);
        let near = at.map(|x| x.clamp(-1.0, 1.0));
        let mut own = self.within(&near);
        let beyond: [f64; MOST] = std::array::from_fn(|i| at[i] - near[i]);
        let (first, second) = (own.first, own.second);
        for i in (0..n).filter(|&i| beyond[i] != 0.0) {
            own.value += first[i] * beyond[i];
            (0..n).filter(|&j| beyond[j] == 0.0).for_each(|j| own.first[j] += second[i][j] * beyond[i]);
            (0..n).filter(|&j| beyond[j] != 0.0).for_each(|j| own.second[i][j] = 0.0);
        }
        self.turned_back(own, slope, bend)
    }

    /// The place of numbers relative to the box, and the first and second derivatives of real coordinates by numbers.
    #[inline]
    fn reached(&self, numbers: &[f64]) -> ([f64; MOST], [f64; MOST], [f64; MOST]) {
        let n = self.sizes.len();
        let (mut to, mut slope, mut bend) = ([0.0; MOST], [0.0; MOST], [0.0; MOST]);
        for i in 0..n {
            let [t, by, again] = self.supports[i].unconstrain(numbers[i]);
            (to[i], slope[i], bend[i]) = (t - self.centre[i], by, again);
        }
        let at = std::array::from_fn(|i| if i < n { (0..=i).map(|j| self.turned[i * n + j] * to[j]).sum() } else { 0.0 });
        (at, slope, bend)
    }

    /// At a place within the box.
    #[inline]
    fn within(&self, at: &[f64; MOST]) -> Looked {
        match self.sizes.len() {
            1 if !self.parts.is_empty() => self.along_part(at[0]),
            1 => self.along(at[0]),
            _ => self.across(at),
        }
    }

    /// From the box to real coordinates, then to numbers.
    #[inline]
    fn turned_back(&self, own: Looked, slope: [f64; MOST], bend: [f64; MOST]) -> Looked {
        let n = self.sizes.len();
        let mut looked = Looked { value: own.value, ..Looked::default() };
        let mut real = [0.0; MOST];
        for j in 0..n {
            real[j] = (j..n).map(|i| self.turned[i * n + j] * own.first[i]).sum();
            looked.first[j] = real[j] * slope[j];
        }
        for j in 0..n {
            for k in 0..n {
                let mut sum = 0.0;
                for a in j..n {
                    for b in k..n {
                        sum += self.turned[a * n + j] * own.second[a][b] * self.turned[b * n + k];
                    }
                }
                looked.second[j][k] = sum * slope[j] * slope[k];
            }
            looked.second[j][j] += real[j] * bend[j];
        }
        looked
    }

    /// Of one number.
    pub(super) fn along(&self, x: f64) -> Looked {
        let (mut t, mut d, mut e) = ((1.0, x), (0.0, 1.0), (0.0, 0.0));
        let mut sum = [0.0; 3];
        let mut c = self.coefficients.iter();
        if let Some(&first) = c.next() {
            sum[0] = first;
        }
        for &c in c {
            sum[0] += c * t.1;
            sum[1] += c * d.1;
            sum[2] += c * e.1;
            let twice = 2.0 * x;
            e = (e.1, 4.0 * d.1 + twice * e.1 - e.0);
            d = (d.1, 2.0 * t.1 + twice * d.1 - d.0);
            t = (t.1, twice * t.1 - t.0);
        }
        let mut looked = Looked { value: sum[0], ..Looked::default() };
        (looked.first[0], looked.second[0][0]) = (sum[1], sum[2]);
        looked
    }

    /// Of several numbers.
    fn across(&self, at: &[f64; MOST]) -> Looked {
        let n = self.sizes.len();
        let mut bases = [[[0.0; 65]; 3]; MOST];
        for (i, basis) in bases.iter_mut().enumerate().take(n) {
            let twice = 2.0 * at[i];
            let [t, d, e] = basis;
            (t[0], t[1], d[1]) = (1.0, at[i], 1.0);
            for k in 2..self.sizes[i] {
                t[k] = twice * t[k - 1] - t[k - 2];
                d[k] = 2.0 * t[k - 1] + twice * d[k - 1] - d[k - 2];
                e[k] = 4.0 * d[k - 1] + twice * e[k - 1] - e[k - 2];
            }
        }
        let last = &bases[n - 1];
        let mut looked = Looked::default();
        let mut start = 0;
        for (row, &end) in self.ends.iter().enumerate() {
            let coefficients = &self.coefficients[start..end as usize];
            start = end as usize;
            let mut inner = [0.0; 3];
            for (sum, basis) in inner.iter_mut().zip(last) {
                *sum = coefficients.iter().zip(basis).map(|(c, t)| c * t).sum();
            }
            if n == 2 {
                let [t, d, e] = [bases[0][0][row], bases[0][1][row], bases[0][2][row]];
                looked.value += t * inner[0];
                looked.first[0] += d * inner[0];
                looked.first[1] += t * inner[1];
                looked.second[0][0] += e * inner[0];
                looked.second[0][1] += d * inner[1];
                looked.second[1][1] += t * inner[2];
            } else {
                let (i, j) = (row / self.sizes[1], row % self.sizes[1]);
                let ([t, d, e], [u, v, w]) = (bases[0].map(|b| b[i]), bases[1].map(|b| b[j]));
                looked.value += t * u * inner[0];
                looked.first[0] += d * u * inner[0];
                looked.first[1] += t * v * inner[0];
                looked.first[2] += t * u * inner[1];
                looked.second[0][0] += e * u * inner[0];
                looked.second[0][1] += d * v * inner[0];
                looked.second[0][2] += d * u * inner[1];
                looked.second[1][1] += t * w * inner[0];
                looked.second[1][2] += t * v * inner[1];
                looked.second[2][2] += t * u * inner[2];
            }
        }
        for i in 0..n {
            for j in 0..i {
                looked.second[i][j] = looked.second[j][i];
            }
        }
        looked
    }

    /// Of one number, by the short polynomial of its part.
    #[inline]
    fn along_part(&self, x: f64) -> Looked {
        let count = self.parts.len() as f64;
        let at = (0.5 * (x + 1.0) * count) as usize;
        let part = &self.parts[at.min(self.parts.len() - 1)];
        let s = (x - ((2 * at.min(self.parts.len() - 1) + 1) as f64 / count - 1.0)) * count;
        let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
        for c in part.iter().rev() {
            second = second * s + first;
            first = first * s + value;
            value = value * s + c;
        }
        let mut looked = Looked { value, ..Looked::default() };
        looked.first[0] = first * count;
        looked.second[0][0] = 2.0 * second * count * count;
        looked
    }
}
