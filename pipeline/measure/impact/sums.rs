//! What does the regression of a class on themes need of the responses, and what does it find?

use fearless_simd::{Level, dispatch};

use super::RIDGE;

/// What the regression needs of the responses: whole numbers, so that their order cannot matter.
pub(super) struct Sums {
    n: i64,
    class: i64,
    themes: Vec<i64>,
    classes: Vec<i64>,
    /// Lower triangle by rows: responses that have both themes.
    pairs: Vec<i64>,
}

/// Where a row of a lower triangle begins.
const fn triangle(row: usize) -> usize {
    row * (row + 1) / 2
}

impl Sums {
    pub(super) fn new(n_columns: usize) -> Self {
        let pairs = vec![0; triangle(n_columns)];
        Self { n: 0, class: 0, themes: vec![0; n_columns], classes: vec![0; n_columns], pairs }
    }

    /// `columns` ascend.
    pub(super) fn add(&mut self, weight: i64, class: i64, columns: &[u32]) {
        if weight == 0 {
            return;
        }
        self.n += weight;
        self.class += weight * class;
        for (place, column) in columns.iter().enumerate() {
            let row = *column as usize;
            self.themes[row] += weight;
            self.classes[row] += weight * class;
            for other in columns.iter().take(place + 1) {
                self.pairs[triangle(row) + *other as usize] += weight;
            }
        }
    }

    /// Adds sums over columns of the themes `theirs` to those of `ours`, both ascending; what is not ours is left out.
    pub(super) fn merge(&mut self, other: &Self, theirs: &[u32], ours: &[u32]) {
        self.n += other.n;
        self.class += other.class;
        let shared: Vec<(usize, usize)> =
            theirs.iter().enumerate().filter_map(|(place, theme)| Some((place, ours.binary_search(theme).ok()?))).collect();
        for (place, (their, our)) in shared.iter().enumerate() {
            self.themes[*our] += other.themes[*their];
            self.classes[*our] += other.classes[*their];
            for (their_other, our_other) in shared.iter().take(place + 1) {
                self.pairs[triangle(*our) + our_other] += other.pairs[triangle(*their) + their_other];
            }
        }
    }

    pub(super) fn impacts(&self) -> Vec<f64> {
        let n = self.n.max(1) as f64;
        let mut matrix = Vec::with_capacity(self.pairs.len());
        for (row, of_row) in self.themes.iter().enumerate() {
            for (column, of_column) in self.themes.iter().enumerate().take(row + 1) {
                let pairs = self.pairs[triangle(row) + column] as f64;
                let ridge = if row == column { RIDGE } else { 0.0 };
                matrix.push(pairs - *of_row as f64 * *of_column as f64 / n + ridge);
            }
        }
        let right = self.classes.iter().zip(&self.themes).map(|(c, t)| *c as f64 - *t as f64 * self.class as f64 / n).collect();
        let coefficients = solve(matrix, right);
        coefficients.iter().zip(&self.themes).map(|(coefficient, t)| 100.0 * coefficient * *t as f64 / n).collect()
    }
}

/// Solves a symmetric positive definite system by Cholesky; the matrix is its lower triangle by rows.
fn solve(matrix: Vec<f64>, right: Vec<f64>) -> Vec<f64> {
    // Each step subtracts one column's multiple from the rows below it: additions that do not wait for one another, for the widest registers there are.
    dispatch!(Level::new(), _simd => solve_wide(matrix, right))
}

#[inline(always)]
fn solve_wide(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    let mut of_column = vec![0.0; n];
    for column in 0..n {
        let pivot = matrix[triangle(column) + column].sqrt();
        for row in column..n {
            let cell = &mut matrix[triangle(row) + column];
            *cell = if row == column { pivot } else { *cell / pivot };
            of_column[row] = *cell;
        }
        for row in column + 1..n {
            let below = &mut matrix[triangle(row) + column + 1..=triangle(row) + row];
            let factor = of_column[row];
            below.iter_mut().zip(&of_column[column + 1..=row]).for_each(|(cell, other)| *cell -= factor * other);
        }
    }
    for row in 0..n {
        let sum: f64 = (0..row).map(|column| matrix[triangle(row) + column] * right[column]).sum();
        right[row] = (right[row] - sum) / matrix[triangle(row) + row];
    }
    for row in (0..n).rev() {
        let sum: f64 = (row + 1..n).map(|below| matrix[triangle(below) + row] * right[below]).sum();
        right[row] = (right[row] - sum) / matrix[triangle(row) + row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let found = solve(vec![4.0, 2.0, 5.0, 0.6, 1.0, 3.0], vec![1.0, 2.0, 3.0]);
        let residual = |row: [f64; 3], right: f64| row.iter().zip(&found).map(|(a, b)| a * b).sum::<f64>() - right;
        assert!(residual([4.0, 2.0, 0.6], 1.0).abs() < 1e-12);
        assert!(residual([2.0, 5.0, 1.0], 2.0).abs() < 1e-12);
        assert!(residual([0.6, 1.0, 3.0], 3.0).abs() < 1e-12);
    }
}
