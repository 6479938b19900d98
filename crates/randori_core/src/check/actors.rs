//! Actors: objects that move along a path.

use super::bounds;
use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{ActorModel, ActorSpec};

pub(super) fn check(report: &mut Report<'_>, at: &At<'_>, actors: &[ActorSpec], duration: f64) {
    for (index, actor) in actors.iter().enumerate() {
        let at = at.index(index);
        report.positive(&at.field("speed"), actor.speed);
        report.bounded(&at.field("speed"), actor.speed, bounds::SPEED);
        for (index, corner) in actor.path.iter().enumerate() {
            let path = at.field("path");
            report.bounded_parts(&path.index(index), corner, bounds::PLACE);
        }
        report.time(&at.field("start"), actor.start.abs());
        if actor.start >= duration && duration > 0.0 {
            let message = format!("actor `{}` starts after the end of the run", actor.name);
            let label = format!("the run lasts {duration} s");
            report.warning(DiagnosticCode::AFTER_THE_END, &at.field("start"), message, label);
        }
        let first = actor.path.first();
        if actor.path.iter().all(|corner| Some(corner) == first) {
            let message = format!("the path of actor `{}` has no length", actor.name);
            let label = "at least two different points are needed";
            report.error(DiagnosticCode::DEGENERATE_SHAPE, &at.field("path"), message, label);
        }
        let ActorModel::Pedestrian { height, radius } = actor.model;
        let at = at.field("model");
        report.size(&at.field("height"), height);
        report.size(&at.field("radius"), radius);
        if height < 2.0 * radius && height > 0.0 {
            let rule = "must be at least twice the radius";
            report.out_of_range(&at.field("height"), height, rule);
        }
    }
}
