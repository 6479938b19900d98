//! A line drawing in world coordinates, and its shapes.

use bevy::prelude::{Color, Resource};
use randori_core::math::{Pose, Vector};

/// Colours of overlays.
pub(crate) mod colors {
    use bevy::prelude::Color;

    /// Along +X.
    pub(crate) const X: Color = Color::srgb(0.90, 0.15, 0.15);
    /// Along +Y.
    pub(crate) const Y: Color = Color::srgb(0.10, 0.70, 0.15);
    /// Along +Z.
    pub(crate) const Z: Color = Color::srgb(0.15, 0.30, 0.95);
    /// A ray with a hit.
    pub(crate) const RAY: Color = Color::srgba(0.95, 0.45, 0.10, 0.45);
    /// A ray without a hit.
    pub(crate) const MISS: Color = Color::srgba(0.35, 0.40, 0.50, 0.25);
    /// The hit of a ray.
    pub(crate) const HIT: Color = Color::srgb(0.95, 0.10, 0.10);
    /// Contact points and their forces.
    pub(crate) const FORCE: Color = Color::srgb(0.95, 0.75, 0.05);
    /// Velocities.
    pub(crate) const VELOCITY: Color = Color::srgb(0.05, 0.55, 0.85);
    /// Angular velocities.
    pub(crate) const SPIN: Color = Color::srgb(0.65, 0.25, 0.85);
    /// Centres of mass.
    pub(crate) const MASS: Color = Color::srgb(0.08, 0.08, 0.10);
    /// A robot whose centre of mass is above its support polygon.
    pub(crate) const STEADY: Color = Color::srgb(0.05, 0.65, 0.15);
    /// A robot whose centre of mass is outside its support polygon.
    pub(crate) const TIPPING: Color = Color::srgb(0.90, 0.10, 0.10);
}

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    /// One end, m in the world.
    pub from: Vector,
    /// The other end, m in the world.
    pub to: Vector,
    /// Its colour.
    pub color: Color,
    /// True if it is visible through bodies.
    pub on_top: bool,
}

/// The lines of all overlays.
#[derive(Resource, Debug, Default)]
pub(crate) struct Sketch {
    lines: Vec<Line>,
}

/// Corners of a drawn circle.
const CORNERS: u8 = 16;

impl Sketch {
    /// All lines.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Removes all lines.
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
    }

    /// Adds a line that bodies occlude.
    pub(crate) fn line(&mut self, from: Vector, to: Vector, color: Color) {
        self.lines.push(Line { from, to, color, on_top: false });
    }

    /// Adds a line that is visible through bodies.
    pub(crate) fn top_line(&mut self, from: Vector, to: Vector, color: Color) {
        self.lines.push(Line { from, to, color, on_top: true });
    }

    /// Adds an arrow from a point; only its line if it is too short for a head.
    pub(crate) fn arrow(&mut self, from: Vector, along: Vector, color: Color) {
        let (length, to) = (along.length(), from + along);
        self.top_line(from, to, color);
        if length < 0.01 {
            return;
        }
        let forward = along / length;
        let aside = if forward.z.abs() < 0.9 { Vector::Z } else { Vector::X };
        let one = forward.cross(aside).normalize();
        let head = (length * 0.3).min(0.06);
        for side in [one, -one, forward.cross(one), -forward.cross(one)] {
            self.top_line(to, to - (forward - side * 0.4) * head, color);
        }
    }

    /// Adds the axes of a frame.
    pub(crate) fn axes(&mut self, world_from_frame: &Pose, length: f32) {
        let origin = world_from_frame.translation;
        let axes = [(Vector::X, colors::X), (Vector::Y, colors::Y), (Vector::Z, colors::Z)];
        for (axis, color) in axes {
            self.top_line(origin, origin + world_from_frame.rotation * axis * length, color);
        }
    }

    /// Adds a ball: a circle about each axis.
    pub(crate) fn ball(&mut self, center: Vector, radius: f32, color: Color) {
        for (one, other) in [(Vector::X, Vector::Y), (Vector::Y, Vector::Z), (Vector::Z, Vector::X)]
        {
            let corner = |index: u8| {
                let angle = f32::from(index) / f32::from(CORNERS) * std::f32::consts::TAU;
                center + (one * libm::cosf(angle) + other * libm::sinf(angle)) * radius
            };
            for index in 0..CORNERS {
                self.top_line(corner(index), corner(index + 1), color);
            }
        }
    }

    /// Adds a horizontal cross along X and Y.
    pub(crate) fn cross(&mut self, center: Vector, reach: f32, color: Color) {
        for arm in [Vector::X, Vector::Y] {
            self.top_line(center - arm * reach, center + arm * reach, color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_red_green_and_blue_along_x_y_and_z_of_the_frame() {
        let mut sketch = Sketch::default();
        let quarter = randori_core::math::rotation_from_rpy(0.0, 0.0, std::f64::consts::FRAC_PI_2);

        sketch.axes(&Pose::from_parts(Vector::X, quarter), 0.5);

        let ends = [(Vector::Y, colors::X), (-Vector::X, colors::Y), (Vector::Z, colors::Z)];
        for (line, (end, color)) in sketch.lines().iter().zip(ends) {
            assert_eq!((line.from, line.color), (Vector::X, color));
            assert!((line.to - line.from - end * 0.5).length() < 1e-6, "{line:?}");
        }
    }

    #[test]
    fn an_arrow_ends_where_it_points_and_has_a_head_only_if_it_is_long() {
        let mut sketch = Sketch::default();
        sketch.arrow(Vector::ZERO, Vector::Z, colors::FORCE);

        assert_eq!(sketch.lines().len(), 5);
        assert!(sketch.lines()[1..].iter().all(|line| line.from == Vector::Z));
        sketch.clear();
        sketch.arrow(Vector::ZERO, Vector::Z * 0.005, colors::FORCE);
        assert_eq!(sketch.lines().len(), 1);
    }
}
