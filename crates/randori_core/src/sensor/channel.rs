//! Channels of measurements, with their physical meaning.

use serde::{Deserialize, Serialize};

/// A named array of numbers: a part of a measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Name within its sensor, such as `ranges`.
    pub name: String,
    /// Number of values.
    pub len: usize,
    /// Unit of the values, such as `rad/s`; `rad or m` where joints are mixed.
    pub unit: String,
    /// Names of the values, if they have any (joints, axes).
    pub elements: Vec<String>,
    /// Meaning of the values as a whole.
    #[serde(default)]
    pub quantity: Quantity,
}

/// Meaning of the values of a channel as a whole. The list will grow, for instance by images.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Quantity {
    /// Independent values.
    #[default]
    Scalar,
    /// The x, y and z of a vector, in the axes of one frame.
    Vector,
    /// The x, y, z and w of a rotation.
    Quaternion,
    /// A single 0 or 1.
    Flag,
    /// Distances along the beams of a scan, m; infinite where nothing was hit.
    Ranges(Scan),
}

/// The beams of a planar scan.
///
/// Beam `i` points along `first_rad + i * step_rad` about +Z of the sensor frame
/// from its +X axis (counter-clockwise seen from above).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Direction of the first beam, rad.
    pub first_rad: f64,
    /// Angle from each beam to the next, rad.
    pub step_rad: f64,
    /// Nearest and farthest distance that can be measured, m.
    pub range_m: (f64, f64),
}

impl Channel {
    /// Independent values, one for each of `elements`.
    pub fn scalars(name: &str, unit: &str, elements: &[&str]) -> Self {
        Self::new(name, unit, elements, Quantity::Scalar)
    }

    /// A vector: x, y, z.
    pub fn vector(name: &str, unit: &str) -> Self {
        Self::new(name, unit, &["x", "y", "z"], Quantity::Vector)
    }

    /// A rotation, as a quaternion x, y, z, w.
    pub fn quaternion(name: &str) -> Self {
        Self::new(name, "1", &["x", "y", "z", "w"], Quantity::Quaternion)
    }

    /// A single 0 or 1.
    pub fn flag(name: &str) -> Self {
        Self::new(name, "0 or 1", &[name], Quantity::Flag)
    }

    fn new(name: &str, unit: &str, elements: &[&str], quantity: Quantity) -> Self {
        Self {
            name: name.to_owned(),
            len: elements.len(),
            unit: unit.to_owned(),
            elements: elements.iter().map(|&element| element.to_owned()).collect(),
            quantity,
        }
    }

    /// The number of values, with a remark that they are not axes if so; for messages.
    pub fn extent(&self) -> String {
        let each = if self.quantity == Quantity::Scalar { ", each by itself" } else { "" };
        format!("{} values{each}", self.len)
    }

    /// The beams of its distances, if it holds distances along beams.
    pub fn scan(&self) -> Option<&Scan> {
        match &self.quantity {
            Quantity::Ranges(scan) => Some(scan),
            _ => None,
        }
    }
}

impl Scan {
    /// Direction of a beam, rad.
    pub fn angle_rad(&self, beam: usize) -> f64 {
        self.first_rad + self.step_rad * beam as f64
    }
}
