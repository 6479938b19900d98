//! Planar lidar, in rooms with known distances.

use randori_core::math::{Pose, Vector, rotation_from_rpy};
use randori_core::sensor::Lidar;
use randori_sim::sensors::lidar_beams;

use crate::common::{Stage, parse};
use crate::fixture::{assert_near, cube, readings, records, run};

/// A wall of 0.2 m to the front with its near face at 3 m, and one to the left
/// with its near face at 2 m.
const ROOM: &str = r#"objects: [
    (name: "front", pose: (xyz: (3.1, 0, 1)), shapes: [(shape: Box(size: (0.2, 20, 2)))]),
    (name: "left", pose: (xyz: (-9, 2.1, 1)), shapes: [(shape: Box(size: (20, 0.2, 2)))]),
]"#;

/// One scan of a cube at the origin, 1 m above the ground, facing `yaw_deg`.
fn scan(kind: &str, errors: &str, yaw_deg: f64) -> Vec<f32> {
    let robot = cube(&format!(
        r#"(name: "lidar", link: "body", kind: Lidar({kind}), rate_hz: 10, errors: ({errors}))"#
    ));
    let entry = format!("pose: (xyz: (0, 0, 1), rpy: (Deg(0), Deg(0), Deg({yaw_deg})))");
    let scenario =
        Stage { robots: &[(&robot, &entry)], environment: ROOM, ..Stage::default() }.scenario();
    readings(&records(&mut run(&scenario, 5), 1), 0).remove(0).measured
}

#[test]
fn beams_run_counter_clockwise_from_behind() {
    let ranges = scan("beams: 4, range: (0.1, 10)", "", 0.0);

    // Behind, right, front, left; the robot's own cube is no obstacle.
    assert_eq!(ranges[0], f32::INFINITY);
    assert_eq!(ranges[1], f32::INFINITY);
    assert_near(ranges[2], 3.0, 1e-5);
    assert_near(ranges[3], 2.0, 1e-5);
}

#[test]
fn distances_are_measured_along_the_beam() {
    // Beams at -30, 0 and 30 degrees.
    let ranges = scan("beams: 3, range: (0.1, 10), fov: Deg(60)", "", 0.0);

    let slanted = 3.0 / libm::cos(30.0_f64.to_radians());
    assert_near(ranges[0], slanted, 1e-5);
    assert_near(ranges[1], 3.0, 1e-5);
    assert_near(ranges[2], slanted, 1e-5);
}

#[test]
fn the_scan_turns_with_the_robot() {
    let ranges = scan("beams: 1, range: (0.1, 10)", "", 90.0);

    assert_near(ranges[0], 2.0, 1e-5);
}

#[test]
fn what_is_too_far_or_too_near_is_infinite() {
    assert_eq!(scan("beams: 1, range: (0.1, 2.9)", "", 0.0), [f32::INFINITY]);
    assert_eq!(scan("beams: 1, range: (3.1, 10)", "", 0.0), [f32::INFINITY]);
}

#[test]
fn noise_never_carries_a_distance_out_of_range() {
    let ranges =
        scan("beams: 400, range: (2.5, 3.5), fov: Deg(10)", "noise: Gaussian(stddev: 1)", 0.0);

    assert!(ranges.iter().all(|range| (2.5..=3.5).contains(range)), "{ranges:?}");
    assert!(ranges.contains(&2.5) && ranges.contains(&3.5));
}

#[test]
fn dropout_blinds_single_beams() {
    let ranges = scan("beams: 2000, range: (0.1, 10), fov: Deg(10)", "dropout: 0.1", 0.0);

    let blind = ranges.iter().filter(|range| range.is_infinite()).count();

    // Five standard deviations of 2000 trials.
    assert!((blind as f64 - 200.0).abs() < 67.0, "{blind}");
}

#[test]
fn drawn_beams_end_where_they_were_measured() {
    let lidar: Lidar = parse("Lidar(beams: 4, range: (0.1, 10))");
    let turn = rotation_from_rpy(0.0, 0.0, std::f64::consts::FRAC_PI_2);
    let pose = Pose::from_parts(Vector::new(1.0, 2.0, 3.0), turn);
    let ranges = [f32::INFINITY, 5.0, 3.0, f32::INFINITY];

    let beams = lidar_beams(&lidar.scan(), &pose, &ranges);

    // Behind, right, front and left of a scanner that faces +Y.
    let ends = [(1.0, -8.0), (6.0, 2.0), (1.0, 5.0), (-9.0, 2.0)];
    assert_eq!(beams.len(), 4);
    for (beam, (x, y)) in beams.iter().zip(ends) {
        assert_eq!(beam.from, pose.translation);
        assert!((beam.to - Vector::new(x, y, 3.0)).length() < 1e-5, "{beam:?}");
    }
    let hits: Vec<bool> = beams.iter().map(|beam| beam.hit).collect();
    assert_eq!(hits, [false, true, true, false]);
}
