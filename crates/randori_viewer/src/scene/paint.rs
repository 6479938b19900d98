//! Paint of meshes: a colour becomes a material that suits the rendering quality.
//!
//! A plugin that draws a mesh gives it a [`Paint`], and no material.

use std::collections::{BTreeMap, BTreeSet};

use bevy::asset::embedded_asset;
use bevy::light::NotShadowCaster;
use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey, MaterialPlugin};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, Face, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;

use crate::quality::Quality;

/// The colour of a mesh, from which its material follows.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paint {
    /// Red, green, blue, 0 to 1, as in files (sRGB).
    pub color: [f32; 3],
    /// Opacity; 1 is opaque.
    pub alpha: f32,
    /// Response to light.
    pub finish: Finish,
}

/// Response to light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Finish {
    /// Matte, with shadows.
    Dull,
    /// Unlit, without shadow.
    Shining,
    /// As [`Self::Shining`], with only back faces drawn: around a smaller mesh it
    /// is an outline.
    Outline,
}

impl Paint {
    /// Opaque and matte.
    pub(crate) fn dull(color: [f32; 3]) -> Self {
        Self { color, alpha: 1.0, finish: Finish::Dull }
    }

    /// Unlit; `alpha` of 1 is opaque.
    pub(crate) fn shining(color: [f32; 3], alpha: f32) -> Self {
        Self { color, alpha, finish: Finish::Shining }
    }

    fn linear(self) -> LinearRgba {
        let [red, green, blue] = self.color;
        Srgba::new(red, green, blue, self.alpha).into()
    }

    fn key(self) -> Key {
        let [red, green, blue] = self.color;
        let bits = [red, green, blue, self.alpha].map(|it| (it.clamp(0.0, 1.0) * 255.0) as u8);
        (bits, self.finish)
    }
}

type Key = ([u8; 4], Finish);

/// A colour under a fixed sun, for software rendering.
#[derive(Asset, TypePath, AsBindGroup, Debug, Clone)]
#[bind_group_data(PlainKey)]
pub(crate) struct Plain {
    #[uniform(0)]
    look: PlainLook,
    is_solid: bool,
    is_outline: bool,
}

#[derive(ShaderType, Debug, Clone, Copy)]
struct PlainLook {
    color: Vec4,
    lit: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlainKey {
    is_outline: bool,
}

impl From<&Plain> for PlainKey {
    fn from(plain: &Plain) -> Self {
        Self { is_outline: plain.is_outline }
    }
}

impl Material for Plain {
    fn fragment_shader() -> ShaderRef {
        "embedded://randori_viewer/scene/plain.wgsl".into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        if self.is_solid { AlphaMode::Opaque } else { AlphaMode::Blend }
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        if key.bind_group_data.is_outline {
            descriptor.primitive.cull_mode = Some(Face::Front);
        }
        Ok(())
    }
}

/// Assigns materials to [painted](Paint) entities.
pub(super) struct PaintPlugin;

impl Plugin for PaintPlugin {
    fn build(&self, app: &mut App) {
        embedded_asset!(app, "plain.wgsl");
        app.add_plugins(MaterialPlugin::<Plain>::default()).add_systems(PostUpdate, paint);
    }
}

/// Entities of the same colour share a material, so that they are drawn in one batch.
#[derive(Default)]
struct Pots {
    quality: Option<Quality>,
    plain: BTreeMap<Key, Handle<Plain>>,
    real: BTreeMap<Key, Handle<StandardMaterial>>,
    /// Entities that lost a material in the previous frame, to get one of the other type.
    stripped: BTreeSet<Entity>,
}

/// Material types of an entity.
type Coats = (Has<MeshMaterial3d<Plain>>, Has<MeshMaterial3d<StandardMaterial>>);

/// Paints new entities and those with a changed colour. An entity that changes from
/// one type of material to the other has none for a frame: if both are exchanged at
/// once, Bevy draws it with the pipeline of one and the bindings of the other.
fn paint(
    quality: Option<Res<Quality>>,
    painted: Query<(Entity, Ref<Paint>, Coats)>,
    mut pots: Local<Pots>,
    mut plain: ResMut<Assets<Plain>>,
    mut real: ResMut<Assets<StandardMaterial>>,
    mut commands: Commands,
) {
    let Some(quality) = quality.map(|it| *it) else { return };
    let all = pots.quality.replace(quality) != Some(quality);
    let stripped = std::mem::take(&mut pots.stripped);
    for (entity, paint, (is_plain, is_real)) in &painted {
        if !all && !paint.is_changed() && !stripped.contains(&entity) {
            continue;
        }
        let becomes_real = quality.has_shadows() && paint.finish == Finish::Dull;
        if if becomes_real { is_plain } else { is_real } {
            pots.stripped.insert(entity);
            let mut entity = commands.entity(entity);
            entity.remove::<(MeshMaterial3d<Plain>, MeshMaterial3d<StandardMaterial>)>();
            continue;
        }
        let (key, mut entity) = (paint.key(), commands.entity(entity));
        if becomes_real {
            let handle = pots.real.entry(key).or_insert_with(|| real.add(real_paint(*paint)));
            entity.insert(MeshMaterial3d(handle.clone())).remove::<NotShadowCaster>();
        } else {
            let handle = pots.plain.entry(key).or_insert_with(|| plain.add(plain_paint(*paint)));
            entity.insert((MeshMaterial3d(handle.clone()), NotShadowCaster));
        }
    }
}

fn real_paint(paint: Paint) -> StandardMaterial {
    StandardMaterial {
        base_color: paint.linear().into(),
        perceptual_roughness: 0.75,
        reflectance: 0.3,
        alpha_mode: if paint.alpha < 1.0 { AlphaMode::Blend } else { AlphaMode::Opaque },
        ..default()
    }
}

fn plain_paint(paint: Paint) -> Plain {
    Plain {
        look: PlainLook {
            color: paint.linear().to_vec4(),
            lit: if paint.finish == Finish::Dull { 1.0 } else { 0.0 },
        },
        is_solid: paint.alpha >= 1.0,
        is_outline: paint.finish == Finish::Outline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_type_of_material_comes_a_frame_after_the_old_one_is_gone() {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, AssetPlugin::default()))
            .init_asset::<Plain>()
            .init_asset::<StandardMaterial>()
            .insert_resource(Quality::Low)
            .add_systems(PostUpdate, paint);
        let thing = app.world_mut().spawn(Paint::dull([0.5; 3])).id();
        let coats = |app: &mut App| {
            app.update();
            let thing = app.world().entity(thing);
            let is_plain = thing.contains::<MeshMaterial3d<Plain>>();
            (is_plain, thing.contains::<MeshMaterial3d<StandardMaterial>>())
        };
        assert_eq!(coats(&mut app), (true, false));

        app.insert_resource(Quality::High);
        assert_eq!(coats(&mut app), (false, false));
        assert_eq!(coats(&mut app), (false, true));

        app.insert_resource(Quality::Low);
        assert_eq!(coats(&mut app), (false, false));
        assert_eq!(coats(&mut app), (true, false));
    }
}
