//! Recent measurements with their true values.

use std::collections::{BTreeMap, VecDeque};

use randori_core::record::{Reading, TickRecord};
use randori_core::time::Tick;

use super::SensorId;

/// Measurements kept per sensor: more than are in transit to the policy at once,
/// for usual latencies.
const KEPT: usize = 8;

/// The last measurements of each sensor in the records shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastReadings {
    kept: BTreeMap<SensorId, VecDeque<Reading>>,
}

impl LastReadings {
    /// Stores the measurements of a record.
    pub(crate) fn note(&mut self, record: &TickRecord) {
        for reading in &record.readings {
            let id = SensorId { robot: reading.robot, sensor: reading.sensor };
            let kept = self.kept.entry(id).or_default();
            // Later measurements belong to a future that is re-simulated.
            kept.retain(|other| other.measured_at < reading.measured_at);
            let spare = if kept.len() < KEPT { None } else { kept.pop_front() };
            let mut entry = spare.unwrap_or_else(|| reading.clone());
            entry.clone_from(reading);
            kept.push_back(entry);
        }
    }

    /// Discards everything, for another run.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    /// The measurement of a sensor at a tick, if its record was shown.
    pub(crate) fn at(&self, sensor: SensorId, measured_at: Tick) -> Option<&Reading> {
        self.kept.get(&sensor)?.iter().find(|reading| reading.measured_at == measured_at)
    }

    /// True if the last measurement of a sensor before a tick is known to be lost.
    pub(crate) fn is_lost(&self, sensor: SensorId, before: Tick) -> bool {
        let kept = self.kept.get(&sensor).into_iter().flatten();
        kept.rev().find(|reading| reading.measured_at < before).is_some_and(|last| last.lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::layout::RobotId;

    const SENSOR: SensorId = SensorId { robot: RobotId(0), sensor: 0 };

    fn record(tick: u64, lost: bool) -> TickRecord {
        let reading = Reading {
            robot: RobotId(0),
            sensor: 0,
            measured_at: Tick(tick),
            delivered_at: Tick(tick),
            lost,
            measured: vec![tick as f32],
            truth: vec![0.5],
        };
        TickRecord { tick: Tick(tick + 1), readings: vec![reading], ..TickRecord::default() }
    }

    #[test]
    fn a_tick_that_is_made_again_replaces_what_was_measured_then_and_later() {
        let mut readings = LastReadings::default();
        for tick in 0..20 {
            readings.note(&record(tick, tick == 19));
        }
        assert!(readings.at(SENSOR, Tick(19 - KEPT as u64)).is_none(), "only some are kept");
        assert!(readings.at(SENSOR, Tick(19)).is_some());
        assert!(readings.is_lost(SENSOR, Tick(20)));
        assert!(!readings.is_lost(SENSOR, Tick(19)));

        readings.note(&record(15, false));

        assert!(readings.at(SENSOR, Tick(19)).is_none());
        let again = readings.at(SENSOR, Tick(15)).expect("it was noted");
        assert_eq!((&again.measured[..], &again.truth[..]), (&[15.0][..], &[0.5][..]));
    }
}
