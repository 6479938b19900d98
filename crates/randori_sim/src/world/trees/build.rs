//! Builds trees from the robots of a scene.

use nalgebra::Vector3;
use randori_bodies::coupling::{Closure, Coupling, POLYNOMIAL};
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::state::exp;
use randori_bodies::stepper::{StepOptions, Stepper};
use randori_bodies::{JointKind, Kinematics, LinkSpec, Memory, MotionVector, State, TreeBuilder};
use randori_core::spec::{JointKind as JointType, LoopKind, PhysicsSettings};
use rapier3d::prelude::{
    ActiveCollisionTypes, ActiveHooks, Collider, ColliderBuilder, RigidBodyBuilder,
};

use super::near::Near;
use super::pairs::Pairs;
use super::{Coordinate, Forest, TreeDof, TreeLink, Trees};
use crate::world::WorldError;
use crate::world::build::Builder;
use crate::world::dynamics::spatial::{wide_pose, written_axis, written_pose};
use crate::world::manifold::has_large_face;
use crate::world::robot::Assembly;
use crate::world::scene::Role;

/// The law of loops and couplings, with very little compliance.
fn rigid() -> Law {
    Law::Stiff(StiffLaw { frequency_hz: 2000.0, damping_ratio: 1.0, ..StiffLaw::default() })
}

/// Trees under construction.
pub(in crate::world) struct TreesBuilder {
    tree: TreeBuilder,
    links: Vec<TreeLink>,
    /// Paths of the links' first bodies, for messages.
    paths: Vec<String>,
    /// By degree of freedom of the scene: link, and axis of its joint.
    dofs: Vec<(usize, usize)>,
    /// By link: the passive forces of its joint.
    laws: Vec<DofLaw>,
    /// By link: the initial coordinates of its joint.
    starts: Vec<[f32; 3]>,
    /// Follower and leader as links, ratio and offset.
    couplings: Vec<(usize, usize, [f64; 2])>,
    /// Each with the bodies that it connects.
    loops: Vec<(Coupling, [usize; 2])>,
    stiff: StiffLaw,
}

impl TreesBuilder {
    pub(in crate::world) fn new(settings: &PhysicsSettings) -> Self {
        Self {
            tree: TreeBuilder::new(),
            links: Vec::new(),
            paths: Vec::new(),
            dofs: Vec::new(),
            laws: Vec::new(),
            starts: Vec::new(),
            couplings: Vec::new(),
            loops: Vec::new(),
            stiff: StiffLaw {
                frequency_hz: settings.contact_frequency_hz,
                damping_ratio: settings.contact_damping_ratio,
                ..StiffLaw::default()
            },
        }
    }

    /// The finished trees, for steps of this length (s).
    ///
    /// # Errors
    ///
    /// If a joint moves no mass.
    pub(in crate::world) fn finish(self, step_s: f64) -> Result<(Forest, Trees), WorldError> {
        let tree = self.tree.build();
        let mut state = State::new(&tree);
        let mut laws = vec![DofLaw::default(); tree.dofs()];
        for ((link, law), start) in tree.links().iter().zip(&self.laws).zip(&self.starts) {
            laws[link.dofs()].fill(*law);
            match link.joint() {
                JointKind::Revolute { .. } | JointKind::Prismatic { .. } => {
                    state.q[link.coordinates().start] = f64::from(start[0]);
                }
                JointKind::Spherical => {
                    state.set_rotation(link, &exp(&Vector3::from(start.map(f64::from))));
                }
                _ => {}
            }
        }
        let first_dof = |link: usize| tree.links()[link].dofs().start;
        let law = rigid();
        let (mut couplings, loops): (Vec<_>, Vec<_>) = self.loops.into_iter().unzip();
        couplings.extend(self.couplings.iter().map(|(follower, leader, [ratio, offset])| {
            let mut polynomial = [0.0; POLYNOMIAL];
            (polynomial[0], polynomial[1]) = (*offset, *ratio);
            let (follower, leader) = (first_dof(*follower), first_dof(*leader));
            Coupling::Joints { follower, leader, polynomial, law }
        }));
        let dofs = self.dofs.iter().map(|&(link, axis)| {
            let entry = &tree.links()[link];
            let first = entry.coordinates().start;
            let coordinate = match entry.joint() {
                JointKind::Spherical => Coordinate::Ball { first, axis },
                _ => Coordinate::Scalar(first + axis),
            };
            TreeDof { dof: entry.dofs().start + axis, coordinate }
        });
        let dofs = dofs.collect();
        let options = StepOptions { step_s, ..StepOptions::default() };
        let stepper = Stepper::new(&tree, options).map_err(|error| WorldError::NoInertia {
            body: self.paths[tree.link_of_dof(error.dof)].clone(),
        })?;
        let trees = Trees {
            robots: tree.clone(),
            robot_weights: stepper.weights().clone(),
            owned: Vec::new(),
            asleep: Vec::new(),
            placed: Kinematics::new(&tree),
            velocities: vec![MotionVector::ZERO; tree.links().len()],
            state,
            memory: Memory::default(),
            stepper,
            touches: Vec::new(),
            loads: Vec::new(),
            handles: self.links.iter().map(|link| link.handle).collect(),
            near: Near::default(),
            ours: Vec::new(),
            contacts: Vec::new(),
            bodies: Vec::new(),
            drives: Vec::new(),
            external: Vec::new(),
            reaches: Vec::new(),
            bounds: Vec::new(),
            around: Vec::new(),
            tightened: 0,
            is_alone: false,
            pairs: Pairs::default(),
            tree,
        };
        let Self { links, stiff, .. } = self;
        Ok((Forest { links, dofs, laws, couplings, loops, stiff }, trees))
    }
}

impl Assembly<'_> {
    /// Adds a robot to the trees of the world.
    pub(in crate::world) fn insert_tree(
        &self,
        builder: &mut Builder<'_>,
        robot: usize,
    ) -> Result<(), WorldError> {
        let first = builder.trees().links.len();
        for index in 0..self.groups.len() {
            self.insert_tree_link(builder, (robot, first), index)?;
        }
        for (joint, spec) in self.spec.joints.iter().enumerate() {
            let link = self.groups.iter().position(|group| group.joint == Some(joint));
            let axes = if spec.kind == JointType::Spherical { 3 } else { 1 };
            if let Some(link) = link {
                builder.trees().dofs.extend((0..axes).map(|axis| (first + link, axis)));
            }
        }
        self.couple(builder, first)?;
        self.close_loops(builder, first);
        Ok(())
    }

    fn insert_tree_link(
        &self,
        builder: &mut Builder<'_>,
        (robot, first): (usize, usize),
        index: usize,
    ) -> Result<(), WorldError> {
        let group = &self.groups[index];
        let (link, is_root) = (first + index, index == 0);
        let mass = group.mass(self.spec);
        let body = self.first_body + group.links[0].0;
        let path = builder.layout.bodies[body].path.clone();
        if is_root && self.floating && mass.mass_kg <= 0.0 {
            return Err(WorldError::MasslessBase { body: path });
        }
        let rigid = if is_root && !self.floating {
            RigidBodyBuilder::fixed()
        } else {
            RigidBodyBuilder::kinematic_position_based().can_sleep(false)
        };
        let handle = builder.physics.insert_body(rigid.pose(self.base_pose));
        self.insert_links(builder, index, handle, Role::Tree { link })?;
        for collider in builder.physics.bodies[handle].colliders() {
            // The engine solves no contact of a link, so no other hooks are needed.
            let collider = &mut builder.physics.colliders[*collider];
            collider.set_active_hooks(ActiveHooks::FILTER_CONTACT_PAIRS);
        }
        if !is_root || self.floating {
            builder.insert_mass(self.mass_group(index, handle))?;
        }
        let joint = group.joint.map(|joint| &self.spec.joints[joint]);
        let spec = LinkSpec {
            parent: joint.map(|_| first + group.parent),
            joint: match joint {
                None if self.floating => JointKind::FloatingBase,
                None => JointKind::FixedBase,
                Some(joint) => kind(joint.kind, written_axis(joint.axis)),
            },
            parent_from_joint: match joint {
                None => wide_pose(&self.base_pose),
                Some(_) => group.parent_from_joint,
            },
            mass,
            armature: joint.map_or(0.0, |joint| joint.armature),
            damping: joint.map_or(0.0, |joint| joint.damping),
        };
        let start = joint.map_or([0.0; 3], |_| self.start_coordinates(builder.layout, index));
        let trees = builder.trees();
        let law = Law::Stiff(trees.stiff);
        trees.tree.add(&spec).map_err(|error| WorldError::Engine {
            place: format!("`{path}`"),
            message: error.to_string(),
        })?;
        trees.links.push(TreeLink {
            handle,
            robot,
            parent: spec.parent,
            meets_parent: joint.is_some_and(|joint| joint.contacts),
            meets_own: self.spec.self_contact,
            members: group.links.iter().map(|(link, _)| self.first_body + link).collect(),
        });
        trees.paths.push(path);
        trees.starts.push(start);
        trees.laws.push(joint.map_or_else(DofLaw::default, |joint| DofLaw {
            friction: joint.friction,
            friction_law: law,
            range: joint.kind.limits_si().map(|(lower, upper)| [lower, upper]),
            limit_law: law,
            limit_margin: 0.0,
            stiffness: joint.spring.map_or(0.0, |spring| spring.stiffness),
            rest: joint.spring.map_or(0.0, |spring| spring.rest.si()),
        }));
        Ok(())
    }

    fn couple(&self, builder: &mut Builder<'_>, first: usize) -> Result<(), WorldError> {
        for coupling in &self.spec.couplings {
            let link = |name: &str| {
                let carried = |group: &usize| self.joint(*group).name == name;
                let found = (1..self.groups.len()).find(carried)?;
                let is_single = self.joint(found).kind != JointType::Spherical;
                is_single.then_some(first + found)
            };
            let (Some(follower), Some(leader)) = (link(&coupling.follower), link(&coupling.leader))
            else {
                return Err(self.coupling_error(coupling));
            };
            let law = [coupling.ratio, coupling.offset];
            builder.trees().couplings.push((follower, leader, law));
        }
        Ok(())
    }

    fn close_loops(&self, builder: &mut Builder<'_>, first: usize) {
        for spec in &self.spec.loops {
            let ends = [(&spec.link_a, spec.pose_a), (&spec.link_b, spec.pose_b)];
            let ends = ends.map(|(name, pose)| {
                let holds = |(link, _): &&(usize, _)| self.spec.links[*link].name == *name;
                let found = self.groups.iter().enumerate().find_map(|(index, group)| {
                    let (link, group_from_link) = group.links.iter().find(holds)?;
                    let body = self.first_body + link;
                    Some(((index, body), group_from_link * written_pose(&pose)))
                });
                found.expect("the checker has resolved every link name")
            });
            let bodies = ends.map(|((_, body), _)| body);
            if ends[0].0.0 == ends[1].0.0 {
                continue;
            }
            let (links, frames) =
                (ends.map(|((group, _), _)| Some(first + group)), ends.map(|(_, frame)| frame));
            let anchors = frames.map(|frame| frame.translation.vector);
            let law = rigid();
            let frames = |closure| Coupling::Frames { links, frames, closure, law };
            let coupling = match spec.kind {
                LoopKind::Spherical => Coupling::Connect { links, anchors, law },
                LoopKind::Fixed => frames(Closure::Rigid),
                LoopKind::Revolute => frames(Closure::Hinge),
                LoopKind::Prismatic => frames(Closure::Slide),
            };
            builder.trees().loops.push((coupling, bodies));
        }
    }
}

/// A collider with contacts that trees can use: also those between bodies that the
/// engine does not move.
pub(in crate::world) fn for_trees(collider: ColliderBuilder) -> ColliderBuilder {
    let types = ActiveCollisionTypes::all() - ActiveCollisionTypes::FIXED_FIXED;
    collider.active_collision_types(types)
}

/// Sets whether the engine computes the contacts of a collider in every tick, or may
/// reuse those of an earlier one: with a hook to call, it computes them.
pub(super) fn set_fresh(collider: &mut Collider, fresh: bool) {
    let ask = ActiveHooks::FILTER_CONTACT_PAIRS;
    let hooks = collider.active_hooks();
    let fresh = fresh || has_large_face(collider.shape());
    collider.set_active_hooks(if fresh { hooks | ask } else { hooks - ask });
}

fn kind(joint: JointType, axis: Vector3<f64>) -> JointKind {
    match joint {
        JointType::Fixed => JointKind::Fixed,
        JointType::Revolute { .. } | JointType::Continuous => JointKind::Revolute { axis },
        JointType::Prismatic { .. } => JointKind::Prismatic { axis },
        JointType::Spherical => JointKind::Spherical,
    }
}
