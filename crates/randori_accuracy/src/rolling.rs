//! Balls that roll on a pushed box: friction in two directions.

use std::fmt::Write as _;

use nalgebra::Vector3;

use super::stage::{DOWN, G, Stage, narrow};
use super::{AccuracyCase, Measure, Peer};
use randori_sim::world::WorldFault;

pub(super) const CASES: &[AccuracyCase] = &[
    AccuracyCase {
        name: "rolling_xy",
        title: "SimBenchmark rolling, pushed askew",
        about: "A box of 10 kg on ground with friction 0.4 carries 25 balls of 1 kg (friction \
                0.8) and is pushed with 150 N along (0.5, 0.866), for 4 s.",
        source: super::SIM_BENCHMARK,
        truth: "closed form: 0.7385 m/s^2 for the box, 0.211 m/s^2 for the balls",
        measures: MEASURES,
        rates_hz: &[100, 250, 500, 1000, 10_000],
        peers: &[
            Peer { engine: "RaiSim", step_s: Some(1e-3), errors: &[Some(4.14e-7)] },
            Peer { engine: "Bullet", step_s: Some(1e-3), errors: &[Some(5.71e-9)] },
            Peer { engine: "ODE (quick step)", step_s: Some(1e-3), errors: &[Some(3.145)] },
            Peer { engine: "MuJoCo (Newton, Euler)", step_s: Some(1e-3), errors: &[Some(6.9e-3)] },
            Peer { engine: "MuJoCo (Newton, RK4)", step_s: Some(1e-3), errors: &[Some(2.7e-3)] },
            Peer { engine: "DART", step_s: Some(1e-3), errors: &[Some(3.145)] },
        ],
        simulate: |rate_hz| rolling(rate_hz, [0.5, 0.866_025]),
    },
    AccuracyCase {
        name: "rolling_y",
        title: "SimBenchmark rolling, pushed along an axis",
        about: "The same, pushed along Y.",
        source: super::SIM_BENCHMARK,
        truth: "closed form",
        measures: MEASURES,
        rates_hz: &[100, 250, 500, 1000, 10_000],
        peers: &[
            Peer { engine: "RaiSim", step_s: Some(1e-3), errors: &[Some(4.13e-7)] },
            Peer { engine: "Bullet", step_s: Some(1e-3), errors: &[Some(4.93e-9)] },
            Peer { engine: "ODE (quick step)", step_s: Some(1e-3), errors: &[Some(7.7e-9)] },
            Peer { engine: "MuJoCo (Newton, Euler)", step_s: Some(1e-3), errors: &[Some(9.2e-3)] },
            Peer { engine: "MuJoCo (Newton, RK4)", step_s: Some(1e-3), errors: &[Some(3.3e-3)] },
            Peer { engine: "DART", step_s: Some(1e-3), errors: &[Some(0.426)] },
        ],
        simulate: |rate_hz| rolling(rate_hz, [0.0, 1.0]),
    },
];

const MEASURES: &[Measure] = &[Measure {
    name: "velocity",
    unit: "(m/s)^2",
    meaning: "mean over the steps of the squared velocity errors of the box and of one ball",
}];

const BOX_KG: f64 = 10.0;
const BALL_KG: f64 = 1.0;
const BALLS: f64 = 25.0;
const GROUND_FRICTION: f64 = 0.4;
const PUSH_N: f64 = 150.0;

fn rolling(rate_hz: u32, direction: [f64; 2]) -> Result<Vec<f64>, WorldFault> {
    let direction = Vector3::new(direction[0], direction[1], 0.0);
    let mut course = Stage { gravity: DOWN, environment: &scene(), robot: None }.build(rate_hz);
    let (carrier, ball) = (course.body("carrier"), course.body("ball_0_0"));
    course.world.set_external_force(carrier, narrow(&(direction * PUSH_N)));
    // A ball rolls on the box with 2/7 of its acceleration.
    let grip = GROUND_FRICTION * (BOX_KG + BALLS * BALL_KG) * G;
    let pull = (PUSH_N - grip) / BOX_KG / (3.5 / BALL_KG + BALLS / BOX_KG);
    let of_box = direction * ((PUSH_N - grip - BALLS * pull) / BOX_KG);
    let of_ball = direction * (pull / BALL_KG);
    let steps = course.steps_in(4.0);
    let mut sum = 0.0;
    for _ in 0..steps {
        let time = course.time_s();
        let box_error = course.motion(carrier).velocity - of_box * time;
        let ball_error = course.motion(ball).velocity - of_ball * time;
        sum += box_error.norm_squared() + ball_error.norm_squared();
        course.step()?;
    }
    Ok(vec![sum / steps as f64])
}

/// Coefficients multiply, so that each pair has its own: 0.4 x 1 between ground and
/// box, 1 x 0.8 between box and ball. Bodies start with the small overlaps of the
/// original.
fn scene() -> String {
    let mut text = format!(
        "materials: {{\"ground\": (friction: {GROUND_FRICTION}, combine: Multiply), \
         \"box\": (friction: 1.0, combine: Multiply), \
         \"ball\": (friction: 0.8, combine: Multiply)}}, objects: [\
         (name: \"floor\", shapes: [(shape: Plane, material: \"ground\")]), \
         (name: \"carrier\", pose: (xyz: (0.0, 0.0, 0.49998)), \
         mobility: Movable(mass_kg: {BOX_KG:?}), \
         shapes: [(shape: Box(size: (20.0, 20.0, 1.0)), material: \"box\")]), "
    );
    for (row, x) in [-4.0, -2.0, 0.0, 2.0, 4.0].into_iter().enumerate() {
        for (column, y) in [-4.0, -2.0, 0.0, 2.0, 4.0].into_iter().enumerate() {
            let _ = write!(
                text,
                "(name: \"ball_{row}_{column}\", pose: (xyz: ({x:?}, {y:?}, 1.49994)), \
                 mobility: Movable(mass_kg: {BALL_KG:?}), \
                 shapes: [(shape: Sphere(radius: 0.5), material: \"ball\")]), "
            );
        }
    }
    text.push(']');
    text
}
