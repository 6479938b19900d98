//! Limits on files.

use crate::diagnostic::{nearest, one_of};

/// Limits on untrusted input. The caller that loads a scenario can raise each of them, a file
/// cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of one file, bytes.
    pub file_bytes: usize,
    /// Size of all texts together, a robot file once per robot, bytes.
    pub total_bytes: usize,
    /// Size of one binary file (a mesh, a network), bytes.
    pub asset_bytes: usize,
    /// Number of files that a scenario may name, itself included.
    pub files: usize,
    /// Depth of nested brackets.
    pub nesting: usize,
    /// Entries of `vary`.
    pub variations: usize,
    /// Links, objects and actors of a scenario.
    pub bodies: usize,
    /// Joints of one robot.
    pub joints_per_robot: usize,
    /// Shapes of all links, objects and actors of a scenario.
    pub shapes: usize,
    /// Beams of one lidar.
    pub lidar_beams: u32,
    /// Physics ticks of one run.
    pub ticks: u64,
    /// Estimated memory for a file's content (a world, a network), bytes.
    pub memory_bytes: u64,
}

/// All limits with the largest value to which each can be raised: beyond it, a
/// stack overflows, a count wraps around, or a check takes hours.
const MAXIMA: [(&str, u64); 12] = [
    ("file_bytes", 1 << 30),
    ("total_bytes", 4 << 30),
    ("asset_bytes", 16 << 30),
    ("files", 100_000),
    // Parsers recurse for each bracket, on stacks of 2 MiB.
    ("nesting", 256),
    // Each one is applied to the text by itself.
    ("variations", 10_000),
    ("bodies", 1_000_000),
    ("joints_per_robot", 100_000),
    ("shapes", 1_000_000),
    ("lidar_beams", 10_000_000),
    // In nanoseconds it must fit 64 bits, even with one tick per second.
    ("ticks", 10_000_000_000),
    ("memory_bytes", 1 << 50),
];

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 20,
            total_bytes: 16 << 20,
            asset_bytes: 256 << 20,
            files: 64,
            nesting: 32,
            variations: 100,
            bodies: 10_000,
            joints_per_robot: 1_000,
            // If all of them overlap, the engine's list of pairs takes 400 MB.
            shapes: 10_000,
            lidar_beams: 100_000,
            // More than two days of simulated time at the default rate.
            ticks: 100_000_000,
            memory_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// Names of all limits.
    pub const NAMES: [&str; MAXIMA.len()] = {
        let mut names = [""; MAXIMA.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = MAXIMA[index].0;
            index += 1;
        }
        names
    };

    /// Sets the limit with this name, which is that of its field.
    ///
    /// # Errors
    /// When there is no such limit, or the value is too large for it, with a message for the
    /// user.
    pub fn set(&mut self, name: &str, value: u64) -> Result<(), String> {
        let (_, maximum) =
            *MAXIMA.iter().find(|(known, _)| *known == name).ok_or_else(|| Self::unknown(name))?;
        if value > maximum {
            return Err(format!("the limit `{name}` can be raised to {maximum} at most"));
        }
        let large = |_| format!("{value} is too large for the limit `{name}`");
        let count = usize::try_from(value).map_err(large);
        match name {
            "file_bytes" => self.file_bytes = count?,
            "total_bytes" => self.total_bytes = count?,
            "asset_bytes" => self.asset_bytes = count?,
            "files" => self.files = count?,
            "nesting" => self.nesting = count?,
            "variations" => self.variations = count?,
            "bodies" => self.bodies = count?,
            "joints_per_robot" => self.joints_per_robot = count?,
            "shapes" => self.shapes = count?,
            "lidar_beams" => self.lidar_beams = u32::try_from(value).map_err(large)?,
            "ticks" => self.ticks = value,
            "memory_bytes" => self.memory_bytes = value,
            _ => return Err(Self::unknown(name)),
        }
        Ok(())
    }

    fn unknown(name: &str) -> String {
        let similar = nearest(name, Self::NAMES);
        let advice = similar.map_or_else(
            || format!("there are {}", one_of(Self::NAMES)),
            |similar| format!("did you mean `{similar}`?"),
        );
        format!("there is no limit `{name}`; {advice}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_set_by_its_name() {
        let mut limits = Limits::default();

        for name in Limits::NAMES {
            assert_eq!(limits.set(name, 7), Ok(()), "{name}");
        }

        let text = format!("{limits:?}");
        assert_eq!(text.matches(": 7").count(), Limits::NAMES.len(), "{text}");
    }

    #[test]
    fn no_limit_can_be_raised_beyond_what_the_program_survives() {
        for (name, maximum) in MAXIMA {
            let mut limits = Limits::default();

            assert_eq!(limits.set(name, maximum), Ok(()), "{name}");
            let error = limits.set(name, maximum + 1).expect_err("beyond the maximum");
            assert!(error.contains(&format!("`{name}` can be raised to {maximum} at most")));
        }
    }

    #[test]
    fn a_misspelt_limit_gets_a_suggestion() {
        let error = Limits::default().set("bodis", 7).expect_err("no such limit");

        assert_eq!(error, "there is no limit `bodis`; did you mean `bodies`?");
    }
}
