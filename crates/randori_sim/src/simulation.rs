//! One run of one scenario, tick by tick.
//!
//! A [`Simulation`] holds the world, the sensors, the policies and their connections,
//! and does no input or output. Recording, evaluation and rendering consume the
//! [`TickRecord`] of each step.
//!
//! Start reading at [`Simulation::step`].

use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::policy::{Policy, PolicyContract};
use randori_core::record::{Digests, Intervention, Stage, TickRecord};
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};

use crate::actors::ActorMotion;
use crate::actuators::ActuatorBank;
use crate::events::{Disturbances, Plant};
use crate::fault::{RunFault, SimulationError};
use crate::hash::StateHasher;
use crate::intervention::{self, InterventionError};
use crate::scheduler::Scheduler;
use crate::sensors::{Received, SensorSuite, tick_period};
use crate::world::{SimWorld, WorldFault, guarded};

/// Measures the signals that goals, metrics and event conditions read.
///
/// Implemented by the module of formulas, so the simulation does not depend on it.
pub trait SignalProbe: Send {
    /// Measures all signals for a record whose other fields (state after the step,
    /// applied torques, events) are already set. `out` is empty and keeps its capacity
    /// from tick to tick.
    fn measure(
        &mut self,
        world: &SimWorld,
        layout: &SceneLayout,
        record: &TickRecord,
        out: &mut Vec<f64>,
    );

    /// True if the formula of the scenario's event `event` held at the last record.
    /// Called once per tick until the event starts.
    fn event_due(&mut self, event: usize) -> bool;

    /// All state that later results depend on (empty if there is none), or `None` if it
    /// is unknown; the simulation then has no snapshot.
    fn snapshot(&self) -> Option<Vec<u8>> {
        None
    }

    /// Restores a state from [`SignalProbe::snapshot`].
    ///
    /// # Errors
    /// If the bytes are not a snapshot of such a probe; with the reason.
    fn restore(&mut self, _snapshot: &[u8]) -> Result<(), String> {
        Err("these signals cannot be restored".to_owned())
    }
}

/// One run of one scenario.
///
/// ```
/// use randori_core::time::Tick;
/// use randori_sim::signals::ScenarioProbe;
/// use randori_sim::simulation::Simulation;
///
/// # use randori_core::text::{Limits, MemoryFiles, ScenarioText};
/// # let files = MemoryFiles::new([
/// #     ("room.ron", r#"Environment(format: 1, name: "room", ground: (), objects: [(name: "ball",
/// #         mobility: Movable(mass_kg: 1.0), shapes: [(shape: Sphere(radius: 0.1))],
/// #         pose: (xyz: (0.0, 0.0, 1.0)))])"#),
/// #     ("drop.ron", r#"Scenario(format: 1, title: "drop", duration: 1.0, environment: "room.ron",
/// #         goals: [(name: "lands", require: "eventually (z(ball) < 0.11 m)")])"#),
/// # ]);
/// # let text = ScenarioText::load(&files, "drop.ron", &Limits::default())?;
/// # let scenario = text.resolve(&[])?.scenario;
/// let (probe, _signals) = ScenarioProbe::for_scenario(&scenario).expect("formulas of a checked scenario");
/// let mut simulation = Simulation::new(&scenario, 0, Vec::new(), Box::new(probe))?;
/// let record = simulation.step()?;
///
/// assert_eq!(record.tick, Tick(1));
/// assert!(record.state.bodies[0].twist.linear.z < 0.0, "the ball falls");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulation {
    pub(crate) layout: SceneLayout,
    pub(crate) world: SimWorld,
    pub(crate) disturbances: Disturbances,
    actors: ActorMotion,
    pub(crate) sensors: SensorSuite,
    pub(crate) scheduler: Scheduler,
    pub(crate) actuators: ActuatorBank,
    pub(crate) probe: Box<dyn SignalProbe>,
    pub(crate) record: TickRecord,
    /// The record under construction, with reused buffers.
    next: TickRecord,
    pub(crate) fault: Option<RunFault>,
    /// Interventions for the next step.
    pub(crate) pending: Vec<Intervention>,
    /// A difference to inject at a tick; see [`Simulation::plant`].
    planted: Option<(Tick, BodyId)>,
    period: TickPeriod,
}

impl Simulation {
    /// Builds the world of a checked scenario and connects one policy, or none,
    /// to each robot. A robot without a policy keeps its initial command.
    ///
    /// # Errors
    /// If the world cannot be built, or a policy does not fit its robot or cannot start.
    ///
    /// # Panics
    /// If `policies` does not have one entry per robot.
    pub fn new(
        scenario: &Scenario,
        seed: u64,
        policies: Vec<Option<Box<dyn Policy>>>,
        probe: Box<dyn SignalProbe>,
    ) -> Result<Self, SimulationError> {
        let period = tick_period(scenario)?;
        let layout = SceneLayout::new(scenario);
        let world = SimWorld::build(scenario, &layout)?;
        let disturbances = Disturbances::new(scenario, &layout, period, seed)?;
        let actors = ActorMotion::new(scenario, &layout, &world, period);
        let sensors = SensorSuite::new(scenario, &layout, &world, seed)?;
        let scheduler = Scheduler::new(scenario, &layout, policies, period, seed)?;
        let mut next = TickRecord::default();
        scheduler.write_commands(&mut next.requested);
        let actuators = ActuatorBank::new(scenario, &layout, &next.requested, period);
        let mut simulation = Self {
            layout,
            world,
            disturbances,
            actors,
            sensors,
            scheduler,
            actuators,
            probe,
            record: TickRecord::default(),
            next,
            fault: None,
            pending: Vec::new(),
            planted: None,
            period,
        };
        guarded(|| simulation.account())
            .map_err(|message| simulation.world.unbuildable(message))?;
        Ok(simulation)
    }

    /// Names and indices of all items in the scene.
    pub fn layout(&self) -> &SceneLayout {
        &self.layout
    }

    /// The world after the last step.
    pub fn world(&self) -> &SimWorld {
        &self.world
    }

    /// The latest measurements delivered to the policy of a robot.
    pub fn received(&self, robot: RobotId) -> &Received {
        self.sensors.received(robot)
    }

    /// The contract of each robot's policy; `None` for a robot without one.
    pub fn policies(&self) -> impl Iterator<Item = Option<&PolicyContract>> {
        self.scheduler.contracts()
    }

    /// Length of a tick.
    pub fn period(&self) -> TickPeriod {
        self.period
    }

    /// The latest record; record 0, the initial state, after [`Self::new`].
    pub fn record(&self) -> &TickRecord {
        &self.record
    }

    /// Applies an intervention at the start of the next step, before its events.
    /// Interventions are applied in the order of the calls.
    ///
    /// # Errors
    /// If the body does not exist, or a number is out of range; nothing is applied then.
    pub fn intervene(&mut self, intervention: Intervention) -> Result<(), InterventionError> {
        let waiting = self.pending.iter();
        let waiting = waiting.filter(|it| matches!(it, Intervention::Drop { .. })).count();
        let dropped = self.world.dropped().len() + waiting;
        intervention::check(&intervention, &self.layout, dropped)?;
        self.pending.push(intervention);
        Ok(())
    }

    /// Changes one bit of a body at the end of the step that leads to `tick`, to test
    /// comparisons.
    #[doc(hidden)]
    pub fn plant(&mut self, tick: Tick, body: BodyId) {
        self.planted = Some((tick, body));
    }

    /// Advances by one tick and returns its record.
    ///
    /// # Errors
    /// If the run breaks. It cannot continue then: the latest record remains that of
    /// the last valid step, and further steps return the same fault.
    pub fn step(&mut self) -> Result<&TickRecord, RunFault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let tick = self.record.tick;
        match self.make_step(tick) {
            Ok(()) => Ok(&self.record),
            Err(fault) => {
                self.fault = Some(fault.clone());
                Err(fault)
            }
        }
    }

    fn make_step(&mut self, tick: Tick) -> Result<(), RunFault> {
        self.next.tick = Tick(tick.0 + 1);
        self.with_engine(|simulation| {
            simulation.intervene_now();
            simulation.disturb(tick);
            simulation.sense(tick);
            Ok(())
        })?;
        self.decide(tick)?;
        self.with_engine(|simulation| {
            simulation.actuate();
            simulation.world.advance()?;
            let reached = simulation.next.tick;
            if let Some((_, body)) = simulation.planted.take_if(|(at, _)| *at == reached) {
                simulation.world.nudge(body);
            }
            simulation.account();
            Ok(())
        })
    }

    /// Runs a part of a step; a panic of the engine becomes a fault of a body.
    fn with_engine(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), WorldFault>,
    ) -> Result<(), RunFault> {
        let done = guarded(|| part(self));
        done.unwrap_or_else(|message| Err(self.world.crashed(self.next.tick.0, &message)))
            .map_err(RunFault::World)
    }

    /// Applies interventions.
    fn intervene_now(&mut self) {
        self.next.interventions.clear();
        self.next.interventions.append(&mut self.pending);
        for intervention in &self.next.interventions {
            intervention::apply(intervention, &mut self.world);
        }
    }

    /// Executes due events, and moves actors.
    fn disturb(&mut self, tick: Tick) {
        let holds = |event| self.probe.event_due(event);
        let plant = Plant { world: &mut self.world, sensors: &mut self.sensors };
        self.disturbances.disturb(tick, holds, plant, &mut self.next.events);
        self.actors.steer(&mut self.world, tick);
    }

    /// Takes due measurements, and delivers them to policies.
    fn sense(&mut self, tick: Tick) {
        self.sensors.sense(tick, &self.world, &mut self.next.readings);
    }

    /// Sends requests to policies, and puts due responses into effect.
    fn decide(&mut self, tick: Tick) -> Result<(), RunFault> {
        let TickRecord { requests, decisions, .. } = &mut self.next;
        self.scheduler.decide(tick, &self.sensors, requests, decisions)?;
        self.scheduler.write_commands(&mut self.next.requested);
        Ok(())
    }

    /// Turns commands into drives.
    fn actuate(&mut self) {
        self.actuators.actuate(&self.next.requested, &mut self.world);
    }

    /// Completes the record: state after the step, digest and signals.
    fn account(&mut self) {
        self.actuators.write_applied(&self.world, &mut self.next.applied);
        self.world.write_state(&mut self.next.state);
        self.next.digests =
            Digests::of(|stage| digest_of(|hasher| self.write_stage(stage, hasher)));
        let record = &mut self.next;
        record.hash = combined(&record.digests);
        // The probe reads the record while it fills this one field of it.
        let mut signals = std::mem::take(&mut record.signals);
        signals.clear();
        self.probe.measure(&self.world, &self.layout, record, &mut signals);
        record.signals = signals;
        std::mem::swap(&mut self.record, &mut self.next);
    }

    /// The state of a stage that later steps depend on.
    fn write_stage(&self, stage: Stage, hasher: &mut StateHasher) {
        match stage {
            Stage::Event => {
                intervention::digest(&self.next.interventions, hasher);
                self.disturbances.digest(&self.next.events, hasher);
            }
            Stage::Sensor => self.sensors.digest(hasher),
            Stage::Policy => self.scheduler.digest(hasher),
            Stage::Actuator => self.actuators.digest(hasher),
            Stage::Physics => self.world.digest(hasher),
        }
    }
}

fn digest_of(feed: impl FnOnce(&mut StateHasher)) -> u64 {
    let mut hasher = StateHasher::new();
    feed(&mut hasher);
    hasher.finish()
}

/// The digest of the whole state ([`TickRecord::hash`]): the digests of the active
/// stages, in their order. A new stage thus does not change the hashes of runs in which
/// it is inactive.
pub fn combined(digests: &Digests) -> u64 {
    let parts = Stage::ALL.into_iter().map(|stage| digests[stage]).filter(|digest| *digest != 0);
    digest_of(|hasher| parts.for_each(|digest| hasher.write_u64(digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_takes_no_part_leaves_the_hash_as_it_is() {
        let mut digests = Digests::of(|stage| stage as u64 + 7);
        let whole = combined(&digests);
        digests[Stage::Policy] = 0;

        let parts = [Stage::Event, Stage::Sensor, Stage::Actuator, Stage::Physics];
        let without =
            digest_of(|hasher| parts.iter().for_each(|stage| hasher.write_u64(digests[*stage])));
        assert_eq!(combined(&digests), without);
        assert_ne!(whole, without);
    }
}
