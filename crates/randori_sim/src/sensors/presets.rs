//! Error figures of single values: what the scenario says, on top of data-sheet
//! presets.
//!
//! Later wins: preset, then the sensor's own fields, then those of a channel.

use std::f64::consts::PI;

use randori_core::spec::{ChannelErrorSpec, Noise, SensorKind, SensorSpec};

/// Standard gravity, by which accelerometer data sheets express acceleration,
/// m/s^2.
const STANDARD_GRAVITY: f64 = 9.806_65;

/// Errors of one value, in its unit; zero means none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct ValueErrors {
    pub(super) bias: f64,
    /// Per square root of a second.
    pub(super) random_walk: f64,
    pub(super) noise_std: f64,
    pub(super) resolution: f64,
    pub(super) saturation: Option<(f64, f64)>,
}

impl ValueErrors {
    fn refine(&mut self, spec: &ChannelErrorSpec) {
        self.bias = spec.bias.unwrap_or(self.bias);
        self.random_walk = spec.random_walk.unwrap_or(self.random_walk);
        if let Some(Noise::Gaussian { stddev }) = spec.noise {
            self.noise_std = stddev;
        }
        self.resolution = spec.resolution.unwrap_or(self.resolution);
        self.saturation = spec.saturation.or(self.saturation);
    }
}

/// The errors of value `element` of a channel of a sensor that measures
/// `rate_hz` times per second.
///
/// # Errors
/// The name of a preset that does not exist.
pub(super) fn value_errors(
    sensor: &SensorSpec,
    channel: &str,
    element: usize,
    rate_hz: f64,
) -> Result<ValueErrors, String> {
    let spec = &sensor.errors;
    let mut errors = match spec.preset.as_deref() {
        None => ValueErrors::default(),
        Some("bmi088") => bmi088(channel, element, rate_hz),
        Some(unknown) => return Err(unknown.to_owned()),
    };
    if let SensorKind::Lidar { range, .. } = sensor.kind {
        // Noise does not carry a distance out of what the device can report.
        errors.saturation = Some(range);
    }
    errors.refine(&ChannelErrorSpec {
        noise: spec.noise,
        bias: spec.bias,
        random_walk: spec.random_walk,
        resolution: spec.resolution,
        saturation: spec.saturation,
    });
    if let Some(refinement) = spec.channels.get(channel) {
        errors.refine(refinement);
    }
    Ok(errors)
}

/// Bosch Sensortec BMI088, data sheet BST-BMI088-DS001, typical values at the
/// widest ranges: accelerometer 24 g, noise 175 ug/sqrt(Hz) (Z axis 190),
/// 1365 LSB/g; gyroscope 2000 deg/s, noise 0.014 deg/s/sqrt(Hz), 16.384 LSB per
/// deg/s.
///
/// A density counts up to half the sampling rate, so the standard deviation of
/// a sample is `density * sqrt(rate / 2)`. Offsets differ from unit to unit and
/// are left to the scenario's `bias`. Orientation is not an output of the
/// device and stays exact.
fn bmi088(channel: &str, element: usize, rate_hz: f64) -> ValueErrors {
    let bandwidth_root = libm::sqrt(rate_hz / 2.0);
    let symmetric = |limit: f64| Some((-limit, limit));
    match channel {
        "accel" => {
            let density_ug = if element == 2 { 190.0 } else { 175.0 };
            ValueErrors {
                noise_std: density_ug * 1e-6 * STANDARD_GRAVITY * bandwidth_root,
                resolution: STANDARD_GRAVITY / 1365.0,
                saturation: symmetric(24.0 * STANDARD_GRAVITY),
                ..ValueErrors::default()
            }
        }
        "gyro" => ValueErrors {
            noise_std: 0.014 * PI / 180.0 * bandwidth_root,
            resolution: PI / 180.0 / 16.384,
            saturation: symmetric(2000.0 * PI / 180.0),
            ..ValueErrors::default()
        },
        _ => ValueErrors::default(),
    }
}
