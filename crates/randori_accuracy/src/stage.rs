//! A small scenario from text, and its world in double precision.

use nalgebra::{Quaternion, UnitQuaternion, Vector3};
use randori_core::layout::{BodyId, DofId, SceneLayout};
use randori_core::math::{Rotation, Vector};
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_core::time::{Tick, TickPeriod};

use super::settings;
use randori_sim::world::{SimWorld, WorldFault};

/// Standard gravity, m/s^2.
pub(super) const G: f64 = 9.81;
/// Gravity of most cases.
pub(super) const DOWN: [f64; 3] = [0.0, 0.0, -G];
/// For bodies in free flight.
pub(super) const WEIGHTLESS: [f64; 3] = [0.0; 3];

/// Differences between the scenarios of the cases.
pub(super) struct Stage<'a> {
    /// m/s^2, in the world.
    pub(super) gravity: [f64; 3],
    /// Fields of the environment besides format and name.
    pub(super) environment: &'a str,
    /// The robot file, and the fields of its entry besides name (`robot`) and `model`.
    pub(super) robot: Option<(&'a str, &'a str)>,
}

impl Stage<'_> {
    /// The initial world, with the common settings.
    pub(super) fn build(&self, rate_hz: u32) -> Course {
        let [x, y, z] = self.gravity;
        let frequency = settings(rate_hz).contact_frequency_hz;
        let entry = self.robot.map_or(String::new(), |(_, entry)| {
            format!("(name: \"robot\", model: \"robot.ron\", {entry})")
        });
        let scenario = format!(
            "Scenario(format: 1, title: \"case\", duration: 1.0, environment: \"world.ron\", \
             physics: (preset: Default, rate_hz: {rate_hz}, contact_frequency_hz: {frequency:?}, \
             gravity: ({x:?}, {y:?}, {z:?})), robots: [{entry}])"
        );
        let environment = format!("Environment(format: 1, name: \"world\", {})", self.environment);
        let mut files = MemoryFiles::new([("world.ron", environment), ("case.ron", scenario)]);
        if let Some((robot, _)) = self.robot {
            files.insert("robot.ron", robot);
        }
        let text = ScenarioText::load(&files, "case.ron", &Limits::default());
        let loaded = text.and_then(|text| text.resolve(&[]));
        let scenario = match loaded {
            Ok(loaded) => loaded.scenario,
            Err(errors) => panic!("the text of a case must be valid: {}", errors.short()),
        };
        let layout = SceneLayout::new(&scenario);
        let world = SimWorld::build(&scenario, &layout);
        let world = world.expect("the engine must be able to represent a case");
        let period = TickPeriod::from_rate_hz(rate_hz).expect("the rate divides a second");
        Course { world, layout, period }
    }
}

/// A running case.
pub(super) struct Course {
    pub(super) world: SimWorld,
    layout: SceneLayout,
    period: TickPeriod,
}

/// Pose and velocity of a body, in the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    /// Position of its frame, m.
    pub(super) place: Vector3<f64>,
    /// Rotation from its axes to the world's.
    pub(super) turn: UnitQuaternion<f64>,
    /// Velocity of its frame's origin, m/s.
    pub(super) velocity: Vector3<f64>,
    /// Angular velocity, rad/s.
    pub(super) spin: Vector3<f64>,
}

impl Course {
    /// Makes one step.
    pub(super) fn step(&mut self) -> Result<(), WorldFault> {
        self.world.advance()
    }

    /// Length of a step, s.
    pub(super) fn step_s(&self) -> f64 {
        self.period.seconds()
    }

    /// Simulated time, s.
    pub(super) fn time_s(&self) -> f64 {
        self.period.time_s(Tick(self.world.ticks()))
    }

    /// Number of steps nearest to a duration.
    pub(super) fn steps_in(&self, seconds: f64) -> u64 {
        self.period.ticks_nearest(seconds)
    }

    /// The body with this path.
    pub(super) fn body(&self, path: &str) -> BodyId {
        self.layout.body(path).expect("cases name bodies that they have")
    }

    /// The degree of freedom of a joint of the robot.
    pub(super) fn joint(&self, name: &str) -> DofId {
        self.layout.dof(&format!("robot.{name}")).expect("cases name joints that they have")
    }

    /// Pose and velocity of a body.
    pub(super) fn motion(&self, body: BodyId) -> Motion {
        let (pose, twist) = (self.world.body_pose(body), self.world.body_twist(body));
        Motion {
            place: wide(pose.translation),
            turn: wide_turn(pose.rotation),
            velocity: wide(twist.linear),
            spin: wide(twist.angular),
        }
    }

    /// Coordinate and rate of a degree of freedom.
    pub(super) fn coordinate(&self, dof: DofId) -> [f64; 2] {
        [self.world.position(dof).into(), self.world.velocity(dof).into()]
    }
}

fn wide(vector: Vector) -> Vector3<f64> {
    Vector3::new(vector.x.into(), vector.y.into(), vector.z.into())
}

fn wide_turn(turn: Rotation) -> UnitQuaternion<f64> {
    let parts = [turn.w, turn.x, turn.y, turn.z].map(f64::from);
    UnitQuaternion::new_normalize(Quaternion::new(parts[0], parts[1], parts[2], parts[3]))
}

/// A vector in the type of the engine.
pub(super) fn narrow(vector: &Vector3<f64>) -> Vector {
    Vector::new(vector.x as f32, vector.y as f32, vector.z as f32)
}

/// The largest of the values so far.
pub(super) fn raise(worst: &mut f64, value: f64) {
    // NaN must not be ignored.
    if value.is_nan() || value > *worst {
        *worst = value;
    }
}
