//! Laws that hold for every tree, tried on random ones.

use nalgebra::{DVector, Vector3};
use randori_bodies::mass_matrix::{add_stiffness, multiply};
use randori_bodies::{
    ForceVector, MassMatrix, SparseFactor, SpatialStiffness, State, Symmetric3, Tree, passes,
};

use super::trees::{Model, Random, dense, moved};

const TREES: u64 = 200;
const STEP: f64 = 1e-5;

struct Case {
    tree: Tree,
    state: State,
    model: Model,
    random: Random,
}

fn cases(seed: u64) -> impl Iterator<Item = Case> {
    (0..TREES).map(move |index| {
        let mut random = Random(seed * 1000 + index);
        let tree = random.tree();
        let state = random.state(&tree);
        let model = Model::new(&tree, &state.q);
        Case { tree, state, model, random }
    })
}

fn gravity() -> Vector3<f64> {
    Vector3::new(0.4, -0.3, -9.81)
}

impl Case {
    /// The tree after moving with the velocity `rates` for `time`.
    fn at(&self, rates: &[f64], time: f64) -> Model {
        Model::new(&self.tree, &moved(&self.tree, &self.state.q, rates, time))
    }

    fn random_vector(&mut self) -> DVector<f64> {
        DVector::from_vec(self.random.values(self.tree.dofs(), 2.0))
    }

    fn unit(&self, index: usize) -> Vec<f64> {
        (0..self.tree.dofs()).map(|row| f64::from(u8::from(row == index))).collect()
    }

    fn velocity(&self) -> DVector<f64> {
        DVector::from_column_slice(&self.state.v)
    }
}

#[test]
fn the_mass_matrix_is_symmetric_and_positive_definite() {
    for Case { model, tree, .. } in cases(1) {
        let matrix = model.mass_matrix();

        assert_eq!(matrix, matrix.transpose());
        assert!(tree.dofs() == 0 || matrix.cholesky().is_some());
    }
}

#[test]
fn columns_of_the_mass_matrix_are_forces_of_unit_accelerations() {
    for mut case in cases(2) {
        let matrix = case.model.mass_matrix();
        let still = vec![0.0; case.tree.dofs()];
        for index in 0..case.tree.dofs() {
            let unit = case.unit(index);
            let forces = case.model.forces(&still, &unit, &Vector3::zeros());

            assert!((matrix.column(index) - forces).norm() < 1e-12 * matrix.norm());
        }
    }
}

#[test]
fn inverse_dynamics_is_mass_times_acceleration_plus_bias() {
    for mut case in cases(3) {
        let (pull, v) = (case.random_vector(), case.velocity());
        let bias = case.model.forces(v.as_slice(), &[], &gravity());
        let expected = case.model.mass_matrix() * &pull + bias;

        let forces = case.model.forces(v.as_slice(), pull.as_slice(), &gravity());

        assert!((&forces - expected).norm() <= 1e-11 * (1.0 + forces.norm()));
    }
}

#[test]
fn kinetic_energy_is_half_the_squared_velocity_in_the_mass_matrix() {
    for case in cases(4) {
        let v = case.velocity();
        let expected = 0.5 * v.dot(&(case.model.mass_matrix() * &v));

        let energy = case.model.kinetic_energy(v.as_slice());

        assert!((energy - expected).abs() <= 1e-12 * (1.0 + expected));
    }
}

#[test]
fn gravity_forces_are_the_slope_of_the_potential_energy() {
    for mut case in cases(5) {
        let still = vec![0.0; case.tree.dofs()];
        let forces = case.model.forces(&still, &[], &gravity());
        for index in 0..case.tree.dofs() {
            let unit = case.unit(index);
            let height = |time: f64| {
                case.at(&unit, time).kinematics.potential_energy(&case.tree, &gravity())
            };
            let slope = (height(STEP) - height(-STEP)) / (2.0 * STEP);

            assert!((forces[index] - slope).abs() < 1e-5, "{} {slope}", forces[index]);
        }
    }
}

#[test]
fn power_of_the_forces_is_the_change_of_energy() {
    for mut case in cases(6) {
        let (pull, v) = (case.random_vector(), case.velocity());
        let energy = |time: f64| {
            let middle = &v + &pull * (time / 2.0);
            let model = case.at(middle.as_slice(), time);
            model.kinetic_energy((&v + &pull * time).as_slice())
                + model.kinematics.potential_energy(&case.tree, &gravity())
        };
        let change = (energy(STEP) - energy(-STEP)) / (2.0 * STEP);
        let power = case.model.forces(v.as_slice(), pull.as_slice(), &gravity()).dot(&v);

        assert!((power - change).abs() < 1e-5 * (1.0 + power.abs()), "{power} {change}");
    }
}

#[test]
fn a_free_branch_changes_its_momentum_only_by_the_force_on_its_base() {
    for mut case in cases(7) {
        let (pull, v) = (case.random_vector(), case.velocity());
        let forces = case.model.forces(v.as_slice(), pull.as_slice(), &Vector3::zeros());
        for (branch, base) in case.tree.bases().iter().enumerate() {
            let dofs = case.tree.links()[*base].dofs();
            if dofs.is_empty() {
                continue;
            }
            let momentum = |time: f64| {
                let middle = &v + &pull * (time / 2.0);
                let model = case.at(middle.as_slice(), time);
                let velocities = model.velocities((&v + &pull * time).as_slice());
                model.kinematics.momentum(&case.tree, branch, &velocities)
            };
            let (before, after) = (momentum(-STEP), momentum(STEP));
            let force = forces.fixed_rows::<3>(dofs.start).into_owned();
            let kinematics = &case.model.kinematics;
            let (_, com) = kinematics.center_of_mass(&case.tree, branch);
            let arm = kinematics.origin(branch) - com;
            let torque = forces.fixed_rows::<3>(dofs.start + 3) + arm.cross(&force);

            let linear = (after.linear - before.linear) / (2.0 * STEP);
            let angular = (after.angular - before.angular) / (2.0 * STEP);
            assert!((linear - force).norm() < 1e-5 * (1.0 + force.norm()));
            assert!((angular - torque).norm() < 1e-5 * (1.0 + torque.norm()));
        }
    }
}

#[test]
fn momentum_is_mass_times_velocity_of_the_center() {
    for case in cases(8) {
        let v = &case.state.v;
        for branch in 0..case.tree.bases().len() {
            let center = |time| case.at(v, time).kinematics.center_of_mass(&case.tree, branch).1;
            let speed = (center(STEP) - center(-STEP)) / (2.0 * STEP);
            let velocities = case.model.velocities(v);
            let linear = case.model.kinematics.momentum(&case.tree, branch, &velocities).linear;

            assert!((linear - speed * case.tree.branch_mass(branch)).norm() < 1e-6);
        }
    }
}

#[test]
fn the_jacobian_is_the_slope_of_a_point_that_moves_with_the_link() {
    for mut case in cases(9) {
        let link = case.random.below(case.tree.links().len());
        let point = case.random.vector(0.5);
        let kinematics = &case.model.kinematics;
        let offset = kinematics.offset(link) + kinematics.rotation(link) * point;
        let jacobian = case.model.jacobian(link, &offset);
        for index in 0..case.tree.dofs() {
            let unit = case.unit(index);
            let pose = |time| case.at(&unit, time).kinematics.pose(&case.tree, link);
            let (before, after) = (pose(-STEP), pose(STEP));
            let linear = (after * nalgebra::Point3::from(point)
                - before * nalgebra::Point3::from(point))
                / (2.0 * STEP);
            let angular = (after.rotation * before.rotation.inverse()).scaled_axis() / (2.0 * STEP);

            assert!((jacobian.fixed_view::<3, 1>(0, index) - linear).norm() < 1e-7);
            assert!((jacobian.fixed_view::<3, 1>(3, index) - angular).norm() < 1e-7);
        }
    }
}

#[test]
fn forces_on_links_act_on_dofs_by_the_transposed_jacobian() {
    for mut case in cases(10) {
        let links = case.tree.links().len();
        let mut forces = vec![ForceVector::ZERO; links];
        let mut expected = DVector::zeros(case.tree.dofs());
        for (link, vector) in forces.iter_mut().enumerate() {
            let point = case.random.vector(2.0);
            let (force, couple) = (case.random.vector(5.0), case.random.vector(1.0));
            let kinematics = &case.model.kinematics;
            *vector = kinematics.force_at(&case.tree, link, &point, (&force, &couple));
            let origin = kinematics.origin(case.tree.links()[link].branch());
            let jacobian = case.model.jacobian(link, &(point - origin));
            expected += jacobian.rows(0, 3).transpose() * force;
            expected += jacobian.rows(3, 3).transpose() * couple;
        }
        let mut external = DVector::zeros(case.tree.dofs());
        let without = case.model.forces(&case.state.v, &[], &gravity());
        let Case { model, tree, state, .. } = &mut case;
        let motion =
            randori_bodies::Motion { velocity: &state.v, acceleration: &[], gravity: gravity() };
        model.passes.inverse_dynamics(
            tree,
            &model.kinematics,
            &motion,
            &forces,
            external.as_mut_slice(),
        );
        let mut tau = DVector::zeros(tree.dofs());
        passes::generalized_forces(tree, &model.kinematics, &mut forces, tau.as_mut_slice());

        assert!((&tau - &expected).norm() <= 1e-12 * (1.0 + expected.norm()));
        assert!((without - external - expected).norm() <= 1e-10 * (1.0 + tau.norm()));
    }
}

#[test]
fn stiffness_of_links_is_added_through_their_jacobians() {
    for mut case in cases(11) {
        let (tree, kinematics) = (&case.tree, &case.model.kinematics);
        let links = tree.links().len();
        let mut stiffness = vec![SpatialStiffness::ZERO; links];
        let mut touched = vec![false; links];
        let mut expected = nalgebra::DMatrix::zeros(tree.dofs(), tree.dofs());
        for _ in 0..2 {
            let (link, offset) = (case.random.below(links), case.random.vector(1.0));
            let matrix = Symmetric3::of(&case.random.mass().inertia);
            stiffness[link] += SpatialStiffness::at_point(&matrix, &offset);
            stiffness[link] += SpatialStiffness::of_rotation(&matrix);
            let mut at = Some(link);
            while let Some(link) = at {
                touched[link] = true;
                at = tree.links()[link].parent();
            }
            let jacobian = case.model.jacobian(link, &offset);
            for rows in [jacobian.rows(0, 3), jacobian.rows(3, 3)] {
                expected += rows.transpose() * matrix.to_matrix() * rows;
            }
        }
        let mut rows = vec![0.0; tree.row_elements()];
        add_stiffness(tree, kinematics, (&mut stiffness, &touched), &mut rows);

        assert!((dense(tree, &rows) - &expected).norm() <= 1e-12 * (1.0 + expected.norm()));
    }
}

#[test]
fn sparse_products_and_solutions_are_those_of_the_dense_matrix() {
    for mut case in cases(12) {
        let (x, tree) = (case.random_vector(), &case.tree);
        let mut matrix = MassMatrix::new(tree);
        matrix.update(tree, &case.model.kinematics);
        let dense = case.model.mass_matrix();

        let mut product = DVector::zeros(tree.dofs());
        multiply(tree, matrix.rows(), x.as_slice(), product.as_mut_slice());
        for (value, (armature, x)) in product.iter_mut().zip(tree.armature().iter().zip(&x)) {
            *value += armature * x;
        }
        let expected = &dense * &x;
        assert!((&product - &expected).norm() <= 1e-12 * (1.0 + expected.norm()));

        let mut factor = SparseFactor::new(tree);
        factor.factorize(tree, matrix.rows(), tree.armature()).expect("positive definite");
        factor.solve(tree, product.as_mut_slice());
        assert!((product - &x).norm() <= 1e-9 * (1.0 + x.norm()));
    }
}

#[test]
fn dofs_eliminated_in_two_turns_give_the_same_factor() {
    for mut case in cases(13) {
        let tree = &case.tree;
        let mut matrix = MassMatrix::new(tree);
        matrix.update(tree, &case.model.kinematics);
        // A set that is closed under carriers: all that moves some link.
        let chosen = case.random.below(tree.links().len());
        let late = |dof: usize| tree.link_chain(chosen).contains(&(dof as u32));

        let mut once = SparseFactor::new(tree);
        once.factorize(tree, matrix.rows(), tree.armature()).expect("positive definite");
        let mut early = SparseFactor::new(tree);
        early.load(tree, matrix.rows(), tree.armature());
        early.eliminate(tree, |dof| !late(dof)).expect("positive definite");
        let mut twice = SparseFactor::new(tree);
        twice.copy_from(&early);
        twice.eliminate(tree, late).expect("positive definite");

        let difference = dense(tree, once.rows()) - dense(tree, twice.rows());
        assert!(difference.norm() <= 1e-12 * dense(tree, once.rows()).norm());
    }
}
