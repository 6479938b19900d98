//! Zones as boxes of coloured air, and marks as pins.

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
const ZONE_ALPHA: f32 = 0.16;
const MARK_COLOR: [f32; 3] = [0.88, 0.20, 0.18];
/// Height of a pin, m.
pub(crate) const PIN_HEIGHT: f32 = 0.4;
/// Radius of its head, m.
pub(crate) const PIN_HEAD: f32 = 0.035;

/// A zone or a part of a pin.
#[derive(Component)]
struct Sign;

/// Draws zones and marks.
pub(super) struct MarksPlugin;

impl Plugin for MarksPlugin {
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
    let zones = zones.enumerate().map(|(index, zone)| {
        let color = ZONE_COLORS[index % ZONE_COLORS.len()];
        (zone_shape(zone), transform(&zone.pose.pose()), Paint::shining(color, ZONE_ALPHA))
    });
    let pins = scenario.spec.marks.values().flat_map(|mark| {
        let [x, y, z] = mark.map(|it| it as f32);
        let height = f64::from(PIN_HEIGHT);
        let needle = Shape::Cylinder { radius: 0.006, length: height };
        let head = Shape::Sphere { radius: f64::from(PIN_HEAD) };
        [
            (needle, Transform::from_xyz(x, y, z + PIN_HEIGHT / 2.0), Paint::dull([0.3; 3])),
            (head, Transform::from_xyz(x, y, z + PIN_HEIGHT), Paint::dull(MARK_COLOR)),
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

fn zone_shape(zone: &ZoneSpec) -> Shape {
    match zone.shape {
        ZoneShape::Box { size } => Shape::Box { size },
        ZoneShape::Sphere { radius } => Shape::Sphere { radius },
        ZoneShape::Cylinder { radius, length } => Shape::Cylinder { radius, length },
    }
}
