//! Converts a picture from the graphics card to a [`Frame`].

use bevy::prelude::{Image, URect, UVec2};
use bevy::render::render_resource::TextureFormat;

use super::Frame;

/// The part of an image within `area`, px, or all of it; `None` for an image
/// without data, or with another pixel format.
pub(crate) fn frame_of(image: &Image, area: Option<URect>) -> Option<Frame> {
    let is_blue_first = match image.texture_descriptor.format {
        TextureFormat::Rgba8UnormSrgb | TextureFormat::Rgba8Unorm => false,
        TextureFormat::Bgra8UnormSrgb | TextureFormat::Bgra8Unorm => true,
        _ => return None,
    };
    let whole = URect::from_corners(UVec2::ZERO, image.size());
    let area = area.map_or(whole, |area| area.intersect(whole));
    let row_bytes = 4 * image.width() as usize;
    let mut rgba = Vec::with_capacity(4 * (area.width() * area.height()) as usize);
    for row in image.data.as_ref()?.chunks_exact(row_bytes).skip(area.min.y as usize) {
        if rgba.len() == rgba.capacity() {
            break;
        }
        rgba.extend_from_slice(&row[4 * area.min.x as usize..4 * area.max.x as usize]);
    }
    for pixel in rgba.chunks_exact_mut(4) {
        pixel[3] = u8::MAX;
        if is_blue_first {
            pixel.swap(0, 2);
        }
    }
    Some(Frame { width: area.width(), height: area.height(), rgba })
}

#[cfg(test)]
mod tests {
    use bevy::asset::RenderAssetUsages;
    use bevy::render::render_resource::{Extent3d, TextureDimension};

    use super::*;

    /// Four by two pixels, each with its own red.
    fn image() -> Image {
        Image::new(
            Extent3d { width: 4, height: 2, depth_or_array_layers: 1 },
            TextureDimension::D2,
            (0..8).flat_map(|red| [0, 0, red, 9]).collect(),
            TextureFormat::Bgra8UnormSrgb,
            RenderAssetUsages::MAIN_WORLD,
        )
    }

    #[test]
    fn a_part_of_the_window_is_cut_out_with_red_first() {
        let area = URect::new(1, 1, 3, 9);

        let frame = frame_of(&image(), Some(area)).expect("colors of a screen");

        assert_eq!((frame.width, frame.height), (2, 1));
        assert_eq!(frame.rgba, [5, 0, 0, 255, 6, 0, 0, 255]);
    }

    #[test]
    fn all_of_the_window_is_kept_without_an_area() {
        let frame = frame_of(&image(), None).expect("colors of a screen");

        assert_eq!((frame.width, frame.height, frame.rgba.len()), (4, 2, 32));
    }
}
