//! Assembles the problem of a step.

use nalgebra::Vector3;

use super::{Memory, StepInput, Stepper};
use crate::cone::{ConeVector, MAX_CONE_DIM};
use crate::coupling::{Closure, Coupling, PointError, anchor_error, frame_error, polynomial};
use crate::dof_law::{DofLaw, DofStart};
use crate::joint::JointKind;
use crate::laws::{Law, RowState};
use crate::newton::DofRow;
use crate::passes::link_velocities;
use crate::potential::Potential;
use crate::rows::{Column, Equality, Place, Placement, Row, RowPotential};
use crate::state::{State, quaternion};
use crate::step::Rule;
use crate::tree::Tree;

impl Stepper {
    /// Fills in mass, momentum and all rows.
    pub(super) fn assemble(
        &mut self,
        tree: &Tree,
        state: &State,
        memory: &Memory,
        input: &StepInput,
    ) {
        self.add_inertia(tree);
        self.add_dof_rows(tree, state, memory, input);
        let newton = &mut self.newton;
        newton.rows.clear();
        newton.columns.clear();
        self.points.clear();
        self.contacts = input.contacts.len();
        if self.contacts + input.couplings.len() == 0 {
            return;
        }
        link_velocities(tree, self.dynamics.kinematics(), &state.v, &mut self.velocities);
        let placement = Placement {
            tree,
            kinematics: self.dynamics.kinematics(),
            velocities: &self.velocities,
        };
        for contact in input.contacts {
            let mut weights = [0.0; 2];
            for link in contact.sides.iter().filter_map(crate::contact::Side::link) {
                let own = self.weights.link(link);
                weights = [weights[0] + own[0], weights[1] + own[1]];
            }
            let remembered = memory.contact(contact.key);
            let start = (weights, remembered, self.options.step_s);
            newton.rows.push(placement.contact(contact, start, &mut newton.columns));
        }
        for coupling in input.couplings {
            let row = match coupling {
                Coupling::Joints { .. } => {
                    self.points.push(Vector3::zeros());
                    self.joint_row(tree, state, coupling)
                }
                Coupling::Connect { links, anchors, law } => {
                    let error = anchor_error(tree, self.dynamics.kinematics(), links, anchors);
                    self.connection_row((tree, links), &error, (law, Closure::Rigid, 3))
                }
                Coupling::Frames { links, frames, closure, law } => {
                    let kinematics = self.dynamics.kinematics();
                    let error = frame_error(tree, kinematics, (links, frames), *closure);
                    self.connection_row((tree, links), &error, (law, *closure, 6))
                }
            };
            self.newton.rows.push(row);
        }
    }

    /// M and p.
    fn add_inertia(&mut self, tree: &Tree) {
        let newton = &mut self.newton;
        newton.mass.copy_from_slice(self.dynamics.mass().rows());
        for (dof, value) in self.dynamics.diagonal().iter().enumerate() {
            newton.mass[tree.diagonal(dof)] += value;
        }
        newton.momentum.copy_from_slice(self.dynamics.momentum());
    }

    fn add_dof_rows(&mut self, tree: &Tree, state: &State, memory: &Memory, input: &StepInput) {
        let rows = &mut self.newton.dof_rows;
        rows.clear();
        if input.drives.is_empty() && input.dof_laws.is_empty() {
            return;
        }
        let nothing = DofLaw::default();
        // Dofs without drives and passive forces (loose objects) may have no entries.
        let end = input.drives.len().max(input.dof_laws.len());
        for link in tree.links().iter().filter(|link| link.dofs().start < end) {
            let base = link.joint() == JointKind::FloatingBase;
            for (axis, dof) in link.dofs().enumerate() {
                let start = DofStart {
                    position: if base {
                        0.0
                    } else {
                        position(link.joint(), link.coordinates(), axis, state)
                    },
                    velocity: state.v[dof],
                    inverse_weight: self.weights.dof(dof),
                    friction: memory.joints.get(dof).copied().unwrap_or(0.0),
                    step_s: self.options.step_s,
                    midpoint: self.options.rule == Rule::SecondOrder,
                };
                let law = input.dof_laws.get(dof).unwrap_or(&nothing);
                law.potentials(input.drives.get(dof), &start, |kind, potential| {
                    rows.push(DofRow { dof: dof as u32, kind, potential });
                });
            }
        }
    }

    fn joint_row(&mut self, tree: &Tree, state: &State, coupling: &Coupling) -> Row {
        let Coupling::Joints { follower, leader, polynomial: coefficients, law } = coupling else {
            unreachable!("only joint couplings have joint rows")
        };
        let at = |dof: usize| {
            let link = &tree.links()[tree.link_of_dof(dof)];
            position(link.joint(), link.coordinates(), dof - link.dofs().start, state)
        };
        let (value, slope) = polynomial(coefficients, at(*leader));
        let row_state = RowState {
            error: at(*follower) - value,
            velocity: state.v[*follower] - slope * state.v[*leader],
            inverse_weight: self.weights.dof(*follower) + self.weights.dof(*leader),
        };
        let row = law.equality(&row_state, row_state.error, self.options.step_s);
        let columns = &mut self.newton.columns;
        let start = columns.len() as u32;
        for (dof, value) in [(*follower, 1.0), (*leader, -slope)] {
            let mut values = [0.0; MAX_CONE_DIM];
            values[0] = value;
            columns.push(Column { dof: dof as u32, values });
        }
        let place = Place::Pair { start, split: start + 1, end: start + 2 };
        let axes = [Vector3::x(), Vector3::y(), Vector3::z()];
        let potential = Potential::equality(row.velocity, row.regularization);
        Row::new(place, axes, [0.0; MAX_CONE_DIM], RowPotential::Scalar(potential))
    }

    fn connection_row(
        &mut self,
        (tree, links): (&Tree, &[Option<usize>; 2]),
        error: &PointError,
        (law, closure, dim): (&Law, Closure, usize),
    ) -> Row {
        self.points.push(error.point);
        let step_s = self.options.step_s;
        let mut weights = [0.0; 2];
        for link in links.iter().flatten() {
            let own = self.weights.link(*link);
            weights = [weights[0] + own[0], weights[1] + own[1]];
        }
        // MuJoCo measures rotations of a weld by half of our error.
        let half = error.rotation / 2.0;
        let distance = (error.translation.norm_squared() + half.norm_squared()).sqrt();
        let stretch = match law {
            Law::Soft(_) => [1.0, 4.0],
            Law::Stiff(_) => [1.0, 1.0],
        };
        let placement = Placement {
            tree,
            kinematics: self.dynamics.kinematics(),
            velocities: &self.velocities,
        };
        let potential = |velocity: &ConeVector| {
            let mut equality =
                Equality { dim, target: [0.0; MAX_CONE_DIM], slope: [0.0; MAX_CONE_DIM] };
            let errors = error.translation.iter().chain(error.rotation.iter());
            for (j, error) in errors.enumerate().take(dim) {
                if closure.is_free(j) {
                    continue;
                }
                let inverse_weight = weights[j / 3] * stretch[j / 3];
                let state = RowState { error: *error, velocity: velocity[j], inverse_weight };
                let row = law.equality(&state, distance, step_s);
                equality.target[j] = row.velocity;
                equality.slope[j] = row.regularization.recip();
            }
            RowPotential::Equality(equality)
        };
        placement.connection(
            *links,
            (&error.point, &error.axes),
            potential,
            &mut self.newton.columns,
        )
    }
}

/// Coordinate of a dof, rad or m: of a ball joint a component of its rotation
/// vector.
fn position(
    joint: JointKind,
    coordinates: std::ops::Range<usize>,
    axis: usize,
    state: &State,
) -> f64 {
    let q = &state.q[coordinates];
    match joint {
        JointKind::Spherical => {
            let rotation = nalgebra::UnitQuaternion::new_unchecked(quaternion(q));
            crate::coupling::rotation_vector(&rotation)[axis]
        }
        _ => q.get(axis).copied().unwrap_or(0.0),
    }
}
