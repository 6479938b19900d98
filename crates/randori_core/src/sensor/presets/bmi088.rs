//! Bosch Sensortec BMI088.

use std::f64::consts::PI;

use super::{Preset, ValueErrors};
use crate::sensor::SensorKind;

pub(super) const BMI088: Preset = Preset {
    name: "bmi088",
    device: "an IMU",
    fits: |kind| matches!(kind, SensorKind::Imu(_)),
    figures,
};

/// Standard gravity, by which accelerometer data sheets express acceleration,
/// m/s^2.
const STANDARD_GRAVITY: f64 = 9.806_65;

/// Data sheet BST-BMI088-DS001, typical values at the widest ranges:
/// accelerometer 24 g, noise 175 ug/sqrt(Hz) (Z axis 190), 1365 LSB/g; gyroscope
/// 2000 deg/s, noise 0.014 deg/s/sqrt(Hz), 16.384 LSB per deg/s.
///
/// A density counts up to half the sampling rate, so the standard deviation of
/// a sample is `density * sqrt(rate / 2)`. Offsets differ from unit to unit and
/// are left to the scenario's `bias`. Orientation is not an output of the
/// device and stays exact.
fn figures(channel: &str, element: usize, rate_hz: f64) -> ValueErrors {
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
