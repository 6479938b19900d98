//! Contacts: what rests, sticks, slips, bounces and collides, and how hard.

mod common;

use common::{Scene, Stage};
use randori_core::layout::RobotId;
use randori_core::math::{Pose, Rotation, Vector};
use randori_sim::world::JointDrive;

const PRESETS: [&str; 3] = ["preset: Fast", "preset: Default", "preset: Reference"];

fn movable(name: &str, shape: &str, mass_kg: f64, pose: &str, surface: &str) -> String {
    format!(
        "(name: \"{name}\", pose: ({pose}), mobility: Movable(mass_kg: {mass_kg}), \
         shapes: [(shape: {shape}, {surface})])"
    )
}

fn objects(list: &[String], physics: &str) -> Scene {
    let environment = format!("ground: (), objects: [{}]", list.join(", "));
    Stage { environment: &environment, physics, ..Stage::default() }.build()
}

fn height(scene: &Scene, path: &str) -> f32 {
    scene.world.body_pose(scene.body(path)).translation.z
}

#[test]
fn a_resting_box_is_carried_by_its_weight() {
    for physics in PRESETS {
        let crate_ = movable("crate", "Box(size: (0.3, 0.2, 0.2))", 2.5, "xyz: (0, 0, 0.1)", "");
        let mut scene = objects(&[crate_], physics);
        let body = scene.body("crate");

        scene.run(1.0);

        let wrench = scene.world.contact_wrench(body);
        let weight = 2.5 * 9.81;
        assert!((wrench.force.z / weight - 1.0).abs() < 1e-2, "{physics}: {} N", wrench.force);
        assert!(wrench.force.truncate().length() < 0.01 * weight, "{physics}: {}", wrench.force);
        assert!(wrench.torque.length() < 0.01, "{physics}: {} N m", wrench.torque);
    }
}

#[test]
fn a_box_on_a_slope_is_held_by_friction_and_does_not_creep() {
    for physics in PRESETS {
        let mut scene = slope(20.0, physics);
        let crate_ = scene.body("crate");
        scene.run(0.5);
        let start = scene.world.body_pose(crate_).translation;

        scene.run(3.0);

        let creep = (scene.world.body_pose(crate_).translation - start).length();
        eprintln!("{physics}: creep {creep:e} m");
        assert!(creep < 1e-3, "{physics}: creeps {creep} m in 3 s");
        // Normal force and friction together carry the weight.
        let force = scene.world.contact_wrench(crate_).force;
        assert!((force - Vector::Z * 9.81).length() < 0.2, "{physics}: {force} N");
    }
}

#[test]
fn a_box_slides_when_the_slope_is_steeper_than_friction_allows() {
    let mut scene = slope(30.0, "");
    let crate_ = scene.body("crate");
    scene.run(0.5);
    let before = scene.world.body_twist(crate_).linear.length();
    scene.run(0.5);
    let gained = scene.world.body_twist(crate_).linear.length() - before;

    let slope = 30f64.to_radians();
    let exact = 9.81 * (libm::sin(slope) - 0.5 * libm::cos(slope)) * 0.5;
    assert!((f64::from(gained) / exact - 1.0).abs() < 0.01, "{gained} m/s instead of {exact}");
}

/// A box of 1 kg on a tilted slab, coefficient 0.5 on both.
fn slope(degrees: f64, physics: &str) -> Scene {
    let tilt = format!("rpy: (Deg(0), Deg({degrees}), Deg(0))");
    let angle = degrees.to_radians();
    // The slab is 0.2 m thick, the box 0.2 m high.
    let (x, z) = (0.2 * libm::sin(angle), 0.2 * libm::cos(angle) + 5.0);
    let slab = format!(
        "(name: \"slab\", pose: (xyz: (0, 0, 5), {tilt}), \
         shapes: [(shape: Box(size: (20, 2, 0.2)), friction: 0.5)])"
    );
    let pose = format!("xyz: ({x}, 0, {z}), {tilt}");
    let crate_ = movable("crate", "Box(size: (0.2, 0.2, 0.2))", 1.0, &pose, "friction: 0.5");
    objects(&[slab, crate_], physics)
}

#[test]
fn a_legged_robot_on_a_slope_does_not_creep() {
    let stool = r#"Robot(
        format: 1, name: "stool", base: Floating(link: "seat"),
        links: [
            (name: "seat", mass_kg: 2, shapes: [(shape: Box(size: (0.3, 0.3, 0.1)))]),
            (name: "leg", mass_kg: 1, shapes: [(shape: Box(size: (0.3, 0.3, 0.1)), friction: 0.5)]),
        ],
        joints: [(name: "knee", kind: Continuous, parent: "seat", child: "leg", axis: Y, pose: (xyz: (0, 0, -0.15)))],
    )"#;
    for physics in PRESETS {
        let environment = "objects: [(name: \"slab\", pose: (rpy: (Deg(0), Deg(20), Deg(0))), \
                           shapes: [(shape: Plane, friction: 0.5)])]";
        // 0.2 m above the slope, along its normal.
        let robots =
            [(stool, "pose: (xyz: (0.068404, 0, 0.187939), rpy: (Deg(0), Deg(20), Deg(0)))")];
        let mut scene = Stage { robots: &robots, environment, physics, ..Stage::default() }.build();
        scene.world.set_drive(scene.dof("r0.knee"), hold(0.0, 300.0, 5.0, 50.0));
        scene.run(1.0);
        let leg = scene.body("r0.leg");
        let start = scene.world.body_pose(leg).translation;

        scene.run(3.0);

        let creep = (scene.world.body_pose(leg).translation - start).length();
        let force = scene.world.contact_wrench(leg).force;
        eprintln!("{physics}: stool creeps {creep:e} m, carried by {force}");
        assert!(creep < 1e-3, "{physics}: creeps {creep} m in 3 s");
        assert!((force - Vector::Z * 3.0 * 9.81).length() < 0.5, "{physics}: {force} N");
    }
}

fn hold(target: f32, kp: f32, kd: f32, limit: f32) -> JointDrive {
    JointDrive::Position { target, target_velocity: 0.0, kp, kd, feedforward: 0.0, limit }
}

#[test]
fn a_gripper_holds_what_it_grips() {
    let gripper = r#"Robot(
        format: 1, name: "gripper", base: Fixed(link: "palm"),
        links: [
            (name: "palm", mass_kg: 1),
            (name: "left", mass_kg: 0.1, shapes: [(shape: Box(size: (0.02, 0.04, 0.04)), friction: 0.8)]),
            (name: "right", mass_kg: 0.1, shapes: [(shape: Box(size: (0.02, 0.04, 0.04)), friction: 0.8)]),
        ],
        joints: [
            (name: "left", kind: Prismatic(limits: (lower: -0.01, upper: 0.05)), parent: "palm", child: "left", axis: X, pose: (xyz: (-0.04, 0, 0))),
            (name: "right", kind: Prismatic(limits: (lower: -0.05, upper: 0.01)), parent: "palm", child: "right", axis: X, pose: (xyz: (0.04, 0, 0))),
        ],
    )"#;
    let shapes = [
        "Box(size: (0.05, 0.05, 0.05))",
        "Sphere(radius: 0.025)",
        "Cylinder(radius: 0.025, length: 0.06)",
    ];
    for physics in PRESETS {
        for shape in shapes {
            let environment = format!(
                "objects: [{}, (name: \"table\", pose: (xyz: (0, 0, 0.87)), shapes: [(shape: Box(size: (0.01, 0.2, 0.2)))])]",
                movable("prize", shape, 0.3, "xyz: (0, 0, 1)", "friction: 0.8")
            );
            let robots = [(gripper, "pose: (xyz: (0, 0, 1))")];
            let mut scene =
                Stage { robots: &robots, environment: &environment, physics, ..Stage::default() }
                    .build();
            // 6 N per finger hold up to 0.98 kg by friction; the prize has 0.3.
            scene.world.set_drive(scene.dof("r0.left"), hold(0.05, 2000.0, 50.0, 6.0));
            scene.world.set_drive(scene.dof("r0.right"), hold(-0.05, 2000.0, 50.0, 6.0));
            scene.run(1.0);
            // Fingers and prize may wander sideways together.
            let in_finger = |scene: &Scene| {
                let finger = scene.world.body_pose(scene.body("r0.left"));
                finger.inverse() * scene.world.body_pose(scene.body("prize")).translation
            };
            let start = in_finger(&scene);

            scene.run(9.0);

            let slip = in_finger(&scene) - start;
            eprintln!("{physics} {shape}: slip {:e} m", slip.length());
            assert!(start.z > -0.02, "{physics} {shape}: dropped before it was gripped");
            assert!(slip.length() < 1e-4, "{physics} {shape}: slips {slip} m in 9 s");
            let press = scene.world.contact_wrench(scene.body("r0.left")).force;
            assert!((press.x + 6.0).abs() < 0.1, "{physics} {shape}: pressed by {press} N");
        }
    }
}

#[test]
fn ten_boxes_stand_on_each_other() {
    for physics in PRESETS {
        let tower: Vec<String> = (0..10)
            .map(|level| {
                let pose = format!("xyz: (0, 0, {})", 0.1 + 0.2 * f64::from(level));
                movable(&format!("box_{level}"), "Box(size: (0.2, 0.2, 0.2))", 1.0, &pose, "")
            })
            .collect();
        let mut scene = objects(&tower, physics);

        scene.run(10.0);

        let top = scene.world.body_pose(scene.body("box_9")).translation;
        eprintln!("{physics}: top of the tower off by {:e} m", (top - Vector::Z * 1.9).length());
        assert!((top - Vector::Z * 1.9).length() < 0.005, "{physics}: the top is at {top}");
    }
}

#[test]
fn a_light_box_carries_a_hundred_times_its_weight() {
    for physics in PRESETS {
        let light = movable("light", "Box(size: (0.2, 0.2, 0.2))", 1.0, "xyz: (0, 0, 0.1)", "");
        let heavy = movable("heavy", "Box(size: (0.2, 0.2, 0.2))", 100.0, "xyz: (0, 0, 0.3)", "");
        let mut scene = objects(&[light, heavy], physics);

        scene.run(3.0);

        let sink = 0.3 - height(&scene, "heavy");
        eprintln!("{physics}: sinks {sink:e} m");
        assert!(sink < 4e-3, "{physics}: sinks {sink} m");
    }
}

#[test]
fn a_ball_bounces_to_the_height_that_its_restitution_says() {
    let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 1.1)", "restitution: 0.6");
    let environment = format!("ground: (restitution: 0.6), objects: [{ball}]");
    let mut scene =
        Stage { environment: &environment, physics: "preset: Reference", ..Stage::default() }
            .build();
    let (mut lowest, mut highest) = (f32::MAX, 0f32);
    for _ in 0..900 {
        scene.step();
        lowest = lowest.min(height(&scene, "ball"));
        if lowest < 0.11 {
            highest = highest.max(height(&scene, "ball"));
        }
    }

    assert!((highest - 0.1 - 0.36).abs() < 0.02, "rises {} m", highest - 0.1);
}

#[test]
fn materials_are_found_refined_and_combined_by_the_later_rule() {
    // On ice that multiplies, a box with 0.5 of its own has 0.5 * 0.1.
    let mut scene = Stage {
        environment:
            "materials: {\"ice\": (friction: 0.1, combine: Multiply), \"felt\": (friction: 0.9)}, \
            objects: [
                (name: \"rink\", shapes: [(shape: Plane, material: \"ice\")]),
                (name: \"puck\", pose: (xyz: (0, 0, 0.05)), \
                 mobility: Movable(mass_kg: 1, linear_velocity: (2, 0, 0)), \
                 shapes: [(shape: Box(size: (0.1, 0.1, 0.1)), material: \"felt\", friction: 0.5)]),
            ]",
        ..Stage::default()
    }
    .build();
    scene.run(0.2);
    let before = scene.world.body_twist(scene.body("puck")).linear.x;
    scene.run(1.0);
    let lost = before - scene.world.body_twist(scene.body("puck")).linear.x;

    assert!((lost / (0.05 * 9.81) - 1.0).abs() < 0.02, "{lost} m/s in 1 s");
}

#[test]
fn shapes_pass_through_the_groups_that_either_side_ignores() {
    let ghost = |name: &str, x: f64, surface: &str| {
        movable(name, "Sphere(radius: 0.1)", 1.0, &format!("xyz: ({x}, 0, 0.8)"), surface)
    };
    let table = "(name: \"table\", pose: (xyz: (0, 0, 0.5)), shapes: [(shape: Box(size: (4, 4, 0.1)), \
                 group: \"table\", ignores: [\"smoke\"])])";
    let mut scene = objects(
        &[
            table.to_owned(),
            ghost("ball", -1.0, ""),
            ghost("smoke", 0.0, "group: \"smoke\""),
            ghost("diver", 1.0, "ignores: [\"table\"]"),
        ],
        "",
    );

    scene.run(1.5);

    assert!(height(&scene, "ball") > 0.6, "the ball lies on the table");
    assert!(height(&scene, "smoke") < 0.11, "the table ignores smoke");
    assert!(height(&scene, "diver") < 0.11, "the diver ignores the table");
    assert!(scene.world.touches(scene.body("ball"), scene.body("table")));
    assert!(!scene.world.touches(scene.body("smoke"), scene.body("table")));
}

/// Three balls in a row on hinges; the outer ones can be swung together.
fn chain(self_contact: bool) -> String {
    let link = |name: &str, x: f64| {
        format!(
            "(name: \"{name}\", mass_kg: 1, \
             shapes: [(shape: Sphere(radius: 0.07), pose: (xyz: ({x}, 0, 0)))])"
        )
    };
    format!(
        r#"Robot(
            format: 1, name: "chain", base: Fixed(link: "a"), self_contact: {self_contact},
            links: [{}, {}, {}],
            joints: [
                (name: "ab", kind: Continuous, parent: "a", child: "b", axis: Z, pose: (xyz: (0.06, 0, 0))),
                (name: "bc", kind: Continuous, parent: "b", child: "c", axis: Z, pose: (xyz: (0.12, 0, 0))),
            ],
        )"#,
        link("a", 0.0),
        link("b", 0.06),
        link("c", 0.06)
    )
}

#[test]
fn links_collide_with_each_other_only_on_request_and_neighbours_never() {
    for self_contact in [false, true] {
        let text = chain(self_contact);
        let robots = [(text.as_str(), r#"start: (joints: {"bc": Deg(90)})"#)];
        let mut scene = Stage { robots: &robots, ..Stage::default() }.build();
        scene.world.set_drive(scene.dof("r0.bc"), JointDrive::Torque { torque: 0.3 });
        scene.world.set_drive(scene.dof("r0.ab"), hold(0.0, 100.0, 5.0, 100.0));
        let (a, c) = (scene.body("r0.a"), scene.body("r0.c"));
        let mut nearest = f32::MAX;
        for _ in 0..500 {
            scene.step();
            nearest = nearest.min(scene.world.clearance(&[a], &[c], 1.0));
        }

        // Neighbours overlap by 2 cm all the time; a and c meet if they may.
        assert_eq!(scene.world.touches(a, c), self_contact);
        assert_eq!(nearest > -0.005, self_contact, "{nearest} m");
        assert!(!scene.world.touches(scene.body("r0.a"), scene.body("r0.b")));
    }
}

/// A crate that has come to rest for good.
fn resting_crate(actors: &str) -> Scene {
    let crate_ = movable("crate", "Box(size: (0.3, 0.3, 0.3))", 5.0, "xyz: (0, 0, 0.15)", "");
    let environment = format!("ground: (), objects: [{crate_}]");
    let mut scene = Stage { environment: &environment, actors, ..Stage::default() }.build();
    scene.run(2.0);
    let before = scene.world.body_pose(scene.body("crate"));
    scene.run(1.0);
    assert_eq!(scene.world.body_pose(scene.body("crate")), before, "it rests");
    scene
}

#[test]
fn a_resting_object_still_presses_on_the_ground() {
    let scene = resting_crate("");

    let force = scene.world.contact_wrench(scene.body("crate")).force;

    assert!((force.z / (5.0 * 9.81) - 1.0).abs() < 0.01, "{force} N");
}

#[test]
fn a_resting_object_yields_to_blows_forces_and_payloads() {
    let travel_m = |disturb: fn(&mut Scene)| {
        let mut scene = resting_crate("");
        let before = scene.world.body_pose(scene.body("crate")).translation;
        disturb(&mut scene);
        scene.run(0.2);
        (scene.world.body_pose(scene.body("crate")).translation - before).length()
    };
    let struck = travel_m(|scene| scene.world.apply_impulse(scene.body("crate"), Vector::X * 5.0));
    assert!(struck > 0.05, "{struck} m");
    let pulled =
        travel_m(|scene| scene.world.set_external_force(scene.body("crate"), Vector::X * 60.0));
    assert!(pulled > 0.05, "{pulled} m");

    let mut loaded = resting_crate("");
    let crate_ = loaded.body("crate");
    loaded.world.add_payload(crate_, 2.0);
    loaded.run(0.2);
    let force = loaded.world.contact_wrench(crate_).force;
    assert!((force.z / (7.0 * 9.81) - 1.0).abs() < 0.01, "{force} N");
}

#[test]
fn slow_motion_is_not_taken_for_rest() {
    let drifter = "(name: \"drifter\", pose: (xyz: (0, 0, 3)), \
        mobility: Movable(mass_kg: 1, linear_velocity: (0.002, 0, 0)), \
        shapes: [(shape: Sphere(radius: 0.1))])";
    let mut scene = objects(&[drifter.to_owned()], "gravity: (0, 0, 0)");

    scene.run(5.0);

    let x = scene.world.body_pose(scene.body("drifter")).translation.x;
    assert!((x - 0.01).abs() < 1e-5, "{x} m");
}

#[test]
fn a_walker_pushes_what_stands_in_its_way() {
    let walker = "(name: \"walker\", model: Pedestrian(), path: [(-1, 0), (5, 0)], speed: 1)";
    let mut scene = resting_crate(walker);
    let (walker, crate_) = (scene.body("walker"), scene.body("crate"));
    let start = scene.world.body_pose(walker).translation;
    assert_eq!(start, Vector::new(-1.0, 0.0, 0.0), "its frame is on the ground");
    let turned = Rotation::from_xyzw(0.0, 0.0, 1.0, 0.0);
    let mut touched = false;
    for tick in 1..=1000 {
        let x = -1.0 + 2e-3 * tick as f32;
        scene.world.move_actor(walker, Pose::from_parts(Vector::X * x, turned));
        scene.step();
        assert!((scene.world.body_pose(walker).translation - Vector::X * x).length() < 1e-5);
        touched |= scene.world.touches(crate_, walker);
    }

    assert!((scene.world.body_twist(walker).linear - Vector::X).length() < 1e-2);
    assert!(touched);
    let pushed = scene.world.body_pose(crate_).translation.x;
    assert!(pushed > 1.35, "the crate is at {pushed} m");
}

#[test]
fn clearance_is_signed_and_stops_at_the_largest_distance_of_interest() {
    let scene = objects(
        &[
            movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 0.5)", ""),
            movable("far", "Box(size: (0.2, 0.2, 0.2))", 1.0, "xyz: (3, 0, 0.5)", ""),
            movable("deep", "Sphere(radius: 0.1)", 1.0, "xyz: (0.15, 0, 0.5)", ""),
            "(name: \"floor\", shapes: [(shape: Plane)])".to_owned(),
            "(name: \"hill\", pose: (xyz: (0, 0, 2)), shapes: [(shape: Heightfield(size: (2, 2), \
             heights: [[0, 0, 0], [0, 0, 0], [0, 0, 0]]))])"
                .to_owned(),
            "(name: \"wedge\", pose: (xyz: (0, -2, 0.5)), shapes: [(shape: TriangleMesh(\
             vertices: [(-1, 0, -1), (1, 0, -1), (0, 0, 1)], triangles: [(0, 1, 2)]))])"
                .to_owned(),
        ],
        "",
    );
    let between = |a: &str, b: &str, at_most: f32| {
        scene.world.clearance(&[scene.body(a)], &[scene.body(b)], at_most)
    };

    let cases = [
        ("ball", "far", 5.0, 2.8),
        ("far", "ball", 1.0, 1.0),
        ("ball", "deep", 1.0, -0.05),
        ("ball", "floor", 1.0, 0.4),
        ("floor", "far", 1.0, 0.4),
        ("ball", "hill", 5.0, 1.4),
        ("hill", "far", 5.0, (1.9f32 * 1.9 + 1.4 * 1.4).sqrt()),
        ("wedge", "ball", 5.0, 1.9),
        ("wedge", "floor", 5.0, -0.5),
        ("floor", "hill", 5.0, 2.0),
    ];
    for (a, b, at_most, exact) in cases {
        let distance = between(a, b, at_most);
        assert!((distance - exact).abs() < 1e-3, "{a} to {b}: {distance} m instead of {exact}");
    }
}

#[test]
fn a_ray_tells_what_it_meets_and_passes_through_the_robot_that_sends_it() {
    let scene = Stage {
        robots: &[(
            "Robot(format: 1, name: \"post\", base: Fixed(link: \"post\"), \
             links: [(name: \"post\", mass_kg: 1, shapes: [(shape: Box(size: (0.2, 0.2, 2)))])])",
            "",
        )],
        environment: "ground: (), objects: [(name: \"wall\", pose: (xyz: (2, 0, 1)), \
                      shapes: [(shape: Box(size: (0.2, 4, 2)))])]",
        ..Stage::default()
    }
    .build();
    let from = Vector::new(-1.0, 0.0, 0.5);

    let first = scene.world.cast_ray(from, Vector::X, 10.0, None).expect("the post is hit");
    let second = scene.world.cast_ray(from, Vector::X, 10.0, Some(RobotId(0))).expect("the wall");
    let ground = scene.world.cast_ray(from, -Vector::Z, 10.0, Some(RobotId(0))).expect("ground");

    assert!((first.distance_m - 0.9).abs() < 1e-6 && first.body == scene.layout.body("r0"));
    assert!((second.distance_m - 2.9).abs() < 1e-6 && second.body == scene.layout.body("wall"));
    assert!((second.normal + Vector::X).length() < 1e-6);
    assert!((ground.distance_m - 0.5).abs() < 1e-6 && ground.body.is_none());
    assert_eq!(scene.world.cast_ray(from, Vector::X, 0.8, None), None);
}

#[test]
fn cylinders_cones_and_terrain_stand_upright() {
    let terrain = "(name: \"terrain\", shapes: [(shape: Heightfield(size: (4, 2), \
                   heights: [[0, 1, 2, 3, 4], [10, 11, 12, 13, 14]]))])";
    let scene = objects(
        &[
            terrain.to_owned(),
            "(name: \"mast\", pose: (xyz: (10, 0, 5)), shapes: [(shape: Cylinder(radius: 0.1, length: 10))])".to_owned(),
            "(name: \"tip\", pose: (xyz: (20, 0, 5)), shapes: [(shape: Cone(radius: 2, length: 10))])".to_owned(),
        ],
        "",
    );
    let down = |x: f32, y: f32| {
        let hit = scene.world.cast_ray(Vector::new(x, y, 100.0), -Vector::Z, 200.0, None);
        100.0 - hit.expect("something is below").distance_m
    };

    // The first row of heights is at the lowest Y, the first column at the
    // lowest X.
    assert!((down(-1.99, -0.99) - 0.06).abs() < 0.02, "{}", down(-1.99, -0.99));
    assert!((down(1.99, -0.99) - 4.04).abs() < 0.03, "{}", down(1.99, -0.99));
    assert!((down(-1.99, 0.99) - 9.96).abs() < 0.03, "{}", down(-1.99, 0.99));
    assert!((down(10.0, 0.05) - 10.0).abs() < 1e-4);
    assert!((down(20.0, 0.2) - 9.0).abs() < 1e-3, "the tip of the cone is up");
}

#[test]
fn an_absurd_blow_ends_the_run_with_the_body_and_its_last_good_state() {
    let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 0.1)", "");
    let mut scene = objects(&[ball], "");
    scene.run(0.1);
    let before = scene.world.body_pose(scene.body("ball"));
    scene.world.apply_impulse(scene.body("ball"), Vector::X * 1e38);

    let fault = scene.world.advance().expect_err("no body can move like that");

    assert_eq!((fault.path.as_str(), fault.tick), ("ball", 51));
    assert_eq!(fault.last_finite.pose, before);
    assert!(fault.last_finite.twist.linear.is_finite());
    assert_eq!(scene.world.advance(), Err(fault));
}

#[test]
fn a_robot_that_goes_non_finite_is_named_too() {
    let text = chain(false).replace("Fixed(link", "Floating(link");
    let mut scene = Stage { robots: &[(text.as_str(), "")], ..Stage::default() }.build();
    scene.run(0.1);
    scene.world.apply_impulse(scene.body("r0.c"), Vector::X * 1e38);

    let fault = scene.world.advance().expect_err("no robot can move like that");

    assert_eq!(fault.tick, 51);
    assert!(fault.path.starts_with("r0."), "{}", fault.path);
    assert!(fault.last_finite.pose.translation.is_finite());
}
