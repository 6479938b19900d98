//! Viewpoints.

use bevy::prelude::Resource;
use randori_core::layout::{BodyId, RobotId};
use randori_core::math::{Pose, Rotation, Vector};

use crate::run::Run;
use crate::scene::body_bounds;

use super::Orbit;

/// Vertical field of view of cameras mounted on bodies, rad.
pub(super) const RIDING_FOV: f32 = 1.2;

/// The viewpoint of the picture.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum View {
    /// Orbits a point; see [`Orbit`].
    #[default]
    Orbit,
    /// From the upper front edge of a body, along its X axis.
    Ride(BodyId),
    /// From the frame of a sensor, along its X axis.
    Sensor {
        /// The robot that carries it.
        robot: RobotId,
        /// Index of the sensor in the robot file.
        sensor: usize,
    },
}

impl View {
    /// Pose of the camera in the world, X ahead and Z up; `None` for an orbit, and
    /// if the body or sensor does not exist.
    pub(crate) fn pose(self, run: &Run) -> Option<Pose> {
        let (scenario, layout, record) = (run.scenario()?, run.layout()?, run.record()?);
        let pose_of = |body: BodyId| Some(record.state.bodies.get(body.0)?.pose);
        match self {
            Self::Orbit => None,
            Self::Ride(body) => {
                let bounds = body_bounds(scenario, layout, body);
                let eye = bounds.map_or(Vector::ZERO, |bounds| {
                    Vector::new(bounds.high.x, bounds.middle().y, bounds.high.z)
                });
                Some(pose_of(body)? * Pose::from_parts(eye, Rotation::IDENTITY))
            }
            Self::Sensor { robot, sensor } => {
                let body = layout.robots.get(robot.0)?.sensors.get(sensor)?.body?;
                let spec = scenario.robots.get(robot.0)?.sensors.get(sensor)?;
                Some(pose_of(body)? * spec.pose.pose())
            }
        }
    }
}

/// An entry of the list of cameras: a view, and the body that the orbit follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Free,
    Follow(BodyId),
    Other(View),
}

impl Choice {
    /// The current choice.
    pub(super) fn now(view: View, orbit: &Orbit) -> Self {
        match (view, orbit.follow) {
            (View::Orbit, None) => Self::Free,
            (View::Orbit, Some(body)) => Self::Follow(body),
            (other, _) => Self::Other(other),
        }
    }

    /// All choices with their names; `subject` is the followed body.
    pub(super) fn all(run: &Run, subject: Option<BodyId>) -> Vec<(Self, String)> {
        let mut all = vec![(Self::Free, "Free".to_owned())];
        let Some(layout) = run.layout() else { return all };
        if let Some(body) = subject {
            let name = layout.body_name(body);
            all.push((Self::Follow(body), format!("Follow {name}")));
            if body.0 < layout.bodies.len() {
                all.push((Self::Other(View::Ride(body)), format!("On {name}")));
            }
        }
        for (index, robot) in layout.robots.iter().enumerate() {
            let carried = robot.sensors.iter().enumerate().filter(|(_, it)| it.body.is_some());
            all.extend(carried.map(|(sensor, it)| {
                let view = View::Sensor { robot: RobotId(index), sensor };
                (Self::Other(view), format!("{}.{}", robot.name, it.name))
            }));
        }
        all
    }

    /// The next entry of the list, cyclically.
    pub(super) fn next(self, all: &[(Self, String)]) -> Self {
        let at = all.iter().position(|(choice, _)| *choice == self);
        let next = match at {
            Some(at) => all.get(at + 1),
            // Another body is followed, such as one that was selected before.
            None => all.get(1),
        };
        next.or(all.first()).map_or(Self::Free, |(choice, _)| *choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_come_one_after_the_other_and_around() {
        let sensor = Choice::Other(View::Sensor { robot: RobotId(0), sensor: 0 });
        let all = [Choice::Free, Choice::Follow(BodyId(0)), sensor].map(|it| (it, String::new()));

        assert_eq!(Choice::Free.next(&all), Choice::Follow(BodyId(0)));
        assert_eq!(Choice::Follow(BodyId(0)).next(&all), sensor);
        assert_eq!(sensor.next(&all), Choice::Free);
        assert_eq!(Choice::Follow(BodyId(9)).next(&all), Choice::Follow(BodyId(0)));
    }

    #[test]
    fn an_orbit_that_follows_nothing_is_free() {
        let orbit = Orbit::default();
        let follows = Orbit { follow: Some(BodyId(3)), ..orbit };

        assert_eq!(Choice::now(View::Orbit, &orbit), Choice::Free);
        assert_eq!(Choice::now(View::Orbit, &follows), Choice::Follow(BodyId(3)));
    }
}
