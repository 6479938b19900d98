//! The current and recent poses of the robot on the floor.

use randori_core::math::{Pose, Rotation, Vector, yaw_rad};
use randori_core::policy::{Observation, RobotInterface};
use randori_core::sensor::Quantity;
use serde::{Deserialize, Serialize};

use super::super::BuiltinError;
use super::super::sensing::{Reading, base_from_link};

/// A pose on the floor: position in m and heading in rad about +Z.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) heading: f64,
}

impl Place {
    /// Position and heading of a pose, seen from above.
    pub(super) fn from_pose(pose: &Pose) -> Self {
        let [x, y] = [pose.translation.x, pose.translation.y].map(f64::from);
        Self { x, y, heading: f64::from(yaw_rad(pose)) }
    }

    /// Transforms a point from this frame to the outer one.
    pub(super) fn point(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (sin, cos) = (libm::sin(self.heading), libm::cos(self.heading));
        [self.x + cos * x - sin * y, self.y + sin * x + cos * y]
    }

    /// Transforms a point from the outer frame to this one.
    pub(super) fn inverse_point(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (sin, cos) = (libm::sin(self.heading), libm::cos(self.heading));
        let (dx, dy) = (x - self.x, y - self.y);
        [cos * dx + sin * dy, cos * dy - sin * dx]
    }

    /// Transforms the pose `inner` from this frame to the outer one.
    pub(super) fn compose(&self, inner: &Self) -> Self {
        let [x, y] = self.point([inner.x, inner.y]);
        Self { x, y, heading: wrapped(self.heading + inner.heading) }
    }

    fn between(&self, other: &Self, share: f64) -> Self {
        Self {
            x: self.x + (other.x - self.x) * share,
            y: self.y + (other.y - self.y) * share,
            heading: wrapped(self.heading + wrapped(other.heading - self.heading) * share),
        }
    }
}

/// Wraps an angle to [-pi, pi].
pub(super) fn wrapped(angle_rad: f64) -> f64 {
    angle_rad - std::f64::consts::TAU * libm::round(angle_rad / std::f64::consts::TAU)
}

/// The sensor for the pose of the robot's base.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Localizer {
    Truth { position: Reading, orientation: Reading, sensor_from_base: Pose },
    Odometry { pose: Reading, start: Place },
}

impl Localizer {
    /// The true position and orientation, if the robot has a sensor of both.
    pub(super) fn truth(interface: &RobotInterface) -> Option<Self> {
        let [vector, quaternion] = [Quantity::Vector, Quantity::Quaternion];
        interface.model.sensors.iter().find_map(|sensor| {
            let found = |channel| Reading::find(interface, &sensor.name, channel);
            let position = found("position").filter(|it| it.quantity == vector)?;
            let orientation = found("orientation").filter(|it| it.quantity == quaternion)?;
            let link = base_from_link(&interface.model, sensor.link.as_deref()?);
            let sensor_from_base = (link * sensor.pose.pose()).inverse();
            Some(Self::Truth { position, orientation, sensor_from_base })
        })
    }

    /// Wheel odometry from a known initial pose, if the robot has it.
    pub(super) fn odometry(interface: &RobotInterface, start: Place) -> Option<Self> {
        let mut sensors = interface.model.sensors.iter();
        let sensor = sensors.find(|sensor| sensor.kind.wheels().is_some())?;
        Some(Self::Odometry { pose: Reading::find(interface, &sensor.name, "pose")?, start })
    }

    /// The source selected by the parameter `localization`.
    pub(super) fn chosen(
        interface: &RobotInterface,
        choice: &str,
        start: Place,
    ) -> Option<Result<Self, BuiltinError>> {
        let (found, sensors) = match choice {
            "auto" => {
                let odometry = || Self::odometry(interface, start);
                (Self::truth(interface).or_else(odometry), "`GroundTruth` or `WheelOdometry`")
            }
            "truth" => (Self::truth(interface), "`GroundTruth`"),
            "odometry" => (Self::odometry(interface, start), "`WheelOdometry`"),
            _ => return None,
        };
        Some(found.ok_or_else(|| {
            BuiltinError::new("`goal_seeker` cannot tell where the robot is")
                .help(format!("add a sensor of the kind {sensors} to the robot"))
        }))
    }

    /// Full names of the input channels.
    pub(super) fn needs(&self) -> Vec<String> {
        match self {
            Self::Truth { position, orientation, .. } => {
                vec![position.name.clone(), orientation.name.clone()]
            }
            Self::Odometry { pose, .. } => vec![pose.name.clone()],
        }
    }

    /// The latest known pose of the base, and its tick.
    pub(super) fn locate(&self, observation: &Observation<'_>) -> Option<(u64, Place)> {
        match self {
            Self::Truth { position, orientation, sensor_from_base } => {
                let tick = position.measured_at(observation)?.0;
                let &[x, y, z] = position.get(observation)? else { return None };
                let &[i, j, k, w] = orientation.get(observation)? else { return None };
                let rotation = Rotation::from_xyzw(i, j, k, w);
                let sensor = Pose::from_parts(Vector::new(x, y, z), rotation);
                Some((tick, Place::from_pose(&(sensor * *sensor_from_base))))
            }
            Self::Odometry { pose, start } => {
                let tick = pose.measured_at(observation)?.0;
                let &[x, y, heading] = pose.get(observation)? else { return None };
                let [x, y, heading] = [x, y, heading].map(f64::from);
                Some((tick, start.compose(&Place { x, y, heading })))
            }
        }
    }
}

/// Recent poses, so that a scan that arrives late is placed at the pose at which it was taken.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Trail {
    places: Vec<(u64, Place)>,
}

/// Number of stored poses; at 20 control periods per second, more than a second.
const TRAIL_LENGTH: usize = 32;

impl Trail {
    /// Stores a pose unless it is already known.
    pub(super) fn record(&mut self, tick: u64, place: Place) {
        if self.places.last().is_some_and(|(last, _)| *last >= tick) {
            return;
        }
        if self.places.len() == TRAIL_LENGTH {
            self.places.remove(0);
        }
        self.places.push((tick, place));
    }

    /// The pose at `tick`, interpolated between its neighbours; the nearest known one outside their
    /// range.
    pub(super) fn at(&self, tick: u64) -> Option<Place> {
        let next = self.places.partition_point(|(known, _)| *known < tick);
        let Some((after_tick, after)) = self.places.get(next) else {
            return self.places.last().map(|(_, place)| *place);
        };
        let Some((before_tick, before)) = next.checked_sub(1).map(|index| &self.places[index])
        else {
            return Some(*after);
        };
        let share = (tick - before_tick) as f64 / (after_tick - before_tick) as f64;
        Some(before.between(after, share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_scan_is_laid_where_the_robot_was() {
        let mut trail = Trail::default();
        trail.record(10, Place { x: 1.0, y: 0.0, heading: 3.0 });
        trail.record(20, Place { x: 2.0, y: 4.0, heading: -3.0 });

        let half = trail.at(15).expect("two places are known");

        assert_eq!([half.x, half.y], [1.5, 2.0]);
        assert!((half.heading.abs() - std::f64::consts::PI).abs() < 1e-12, "{half:?}");
        assert_eq!(trail.at(5).map(|place| place.x), Some(1.0));
        assert_eq!(trail.at(50).map(|place| place.x), Some(2.0));
    }

    #[test]
    fn a_point_comes_back_from_another_frame() {
        let place = Place { x: 1.0, y: -2.0, heading: 0.7 };

        let [x, y] = place.inverse_point(place.point([0.3, 0.4]));

        assert!((x - 0.3).abs() < 1e-12 && (y - 0.4).abs() < 1e-12);
    }
}
