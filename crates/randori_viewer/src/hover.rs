//! The object under the pointer: its name, its kind and the hit point.

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::Vector;
use randori_core::spec::{Mobility, Scenario, ZoneShape, ZoneSpec};
use randori_sim::world::RayHit;

use crate::panels::{AddPanel, Panels};
use crate::pointer::Pointer;
use crate::run::Run;
use crate::scene::PIN_HEIGHT;

/// Pick radius of the head of a pin, as a share of the distance.
const NEAR: f32 = 0.012;

/// Shows names at the pointer.
pub(crate) struct HoverPlugin;

impl Plugin for HoverPlugin {
    fn build(&self, app: &mut App) {
        app.add_floating(show);
    }
}

/// Lines about the object under the pointer, the name first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct About {
    name: String,
    lines: Vec<String>,
}

fn show(context: &egui::Context, world: &mut World) {
    let is_busy = world
        .get_resource::<ButtonInput<MouseButton>>()
        .is_some_and(|it| it.get_pressed().next().is_some());
    let Some(at) = context.pointer_hover_pos().filter(|_| !is_busy) else { return };
    let (Some(pointer), Some(run)) = (world.get_resource::<Pointer>(), world.get_resource::<Run>())
    else {
        return;
    };
    let Some(about) = about(pointer, run) else { return };
    let picture = world.resource::<Panels>().picture().unwrap_or(context.content_rect());
    if !picture.contains(at) {
        return;
    }
    let space = egui::vec2(210.0, 28.0 + 17.0 * about.lines.len() as f32);
    let mut corner = at + egui::vec2(16.0, 18.0);
    corner.x = corner.x.min(picture.right() - space.x);
    if corner.y + space.y > picture.bottom() {
        corner.y = at.y - space.y - 8.0;
    }
    egui::Area::new("hover".into())
        .order(egui::Order::Tooltip)
        .interactable(false)
        .fixed_pos(corner)
        .show(context, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(space.x);
                ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.strong(&about.name);
                about.lines.iter().for_each(|line| drop(ui.label(line)));
            });
        });
}

fn about(pointer: &Pointer, run: &Run) -> Option<About> {
    let (scenario, layout) = (run.scenario()?, run.layout()?);
    let ray = pointer.ray?;
    let reach = pointer.hit.map_or(f32::INFINITY, |hit| hit.distance_m);
    if let Some((name, at)) = waypoint_near(scenario, ray, reach) {
        let lines = vec!["waypoint".to_owned(), place_text(at)];
        return Some(About { name, lines });
    }
    let hit = pointer.hit?;
    let mut about = of_hit(scenario, layout, &hit);
    let zones = scenario.environment.zones.iter().chain(&scenario.spec.zones);
    let inside = zones.filter(|zone| holds(zone, hit.point));
    about.lines.extend(inside.map(|zone| format!("in zone {}", zone.name)));
    Some(about)
}

fn of_hit(scenario: &Scenario, layout: &SceneLayout, hit: &RayHit) -> About {
    let place = place_text(hit.point);
    match hit.body {
        Some(body) => About {
            name: layout.body_name(body).into_owned(),
            lines: vec![kind_text(scenario, layout, body), place],
        },
        None => About { name: "ground".to_owned(), lines: vec![place] },
    }
}

/// The kind of a body, in a few words.
fn kind_text(scenario: &Scenario, layout: &SceneLayout, body: BodyId) -> String {
    let index = body.0;
    if let Some(robot) = layout.bodies.get(index).and_then(|entry| entry.robot) {
        let robot = &layout.robots[robot.0];
        let what = if robot.base == body { "base of robot" } else { "link of robot" };
        return format!("{what} {}", robot.name);
    }
    if layout.objects.contains(&index) {
        return match scenario.environment.objects[index - layout.objects.start].mobility {
            Mobility::Static => "fixed object".to_owned(),
            Mobility::Movable { mass_kg, .. } => format!("movable object, {mass_kg} kg"),
        };
    }
    let what = if layout.actors.contains(&index) { "actor" } else { "box that was dropped" };
    what.to_owned()
}

fn place_text(at: Vector) -> String {
    // Avoids negative zero.
    let [x, y, z] = at.to_array().map(|it| (it * 100.0).round() / 100.0 + 0.0);
    format!("x {x:.2}  y {y:.2}  z {z:.2} m")
}

/// The waypoint whose pin is nearest to a ray, if it is close enough and not
/// occluded.
fn waypoint_near(
    scenario: &Scenario,
    (origin, direction): (Vector, Vector),
    reach: f32,
) -> Option<(String, Vector)> {
    let mut nearest: Option<(f32, String, Vector)> = None;
    for (name, waypoint) in &scenario.spec.waypoints {
        let at = Vector::from_array(waypoint.map(|it| it as f32));
        for part in [0.0, 0.33, 0.67, 1.0] {
            let along = at + Vector::Z * (PIN_HEIGHT * part) - origin;
            let depth = along.dot(direction);
            let aside = (along - direction * depth).length();
            let is_near = aside < 0.05_f32.max(NEAR * depth) && depth > 0.0 && depth < reach + 0.1;
            if is_near && nearest.as_ref().is_none_or(|(best, ..)| aside < *best) {
                nearest = Some((aside, name.clone(), at));
            }
        }
    }
    nearest.map(|(_, name, at)| (name, at))
}

/// True if a point lies in a zone.
fn holds(zone: &ZoneSpec, point: Vector) -> bool {
    let local = zone.pose.pose().inverse() * point;
    let [x, y, z] = local.to_array().map(|it| f64::from(it.abs()));
    match zone.shape {
        ZoneShape::Box { size } => [x, y, z].iter().zip(size).all(|(at, edge)| *at <= edge / 2.0),
        ZoneShape::Sphere { radius } => x * x + y * y + z * z <= radius * radius,
        ZoneShape::Cylinder { radius, length } => {
            x * x + y * y <= radius * radius && z <= length / 2.0
        }
    }
}

#[cfg(test)]
mod tests {
    use randori_core::spec::PoseSpec;

    use super::*;

    #[test]
    fn a_zone_holds_what_lies_in_it() {
        let zone = |shape| ZoneSpec { name: "z".to_owned(), pose: PoseSpec::default(), shape };
        let flat = zone(ZoneShape::Cylinder { radius: 1.0, length: 0.5 });

        assert!(holds(&flat, Vector::new(0.7, 0.7, 0.2)));
        assert!(!holds(&flat, Vector::new(0.7, 0.7, 0.3)));
        assert!(!holds(&flat, Vector::new(0.9, 0.7, 0.0)));
        assert!(holds(&zone(ZoneShape::Box { size: [2.0; 3] }), Vector::splat(-1.0)));
    }

    #[test]
    fn places_have_centimetres_and_no_negative_zero() {
        assert_eq!(place_text(Vector::new(1.234, -0.001, -2.5)), "x 1.23  y 0.00  z -2.50 m");
    }
}
