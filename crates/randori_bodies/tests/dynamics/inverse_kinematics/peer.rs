//! Joint coordinates that Pinocchio finds for the same arms, poses and starts; the
//! numbers were made by `fixtures/inverse_kinematics.py`.

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};
use randori_bodies::inverse_kinematics::{DofRange, IkProblem, InverseKinematics, Target};
use randori_bodies::{JointKind, Kinematics, LinkSpec, Tree, TreeBuilder};
use serde_json::Value;

use super::{strict, with_base};

const FIXTURE: &str = include_str!("../../fixtures/inverse_kinematics.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|item| item.as_f64().expect("a number")).collect()
}

fn rotation(value: &Value) -> UnitQuaternion<f64> {
    let quat = numbers(value);
    UnitQuaternion::new_normalize(Quaternion::new(quat[3], quat[0], quat[1], quat[2]))
}

fn tree(links: &Value) -> Tree {
    let mut builder = TreeBuilder::new();
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let mut parent = builder.add(&base).expect("a base");
    for link in links.as_array().expect("links") {
        let axis = Vector3::from_vec(numbers(&link["axis"]));
        let joint = match link["joint"].as_str() {
            Some("revolute") => JointKind::Revolute { axis },
            Some("prismatic") => JointKind::Prismatic { axis },
            other => panic!("an unknown joint {other:?}"),
        };
        let place = Translation3::from(Vector3::from_vec(numbers(&link["xyz"])));
        let parent_from_joint = Isometry3::from_parts(place, rotation(&link["quat"]));
        let spec =
            LinkSpec { parent: Some(parent), joint, parent_from_joint, ..LinkSpec::default() };
        parent = builder.add(&spec).expect("a valid link");
    }
    builder.build()
}

#[test]
fn arms_go_where_pinocchio_puts_them() {
    let fixture: Value = serde_json::from_str(FIXTURE).expect("a valid fixture");
    let options = strict();
    let (mut compared, mut same) = (0, 0);
    for entry in fixture["arms"].as_array().expect("arms") {
        let tree = tree(&entry["links"]);
        let link = tree.links().len() - 1;
        let ranges = vec![DofRange::Free; tree.dofs()];
        let mut kinematics = Kinematics::new(&tree);
        for case in entry["cases"].as_array().expect("cases") {
            let position = Vector3::from_vec(numbers(&case["position"]));
            let turned = rotation(&case["quat"]);
            let theirs = numbers(&case["q"]);
            kinematics.update(&tree, &with_base(&tree, &theirs));
            let pose = kinematics.pose(&tree, link);
            assert!((pose.translation.vector - position).norm() < 1e-10);
            assert!(pose.rotation.angle_to(&turned) < 1e-7);
            let point = Vector3::zeros();
            let target = Target { link, point, position, rotation: Some(turned) };
            let problem = IkProblem { target, ranges: &ranges, options };
            let mut q = with_base(&tree, &numbers(&case["start"]));

            let found = InverseKinematics::new(&tree).solve(&tree, &problem, &mut q).unwrap();

            assert!(found.converged, "{found:?}");
            compared += 1;
            // An arm of six joints has no freedom left; one of seven chooses another way.
            if tree.dofs() == 6 {
                let apart = q[7..].iter().zip(&theirs).map(|(a, b)| (a - b).abs());
                let apart = apart.fold(0.0, f64::max);
                assert!(apart < 1e-8, "{apart:e} apart after {} steps", found.iterations);
                same += 1;
            }
        }
    }
    assert_eq!((compared, same), (20, 15));
}
