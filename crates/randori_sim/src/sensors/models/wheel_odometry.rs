//! Wheel odometry: planar pose and speed from the rotation of two wheels.

use std::f64::consts::{PI, TAU};

use randori_core::layout::DofId;
use randori_core::sensor::WheelOdometry;

use super::{Modelled, Place, SensorModel};
use crate::world::SimWorld;

/// Dead reckoning of a differential drive.
///
/// The pose is that of the point between the wheels in its frame at the start of the
/// run: X forward, Y left. Between measurements both wheels are assumed to turn at
/// constant rates, so the motion is an arc, which is integrated exactly. Slip causes
/// errors, as on real robots. Positive rotation of either wheel is forwards.
#[derive(Debug, Clone)]
struct Model {
    left: DofId,
    right: DofId,
    radius_m: f64,
    separation_m: f64,
    reckoned: Reckoned,
}

/// Planar pose from odometry.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reckoned {
    x_m: f64,
    y_m: f64,
    yaw_rad: f64,
    /// Wheel angles at the last measurement, rad.
    left_rad: f64,
    right_rad: f64,
}

impl Modelled for WheelOdometry {
    /// Starts at the origin with the initial wheel angles.
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        let (left, right) = (place.dof(&self.left)?, place.dof(&self.right)?);
        let reckoned = Reckoned {
            x_m: 0.0,
            y_m: 0.0,
            yaw_rad: 0.0,
            left_rad: f64::from(place.world.position(left)),
            right_rad: f64::from(place.world.position(right)),
        };
        let (radius_m, separation_m) = (self.radius, self.separation);
        Ok(Box::new(Model { left, right, radius_m, separation_m, reckoned }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let left_rad = f64::from(world.position(self.left));
        let right_rad = f64::from(world.position(self.right));
        let reckoned = &mut self.reckoned;
        let left_m = self.radius_m * (left_rad - reckoned.left_rad);
        let right_m = self.radius_m * (right_rad - reckoned.right_rad);
        reckoned.follow_arc(left_m, right_m, self.separation_m);
        (reckoned.left_rad, reckoned.right_rad) = (left_rad, right_rad);

        let left_mps = self.radius_m * f64::from(world.velocity(self.left));
        let right_mps = self.radius_m * f64::from(world.velocity(self.right));
        out.extend([reckoned.x_m as f32, reckoned.y_m as f32, reckoned.yaw_rad as f32]);
        out.extend([
            f64::midpoint(left_mps, right_mps) as f32,
            ((right_mps - left_mps) / self.separation_m) as f32,
        ]);
    }

    fn state(&self) -> Vec<f64> {
        let Reckoned { x_m, y_m, yaw_rad, left_rad, right_rad } = self.reckoned;
        vec![x_m, y_m, yaw_rad, left_rad, right_rad]
    }

    fn set_state(&mut self, state: &[f64]) -> bool {
        let &[x_m, y_m, yaw_rad, left_rad, right_rad] = state else { return false };
        self.reckoned = Reckoned { x_m, y_m, yaw_rad, left_rad, right_rad };
        true
    }
}

impl Reckoned {
    /// Moves along the arc given by the distances (m) of the wheels.
    fn follow_arc(&mut self, left_m: f64, right_m: f64, separation_m: f64) {
        let forward = f64::midpoint(left_m, right_m);
        let turn = (right_m - left_m) / separation_m;
        // The chord of an arc is arc length * sin(turn / 2) / (turn / 2), along
        // the heading halfway through the turn.
        let half = turn / 2.0;
        let chord = if half.abs() < 1e-9 { forward } else { forward * libm::sin(half) / half };
        self.x_m += chord * libm::cos(self.yaw_rad + half);
        self.y_m += chord * libm::sin(self.yaw_rad + half);
        self.yaw_rad = wrap(self.yaw_rad + turn);
    }
}

/// The same angle in [-pi, pi].
fn wrap(angle_rad: f64) -> f64 {
    if angle_rad.abs() <= PI { angle_rad } else { libm::remainder(angle_rad, TAU) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    fn origin() -> Reckoned {
        Reckoned { x_m: 0.0, y_m: 0.0, yaw_rad: 0.0, left_rad: 0.0, right_rad: 0.0 }
    }

    #[test]
    fn a_quarter_circle_in_one_measurement_is_exact() {
        // Radius 2 m about (0, 2), wheels 0.5 m apart.
        let mut state = origin();

        state.follow_arc(1.75 * FRAC_PI_2, 2.25 * FRAC_PI_2, 0.5);

        assert!((state.x_m - 2.0).abs() < 1e-12, "{state:?}");
        assert!((state.y_m - 2.0).abs() < 1e-12, "{state:?}");
        assert!((state.yaw_rad - FRAC_PI_2).abs() < 1e-12, "{state:?}");
    }

    #[test]
    fn one_arc_equals_many_short_ones() {
        let (mut once, mut often) = (origin(), origin());

        once.follow_arc(3.0, 4.0, 0.5);
        for _ in 0..1000 {
            often.follow_arc(0.003, 0.004, 0.5);
        }

        assert!((once.x_m - often.x_m).abs() < 1e-9, "{once:?} {often:?}");
        assert!((once.y_m - often.y_m).abs() < 1e-9, "{once:?} {often:?}");
        assert!((once.yaw_rad - often.yaw_rad).abs() < 1e-9, "{once:?} {often:?}");
    }

    #[test]
    fn the_heading_stays_within_half_a_turn() {
        let mut state = origin();

        state.follow_arc(-1.0, 1.0, 0.5);

        assert!((state.yaw_rad - (4.0 - TAU)).abs() < 1e-12, "{state:?}");
    }
}
