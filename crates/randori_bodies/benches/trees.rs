//! Time of a step of a robot without contacts, by stage.
//!
//! `cargo bench -p randori_bodies --bench trees` prints microseconds per call for a
//! quadruped (18 dofs) and a humanoid (35 dofs): the median over all blocks, and
//! the fastest block beside it, because a busy machine only makes blocks slower.

#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use std::hint::black_box;
use std::time::Instant;

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::{
    Dynamics, JointKind, Kinematics, LinkSpec, MassMatrix, MassProperties, NewtonEuler, Rule,
    SparseFactor, State, Step, Tree, TreeBuilder,
};

const BLOCKS: usize = 60;
const CALLS: usize = 1000;

fn main() {
    for (name, tree) in [("quadruped", quadruped()), ("humanoid", humanoid())] {
        println!("\n{name}, {} dofs: us per call, median (fastest block)", tree.dofs());
        measure(&tree);
    }
}

fn measure(tree: &Tree) {
    let mut state = State::new(tree);
    for (index, q) in state.q[7..].iter_mut().enumerate() {
        *q = 0.3 - 0.05 * (index % 13) as f64;
    }
    for (index, v) in state.v.iter_mut().enumerate() {
        *v = 0.5 - 0.1 * (index % 11) as f64;
    }
    state.restart();
    let gravity = Vector3::new(0.0, 0.0, -9.81);
    let (mut kinematics, mut mass) = (Kinematics::new(tree), MassMatrix::new(tree));
    let (mut passes, mut factor) = (NewtonEuler::new(tree), SparseFactor::new(tree));
    let (mut bias, mut x) = (vec![0.0; tree.dofs()], vec![1.0; tree.dofs()]);

    let mut stages = [0.0; 5].map(|_: f64| Vec::new());
    let mut whole = Vec::new();
    let mut dynamics = Dynamics::new(tree);
    let step = Step { dt: 1e-6, rule: Rule::SecondOrder, gravity, forces: &[], external: &[] };
    for _ in 0..BLOCKS {
        time(&mut stages[0], || kinematics.update(tree, black_box(&state.q)));
        time(&mut stages[1], || mass.update(tree, black_box(&kinematics)));
        time(&mut stages[2], || {
            passes.bias(tree, &kinematics, (black_box(&state.v), &gravity), &mut bias);
        });
        time(&mut stages[3], || {
            factor.factorize(tree, black_box(mass.rows()), tree.armature()).expect("regular");
        });
        time(&mut stages[4], || {
            x.fill(black_box(1.0));
            factor.solve(tree, &mut x);
        });
        time(&mut whole, || dynamics.step(tree, &mut state, &step).expect("regular"));
    }
    let names = ["kinematics", "mass matrix", "bias", "factor", "solve"];
    for (name, blocks) in names.iter().zip(&mut stages) {
        report(name, blocks);
    }
    report("whole step", &mut whole);
}

/// Appends the duration of one call, in microseconds, averaged over a block.
fn time(blocks: &mut Vec<f64>, mut call: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    blocks.push(start.elapsed().as_secs_f64() * 1e6 / CALLS as f64);
}

fn report(name: &str, blocks: &mut [f64]) {
    blocks.sort_unstable_by(f64::total_cmp);
    println!("  {name:16} {:7.3} ({:.3})", blocks[blocks.len() / 2], blocks[0]);
}

/// A link of about a kilogram, 0.2 m long, on its parent.
fn link(builder: &mut TreeBuilder, parent: usize, axis: usize, place: [f64; 3]) -> usize {
    let mass = MassProperties {
        mass_kg: 1.0,
        com: Vector3::new(0.01, -0.02, -0.1),
        inertia: Matrix3::new(6e-3, 1e-4, 2e-4, 1e-4, 5e-3, 1e-4, 2e-4, 1e-4, 1e-3),
    };
    let spec = LinkSpec {
        parent: Some(parent),
        joint: JointKind::Revolute { axis: Vector3::ith(axis, 1.0) },
        parent_from_joint: Isometry3::translation(place[0], place[1], place[2]),
        mass,
        armature: 0.01,
        damping: 0.1,
    };
    builder.add(&spec).expect("a valid link")
}

fn trunk(builder: &mut TreeBuilder) -> usize {
    let inertia = Matrix3::from_diagonal(&Vector3::new(0.02, 0.06, 0.07));
    let mass = MassProperties { mass_kg: 7.0, com: Vector3::new(0.02, 0.0, 0.0), inertia };
    builder.add(&LinkSpec { mass, ..LinkSpec::default() }).expect("a valid base")
}

/// Adds links one on the other, given by their axes.
fn limb(builder: &mut TreeBuilder, parent: usize, place: [f64; 3], axes: &[usize]) -> usize {
    let mut end = link(builder, parent, axes[0], place);
    for axis in &axes[1..] {
        end = link(builder, end, *axis, [0.0, 0.01, -0.2]);
    }
    end
}

/// A trunk with four legs of three hinges.
fn quadruped() -> Tree {
    let mut builder = TreeBuilder::new();
    let trunk = trunk(&mut builder);
    for (x, y) in [(0.2, 0.05), (0.2, -0.05), (-0.2, 0.05), (-0.2, -0.05)] {
        limb(&mut builder, trunk, [x, y, 0.0], &[0, 1, 1]);
    }
    builder.build()
}

/// A pelvis with two legs of six hinges, a waist of three, two arms of seven.
fn humanoid() -> Tree {
    let mut builder = TreeBuilder::new();
    let pelvis = trunk(&mut builder);
    for y in [0.1, -0.1] {
        limb(&mut builder, pelvis, [0.0, y, -0.1], &[1, 0, 2, 1, 1, 0]);
    }
    let chest = limb(&mut builder, pelvis, [0.0, 0.0, 0.1], &[2, 0, 1]);
    for y in [0.2, -0.2] {
        limb(&mut builder, chest, [0.0, y, 0.2], &[1, 0, 2, 1, 0, 1, 2]);
    }
    builder.build()
}
