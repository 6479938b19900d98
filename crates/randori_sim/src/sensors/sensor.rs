//! One sensor: its schedule, its model, its errors and undelivered measurements.

use std::collections::VecDeque;
use std::ops::Range;

use randori_core::layout::RobotId;
use randori_core::record::Reading;
use randori_core::time::Tick;
use serde::{Deserialize, Serialize};

use super::Received;
use super::errors::{ErrorModel, ErrorState};
use super::faults::{FaultState, Faults};
use super::models::{Place, SensorModel, model};
use crate::fault::SimulationError;
use crate::hash::StateHasher;
use crate::world::SimWorld;

#[derive(Debug, Clone)]
pub(super) struct Sensor {
    robot: RobotId,
    index: usize,
    model: Box<dyn SensorModel>,
    errors: ErrorModel,
    faults: Faults,
    /// Ticks between measurements and the tick of the first.
    period: u64,
    offset: u64,
    latency: u64,
    /// Range of its values in the robot's observation.
    values: Range<usize>,
    channels: Range<usize>,
    under_way: VecDeque<Delivery>,
    /// Digest after the latest measurement; nothing changes in between.
    digest: u64,
    /// Buffers for reuse.
    spare_reading: Option<Reading>,
    spare_values: Vec<Vec<f32>>,
}

/// A measurement on its way to the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Delivery {
    measured_at: Tick,
    delivered_at: Tick,
    values: Vec<f32>,
}

/// The state of a sensor.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SensorState {
    errors: ErrorState,
    faults: Option<FaultState>,
    under_way: VecDeque<Delivery>,
    digest: u64,
    model: Vec<f64>,
}

impl Sensor {
    /// `first_channel` is the index of its first channel among those of the robot.
    pub(super) fn new(
        place: &Place<'_>,
        first_channel: usize,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        let (spec, robot, period) = (place.spec(), place.robot_layout(), place.period);
        let layout = &robot.sensors[place.sensor];
        let path = format!("{}.{}", robot.name, spec.name);
        let unchecked =
            |what: String| SimulationError::Unchecked(format!("sensor `{path}`: {what}"));
        let ticks = match spec.rate_hz {
            None => 1,
            Some(rate_hz) => period.ticks_per_period(rate_hz).ok_or_else(|| {
                unchecked(format!("{rate_hz} Hz does not divide the physics rate"))
            })?,
        };
        let period_s = ticks as f64 * period.seconds();
        let errors = ErrorModel::new(spec, layout, &path, seed, period_s)
            .map_err(|preset| unchecked(format!("there is no error preset `{preset}`")))?;
        let mut sensor = Self {
            robot: place.robot,
            index: place.sensor,
            model: model(place).map_err(unchecked)?,
            errors,
            faults: Faults::new(&path, seed),
            period: ticks,
            offset: period.ticks_nearest(spec.offset_s),
            latency: period.ticks_at_least(spec.errors.latency.unwrap_or(0.0)),
            values: layout.values.clone(),
            channels: first_channel..first_channel + layout.channels.len(),
            under_way: VecDeque::new(),
            digest: 0,
            spare_reading: None,
            spare_values: Vec::new(),
        };
        sensor.update_digest(&[], false);
        Ok(sensor)
    }

    /// Its faults, for events.
    pub(super) fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    pub(super) fn robot(&self) -> RobotId {
        self.robot
    }

    pub(super) fn is_due(&self, tick: Tick) -> bool {
        tick.0 >= self.offset && (tick.0 - self.offset).is_multiple_of(self.period)
    }

    /// Stores data of this tick for the measurement of the next one.
    pub(super) fn prepare(&mut self, world: &SimWorld) {
        self.model.prepare(world);
    }

    pub(super) fn measure(
        &mut self,
        tick: Tick,
        world: &SimWorld,
        received: &mut Received,
    ) -> Reading {
        let mut reading = self.spare_reading.take().unwrap_or_else(|| Reading {
            robot: self.robot,
            sensor: self.index,
            measured_at: tick,
            delivered_at: tick,
            lost: false,
            measured: Vec::with_capacity(self.values.len()),
            truth: Vec::with_capacity(self.values.len()),
        });
        reading.measured_at = tick;
        reading.delivered_at = Tick(tick.0.saturating_add(self.latency));
        reading.truth.clear();
        self.model.measure(world, &mut reading.truth);
        debug_assert_eq!(reading.truth.len(), self.values.len(), "a model fills its channels");
        reading.measured.clear();
        reading.measured.extend_from_slice(&reading.truth);
        reading.lost = !self.errors.is_exact() && self.errors.apply(&mut reading.measured);
        self.model.amend(&mut reading.measured);
        reading.lost |= self.faults.apply(&mut reading.measured);
        if !reading.lost {
            self.send(&reading, received);
        }
        self.update_digest(&reading.measured, reading.lost);
        reading
    }

    fn send(&mut self, reading: &Reading, received: &mut Received) {
        if self.latency == 0 {
            self.hand_over(&reading.measured, reading.measured_at, received);
        } else {
            let mut values = self.spare_values.pop().unwrap_or_default();
            values.clear();
            values.extend_from_slice(&reading.measured);
            self.under_way.push_back(Delivery {
                measured_at: reading.measured_at,
                delivered_at: reading.delivered_at,
                values,
            });
        }
    }

    /// Delivers the measurements whose latency has passed by `tick`.
    pub(super) fn deliver(&mut self, tick: Tick, received: &mut Received) {
        while self.under_way.front().is_some_and(|delivery| delivery.delivered_at <= tick) {
            let Some(delivery) = self.under_way.pop_front() else { return };
            self.hand_over(&delivery.values, delivery.measured_at, received);
            self.spare_values.push(delivery.values);
        }
    }

    fn hand_over(&self, values: &[f32], measured_at: Tick, received: &mut Received) {
        received.values[self.values.clone()].copy_from_slice(values);
        received.measured_at[self.channels.clone()].fill(Some(measured_at));
    }

    /// Takes a reading of this sensor, to reuse its buffers.
    pub(super) fn recycle(&mut self, reading: Reading) {
        self.spare_reading = Some(reading);
    }

    /// Digest of the sensor's random streams and latest measurement.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    fn update_digest(&mut self, measured: &[f32], lost: bool) {
        let mut hasher = StateHasher::new();
        hasher.write_f32s(measured);
        hasher.write_u64(u64::from(lost));
        self.errors.digest(&mut hasher);
        self.faults.digest(&mut hasher);
        self.digest = hasher.finish();
    }

    pub(super) fn state(&self) -> SensorState {
        SensorState {
            errors: self.errors.state().clone(),
            faults: self.faults.state(),
            under_way: self.under_way.clone(),
            digest: self.digest,
            model: self.model.state(),
        }
    }

    /// Restores a state. Returns true if it fits this sensor.
    pub(super) fn set_state(&mut self, state: SensorState) -> bool {
        let len = self.values.len();
        if state.under_way.iter().any(|delivery| delivery.values.len() != len) {
            return false;
        }
        if !self.model.set_state(&state.model) {
            return false;
        }
        self.under_way = state.under_way;
        self.digest = state.digest;
        self.faults.set_state(state.faults, len) && self.errors.set_state(state.errors)
    }
}
