//! Sensor values compared with closed forms, and their timing.

use std::f64::consts::PI;

use randori_core::time::Tick;

use crate::common::Stage;
use crate::fixture::{
    answering, assert_near, cube, decides, readings, records, rotor, run, run_with,
};

const G: f64 = 9.81;
const IMU: &str = r#"(name: "imu", link: "body", kind: Imu, rate_hz: 500)"#;

#[test]
fn an_imu_at_rest_feels_gravity_from_the_first_tick() {
    let robot = rotor("drive: Torque", &IMU.replace("body", "base"));
    let scenario = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();

    let measured = readings(&records(&mut run(&scenario, 1), 50), 0);

    assert_eq!(measured.len(), 50);
    for reading in &measured {
        for (value, expected) in reading.measured.iter().zip([0.0, 0.0, G, 0.0, 0.0, 0.0]) {
            assert_near(*value, expected, 1e-5);
        }
        assert_eq!(reading.measured[6..], [0.0, 0.0, 0.0, 1.0]);
    }
}

#[test]
fn an_imu_in_free_fall_feels_nothing() {
    let robot = cube(IMU);
    let robots = [(robot.as_str(), "pose: (xyz: (0, 0, 50), rpy: (Deg(30), Deg(20), Deg(10)))")];
    let scenario = Stage { robots: &robots, ..Stage::default() }.scenario();

    let measured = readings(&records(&mut run(&scenario, 1), 200), 0);

    for reading in &measured {
        for value in &reading.measured[..3] {
            // A velocity of 4 m/s has steps of 2.4e-7 m/s in single precision.
            assert_near(*value, 0.0, 1e-3);
        }
    }
}

#[test]
fn an_imu_on_an_arm_feels_the_centripetal_acceleration() {
    let sensors =
        r#"(name: "imu", link: "arm", pose: (xyz: (0.3, 0, 0)), kind: Imu, rate_hz: 100)"#;
    let robot = rotor("drive: Velocity(gain: 1e4)", sensors);
    let scenario =
        Stage { robots: &[(&robot, &decides(100.0, ""))], ..Stage::default() }.scenario();
    let policy = answering(1, |_| vec![vec![5.0]]);

    let measured = readings(&records(&mut run_with(&scenario, 1, policy), 500), 0);

    let last = &measured.last().expect("there are readings").measured;
    let (speed, radius) = (5.0, 0.3);
    assert_near(last[0], -speed * speed * radius, 0.01);
    // The mean over a tick belongs to its middle, where the arm pointed half a
    // tick's turn back.
    assert_near(last[1], speed * speed * radius * speed * 0.001, 0.01);
    assert_near(last[2], G, 1e-3);
    assert_near(last[5], speed, 1e-3);
}

#[test]
fn a_push_shows_up_in_the_accelerometer_of_that_tick() {
    let robot = cube(IMU);
    let mut scenario =
        Stage { robots: &[(&robot, "")], physics: "gravity: (0, 0, 0)", ..Stage::default() }
            .scenario();
    scenario.spec.events =
        crate::common::parse(r#"[(at: 0.02, do: Push(body: "r0.body", impulse: (0.3, 0, 0)))]"#);

    let measured = readings(&records(&mut run(&scenario, 1), 20), 0);

    // 0.3 N s on 1 kg within 2 ms.
    assert_near(measured[9].measured[0], 0.0, 1e-4);
    assert_near(measured[10].measured[0], 150.0, 1e-2);
    assert_near(measured[11].measured[0], 0.0, 1e-2);
}

#[test]
fn joint_state_reports_the_named_joints_in_the_given_order() {
    let robot = rotor("drive: Torque", r#"(name: "joints", kind: JointState(), rate_hz: 500)"#);
    let entry = format!("start: (joints: {{\"hinge\": Rad(0.25)}}), {}", decides(500.0, ""));
    let scenario = Stage { robots: &[(&robot, &entry)], ..Stage::default() }.scenario();
    let policy = answering(1, |_| vec![vec![0.5]]);

    let measured = readings(&records(&mut run_with(&scenario, 1, policy), 251), 0);

    assert_eq!(measured[0].measured, [0.25, 0.0, 0.0]);
    // 0.5 N m on 0.5 kg m^2 for 0.5 s: 1 rad/s^2, hence 0.5 rad/s and 0.125 rad.
    assert_near(measured[250].measured[0], 0.25 + 0.5 * 0.5 / 2.0, 1e-5);
    assert_near(measured[250].measured[1], 0.5, 1e-4);
    assert_near(measured[250].measured[2], 0.5, 1e-6);
}

#[test]
fn a_contact_sensor_weighs_what_stands_on_its_link() {
    let robot = cube(
        r#"(name: "sole", link: "body", pose: (rpy: (Deg(90), Deg(0), Deg(0))),
           kind: Contact(threshold: 1), rate_hz: 100)"#,
    );
    let scenario = Stage {
        robots: &[(&robot, "pose: (xyz: (0, 0, 0.1))")],
        environment: "ground: ()",
        ..Stage::default()
    }
    .scenario();

    let measured = readings(&records(&mut run(&scenario, 1), 1000), 0);

    // World +Z is +Y of a frame that is rolled by a quarter turn.
    let last = &measured.last().expect("there are readings").measured;
    assert_near(last[0], 0.0, 0.05);
    assert_near(last[1], G, 0.05);
    assert_near(last[2], 0.0, 0.05);
    assert_eq!(last[3], 1.0);
}

#[test]
fn no_contact_is_reported_below_the_threshold() {
    let robot = cube(r#"(name: "sole", link: "body", kind: Contact(threshold: 20), rate_hz: 100)"#);
    let scenario = Stage {
        robots: &[(&robot, "pose: (xyz: (0, 0, 0.1))")],
        environment: "ground: ()",
        ..Stage::default()
    }
    .scenario();

    let measured = readings(&records(&mut run(&scenario, 1), 1000), 0);

    let last = &measured.last().expect("there are readings").measured;
    assert_near(last[2], G, 0.05);
    assert_eq!(last[3], 0.0);
}

#[test]
fn ground_truth_is_that_of_the_sensor_frame() {
    let sensors = r#"(name: "truth", link: "arm", pose: (xyz: (0.3, 0, 0.1)), kind: GroundTruth, rate_hz: 500)"#;
    let robot = rotor("drive: Velocity(gain: 1e4)", sensors);
    let entry = format!("pose: (xyz: (1, 2, 0)), {}", decides(500.0, ""));
    let scenario = Stage { robots: &[(&robot, &entry)], ..Stage::default() }.scenario();
    let mut simulation = run_with(&scenario, 1, answering(1, |_| vec![vec![2.0]]));

    let measured = readings(&records(&mut simulation, 501), 0);

    let last = &measured[500].measured;
    let angle = 2.0 * libm::atan2(f64::from(last[5]), f64::from(last[6]));
    assert_near(angle as f32, 2.0, 0.01);
    assert_near(last[0], 1.0 + 0.3 * libm::cos(angle), 1e-4);
    assert_near(last[1], 2.0 + 0.3 * libm::sin(angle), 1e-4);
    assert_near(last[2], 0.6, 1e-5);
    assert_near(last[7], -2.0 * 0.3 * libm::sin(angle), 1e-3);
    assert_near(last[8], 2.0 * 0.3 * libm::cos(angle), 1e-3);
    assert_near(last[12], 2.0, 1e-4);
}

/// A drive on a stand: two wheels that turn without touching anything.
const STAND: &str = r#"Robot(format: 1, name: "stand", base: Fixed(link: "base"),
    links: [
        (name: "base", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 0.1, 0.1)))]),
        (name: "left", mass_kg: 1, shapes: [(shape: Cylinder(radius: 0.1, length: 0.05))]),
        (name: "right", mass_kg: 1, shapes: [(shape: Cylinder(radius: 0.1, length: 0.05))]),
    ],
    joints: [
        (name: "left", kind: Continuous, parent: "base", child: "left",
         pose: (xyz: (0, 0.25, 0), rpy: (Deg(-90), Deg(0), Deg(0)))),
        (name: "right", kind: Continuous, parent: "base", child: "right",
         pose: (xyz: (0, -0.25, 0), rpy: (Deg(-90), Deg(0), Deg(0)))),
    ],
    actuators: [
        (name: "left", joint: "left", drive: Velocity(gain: 1e4)),
        (name: "right", joint: "right", drive: Velocity(gain: 1e4)),
    ],
    sensors: [(name: "odometry", rate_hz: 10,
        kind: WheelOdometry(left: "left", right: "right", radius: 0.1, separation: 0.5))])"#;

#[test]
fn wheel_odometry_follows_the_circle_that_the_wheels_roll() {
    let scenario = Stage { robots: &[(STAND, &decides(500.0, ""))], ..Stage::default() }.scenario();
    // 0.9 m/s and 1.1 m/s at 0.5 m: 1 m/s forwards at 0.4 rad/s, radius 2.5 m.
    let policy = answering(2, |_| vec![vec![9.0, 11.0]]);

    let measured = readings(&records(&mut run_with(&scenario, 1, policy), 2001), 0);

    assert_eq!(measured.len(), 41);
    assert_eq!(measured[0].measured, [0.0; 5]);
    let last = &measured[40].measured;
    let yaw = 0.4 * 4.0;
    assert_near(last[0], 2.5 * libm::sin(yaw), 5e-3);
    assert_near(last[1], 2.5 * (1.0 - libm::cos(yaw)), 5e-3);
    assert_near(last[2], yaw, 2e-3);
    assert_near(last[3], 1.0, 1e-4);
    assert_near(last[4], 0.4, 1e-4);
}

#[test]
fn wheel_odometry_does_not_lose_turns_between_rare_measurements() {
    // More than half a turn of the wheels from one measurement to the next.
    let robot = STAND.replace("rate_hz: 10", "rate_hz: 1");
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let policy = answering(2, |_| vec![vec![10.0, 10.0]]);

    let measured = readings(&records(&mut run_with(&scenario, 1, policy), 3001), 0);

    assert_near(measured[6].measured[0], 6.0, 0.01);
}

#[test]
fn a_sensor_measures_at_its_own_rate_and_phase_and_delivers_after_its_latency() {
    let robot = cube(
        r#"(name: "slow", link: "body", kind: GroundTruth, rate_hz: 100, offset_s: 0.004,
           errors: (latency: 0.005))"#,
    );
    let scenario = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();

    let measured = readings(&records(&mut run(&scenario, 1), 20), 0);

    // At 500 ticks per second: every 5 ticks from tick 2, 2.5 ticks rounded up.
    let ticks: Vec<_> = measured.iter().map(|r| (r.measured_at.0, r.delivered_at.0)).collect();
    assert_eq!(ticks, [(2, 5), (7, 10), (12, 15), (17, 20)]);
}

#[test]
fn a_policy_sees_the_latest_delivered_measurement() {
    let robot = rotor(
        "drive: Torque",
        r#"(name: "now", kind: JointState(), rate_hz: 250),
           (name: "late", kind: JointState(), rate_hz: 100, errors: (latency: 0.005))"#,
    );
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let (send, seen) = std::sync::mpsc::channel();
    let policy = answering(1, move |observation| {
        let ticks: Vec<Option<Tick>> = observation.measured_at.to_vec();
        send.send((ticks, observation.values.to_vec())).expect("the test listens");
        vec![vec![1.0]]
    });

    let records = records(&mut run_with(&scenario, 1, policy), 12);

    let seen: Vec<_> = seen.iter().take(12).collect();
    for (tick, (measured_at, values)) in seen.iter().enumerate() {
        let tick = tick as u64;
        let now = Some(Tick(tick - tick % 2));
        let late = tick.checked_sub(3).map(|due| Tick(due - due % 5));
        assert_eq!(measured_at[..3], [now; 3], "at tick {tick}");
        assert_eq!(measured_at[3..], [late; 3], "at tick {tick}");
        let position_at = |measured: Option<Tick>| {
            measured.map_or(0.0, |tick| {
                tick.0
                    .checked_sub(1)
                    .map_or(0.0, |before| records[before as usize].state.positions[0])
            })
        };
        assert_eq!(values[0], position_at(now), "at tick {tick}");
        assert_eq!(values[3], position_at(late), "at tick {tick}");
    }
}

#[test]
fn a_turned_sensor_reports_in_its_own_frame() {
    let robot = rotor(
        "drive: Torque",
        r#"(name: "imu", link: "base", pose: (rpy: (Deg(180), Deg(0), Deg(0))), kind: Imu, rate_hz: 500)"#,
    );
    let scenario = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();

    let measured = readings(&records(&mut run(&scenario, 1), 1), 0);

    assert_near(measured[0].measured[2], -G, 1e-5);
    let half_turn = 2.0 * libm::atan2(f64::from(measured[0].measured[6]), 0.0);
    assert_near(half_turn as f32, PI, 1e-6);
}
