//! Options of a film, and the tick of each of its pictures.

use randori_core::time::Tick;

use super::FilmError;
use crate::camera::Orbit;
use crate::quality::Quality;

/// Maximum number of pictures in a film.
const MAX_FRAMES: u64 = 1_000_000;

/// Options of a film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilmOptions {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// Pictures per second.
    pub fps: f64,
    /// Simulated time of the first picture, s.
    pub from_s: f64,
    /// Simulated time at which the film ends, s; `None` for the end of the run.
    pub to_s: Option<f64>,
    /// Simulated seconds per second of film.
    pub speed: f64,
    /// The camera; `None` for the initial view of the window, following the first robot.
    pub camera: Option<Orbit>,
    /// View direction instead: yaw and pitch (rad), distance (m).
    pub from: Option<[f32; 3]>,
    /// Rendering quality; `None` for the default of the renderer, as in the window.
    pub quality: Option<Quality>,
}

impl Default for FilmOptions {
    fn default() -> Self {
        Self {
            size: [1280, 720],
            fps: 30.0,
            from_s: 0.0,
            to_s: None,
            speed: 1.0,
            camera: None,
            from: None,
            quality: None,
        }
    }
}

/// Maps each picture of a film to the tick nearest to its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameTimes {
    from_s: f64,
    /// Simulated time from one picture to the next, s.
    step_s: f64,
    period_s: f64,
    count: u64,
}

impl FrameTimes {
    /// Times for a run with this tick length, s, that ends with tick `end`.
    ///
    /// # Errors
    /// If the options are invalid.
    pub fn new(options: &FilmOptions, period_s: f64, end: Tick) -> Result<Self, FilmError> {
        let &FilmOptions { size: [width, height], fps, from_s, to_s, speed, .. } = options;
        let end_s = end.0 as f64 * period_s;
        let to_s = to_s.unwrap_or(end_s).min(end_s);
        let step_s = speed / fps;
        let refuse = |message: String, help: &str| {
            Err(FilmError::Impossible { message, help: help.to_owned() })
        };
        if !(16..=8192).contains(&width) || !(16..=8192).contains(&height) {
            return refuse(
                format!("a picture cannot have {width} x {height} pixels"),
                "choose from 16 to 8192 for both, such as 1280x720",
            );
        }
        if !(step_s.is_finite() && speed > 0.0 && fps > 0.0) {
            return refuse(
                format!("a film cannot run {speed} times as fast, with {fps} pictures per second"),
                "choose numbers above 0",
            );
        }
        if !(from_s >= 0.0 && from_s <= to_s) {
            return refuse(
                format!("a film cannot go from {from_s} s to {to_s} s"),
                &format!("the run lasts {end_s} s: choose a time within it"),
            );
        }
        // Half a tick of tolerance, so that rounding does not lose the last picture.
        let count = ((to_s - from_s + 0.5 * period_s) / step_s).floor() as u64 + 1;
        if count > MAX_FRAMES {
            return refuse(
                format!("a film cannot have {count} pictures"),
                "choose a shorter time, or fewer pictures per second",
            );
        }
        Ok(Self { from_s, step_s, period_s, count })
    }

    /// Number of pictures, if the run does not end early.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The tick of a picture, counted from 0.
    pub fn tick(&self, picture: u64) -> Tick {
        Tick(((self.from_s + picture as f64 * self.step_s) / self.period_s).round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_show_the_nearest_tick_and_errors_do_not_add_up() {
        let options = FilmOptions { from_s: 1.0, to_s: Some(2.0), ..FilmOptions::default() };

        let times = FrameTimes::new(&options, 0.002, Tick(2000)).expect("it makes sense");

        assert_eq!(times.count(), 31);
        assert_eq!([0, 1, 2, 3, 30].map(|it| times.tick(it).0), [500, 517, 533, 550, 1000]);
    }

    #[test]
    fn a_film_ends_with_the_run_and_may_be_slow() {
        let options = FilmOptions { speed: 0.25, fps: 10.0, ..FilmOptions::default() };

        let times = FrameTimes::new(&options, 0.01, Tick(100)).expect("it makes sense");

        assert_eq!(times.count(), 41);
        assert_eq!(times.tick(40), Tick(100));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_advice() {
        let wrong = [
            FilmOptions { from_s: 3.0, ..FilmOptions::default() },
            FilmOptions { from_s: f64::NAN, ..FilmOptions::default() },
            FilmOptions { speed: 0.0, ..FilmOptions::default() },
            FilmOptions { fps: -1.0, ..FilmOptions::default() },
            FilmOptions { size: [0, 720], ..FilmOptions::default() },
            FilmOptions { fps: 1e9, ..FilmOptions::default() },
        ];
        for options in wrong {
            let error = FrameTimes::new(&options, 0.002, Tick(1000)).expect_err("refused");

            assert!(error.help().is_some(), "{error}");
        }
    }
}
