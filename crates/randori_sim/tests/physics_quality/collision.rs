//! Collision filters, sleeping, and errors that end a run.

use randori_core::math::{Pose, Rotation, Vector};
use randori_sim::world::JointDrive;

use crate::common::{Scene, Stage};
use crate::contact::{height, movable, objects};
use crate::fixture::hold;

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
fn links_collide_with_each_other_only_on_request_and_neighbours_not_by_default() {
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

#[test]
fn neighbours_collide_where_their_joint_says_so() {
    // A block on a vertical slide above the base that carries it.
    let press = |fields: &str, chain: bool| {
        let (first, second) = if chain {
            (
                "(name: \"between\", mass_kg: 0),",
                "(name: \"turn\", kind: Continuous, parent: \"between\", child: \"block\", {} axis: Z),",
            )
        } else {
            ("", "")
        };
        let child = if chain { "between" } else { "block" };
        let second = second.replace("{}", fields);
        format!(
            r#"Robot(
                format: 1, name: "press", base: Fixed(link: "bed"), self_contact: true,
                links: [
                    (name: "bed", mass_kg: 0, shapes: [(shape: Box(size: (0.4, 0.4, 0.1)))]), {first}
                    (name: "block", mass_kg: 2, shapes: [(shape: Box(size: (0.1, 0.1, 0.1)))]),
                ],
                joints: [
                    (name: "slide", kind: Prismatic(), parent: "bed", child: "{child}", {fields} axis: Z,
                     pose: (xyz: (0, 0, 0.2))), {second}
                ],
            )"#
        )
    };
    for chain in [false, true] {
        for (fields, rests) in [("", false), ("contacts: true,", true)] {
            let text = press(fields, chain);
            let robots = [(text.as_str(), "pose: (xyz: (0, 0, 3))")];
            let mut scene = Stage { robots: &robots, ..Stage::default() }.build();
            scene.run(1.0);
            let (bed, block) = (scene.body("r0.bed"), scene.body("r0.block"));
            let above = scene.world.body_pose(block).translation.z - 3.0;

            assert_eq!(scene.world.touches(bed, block), rests);
            assert_eq!((above - 0.1).abs() < 2e-3, rests, "{above} m above the bed");
        }
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
fn an_absurd_blow_ends_the_run_with_the_body_and_its_last_good_state() {
    let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 0.1)", "");
    let mut scene = objects(&[ball], "");
    scene.run(0.1);
    let ball = scene.body("ball");
    let before = (scene.world.body_pose(ball), scene.world.body_twist(ball));
    scene.world.apply_impulse(ball, Vector::X * 1e38);

    let fault = scene.world.advance().expect_err("no body can move like that");

    assert_eq!((fault.path.as_str(), fault.tick), ("ball", 51));
    assert_eq!((fault.last_finite.pose, fault.last_finite.twist), before);
    assert_eq!(scene.world.advance(), Err(fault));
}

#[test]
fn a_force_beyond_measure_ends_the_run_in_its_tick() {
    let text = chain(false).replace("Fixed(link", "Floating(link");
    for (path, is_robot) in [("ball", false), ("r0.c", true)] {
        let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 5)", "");
        let mut scene = Stage {
            robots: &[(text.as_str(), "")],
            environment: &format!("objects: [{ball}]"),
            ..Stage::default()
        }
        .build();
        scene.run(0.1);
        scene.world.set_external_force(scene.body(path), Vector::X * 3e38);

        let fault = scene.world.advance().expect_err("nothing can move like that");

        assert_eq!(fault.tick, 51);
        assert_eq!(fault.path.starts_with("r0."), is_robot, "{}", fault.path);
        let last = fault.last_finite;
        assert!(last.pose.translation.length() < 10.0 && last.twist.linear.length() < 10.0);
    }
}

#[test]
fn an_absurd_blow_to_a_robot_names_the_link_that_was_struck() {
    let text = chain(false).replace("Fixed(link", "Floating(link");
    let mut scene = Stage { robots: &[(text.as_str(), "")], ..Stage::default() }.build();
    scene.run(0.1);
    scene.world.apply_impulse(scene.body("r0.c"), Vector::X * 1e38);

    let fault = scene.world.advance().expect_err("no robot can move like that");

    assert_eq!((fault.path.as_str(), fault.tick), ("r0.c", 51));
    assert!(fault.last_finite.twist.linear.length() < 10.0);
}

#[test]
fn nothing_slows_fast_things_down() {
    let bullet = "(name: \"bullet\", mobility: Movable(mass_kg: 1, \
        linear_velocity: (900, 0, 0), angular_velocity: (0, 0, 600)), \
        shapes: [(shape: Sphere(radius: 0.1))])";
    let mut scene = Stage {
        environment: &format!("objects: [{bullet}]"),
        physics: "preset: Fast, gravity: (0, 0, 0)",
        ..Stage::default()
    }
    .build();

    scene.run(0.1);

    let twist = scene.world.body_twist(scene.body("bullet"));
    assert!((twist.linear.x - 900.0).abs() < 1e-2, "{} m/s", twist.linear);
    assert!((twist.angular.z - 600.0).abs() < 1e-2, "{} rad/s", twist.angular);
}
