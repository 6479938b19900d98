//! Transmissions: the joints of an actuator.

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;

use super::defaults::Look;
use super::links::Skeleton;
use super::mobility::{Mobility, Row};
use super::model::{Model, Motion};
use super::tendons;
use crate::couplings::{Leaders, Led};
use crate::log::Log;
use crate::report::ImportStatus;

/// Maximum number of independent joints of an actuated tendon.
const MAX_JOINTS: usize = 8;

/// The joints that determine the length of an actuator, without gear.
#[derive(Debug)]
pub(crate) struct Transmission {
    /// Joints (body, index in it) and length per coordinate.
    pub(crate) terms: Vec<((usize, usize), f64)>,
    /// Leading joints, and length per coordinate of each, including followers.
    pub(crate) leaders: Vec<(String, f64)>,
    /// Length when all leaders are at zero.
    pub(crate) offset: f64,
    /// Range of the length, of the joint or tendon itself.
    pub(crate) range: Option<[f64; 2]>,
    /// Limit of the total force of all actuators of the tendon.
    pub(crate) force_range: Option<[f64; 2]>,
}

impl Transmission {
    /// The force direction of the actuator at the joints.
    pub(crate) fn row(&self, mobility: &Mobility, gear: f64) -> Row {
        let dof = |(joint, share): &((usize, usize), f64)| {
            mobility.dof(*joint).map(|dof| (dof, share * gear))
        };
        self.terms.iter().filter_map(dof).collect()
    }

    /// The leading joint of one of its joints.
    pub(crate) fn led<'c>(&self, leaders: &Leaders<'c>, joint: &'c str) -> Led<'c> {
        lead(leaders, joint, self.terms.len())
    }
}

/// A single joint is driven directly, even if it is a follower.
fn lead<'c>(leaders: &Leaders<'c>, joint: &'c str, count: usize) -> Led<'c> {
    if count == 1 {
        return Led::own(joint);
    }
    leaders.lead(joint)
}

/// The joints of an actuator; `None`, with a line in the report or an error, if a drive
/// cannot move them.
pub(crate) fn read(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    leaders: &Leaders<'_>,
    look: &Look<'_>,
) -> Option<Transmission> {
    let node = look.node();
    let found =
        if let Some(named) = look.attribute("joint").or_else(|| look.attribute("jointinparent")) {
            let Some(place) = model.joint(&named.value) else {
                log.unknown(named, "joint", model.joint_names());
                return None;
            };
            let range = model.bodies[place.0].joints[place.1].range;
            (vec![(place, 1.0)], range, None)
        } else if let Some(named) = look.attribute("tendon") {
            let Some(tendon) = tendons::find(model, &named.value) else {
                log.unknown(named, "tendon", tendons::names(model));
                return None;
            };
            if tendon.tag() != "fixed" {
                let what = "an actuator of a spatial tendon";
                let advice = "drive the joints of the tendon";
                log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
                return None;
            }
            let look = model.defaults.look(log, tendon, None);
            let auto = model.settings.auto_limits;
            let range = look.range(log, "range", "limited", auto);
            let force = look.range(log, "actuatorfrcrange", "actuatorfrclimited", auto);
            (tendons::terms(log, model, tendon)?, range, force)
        } else {
            no_joint(log, look);
            return None;
        };
    let (terms, range, force_range) = found;
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    let (mut order, mut offset) = (Vec::new(), 0.0);
    for ((body, joint), share) in &terms {
        let motion = model.bodies[*body].joints[*joint].motion;
        let name = skeleton.joint_names.get(&(*body, *joint));
        let (Motion::Hinge | Motion::Slide, Some(name)) = (motion, name) else {
            let what = "an actuator of a ball joint, a free joint, or a body outside the robot";
            log.note(ImportStatus::Dropped, node, what).doubt();
            return None;
        };
        let led = lead(leaders, name, terms.len());
        if !shares.contains_key(led.leader) {
            order.push(led.leader.to_owned());
        }
        *shares.entry(led.leader.to_owned()).or_default() += share * led.ratio;
        offset += share * led.offset;
    }
    order.retain(|leader| shares[leader].abs() > 1e-12);
    if order.len() > MAX_JOINTS {
        let what = format!("an actuator of a tendon over {} joints", order.len());
        log.note(ImportStatus::Dropped, node, what).advise("drive its joints one by one").doubt();
        return None;
    }
    let leaders = order.into_iter().map(|leader| (leader.clone(), shares[&leader])).collect();
    Some(Transmission { terms, leaders, offset, range, force_range })
}

/// Reports an actuator with another transmission, or an error without one.
fn no_joint(log: &mut Log, look: &Look<'_>) {
    let node = look.node();
    let kind =
        ["site", "body", "cranksite", "refsite"].iter().find(|name| look.attribute(name).is_some());
    if let Some(kind) = kind {
        let what = match *kind {
            "cranksite" => "an actuator of a slider and crank".to_owned(),
            kind => format!("an actuator that acts on a {kind}"),
        };
        let advice = "Randori drives joints only; use an event to push a link";
        log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
    } else {
        let code = DiagnosticCode::IMPORT_REFERENCE;
        log.error(code, node.span(), "an actuator names no joint", "write `joint=\"...\"`");
    }
}
