//! Signals compared with closed forms.

use crate::fixture::{GLIDING, WEIGHTLESS, assert_near, constant, episode, metrics, scenario};
use randori_sim::episode::Episode;

const FALLING: &str = r#"objects: [(name: "stone", pose: (xyz: (0.0, 0.0, 20.0)),
    mobility: Movable(mass_kg: 3.0), shapes: [(shape: Sphere(radius: 0.1))])],"#;

#[test]
fn a_falling_body_follows_the_law_of_fall() {
    let found = metrics(
        FALLING,
        "duration: 1.0,",
        &["height(stone)", "speed(stone)", "vz(stone)", "path_length(stone)", "time"],
    );

    // Half g t^2, and the offset g t dt / 2 of the integrator at 2 ms.
    let fallen = 0.5 * 9.81 + 9.81 * 0.001;
    assert_near(found[0], 20.0 - fallen, 1e-3);
    assert_near(found[1], 9.81, 1e-3);
    assert_near(found[2], -9.81, 1e-3);
    assert_near(found[3], fallen, 1e-3);
    assert_near(found[4], 1.0, 0.0);
}

#[test]
fn acceleration_is_the_change_of_velocity_and_starts_at_zero() {
    let found = metrics(
        FALLING,
        "duration: 0.5,",
        &["min(acceleration(stone))", "max(acceleration(stone))"],
    );

    assert_near(found[0], 0.0, 0.0);
    assert_near(found[1], 9.81, 0.01); // single precision of a 5 m/s velocity over 2 ms
}

#[test]
fn uniform_motion_adds_up_to_its_path() {
    let found = metrics(
        GLIDING,
        &format!("{WEIGHTLESS} duration: 2.0, waypoints: {{\"goal\": (2.0, 3.0, 4.0)}},"),
        &[
            "path_length(block)",
            "distance(block, goal)",
            "distance_xy(block, goal)",
            "x(block)",
            "x(goal)",
            "mean(x(block))",
            "angular_speed(block)",
            "tilt(block)",
            "yaw(block)",
        ],
    );

    let expected = [2.0, 5.0, 3.0, 2.0, 2.0, 1.0, 0.0, 0.0, 0.0];
    for (found, expected) in found.into_iter().zip(expected) {
        assert_near(found, expected, 1e-4);
    }
}

#[test]
fn own_velocities_are_those_along_the_axes_of_the_body() {
    let turned = r#"objects: [(name: "block", pose: (rpy: (Deg(0), Deg(0), Deg(90))),
        mobility: Movable(mass_kg: 1.0, linear_velocity: (1, 2, 0), angular_velocity: (0, 0, 0)),
        shapes: [(shape: Box(size: (0.1, 0.1, 0.1)))]),
        (name: "top", pose: (xyz: (5, 0, 0), rpy: (Deg(180), Deg(0), Deg(0))),
        mobility: Movable(mass_kg: 1.0, angular_velocity: (0, 0, 3)),
        shapes: [(shape: Sphere(radius: 0.1))])],"#;
    let found = metrics(
        turned,
        &format!("{WEIGHTLESS} duration: 0.1,"),
        &["forward_speed(block)", "lateral_speed(block)", "yaw_rate(top)"],
    );

    for (found, expected) in found.into_iter().zip([2.0, -1.0, -3.0]) {
        assert_near(found, expected, 1e-4);
    }
}

#[test]
fn depth_in_a_zone_is_positive_inside_only() {
    let scene = scenario(
        GLIDING,
        &format!("{WEIGHTLESS} duration: 2.0, metrics: [\"in_zone(block, gate)\"],"),
    );
    let mut run = episode(&scene);

    // The gate reaches from x = 0.75 to 1.25.
    let mut depth_at = |tick: u64| {
        while run.record().tick.0 < tick {
            run.advance();
        }
        run.record().signals[0]
    };
    assert_near(depth_at(0), -0.75, 1e-6);
    assert_near(depth_at(500), 0.25, 1e-4);
    assert_near(depth_at(600), 0.05, 1e-4);
    assert_near(depth_at(1000), -0.75, 1e-4);
}

#[test]
fn clearance_is_the_gap_between_surfaces() {
    let ball = |name: &str, x: f64| {
        format!(
            "(name: \"{name}\", pose: (xyz: ({x:?}, 0.0, 0.0)), shapes: [(shape: Sphere(radius: 0.5))]),"
        )
    };
    let balls = [ball("a", 0.0), ball("near", 3.0), ball("deep", 0.8), ball("far", 40.0)].concat();
    let found = metrics(
        &format!("objects: [{balls}],"),
        "duration: 0.01,",
        &["clearance(a, near)", "clearance(deep, a)", "clearance(a, far)"],
    );

    assert_near(found[0], 2.0, 1e-5);
    assert_near(found[1], -0.2, 1e-5);
    assert_near(found[2], 10.0, 0.0); // farther gaps are not told apart
}

#[test]
fn a_resting_body_presses_with_its_weight() {
    let room = r#"objects: [
        (name: "table", pose: (xyz: (0.0, 0.0, -0.05)), shapes: [(shape: Box(size: (2.0, 2.0, 0.1)))]),
        (name: "crate", pose: (xyz: (0.0, 0.0, 0.2)), mobility: Movable(mass_kg: 4.0),
         shapes: [(shape: Box(size: (0.4, 0.4, 0.4)))]),
        (name: "bird", pose: (xyz: (0.0, 0.0, 3.0)), shapes: [(shape: Sphere(radius: 0.1))])],"#;
    let found = metrics(
        room,
        "duration: 1.0,",
        &["contact_force(crate)", "touching(crate, table)", "touching(crate, bird)"],
    );

    assert_near(found[0], 4.0 * 9.81, 0.05);
    assert_near(found[1], 1.0, 0.0);
    assert_near(found[2], 0.0, 0.0);
}

/// A lift that starts at 1 m and moves at `speed` for a second, with these
/// metrics.
fn lift(speed: f32, metrics: &[&str]) -> Vec<f64> {
    let list: Vec<String> = metrics.iter().map(|metric| format!("{metric:?}")).collect();
    let fields = format!(
        "duration: 1.0, robots: [(name: \"lift\", model: \"lift.ron\",
            start: (joints: {{\"slide\": M(1.0)}}), policy: (
            use: Builtin(name: \"hold\"), rate_hz: 50.0))], metrics: [{}],",
        list.join(", ")
    );
    let scene = scenario("", &fields);
    let run = Episode::new(&scene, 1, vec![Some(constant(&[speed]))]);
    let report = run.unwrap_or_else(|e| panic!("{e}")).run_to_end();
    assert_eq!(report.error, None);
    report.metrics.iter().map(|metric| metric.value).collect()
}

#[test]
fn lifting_a_weight_costs_its_height_and_its_speed() {
    let found = lift(
        0.8,
        &[
            "energy(lift)",
            "joint(lift.slide)",
            "joint_speed(lift.slide)",
            "torque(lift.motor)",
            "power(lift)",
            "joint_margin(lift.slide)",
        ],
    );

    let (mass, height, speed) = (2.0, found[1] - 1.0, found[2]);
    assert_near(speed, 0.8, 1e-3);
    assert_near(height, 0.8, 5e-3);
    assert_near(found[0], mass * 9.81 * height + 0.5 * mass * speed * speed, 0.02);
    assert_near(found[3], mass * 9.81, 0.01);
    assert_near(found[4], mass * 9.81 * speed, 0.01);
    assert_near(found[5], 1.0 + height, 1e-6); // the lower limit at 0 is the nearer one
}

#[test]
fn braking_gives_no_energy_back() {
    // Gravity pulls the carriage down; the drive holds it back.
    let found = lift(-0.8, &["energy(lift)", "power(lift)"]);

    assert_near(found[1], 0.0, 0.0);
    // Only getting up to speed took some work: at most half m v^2.
    assert!(found[0] < 0.64, "{} J were put in", found[0]);
}

#[test]
fn a_measured_value_is_that_of_the_last_measurement() {
    let found = lift(
        0.5,
        &[
            "measured(lift.encoder.position.slide) - joint(lift.slide)",
            "measured(lift.encoder.velocity)",
            "measured_max(lift.encoder.torque)",
        ],
    );

    // Sensors measure at the start of a step, signals are taken after it.
    assert_near(found[0], -0.5 * 0.002, 1e-5);
    assert_near(found[1], 0.5, 1e-3);
    assert_near(found[2], 2.0 * 9.81, 0.01);
}
