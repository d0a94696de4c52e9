//! Small statistics.

/// Mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / count_as_float(values.len()) }
}

/// Standard deviation of a whole population.
pub(super) fn standard_deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    mean(&values.iter().map(|value| (value - centre).powi(2)).collect::<Vec<_>>()).sqrt()
}

/// Standard deviation over mean; 0 when the mean is not positive.
pub(super) fn variation(values: &[f64]) -> f64 {
    let centre = mean(values);
    if centre > 0.0 { standard_deviation(values) / centre } else { 0.0 }
}

/// The value below which `share` of the values lie, interpolated; not a number of nothing.
pub(super) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * count_as_float(sorted.len().saturating_sub(1));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative and below the number of values")]
    let below = place.floor() as usize;
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(low), Some(high)) => low + (high - low) * (place - place.floor()),
        (Some(only), None) => *only,
        _ => f64::NAN,
    }
}

/// Least-squares change from one value to the next; 0 of fewer than six.
pub(super) fn slope(values: &[f64]) -> f64 {
    if values.len() < 6 {
        return 0.0;
    }
    let (middle, centre) = (count_as_float(values.len() - 1) / 2.0, mean(values));
    let (mut above, mut below) = (0.0, 0.0);
    for (position, value) in values.iter().enumerate() {
        let offset = count_as_float(position) - middle;
        above += offset * (value - centre);
        below += offset * offset;
    }
    above / below
}

/// The logistic function.
pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Its inverse, of a probability kept away from 0 and 1.
pub(super) fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(1e-9, 1.0 - 1e-9);
    (probability / (1.0 - probability)).ln()
}

/// The inverse of a symmetric positive definite matrix; `None` when it is singular.
pub(super) fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut work: Vec<Vec<f64>> = matrix
        .iter()
        .enumerate()
        .map(|(row, values)| values.iter().copied().chain((0..size).map(|column| if column == row { 1.0 } else { 0.0 })).collect())
        .collect();
    for pivot in 0..size {
        let best = (pivot..size).max_by(|one, other| work[*one][pivot].abs().total_cmp(&work[*other][pivot].abs()))?;
        work.swap(pivot, best);
        let divisor = work[pivot][pivot];
        if divisor.abs() < 1e-12 {
            return None;
        }
        work[pivot].iter_mut().for_each(|value| *value /= divisor);
        let lead = work[pivot].clone();
        for (row, values) in work.iter_mut().enumerate().filter(|(row, _)| *row != pivot) {
            let factor = values[pivot];
            debug_assert_ne!(row, pivot);
            values.iter_mut().zip(&lead).for_each(|(value, lead)| *value -= factor * lead);
        }
    }
    Some(work.into_iter().map(|row| row[size..].to_vec()).collect())
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(super) const fn count_as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_the_textbooks() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert!((mean(&values) - 5.0).abs() < 1e-12 && (standard_deviation(&values) - 2.0).abs() < 1e-12);
        assert!((percentile(&[1.0, 2.0, 3.0, 4.0], 0.5) - 2.5).abs() < 1e-12);
        assert!((slope(&[1.0, 3.0, 5.0, 7.0, 9.0, 11.0]) - 2.0).abs() < 1e-12);
        assert!((logistic(log_odds(0.2)) - 0.2).abs() < 1e-12);
        let found = inverse(&[vec![4.0, 2.0], vec![2.0, 3.0]]).unwrap();
        assert!((found[0][0] - 0.375).abs() < 1e-12 && (found[0][1] + 0.25).abs() < 1e-12);
        assert_eq!(inverse(&[vec![1.0, 1.0], vec![1.0, 1.0]]), None);
    }
}
