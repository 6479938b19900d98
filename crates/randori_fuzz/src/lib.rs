//! Properties that must hold for any input bytes.
//!
//! All code under test reads untrusted input, so for any bytes each property ends
//! without a panic, in bounded time and memory. The fuzz targets in `fuzz/` and
//! the test that replays `corpus/` call the same functions.
//!
//! Start reading at [`TARGETS`].

mod files;
mod formula;
mod import;
mod network;
mod policy;
mod record;
mod scenario;

/// A property of any bytes; panics if it does not hold.
pub type Property = fn(&[u8]);

/// All properties, by the name of their fuzz target and of their folder in
/// `corpus/`.
pub const TARGETS: [(&str, Property); 11] = [
    ("load_scenario", scenario::load),
    ("run_scenario", scenario::run),
    ("parse_formula", formula::parse),
    ("import_urdf", import::urdf),
    ("import_mjcf", import::mjcf),
    ("read_mesh", import::mesh),
    ("read_picture", import::picture),
    ("run_network", network::run),
    ("read_replies", policy::replies),
    ("read_recording", record::recording),
    ("read_golden", record::golden),
];

/// Calls the property of this name.
///
/// # Panics
/// When there is no such property, or it does not hold.
pub fn check(target: &str, bytes: &[u8]) {
    let property = TARGETS.iter().find(|(name, _)| *name == target);
    let (_, property) = property.unwrap_or_else(|| panic!("there is no target `{target}`"));
    property(bytes);
}
