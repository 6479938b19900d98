//! Builds a world from a checked scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use nalgebra::{Isometry3, Rotation3, SymmetricEigen, UnitQuaternion};
use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::{BodyState, WorldState};
use randori_core::spec::{
    ActorModel, ActorSpec, MaterialSpec, Mobility, ObjectSpec, PhysicsSettings, Scenario, ShapeSpec,
};
use randori_core::time::TickPeriod;
use rapier3d::parry::partitioning::Bvh;
use rapier3d::prelude::{
    ActiveHooks, ColliderBuilder, ColliderHandle, FrictionModel, IntegrationParameters,
    NarrowPhase, PhysicsWorld, RigidBodyBuilder, RigidBodyHandle, SharedShape,
};

use super::act::Actions;
use super::dynamics::spatial::narrow;
use super::guard::guarded;
use super::inertia::{MassProperties, shape_mass_properties};
use super::manifold::{FaceContacts, has_large_face};
use super::rest::{RestState, let_rest};
use super::rules::{ContactRules, Hooks, surface_tag};
use super::scene::{BodyEntry, MassGroup, Member, Placing, Role, Scene};
use super::shape::collision_shape;
use super::surface::{GroupBits, Surface};
use super::trees::{Trees, TreesBuilder, for_trees};
use super::{SimWorld, WorldError, robot};
use crate::actor_path::{ActorPath, Footing};
use crate::hash::StateHasher;

pub(super) fn build(scenario: &Scenario, layout: &SceneLayout) -> Result<SimWorld, WorldError> {
    let settings = scenario.physics();
    let mut builder = Builder::new(layout, GroupBits::of(scenario)?, &settings);
    if needs_trees(scenario) {
        builder.trees = Some(TreesBuilder::new(&settings));
    }
    builder.insert_ground(scenario);
    for robot in 0..scenario.robots.len() {
        robot::insert(&mut builder, scenario, RobotId(robot))?;
    }
    for (index, object) in layout.objects.clone().zip(&scenario.environment.objects) {
        builder.insert_object(index, object, &scenario.environment.materials)?;
    }
    let ground = scenario.environment.ground.as_ref().map_or(0.0, |ground| ground.height);
    for (index, actor) in layout.actors.clone().zip(&scenario.spec.actors) {
        builder.insert_actor(index, actor, ground as f32);
    }
    builder.finish()
}

/// True if trees move any body of a scenario: robots, and objects that touch surfaces
/// with properties that the engine does not support.
fn needs_trees(scenario: &Scenario) -> bool {
    let environment = &scenario.environment;
    let of_objects = environment.objects.iter().flat_map(|object| &object.shapes);
    let links = scenario.robots.iter().flat_map(|robot| &robot.links);
    let mut shapes = of_objects.chain(links.flat_map(|link| &link.shapes));
    scenario.robots.iter().any(robot::moves)
        || environment.ground.as_ref().is_some_and(|it| Surface::of_ground(it).is_special())
        || shapes.any(|shape| {
            shape.softness.is_some()
                || shape.torsional_friction > 0.0
                || shape.rolling_friction > 0.0
        })
}

/// A world under construction.
pub(super) struct Builder<'a> {
    pub(super) layout: &'a SceneLayout,
    pub(super) physics: PhysicsWorld,
    pub(super) scene: Scene,
    pub(super) placing: Vec<Placing>,
    trees: Option<TreesBuilder>,
    bits: GroupBits,
}

/// Owner of a shape: its body, and the rigid body that gets the collider.
pub(super) struct Carrier<'a> {
    pub(super) body: usize,
    pub(super) handle: RigidBodyHandle,
    pub(super) rapier_from_body: Pose,
    pub(super) materials: &'a BTreeMap<String, MaterialSpec>,
}

impl<'a> Builder<'a> {
    fn new(layout: &'a SceneLayout, bits: GroupBits, settings: &PhysicsSettings) -> Self {
        let period = TickPeriod::from_rate_hz(settings.rate_hz)
            .expect("the checker accepts only rates that divide a second");
        let physics = PhysicsWorld {
            gravity: narrow(&settings.gravity.into()),
            narrow_phase: NarrowPhase::with_query_dispatcher(FaceContacts),
            integration_parameters: parameters(settings, period.seconds() as f32),
            ..PhysicsWorld::default()
        };
        let entry = |path: &String| BodyEntry {
            path: path.clone(),
            handle: RigidBodyHandle::invalid(),
            mass_group: None,
            colliders: Vec::new(),
            radius: 0.0,
            role: Role::Static,
        };
        let scene = Scene {
            bodies: layout.bodies.iter().map(|body| entry(&body.path)).collect(),
            robots: Vec::new(),
            forest: None,
            masses: Vec::new(),
            rules: ContactRules::default(),
            scenery: Bvh::new(),
            counts: [0; 2],
            loose: Vec::new(),
            substep_s: (period.seconds() / f64::from(settings.substeps)) as f32,
            tick_s: period.seconds() as f32,
            dropped_groups: bits.of_default(),
            dropped_surface: 0,
            fingerprint: fingerprint(layout, period),
        };
        let nowhere = Placing { rapier_from_body: Pose::IDENTITY, mass_kg: 0.0, com: Vector::ZERO };
        let placing = vec![nowhere; layout.bodies.len()];
        Self { layout, physics, scene, placing, trees: None, bits }
    }

    /// The trees under construction.
    ///
    /// # Panics
    ///
    /// If no body needs them, see [`needs_trees`].
    pub(super) fn trees(&mut self) -> &mut TreesBuilder {
        self.trees.as_mut().expect("only worlds with trees ask for them")
    }

    fn has_trees(&self) -> bool {
        self.trees.is_some()
    }

    /// Registers a body with its colliders.
    pub(super) fn insert_body(
        &mut self,
        carrier: &Carrier<'_>,
        role: Role,
        shapes: &[ShapeSpec],
    ) -> Result<Vec<(ColliderHandle, Pose)>, WorldError> {
        let mut placed = Vec::new();
        for (number, shape) in shapes.iter().enumerate() {
            placed.push(self.insert_shape(carrier, number, shape)?);
        }
        let entry = &mut self.scene.bodies[carrier.body];
        entry.handle = carrier.handle;
        entry.role = role;
        entry.colliders = placed.iter().map(|(handle, _)| *handle).collect();
        self.placing[carrier.body].rapier_from_body = carrier.rapier_from_body;
        if matches!(role, Role::Loose | Role::Actor) {
            self.scene.loose.push(carrier.body);
        }
        Ok(placed)
    }

    fn insert_shape(
        &mut self,
        carrier: &Carrier<'_>,
        number: usize,
        spec: &ShapeSpec,
    ) -> Result<(ColliderHandle, Pose), WorldError> {
        let path = &self.scene.bodies[carrier.body].path;
        let built = guarded(|| collision_shape(spec))
            .unwrap_or_else(|message| Err(format!("the physics engine failed ({message})")));
        let (shape, body_from_shape) = built.map_err(|why| WorldError::Shape {
            body: path.clone(),
            shape: spec.name.clone().unwrap_or_else(|| (number + 1).to_string()),
            why,
        })?;
        let surface = Surface::of(spec, carrier.materials, path)?;
        let tag = owner_tag(carrier.body, self.layout.bodies[carrier.body].robot);
        let follows_load = has_large_face(&*shape);
        let mut collider = surface.cover(ColliderBuilder::new(shape));
        if follows_load {
            // The engine reuses the contact points of earlier ticks unless it calls
            // hooks; but the choice of four among many corners must follow the load.
            collider.active_hooks |= ActiveHooks::FILTER_CONTACT_PAIRS;
        }
        let collider = collider
            .density(0.0)
            .collision_groups(self.bits.of_shape(spec))
            .user_data(tag | surface_tag(self.scene.rules.add(surface)))
            .position(carrier.rapier_from_body * body_from_shape);
        let collider = if self.has_trees() { for_trees(collider) } else { collider };
        let handle = self.physics.insert_collider(collider, Some(carrier.handle));
        let shape = self.physics.colliders[handle].shape();
        if shape.as_halfspace().is_none() {
            let bounds = shape.compute_local_aabb();
            let lengths = bounds.vertices().map(|corner| (body_from_shape * corner).length());
            let radius = &mut self.scene.bodies[carrier.body].radius;
            *radius = lengths.into_iter().fold(*radius, f32::max);
        }
        Ok((handle, body_from_shape))
    }

    fn insert_ground(&mut self, scenario: &Scenario) {
        let Some(ground) = &scenario.environment.ground else { return };
        let place = Vector::new(0.0, 0.0, ground.height as f32);
        let surface = Surface::of_ground(ground);
        let collider = surface
            .cover(ColliderBuilder::new(SharedShape::halfspace(Vector::Z)))
            .collision_groups(self.bits.of_default())
            .user_data(surface_tag(self.scene.rules.add(surface)));
        let ground = RigidBodyBuilder::fixed().translation(place);
        self.physics.insert(ground, collider);
    }

    fn insert_object(
        &mut self,
        body: usize,
        object: &ObjectSpec,
        materials: &BTreeMap<String, MaterialSpec>,
    ) -> Result<(), WorldError> {
        let pose = object.pose.pose();
        let (rigid, mass, role) = match object.mobility {
            Mobility::Static => (RigidBodyBuilder::fixed().pose(pose), None, Role::Static),
            Mobility::Movable { mass_kg, linear_velocity, angular_velocity } => {
                let mass = spread_mass(object, mass_kg);
                let turning = narrow(&angular_velocity.into());
                let lever = pose.rotation * narrow(&mass.com);
                let rigid = RigidBodyBuilder::dynamic()
                    .pose(pose)
                    .linvel(narrow(&linear_velocity.into()) + turning.cross(lever))
                    .angvel(turning)
                    .allow_fast_rotation(true)
                    .additional_mass_properties(engine_mass(&mass));
                (rigid, Some(mass), Role::Loose)
            }
        };
        let handle = self.physics.insert_body(rigid);
        let_rest(&mut self.physics.bodies[handle]);
        let carrier = Carrier { body, handle, rapier_from_body: Pose::IDENTITY, materials };
        self.insert_body(&carrier, role, &object.shapes)?;
        if let Some(own) = mass {
            self.weigh(body, &own);
            let member = Member { body, group_from_body: Isometry3::identity(), own };
            self.insert_mass(MassGroup { handle, members: vec![member] })?;
        }
        Ok(())
    }

    fn insert_actor(&mut self, body: usize, actor: &ActorSpec, ground: f32) {
        let ActorModel::Pedestrian { height, radius } = actor.model;
        let (height, radius) = (height as f32, radius as f32);
        let (pose, capsule_from_feet) =
            (actor_start(actor, ground), Pose::from_translation(Vector::Z * (-height / 2.0)));
        let rigid = RigidBodyBuilder::kinematic_position_based()
            .pose(pose * capsule_from_feet.inverse())
            .can_sleep(false);
        let surface = Surface::plain();
        let capsule = SharedShape::capsule_z((height / 2.0 - radius).max(0.0), radius);
        let collider = surface
            .cover(ColliderBuilder::new(capsule))
            .collision_groups(self.bits.of_default())
            .user_data(owner_tag(body, None) | surface_tag(self.scene.rules.add(surface)));
        let (handle, collider) = self.physics.insert(rigid, collider);
        let entry = &mut self.scene.bodies[body];
        entry.handle = handle;
        entry.role = Role::Actor;
        entry.colliders = vec![collider];
        entry.radius = height;
        self.placing[body].rapier_from_body = capsule_from_feet;
        self.scene.loose.push(body);
    }

    /// Stores the mass and the placement of a body.
    pub(super) fn weigh(&mut self, body: usize, own: &MassProperties) {
        let placing = &mut self.placing[body];
        placing.mass_kg = own.mass_kg as f32;
        placing.com = narrow(&own.com);
    }

    /// Registers a rigid body with mass; an error if it has no inertia.
    pub(super) fn insert_mass(&mut self, group: MassGroup) -> Result<(), WorldError> {
        let path = || self.scene.bodies[group.members[0].body].path.clone();
        let whole = group.mass(&[]);
        if whole.inertia.diagonal().min() <= 0.0 && self.is_alone(&group) {
            return Err(WorldError::NoInertia { body: path() });
        }
        for member in &group.members {
            self.scene.bodies[member.body].mass_group = Some(self.scene.masses.len());
        }
        self.scene.masses.push(group);
        Ok(())
    }

    /// True if the engine would treat a missing inertia as infinite.
    fn is_alone(&self, group: &MassGroup) -> bool {
        self.scene.bodies[group.members[0].body].role == Role::Loose
    }

    fn finish(mut self) -> Result<SimWorld, WorldError> {
        self.scene.dropped_surface = self.scene.rules.add(Surface::plain());
        self.scene.rules.note_special(&self.scene.bodies, &self.physics.colliders);
        let mut trees = None;
        if let Some(builder) = self.trees.take() {
            let (forest, built) = builder.finish(f64::from(self.scene.tick_s))?;
            self.scene.forest = Some(forest);
            trees = Some(Box::new(built));
        }
        // A step of zero duration initialises the engine: colliders follow the links to
        // the initial configuration, and contacts, rays and islands are valid from the
        // first tick.
        let dt = std::mem::replace(&mut self.physics.integration_parameters.dt, 0.0);
        if let Some(trees) = &mut trees {
            trees.note_bounds(&self.scene, &self.physics);
            trees.settle(&mut self.physics);
            self.scene.scenery = scenery(&self.scene, &self.physics);
        }
        self.scene.counts = [self.physics.bodies.len(), self.physics.colliders.len()];
        let hooks = Hooks { scene: &self.scene, reaches: &[], bounds: &[] };
        let stepped = guarded(|| self.physics.step_with_events(&hooks, &()));
        self.physics.integration_parameters.dt = dt;

        let dofs = self.layout.dofs.len();
        let mut world = SimWorld {
            physics: self.physics,
            actions: Actions::new(self.scene.bodies.len(), dofs),
            state: WorldState {
                bodies: vec![BodyState::default(); self.scene.bodies.len()],
                positions: vec![0.0; dofs],
                velocities: vec![0.0; dofs],
                torques: vec![0.0; dofs],
                dropped: Vec::new(),
            },
            trees,
            dropped: Vec::new(),
            rest: RestState::default(),
            scene: Arc::new(self.scene),
            placing: self.placing,
            ticks: 0,
            fault: None,
        };
        stepped.map_err(|message| world.unbuildable(message))?;
        // With the step lengths of the first tick.
        world.change_trees(Trees::renew_bounds);
        world.place_static_bodies();
        world.start_trees();
        world.rest_engine();
        world.read_state();
        Ok(world)
    }
}

impl MassGroup {
    /// Mass properties in the group frame, with point masses (kg, by body
    /// index) at the frame origins of its members.
    pub(super) fn mass(&self, payloads: &[f64]) -> MassProperties {
        self.members.iter().fold(MassProperties::zero(), |sum, member| {
            sum.joined(&member.mass(payloads).placed(&member.group_from_body))
        })
    }
}

impl Member {
    /// Own mass properties in the body's frame, with its payload.
    pub(super) fn mass(&self, payloads: &[f64]) -> MassProperties {
        match payloads.get(self.body) {
            Some(&payload) if payload != 0.0 => {
                self.own.joined(&MassProperties::point(payload, nalgebra::Vector3::zeros()))
            }
            _ => self.own,
        }
    }
}

fn parameters(settings: &PhysicsSettings, tick_s: f32) -> IntegrationParameters {
    let mut parameters = IntegrationParameters {
        dt: tick_s,
        num_solver_iterations: settings.substeps as usize,
        num_internal_pgs_iterations: settings.solver_iterations as usize,
        friction_model: FrictionModel::Simplified,
        // Otherwise the engine silently limits velocities to 400 m/s (and, unless
        // disabled, rotation to an eighth of a turn per tick).
        normalized_max_linear_velocity: f32::MAX,
        ..IntegrationParameters::default()
    };
    for softness in [&mut parameters.contact_softness, &mut parameters.static_contact_softness] {
        softness.natural_frequency = settings.contact_frequency_hz as f32;
        softness.damping_ratio = settings.contact_damping_ratio as f32;
    }
    parameters
}

/// Mass properties in the engine's form: along principal axes.
pub(super) fn engine_mass(mass: &MassProperties) -> rapier3d::prelude::MassProperties {
    let (com, kilograms) = (narrow(&mass.com), mass.mass_kg as f32);
    let diagonal = mass.inertia.diagonal();
    if mass.inertia == nalgebra::Matrix3::from_diagonal(&diagonal) {
        return rapier3d::prelude::MassProperties::new(com, kilograms, narrow(&diagonal));
    }
    let eigen = SymmetricEigen::new(mass.inertia);
    let mut axes = eigen.eigenvectors;
    if axes.determinant() < 0.0 {
        axes.column_mut(0).neg_mut();
    }
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes)).coords;
    let frame = Rotation::from_xyzw(turn.x as f32, turn.y as f32, turn.z as f32, turn.w as f32);
    let moments = narrow(&eigen.eigenvalues.map(|moment| moment.max(0.0)));
    rapier3d::prelude::MassProperties::with_principal_inertia_frame(
        com,
        kilograms,
        moments,
        frame.normalize(),
    )
}

/// The object's mass, distributed over its shapes with uniform density.
fn spread_mass(object: &ObjectSpec, mass_kg: f64) -> MassProperties {
    let filled = object
        .shapes
        .iter()
        .fold(MassProperties::zero(), |sum, shape| sum.joined(&shape_mass_properties(shape)));
    filled.with_mass(mass_kg)
}

/// Start of the path, on the ground.
fn actor_start(actor: &ActorSpec, ground: f32) -> Pose {
    let Footing { xy: [x, y], yaw_rad: yaw } = ActorPath::new(actor).at(0.0);
    let (sin, cos) = (libm::sin(yaw / 2.0) as f32, libm::cos(yaw / 2.0) as f32);
    Pose::from_parts(
        Vector::new(x as f32, y as f32, ground),
        Rotation::from_xyzw(0.0, 0.0, sin, cos),
    )
}

/// Tags a collider with its body and robot, for queries.
pub(super) fn owner_tag(body: usize, robot: Option<RobotId>) -> u128 {
    (body as u128 + 1) | robot.map_or(0, |robot| robot.0 as u128 + 1) << 64
}

/// The body that owns a collider; `None` for the ground.
pub(super) fn owner(tag: u128) -> Option<BodyId> {
    (tag as u64).checked_sub(1).map(|body| BodyId(body as usize))
}

/// The robot that owns a collider.
pub(super) fn owner_robot(tag: u128) -> Option<RobotId> {
    ((tag >> 64) as u32).checked_sub(1).map(|robot| RobotId(robot as usize))
}

/// The search tree of static shapes.
fn scenery(scene: &Scene, physics: &PhysicsWorld) -> Bvh {
    let mut tree = Bvh::new();
    for (handle, collider) in physics.colliders.iter() {
        if scene.is_scenery(collider) {
            tree.insert(collider.compute_aabb(), handle.into_raw_parts().0);
        }
    }
    tree
}

fn fingerprint(layout: &SceneLayout, period: TickPeriod) -> u64 {
    let mut hasher = StateHasher::new();
    hasher.write_u64(period.nanos());
    let paths = layout.bodies.iter().map(|body| &body.path);
    for path in paths.chain(layout.dofs.iter().map(|dof| &dof.path)) {
        hasher.write_u64(path.len() as u64);
        path.bytes().for_each(|byte| hasher.write_u64(u64::from(byte)));
    }
    hasher.finish()
}
