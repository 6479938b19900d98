//! The state of the world in user frames, read from the engine after each step.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Twist};
use randori_core::record::BodyState;

use super::scene::{Placing, Role};
use super::{SimWorld, WorldFault};
use crate::hash::StateHasher;

impl SimWorld {
    /// Reads the state after a step; an error if it is not finite.
    pub(super) fn refresh_state(&mut self) -> Result<(), WorldFault> {
        if let Some(body) = self.broken_body() {
            return Err(self.fault_of(body, self.ticks));
        }
        self.read_state();
        self.read_torques();
        Ok(())
    }

    /// Reads the state of a body after a change between steps; if it is not finite, the
    /// next step returns the fault.
    pub(super) fn reread_state(&mut self, body: usize) {
        if self.is_finite() {
            self.read_state();
        } else if self.fault.is_none() {
            self.fault = Some(self.fault_of(body, self.ticks + 1));
        }
    }

    pub(super) fn fault_of(&self, body: usize, tick: u64) -> WorldFault {
        WorldFault {
            body: BodyId(body),
            path: self.path_of(body),
            tick,
            last_finite: *self.body_state(BodyId(body)),
            what: "went non-finite".to_owned(),
        }
    }

    pub(super) fn path_of(&self, body: usize) -> String {
        match self.dropped_index(BodyId(body)) {
            Some(index) => format!("dropped box {}", index + 1),
            None => self.scene.bodies[body].path.clone(),
        }
    }

    /// Reads poses, velocities and joint coordinates.
    pub(super) fn read_state(&mut self) {
        self.read_loose_bodies();
        self.read_dropped();
        self.read_trees();
    }

    /// Reads the poses of static bodies, once.
    pub(super) fn place_static_bodies(&mut self) {
        for (index, entry) in self.scene.bodies.iter().enumerate() {
            if entry.role == Role::Static {
                let pose = *self.physics.bodies[entry.handle].position();
                let state = &mut self.state.bodies[index];
                state.pose = pose * self.placing[index].rapier_from_body;
            }
        }
    }

    fn read_loose_bodies(&mut self) {
        for &index in &self.scene.loose {
            let rigid = &self.physics.bodies[self.scene.bodies[index].handle];
            let state = &mut self.state.bodies[index];
            if rigid.is_sleeping() && state.twist == Twist::default() {
                continue;
            }
            let com_twist = Twist { linear: rigid.linvel(), angular: rigid.angvel() };
            let pose = *rigid.position();
            let origin_twist = Twist {
                linear: com_twist.at_offset(pose.translation - rigid.center_of_mass()),
                angular: com_twist.angular,
            };
            *state = placed(&pose, &origin_twist, &self.placing[index]);
        }
    }

    /// A body that the engine has removed, or whose state is not finite.
    fn broken_body(&self) -> Option<usize> {
        let quarantine = self.physics.quarantine();
        if quarantine.is_empty() && self.is_finite() {
            return None;
        }
        let held = |&body: &usize| {
            let (handle, _) = self.body_role(BodyId(body));
            let mut colliders = self.body_colliders(BodyId(body)).iter();
            quarantine.bodies().contains(&handle)
                || colliders.any(|collider| quarantine.colliders().contains(collider))
        };
        let all = self.scene.bodies.len() + self.dropped.len();
        let loose = self.scene.loose.iter().copied().chain(self.scene.bodies.len()..all);
        let mut overflown = loose.filter(|&body| !self.is_finite_loose(body));
        (0..all).find(held).or_else(|| overflown.next()).or_else(|| self.broken_tree())
    }

    fn is_finite(&self) -> bool {
        let dropped = (0..self.dropped.len()).map(|index| self.scene.bodies.len() + index);
        let mut loose = self.scene.loose.iter().copied().chain(dropped);
        loose.all(|body| self.is_finite_loose(body))
            && self.trees.as_ref().is_none_or(|trees| trees.is_finite())
    }

    /// Values whose squares overflow count as broken too: the engine's results are
    /// meaningless for them.
    fn is_finite_loose(&self, body: usize) -> bool {
        let rigid = &self.physics.bodies[self.body_role(BodyId(body)).0];
        let squares = rigid.linvel().length_squared()
            + rigid.angvel().length_squared()
            + rigid.translation().length_squared();
        squares.is_finite()
    }

    /// Feeds the state that later steps depend on to a digest.
    pub fn digest(&self, hasher: &mut StateHasher) {
        hasher.write_u64(self.ticks);
        for &index in &self.scene.loose {
            let rigid = &self.physics.bodies[self.scene.bodies[index].handle];
            digest_pose(hasher, rigid.position());
            hasher.write_f32s(&rigid.linvel().to_array());
            hasher.write_f32s(&rigid.angvel().to_array());
            hasher.write_u64(u64::from(rigid.is_sleeping()));
        }
        if let Some(trees) = &self.trees {
            trees.digest(self.ticks, hasher);
        }
        self.digest_actions(hasher);
        self.digest_dropped(hasher);
    }
}

pub(super) fn digest_pose(hasher: &mut StateHasher, pose: &Pose) {
    let (at, turn) = (pose.translation, pose.rotation);
    hasher.write_f32s(&[at.x, at.y, at.z, turn.x, turn.y, turn.z, turn.w]);
}

/// The state of a body from the pose and velocity of its rigid body (at the engine's
/// frame origin).
pub(super) fn placed(world_from_rapier: &Pose, twist: &Twist, placing: &Placing) -> BodyState {
    let pose = *world_from_rapier * placing.rapier_from_body;
    let offset = pose.translation - world_from_rapier.translation;
    BodyState { pose, twist: Twist { linear: twist.at_offset(offset), angular: twist.angular } }
}
