//! Errors of commercial devices, from their data sheets: one file each.

mod bmi088;

use super::SensorKind;

/// Errors of one value, in its unit; zero means none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ValueErrors {
    /// Constant that is added.
    pub bias: f64,
    /// Standard deviation of a bias that drifts, per square root of a second.
    pub random_walk: f64,
    /// Standard deviation of the noise of each sample.
    pub noise_std: f64,
    /// Values are rounded to multiples of this.
    pub resolution: f64,
    /// Smallest and largest value that can be reported.
    pub saturation: Option<(f64, f64)>,
}

/// The figures of a data sheet.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Name in files.
    pub name: &'static str,
    /// The kind of device, with its article: `an IMU`.
    pub(crate) device: &'static str,
    /// True if the preset applies to sensors of this kind.
    pub(crate) fits: fn(&SensorKind) -> bool,
    /// Errors of a value, by channel, index in the channel, and measurements per second.
    figures: fn(&str, usize, f64) -> ValueErrors,
}

impl Preset {
    /// All presets.
    pub const ALL: &[Self] = &[bmi088::BMI088];

    /// The preset with this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|preset| preset.name == name)
    }

    /// Errors of value `element` of a channel of a sensor that measures `rate_hz`
    /// times per second.
    pub fn value(&self, channel: &str, element: usize, rate_hz: f64) -> ValueErrors {
        (self.figures)(channel, element, rate_hz)
    }
}
