//! `<tendon>`: fixed tendons, which are sums over joints.
//!
//! Start reading at [`fold`].

use std::collections::BTreeMap;

use randori_core::spec::{
    Angle, Coordinate, CouplingSpec, JointKind, JointSpec, Limits, SpringSpec,
};

use super::defaults::Look;
use super::links::Skeleton;
use super::mobility::{Mobility, Row};
use super::model::Model;
use crate::couplings::{Leaders, Led};
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

fn all<'t>(model: &Model<'t>) -> impl Iterator<Item = Node<'t>> {
    model.root.children_called("tendon").flat_map(Node::children)
}

pub(crate) fn names<'t>(model: &Model<'t>) -> impl Iterator<Item = &'t str> {
    all(model).filter_map(Node::name)
}

pub(crate) fn find<'t>(model: &Model<'t>, name: &str) -> Option<Node<'t>> {
    all(model).find(|tendon| tendon.name() == Some(name))
}

/// Joints (body, index) and coefficients; none for a spatial tendon. The coefficients
/// of a repeated joint are summed.
pub(crate) fn terms(
    log: &mut Log,
    model: &Model<'_>,
    tendon: Node<'_>,
) -> Option<Vec<((usize, usize), f64)>> {
    if tendon.tag() != "fixed" {
        return Some(Vec::new());
    }
    let mut terms: Vec<((usize, usize), f64)> = Vec::new();
    let mut at: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for part in tendon.children_called("joint") {
        let named = part.attribute("joint")?;
        let Some(place) = model.joint(&named.value) else {
            log.unknown(named, "joint", model.joint_names());
            return None;
        };
        let share = part.attribute("coef").and_then(|found| values::number(log, found));
        let share = share.unwrap_or(1.0);
        let index = *at.entry(place).or_insert_with(|| {
            terms.push((place, 0.0));
            terms.len() - 1
        });
        terms[index].1 += share;
    }
    terms.retain(|(_, share)| *share != 0.0);
    Some(terms)
}

/// Force directions of the tendons with armature, and that armature.
pub(crate) fn armatures(log: &mut Log, model: &Model<'_>, mobility: &Mobility) -> Vec<(Row, f64)> {
    let mut found = Vec::new();
    for tendon in all(model).filter(|tendon| tendon.tag() == "fixed") {
        let look = model.defaults.look(log, tendon, None);
        let armature = look.not_negative(log, "armature").unwrap_or(0.0);
        if armature > 0.0
            && let Some(terms) = terms(log, model, tendon)
        {
            let dof = |(joint, share)| mobility.dof(joint).map(|dof| (dof, share));
            found.push((terms.into_iter().filter_map(dof).collect(), armature));
        }
    }
    found
}

/// Adds the passive forces of fixed tendons to the joints. Those of a tendon over
/// coupled joints are reflected to their leading joint.
pub(crate) fn fold(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    couplings: &[CouplingSpec],
    joints: &mut [JointSpec],
) {
    let leaders = Leaders::new(couplings);
    for tendon in all(model).filter(|tendon| tendon.tag() == "fixed") {
        let look = model.defaults.look(log, tendon, None);
        let mut passive = Passive::read(log, &look, model.settings.auto_limits);
        if passive.is_none() {
            continue;
        }
        let Some(terms) = terms(log, model, tendon) else { continue };
        // Without a length, the rest length is that at the rest coordinates of the joints.
        let rest = |((body, joint), share): &((usize, usize), f64)| {
            model.bodies[*body].joints[*joint].spring_rest * share
        };
        let rest: f64 = terms.iter().map(rest).sum();
        passive.rest.get_or_insert([rest, rest]);
        let Some((joint, share, offset)) = lever(skeleton, &leaders, &terms) else {
            let names = passive.names();
            let what = format!("{names} of a tendon over independent joints");
            log.note(ImportStatus::Dropped, tendon, what).doubt();
            continue;
        };
        if let Some(spec) = joints.iter_mut().find(|spec| spec.name == joint) {
            passive.apply(log, tendon, spec, (share, offset));
        }
    }
}

/// The one joint that moves a tendon, length per coordinate, and length at zero.
fn lever<'c>(
    skeleton: &'c Skeleton,
    leaders: &Leaders<'c>,
    terms: &[((usize, usize), f64)],
) -> Option<(&'c str, f64, f64)> {
    let mut found: Option<(&str, f64, f64)> = None;
    for (place, share) in terms {
        let name = skeleton.joint_names.get(place)?;
        let led = if terms.len() == 1 { Led::own(name) } else { leaders.lead(name) };
        let (joint, total, offset) = found.get_or_insert((led.leader, 0.0, 0.0));
        if *joint != led.leader {
            return None;
        }
        *total += share * led.ratio;
        *offset += share * led.offset;
    }
    found.filter(|(_, share, _)| share.abs() > 1e-12)
}

/// Passive properties of a tendon.
#[derive(Debug)]
struct Passive {
    range: Option<[f64; 2]>,
    stiffness: f64,
    /// Range of lengths without force.
    rest: Option<[f64; 2]>,
    damping: f64,
    friction: f64,
    armature: f64,
}

impl Passive {
    fn read(log: &mut Log, look: &Look<'_>, auto_limits: bool) -> Self {
        let rest = look.attribute("springlength").and_then(|found| values::numbers(log, found));
        let rest = match rest.as_deref() {
            Some([one]) => Some([*one, *one]),
            Some([low, high, ..]) => Some([*low, *high]),
            _ => None,
        };
        Self {
            range: look.range(log, "range", "limited", auto_limits),
            stiffness: look.resistance(log, "stiffness"),
            rest: rest.filter(|ends| *ends != [-1.0, -1.0]),
            damping: look.resistance(log, "damping"),
            friction: look.not_negative(log, "frictionloss").unwrap_or(0.0),
            armature: look.not_negative(log, "armature").unwrap_or(0.0),
        }
    }

    /// Names of its properties.
    fn parts(&self) -> Vec<&'static str> {
        let all = [
            ("range", self.range.is_some()),
            ("stiffness", self.stiffness > 0.0),
            ("damping", self.damping > 0.0),
            ("frictionloss", self.friction > 0.0),
            ("armature", self.armature > 0.0),
        ];
        all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect()
    }

    fn is_none(&self) -> bool {
        self.parts().is_empty()
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.parts().iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    }

    /// Adds them to the joint that moves the tendon.
    fn apply(
        &self,
        log: &mut Log,
        tendon: Node<'_>,
        joint: &mut JointSpec,
        (share, offset): (f64, f64),
    ) {
        let squared = share * share;
        joint.damping = tidy(joint.damping + self.damping * squared);
        joint.armature = tidy(joint.armature + self.armature * squared);
        joint.friction = tidy(joint.friction + self.friction * share.abs());
        if let Some(ends) = self.range {
            let [one, other] = ends.map(|end| (end - offset) / share);
            limit(joint, one.min(other), one.max(other));
        }
        if let Some([low, high]) = self.rest.filter(|_| self.stiffness > 0.0) {
            if (low - high).abs() > 1e-12 {
                let what = "the slack range of the spring of a tendon: replaced by its middle";
                log.note(ImportStatus::Approximated, tendon, what).doubt();
            }
            let rest = (f64::midpoint(low, high) - offset) / share;
            spring(joint, self.stiffness * squared, rest);
        }
        let what = format!("{} of a tendon: moved to joint `{}`", self.names(), joint.name);
        log.note(ImportStatus::Kept, tendon, what);
    }
}

/// Narrows the limits of a joint.
fn limit(joint: &mut JointSpec, lower: f64, upper: f64) {
    let (own_lower, own_upper) =
        joint.kind.limits_si().unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let (lower, upper) = (tidy(lower.max(own_lower)), tidy(upper.min(own_upper)));
    if lower > upper {
        return;
    }
    joint.kind = if joint.kind.is_prismatic() {
        JointKind::Prismatic { limits: Some(Limits { lower, upper }) }
    } else {
        let (lower, upper) = (Angle::Rad(lower), Angle::Rad(upper));
        JointKind::Revolute { limits: Limits { lower, upper } }
    };
}

/// Adds a spring to that of a joint; the rest coordinate is the weighted mean.
fn spring(joint: &mut JointSpec, stiffness: f64, rest: f64) {
    let (own, own_rest) =
        joint.spring.map_or((0.0, 0.0), |spring| (spring.stiffness, spring.rest.si()));
    let whole = own + stiffness;
    let rest = tidy((own * own_rest + stiffness * rest) / whole);
    let rest = if joint.kind.is_prismatic() { Coordinate::M(rest) } else { Coordinate::Rad(rest) };
    joint.spring = Some(SpringSpec { stiffness: tidy(whole), rest });
}
