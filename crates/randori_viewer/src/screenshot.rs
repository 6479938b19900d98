//! Pictures of the window, on a key press.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};

use crate::film::{self, FilmError, Kind, frame_of};
use crate::keys::{AddKey, Chord};
use crate::main_camera::MainCamera;
use crate::notice::Notices;
use crate::run::Run;

/// Requests a picture of the next frame.
#[derive(Message, Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TakeScreenshot {
    /// A PNG file; `None` for the first free `randori-001.png` in the current
    /// folder.
    pub file: Option<PathBuf>,
    /// True to include panels and bars.
    pub whole_window: bool,
}

/// Results of requested pictures. Errors are reported as a [problem](Run::problem).
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Screenshots {
    /// The file of the last one.
    pub last: Option<PathBuf>,
    /// Number of pictures taken.
    pub taken: u64,
}

/// Takes pictures: `Ctrl+P` of the world, `F12` of the whole window, and
/// [`TakeScreenshot`].
pub(crate) struct ScreenshotPlugin;

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

/// Only the last request counts: there is one picture per frame.
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
