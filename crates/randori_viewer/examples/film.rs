//! Makes a film without a window:
//! `cargo run -p randori_viewer --example film -- scenarios/pup/stand.ron pup.gif`.

#![expect(clippy::print_stdout, reason = "this is what a person runs it for")]

mod support;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use randori_viewer::film;
use randori_viewer::headless::{self, FilmOptions, PictureQuality};
use randori_viewer::run::Run;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let scenario = words.next().unwrap_or("scenarios/courier/flat.ron".to_owned());
    let file = words.next().unwrap_or("film.gif".to_owned());
    let mut number = |otherwise: f64| words.next().map_or(Ok(otherwise), |word| word.parse());
    let (width, height) = (number(640.0)?, number(360.0)?);
    let (fps, from_s, to_s) = (number(25.0)?, number(0.0)?, number(4.0)?);
    let options = FilmOptions {
        size: [width as u32, height as u32],
        fps,
        from_s,
        to_s: Some(to_s),
        quality: if words.next().as_deref() == Some("low") {
            PictureQuality::Low
        } else {
            PictureQuality::High
        },
        ..FilmOptions::default()
    };
    let run = support::load(&scenario)?;
    let open = |open: &mut Run| open.open(run, Box::new(support::start_policy));
    let mut sink = film::open(Path::new(&file), options.fps)?;
    let mut begun = None;
    let made = headless::render(open, &options, sink.as_mut(), |_| {
        begun.get_or_insert_with(Instant::now);
        true
    });
    let made = made.map_err(|error| {
        let help = error.help().unwrap_or_default();
        format!("{error}\nhelp: {help}")
    })?;
    let per_s = begun.map_or(0.0, |begun| (made.frames - 1) as f64 / begun.elapsed().as_secs_f64());
    println!("{file}: {} pictures, {per_s:.1} per second on {:?}", made.frames, made.graphics);
    Ok(())
}
