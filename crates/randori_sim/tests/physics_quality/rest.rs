//! Objects sleep only in equilibrium.

use randori_core::math::Twist;

use crate::common::{Scene, Stage};
use crate::fixture::WEIGHTLESS;

fn objects(list: &str, physics: &str) -> Scene {
    let environment = format!("ground: (friction: 0), objects: [{list}]");
    Stage { environment: &environment, physics, ..Stage::default() }.build()
}

fn ball(motion: &str) -> String {
    format!(
        "(name: \"p\", pose: (xyz: (0, 0, 0.5)), mobility: Movable(mass_kg: 1, {motion}), \
         shapes: [(shape: Sphere(radius: 0.1))])"
    )
}

#[test]
fn what_drifts_slowly_keeps_drifting() {
    for speed in [2e-3, 1e-3, 1e-4, 1e-5] {
        let mut scene = objects(&ball(&format!("linear_velocity: ({speed}, 0, 0)")), WEIGHTLESS);

        scene.run(20.0);

        let p = scene.body("p");
        let (x, v) = (scene.world.body_pose(p).translation.x, scene.world.body_twist(p).linear.x);
        assert!((f64::from(x) / (20.0 * speed) - 1.0).abs() < 1e-3, "{x} m at {speed} m/s");
        assert_eq!(v, speed as f32);
    }
}

#[test]
fn what_turns_slowly_keeps_turning() {
    for rate in [5e-2, 1e-2, 1e-4] {
        let mut scene = objects(&ball(&format!("angular_velocity: (0, 0, {rate})")), WEIGHTLESS);

        scene.run(10.0);

        let p = scene.body("p");
        let turned = randori_core::math::yaw_rad(&scene.world.body_pose(p));
        assert!((f64::from(turned) / (10.0 * rate) - 1.0).abs() < 1e-3, "{turned} rad at {rate}");
        let now = f64::from(scene.world.body_twist(p).angular.z);
        assert!((now / rate - 1.0).abs() < 1e-3, "{now} rad/s instead of {rate}");
    }
}

#[test]
fn what_slides_without_friction_does_not_stop() {
    let block = "(name: \"p\", pose: (xyz: (0, 0, 0.1)), mobility: Movable(mass_kg: 1, \
        linear_velocity: (0.001, 0, 0)), shapes: [(shape: Box(size: (0.2, 0.2, 0.2)), friction: 0)])";
    let mut scene = objects(block, "");

    scene.run(10.0);

    let x = scene.world.body_pose(scene.body("p")).translation.x;
    assert!((x - 0.01).abs() < 1e-4, "{x} m instead of 10 mm");
}

#[test]
fn weak_gravity_sets_things_in_motion() {
    let mut scene = objects(&ball(""), "gravity: (0, 0, -0.00001)");

    scene.run(20.0);

    let fallen = 0.5 - scene.world.body_pose(scene.body("p")).translation.z;
    assert!((fallen - 2e-3).abs() < 5e-5, "{fallen} m instead of 2 mm");
}

#[test]
fn a_pile_at_rest_rests() {
    let boxes: Vec<String> = (0..4)
        .map(|level| {
            format!(
                "(name: \"b{level}\", pose: (xyz: (0, 0, {})), mobility: Movable(mass_kg: 1), \
                 shapes: [(shape: Box(size: (0.4, 0.4, 0.4)), friction: 0.5)])",
                0.2 + 0.4 * f64::from(level)
            )
        })
        .collect();
    let mut scene = objects(&boxes.join(", "), "");

    scene.run(5.0);

    for level in 0..4 {
        let twist = scene.world.body_twist(scene.body(&format!("b{level}")));
        assert_eq!(twist, Twist::default(), "box {level} still trembles");
    }
}

#[test]
fn one_tick_per_second_moves_things_as_far_as_many() {
    let mut scene =
        objects(&ball("linear_velocity: (0.02, 0, 0)"), "rate_hz: 1, gravity: (0, 0, 0)");

    scene.run(100.0);

    let x = scene.world.body_pose(scene.body("p")).translation.x;
    assert!((x - 2.0).abs() < 1e-4, "{x} m instead of 2 m");
}
