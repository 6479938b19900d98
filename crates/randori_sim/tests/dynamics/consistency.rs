//! Laws of mechanics for all robots, tested on random trees.

use nalgebra::{DVector, Point3, Vector3};
use randori_core::random::RandomStream;
use randori_core::spec::RobotSpec;
use randori_sim::world::dynamics::{RobotModel, RobotState};

use super::robots::*;

const ROBOTS: u64 = 200;
const STEP: f64 = 1e-5;

/// A robot, its model and a state of it.
struct Case {
    robot: RobotSpec,
    model: RobotModel,
    state: RobotState,
    stream: RandomStream,
}

fn cases(path: &str, spherical: bool) -> impl Iterator<Item = Case> {
    (0..ROBOTS).map(move |seed| {
        let mut stream = RandomStream::new(seed, path);
        let breed = Breed { floating: seed % 2 == 0, spherical, armature: true };
        let robot = random_robot(&mut stream, breed);
        let model = RobotModel::new(&robot);
        let state = random_state(&mut stream, &model);
        Case { robot, model, state, stream }
    })
}

fn gravity() -> Vector3<f64> {
    Vector3::new(0.4, -0.3, -9.81)
}

impl Case {
    fn at(&self, rates: &DVector<f64>, time: f64) -> RobotState {
        moved(&self.robot, &self.state, rates, time)
    }

    fn random_vector(&mut self) -> DVector<f64> {
        let stream = &mut self.stream;
        DVector::from_fn(self.model.dofs(), |_, _| stream.uniform(-2.0, 2.0))
    }

    fn unit(&self, index: usize) -> DVector<f64> {
        DVector::from_fn(self.model.dofs(), |row, _| f64::from(row == index))
    }
}

#[test]
fn the_mass_matrix_is_symmetric_and_positive_definite() {
    for Case { model, state, .. } in cases("dynamics.definite", true) {
        let matrix = model.mass_matrix(&state);

        assert_eq!(matrix, matrix.transpose());
        assert!(model.dofs() == 0 || matrix.cholesky().is_some(), "{model:?}");
    }
}

#[test]
fn columns_of_the_mass_matrix_are_forces_of_unit_accelerations() {
    for case in cases("dynamics.columns", true) {
        let (model, matrix) = (&case.model, case.model.mass_matrix(&case.state));
        let still = with_velocity(&case.state, &DVector::zeros(model.dofs()));
        for index in 0..model.dofs() {
            let unit = case.unit(index);
            let forces = model.inverse_dynamics(&still, unit.as_slice(), &Vector3::zeros());

            assert!((matrix.column(index) - forces).norm() < 1e-10 * matrix.norm());
        }
    }
}

#[test]
fn forces_are_linear_in_the_accelerations() {
    for mut case in cases("dynamics.linear", true) {
        let pull = case.random_vector();
        let (model, state) = (&case.model, &case.state);
        let expected = model.mass_matrix(state) * &pull + model.bias_forces(state, &gravity());

        let forces = model.inverse_dynamics(state, pull.as_slice(), &gravity());

        assert!((&forces - expected).norm() <= 1e-10 * (1.0 + forces.norm()));
    }
}

#[test]
fn kinetic_energy_is_half_the_squared_velocity() {
    for Case { model, state, .. } in cases("dynamics.kinetic", true) {
        let rates = velocity(&model, &state);
        let expected = 0.5 * rates.dot(&(model.mass_matrix(&state) * &rates));

        assert!((model.kinetic_energy(&state) - expected).abs() <= 1e-11 * (1.0 + expected));
    }
}

#[test]
fn gravity_forces_are_the_slope_of_the_potential_energy() {
    for case in cases("dynamics.slope", true) {
        let forces = case.model.gravity_forces(&case.state, &gravity());
        for index in 0..case.model.dofs() {
            let unit = case.unit(index);
            let height = |time| case.model.potential_energy(&case.at(&unit, time), &gravity());
            let slope = (height(STEP) - height(-STEP)) / (2.0 * STEP);

            assert!((forces[index] - slope).abs() < 1e-5, "{} {slope}", forces[index]);
        }
    }
}

#[test]
fn velocity_terms_are_the_christoffel_symbols_of_the_mass_matrix() {
    for case in cases("dynamics.christoffel", false).filter(|case| case.model.base_dofs() == 0) {
        let (model, rates) = (&case.model, velocity(&case.model, &case.state));
        let slope = |direction: &DVector<f64>| {
            let at = |time| model.mass_matrix(&case.at(direction, time));
            (at(STEP) - at(-STEP)) / (2.0 * STEP)
        };
        let along = slope(&rates) * &rates;
        let expected = DVector::from_fn(model.dofs(), |index, _| {
            along[index] - 0.5 * rates.dot(&(slope(&case.unit(index)) * &rates))
        });

        let bias = model.bias_forces(&case.state, &Vector3::zeros());

        assert!((&bias - expected).norm() < 1e-6 * (1.0 + bias.norm()));
    }
}

#[test]
fn power_of_the_forces_is_the_change_of_energy() {
    for mut case in cases("dynamics.power", true) {
        let pull = case.random_vector();
        let (model, rates) = (&case.model, velocity(&case.model, &case.state));
        let energy = |time: f64| {
            let middle = &rates + &pull * (time / 2.0);
            let state = with_velocity(&case.at(&middle, time), &(&rates + &pull * time));
            model.kinetic_energy(&state) + model.potential_energy(&state, &gravity())
        };
        let change = (energy(STEP) - energy(-STEP)) / (2.0 * STEP);
        let forces = model.inverse_dynamics(&case.state, pull.as_slice(), &gravity());
        let power = forces.dot(&rates);

        assert!((power - change).abs() < 1e-5 * (1.0 + power.abs()), "{power} {change}");
    }
}

#[test]
fn the_jacobian_is_the_slope_of_link_poses() {
    for case in cases("dynamics.jacobian", true) {
        let links = case.robot.links.len();
        let link = (case.model.dofs() * 7) % links;
        let jacobian = case.model.jacobian(&case.state, link);
        let point = Vector3::new(0.1, -0.2, 0.3);
        let of_point = case.model.point_jacobian(&case.state, link, &point);
        for index in 0..case.model.dofs() {
            let unit = case.unit(index);
            let pose = |time| case.model.link_poses(&case.at(&unit, time))[link];
            let (before, after) = (pose(-STEP), pose(STEP));
            let linear = (after.translation.vector - before.translation.vector) / (2.0 * STEP);
            let turn = after.rotation * before.rotation.inverse();
            let angular = turn.scaled_axis() / (2.0 * STEP);

            let column = jacobian.column(index);
            assert!((column.fixed_rows::<3>(0) - linear).norm() < 1e-7);
            assert!((column.fixed_rows::<3>(3) - angular).norm() < 1e-7);
            let (from, to) = (before * Point3::from(point), after * Point3::from(point));
            let column = of_point.column(index);
            assert!((column.fixed_rows::<3>(0) - (to - from) / (2.0 * STEP)).norm() < 1e-7);
            assert!((column.fixed_rows::<3>(3) - angular).norm() < 1e-7);
        }
    }
}

#[test]
fn a_payload_is_held_by_the_transposed_jacobian() {
    let gravity = Vector3::new(0.3, -0.2, -9.81);
    for case in cases("dynamics.payload", true) {
        let link = (case.model.dofs() * 7) % case.robot.links.len();
        let mut loaded = case.model.clone();
        loaded.add_payload(link, 1.5);

        let added = loaded.gravity_forces(&case.state, &gravity)
            - case.model.gravity_forces(&case.state, &gravity);

        let jacobian = case.model.jacobian(&case.state, link);
        let expected = jacobian.rows(0, 3).transpose() * (gravity * -1.5);
        assert!((added - expected).norm() < 1e-10);
    }
}

#[test]
fn a_free_robot_changes_its_momentum_only_by_outside_forces() {
    for mut case in cases("dynamics.momentum", true).filter(|case| case.model.base_dofs() == 6) {
        let pull = case.random_vector();
        let (model, rates) = (&case.model, velocity(&case.model, &case.state));
        let momentum = |time: f64| {
            let middle = &rates + &pull * (time / 2.0);
            let state = with_velocity(&case.at(&middle, time), &(&rates + &pull * time));
            model.momentum(&state)
        };
        let (before, after) = (momentum(-STEP), momentum(STEP));
        let forces = model.inverse_dynamics(&case.state, pull.as_slice(), &Vector3::zeros());
        let force: Vector3<f64> = forces.fixed_rows::<3>(0).into();
        let arm = case.state.base_pose.translation.vector - model.center_of_mass(&case.state);
        let torque = forces.fixed_rows::<3>(3) + arm.cross(&force);

        let linear = (after.linear - before.linear) / (2.0 * STEP);
        let angular = (after.angular - before.angular) / (2.0 * STEP);
        assert!((linear - force).norm() < 1e-5 * (1.0 + force.norm()));
        assert!((angular - torque).norm() < 1e-5 * (1.0 + torque.norm()));
    }
}

#[test]
fn linear_momentum_is_mass_times_velocity_of_the_center() {
    for case in cases("dynamics.center", true) {
        let (model, rates) = (&case.model, velocity(&case.model, &case.state));
        let center = |time| model.center_of_mass(&case.at(&rates, time));
        let speed = (center(STEP) - center(-STEP)) / (2.0 * STEP);

        let momentum = model.momentum(&case.state).linear;

        assert!((momentum - speed * model.total_mass()).norm() < 1e-6);
    }
}

#[test]
fn reactions_along_free_directions_are_the_joint_forces() {
    for mut case in cases("dynamics.reactions", true) {
        let pull = case.random_vector();
        let model = &case.model;
        let forces = model.inverse_dynamics(&case.state, pull.as_slice(), &gravity());
        let reactions = model.reaction_wrenches(&case.state, pull.as_slice(), &gravity(), &[]);
        let poses = model.link_poses(&case.state);
        let mut dof = model.base_dofs();
        for (joint, reaction) in case.robot.joints.iter().zip(&reactions) {
            let parent = case.robot.links.iter().position(|link| link.name == joint.parent);
            let frame = poses[parent.unwrap()].rotation * {
                let [x, y, z, w] = joint.pose.quat.unwrap();
                nalgebra::UnitQuaternion::new_normalize(nalgebra::Quaternion::new(w, x, y, z))
            };
            let along = match joint.kind.dofs() {
                0 => continue,
                1 => {
                    let randori_core::spec::Axis::Along(x, y, z) = joint.axis else {
                        unreachable!()
                    };
                    let axis = frame * Vector3::new(x, y, z).normalize();
                    let is_slide = joint.kind.is_prismatic();
                    vec![axis.dot(if is_slide { &reaction.force } else { &reaction.torque })]
                }
                _ => (frame.inverse() * reaction.torque).as_slice().to_vec(),
            };
            for value in along {
                let expected = forces[dof] - joint.armature * pull[dof];
                assert!((value - expected).abs() < 1e-9 * (1.0 + expected.abs()));
                dof += 1;
            }
        }
        assert_eq!(dof, model.dofs());
    }
}
