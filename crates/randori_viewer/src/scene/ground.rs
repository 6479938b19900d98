//! Sun, sky and ground with its grid.

use bevy::asset::{RenderAssetUsages, embedded_asset};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::light::NotShadowCaster;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::pbr::MaterialPlugin;
use bevy::prelude::*;
use bevy::render::render_resource::AsBindGroup;
use bevy::shader::ShaderRef;

use crate::main_camera::{CameraSystems, MainCamera};
use crate::quality::Quality;
use crate::run::{Run, RunSystems};

use super::paint::Paint;

/// Direction to the sun, in Bevy's axes; `plain.wgsl` has the same.
const SUN: Vec3 = Vec3::new(-0.4082, 0.8165, 0.4082);
/// Colour of the sky at the horizon.
const HORIZON: [f32; 3] = [0.80, 0.85, 0.90];
const ZENITH: [f32; 3] = [0.36, 0.55, 0.78];
const GROUND: [f32; 3] = [0.60, 0.61, 0.60];
const LINE: [f32; 3] = [0.36, 0.38, 0.40];
/// Half of the edge of the ground around the camera, m.
const REACH: f32 = 250.0;
/// Height of the lines above the ground, m.
const LIFT: f32 = 0.001;

/// Grid lines on the ground.
#[derive(Asset, TypePath, AsBindGroup, Debug, Clone)]
struct Grid {
    #[uniform(0)]
    ground: LinearRgba,
    #[uniform(0)]
    line: LinearRgba,
    #[uniform(0)]
    horizon: LinearRgba,
}

impl Material for Grid {
    fn fragment_shader() -> ShaderRef {
        "embedded://randori_viewer/scene/grid.wgsl".into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        if self.ground.alpha >= 1.0 { AlphaMode::Opaque } else { AlphaMode::Blend }
    }

    fn depth_bias(&self) -> f32 {
        // Behind all other transparent objects.
        -1000.0
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// Follows the camera, so that it seems infinite.
#[derive(Component)]
struct Endless;

/// A part of the ground.
#[derive(Component)]
struct Ground;

/// Sun, sky and ground.
pub(super) struct GroundPlugin;

impl Plugin for GroundPlugin {
    fn build(&self, app: &mut App) {
        embedded_asset!(app, "grid.wgsl");
        app.add_plugins(MaterialPlugin::<Grid>::default())
            .insert_resource(ClearColor(color(HORIZON).into()))
            .insert_resource(GlobalAmbientLight { brightness: 330.0, ..default() })
            .add_systems(Startup, (sun, sky))
            .add_systems(
                Update,
                (ground, follow).chain().after(CameraSystems).in_set(RunSystems::Draw),
            );
    }
}

fn color([red, green, blue]: [f32; 3]) -> LinearRgba {
    Srgba::rgb(red, green, blue).into()
}

fn sun(mut commands: Commands) {
    commands.spawn((
        DirectionalLight { illuminance: 2300.0, ..default() },
        Transform::from_translation(SUN).looking_at(Vec3::ZERO, Vec3::Y),
    ));
}

fn sky(mut commands: Commands, mut meshes: ResMut<Assets<Mesh>>) {
    let dome = (
        Mesh3d(meshes.add(dome())),
        Paint::shining([1.0; 3], 1.0),
        Transform::default(),
        NoFrustumCulling,
        Endless,
    );
    commands.spawn(dome);
}

/// A hemisphere seen from inside, with the colours of the sky, and a rim below the
/// horizon.
fn dome() -> Mesh {
    const AROUND: u32 = 24;
    let rings = [-12.0_f32, 0.0, 4.0, 10.0, 20.0, 38.0, 62.0, 90.0];
    let (mut corners, mut colors, mut triangles) = (Vec::new(), Vec::new(), Vec::new());
    let (low, high) = (color(HORIZON), color(ZENITH));
    for (row, degrees) in rings.into_iter().enumerate() {
        let (up, out) = libm::sincosf(degrees.to_radians());
        let shade = low.mix(&high, libm::powf(up.max(0.0), 0.55)).to_f32_array();
        for step in 0..=AROUND {
            let angle = step as f32 / AROUND as f32 * std::f32::consts::TAU;
            let (sin, cos) = libm::sincosf(angle);
            corners.push([REACH * out * cos, REACH * up, REACH * out * sin]);
            colors.push(shade);
            if row > 0 && step > 0 {
                let here = row as u32 * (AROUND + 1) + step;
                let (below, before) = (here - AROUND - 1, here - 1);
                triangles.extend([below - 1, below, here, below - 1, here, before]);
            }
        }
    }
    let normals = vec![[0.0, -1.0, 0.0]; corners.len()];
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, corners)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, colors)
        .with_inserted_indices(Indices::U32(triangles))
}

/// Adds the ground of an opened run, or only grid lines if it has no ground.
fn ground(
    run: Res<Run>,
    quality: Option<Res<Quality>>,
    mut laid: Local<Option<(u64, Quality)>>,
    old: Query<Entity, With<Ground>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut grids: ResMut<Assets<Grid>>,
    mut commands: Commands,
) {
    let (Some(scenario), Some(quality)) = (run.scenario(), quality.map(|it| *it)) else { return };
    if laid.replace((run.generation(), quality)) == Some((run.generation(), quality)) {
        return;
    }
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    let height = scenario.environment.ground.as_ref().map(|ground| ground.height as f32);
    let is_bare = height.is_none();
    // Software rendering draws ground and lines in one mesh; otherwise lines are
    // drawn over the shadows.
    let at_once = !is_bare && !quality.has_shadows();
    let mesh = meshes.add(Plane3d::new(Vec3::Y, Vec2::splat(REACH)).mesh());
    let alpha = if at_once { 1.0 } else { 0.0 };
    let grid = Grid {
        ground: color(GROUND).with_alpha(alpha),
        line: color(LINE).with_alpha(0.8),
        horizon: color(HORIZON).with_alpha(if is_bare { 0.0 } else { 1.0 }),
    };
    let height = height.unwrap_or(0.0);
    commands.spawn((
        Mesh3d(mesh.clone()),
        MeshMaterial3d(grids.add(grid)),
        Transform::from_xyz(0.0, if at_once { height } else { height + LIFT }, 0.0),
        (NotShadowCaster, NoFrustumCulling, Endless, Ground),
    ));
    if !at_once && !is_bare {
        commands.spawn((
            Mesh3d(mesh),
            Paint::dull(GROUND),
            Transform::from_xyz(0.0, height, 0.0),
            (NotShadowCaster, NoFrustumCulling, Endless, Ground),
        ));
    }
}

/// Sky and ground follow the camera; the ground keeps its height.
fn follow(
    camera: Query<&Transform, (With<MainCamera>, Without<Endless>)>,
    mut endless: Query<(&mut Transform, Has<Ground>), With<Endless>>,
) {
    let Ok(camera) = camera.single() else { return };
    for (mut place, is_ground) in &mut endless {
        let eye = camera.translation;
        let height = if is_ground { place.translation.y } else { eye.y };
        place.translation = Vec3::new(eye.x, height, eye.z);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sky_is_seen_from_inside() {
        let dome = dome();
        let corners: Vec<Vec3> = dome
            .attribute(Mesh::ATTRIBUTE_POSITION)
            .and_then(|it| it.as_float3())
            .expect("it has corners")
            .iter()
            .map(|it| Vec3::from(*it))
            .collect();
        let indices: Vec<usize> = dome.indices().expect("it has triangles").iter().collect();

        for triangle in indices.chunks_exact(3) {
            let [a, b, c] = [0, 1, 2].map(|at| corners[triangle[at]]);
            assert!((b - a).cross(c - a).dot(a + b + c) <= 1.0, "{a} {b} {c}");
        }
    }
}
