//! Sensors of single quantities, on links in general motion, compared with rigid-body
//! kinematics in double precision.

use std::f64::consts::PI;

use nalgebra::{Quaternion, UnitQuaternion, Vector3};

use crate::common::Stage;
use crate::fixture::{answering, cube, decides, readings, records, run, run_with};

/// A yawed base that turns with an arm on a vertical hinge 0.4 m ahead of it; the
/// sensors sit 0.3 m out on the arm, rolled and pitched.
const SPINNER: &str = r#"Robot(format: 1, name: "spinner", base: Fixed(link: "post"),
    links: [
        (name: "post", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.05))]),
        (name: "table", mass_kg: 5, com: (0, 0, 0), inertia: Moments(ixx: 1, iyy: 1, izz: 1)),
        (name: "arm", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.5, iyy: 0.5, izz: 0.5)),
    ],
    joints: [
        (name: "turn", kind: Continuous, parent: "post", child: "table", pose: (xyz: (0, 0, 1))),
        (name: "hinge", kind: Continuous, parent: "table", child: "arm", pose: (xyz: (0.4, 0, 0))),
    ],
    actuators: [
        (name: "one", joint: "turn", drive: Velocity(gain: 1e5)),
        (name: "two", joint: "hinge", drive: Velocity(gain: 1e5)),
    ],
    sensors: [
        (name: "speed", link: "arm", pose: (POSE), kind: Velocimeter),
        (name: "gyro", link: "arm", pose: (POSE), kind: Gyro),
        (name: "turn", link: "arm", pose: (POSE), kind: Orientation),
        (name: "force", link: "arm", pose: (POSE), kind: Accelerometer),
        (name: "joints", link: "arm", kind: JointState()),
        (name: "imu", link: "arm", pose: (POSE), kind: Imu),
    ])"#;

const PLACE: &str = "xyz: (0.3, 0.1, 0), rpy: (Deg(30), Deg(-20), Deg(70))";

#[track_caller]
fn assert_vector(found: &[f32], expected: Vector3<f64>, tolerance: f64) {
    let found = Vector3::new(found[0], found[1], found[2]).cast::<f64>();
    assert!((found - expected).norm() <= tolerance, "{found} is not near {expected}");
}

#[test]
fn sensors_on_a_child_link_of_a_yawed_spinning_robot_report_in_their_own_axes() {
    let robot = SPINNER.replace("POSE", PLACE);
    let entry =
        format!("pose: (xyz: (2, -1, 0), rpy: (Deg(0), Deg(0), Deg(90))), {}", decides(500.0, ""));
    let scenario = Stage { robots: &[(&robot, &entry)], ..Stage::default() }.scenario();
    let (table, arm) = (2.0, -3.5);
    let policy = answering(2, move |_| vec![vec![table as f32, arm as f32]]);

    let records = records(&mut run_with(&scenario, 1, policy), 400);

    let last =
        |sensor| readings(&records, sensor).pop().expect("it measures at every tick").measured;
    let (turn, hinge) = (f64::from(last(4)[0]), f64::from(last(4)[1]));
    let z = |angle: f64| UnitQuaternion::from_axis_angle(&Vector3::z_axis(), angle);
    let (world_from_table, table_from_arm) = (z(PI / 2.0 + turn), z(hinge));
    let world_from_arm = world_from_table * table_from_arm;
    let arm_from_sensor = UnitQuaternion::from_euler_angles(
        30_f64.to_radians(),
        (-20_f64).to_radians(),
        70_f64.to_radians(),
    );
    let world_from_sensor = world_from_arm * arm_from_sensor;
    let to_hinge = world_from_table * Vector3::new(0.4, 0.0, 0.0);
    let to_sensor = world_from_arm * Vector3::new(0.3, 0.1, 0.0);
    let up = Vector3::z();
    let rate = up * (table + arm);
    let velocity = up.cross(&to_hinge) * table + rate.cross(&to_sensor);
    let acceleration = -to_hinge * table * table - to_sensor * (table + arm) * (table + arm);
    let to_axes = |vector: Vector3<f64>| world_from_sensor.inverse() * vector;

    assert!(velocity.norm() > 0.5, "the sensor moves");
    assert_vector(&last(0), to_axes(velocity), 2e-3);
    assert_vector(&last(1), to_axes(rate), 2e-3);
    // The difference over a tick belongs to its middle, 1 ms ago.
    assert_vector(&last(3), to_axes(acceleration + up * 9.81), 0.05);
    let [x, y, z, w] = last(2)[..] else { panic!("a quaternion has four numbers") };
    let measured = UnitQuaternion::from_quaternion(Quaternion::new(w, x, y, z).cast::<f64>());
    assert!(measured.angle_to(&world_from_sensor) < 1e-4);

    let imu = last(5);
    assert_eq!((&imu[..3], &imu[3..6], &imu[6..]), (&last(3)[..], &last(1)[..], &last(2)[..]));
}

#[test]
fn a_velocimeter_on_a_free_tumbling_body_reports_the_velocity_of_its_own_point() {
    let robot = r#"Robot(format: 1, name: "cube", base: Floating(link: "body"),
        links: [(name: "body", mass_kg: 1, com: (0.05, 0.02, -0.03),
                 shapes: [(shape: Box(size: (0.2, 0.3, 0.4)))])],
        sensors: [
            (name: "speed", link: "body", pose: (xyz: (0.2, 0, 0.1), rpy: (Deg(0), Deg(0), Deg(40))), kind: Velocimeter),
            (name: "gyro", link: "body", pose: (xyz: (0.2, 0, 0.1), rpy: (Deg(0), Deg(0), Deg(40))), kind: Gyro),
            (name: "truth", link: "body", pose: (xyz: (0.2, 0, 0.1), rpy: (Deg(0), Deg(0), Deg(40))), kind: GroundTruth),
        ])"#;
    let entry = "pose: (xyz: (0, 0, 50), rpy: (Deg(10), Deg(50), Deg(90)))";
    let mut scenario = Stage { robots: &[(robot, entry)], ..Stage::default() }.scenario();
    scenario.spec.events =
        crate::common::parse(r#"[(at: 0.02, do: Push(body: "r0.body", impulse: (0.3, 2, 0.5)))]"#);

    let records = records(&mut run(&scenario, 1), 200);

    let (first, last) = (&readings(&records, 2)[12].measured, &readings(&records, 2)[198].measured);
    let truth = |at: usize| Vector3::new(last[at], last[at + 1], last[at + 2]).cast::<f64>();
    let turn = UnitQuaternion::from_quaternion(
        Quaternion::new(last[6], last[3], last[4], last[5]).cast::<f64>(),
    );
    let gyro = &readings(&records, 1)[198].measured;
    assert_vector(&readings(&records, 0)[198].measured, turn.inverse() * truth(7), 1e-4);
    assert_vector(gyro, turn.inverse() * truth(10), 1e-4);
    // What a sensor says of its own velocity is how its place changes.
    let next = &readings(&records, 2)[199].measured;
    let moved = |at: usize| f64::from(next[at] - last[at]) * 500.0;
    let mean = (0..3).map(|at| f64::from(next[7 + at] + last[7 + at]) / 2.0 - moved(at));
    assert!(mean.map(f64::abs).fold(0.0, f64::max) < 0.02, "position and velocity agree");
    assert_ne!(first[..3], last[..3]);
}

#[test]
fn a_magnetometer_turns_the_field_of_the_world_into_its_axes() {
    let field = Vector3::new(1e-5, -2e-5, 4e-5);
    let robot =
        cube(&format!(r#"(name: "compass", link: "body", pose: ({PLACE}), kind: Magnetometer)"#));
    let entry = "pose: (xyz: (0, 0, 1), rpy: (Deg(0), Deg(0), Deg(90)))";
    let environment = "magnetic_field: (1e-5, -2e-5, 4e-5)";
    let scenario = Stage { robots: &[(&robot, entry)], environment, ..Stage::default() }.scenario();

    let found = readings(&records(&mut run(&scenario, 1), 1), 0).remove(0).measured;

    let (roll, pitch, yaw) = (30_f64.to_radians(), (-20_f64).to_radians(), 70_f64.to_radians());
    let world_from_sensor = UnitQuaternion::from_euler_angles(0.0, 0.0, PI / 2.0)
        * UnitQuaternion::from_euler_angles(roll, pitch, yaw);
    // Rotations are in single precision.
    let tolerance = 4.0 * f64::from(f32::EPSILON) * field.norm();
    assert_vector(&found, world_from_sensor.inverse() * field, tolerance);
}
