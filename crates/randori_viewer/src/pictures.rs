//! Pictures and films without a window.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use randori_viewer::film::{self, FilmError, FilmOptions, FrameTimes};
use randori_viewer::headless::{FilmStep, OffscreenOptions, OffscreenRenderer, render};
use randori_viewer::open::{Ready, mesh_files, read};
use randori_viewer::run::Problem;

use crate::args::Args;
use crate::tell;

/// Renders the requested pictures.
pub(crate) fn make(args: &Args) -> ExitCode {
    let Some(file) = &args.file else {
        tell("error: which scenario or recording?\nhelp: name a file before `--headless`");
        return ExitCode::from(2);
    };
    let ready = match read(file, &args.terms()) {
        Ok(ready) => ready,
        Err(refusal) => {
            tell_problem(&refusal.problem);
            return ExitCode::from(3);
        }
    };
    match draw(args, ready) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let help = error.help().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            tell(&format!("error: {error}{help}"));
            ExitCode::from(6)
        }
    }
}

fn draw(args: &Args, ready: Ready) -> Result<(), FilmError> {
    let film = &args.film;
    let options = FilmOptions {
        size: film.size.into(),
        fps: film.fps,
        from_s: film.from,
        to_s: film.to,
        speed: film.speed,
        camera: None,
        from: film.camera,
        quality: args.quality(),
    };
    if let Some(picture) = &film.picture {
        return draw_one(&options, ready, picture);
    }
    let Some(file) = film.frames.as_ref().or(film.video.as_ref()) else { return Ok(()) };
    let mut sink = if film.frames.is_some() {
        film::open_folder(file)?
    } else {
        film::open(file, options.fps)?
    };
    let meshes = mesh_files(&ready.file.project);
    let open = |run: &mut _| ready.open_in(run).map(drop);
    let made = render(open, Some(meshes), &options, sink.as_mut(), |step| {
        show_progress(step);
        true
    })?;
    tell(&format!(
        "{}: {} pictures, drawn by {}",
        file.display(),
        made.frames,
        made.graphics.device
    ));
    Ok(())
}

fn draw_one(options: &FilmOptions, ready: Ready, picture: &Path) -> Result<(), FilmError> {
    let renderer =
        OffscreenOptions { size: options.size, camera: options.camera, quality: options.quality };
    let mut renderer = OffscreenRenderer::new(&renderer)?;
    renderer.set_mesh_files(mesh_files(&ready.file.project));
    renderer.open(|run| ready.open_in(run).map(drop))?;
    if let Some(from) = options.from {
        renderer.look_from(from);
    }
    let run = renderer.run();
    let once = FilmOptions { to_s: Some(options.from_s), ..*options };
    let tick = FrameTimes::new(&once, run.period_s(), run.end())?.tick(0);
    if !renderer.show(tick)? {
        return Err(renderer.too_short());
    }
    film::write_png(renderer.picture()?, picture)
}

/// Shows progress on a terminal.
fn show_progress(step: FilmStep) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let end = if step.made == step.total { "\n" } else { "" };
        // Errors of the progress display are ignored.
        let _ = write!(out, "\r{} of {} pictures{end}", step.made, step.total);
        let _ = out.flush();
    }
}

fn tell_problem(problem: &Problem) {
    let mut lines = vec![format!("error: {}", problem.message)];
    lines.extend(problem.details.iter().cloned());
    lines.extend(problem.help.iter().map(|help| format!("help: {help}")));
    tell(&lines.join("\n"));
}
