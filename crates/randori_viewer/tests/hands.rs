//! Hands, robot panel and teleoperation without a window: what people do is part
//! of the run.

mod common;

use std::time::Duration;

use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::settings::WgpuSettings;
use bevy::time::TimeUpdateStrategy;
use bevy::winit::WinitPlugin;
use randori_core::layout::BodyId;
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::{Intervention, TickRecord};
use randori_core::time::Tick;
use randori_viewer::action::Action;
use randori_viewer::driver::Driver;
use randori_viewer::hands::pull::{Grip, Pull};
use randori_viewer::hands::{Blow, Hands, HandsPlugin, Mode};
use randori_viewer::keys::{Keys, KeysPlugin};
use randori_viewer::marks::Marks;
use randori_viewer::playback::Speed;
use randori_viewer::pointer::Pointer;
use randori_viewer::robot::RobotPlugin;
use randori_viewer::robots::ChosenRobot;
use randori_viewer::run::Run;
use randori_viewer::selection::Selection;
use randori_viewer::teleop::{Teleop, TeleopPlugin};
use randori_viewer::time_bar::TimeBarPlugin;
use randori_viewer::{SimulationPlugins, ViewerPlugins};

use common::{ask, open, run, support};

const FLAT: &str = "scenarios/courier/flat.ron";
const PUP: &str = "scenarios/pup/stand.ron";

/// An app at a tick of a paused run; frames are 20 ms long.
fn app(file: &str) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins, KeysPlugin))
        .add_plugins((HandsPlugin, RobotPlugin, TeleopPlugin, TimeBarPlugin))
        .init_resource::<ButtonInput<KeyCode>>()
        .init_resource::<ButtonInput<MouseButton>>()
        .init_resource::<Pointer>()
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(20)));
    let prepared = support::load(file).expect("a shipped scenario");
    open(&mut app, prepared);
    app.update();
    app
}

fn step(app: &mut App, ticks: usize) {
    ask(app, std::iter::repeat_n(Action::StepForward, ticks));
    assert_eq!(run(app).problem(), None);
}

fn past(app: &mut App) -> Vec<TickRecord> {
    app.world_mut().resource_mut::<Run>().session().expect("a run is open").past().to_vec()
}

fn drop_box(at: Vector) -> Action {
    let pose = Pose::from_parts(at, Rotation::IDENTITY);
    Action::Intervene(Intervention::Drop { size: Vector::splat(0.2), mass_kg: 3.0, pose })
}

/// Points the mouse straight down at a place, from 5 m above.
fn point_down_at(app: &mut App, x: f32, y: f32) {
    let (origin, direction) = (Vector::new(x, y, 5.0), Vector::NEG_Z);
    point(app, origin, direction);
}

fn point(app: &mut App, origin: Vector, direction: Vector) {
    let mut run = app.world_mut().resource_mut::<Run>();
    let world = run.episode().expect("a run is open").simulation().world();
    let hit = world.cast_ray(origin, direction, 100.0, None);
    *app.world_mut().resource_mut::<Pointer>() = Pointer { ray: Some((origin, direction)), hit };
}

fn button(app: &mut App, down: bool) {
    let mut buttons = app.world_mut().resource_mut::<ButtonInput<MouseButton>>();
    buttons.clear();
    if down {
        buttons.press(MouseButton::Left);
    } else {
        buttons.release(MouseButton::Left);
    }
    app.update();
    app.world_mut().resource_mut::<ButtonInput<MouseButton>>().clear();
}

fn click(app: &mut App) {
    button(app, true);
    button(app, false);
    app.update();
}

fn hold(app: &mut App, keys: &[KeyCode]) {
    let mut input = app.world_mut().resource_mut::<ButtonInput<KeyCode>>();
    input.reset_all();
    for key in keys {
        input.press(*key);
    }
    app.update();
    app.world_mut().resource_mut::<ButtonInput<KeyCode>>().clear();
}

fn by_hand(app: &mut App) {
    ask(app, [Action::Drive { robot: 0, driver: Driver::ByHand }]);
    assert_eq!(run(app).problem(), None);
}

fn command(app: &App) -> Vec<f32> {
    run(app).hand(0).expect("a robot").values()
}

#[test]
fn a_dragged_box_follows_the_mouse_with_one_push_per_tick() {
    let mut app = app(FLAT);
    step(&mut app, 1);
    ask(&mut app, [drop_box(Vector::new(2.0, 2.0, 0.12))]);
    step(&mut app, 200);
    point_down_at(&mut app, 2.0, 2.0);
    button(&mut app, true);
    assert_eq!(app.world().resource::<Grip>().pull(), None, "a click alone pulls nothing");
    let begun = run(&app).newest();

    point(&mut app, Vector::new(2.0, 2.0, 5.0), Vector::new(0.2, 0.0, -1.0).normalize());
    app.update();
    let pull = app.world().resource::<Grip>().pull().expect("it is dragged");
    assert!((pull.target.x - 2.92).abs() < 0.02 && pull.mass_kg == 3.0, "{pull:?}");
    step(&mut app, 600);
    button(&mut app, false);
    step(&mut app, 10);

    let record = run(&app).record().expect("a run is open");
    let place = record.state.dropped[0].pose.translation;
    assert!((place.x - 2.92).abs() < 0.1 && (place.y - 2.0).abs() < 0.1, "{place}");
    let past = past(&mut app);
    let (before, after) = past.split_at(begun.0 as usize + 1);
    assert!(before[3..].iter().all(|record| record.interventions.is_empty()));
    assert!(after[..600].iter().all(|record| record.interventions.len() == 1));
    assert!(after[600..].iter().all(|record| record.interventions.is_empty()));
}

#[test]
fn a_run_that_was_played_with_happens_again_to_the_last_bit() {
    let mut app = app(FLAT);
    step(&mut app, 50);
    // Each in its own mode, with the mouse.
    let base = run(&app).record().expect("a run is open").state.bodies[0].pose.translation;
    app.world_mut().resource_mut::<Hands>().mode = Mode::Push;
    point(&mut app, base + Vector::new(-3.0, -3.0, 0.25), Vector::new(1.0, 1.0, 0.0).normalize());
    click(&mut app);
    step(&mut app, 50);
    app.world_mut().resource_mut::<Hands>().mode = Mode::Drop;
    point_down_at(&mut app, 1.5, 0.4);
    click(&mut app);
    step(&mut app, 100);
    app.world_mut().resource_mut::<Hands>().mode = Mode::Lift;
    let base = run(&app).record().expect("a run is open").state.bodies[0].pose.translation;
    point_down_at(&mut app, base.x, base.y);
    button(&mut app, true);
    step(&mut app, 400);
    let lifted = run(&app).record().expect("a run is open").state.bodies[0].pose.translation;
    button(&mut app, false);
    step(&mut app, 100);
    assert!(lifted.z > 0.1, "{lifted}");
    assert_eq!(app.world().resource::<Hands>().note, None);
    let (end, hash) = (run(&app).newest(), run(&app).record().expect("a run is open").hash);

    for tick in [20, 130, 0] {
        ask(&mut app, [Action::Seek(Tick(tick))]);
    }
    step(&mut app, end.0 as usize);

    assert_eq!(run(&app).record().expect("a run is open").hash, hash);
    assert_eq!((run(&app).newest(), run(&app).repeated().up_to), (end, end));
    let marks = app.world().resource::<Marks>().happened();
    let texts: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[0].starts_with("pushed courier.base with ") && texts[0].ends_with(" N s"));
    assert_eq!(texts[1], "dropped a box of 5.00 kg, 0.30 x 0.30 x 0.30 m");
    assert!(texts[2].starts_with("pulled courier.base for 0."), "{texts:?}");
}

#[test]
fn a_pull_goes_on_while_several_ticks_pass_in_a_frame() {
    let mut app = app(FLAT);
    step(&mut app, 5);
    let point = Vector::new(0.0, 0.0, 0.41);
    let pull = Pull::new(&mut app.world_mut().resource_mut::<Run>(), BodyId(0), point, 1.0);
    app.world().resource::<Grip>().set(pull);

    ask(&mut app, [Action::SetSpeed(Speed::Unlimited), Action::Play]);
    app.update();

    let past = past(&mut app);
    assert!(past.len() > 20, "only {} ticks", past.len());
    assert!(past[6..].iter().all(|record| record.interventions.len() == 1));
}

#[test]
fn a_push_has_the_strength_that_was_chosen_and_goes_away_from_the_camera() {
    let mut app = app(FLAT);
    step(&mut app, 5);
    {
        let mut hands = app.world_mut().resource_mut::<Hands>();
        (hands.mode, hands.blow) = (Mode::Push, Blow::Impulse(12.0));
    }
    point(&mut app, Vector::new(-2.0, 0.0, 2.25), Vector::new(1.0, 0.0, -1.0).normalize());
    click(&mut app);
    step(&mut app, 1);

    let record = run(&app).record().expect("a run is open");
    let [Intervention::Push { body: BodyId(0), at, impulse }] = record.interventions[..] else {
        panic!("not one push on the base: {:?}", record.interventions);
    };
    assert!((impulse - Vector::new(12.0, 0.0, 0.0)).length() < 1e-4, "{impulse}");
    assert!((at - Vector::new(-0.16, 0.0, 0.41)).length() < 0.01, "it is met on top: {at}");
}

#[test]
fn a_box_is_dropped_where_there_is_room() {
    let mut app = app(FLAT);
    step(&mut app, 5);
    app.world_mut().resource_mut::<Hands>().mode = Mode::Drop;
    for _ in 0..3 {
        // All on the same place, faster than they fall.
        point_down_at(&mut app, 2.0, 0.0);
        click(&mut app);
        step(&mut app, 1);
    }

    let boxes = &run(&app).record().expect("a run is open").state.dropped;
    let heights: Vec<f32> = boxes.iter().map(|it| it.pose.translation.z).collect();
    assert_eq!(heights.len(), 3);
    assert!((heights[0] - 0.45).abs() < 0.01, "{heights:?}");
    assert!(heights[1] - heights[0] > 0.59 && heights[2] - heights[1] > 0.59, "{heights:?}");

    point(&mut app, Vector::new(0.0, 0.0, 5.0), Vector::Z);
    click(&mut app);
    assert!(app.world().resource::<Hands>().note.is_some(), "the sky holds no box");
}

#[test]
fn a_command_by_hand_moves_the_courier() {
    let mut app = app(FLAT);
    by_hand(&mut app);
    for wheel in 0..2 {
        run(&app).hand(0).expect("a robot").set(wheel, 5.0);
    }
    step(&mut app, 1000);

    let place = run(&app).record().expect("a run is open").state.bodies[0].pose.translation;
    assert!(place.x > 0.3 && place.y.abs() < 0.05, "{place}");
}

#[test]
fn who_takes_over_a_standing_robot_holds_its_positions() {
    let mut app = app(PUP);
    step(&mut app, 1000);
    let record = run(&app).record().expect("a run is open");
    let (wanted, before) = (record.requested[0].clone(), record.state.bodies[0].pose.translation);

    by_hand(&mut app);

    assert_eq!(command(&app), wanted);
    step(&mut app, 300);
    let base = run(&app).record().expect("a run is open").state.bodies[0].pose.translation;
    assert!((base - before).length() < 0.02, "it stands where it stood, {before}: {base}");
}

#[test]
fn keys_drive_wheels_and_stop_them_when_released() {
    let mut app = app(FLAT);
    app.world_mut().resource_mut::<Teleop>().top_share = 0.5;
    hold(&mut app, &[KeyCode::KeyW]);
    assert_eq!(command(&app), [0.0, 0.0], "nobody drives by hand yet");
    by_hand(&mut app);

    // The wheels follow 16 rad/s at most.
    hold(&mut app, &[KeyCode::KeyW]);
    assert_eq!(command(&app), [8.0, 8.0]);
    hold(&mut app, &[KeyCode::ArrowDown]);
    assert_eq!(command(&app), [-8.0, -8.0]);
    hold(&mut app, &[KeyCode::KeyA]);
    assert_eq!(command(&app), [-4.0, 4.0]);
    hold(&mut app, &[KeyCode::KeyW, KeyCode::KeyD]);
    let [left, right] = command(&app)[..] else { panic!("two wheels") };
    assert!((left - 8.0).abs() < 1e-4 && (right - 8.0 / 3.0).abs() < 1e-4, "{left} {right}");
    hold(&mut app, &[]);
    assert_eq!(command(&app), [0.0, 0.0]);
    run(&app).hand(0).expect("a robot").set(0, 3.0);
    hold(&mut app, &[]);
    assert_eq!(command(&app), [3.0, 0.0], "sliders keep what they were set to");
}

#[test]
fn keys_move_the_chosen_motor_of_a_robot_without_wheels() {
    let mut app = app(PUP);
    by_hand(&mut app);
    let before = command(&app);
    hold(&mut app, &[KeyCode::BracketRight]);
    hold(&mut app, &[KeyCode::ArrowRight]);
    hold(&mut app, &[KeyCode::KeyE]);

    let after = command(&app);
    assert!(after[2] > before[2] + 0.005, "{before:?} {after:?}");
    assert_eq!((&after[..2], &after[3..]), (&before[..2], &before[3..]));
    hold(&mut app, &[KeyCode::KeyD]);
    assert_eq!(app.world().resource::<Teleop>().nudged, 3);
    hold(&mut app, &[]);
    assert_eq!(command(&app), after, "positions stay where they are");
}

#[test]
fn a_gamepad_drives_as_keys_do() {
    let mut app = app(FLAT);
    by_hand(&mut app);
    let mut pad = Gamepad::default();
    pad.analog_mut().set(GamepadAxis::LeftStickY, 0.5);
    let pad = app.world_mut().spawn(pad).id();

    app.update();
    assert_eq!(command(&app), [4.0, 4.0]);

    app.world_mut().despawn(pad);
    app.update();
    assert_eq!(command(&app), [0.0, 0.0]);
}

#[test]
fn no_two_plugins_claim_the_same_key() {
    let window = WindowPlugin { primary_window: None, ..default() };
    let no_gpu = WgpuSettings { backends: None, ..default() };
    let render = RenderPlugin { render_creation: no_gpu.into(), ..default() };
    let mut app = App::new();

    // Panics where a key has a meaning already.
    app.add_plugins(DefaultPlugins.set(window).set(render).disable::<WinitPlugin>())
        .add_plugins((SimulationPlugins, ViewerPlugins));

    let keys = app.world().resource::<Keys>().bindings();
    assert!(keys.iter().filter(|key| key.group == "Drive").count() > 10);
}

#[test]
fn the_robot_of_a_picked_body_is_chosen() {
    let mut app = app(FLAT);
    app.world_mut().resource_mut::<ChosenRobot>().0 = 7;

    app.world_mut().resource_mut::<Selection>().0 = Some(BodyId(1));
    app.update();

    assert_eq!(app.world().resource::<ChosenRobot>().0, 0);
}
