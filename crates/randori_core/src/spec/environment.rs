//! The `Environment(...)` file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CombineRule, FORMAT, MaterialSpec, PoseSpec, ShapeSpec, SoftnessSpec};

/// The world around the robots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Environment", deny_unknown_fields)]
pub struct EnvironmentSpec {
    /// Format version; 1.
    pub format: u32,
    /// Name of the environment.
    pub name: String,
    /// One-line description.
    #[serde(default)]
    pub about: String,
    /// Materials that shapes of this file may name.
    #[serde(default)]
    pub materials: BTreeMap<String, MaterialSpec>,
    /// Endless flat ground; none if left out.
    #[serde(default)]
    pub ground: Option<GroundSpec>,
    /// Static and movable objects.
    #[serde(default)]
    pub objects: Vec<ObjectSpec>,
    /// Named regions without collision.
    #[serde(default)]
    pub zones: Vec<ZoneSpec>,
    /// Magnetic field, the same everywhere, in the world frame, T.
    #[serde(default = "field_at_45_degrees_north")]
    pub magnetic_field: [f64; 3],
}

/// The field of the earth at 45 degrees north where +X points to magnetic north:
/// `g cos(latitude)` to the north and `2 g sin(latitude)` down, the axial dipole
/// with g = 29404.8 nT of the International Geomagnetic Reference Field, 13th
/// generation, epoch 2020 (Alken et al. 2021, Earth, Planets and Space 73:49).
fn field_at_45_degrees_north() -> [f64; 3] {
    [2.079e-5, 0.0, -4.158e-5]
}

impl EnvironmentSpec {
    /// An environment with nothing in it.
    pub fn empty(name: &str) -> Self {
        Self {
            format: FORMAT,
            name: name.to_owned(),
            about: String::new(),
            materials: BTreeMap::new(),
            ground: None,
            objects: Vec::new(),
            zones: Vec::new(),
            magnetic_field: field_at_45_degrees_north(),
        }
    }
}

/// Endless flat ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroundSpec {
    /// Height of the surface, m.
    pub height: f64,
    /// Coulomb friction coefficient.
    pub friction: f64,
    /// Restitution coefficient.
    pub restitution: f64,
    /// As for shapes: the surface of higher priority wins.
    pub priority: i32,
    /// As for shapes: resistance to turning on the spot, m.
    pub torsional_friction: f64,
    /// As for shapes: resistance to rolling, m.
    pub rolling_friction: f64,
    /// As for shapes: compliance of the surface.
    pub softness: Option<SoftnessSpec>,
    /// Combination rule for the coefficients of two surfaces; see [`MaterialSpec`].
    pub combine: CombineRule,
}

impl Default for GroundSpec {
    fn default() -> Self {
        Self {
            height: 0.0,
            friction: 0.8,
            restitution: 0.0,
            priority: 0,
            torsional_friction: 0.0,
            rolling_friction: 0.0,
            softness: None,
            combine: CombineRule::Average,
        }
    }
}

/// An object in the environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSpec {
    /// Name within the scenario.
    pub name: String,
    /// Pose at the start, in the world.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Mobility.
    #[serde(default)]
    pub mobility: Mobility,
    /// Collision shapes.
    pub shapes: Vec<ShapeSpec>,
}

/// Mobility of an object.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Mobility {
    /// Fixed to the world.
    #[default]
    Static,
    /// Free to fall, slide and be pushed.
    Movable {
        /// Mass, kg, spread evenly over the shapes.
        mass_kg: f64,
        /// Linear velocity at the start, m/s.
        #[serde(default)]
        linear_velocity: [f64; 3],
        /// Angular velocity at the start, rad/s.
        #[serde(default)]
        angular_velocity: [f64; 3],
    },
}

/// A named region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneSpec {
    /// Name within the scenario.
    pub name: String,
    /// Pose of its centre in the world.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Its extent.
    pub shape: ZoneShape,
}

/// Extent of a zone, centred on its pose.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ZoneShape {
    /// A box.
    Box {
        /// Full edge lengths, m.
        size: [f64; 3],
    },
    /// A ball.
    Sphere {
        /// Radius, m.
        radius: f64,
    },
    /// A cylinder along Z.
    Cylinder {
        /// Radius, m.
        radius: f64,
        /// Full length, m.
        length: f64,
    },
}
