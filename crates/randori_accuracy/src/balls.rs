//! Bouncing and piled balls: hard contact and restitution.

use std::fmt::Write as _;

use nalgebra::Vector3;
use randori_core::layout::BodyId;
use randori_core::random::RandomStream;

use super::stage::{Course, DOWN, G, Stage};
use super::{AccuracyCase, Measure, Peer, SIM_BENCHMARK};
use randori_sim::world::WorldFault;

pub(super) const CASES: &[AccuracyCase] = &[
    AccuracyCase {
        name: "bouncing",
        title: "SimBenchmark bouncing",
        about: "49 balls of 10 kg and 0.1 m radius fall from 5 m and bounce without loss, for \
                20 s.",
        source: SIM_BENCHMARK,
        truth: "conservation of energy, 24,034.5 J",
        measures: ENERGY,
        rates_hz: &[100, 250, 500, 1000, 10_000],
        peers: &[
            Peer { engine: "RaiSim", step_s: Some(1e-2), errors: &[Some(186.0)] },
            Peer { engine: "ODE", step_s: Some(1e-2), errors: &[Some(18_808.0)] },
            Peer { engine: "Bullet", step_s: Some(1e-2), errors: &[Some(7.41e6)] },
            Peer { engine: "DART", step_s: Some(1e-2), errors: &[Some(7.38e6)] },
            Peer { engine: "RaiSim", step_s: Some(1e-3), errors: &[Some(0.0186)] },
            Peer { engine: "ODE", step_s: Some(1e-3), errors: &[Some(185.03)] },
            Peer { engine: "Bullet", step_s: Some(1e-3), errors: &[Some(75_245.0)] },
            Peer { engine: "DART", step_s: Some(1e-3), errors: &[Some(72_274.0)] },
            Peer { engine: "RaiSim", step_s: Some(1e-4), errors: &[Some(1.9e-6)] },
            Peer { engine: "ODE", step_s: Some(1e-4), errors: &[Some(1.85)] },
            Peer { engine: "Bullet", step_s: Some(1e-4), errors: &[Some(752.0)] },
            Peer { engine: "DART", step_s: Some(1e-4), errors: &[Some(483.0)] },
        ],
        simulate: bouncing,
    },
    AccuracyCase {
        name: "pile",
        title: "SimBenchmark 666",
        about: "A cube of 6 x 6 x 6 balls of 10 kg and 0.1 m radius, without friction and \
                restitution, collapses onto the ground, for 10 s.",
        source: SIM_BENCHMARK,
        truth: "rigid bodies do not overlap",
        measures: &[Measure {
            name: "overlap",
            unit: "m^2",
            meaning: "mean over the steps of the sum of all squared penetration depths",
        }],
        rates_hz: &[100, 250, 500, 1000, 10_000],
        peers: &[
            Peer { engine: "RaiSim", step_s: Some(1e-2), errors: &[Some(0.0153)] },
            Peer { engine: "ODE", step_s: Some(1e-2), errors: &[Some(0.0161)] },
            Peer { engine: "DART (Dantzig)", step_s: Some(1e-2), errors: &[Some(215.0)] },
            Peer { engine: "MuJoCo", step_s: Some(1e-2), errors: &[Some(0.934)] },
            Peer { engine: "Bullet", step_s: Some(1e-2), errors: &[Some(37.4)] },
            Peer { engine: "RaiSim", step_s: Some(1e-3), errors: &[Some(1.35e-4)] },
            Peer { engine: "ODE", step_s: Some(1e-3), errors: &[Some(1.55e-4)] },
            Peer { engine: "DART (Dantzig)", step_s: Some(1e-3), errors: &[Some(2.8e-4)] },
            Peer { engine: "MuJoCo", step_s: Some(1e-3), errors: &[Some(0.0950)] },
            Peer { engine: "Bullet", step_s: Some(1e-3), errors: &[Some(0.382)] },
        ],
        simulate: |rate_hz| pile(rate_hz, 0.101, 0.0, |course, balls, _| overlap(course, balls)),
    },
    AccuracyCase {
        name: "elastic_pile",
        title: "SimBenchmark 666, elastic",
        about: "The same cube falls from 1 m and its balls bounce without loss, for 10 s.",
        source: SIM_BENCHMARK,
        truth: "conservation of energy",
        measures: ENERGY,
        rates_hz: &[100, 250, 500, 1000, 10_000],
        peers: &[
            Peer { engine: "RaiSim", step_s: Some(1e-3), errors: &[Some(8.37)] },
            Peer { engine: "ODE", step_s: Some(1e-3), errors: &[Some(112.0)] },
            Peer { engine: "Bullet", step_s: Some(1e-3), errors: &[Some(4.15e4)] },
            Peer { engine: "DART", step_s: Some(1e-3), errors: &[Some(3.47e5)] },
            Peer { engine: "RaiSim", step_s: Some(1e-4), errors: &[Some(0.0011)] },
            Peer { engine: "ODE", step_s: Some(1e-4), errors: &[Some(1.10)] },
            Peer { engine: "Bullet", step_s: Some(1e-4), errors: &[Some(168.0)] },
            Peer { engine: "DART", step_s: Some(1e-4), errors: &[Some(2438.0)] },
        ],
        simulate: |rate_hz| {
            pile(rate_hz, 1.101, 1.0, |course, balls, at_start| {
                squared(energy(course, balls) - at_start)
            })
        },
    },
];

const ENERGY: &[Measure] = &[Measure {
    name: "energy",
    unit: "J^2",
    meaning: "mean over the steps of the squared distance from the energy at the start",
}];

const RADIUS: f64 = 0.1;
const MASS_KG: f64 = 10.0;

fn bouncing(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let centres: Vec<_> = (0..49)
        .map(|index| Vector3::new(2.0 * f64::from(index / 7), 2.0 * f64::from(index % 7), 5.0))
        .collect();
    let mut course = stage(&centres, 1.0, rate_hz);
    let balls = bodies(&course, centres.len());
    let steps = course.steps_in(20.0);
    let exact = 49.0 * MASS_KG * G * 5.0;
    let mut sum = 0.0;
    for _ in 0..steps {
        sum += squared(energy(&course, &balls) - exact);
        course.step()?;
    }
    Ok(vec![sum / steps as f64])
}

/// The mean over ten seconds of `error`, a function of the state and the initial
/// energy.
fn pile(
    rate_hz: u32,
    lowest: f64,
    restitution: f64,
    error: impl Fn(&Course, &[BodyId], f64) -> f64,
) -> Result<Vec<f64>, WorldFault> {
    let mut course = pile_at(lowest, restitution, rate_hz);
    let balls = bodies(&course, 216);
    let at_start = energy(&course, &balls);
    let steps = course.steps_in(10.0);
    let mut sum = 0.0;
    for _ in 0..steps {
        sum += error(&course, &balls, at_start);
        course.step()?;
    }
    Ok(vec![sum / steps as f64])
}

/// 216 balls on a slightly perturbed grid, the lowest layer at a height of `lowest` m.
fn pile_at(lowest: f64, restitution: f64, rate_hz: u32) -> Course {
    const GAP: f64 = 0.21;
    let mut random = RandomStream::new(42, "pile");
    let mut centres = Vec::new();
    for (x, y, z) in (0..216).map(|index| (index / 36, index / 6 % 6, index % 6)) {
        let mut disturbed = |place: i32| f64::from(place) * GAP + random.uniform(0.0, 1e-3);
        centres.push(Vector3::new(disturbed(x), disturbed(y), disturbed(z) + lowest));
    }
    stage(&centres, restitution, rate_hz)
}

fn stage(centres: &[Vector3<f64>], restitution: f64, rate_hz: u32) -> Course {
    let mut environment = format!(
        "ground: (friction: 0.0, restitution: {restitution:?}), \
         materials: {{\"ball\": (friction: 0.0, restitution: {restitution:?})}}, objects: ["
    );
    for (index, centre) in centres.iter().enumerate() {
        let (x, y, z) = (centre.x, centre.y, centre.z);
        let _ = write!(
            environment,
            "(name: \"ball_{index}\", pose: (xyz: ({x:?}, {y:?}, {z:?})), \
             mobility: Movable(mass_kg: {MASS_KG:?}), \
             shapes: [(shape: Sphere(radius: {RADIUS:?}), material: \"ball\")]), "
        );
    }
    environment.push(']');
    Stage { gravity: DOWN, environment: &environment, robot: None }.build(rate_hz)
}

fn bodies(course: &Course, count: usize) -> Vec<BodyId> {
    (0..count).map(|index| course.body(&format!("ball_{index}"))).collect()
}

fn energy(course: &Course, balls: &[BodyId]) -> f64 {
    let moment = 0.4 * MASS_KG * RADIUS * RADIUS;
    let of_ball = |ball: &BodyId| {
        let motion = course.motion(*ball);
        let moving = MASS_KG * motion.velocity.norm_squared() + moment * motion.spin.norm_squared();
        0.5 * moving + MASS_KG * G * motion.place.z
    };
    balls.iter().map(of_ball).sum()
}

/// Sum of all squared penetration depths, m^2.
fn overlap(course: &Course, balls: &[BodyId]) -> f64 {
    let centres: Vec<_> = balls.iter().map(|ball| course.motion(*ball).place).collect();
    let mut sum = 0.0;
    for (index, centre) in centres.iter().enumerate() {
        sum += squared((RADIUS - centre.z).max(0.0));
        for other in &centres[index + 1..] {
            let apart = (centre - other).norm_squared();
            if apart < 4.0 * RADIUS * RADIUS {
                sum += squared(2.0 * RADIUS - apart.sqrt());
            }
        }
    }
    sum
}

fn squared(value: f64) -> f64 {
    value * value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pile_collapses_to_a_layer() {
        let mut course = pile_at(0.101, 0.0, 250);
        let balls = bodies(&course, 216);
        for _ in 0..course.steps_in(6.0) {
            course.step().expect("the pile stays finite");
        }

        let high = balls.iter().filter(|ball| course.motion(**ball).place.z > 0.15).count();
        assert!(high < 20, "{high} of 216 balls lie on others");
    }
}
