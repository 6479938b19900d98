//! Frames become files.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use randori_viewer::film::{self, FilmError, Frame};

use crate::folder;

/// A white square that moves to the right over a blue ground.
fn frame(number: u32) -> Frame {
    let (width, height) = (48, 32);
    let inside = |x: u32, y: u32| (8..16).contains(&y) && (number..number + 8).contains(&x);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rgba = pixels.flat_map(|(x, y)| if inside(x, y) { [255; 4] } else { [0, 0, 200, 255] });
    Frame { width, height, rgba: rgba.collect() }
}

fn make(path: &Path, fps: f64, frames: u32) -> Result<(), FilmError> {
    let mut sink = film::open(path, fps)?;
    for number in 0..frames {
        sink.add(&frame(number))?;
    }
    sink.finish()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| name(entry.expect("an entry"))).collect();
    names.sort();
    names
}

#[test]
fn a_folder_gets_numbered_pictures_that_are_what_was_drawn() {
    let folder = folder("numbered");

    make(&folder.join("new"), 30.0, 3).expect("it is written");

    let new = folder.join("new");
    assert_eq!(names(&new), ["frame-00000.png", "frame-00001.png", "frame-00002.png"]);
    let last = image::open(new.join("frame-00002.png")).expect("a picture").to_rgba8();
    assert_eq!(last.into_raw(), frame(2).rgba);
}

#[test]
fn a_folder_with_another_film_is_spared() {
    let folder = folder("twice");
    make(&folder, 30.0, 2).expect("it is written");

    let error = make(&folder, 30.0, 1).expect_err("refused");

    assert!(error.to_string().contains("another film"), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("another folder")));
}

#[test]
fn a_gif_has_every_picture_for_its_time() {
    let path = folder("gif").join("film.gif");

    make(&path, 30.0, 30).expect("it is written");

    let bytes = fs::read(&path).expect("a file");
    let decoder = GifDecoder::new(std::io::Cursor::new(bytes)).expect("a GIF");
    let frames = decoder.into_frames().collect_frames().expect("all frames");
    assert_eq!(frames.len(), 30);
    let delays = frames.iter().map(|frame| Duration::from(frame.delay()));
    assert_eq!(delays.clone().sum::<Duration>(), Duration::from_secs(1));
    assert!(delays.clone().all(|it| it.as_millis() == 30 || it.as_millis() == 40));
    for number in [0, 7, 29] {
        let shown = frames[number as usize].buffer();
        assert_eq!(shown.as_raw(), &frame(number).rgba, "frame {number}");
    }
}

#[test]
fn a_gif_cannot_be_faster_than_programs_show_it() {
    let error = make(&folder("fast").join("film.gif"), 60.0, 1).expect_err("refused");

    assert!(error.to_string().contains("60 pictures per second"), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("50")));
}

#[test]
fn a_film_that_is_given_up_leaves_what_was_there() {
    let folder = folder("given-up");
    let path = folder.join("film.gif");
    make(&path, 30.0, 2).expect("it is written");
    let before = fs::read(&path).expect("a file");

    let mut sink = film::open(&path, 30.0).expect("a GIF may be replaced");
    sink.add(&frame(5)).expect("it is written");
    drop(sink);

    assert_eq!(names(&folder), ["film.gif"]);
    assert_eq!(fs::read(&path).expect("a file"), before);
}

#[test]
fn files_of_another_kind_are_never_overwritten() {
    let folder = folder("spared");
    for name in ["film.gif", "film.mp4", "film.webm"] {
        let path = folder.join(name);
        fs::write(&path, "my notes").expect("a file");

        let error = make(&path, 30.0, 1).expect_err("refused");

        assert!(error.to_string().contains("exists, and is not"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "my notes");
    }
}

#[test]
fn unknown_kinds_and_rates_are_refused_with_advice() {
    for (name, fps) in [("film.avi", 30.0), ("film.png", 30.0), ("film.gif", f64::NAN)] {
        let error = make(&folder("unknown").join(name), fps, 1).expect_err("refused");

        assert!(error.help().is_some(), "{error}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
    let error = make(&folder("missing").join("no/film.gif"), 30.0, 1).expect_err("refused");

    assert!(error.to_string().contains("film.gif` cannot be written"), "{error}");
}

#[test]
fn videos_need_ffmpeg_and_say_so() {
    let there = Command::new("ffmpeg").arg("-version").output().is_ok();
    for name in ["film.mp4", "film.webm"] {
        let path = folder("video").join(name);

        let made = make(&path, 25.0, 25);

        match made {
            Ok(()) => {
                let bytes = fs::metadata(&path).expect("a file").len();
                assert!(there && bytes > 500, "{name}: {bytes} bytes");
                make(&path, 25.0, 5).expect("a video may be replaced by another");
            }
            Err(FilmError::NoFfmpeg) => {
                let help = FilmError::NoFfmpeg.help().expect("advice");
                assert!(!there && help.contains("`.gif`"), "{help}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}
