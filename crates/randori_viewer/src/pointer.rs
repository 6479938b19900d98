//! The object under the mouse, and selection by click.
//!
//! Rays are cast against collision shapes, as sensors do, so only bodies with
//! collision shapes can be selected.

use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_egui::input::EguiWantsInput;
use randori_core::math::Vector;
use randori_sim::world::RayHit;

use crate::convert::from_bevy;
use crate::main_camera::{CameraSystems, MainCamera};
use crate::run::{Run, RunSystems};
use crate::selection::Selection;

/// Maximum distance of selection, m.
const REACH: f32 = 500.0;

/// The mouse ray, while the pointer is over the picture.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Default)]
pub struct Pointer {
    /// From the camera through the mouse: origin (m) and unit vector, in the world.
    pub ray: Option<(Vector, Vector)>,
    /// The first hit on that ray.
    pub hit: Option<RayHit>,
}

/// Follows the mouse, and selects with a left click.
pub(crate) struct PointerPlugin;

impl Plugin for PointerPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Pointer>().init_resource::<Selection>().add_systems(
            Update,
            (point, pick).chain().in_set(RunSystems::Draw).after(CameraSystems),
        );
    }
}

fn point(
    egui: Res<EguiWantsInput>,
    window: Query<&Window, With<PrimaryWindow>>,
    camera: Query<(&Camera, &Transform), With<MainCamera>>,
    mut run: ResMut<Run>,
    mut pointer: ResMut<Pointer>,
) {
    let mouse = window.single().ok().and_then(Window::cursor_position);
    let ray = match (mouse, camera.single()) {
        (Some(mouse), Ok((camera, place))) if !egui.wants_any_pointer_input() => {
            // Panels beside the picture let clicks through.
            let picture = camera.logical_viewport_rect();
            picture
                .filter(|picture| picture.contains(mouse))
                .and_then(|_| camera.viewport_to_world(&GlobalTransform::from(*place), mouse).ok())
        }
        _ => None,
    };
    let ray = ray.map(|ray| (from_bevy(ray.origin), from_bevy(*ray.direction)));
    let hit = ray.and_then(|(origin, direction)| {
        run.episode()?.simulation().world().cast_ray(origin, direction, REACH, None)
    });
    *pointer = Pointer { ray, hit };
}

fn pick(
    buttons: Res<ButtonInput<MouseButton>>,
    pointer: Res<Pointer>,
    run: Res<Run>,
    mut seen: Local<u64>,
    mut selection: ResMut<Selection>,
) {
    if *seen != run.generation() {
        *seen = run.generation();
        selection.0 = None;
    }
    if buttons.just_pressed(MouseButton::Left) && pointer.ray.is_some() {
        selection.0 = pointer.hit.and_then(|hit| hit.body);
    }
}
