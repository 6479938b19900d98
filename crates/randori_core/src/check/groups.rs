//! Collision groups, which are counted over the whole scenario.

use std::collections::BTreeSet;

use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::spec::ShapeSpec;
use crate::text::{Part, Specs};

/// Groups besides `default`: physics engines keep one bit for each of 32.
const MOST: usize = 31;

pub(super) fn check(report: &mut Report<'_>, specs: &Specs) {
    let named = specs.scenario.as_ref().map_or(0, |scenario| scenario.robots.len());
    if specs.environment.is_none() || specs.robots.len() < named {
        return; // Groups of a file that cannot be read are unknown.
    }
    let mut known: BTreeSet<&str> = BTreeSet::from(["default"]);
    each_shape(specs, &mut |_, shape| known.extend(shape.group.as_deref()));
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let names: Vec<&str> = known.iter().copied().collect();
    each_shape(specs, &mut |at, shape| {
        if let Some(group) = &shape.group
            && group != "default"
            && used.insert(group)
            && used.len() == MOST + 1
        {
            let message = format!("more than {MOST} collision groups are used");
            let code = DiagnosticCode::TOO_MANY_GROUPS;
            report.error(code, &at.field("group"), message, "one group too many");
        }
        for (index, group) in shape.ignores.iter().enumerate() {
            if !known.contains(group.as_str()) && !report.is_full() {
                let message = format!("no shape is in the collision group `{group}`");
                let code = DiagnosticCode::UNKNOWN_GROUP;
                let at = at.field("ignores");
                let similar = report.similar(group, names.iter().copied());
                let warning = report.warning(code, &at.index(index), message, "without effect");
                warning.help.extend(similar.map(|name| format!("did you mean `{name}`?")));
            }
        }
    });
}

fn each_shape<'s>(specs: &'s Specs, visit: &mut dyn FnMut(&At<'_>, &'s ShapeSpec)) {
    let mut visit_list = |at: &At<'_>, shapes: &'s [ShapeSpec]| {
        for (index, shape) in shapes.iter().enumerate() {
            visit(&at.field("shapes").index(index), shape);
        }
    };
    for (robot, spec) in &specs.robots {
        for (index, link) in spec.links.iter().enumerate() {
            visit_list(&At::root(Part::Robot(*robot)).field("links").index(index), &link.shapes);
        }
    }
    let objects = specs.environment.iter().flat_map(|environment| &environment.objects);
    for (index, object) in objects.enumerate() {
        visit_list(&At::root(Part::Environment).field("objects").index(index), &object.shapes);
    }
}
