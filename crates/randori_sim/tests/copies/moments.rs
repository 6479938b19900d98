//! Worlds that are cloned, copied or restored at various ticks continue with identical bits.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::WorldState;
use randori_sim::world::{JointDrive, RayHit, SimWorld, SnapshotError};

use crate::common::{Scene, Stage, digest};

/// A cart of 5 kg that its wheels pull over the ground, with a lid on a spring.
const CART: &str = r#"Robot(
    format: 1, name: "cart", base: Floating(link: "frame"), self_contact: true,
    links: [
        (name: "frame", mass_kg: 5, shapes: [(shape: Box(size: (0.5, 0.3, 0.1)))]),
        (name: "left", mass_kg: 0.3, shapes: [(shape: Cylinder(radius: 0.1, length: 0.04), pose: (rpy: (Deg(90), Deg(0), Deg(0))))]),
        (name: "right", mass_kg: 0.3, shapes: [(shape: Cylinder(radius: 0.1, length: 0.04), pose: (rpy: (Deg(90), Deg(0), Deg(0))))]),
        (name: "ball", mass_kg: 0.1, shapes: [(shape: Sphere(radius: 0.05), friction: 0.0)]),
        (name: "lid", mass_kg: 0.2, shapes: [(shape: Box(size: (0.3, 0.25, 0.02)))]),
    ],
    joints: [
        (name: "left", kind: Continuous, parent: "frame", child: "left", axis: Y, pose: (xyz: (0.1, 0.18, 0))),
        (name: "right", kind: Continuous, parent: "frame", child: "right", axis: Y, pose: (xyz: (0.1, -0.18, 0))),
        (name: "ball", kind: Spherical, parent: "frame", child: "ball", pose: (xyz: (-0.2, 0, -0.05))),
        (name: "hinge", kind: Revolute(limits: (lower: Deg(-100), upper: Deg(10))), parent: "frame", child: "lid", axis: Y, pose: (xyz: (-0.1, 0, 0.1)), damping: 0.02),
    ],
)"#;

/// The cart drives into a stack of boxes and away from it; a ball rolls elsewhere.
fn build() -> Scene {
    let objects = r#"
        (name: "low", pose: (xyz: (0.9, 0.05, 0.1)), mobility: Movable(mass_kg: 0.5),
            shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))]),
        (name: "high", pose: (xyz: (0.9, 0.07, 0.301)), mobility: Movable(mass_kg: 0.3),
            shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))]),
        (name: "post", pose: (xyz: (-0.6, 0.6, 0.25)), mobility: Static,
            shapes: [(shape: Box(size: (0.1, 0.1, 0.5)))]),"#;
    Stage {
        robots: &[(CART, "pose: (xyz: (0, 0, 0.11))")],
        environment: &format!("ground: (), objects: [{objects}]"),
        ..Stage::default()
    }
    .build()
}

/// Does what depends on the tick alone, then makes a step.
fn step(scene: &Scene, world: &mut SimWorld) {
    let tick = world.ticks();
    let [frame, low, high] = ["r0.frame", "low", "high"].map(|path| scene.body(path));
    let speed = match tick {
        0..1000 => 6.0,
        1000..1300 => -6.0,
        _ => 0.0,
    };
    for wheel in ["r0.left", "r0.right"] {
        let drive = JointDrive::Velocity { target: speed, gain: 2.0, limit: 3.0 };
        world.set_drive(scene.dof(wheel), drive);
    }
    match tick {
        60 => world.add_payload(frame, 0.7),
        600 => world.add_payload(low, 0.2),
        640 => world.set_external_force(high, Vector::new(0.0, 1.0, 0.5)),
        680 => world.set_external_force(high, Vector::ZERO),
        720 => world.apply_impulse(frame, Vector::new(0.0, 0.5, 0.5)),
        760 => world.apply_impulse_at(low, Vector::Z * 0.1, Vector::new(0.1, 0.1, 0.0)),
        1200 => world.add_payload(high, 0.1),
        1700 => world.apply_impulse(low, Vector::new(0.0, 0.0, 0.3)),
        1900 => {
            let pose = Pose::from_parts(Vector::new(0.2, 1.0, 0.5), Rotation::IDENTITY);
            world.drop_box(Vector::splat(0.2), 1.0, pose);
        }
        _ => {}
    }
    world.advance().expect("it stays finite");
}

/// Everything that a world shows: its state, and what rays meet.
#[derive(PartialEq)]
struct Sight {
    digest: u64,
    state: WorldState,
    rays: Vec<Option<RayHit>>,
}

fn look(world: &SimWorld) -> Sight {
    let mut state = WorldState::default();
    world.write_state(&mut state);
    let rays = (0..60).map(|index| {
        let turn = 0.05 + 0.1 * index as f32;
        let direction = Vector::new(libm::cosf(turn), libm::sinf(turn), -0.1).normalize();
        world.cast_ray(Vector::new(0.45, 0.4, 0.3), direction, 5.0, None)
    });
    Sight { digest: digest(world), state, rays: rays.collect() }
}

/// A step is worth a copy at these ticks, and every so often.
fn is_taken(tick: u64) -> bool {
    const MOMENTS: [u64; 10] = [0, 1, 60, 61, 600, 601, 660, 761, 1900, 1901];
    MOMENTS.contains(&tick) || tick.is_multiple_of(41)
}

#[test]
fn copies_go_on_alike_at_every_moment() {
    let scene = build();
    let mut original = scene.world.clone();
    let [mut target, mut restored, mut other] = [&scene.world; 3].map(Clone::clone);
    // How many snapshots held the trees alone, and the engine.
    let mut kinds = [0, 0];
    while original.ticks() < 2200 {
        if is_taken(original.ticks()) {
            let bytes = original.snapshot();
            kinds[usize::from(bytes.len() > 6000)] += 1;
            target.clone_from(&original);
            restored.restore(&bytes).expect("it is of the same scenario");
            other.restore(&bytes).expect("it is of the same scenario");
            let mut ahead = original.clone();
            for _ in 0..80 {
                let expected = look(&ahead);
                for (world, name) in [(&target, "copy"), (&restored, "restored")] {
                    let found = look(world);
                    let at = (original.ticks(), ahead.ticks());
                    assert_eq!(found.digest, expected.digest, "{name} {at:?}");
                    assert!(found == expected, "{name} {at:?}");
                }
                for world in [&mut ahead, &mut target, &mut restored] {
                    step(&scene, world);
                }
            }
            // A world that comes from another one's copy is no different.
            other.clone_from(&target);
            step(&scene, &mut other);
            step(&scene, &mut ahead);
            assert!(look(&other) == look(&ahead), "{}", original.ticks());
        }
        step(&scene, &mut original);
    }
    assert!(kinds.iter().all(|count| *count > 10), "{kinds:?}");
}

#[test]
fn copies_on_a_terrain_go_on_alike() {
    let environment = "objects: [(name: \"field\", shapes: [(shape: Heightfield(size: (4, 4),
        heights: [[0, 0, 0.05, 0], [0, 0.02, 0, 0], [0, 0, 0.03, 0], [0.1, 0, 0, 0]]))])]";
    let scene =
        Stage { robots: &[(CART, "pose: (xyz: (0, 0, 0.15))")], environment, ..Stage::default() }
            .build();
    let drive = |world: &mut SimWorld| {
        let drive = JointDrive::Velocity { target: 4.0, gain: 2.0, limit: 3.0 };
        world.set_drive(scene.dof("r0.left"), drive);
        world.advance().expect("it stays finite");
    };
    let [mut original, mut target, mut restored] = [&scene.world; 3].map(Clone::clone);
    for moment in 0..400 {
        if moment % 50 == 0 {
            target.clone_from(&original);
            restored.restore(&original.snapshot()).expect("it is of the same scenario");
            let mut ahead = original.clone();
            for _ in 0..60 {
                let expected = look(&ahead);
                assert!(look(&target) == expected, "copy at {moment}");
                assert!(look(&restored) == expected, "restored at {moment}");
                [&mut ahead, &mut target, &mut restored].into_iter().for_each(drive);
            }
        }
        drive(&mut original);
    }
    assert!(original.snapshot().len() < 6000, "the engine rests");
}

#[test]
fn a_snapshot_forgets_boxes_that_were_dropped_later() {
    let scene = build();
    let mut world = scene.world.clone();
    for _ in 0..1500 {
        step(&scene, &mut world);
    }
    let bytes = world.snapshot();
    let mut expected = world.clone();
    for _ in 0..600 {
        step(&scene, &mut world);
    }
    assert_eq!(world.dropped().len(), 1);

    world.restore(&bytes).expect("it is of the same scenario");

    assert!(world.dropped().is_empty());
    assert_eq!(world.snapshot(), bytes);
    for _ in 0..700 {
        step(&scene, &mut world);
        step(&scene, &mut expected);
        assert!(look(&world) == look(&expected), "tick {}", world.ticks());
    }
    assert_eq!(world.snapshot().len(), expected.snapshot().len());
}

#[test]
fn damaged_snapshots_are_refused_and_change_nothing_or_are_states() {
    let scene = build();
    let mut world = scene.world.clone();
    for _ in 0..850 {
        step(&scene, &mut world);
    }
    let bytes = world.snapshot();
    assert!(bytes.len() < 6000, "the robot has both boxes, so the engine rests");
    let before = look(&world);
    for end in 0..bytes.len() {
        let refused = world.restore(&bytes[..end]);
        assert!(matches!(refused, Err(SnapshotError::Unreadable { .. })), "{end}: {refused:?}");
    }
    assert!(look(&world) == before);
    for place in 0..bytes.len() {
        for bits in [0x01, 0x80, 0xff] {
            let mut broken = bytes.clone();
            broken[place] ^= bits;
            // Bytes that are a state, if another one, can be restored and looked at.
            if world.restore(&broken).is_ok() {
                world.body_pose(BodyId(0));
                world.snapshot();
            }
        }
    }
    world.restore(&bytes).expect("it is of the same scenario");
    assert!(look(&world) == before);
}
