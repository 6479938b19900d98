//! Checks of a scenario beyond its syntax: names that resolve, numbers that make physical
//! sense, trees without cycles, rates that divide.
//!
//! Every check reports all diagnostics that it finds, each with position, reason and advice;
//! none stops at the first. A scenario without errors is trusted.
//!
//! Start reading at [`findings`].

mod actors;
mod actuators;
pub(crate) mod bounds;
mod contract;
mod environment;
mod events;
mod finite;
mod groups;
mod joints;
mod links;
mod memory;
mod names;
mod poses;
mod rates;
mod report;
mod robot;
mod scenario;
mod sensors;
mod shapes;

use crate::diagnostic::Diagnostic;
use crate::text::{Limits, Part, Sources, Specs};
pub(crate) use joints::{has_one_dof, joint_exists};
pub(crate) use poses::axis;
use rates::Rates;
pub(crate) use report::{At, MAX_NAME, Report};

/// All diagnostics of the readable files.
pub(crate) fn findings(specs: &Specs, sources: &Sources, limits: &Limits) -> Vec<Diagnostic> {
    let mut report = Report::new(sources);
    finite::check(&mut report);
    let physics = specs.scenario.as_ref().map(|scenario| scenario.physics.settings());
    let rates = Rates::new(physics.map(|physics| physics.rate_hz));
    for (index, robot) in &specs.robots {
        if index.checked_sub(1).is_some_and(|last| sources.share_text(last, *index)) {
            continue; // The same findings at the same places.
        }
        let at = At::root(Part::Robot(*index));
        robot::check(&mut report, &at, robot, &rates, limits);
    }
    if let Some(environment) = &specs.environment {
        let at = At::root(Part::Environment);
        environment::check(&mut report, &at, environment);
        if specs.scenario.is_none() {
            environment::add_names(&mut report, &mut names::Names::new(), environment);
        }
    }
    if specs.scenario.is_some() {
        scenario::check(&mut report, specs, &rates, limits);
    }
    contract::check(&mut report, specs);
    shapes::count(&mut report, specs, limits);
    if !report.exceeds_limits() {
        memory::check(&mut report, specs, limits);
    }
    report.list
}
