//! Inverse kinematics of arms whose solutions are known.

mod limits;
mod peer;

use nalgebra::{Isometry3, Matrix3, Rotation3, UnitQuaternion, Vector3};
use randori_bodies::inverse_kinematics::{
    DofRange, IkOptions, IkOutcome, IkProblem, InverseKinematics, Target,
};
use randori_bodies::{JointKind, Kinematics, LinkSpec, State, Tree, TreeBuilder};

use super::trees::Random;

const UPPER: f64 = 0.5;
const FORE: f64 = 0.4;

/// A hundred times as strict as needed below.
fn strict() -> IkOptions {
    let tolerance = 1e-11;
    IkOptions {
        position_tolerance_m: tolerance,
        rotation_tolerance_rad: tolerance,
        ..IkOptions::default()
    }
}

/// An arm of revolute joints on a fixed base: axis, and position in the parent.
fn arm(joints: &[(Vector3<f64>, [f64; 3])]) -> Tree {
    let mut builder = TreeBuilder::new();
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let mut parent = builder.add(&base).expect("a base");
    for &(axis, [x, y, z]) in joints {
        let spec = LinkSpec {
            parent: Some(parent),
            joint: JointKind::Revolute { axis },
            parent_from_joint: Isometry3::translation(x, y, z),
            ..LinkSpec::default()
        };
        parent = builder.add(&spec).expect("a valid link");
    }
    builder.build()
}

/// Two links of 1 m in the x-y plane.
fn planar() -> Tree {
    arm(&[(Vector3::z(), [0.0; 3]), (Vector3::z(), [1.0, 0.0, 0.0])])
}

/// An upright arm: shoulder 0.4 m above the base, then 0.5 m, 0.4 m, and a wrist whose
/// axes intersect, 0.1 m before the tool.
fn six_axes() -> Tree {
    let (y, z) = (Vector3::y(), Vector3::z());
    arm(&[
        (z, [0.0; 3]),
        (y, [0.0, 0.0, 0.4]),
        (y, [0.0, 0.0, UPPER]),
        (z, [0.0, 0.0, FORE]),
        (y, [0.0; 3]),
        (z, [0.0; 3]),
    ])
}

fn tip(tree: &Tree, point: [f64; 3], position: [f64; 3]) -> Target {
    let [x, y, z] = position;
    Target {
        link: tree.links().len() - 1,
        point: point.into(),
        position: Vector3::new(x, y, z),
        rotation: None,
    }
}

/// The pose of a link as a target.
fn reached(tree: &Tree, q: &[f64], link: usize) -> Target {
    let mut kinematics = Kinematics::new(tree);
    kinematics.update(tree, q);
    let pose = kinematics.pose(tree, link);
    Target {
        link,
        point: Vector3::zeros(),
        position: pose.translation.vector,
        rotation: Some(pose.rotation),
    }
}

/// Solves with joints that may move as far as they like.
fn solve_freely(tree: &Tree, target: Target, q: &mut [f64]) -> IkOutcome {
    let ranges = vec![DofRange::Free; tree.dofs()];
    let problem = IkProblem { target, ranges: &ranges, options: strict() };
    InverseKinematics::new(tree).solve(tree, &problem, q).expect("a valid problem")
}

/// Coordinates of joints on a fixed base, in front of which stands its pose.
fn with_base(tree: &Tree, joints: &[f64]) -> Vec<f64> {
    let mut q = State::new(tree).q;
    q[7..].copy_from_slice(joints);
    q
}

#[track_caller]
fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    let far = found.iter().zip(expected).any(|(a, b)| (a - b).abs() > tolerance);
    assert!(!far, "{found:?} instead of {expected:?}");
}

#[test]
fn a_planar_arm_finds_the_solution_on_the_side_of_its_start() {
    let tree = planar();
    for (x, y) in [(1.2_f64, 0.7_f64), (-0.3, 1.1), (0.4, -0.2), (-1.5, -0.9)] {
        for side in [1.0, -1.0] {
            // Law of cosines.
            let elbow = side * libm::acos((x * x + y * y - 2.0) / 2.0);
            let shoulder =
                libm::atan2(y, x) - libm::atan2(libm::sin(elbow), 1.0 + libm::cos(elbow));
            let mut q = with_base(&tree, &[shoulder + 0.3, elbow - 0.2 * side]);

            let outcome = solve_freely(&tree, tip(&tree, [1.0, 0.0, 0.0], [x, y, 0.0]), &mut q);

            assert!(outcome.converged && outcome.iterations < 20, "{outcome:?}");
            assert_near(&q[7..], &[shoulder, elbow], 1e-9);
        }
    }
}

/// The solution with the elbow bent forwards and a positive wrist angle, for the centre
/// of the wrist (distance from the axis, azimuth, height) and the orientation of the tool.
fn closed_form([reach, azimuth, height]: [f64; 3], tool: &Matrix3<f64>) -> [f64; 6] {
    let up = height - 0.4;
    let cosine = (reach * reach + up * up - UPPER * UPPER - FORE * FORE) / (2.0 * UPPER * FORE);
    let elbow = libm::acos(cosine);
    let shoulder =
        libm::atan2(reach, up) - libm::atan2(FORE * libm::sin(elbow), UPPER + FORE * cosine);
    let fore = Rotation3::from_axis_angle(&Vector3::z_axis(), azimuth)
        * Rotation3::from_axis_angle(&Vector3::y_axis(), shoulder + elbow);
    // Rz(roll) Ry(pitch) Rz(turn).
    let wrist = fore.matrix().transpose() * tool;
    [
        azimuth,
        shoulder,
        elbow,
        libm::atan2(wrist.m23, wrist.m13),
        libm::acos(wrist.m33),
        libm::atan2(wrist.m32, -wrist.m31),
    ]
}

#[test]
fn an_arm_of_six_axes_finds_its_closed_form_solution() {
    let (tree, mut random) = (six_axes(), Random(41));
    let mut compared = 0;
    while compared < 50 {
        let (distance, slope) = (random.uniform(0.3, 0.8), random.uniform(-0.6, 0.9));
        let (reach, up) = (distance * libm::cos(slope), distance * libm::sin(slope));
        let (azimuth, turn) = (random.uniform(-2.5, 2.5), random.rotation());
        let expected = closed_form([reach, azimuth, 0.4 + up], turn.to_rotation_matrix().matrix());
        // With a straight wrist there is no one solution.
        if !(0.3..2.8).contains(&expected[4]) {
            continue;
        }
        let center = Vector3::new(reach * libm::cos(azimuth), reach * libm::sin(azimuth), 0.4 + up);
        let target = Target {
            link: 6,
            point: Vector3::new(0.0, 0.0, 0.1),
            position: center + turn * Vector3::new(0.0, 0.0, 0.1),
            rotation: Some(turn),
        };
        let mut q = with_base(&tree, &expected.map(|angle| angle + random.uniform(-0.15, 0.15)));

        let outcome = solve_freely(&tree, target, &mut q);

        assert!(outcome.converged, "{outcome:?}");
        assert_near(&q[7..], &expected, 1e-8);
        compared += 1;
    }
}

#[test]
fn poses_of_random_trees_are_reached_again_from_nearby() {
    let mut iterations = 0;
    for seed in 0..200 {
        let mut random = Random(900 + seed);
        let tree = random.tree();
        let start = random.state(&tree);
        let link = random.below(tree.links().len());
        let mut there = start.clone();
        there.v = random.values(tree.dofs(), 0.3);
        there.advance(&tree, 1.0);
        let target = reached(&tree, &there.q, link);
        // Other joints and other bases can be anywhere.
        let mut q = start.q.clone();
        for base in tree.bases() {
            let coordinates = tree.links()[*base].coordinates();
            q[coordinates.clone()].copy_from_slice(&there.q[coordinates]);
        }

        let outcome = solve_freely(&tree, target, &mut q);

        assert!(outcome.converged, "seed {seed}: {outcome:?}");
        let found = reached(&tree, &q, link);
        assert!((found.position - target.position).norm() < 1e-10, "seed {seed}");
        iterations += outcome.iterations;
    }
    assert!(iterations < 200 * 12, "{iterations} iterations for 200 poses");
}

#[test]
fn a_target_out_of_reach_gives_the_outstretched_arm_and_the_distance_left() {
    let tree = planar();
    for start in [[0.3, 0.5], [2.0, -1.0], [-0.4, 2.5]] {
        let mut q = with_base(&tree, &start);

        let outcome = solve_freely(&tree, tip(&tree, [1.0, 0.0, 0.0], [1.8, 2.4, 0.0]), &mut q);

        assert!(!outcome.converged);
        assert!((outcome.position_error_m - 1.0).abs() < 1e-12, "{outcome:?}");
        let full = std::f64::consts::TAU;
        let [shoulder, elbow] = [q[7], q[8]].map(|angle| angle - full * libm::round(angle / full));
        assert_near(&[shoulder, elbow], &[libm::atan2(2.4, 1.8), 0.0], 1e-6);
    }
}

#[test]
fn an_orientation_out_of_reach_is_weighed_against_the_position() {
    // A lever of 1 m whose only joint decides both: for the angle a it minimizes
    // |t - (cos a, sin a)|^2 + L^2 (a - 1)^2, with t = (cos 0.2, sin 0.2).
    let tree = arm(&[(Vector3::z(), [0.0; 3])]);
    let turned = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), 1.0);
    let position = [libm::cos(0.2), libm::sin(0.2), 0.0];
    let target = Target { rotation: Some(turned), ..tip(&tree, [1.0, 0.0, 0.0], position) };
    for length in [0.01, 0.5, 3.0] {
        let options = IkOptions { rotation_length_m: length, ..strict() };
        let problem = IkProblem { target, ranges: &[DofRange::Free], options };
        let mut q = with_base(&tree, &[-0.5]);

        let outcome = InverseKinematics::new(&tree).solve(&tree, &problem, &mut q).unwrap();

        let slope = |a: f64| libm::sin(a - 0.2) + length * length * (a - 1.0);
        assert!(!outcome.converged);
        assert!(slope(q[7]).abs() < 1e-8, "{length} m/rad: ends at {} rad", q[7]);
        assert!((outcome.rotation_error_rad - (1.0 - q[7]).abs()).abs() < 1e-12);
    }
}

#[test]
fn an_outstretched_arm_is_no_trap() {
    let tree = planar();
    // Off the axis of the arm, and on it, where no joint moves the tip towards the target.
    for position in [[1.0, 1.0, 0.0], [1.5, 0.0, 0.0], [-0.5, 0.0, 0.0]] {
        let mut q = with_base(&tree, &[0.0, 0.0]);

        let outcome = solve_freely(&tree, tip(&tree, [1.0, 0.0, 0.0], position), &mut q);

        assert!(outcome.converged, "{position:?}: {outcome:?}");
    }
    // All six axes of an upright arm in one plane, its wrist straight.
    let (tree, known) = (six_axes(), [0.4, 0.5, 0.9, 0.3, -0.6, 0.2]);
    let target = reached(&tree, &with_base(&tree, &known), 6);
    let mut q = with_base(&tree, &[0.0; 6]);

    let outcome = solve_freely(&tree, target, &mut q);

    assert!(outcome.converged, "{outcome:?}");
}

#[test]
fn a_target_that_is_met_already_costs_no_step() {
    let tree = six_axes();
    let start = with_base(&tree, &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    let mut q = start.clone();

    let outcome = solve_freely(&tree, reached(&tree, &start, 6), &mut q);

    assert_eq!((outcome.converged, outcome.iterations), (true, 0));
    assert_eq!(q, start);
}

#[test]
fn a_used_solver_gives_the_bits_of_a_new_one() {
    let (tree, mut random) = (six_axes(), Random(5));
    let mut used = InverseKinematics::new(&tree);
    let ranges = vec![DofRange::Free; 6];
    for _ in 0..20 {
        let target = reached(&tree, &with_base(&tree, &random.values(6, 1.5)), 6);
        let problem = IkProblem { target, ranges: &ranges, options: IkOptions::default() };
        let start = with_base(&tree, &random.values(6, 1.5));
        let (mut first, mut second) = (start.clone(), start);

        let outcome = used.solve(&tree, &problem, &mut first);

        assert_eq!(outcome, InverseKinematics::new(&tree).solve(&tree, &problem, &mut second));
        assert_eq!(first, second);
    }
}
