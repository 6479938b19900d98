//! Snapshots of a world in which the trees move all bodies.
//!
//! All other state then follows from that of the trees: poses and velocities, the
//! engine's bodies, sensor values. The snapshot of a standing quadruped takes about two
//! kilobytes.

use randori_core::math::{Pose, Twist, Vector};
use randori_core::record::BodyState;
use rapier3d::prelude::{RigidBodyActivation, RigidBodyType};
use serde::{Deserialize, Serialize};

use super::copy::set_still;
use super::drive::JointDrive;
use super::trees::TreesState;
use super::{SimWorld, SnapshotError};

/// Maximum payload, kg.
const MAX_PAYLOAD_KG: f64 = 1e9;

/// The state of such a world.
#[derive(Serialize, Deserialize)]
pub(super) struct AloneState {
    ticks: u64,
    drives: Vec<JointDrive>,
    forces: Vec<(usize, Vector)>,
    /// Nonzero payloads by body index, kg.
    payloads: Vec<(usize, f64)>,
    torques: Vec<f32>,
    trees: TreesState,
    /// Objects that robots can move, in the order of their indices.
    objects: Vec<ObjectState>,
    /// Their poses when they became slow; empty before the first step.
    rest: Vec<Pose>,
}

/// Engine state of an object that the trees move, or have put to sleep.
#[derive(Serialize, Deserialize)]
struct ObjectState {
    pose: Pose,
    linear: Vector,
    angular: Vector,
    activation: RigidBodyActivation,
}

impl SimWorld {
    /// The state for a snapshot; `None` if the engine moves a body, or if there are
    /// dropped boxes.
    pub(super) fn save_alone(&self) -> Option<AloneState> {
        let trees = self.trees.as_ref().filter(|_| self.is_alone() && self.dropped.is_empty())?;
        let payloads = self.actions.payloads.iter().copied().enumerate();
        let objects = self.scene.loose.iter().map(|body| {
            let rigid = &self.physics.bodies[self.scene.bodies[*body].handle];
            ObjectState {
                pose: *rigid.position(),
                linear: rigid.linvel(),
                angular: rigid.angvel(),
                activation: *rigid.activation(),
            }
        });
        let rest = self.scene.loose.iter().filter_map(|body| self.rest.places.get(*body));
        Some(AloneState {
            ticks: self.ticks,
            drives: self.actions.drives.clone(),
            forces: self.actions.forces.clone(),
            payloads: payloads.filter(|(_, payload)| payload.to_bits() != 0).collect(),
            torques: self.state.torques.clone(),
            trees: trees.save(),
            objects: objects.collect(),
            rest: rest.copied().collect(),
        })
    }

    /// Restores a saved state.
    ///
    /// # Errors
    ///
    /// If it is not a valid state of this world, which is unchanged then.
    pub(super) fn restore_alone(&mut self, saved: AloneState) -> Result<(), SnapshotError> {
        if let Some(why) = self.misfit(&saved) {
            return Err(SnapshotError::Unreadable { why: why.to_owned() });
        }
        if self.fault.is_some() || !self.dropped.is_empty() {
            self.drop_owned();
            self.empty_engine();
            self.fault = None;
        }
        self.restore_payloads(&saved.payloads);
        self.ticks = saved.ticks;
        self.actions.drives = saved.drives;
        self.actions.forces = saved.forces;
        self.state.torques = saved.torques;
        for index in 0..saved.objects.len() {
            self.restore_object(self.scene.loose[index], &saved.objects[index]);
        }
        self.restore_trees_alone(saved.trees);
        for (body, object) in self.scene.loose.iter().zip(&saved.objects) {
            let rigid = &mut self.physics.bodies[self.scene.bodies[*body].handle];
            *rigid.activation_mut() = object.activation;
        }
        self.rest.places.clear();
        if !saved.rest.is_empty() {
            self.rest.places.resize(self.scene.bodies.len(), Pose::IDENTITY);
        }
        for (body, place) in self.scene.loose.iter().zip(saved.rest) {
            self.rest.places[*body] = place;
        }
        Ok(())
    }

    /// The reason for which a state is invalid in this world.
    fn misfit(&self, saved: &AloneState) -> Option<&'static str> {
        let (bodies, dofs) = (self.scene.bodies.len(), self.actions.drives.len());
        let loose = self.scene.loose.len();
        let yields = |body: usize| body < bodies && self.scene.bodies[body].mass_group.is_some();
        let complaints = [
            (saved.drives.len() == dofs && saved.torques.len() == dofs, "its joints are others"),
            (
                saved.forces.windows(2).all(|pair| pair[0].0 < pair[1].0)
                    && saved.forces.iter().all(|(body, _)| yields(*body)),
                "its forces are wrong",
            ),
            (
                saved.payloads.iter().all(|(body, kg)| yields(*body) && kg.abs() <= MAX_PAYLOAD_KG),
                "its payloads are wrong",
            ),
            (
                saved.objects.len() == loose
                    && saved.trees.objects() == loose
                    && [0, loose].contains(&saved.rest.len()),
                "its objects are others",
            ),
        ];
        let wrong = complaints.iter().find(|(holds, _)| !holds).map(|(_, complaint)| *complaint);
        wrong.or_else(|| saved.trees.misfit(self, 0))
    }

    fn restore_payloads(&mut self, saved: &[(usize, f64)]) {
        let mut payloads = vec![0.0; self.actions.payloads.len()];
        for (body, payload) in saved {
            payloads[*body] = *payload;
        }
        let before = std::mem::replace(&mut self.actions.payloads, payloads);
        let scene = self.scene.clone();
        for group in &scene.masses {
            let mut members = group.members.iter().map(|member| member.body);
            if members.any(|body| before[body] != self.actions.payloads[body]) {
                self.set_mass(group);
            }
        }
    }

    fn restore_object(&mut self, body: usize, saved: &ObjectState) {
        let rigid = &mut self.physics.bodies[self.scene.bodies[body].handle];
        set_still(rigid);
        rigid.set_linvel(saved.linear, false);
        rigid.set_angvel(saved.angular, false);
        rigid.set_body_type(RigidBodyType::KinematicPositionBased, false);
        rigid.set_position(saved.pose, false);
        let pose = saved.pose * self.placing_of(body).rapier_from_body;
        self.state.bodies[body] = BodyState { pose, twist: Twist::default() };
    }

    /// Removes all objects from the trees, so that no dropped box remains in them.
    fn drop_owned(&mut self) {
        if let Some(trees) = &mut self.trees {
            trees.disown();
        }
        self.rebuild_trees();
    }
}
