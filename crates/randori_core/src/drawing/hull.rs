//! Triangles around points, for drawing convex hulls.

use crate::hull::convex_hull;

/// The triangles of the convex hull, counter-clockwise seen from outside; none
/// if the points enclose no volume.
pub fn hull_triangles(points: &[[f64; 3]]) -> Vec<[u32; 3]> {
    convex_hull(points).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_a_plane_have_no_triangles() {
        let flat = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]];

        assert!(hull_triangles(&flat).is_empty());
    }

    #[test]
    fn a_tetrahedron_has_four_triangles() {
        let corners = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

        assert_eq!(hull_triangles(&corners).len(), 4);
    }
}
