//! Whole robots: floating bases, ball joints, loops, couplings.

use randori_core::layout::RobotId;
use randori_core::math::{Twist, Vector, rotation_from_rpy};
use randori_sim::world::JointDrive;

use crate::common::{Scene, Stage};
use crate::fixture::*;

/// A floating robot of 3.5 kg whose centres of mass lie far from its frames.
pub(crate) const SPRAWLING: &str = r#"Robot(
    format: 1, name: "sprawling", base: Floating(link: "trunk"),
    links: [
        (name: "trunk", mass_kg: 2, com: (0.1, -0.05, 0.08), inertia: Moments(ixx: 0.02, iyy: 0.03, izz: 0.04)),
        (name: "pack", mass_kg: 0.5, com: (0, 0.02, 0), inertia: Moments(ixx: 0.001, iyy: 0.001, izz: 0.001)),
        (name: "upper", mass_kg: 0.6, com: (0, 0.03, -0.15), inertia: Moments(ixx: 0.004, iyy: 0.004, izz: 0.001)),
        (name: "lower", mass_kg: 0.4, com: (0.02, 0, -0.1), inertia: Moments(ixx: 0.002, iyy: 0.002, izz: 0.001)),
    ],
    joints: [
        (name: "strap", kind: Fixed, parent: "trunk", child: "pack", pose: (xyz: (-0.2, 0, 0.1))),
        (name: "hip", kind: Continuous, parent: "trunk", child: "upper", axis: Y, pose: (xyz: (0.2, 0.1, 0))),
        (name: "knee", kind: Continuous, parent: "upper", child: "lower", axis: Along(0.6, 0.8, 0), pose: (xyz: (0, 0, -0.3))),
    ],
)"#;

/// Two blows far apart; the robot tumbles at several rad/s.
fn strike_twice(scene: &mut Scene) -> Vector {
    let (lower, pack) = (scene.body("r0.lower"), scene.body("r0.pack"));
    let blows = [Vector::new(0.5, 1.5, 0.0), Vector::new(0.0, -1.2, 0.4)];
    scene.world.apply_impulse(lower, blows[0]);
    scene.world.apply_impulse(pack, blows[1]);
    let spin = scene.world.body_twist(pack).angular.length();
    assert!(spin > 2.0, "the trunk tumbles at {spin} rad/s");
    blows[0] + blows[1]
}

/// How far the centre of mass comes off a straight path in 0.25 s, m.
fn drift_m(scene: &mut Scene, velocity: Vector) -> f32 {
    let start = scene.world.center_of_mass(RobotId(0));
    scene.run(0.25);
    (scene.world.center_of_mass(RobotId(0)) - start - velocity * 0.25).length()
}

#[test]
fn a_tumbling_robot_that_holds_its_pose_keeps_its_momentum() {
    for preset in ["Fast", "Default", "Reference"] {
        let physics = format!("preset: {preset}, {WEIGHTLESS}");
        let mut scene = one_robot(SPRAWLING, "", &physics);
        for joint in ["r0.hip", "r0.knee"] {
            let hold = JointDrive::Position {
                target: 0.0,
                target_velocity: 0.0,
                kp: 200.0,
                kd: 5.0,
                feedforward: 0.0,
                limit: f32::INFINITY,
            };
            scene.world.set_drive(scene.dof(joint), hold);
        }
        strike_twice(&mut scene);
        scene.run(0.5);
        let spin = scene.world.body_twist(scene.body("r0.trunk")).angular.length();
        assert!(spin > 4.0, "{preset}: still tumbles, at {spin} rad/s");
        let before = scene.world.center_of_mass(RobotId(0));
        scene.step();
        let velocity = (scene.world.center_of_mass(RobotId(0)) - before) / scene.tick_s as f32;

        let drift = drift_m(&mut scene, velocity);

        assert!(drift < 2e-5, "{preset}: centre of mass drifts by {drift} m");
    }
}

#[test]
fn the_drift_of_a_flailing_robot_shrinks_with_the_step() {
    // Limbs at 8 to 14 rad/s: what is left is the error of the steps, of second order.
    let drift = |rate_hz: u32| {
        let physics = format!("rate_hz: {rate_hz}, {WEIGHTLESS}");
        let mut scene = one_robot(SPRAWLING, "", &physics);
        let momentum = strike_twice(&mut scene);
        drift_m(&mut scene, momentum / 3.5)
    };
    let (coarse, fine) = (drift(500), drift(4000));
    assert!(fine < 2e-6, "{fine} m at 0.25 ms");
    assert!((40.0..100.0).contains(&(coarse / fine)), "{coarse} m at 2 ms, {fine} m at 0.25 ms");
}

#[test]
fn a_floating_robot_falls_freely_while_its_joints_work() {
    let mut scene = one_robot(SPRAWLING, "pose: (xyz: (0, 0, 5))", "");
    let knee = scene.dof("r0.knee");
    scene.world.set_drive(knee, JointDrive::Velocity { target: 8.0, gain: 1.0, limit: 5.0 });
    let start = scene.world.center_of_mass(RobotId(0));

    scene.run(0.5);

    let fallen = 0.5 * 9.81 * 0.5 * 0.5;
    let drift = scene.world.center_of_mass(RobotId(0)) - start + Vector::Z * fallen;
    assert!(drift.length() < 1e-3, "centre of mass is off by {drift} m");
}

#[test]
fn the_start_pose_is_where_the_file_says_and_gives_no_kick() {
    let entry = r#"pose: (xyz: (1, 2, 5)),
        start: (joints: {"hip": Deg(40), "knee": Deg(-80)})"#;
    let with_shapes = SPRAWLING.replace(
        "com: (0.02, 0, -0.1),",
        "com: (0.02, 0, -0.1), shapes: [(shape: Sphere(radius: 0.05), pose: (xyz: (0, 0, -0.2)))],",
    );
    // A block stands where the foot would be with all joints at zero.
    let mut scene = Stage {
        robots: &[(&with_shapes, entry)],
        environment: "ground: (), objects: [(name: \"block\", pose: (xyz: (1.2, 2.1, 4.5)), shapes: \
                      [(shape: Box(size: (0.08, 0.08, 0.08)))])]",
        physics: WEIGHTLESS,
        ..Stage::default()
    }
    .build();
    assert!((scene.world.position(scene.dof("r0.hip")) - 40f32.to_radians()).abs() < 1e-6);
    let trunk = scene.world.body_pose(scene.body("r0.trunk"));
    assert_close(trunk.translation, Vector::new(1.0, 2.0, 5.0), 1e-6);

    scene.step();

    for body in scene.layout.robots[0].bodies.clone() {
        let twist = scene.world.body_twist(randori_core::layout::BodyId(body));
        assert_eq!(twist, Twist::default(), "{}", scene.layout.bodies[body].path);
    }
}

#[test]
fn rays_see_a_robot_in_its_start_pose_before_the_first_step() {
    let arm = r#"Robot(
        format: 1, name: "arm", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "arm", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 0.1, 1)), pose: (xyz: (0, 0, 0.5)))]),
        ],
        joints: [(name: "axle", kind: Continuous, parent: "stand", child: "arm", axis: Y, pose: (xyz: (0, 0, 1)))],
    )"#;
    let scene = one_robot(arm, r#"start: (joints: {"axle": Deg(90)})"#, "");

    let hit = scene.world.cast_ray(Vector::new(0.8, 0.0, 3.0), -Vector::Z, 10.0, None);

    let hit = hit.expect("the arm points along +X at a height of 1 m");
    assert!((hit.distance_m - 1.95).abs() < 1e-5, "{} m", hit.distance_m);
    assert_eq!(hit.body, scene.layout.body("r0.arm"));
}

#[test]
fn a_ball_joint_swings_like_a_hinge_and_tells_its_rotation_vector() {
    let ball = r#"Robot(
        format: 1, name: "ball", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "rod", mass_kg: 1, com: (0, 0, -0.5), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.01)),
        ],
        joints: [(name: "ball", kind: Spherical, parent: "stand", child: "rod", pose: (xyz: (0, 0, 2), rpy: (Rad(0.6), Deg(0), Deg(0))))],
    )"#;
    let mut scene = one_robot(ball, "", "");
    let [y, z] = ["y", "z"].map(|axis| scene.dof(&format!("r0.ball.{axis}")));
    // The rod hangs straight down when it has turned by -0.6 rad about X.
    let measured = swing_period_s(&mut scene, "r0.ball.x", -0.6, 5);

    let exact = pendulum_period_s(PENDULUM_INERTIA, 0.5, 0.6);
    assert!(scene.world.position(y).abs() < 1e-4 && scene.world.position(z).abs() < 1e-4);
    assert!((measured / exact - 1.0).abs() < 1e-4, "{measured} s instead of {exact} s");
}

#[test]
fn a_sprung_ball_joint_comes_back_from_every_detour() {
    let ball = r#"Robot(
        format: 1, name: "ball", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "rod", mass_kg: 1, com: (0, 0, 0.5), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)),
        ],
        joints: [(name: "ball", kind: Spherical, parent: "stand", child: "rod", damping: 1.5, spring: (stiffness: 4))],
    )"#;
    let mut scene = one_robot(ball, "", WEIGHTLESS);
    let rod = scene.body("r0.rod");
    let coordinate = |scene: &Scene| {
        let axes = ["x", "y", "z"].map(|axis| scene.dof(&format!("r0.ball.{axis}")));
        Vector::from(axes.map(|dof| scene.world.position(dof)))
    };
    // The rod is led around a wide cone.
    let mut widest = 0f32;
    for tick in 0..2000 {
        let angle = tick as f32 * 0.01;
        let lead = Vector::new(libm::cosf(angle), libm::sinf(angle), 0.0);
        scene.world.set_external_force(rod, lead * 12.0);
        scene.step();
        widest = widest.max(coordinate(&scene).length());
    }
    assert!(widest > 0.7, "{widest} rad");

    scene.world.set_external_force(rod, Vector::ZERO);
    scene.run(8.0);

    assert!(coordinate(&scene).length() < 1e-3, "rests at {}", coordinate(&scene));
}

#[test]
fn a_closed_loop_stays_closed() {
    // A parallelogram of two cranks and a coupler, driven at one crank.
    let linkage = r#"Robot(
        format: 1, name: "linkage", base: Fixed(link: "frame"),
        links: [
            (name: "frame", mass_kg: 1),
            (name: "left", mass_kg: 0.3, com: (0, 0, 0.15), inertia: Moments(ixx: 0.003, iyy: 0.003, izz: 0.001)),
            (name: "right", mass_kg: 0.3, com: (0, 0, 0.15), inertia: Moments(ixx: 0.003, iyy: 0.003, izz: 0.001)),
            (name: "coupler", mass_kg: 0.5, com: (0.25, 0, 0), inertia: Moments(ixx: 0.001, iyy: 0.01, izz: 0.01)),
        ],
        joints: [
            (name: "left", kind: Continuous, parent: "frame", child: "left", axis: Y),
            (name: "right", kind: Continuous, parent: "frame", child: "right", axis: Y, pose: (xyz: (0.5, 0, 0))),
            (name: "top", kind: Continuous, parent: "left", child: "coupler", axis: Y, pose: (xyz: (0, 0, 0.3))),
        ],
        loops: [(name: "close", kind: Revolute, link_a: "coupler", pose_a: (xyz: (0.5, 0, 0), rpy: (Deg(90), Deg(0), Deg(0))),
            link_b: "right", pose_b: (xyz: (0, 0, 0.3), rpy: (Deg(90), Deg(0), Deg(0))))],
    )"#;
    let entry = r#"start: (joints: {"left": Deg(30), "right": Deg(30), "top": Deg(-30)})"#;
    for preset in ["Fast", "Default", "Reference"] {
        let mut scene = one_robot(linkage, entry, &format!("preset: {preset}"));
        let [left, right, top] =
            ["left", "right", "top"].map(|name| scene.dof(&format!("r0.{name}")));
        scene.world.set_drive(left, JointDrive::Velocity { target: 1.0, gain: 50.0, limit: 50.0 });
        let mut worst = 0f32;
        for _ in 0..(1.0 / scene.tick_s) as usize {
            scene.step();
            let angle = scene.world.position(left);
            worst = worst.max((scene.world.position(right) - angle).abs());
            worst = worst.max((scene.world.position(top) + angle).abs());
        }
        assert!(scene.world.position(left) > 1.2, "{preset}: the crank turns");
        assert!(worst < 2e-3, "{preset}: the loop opens by {worst} rad");
    }
}

#[test]
fn a_loop_can_end_at_the_fixed_base() {
    // A bar on a carriage; its far end is tied to the frame by a ball joint.
    let swing = r#"Robot(
        format: 1, name: "swing", base: Fixed(link: "frame"),
        links: [
            (name: "frame", mass_kg: 1),
            (name: "carriage", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
            (name: "bar", mass_kg: 1, com: (0, 0, -0.5), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.01)),
        ],
        joints: [
            (name: "slide", kind: Prismatic(), parent: "frame", child: "carriage", axis: Z, pose: (xyz: (0, 0, 2))),
            (name: "hinge", kind: Continuous, parent: "carriage", child: "bar", axis: Y),
        ],
        loops: [(name: "tie", kind: Spherical, link_a: "bar", pose_a: (xyz: (0, 0, -1)), link_b: "frame", pose_b: (xyz: (0, 0, 1)))],
    )"#;
    let mut scene = one_robot(swing, "", "");

    scene.run(2.0);

    let (slide, bar) = (scene.dof("r0.slide"), scene.body("r0.bar"));
    let end = scene.world.body_pose(bar) * Vector::new(0.0, 0.0, -1.0);
    assert_close(end, Vector::Z, 2e-4);
    assert!(scene.world.position(slide).abs() < 1e-3, "the bar holds the carriage");
}

#[test]
fn a_coupled_joint_follows_from_the_first_tick() {
    let gripper = r#"Robot(
        format: 1, name: "gripper", base: Fixed(link: "palm"),
        links: [
            (name: "palm", mass_kg: 1),
            (name: "left", mass_kg: 0.1, com: (0, 0, 0), inertia: Moments(ixx: 1e-4, iyy: 1e-4, izz: 1e-4)),
            (name: "right", mass_kg: 0.2, com: (0, 0, 0), inertia: Moments(ixx: 1e-4, iyy: 1e-4, izz: 1e-4)),
        ],
        joints: [
            (name: "left", kind: Prismatic(), parent: "palm", child: "left", axis: X),
            (name: "right", kind: Prismatic(), parent: "palm", child: "right", axis: X),
        ],
        couplings: [(follower: "right", leader: "left", ratio: -1.5, offset: 0.02)],
    )"#;
    let mut scene = one_robot(gripper, r#"start: (joints: {"left": M(0.01)})"#, "");
    let (left, right) = (scene.dof("r0.left"), scene.dof("r0.right"));
    assert!((scene.world.position(right) - 0.005).abs() < 1e-7);
    scene.world.set_drive(left, JointDrive::Torque { torque: 1.0 });

    scene.run(0.2);

    let (lead, follow) = (scene.world.position(left), scene.world.position(right));
    assert!((follow - (-1.5 * lead + 0.02)).abs() < 1e-5, "{follow} m at {lead} m");
    let exact = 1.0 / (0.1 + 1.5 * 1.5 * 0.2) * 0.2;
    let speed = scene.world.velocity(left);
    assert!((speed / exact - 1.0).abs() < 1e-3, "{speed} m/s instead of {exact}");
}

/// A parallelogram of two rods of 0.4 m, 0.4 m above each other, whose ends a
/// rod on a ball joint connects.
const FOUR_BAR: &str = r#"Robot(
    format: 1, name: "four_bar", base: Fixed(link: "base"),
    links: [
        (name: "base", mass_kg: 1),
        (name: "a", mass_kg: 0.5, com: (0.2, 0, 0), inertia: Moments(ixx: 1e-4, iyy: 7e-3, izz: 7e-3)),
        (name: "rod", mass_kg: 0.1, com: (0, 0, -0.2), inertia: Moments(ixx: 1e-3, iyy: 1e-3, izz: 1e-5)),
        (name: "c", mass_kg: 0.5, com: (0.2, 0, 0), inertia: Moments(ixx: 1e-4, iyy: 7e-3, izz: 7e-3)),
    ],
    joints: [
        (name: "j", kind: Continuous, parent: "base", child: "a", axis: Y, pose: (xyz: (0, 0, 1))),
        (name: "ball", kind: Spherical, parent: "a", child: "rod", pose: (xyz: (0.4, 0, 0))),
        (name: "q", kind: Continuous, parent: "base", child: "c", axis: Y, pose: (xyz: (0, 0, 0.6))),
    ],
    loops: [(name: "tie", kind: Spherical, link_a: "rod", pose_a: (xyz: (0, 0, -0.4)), link_b: "c", pose_b: (xyz: (0.4, 0, 0)))],
    poses: {
        "closed": {"j": Rad(0.4), "ball": Quat(0, -0.198669331, 0, 0.980066578), "q": Rad(0.4)},
        "open": {"j": Rad(0.4), "q": Rad(0.4)},
    },
)"#;

#[test]
fn a_ball_joint_starts_at_its_rotation_so_that_loops_start_closed() {
    let fastest = |entry: &str| {
        let mut scene = one_robot(FOUR_BAR, entry, "");
        let ball = scene.dof("r0.ball.y");
        let start = scene.world.position(ball);
        let mut fastest = 0.0_f32;
        for _ in 0..3 {
            scene.step();
            for dof in scene.layout.robots[0].dofs.clone().map(randori_core::layout::DofId) {
                fastest = fastest.max(scene.world.velocity(dof).abs());
            }
        }
        (start, fastest)
    };
    for entry in [
        r#"start: (named: "closed")"#,
        r#"start: (named: "open", joints: {"ball": Rpy(Deg(0), Rad(-0.4), Deg(0))})"#,
        r#"start: (named: "open", joints: {"ball": Quat(0, 0.397338662, 0, -1.960133156)})"#,
    ] {
        let (start, rate) = fastest(entry);

        assert!((start + 0.4).abs() < 1e-6, "{entry}: starts at {start} rad");
        // Gravity alone: at most 1.5 g / 0.4 m over three steps of 2 ms.
        assert!(rate < 0.24, "{entry}: {rate} rad/s after three steps");
    }

    let (start, rate) = fastest(r#"start: (named: "open")"#);
    assert_eq!(start, 0.0);
    assert!(rate > 1.0, "a loop that starts open snaps shut: {rate} rad/s");
}

#[test]
fn a_ball_joint_starts_turned_about_the_axes_of_its_frame() {
    let joint = "pose: (xyz: (0.4, 0, 0))";
    let turned =
        FOUR_BAR.replace(joint, "pose: (xyz: (0.4, 0, 0), rpy: (Deg(0), Deg(0), Deg(90)))");
    let entry = r#"start: (joints: {"ball": Rpy(Deg(20), Deg(30), Deg(40))})"#;

    let scene = one_robot(&turned, entry, "");

    let rod = scene.world.body_pose(scene.body("r0.rod")).rotation;
    let degrees = |angle: f64| angle.to_radians();
    let in_joint = rotation_from_rpy(degrees(20.0), degrees(30.0), degrees(40.0));
    let expected = rotation_from_rpy(0.0, 0.0, degrees(90.0)) * in_joint;
    for axis in [Vector::X, Vector::Y, Vector::Z] {
        assert_close(rod * axis, expected * axis, 1e-6);
    }
}
