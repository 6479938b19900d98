//! What a file may ask for.

/// Limits on untrusted input. Each can be raised by whoever loads a scenario,
/// never by a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of one file, bytes.
    pub file_bytes: usize,
    /// Size of all texts together, a robot file once per robot, bytes.
    pub total_bytes: usize,
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
    /// Beams of one lidar.
    pub lidar_beams: u32,
    /// Physics ticks of one run.
    pub ticks: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 20,
            total_bytes: 16 << 20,
            files: 64,
            nesting: 32,
            variations: 100,
            bodies: 10_000,
            joints_per_robot: 1_000,
            lidar_beams: 100_000,
            // More than two days of simulated time at the default rate.
            ticks: 100_000_000,
        }
    }
}
