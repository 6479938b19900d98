//! Reference solutions without a closed form: equations of motion integrated in double
//! precision.

use nalgebra::{Quaternion, UnitQuaternion, Vector3};

/// Maximum step of the reference, s. The classical Runge-Kutta method is of fourth
/// order: at rates of some 10 rad/s the error after ten seconds is far below single
/// precision.
const LONGEST_STEP_S: f64 = 5e-4;

/// Advances `state` by `duration_s` with the derivative `rate` and the classical
/// Runge-Kutta method.
pub(super) fn integrate<const N: usize>(
    state: &mut [f64; N],
    duration_s: f64,
    rate: impl Fn(&[f64; N]) -> [f64; N],
) {
    let count = libm::ceil(duration_s / LONGEST_STEP_S - 1e-9).max(1.0);
    let h = duration_s / count;
    for _ in 0..count as u64 {
        let moved = |by: f64, slope: &[f64; N]| -> [f64; N] {
            std::array::from_fn(|i| state[i] + by * slope[i])
        };
        let first = rate(state);
        let second = rate(&moved(h / 2.0, &first));
        let third = rate(&moved(h / 2.0, &second));
        let fourth = rate(&moved(h, &third));
        *state = std::array::from_fn(|i| {
            state[i] + h / 6.0 * (first[i] + 2.0 * second[i] + 2.0 * third[i] + fourth[i])
        });
    }
}

/// A freely rotating rigid body: Euler's equations and its attitude.
pub(super) struct FreeTop {
    /// Principal moments, kg m^2.
    moments: Vector3<f64>,
    /// Attitude (w, x, y, z) and angular velocity in the body's axes.
    state: [f64; 7],
}

impl FreeTop {
    /// The initial state, with axes along those of the world; `spin` in rad/s.
    pub(super) fn new(moments: [f64; 3], spin: [f64; 3]) -> Self {
        let state = [1.0, 0.0, 0.0, 0.0, spin[0], spin[1], spin[2]];
        Self { moments: moments.into(), state }
    }

    /// Rotates for `duration_s`.
    pub(super) fn advance(&mut self, duration_s: f64) {
        let moments = self.moments;
        integrate(&mut self.state, duration_s, |state| {
            let spin = Vector3::new(state[4], state[5], state[6]);
            let turn = Quaternion::new(state[0], state[1], state[2], state[3]);
            let turning = turn * Quaternion::from_imag(spin) * 0.5;
            let torque = -spin.cross(&moments.component_mul(&spin));
            let change = torque.component_div(&moments);
            [turning.w, turning.i, turning.j, turning.k, change.x, change.y, change.z]
        });
    }

    /// Rotation from the body's axes to the world's.
    pub(super) fn turn(&self) -> UnitQuaternion<f64> {
        let [w, x, y, z, ..] = self.state;
        UnitQuaternion::new_normalize(Quaternion::new(w, x, y, z))
    }
}

/// Angle between two attitudes, rad, from the vector part, which is accurate for small
/// angles.
pub(super) fn angle_between(a: &UnitQuaternion<f64>, b: &UnitQuaternion<f64>) -> f64 {
    let apart = a.inverse() * b;
    2.0 * libm::atan2(apart.imag().norm(), apart.w.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_box_ends_where_the_published_trajectory_does() {
        let mut top = FreeTop::new([0.808_333_33, 0.683_333_33, 0.141_666_67], [0.1, 5.0, 0.1]);

        top.advance(10.0);

        // scipy at a relative tolerance of 1e-12.
        let expected = Quaternion::new(0.225_164_42, -0.619_927_63, -0.277_028_96, 0.698_745_78);
        let off = angle_between(&top.turn(), &UnitQuaternion::new_normalize(expected));
        assert!(off < 1e-6, "off by {off} rad");
    }
}
