//! Results of a step: impulses of contacts, couplings, drives, limits and friction.

use nalgebra::Vector3;

use super::{Memory, StepInput, Stepper};
use crate::dof_law::DofRowKind;

/// Impulses on a dof over a step, N m s or N s.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DofImpulses {
    /// Of the drive.
    pub drive: f64,
    /// Of joint friction.
    pub friction: f64,
    /// Of both limits.
    pub limit: f64,
    /// Of the passive spring.
    pub spring: f64,
}

impl Stepper {
    /// Impulse (N s) and moment (N m s) of a contact of the last step on its second
    /// body, world axes, at its point.
    pub fn contact_impulse(&self, contact: usize) -> [Vector3<f64>; 2] {
        assert!(contact < self.contacts, "the last step had no such contact");
        self.newton.rows[contact].world_impulse()
    }

    /// Impulse of a coupling of the last step: on the second link in world axes
    /// (N s and N m s); of a joint coupling on the follower, in the first component
    /// of the first vector (N m s or N s).
    pub fn coupling_impulse(&self, coupling: usize) -> [Vector3<f64>; 2] {
        self.newton.rows[self.contacts + coupling].world_impulse()
    }

    /// Point of action of a coupling of frames or points in the last step, m, world axes.
    pub fn coupling_point(&self, coupling: usize) -> Vector3<f64> {
        self.points[coupling]
    }

    /// Impulses on a dof in the last step.
    pub fn dof_impulses(&self, dof: usize) -> DofImpulses {
        let mut impulses = DofImpulses::default();
        for row in self.newton.dof_rows.iter().filter(|row| row.dof as usize == dof) {
            let impulse = row.potential.response(self.v[dof]).impulse;
            *match row.kind {
                DofRowKind::Drive => &mut impulses.drive,
                DofRowKind::Friction => &mut impulses.friction,
                DofRowKind::LowerLimit | DofRowKind::UpperLimit => &mut impulses.limit,
                DofRowKind::Spring => &mut impulses.spring,
            } += impulse;
        }
        impulses
    }

    /// Keeps the impulses for the next step.
    pub(super) fn remember(&mut self, memory: &mut Memory, input: &StepInput) {
        memory.joints.clear();
        memory.joints.resize(self.v.len(), 0.0);
        for row in self.newton.dof_rows.iter().filter(|row| row.kind == DofRowKind::Friction) {
            let dof = row.dof as usize;
            memory.joints[dof] = row.potential.response(self.v[dof]).impulse;
        }
        memory.contacts.clear();
        self.keys.clear();
        for (place, (contact, row)) in input.contacts.iter().zip(&self.newton.rows).enumerate() {
            if row.response.acts {
                self.keys.push((contact.key, place as u32));
            }
        }
        self.keys.sort_unstable();
        let rows = &self.newton.rows;
        let impulses =
            self.keys.iter().map(|(key, place)| (*key, rows[*place as usize].world_impulse()));
        memory.contacts.extend(impulses);
    }
}
