//! Statistics over many runs.

/// The 95 % confidence interval of a success rate, by Wilson's score method
/// (E. B. Wilson, 1927), which unlike the textbook formula is sensible for few
/// trials and for rates near 0 and 1. `None` without trials.
pub(crate) fn wilson_95(successes: usize, trials: usize) -> Option<(f64, f64)> {
    if trials == 0 {
        return None;
    }
    // The 97.5 % point of the normal distribution.
    let z = 1.959_964;
    let (n, rate) = (trials as f64, successes as f64 / trials as f64);
    let middle = rate + z * z / (2.0 * n);
    let spread = z * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    Some((((middle - spread) / scale).max(0.0), ((middle + spread) / scale).min(1.0)))
}

/// Mean, smallest and largest of the finite values; `None` if there are none.
pub(crate) fn mean_min_max(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64, f64)> {
    let mut count = 0_u32;
    let (mut sum, mut smallest, mut largest) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
    for value in values.into_iter().filter(|value| value.is_finite()) {
        count += 1;
        sum += value;
        smallest = value.min(smallest);
        largest = value.max(largest);
    }
    (count > 0).then(|| (sum / f64::from(count), smallest, largest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_match_published_values() {
        // Newcombe (1998), table I, method 3: 81 of 263 and 0 of 20.
        let (low, high) = wilson_95(81, 263).expect("trials");
        assert!((low - 0.2553).abs() < 1e-4 && (high - 0.3662).abs() < 1e-4, "{low} {high}");
        let (low, high) = wilson_95(0, 20).expect("trials");
        assert!(low == 0.0 && (high - 0.1611).abs() < 1e-4, "{low} {high}");
        assert_eq!(wilson_95(0, 0), None);
    }

    #[test]
    fn values_that_are_not_finite_do_not_spoil_a_mean() {
        assert_eq!(mean_min_max([1.0, f64::NAN, 3.0]), Some((2.0, 1.0, 3.0)));
        assert_eq!(mean_min_max([f64::INFINITY]), None);
    }
}
