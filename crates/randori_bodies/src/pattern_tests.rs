//! Factors with couplings against dense elimination.

use nalgebra::{DMatrix, DVector, Isometry3, Matrix3, Vector3};

use super::*;
use crate::{JointKind, LinkSpec, MassProperties, NotPositiveDefinite, TreeBuilder};

/// A floating base with chains of hinges of these lengths.
fn add_robot(builder: &mut TreeBuilder, chains: &[usize]) {
    let mass = MassProperties { mass_kg: 1.0, com: Vector3::zeros(), inertia: Matrix3::identity() };
    let base = builder.add(&LinkSpec { mass, ..LinkSpec::default() }).unwrap();
    for len in chains {
        let mut parent = base;
        for _ in 0..*len {
            let spec = LinkSpec {
                parent: Some(parent),
                joint: JointKind::Revolute { axis: Vector3::x() },
                parent_from_joint: Isometry3::translation(0.0, 0.0, 1.0),
                mass,
                ..LinkSpec::default()
            };
            parent = builder.add(&spec).unwrap();
        }
    }
}

fn tree(robots: &[&[usize]]) -> Tree {
    let mut builder = TreeBuilder::new();
    for chains in robots {
        add_robot(&mut builder, chains);
    }
    builder.build()
}

/// A positive definite matrix with elements for every chain, and for every pair
/// of the chains of two coupled dofs.
fn matrix(tree: &Tree, couplings: &[[u32; 2]]) -> DMatrix<f64> {
    let mut matrix = DMatrix::from_diagonal_element(tree.dofs(), tree.dofs(), 0.1);
    let mut seed = 5_u64;
    let mut add = |dofs: &[u32]| {
        for _ in 0..dofs.len() {
            let mut vector = DVector::zeros(tree.dofs());
            for dof in dofs {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
                vector[*dof as usize] = (seed >> 40) as f64 / f64::from(1 << 24) - 0.5;
            }
            matrix += &vector * vector.transpose();
        }
    };
    for dof in 0..tree.dofs() {
        add(tree.chain(dof));
    }
    for [a, b] in couplings {
        let mut union = tree.chain(*a as usize).to_vec();
        union.extend(
            tree.chain(*b as usize)
                .iter()
                .filter(|dof| !union.contains(dof))
                .copied()
                .collect::<Vec<_>>(),
        );
        add(&union);
    }
    matrix
}

fn assert_solves(tree: &Tree, couplings: &[[u32; 2]]) -> Pattern {
    let matrix = matrix(tree, couplings);
    let mut pattern = Pattern::default();
    pattern.update(tree, couplings, usize::MAX);
    let mut factor = PatternFactor::default();
    factor.resize(&pattern);
    let mut held = DMatrix::zeros(tree.dofs(), tree.dofs());
    for dof in 0..tree.dofs() {
        for (place, column) in pattern.row(dof).zip(pattern.path(dof)) {
            factor.rows[place] = matrix[(dof, *column as usize)];
            held[(dof, *column as usize)] = 1.0;
            held[(*column as usize, dof)] = 1.0;
            assert_eq!(pattern.slot(dof as u32, *column), place);
            assert_eq!(pattern.slot(*column, dof as u32), place);
        }
    }
    for (element, held) in matrix.iter().zip(held.iter()) {
        assert!(*element == 0.0 || *held == 1.0, "an element has no index");
    }
    let order: Vec<u32> = pattern.order().to_vec();
    for dof in order.iter().rev() {
        factor.eliminate(&pattern, *dof as usize).unwrap();
    }
    let wanted = DVector::from_fn(tree.dofs(), |i, _| (i as f64 * 0.7 - 3.0) % 1.3);
    let mut x: Vec<f64> = (&matrix * &wanted).iter().copied().collect();
    factor.solve(&pattern, pattern.order(), &mut x);
    for (x, wanted) in x.iter().zip(wanted.iter()) {
        assert!((x - wanted).abs() < 1e-9);
    }
    pattern
}

#[test]
fn without_couplings_the_pattern_is_that_of_the_tree() {
    let tree = tree(&[&[3, 2, 4], &[], &[2]]);
    let pattern = assert_solves(&tree, &[]);

    assert!(pattern.slots().is_none());
    assert_eq!(pattern.elements(), tree.row_elements());
    // Dofs of one chain are coupled already.
    assert!(assert_solves(&tree, &[[2, 8]]).slots().is_none());
}

#[test]
fn legs_of_one_robot_may_touch() {
    let tree = tree(&[&[3, 3, 3, 3]]);
    let pattern = assert_solves(&tree, &[[8, 14], [11, 17]]);

    assert!(pattern.elements() < 18 * 19 / 2);
}

#[test]
fn hands_may_hold_bodies_and_bodies_may_touch_bodies() {
    let tree = tree(&[&[4, 4], &[], &[], &[1], &[2, 2]]);
    for couplings in [
        vec![[9, 19], [13, 19]],
        vec![[25, 9], [19, 25], [13, 26]],
        vec![[9, 26], [13, 30], [26, 19], [36, 25], [19, 25]],
    ] {
        assert_solves(&tree, &couplings);
    }
}

#[test]
fn a_stack_is_a_band() {
    let boxes: Vec<&[usize]> = vec![&[]; 10];
    let tree = tree(&boxes);
    let couplings: Vec<[u32; 2]> = (1..10).map(|k| [6 * k - 1, 6 * k + 5]).collect();
    let pattern = assert_solves(&tree, &couplings);
    // Each box fills its own 21 elements and 36 with its neighbour.
    assert_eq!(pattern.elements(), 10 * 21 + 9 * 36);

    let shuffled =
        [[29, 53], [53, 5], [5, 41], [41, 17], [17, 59], [59, 11], [11, 35], [35, 47], [47, 23]];
    let pattern = assert_solves(&tree, &shuffled);
    assert!(pattern.elements() <= 10 * 21 + 9 * 72);
}

#[test]
fn a_change_of_couplings_is_seen() {
    let tree = tree(&[&[3, 3]]);
    let mut pattern = Pattern::default();
    pattern.update(&tree, &[], usize::MAX);
    pattern.update(&tree, &[[8, 11]], usize::MAX);

    assert_eq!(pattern.elements(), 12 * 13 / 2);
    pattern.update(&tree, &[], usize::MAX);
    assert_eq!(pattern.elements(), tree.row_elements());
}

#[test]
fn indefinite_matrices_are_refused() {
    let tree = tree(&[&[1]]);
    let mut pattern = Pattern::default();
    pattern.update(&tree, &[], usize::MAX);
    let mut factor = PatternFactor::default();
    factor.resize(&pattern);

    assert_eq!(factor.eliminate(&pattern, 6), Err(NotPositiveDefinite { dof: 6 }));
}
