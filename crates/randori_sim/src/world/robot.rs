//! A robot becomes an articulation of the engine, or a single rigid body.

use randori_core::layout::RobotId;
use randori_core::math::{Pose, Vector};
use randori_core::spec::{Base, CouplingSpec, JointSpec, RobotSpec, Scenario};
use rapier3d::prelude::{
    ColliderHandle, Multibody, MultibodyDofCoupling, MultibodyIndex, RigidBodyBuilder,
    RigidBodyHandle,
};

use super::WorldError;
use super::build::{Builder, Carrier, engine_mass, shifted_by};
use super::dynamics::RobotModel;
use super::dynamics::spatial::{narrow, written_pose};
use super::inertia::link_mass_properties;
use super::joint::{engine_joint, loop_joint, motion};
use super::scene::{
    Articulation, DofEntry, LinkEntry, MassGroup, Member, Motion, RobotEntry, Role,
};
use super::tree::{Group, groups, narrow_pose};

/// Adds a robot to the world under construction.
pub(super) fn insert(
    builder: &mut Builder<'_>,
    scenario: &Scenario,
    robot: RobotId,
) -> Result<(), WorldError> {
    let layout = &builder.layout.robots[robot.0];
    let spec = &scenario.robots[robot.0];
    builder.scene.robots.push(RobotEntry {
        bodies: layout.bodies.clone(),
        dofs: layout.dofs.clone(),
        model: RobotModel::new(spec),
    });
    let groups = groups(spec);
    let assembly = Assembly {
        spec,
        first_body: layout.bodies.start,
        first_dof: layout.dofs.start,
        name: &layout.name,
        base_pose: scenario.spec.robots[robot.0].pose.pose(),
        floating: matches!(spec.base, Base::Floating { .. }),
        groups: &groups,
    };
    if groups.len() == 1 && !(builder.has_trees() && assembly.floating) {
        return assembly.insert_single(builder);
    }
    if builder.has_trees() {
        assembly.insert_tree(builder, robot.0)?;
    } else {
        assembly.insert_articulation(builder)?;
    }
    builder.exclude_contacts(robot, spec, &groups);
    Ok(())
}

/// A robot on its way into the engine.
pub(super) struct Assembly<'a> {
    pub(super) spec: &'a RobotSpec,
    name: &'a str,
    pub(super) first_body: usize,
    first_dof: usize,
    pub(super) base_pose: Pose,
    pub(super) floating: bool,
    pub(super) groups: &'a [Group],
}

impl Assembly<'_> {
    /// A robot without movable joints.
    fn insert_single(&self, builder: &mut Builder<'_>) -> Result<(), WorldError> {
        let mass = self.groups[0].mass(self.spec);
        let (rigid, role) = if self.floating {
            (RigidBodyBuilder::dynamic().can_sleep(false).allow_fast_rotation(true), Role::Loose)
        } else {
            (RigidBodyBuilder::fixed(), Role::Static)
        };
        let rigid = rigid.pose(self.base_pose).additional_mass_properties(engine_mass(&mass));
        let handle = builder.physics.insert_body(rigid);
        let colliders = self.insert_links(builder, 0, handle, Vector::ZERO, |_| role)?;
        if self.floating {
            builder.insert_mass(self.mass_group(0, handle, colliders, None))?;
        }
        Ok(())
    }

    fn insert_articulation(&self, builder: &mut Builder<'_>) -> Result<(), WorldError> {
        let articulation = builder.scene.articulations.len();
        let mut handles = Vec::new();
        for index in 0..self.groups.len() {
            handles.push(self.insert_group(builder, articulation, index)?);
        }
        let index = self.insert_joints(builder, &handles)?;
        let physics = &mut builder.physics;
        for handle in &handles {
            physics.bodies[*handle].recompute_mass_properties_from_colliders(&physics.colliders);
        }
        let body = physics.multibody_joints.get_multibody_mut(index);
        let body = body.expect("a joint has just been inserted into it");
        body.set_self_contacts_enabled(self.spec.self_contact);
        // Until this call every root counts as free.
        body.forward_kinematics(&physics.bodies, true);
        let links = self.link_entries(body, &handles);
        self.set_joint_physics(body, &links);
        for (link, entry) in links.iter().enumerate().skip(1) {
            let start = self.start_coordinates(builder.layout, link);
            let joint = &mut body.link_mut(link).expect("links are as many as groups").joint;
            joint.apply_displacement(&start[..entry.motion.dofs()]);
        }
        body.forward_kinematics(&physics.bodies, true);
        body.update_rigid_bodies(&mut physics.bodies, true);
        self.insert_couplings(body, &links)?;
        self.insert_loops(builder, &handles);
        self.insert_dofs(builder, articulation, &links);
        let sprung = |link: &usize| {
            links[*link].motion == Motion::Spherical && self.joint(*link).spring.is_some()
        };
        let sprung = (1..links.len()).filter(sprung).map(|link| (articulation, link));
        builder.scene.sprung_balls.extend(sprung);
        builder.scene.articulations.push(Articulation { index, links });
        Ok(())
    }

    /// Inserts the rigid body of a group with its colliders.
    fn insert_group(
        &self,
        builder: &mut Builder<'_>,
        articulation: usize,
        index: usize,
    ) -> Result<RigidBodyHandle, WorldError> {
        let mass = self.groups[index].mass(self.spec);
        let is_root = index == 0;
        if is_root && self.floating && mass.mass_kg <= 0.0 {
            let body = &builder.layout.bodies[self.first_body + self.groups[0].links[0].0].path;
            return Err(WorldError::MasslessBase { body: body.clone() });
        }
        let rigid = if is_root && !self.floating {
            RigidBodyBuilder::fixed()
        } else {
            RigidBodyBuilder::dynamic().can_sleep(false)
        };
        // See `MassGroup` for the frame of a floating root.
        let origin = if is_root && self.floating { narrow(&mass.com) } else { Vector::ZERO };
        let pose = self.base_pose * Pose::from_translation(origin);
        let mut engine = engine_mass(&mass);
        engine.local_com = if is_root && self.floating { Vector::ZERO } else { engine.local_com };
        let handle =
            builder.physics.insert_body(rigid.pose(pose).additional_mass_properties(engine));
        let role = |_: usize| Role::Link { articulation, link: index };
        let colliders = self.insert_links(builder, index, handle, origin, role)?;
        let root_of = (is_root && self.floating).then_some(articulation);
        if !is_root || self.floating {
            builder.insert_mass(self.mass_group(index, handle, colliders, root_of))?;
        }
        Ok(handle)
    }

    pub(super) fn insert_links(
        &self,
        builder: &mut Builder<'_>,
        group: usize,
        handle: RigidBodyHandle,
        origin: Vector,
        role: impl Fn(usize) -> Role,
    ) -> Result<Vec<(ColliderHandle, Pose)>, WorldError> {
        let mut colliders = Vec::new();
        for (link, group_from_link) in &self.groups[group].links {
            let group_from_link = narrow_pose(group_from_link);
            let carrier = Carrier {
                body: self.first_body + link,
                handle,
                rapier_from_body: shifted_by(origin, group_from_link),
                materials: &self.spec.materials,
            };
            let shapes = &self.spec.links[*link].shapes;
            let placed = builder.insert_body(&carrier, role(*link), shapes)?;
            builder.weigh(carrier.body, &link_mass_properties(&self.spec.links[*link]));
            colliders.extend(placed.iter().map(|(id, pose)| (*id, group_from_link * *pose)));
        }
        Ok(colliders)
    }

    pub(super) fn mass_group(
        &self,
        group: usize,
        handle: RigidBodyHandle,
        colliders: Vec<(ColliderHandle, Pose)>,
        floating_root_of: Option<usize>,
    ) -> MassGroup {
        let member = |(link, group_from_body): &(usize, _)| Member {
            body: self.first_body + link,
            group_from_body: *group_from_body,
            own: link_mass_properties(&self.spec.links[*link]),
        };
        let members = self.groups[group].links.iter().map(member).collect();
        MassGroup { handle, members, colliders, floating_root_of }
    }

    fn insert_joints(
        &self,
        builder: &mut Builder<'_>,
        handles: &[RigidBodyHandle],
    ) -> Result<MultibodyIndex, WorldError> {
        let origin =
            if self.floating { narrow(&self.groups[0].mass(self.spec).com) } else { Vector::ZERO };
        let joints = &mut builder.physics.multibody_joints;
        for (index, group) in self.groups.iter().enumerate().skip(1) {
            let spec = self.joint(index);
            let from_joint = narrow_pose(&group.parent_from_joint);
            let from_joint =
                if group.parent == 0 { shifted_by(origin, from_joint) } else { from_joint };
            let joint = engine_joint(spec, from_joint);
            joints.insert(handles[group.parent], handles[index], joint, true).ok_or_else(|| {
                WorldError::NotATree { joint: format!("{}.{}", self.name, spec.name) }
            })?;
        }
        let link = joints.rigid_body_link(handles[0]);
        Ok(link.expect("the root carries a joint").multibody)
    }

    /// The joint that carries a group other than the base.
    pub(super) fn joint(&self, group: usize) -> &JointSpec {
        let index = self.groups[group].joint.expect("every group but the base has a joint");
        &self.spec.joints[index]
    }

    fn link_entries(&self, body: &Multibody, handles: &[RigidBodyHandle]) -> Vec<LinkEntry> {
        let entry = |(index, handle): (usize, &RigidBodyHandle)| {
            let link = body.link(index).expect("links are as many as groups");
            assert!(link.rigid_body_handle() == *handle, "links keep the order of insertion");
            let group = &self.groups[index];
            LinkEntry {
                handle: *handle,
                parent: group.parent,
                motion: match (index, self.floating) {
                    (0, true) => Motion::Free,
                    (0, false) => Motion::Fixed,
                    _ => motion(self.joint(index)),
                },
                first_rate: link.assembly_id(),
                parent_from_joint: narrow_pose(&group.parent_from_joint),
                members: group.links.iter().map(|(link, _)| self.first_body + link).collect(),
            }
        };
        handles.iter().enumerate().map(entry).collect()
    }

    /// Damping, friction, armature and springs. The engine would damp every
    /// rotation, also that of a free base, with 0.1 N m s/rad.
    fn set_joint_physics(&self, body: &mut Multibody, links: &[LinkEntry]) {
        body.damping_mut().fill(0.0);
        for (index, entry) in links.iter().enumerate().skip(1) {
            let spec = self.joint(index);
            for rate in entry.first_rate..entry.first_rate + entry.motion.dofs() {
                body.damping_mut()[rate] = spec.damping as f32;
                body.frictions_mut()[rate] = spec.friction as f32;
                body.armature_mut()[rate] = spec.armature as f32;
            }
            let Some(spring) = spec.spring else { continue };
            let joint = &mut body.link_mut(index).expect("links are as many as groups").joint;
            for axis in entry.motion.axes() {
                joint.set_spring(axis, spring.stiffness as f32, spring.rest.si() as f32);
            }
        }
    }

    /// Where a joint starts; a follower starts where its coupling puts it.
    pub(super) fn start_coordinates(
        &self,
        layout: &randori_core::layout::SceneLayout,
        group: usize,
    ) -> [f32; 3] {
        let joint = self.groups[group].joint.expect("every group but the base has a joint");
        let mut dofs = layout.dofs[self.first_dof..].iter();
        let own = dofs.position(|dof| dof.joint == joint).expect("movable joints have dofs");
        let own = &layout.dofs[self.first_dof + own..];
        let name = &self.spec.joints[joint].name;
        let coupling = self.spec.couplings.iter().find(|coupling| coupling.follower == *name);
        let leader = coupling.and_then(|coupling| {
            let path = format!("{}.{}", self.name, coupling.leader);
            let leader = layout.dof(&path)?;
            let start = f64::from(layout.dofs[leader.0].start);
            Some((coupling.ratio * start + coupling.offset) as f32)
        });
        let start = |index: usize| own.get(index).map_or(0.0, |dof| dof.start);
        [leader.unwrap_or_else(|| start(0)), start(1), start(2)]
    }

    fn insert_couplings(
        &self,
        body: &mut Multibody,
        links: &[LinkEntry],
    ) -> Result<(), WorldError> {
        for coupling in &self.spec.couplings {
            let (Some(leader), Some(follower)) =
                (self.coupled(links, &coupling.leader), self.coupled(links, &coupling.follower))
            else {
                return Err(self.coupling_error(coupling));
            };
            body.add_dof_coupling(MultibodyDofCoupling {
                link1: leader.0,
                dof1: 0,
                axis1: leader.1,
                link2: follower.0,
                dof2: 0,
                axis2: follower.1,
                coeff: coupling.ratio as f32,
                offset: coupling.offset as f32,
            });
        }
        Ok(())
    }

    /// Link and axis of a joint with one degree of freedom.
    fn coupled(&self, links: &[LinkEntry], joint: &str) -> Option<(usize, usize)> {
        let link = (1..links.len()).find(|&group| self.joint(group).name == joint)?;
        let axes = links[link].motion.axes();
        (axes.len() == 1).then_some((link, axes.start))
    }

    pub(super) fn coupling_error(&self, coupling: &CouplingSpec) -> WorldError {
        let path = |joint: &str| format!("{}.{joint}", self.name);
        WorldError::Coupling { follower: path(&coupling.follower), leader: path(&coupling.leader) }
    }

    fn insert_loops(&self, builder: &mut Builder<'_>, handles: &[RigidBodyHandle]) {
        for spec in &self.spec.loops {
            let (a, frame_a) = self.loop_end(builder, &spec.link_a, spec.pose_a);
            let (b, frame_b) = self.loop_end(builder, &spec.link_b, spec.pose_b);
            // Links of one group are connected anyway.
            if a != b {
                let joint = loop_joint(spec, frame_a, frame_b);
                builder.physics.insert_impulse_joint(handles[a], handles[b], joint);
            }
        }
    }

    /// The group of a link, and a pose in it seen from the engine's frame.
    fn loop_end(
        &self,
        builder: &Builder<'_>,
        name: &str,
        pose: randori_core::spec::PoseSpec,
    ) -> (usize, Pose) {
        let link = self.spec.links.iter().position(|link| link.name == name);
        let link = link.expect("the checker has resolved every link name");
        let holds = |group: &Group| group.links.iter().any(|(id, _)| *id == link);
        let group = self.groups.iter().position(holds).expect("every link is in a group");
        let placing = &builder.placing[self.first_body + link];
        (group, placing.rapier_from_body * narrow_pose(&written_pose(&pose)))
    }

    fn insert_dofs(&self, builder: &mut Builder<'_>, articulation: usize, links: &[LinkEntry]) {
        for (joint, spec) in self.spec.joints.iter().enumerate() {
            let Some(link) = self.groups.iter().position(|group| group.joint == Some(joint)) else {
                continue;
            };
            let entry = &links[link];
            for (offset, axis) in entry.motion.axes().enumerate() {
                builder.scene.dofs.push(DofEntry {
                    articulation,
                    link,
                    axis,
                    rate: entry.first_rate + offset,
                    spherical: entry.motion == Motion::Spherical,
                    limited: spec.kind.limits_si().is_some(),
                });
            }
        }
    }
}
