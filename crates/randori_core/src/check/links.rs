//! Links: mass and inertia of possible bodies.

use std::collections::BTreeSet;

use super::report::{At, Report};
use super::{bounds, shapes};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{Base, InertiaSpec, JointKind, JointSpec, LinkSpec, RobotSpec};

pub(super) fn check(report: &mut Report<'_>, at: &At<'_>, robot: &RobotSpec) {
    for (index, link) in robot.links.iter().enumerate() {
        let at = at.index(index);
        mass(report, &at, link, robot);
        if let Some(com) = &link.com {
            report.bounded_parts(&at.field("com"), com, bounds::PLACE);
        }
        if link.mass_kg != 0.0 {
            inertia(report, &at, link);
        }
        shapes::list(report, &at.field("shapes"), &link.shapes, &robot.materials, true);
    }
}

/// A link may have no mass if it never moves, if it is welded to another one, or if it only
/// connects two joints: the usual form of a body with several degrees of freedom.
fn mass(report: &mut Report<'_>, at: &At<'_>, link: &LinkSpec, robot: &RobotSpec) {
    let place = at.field("mass_kg");
    let welds = |joint: &JointSpec| joint.child == link.name && joint.kind == JointKind::Fixed;
    let carries = |joint: &JointSpec| joint.parent == link.name;
    let is_bolted = matches!(&robot.base, Base::Fixed { link: base } if *base == link.name);
    if link.mass_kg != 0.0 {
        report.mass(&place, link.mass_kg);
    } else if is_bolted || robot.joints.iter().any(welds) || carries_mass(robot, &link.name) {
        // It does not move, or its neighbour weighs for both.
    } else if !robot.joints.iter().any(carries) {
        report.positive(&place, link.mass_kg);
    } else if !link.shapes.is_empty() {
        let message = format!("link `{}` has shapes but no mass", link.name);
        let error = report.error(DiagnosticCode::OUT_OF_RANGE, &place, message, "no mass");
        error.help.push("give it a mass, or move its shapes to another link".to_owned());
    }
}

/// True if fixed joints weld a link with mass to this link.
fn carries_mass(robot: &RobotSpec, link: &str) -> bool {
    let mut welded: BTreeSet<&str> = BTreeSet::new();
    let mut waiting = vec![link];
    while let Some(link) = waiting.pop() {
        let fixed = |joint: &&JointSpec| joint.parent == link && joint.kind == JointKind::Fixed;
        for joint in robot.joints.iter().filter(fixed) {
            if welded.insert(&joint.child) {
                waiting.push(&joint.child);
            }
        }
    }
    let weighs = |link: &&LinkSpec| link.mass_kg > 0.0 && welded.contains(link.name.as_str());
    robot.links.iter().any(|link| weighs(&link))
}

fn inertia(report: &mut Report<'_>, at: &At<'_>, link: &LinkSpec) {
    let name = &link.name;
    let place = at.field("inertia");
    let InertiaSpec::Moments { ixx, iyy, izz, ixy, ixz, iyz } = link.inertia else {
        if !link.shapes.iter().any(|shape| shapes::is_solid(&shape.shape)) {
            let message = format!("the inertia of link `{name}` cannot follow from its shapes");
            let label = "this link has no shape with a volume";
            report.error(DiagnosticCode::NO_VOLUME, &place, message, label).help.push(
                "give it a solid shape, or write `inertia: Moments(ixx: ..., iyy: ..., izz: ...)`"
                    .to_owned(),
            );
        }
        return;
    };
    for (name, moment) in [("ixx", ixx), ("iyy", iyy), ("izz", izz)] {
        report.bounded(&place.field(name), moment, bounds::MOMENT);
    }
    let [small, middle, large] = principal_moments([ixx, iyy, izz], [ixy, ixz, iyz]);
    let code = DiagnosticCode::IMPOSSIBLE_INERTIA;
    // A NaN fails the comparison, and so counts as impossible.
    let is_positive = small > 1e-9 * large && small as f32 >= f32::MIN_POSITIVE;
    if !is_positive {
        let message = format!("the inertia of link `{name}` is not positive definite");
        let [small, middle, large] = [small, middle, large].map(shown);
        let label = format!("the principal moments are {small}, {middle} and {large}");
        report.error(code, &place, message, label).help.push(
            "moments must be positive, products of inertia small beside them; \
             or write `inertia: FromShapes`"
                .to_owned(),
        );
    } else if small + middle < large * (1.0 - ROUNDING) {
        let message = format!("no body has the inertia of link `{name}`");
        let [small, middle, large] = [small, middle, large].map(shown);
        let label = format!("{small} + {middle} is less than {large}");
        report.error(code, &place, message, label).help.push(
            "no principal moment exceeds the sum of the other two; \
             moments are taken about the centre of mass"
                .to_owned(),
        );
    }
}

/// Four significant digits.
fn shown(moment: f64) -> String {
    let rounded: f64 = format!("{moment:.3e}").parse().unwrap_or(moment);
    if (1e-4..1e6).contains(&rounded.abs()) || rounded == 0.0 {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// Published moments of thin plates and rods break the triangle inequality in
/// their last printed digit.
const ROUNDING: f64 = 5e-3;

/// Eigenvalues of a symmetric matrix in ascending order, by the trigonometric
/// solution of its characteristic polynomial (O. K. Smith, 1961).
fn principal_moments([xx, yy, zz]: [f64; 3], [xy, xz, yz]: [f64; 3]) -> [f64; 3] {
    let mean = (xx + yy + zz) / 3.0;
    let (a, b, c) = (xx - mean, yy - mean, zz - mean);
    let spread = (a * a + b * b + c * c + 2.0 * (xy * xy + xz * xz + yz * yz)) / 6.0;
    let radius = libm::sqrt(spread);
    if radius == 0.0 {
        return [mean; 3];
    }
    let determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
    let cosine = (determinant / (2.0 * radius * radius * radius)).clamp(-1.0, 1.0);
    let angle = libm::acos(cosine) / 3.0;
    let third = std::f64::consts::TAU / 3.0;
    let large = mean + 2.0 * radius * libm::cos(angle);
    let small = mean + 2.0 * radius * libm::cos(angle + third);
    [small, 3.0 * mean - large - small, large]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principal_moments_do_not_depend_on_the_axes() {
        // diag(1, 2, 3) turned by 30 degrees about Z.
        let (sin, cos) = (0.5, 0.75_f64.sqrt());
        let turned = [cos * cos + 2.0 * sin * sin, sin * sin + 2.0 * cos * cos, 3.0];

        let moments = principal_moments(turned, [-sin * cos, 0.0, 0.0]);

        for (moment, expected) in moments.iter().zip([1.0, 2.0, 3.0]) {
            assert!((moment - expected).abs() < 1e-12, "{moments:?}");
        }
    }
}
