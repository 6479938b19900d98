//! The messages of our own channels. Numbers and kinds of fields never change;
//! new fields get new numbers.
#![expect(clippy::struct_field_names, reason = "they are the names of the fields in the records")]

use randori_core::record::Stage;

use super::schema::messages;

messages! {
    /// The digests of a tick: the last message of each tick.
    Hash {
        tick: uint64 = 1,
        hash: fixed64 = 2,
        events: fixed64 = 3,
        sensors: fixed64 = 4,
        policies: fixed64 = 5,
        actuators: fixed64 = 6,
        world: fixed64 = 7,
    }

    /// The state after the step, in full precision.
    State {
        tick: uint64 = 1,
        /// Per body: x, y, z (m), then the quaternion x, y, z, w.
        poses: float repeated = 2,
        /// Per body: linear x, y, z (m/s), then angular x, y, z (rad/s).
        twists: float repeated = 3,
        positions: float repeated = 4,
        velocities: float repeated = 5,
        torques: float repeated = 6,
        applied: float repeated = 7,
        signals: double repeated = 8,
        /// Per contact: the body.
        contact_bodies: uint64 repeated = 9,
        /// Per contact: the other body plus 1; 0 for the ground.
        contact_others: uint64 repeated = 10,
        /// Per contact: force on the body x, y, z, N in the world frame.
        contact_forces: float repeated = 11,
        /// Per dropped box, as `poses`.
        dropped_poses: float repeated = 12,
        /// Per dropped box, as `twists`.
        dropped_twists: float repeated = 13,
    }

    /// One measurement of one sensor.
    Reading {
        tick: uint64 = 1,
        robot: uint64 = 2,
        sensor: uint64 = 3,
        measured_at: uint64 = 4,
        delivered_at: uint64 = 5,
        lost: bool = 6,
        measured: float repeated = 7,
        truth: float repeated = 8,
    }

    /// A question to a policy.
    Request {
        tick: uint64 = 1,
        robot: uint64 = 2,
        request: uint64 = 3,
        asked_at: uint64 = 4,
        values: float repeated = 5,
        /// Per channel: the tick of its measurement; 0 where none has arrived.
        measured_at: uint64 repeated = 6,
        /// Per channel: whether a measurement has arrived.
        arrived: bool repeated = 7,
    }

    /// One command, laid out as the robot's actuators.
    Command {
        values: float repeated = 1,
    }

    /// An answer of a policy, in the tick at which it took effect.
    Reply {
        tick: uint64 = 1,
        robot: uint64 = 2,
        request: uint64 = 3,
        asked_at: uint64 = 4,
        commands: message repeated Command = 5,
    }

    /// The commands in force, robot after robot; written when they change.
    Commands {
        tick: uint64 = 1,
        robots: message repeated Command = 2,
    }

    /// What a person did: one of these.
    Intervention {
        tick: uint64 = 1,
        push: message optional Push = 2,
        drop: message optional DropBox = 3,
    }

    /// A blow.
    Push {
        body: uint64 = 1,
        /// x, y, z, m in the frame of the body.
        at: float repeated = 2,
        /// x, y, z, N s in the world frame.
        impulse: float repeated = 3,
    }

    /// A box that falls into the world.
    DropBox {
        /// Edges x, y, z, m.
        size: float repeated = 1,
        mass_kg: float = 2,
        /// x, y, z (m), then the quaternion x, y, z, w.
        pose: float repeated = 3,
    }

    /// Something that was done to the world.
    Event {
        tick: uint64 = 1,
        event: uint64 = 2,
        what: string = 3,
    }

    /// A goal whose verdict became certain.
    Decided {
        tick: uint64 = 1,
        goal: uint64 = 2,
        holds: bool = 3,
    }
}

impl Hash {
    /// The digest of a stage. A stage that takes no part in a run has 0, which is
    /// not written, and neither is a field that a recording is too old for.
    pub(crate) fn digest(&mut self, stage: Stage) -> &mut u64 {
        match stage {
            Stage::Event => &mut self.events,
            Stage::Sensor => &mut self.sensors,
            Stage::Policy => &mut self.policies,
            Stage::Actuator => &mut self.actuators,
            Stage::Physics => &mut self.world,
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_stage_has_a_field_and_one_that_takes_no_part_is_not_written() {
        let digest = |stage: Stage| if stage == Stage::Policy { 0 } else { stage as u64 + 7 };
        let mut hash = Hash { tick: 1, hash: 2, ..Hash::default() };
        for stage in Stage::ALL {
            *hash.digest(stage) = digest(stage);
        }

        let bytes = hash.encode_to_vec();
        let mut read = Hash::decode(bytes.as_slice()).expect("it is a hash");

        assert_eq!(bytes.len(), 2 + 9 * Stage::COUNT);
        assert_eq!(Stage::ALL.map(|stage| *read.digest(stage)), Stage::ALL.map(digest));
    }
}
