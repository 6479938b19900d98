//! Mechanisms whose equations are printed in books.

use nalgebra::{DMatrix, DVector, Isometry3, Matrix3, UnitQuaternion, Vector3};
use randori_bodies::{
    Dynamics, JointKind, LinkSpec, MassProperties, Rule, State, Step, Tree, TreeBuilder,
};

use super::trees::Model;

const G: f64 = 9.81;

fn down() -> Vector3<f64> {
    Vector3::new(0.0, 0.0, -G)
}

fn body(mass_kg: f64, com: [f64; 3], moments: [f64; 3]) -> MassProperties {
    let inertia = Matrix3::from_diagonal(&moments.into());
    MassProperties { mass_kg, com: com.into(), inertia }
}

/// A fixed base, and links one on the other.
fn arm(links: &[(JointKind, [f64; 3], MassProperties)]) -> Tree {
    let mut builder = TreeBuilder::new();
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let mut parent = builder.add(&base).expect("a base");
    for (joint, [x, y, z], mass) in links {
        let spec = LinkSpec {
            parent: Some(parent),
            joint: *joint,
            parent_from_joint: Isometry3::translation(*x, *y, *z),
            mass: *mass,
            ..LinkSpec::default()
        };
        parent = builder.add(&spec).expect("a link");
    }
    builder.build()
}

fn hinge(axis: Vector3<f64>) -> JointKind {
    JointKind::Revolute { axis }
}

/// The state with these joint coordinates and velocities.
fn state(tree: &Tree, positions: &[f64], velocities: &[f64]) -> State {
    let mut state = State::new(tree);
    state.q[7..].copy_from_slice(positions);
    state.v.copy_from_slice(velocities);
    state.restart();
    state
}

/// Steps of `dt` for `time`.
fn run(tree: &Tree, state: &mut State, (time, dt): (f64, f64), gravity: Vector3<f64>) {
    let step = Step { dt, rule: Rule::SecondOrder, gravity, forces: &[], external: &[] };
    let mut dynamics = Dynamics::new(tree);
    for _ in 0..(time / dt).round() as usize {
        dynamics.step(tree, state, &step).expect("a regular mass matrix");
    }
}

#[test]
fn pendulum_has_the_inertia_and_weight_of_a_pendulum() {
    let (mass, length, moment, angle) = (1.7, 0.4, 0.03, 0.6);
    let bob = body(mass, [0.0, 0.0, -length], [1.0, moment, 1.0]);
    let tree = arm(&[(hinge(Vector3::y()), [0.2, 0.1, 1.0], bob)]);
    let state = state(&tree, &[angle], &[0.0]);
    let mut model = Model::new(&tree, &state.q);

    let inertia = model.mass_matrix()[(0, 0)];
    let torque = model.forces(&state.v, &[], &down())[0];

    assert!((inertia - (moment + mass * length * length)).abs() < 1e-12);
    assert!((torque - mass * G * length * libm::sin(angle)).abs() < 1e-12);
}

/// The exact period of a pendulum that swings to an angle: with the arithmetic-
/// geometric mean, `2 pi sqrt(I/(m g l)) / agm(1, cos(angle/2))`.
#[test]
fn a_pendulum_swings_with_the_period_of_the_elliptic_integral() {
    let (mass, length, moment, angle) = (1.0, 0.5, 0.02, 2.5);
    let bob = body(mass, [0.0, 0.0, -length], [1.0, moment, 1.0]);
    let tree = arm(&[(hinge(Vector3::y()), [0.0; 3], bob)]);
    let (mut a, mut b) = (1.0, libm::cos(angle / 2.0));
    for _ in 0..6 {
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
    }
    let inertia = moment + mass * length * length;
    let period = std::f64::consts::TAU * (inertia / (mass * G * length)).sqrt() / a;

    let mut swinging = state(&tree, &[angle], &[0.0]);
    run(&tree, &mut swinging, (period, period / 2000.0), down());

    // At the turning point, where the remaining velocity shows the phase error.
    let late = swinging.v[0] / (mass * G * length * libm::sin(angle) / inertia);
    assert!((swinging.q[7] - angle).abs() < 1e-5, "{}", swinging.q[7]);
    assert!(late.abs() < 1e-5 * period, "{late:e} s of {period} s");
}

/// Spong, Hutchinson, Vidyasagar, "Robot Modeling and Control" (2006), section
/// 7.4; Murray, Li, Sastry, "A Mathematical Introduction to Robotic
/// Manipulation" (1994), section 4.2.3.
#[test]
fn two_link_arm_matches_the_textbook() {
    let (l1, c1, c2) = (0.7, 0.3, 0.25);
    let (m1, m2, i1, i2) = (2.0, 1.2, 0.05, 0.02);
    let (q1, q2, v1, v2) = (0.4, -1.1, 1.3, -0.7);
    let tree = arm(&[
        (hinge(Vector3::z()), [0.0; 3], body(m1, [c1, 0.0, 0.0], [0.3, 0.3, i1])),
        (hinge(Vector3::z()), [l1, 0.0, 0.0], body(m2, [c2, 0.0, 0.0], [0.3, 0.3, i2])),
    ]);
    let state = state(&tree, &[q1, q2], &[v1, v2]);
    let mut model = Model::new(&tree, &state.q);

    let (cos1, cos2, sin2, cos12) =
        (libm::cos(q1), libm::cos(q2), libm::sin(q2), libm::cos(q1 + q2));
    let coupling = m2 * (c2 * c2 + l1 * c2 * cos2) + i2;
    let first = m1 * c1 * c1 + m2 * (l1 * l1 + c2 * c2 + 2.0 * l1 * c2 * cos2) + i1 + i2;
    let mass_matrix =
        DMatrix::from_row_slice(2, 2, &[first, coupling, coupling, m2 * c2 * c2 + i2]);
    let h = -m2 * l1 * c2 * sin2;
    let coriolis = DVector::from_vec(vec![h * v2 * v1 + h * (v1 + v2) * v2, -h * v1 * v1]);
    let far = m2 * c2 * G * cos12;
    let weight = DVector::from_vec(vec![(m1 * c1 + m2 * l1) * G * cos1 + far, far]);

    let bias = model.forces(&state.v, &[], &Vector3::new(0.0, -G, 0.0));
    assert!((model.mass_matrix() - mass_matrix).norm() < 1e-12);
    assert!((bias - (coriolis + weight)).norm() < 1e-12);
}

/// The usual cart-pole, for example Tedrake, "Underactuated Robotics", section
/// 3.2, with the angle measured from upright and a pole of moment `i`.
#[test]
fn cart_pole_matches_the_textbook() {
    let (cart, pole, l, i) = (1.0, 0.2, 0.3, 0.006);
    let (angle, rate) = (0.5, -1.4);
    let rail = JointKind::Prismatic { axis: Vector3::x() };
    let tree = arm(&[
        (rail, [0.0; 3], body(cart, [0.1, 0.0, 0.0], [0.1; 3])),
        (hinge(Vector3::y()), [0.0, 0.0, 0.1], body(pole, [0.0, 0.0, l], [i, i, 0.001])),
    ]);
    let state = state(&tree, &[0.8, angle], &[0.4, rate]);
    let mut model = Model::new(&tree, &state.q);

    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let mass_matrix = DMatrix::from_row_slice(
        2,
        2,
        &[cart + pole, pole * l * cos, pole * l * cos, i + pole * l * l],
    );
    let bias = DVector::from_vec(vec![-pole * l * rate * rate * sin, -pole * G * l * sin]);

    assert!((model.mass_matrix() - mass_matrix).norm() < 1e-12);
    assert!((model.forces(&state.v, &[], &down()) - bias).norm() < 1e-12);
}

/// A floating base alone.
fn free(mass: MassProperties) -> Tree {
    let mut builder = TreeBuilder::new();
    builder.add(&LinkSpec { mass, ..LinkSpec::default() }).expect("a body");
    builder.build()
}

#[test]
fn a_tumbling_body_obeys_eulers_equations() {
    let moments = Vector3::new(0.2, 0.5, 0.6);
    let (mass, com) = (3.0, Vector3::new(0.1, -0.2, 0.3));
    let tree = free(body(mass, com.into(), moments.into()));
    let turned = UnitQuaternion::from_scaled_axis(Vector3::new(0.3, 1.0, -0.4));
    let mut state = State::new(&tree);
    state.set_base_pose(&tree.links()[0], &Isometry3::from_parts([7.0, 8.0, 9.0].into(), turned));
    let spin = Vector3::new(1.0, -2.0, 0.7);
    state.v = vec![4.0, 5.0, 6.0, spin.x, spin.y, spin.z];

    let axes = turned.to_rotation_matrix();
    let inertia = axes.matrix() * Matrix3::from_diagonal(&moments) * axes.matrix().transpose();
    let offset = axes * com;
    let force = spin.cross(&spin.cross(&offset)) * mass;
    let torque = spin.cross(&(inertia * spin)) + offset.cross(&force);

    let bias = Model::new(&tree, &state.q).forces(&state.v, &[], &Vector3::zeros());
    assert!((bias.fixed_rows::<3>(0) - force).norm() < 1e-12);
    assert!((bias.fixed_rows::<3>(3) - torque).norm() < 1e-12);
    assert!(force.norm() > 1.0 && torque.norm() > 0.5, "the case must exercise both terms");
}

/// Goldstein, "Classical Mechanics" (2002), section 5.6: without torque the axis
/// of a symmetric body turns about the angular momentum L at the rate L/I1.
#[test]
fn a_symmetric_body_precesses_about_its_angular_momentum() {
    let (i1, i3, time) = (0.03, 0.05, 1.0);
    let tree = free(body(2.0, [0.0; 3], [i1, i1, i3]));
    let mut state = State::new(&tree);
    let spin = Vector3::new(1.0, 0.0, 6.0);
    state.v[3..].copy_from_slice(spin.as_slice());
    state.restart();
    let momentum = Vector3::new(i1 * spin.x, 0.0, i3 * spin.z);
    let expected = UnitQuaternion::from_scaled_axis(momentum * (time / i1)) * Vector3::z();

    run(&tree, &mut state, (time, 0.0005), Vector3::zeros());

    let axis = state.base_pose(&tree.links()[0]).rotation * Vector3::z();
    assert!((axis - expected).norm() < 1e-5, "{axis} {expected}");
}

/// Goldstein, section 5.7: a heavy top at the tilt t precesses steadily at the
/// rate W if `I1 cos(t) W^2 - I3 w3 W + m g l = 0`, where w3 is the angular
/// velocity along its axis, and moments are about the pivot.
#[test]
fn a_spinning_top_precesses_steadily() {
    let (mass, l, about_com, i3, tilt, w3) = (0.5_f64, 0.1, 0.001, 0.0008, 0.5, 200.0);
    let i1 = about_com + mass * l * l;
    let (sin, cos) = libm::sincos(tilt);
    let half = i3 * w3 / (2.0 * i1 * cos);
    let rate = half - (half * half - mass * G * l / (i1 * cos)).sqrt();
    let top = body(mass, [0.0, 0.0, l], [about_com, about_com, i3]);
    let tree = arm(&[(JointKind::Spherical, [0.3, 0.0, 1.0], top)]);
    let tilted = UnitQuaternion::from_scaled_axis(Vector3::new(0.0, tilt, 0.0));
    let axis = tilted * Vector3::z();
    // Precession about the vertical, and the rest of w3 about the axis.
    let spin = Vector3::z() * rate + axis * (w3 - rate * cos);
    let mut state = state(&tree, tilted.coords.as_slice(), spin.as_slice());

    let time = 0.4;
    run(&tree, &mut state, (time, 1e-5), down());

    let axis = Model::new(&tree, &state.q).kinematics.rotation(1).column(2).into_owned();
    let expected = Vector3::new(sin * libm::cos(rate * time), sin * libm::sin(rate * time), cos);
    assert!(rate > 1.0, "{rate}");
    assert!((axis - expected).norm() < 1e-5, "{axis} {expected}");
}

#[test]
fn a_planar_joint_moves_as_two_slides_and_a_hinge() {
    let mass = body(1.3, [0.2, -0.1, 0.3], [0.02, 0.03, 0.04]);
    let none = MassProperties::zero();
    let slide = |axis| JointKind::Prismatic { axis };
    let one = arm(&[(JointKind::Planar, [0.1, 0.2, 0.3], mass)]);
    let three = arm(&[
        (slide(Vector3::x()), [0.1, 0.2, 0.3], none),
        (slide(Vector3::y()), [0.0; 3], none),
        (hinge(Vector3::z()), [0.0; 3], mass),
    ]);
    let answers = [one, three].map(|tree| {
        let state = state(&tree, &[0.4, -0.7, 1.1], &[1.0, 2.0, -3.0]);
        let mut model = Model::new(&tree, &state.q);
        let forces = model.forces(&state.v, &[0.5, 0.6, 0.7], &Vector3::new(1.0, 2.0, 3.0));
        (model.mass_matrix(), forces)
    });

    let [(matrix, forces), (expected, expected_forces)] = answers;
    assert!((matrix - expected).norm() < 1e-13);
    assert!((forces - expected_forces).norm() < 1e-13);
}

#[test]
fn each_joint_of_a_hanging_chain_carries_what_hangs_below() {
    let kinds = [hinge(Vector3::z()), JointKind::Fixed, JointKind::Spherical];
    let masses = [1.0, 2.0, 4.0];
    let links: Vec<_> = (0..3)
        .map(|i| (kinds[i], [0.0, 0.0, -0.2], body(masses[i], [0.0, 0.0, -0.1], [0.01; 3])))
        .collect();
    let tree = arm(&links);
    let state = State::new(&tree);
    let mut model = Model::new(&tree, &state.q);

    model.forces(&state.v, &[], &down());

    for (link, below) in [(1, 7.0), (2, 6.0), (3, 4.0)] {
        let reaction = model.passes.reaction(&tree, &model.kinematics, link);
        assert!((reaction.force - Vector3::new(0.0, 0.0, below * G)).norm() < 1e-12);
        assert!(reaction.torque.norm() < 1e-12);
    }
}

#[test]
fn an_extended_slide_bends_its_rail() {
    let slide = JointKind::Prismatic { axis: Vector3::x() };
    let tree = arm(&[(slide, [0.0; 3], body(2.0, [0.0; 3], [0.1; 3]))]);
    let state = state(&tree, &[0.5], &[0.0]);
    let mut model = Model::new(&tree, &state.q);

    model.forces(&state.v, &[3.0], &down());

    let reaction = model.passes.reaction(&tree, &model.kinematics, 1);
    assert!((reaction.force - Vector3::new(6.0, 0.0, 2.0 * G)).norm() < 1e-12);
    assert!((reaction.torque - Vector3::new(0.0, -0.5 * 2.0 * G, 0.0)).norm() < 1e-12);
}

#[test]
fn an_accelerometer_on_a_turning_arm_feels_gravity_and_the_turn() {
    let tree = arm(&[(hinge(Vector3::z()), [1.0, 2.0, 0.0], body(1.0, [0.2, 0.0, 0.0], [0.1; 3]))]);
    let (rate, pull, radius) = (3.0, 5.0, 0.4);
    let state = state(&tree, &[0.0], &[rate]);
    let mut model = Model::new(&tree, &state.q);

    model.forces(&state.v, &[pull], &down());

    let offset = model.kinematics.offset(1) + Vector3::new(radius, 0.0, 0.0);
    let felt = model.passes.proper_acceleration(1, &offset);
    let expected = Vector3::new(-rate * rate * radius, pull * radius, G);
    assert!((felt - expected).norm() < 1e-12, "{felt}");
    assert_eq!(model.passes.angular_acceleration(1), Vector3::new(0.0, 0.0, pull));
}

#[test]
fn an_accelerometer_on_a_falling_body_feels_only_its_tumbling() {
    let tree = free(body(1.0, [0.0; 3], [0.2, 0.3, 0.4]));
    let mut state = State::new(&tree);
    state.v = vec![5.0, -6.0, 7.0, 0.0, 0.0, 4.0];
    let mut model = Model::new(&tree, &state.q);
    let falling = [0.0, 0.0, -G, 0.0, 0.0, 0.0];

    model.forces(&state.v, &falling, &down());

    let center = model.passes.proper_acceleration(0, &Vector3::zeros());
    let outside = model.passes.proper_acceleration(0, &Vector3::new(0.5, 0.0, 0.0));
    assert!(center.norm() < 1e-12, "{center}");
    assert!((outside - Vector3::new(-8.0, 0.0, 0.0)).norm() < 1e-12, "{outside}");
}

#[test]
fn armature_resists_its_own_joint_alone() {
    let links = |armature| {
        let mut builder = TreeBuilder::new();
        let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
        let mut parent = builder.add(&base).expect("a base");
        for _ in 0..2 {
            let spec = LinkSpec {
                parent: Some(parent),
                joint: hinge(Vector3::y()),
                mass: body(1.0, [0.0, 0.0, -0.2], [0.01; 3]),
                armature,
                ..LinkSpec::default()
            };
            parent = builder.add(&spec).expect("a link");
        }
        let tree = builder.build();
        Model::new(&tree, &State::new(&tree).q).mass_matrix()
    };

    let difference = links(0.3) - links(0.0);

    assert!((difference - DMatrix::identity(2, 2) * 0.3).norm() < 1e-15);
}
