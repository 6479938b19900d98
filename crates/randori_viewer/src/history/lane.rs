//! Rows of numbers, in order of time.

use std::ops::RangeInclusive;

/// Rows with the same number of columns, each at a tick.
pub(super) struct Lane {
    width: usize,
    ticks: Vec<u64>,
    values: Vec<f32>,
}

impl Lane {
    pub(super) fn new(width: usize) -> Self {
        Self { width, ticks: Vec::new(), values: Vec::new() }
    }

    /// Adds a row, unless there is one within the same `stride`. Missing values are
    /// NaN, excess values are dropped.
    pub(super) fn put(&mut self, tick: u64, stride: u64, row: impl Iterator<Item = f32>) {
        let at = self.ticks.partition_point(|other| *other < tick);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten();
        let mut near = near.filter_map(|index| self.ticks.get(index));
        if near.any(|other| other / stride == tick / stride) {
            return;
        }
        let row = row.chain(std::iter::repeat(f32::NAN)).take(self.width);
        if at == self.ticks.len() {
            self.ticks.push(tick);
            self.values.extend(row);
        } else {
            self.ticks.insert(at, tick);
            let place = at * self.width;
            self.values.splice(place..place, row);
        }
    }

    pub(super) fn forget_from(&mut self, tick: u64) {
        let kept = self.ticks.partition_point(|other| *other < tick);
        self.ticks.truncate(kept);
        self.values.truncate(kept * self.width);
    }

    /// The values of a column within these ticks.
    pub(super) fn column(
        &self,
        column: usize,
        ticks: RangeInclusive<u64>,
    ) -> impl Iterator<Item = (u64, f32)> + '_ {
        let first = self.ticks.partition_point(|tick| tick < ticks.start());
        let last = self.ticks.partition_point(|tick| tick <= ticks.end());
        (first..last).map(move |row| (self.ticks[row], self.values[row * self.width + column]))
    }

    /// The latest value of a column at or before a tick.
    pub(super) fn at(&self, column: usize, tick: u64) -> Option<f32> {
        let row = self.ticks.partition_point(|other| *other <= tick).checked_sub(1)?;
        self.values.get(row * self.width + column).copied()
    }

    pub(super) fn bytes(&self) -> usize {
        self.ticks.len() * size_of::<u64>() + self.values.len() * size_of::<f32>()
    }

    /// Keeps the first row within each `stride`.
    pub(super) fn thin(&mut self, stride: u64) {
        let mut kept = 0;
        for row in 0..self.ticks.len() {
            let tick = self.ticks[row];
            if kept > 0 && self.ticks[kept - 1] / stride == tick / stride {
                continue;
            }
            self.ticks[kept] = tick;
            let from = row * self.width;
            self.values.copy_within(from..from + self.width, kept * self.width);
            kept += 1;
        }
        self.ticks.truncate(kept);
        self.values.truncate(kept * self.width);
    }
}
