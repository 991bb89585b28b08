//! Matrices and vectors: nalgebra's, with the few words that a density needs of a Cholesky factor.

use nalgebra::{Cholesky, Dyn, RealField, convert};

pub(crate) use nalgebra::{DMatrix, DMatrixView, DVector, DVectorViewMut};

/// A positive definite matrix by its lower Cholesky factor.
pub type Factor = Cholesky<f64, Dyn>;

/// Factors a symmetric matrix; `None` where it is not positive definite, or not finite.
pub(crate) fn factor(matrix: DMatrix<f64>) -> Option<Factor> {
    Cholesky::new(matrix).filter(|f| f.l_dirty().lower_triangle().iter().all(|x| x.is_finite()))
}

/// The matrix of no rows, of what has no coordinates.
pub(crate) fn nothing() -> Factor {
    Cholesky::pack_dirty(DMatrix::zeros(0, 0))
}

/// A pivot that is not below the least by more than a half: itself above, smoothly bent below.
fn raised_pivot<F: RealField + Copy>(pivot: F, least: F) -> F {
    let (half, one) = (convert::<_, F>(0.5), F::one());
    if pivot >= least { pivot } else { least * half * (one + ((pivot / least - one) * (one + one)).exp()) }
}

/// Factors a symmetric matrix with pivots raised to a least one; `None` where something is not finite. In any real number, so that numbers with
/// derivatives say how a factor moves.
///
/// This is no decomposition of nalgebra's, which take a matrix as it is.
pub(crate) fn raised<F: RealField + Copy>(mut matrix: DMatrix<F>, least: impl Fn(usize) -> F) -> Option<Cholesky<F, Dyn>> {
    let n = matrix.nrows();
    for j in 0..n {
        let pivot = raised_pivot(matrix[(j, j)], least(j));
        if !(pivot > F::zero() && pivot.is_finite()) {
            return None;
        }
        let root = pivot.sqrt();
        matrix[(j, j)] = root;
        for i in j + 1..n {
            matrix[(i, j)] /= root;
        }
        for k in j + 1..n {
            let by = matrix[(k, j)];
            for i in k..n {
                let off = by * matrix[(i, j)];
                matrix[(i, k)] -= off;
            }
        }
    }
    matrix.fill_upper_triangle(F::zero(), 1);
    Some(Cholesky::pack_dirty(matrix))
}

/// Solves `L y = x` in place.
pub(crate) fn solve_lower(factor: &Factor, x: &mut [f64]) {
    let n = x.len();
    factor.l_dirty().solve_lower_triangular_unchecked_mut(&mut DVectorViewMut::from_slice(x, n));
}

/// Solves `L' y = x` in place.
pub(crate) fn solve_upper(factor: &Factor, x: &mut [f64]) {
    let n = x.len();
    factor.l_dirty().tr_solve_lower_triangular_unchecked_mut(&mut DVectorViewMut::from_slice(x, n));
}

/// Solves `L L' y = x` in place.
pub(crate) fn solve(factor: &Factor, x: &mut [f64]) {
    solve_lower(factor, x);
    solve_upper(factor, x);
}

/// Half the logarithm of the determinant of `L L'`.
pub(crate) fn half_ln_determinant<F: RealField + Copy>(factor: &Cholesky<F, Dyn>) -> F {
    let lower = factor.l_dirty();
    (0..lower.nrows()).fold(F::zero(), |sum, i| sum + lower[(i, i)].ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_and_says_what_it_is_not_one_of() {
        let matrix = DMatrix::from_row_slice(3, 3, &[4.0, 1.0, 0.5, 1.0, 3.0, -0.2, 0.5, -0.2, 2.0]);
        let found = factor(matrix.clone()).unwrap();
        let mut x = [1.0, -2.0, 0.5];
        solve(&found, &mut x);
        let back = &matrix * DVector::from_row_slice(&x);
        assert!(back.iter().zip([1.0, -2.0, 0.5]).all(|(a, b)| (a - b).abs() < 1e-14));
        assert!((half_ln_determinant(&found) - 0.5 * matrix.determinant().ln()).abs() < 1e-14);
        let (mut low, mut up) = ([1.0, -2.0, 0.5], [1.0, -2.0, 0.5]);
        solve_lower(&found, &mut low);
        solve_upper(&found, &mut low);
        solve_upper(&found, &mut up);
        assert_eq!(low, x);
        let again = found.l().transpose() * DVector::from_row_slice(&up);
        assert!((again - DVector::from_row_slice(&[1.0, -2.0, 0.5])).norm() < 1e-14);
        for bad in
            [[1.0, 2.0, 2.0, 1.0], [f64::NAN, 0.0, 0.0, 1.0], [f64::INFINITY, 0.0, 0.0, 1.0], [1.0, f64::NAN, f64::NAN, 9.0]]
        {
            assert!(factor(DMatrix::from_row_slice(2, 2, &bad)).is_none());
        }
        let plain = raised(matrix.clone(), |_| 1e-3f64).unwrap();
        assert!((plain.l() - found.l()).norm() < 1e-14);
        // A pivot of -1 with a least one of 0.5 becomes a little more than half of that.
        let lifted = raised(DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 3.0]), |_| 0.5f64).unwrap();
        let pivot = lifted.l_dirty()[(1, 1)].powi(2);
        assert!((pivot - (0.25 + 0.25 * (-6.0f64).exp())).abs() < 1e-15 && lifted.l_dirty()[(0, 1)] == 0.0);
        assert!(raised(DMatrix::from_element(1, 1, f64::NAN), |_| 0.5f64).is_none());
        assert_eq!((half_ln_determinant(&nothing()), nothing().l_dirty().nrows()), (0.0, 0));
    }
}
