//! Error figures of single values: those of the scenario override data-sheet presets.
//!
//! Order of precedence: channel, then sensor, then preset.

use randori_core::sensor::{Channel, Preset, ValueErrors};
use randori_core::spec::{ChannelErrorSpec, Noise, SensorSpec};

/// The errors of value `element` of a channel of a sensor with rate `rate_hz`.
///
/// # Errors
/// The name of an unknown preset.
pub(super) fn value_errors(
    sensor: &SensorSpec,
    channel: &Channel,
    element: usize,
    rate_hz: f64,
) -> Result<ValueErrors, String> {
    let spec = &sensor.errors;
    let mut errors = match spec.preset.as_deref() {
        None => ValueErrors::default(),
        Some(name) => Preset::find(name).ok_or(name)?.value(&channel.name, element, rate_hz),
    };
    if let Some(scan) = channel.scan() {
        // Noise cannot move a distance beyond the range of the device.
        errors.saturation = Some(scan.range_m);
    }
    refine(
        &mut errors,
        &ChannelErrorSpec {
            noise: spec.noise,
            bias: spec.bias,
            random_walk: spec.random_walk,
            resolution: spec.resolution,
            saturation: spec.saturation,
        },
    );
    if let Some(refinement) = spec.channels.get(&channel.name) {
        refine(&mut errors, refinement);
    }
    Ok(errors)
}

fn refine(errors: &mut ValueErrors, spec: &ChannelErrorSpec) {
    errors.bias = spec.bias.unwrap_or(errors.bias);
    errors.random_walk = spec.random_walk.unwrap_or(errors.random_walk);
    if let Some(Noise::Gaussian { stddev }) = spec.noise {
        errors.noise_std = stddev;
    }
    errors.resolution = spec.resolution.unwrap_or(errors.resolution);
    errors.saturation = spec.saturation.or(errors.saturation);
}
