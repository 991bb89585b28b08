//! Tables of any number of axes, the outcome (or next state) first.

use alloc::vec;
use alloc::vec::Vec;

use super::error::SpmError;

/// Numbers in a shape, row-major: the first axis is that of outcomes or next states, the last runs fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    numbers: Vec<f64>,
}

impl Tensor {
    /// Numbers in a shape.
    ///
    /// # Errors
    /// When there are not as many as the shape says, or the shape has no axis or an empty one.
    pub fn new(shape: &[usize], numbers: Vec<f64>) -> Result<Self, SpmError> {
        let size = shape.iter().try_fold(1usize, |size, &n| size.checked_mul(n));
        if shape.is_empty() || size != Some(numbers.len()) || numbers.is_empty() {
            return Err(SpmError::Numbers { shape: shape.to_vec(), found: numbers.len() });
        }
        Ok(Tensor { shape: shape.to_vec(), numbers })
    }

    /// One axis: a distribution or the counts of one.
    ///
    /// # Errors
    /// When there is no number.
    pub fn vector(numbers: Vec<f64>) -> Result<Self, SpmError> {
        Tensor::new(&[numbers.len()], numbers)
    }

    /// The size of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All numbers, the last axis running fastest.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// The size of the first axis.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// How many columns there are: the product of the other axes.
    pub fn columns(&self) -> usize {
        self.numbers.len() / self.rows().max(1)
    }

    /// The numbers of one entry of the first axis.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        let columns = self.columns();
        &self.numbers[row * columns..][..columns]
    }

    pub(super) fn numbers_mut(&mut self) -> &mut [f64] {
        &mut self.numbers
    }

    /// One column: the numbers along the first axis.
    pub(super) fn column(&self, column: usize) -> Vec<f64> {
        self.numbers.iter().skip(column).step_by(self.columns().max(1)).copied().collect()
    }

    /// The sum of each column.
    pub(super) fn sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns()];
        for row in 0..self.rows() {
            for (sum, x) in sums.iter_mut().zip(self.row(row)) {
                *sum += x;
            }
        }
        sums
    }

    /// Each column divided by its sum; uniform where that is 0.
    pub(super) fn normalised(&self) -> Tensor {
        let (sums, mut to) = (self.sums(), self.clone());
        let (rows, columns) = (self.rows(), self.columns());
        for (i, x) in to.numbers.iter_mut().enumerate() {
            let sum = sums[i % columns];
            *x = if sum == 0.0 { 1.0 / rows as f64 } else { *x / sum };
        }
        to
    }

    /// The matrix-vector product over all axes but the first.
    pub(super) fn times(&self, weights: &[f64]) -> Vec<f64> {
        (0..self.rows()).map(|row| super::numbers::dot(self.row(row), weights)).collect()
    }

    /// The product with weights of the first axis.
    pub(super) fn transposed_times(&self, weights: &[f64]) -> Vec<f64> {
        let mut to = vec![0.0; self.columns()];
        for (row, &w) in weights.iter().enumerate().take(self.rows()) {
            for (to, x) in to.iter_mut().zip(self.row(row)) {
                *to += w * x;
            }
        }
        to
    }

    /// The same with every number changed.
    pub(super) fn map(&self, change: impl FnMut(&f64) -> f64) -> Tensor {
        Tensor { shape: self.shape.clone(), numbers: self.numbers.iter().map(change).collect() }
    }
}
