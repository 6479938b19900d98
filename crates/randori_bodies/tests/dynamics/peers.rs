//! Mass matrices and bias forces of other engines for the same trees and states.
//!
//! `peers.json` has trees with every kind of joint, computed by `MuJoCo` and by
//! Pinocchio (made by `fixtures/peers.py`); the fixture of `randori_sim` has robots
//! as Randori writes them, computed by `MuJoCo`.

use nalgebra::{
    DMatrix, DVector, Isometry3, Matrix3, Quaternion, Translation3, UnitQuaternion, Vector3,
};
use randori_bodies::{JointKind, LinkSpec, MassProperties, State, Tree, TreeBuilder};
use serde_json::Value;

use super::trees::Model;

const PEERS: &str = include_str!("../fixtures/peers.json");
const ROBOTS: &str = include_str!("../../../randori_sim/tests/fixtures/dynamics_peer.json");

/// Largest difference, relative to the norm of the whole.
const TOLERANCE: f64 = 1e-12;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|item| item.as_f64().expect("a number")).collect()
}

fn vector(value: &Value) -> Vector3<f64> {
    Vector3::from_vec(numbers(value))
}

fn pose(xyz: &[f64], quat: &[f64]) -> Isometry3<f64> {
    let rotation = Quaternion::new(quat[3], quat[0], quat[1], quat[2]);
    let translation = Translation3::new(xyz[0], xyz[1], xyz[2]);
    Isometry3::from_parts(translation, UnitQuaternion::new_normalize(rotation))
}

/// From mass, centre of mass and the elements xx, yy, zz, xy, xz, yz.
fn mass(mass_kg: &Value, com: &Value, moments: &[f64]) -> MassProperties {
    let [xx, yy, zz, xy, xz, yz] = moments.try_into().expect("six elements");
    MassProperties {
        mass_kg: mass_kg.as_f64().expect("a mass"),
        com: vector(com),
        inertia: Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz),
    }
}

fn compare(model: &mut Model, v: &[f64], gravity: &Vector3<f64>, peer: (&DMatrix<f64>, &[f64])) {
    let (matrix, bias) = (peer.0, DVector::from_column_slice(peer.1));
    let matrix_error = (model.mass_matrix() - matrix).norm() / matrix.norm();
    let bias_error = (model.forces(v, &[], gravity) - &bias).norm() / bias.norm();
    assert!(matrix_error < TOLERANCE, "{matrix_error:e}");
    assert!(bias_error < TOLERANCE, "{bias_error:e}");
}

fn tree(links: &Value) -> Tree {
    let mut builder = TreeBuilder::new();
    for link in links.as_array().expect("links") {
        let axis = vector(&link["axis"]);
        let parent = link["parent"].as_u64().map(|parent| parent as usize);
        let joint = match (link["joint"].as_str().expect("a joint"), parent) {
            ("floating", None) => JointKind::FloatingBase,
            ("fixed", None) => JointKind::FixedBase,
            ("fixed", Some(_)) => JointKind::Fixed,
            ("revolute", _) => JointKind::Revolute { axis },
            ("prismatic", _) => JointKind::Prismatic { axis },
            ("spherical", _) => JointKind::Spherical,
            ("planar", _) => JointKind::Planar,
            other => panic!("an unknown joint {other:?}"),
        };
        let spec = LinkSpec {
            parent,
            joint,
            parent_from_joint: pose(&numbers(&link["xyz"]), &numbers(&link["quat"])),
            mass: mass(&link["mass"], &link["com"], &numbers(&link["inertia"])),
            armature: link["armature"].as_f64().expect("an armature"),
            damping: 0.0,
        };
        builder.add(&spec).expect("a valid link");
    }
    builder.build()
}

#[test]
fn every_kind_of_joint_agrees_with_mujoco_and_with_pinocchio() {
    let fixture: Value = serde_json::from_str(PEERS).expect("a valid fixture");
    let gravity = vector(&fixture["gravity"]);
    let mut compared = 0;
    for entry in fixture["trees"].as_array().expect("trees") {
        let tree = tree(&entry["links"]);
        for case in entry["cases"].as_array().expect("cases") {
            let (q, v) = (numbers(&case["q"]), numbers(&case["v"]));
            let mut model = Model::new(&tree, &q);
            for engine in ["mujoco", "pinocchio"] {
                let rows = case[engine]["mass_matrix"].as_array().expect("rows");
                let rows: Vec<Vec<f64>> = rows.iter().map(numbers).collect();
                let matrix = DMatrix::from_fn(v.len(), v.len(), |i, j| rows[i.max(j)][i.min(j)]);
                let bias = numbers(&case[engine]["bias"]);
                compare(&mut model, &v, &gravity, (&matrix, &bias));
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 16);
}

/// A robot as Randori writes it, with the dofs in the order of its joints.
struct Robot {
    tree: Tree,
    /// For each joint of the file, its link; the base link is the first entry.
    links: Vec<usize>,
}

/// The fixture lists joints so that parents come before children.
fn robot(spec: &Value) -> Robot {
    let mut builder = TreeBuilder::new();
    let body = |name: &str| {
        let links = spec["links"].as_array().expect("links");
        let link = links.iter().find(|link| link["name"] == name).expect("a link");
        let moments = &link["inertia"]["Moments"];
        let moments = ["ixx", "iyy", "izz", "ixy", "ixz", "iyz"]
            .map(|key| moments[key].as_f64().expect("a moment"));
        mass(&link["mass_kg"], &link["com"], &moments)
    };
    let floating = spec["base"].get("Floating").is_some();
    let joint = if floating { JointKind::FloatingBase } else { JointKind::FixedBase };
    let base = LinkSpec { joint, mass: body("base"), ..LinkSpec::default() };
    let mut links = vec![builder.add(&base).expect("a valid base")];
    let mut names = vec!["base".to_owned()];
    for joint in spec["joints"].as_array().expect("joints") {
        let parent = names.iter().position(|name| joint["parent"] == **name).expect("a parent");
        let child = joint["child"].as_str().expect("a child");
        let axis = vector(&joint["axis"]["Along"]);
        let kind = match joint["kind"].as_str() {
            Some("Fixed") => JointKind::Fixed,
            Some("Spherical") => JointKind::Spherical,
            Some("Continuous") => JointKind::Revolute { axis },
            _ => JointKind::Prismatic { axis },
        };
        let at = &joint["pose"];
        let spec = LinkSpec {
            parent: Some(links[parent]),
            joint: kind,
            parent_from_joint: pose(&numbers(&at["xyz"]), &numbers(&at["quat"])),
            mass: body(child),
            armature: joint["armature"].as_f64().expect("an armature"),
            damping: 0.0,
        };
        links.push(builder.add(&spec).expect("a valid link"));
        names.push(child.to_owned());
    }
    Robot { tree: builder.build(), links }
}

/// The state of a case; positions of ball joints are rotation vectors there.
fn state(robot: &Robot, case: &Value) -> State {
    let mut state = State::new(&robot.tree);
    let links = robot.tree.links();
    if !case["base_pose"].is_null() {
        let at = numbers(&case["base_pose"]);
        state.set_base_pose(&links[0], &pose(&at[..3], &at[3..]));
        state.v[..6].copy_from_slice(&numbers(&case["base_twist"]));
    }
    let (positions, velocities) = (numbers(&case["positions"]), numbers(&case["velocities"]));
    let mut first = 0;
    for link in robot.links[1..].iter().map(|&link| &links[link]) {
        let part = first..first + link.dofs().len();
        if link.joint() == JointKind::Spherical {
            let turned = Vector3::from_column_slice(&positions[part.clone()]);
            state.set_rotation(link, &UnitQuaternion::from_scaled_axis(turned));
        } else {
            state.q[link.coordinates()].copy_from_slice(&positions[part.clone()]);
        }
        state.v[link.dofs()].copy_from_slice(&velocities[part.clone()]);
        first = part.end;
    }
    state
}

#[test]
fn robots_as_randori_writes_them_agree_with_mujoco() {
    let fixture: Value = serde_json::from_str(ROBOTS).expect("a valid fixture");
    let gravity = vector(&fixture["gravity"]);
    let mut compared = 0;
    for entry in fixture["robots"].as_array().expect("robots") {
        let robot = robot(&entry["robot"]);
        for case in entry["cases"].as_array().expect("cases") {
            let state = state(&robot, case);
            let bias = numbers(&case["bias_forces"]);
            let rows: Vec<f64> =
                case["mass_matrix"].as_array().expect("rows").iter().flat_map(numbers).collect();
            let matrix = DMatrix::from_row_slice(bias.len(), bias.len(), &rows);
            let mut model = Model::new(&robot.tree, &state.q);
            compare(&mut model, &state.v, &gravity, (&matrix, &bias));
            compared += 1;
        }
    }
    assert_eq!(compared, 9);
}
