//! Outline and tint of the selected body.

use bevy::prelude::*;

use crate::run::RunSystems;
use crate::selection::Selection;

use super::PartOf;
use super::paint::{Finish, Paint};

const COLOR: [f32; 3] = [1.0, 0.62, 0.05];
/// Share of [`COLOR`] in the paint of a selected body.
const TINT: f32 = 0.35;
/// Thickness of the outline as a share of the longest edge, and at least, m.
const THICKNESS: (f32, f32) = (0.02, 0.004);
/// Maximum thickness of the outline, m.
const THICKEST: f32 = 0.02;

/// The outline around a part.
#[derive(Component)]
struct Outline;

/// Highlights the selected body.
pub(super) struct HighlightPlugin;

impl Plugin for HighlightPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, highlight.after(super::SceneSystems).in_set(RunSystems::Draw));
    }
}

fn highlight(
    selection: Option<Res<Selection>>,
    added: Query<(), Added<PartOf>>,
    mut parts: Query<(&PartOf, &ChildOf, &mut Paint)>,
    outlines: Query<Entity, With<Outline>>,
    mut commands: Commands,
) {
    let Some(selection) = selection else { return };
    if !selection.is_changed() && added.is_empty() {
        return;
    }
    outlines.iter().for_each(|outline| commands.entity(outline).despawn());
    for (part, parent, mut paint) in &mut parts {
        let is_picked = selection.0 == Some(part.body);
        let color = if is_picked { tinted(part.color) } else { part.color };
        paint.set_if_neq(Paint { color, ..*paint });
        if is_picked {
            commands.spawn((
                Mesh3d(part.form.mesh.clone()),
                Paint { color: COLOR, alpha: 1.0, finish: Finish::Outline },
                around(part),
                Outline,
                ChildOf(parent.parent()),
            ));
        }
    }
}

fn tinted(color: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|at| color[at] + TINT * (COLOR[at] - color[at]))
}

/// The part, enlarged on all sides.
fn around(part: &PartOf) -> Transform {
    let half = part.form.half * part.form.scale.abs();
    let thickness = (2.0 * half.max_element() * THICKNESS.0).max(THICKNESS.1).min(THICKEST);
    let growth = (half + thickness) / half.max(Vec3::splat(1e-4));
    let middle = part.form.middle * part.form.scale;
    let shift = middle - middle * growth;
    Transform {
        translation: part.at.translation + part.at.rotation * shift,
        rotation: part.at.rotation,
        scale: part.form.scale * growth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::mesh::Formed;

    #[test]
    fn an_outline_is_thicker_on_all_sides() {
        let form = Formed {
            mesh: Handle::default(),
            scale: Vec3::new(0.4, 0.2, 0.2),
            middle: Vec3::new(1.0, 0.0, 0.0),
            half: Vec3::splat(0.5),
        };
        let body = randori_core::layout::BodyId(0);
        let part = PartOf { body, color: [0.5; 3], form, at: Transform::from_xyz(0.0, 0.0, 1.0) };

        let outline = around(&part);

        let corner = |at: &Transform, scale: Vec3, sign: f32| {
            at.transform_point(Vec3::ZERO) + scale * (part.form.middle + sign * part.form.half)
        };
        let high = corner(&outline, outline.scale, 1.0) - corner(&part.at, part.form.scale, 1.0);
        let low = corner(&outline, outline.scale, -1.0) - corner(&part.at, part.form.scale, -1.0);
        assert!((high - 0.008).length() < 1e-5, "{high}");
        assert!((low + 0.008).length() < 1e-5, "{low}");
    }
}
