//! Free motion conserves energy and momentum.

use nalgebra::{DVector, UnitQuaternion, Vector3};
use randori_core::random::RandomStream;
use randori_core::spec::RobotSpec;
use randori_sim::world::dynamics::{RobotModel, RobotState};

use super::robots::*;

/// Generalized acceleration without joint forces.
pub(crate) fn free_acceleration(
    model: &RobotModel,
    state: &RobotState,
    gravity: &Vector3<f64>,
) -> DVector<f64> {
    let matrix = model.mass_matrix(state).cholesky().expect("a positive definite mass matrix");
    matrix.solve(&-model.bias_forces(state, gravity))
}

/// One step of free motion by the explicit midpoint rule, with poses moved
/// along constant rates; accurate to the second order.
fn midpoint(robot: &RobotSpec, model: &RobotModel, state: &RobotState, dt: f64) -> RobotState {
    let gravity = gravity();
    let rates = velocity(model, state);
    let half_rates = &rates + free_acceleration(model, state, &gravity) * (dt / 2.0);
    let half = with_velocity(&moved(robot, state, &rates, dt / 2.0), &half_rates);
    let next_rates = &rates + free_acceleration(model, &half, &gravity) * dt;
    with_velocity(&moved(robot, state, &half_rates, dt), &next_rates)
}

fn gravity() -> Vector3<f64> {
    Vector3::new(0.0, 0.0, -9.81)
}

fn energy(model: &RobotModel, state: &RobotState) -> f64 {
    model.kinetic_energy(state) + model.potential_energy(state, &gravity())
}

/// Largest energy error over `time` seconds, relative to the kinetic energy
/// that moves in and out.
fn drift(robot: &RobotSpec, start: &RobotState, time: f64, steps: u32) -> f64 {
    let model = RobotModel::new(robot);
    let (first, mut largest, mut swing) = (energy(&model, start), 0.0_f64, 0.0_f64);
    let mut state = start.clone();
    for _ in 0..steps {
        state = midpoint(robot, &model, &state, time / f64::from(steps));
        largest = largest.max((energy(&model, &state) - first).abs());
        swing = swing.max(model.kinetic_energy(&state));
    }
    largest / swing
}

#[test]
fn energy_is_kept_the_better_the_smaller_the_steps() {
    for seed in 0..12 {
        let mut stream = RandomStream::new(seed, "dynamics.energy");
        let breed = Breed { floating: seed % 2 == 0, spherical: true, armature: true };
        let robot = random_robot(&mut stream, breed);
        let model = RobotModel::new(&robot);
        if model.dofs() == 0 {
            continue;
        }
        let start = random_state(&mut stream, &model);

        let coarse = drift(&robot, &start, 0.3, 250);
        let fine = drift(&robot, &start, 0.3, 1000);

        // A second-order rule: a quarter of the step, a sixteenth of the error;
        // an error in any force would stay.
        assert!(fine < 1e-6, "seed {seed}: {coarse:e} {fine:e}");
        assert!(fine < coarse / 12.0 || fine < 1e-10, "seed {seed}: {coarse:e} {fine:e}");
    }
}

#[test]
fn a_falling_robot_keeps_its_momentum() {
    let mut stream = RandomStream::new(4, "dynamics.fall");
    let breed = Breed { floating: true, spherical: true, armature: true };
    let robot = random_robot(&mut stream, breed);
    let model = RobotModel::new(&robot);
    assert!(model.dofs() > 9, "the case must have joints");
    let start = random_state(&mut stream, &model);
    let mut state = start.clone();
    for _ in 0..400 {
        state = midpoint(&robot, &model, &state, 0.0005);
    }

    let (before, after) = (model.momentum(&start), model.momentum(&state));
    let fallen = gravity() * (0.2 * model.total_mass());
    assert!((after.linear - before.linear - fallen).norm() < 1e-4);
    assert!((after.angular - before.angular).norm() < 1e-4);
    let turned = state.base_pose.rotation.angle_to(&start.base_pose.rotation);
    assert!(turned > 0.05, "the robot must tumble: {turned}");
    assert_ne!(state.base_pose.rotation, UnitQuaternion::identity());
}
