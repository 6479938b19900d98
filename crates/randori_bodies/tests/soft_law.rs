//! The soft law against `MuJoCo`'s own numbers (`fixtures/soft_law.py`).

use nalgebra::Vector3;
use randori_bodies::cone::{Friction, MAX_CONE_DIM};
use randori_bodies::contact::{Contact, ContactStart, Side};
use randori_bodies::laws::{Impedance, Law, Reference, RowState, SoftLaw};
use serde_json::Value;

/// Relative difference that rounding may make.
const ROUNDING: f64 = 1e-12;

struct Scene {
    step_s: f64,
    friction_stiffness_ratio: f64,
    contacts: Vec<Value>,
    joints: Vec<Value>,
}

fn scenes() -> Vec<Scene> {
    let text = include_str!("fixtures/soft_law.json");
    let file: Value = serde_json::from_str(text).expect("the fixture is JSON");
    let scenes = file["scenes"].as_array().expect("a list of scenes");
    let list = |scene: &Value, name: &str| scene[name].as_array().expect("a list").clone();
    scenes
        .iter()
        .map(|scene| Scene {
            step_s: number(&scene["timestep"]),
            friction_stiffness_ratio: number(&scene["impratio"]),
            contacts: list(scene, "contacts"),
            joints: list(scene, "joints"),
        })
        .collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn reference(solref: &Value) -> Option<Reference> {
    match numbers(solref)[..] {
        [0.0, 0.0] => None,
        [time_constant, damping_ratio] if time_constant > 0.0 => {
            Some(Reference::Recovery { time_constant, damping_ratio })
        }
        [stiffness, damping] => {
            Some(Reference::Direct { stiffness: -stiffness, damping: -damping })
        }
        _ => panic!("solref has two numbers"),
    }
}

fn law(case: &Value, friction_stiffness_ratio: f64) -> SoftLaw {
    let solimp = numbers(&case["solimp"]);
    SoftLaw {
        reference: reference(&case["solref"]).expect("every row has one"),
        impedance: Impedance {
            at_zero: solimp[0],
            at_width: solimp[1],
            width: solimp[2],
            midpoint: solimp[3],
            power: solimp[4],
        },
        friction_reference: case.get("solreffriction").and_then(reference),
        friction_stiffness_ratio,
    }
}

fn assert_close(ours: f64, theirs: f64, what: &str) {
    let scale = theirs.abs().max(1e-9);
    assert!((ours - theirs).abs() < ROUNDING * scale, "{what}: {ours} instead of {theirs}");
}

fn padded(values: &[f64]) -> [f64; MAX_CONE_DIM] {
    let mut padded = [0.0; MAX_CONE_DIM];
    padded[..values.len()].copy_from_slice(values);
    padded
}

#[test]
fn impedance_stiffness_and_damping_are_mujocos() {
    for scene in scenes() {
        for case in scene.contacts.iter().chain(&scene.joints) {
            let error = case
                .get("error")
                .map_or_else(|| number(&case["dist"]) - number(&case["margin"]), number);
            let row = law(case, 1.0).row(error, scene.step_s);
            let expected = numbers(&case["KBI"][0]);
            // Friction rows have no stiffness.
            if expected[0] != 0.0 {
                assert_close(row.stiffness, expected[0], "stiffness");
            }
            assert_close(row.damping, expected[1], "damping");
            assert_close(row.impedance, expected[2], "impedance");
        }
    }
}

#[test]
fn contacts_want_what_mujocos_want() {
    let mut by_dim = [0; MAX_CONE_DIM + 1];
    for scene in scenes() {
        for case in &scene.contacts {
            let dim = number(&case["dim"]) as usize;
            by_dim[dim] += 1;
            let friction = numbers(&case["friction"]);
            let of = |least: usize, value: f64| if dim >= least { value } else { 0.0 };
            let contact = Contact {
                sides: [Side::GROUND, Side::Link(0)],
                point: Vector3::zeros(),
                normal: Vector3::z(),
                gap: number(&case["dist"]),
                margin: number(&case["margin"]),
                friction: Friction {
                    sliding: of(3, friction[0]),
                    torsional: of(4, friction[2]),
                    rolling: of(6, friction[3]),
                },
                restitution: 0.0,
                law: Law::Soft(law(case, scene.friction_stiffness_ratio)),
                key: 0,
            };
            let weights = numbers(&case["inverse_weight"]);
            let start = ContactStart {
                velocity: padded(&numbers(&case["velocity"])),
                inverse_weight: [weights[0], weights[1]],
                remembered: [0.0; MAX_CONE_DIM],
                step_s: scene.step_s,
            };
            let cone = contact.cone(&start);
            assert_eq!(cone.kind.dim(), dim);
            let (regularization, aref) = (numbers(&case["R"]), numbers(&case["aref"]));
            for j in 0..dim {
                let own = match j {
                    0 => cone.normal_regularization,
                    _ => cone.friction_regularization / (cone.mu[j] * cone.mu[j]),
                };
                assert_close(own, regularization[j], "regularization");
                let target = start.velocity[j] + scene.step_s * aref[j];
                let scale = target.abs().max(start.velocity[j].abs());
                assert!((cone.target[j] - target).abs() < ROUNDING * scale, "target");
            }
        }
    }
    assert!([1, 3, 4, 6].iter().all(|dim| by_dim[*dim] >= 10));
}

#[test]
fn limits_friction_and_couplings_want_what_mujocos_want() {
    let mut kinds = std::collections::BTreeMap::new();
    for scene in scenes() {
        for case in &scene.joints {
            let kind = case["kind"].as_str().expect("a name").to_owned();
            let state = RowState {
                error: number(&case["error"]),
                velocity: numbers(&case["velocity"])[0],
                inverse_weight: number(&case["inverse_weight"]),
            };
            let law = Law::Soft(law(case, 1.0));
            let row = match kind.as_str() {
                "equality" => law.equality(&state, state.error, scene.step_s),
                _ => law.one_sided(&state, scene.step_s),
            };
            *kinds.entry(kind).or_insert(0) += 1;
            assert_close(row.regularization, numbers(&case["R"])[0], "regularization");
            let target = state.velocity + scene.step_s * numbers(&case["aref"])[0];
            assert!((row.velocity - target).abs() < ROUNDING * target.abs().max(1.0));
        }
    }
    assert!(kinds.len() == 3 && kinds.values().all(|count| *count >= 10));
}
