//! Distances of numbers, positions and rotations.

use randori_core::math::{Rotation, Vector};

/// Distance of two single-precision numbers in units in the last place; `None` if one
/// of them is not a number. Zeros of both signs are equal.
pub(crate) fn ulps_f32(a: f32, b: f32) -> Option<u64> {
    let place = |number: f32| {
        let magnitude = i64::from(number.to_bits() & 0x7fff_ffff);
        if number.is_sign_negative() { -magnitude } else { magnitude }
    };
    (!a.is_nan() && !b.is_nan()).then(|| place(a).abs_diff(place(b)))
}

/// The same for double precision.
pub(crate) fn ulps_f64(a: f64, b: f64) -> Option<u64> {
    let place = |number: f64| {
        let magnitude = i128::from(number.to_bits() & (u64::MAX >> 1));
        if number.is_sign_negative() { -magnitude } else { magnitude }
    };
    let steps = place(a).abs_diff(place(b));
    (!a.is_nan() && !b.is_nan()).then(|| u64::try_from(steps).unwrap_or(u64::MAX))
}

/// True if two numbers have equal bits; all NaNs are equal.
pub(crate) fn same_f32(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// The same for double precision.
pub(crate) fn same_f64(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Distance of two positions, m.
pub(crate) fn between(a: Vector, b: Vector) -> f64 {
    let square = |a: f32, b: f32| (f64::from(a) - f64::from(b)) * (f64::from(a) - f64::from(b));
    libm::sqrt(square(a.x, b.x) + square(a.y, b.y) + square(a.z, b.z))
}

/// Angle from one rotation to the other, rad, 0 to pi. Exact for tiny angles
/// too, where the cosine of the angle would round to 1.
pub(crate) fn angle(a: Rotation, b: Rotation) -> f64 {
    let (a, b) = (quaternion(a), quaternion(b));
    let length = |sign: f64| {
        libm::sqrt(a.iter().zip(&b).map(|(a, b)| (a - sign * b) * (a - sign * b)).sum())
    };
    // The chord to the nearer of the two quaternions of the rotation.
    let chord: f64 = f64::min(length(1.0), length(-1.0));
    4.0 * libm::asin((chord / 2.0).min(1.0))
}

fn quaternion(rotation: Rotation) -> [f64; 4] {
    [rotation.x, rotation.y, rotation.z, rotation.w].map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::math::rotation_from_rpy;

    #[test]
    fn steps_are_counted_across_zero() {
        assert_eq!(ulps_f32(1.0, 1.0 + f32::EPSILON), Some(1));
        assert_eq!(ulps_f32(f32::from_bits(1), -f32::from_bits(1)), Some(2));
        assert_eq!(ulps_f32(0.0, -0.0), Some(0));
        assert_eq!(ulps_f32(0.0, f32::NAN), None);
        assert_eq!(ulps_f64(1.0, 1.0 + f64::EPSILON), Some(1));
        assert_eq!(ulps_f64(f64::MIN, f64::MAX), Some(u64::MAX - (1 << 53) - 1));
    }

    #[test]
    fn tiny_angles_are_not_lost_and_double_covers_do_not_count() {
        let turned = rotation_from_rpy(0.0, 0.0, 1e-4);
        let reversed = Rotation::from_xyzw(-turned.x, -turned.y, -turned.z, -turned.w);

        assert!((angle(Rotation::IDENTITY, turned) - 1e-4).abs() < 1e-8);
        assert!(angle(turned, reversed) < 1e-8);
        let half = rotation_from_rpy(std::f64::consts::PI, 0.0, 0.0);
        assert!((angle(Rotation::IDENTITY, half) - std::f64::consts::PI).abs() < 1e-3);
    }
}
