//! Manual commands from sliders, keys or a game pad.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use randori_core::policy::{
    CommandChunk, Determinism, Observation, Policy, PolicyContract, PolicyError, RobotInterface,
};

/// The manual command of a robot. Clones share it: a window keeps one, and [its
/// policies](Self::policy) return the latest value.
///
/// It starts as the robot's starting command, and outlives runs: rewinding or restarting a run does
/// not change it.
#[derive(Debug, Clone)]
pub struct ManualCommand {
    values: Arc<Mutex<Vec<f32>>>,
    initial: Arc<[f32]>,
    /// By index of the command value.
    ranges: Arc<[Option<(f32, f32)>]>,
}

impl ManualCommand {
    /// The command of a robot, at its starting values.
    pub fn new(interface: &RobotInterface) -> Self {
        let initial = interface.initial_command();
        let ranges = interface.actions.iter().flat_map(|action| &action.ranges);
        let ranges = ranges.map(|range| range.map(|(low, high)| (low as f32, high as f32)));
        Self {
            values: Arc::new(Mutex::new(initial.clone())),
            initial: initial.into(),
            ranges: ranges.collect(),
        }
    }

    /// Sets one value, in the unit of its input, clamped to the range of the input. NaN and unknown
    /// inputs are ignored.
    pub fn set(&self, index: usize, value: f32) {
        let Some(range) = self.ranges.get(index) else { return };
        if value.is_nan() {
            return;
        }
        let (low, high) = range.unwrap_or((f32::MIN, f32::MAX));
        if let Some(place) = self.lock().get_mut(index) {
            *place = value.max(low).min(high);
        }
    }

    /// Resets to the starting command.
    pub fn reset(&self) {
        self.lock().copy_from_slice(&self.initial);
    }

    /// The current command, in the layout of [`RobotInterface::actions`].
    pub fn values(&self) -> Vec<f32> {
        self.lock().clone()
    }

    /// Creates a policy that returns this command. Manual input is not reproducible, so its
    /// determinism is unknown; recorded actions can still be replayed.
    pub fn policy(&self) -> Box<dyn Policy> {
        let contract = PolicyContract {
            name: "by hand".to_owned(),
            needs: Vec::new(),
            command_len: self.initial.len(),
            max_chunk: 1,
            determinism: Determinism::Unknown,
        };
        Box::new(Manual { contract, command: self.clone(), answers: BTreeMap::new() })
    }

    /// No code panics while it holds this lock.
    fn lock(&self) -> MutexGuard<'_, Vec<f32>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the command at the time of the request.
struct Manual {
    contract: PolicyContract,
    command: ManualCommand,
    answers: BTreeMap<u64, Vec<f32>>,
}

impl Policy for Manual {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) -> Result<(), PolicyError> {
        self.answers.clear();
        Ok(())
    }

    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError> {
        self.answers.insert(observation.request, self.command.values());
        Ok(())
    }

    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        let answer = self.answers.remove(&request);
        answer
            .map(CommandChunk::single)
            .ok_or_else(|| PolicyError::new(format!("request {request} was never submitted")))
    }

    /// Unknown: manual input cannot be saved.
    fn snapshot(&self) -> Option<Vec<u8>> {
        None
    }

    fn restore(&mut self, _snapshot: &[u8]) -> Result<(), PolicyError> {
        Err(PolicyError::new("commands by hand cannot be restored"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CARTPOLE, LEG, Snapshot, interface};

    fn answer(policy: &mut dyn Policy, interface: &RobotInterface, request: u64) -> Vec<f32> {
        let seen = Snapshot::at(interface, 1.0, Vec::new());
        policy.submit(&seen.observation(request)).expect("a hand always answers");
        let mut answer = policy.collect(request).expect("a hand always answers");
        answer.commands.pop().expect("one command")
    }

    #[test]
    fn answers_with_the_starting_command_until_a_hand_moves_it() {
        let interface = interface(LEG);
        let command = ManualCommand::new(&interface);
        let mut policy = command.policy();
        let start = interface.initial_command();
        assert_eq!(answer(policy.as_mut(), &interface, 0), start);

        command.set(0, start[0] + 0.1);
        let moved = answer(policy.as_mut(), &interface, 1);
        assert_eq!((moved[0], &moved[1..]), (start[0] + 0.1, &start[1..]));

        policy.reset(3).expect("a hand can always start");
        assert_eq!(answer(policy.as_mut(), &interface, 0), moved);
        command.reset();
        assert_eq!(answer(policy.as_mut(), &interface, 1), start);
    }

    #[test]
    fn a_command_stays_within_what_the_robot_can_follow() {
        // Its motor has a maximum force of 20 N.
        let command = ManualCommand::new(&interface(CARTPOLE));
        let after = |value: f32| {
            command.set(0, value);
            command.values()[0]
        };

        assert_eq!([after(7.0), after(1e9), after(f32::NEG_INFINITY)], [7.0, 20.0, -20.0]);
        assert_eq!(after(f32::NAN), -20.0);
        command.set(1, 3.0);
        assert_eq!(command.values(), [-20.0]);
    }

    #[test]
    fn what_is_set_after_the_question_waits_for_the_next_one() {
        let interface = interface(CARTPOLE);
        let command = ManualCommand::new(&interface);
        let mut policy = command.policy();
        let seen = Snapshot::at(&interface, 1.0, Vec::new());
        policy.submit(&seen.observation(0)).expect("a hand always answers");
        command.set(0, 5.0);

        assert_eq!(policy.collect(0).expect("it was asked").commands, [[0.0]]);
        assert_eq!(policy.contract().determinism, Determinism::Unknown);
        assert_eq!(policy.snapshot(), None);
    }
}
