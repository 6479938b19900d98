//! Geometry for drawing only, in recordings, reports and the viewer.

mod bones;
mod hull;

pub use bones::{Bone, bones};
pub use hull::hull_triangles;
