//! Islands that are too large to be factored.

use super::{NONE, Pattern, Scratch};
use crate::tree::Tree;

impl Pattern {
    /// Finds large islands, and the couplings of the others.
    ///
    /// The cost is that of a band matrix: in the order of ranks, a row extends to the
    /// first branch that its own branch, or a later one of the island, is coupled to. A
    /// branch without couplings is not large, unless all are.
    pub(super) fn find_large(&mut self, tree: &Tree) {
        let Scratch { branch_order, branch_rank, neighbours, before, costs, .. } =
            &mut self.scratch;
        before.clear();
        before.resize(branch_order.len(), 0);
        for link in tree.links() {
            before[branch_rank[link.branch()] as usize] += link.dofs().len();
        }
        let mut end = tree.dofs();
        for count in before.iter_mut().rev() {
            end -= *count;
            *count = end;
        }
        let (mut reach, mut island) = (usize::MAX, NONE);
        for (rank, &branch) in branch_order.iter().enumerate().rev() {
            if self.island_of[branch as usize] != island {
                (reach, island) = (rank, self.island_of[branch as usize]);
            }
            let nearest = neighbours.of(branch).map(|other| branch_rank[other as usize] as usize);
            reach = nearest.fold(reach.min(rank), usize::min);
            // Those before are of lower rank, and still first places.
            before[rank] -= before[reach];
        }
        costs.clear();
        costs.resize(self.islands, 0);
        for dof in 0..tree.dofs() {
            let branch = tree.links()[tree.link_of_dof(dof)].branch();
            let len = before[branch_rank[branch] as usize] + tree.row(dof).len();
            costs[self.island_of[branch] as usize] += len * len / 2;
        }
        self.is_large.clear();
        self.is_large.extend(costs.iter().map(|cost| *cost >= self.limit));
        if self.limit > 0 {
            // A branch without couplings is factored without fill.
            for (branch, island) in self.island_of.iter().enumerate() {
                if neighbours.of(branch as u32).next().is_none() {
                    self.is_large[*island as usize] = false;
                }
            }
        }
        self.kept.clear();
        let branch = |dof: u32| tree.links()[tree.link_of_dof(dof as usize)].branch();
        let is_small = |pair: &&[u32; 2]| !self.is_large[self.island_of[branch(pair[0])] as usize];
        self.kept.extend(self.couplings.iter().filter(is_small));
    }
}
