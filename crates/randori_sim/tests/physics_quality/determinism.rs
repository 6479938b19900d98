//! Identical bits: run twice, cloned, restored, in another process, on any thread.

use std::io::Write as _;
use std::process::Command;

use randori_core::math::{Pose, Vector};
use randori_sim::world::{JointDrive, SimWorld, SnapshotError};

use crate::common::{Scene, Stage, digest};

/// A four-legged robot of nine bodies; one leg is `(name, x, y)`.
fn walker() -> String {
    let legs = [("fl", 0.2, 0.1), ("fr", 0.2, -0.1), ("hl", -0.2, 0.1), ("hr", -0.2, -0.1)];
    let links = legs.map(|(leg, _, _)| {
        format!(
            r#"(name: "{leg}_thigh", mass_kg: 0.3, shapes: [(shape: Capsule(radius: 0.02, length: 0.16), pose: (xyz: (0, 0, -0.1)))]),
               (name: "{leg}_shin", mass_kg: 0.1, shapes: [(shape: Capsule(radius: 0.012, length: 0.16), pose: (xyz: (0, 0, -0.1)))]),
               (name: "{leg}_foot", mass_kg: 0.02, shapes: [(shape: Sphere(radius: 0.02))]),"#
        )
    });
    let joints = legs.map(|(leg, x, y)| {
        format!(
            r#"(name: "{leg}_hip", kind: Continuous, parent: "trunk", child: "{leg}_thigh", axis: Y, pose: (xyz: ({x}, {y}, 0)), friction: 0.05, armature: 0.002),
               (name: "{leg}_knee", kind: Revolute(limits: (lower: Deg(-150), upper: Deg(0))), parent: "{leg}_thigh", child: "{leg}_shin", axis: Along(0, 1, 0.02), pose: (xyz: (0, 0, -0.2)), damping: 0.01),
               (name: "{leg}_ankle", kind: Fixed, parent: "{leg}_shin", child: "{leg}_foot", pose: (xyz: (0, 0, -0.2))),"#
        )
    });
    format!(
        r#"Robot(
            format: 1, name: "walker", base: Floating(link: "trunk"),
            links: [(name: "trunk", mass_kg: 2, shapes: [(shape: Box(size: (0.5, 0.2, 0.1)))]), {}],
            joints: [{}],
        )"#,
        links.join("\n"),
        joints.join("\n")
    )
}

/// The walker drops onto a heap of boxes while a pedestrian walks through it.
fn busy_scene() -> Scene {
    let boxes: Vec<String> = (0..12)
        .map(|index| {
            let (x, z) = (0.11 * f64::from(index % 4) - 0.2, 0.06 + 0.13 * f64::from(index / 4));
            format!(
                "(name: \"box_{index}\", pose: (xyz: ({x}, 0.01, {z}), rpy: (Deg(3), Deg(0), Deg({index}))), \
                 mobility: Movable(mass_kg: 0.4), shapes: [(shape: Box(size: (0.1, 0.1, 0.1)))])"
            )
        })
        .collect();
    let entry = r#"pose: (xyz: (0, 0, 0.9)), start: (joints: {
        "fl_hip": Deg(40), "fr_hip": Deg(40), "hl_hip": Deg(40), "hr_hip": Deg(40),
        "fl_knee": Deg(-80), "fr_knee": Deg(-80), "hl_knee": Deg(-80), "hr_knee": Deg(-80)})"#;
    Stage {
        robots: &[(&walker(), entry)],
        environment: &format!("ground: (), objects: [{}]", boxes.join(", ")),
        actors: "(name: \"pedestrian\", model: Pedestrian(), path: [(-2, 0), (2, 0)], speed: 1)",
        ..Stage::default()
    }
    .build()
}

/// Does what depends on the tick alone, then makes a step.
fn busy_step(scene: &mut Scene) {
    let tick = scene.world.ticks();
    let (trunk, pedestrian) = (scene.body("r0.trunk"), scene.body("pedestrian"));
    let swing = libm::sinf(tick as f32 * 0.02);
    for (index, dof) in scene.layout.robots[0].dofs.clone().enumerate() {
        let target = if index % 2 == 0 { 0.7 + 0.3 * swing } else { -1.4 - 0.3 * swing };
        let drive = match index {
            6 => JointDrive::Torque { torque: 2.0 * swing },
            7 => JointDrive::Velocity { target: swing, gain: 0.5, limit: 4.0 },
            _ => JointDrive::Position {
                target,
                target_velocity: 0.0,
                kp: 35.0,
                kd: 0.5,
                feedforward: 0.1,
                limit: 12.0,
            },
        };
        scene.world.set_drive(randori_core::layout::DofId(dof), drive);
    }
    let x = -2.0 + 2e-3 * tick as f32;
    scene.world.move_actor(pedestrian, Pose::from_translation(Vector::X * x));
    match tick {
        100 => scene.world.apply_impulse(scene.body("r0.hr_foot"), Vector::new(0.4, 0.2, 0.1)),
        200 => scene.world.set_external_force(scene.body("r0.fl_foot"), Vector::new(1.0, 2.0, 0.0)),
        260 => scene.world.set_external_force(scene.body("r0.fl_foot"), Vector::ZERO),
        300 => scene.world.add_payload(trunk, 0.5),
        _ => (),
    }
    scene.step();
}

fn run_to(scene: &mut Scene, tick: u64) {
    while scene.world.ticks() < tick {
        busy_step(scene);
    }
}

#[test]
fn two_builds_give_the_same_digest_at_every_tick() {
    let (mut first, mut second) = (busy_scene(), busy_scene());
    let start = first.digest();
    for tick in 0..1000 {
        assert_eq!(first.digest(), second.digest(), "tick {tick}");
        busy_step(&mut first);
        busy_step(&mut second);
    }
    assert_ne!(first.digest(), start);
}

#[test]
fn a_clone_continues_like_its_original_and_leaves_it_alone() {
    for branch_at in [0, 1, 150, 250, 350] {
        let mut original = busy_scene();
        run_to(&mut original, branch_at);
        let branch = original.world.clone();
        run_to(&mut original, branch_at + 200);
        let expected = original.digest();

        original.world = branch;
        run_to(&mut original, branch_at + 200);

        assert_eq!(original.digest(), expected, "branched at tick {branch_at}");
    }
}

#[test]
fn a_restored_snapshot_continues_like_the_original() {
    for taken_at in [0, 1, 150, 250, 350] {
        let mut original = busy_scene();
        run_to(&mut original, taken_at);
        let bytes = original.world.snapshot();
        let torques: Vec<f32> = torques(&original.world, &original);
        run_to(&mut original, taken_at + 200);

        let mut restored = busy_scene();
        run_to(&mut restored, 37);
        restored.world.restore(&bytes).expect("both worlds have the same scenario");

        assert_eq!(restored.world.ticks(), taken_at);
        assert_eq!(self::torques(&restored.world, &restored), torques);
        run_to(&mut restored, taken_at + 200);
        assert_eq!(restored.digest(), original.digest(), "taken at tick {taken_at}");
    }
}

fn torques(world: &SimWorld, scene: &Scene) -> Vec<f32> {
    let dofs = scene.layout.robots[0].dofs.clone();
    dofs.map(|dof| world.drive_torque(randori_core::layout::DofId(dof))).collect()
}

#[test]
fn objects_at_rest_wake_up_alike_after_a_restore() {
    let boxes: Vec<String> = (0..20)
        .map(|index| {
            let (x, z) = (0.25 * f64::from(index % 5), 0.1 + 0.2 * f64::from(index / 5));
            format!(
                "(name: \"box_{index}\", pose: (xyz: ({x}, 0, {z})), mobility: Movable(mass_kg: 1), \
                 shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])"
            )
        })
        .collect();
    let build = || {
        Stage {
            environment: &format!("ground: (), objects: [{}]", boxes.join(", ")),
            actors: "(name: \"pedestrian\", model: Pedestrian(), path: [(-2, 0), (2, 0)], speed: 1)",
            ..Stage::default()
        }
        .build()
    };
    let walk_through = |scene: &mut Scene| {
        let pedestrian = scene.body("pedestrian");
        for tick in 0..1000 {
            let x = -2.0 + 4e-3 * tick as f32;
            scene.world.move_actor(pedestrian, Pose::from_translation(Vector::X * x));
            scene.step();
        }
    };
    let mut original = build();
    original.run(3.0);
    let resting = original.world.body_pose(original.body("box_19"));
    let (bytes, clone) = (original.world.snapshot(), original.world.clone());
    walk_through(&mut original);
    assert_ne!(original.world.body_pose(original.body("box_19")), resting, "the wall is broken");

    let mut restored = build();
    restored.world.restore(&bytes).expect("both worlds have the same scenario");
    walk_through(&mut restored);
    let mut branched = Scene { world: clone, ..build() };
    walk_through(&mut branched);

    assert_eq!([restored.digest(), branched.digest()], [original.digest(); 2]);
}

/// Where the child process of the next test finds its snapshot.
const SNAPSHOT_FILE: &str = "RANDORI_TEST_SNAPSHOT";

#[test]
fn a_snapshot_continues_in_another_process() {
    if let Ok(file) = std::env::var(SNAPSHOT_FILE) {
        // The child: continue and tell the digest.
        let mut scene = busy_scene();
        let bytes = std::fs::read(file).expect("the parent has written it");
        scene.world.restore(&bytes).expect("it is a snapshot of this scenario");
        run_to(&mut scene, 400);
        let mut output = std::io::stdout();
        writeln!(output, "digest {:016x}", scene.digest()).expect("the parent listens");
        return;
    }
    let mut scene = busy_scene();
    run_to(&mut scene, 220);
    let file = std::env::temp_dir().join(format!("randori_snapshot_{}", std::process::id()));
    std::fs::write(&file, scene.world.snapshot()).expect("the temporary directory is writable");
    run_to(&mut scene, 400);

    let program = std::env::current_exe().expect("a test knows its program");
    let child = Command::new(program)
        .args(["--exact", "determinism::a_snapshot_continues_in_another_process", "--nocapture"])
        .env(SNAPSHOT_FILE, &file)
        .output()
        .expect("the test program starts");
    std::fs::remove_file(&file).expect("it is still there");

    let output = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(output.contains(&format!("digest {:016x}", scene.digest())), "{output}");
}

#[test]
fn worlds_on_two_threads_run_like_one() {
    let mut alone = busy_scene();
    run_to(&mut alone, 300);
    let run = || {
        let mut scene = busy_scene();
        run_to(&mut scene, 300);
        scene.digest()
    };

    let (left, right) = std::thread::scope(|scope| {
        let threads = [scope.spawn(run), scope.spawn(run)];
        let [left, right] = threads.map(|thread| thread.join().expect("the run succeeds"));
        (left, right)
    });

    assert_eq!([left, right], [alone.digest(); 2]);
}

#[test]
fn a_world_can_move_to_another_thread() {
    let mut scene = busy_scene();
    run_to(&mut scene, 100);
    let world = scene.world.clone();

    let moved = std::thread::spawn(move || digest(&world)).join().expect("it only reads");

    assert_eq!(moved, scene.digest());
}

#[test]
fn the_digest_sees_drives_forces_and_payloads_at_once() {
    let mut scene = busy_scene();
    let mut seen = vec![scene.digest()];
    let mut expect_new = |scene: &Scene| {
        let digest = scene.digest();
        assert!(!seen.contains(&digest), "a change went unseen");
        seen.push(digest);
    };
    let (dof, trunk) = (scene.dof("r0.fl_hip"), scene.body("r0.trunk"));
    for torque in [1.0, 2.0] {
        scene.world.set_drive(dof, JointDrive::Torque { torque });
        expect_new(&scene);
    }
    scene.world.set_external_force(trunk, Vector::X);
    expect_new(&scene);
    scene.world.add_payload(scene.body("box_3"), 1e-3);
    expect_new(&scene);
    scene.world.add_payload(scene.body("box_4"), 1e-3);
    expect_new(&scene);
    scene.world.apply_impulse(trunk, Vector::X * 1e-3);
    expect_new(&scene);
}

#[test]
fn a_foreign_or_damaged_snapshot_is_refused_and_changes_nothing() {
    let mut scene = busy_scene();
    run_to(&mut scene, 20);
    let before = scene.digest();
    let bytes = scene.world.snapshot();
    let other = Stage { environment: "ground: ()", ..Stage::default() }.build().world.snapshot();

    assert_eq!(scene.world.restore(&other), Err(SnapshotError::OtherScenario));
    for broken in [&bytes[..0], &bytes[..100], &bytes[..bytes.len() - 1], &[0xff; 64][..]] {
        let refused = scene.world.restore(broken);
        assert!(matches!(refused, Err(SnapshotError::Unreadable { .. })), "{refused:?}");
    }
    assert_eq!(scene.digest(), before);
}
