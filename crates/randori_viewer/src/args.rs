//! Command line arguments.

use std::path::PathBuf;

use clap::{Args as Group, Parser, ValueEnum};
use randori_core::text::{Limits, Override};
use randori_policy::EnvVar;
use randori_project::arguments::{parse_limit, parse_override, parse_size};
use randori_project::project::Places;
use randori_viewer::open::Terms;
use randori_viewer::quality::Quality;

const EXAMPLES: &str = "\
Examples:
  randori view
  randori view scenarios/courier/corridor.ron
  randori view scenarios/pup/stand.ron --policy my_policy.py
  randori view run.mcap --compare other.mcap
  randori view scenarios/pup/stand.ron --headless --video pup.gif --to 5";

/// See a run: in a window, or as pictures without one.
#[derive(Debug, Parser)]
#[command(name = "randori view", version, about, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A scenario (.ron) or a recording (.mcap); without one, all scenarios of the
    /// project are shown to choose from
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// Show another recording as a ghost over this run; can be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Vec<PathBuf>,

    /// Seed of the random streams
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Replace a scalar of the scenario or of a file that it names, by its path
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_override)]
    overrides: Vec<Override>,

    /// Drive a robot by a built-in policy, a .py file, or a program with its
    /// arguments; with several robots, say which: `ROBOT=POLICY`
    #[arg(long, value_name = "[ROBOT=]POLICY")]
    policy: Vec<String>,

    /// Start the programs that scenario files name
    #[arg(long)]
    trust_programs: bool,

    /// Pass an environment variable to policies that are programs: one of this
    /// shell by its name, or one with a value; can be given several times
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = EnvVar::parse)]
    policy_env: Vec<EnvVar>,

    /// Project root: the folder that holds `assets` and `scenarios`. Found
    /// from the named file if left out
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// Folder with assets that are not part of the project; can be given several
    /// times. `RANDORI_ASSETS` if left out
    #[arg(long, value_name = "DIR")]
    assets: Vec<PathBuf>,

    /// Raise or lower a default limit, such as `bodies=20000`
    #[arg(long = "limit", value_name = "NAME=N", value_parser = parse_limit)]
    limits: Vec<(String, u64)>,

    /// Refuse files whose estimated memory exceeds this, such as 8GiB; 1GiB by
    /// default
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,

    /// Start paused
    #[arg(long)]
    paused: bool,

    /// Rendering quality; by default low with software rendering, medium on
    /// integrated graphics, high otherwise
    #[arg(long, value_enum)]
    quality: Option<QualityName>,

    /// Memory for the past of the run, MiB: with more, rewinding is faster
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    history: usize,

    #[command(flatten)]
    pub(crate) film: FilmArgs,
}

/// Pictures without a window.
#[derive(Debug, Group)]
#[command(next_help_heading = "Pictures without a window")]
pub(crate) struct FilmArgs {
    /// Draw without window and display, into `--frames`, `--video` or `--picture`
    #[arg(long, requires = "into")]
    pub(crate) headless: bool,

    /// A folder for numbered PNG files
    #[arg(long, value_name = "DIR", requires = "headless", group = "into")]
    pub(crate) frames: Option<PathBuf>,

    /// A film: .gif, or .mp4 and .webm where the program ffmpeg is installed
    #[arg(long, value_name = "FILE", requires = "headless", group = "into")]
    pub(crate) video: Option<PathBuf>,

    /// One PNG file, at the time `--from`
    #[arg(long, value_name = "FILE", requires = "headless", group = "into")]
    pub(crate) picture: Option<PathBuf>,

    /// Simulated second of the first picture
    #[arg(long, value_name = "S", requires = "headless", default_value_t = 0.0)]
    pub(crate) from: f64,

    /// Simulated second of the last picture; the end if left out
    #[arg(long, value_name = "S", requires = "headless")]
    pub(crate) to: Option<f64>,

    /// Pictures per second of film
    #[arg(long, value_name = "N", requires = "headless", default_value_t = 30.0)]
    pub(crate) fps: f64,

    /// Simulated seconds per second of film
    #[arg(long, value_name = "X", requires = "headless", default_value_t = 1.0)]
    pub(crate) speed: f64,

    /// From where to look at the first robot: direction from it to the camera about
    /// the vertical (degrees from +X), height of that direction (degrees), distance
    /// (m); from behind and above if left out
    #[arg(long, value_name = "YAW,PITCH,M", requires = "headless", allow_hyphen_values = true,
          value_parser = parse_camera)]
    pub(crate) camera: Option<[f32; 3]>,

    /// Width and height in pixels
    #[arg(long, value_name = "WxH", requires = "headless", default_value = "1280x720",
          value_parser = parse_picture_size)]
    pub(crate) size: (u32, u32),
}

/// Rendering quality.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum QualityName {
    /// For software rendering.
    Low,
    /// For integrated graphics.
    Medium,
    /// All effects.
    High,
}

impl Args {
    /// Options common to all files that are opened.
    pub(crate) fn terms(&self) -> Terms {
        let mut limits = Limits::default();
        for (name, value) in &self.limits {
            limits.set(name, *value).expect("the argument parser has tried it");
        }
        limits.memory_bytes = self.max_memory.unwrap_or(limits.memory_bytes);
        Terms {
            places: Places::new(self.root.clone(), self.assets.clone()),
            seed: self.seed,
            overrides: self.overrides.clone(),
            changes: Vec::new(),
            policies: self.policy.clone(),
            trust_programs: self.trust_programs,
            policy_env: self.policy_env.clone(),
            limits,
            plays: !self.paused,
        }
    }

    /// Memory for the past of the run, bytes.
    pub(crate) fn history_bytes(&self) -> usize {
        self.history.saturating_mul(1 << 20)
    }

    /// The rendering quality, if the user chose one.
    pub(crate) fn quality(&self) -> Option<Quality> {
        self.quality.map(|name| match name {
            QualityName::Low => Quality::Low,
            QualityName::Medium => Quality::Medium,
            QualityName::High => Quality::High,
        })
    }
}

fn parse_picture_size(text: &str) -> Result<(u32, u32), String> {
    let advice = "write WIDTHxHEIGHT, such as 640x360";
    let (width, height) = text.split_once(['x', 'X']).ok_or(advice)?;
    let edge = |text: &str| match text.trim().parse() {
        Ok(edge @ 16..=8192) => Ok(edge),
        Ok(_) => Err("each edge must be 16 to 8192 pixels"),
        Err(_) => Err(advice),
    };
    Ok((edge(width)?, edge(height)?))
}

/// Converts degrees, degrees, metres to rad, rad, m.
fn parse_camera(text: &str) -> Result<[f32; 3], String> {
    let advice = "write YAW,PITCH,DISTANCE in degrees and metres, such as 150,25,3.5";
    let numbers: Result<Vec<f32>, _> = text.split(',').map(|it| it.trim().parse()).collect();
    match numbers.as_deref() {
        Ok([yaw, pitch, distance])
            if yaw.is_finite() && pitch.abs() <= 86.0 && (0.05..=500.0).contains(distance) =>
        {
            Ok([yaw.to_radians(), pitch.to_radians(), *distance])
        }
        Ok([_, _, _]) => {
            Err("the pitch must be within 86 degrees, and the distance 0.05 to 500 m".to_owned())
        }
        _ => Err(advice.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_size_has_two_edges_that_a_graphics_chip_can_draw() {
        assert_eq!(parse_picture_size("640x360"), Ok((640, 360)));
        assert!(parse_picture_size("640").is_err());
        assert!(parse_picture_size("0x360").is_err());
        assert!(parse_picture_size("640x100000").is_err());
    }

    #[test]
    fn a_camera_has_two_angles_and_a_distance() {
        assert_eq!(parse_camera("180,0,2"), Ok([std::f32::consts::PI, 0.0, 2.0]));
        assert!(parse_camera("180,90,2").is_err());
        assert!(parse_camera("180,0").is_err());
        assert!(parse_camera("a,b,c").is_err());
    }

    #[test]
    fn pictures_need_a_place_and_no_window() {
        assert!(Args::try_parse_from(["view", "x.ron", "--headless"]).is_err());
        assert!(Args::try_parse_from(["view", "x.ron", "--video", "x.gif"]).is_err());
        assert!(Args::try_parse_from(["view", "x.ron", "--headless", "--video", "x.gif"]).is_ok());
    }
}
