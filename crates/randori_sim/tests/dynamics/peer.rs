//! Mass matrices and bias forces of `MuJoCo` for the same robots and states; generated
//! by `fixtures/dynamics_peer.py`.

use nalgebra::{DMatrix, DVector, Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};
use randori_core::spec::RobotSpec;
use randori_sim::world::dynamics::{RobotModel, RobotState, Twist64};
use serde_json::Value;

const FIXTURE: &str = include_str!("../fixtures/dynamics_peer.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|item| item.as_f64().expect("a number")).collect()
}

fn state(case: &Value) -> RobotState {
    let mut state = RobotState {
        base_pose: Isometry3::identity(),
        base_twist: Twist64::zero(),
        positions: numbers(&case["positions"]),
        velocities: numbers(&case["velocities"]),
    };
    if !case["base_pose"].is_null() {
        let pose = numbers(&case["base_pose"]);
        let rotation = Quaternion::new(pose[6], pose[3], pose[4], pose[5]);
        state.base_pose = Isometry3::from_parts(
            Translation3::new(pose[0], pose[1], pose[2]),
            UnitQuaternion::new_normalize(rotation),
        );
        let twist = numbers(&case["base_twist"]);
        state.base_twist = Twist64 {
            linear: Vector3::from_column_slice(&twist[..3]),
            angular: Vector3::from_column_slice(&twist[3..]),
        };
    }
    state
}

#[test]
fn mass_matrix_and_bias_forces_equal_those_of_mujoco() {
    let fixture: Value = serde_json::from_str(FIXTURE).expect("a valid fixture");
    let gravity = Vector3::from_vec(numbers(&fixture["gravity"]));
    let mut compared = 0;
    for entry in fixture["robots"].as_array().expect("robots") {
        let robot: RobotSpec =
            serde_json::from_value(entry["robot"].clone()).expect("a valid robot");
        let model = RobotModel::new(&robot);
        for case in entry["cases"].as_array().expect("cases") {
            let state = state(case);
            let bias = DVector::from_vec(numbers(&case["bias_forces"]));
            let rows: Vec<f64> =
                case["mass_matrix"].as_array().expect("rows").iter().flat_map(numbers).collect();
            let matrix = DMatrix::from_row_slice(bias.len(), bias.len(), &rows);

            let matrix_error = (model.mass_matrix(&state) - &matrix).norm() / matrix.norm();
            let bias_error = (model.bias_forces(&state, &gravity) - &bias).norm() / bias.norm();
            assert!(matrix_error < 1e-12, "{}: {matrix_error:e}", robot.name);
            assert!(bias_error < 1e-12, "{}: {bias_error:e}", robot.name);
            compared += 1;
        }
    }
    assert_eq!(compared, 9);
}
