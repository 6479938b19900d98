//! Measurement errors.
//!
//! Value errors are applied in the order bias, random walk, noise, resolution,
//! saturation; then the measurement may be lost. Every random kind of error has its own
//! stream (`pup.imu.noise`, `pup.imu.walk`, `pup.imu.dropout`), and the number of
//! samples drawn never depends on measured values. So the noise depends neither on
//! other sensors nor on the robot's motion.
//!
//! A quaternion is not disturbed component by component, which would destroy its unit
//! length: bias, walk and noise are the three components (rad) of a small rotation
//! about the axes of the sensor frame. Resolution and saturation do not apply to it. A
//! flag is computed from other measured values and has no errors of its own.
//!
//! Start reading at [`ErrorModel::apply`].

use randori_core::layout::SensorLayout;
use randori_core::math::{Rotation, Vector};
use randori_core::random::RandomStream;
use randori_core::sensor::{Quantity, ValueErrors};
use randori_core::spec::SensorSpec;
use serde::{Deserialize, Serialize};

use super::figures;
use crate::hash::StateHasher;

/// The errors of one sensor. Each kind of error stores only the values that it applies to.
#[derive(Debug, Clone)]
pub(super) struct ErrorModel {
    bias: Vec<(usize, f64)>,
    walk: Vec<(usize, f64)>,
    noise: Vec<(usize, f64)>,
    resolution: Vec<(usize, f64)>,
    saturation: Vec<(usize, (f64, f64))>,
    turns: Vec<TurnErrors>,
    dropout: f64,
    loses_single_values: bool,
    state: ErrorState,
}

/// Errors of a quaternion whose four values begin at `first`.
#[derive(Debug, Clone)]
struct TurnErrors {
    first: usize,
    bias_rad: f64,
    walk_rad: f64,
    noise_rad: f64,
}

/// The state of a sensor's errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ErrorState {
    noise: RandomStream,
    walk: RandomStream,
    dropout: RandomStream,
    /// Random walk of the bias, by entry of `walk`.
    walked: Vec<f64>,
    /// Random walk of the rotation vectors, by entry of `turns`, rad.
    turned: Vec<[f64; 3]>,
}

impl ErrorModel {
    /// The errors of a sensor that measures every `period_s` seconds; `path`
    /// is its path in the scene, such as `pup.imu`.
    ///
    /// # Errors
    /// The name of a preset that does not exist.
    pub(super) fn new(
        spec: &SensorSpec,
        layout: &SensorLayout,
        path: &str,
        seed: u64,
        period_s: f64,
    ) -> Result<Self, String> {
        let stream = |kind: &str| RandomStream::new(seed, &format!("{path}.{kind}"));
        let mut model = Self {
            bias: Vec::new(),
            walk: Vec::new(),
            noise: Vec::new(),
            resolution: Vec::new(),
            saturation: Vec::new(),
            turns: Vec::new(),
            dropout: spec.errors.dropout.unwrap_or(0.0),
            loses_single_values: layout.scan().is_some(),
            state: ErrorState {
                noise: stream("noise"),
                walk: stream("walk"),
                dropout: stream("dropout"),
                walked: Vec::new(),
                turned: Vec::new(),
            },
        };
        // The rate as written, so that the figures are exact for it.
        let rate_hz = spec.rate_hz.unwrap_or(1.0 / period_s);
        let mut first = 0;
        for channel in &layout.channels {
            for element in 0..channel.len {
                let errors = figures::value_errors(spec, channel, element, rate_hz)?;
                match channel.quantity {
                    Quantity::Flag => {}
                    Quantity::Quaternion if element > 0 => {}
                    Quantity::Quaternion => model.add_turn(first, &errors, period_s),
                    _ => model.add_value(first + element, &errors, period_s),
                }
            }
            first += channel.len;
        }
        model.state.walked = vec![0.0; model.walk.len()];
        model.state.turned = vec![[0.0; 3]; model.turns.len()];
        Ok(model)
    }

    fn add_value(&mut self, index: usize, errors: &ValueErrors, period_s: f64) {
        if errors.bias != 0.0 {
            self.bias.push((index, errors.bias));
        }
        if errors.random_walk > 0.0 {
            self.walk.push((index, errors.random_walk * libm::sqrt(period_s)));
        }
        if errors.noise_std > 0.0 {
            self.noise.push((index, errors.noise_std));
        }
        if errors.resolution > 0.0 {
            self.resolution.push((index, errors.resolution));
        }
        self.saturation.extend(errors.saturation.map(|range| (index, range)));
    }

    fn add_turn(&mut self, first: usize, errors: &ValueErrors, period_s: f64) {
        let turn = TurnErrors {
            first,
            bias_rad: errors.bias,
            walk_rad: errors.random_walk * libm::sqrt(period_s),
            noise_rad: errors.noise_std,
        };
        if turn.bias_rad != 0.0 || turn.walk_rad > 0.0 || turn.noise_rad > 0.0 {
            self.turns.push(turn);
        }
    }

    /// True if measurements equal the ground truth.
    pub(super) fn is_exact(&self) -> bool {
        self.bias.is_empty()
            && self.walk.is_empty()
            && self.noise.is_empty()
            && self.resolution.is_empty()
            && self.saturation.is_empty()
            && self.turns.is_empty()
            && self.dropout <= 0.0
    }

    /// Turns the ground truth in `values` into measured values. Returns true if the
    /// whole measurement is lost.
    pub(super) fn apply(&mut self, values: &mut [f32]) -> bool {
        for &(index, bias) in &self.bias {
            add(&mut values[index], bias);
        }
        let state = &mut self.state;
        for (&(index, step), walked) in self.walk.iter().zip(&mut state.walked) {
            add(&mut values[index], *walked);
            *walked += step * state.walk.normal();
        }
        for &(index, std) in &self.noise {
            add(&mut values[index], std * state.noise.normal());
        }
        for (turn, turned) in self.turns.iter().zip(&mut state.turned) {
            let values = &mut values[turn.first..turn.first + 4];
            turn.apply(values, turned, &mut state.walk, &mut state.noise);
        }
        for &(index, step) in &self.resolution {
            let steps = libm::round(f64::from(values[index]) / step);
            values[index] = (steps * step) as f32;
        }
        for &(index, (low, high)) in &self.saturation {
            // Infinity encodes the absence of a hit, not a large value.
            if values[index].is_finite() {
                values[index] = f64::from(values[index]).max(low).min(high) as f32;
            }
        }
        self.lose(values)
    }

    fn lose(&mut self, values: &mut [f32]) -> bool {
        if self.dropout <= 0.0 {
            return false;
        }
        if !self.loses_single_values {
            return self.state.dropout.unit() < self.dropout;
        }
        for value in values {
            if self.state.dropout.unit() < self.dropout {
                *value = f32::INFINITY;
            }
        }
        false
    }

    pub(super) fn digest(&self, hasher: &mut StateHasher) {
        for stream in [&self.state.noise, &self.state.walk, &self.state.dropout] {
            // The next number represents the state of the stream.
            hasher.write_u64(stream.clone().next_u64());
        }
        for walked in self.state.walked.iter().chain(self.state.turned.iter().flatten()) {
            hasher.write_u64(walked.to_bits());
        }
    }

    pub(super) fn state(&self) -> &ErrorState {
        &self.state
    }

    /// Restores a state. Returns true if it fits this model, which is unchanged
    /// otherwise.
    pub(super) fn set_state(&mut self, state: ErrorState) -> bool {
        let fits = state.walked.len() == self.walk.len() && state.turned.len() == self.turns.len();
        if fits {
            self.state = state;
        }
        fits
    }
}

impl TurnErrors {
    fn apply(
        &self,
        quaternion: &mut [f32],
        turned: &mut [f64; 3],
        walk: &mut RandomStream,
        noise: &mut RandomStream,
    ) {
        let mut error = [self.bias_rad; 3];
        for (error, turned) in error.iter_mut().zip(turned) {
            *error += *turned;
            if self.walk_rad > 0.0 {
                *turned += self.walk_rad * walk.normal();
            }
            if self.noise_rad > 0.0 {
                *error += self.noise_rad * noise.normal();
            }
        }
        let truth = Rotation::from_xyzw(quaternion[0], quaternion[1], quaternion[2], quaternion[3]);
        let measured = (truth * rotation_from_vector(error)).normalize();
        quaternion.copy_from_slice(&measured.to_array());
    }
}

/// The rotation by a rotation vector (its length is the angle, rad), with `libm`
/// functions.
fn rotation_from_vector(vector: [f64; 3]) -> Rotation {
    let angle = libm::sqrt(vector.iter().map(|part| part * part).sum());
    if angle == 0.0 {
        return Rotation::IDENTITY;
    }
    let scale = libm::sin(angle / 2.0) / angle;
    let axis = Vector::from_array(vector.map(|part| (part * scale) as f32));
    Rotation::from_xyzw(axis.x, axis.y, axis.z, libm::cos(angle / 2.0) as f32)
}

fn add(value: &mut f32, error: f64) {
    *value = (f64::from(*value) + error) as f32;
}
