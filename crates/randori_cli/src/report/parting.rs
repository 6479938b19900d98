//! Where two recorded runs part.

use randori_core::layout::SceneLayout;
use randori_core::record::{BodyState, Stage, TickRecord};
use randori_record::header::{Header, Start};
use randori_record::reader::Recording;
use randori_record::tick::RecordedTick;
use randori_report::DivergenceMark;

use crate::style::number;

/// How two runs compare.
pub(super) enum Parting {
    /// Every tick that both have is equal.
    Never {
        /// Number of ticks compared.
        ticks: u64,
    },
    /// A tick differs.
    At(DivergenceMark),
}

/// The first tick whose digests differ. The stage that comes first in a step is
/// the cause, because everything was equal before.
pub(super) fn parting(first: &Recording, second: &Recording) -> Parting {
    let mut ticks = 0;
    for (one, other) in first.ticks().zip(second.ticks()) {
        // What cannot be read is told elsewhere.
        let (Ok(one), Ok(other)) = (one, other) else { break };
        let stage = one.record.digests.first_difference(&other.record.digests);
        if let Some(stage) = stage {
            return Parting::At(mark(first.start(), second.start(), stage, &one, &other));
        }
        ticks += 1;
    }
    Parting::Never { ticks }
}

fn mark(
    first: &Start,
    second: &Start,
    stage: Stage,
    one: &RecordedTick,
    other: &RecordedTick,
) -> DivergenceMark {
    let tick = one.record.tick.0;
    let beginnings = beginnings(&first.header, &second.header);
    if tick == 0 {
        let what = beginnings.unwrap_or_else(|| "the starting states differ".to_owned());
        return DivergenceMark { tick, cause: "start".to_owned(), what };
    }
    let seen = one.sampled && other.sampled;
    let mut what = value(&first.layout, stage, &one.record, &other.record, seen)
        .unwrap_or_else(|| "the recorded values do not show it".to_owned());
    if let Some(reason) = beginnings {
        what = format!("{what} ({reason})");
    }
    DivergenceMark { tick, cause: stage.to_string(), what }
}

/// What two runs have in common no more, before their first step.
fn beginnings(first: &Header, second: &Header) -> Option<String> {
    let mut reasons = Vec::new();
    if first.seed != second.seed {
        reasons.push(format!("the seeds are {} and {}", first.seed, second.seed));
    } else if first.scenario_digest != second.scenario_digest {
        reasons.push("the scenarios differ".to_owned());
    }
    if !first.engine.agrees_with(&second.engine) {
        let (one, other) = (&first.engine.randori, &second.engine.randori);
        reasons.push(format!("the engines differ (Randori {one} and {other})"));
    }
    (!reasons.is_empty()).then(|| reasons.join(", "))
}

/// The first value of a stage that differs, on both sides.
fn value(
    layout: &SceneLayout,
    stage: Stage,
    one: &TickRecord,
    other: &TickRecord,
    seen: bool,
) -> Option<String> {
    match stage {
        Stage::Event => {
            let told = |record: &TickRecord| {
                let done = record.events.iter().map(|event| event.what.as_str());
                let done = done.collect::<Vec<_>>().join(", ");
                if done.is_empty() { "nothing".to_owned() } else { done }
            };
            (one.events != other.events).then(|| format!("{} and {}", told(one), told(other)))
        }
        Stage::Sensor => one.readings.iter().zip(&other.readings).find_map(|(a, b)| {
            let (index, a_value, b_value) = apart(&a.measured, &b.measured)?;
            let robot = layout.robots.get(a.robot.0)?;
            let sensor = &robot.sensors.get(a.sensor)?.name;
            Some(format!("{}.{sensor}[{index}]: {a_value} and {b_value}", robot.name))
        }),
        Stage::Policy => {
            let pairs = one.requested.iter().zip(&other.requested).zip(&layout.robots);
            pairs.into_iter().find_map(|((a, b), robot)| {
                let (index, a, b) = apart(a, b)?;
                let actuator = robot.actuators.iter().find(|it| it.inputs.contains(&index))?;
                Some(format!("command {}.{}: {a} and {b}", robot.name, actuator.name))
            })
        }
        Stage::Actuator if seen => {
            let (index, a, b) = apart(&one.applied, &other.applied)?;
            let mut all = layout.robots.iter().flat_map(|robot| {
                robot.actuators.iter().map(|it| format!("{}.{}", robot.name, it.name))
            });
            Some(format!("{}: {a} and {b} N m or N", all.nth(index)?))
        }
        Stage::Physics if seen => motion(layout, &one.state.bodies, &other.state.bodies),
        Stage::Actuator | Stage::Physics => None,
    }
}

/// The first two values that differ in a bit.
fn apart(one: &[f32], other: &[f32]) -> Option<(usize, f32, f32)> {
    let mut pairs = one.iter().copied().zip(other.iter().copied()).enumerate();
    let (index, (a, b)) = pairs.find(|(_, (a, b))| a.to_bits() != b.to_bits())?;
    Some((index, a, b))
}

/// The body that is farthest apart; else one that moves differently.
fn motion(layout: &SceneLayout, one: &[BodyState], other: &[BodyState]) -> Option<String> {
    let pairs = || layout.bodies.iter().zip(one.iter().zip(other));
    let distances = pairs().map(|(body, (a, b))| {
        ((a.pose.translation - b.pose.translation).length(), body.path.as_str())
    });
    let (distance, body) = distances.max_by(|a, b| a.0.total_cmp(&b.0))?;
    if distance > 0.0 {
        return Some(format!("{body} is {} m apart", number(f64::from(distance))));
    }
    let (body, _) = pairs().find(|(_, (a, b))| a != b)?;
    Some(format!("{} turns or moves differently", body.path))
}

#[cfg(test)]
mod tests {
    use randori_core::layout::{
        ActuatorLayout, BodyId, BodyLayout, DofId, RobotId, RobotLayout, SensorLayout,
    };
    use randori_core::math::Vector;
    use randori_core::record::{EventRecord, Reading};
    use randori_core::time::Tick;

    use super::*;

    /// A robot with one link, one motor and one sensor.
    fn layout() -> SceneLayout {
        let robot = RobotLayout {
            name: "cart".to_owned(),
            bodies: 0..1,
            base: BodyId(0),
            dofs: 0..0,
            actuators: vec![ActuatorLayout {
                name: "drive".to_owned(),
                dof: DofId(0),
                inputs: 0..1,
            }],
            sensors: vec![SensorLayout {
                name: "lidar".to_owned(),
                body: None,
                values: 0..2,
                channels: vec![],
            }],
        };
        let body = BodyLayout { path: "cart.base".to_owned(), robot: Some(RobotId(0)) };
        SceneLayout {
            bodies: vec![body],
            dofs: vec![],
            robots: vec![robot],
            objects: 1..1,
            actors: 1..1,
        }
    }

    fn record() -> TickRecord {
        let reading = Reading {
            robot: RobotId(0),
            sensor: 0,
            measured_at: Tick(1),
            delivered_at: Tick(1),
            lost: false,
            measured: vec![1.0, 2.0],
            truth: vec![],
        };
        let mut record = TickRecord {
            readings: vec![reading],
            requested: vec![vec![0.5]],
            applied: vec![3.0],
            ..TickRecord::default()
        };
        record.state.bodies = vec![BodyState::default()];
        record
    }

    fn told(stage: Stage, change: impl FnOnce(&mut TickRecord)) -> Option<String> {
        let mut other = record();
        change(&mut other);
        value(&layout(), stage, &record(), &other, true)
    }

    #[test]
    fn each_stage_tells_both_values() {
        let event = EventRecord { event: 0, what: "push cart.base".to_owned() };

        let stages = [
            told(Stage::Event, |other| other.events.push(event)),
            told(Stage::Sensor, |other| other.readings[0].measured[1] = 2.5),
            told(Stage::Policy, |other| other.requested[0][0] = 0.6),
            told(Stage::Actuator, |other| other.applied[0] = 4.0),
            told(Stage::Physics, |other| {
                other.state.bodies[0].pose.translation = Vector::new(0.0, 0.25, 0.0);
            }),
            told(Stage::Physics, |other| other.state.bodies[0].twist.angular.x = 1e-9),
        ];

        let expected = [
            "nothing and push cart.base",
            "cart.lidar[1]: 2 and 2.5",
            "command cart.drive: 0.5 and 0.6",
            "cart.drive: 3 and 4 N m or N",
            "cart.base is 0.250 m apart",
            "cart.base turns or moves differently",
        ];
        assert_eq!(stages.map(Option::unwrap_or_default), expected);
    }

    #[test]
    fn a_state_that_was_not_recorded_is_not_told() {
        let mut other = record();
        other.applied[0] = 4.0;

        assert_eq!(value(&layout(), Stage::Actuator, &record(), &other, false), None);
        assert_eq!(value(&layout(), Stage::Sensor, &record(), &record(), true), None);
    }
}
