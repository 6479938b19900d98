//! Ranges of joints, and problems that are refused.

use nalgebra::Vector3;
use randori_bodies::inverse_kinematics::{
    DofRange, IkError, IkOptions, IkProblem, InverseKinematics, Target,
};

use super::{assert_near, planar, reached, six_axes, strict, tip, with_base};
use crate::trees::Random;

#[test]
fn limits_are_kept_and_the_best_within_them_is_found() {
    let tree = planar();
    let target = tip(&tree, [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]);
    // Free joints would bend the elbow by a right angle. With at most 1 rad, the tip
    // stays on a circle about the shoulder, and the shoulder turns it towards the target.
    let ranges = [DofRange::Free, DofRange::Between { lower: -0.2, upper: 1.0 }];
    let problem = IkProblem { target, ranges: &ranges, options: strict() };
    for start in [[0.2, 0.4], [-1.0, 1.0], [0.5, 3.0]] {
        let mut q = with_base(&tree, &start);

        let outcome = InverseKinematics::new(&tree).solve(&tree, &problem, &mut q).unwrap();

        let radius = 2.0 * libm::cos(0.5);
        assert!(!outcome.converged);
        assert!((outcome.position_error_m - (radius - libm::sqrt(2.0))).abs() < 1e-12);
        assert_near(&q[7..], &[std::f64::consts::FRAC_PI_4 - 0.5, 1.0], 1e-8);
    }
    let locked = [DofRange::Locked, DofRange::Free];
    let problem = IkProblem { ranges: &locked, ..problem };
    let mut q = with_base(&tree, &[0.3, 0.1]);
    let outcome = InverseKinematics::new(&tree).solve(&tree, &problem, &mut q).unwrap();
    assert!(!outcome.converged && q[7] == 0.3, "a locked joint stays");
    let towards = libm::atan2(1.0 - libm::sin(0.3), 1.0 - libm::cos(0.3)) - 0.3;
    assert_near(&q[8..], &[towards], 1e-8);
}

#[test]
fn random_limits_are_never_left() {
    let tree = six_axes();
    let (mut solver, mut met) = (InverseKinematics::new(&tree), 0);
    for seed in 0..200 {
        let mut random = Random(300 + seed);
        let ends: Vec<(f64, f64)> =
            (0..6).map(|_| (random.uniform(-2.0, 0.0), random.uniform(0.1, 2.0))).collect();
        let ranges: Vec<DofRange> =
            ends.iter().map(|&(lower, upper)| DofRange::Between { lower, upper }).collect();
        let known: Vec<f64> = ends.iter().map(|&(a, b)| random.uniform(a, b)).collect();
        let target = reached(&tree, &with_base(&tree, &known), 6);
        let problem = IkProblem { target, ranges: &ranges, options: IkOptions::default() };
        let mut q = with_base(&tree, &random.values(6, 2.5));

        let outcome = solver.solve(&tree, &problem, &mut q).unwrap();

        let inside = q[7..].iter().zip(&ends).all(|(q, (a, b))| a <= q && q <= b);
        assert!(inside, "seed {seed}: {:?} in {ends:?}", &q[7..]);
        let found = reached(&tree, &q, 6);
        let distance = (found.position - target.position).norm();
        assert!((outcome.position_error_m - distance).abs() < 1e-12);
        assert_eq!(outcome.converged, distance <= 1e-6 && outcome.rotation_error_rad <= 1e-6);
        met += usize::from(outcome.converged);
    }
    // A descent from anywhere may end at another minimum, often at a limit.
    assert!(met > 100, "{met} of 200 targets are met from random starts");
}

#[test]
fn problems_of_another_tree_and_numbers_that_are_not_finite_are_refused() {
    let tree = planar();
    let target = tip(&tree, [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]);
    let ranges = [DofRange::Free; 2];
    let good = IkProblem { target, ranges: &ranges, options: IkOptions::default() };
    let refusal = |problem: &IkProblem<'_>, q: &[f64]| {
        InverseKinematics::new(&tree).solve(&tree, problem, &mut q.to_vec()).unwrap_err()
    };
    let start = with_base(&tree, &[0.1, 0.1]);

    let nowhere = Vector3::new(0.0, f64::NAN, 0.0);
    let not_finite = IkProblem { target: Target { position: nowhere, ..target }, ..good };
    assert_eq!(refusal(&not_finite, &start), IkError::NotFinite { what: "target" });
    let unknown = IkProblem { target: Target { link: 9, ..target }, ..good };
    assert_eq!(refusal(&unknown, &start), IkError::UnknownLink { link: 9 });
    let counted = refusal(&IkProblem { ranges: &ranges[..1], ..good }, &start);
    assert_eq!(counted.to_string(), "1 ranges instead of 2");
    let empty = [DofRange::Free, DofRange::Between { lower: 1.0, upper: 0.0 }];
    let empty = IkProblem { ranges: &empty, ..good };
    assert_eq!(refusal(&empty, &start), IkError::InvalidRange { dof: 1 });
    let options = IkOptions { rotation_length_m: 0.0, ..good.options };
    assert_eq!(refusal(&IkProblem { options, ..good }, &start), IkError::InvalidOptions);
    let lost = with_base(&tree, &[f64::INFINITY, 0.0]);
    assert_eq!(refusal(&good, &lost), IkError::NotFinite { what: "start" });
}
