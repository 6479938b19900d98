//! A run with all features that a replay has to reproduce, and its records.

use std::collections::BTreeMap;

use randori_core::math::Vector;
use randori_core::policy::Policy;
use randori_core::record::{Intervention, TickRecord};
use randori_core::spec::Scenario;
use randori_sim::episode::Episode;
use randori_sim::replay::{Replay, ReplayError};

use crate::common::{Stage, parse};
use crate::fixture::{answering, cube, decides, rotor};

pub(crate) const TICKS: usize = 200;

/// A rotor whose policy thinks for a while and answers in chunks, a cube that
/// lies on the ground, noise, delays and random pushes.
pub(crate) fn scenario() -> Scenario {
    let robot = rotor(
        "drive: Velocity(gain: 2), delay: 0.006",
        r#"(name: "joints", kind: JointState(), rate_hz: 250,
            errors: (noise: Gaussian(stddev: 0.1), dropout: 0.2, latency: 0.01))"#,
    );
    let inference = "latency: Uniform(min: 0.01, max: 0.06), chunk: (execute: 2)";
    let cube = cube("");
    let stage = Stage {
        robots: &[(&robot, &decides(50.0, inference)), (&cube, "pose: (xyz: (2, 0, 0.1))")],
        environment: "ground: ()",
        ..Stage::default()
    };
    let mut scenario = stage.scenario();
    scenario.spec.events = parse(
        r#"[(at: 0.1, do: RandomPushes(body: "r1", every: (0.05, 0.2), impulse: (0.1, 0.5)))]"#,
    );
    scenario
}

/// A policy whose answers depend on everything that it has seen.
pub(crate) fn remembering() -> Box<dyn Policy> {
    let mut sum = 0.0;
    Box::new(answering(1, move |observation| {
        sum = 0.9 * sum + 0.1 * (1.0 - observation.values[0]);
        vec![vec![sum], vec![0.5 * sum]]
    }))
}

/// A run of the scenario with its policy.
pub(crate) fn start() -> Episode {
    Episode::new(&scenario(), 7, vec![Some(remembering()), None]).expect("the scenario starts")
}

/// A push on the cube, off its centre.
pub(crate) fn push(episode: &Episode) -> Intervention {
    let body = episode.simulation().layout().body("r1.body").expect("there is a cube");
    Intervention::Push { body, at: Vector::new(0.1, 0.1, 0.0), impulse: Vector::new(0.2, 0.0, 1.0) }
}

/// Record 0 and those of the ticks after it, with a push in tick 91.
pub(crate) fn recording() -> Vec<TickRecord> {
    let mut episode = start();
    let mut records = vec![episode.record().clone()];
    for tick in 0..TICKS {
        if tick == 90 {
            let push = push(&episode);
            episode.intervene(push).expect("the cube can be pushed");
        }
        records.push(episode.advance().record.clone());
    }
    assert_eq!(episode.error(), None);
    records
}

/// A replay of a scenario that knows no answer yet.
pub(crate) fn replay(scenario: &Scenario) -> Replay {
    Replay::new(scenario, 7, vec![Some(BTreeMap::new()), None]).expect("the scenario starts")
}

/// The first error of a replay that is fed these records.
pub(crate) fn first_error(replay: &mut Replay, records: &[TickRecord]) -> Option<ReplayError> {
    records.iter().find_map(|record| replay.verify_tick(record).err())
}
