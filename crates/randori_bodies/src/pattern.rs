//! Sparsity of the Newton matrix, and its factors.
//!
//! The mass matrix has a non-zero element for a pair of dofs only if one carries
//! the other; eliminated from the tips inwards it gets no fill (see
//! [`SparseFactor`](crate::SparseFactor)). Contacts with the world keep that
//! pattern. A contact between two moving links couples the chains of both, and
//! elimination then fills in more.
//!
//! Fill is described by the *elimination tree* (Davis, "Direct Methods
//! for Sparse Linear Systems", 2006, chapter 4): the parent of a dof is the first
//! dof eliminated after it among those to which it is coupled, fill included.
//! Non-zero elements of row i are among the ancestors of i in it. We store, for
//! each dof, the path of the elimination tree from i up to the *top* of i: the
//! ancestor nearest to the root that the row can reach. Rows are then contiguous
//! pieces of one path, as for a mechanism, and the same update applies with an
//! offset:
//!
//! ```text
//! row_j[off..off + p + 1] -= (row_i[p] / d_i) row_i[0..=p],   j = path_i[p]
//! ```
//!
//! The six rows of a free body have the same columns and are eliminated together: each
//! target row is then loaded once instead of six times.
//!
//! A stack of bodies becomes a band matrix, two legs in contact become one chain, and
//! without couplings the pattern is that of the mass matrix.
//!
//! Branches are ordered by their distance from the first branch over couplings
//! (the order of Cuthill and `McKee`, 1969), which keeps bands narrow.
//!
//! Start reading at [`Pattern::update`].

mod factor;
mod lists;
mod size;

use std::ops::Range;

use crate::joint::JointKind;
use crate::tree::Tree;

pub(crate) use factor::PatternFactor;
use lists::Lists;

/// Rows of a symmetric matrix over a tree with couplings.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Pattern {
    /// Dofs in the order of their rows, roots first.
    order: Vec<u32>,
    rows: Vec<Row>,
    /// Paths of all rows, one after the other; each ends with its own dof.
    paths: Vec<u32>,
    /// Index of each element of a branch-sparse matrix; unused for the pattern
    /// of the tree itself.
    slots: Vec<u32>,
    /// True if rows and indices are those of the tree.
    is_tree: bool,
    /// The coupled dofs of the pattern, and its size.
    couplings: Vec<[u32; 2]>,
    size: usize,
    limit: usize,
    /// The couplings of islands that are not large.
    kept: Vec<[u32; 2]>,
    /// True for large islands.
    is_large: Vec<bool>,
    /// The island of each branch, and their number.
    island_of: Vec<u32>,
    islands: usize,
    scratch: Scratch,
}

/// Location of the row of a dof.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Row {
    start: u32,
    len: u32,
    /// Number of ancestors in the elimination tree.
    depth: u32,
    parent: u32,
    /// Start of the rows of the floating base at the start of the row; `NONE` without
    /// one.
    base: u32,
    /// True for the last row of a floating base whose six rows have the same columns
    /// and are consecutive.
    ends_block: bool,
}

/// Memory of the symbolic analysis.
#[derive(Debug, Clone, PartialEq, Default)]
struct Scratch {
    position: Vec<u32>,
    ancestor: Vec<u32>,
    top: Vec<u32>,
    branch_order: Vec<u32>,
    branch_rank: Vec<u32>,
    /// Number of dofs between the first branch of a row and its own, by rank.
    before: Vec<usize>,
    /// Multiplications by island.
    costs: Vec<usize>,
    /// Coupled branches of each branch.
    neighbours: Lists,
    /// For each dof, the dofs that it carries directly or is coupled to.
    edges: Lists,
}

const NONE: u32 = u32::MAX;

impl Pattern {
    /// Analyses a tree whose dofs are coupled in these pairs, besides the
    /// couplings within each chain. Does nothing if tree and couplings are unchanged.
    ///
    /// A coupling of two links is that of their last dofs.
    ///
    /// Islands whose factorization would take `limit` multiplications or more are
    /// large; they are not factored, and their couplings are left out.
    pub(crate) fn update(&mut self, tree: &Tree, couplings: &[[u32; 2]], limit: usize) {
        let same_tree = self.size == tree.row_elements() && self.order.len() == tree.dofs();
        if same_tree && self.limit == limit && self.couplings == couplings {
            return;
        }
        self.size = tree.row_elements();
        self.couplings.clear();
        self.couplings.extend_from_slice(couplings);
        self.limit = limit;
        self.order_dofs(tree);
        self.find_large(tree);
        self.build_elimination_tree(tree);
        self.lay_out(tree);
    }

    /// Discards the tree, so that the next update analyses it again.
    pub(crate) fn forget(&mut self) {
        self.order.clear();
        self.size = usize::MAX;
    }

    /// Dofs by rank of their branch; within a branch as in the tree.
    fn order_dofs(&mut self, tree: &Tree) {
        let scratch = &mut self.scratch;
        let branches = tree.bases().len();
        let branch_of = |dof: u32| tree.links()[tree.link_of_dof(dof as usize)].branch() as u32;
        scratch.branch_rank.clear();
        scratch.branch_rank.resize(branches, NONE);
        scratch.branch_order.clear();
        self.islands = 0;
        self.island_of.clear();
        self.island_of.resize(branches, 0);
        scratch.neighbours.clear(branches);
        for &[a, b] in &self.couplings {
            scratch.neighbours.add(branch_of(a), branch_of(b));
            scratch.neighbours.add(branch_of(b), branch_of(a));
        }
        for start in 0..branches {
            if scratch.branch_rank[start] != NONE {
                continue;
            }
            scratch.branch_rank[start] = scratch.branch_order.len() as u32;
            scratch.branch_order.push(start as u32);
            let mut next = scratch.branch_order.len() - 1;
            while next < scratch.branch_order.len() {
                let branch = scratch.branch_order[next];
                self.island_of[branch as usize] = self.islands as u32;
                for other in scratch.neighbours.of(branch) {
                    if scratch.branch_rank[other as usize] == NONE {
                        scratch.branch_rank[other as usize] = scratch.branch_order.len() as u32;
                        scratch.branch_order.push(other);
                    }
                }
                next += 1;
            }
            self.islands += 1;
        }
        self.order.clear();
        self.order.resize(tree.dofs(), 0);
        // Start of the dofs of each branch, by rank; then the position of its next dof.
        let Scratch { before: next, branch_rank: rank, .. } = &mut *scratch;
        next.clear();
        next.resize(branches + 1, 0);
        for dof in 0..tree.dofs() as u32 {
            next[rank[branch_of(dof) as usize] as usize + 1] += 1;
        }
        for place in 1..next.len() {
            next[place] += next[place - 1];
        }
        for dof in 0..tree.dofs() as u32 {
            let place = &mut next[rank[branch_of(dof) as usize] as usize];
            self.order[*place] = dof;
            *place += 1;
        }
        scratch.position.clear();
        scratch.position.resize(tree.dofs(), 0);
        for (position, dof) in self.order.iter().enumerate() {
            scratch.position[*dof as usize] = position as u32;
        }
    }

    /// Parents by Liu's algorithm: dofs in the order of elimination, each joined
    /// to the roots of the subtrees to which it is coupled.
    fn build_elimination_tree(&mut self, tree: &Tree) {
        self.rows.clear();
        self.rows.resize(tree.dofs(), Row { parent: NONE, base: NONE, ..Row::default() });
        let scratch = &mut self.scratch;
        scratch.ancestor.clear();
        scratch.ancestor.resize(tree.dofs(), NONE);
        scratch.edges.clear(tree.dofs());
        // Neighbours in a chain suffice: the others are indirect ancestors.
        for dof in 0..tree.dofs() {
            if let [.., carrier, _] = tree.chain(dof) {
                scratch.edges.add(*carrier, dof as u32);
            }
        }
        for &[a, b] in &self.kept {
            let a_is_first = scratch.position[a as usize] < scratch.position[b as usize];
            let (earlier, later) = if a_is_first { (a, b) } else { (b, a) };
            scratch.edges.add(earlier, later);
        }
        // Subtrees are joined at the later eliminated of two dofs.
        for &dof in self.order.iter().rev() {
            for below in scratch.edges.of(dof) {
                join(&mut self.rows, &mut scratch.ancestor, below, dof);
            }
        }
        for &dof in &self.order {
            let parent = self.rows[dof as usize].parent;
            self.rows[dof as usize].depth =
                if parent == NONE { 0 } else { self.rows[parent as usize].depth + 1 };
        }
    }

    /// Tops, from the tips inwards; then indices of rows and paths.
    fn lay_out(&mut self, tree: &Tree) {
        let depth = |rows: &[Row], dof: u32| rows[dof as usize].depth;
        // The carrier of a chain that is nearest to the root is its first.
        let base = |dof: u32| depth(&self.rows, tree.chain(dof as usize)[0]);
        let top = &mut self.scratch.top;
        top.clear();
        top.extend((0..tree.dofs() as u32).map(base));
        // A coupling reaches the bases of both chains.
        for &[a, b] in &self.kept {
            let both = base(a).min(base(b));
            for dof in [a, b] {
                top[dof as usize] = top[dof as usize].min(both);
            }
        }
        for &dof in self.order.iter().rev() {
            let parent = self.rows[dof as usize].parent;
            if parent != NONE {
                let (own, limit) = (top[dof as usize], depth(&self.rows, parent));
                top[parent as usize] = top[parent as usize].min(own.min(limit));
            }
        }
        self.paths.clear();
        for &dof in &self.order {
            let start = self.paths.len();
            let len = depth(&self.rows, dof) - top[dof as usize] + 1;
            self.paths.resize(start + len as usize, dof);
            let mut ancestor = dof;
            for place in self.paths[start..].iter_mut().rev() {
                *place = ancestor;
                ancestor = self.rows[ancestor as usize].parent;
            }
            let row = &mut self.rows[dof as usize];
            (row.start, row.len) = (start as u32, len);
        }
        self.is_tree = self.paths == tree.chains
            && self.order.iter().enumerate().all(|(place, dof)| place == *dof as usize);
        if self.is_tree {
            for (dof, row) in self.rows.iter_mut().enumerate() {
                let base = tree.floating_base(dof);
                row.base = base.map_or(NONE, |base| tree.row(base).start as u32);
            }
        }
        self.find_blocks(tree);
        self.place_elements(tree);
    }

    fn find_blocks(&mut self, tree: &Tree) {
        for link in tree.links().iter().filter(|link| link.joint() == JointKind::FloatingBase) {
            let rows = &self.rows[link.dofs()];
            let follows = |pair: &[Row]| {
                pair[1].start == pair[0].start + pair[0].len
                    && pair[1].len == pair[0].len + 1
                    && pair[1].depth == pair[0].depth + 1
            };
            let ends_block = rows.windows(2).all(follows);
            self.rows[link.dofs().end - 1].ends_block = ends_block;
        }
    }

    fn place_elements(&mut self, tree: &Tree) {
        self.slots.clear();
        if self.is_tree {
            return;
        }
        for dof in 0..tree.dofs() {
            for carrier in tree.chain(dof) {
                self.slots.push(self.slot(dof as u32, *carrier) as u32);
            }
        }
    }

    /// Index of the element of two coupled dofs.
    #[inline]
    pub(crate) fn slot(&self, one: u32, other: u32) -> usize {
        let (a, b) = (&self.rows[one as usize], &self.rows[other as usize]);
        let (upper, lower) = if a.depth <= b.depth { (a, b) } else { (b, a) };
        (lower.start + lower.len - 1 - (lower.depth - upper.depth)) as usize
    }

    /// Index of the diagonal element of a dof.
    #[inline]
    pub(crate) fn diagonal(&self, dof: usize) -> usize {
        let row = &self.rows[dof];
        (row.start + row.len) as usize - 1
    }

    /// Range of the row of a dof.
    #[inline]
    pub(crate) fn row(&self, dof: usize) -> Range<usize> {
        let row = &self.rows[dof];
        row.start as usize..(row.start + row.len) as usize
    }

    /// The columns of the row of a dof, roots first; the last is itself.
    #[cfg(test)]
    pub(crate) fn path(&self, dof: usize) -> &[u32] {
        &self.paths[self.row(dof)]
    }

    /// Start of the rows of the floating base at the start of the row of a dof, if there
    /// is one and no coupling has changed its pattern.
    #[inline]
    fn base(&self, dof: usize) -> Option<usize> {
        let base = self.rows[dof].base;
        (base != NONE).then_some(base as usize)
    }

    /// True for the last row of a floating base that is eliminated as a whole.
    #[inline]
    pub(crate) fn ends_block(&self, dof: usize) -> bool {
        self.rows[dof].ends_block
    }

    /// Number of islands of coupled branches. Dofs are ordered by island.
    pub(crate) fn islands(&self) -> usize {
        self.islands
    }

    /// True if an island is too large to be factored.
    pub(crate) fn is_large(&self, island: usize) -> bool {
        self.is_large[island]
    }

    /// The island of a branch.
    pub(crate) fn island(&self, branch: usize) -> u32 {
        self.island_of[branch]
    }

    /// Number of elements.
    pub(crate) fn elements(&self) -> usize {
        self.paths.len()
    }

    /// Dofs, roots first.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The parent of a dof.
    #[inline]
    pub(crate) fn parent(&self, dof: usize) -> Option<usize> {
        let parent = self.rows[dof].parent;
        (parent != NONE).then_some(parent as usize)
    }

    /// The indices of the elements of a branch-sparse matrix; `None` if they are the
    /// same.
    #[inline]
    pub(crate) fn slots(&self) -> Option<&[u32]> {
        (!self.is_tree).then_some(&self.slots)
    }
}

/// Makes the root of the subtree of `below` a child of `dof`.
fn join(rows: &mut [Row], ancestor: &mut [u32], below: u32, dof: u32) {
    let mut node = below;
    while node != dof {
        let next = ancestor[node as usize];
        ancestor[node as usize] = dof; // shortens later walks
        if next == NONE {
            rows[node as usize].parent = dof;
            return;
        }
        node = next;
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
