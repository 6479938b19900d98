//! Independent parts of a problem.
//!
//! Branches connected by contacts or couplings, directly or indirectly, are an
//! *island*; a branch that only touches the ground is an island of its own. The
//! function of a step is a sum over islands, so each is minimised separately, and
//! ends as soon as it has converged. Islands are numbered by their first branch.

use crate::newton::DofRow;
use crate::pattern::Pattern;
use crate::rows::{Column, Place, Row};
use crate::tree::Tree;

/// The members of all islands; each list is in ascending order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Islands {
    links: Partition,
    dofs: Partition,
    rows: Partition,
    dof_rows: Partition,
    /// Dofs in the order of the pattern, which is by island first.
    order: Vec<u32>,
}

/// The members of one island, as indices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Island<'a> {
    pub(crate) links: &'a [u32],
    pub(crate) dofs: &'a [u32],
    pub(crate) rows: &'a [u32],
    pub(crate) dof_rows: &'a [u32],
    /// Its dofs in the order of the pattern, roots first.
    pub(crate) order: &'a [u32],
}

impl Islands {
    /// Divides a problem with an analysed pattern.
    pub(crate) fn update(
        &mut self,
        tree: &Tree,
        pattern: &Pattern,
        (dof_rows, rows, columns): (&[DofRow], &[Row], &[Column]),
    ) {
        let count = pattern.islands();
        let of_link = |link: usize| pattern.island(tree.links()[link].branch());
        let of_dof = |dof: u32| of_link(tree.link_of_dof(dof as usize));
        let of_row = |row: &Row| match row.place {
            Place::World { link, .. } => of_link(link as usize),
            // Of two uncoupled sides, at most one has dofs.
            Place::Links { links: [one, other], .. } => {
                let moves = |link: u32| !tree.link_chain(link as usize).is_empty();
                of_link(if moves(one) || !moves(other) { one } else { other } as usize)
            }
            Place::Pair { .. } => {
                let dof = row.last_dofs(tree, columns).into_iter().flatten().next();
                dof.map_or(0, of_dof)
            }
        };
        self.links.fill(count, (0..tree.links().len()).map(of_link));
        self.dofs.fill(count, (0..tree.dofs() as u32).map(of_dof));
        self.rows.fill(count, rows.iter().map(of_row));
        self.dof_rows.fill(count, dof_rows.iter().map(|row| of_dof(row.dof)));
        self.order.clear();
        self.order.extend_from_slice(pattern.order());
    }

    /// Number of islands.
    pub(crate) fn len(&self) -> usize {
        self.links.ends.len()
    }

    /// The members of an island.
    pub(crate) fn get(&self, island: usize) -> Island<'_> {
        Island {
            links: self.links.part(island),
            dofs: self.dofs.part(island),
            rows: self.rows.part(island),
            dof_rows: self.dof_rows.part(island),
            order: &self.order[self.dofs.range(island)],
        }
    }
}

/// Numbers 0, 1, .. divided among parts.
#[derive(Debug, Clone, PartialEq, Default)]
struct Partition {
    ends: Vec<u32>,
    members: Vec<u32>,
}

impl Partition {
    /// Puts each number into the part that `parts` names for it.
    fn fill(&mut self, count: usize, parts: impl Iterator<Item = u32> + Clone) {
        self.ends.clear();
        self.ends.resize(count, 0);
        self.members.clear();
        if count == 1 {
            self.members.extend(parts.enumerate().map(|(number, _)| number as u32));
            self.ends[0] = self.members.len() as u32;
            return;
        }
        let mut total = 0;
        for part in parts.clone() {
            self.ends[part as usize] += 1;
            total += 1;
        }
        // First the starts; each then advances to the end of its part.
        let mut start = 0;
        for end in &mut self.ends {
            (*end, start) = (start, start + *end);
        }
        self.members.resize(total, 0);
        for (number, part) in parts.enumerate() {
            let end = &mut self.ends[part as usize];
            self.members[*end as usize] = number as u32;
            *end += 1;
        }
    }

    fn range(&self, part: usize) -> std::ops::Range<usize> {
        let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[part] as usize
    }

    fn part(&self, part: usize) -> &[u32] {
        &self.members[self.range(part)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_their_numbers_in_order() {
        let mut partition = Partition::default();
        partition.fill(4, [2, 0, 2, 3, 0, 2].into_iter());

        assert_eq!(partition.part(0), [1, 4]);
        assert!(partition.part(1).is_empty());
        assert_eq!(partition.part(2), [0, 2, 5]);
        assert_eq!(partition.part(3), [3]);
    }
}
