//! Films of a time range of the open run, made while the app keeps running.
//!
//! A second camera with the view of the window, without panels, renders to its own
//! image. Each frame of the app shows the next tick of the film and captures it, so
//! the result does not depend on the speed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::render_resource::{TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use randori_core::time::Tick;

use super::{FilmError, FilmOptions, Frame, FrameSink, FrameTimes, frame_of};
use crate::main_camera::MainCamera;
use crate::notice::Notices;
use crate::playback::Playback;
use crate::run::{Run, RunSystems};

/// Maximum number of pictures requested but not yet read back.
const MAX_UNDER_WAY: u64 = 3;

/// Number of pictures after which one of a single color is accepted.
const MAX_TRIALS: u32 = 60;

/// Requests a film of the open run. Ticks that the run has not reached are left
/// out.
#[derive(Message, Debug, Clone, PartialEq)]
pub(crate) struct MakeFilm {
    /// The first tick.
    pub from: Tick,
    /// The last one.
    pub to: Tick,
    /// Pictures per second.
    pub fps: f64,
    /// Simulated seconds per second of film.
    pub speed: f64,
    /// A file or folder as for [`open`](super::open).
    pub file: PathBuf,
}

/// Cancels the film in progress.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StopFilm;

/// Progress of a film. Errors are reported as a [problem](Run::problem).
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FilmProgress {
    /// The file in progress; `None` if there is no film in progress.
    pub making: Option<PathBuf>,
    /// Pictures finished so far.
    pub made: u64,
    /// Total number of pictures.
    pub total: u64,
    /// The last completed film.
    pub finished: Option<PathBuf>,
}

/// Schedule of the film systems, between [`RunSystems::Advance`] and
/// [`RunSystems::Draw`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FilmSystems;

/// Makes films in the app on a [`MakeFilm`] message.
pub(crate) struct FilmPlugin;

impl Plugin for FilmPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FilmProgress>()
            .init_resource::<Arrived>()
            .add_message::<MakeFilm>()
            .add_message::<StopFilm>()
            .configure_sets(Update, FilmSystems.after(RunSystems::Advance).before(RunSystems::Draw))
            .add_systems(Update, (begin, stop, keep_arrived, show_next).chain().in_set(FilmSystems))
            .add_systems(PostUpdate, move_camera.before(TransformSystems::Propagate));
    }
}

/// The camera of the film.
#[derive(Component)]
struct FilmCamera;

/// Pictures read back from the graphics card, by number.
#[derive(Resource, Default)]
struct Arrived(BTreeMap<u64, Option<Frame>>);

/// A film in progress.
#[derive(Resource)]
struct Filming {
    sink: Box<dyn FrameSink>,
    times: FrameTimes,
    image: Handle<Image>,
    camera: Entity,
    /// The tick shown before the film.
    shown: Tick,
    /// Generation and branch of the run.
    of: (u64, u64),
    /// Pictures requested so far.
    asked: u64,
    trial: Trial,
}

/// Shaders are compiled while the app runs, so the first pictures are incomplete:
/// the film starts once two consecutive pictures are equal.
enum Trial {
    Asked { count: u32, before: Option<Frame> },
    Due { count: u32, before: Option<Frame> },
    Passed,
}

fn begin(
    mut requests: MessageReader<MakeFilm>,
    filming: Option<Res<Filming>>,
    cameras: Query<(Entity, &Camera), With<MainCamera>>,
    mut run: ResMut<Run>,
    mut images: ResMut<Assets<Image>>,
    mut progress: ResMut<FilmProgress>,
    mut commands: Commands,
) {
    let Some(request) = requests.read().last() else { return };
    let Ok((main, camera)) = cameras.single() else { return };
    let started = if filming.is_some() {
        Err(FilmError::Impossible {
            message: "a film is already in progress".to_owned(),
            help: "wait for it, or stop it".to_owned(),
        })
    } else {
        start(request, &run, camera.physical_viewport_size())
    };
    let (sink, times, size) = match started {
        Ok(started) => started,
        Err(error) => return run.set_problem(Some(error.into())),
    };
    let mut image = Image::new_target_texture(size.x, size.y, TextureFormat::Rgba8UnormSrgb, None);
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    let image = images.add(image);
    let mut copy = commands.entity(main);
    let mut copy = copy.clone_and_spawn_with_opt_out(|builder| {
        builder.deny::<MainCamera>();
    });
    copy.insert((FilmCamera, RenderTarget::Image(image.clone().into())));
    copy.entry::<Camera>().and_modify(|mut camera| {
        camera.viewport = None;
        camera.order = -1;
        camera.is_active = true;
    });
    *progress = FilmProgress {
        making: Some(request.file.clone()),
        made: 0,
        total: times.count(),
        finished: None,
    };
    let camera = copy.id();
    commands.insert_resource(Filming {
        sink,
        times,
        image,
        camera,
        shown: run.tick(),
        of: (run.generation(), run.branches()),
        asked: 0,
        trial: Trial::Due { count: 0, before: None },
    });
    commands.insert_resource(Arrived::default());
}

type Started = (Box<dyn FrameSink>, FrameTimes, UVec2);

fn start(request: &MakeFilm, run: &Run, size: Option<UVec2>) -> Result<Started, FilmError> {
    let size = size.unwrap_or(UVec2::new(1280, 720)).max(UVec2::splat(16));
    let newest = run.newest();
    let options = FilmOptions {
        size: size.to_array(),
        fps: request.fps,
        speed: request.speed,
        from_s: run.time_s(request.from),
        to_s: Some(run.time_s(request.to.min(newest))),
        ..FilmOptions::default()
    };
    let times = FrameTimes::new(&options, run.period_s(), newest)?;
    Ok((super::open(&request.file, request.fps)?, times, size))
}

fn stop(
    mut requests: MessageReader<StopFilm>,
    filming: Option<ResMut<Filming>>,
    mut progress: ResMut<FilmProgress>,
    mut run: ResMut<Run>,
    mut commands: Commands,
) {
    let Some(filming) = filming else { return requests.clear() };
    let is_asked = requests.read().count() > 0;
    let is_other = filming.of != (run.generation(), run.branches());
    if is_other {
        run.set_problem(Some(
            FilmError::Impossible {
                message: "the film was cancelled, since the run has changed".to_owned(),
                help: "wait until the film is done before you change the run".to_owned(),
            }
            .into(),
        ));
    }
    if is_asked || is_other {
        if !is_other {
            run.seek(filming.shown);
        }
        progress.making = None;
        put_away(&filming, &mut commands);
    }
}

fn put_away(filming: &Filming, commands: &mut Commands) {
    commands.entity(filming.camera).try_despawn();
    commands.remove_resource::<Filming>();
}

/// Writes the pictures read back so far, and completes the film after the last one.
fn keep_arrived(
    filming: Option<ResMut<Filming>>,
    mut arrived: ResMut<Arrived>,
    mut progress: ResMut<FilmProgress>,
    (mut run, notices): (ResMut<Run>, Option<ResMut<Notices>>),
    mut commands: Commands,
) {
    let Some(mut filming) = filming else { return };
    let next = progress.made;
    if let Trial::Asked { count, before } = &mut filming.trial {
        let Some(frame) = arrived.0.remove(&next) else { return };
        let is_whole = frame.as_ref().is_some_and(|it| !it.is_blank()) && frame == *before;
        filming.trial = if is_whole || *count >= MAX_TRIALS {
            Trial::Passed
        } else {
            Trial::Due { count: *count + 1, before: frame }
        };
        return;
    }
    let mut result = Ok(());
    while result.is_ok()
        && let Some(frame) = arrived.0.remove(&progress.made)
    {
        result = match frame {
            Some(frame) => filming.sink.add(&frame),
            None => Err(FilmError::Impossible {
                message: "the picture has colors that cannot be written".to_owned(),
                help: "turn off high dynamic range".to_owned(),
            }),
        };
        progress.made += 1;
    }
    let is_done = progress.made == progress.total;
    if is_done && result.is_ok() {
        result = filming.sink.finish();
    }
    if is_done || result.is_err() {
        run.seek(filming.shown);
        let file = progress.making.take();
        match result {
            Ok(()) => {
                if let (Some(mut notices), Some(file)) = (notices, &file) {
                    notices.say(format!("The film is in {}", file.display()));
                }
                progress.finished = file;
            }
            Err(error) => run.set_problem(Some(error.into())),
        }
        put_away(&filming, &mut commands);
    }
}

/// Shows the next tick of the film, and requests its picture.
fn show_next(
    filming: Option<ResMut<Filming>>,
    progress: Res<FilmProgress>,
    mut run: ResMut<Run>,
    mut playback: ResMut<Playback>,
    mut commands: Commands,
) {
    let Some(mut filming) = filming.filter(|_| progress.making.is_some()) else { return };
    playback.playing = false;
    let number = filming.asked;
    run.seek(filming.times.tick(number.min(progress.total - 1)));
    match &mut filming.trial {
        Trial::Asked { .. } => return,
        Trial::Due { count, before } => {
            filming.trial = Trial::Asked { count: *count, before: before.take() };
        }
        Trial::Passed => {
            if number >= progress.total || number - progress.made >= MAX_UNDER_WAY {
                return;
            }
            filming.asked += 1;
        }
    }
    commands.spawn(Screenshot::image(filming.image.clone())).observe(
        move |captured: On<ScreenshotCaptured>, mut arrived: ResMut<Arrived>| {
            arrived.0.insert(number, frame_of(&captured.image, None));
        },
    );
}

type IsFilmCamera = (With<FilmCamera>, Without<MainCamera>);

/// Copies the view of the window's camera to the film's camera.
fn move_camera(
    main: Query<(&Transform, &Projection), With<MainCamera>>,
    mut film: Query<(&mut Transform, &mut Projection), IsFilmCamera>,
) {
    let (Ok((place, lens)), Ok((mut film_place, mut film_lens))) =
        (main.single(), film.single_mut())
    else {
        return;
    };
    *film_place = *place;
    if let (Projection::Perspective(lens), Projection::Perspective(film_lens)) =
        (lens, &mut *film_lens)
    {
        film_lens.fov = lens.fov;
        film_lens.near = lens.near;
        film_lens.far = lens.far;
    }
}
