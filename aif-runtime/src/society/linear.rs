//! Systems of a few linear equations, in any scalar.

use alloc::vec::Vec;

use crate::scalar::Real;

/// The solution of `A x = b` by Gaussian elimination with pivots from rows; `a` has the rows of `A`, each with its entry of `b` last.
/// Nothing where `A` has no inverse.
pub(super) fn solve<T: Real>(mut a: Vec<Vec<T>>) -> Option<Vec<T>> {
    let n = a.len();
    for i in 0..n {
        let size = |row: &Vec<T>| row[i].value().abs();
        let pivot = (i..n).max_by(|&j, &k| size(&a[j]).total_cmp(&size(&a[k])))?;
        a.swap(i, pivot);
        let above = a[i].clone();
        if above[i].value().abs() < 1e-300 || !above[i].is_finite() {
            return None;
        }
        for row in &mut a[i + 1..] {
            let factor = row[i] / above[i];
            for (x, &y) in row.iter_mut().zip(&above).skip(i) {
                *x -= factor * y;
            }
        }
    }
    let mut x = Vec::with_capacity(n);
    for (i, row) in a.iter().enumerate().rev() {
        // Those after `i` are there already, the last first.
        let known = x.iter().rev().zip(&row[i + 1..n]).fold(T::zero(), |sum, (&x, &c): (&T, &T)| sum + x * c);
        x.push((row[n] - known) / row[i]);
    }
    x.reverse();
    Some(x)
}
