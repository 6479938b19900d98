//! `goal_seeker`: drives a two-wheeled base to a point, avoids obstacles seen by its lidar, and
//! lets people pass.
//!
//! Each scan is converted to points in the world and small objects, which are tracked from scan to
//! scan; from these, [`steering::choose`] selects a heading and a speed. The planning horizon is
//! three metres, so the robot can get stuck in a dead end.
//!
//! Start reading at [`GoalSeeker::decide`].

mod config;
mod place;
mod scan;
mod steering;
mod tracks;

use randori_core::policy::{
    CommandChunk, Controller, Observation, PolicyContract, PolicyError, RobotInterface,
};
use serde::{Deserialize, Serialize};

use super::BuiltinError;
use super::hold::contract;
use super::params::Params;
use super::poses::{load, save};
use config::{Motion, Wheels};
use place::{Localizer, Place, Trail, wrapped};
use scan::{Lidar, Scan, distance};
use steering::Situation;
use tracks::Track;

pub(super) use config::INFO;

/// Drives to a point.
#[derive(Debug, Clone)]
pub(super) struct GoalSeeker {
    contract: PolicyContract,
    motion: Motion,
    wheels: Wheels,
    localizer: Localizer,
    lidar: Option<Lidar>,
    period_s: f64,
    initial: Vec<f32>,
    state: State,
}

/// The state of the policy.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct State {
    trail: Trail,
    scan: Option<Scan>,
    tracks: Vec<Track>,
    /// Chosen heading in the world, rad.
    heading: Option<f64>,
    /// Forward speed (m/s) and yaw rate (rad/s) of the last command.
    speed: f64,
    turn: f64,
    arrived: bool,
}

/// Maximum age of a usable scan, s.
const STALE: f64 = 0.5;
/// Fraction of the speed at blind corners.
const CORNER_SPEED: f64 = 0.4;
/// Distance ahead and aside within which a blind corner matters, m: the combined travel of a person
/// and the robot until they see each other.
const CORNER_AHEAD: f64 = 1.2;
const CORNER_ASIDE: f64 = 2.0;
/// Yaw rate per heading error, 1/s.
const TURN_GAIN: f64 = 2.5;
/// Maximum yaw acceleration, rad/s^2.
const TURN_ACCELERATION: f64 = 6.0;

impl GoalSeeker {
    pub(super) fn new(
        params: &Params<'_>,
        interface: &RobotInterface,
    ) -> Result<Self, BuiltinError> {
        let wheels = Wheels::new(params, interface)?;
        let motion = Motion::new(params, &interface.model, &wheels)?;
        let choice = params.optional::<String>("localization")?.unwrap_or("auto".to_owned());
        let start = config::start(params)?;
        let localizer = Localizer::chosen(interface, &choice, start).unwrap_or_else(|| {
            Err(params.wrong("localization", format!("there is no localization `{choice}`")))
        })?;
        let lidar = Lidar::find(interface);
        let mut needs = localizer.needs();
        needs.extend(lidar.iter().map(|lidar| lidar.ranges.name.clone()));
        Ok(Self {
            contract: contract(&INFO, interface, needs),
            motion,
            wheels,
            localizer,
            lidar,
            period_s: interface.period_s,
            initial: interface.initial_command(),
            state: State::default(),
        })
    }

    /// Target forward speed (m/s) and yaw rate (rad/s).
    fn decide(&mut self, observation: &Observation<'_>) -> (f64, f64) {
        let Some((tick, place)) = self.localizer.locate(observation) else { return (0.0, 0.0) };
        self.state.trail.record(tick, place);
        let seconds = SecondsPerTick::of(observation);
        self.look(observation, seconds);

        let to_goal = distance([place.x, place.y], self.motion.goal);
        self.state.arrived |= to_goal < self.motion.tolerance;
        if self.state.arrived || !self.sees(observation, seconds) {
            return (0.0, 0.0);
        }
        self.steer(&place, to_goal)
    }

    /// Processes a new scan, if there is one.
    fn look(&mut self, observation: &Observation<'_>, seconds: SecondsPerTick) {
        let Some(lidar) = &self.lidar else { return };
        let Some(tick) = lidar.measured_at(observation) else { return };
        let last = self.state.scan.as_ref().map(|scan| scan.tick);
        if last == Some(tick) {
            return;
        }
        let Some(base) = self.state.trail.at(tick) else { return };
        let Some(scan) = lidar.scan(observation, &base) else { return };
        let since_s = last.map_or(0.0, |last| seconds.between(last, tick));
        if since_s > 0.0 {
            tracks::update(&mut self.state.tracks, &scan, since_s);
        }
        self.state.scan = Some(scan);
    }

    /// True if sensor data are recent enough to drive.
    fn sees(&self, observation: &Observation<'_>, seconds: SecondsPerTick) -> bool {
        self.lidar.is_none()
            || self
                .state
                .scan
                .as_ref()
                .is_some_and(|scan| seconds.between(scan.tick, observation.tick.0) <= STALE)
    }

    fn steer(&mut self, place: &Place, to_goal: f64) -> (f64, f64) {
        let motion = &self.motion;
        let points: Vec<[f64; 2]> = self
            .state
            .scan
            .iter()
            .flat_map(|scan| &scan.points)
            .map(|point| place.inverse_point(*point))
            .collect();
        let tracks: Vec<Track> = self
            .state
            .tracks
            .iter()
            .filter(|track| track.moves())
            .map(|track| track.seen_from(place))
            .collect();
        let stands = |point: &[f64; 2]| !tracks.iter().any(|track| track.covers(*point));
        let standing: Vec<[f64; 2]> = points.iter().copied().filter(stands).collect();
        let situation = Situation {
            goal: place.inverse_point(motion.goal),
            points: &standing,
            tracks: &tracks,
            last: self.state.heading.map(|heading| wrapped(heading - place.heading)),
            body_radius: motion.body_radius,
            clearance: motion.clearance,
            speed: motion.speed * if self.nears_blind_corner(place) { CORNER_SPEED } else { 1.0 },
            current_speed: self.state.speed,
            acceleration: motion.acceleration,
            turn_rate: motion.turn_rate,
        };
        let choice = steering::choose(&situation);
        self.state.heading = Some(wrapped(place.heading + choice.heading));

        // While turning, the robot still moves in its current direction, so both directions need
        // braking distance.
        let free = |heading| steering::free_way(&points, motion.body_radius, heading);
        let room = free(choice.heading).min(free(0.0));
        let stoppable = |way: f64| libm::sqrt(2.0 * motion.acceleration * way.max(0.0));
        let speed = choice.speed.min(stoppable(room)).min(stoppable(to_goal) + 0.05);
        let turn = (TURN_GAIN * choice.heading).clamp(-motion.turn_rate, motion.turn_rate);
        (speed * steering::aligned(choice.heading), turn)
    }

    /// True if a person could appear from behind an edge just ahead.
    fn nears_blind_corner(&self, place: &Place) -> bool {
        let edges = self.state.scan.iter().flat_map(|scan| &scan.edges);
        let mut seen_from_robot = edges.map(|edge| place.inverse_point(*edge));
        seen_from_robot.any(|[x, y]| (0.0..CORNER_AHEAD).contains(&x) && y.abs() < CORNER_ASIDE)
    }

    /// Moves the command towards its target within the acceleration limits.
    fn approach(&mut self, (speed, turn): (f64, f64)) {
        let faster = self.motion.acceleration * self.period_s;
        let state = &mut self.state;
        state.speed = speed.clamp(state.speed - steering::BRAKING * faster, state.speed + faster);
        let swing = TURN_ACCELERATION * self.period_s;
        state.turn = turn.clamp(state.turn - swing, state.turn + swing);
    }
}

/// Duration of a tick, from the only moment at which both units are known.
#[derive(Debug, Clone, Copy)]
struct SecondsPerTick(f64);

impl SecondsPerTick {
    fn of(observation: &Observation<'_>) -> Self {
        // At tick 0 all measurements are of tick 0, so no duration is needed.
        Self(observation.time_s / observation.tick.0.max(1) as f64)
    }

    fn between(self, earlier: u64, later: u64) -> f64 {
        later.saturating_sub(earlier) as f64 * self.0
    }
}

impl Controller for GoalSeeker {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {
        self.state = State::default();
    }

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        let aim = self.decide(observation);
        self.approach(aim);
        let mut command = self.initial.clone();
        self.wheels.command(self.state.speed, self.state.turn, &mut command);
        Ok(CommandChunk::single(command))
    }

    fn snapshot(&self) -> Vec<u8> {
        save(&self.state)
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        self.state = load(snapshot, &INFO)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
