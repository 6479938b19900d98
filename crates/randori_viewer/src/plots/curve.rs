//! Curves reduced to the resolution of the screen.

use egui_plot::PlotPoint;
use randori_core::time::Tick;

/// A curve in pieces: missing values interrupt it.
pub(super) type Pieces = Vec<Vec<PlotPoint>>;

/// The points of a curve. In each of `columns` columns of pixels only the first,
/// lowest, highest and last value are kept, in order, so that no peak is lost. A
/// gap of more than `gap` ticks interrupts the curve.
pub(super) fn pieces(
    values: impl Iterator<Item = (Tick, f32)>,
    ticks: std::ops::RangeInclusive<u64>,
    (columns, gap): (u64, u64),
    time_s: impl Fn(Tick) -> f64,
) -> Pieces {
    let width = ((ticks.end() - ticks.start()) / columns.max(1)).max(1);
    let mut pieces = Pieces::new();
    let mut column: Option<Column> = None;
    let mut last: Option<u64> = None;
    let point = |(tick, value): (Tick, f32)| PlotPoint::new(time_s(tick), value);
    for value in values.filter(|(_, value)| value.is_finite()) {
        let number = value.0.0 / width;
        let is_apart = last.is_none_or(|last| value.0.0 - last > gap);
        last = Some(value.0.0);
        if let Some(open) = column.as_mut().filter(|it| !is_apart && it.number == number) {
            open.add(value);
            continue;
        }
        if let (Some(done), Some(piece)) = (column.take(), pieces.last_mut()) {
            piece.extend(done.kept().map(point));
        }
        if is_apart {
            pieces.push(Vec::new());
        }
        column = Some(Column::new(number, value));
    }
    if let (Some(done), Some(piece)) = (column, pieces.last_mut()) {
        piece.extend(done.kept().map(point));
    }
    pieces
}

/// The values in one column of pixels.
struct Column {
    number: u64,
    first: (Tick, f32),
    low: (Tick, f32),
    high: (Tick, f32),
    last: (Tick, f32),
}

impl Column {
    fn new(number: u64, value: (Tick, f32)) -> Self {
        Self { number, first: value, low: value, high: value, last: value }
    }

    fn add(&mut self, value: (Tick, f32)) {
        if value.1 < self.low.1 {
            self.low = value;
        }
        if value.1 > self.high.1 {
            self.high = value;
        }
        self.last = value;
    }

    /// The values kept, in order of time.
    fn kept(&self) -> impl Iterator<Item = (Tick, f32)> {
        let mut kept = vec![self.first, self.low, self.high, self.last];
        kept.sort_by_key(|(tick, _)| *tick);
        kept.dedup_by_key(|(tick, _)| *tick);
        kept.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: impl Iterator<Item = (u64, f32)>, columns: u64) -> Vec<Vec<(f64, f64)>> {
        let values = values.map(|(tick, value)| (Tick(tick), value));
        let pieces = pieces(values, 0..=1000, (columns, 20), |tick| tick.0 as f64);
        let points = |piece: Vec<PlotPoint>| piece.iter().map(|point| (point.x, point.y)).collect();
        pieces.into_iter().map(points).collect()
    }

    #[test]
    fn a_peak_is_kept_however_few_points_are() {
        let peak = |tick: u64| (tick, if tick == 437 { 9.0 } else { 0.0 });

        let curve = curve((0..=1000).map(peak), 10);

        assert_eq!(curve.len(), 1);
        assert!(curve[0].contains(&(437.0, 9.0)));
        assert!(curve[0].len() <= 44, "{}", curve[0].len());
        assert!(curve[0].is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn a_curve_is_interrupted_where_values_are_missing() {
        let values = (0..50).chain(500..520).map(|tick| (tick, 1.0));

        let curve = curve(values, 1000);

        assert_eq!(curve.iter().map(Vec::len).collect::<Vec<_>>(), [50, 20]);
    }
}
