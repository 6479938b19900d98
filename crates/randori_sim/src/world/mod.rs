//! The world of a scenario: the only module that depends on the physics engine.
//!
//! [`SimWorld::build`] turns a checked scenario into bodies and joints of the engine
//! (Rapier), and [`SimWorld::advance`] steps them by one tick. The interface uses
//! indices of the scene layout and the frames that the user defined; welded groups of
//! links and the engine's own frames are internal. Robots are trees in reduced
//! coordinates, computed by `randori_bodies` with the engine's contacts.
//!
//! This module adds features that the engine lacks: drives with real limits and applied
//! torques, impulses on articulated bodies, payloads, contact wrenches per link,
//! distances, deep clones and snapshots.
//!
//! Start reading at [`SimWorld`]; `build` contains the construction.

mod act;
mod alone;
mod build;
mod contact;
mod copy;
mod drive;
mod dropped;
pub mod dynamics;
mod error;
mod guard;
pub mod inertia;
mod look;
mod manifold;
mod overlap;
mod query;
mod rays;
mod renewal;
mod rest;
mod robot;
mod rules;
mod scene;
mod shape;
mod snapshot;
mod state;
mod surface;
mod tree;
mod trees;

use std::sync::Arc;

use randori_core::layout::{BodyId, DofId, RobotId, SceneLayout};
use randori_core::math::{Pose, Twist, Vector};
use randori_core::record::WorldState;
use randori_core::spec::Scenario;
use rapier3d::prelude::PhysicsWorld;

pub use self::drive::JointDrive;
pub use self::dropped::DroppedBox;
pub use self::error::{SnapshotError, WorldError, WorldFault};
pub use self::guard::is_guarded;
pub use self::look::{ContactPoint, DepthCamera};
pub use self::overlap::Overlap;
pub use self::query::RayHit;

pub(crate) use self::guard::guarded;

use self::act::Actions;
use self::rest::RestState;
use self::rules::Hooks;
use self::scene::{Placing, Scene};
use self::trees::Trees;

/// All bodies of a scenario, and their collision geometry.
///
/// All poses and velocities are in the world frame, at the frame origin of the link,
/// object or actor as the user defined it. A clone is deep and continues with identical bits.
///
/// ```
/// use randori_core::layout::SceneLayout;
/// use randori_sim::world::SimWorld;
///
/// # use randori_core::text::{Limits, MemoryFiles, ScenarioText};
/// # let files = MemoryFiles::new([
/// #     ("room.ron", r#"Environment(format: 1, name: "room", ground: (), objects: [(name: "ball",
/// #         mobility: Movable(mass_kg: 1.0), shapes: [(shape: Sphere(radius: 0.1))],
/// #         pose: (xyz: (0.0, 0.0, 1.0)))])"#),
/// #     ("drop.ron", r#"Scenario(format: 1, title: "drop", duration: 1.0, environment: "room.ron",
/// #         goals: [(name: "lands", require: "eventually (z(ball) < 0.11 m)")])"#),
/// # ]);
/// # let text = ScenarioText::load(&files, "drop.ron", &Limits::default())?;
/// # let scenario = text.resolve(&[])?.scenario;
/// let layout = SceneLayout::new(&scenario);
/// let ball = layout.body("ball").ok_or("there is a ball")?;
/// let mut world = SimWorld::build(&scenario, &layout)?;
/// while world.body_twist(ball).linear.z > -1.0 {
///     world.advance()?;
/// }
///
/// assert!((world.body_pose(ball).translation.z - 0.949).abs() < 2e-3, "h = v^2 / 2 g");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SimWorld {
    physics: PhysicsWorld,
    /// The constant part: names, handles, structure.
    scene: Arc<Scene>,
    /// Placement of bodies in the engine, which payloads change.
    placing: Vec<Placing>,
    /// Active drives, forces and payloads.
    actions: Actions,
    /// Movable robots, and objects near them; `None` if there are none.
    trees: Option<Box<Trees>>,
    /// Boxes dropped by users, the bodies after those of the scene.
    dropped: Vec<DroppedBox>,
    /// The state after the last step, in user frames.
    state: WorldState,
    /// Poses of objects when they became slow.
    rest: RestState,
    ticks: u64,
    fault: Option<WorldFault>,
}

impl SimWorld {
    /// Builds the world of a checked scenario, in its initial state.
    ///
    /// Joints start at the coordinates of the layout; followers of a coupling start at
    /// the coordinate that it gives.
    ///
    /// # Errors
    ///
    /// If the engine cannot represent an item; the error names it, with advice.
    pub fn build(scenario: &Scenario, layout: &SceneLayout) -> Result<Self, WorldError> {
        guarded(|| build::build(scenario, layout)).unwrap_or_else(|message| {
            Err(WorldError::Engine { place: "the start".to_owned(), message })
        })
    }

    /// Advances by one step of the scenario's tick length.
    ///
    /// # Errors
    ///
    /// If the state of a body is not finite. The world must not be used further; every
    /// later call returns the same error.
    pub fn advance(&mut self) -> Result<(), WorldFault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        self.apply_actions();
        self.bare_step();
        self.watch_rest();
        self.ticks += 1;
        self.refresh_state().inspect_err(|fault| self.fault = Some(fault.clone()))
    }

    /// The physics step alone, for benchmarks of the remaining cost of a tick.
    #[doc(hidden)]
    pub fn bare_step(&mut self) {
        if let Some(mut trees) = self.trees.take() {
            self.step_trees(&mut trees);
            self.trees = Some(trees);
        } else {
            let hooks = Hooks { scene: &self.scene, reaches: &[], bounds: &[] };
            self.physics.step_with_events(&hooks, &());
        }
    }

    /// Number of steps made.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Gravity, m/s^2.
    pub fn gravity(&self) -> Vector {
        self.physics.gravity
    }

    /// Pose of a body's frame in the world.
    pub fn body_pose(&self, body: BodyId) -> Pose {
        self.body_state(body).pose
    }

    /// Velocity of a body's frame in the world.
    pub fn body_twist(&self, body: BodyId) -> Twist {
        self.body_state(body).twist
    }

    /// The body's own mass with its payload, kg: of the link alone, even if it is
    /// welded to other links or fixed to the world; 0 for static objects and actors,
    /// which have none.
    pub fn body_mass(&self, body: BodyId) -> f32 {
        match self.dropped_index(body) {
            Some(index) => self.dropped[index].mass_kg(),
            None => self.placing[body.0].mass_kg,
        }
    }

    /// Centre of mass of a robot in the world, m.
    pub fn center_of_mass(&self, robot: RobotId) -> Vector {
        let bodies = self.scene.robots[robot.0].bodies.clone();
        let (mut mass, mut moment) = (0.0, Vector::ZERO);
        for (placing, state) in self.placing[bodies.clone()].iter().zip(&self.state.bodies[bodies])
        {
            mass += placing.mass_kg;
            moment += state.pose * placing.com * placing.mass_kg;
        }
        moment / mass
    }

    /// Coordinate of a degree of freedom, rad or m.
    pub fn position(&self, dof: DofId) -> f32 {
        self.state.positions[dof.0]
    }

    /// Velocity of a degree of freedom, rad/s or m/s.
    pub fn velocity(&self, dof: DofId) -> f32 {
        self.state.velocities[dof.0]
    }

    /// Torque (N m) or force (N) that the drive exerts at the end of the last
    /// step, after its limit; 0 before the first step.
    ///
    /// The engine does not report motor torques, so this is the control law of the
    /// drive with the coordinate and the velocity at the end of the step, which is the
    /// equation that an implicit drive solves. With several substeps per tick it is the
    /// torque of the last one.
    pub fn drive_torque(&self, dof: DofId) -> f32 {
        self.state.torques[dof.0]
    }

    /// Copies the whole state to `out`, and reuses its memory.
    pub fn write_state(&self, out: &mut WorldState) {
        out.clone_from(&self.state);
    }

    /// Copies only the state of dropped boxes.
    pub(crate) fn write_dropped(&self, out: &mut WorldState) {
        out.dropped.clone_from(&self.state.dropped);
    }
}
