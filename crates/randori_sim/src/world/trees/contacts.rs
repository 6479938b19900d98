//! Contacts of links, from manifolds to the dynamics.

use nalgebra::Vector3;
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Impedance, Law, Reference, SoftLaw, StiffLaw};
use randori_core::math::{Pose, Vector};
use randori_core::spec::SoftnessSpec;
use rapier3d::prelude::{Collider, ColliderHandle, ContactManifold};

use super::Trees;
use super::pairs::Meeting;
use crate::world::SimWorld;
use crate::world::build::owner;
use crate::world::dynamics::spatial::wide;
use crate::world::rules::NEAR_M;
use crate::world::scene::Role;
use crate::world::surface::Surface;

/// By how much two objects may get faster against each other within a tick while
/// points that do not touch yet are left out, m/s. What is faster overlaps by that
/// velocity times the tick, and is pushed apart in the next.
const SURGE: f64 = 0.2;

impl Trees {
    /// Velocity of a point (m, world) of an object in the trees, before the step.
    fn object_velocity(&self, link: usize, point: &Vector3<f64>) -> Vector3<f64> {
        let first = self.tree.links()[link].dofs().start;
        let [linear, angular] =
            [first, first + 3].map(|at| Vector3::from_column_slice(&self.state.v[at..at + 3]));
        linear + angular.cross(&(point - self.stepper.kinematics().position(&self.tree, link)))
    }
}

impl SimWorld {
    /// The link of a robot that a body is part of.
    pub(in crate::world) fn robot_link(&self, body: usize) -> Option<usize> {
        match self.scene.bodies.get(body)?.role {
            Role::Tree { link } => Some(link),
            _ => None,
        }
    }

    /// Collects the points at which links touch something, or are about to.
    pub(super) fn gather_contacts(&self, trees: &mut Trees) {
        trees.contacts.clear();
        trees.bodies.clear();
        if trees.is_alone {
            let pairs = std::mem::take(&mut trees.pairs);
            for meeting in pairs.meetings() {
                self.add_meeting(trees, &meeting);
            }
            trees.pairs = pairs;
            return;
        }
        for pair in self.physics.narrow_phase.contact_pairs() {
            if pair.manifolds().iter().all(|manifold| manifold.points.is_empty()) {
                continue;
            }
            let colliders = [pair.collider1, pair.collider2];
            let poses = colliders.map(|it| *self.physics.colliders[it].position());
            let meeting = Meeting { colliders, poses, manifolds: pair.manifolds() };
            self.add_meeting(trees, &meeting);
        }
    }

    fn add_meeting(&self, trees: &mut Trees, meeting: &Meeting<'_>) {
        let colliders = meeting.colliders.map(|it| &self.physics.colliders[it]);
        let bodies = colliders.map(|it| owner(it.user_data).map(|body| body.0));
        let link = |body: usize| self.robot_link(body).or_else(|| trees.owned_link(body));
        let links = bodies.map(|body| body.and_then(link));
        if links != [None, None] {
            self.add_points(trees, meeting, (colliders, bodies, links));
        }
    }

    fn add_points(&self, trees: &mut Trees, meeting: &Meeting<'_>, of: PairOf<'_>) {
        let (colliders, bodies, links) = of;
        let [one, other] = colliders.map(|it| self.scene.rules.surface(it));
        let surface = one.joined(other);
        let margin = match surface.softness {
            // MuJoCo's law acts from the surface on.
            Some(_) => 0.0,
            None => bodies.into_iter().flatten().fold(NEAR_M, |sum, body| {
                sum + trees.reaches.get(body).copied().flatten().unwrap_or(0.0)
            }),
        };
        let stiff = self.scene.forest.as_ref().map_or_else(StiffLaw::default, |it| it.stiff);
        let robots = trees.robots.links().len();
        let is_robot = |link: &Option<usize>| link.is_some_and(|link| link < robots);
        let far = (!links.iter().any(is_robot)).then_some(links);
        let base = Contact {
            sides: [Side::GROUND; 2],
            point: Vector3::zeros(),
            normal: Vector3::zeros(),
            gap: 0.0,
            margin: 0.0,
            friction: friction(&surface),
            restitution: f64::from(surface.restitution),
            law: surface.softness.as_ref().map_or(Law::Stiff(stiff), soft),
            key: 0,
        };
        for manifold in meeting.manifolds {
            let normal = wide(manifold.data.normal);
            for (number, point) in manifold.points.iter().enumerate() {
                if point.dist >= margin {
                    continue;
                }
                let place = middle(manifold, meeting.poses, number);
                if far
                    .is_some_and(|links| self.stays_open(trees, links, (point.dist, place, normal)))
                {
                    continue;
                }
                let side = |which: usize| match links[which] {
                    Some(link) => Side::Link(link),
                    None => self.moving_side(colliders[which], place),
                };
                trees.bodies.push(bodies);
                trees.contacts.push(Contact {
                    sides: [side(0), side(1)],
                    point: wide(place),
                    normal: normal.normalize(),
                    gap: f64::from(point.dist),
                    key: key(meeting.colliders, manifold, number),
                    ..base
                });
            }
        }
    }

    /// Whether the gap between two objects is too wide to close within the tick, even
    /// if they get faster by [`SURGE`]. Points that cannot press would couple all
    /// objects of a loose pile.
    fn stays_open(
        &self,
        trees: &Trees,
        links: [Option<usize>; 2],
        (gap, place, normal): (f32, Vector, Vector3<f64>),
    ) -> bool {
        if gap <= 0.0 {
            return false;
        }
        let [first, second] = links.map(|link| {
            link.map_or_else(Vector3::zeros, |link| trees.object_velocity(link, &wide(place)))
        });
        let closing = (first - second).dot(&normal).max(0.0) + SURGE;
        f64::from(gap) > closing * f64::from(self.scene.tick_s)
    }

    /// Something that is no link: the ground, or a body whose motion is given.
    fn moving_side(&self, collider: &Collider, place: Vector) -> Side {
        let Some(body) = collider.parent().map(|handle| &self.physics.bodies[handle]) else {
            return Side::GROUND;
        };
        if body.is_fixed() {
            return Side::GROUND;
        }
        Side::World { linear: wide(body.velocity_at_point(place)), angular: wide(body.angvel()) }
    }
}

/// Colliders, bodies and links of a pair.
type PairOf<'a> = ([&'a Collider; 2], [Option<usize>; 2], [Option<usize>; 2]);

fn friction(surface: &Surface) -> Friction {
    Friction {
        sliding: f64::from(surface.friction),
        torsional: f64::from(surface.torsional),
        rolling: f64::from(surface.rolling),
    }
}

fn soft(spec: &SoftnessSpec) -> Law {
    Law::Soft(SoftLaw {
        reference: Reference::Recovery {
            time_constant: spec.time_constant,
            damping_ratio: spec.damping_ratio,
        },
        impedance: Impedance {
            at_zero: spec.impedance,
            at_width: spec.impedance_at_width,
            width: spec.width,
            ..Impedance::default()
        },
        friction_reference: None,
        friction_stiffness_ratio: spec.friction_stiffness_ratio,
    })
}

/// Where a point acts: between the two surfaces.
fn middle(manifold: &ContactManifold, poses: [Pose; 2], number: usize) -> Vector {
    let point = &manifold.points[number];
    let [mut first, mut second] = [point.local_p1, point.local_p2];
    if let Some(pose) = manifold.subshape_pos1() {
        first = *pose * first;
    }
    if let Some(pose) = manifold.subshape_pos2() {
        second = *pose * second;
    }
    (poses[0] * first + poses[1] * second) / 2.0
}

/// Tells the points of a step apart, and stays while two features touch.
fn key(colliders: [ColliderHandle; 2], manifold: &ContactManifold, number: usize) -> u64 {
    let point = &manifold.points[number];
    let features = [point.fid1, point.fid2].map(|it| u64::from(it.0));
    let known = features != [0, 0];
    let parts = [
        u64::from(colliders[0].into_raw_parts().0) << 32
            | u64::from(colliders[1].into_raw_parts().0),
        u64::from(manifold.subshape1) << 32 | u64::from(manifold.subshape2),
        features[0] << 32 | features[1],
        if known { 0 } else { number as u64 + 1 },
    ];
    parts.into_iter().fold(0, |key: u64, part| {
        // The finalizer of MurmurHash3, a bijection.
        let mut mixed = key.rotate_left(17) ^ part;
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        mixed ^ (mixed >> 33)
    })
}
