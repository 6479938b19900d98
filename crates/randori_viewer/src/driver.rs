//! Who decides for the robots of a run: what the scenario says, a person, or a
//! policy that was picked here.
//!
//! Start reading at [`Driver`].

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::policy_source::{Manual, PolicySource};
use randori_core::spec::{PolicySpec, Scenario};
use randori_policy::ManualCommand;
use randori_sim::episode::interfaces;

/// Who decides for a robot.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Driver {
    /// The policy of the scenario.
    #[default]
    AsWritten,
    /// A person, with sliders and keys.
    ByHand,
    /// A policy that was picked; it keeps rate and thinking time of the scenario.
    Policy(PolicySource),
}

impl Driver {
    /// What a scenario says with this driver, given what is written in it.
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
/// without one. Robots that a person drives are not asked for.
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
    /// All as written.
    pub(crate) fn new(scenario: &Scenario, start: StartPolicy) -> Self {
        let hands = interfaces(scenario).iter().map(ManualCommand::new).collect();
        Self { chosen: vec![Driver::default(); scenario.spec.robots.len()], hands, start }
    }

    /// Who was chosen for a robot.
    pub(crate) fn chosen(&self, robot: usize) -> Option<&Driver> {
        self.chosen.get(robot)
    }

    /// Chooses; gives who drove before. Robots that do not exist have no driver.
    pub(crate) fn choose(&mut self, robot: usize, driver: Driver) -> Option<Driver> {
        self.chosen.get_mut(robot).map(|chosen| std::mem::replace(chosen, driver))
    }

    /// The command that a person gives to a robot.
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
    /// Why one does not start.
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
