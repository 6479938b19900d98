//! Properties of articulated dynamics beyond the engine's multibodies.

use randori_core::layout::RobotId;
use randori_core::math::Vector;
use randori_sim::world::JointDrive;

use crate::common::{Scene, Stage};
use crate::fixture::{G, hold, one_robot};

const WEIGHTLESS: &str = "gravity: (0, 0, 0)";

/// A finger that slides along X against a box that stands on the ground.
const PUSHER: &str = r#"Robot(
    format: 1, name: "pusher", base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 1),
        (name: "finger", mass_kg: 0.5, shapes: [(shape: Sphere(radius: 0.05))]),
    ],
    joints: [(name: "slide", kind: Prismatic(), parent: "rail", child: "finger", axis: X)],
)"#;

fn momentum(scene: &Scene, masses: &[(&str, f32)]) -> Vector {
    let part = |&(path, mass): &(&str, f32)| scene.world.body_twist(scene.body(path)).linear * mass;
    masses.iter().map(part).sum()
}

#[test]
fn a_tumbling_link_keeps_its_centre_of_mass_and_its_energy() {
    let body = r#"Robot(
        format: 1, name: "dumbbell", base: Floating(link: "a"),
        links: [
            (name: "a", mass_kg: 1, com: (0.2, 0, 0), inertia: Moments(ixx: 0.01, iyy: 0.02, izz: 0.025)),
            (name: "b", mass_kg: 0.5, com: (0, 0, -0.2), inertia: Moments(ixx: 0.02, iyy: 0.02, izz: 0.001)),
        ],
        joints: [(name: "hinge", kind: Continuous, parent: "a", child: "b", axis: Y)],
    )"#;
    let mut scene = one_robot(body, "", WEIGHTLESS);
    let link = scene.body("r0.a");
    scene.world.apply_impulse_at(link, Vector::new(0.0, 0.3, 0.1), Vector::new(0.4, 0.0, 1.2));
    let (before, energy) = (scene.world.center_of_mass(RobotId(0)), scene.world.energy(RobotId(0)));
    let velocity = Vector::new(0.4, 0.0, 1.2) / 1.5;

    scene.run(0.25);

    let drift = scene.world.center_of_mass(RobotId(0)) - before - velocity * 0.25;
    assert!(drift.length() < 5e-5, "the centre of mass drifts by {drift} m");
    let gained = scene.world.energy(RobotId(0)) / energy - 1.0;
    assert!(gained.abs() < 1e-3, "the energy changes by {gained}");
}

/// A cart of 1 kg without friction, and a rod of 0.1 kg on it that turns freely.
const CART: &str = r#"Robot(
    format: 1, name: "cart", base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 1),
        (name: "cart", mass_kg: 1),
        (name: "rod", mass_kg: 0.1, com: (0, 0, 0.5), inertia: Moments(ixx: 0.008, iyy: 0.008, izz: 0.0001)),
    ],
    joints: [
        (name: "slide", kind: Prismatic(), parent: "rail", child: "cart", axis: X),
        (name: "hinge", kind: Continuous, parent: "cart", child: "rod", axis: Y),
    ],
)"#;

/// Rates of position (m), speed, angle from upright (rad) and angular speed of
/// [`CART`] under a force on the cart, N:
///
/// ```text
/// (M + m) x'' + m l cos(a) a'' = F + m l sin(a) a'^2
/// m l cos(a) x'' + (I + m l^2) a'' = m g l sin(a)
/// ```
fn cart_rates(state: [f64; 4], force: f64) -> [f64; 4] {
    let [_, speed, angle, turning] = state;
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let (sum, cross, inertia) = (1.1, 0.05 * cos, 0.008 + 0.025);
    let (push, weight) = (force + 0.05 * sin * turning * turning, 0.05 * G * sin);
    let determinant = sum * inertia - cross * cross;
    let acceleration = (inertia * push - cross * weight) / determinant;
    [speed, acceleration, turning, (sum * weight - cross * push) / determinant]
}

/// One step of the fourth order (Runge-Kutta).
fn cart_step(state: [f64; 4], force: f64, step_s: f64) -> [f64; 4] {
    let ahead =
        |rates: [f64; 4], by: f64| std::array::from_fn(|index| state[index] + by * rates[index]);
    let first = cart_rates(state, force);
    let second = cart_rates(ahead(first, step_s / 2.0), force);
    let third = cart_rates(ahead(second, step_s / 2.0), force);
    let fourth = cart_rates(ahead(third, step_s), force);
    let mean = |index: usize| {
        (first[index] + 2.0 * second[index] + 2.0 * third[index] + fourth[index]) / 6.0
    };
    ahead(std::array::from_fn(mean), step_s)
}

#[test]
fn a_rod_whirls_on_a_pushed_cart_as_the_equations_of_motion_say() {
    let mut scene = one_robot(CART, "start: (joints: {\"hinge\": Rad(0.1)})", "");
    let (slide, hinge) = (scene.dof("r0.slide"), scene.dof("r0.hinge"));
    let mut expected = [0.0, 0.0, 0.1, 0.0];
    let mut turned = 0.0_f64;
    for tick in 0..1500 {
        // The rod turns through the limits of an angle again and again.
        let force = if tick < 250 { 8.0 } else { -4.0 };
        let drive = JointDrive::Torque { torque: force };
        scene.world.set_drive(slide, drive);
        scene.step();
        for _ in 0..4 {
            expected = cart_step(expected, f64::from(force), scene.tick_s / 4.0);
        }
        turned = turned.max(expected[2].abs());
    }
    assert!(turned > 9.0, "the rod must go round, it turned by {turned} rad");
    let angle = f64::from(scene.world.position(hinge));
    let place = f64::from(scene.world.position(slide));
    assert!((angle - expected[2]).abs() < 2e-3, "{angle} instead of {} rad", expected[2]);
    assert!((place - expected[0]).abs() < 1e-3, "{place} instead of {} m", expected[0]);
}

#[test]
fn a_blow_between_a_link_and_an_object_keeps_the_momentum() {
    let stage = Stage {
        robots: &[(PUSHER, "pose: (xyz: (-0.2, 0, 1))")],
        environment: r#"objects: [(name: "ball", mobility: Movable(mass_kg: 0.2), pose: (xyz: (0, 0, 1)),
            shapes: [(shape: Sphere(radius: 0.05), friction: 0)])]"#,
        physics: WEIGHTLESS,
        ..Stage::default()
    };
    let mut scene = stage.build();
    let masses = [("r0.finger", 0.5), ("ball", 0.2)];
    scene.world.apply_impulse(scene.body("r0.finger"), Vector::X);
    let before = momentum(&scene, &masses);

    scene.run(0.5);

    let ball = scene.world.body_twist(scene.body("ball")).linear;
    assert!(ball.x > 1.0, "the ball is struck: {ball}");
    let after = momentum(&scene, &masses);
    assert!((after.x - before.x).abs() < 1e-3 * before.x, "{before} becomes {after}");
}

#[test]
fn an_object_is_handed_over_without_a_jump() {
    let stage = Stage {
        robots: &[(PUSHER, "pose: (xyz: (-0.3, 0, 0.05))")],
        environment: r#"ground: (friction: 0.4),
            objects: [(name: "crate", mobility: Movable(mass_kg: 1), pose: (xyz: (0, 0, 0.1)),
                shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])]"#,
        ..Stage::default()
    };
    let mut scene = stage.build();
    let (dof, body) = (scene.dof("r0.slide"), scene.body("crate"));
    let push = |target: f32| JointDrive::Velocity { target, gain: 200.0, limit: 50.0 };
    scene.world.set_drive(dof, push(0.5));
    let (mut jump, mut step) = (0.0_f32, 0.0_f32);
    let tick_s = scene.tick_s as f32;
    for tick in 0..2000 {
        if tick == 800 {
            scene.world.set_drive(dof, push(-0.5));
        }
        let before = (scene.world.body_pose(body), scene.world.body_twist(body));
        scene.step();
        let after = (scene.world.body_pose(body), scene.world.body_twist(body));
        // Nothing moves farther than its velocities before and after say.
        let moved = after.0.translation - before.0.translation;
        let most = before.1.linear.length().max(after.1.linear.length()) * tick_s;
        jump = jump.max(moved.length() - most);
        step = step.max((after.1.linear - before.1.linear).length());
    }
    assert!(scene.world.body_pose(body).translation.x > 0.1, "the crate was pushed");
    assert!(scene.world.body_twist(body).linear.length() < 1e-4, "and rests again");
    assert!(jump < 1e-6, "it jumps by {jump} m");
    assert!(step < 1.0, "its velocity changes by {step} m/s in a tick");
}

/// A ball flies through the reach of a finger and out of it, and touches nothing.
#[test]
fn an_object_in_flight_is_handed_over_without_a_jump() {
    let stage = Stage {
        robots: &[(PUSHER, "pose: (xyz: (0, 0, 1))")],
        environment: r#"objects: [(name: "ball", mobility: Movable(mass_kg: 0.2), pose: (xyz: (-0.7, 0.12, 1)),
            shapes: [(shape: Sphere(radius: 0.05))])]"#,
        ..Stage::default()
    };
    let mut scene = stage.build();
    let ball = scene.body("ball");
    scene.world.apply_impulse_at(ball, Vector::new(0.0, 0.0002, 0.0), Vector::new(0.6, 0.0, 0.23));
    let tick_s = scene.tick_s as f32;
    let gravity = Vector::new(0.0, 0.0, -9.81);
    let mut nearest = f32::INFINITY;
    for tick in 0..300 {
        let before = (scene.world.body_pose(ball), scene.world.body_twist(ball));
        scene.step();
        let after = (scene.world.body_pose(ball), scene.world.body_twist(ball));
        let change = after.1.linear - before.1.linear - gravity * tick_s;
        assert!(change.length() < 1e-6, "tick {tick}: its velocity jumps by {change} m/s");
        let turn = after.1.angular - before.1.angular;
        assert!(turn.length() < 1e-6, "tick {tick}: its spin jumps by {turn} rad/s");
        let mean = (before.1.linear + after.1.linear) * (tick_s / 2.0);
        let moved = after.0.translation - before.0.translation - mean;
        // The engine moves what it has with the velocity at the end of a step.
        let most = 9.81 * tick_s * tick_s / 2.0 + 1e-6;
        assert!(moved.length() < most, "tick {tick}: it jumps by {moved} m");
        let finger = scene.world.body_pose(scene.body("r0.finger")).translation;
        nearest = nearest.min((after.0.translation - finger).length() - 0.1);
    }
    assert!(nearest > 0.0 && nearest < 0.05, "it passes at {nearest} m");
}

/// A body of 15 kg on a vertical rail, with a light ankle and a foot.
const LEG: &str = r#"Robot(
    format: 1, name: "leg", base: Fixed(link: "post"),
    links: [
        (name: "post", mass_kg: 1),
        (name: "rail", mass_kg: 15, com: (0, 0, 0), inertia: Moments(ixx: 0.5, iyy: 0.5, izz: 0.5)),
        (name: "cross", mass_kg: 0.07, com: (0, 0, 0), inertia: Moments(ixx: 3e-5, iyy: 3e-5, izz: 3e-5)),
        (name: "foot", mass_kg: 0.7, com: (0, 0, -0.01), inertia: Moments(ixx: 0.0017, iyy: 0.0024, izz: 0.0027),
         shapes: [(shape: Box(size: (0.22, 0.1, 0.03)), pose: (xyz: (0.01, 0.005, -0.015)))]),
    ],
    joints: [
        (name: "z", kind: Prismatic(), parent: "post", child: "rail", axis: Z, pose: (xyz: (0, 0, 0.35))),
        (name: "pitch", kind: Continuous, parent: "rail", child: "cross", axis: Y, pose: (xyz: (0, 0, -0.28))),
        (name: "roll", kind: Continuous, parent: "cross", child: "foot", axis: X, pose: (xyz: (0, 0, -0.012))),
    ],
)"#;

#[test]
fn a_light_ankle_does_not_rattle_when_its_foot_lands() {
    // MuJoCo 4.0.0: at most 0.03 to 0.05 rad/s at 500 to 100 Hz.
    for (softness, limit) in [("softness: ()", 0.1), ("", 0.02)] {
        for rate_hz in [500, 250, 100] {
            let ground = format!("ground: (friction: 1.0, priority: 5, {softness})");
            let physics = format!("rate_hz: {rate_hz}");
            let stage = Stage {
                robots: &[(LEG, "")],
                environment: &ground,
                physics: &physics,
                ..Stage::default()
            };
            let mut scene = stage.build();
            let ankle = [scene.dof("r0.pitch"), scene.dof("r0.roll")];
            let mut fastest = 0.0_f32;
            for (target, seconds) in [(0.0, 1.0), (0.1, 0.5), (-0.1, 1.5)] {
                for dof in ankle {
                    scene.world.set_drive(dof, hold(target, 50.0, 3.0, f32::INFINITY));
                }
                for _ in 0..(seconds * f64::from(rate_hz)) as usize {
                    scene.step();
                    let speeds = ankle.map(|dof| scene.world.velocity(dof).abs());
                    fastest = fastest.max(speeds[0]).max(speeds[1]);
                }
            }

            let height = scene.world.body_pose(scene.body("r0.foot")).translation.z;
            assert!(
                (height - 0.03).abs() < 1e-3,
                "{rate_hz} Hz, {softness}: it stands at {height} m"
            );
            assert!(
                fastest < limit,
                "{rate_hz} Hz, {softness}: the ankle turns at {fastest} rad/s"
            );
        }
    }
}

#[test]
fn a_soft_ground_yields_alike_at_any_rate() {
    // At rest (1 - d)/d g = d k r with k = 1/(d T)^2, so r = g (1 - d) T^2: 4.905 mm
    // with d = 0.95 and T = 0.1 s, as in MuJoCo 4.0.0.
    let ball = r#"Robot(
        format: 1, name: "ball", base: Floating(link: "ball"),
        links: [(name: "ball", mass_kg: 10, com: (0, 0, 0), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1),
            shapes: [(shape: Sphere(radius: 0.015), softness: (time_constant: 0.1))])],
    )"#;
    for rate_hz in [500, 250] {
        let physics = format!("rate_hz: {rate_hz}");
        let stage = Stage {
            robots: &[(ball, "pose: (xyz: (0, 0, 0.015))")],
            environment: "ground: (friction: 1.0, softness: (time_constant: 0.1))",
            physics: &physics,
            ..Stage::default()
        };
        let mut scene = stage.build();

        scene.run(3.0);

        let depth = 0.015 - scene.world.body_pose(scene.body("r0.ball")).translation.z;
        assert!((depth - 4.905e-3).abs() < 1e-5, "{rate_hz} Hz: it sinks by {depth} m");
    }
}
