//! Pictures of the window, with one key.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};

use crate::camera::MainCamera;
use crate::film::{self, FilmError, Frame, Kind};
use crate::keys::{AddKey, Chord};
use crate::notice::Notices;
use crate::run::Run;

/// Asks for a picture of the next frame.
#[derive(Message, Debug, Clone, PartialEq, Eq, Default)]
pub struct TakeScreenshot {
    /// A PNG file; `None` for the first free `randori-001.png` in the current
    /// folder.
    pub file: Option<PathBuf>,
    /// With panels and bars, not only the picture of the world.
    pub whole_window: bool,
}

/// What became of the pictures that were asked for. Why there is none is told as
/// a [problem](Run::problem).
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub struct Screenshots {
    /// The last one.
    pub last: Option<PathBuf>,
    /// How many there are.
    pub taken: u64,
}

/// Takes pictures: `Ctrl+P` of the world, `F12` of the whole window, and
/// [`TakeScreenshot`].
pub struct ScreenshotPlugin;

impl Plugin for ScreenshotPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Screenshots>()
            .add_message::<TakeScreenshot>()
            .add_key("Keep", Chord::ctrl(KeyCode::KeyP), "picture of the world", |world| {
                world.write_message(TakeScreenshot::default());
            })
            .add_key("Keep", Chord::key(KeyCode::F12), "picture of the whole window", |world| {
                world.write_message(TakeScreenshot { whole_window: true, file: None });
            })
            .add_systems(Last, take);
    }
}

/// The last request counts: there is one picture per frame.
fn take(mut requests: MessageReader<TakeScreenshot>, mut commands: Commands) {
    let Some(request) = requests.read().last().cloned() else { return };
    commands.spawn(Screenshot::primary_window()).observe(
        move |captured: On<ScreenshotCaptured>,
              camera: Query<&Camera, With<MainCamera>>,
              mut screenshots: ResMut<Screenshots>,
              notices: Option<ResMut<Notices>>,
              mut run: ResMut<Run>| {
            let area = camera.single().ok().and_then(Camera::physical_viewport_rect);
            let area = area.filter(|_| !request.whole_window);
            match save(&captured.image, area, request.file.as_deref()) {
                Ok(path) => {
                    if let Some(mut notices) = notices {
                        notices.say(format!("Saved {}", path.display()));
                    }
                    screenshots.last = Some(path);
                    screenshots.taken += 1;
                }
                Err(error) => run.set_problem(Some(error.into())),
            }
        },
    );
}

fn save(image: &Image, area: Option<URect>, file: Option<&Path>) -> Result<PathBuf, FilmError> {
    let path =
        file.map_or_else(|| film::free_name(Path::new(""), "randori", "png"), Path::to_owned);
    if Kind::of(&path)? != Kind::Png {
        return Err(FilmError::Impossible {
            message: format!("`{}` is no name of a picture", path.display()),
            help: "end it in `.png`".to_owned(),
        });
    }
    let frame = frame_of(image, area).ok_or_else(|| FilmError::Impossible {
        message: "the window has colors that cannot be written".to_owned(),
        help: "turn off high dynamic range".to_owned(),
    })?;
    film::write_png(&frame, &path)?;
    Ok(path)
}

/// The part of an image within `area`, px, or all of it; `None` for an image
/// without bytes, or with other colors than screens have.
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
