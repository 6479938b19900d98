//! Collision shapes and their materials.

use serde::{Deserialize, Serialize};

use super::PoseSpec;

/// A collision shape in its own frame S. All sizes are full sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Shape {
    /// A box centred on S.
    Box {
        /// Full edge lengths along X, Y, Z, m.
        size: [f64; 3],
    },
    /// A ball centred on S.
    Sphere {
        /// Radius, m.
        radius: f64,
    },
    /// A cylinder with hemispherical caps, along Z, centred on S.
    Capsule {
        /// Radius, m.
        radius: f64,
        /// Length of the cylindrical part (without caps), m.
        length: f64,
    },
    /// A cylinder along Z, centred on S.
    Cylinder {
        /// Radius, m.
        radius: f64,
        /// Full length, m.
        length: f64,
    },
    /// A cone along Z, tip at +Z, centred on S at half its height.
    Cone {
        /// Radius of the base, m.
        radius: f64,
        /// Full height, m.
        length: f64,
    },
    /// The convex hull of points.
    ConvexHull {
        /// Points in S, m; at least four that are not in one plane.
        points: Vec<[f64; 3]>,
    },
    /// A surface of triangles (hollow; for static objects).
    TriangleMesh {
        /// Corners in S, m.
        vertices: Vec<[f64; 3]>,
        /// Indices of three corners each, counter-clockwise seen from outside.
        triangles: Vec<[u32; 3]>,
    },
    /// Terrain: heights on a regular grid in the XY plane, centred on S.
    Heightfield {
        /// Full extent along X and Y, m.
        size: [f64; 2],
        /// Rows along +Y of heights (m) along +X; all rows equally long, at
        /// least two rows of two.
        heights: Vec<Vec<f64>>,
    },
    /// The half space below the XY plane of S.
    Plane,
}

/// A shape on a link or an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeSpec {
    /// Geometry.
    pub shape: Shape,
    /// Name within the link, for messages.
    #[serde(default)]
    pub name: Option<String>,
    /// Pose in the frame of the link or object.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Name of a material of the same file, or a built-in one.
    #[serde(default)]
    pub material: Option<String>,
    /// Coulomb friction coefficient; replaces the material's.
    #[serde(default)]
    pub friction: Option<f64>,
    /// Restitution coefficient (0 to 1); replaces the material's.
    #[serde(default)]
    pub restitution: Option<f64>,
    /// Priority when two shapes touch: friction, torsional and rolling friction, restitution
    /// and softness are those of the shape with the higher priority. At equal priority they
    /// are combined.
    #[serde(default)]
    pub priority: i32,
    /// Resistance to turning on the spot: the largest moment about the contact
    /// normal per normal force, m. At equal priority the larger one counts.
    #[serde(default)]
    pub torsional_friction: f64,
    /// Resistance to rolling: the largest moment about the tangent plane per
    /// normal force, m. At equal priority the larger one counts.
    #[serde(default)]
    pub rolling_friction: f64,
    /// Compliance of the surface; that of the physics settings if left out. At equal priority
    /// the softer one counts.
    #[serde(default)]
    pub softness: Option<SoftnessSpec>,
    /// Collision group; every shape without one is in `default`.
    #[serde(default)]
    pub group: Option<String>,
    /// Groups with which this shape does not collide.
    #[serde(default)]
    pub ignores: Vec<String>,
}

impl ShapeSpec {
    /// The shape at the origin of its body, with default surface properties.
    pub fn of(shape: Shape) -> Self {
        Self {
            shape,
            name: None,
            pose: PoseSpec::default(),
            material: None,
            friction: None,
            restitution: None,
            priority: 0,
            torsional_friction: 0.0,
            rolling_friction: 0.0,
            softness: None,
            group: None,
            ignores: Vec::new(),
        }
    }
}

/// The compliance of a surface, in the terms of `MuJoCo`'s contact model: a spring and damper
/// whose strength is relative to the supported mass.
///
/// Source: `MuJoCo` documentation, "Computation", "Solver parameters"
/// (`solref`, `solimp`); defaults are those of `MuJoCo`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoftnessSpec {
    /// Time in which a penetration recovers, s.
    pub time_constant: f64,
    /// Damping ratio; 1 is critical.
    pub damping_ratio: f64,
    /// Share of the wanted constraint force at no penetration, 0 to 1.
    pub impedance: f64,
    /// Share at the penetration `width` and beyond, 0 to 1.
    pub impedance_at_width: f64,
    /// Penetration over which the impedance rises, m.
    pub width: f64,
    /// Ratio of the stiffness of friction to that of the normal direction; at 1, feet creep
    /// under load.
    pub friction_stiffness_ratio: f64,
}

impl Default for SoftnessSpec {
    fn default() -> Self {
        Self {
            time_constant: 0.02,
            damping_ratio: 1.0,
            impedance: 0.9,
            impedance_at_width: 0.95,
            width: 0.001,
            friction_stiffness_ratio: 1.0,
        }
    }
}

/// Visual geometry of a link; without effect on physics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisualSpec {
    /// A mesh file (glTF, OBJ, STL); once a scenario is loaded, its path from the
    /// project root.
    pub mesh: String,
    /// Pose of the mesh frame in the link frame.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Size of the mesh's units along its axes, m.
    #[serde(default = "metre_scale")]
    pub scale: [f64; 3],
    /// Colour where the mesh has none: red, green, blue, 0 to 1.
    #[serde(default)]
    pub color: Option<[f32; 3]>,
}

fn metre_scale() -> [f64; 3] {
    [1.0; 3]
}

/// Contact properties of a surface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaterialSpec {
    /// Coulomb friction coefficient.
    pub friction: f64,
    /// Restitution coefficient, 0 (no rebound) to 1 (perfectly elastic).
    pub restitution: f64,
    /// Combination rule for two coefficients. If the two surfaces disagree, the later of
    /// Average, Min, Multiply, Max wins.
    pub combine: CombineRule,
    /// Display colour: red, green, blue, 0 to 1.
    pub color: [f32; 3],
}

impl Default for MaterialSpec {
    fn default() -> Self {
        Self {
            friction: 0.7,
            restitution: 0.0,
            combine: CombineRule::Average,
            color: [0.6, 0.6, 0.65],
        }
    }
}

impl MaterialSpec {
    /// Built-in materials, which every file may name without a definition.
    pub const BUILT_IN: [&'static str; 6] =
        ["rubber", "plastic", "wood", "steel", "concrete", "ice"];

    /// The built-in material with this name.
    ///
    /// Friction follows published tables for dry sliding (Serway and Beichner, Physics for
    /// Scientists and Engineers, table 5.2; `OpenStax` College Physics, table 5.1), chosen so
    /// that averages match common pairs: rubber on concrete 0.75 (0.7 to 0.8), steel on steel
    /// 0.57, wood on wood 0.3, steel on wood 0.44 (0.3 to 0.5), ice on anything 0.03. Plastic
    /// represents ABS and nylon (0.2 to 0.5). Restitution is 0, as it depends more on shapes
    /// and speed than on materials.
    pub fn built_in(name: &str) -> Option<Self> {
        let (friction, combine, color) = match name {
            "rubber" => (0.9, CombineRule::Average, [0.12, 0.12, 0.13]),
            "plastic" => (0.35, CombineRule::Average, [0.85, 0.85, 0.82]),
            "wood" => (0.3, CombineRule::Average, [0.72, 0.53, 0.34]),
            "steel" => (0.57, CombineRule::Average, [0.56, 0.57, 0.58]),
            "concrete" => (0.6, CombineRule::Average, [0.58, 0.57, 0.55]),
            "ice" => (0.03, CombineRule::Min, [0.80, 0.90, 0.96]),
            _ => return None,
        };
        Some(Self { friction, restitution: 0.0, combine, color })
    }
}

/// The combination rule for the coefficients of two touching surfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum CombineRule {
    /// Arithmetic mean.
    #[default]
    Average,
    /// The smaller one.
    Min,
    /// The product.
    Multiply,
    /// The larger one.
    Max,
}
