//! Zones as transparent boxes, and waypoints as pins.

use bevy::light::NotShadowCaster;
use bevy::prelude::*;
use randori_core::spec::{Shape, ZoneShape, ZoneSpec};

use crate::convert::{WorldRoot, transform};
use crate::quality::Quality;
use crate::run::{Run, RunSystems};

use super::mesh::Forms;
use super::paint::Paint;

const ZONE_COLORS: [[f32; 3]; 4] =
    [[0.95, 0.75, 0.15], [0.20, 0.65, 0.90], [0.85, 0.35, 0.60], [0.35, 0.75, 0.35]];
/// Opacity of the inside of a zone, and of its edges.
const ZONE_ALPHA: (f32, f32) = (0.05, 0.75);
/// Thickness of the edges of a zone, m.
const EDGE: f64 = 0.015;
const WAYPOINT_COLOR: [f32; 3] = [0.88, 0.20, 0.18];
/// Height of a pin, m.
pub(crate) const PIN_HEIGHT: f32 = 0.4;
/// Radius of its head, m.
pub(crate) const PIN_HEAD: f32 = 0.035;

/// A zone or a part of a pin.
#[derive(Component)]
struct Sign;

/// Draws zones and waypoints.
pub(super) struct WaypointsPlugin;

impl Plugin for WaypointsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, signs.after(super::SceneSystems).in_set(RunSystems::Draw));
    }
}

fn signs(
    run: Res<Run>,
    mut built: Local<u64>,
    roots: Query<Entity, With<WorldRoot>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut commands: Commands,
) {
    let (Some(scenario), Ok(root)) = (run.scenario(), roots.single()) else { return };
    if std::mem::replace(&mut *built, run.generation()) == run.generation() {
        return;
    }
    let mut forms = Forms::default();
    let zones = scenario.environment.zones.iter().chain(&scenario.spec.zones);
    let zones = zones
        .enumerate()
        .flat_map(|(index, zone)| zone_parts(zone, ZONE_COLORS[index % ZONE_COLORS.len()]));
    let pins = scenario.spec.waypoints.values().flat_map(|waypoint| {
        let [x, y, z] = waypoint.map(|it| it as f32);
        let height = f64::from(PIN_HEIGHT);
        let needle = Shape::Cylinder { radius: 0.006, length: height };
        let head = Shape::Sphere { radius: f64::from(PIN_HEAD) };
        [
            (needle, Transform::from_xyz(x, y, z + PIN_HEIGHT / 2.0), Paint::dull([0.3; 3])),
            (head, Transform::from_xyz(x, y, z + PIN_HEIGHT), Paint::dull(WAYPOINT_COLOR)),
        ]
    });
    for (shape, at, paint) in zones.chain(pins) {
        let Some(form) = forms.form(&shape, Quality::Medium, &mut meshes) else { continue };
        commands.spawn((
            Mesh3d(form.mesh),
            paint,
            at.with_scale(form.scale),
            (Sign, NotShadowCaster),
            ChildOf(root),
        ));
    }
}

/// The inside of a zone, and the edges of its box.
fn zone_parts(zone: &ZoneSpec, color: [f32; 3]) -> Vec<(Shape, Transform, Paint)> {
    let at = transform(&zone.pose.pose());
    let shape = match zone.shape {
        ZoneShape::Box { size } => Shape::Box { size },
        ZoneShape::Sphere { radius } => Shape::Sphere { radius },
        ZoneShape::Cylinder { radius, length } => Shape::Cylinder { radius, length },
    };
    let mut parts = vec![(shape, at, Paint::shining(color, ZONE_ALPHA.0))];
    if let ZoneShape::Box { size } = zone.shape {
        for (edge, middle) in edges(size) {
            let at = at * Transform::from_translation(middle);
            parts.push((Shape::Box { size: edge }, at, Paint::shining(color, ZONE_ALPHA.1)));
        }
    }
    parts
}

/// Sizes and middles of bars along the edges of a box.
fn edges(size: [f64; 3]) -> Vec<([f64; 3], Vec3)> {
    let mut edges = Vec::new();
    for along in 0..3 {
        let across = [(along + 1) % 3, (along + 2) % 3];
        for [first, second] in [[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]] {
            let mut bar = [EDGE; 3];
            bar[along] = size[along];
            let mut middle = [0.0; 3];
            middle[across[0]] = first * size[across[0]];
            middle[across[1]] = second * size[across[1]];
            edges.push((bar, Vec3::from(middle.map(|it: f64| it as f32))));
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_twelve_edges_on_its_surface() {
        let edges = edges([2.0, 4.0, 6.0]);

        assert_eq!(edges.len(), 12);
        for (bar, middle) in edges {
            let on_faces =
                (middle.abs() / Vec3::new(1.0, 2.0, 3.0)).to_array().map(|it| it.round() as i32);
            assert_eq!(on_faces.iter().sum::<i32>(), 2, "{bar:?} at {middle}");
        }
    }
}
