//! Queries for rendering: contact points, support polygons, depth images.

use randori_core::layout::RobotId;
use randori_core::math::{Pose, Rotation, Vec2, Vector, rotation_from_rpy};
use randori_core::record::Contact;
use randori_sim::world::{ContactPoint, DepthCamera, SimWorld};

use crate::common::{Scene, Stage};
use crate::contact::{movable, objects};
use crate::fixture::{G, assert_close};

/// A seat of 3 kg, 0.5 m up, on four feet of 0.25 kg: one link each.
const STOOL: &str = r#"Robot(format: 1, name: "stool", base: Floating(link: "seat"),
    links: [
        (name: "seat", mass_kg: 3, shapes: [(shape: Box(size: (0.5, 0.4, 0.05)))]),
        (name: "a", mass_kg: 0.25, shapes: [(shape: Sphere(radius: 0.02))]),
        (name: "b", mass_kg: 0.25, shapes: [(shape: Sphere(radius: 0.02))]),
        (name: "c", mass_kg: 0.25, shapes: [(shape: Sphere(radius: 0.02))]),
        (name: "d", mass_kg: 0.25, shapes: [(shape: Sphere(radius: 0.02))]),
    ],
    joints: [
        (name: "a", kind: Fixed, parent: "seat", child: "a", pose: (xyz: (0.2, 0.15, -0.48))),
        (name: "b", kind: Fixed, parent: "seat", child: "b", pose: (xyz: (-0.2, 0.15, -0.48))),
        (name: "c", kind: Fixed, parent: "seat", child: "c", pose: (xyz: (-0.2, -0.15, -0.48))),
        (name: "d", kind: Fixed, parent: "seat", child: "d", pose: (xyz: (0.2, -0.15, -0.48))),
    ],
)"#;

fn points(world: &SimWorld) -> Vec<ContactPoint> {
    let mut points = Vec::new();
    world.contact_points(&mut points);
    points
}

fn standing() -> Scene {
    let mut scene = Stage {
        robots: &[(STOOL, "pose: (xyz: (1, 2, 0.5))")],
        environment: "ground: ()",
        ..Stage::default()
    }
    .build();
    scene.run(1.0);
    scene
}

/// Fails unless the points of each pair add up to its force.
fn assert_points_add_up(world: &SimWorld, tolerance_n: f32) -> Vec<Contact> {
    let (points, mut pairs) = (points(world), Vec::new());
    world.contacts(&mut pairs);
    for pair in &pairs {
        let of_pair = points.iter().filter(|it| (it.body, it.other) == (pair.body, pair.other));
        assert_close(of_pair.map(|it| it.force).sum(), pair.force, tolerance_n);
    }
    let with_points: Vec<_> = pairs.iter().map(|pair| (pair.body, pair.other)).collect();
    assert!(points.iter().all(|it| with_points.contains(&(it.body, it.other))));
    pairs
}

#[test]
fn a_stool_stands_on_the_rectangle_of_its_feet() {
    let scene = standing();
    let world = &scene.world;
    let mut corners = Vec::new();

    world.support_polygon(RobotId(0), &mut corners);

    let expected = [(0.8, 1.85), (1.2, 1.85), (1.2, 2.15), (0.8, 2.15)];
    assert_eq!(corners.len(), 4, "{corners:?}");
    for (x, y) in expected {
        let near = |corner: &Vec2| (*corner - Vec2::new(x, y)).length() < 2e-3;
        assert!(corners.iter().any(near), "{corners:?} has no {x}, {y}");
    }
    let area: f32 = (0..4).map(|i| corners[i].perp_dot(corners[(i + 1) % 4]) / 2.0).sum();
    assert!((area - 0.4 * 0.3).abs() < 1e-3, "counter-clockwise: {area} m^2");
    assert!((world.robot_mass(RobotId(0)) - 4.0).abs() < 1e-6);
    // Three quarters at 0.5 m and a quarter at 0.02 m.
    assert_close(world.center_of_mass(RobotId(0)), Vector::new(1.0, 2.0, 0.38), 2e-3);
}

#[test]
fn the_feet_of_a_stool_carry_its_weight_upwards() {
    let scene = standing();

    let points = points(&scene.world);

    assert_eq!(points.len(), 4);
    for point in &points {
        assert_eq!(point.other, None);
        assert_close(point.normal, Vector::Z, 1e-5);
        assert!(point.at.z.abs() < 2e-3, "{point:?}");
        assert!((f64::from(point.force.z) - G).abs() < 0.1, "a quarter of 4 kg: {point:?}");
    }
    assert_points_add_up(&scene.world, 1e-3);
}

#[test]
fn a_stool_in_the_air_has_no_support() {
    let robots = [(STOOL, "pose: (xyz: (0, 0, 3))")];
    let mut scene =
        Stage { robots: &robots, environment: "ground: ()", ..Stage::default() }.build();
    scene.step();
    let mut corners = vec![Vec2::ONE];

    scene.world.support_polygon(RobotId(0), &mut corners);

    assert_eq!(corners, []);
}

#[test]
fn points_of_sliding_and_stacked_boxes_add_up_to_what_the_pairs_say() {
    let upper = movable("upper", "Box(size: (0.2, 0.2, 0.2))", 1.0, "xyz: (0, 0, 0.3)", "");
    let lower = movable("lower", "Box(size: (0.3, 0.2, 0.2))", 2.0, "xyz: (0, 0, 0.1)", "");
    let mut scene = objects(&[lower, upper], "");
    let (lower, upper) = (scene.body("lower"), scene.body("upper"));
    scene.run(1.0);
    scene.world.apply_impulse(lower, Vector::X * 4.0);
    scene.step();

    let pairs = assert_points_add_up(&scene.world, 1e-2);

    let of = |body, other| pairs.iter().find(|it| (it.body, it.other) == (body, other));
    let friction = of(lower, None).expect("it slides on the ground").force.x;
    assert!(friction < -1.0, "friction brakes: {friction} N");
    let between = of(lower, Some(upper)).expect("they touch").force.z;
    assert!((f64::from(between) + G).abs() < 1.0, "the upper one presses: {between} N");
    let normals = points(&scene.world);
    let down = normals.iter().find(|it| it.other == Some(upper)).expect("they touch");
    assert_close(down.normal, -Vector::Z, 1e-3);
}

fn camera(world_from_camera: Pose) -> DepthCamera {
    DepthCamera {
        world_from_camera,
        width: 4,
        height: 3,
        vertical_fov_rad: std::f32::consts::FRAC_PI_2,
        near_m: 0.1,
        far_m: 10.0,
        carrier: None,
    }
}

fn depths(scene: &Scene, camera: &DepthCamera) -> Vec<f32> {
    let mut out = vec![7.0];
    scene.world.depth_image(camera, &mut out);
    out
}

fn assert_depths(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
    assert!(found.iter().zip(expected).all(near), "{found:?} instead of {expected:?}");
}

#[test]
fn a_wall_has_one_depth_and_what_lies_too_near_or_too_far_has_none() {
    let wall = "(name: \"wall\", pose: (xyz: (3.1, 0, 0)), \
                shapes: [(shape: Box(size: (0.2, 40, 40)))])";
    let scene = Stage { environment: &format!("objects: [{wall}]"), ..Stage::default() }.build();
    let look = camera(Pose::from_translation(Vector::new(0.5, 0.0, 0.0)));

    assert_depths(&depths(&scene, &look), &[2.5; 12]);
    assert_depths(&depths(&scene, &DepthCamera { near_m: 2.6, ..look }), &[0.0; 12]);
    assert_depths(&depths(&scene, &DepthCamera { far_m: 2.4, ..look }), &[0.0; 12]);
    let away = Pose::from_parts(Vector::ZERO, rotation_from_rpy(0.0, 0.0, std::f64::consts::PI));
    assert_depths(&depths(&scene, &camera(away)), &[0.0; 12]);
    let carried = DepthCamera { carrier: Some(scene.body("wall")), ..look };
    assert_depths(&depths(&scene, &carried), &[0.0; 12]);
}

#[test]
fn the_ground_comes_nearer_towards_the_lower_edge() {
    let scene = Stage { environment: "ground: ()", ..Stage::default() }.build();
    let look = camera(Pose::from_translation(Vector::Z * 2.0));

    // Rows look at 2/3, 0 and -2/3 of their depth: the last one meets the ground.
    let mut expected = [0.0; 12];
    expected[8..].fill(3.0);
    assert_depths(&depths(&scene, &look), &expected);
}

#[test]
fn the_first_pixel_is_the_upper_left_one() {
    // Ahead, to the left and up.
    let ball = "(name: \"ball\", pose: (xyz: (2, 2, 1.3333)), \
                shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])";
    let scene = Stage { environment: &format!("objects: [{ball}]"), ..Stage::default() }.build();

    let found = depths(&scene, &camera(Pose::IDENTITY));

    assert!((found[0] - 1.9).abs() < 0.01, "{found:?}");
    assert!(found[1..].iter().all(|depth| *depth == 0.0), "{found:?}");
}

#[test]
fn a_camera_sees_dropped_boxes_and_a_ray_tells_where_it_ends() {
    let mut scene = Stage { environment: "ground: ()", ..Stage::default() }.build();
    let pose = Pose::from_parts(Vector::new(2.0, 0.0, 0.5), Rotation::IDENTITY);
    let body = scene.world.drop_box(Vector::splat(1.0), 5.0, pose);
    scene.step();
    let from = Vector::new(0.0, 0.1, 0.4);

    let hit = scene.world.cast_ray(from, Vector::X, 10.0, None).expect("the box is ahead");

    assert_eq!(hit.body, Some(body));
    assert_close(hit.point, Vector::new(1.5, 0.1, 0.4), 1e-5);
    let look = DepthCamera { width: 1, height: 1, ..camera(Pose::from_translation(from)) };
    assert_depths(&depths(&scene, &look), &[1.5]);
}
