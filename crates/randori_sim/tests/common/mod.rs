//! Scenarios from inline text, without files and without the checker.

use randori_core::layout::{BodyId, DofId, SceneLayout};
use randori_core::spec::{EnvironmentSpec, RobotSpec, Scenario, ScenarioSpec};
use randori_sim::hash::StateHasher;
use randori_sim::world::SimWorld;
use ron::Options;
use ron::extensions::Extensions;
use serde::de::DeserializeOwned;

/// Parts of a scenario as text; what is left out is as plain as possible.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stage<'a> {
    /// Robots: the file, and the fields of its entry besides name and model,
    /// such as `pose: (xyz: (0, 0, 1))`. They are named `r0`, `r1`, ...
    pub(crate) robots: &'a [(&'a str, &'a str)],
    /// Fields of the environment besides format and name, such as `ground: ()`.
    pub(crate) environment: &'a str,
    /// The actors, such as `(name: "walker", ..)`.
    pub(crate) actors: &'a str,
    /// Fields of the physics settings, such as `preset: Fast`.
    pub(crate) physics: &'a str,
}

impl Stage<'_> {
    /// The scenario.
    pub(crate) fn scenario(&self) -> Scenario {
        let entry = |(index, (_, fields)): (usize, &(&str, &str))| {
            format!("(name: \"r{index}\", model: \"inline\", {fields})")
        };
        let entries: Vec<String> = self.robots.iter().enumerate().map(entry).collect();
        let spec: ScenarioSpec = parse(&format!(
            "Scenario(format: 1, title: \"test\", duration: 10, physics: ({}), \
             environment: \"inline\", robots: [{}], actors: [{}])",
            self.physics,
            entries.join(", "),
            self.actors
        ));
        let environment: EnvironmentSpec =
            parse(&format!("Environment(format: 1, name: \"inline\", {})", self.environment));
        let robots: Vec<RobotSpec> = self.robots.iter().map(|(text, _)| parse(text)).collect();
        let contracts = vec![None; robots.len()];
        Scenario { spec, environment, robots, contracts }
    }

    /// The world, its layout and a few ways to look at them.
    pub(crate) fn build(&self) -> Scene {
        let scenario = self.scenario();
        let layout = SceneLayout::new(&scenario);
        let world = SimWorld::build(&scenario, &layout).expect("the scenario of a test builds");
        let tick_s = 1.0 / f64::from(scenario.physics().rate_hz);
        Scene { world, layout, tick_s }
    }
}

/// A built world with its names.
pub(crate) struct Scene {
    pub(crate) world: SimWorld,
    pub(crate) layout: SceneLayout,
    /// Length of a tick, s.
    pub(crate) tick_s: f64,
}

impl Scene {
    /// Steps for this many simulated seconds.
    pub(crate) fn run(&mut self, seconds: f64) {
        for _ in 0..(seconds / self.tick_s).round() as usize {
            self.step();
        }
    }

    /// Makes one step.
    pub(crate) fn step(&mut self) {
        self.world.advance().expect("the world stays finite");
    }

    /// The body with this path.
    pub(crate) fn body(&self, path: &str) -> BodyId {
        self.layout.body(path).expect("the test names bodies that exist")
    }

    /// The degree of freedom with this path.
    pub(crate) fn dof(&self, path: &str) -> DofId {
        self.layout.dof(path).expect("the test names joints that exist")
    }

    /// The digest of the world.
    pub(crate) fn digest(&self) -> u64 {
        digest(&self.world)
    }
}

/// The digest of a world.
pub(crate) fn digest(world: &SimWorld) -> u64 {
    let mut hasher = StateHasher::new();
    world.digest(&mut hasher);
    hasher.finish()
}

/// Reads a piece of scenario text.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> T {
    let options = Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}
