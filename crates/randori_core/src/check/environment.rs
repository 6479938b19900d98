//! The `Environment(...)` file.

use super::report::{At, Report};
use super::{bounds, names, poses, shapes};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{EnvironmentSpec, Mobility, ObjectSpec};

/// Excludes the names, which may clash with those of a scenario as well; see [`add_names`].
pub(super) fn check(report: &mut Report<'_>, root: &At<'_>, environment: &EnvironmentSpec) {
    shapes::materials(report, &root.field("materials"), &environment.materials);
    if let Some(ground) = &environment.ground {
        let at = root.field("ground");
        let frictions = [
            ("friction", ground.friction),
            ("torsional_friction", ground.torsional_friction),
            ("rolling_friction", ground.rolling_friction),
        ];
        for (name, value) in frictions {
            report.amount(&at.field(name), value, bounds::CONTACT);
        }
        report.fraction(&at.field("restitution"), Some(ground.restitution));
        if let Some(soft) = &ground.softness {
            shapes::softness(report, &at.field("softness"), soft);
        }
    }
    let at = root.field("objects");
    for (index, object) in environment.objects.iter().enumerate() {
        let at = at.index(index);
        poses::pose(report, &at.field("pose"), &object.pose);
        let is_movable = !matches!(object.mobility, Mobility::Static);
        let shapes_at = at.field("shapes");
        shapes::list(report, &shapes_at, &object.shapes, &environment.materials, is_movable);
        mobility(report, &at, object);
    }
    shapes::zones(report, &root.field("zones"), &environment.zones);
    let at = root.field("magnetic_field");
    report.bounded_parts(&at, &environment.magnetic_field, bounds::MAGNETIC_FIELD);
}

fn mobility(report: &mut Report<'_>, at: &At<'_>, object: &ObjectSpec) {
    let Mobility::Movable { mass_kg, linear_velocity, angular_velocity } = object.mobility else {
        return;
    };
    let mobility_at = at.field("mobility");
    report.mass(&mobility_at.field("mass_kg"), mass_kg);
    for (name, parts) in
        [("linear_velocity", linear_velocity), ("angular_velocity", angular_velocity)]
    {
        report.bounded_parts(&mobility_at.field(name), &parts, bounds::SPEED);
    }
    if !object.shapes.iter().any(|shape| shapes::is_solid(&shape.shape)) {
        let message = format!("object `{}` moves but has no shape with a volume", object.name);
        let (code, at) = (DiagnosticCode::NO_VOLUME, at.field("shapes"));
        let error = report.error(code, &at, message, "its mass cannot be spread over these");
        error.help.push("add a box, ball, capsule, cylinder, cone or hull".to_owned());
    }
}

/// Adds the names of an environment, with their positions, to a shared set.
pub(super) fn add_names<'n>(
    report: &mut Report<'_>,
    names: &mut names::Names<'n>,
    environment: &'n EnvironmentSpec,
) {
    let part = crate::text::Part::Environment;
    for (index, object) in environment.objects.iter().enumerate() {
        let place = names::Place { part, list: "objects", index: Some(index), what: "object" };
        names.add(report, place, &object.name);
    }
    for (index, zone) in environment.zones.iter().enumerate() {
        let place = names::Place { part, list: "zones", index: Some(index), what: "zone" };
        names.add(report, place, &zone.name);
    }
}
