//! A small scene for tests: a block with sensors falls in front of a wall.

use bevy::prelude::*;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_core::time::Tick;
use randori_sim::batch::PreparedRun;
use randori_sim::session::Session;

use crate::run::{PlaybackPlugin, Run, RunPlugin};

/// The near side of the wall, m along X; the block is at 0.
pub(crate) const WALL_X: f32 = 3.0;

/// A block whose lowest point is at a height (m), with its centre of mass at an x
/// (m from its middle; it is 0.4 m long).
fn prepared(height: f64, center_x: f64) -> PreparedRun {
    let environment = r#"Environment(format: 1, name: "wall", ground: (friction: 0.8), objects: [
        (name: "wall", pose: (xyz: (3.05, 0.0, 1.5)), shapes: [(shape: Box(size: (0.1, 4.0, 3.0)))]),
    ])"#;
    let robot = format!(
        r#"Robot(format: 1, name: "block", about: "A block with sensors",
        base: Floating(link: "base"),
        links: [(name: "base", mass_kg: 2.0, com: ({center_x:?}, 0.0, 0.1),
            inertia: Moments(ixx: 0.02, iyy: 0.02, izz: 0.02),
            shapes: [(shape: Box(size: (0.4, 0.4, 0.2)), pose: (xyz: (0.0, 0.0, 0.1)))])],
        sensors: [
            (name: "lidar", link: "base", pose: (xyz: (0.0, 0.0, 0.3)),
             kind: Lidar(beams: 90, range: (0.05, 6.0)), rate_hz: 10, errors: (latency: 0.02)),
            (name: "imu", link: "base", kind: Imu, rate_hz: 100, errors: (preset: "bmi088")),
            (name: "joints", kind: JointState()),
        ])"#
    );
    let scenario = format!(
        r#"Scenario(format: 1, title: "A block falls", duration: 4.0, environment: "wall.ron",
        robots: [(name: "block", model: "block.ron", pose: (xyz: (0.0, 0.0, {height:?})))])"#
    );
    let mut files = MemoryFiles::new([("wall.ron", environment)]);
    files.insert("block.ron", robot);
    files.insert("fall.ron", scenario);
    let text = ScenarioText::load(&files, "fall.ron", &Limits::default());
    match text.and_then(|text| text.resolve(&[])) {
        Ok(loaded) => PreparedRun { scenario: loaded.scenario, seed: 0, varied: Vec::new() },
        Err(found) => panic!("the scene must be valid: {}", found.short()),
    }
}

fn session_of(prepared: &PreparedRun, ticks: u64) -> Session {
    let mut session = Session::new(&prepared.scenario, 0, vec![None], 1 << 20).expect("it starts");
    for _ in 0..ticks {
        session.advance().expect("it goes on");
    }
    assert_eq!(session.newest(), Tick(ticks));
    session
}

/// The block after this number of ticks; it falls from 0.5 m.
pub(crate) fn session(ticks: u64) -> Session {
    session_of(&prepared(0.5, 0.0), ticks)
}

/// The block on the ground, at rest, or about to tip over its edge.
pub(crate) fn session_at_rest(leaning: bool) -> Session {
    if leaning { session_of(&prepared(0.0, 0.3), 5) } else { session_of(&prepared(0.0, 0.0), 500) }
}

/// The block in an app without a window.
pub(crate) fn app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, RunPlugin, PlaybackPlugin));
    let mut run = app.world_mut().resource_mut::<Run>();
    run.open(prepared(0.5, 0.0), Box::new(|_, _, _| Ok(None))).expect("it starts");
    app
}

/// Advances by this number of ticks.
pub(crate) fn advance(app: &mut App, ticks: u64) {
    for _ in 0..ticks {
        app.world_mut().resource_mut::<Run>().advance().expect("it goes on");
    }
}
