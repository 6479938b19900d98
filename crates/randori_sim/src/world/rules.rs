//! Contact rules for pairs of shapes: excluded collisions, and priority of surfaces.
//!
//! The engine calls hooks only for tagged colliders (see [`Surface::cover`]), so worlds
//! without such rules have no cost and identical bits.
//!
//! Start reading at [`Hooks`].

use std::collections::{BTreeMap, BTreeSet};

use randori_core::layout::{BodyId, RobotId};
use randori_core::math::Vector;
use randori_core::spec::RobotSpec;
use rapier3d::parry::bounding_volume::{Aabb, BoundingVolume};
use rapier3d::prelude::{
    ActiveHooks, Collider, ColliderHandle, ColliderSet, ContactModificationContext, HalfSpace,
    PairFilterContext, PhysicsHooks, SolverFlags,
};

use super::build::{Builder, owner};
use super::scene::{BodyEntry, Role, Scene};
use super::surface::Surface;
use super::tree::Group;

/// The rules of a scene.
#[derive(Debug, Clone, Default)]
pub(super) struct ContactRules {
    /// Surfaces by the number in collider tags; see [`surface_tag`].
    surfaces: Vec<Surface>,
    /// Pairs of bodies that do not collide, smaller index first, sorted.
    passing: Vec<(usize, usize)>,
    /// True if any surface has softness or torsional or rolling friction, which only
    /// trees support; and if any surface besides those of links has.
    special: [bool; 2],
}

impl ContactRules {
    /// Adds a surface and returns its number.
    pub(super) fn add(&mut self, surface: Surface) -> usize {
        self.surfaces.push(surface);
        self.surfaces.len() - 1
    }

    pub(super) fn surface(&self, collider: &Collider) -> &Surface {
        &self.surfaces[surface_number(collider.user_data)]
    }

    /// Notes which of the finished shapes have softness or torsional or rolling friction.
    pub(super) fn note_special(&mut self, bodies: &[BodyEntry], colliders: &ColliderSet) {
        let special = colliders.iter().filter(|(_, it)| self.surface(it).is_special());
        self.special = special.fold([false; 2], |[_, of_objects], (_, collider)| {
            let role = owner(collider.user_data).map(|body| bodies[body.0].role);
            [true, of_objects || !matches!(role, Some(Role::Tree { .. }))]
        });
    }

    /// True if any surface has softness or torsional or rolling friction.
    pub(super) fn has_special(&self) -> bool {
        self.special[0]
    }

    /// True if any such surface belongs to a shape other than those of links.
    pub(super) fn has_special_objects(&self) -> bool {
        self.special[1]
    }

    /// True if two bodies do not collide.
    pub(super) fn pass(&self, one: usize, other: usize) -> bool {
        self.passing.binary_search(&(one.min(other), one.max(other))).is_ok()
    }
}

/// Number of a surface as part of a collider's tag; bodies and robots use the lower bits.
pub(super) fn surface_tag(number: usize) -> u128 {
    (number as u128) << 96
}

fn surface_number(tag: u128) -> usize {
    (tag >> 96) as usize
}

/// Contact hooks of the engine during a step.
pub(super) struct Hooks<'a> {
    pub(super) scene: &'a Scene,
    /// By body index: maximum displacement (m) in a step of a body that trees move, or
    /// of a static one; `None` for bodies that the engine moves. Empty without trees.
    pub(super) reaches: &'a [Option<f32>],
    /// Bounds of the shapes of such bodies at the start of the step, by collider index;
    /// [`UNBOUNDED`] if unknown.
    pub(super) bounds: &'a [Aabb],
}

/// All of space.
pub(super) const UNBOUNDED: Aabb =
    Aabb { mins: Vector::splat(f32::MIN), maxs: Vector::splat(f32::MAX) };

/// Distance (m), besides the displacement from velocities, within which bodies may
/// touch in a step.
pub(super) const NEAR_M: f32 = 5e-3;

impl Hooks<'_> {
    /// True if the engine can skip the contacts of a pair of which it moves neither
    /// body: the distance is too large.
    fn are_apart(&self, context: &PairFilterContext<'_>, bodies: [Option<BodyId>; 2]) -> bool {
        let reach = |body: Option<BodyId>| match body {
            None => Some(0.0),
            Some(body) => self.reaches.get(body.0).copied().flatten(),
        };
        let [Some(one), Some(other)] = bodies.map(reach) else { return false };
        let margin = NEAR_M + one + other;
        let pair = [context.collider1, context.collider2];
        let [first, second] = pair.map(|it| self.bounds_of(it));
        let [plane, other_plane] = pair.map(|it| &context.colliders[it]);
        match (plane.shape().as_halfspace(), other_plane.shape().as_halfspace()) {
            (None, None) => !first.loosened(margin).intersects(second),
            (Some(half), _) => is_above(second, plane, half, margin),
            (_, Some(half)) => is_above(first, other_plane, half, margin),
        }
    }

    fn bounds_of(&self, collider: ColliderHandle) -> &Aabb {
        self.bounds.get(collider.into_raw_parts().0 as usize).unwrap_or(&UNBOUNDED)
    }
}

/// True if bounds are farther from a plane than `margin` (m).
fn is_above(bounds: &Aabb, plane: &Collider, half: &HalfSpace, margin: f32) -> bool {
    let normal = plane.rotation() * half.normal;
    let height = (bounds.center() - plane.translation()).dot(normal);
    height - bounds.half_extents().dot(normal.abs()) > margin
}

impl PhysicsHooks for Hooks<'_> {
    fn filter_contact_pair(&self, context: &PairFilterContext<'_>) -> Option<SolverFlags> {
        let body = |collider: ColliderHandle| owner(context.colliders[collider].user_data);
        let bodies = [body(context.collider1), body(context.collider2)];
        match bodies {
            [Some(one), Some(other)] if self.scene.rules.pass(one.0, other.0) => None,
            _ if !self.reaches.is_empty() && self.are_apart(context, bodies) => None,
            _ => self.scene.tree_contact(bodies),
        }
    }

    fn modify_solver_contacts(&self, context: &mut ContactModificationContext<'_>) {
        let colliders = [context.collider1, context.collider2].map(|it| &context.colliders[it]);
        let [one, other] = colliders.map(|collider| self.scene.rules.surface(collider));
        let Some(contacts) = context.rigid_mut() else { return };
        if one.priority != other.priority {
            let surface = one.joined(other);
            *contacts.friction = surface.friction;
            *contacts.restitution = surface.restitution;
        }
    }
}

impl Builder<'_> {
    /// Excludes collisions between links of a robot: those listed in its file, and
    /// neighbours with only massless links between them.
    pub(super) fn exclude_contacts(&mut self, robot: RobotId, spec: &RobotSpec, groups: &[Group]) {
        let first = self.layout.robots[robot.0].bodies.start;
        let links: BTreeMap<&str, usize> = spec
            .links
            .iter()
            .enumerate()
            .map(|(index, link)| (link.name.as_str(), index))
            .collect();
        let link = |name: &String| links.get(name.as_str()).copied();
        let named = spec.contact_exclusions.iter();
        let mut pairs: Vec<(usize, usize)> =
            named.filter_map(|(one, other)| Some((link(one)?, link(other)?))).collect();
        if spec.self_contact {
            pairs.extend(neighbours_across_joints(spec, groups));
        }
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        for (one, other) in pairs {
            self.scene.rules.passing.push((first + one.min(other), first + one.max(other)));
            for body in [first + one, first + other] {
                if !asked.insert(body) {
                    continue;
                }
                for &collider in &self.scene.bodies[body].colliders {
                    let collider = &mut self.physics.colliders[collider];
                    let hooks = collider.active_hooks() | ActiveHooks::FILTER_CONTACT_PAIRS;
                    collider.set_active_hooks(hooks);
                }
            }
        }
        self.scene.rules.passing.sort_unstable();
        self.scene.rules.passing.dedup();
    }
}

/// Pairs of links of one body and the next that has a shape, if several joints in a row
/// represent one joint with several motions.
fn neighbours_across_joints(spec: &RobotSpec, groups: &[Group]) -> Vec<(usize, usize)> {
    let is_empty = |group: &Group| {
        group.links.iter().all(|(link, _)| {
            let link = &spec.links[*link];
            link.mass_kg == 0.0 && link.shapes.is_empty()
        })
    };
    let mut pairs = Vec::new();
    for group in &groups[1..] {
        let mut ancestor = group.parent;
        while ancestor != 0 && is_empty(&groups[ancestor]) {
            ancestor = groups[ancestor].parent;
        }
        let touches = group.joint.is_some_and(|joint| spec.joints[joint].contacts);
        if ancestor != group.parent && !touches {
            for (one, _) in &group.links {
                pairs.extend(groups[ancestor].links.iter().map(|(other, _)| (*one, *other)));
            }
        }
    }
    pairs
}
