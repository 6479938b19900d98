//! Collision shapes and what they are made of.

use serde::{Deserialize, Serialize};

use super::PoseSpec;

/// A collision shape in its own frame S. Sizes are full sizes.
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
    /// A cylinder with half-ball caps, along Z, centred on S.
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
    /// A surface of triangles (hollow; for things that do not move).
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
    /// What it is.
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
    /// Collision group; every shape without one is in `default`.
    #[serde(default)]
    pub group: Option<String>,
    /// Groups that this shape passes through.
    #[serde(default)]
    pub ignores: Vec<String>,
}

/// How a surface behaves in contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaterialSpec {
    /// Coulomb friction coefficient.
    pub friction: f64,
    /// Restitution coefficient, 0 (dead) to 1 (elastic).
    pub restitution: f64,
    /// How two coefficients become one. If the two surfaces disagree, the
    /// later of Average, Min, Multiply, Max wins.
    pub combine: CombineRule,
    /// Colour for people: red, green, blue, 0 to 1.
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

/// How the coefficients of two touching surfaces are combined.
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
