//! Schedules inference requests to policies, and the ticks at which responses take effect.
//!
//! A robot's policy receives a request every `chunk.execute` control periods, beginning
//! at its `offset_s`, with the latest delivered measurements. The inference latency, in
//! simulated time, is sampled from the robot's own stream (`pup.policy.latency`) at the
//! request and rounded up to whole ticks. The engine waits for the response only at the
//! tick at which it is due. Wall-clock time has no effect.
//!
//! ```text
//! execute: 2, latency of 1.5 control periods
//!
//! ask        0           1           2
//! answer     |----->0    |----->1    |----->2
//! command    initial|0.0 0.1 0.1|1.0 1.1 1.1|2.0 ...
//! ```
//!
//! Start reading at [`Scheduler::decide`].

use std::collections::VecDeque;

use randori_core::layout::{RobotId, SceneLayout};
use randori_core::policy::{
    CommandChunk, Observation, Policy, PolicyContract, PolicyError, RobotInterface,
};
use randori_core::random::RandomStream;
use randori_core::record::{Decision, Request};
use randori_core::spec::{LatencySpec, PolicySpec, Scenario};
use randori_core::time::{Tick, TickPeriod};
use serde::{Deserialize, Serialize};

use crate::contract::{check_answer, check_contract};
use crate::fault::{RunFault, SimulationError};
use crate::hash::StateHasher;
use crate::sensors::SensorSuite;

/// The policies of all robots and their pending requests.
pub(crate) struct Scheduler {
    robots: Vec<Decider>,
    period: TickPeriod,
}

/// The policy and the current command of one robot.
struct Decider {
    interface: RobotInterface,
    slot: Option<PolicySlot>,
    /// The current command.
    command: Vec<f32>,
}

/// A policy with its schedule.
struct PolicySlot {
    policy: Box<dyn Policy>,
    /// Ticks from one command of a response to the next.
    control_ticks: u64,
    /// Ticks from one request to the next.
    request_ticks: u64,
    /// Tick of the first request.
    offset: u64,
    latency: LatencySpec,
    state: SlotState,
}

/// The state of a policy's schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SlotState {
    latency: RandomStream,
    next_request: u64,
    /// Requests whose responses are not in effect yet, in order.
    under_way: VecDeque<Pending>,
    /// The current response and the tick at which it took effect.
    answer: CommandChunk,
    since: u64,
}

/// A request whose response is not in effect yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Pending {
    number: u64,
    asked_at: Tick,
    due_at: Tick,
    /// The response, if it was collected for a snapshot before it was due.
    early: Option<CommandChunk>,
    /// The error of an early collection; there is no snapshot then.
    #[serde(skip)]
    early_error: Option<PolicyError>,
}

/// State of one robot's decider, for snapshots.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeciderState {
    command: Vec<f32>,
    /// The schedule, and the policy's own state unless a keyframe omits it.
    slot: Option<(SlotState, Option<Vec<u8>>)>,
}

impl Scheduler {
    /// Connects one policy (or none) to each robot, and starts it with its own seed,
    /// derived from `seed` and the robot's name.
    ///
    /// # Errors
    /// If a policy does not fit its robot or cannot start, and
    /// [`SimulationError::Unchecked`] for errors that the checker rules out.
    ///
    /// # Panics
    /// If `policies` does not have one entry per robot.
    pub(crate) fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
        policies: Vec<Option<Box<dyn Policy>>>,
        period: TickPeriod,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        assert_eq!(policies.len(), scenario.robots.len(), "every robot has a slot for a policy");
        let gravity = scenario.physics().gravity;
        let mut robots = Vec::new();
        for (index, policy) in policies.into_iter().enumerate() {
            let entry = &scenario.spec.robots[index];
            let control_s = entry.policy.as_ref().map_or(period.seconds(), |p| 1.0 / p.rate_hz);
            let model = &scenario.robots[index];
            let interface = RobotInterface::new(layout, index, model, control_s, gravity);
            let slot = policy
                .map(|policy| {
                    PolicySlot::new(policy, entry.policy.as_ref(), &interface, period, seed)
                })
                .transpose()?;
            let command = interface.initial_command();
            robots.push(Decider { interface, slot, command });
        }
        Ok(Self { robots, period })
    }

    /// Sends the requests of `tick`, puts the responses that are due into effect, and
    /// records both.
    ///
    /// # Errors
    /// If a policy fails or its response is not a valid command.
    pub(crate) fn decide(
        &mut self,
        tick: Tick,
        sensors: &SensorSuite,
        requests: &mut Vec<Request>,
        decisions: &mut Vec<Decision>,
    ) -> Result<(), RunFault> {
        requests.clear();
        decisions.clear();
        for (index, decider) in self.robots.iter_mut().enumerate() {
            let Some(slot) = &mut decider.slot else { continue };
            let robot = RobotId(index);
            let failed = |error| RunFault::Policy {
                robot: decider.interface.robot.clone(),
                tick: tick.0,
                error,
            };
            if slot.is_asked_at(tick) {
                let request = slot.ask(tick, sensors, robot, self.period).map_err(failed)?;
                requests.push(request);
            }
            while let Some(mut request) = slot.next_due(tick) {
                let answer = slot.collect(&mut request).map_err(failed)?;
                check_answer(&answer, &decider.interface).map_err(|what| RunFault::BadCommand {
                    robot: decider.interface.robot.clone(),
                    tick: tick.0,
                    what,
                })?;
                decisions.push(Decision {
                    robot,
                    request: request.number,
                    asked_at: request.asked_at,
                    commands: answer.commands.clone(),
                });
                slot.state.answer = answer;
                slot.state.since = tick.0;
            }
            if let Some(command) = slot.command_at(tick) {
                decider.command.copy_from_slice(command);
            }
        }
        Ok(())
    }

    /// Copies the current command of each robot.
    pub(crate) fn write_commands(&self, out: &mut Vec<Vec<f32>>) {
        out.resize_with(self.robots.len(), Vec::new);
        for (out, decider) in out.iter_mut().zip(&self.robots) {
            out.clone_from(&decider.command);
        }
    }

    /// The contract of each robot's policy.
    pub(crate) fn contracts(&self) -> impl Iterator<Item = Option<&PolicyContract>> {
        self.robots.iter().map(|robot| robot.slot.as_ref().map(|slot| slot.policy.contract()))
    }

    pub(crate) fn digest(&self, hasher: &mut StateHasher) {
        for decider in &self.robots {
            hasher.write_f32s(&decider.command);
            let Some(PolicySlot { state, .. }) = &decider.slot else { continue };
            hasher.write_u64(state.latency.clone().next_u64());
            hasher.write_u64(state.next_request);
            hasher.write_u64(state.since);
            hasher.write_u64(state.under_way.len() as u64);
            for request in &state.under_way {
                hasher.write_u64(request.number);
                hasher.write_u64(request.due_at.0);
            }
            hasher.write_u64(state.answer.commands.len() as u64);
            for command in &state.answer.commands {
                hasher.write_f32s(command);
            }
        }
    }

    /// State of all deciders, or `None` if a policy cannot save its own.
    ///
    /// A policy has no complete state while responses are pending, so they are
    /// collected now and kept until they are due. If that fails, this is `None`, and
    /// the run breaks with the error when the response is due.
    pub(crate) fn state(&mut self) -> Option<Vec<DeciderState>> {
        let of_decider = |decider: &mut Decider| {
            let slot = match &mut decider.slot {
                None => None,
                Some(slot) => {
                    let (state, policy) = slot.settle()?;
                    Some((state, Some(policy)))
                }
            };
            Some(DeciderState { command: decider.command.clone(), slot })
        };
        self.robots.iter_mut().map(of_decider).collect()
    }

    /// State of all deciders without the policies' own state; no response is collected.
    pub(crate) fn timetables(&self) -> Vec<DeciderState> {
        let of_decider = |decider: &Decider| DeciderState {
            command: decider.command.clone(),
            slot: decider.slot.as_ref().map(|slot| (slot.state.clone(), None)),
        };
        self.robots.iter().map(of_decider).collect()
    }

    /// Restores a state. Returns true if it fits these robots. A policy whose state was
    /// omitted keeps its state.
    ///
    /// # Errors
    /// If a policy refuses its state; names the robot.
    pub(crate) fn set_state(
        &mut self,
        state: Vec<DeciderState>,
    ) -> Result<bool, (String, PolicyError)> {
        let fits = |(mine, other): (&Decider, &DeciderState)| {
            let len = mine.command.len();
            let answer = other.slot.iter().flat_map(|(state, _)| &state.answer.commands);
            other.command.len() == len
                && mine.slot.is_some() == other.slot.is_some()
                && answer.into_iter().all(|command| command.len() == len)
        };
        if state.len() != self.robots.len() || !self.robots.iter().zip(&state).all(fits) {
            return Ok(false);
        }
        for (decider, state) in self.robots.iter_mut().zip(state) {
            decider.command = state.command;
            if let (Some(slot), Some((state, bytes))) = (&mut decider.slot, state.slot) {
                let robot = &decider.interface.robot;
                if let Some(bytes) = bytes {
                    slot.policy.restore(&bytes).map_err(|error| (robot.clone(), error))?;
                }
                slot.state = state;
            }
        }
        Ok(true)
    }
}

impl PolicySlot {
    fn new(
        mut policy: Box<dyn Policy>,
        spec: Option<&PolicySpec>,
        interface: &RobotInterface,
        period: TickPeriod,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        let robot = &interface.robot;
        let unchecked =
            |what: String| SimulationError::Unchecked(format!("policy of robot `{robot}`: {what}"));
        let spec = spec.ok_or_else(|| unchecked("the scenario gives it no rate".to_owned()))?;
        let control_ticks = period.ticks_per_period(spec.rate_hz).ok_or_else(|| {
            unchecked(format!("{} Hz does not divide the physics rate", spec.rate_hz))
        })?;
        check_contract(policy.as_ref(), interface)?;
        policy
            .reset(RandomStream::new(seed, &format!("{robot}.policy")).next_u64())
            .map_err(|error| SimulationError::PolicyStart { robot: robot.clone(), error })?;
        Ok(Self {
            policy,
            control_ticks,
            request_ticks: control_ticks
                .saturating_mul(u64::from(spec.inference.chunk.execute.max(1))),
            offset: period.ticks_nearest(spec.offset_s.unwrap_or(0.0)),
            latency: spec.inference.latency,
            state: SlotState {
                latency: RandomStream::new(seed, &format!("{robot}.policy.latency")),
                next_request: 0,
                under_way: VecDeque::new(),
                answer: CommandChunk::default(),
                since: 0,
            },
        })
    }

    fn is_asked_at(&self, tick: Tick) -> bool {
        tick.0
            .checked_sub(self.offset)
            .is_some_and(|since| since.is_multiple_of(self.request_ticks))
    }

    fn ask(
        &mut self,
        tick: Tick,
        sensors: &SensorSuite,
        robot: RobotId,
        period: TickPeriod,
    ) -> Result<Request, PolicyError> {
        let received = sensors.received(robot);
        let number = self.state.next_request;
        self.policy.submit(&Observation {
            request: number,
            tick,
            time_s: period.time_s(tick),
            values: &received.values,
            measured_at: &received.measured_at,
        })?;
        let latency_s = draw_latency(self.latency, &mut self.state.latency);
        let ready_at = Tick(tick.0.saturating_add(period.ticks_at_least(latency_s)));
        // Responses take effect in the order of their requests.
        let due_at = self.state.under_way.back().map_or(ready_at, |last| last.due_at.max(ready_at));
        self.state.next_request += 1;
        let pending = Pending { number, asked_at: tick, due_at, early: None, early_error: None };
        self.state.under_way.push_back(pending);
        Ok(Request {
            robot,
            request: number,
            asked_at: tick,
            values: received.values.clone(),
            measured_at: received.measured_at.clone(),
        })
    }

    fn next_due(&mut self, tick: Tick) -> Option<Pending> {
        self.state.under_way.pop_front_if(|request| request.due_at <= tick)
    }

    fn collect(&mut self, request: &mut Pending) -> Result<CommandChunk, PolicyError> {
        match (request.early.take(), request.early_error.take()) {
            (Some(answer), _) => Ok(answer),
            (None, Some(error)) => Err(error),
            (None, None) => self.policy.collect(request.number),
        }
    }

    /// The command of the current response at a tick; the last one is held.
    fn command_at(&self, tick: Tick) -> Option<&[f32]> {
        let commands = &self.state.answer.commands;
        let periods = tick.0.saturating_sub(self.state.since) / self.control_ticks;
        let index = (periods as usize).min(commands.len().checked_sub(1)?);
        Some(&commands[index])
    }

    /// Collects pending responses and returns the whole state.
    fn settle(&mut self) -> Option<(SlotState, Vec<u8>)> {
        for request in &mut self.state.under_way {
            if request.early.is_some() {
                continue;
            }
            if request.early_error.is_some() {
                return None;
            }
            match self.policy.collect(request.number) {
                Ok(answer) => request.early = Some(answer),
                Err(error) => {
                    request.early_error = Some(error);
                    return None;
                }
            }
        }
        Some((self.state.clone(), self.policy.snapshot()?))
    }
}

fn draw_latency(spec: LatencySpec, stream: &mut RandomStream) -> f64 {
    match spec {
        LatencySpec::Fixed(seconds) => seconds,
        LatencySpec::Uniform { min, max } => stream.uniform(min, max),
        LatencySpec::Normal { mean, stddev, min, max } => {
            (mean + stddev * stream.normal()).max(min).min(max)
        }
    }
}
