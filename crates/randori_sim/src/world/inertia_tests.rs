//! Properties of computed mass properties.

use super::*;
use randori_bodies::point_inertia;
use randori_core::random::RandomStream;
use randori_core::spec::{Angle, PoseSpec};

fn link(shapes: Vec<ShapeSpec>) -> LinkSpec {
    LinkSpec {
        name: "link".to_owned(),
        mass_kg: 2.0,
        com: None,
        inertia: InertiaSpec::FromShapes,
        shapes,
        visuals: Vec::new(),
    }
}

fn placed(shape: Shape, xyz: [f64; 3], rpy: [f64; 3]) -> ShapeSpec {
    ShapeSpec {
        pose: PoseSpec { xyz, rpy: Some(rpy.map(Angle::Rad)), quat: None },
        ..ShapeSpec::of(shape)
    }
}

fn cuboid(size: [f64; 3], xyz: [f64; 3]) -> ShapeSpec {
    placed(Shape::Box { size }, xyz, [0.0; 3])
}

fn assert_close(left: &MassProperties, right: &MassProperties, tolerance: f64) {
    assert!((left.mass_kg - right.mass_kg).abs() < tolerance, "{left:?} {right:?}");
    assert!((left.com - right.com).norm() < tolerance, "{left:?} {right:?}");
    assert!((left.inertia - right.inertia).norm() < tolerance, "{left:?} {right:?}");
}

/// Volume, centroid and inertia by Monte Carlo sampling: slow, but independent of formulas.
fn sampled(inside: impl Fn(Vector3<f64>) -> bool, half_extent: f64) -> MassProperties {
    let mut stream = RandomStream::new(3, "inertia");
    let draws = 400_000;
    let mut kept = Vec::new();
    for _ in 0..draws {
        let point = Vector3::from_fn(|_, _| stream.uniform(-half_extent, half_extent));
        if inside(point) {
            kept.push(point);
        }
    }
    let each = (2.0 * half_extent).powi(3) / f64::from(draws);
    let mass_kg = each * kept.len() as f64;
    let com = kept.iter().sum::<Vector3<f64>>() / kept.len() as f64;
    let inertia = kept.iter().map(|point| point_inertia(each, &(point - com))).sum();
    MassProperties { mass_kg, com, inertia }
}

type Inside = Box<dyn Fn(Vector3<f64>) -> bool>;

#[test]
fn formulas_agree_with_points_drawn_inside_each_shape() {
    let round = |p: Vector3<f64>| p.xy().norm();
    let (radius, length) = (0.6, 1.1);
    let up = length / 2.0;
    let cases: Vec<(Shape, Inside)> = vec![
        (Shape::Sphere { radius }, Box::new(move |p| p.norm() <= radius)),
        (
            Shape::Cylinder { radius, length },
            Box::new(move |p| round(p) <= radius && p.z.abs() <= up),
        ),
        (
            Shape::Capsule { radius, length },
            Box::new(move |p| (p - Vector3::z() * p.z.clamp(-up, up)).norm() <= radius),
        ),
        (
            Shape::Cone { radius, length },
            Box::new(move |p| p.z.abs() <= up && round(p) <= radius * (up - p.z) / length),
        ),
        (
            Shape::Box { size: [1.0, 0.6, 2.0] },
            Box::new(|p| p.x.abs() <= 0.5 && p.y.abs() <= 0.3 && p.z.abs() <= 1.0),
        ),
    ];
    for (shape, inside) in cases {
        let formula = solid(&shape);
        let drawn = sampled(inside, 1.2);

        // 400,000 points give the volume and the moments to a few per mille.
        assert_close(&formula, &drawn, 0.015 * formula.mass_kg);
    }
}

#[test]
fn hull_and_mesh_of_a_box_equal_the_box() {
    let size = [0.4, 0.6, 1.0];
    let corners: Vec<[f64; 3]> = (0..8)
        .map(|bits| std::array::from_fn(|axis| size[axis] * (f64::from(bits >> axis & 1) - 0.5)))
        .collect();
    let outside = vec![
        [0, 2, 1],
        [1, 2, 3],
        [4, 5, 6],
        [5, 7, 6],
        [0, 1, 4],
        [1, 5, 4],
        [2, 6, 3],
        [3, 6, 7],
        [0, 4, 2],
        [2, 4, 6],
        [1, 3, 5],
        [3, 7, 5],
    ];
    let inside_out = outside.iter().map(|&[a, b, c]: &[u32; 3]| [a, c, b]).collect();
    let (xyz, rpy) = ([1.0, -2.0, 0.5], [0.3, -0.4, 0.9]);
    let of = |shape| link_mass_properties(&link(vec![placed(shape, xyz, rpy)]));
    let expected = of(Shape::Box { size });

    assert_close(&of(Shape::ConvexHull { points: corners.clone() }), &expected, 1e-6);
    let vertices = corners.clone();
    assert_close(&of(Shape::TriangleMesh { vertices, triangles: outside }), &expected, 1e-12);
    let vertices = corners;
    assert_close(&of(Shape::TriangleMesh { vertices, triangles: inside_out }), &expected, 1e-12);
}

#[test]
fn two_half_boxes_equal_one_box() {
    let halves = link(vec![
        cuboid([0.5, 0.3, 0.2], [0.25, 0.0, 0.0]),
        cuboid([0.5, 0.3, 0.2], [-0.25, 0.0, 0.0]),
    ]);
    let whole = link(vec![cuboid([1.0, 0.3, 0.2], [0.0; 3])]);

    assert_close(&link_mass_properties(&halves), &link_mass_properties(&whole), 1e-12);
}

#[test]
fn turning_a_shape_turns_its_inertia() {
    let quarter = std::f64::consts::FRAC_PI_2;
    let turned =
        link(vec![placed(Shape::Box { size: [1.0, 2.0, 3.0] }, [0.0; 3], [0.0, 0.0, quarter])]);
    let swapped = link(vec![cuboid([2.0, 1.0, 3.0], [0.0; 3])]);

    assert_close(&link_mass_properties(&turned), &link_mass_properties(&swapped), 1e-12);
}

#[test]
fn given_values_replace_those_of_the_shapes() {
    let mut given = link(vec![cuboid([1.0, 1.0, 1.0], [5.0, 0.0, 0.0])]);
    given.com = Some([0.1, 0.2, 0.3]);
    let moments =
        InertiaSpec::Moments { ixx: 1.0, iyy: 2.0, izz: 3.0, ixy: 0.1, ixz: 0.2, iyz: 0.3 };

    let about_given_point = link_mass_properties(&given);
    let given_moments = link_mass_properties(&LinkSpec { inertia: moments, ..given });

    assert_eq!(about_given_point.com, Vector3::new(0.1, 0.2, 0.3));
    let cube = Matrix3::identity() * (2.0 / 6.0);
    assert!((about_given_point.inertia - cube).norm() < 1e-12);
    let rows = Matrix3::new(1.0, 0.1, 0.2, 0.1, 2.0, 0.3, 0.2, 0.3, 3.0);
    assert_eq!(given_moments.inertia, rows);
}

#[test]
fn shapes_without_volume_leave_a_point_mass() {
    let flat = vec![[0.1, 0.2, 0.3], [1.1, 0.7, 0.2], [0.3, 1.4, 0.9], [1.3, 1.9, 0.8]];
    for shapes in [
        vec![],
        vec![placed(Shape::Plane, [0.0; 3], [0.0; 3])],
        vec![placed(Shape::ConvexHull { points: flat }, [0.0; 3], [0.0; 3])],
    ] {
        let properties = link_mass_properties(&link(shapes));

        assert_eq!(properties.mass_kg, 2.0);
        assert!(properties.inertia.norm() < 1e-6, "{properties:?}");
    }
}

#[test]
fn poses_agree_with_those_of_the_scene_description() {
    let pose = PoseSpec {
        xyz: [1.0, 2.0, 3.0],
        rpy: Some([Angle::Deg(30.0), Angle::Deg(-50.0), Angle::Deg(110.0)]),
        quat: None,
    };
    let (ours, theirs) = (written_pose(&pose), pose.pose());

    let point = ours * nalgebra::Point3::new(0.3, 0.2, -0.5);
    let expected = theirs * randori_core::math::Vector::new(0.3, 0.2, -0.5);
    assert!((point.coords.cast::<f32>() - Vector3::from(expected.to_array())).norm() < 1e-6);
}
