//! What a film shows, and which tick each of its pictures.

use randori_core::time::Tick;

use super::FilmError;
use crate::camera::Orbit;
use crate::quality::Quality;

/// Pictures of one film.
const MAX_FRAMES: u64 = 1_000_000;

/// What a film shows.
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
    /// Simulated seconds that pass in a second of the film.
    pub speed: f64,
    /// Where the camera is; `None` as the window begins, following the first robot.
    pub camera: Option<Orbit>,
    /// From where it looks instead: yaw and pitch (rad), distance (m).
    pub from: Option<[f32; 3]>,
    /// How much is drawn; `None` as in the window, by what draws.
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

/// Which tick each picture of a film shows: the one nearest to its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameTimes {
    from_s: f64,
    /// Simulated time from one picture to the next, s.
    step_s: f64,
    period_s: f64,
    count: u64,
}

impl FrameTimes {
    /// Of a run with ticks of this length, s, that ends with tick `end`.
    ///
    /// # Errors
    /// When the options make no sense.
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
        // Half a tick, so that a sum that should be whole is.
        let count = ((to_s - from_s + 0.5 * period_s) / step_s).floor() as u64 + 1;
        if count > MAX_FRAMES {
            return refuse(
                format!("a film cannot have {count} pictures"),
                "choose a shorter time, or fewer pictures per second",
            );
        }
        Ok(Self { from_s, step_s, period_s, count })
    }

    /// Pictures, unless the run ends before its time.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The tick that a picture shows, counted from 0.
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
