//! The order of visits in sweeps: from the ground up.
//!
//! The level of a branch is its distance from the world over contacts: 0 if it touches
//! the world, 1 if it touches a branch of level 0. Contacts are ordered by the lower
//! level of their sides, then by the higher, then by index. A sweep then propagates
//! the support of the ground upwards, and the next one, in reverse, the weight
//! downwards.

use crate::islands::Island;
use crate::newton::Newton;
use crate::tree::Tree;

/// Level of a branch that is not connected to the world by contacts.
const FAR: u32 = u32::MAX;

/// Memory of the order.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels {
    level: Vec<u32>,
    /// Branches of both sides of each row of the island, and the row; twice the same
    /// branch for a single side.
    sides: Vec<([u32; 2], u32)>,
    /// Pairs of branches in contact; once for consecutive points.
    touching: Vec<[u32; 2]>,
    keyed: Vec<(u32, u32)>,
    sorted: Vec<(u32, u32)>,
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Levels {
    /// Rows of an island in the order of visits.
    pub(super) fn order(&mut self, tree: &Tree, problem: &Newton, island: &Island<'_>) -> &[u32] {
        self.find_levels(tree, problem, island);
        self.keyed.clear();
        let most = (tree.bases().len() as u32).min(0x7fff);
        for (sides, row) in &self.sides {
            let [one, other] = sides.map(|branch| self.level[branch as usize].min(most));
            self.keyed.push((one.min(other) << 16 | one.max(other), *row));
        }
        // By the higher level first: counting sorts are stable.
        sort_by_count(&mut self.keyed, &mut self.sorted, (&mut self.starts, |key| key & 0x7fff));
        sort_by_count(&mut self.keyed, &mut self.sorted, (&mut self.starts, |key| key >> 16));
        self.rows.clear();
        self.rows.extend(self.keyed.iter().map(|(_, row)| *row));
        &self.rows
    }

    /// The last order.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Levels by relaxation over the contacts, with one round per level.
    fn find_levels(&mut self, tree: &Tree, problem: &Newton, island: &Island<'_>) {
        let branch = |link: usize| tree.links()[link].branch() as u32;
        self.level.resize(tree.bases().len(), FAR);
        for &link in island.links {
            self.level[branch(link as usize) as usize] = FAR;
        }
        self.sides.clear();
        for &index in island.rows {
            let row = &problem.rows[index as usize];
            let sides = match row.links() {
                [Some(one), Some(other)] => [branch(one), branch(other)],
                [Some(one), None] | [None, Some(one)] => {
                    self.level[branch(one) as usize] = 0;
                    [branch(one); 2]
                }
                [None, None] => {
                    let dofs = row.last_dofs(tree, &problem.columns);
                    let of_dof = |dof: u32| branch(tree.link_of_dof(dof as usize));
                    dofs.into_iter().flatten().next().map_or([0; 2], |dof| [of_dof(dof); 2])
                }
            };
            self.sides.push((sides, index));
        }
        self.touching.clear();
        for (sides, _) in &self.sides {
            if sides[0] != sides[1] && self.touching.last() != Some(sides) {
                self.touching.push(*sides);
            }
        }
        let mut changes = true;
        while changes {
            changes = false;
            for [one, other] in &self.touching {
                let [a, b] = [*one, *other].map(|branch| self.level[branch as usize]);
                if a.saturating_add(1) < b {
                    (self.level[*other as usize], changes) = (a + 1, true);
                } else if b.saturating_add(1) < a {
                    (self.level[*one as usize], changes) = (b + 1, true);
                }
            }
        }
    }
}

/// Stable sort by a part of the key.
fn sort_by_count(
    entries: &mut Vec<(u32, u32)>,
    sorted: &mut Vec<(u32, u32)>,
    (starts, part): (&mut Vec<u32>, fn(u32) -> u32),
) {
    let largest = entries.iter().map(|(key, _)| part(*key)).max().unwrap_or(0);
    starts.clear();
    starts.resize(largest as usize + 2, 0);
    for (key, _) in entries.iter() {
        starts[part(*key) as usize + 1] += 1;
    }
    for place in 1..starts.len() {
        starts[place] += starts[place - 1];
    }
    sorted.clear();
    sorted.resize(entries.len(), (0, 0));
    for entry in entries.iter() {
        let start = &mut starts[part(entry.0) as usize];
        sorted[*start as usize] = *entry;
        *start += 1;
    }
    std::mem::swap(entries, sorted);
}
