//! Small symmetric matrices by their triangular factors, row by row.

/// A pivot that is not below the least by more than a half: itself above, smoothly bent below.
fn raised(pivot: f64, least: f64) -> f64 {
    if pivot >= least { pivot } else { least * (0.5 + 0.5 * (2.0 * (pivot / least - 1.0)).exp()) }
}

/// The lower Cholesky factor of a small symmetric matrix; `None` where it is not positive definite.
pub(crate) fn cholesky(matrix: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    factor_with(matrix, n, |pivot, _| pivot)
}

/// The lower Cholesky factor with pivots raised to a least one; `None` where something is not finite.
pub(crate) fn raised_cholesky(matrix: Vec<f64>, n: usize, least: impl Fn(usize) -> f64) -> Option<Vec<f64>> {
    factor_with(matrix, n, |pivot, i| raised(pivot, least(i)))
}

fn factor_with(mut matrix: Vec<f64>, n: usize, pivot: impl Fn(f64, usize) -> f64) -> Option<Vec<f64>> {
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let rest = matrix[i * n + j] - dot;
            if i == j {
                let rest = pivot(rest, i);
                if !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                matrix[i * n + i] = rest.sqrt();
            } else {
                matrix[i * n + j] = rest / matrix[j * n + j];
            }
        }
        matrix[i * n + i + 1..(i + 1) * n].fill(0.0);
    }
    Some(matrix)
}

/// Solves `L y = x` in place.
pub(crate) fn solve_lower(factor: &[f64], n: usize, x: &mut [f64]) {
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| factor[i * n + k] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i * n + i];
    }
}

/// Solves `L' y = x` in place.
pub(crate) fn solve_upper(factor: &[f64], n: usize, x: &mut [f64]) {
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| factor[k * n + i] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i * n + i];
    }
}

/// Solves `L L' y = x` in place.
pub(crate) fn solve(factor: &[f64], n: usize, x: &mut [f64]) {
    solve_lower(factor, n, x);
    solve_upper(factor, n, x);
}

/// The inverse of `L L'`, row by row.
pub(crate) fn inverse(factor: &[f64], n: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; n * n];
    let mut column = vec![0.0; n];
    for j in 0..n {
        column.fill(0.0);
        column[j] = 1.0;
        solve(factor, n, &mut column);
        (0..n).for_each(|i| inverse[i * n + j] = column[i]);
    }
    inverse
}
