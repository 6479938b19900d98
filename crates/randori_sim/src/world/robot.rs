//! Builds a robot as a tree, or as a static rigid body.

use randori_core::layout::RobotId;
use randori_core::math::Pose;
use randori_core::spec::{Base, CouplingSpec, JointKind, JointSpec, RobotSpec, Scenario};
use rapier3d::prelude::{RigidBodyBuilder, RigidBodyHandle};

use super::WorldError;
use super::build::{Builder, Carrier};
use super::dynamics::RobotModel;
use super::inertia::link_mass_properties;
use super::scene::{MassGroup, Member, RobotEntry, Role};
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
    if groups.len() == 1 && !assembly.floating {
        return assembly.insert_fixed(builder);
    }
    assembly.insert_tree(builder, robot.0)?;
    builder.exclude_contacts(robot, spec, &groups);
    Ok(())
}

/// True if a robot has movable parts.
pub(super) fn moves(robot: &RobotSpec) -> bool {
    let is_movable = |joint: &JointSpec| joint.kind != JointKind::Fixed;
    matches!(robot.base, Base::Floating { .. }) || robot.joints.iter().any(is_movable)
}

/// A robot under construction.
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
    /// A robot without movable joints that is fixed to the world.
    fn insert_fixed(&self, builder: &mut Builder<'_>) -> Result<(), WorldError> {
        let handle = builder.physics.insert_body(RigidBodyBuilder::fixed().pose(self.base_pose));
        self.insert_links(builder, 0, handle, Role::Static)
    }

    pub(super) fn insert_links(
        &self,
        builder: &mut Builder<'_>,
        group: usize,
        handle: RigidBodyHandle,
        role: Role,
    ) -> Result<(), WorldError> {
        for (link, group_from_link) in &self.groups[group].links {
            let carrier = Carrier {
                body: self.first_body + link,
                handle,
                rapier_from_body: narrow_pose(group_from_link),
                materials: &self.spec.materials,
            };
            let shapes = &self.spec.links[*link].shapes;
            builder.insert_body(&carrier, role, shapes)?;
            builder.weigh(carrier.body, &link_mass_properties(&self.spec.links[*link]));
        }
        Ok(())
    }

    pub(super) fn mass_group(&self, group: usize, handle: RigidBodyHandle) -> MassGroup {
        let member = |(link, group_from_body): &(usize, _)| Member {
            body: self.first_body + link,
            group_from_body: *group_from_body,
            own: link_mass_properties(&self.spec.links[*link]),
        };
        let members = self.groups[group].links.iter().map(member).collect();
        MassGroup { handle, members }
    }

    /// The joint of a group other than the base.
    pub(super) fn joint(&self, group: usize) -> &JointSpec {
        let index = self.groups[group].joint.expect("every group but the base has a joint");
        &self.spec.joints[index]
    }

    /// Initial coordinates of a joint; a follower starts at the coordinate of its coupling.
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

    pub(super) fn coupling_error(&self, coupling: &CouplingSpec) -> WorldError {
        let path = |joint: &str| format!("{}.{joint}", self.name);
        WorldError::Coupling { follower: path(&coupling.follower), leader: path(&coupling.leader) }
    }
}
