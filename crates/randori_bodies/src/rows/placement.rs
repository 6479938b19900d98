//! Builds rows from contacts and connections in a configuration.

use nalgebra::Vector3;

use super::{Column, Place, Row, RowPotential};
use crate::cone::{ConeVector, MAX_CONE_DIM};
use crate::contact::{Contact, ContactStart, Side, tangents};
use crate::kinematics::Kinematics;
use crate::laws::Law;
use crate::spatial::MotionVector;
use crate::tree::Tree;

/// The configuration for which rows are built.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) kinematics: &'a Kinematics,
    /// Velocity of each link before the step, about O.
    pub(crate) velocities: &'a [MotionVector],
}

impl Placement<'_> {
    /// Offset of a point (m, world) from O of the branch of a link.
    fn offset(&self, link: usize, point: &Vector3<f64>) -> Vector3<f64> {
        point - self.kinematics.origin(self.tree.links()[link].branch())
    }

    /// The dofs that move one link but not the other, for both.
    fn separate_chains(&self, links: [usize; 2]) -> [&[u32]; 2] {
        let [mut first, mut second] = links.map(|link| self.tree.link_chain(link));
        while let ([a, rest_a @ ..], [b, rest_b @ ..]) = (first, second) {
            if a != b {
                break;
            }
            (first, second) = (rest_a, rest_b);
        }
        [first, second]
    }

    /// Placement of a block between two sides at a point; appends its columns.
    fn place(
        &self,
        links: [Option<usize>; 2],
        (point, axes): (&Vector3<f64>, &[Vector3<f64>; 3]),
        columns: &mut Vec<Column>,
    ) -> Place {
        let branch = |link: usize| self.tree.links()[link].branch();
        match links {
            [Some(first), Some(second)] if branch(first) != branch(second) => Place::Links {
                links: [first as u32, second as u32],
                offsets: [self.offset(first, point), self.offset(second, point)],
            },
            [Some(first), Some(second)] => {
                let start = columns.len() as u32;
                let chains = self.separate_chains([first, second]);
                let split = start + chains[0].len() as u32;
                for ((chain, link), sign) in
                    chains.into_iter().zip([first, second]).zip([-1.0, 1.0])
                {
                    let offset = self.offset(link, point);
                    for &dof in chain {
                        let motion = &self.kinematics.subspace()[dof as usize];
                        let mut values = along_axes(axes, motion, &offset);
                        for value in &mut values {
                            *value *= sign;
                        }
                        columns.push(Column { dof, values });
                    }
                }
                Place::Pair { start, split, end: columns.len() as u32 }
            }
            [None, Some(link)] => {
                Place::World { link: link as u32, offset: self.offset(link, point), sign: 1.0 }
            }
            [Some(link), None] => {
                Place::World { link: link as u32, offset: self.offset(link, point), sign: -1.0 }
            }
            [None, None] => {
                let start = columns.len() as u32;
                Place::Pair { start, split: start, end: start }
            }
        }
    }

    /// Relative velocity of two sides before the step; angular only if the block has
    /// angular rows.
    fn start_velocity(
        &self,
        links: [Option<usize>; 2],
        (point, axes): (&Vector3<f64>, &[Vector3<f64>; 3]),
        (known, turns): (&ConeVector, bool),
    ) -> ConeVector {
        let mut velocity = *known;
        for (link, sign) in links.into_iter().zip([-1.0, 1.0]) {
            let Some(link) = link else { continue };
            let offset = self.offset(link, point);
            let motion = &self.velocities[link];
            let linear = motion.at(&offset);
            for (j, axis) in axes.iter().enumerate() {
                velocity[j] += sign * axis.dot(&linear);
                if turns {
                    velocity[j + 3] += sign * axis.dot(&motion.angular);
                }
            }
        }
        velocity
    }

    /// The row of a contact. `weights` are the inverse weights of both sides.
    pub(crate) fn contact(
        &self,
        contact: &Contact,
        (weights, remembered, step_s): ([f64; 2], [Vector3<f64>; 2], f64),
        columns: &mut Vec<Column>,
    ) -> Row {
        let [first, second] = tangents(&contact.normal);
        let axes = [contact.normal, first, second];
        let links = [contact.sides[0].link(), contact.sides[1].link()];
        let turns = contact.friction.kind().dim() > 3;
        let mut known = [0.0; MAX_CONE_DIM];
        for (side, sign) in contact.sides.iter().zip([-1.0, 1.0]) {
            match side {
                Side::World { linear, angular } if *side != Side::GROUND => {
                    for (j, axis) in axes.iter().enumerate() {
                        known[j] += sign * axis.dot(linear);
                        known[j + 3] += sign * axis.dot(angular);
                    }
                }
                _ => {}
            }
        }
        let at = (&contact.point, &axes);
        let mut impulse = [0.0; MAX_CONE_DIM];
        for (j, axis) in axes.iter().enumerate() {
            impulse[j] = axis.dot(&remembered[0]);
            if turns {
                impulse[j + 3] = axis.dot(&remembered[1]);
            }
        }
        let start = ContactStart {
            velocity: self.start_velocity(links, at, (&known, turns)),
            inverse_weight: weights,
            remembered: impulse,
            step_s,
        };
        let cone = contact.cone(&start);
        let (slip, recovery) = match contact.law {
            Law::Soft(_) => (None, 0.0),
            Law::Stiff(_) => (Some(cone.slip(&start.velocity)), contact.recovery(&start)),
        };
        let place = self.place(links, at, columns);
        Row {
            warm: impulse,
            slip,
            recovery,
            ..Row::new(place, axes, known, RowPotential::Cone(cone))
        }
    }

    /// The row of a coupling of two links at a point. `potential` computes it from
    /// the velocity before the step along and about these axes.
    pub(crate) fn connection(
        &self,
        links: [Option<usize>; 2],
        (point, axes): (&Vector3<f64>, &[Vector3<f64>; 3]),
        potential: impl FnOnce(&ConeVector) -> RowPotential,
        columns: &mut Vec<Column>,
    ) -> Row {
        let known = [0.0; MAX_CONE_DIM];
        let start = self.start_velocity(links, (point, axes), (&known, true));
        let place = self.place(links, (point, axes), columns);
        Row::new(place, *axes, known, potential(&start))
    }
}

/// Velocity at an offset from O along three axes, then about them.
pub(super) fn along_axes(
    axes: &[Vector3<f64>; 3],
    motion: &MotionVector,
    offset: &Vector3<f64>,
) -> ConeVector {
    let linear = motion.at(offset);
    let [a, b, c] = axes;
    [
        a.dot(&linear),
        b.dot(&linear),
        c.dot(&linear),
        a.dot(&motion.angular),
        b.dot(&motion.angular),
        c.dot(&motion.angular),
    ]
}
