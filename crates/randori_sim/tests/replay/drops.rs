//! Boxes that users drop into a run.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::policy::Policy;
use randori_core::random::RandomStream;
use randori_core::record::{Contact, Intervention, MAX_DROPPED, Stage, TickRecord};
use randori_core::time::Tick;
use randori_sim::episode::Episode;
use randori_sim::intervention::InterventionError;
use randori_sim::replay::{Difference, ReplayError};
use randori_sim::session::Session;
use randori_sim::world::SimWorld;

use crate::common::Stage as Scene;
use crate::fixture::assert_near;
use crate::recording::{first_error, remembering, replay, scenario};

const TICKS: u64 = 500;

fn drop_at(x: f32, z: f32) -> Intervention {
    Intervention::Drop {
        size: Vector::new(0.2, 0.3, 0.4),
        mass_kg: 2.0,
        pose: Pose::from_parts(Vector::new(x, 0.0, z), Rotation::IDENTITY),
    }
}

/// What is done before the step to a tick: boxes fall on the cube and beside it,
/// and the second one is pushed.
fn deeds(tick: u64, bodies: usize) -> Vec<Intervention> {
    let (at, impulse) = (Vector::new(0.0, 0.1, 0.1), Vector::new(0.5, 1.0, 0.0));
    let push = Intervention::Push { body: BodyId(bodies + 1), at, impulse };
    match tick {
        21 => vec![drop_at(2.05, 0.5)],
        61 => vec![drop_at(3.0, 0.4), push],
        300 => vec![push],
        _ => Vec::new(),
    }
}

fn played() -> (Session, Vec<TickRecord>) {
    let policies: Vec<Option<Box<dyn Policy>>> = vec![Some(remembering()), None];
    let mut session = Session::new(&scenario(), 7, policies, 1 << 30).expect("it starts");
    let bodies = session.live().simulation().layout().bodies.len();
    let mut records = vec![session.record().clone()];
    for tick in 1..=TICKS {
        for deed in deeds(tick, bodies) {
            session.intervene(deed).expect("it can be done");
        }
        session.advance().expect("nothing breaks");
        records.push(session.record().clone());
    }
    (session, records)
}

fn contacts(world: &SimWorld) -> Vec<Contact> {
    let mut contacts = Vec::new();
    world.contacts(&mut contacts);
    contacts
}

#[test]
fn a_dropped_box_falls_and_then_presses_with_its_weight() {
    let mut scene = Scene { environment: "ground: ()", ..Scene::default() }.build();
    let pose = Pose::from_parts(Vector::new(1.0, 2.0, 1.0), Rotation::IDENTITY);
    let body = scene.world.drop_box(Vector::new(0.2, 0.3, 0.4), 2.0, pose);
    assert_eq!(scene.layout.body_name(body), "dropped box 1");

    scene.run(0.2);
    // z = 1 - g t^2 / 2
    assert_near(scene.world.body_pose(body).translation.z, 1.0 - 9.81 * 0.02, 5e-3);
    scene.run(2.8);

    assert_near(scene.world.body_pose(body).translation.z, 0.2, 2e-3);
    let pressed = contacts(&scene.world);
    assert_eq!(pressed.len(), 1);
    assert_eq!((pressed[0].body, pressed[0].other), (body, None));
    assert_near(pressed[0].force.z, 2.0 * 9.81, 0.05);
    assert_near(scene.world.contact_wrench(body).force.z, 2.0 * 9.81, 0.05);
    assert_eq!(scene.world.body_mass(body), 2.0);
}

#[test]
fn a_pushed_box_turns_as_its_mass_and_edges_say() {
    let mut scene = Scene::default().build();
    let body = scene.world.drop_box(Vector::new(0.2, 0.3, 0.4), 2.0, Pose::IDENTITY);

    scene.world.apply_impulse_at(body, Vector::new(0.0, 0.15, 0.0), Vector::X);

    let twist = scene.world.body_twist(body);
    assert_near(twist.linear.x, 0.5, 1e-6);
    // I = m (a^2 + b^2) / 12 about Z.
    assert_near(twist.angular.z, -0.15 / (2.0 * (0.04 + 0.09) / 12.0), 1e-4);
}

#[test]
fn boxes_are_part_of_the_run_and_come_again_from_any_tick() {
    let (mut session, records) = played();
    assert_eq!(records[20].state.dropped.len(), 0);
    assert_eq!(records[21].state.dropped.len(), 1);
    assert_eq!(records[500].state.dropped.len(), 2);
    let bodies = records[0].state.bodies.len();
    let on_cube = contacts(session.live().simulation().world());
    assert!(on_cube.iter().any(|it| it.other == Some(BodyId(bodies))), "{on_cube:?}");

    let mut stream = RandomStream::new(6, "places");
    for _ in 0..20 {
        let tick = (stream.unit() * TICKS as f64) as u64;
        session.seek(Tick(tick)).expect("it comes out the same again");
        assert_eq!(session.record(), &records[tick as usize]);
    }

    assert_eq!(first_error(&mut replay(&scenario()), &records), None);
}

#[test]
fn a_branch_keeps_the_boxes_of_before_and_forgets_those_of_after() {
    let (mut session, records) = played();
    session.seek(Tick(50)).expect("it comes out the same again");

    session.branch(vec![Some(remembering()), None]).expect("it can go on");

    assert_eq!(session.record(), &records[50]);
    session.intervene(drop_at(5.0, 1.0)).expect("there is room");
    session.advance().expect("nothing breaks");
    assert_eq!(session.record().state.dropped.len(), 2);
}

#[test]
fn clones_and_snapshots_keep_the_boxes() {
    let (session, _) = played();
    let world = session.live().simulation().world();
    let mut clone = world.clone();
    let mut restored = Episode::new(&scenario(), 7, vec![Some(remembering()), None])
        .expect("it starts")
        .simulation()
        .world()
        .clone();
    let empty = restored.snapshot();
    restored.restore(&world.snapshot()).expect("it is of the same scenario");
    for _ in 0..100 {
        clone.advance().expect("nothing breaks");
        restored.advance().expect("nothing breaks");
    }

    assert_eq!(crate::common::digest(&clone), crate::common::digest(&restored));
    assert_eq!(restored.dropped(), world.dropped());
    restored.restore(&empty).expect("it is of the same scenario");
    assert_eq!((restored.dropped().len(), restored.snapshot() == empty), (0, true));
}

#[test]
fn a_forgotten_box_is_a_difference_of_the_event() {
    let (_, mut records) = played();
    records[21].interventions.clear();

    let error = first_error(&mut replay(&scenario()), &records);

    let Some(ReplayError::Mismatch(mismatch)) = error else { panic!("{error:?}") };
    assert_eq!((mismatch.tick, mismatch.stage), (Tick(21), Stage::Event));
    assert!(matches!(mismatch.difference, Difference::Digest { .. }));
}

#[test]
fn a_box_lies_on_soft_ground_that_resists_turning() {
    let soft = "ground: (torsional_friction: 0.01, rolling_friction: 0.001,
        softness: (time_constant: 0.02))";
    let mut scene = Scene { environment: soft, ..Scene::default() }.build();
    scene.run(0.1);
    let pose = |z| Pose::from_parts(Vector::Z * z, Rotation::IDENTITY);
    let first = scene.world.drop_box(Vector::splat(0.4), 4.0, pose(0.25));
    scene.run(0.5);
    let second = scene.world.drop_box(Vector::splat(0.2), 1.0, pose(0.6));
    scene.run(2.0);
    scene.world.apply_impulse_at(second, Vector::new(0.1, 0.0, 0.0), Vector::Y * 0.05);
    scene.run(2.0);

    assert_near(scene.world.body_pose(first).translation.z, 0.2, 0.01);
    assert_near(scene.world.body_pose(second).translation.z, 0.5, 0.01);
    assert_near(scene.world.contact_wrench(first).force.z, 4.0 * 9.81, 0.5);
}

#[test]
fn what_cannot_be_dropped_is_refused() {
    let mut episode = crate::recording::start();
    let size = |size| Intervention::Drop { size, mass_kg: 1.0, pose: Pose::IDENTITY };
    let mass = |mass_kg| Intervention::Drop { size: Vector::ONE, mass_kg, pose: Pose::IDENTITY };
    let pose = |pose| Intervention::Drop { size: Vector::ONE, mass_kg: 1.0, pose };
    let crooked = Rotation::from_xyzw(0.0, 0.0, 0.0, 0.5);
    let nowhere = Vector::new(0.0, f32::INFINITY, 0.0);
    let mut refused = |deed| episode.intervene(deed).expect_err("it cannot be done");

    for edge in [0.009, 5.1, -1.0, f32::NAN, f32::INFINITY] {
        let error = refused(size(Vector::new(1.0, edge, 1.0)));
        assert!(matches!(error, InterventionError::BoxSize { .. }), "{edge}");
    }
    for mass_kg in [0.0, 0.009, 1001.0, f32::NAN] {
        assert!(matches!(refused(mass(mass_kg)), InterventionError::BoxMass { .. }), "{mass_kg}");
    }
    for (at, turn) in [(nowhere, Rotation::IDENTITY), (Vector::ZERO, crooked)] {
        assert_eq!(refused(pose(Pose::from_parts(at, turn))), InterventionError::BoxPose);
    }
    let bodies = episode.simulation().layout().bodies.len();
    let push = Intervention::Push { body: BodyId(bodies), at: Vector::ZERO, impulse: Vector::X };
    let unknown = InterventionError::UnknownBody { body: bodies, bodies };
    assert_eq!(episode.intervene(push), Err(unknown));
    // A box that waits for the next step can be pushed in it.
    episode.intervene(drop_at(9.0, 1.0)).expect("there is room");
    episode.intervene(push).expect("it will be there");
    episode.advance();
    assert!(episode.record().state.dropped[0].twist.linear.x > 0.4);
}

#[test]
fn there_is_room_for_so_many_boxes_and_no_more() {
    let mut episode = crate::recording::start();
    for number in 0..MAX_DROPPED {
        episode.intervene(drop_at(10.0 + number as f32, 1.0)).expect("there is room");
        if number % 10 == 0 {
            episode.advance();
        }
    }

    let one_more = episode.intervene(drop_at(5.0, 1.0));

    assert_eq!(one_more, Err(InterventionError::TooManyBoxes));
    episode.advance();
    assert_eq!(episode.record().state.dropped.len(), MAX_DROPPED);
    assert_eq!(episode.error(), None);
}
