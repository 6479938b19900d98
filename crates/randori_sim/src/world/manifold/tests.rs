//! Clipping and selection of points in isolation.

use std::f32::consts::TAU;

use randori_core::math::Vector;
use rapier3d::parry::shape::PackedFeatureId;

use super::Point;
use super::clip::clip;
use super::face::{Corner, Face};
use super::reduce::{carriers, carry_over};

/// A regular polygon in the plane z = 0 with its normal upwards.
fn polygon(corners: u32, radius: f32, first: u32) -> Face {
    let corner = |index: u32| {
        let angle = TAU * index as f32 / corners as f32;
        let place = Vector::new(radius * libm::cosf(angle), radius * libm::sinf(angle), 0.0);
        Corner {
            edge: PackedFeatureId::edge(first + index),
            ..Corner::of_vertex(place, first + index)
        }
    };
    Face {
        corners: (0..corners).map(corner).collect(),
        id: PackedFeatureId::face(first),
        normal: Some(Vector::Z),
    }
}

/// Points on the corners of a polygon, with heights.
fn points(corners: u32, heights: impl Fn(u32) -> f32) -> Vec<Point> {
    let face = polygon(corners, 1.0, 0);
    let point = |(index, corner): (usize, &Corner)| {
        let height = heights(index as u32);
        let on_other = corner.place + Vector::Z * height;
        let ground = PackedFeatureId::face(0);
        Point::new(corner.place, on_other, ground, corner.vertex, height)
    };
    face.corners.iter().enumerate().map(point).collect()
}

/// Distance of the origin from the nearest side of the polygon of selected points.
fn margin(points: &[Point], chosen: &[usize]) -> f32 {
    let place = |index: usize| points[chosen[index % chosen.len()]].local_p1;
    (0..chosen.len())
        .map(|index| {
            let side = place(index + 1) - place(index);
            place(index).cross(side).z / side.length()
        })
        .fold(f32::INFINITY, f32::min)
}

#[test]
fn four_points_of_a_level_face_hold_its_middle() {
    // Of a pentagon, one side of any four corners is a diagonal.
    for (corners, least) in [(5, 0.3), (6, 0.49), (7, 0.4), (8, 0.7), (12, 0.7), (64, 0.7)] {
        let points = points(corners, |_| 0.0);
        let chosen = carriers(&points, Vector::Z, &[]);
        assert_eq!(chosen.len(), 4, "{corners} corners: {chosen:?}");
        let margin = margin(&points, &chosen);
        assert!(margin > least, "{corners} corners: {chosen:?} hold {margin}");
    }
}

#[test]
fn the_deepest_point_always_carries() {
    for corners in [5, 6, 7, 12, 64] {
        for deepest in 0..corners {
            let points = points(corners, |index| if index == deepest { -0.01 } else { 0.0 });
            let chosen = carriers(&points, Vector::Z, &[]);
            assert!(chosen.contains(&(deepest as usize)), "{deepest} of {corners}: {chosen:?}");
        }
    }
}

#[test]
fn points_stay_until_another_is_deeper() {
    let level = points(12, |_| 0.0);
    let kept: Vec<Point> =
        carriers(&level, Vector::Z, &[]).into_iter().map(|index| level[index]).collect();
    let indices = |points: &[Point]| carriers(points, Vector::Z, &kept);
    let first = indices(&level);

    // Noise, and a lean towards a corner between the supporting ones.
    let trembling = points(12, |index| if index == 4 { -5e-5 } else { 0.0 });
    let leaning = points(12, |index| if index == 4 { -5e-3 } else { 0.0 });

    assert!(!first.contains(&4), "{first:?}");
    assert_eq!(indices(&trembling), first);
    assert!(indices(&leaning).contains(&4));
}

#[test]
fn points_keep_what_the_solver_knows_of_them() {
    let mut before = points(6, |_| 0.0);
    for (index, point) in before.iter_mut().enumerate() {
        point.data.impulse = index as f32;
    }
    let mut named = points(6, |_| 0.0);
    named.reverse();
    let mut nameless = named.clone();
    for point in &mut nameless {
        (point.fid1, point.fid2) = (PackedFeatureId::UNKNOWN, PackedFeatureId::UNKNOWN);
        point.local_p1 += Vector::X * 1e-3;
        point.local_p2 += Vector::X * 1e-3;
    }

    for points in [&mut named, &mut nameless] {
        carry_over(points, &before);
        let impulses: Vec<f32> = points.iter().map(|point| point.data.impulse).collect();
        assert_eq!(impulses, [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]);
    }
}

/// Area (m^2) of a polygon in the plane z = 0.
fn area(places: &[Vector]) -> f32 {
    let next = |index: usize| places[(index + 1) % places.len()];
    (0..places.len()).map(|index| places[index].cross(next(index)).z / 2.0).sum::<f32>().abs()
}

#[test]
fn clipping_leaves_what_two_faces_share() {
    let square = polygon(4, 1.0, 100);
    // Two squares of area 2, an eighth of a turn apart, share an octagon.
    let mut turned = polygon(4, 1.0, 0);
    for corner in &mut turned.corners {
        let (x, y) = (corner.place.x, corner.place.y);
        corner.place = Vector::new(x - y, x + y, 0.0) * std::f32::consts::FRAC_1_SQRT_2;
    }
    let octagon = 4.0 * (2.0_f32.sqrt() - 1.0);
    let small = polygon(12, 0.2, 0);

    for (subject, shared) in [(&turned, octagon), (&square, 2.0), (&small, 0.12)] {
        for axis in [Vector::Z, -Vector::Z] {
            let cuts = clip(&square, subject, axis);
            let places: Vec<Vector> = cuts.iter().map(|cut| cut.place).collect();
            assert!((area(&places) - shared).abs() < 1e-3, "{} m2: {cuts:?}", area(&places));
            for (index, cut) in cuts.iter().enumerate() {
                let name = (cut.of_cutter, cut.of_subject);
                let others = cuts.iter().map(|it| (it.of_cutter, it.of_subject));
                assert_eq!(others.filter(|other| *other == name).count(), 1, "{index}: {cuts:?}");
            }
        }
    }
}

#[test]
fn clipping_names_the_corners_of_the_face_that_cuts() {
    let small = polygon(5, 0.2, 100);
    let large = polygon(7, 1.0, 0);

    let cuts = clip(&small, &large, Vector::Z);

    let mut corners: Vec<u32> = cuts.iter().map(|cut| cut.of_cutter.0).collect();
    corners.sort_unstable();
    let expected: Vec<u32> = (100..105).map(|index| PackedFeatureId::vertex(index).0).collect();
    assert_eq!(corners, expected);
    for cut in &cuts {
        let corner = small.corners.iter().find(|corner| corner.vertex == cut.of_cutter);
        let corner = corner.expect("the name is of a corner");
        assert!((corner.place - cut.place).length() < 1e-4, "{cut:?}");
    }
}

#[test]
fn faces_beside_each_other_share_nothing() {
    let square = polygon(4, 1.0, 100);
    let mut beside = polygon(6, 1.0, 0);
    for corner in &mut beside.corners {
        corner.place += Vector::X * 2.5;
    }
    assert!(clip(&square, &beside, Vector::Z).is_empty());
}
