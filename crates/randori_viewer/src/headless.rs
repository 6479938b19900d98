//! Pictures of a run without a window: no display, no panels, and no graphics card
//! if software Vulkan is installed.
//!
//! An [`OffscreenRenderer`] draws one tick after the other; [`render`] makes a film of a
//! scenario or a recording. Pictures follow simulated time and never the clock,
//! so the same run gives the same pictures.
//!
//! ```no_run
//! # use randori_viewer::{film, headless, driver::StartPolicy};
//! # use randori_sim::batch::PreparedRun;
//! # fn film(run: PreparedRun, start: StartPolicy) -> Result<(), film::FilmError> {
//! let options = film::FilmOptions::default();
//! let mut sink = film::open("courier.gif".as_ref(), options.fps)?;
//! let open = |open: &mut randori_viewer::run::Run| open.open(run, start);
//! headless::render(open, None, &options, sink.as_mut(), |_| true)?;
//! # Ok(())
//! # }
//! ```

mod graphics;
mod offscreen;
mod readback;

use randori_core::time::Tick;

use crate::film::{FilmError, FilmOptions, FrameSink, FrameTimes};
use crate::run::{OpenError, Run};
use crate::scene::ReadFile;
pub use graphics::{Graphics, graphics};
pub use offscreen::{OffscreenOptions, OffscreenRenderer};

/// Progress of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilmStep {
    /// Pictures finished so far.
    pub made: u64,
    /// Total number of pictures, if the run does not end early.
    pub total: u64,
    /// The tick of the last picture.
    pub tick: Tick,
}

/// The result of a film.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmSummary {
    /// Number of pictures.
    pub frames: u64,
    /// Ticks of the first and the last picture.
    pub ticks: [Tick; 2],
    /// The renderer.
    pub graphics: Graphics,
    /// True if it was cancelled, so that there is no film.
    pub stopped: bool,
}

/// Makes a film: `open` opens a scenario ([`Run::open`]) or a recording
/// ([`Run::open_recording`]) whose mesh files are read by `meshes`, the pictures go
/// to `sink`. `progress` is called after each picture; `false` cancels the film.
///
/// # Errors
/// If there is no renderer, the options are invalid, the run cannot start or
/// continue, or the film cannot be written.
pub fn render(
    open: impl FnOnce(&mut Run) -> Result<(), OpenError>,
    meshes: Option<ReadFile>,
    options: &FilmOptions,
    sink: &mut dyn FrameSink,
    mut progress: impl FnMut(FilmStep) -> bool,
) -> Result<FilmSummary, FilmError> {
    let mut renderer = OffscreenRenderer::new(&OffscreenOptions {
        size: options.size,
        camera: options.camera,
        quality: options.quality,
    })?;
    if let Some(meshes) = meshes {
        renderer.set_mesh_files(meshes);
    }
    renderer.open(open)?;
    if let Some(from) = options.from {
        renderer.look_from(from);
    }
    let run = renderer.run();
    let times = FrameTimes::new(options, run.period_s(), run.end())?;
    let first = times.tick(0);
    let mut summary = FilmSummary {
        frames: 0,
        ticks: [first; 2],
        graphics: renderer.graphics().clone(),
        stopped: false,
    };
    for picture in 0..times.count() {
        let tick = times.tick(picture);
        if !renderer.show(tick)? {
            break;
        }
        sink.add(renderer.picture()?)?;
        summary.frames += 1;
        summary.ticks[1] = tick;
        if !progress(FilmStep { made: summary.frames, total: times.count(), tick }) {
            summary.stopped = true;
            return Ok(summary);
        }
    }
    if summary.frames == 0 {
        return Err(renderer.too_short());
    }
    sink.finish()?;
    Ok(summary)
}
