//! Drivers of the robots of a run: the policy of the scenario, manual control, or a
//! policy chosen here.
//!
//! Start reading at [`Driver`].

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::policy_source::{Manual, PolicySource};
use randori_core::spec::{PolicySpec, Scenario};
use randori_policy::ManualCommand;
use randori_sim::episode::interfaces;

/// The driver of a robot.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Driver {
    /// The policy of the scenario.
    #[default]
    AsWritten,
    /// Manual control with sliders and keys.
    ByHand,
    /// A chosen policy; it keeps the rate and inference latency of the scenario.
    Policy(PolicySource),
}

impl Driver {
    /// The policy spec for this driver, given the one in the scenario.
    fn spec(&self, written: Option<&PolicySpec>, physics_hz: f64) -> Option<PolicySpec> {
        let source = match self {
            Self::AsWritten => return written.cloned(),
            Self::ByHand => Manual.into(),
            Self::Policy(source) => source.clone(),
        };
        Some(match written {
            Some(written) => PolicySpec { source, ..written.clone() },
            None => PolicySpec::new(source, physics_hz),
        })
    }
}

/// Starts the policy of a robot, for a new run or a branch; `None` for a robot
/// without one. Not called for robots under manual control.
pub type StartPolicy = Box<
    dyn FnMut(&Scenario, usize, &RobotInterface) -> Result<Option<Box<dyn Policy>>, PolicyError>
        + Send
        + Sync,
>;

/// The drivers of all robots of a run.
pub(crate) struct Drivers {
    chosen: Vec<Driver>,
    hands: Vec<ManualCommand>,
    start: StartPolicy,
}

impl Drivers {
    /// All drivers as the scenario has them.
    pub(crate) fn new(scenario: &Scenario, start: StartPolicy) -> Self {
        let hands = interfaces(scenario).iter().map(ManualCommand::new).collect();
        Self { chosen: vec![Driver::default(); scenario.spec.robots.len()], hands, start }
    }

    /// The chosen driver of a robot.
    pub(crate) fn chosen(&self, robot: usize) -> Option<&Driver> {
        self.chosen.get(robot)
    }

    /// Chooses a driver and returns the previous one. Robots that do not exist have
    /// no driver.
    pub(crate) fn choose(&mut self, robot: usize, driver: Driver) -> Option<Driver> {
        self.chosen.get_mut(robot).map(|chosen| std::mem::replace(chosen, driver))
    }

    /// The manual command of a robot.
    pub(crate) fn hand(&self, robot: usize) -> Option<&ManualCommand> {
        self.hands.get(robot)
    }

    /// The scenario with these drivers.
    pub(crate) fn apply(&self, written: &Scenario) -> Scenario {
        let mut scenario = written.clone();
        let physics_hz = f64::from(scenario.physics().rate_hz);
        for (robot, driver) in scenario.spec.robots.iter_mut().zip(&self.chosen) {
            robot.policy = driver.spec(robot.policy.as_ref(), physics_hz);
        }
        scenario
    }

    /// Starts the policies of a scenario, one entry per robot.
    ///
    /// # Errors
    /// The first policy that does not start.
    pub(crate) fn start(
        &mut self,
        scenario: &Scenario,
    ) -> Result<Vec<Option<Box<dyn Policy>>>, PolicyError> {
        let robots = interfaces(scenario).into_iter().enumerate();
        let started = robots.map(|(robot, interface)| {
            let policy = scenario.spec.robots[robot].policy.as_ref();
            match policy.map(|policy| &policy.source) {
                None => Ok(None),
                Some(source) if source.is_by_hand() => {
                    Ok(self.hands.get(robot).map(ManualCommand::policy))
                }
                Some(_) => (self.start)(scenario, robot, &interface),
            }
        });
        started.collect()
    }
}
