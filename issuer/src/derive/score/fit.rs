//! Fitting the scorecard: logistic regression whose coefficients cannot be negative.
//!
//! Minimised is `Σ log-loss + lasso · Σ βⱼ + ridge/2 · Σ βⱼ²` over `βⱼ ≥ 0`, with features divided by their standard deviation; the
//! intercept is free. Features are oriented so that more is worse, so the bound is the sign a credit officer expects, and lasso and
//! bound together choose the features: that choice is part of the fit, and so of every fold of a cross-validation. Solved by reweighted
//! least squares with coordinate descent (Friedman, Hastie and Tibshirani 2010, "Regularization paths for generalized linear models
//! via coordinate descent"). Deterministic.

use serde::{Deserialize, Serialize};

use super::numbers::{inverse, log_odds, logistic, mean, standard_deviation};

/// How strongly coefficients are held back, per standardised feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// Weight of the sum of the coefficients.
    pub lasso: f64,
    /// Weight of half the sum of their squares.
    pub ridge: f64,
}

/// The penalty of the shipped model; results hardly change between a half and twice of it.
pub(super) const PENALTY: Penalty = Penalty { lasso: 0.5, ridge: 6.0 };

const ROUNDS: usize = 100;
const SWEEPS: usize = 200;
const CLOSE_ENOUGH: f64 = 1e-9;

/// A fitted regression on features as they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    pub(super) intercept: f64,
    /// One for each feature; 0 where it was not chosen.
    pub(super) coefficients: Vec<f64>,
    /// Standard deviation of each feature in the data of the fit.
    deviations: Vec<f64>,
    penalty: Penalty,
}

impl Fit {
    /// Log-odds of the bad outcome.
    pub(super) fn log_odds(&self, features: &[f64]) -> f64 {
        self.intercept + self.coefficients.iter().zip(features).map(|(coefficient, value)| coefficient * value).sum::<f64>()
    }

    /// Covariance of the intercept and the chosen coefficients: the inverse of the penalised information at the optimum. The order is the
    /// intercept, then the positions in `chosen`.
    pub(super) fn covariance(&self, rows: &[Vec<f64>], chosen: &[usize]) -> Option<Vec<Vec<f64>>> {
        let size = chosen.len() + 1;
        let mut information = vec![vec![0.0; size]; size];
        for row in rows {
            let probability = logistic(self.log_odds(row));
            let weight = probability * (1.0 - probability);
            let design: Vec<f64> = std::iter::once(1.0).chain(chosen.iter().map(|position| row[*position])).collect();
            for (line, one) in information.iter_mut().zip(&design) {
                line.iter_mut().zip(&design).for_each(|(cell, other)| *cell += weight * one * other);
            }
        }
        for (place, position) in chosen.iter().enumerate() {
            information[place + 1][place + 1] += self.penalty.ridge * self.deviations[*position].powi(2);
        }
        inverse(&information)
    }
}

/// Fits `rows` of features to whether each was `bad`.
pub(super) fn fit(rows: &[Vec<f64>], bad: &[f64], penalty: Penalty) -> Fit {
    let width = rows.first().map_or(0, Vec::len);
    let columns: Vec<Vec<f64>> = (0..width).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
    let deviations: Vec<f64> = columns.iter().map(|column| standard_deviation(column)).collect();
    let centres: Vec<f64> = columns.iter().map(|column| mean(column)).collect();
    // A feature that is always the same tells nothing: its column of zeros keeps the coefficient 0.
    let scaled: Vec<Vec<f64>> = columns
        .iter()
        .zip(&centres)
        .zip(&deviations)
        .map(|((column, centre), deviation)| column.iter().map(|value| if *deviation > 1e-12 { (value - centre) / deviation } else { 0.0 }).collect())
        .collect();
    let mut problem = Problem { scaled, bad, penalty, intercept: log_odds(mean(bad)), coefficients: vec![0.0; width] };
    problem.solve();
    let coefficients: Vec<f64> =
        problem.coefficients.iter().zip(&deviations).map(|(coefficient, deviation)| if *deviation > 1e-12 { coefficient / deviation } else { 0.0 }).collect();
    let shift: f64 = coefficients.iter().zip(&centres).map(|(coefficient, centre)| coefficient * centre).sum();
    Fit { intercept: problem.intercept - shift, coefficients, deviations, penalty }
}

struct Problem<'a> {
    /// By column.
    scaled: Vec<Vec<f64>>,
    bad: &'a [f64],
    penalty: Penalty,
    intercept: f64,
    coefficients: Vec<f64>,
}

impl Problem<'_> {
    fn solve(&mut self) {
        let mut objective = self.objective(self.intercept, &self.coefficients);
        for _ in 0..ROUNDS {
            let (intercept, coefficients) = self.weighted_least_squares();
            // A full step may overshoot; half as far never does for long.
            let mut step = 1.0;
            let (mut next, mut next_objective) = (self.towards(intercept, &coefficients, step), f64::INFINITY);
            while step > 1e-4 {
                next = self.towards(intercept, &coefficients, step);
                next_objective = self.objective(next.0, &next.1);
                if next_objective <= objective {
                    break;
                }
                step /= 2.0;
            }
            let gained = objective - next_objective;
            if gained < 0.0 {
                return;
            }
            (self.intercept, self.coefficients) = next;
            objective = next_objective;
            if gained < CLOSE_ENOUGH {
                return;
            }
        }
    }

    fn towards(&self, intercept: f64, coefficients: &[f64], step: f64) -> (f64, Vec<f64>) {
        let between = |from: f64, to: f64| from + step * (to - from);
        (between(self.intercept, intercept), self.coefficients.iter().zip(coefficients).map(|(from, to)| between(*from, *to)).collect())
    }

    fn predictions(&self, intercept: f64, coefficients: &[f64]) -> Vec<f64> {
        let mut found = vec![intercept; self.bad.len()];
        for (column, coefficient) in self.scaled.iter().zip(coefficients).filter(|(_, coefficient)| **coefficient > 0.0) {
            found.iter_mut().zip(column).for_each(|(sum, value)| *sum += coefficient * value);
        }
        found
    }

    fn objective(&self, intercept: f64, coefficients: &[f64]) -> f64 {
        // log(1 + e^x) without overflow.
        let softplus = |value: f64| value.max(0.0) + (-value.abs()).exp().ln_1p();
        let loss: f64 = self.predictions(intercept, coefficients).iter().zip(self.bad).map(|(value, bad)| softplus(*value) - bad * value).sum();
        loss + self.penalty.lasso * coefficients.iter().sum::<f64>() + self.penalty.ridge / 2.0 * coefficients.iter().map(|value| value * value).sum::<f64>()
    }

    /// The minimum of the quadratic approximation at the present place.
    fn weighted_least_squares(&self) -> (f64, Vec<f64>) {
        let predictions = self.predictions(self.intercept, &self.coefficients);
        let probabilities: Vec<f64> = predictions.iter().map(|value| logistic(*value)).collect();
        let weights: Vec<f64> = probabilities.iter().map(|probability| (probability * (1.0 - probability)).max(1e-5)).collect();
        // What the working response leaves unexplained.
        let mut residuals: Vec<f64> =
            self.bad.iter().zip(&probabilities).zip(&weights).map(|((bad, probability), weight)| (bad - probability) / weight).collect();
        let total: f64 = weights.iter().sum();
        let squares: Vec<f64> = self.scaled.iter().map(|column| column.iter().zip(&weights).map(|(value, weight)| weight * value * value).sum()).collect();
        let (mut intercept, mut coefficients) = (self.intercept, self.coefficients.clone());
        for _ in 0..SWEEPS {
            let mut largest = 0.0_f64;
            let change = residuals.iter().zip(&weights).map(|(residual, weight)| residual * weight).sum::<f64>() / total;
            intercept += change;
            for residual in &mut residuals {
                *residual -= change;
            }
            largest = largest.max(change.abs());
            for ((column, coefficient), square) in self.scaled.iter().zip(&mut coefficients).zip(&squares) {
                let pull: f64 = column.iter().zip(&residuals).zip(&weights).map(|((value, residual), weight)| weight * value * residual).sum();
                let next = ((pull + square * *coefficient - self.penalty.lasso) / (square + self.penalty.ridge)).max(0.0);
                let change = next - *coefficient;
                if change != 0.0 {
                    residuals.iter_mut().zip(column).for_each(|(residual, value)| *residual -= change * value);
                    *coefficient = next;
                    largest = largest.max(change.abs());
                }
            }
            if largest < CLOSE_ENOUGH {
                break;
            }
        }
        (intercept, coefficients)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first feature raises the risk, the second lowers it, the third is always the same.
    fn sample() -> (Vec<Vec<f64>>, Vec<f64>) {
        let rows: Vec<Vec<f64>> = (0..200_u8).map(|row| vec![f64::from(row % 10) / 10.0, f64::from(row % 7) / 7.0, 0.5]).collect();
        let bad = rows.iter().zip((0..3_u8).cycle()).map(|(row, third)| if row[0] - row[1] + f64::from(third) * 0.2 > 0.5 { 1.0 } else { 0.0 }).collect();
        (rows, bad)
    }

    #[test]
    fn coefficients_are_never_negative_and_the_optimum_is_one() {
        let (rows, bad) = sample();
        let penalty = Penalty { lasso: 0.5, ridge: 1.0 };
        let found = fit(&rows, &bad, penalty);
        assert!(found.coefficients[0] > 1.0, "{found:?}");
        assert_eq!((found.coefficients[1], found.coefficients[2]), (0.0, 0.0));
        // The intercept makes the mean prediction the mean outcome.
        let predicted = mean(&rows.iter().map(|row| logistic(found.log_odds(row))).collect::<Vec<_>>());
        assert!((predicted - mean(&bad)).abs() < 1e-6);
        assert_eq!(fit(&rows, &bad, penalty), found, "deterministic");
    }

    #[test]
    fn one_outcome_only_or_no_features_is_no_panic() {
        let (rows, _) = sample();
        assert!(fit(&rows, &vec![0.0; rows.len()], PENALTY).log_odds(&rows[0]) < -10.0);
        assert!(fit(&[], &[], PENALTY).coefficients.is_empty());
    }
}
