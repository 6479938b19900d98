//! Wall-clock time of blocks of work.

use std::time::Instant;

/// Durations of repeated blocks, in seconds.
#[derive(Default)]
pub(crate) struct Blocks {
    seconds: Vec<f64>,
}

impl Blocks {
    /// Runs a block and records its duration.
    pub(crate) fn time<T>(&mut self, block: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = block();
        self.seconds.push(start.elapsed().as_secs_f64());
        result
    }

    /// Removes the last block.
    pub(crate) fn drop_last(&mut self) {
        self.seconds.pop();
    }

    /// The median duration.
    pub(crate) fn median(&self) -> f64 {
        median(self.seconds.clone())
    }

    /// The shortest duration.
    pub(crate) fn least(&self) -> f64 {
        self.seconds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The median of the ratios between blocks that were timed alternately.
    pub(crate) fn median_ratio(&self, to: &Self) -> f64 {
        median(self.seconds.iter().zip(&to.seconds).map(|(own, other)| own / other).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
