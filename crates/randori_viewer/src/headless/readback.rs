//! Reads rendered pictures back from the graphics card.
//!
//! Each update of the app yields one picture: the copy is issued and awaited in the
//! same update, so there is no delay.

use std::sync::{Arc, Mutex, PoisonError};

use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::extract_resource::{ExtractResource, ExtractResourcePlugin};
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    Buffer, BufferDescriptor, BufferUsages, CommandEncoderDescriptor, Extent3d, MapMode, PollType,
    TexelCopyBufferInfo, TexelCopyBufferLayout, TextureFormat, TextureUsages,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use bevy::render::{Render, RenderApp, RenderSystems};

use crate::film::Frame;

/// The picture of the last update; `None` if there was none.
#[derive(Resource, Clone, Default)]
pub(super) struct LastPicture(Arc<Mutex<Option<Frame>>>);

impl LastPicture {
    /// Takes the picture.
    pub(super) fn take(&self) -> Option<Frame> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, frame: Frame) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
    }
}

/// The render target.
#[derive(Resource, ExtractResource, Clone)]
struct Target(Handle<Image>);

/// Destination of a picture.
struct Landing {
    buffer: Buffer,
    size: UVec2,
}

/// Creates a render target and copies it after each update. Needs Bevy's renderer.
pub(super) fn install(app: &mut App, size: UVec2) -> RenderTarget {
    let mut image = Image::new_target_texture(size.x, size.y, TextureFormat::Rgba8UnormSrgb, None);
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    let image = app.world_mut().resource_mut::<Assets<Image>>().add(image);
    let picture = LastPicture::default();
    app.insert_resource(picture.clone())
        .insert_resource(Target(image.clone()))
        .add_plugins(ExtractResourcePlugin::<Target>::default());
    app.sub_app_mut(RenderApp)
        .insert_resource(picture)
        .add_systems(Render, read_back.after(RenderSystems::Render).before(RenderSystems::Cleanup));
    RenderTarget::Image(image.into())
}

fn read_back(
    target: Option<Res<Target>>,
    images: Res<RenderAssets<GpuImage>>,
    (device, queue): (Res<RenderDevice>, Res<RenderQueue>),
    picture: Res<LastPicture>,
    mut landing: Local<Option<Landing>>,
) {
    let Some(image) = target.and_then(|target| images.get(&target.0)) else { return };
    let extent = image.texture.size();
    let size = UVec2::new(extent.width, extent.height);
    let row_bytes = RenderDevice::align_copy_bytes_per_row(size.x as usize * 4);
    if landing.as_ref().is_none_or(|landing| landing.size != size) {
        let buffer = device.create_buffer(&BufferDescriptor {
            label: Some("picture"),
            size: (row_bytes * size.y as usize) as u64,
            usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        *landing = Some(Landing { buffer, size });
    }
    let Some(Landing { buffer, .. }) = &*landing else { return };
    let mut encoder =
        device.create_command_encoder(&CommandEncoderDescriptor { label: Some("picture") });
    let layout = TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(row_bytes as u32),
        rows_per_image: None,
    };
    encoder.copy_texture_to_buffer(
        image.texture.as_image_copy(),
        TexelCopyBufferInfo { buffer, layout },
        Extent3d { width: size.x, height: size.y, depth_or_array_layers: 1 },
    );
    queue.submit([encoder.finish()]);
    let arrived = Arc::new(Mutex::new(false));
    let note = arrived.clone();
    buffer.slice(..).map_async(MapMode::Read, move |result| {
        *note.lock().unwrap_or_else(PoisonError::into_inner) = result.is_ok();
    });
    // If there is no picture, the renderer reports it.
    if device.poll(PollType::wait_indefinitely()).is_err()
        || !*arrived.lock().unwrap_or_else(PoisonError::into_inner)
    {
        return;
    }
    let mut rgba = Vec::with_capacity(4 * (size.x * size.y) as usize);
    {
        let bytes = buffer.slice(..).get_mapped_range();
        for row in bytes.chunks_exact(row_bytes) {
            rgba.extend_from_slice(&row[..size.x as usize * 4]);
        }
    }
    buffer.unmap();
    for pixel in rgba.chunks_exact_mut(4) {
        pixel[3] = u8::MAX;
    }
    picture.put(Frame { width: size.x, height: size.y, rgba });
}
