//! Passes contacts of links from manifolds to the dynamics.

use nalgebra::Vector3;
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Impedance, Law, Reference, SoftLaw, StiffLaw};
use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use randori_core::spec::SoftnessSpec;
use rapier3d::prelude::{Collider, ColliderHandle, ContactManifold, PhysicsWorld};

use super::Trees;
use super::near::touches;
use super::pairs::Meeting;
use crate::world::SimWorld;
use crate::world::build::owner;
use crate::world::dynamics::spatial::wide;
use crate::world::rules::NEAR_M;
use crate::world::scene::Role;
use crate::world::surface::Surface;

/// Increase of the approach velocity of two objects within a tick up to which points
/// without contact are omitted, m/s. A faster approach causes an overlap of that
/// velocity times the tick, which the next tick corrects.
const SURGE: f64 = 0.2;

/// Maximum distance of contact points from both surfaces, m: the engine predicts
/// contacts up to 0.02 m.
const WIDEST_GAP: f64 = 0.1;

/// Motion of an object in the trees before a step.
#[derive(Clone, Copy)]
struct ObjectMotion {
    /// Reference point of `linear`, m.
    origin: Vector3<f64>,
    /// m/s, world axes.
    linear: Vector3<f64>,
    /// rad/s, world axes.
    angular: Vector3<f64>,
}

impl ObjectMotion {
    /// Motion of a static object, or an unknown motion.
    const NONE: Self = Self {
        origin: Vector3::new(0.0, 0.0, 0.0),
        linear: Vector3::new(0.0, 0.0, 0.0),
        angular: Vector3::new(0.0, 0.0, 0.0),
    };

    /// Velocity of a point (m, world).
    fn at(&self, point: &Vector3<f64>) -> Vector3<f64> {
        self.linear + self.angular.cross(&(point - self.origin))
    }
}

impl Trees {
    fn object_motion(&self, link: usize) -> ObjectMotion {
        let first = self.tree.links()[link].dofs().start;
        let rates = &self.state.v[first..first + 6];
        ObjectMotion {
            origin: self.stepper.kinematics().position(&self.tree, link),
            linear: Vector3::new(rates[0], rates[1], rates[2]),
            angular: Vector3::new(rates[3], rates[4], rates[5]),
        }
    }

    /// Marks the colliders of links.
    fn note_ours(&mut self, physics: &PhysicsWorld) {
        self.ours.clear();
        for handle in &self.handles {
            for collider in physics.bodies[*handle].colliders() {
                let place = collider.into_raw_parts().0 as usize;
                if self.ours.len() <= place {
                    self.ours.resize(place + 1, false);
                }
                self.ours[place] = true;
            }
        }
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

    /// Collects the contact points of links, including predicted ones.
    pub(super) fn gather_contacts(&self, trees: &mut Trees) {
        trees.contacts.clear();
        trees.bodies.clear();
        if trees.is_alone {
            let pairs = std::mem::take(&mut trees.pairs);
            for meeting in pairs.meetings() {
                self.add_points(trees, &meeting);
            }
            trees.pairs = pairs;
            return;
        }
        trees.note_ours(&self.physics);
        for pair in self.physics.narrow_phase.contact_pairs() {
            let colliders = [pair.collider1, pair.collider2];
            let ours = &trees.ours;
            let is_ours =
                |it: &ColliderHandle| ours.get(it.into_raw_parts().0 as usize) == Some(&true);
            if !colliders.iter().any(is_ours) || !touches(pair) {
                continue;
            }
            let poses = colliders.map(|it| *self.physics.colliders[it].position());
            let owners = colliders.map(|it| {
                let body = owner(self.physics.colliders[it].user_data).map(|body| body.0);
                let link = |body| self.robot_link(body).or_else(|| trees.owned_link(body));
                (body, body.and_then(link))
            });
            let meeting = Meeting { colliders, poses, owners, manifolds: pair.manifolds() };
            self.add_points(trees, &meeting);
        }
    }

    fn add_points(&self, trees: &mut Trees, meeting: &Meeting<'_>) {
        let [one, other] = meeting.colliders;
        let colliders = [&self.physics.colliders[one], &self.physics.colliders[other]];
        let bodies = [meeting.owners[0].0, meeting.owners[1].0];
        let links = [meeting.owners[0].1, meeting.owners[1].1];
        if links == [None, None] {
            return;
        }
        let surface = self.scene.rules.surface(colliders[0]);
        let surface = surface.joined(self.scene.rules.surface(colliders[1]));
        let margin = match surface.softness {
            // MuJoCo's law acts from zero distance on.
            Some(_) => 0.0,
            None => bodies.into_iter().flatten().fold(NEAR_M, |sum, body| {
                sum + trees.reaches.get(body).copied().flatten().unwrap_or(0.0)
            }),
        };
        let stiff = self.scene.forest.as_ref().map_or_else(StiffLaw::default, |it| it.stiff);
        let robots = trees.robots.links().len();
        let is_robot = |link: &Option<usize>| link.is_some_and(|link| link < robots);
        let motion =
            |link: Option<usize>| link.map_or(ObjectMotion::NONE, |link| trees.object_motion(link));
        // Between two objects.
        let motions = (!links.iter().any(is_robot)).then(|| [motion(links[0]), motion(links[1])]);
        let open_from = motions.map_or(f32::INFINITY, |motions| self.open_from(&motions, bodies));
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
            let (unit, first_key) = (normal.normalize(), pair_key(meeting.colliders, manifold));
            for (number, point) in manifold.points.iter().enumerate() {
                if point.dist >= margin || point.dist > open_from {
                    continue;
                }
                let place = middle(manifold, meeting.poses, number);
                if motions
                    .is_some_and(|motions| self.stays_open(&motions, (point.dist, place, normal)))
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
                    normal: unit,
                    gap: f64::from(point.dist),
                    key: point_key(first_key, manifold, number),
                    ..base
                });
            }
        }
    }

    /// Gap (m) from which no point of two objects can close, see
    /// [`stays_open`](Self::stays_open).
    fn open_from(&self, motions: &[ObjectMotion; 2], bodies: [Option<usize>; 2]) -> f32 {
        let mut closing = (motions[0].linear - motions[1].linear).norm() + SURGE;
        for (motion, body) in motions.iter().zip(bodies) {
            let radius = body.map_or(0.0, |body| f64::from(self.radius(BodyId(body))));
            closing += motion.angular.norm() * (radius + WIDEST_GAP);
        }
        // With a margin for rounding.
        (1.001 * closing * f64::from(self.scene.tick_s)) as f32
    }

    /// True if the gap between two objects is too wide to close within the tick, even
    /// with an additional velocity of [`SURGE`]. Points without force would couple all
    /// objects of a loose pile.
    fn stays_open(
        &self,
        [first, second]: &[ObjectMotion; 2],
        (gap, place, normal): (f32, Vector, Vector3<f64>),
    ) -> bool {
        if gap <= 0.0 {
            return false;
        }
        let place = wide(place);
        let closing = (first.at(&place) - second.at(&place)).dot(&normal).max(0.0) + SURGE;
        f64::from(gap) > closing * f64::from(self.scene.tick_s)
    }

    /// A side of a contact that is not a link: the ground, or a body with prescribed motion.
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

/// Point of action of a contact point: halfway between the two surfaces.
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

/// The part of a [`point_key`] that all points of a manifold share.
fn pair_key(colliders: [ColliderHandle; 2], manifold: &ContactManifold) -> u64 {
    let [first, second] = [colliders[0].into_raw_parts().0, colliders[1].into_raw_parts().0];
    let pair = mixed(0, u64::from(first) << 32 | u64::from(second));
    mixed(pair, u64::from(manifold.subshape1) << 32 | u64::from(manifold.subshape2))
}

/// Identifies a point within a step; constant while the same two features touch.
fn point_key(pair: u64, manifold: &ContactManifold, number: usize) -> u64 {
    let point = &manifold.points[number];
    let features = [u64::from(point.fid1.0), u64::from(point.fid2.0)];
    let known = features != [0, 0];
    let key = mixed(pair, features[0] << 32 | features[1]);
    mixed(key, if known { 0 } else { number as u64 + 1 })
}

/// Mixes a number into a key.
fn mixed(key: u64, part: u64) -> u64 {
    // The finalizer of MurmurHash3, a bijection.
    let mut mixed = key.rotate_left(17) ^ part;
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^ (mixed >> 33)
}
