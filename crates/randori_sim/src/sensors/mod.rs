//! Sensors: sampling, measurement errors, latency, and delivery to policies.
//!
//! Every sensor has its own schedule in whole ticks and its own random streams. It
//! measures the world at the start of a tick; the [`Reading`] holds the ground truth
//! beside the measured values. A measurement reaches the policy after its latency; the
//! policy always sees the latest delivered one.
//!
//! Start reading at [`SensorSuite::sense`].

mod errors;
mod faults;
mod figures;
mod models;
mod sensor;

use randori_core::layout::{RobotId, SceneLayout};
use randori_core::record::Reading;
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};
use serde::{Deserialize, Serialize};

use crate::fault::SimulationError;
use crate::hash::StateHasher;
use crate::world::SimWorld;
pub(crate) use faults::Fault;
use models::Place;
pub use models::{Beam, lidar_beams};
use sensor::{Sensor, SensorState};

/// All sensors of all robots.
#[derive(Debug, Clone)]
pub struct SensorSuite {
    /// Robot after robot, in the order of their files.
    sensors: Vec<Sensor>,
    /// Index of each robot's first sensor.
    first_sensor: Vec<usize>,
    received: Vec<Received>,
}

/// The latest measurements delivered to a robot's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Values of all channels, in the layout of the robot's observation; zero before
    /// the first delivery.
    pub values: Vec<f32>,
    /// For each channel, the tick of the measurement.
    pub measured_at: Vec<Option<Tick>>,
}

/// The state of the sensors.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SuiteState {
    sensors: Vec<SensorState>,
    received: Vec<Received>,
}

impl SensorSuite {
    /// The sensors of a checked scenario, with the random streams of `seed`.
    ///
    /// # Errors
    /// [`SimulationError::Unchecked`] for errors that the checker rules out.
    pub fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
        world: &SimWorld,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        let period = tick_period(scenario)?;
        let mut suite =
            Self { sensors: Vec::new(), first_sensor: Vec::new(), received: Vec::new() };
        for (index, (model, robot)) in scenario.robots.iter().zip(&layout.robots).enumerate() {
            suite.first_sensor.push(suite.sensors.len());
            let mut first_channel = 0;
            for sensor in 0..model.sensors.len() {
                let place =
                    Place { scenario, layout, robot: RobotId(index), sensor, world, period };
                suite.sensors.push(Sensor::new(&place, first_channel, seed)?);
                first_channel += robot.sensors[sensor].channels.len();
            }
            suite.received.push(Received {
                values: vec![0.0; robot.observation_len()],
                measured_at: vec![None; first_channel],
            });
        }
        Ok(suite)
    }

    /// Takes the measurements that are due at `tick` into `readings`, and delivers
    /// those whose latency has passed. Buffers in `readings` are reused.
    pub fn sense(&mut self, tick: Tick, world: &SimWorld, readings: &mut Vec<Reading>) {
        for reading in readings.drain(..) {
            let index = self.first_sensor[reading.robot.0] + reading.sensor;
            self.sensors[index].recycle(reading);
        }
        for sensor in &mut self.sensors {
            let received = &mut self.received[sensor.robot().0];
            sensor.deliver(tick, received);
            if sensor.is_due(tick) {
                readings.push(sensor.measure(tick, world, received));
            }
            if sensor.is_due(Tick(tick.0 + 1)) {
                sensor.prepare(world);
            }
        }
    }

    /// Begins a fault of a sensor (index over all robots), caused by an event.
    pub(crate) fn begin_fault(&mut self, sensor: usize, event: usize, fault: Fault) {
        self.sensors[sensor].faults_mut().begin(event, fault);
    }

    /// Ends the fault of a sensor that an event caused.
    pub(crate) fn end_fault(&mut self, sensor: usize, event: usize) {
        self.sensors[sensor].faults_mut().end(event);
    }

    /// The latest delivered measurements of a robot.
    pub fn received(&self, robot: RobotId) -> &Received {
        &self.received[robot.0]
    }

    /// Feeds random streams, drifting biases and the latest measurements to a digest.
    pub(crate) fn digest(&self, hasher: &mut StateHasher) {
        for sensor in &self.sensors {
            hasher.write_u64(sensor.digest());
        }
    }

    pub(crate) fn state(&self) -> SuiteState {
        SuiteState {
            sensors: self.sensors.iter().map(Sensor::state).collect(),
            received: self.received.clone(),
        }
    }

    /// Restores a state. Returns true if it fits these sensors.
    pub(crate) fn set_state(&mut self, state: SuiteState) -> bool {
        let fits = |(mine, other): (&Received, &Received)| {
            mine.values.len() == other.values.len()
                && mine.measured_at.len() == other.measured_at.len()
        };
        if state.sensors.len() != self.sensors.len()
            || state.received.len() != self.received.len()
            || !self.received.iter().zip(&state.received).all(fits)
        {
            return false;
        }
        self.received = state.received;
        self.sensors.iter_mut().zip(state.sensors).all(|(sensor, state)| sensor.set_state(state))
    }
}

/// The tick length of a scenario.
///
/// # Errors
/// [`SimulationError::Unchecked`] if a tick is not a whole number of nanoseconds.
pub(crate) fn tick_period(scenario: &Scenario) -> Result<TickPeriod, SimulationError> {
    let rate_hz = scenario.physics().rate_hz;
    TickPeriod::from_rate_hz(rate_hz).ok_or_else(|| {
        SimulationError::Unchecked(format!("{rate_hz} ticks per second do not divide a second"))
    })
}
