//! Downsampling of signals that keeps peaks.

use std::collections::BTreeSet;

/// Maximum number of points of a signal in a plot, besides required samples.
const MAX_POINTS: usize = 2000;

/// Indices of the samples to keep, rising: of each bucket the smallest, the
/// largest and the first value that is not finite; the first and the last
/// sample; and those in `must_keep`.
pub(crate) fn kept(values: &[f64], must_keep: &[usize]) -> Vec<usize> {
    if values.len() <= MAX_POINTS {
        return (0..values.len()).collect();
    }
    let mut keep: BTreeSet<usize> =
        must_keep.iter().copied().filter(|&index| index < values.len()).collect();
    keep.extend([0, values.len() - 1]);
    // Two or three samples of each bucket stay.
    let bucket = values.len().div_ceil(MAX_POINTS / 3);
    for (number, part) in values.chunks(bucket).enumerate() {
        let first = number * bucket;
        let finite = || part.iter().enumerate().filter(|(_, value)| value.is_finite());
        let smallest = finite().min_by(|a, b| a.1.total_cmp(b.1));
        let largest = finite().max_by(|a, b| a.1.total_cmp(b.1));
        let odd = part.iter().enumerate().find(|(_, value)| !value.is_finite());
        let chosen = [smallest, largest, odd];
        keep.extend(chosen.into_iter().flatten().map(|(index, _)| first + index));
    }
    keep.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_signal_is_kept_whole() {
        assert_eq!(kept(&[1.0, 2.0, 3.0], &[]), [0, 1, 2]);
    }

    #[test]
    fn spikes_of_one_sample_survive() {
        let mut values: Vec<f64> = (0..100_000).map(|i| f64::from(i % 7)).collect();
        values[31_337] = 50.0;
        values[31_339] = -50.0;
        values[77_777] = f64::INFINITY;

        let kept = kept(&values, &[]);

        assert!(kept.len() <= MAX_POINTS + 2, "{}", kept.len());
        assert!([0, 31_337, 31_339, 77_777, 99_999].iter().all(|index| kept.contains(index)));
        assert!(kept.is_sorted());
    }

    #[test]
    fn decisive_moments_survive() {
        let values = vec![0.0; 50_000];

        let kept = kept(&values, &[12_345, 1_000_000]);

        assert!(kept.contains(&12_345));
        assert!(!kept.contains(&1_000_000), "there is no such sample");
    }
}
