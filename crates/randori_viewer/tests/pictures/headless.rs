//! Runs are drawn without a window, on a graphics card or by software Vulkan.

#![expect(clippy::print_stderr, reason = "tests say why they were skipped")]

use randori_core::record::TickRecord;
use randori_core::time::Tick;
use randori_viewer::film::{FilmError, FilmOptions, Frame, FrameSink};
use randori_viewer::headless::{self, FilmStep, FilmSummary};
use randori_viewer::run::Run;

use crate::support;

/// Keeps what it gets.
#[derive(Debug, Default)]
struct Kept {
    frames: Vec<Frame>,
    finished: bool,
}

impl FrameSink for Kept {
    fn add(&mut self, frame: &Frame) -> Result<(), FilmError> {
        self.frames.push(frame.clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), FilmError> {
        self.finished = true;
        Ok(())
    }
}

/// Whether something here can draw. Where it must, as `REQUIRE_VULKAN=1` says,
/// it is a failure if not.
fn can_draw() -> bool {
    let found = headless::graphics();
    let required = std::env::var_os("REQUIRE_VULKAN").is_some_and(|it| it == "1");
    assert!(found.is_some() || !required, "{}", FilmError::NoGraphics);
    if found.is_none() {
        eprintln!("skipped: {}", FilmError::NoGraphics);
    }
    found.is_some()
}

fn short() -> FilmOptions {
    FilmOptions {
        size: [320, 180],
        fps: 1.0,
        from_s: 0.5,
        to_s: Some(2.5),
        ..FilmOptions::default()
    }
}

fn film(
    options: &FilmOptions,
    progress: impl FnMut(FilmStep) -> bool,
) -> Result<(FilmSummary, Kept), FilmError> {
    let prepared = support::load("scenarios/courier/flat.ron").expect("a shipped scenario");
    let mut kept = Kept::default();
    let open = |run: &mut Run| run.open(prepared, Box::new(support::start_policy));
    let summary = headless::render(open, None, options, &mut kept, progress)?;
    Ok((summary, kept))
}

/// Pixels in the middle of the picture that are as bright as the courier's body,
/// and as dark as its wheels.
fn bright_and_dark(frame: &Frame) -> [usize; 2] {
    let pixels = frame.rgba.chunks_exact(4).enumerate();
    let middle = pixels.filter(|(index, _)| {
        let (x, y) = (*index as u32 % frame.width, *index as u32 / frame.width);
        x.abs_diff(frame.width / 2) < frame.width / 6
            && y.abs_diff(frame.height / 2) < frame.height / 6
    });
    let colors: Vec<&[u8]> = middle.map(|(_, pixel)| &pixel[..3]).collect();
    let count =
        |is: fn(u8) -> bool| colors.iter().filter(|color| color.iter().all(|it| is(*it))).count();
    [count(|it| it > 195), count(|it| it < 85)]
}

#[test]
fn a_scenario_is_drawn_over_time_and_the_same_each_time() {
    if !can_draw() {
        return;
    }
    let mut steps = Vec::new();

    let (summary, first) = film(&short(), |step| {
        steps.push((step.made, step.total, step.tick.0));
        true
    })
    .expect("it is drawn");
    let (_, second) = film(&short(), |_| true).expect("it is drawn again");

    assert_eq!(summary.frames, 3);
    assert_eq!(summary.ticks, [Tick(250), Tick(1250)]);
    assert_eq!(steps, [(1, 3, 250), (2, 3, 750), (3, 3, 1250)]);
    assert!(first.finished);
    for frame in &first.frames {
        assert_eq!((frame.width, frame.height, frame.rgba.len()), (320, 180, 4 * 320 * 180));
        assert!(!frame.is_blank());
        let [body, wheels] = bright_and_dark(frame);
        assert!(body > 100 && wheels > 30, "{body} pixels of the body, {wheels} of wheels");
    }
    assert_ne!(first.frames[0], first.frames[1]);
    assert_ne!(first.frames[1], first.frames[2]);
    assert!(first.frames == second.frames, "the same run gives the same pictures");
}

#[test]
fn a_recording_gives_the_pictures_of_its_scenario_and_ends_where_it_ends() {
    if !can_draw() {
        return;
    }
    let prepared = support::load("scenarios/courier/flat.ron").expect("a shipped scenario");
    let mut run = Run::default();
    run.open(prepared.clone(), Box::new(support::start_policy)).expect("it starts");
    let mut ticks: Vec<TickRecord> = run.record().cloned().into_iter().collect();
    for _ in 0..1300 {
        run.advance().expect("the run goes on");
        ticks.extend(run.record().cloned());
    }
    let (_, of_scenario) = film(&short(), |_| true).expect("it is drawn");

    let options = FilmOptions { to_s: None, ..short() };
    let mut kept = Kept::default();
    let open = |run: &mut Run| run.open_recording(prepared, ticks, Box::new(support::start_policy));
    let summary = headless::render(open, None, &options, &mut kept, |_| true).expect("it is drawn");

    assert_eq!((summary.frames, summary.ticks), (3, [Tick(250), Tick(1250)]));
    assert!(kept.finished && kept.frames == of_scenario.frames);
}

#[test]
fn a_film_can_be_given_up() {
    if !can_draw() {
        return;
    }

    let (summary, kept) = film(&short(), |_| false).expect("it begins");

    assert!(summary.stopped && !kept.finished);
    assert_eq!(kept.frames.len(), 1);
}

#[test]
fn times_outside_of_the_run_are_refused() {
    if !can_draw() {
        return;
    }

    let error = film(&FilmOptions { from_s: 1e6, ..short() }, |_| true).expect_err("refused");

    assert!(error.help().is_some_and(|help| help.contains("the run lasts")), "{error}");
}

#[test]
fn without_graphics_the_advice_names_the_package() {
    let help = FilmError::NoGraphics.help().expect("advice");

    assert!(help.contains("mesa-vulkan-drivers"), "{help}");
}
