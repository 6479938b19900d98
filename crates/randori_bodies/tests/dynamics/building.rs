//! Trees are checked, joined and emptied.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::{JointKind, LinkSpec, MassProperties, State, Tree, TreeBuilder, TreeError};

use super::trees::Random;

fn floating() -> LinkSpec {
    LinkSpec { mass: MassProperties::point(1.0, Vector3::zeros()), ..LinkSpec::default() }
}

fn hinge() -> LinkSpec {
    LinkSpec {
        parent: Some(0),
        joint: JointKind::Revolute { axis: Vector3::new(0.0, 3.0, 4.0) },
        ..floating()
    }
}

/// The result of adding a second link to a builder with one floating base.
fn refusal(change: impl Fn(&mut LinkSpec)) -> Option<TreeError> {
    let mut builder = TreeBuilder::new();
    builder.add(&floating()).expect("a base");
    let mut spec = hinge();
    change(&mut spec);
    let answer = builder.add(&spec).err();
    let links = builder.build().links().len();
    assert_eq!(links, if answer.is_some() { 1 } else { 2 }, "a refused link leaves no trace");
    answer
}

#[test]
fn what_is_no_movable_body_is_refused() {
    let link = 1;
    let mass = Some(TreeError::InvalidMass { link });
    let parameter = Some(TreeError::InvalidJointParameter { link });

    assert_eq!(refusal(|_| {}), None);
    assert_eq!(refusal(|spec| spec.parent = None), Some(TreeError::NoParent { link }));
    let unknown = Some(TreeError::UnknownParent { link, parent: 1 });
    assert_eq!(refusal(|spec| spec.parent = Some(1)), unknown);
    let base = |spec: &mut LinkSpec| spec.joint = JointKind::FixedBase;
    assert_eq!(refusal(base), Some(TreeError::BaseWithParent { link }));
    for axis in [Vector3::zeros(), Vector3::new(f64::NAN, 0.0, 1.0)] {
        let wrong = |spec: &mut LinkSpec| spec.joint = JointKind::Prismatic { axis };
        assert_eq!(refusal(wrong), Some(TreeError::InvalidAxis { link }));
    }
    let far = |spec: &mut LinkSpec| spec.parent_from_joint.translation.x = f64::INFINITY;
    assert_eq!(refusal(far), Some(TreeError::InvalidFrame { link }));
    assert_eq!(refusal(|spec| spec.mass.mass_kg = -1.0), mass);
    assert_eq!(refusal(|spec| spec.mass.com.x = f64::NAN), mass);
    assert_eq!(refusal(|spec| spec.mass.inertia[(0, 0)] = -1.0), mass);
    assert_eq!(refusal(|spec| spec.mass.inertia[(0, 1)] = 1.0), mass);
    let indefinite = Matrix3::new(1.0, 2.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 1.0);
    assert_eq!(refusal(|spec| spec.mass.inertia = indefinite), mass);
    assert_eq!(refusal(|spec| spec.armature = -0.1), parameter);
    assert_eq!(refusal(|spec| spec.damping = f64::NAN), parameter);
}

#[test]
fn axes_become_unit_vectors() {
    let mut builder = TreeBuilder::new();
    builder.add(&floating()).expect("a base");
    builder.add(&hinge()).expect("a hinge");

    let tree = builder.build();

    let axis = Vector3::new(0.0, 0.6, 0.8);
    assert_eq!(tree.links()[1].joint(), JointKind::Revolute { axis });
}

#[test]
fn a_chain_holds_what_carries_a_dof() {
    let mut builder = TreeBuilder::new();
    builder.add(&floating()).expect("a base");
    let left = builder.add(&hinge()).expect("a link");
    let plate = LinkSpec { parent: Some(left), joint: JointKind::Fixed, ..floating() };
    let plate = builder.add(&plate).expect("a link");
    builder.add(&hinge()).expect("a link");
    let tip = builder.add(&LinkSpec { parent: Some(plate), ..hinge() }).expect("a link");
    let tree = builder.build();

    assert_eq!(tree.dofs(), 9);
    assert_eq!(tree.link_chain(tip), [0, 1, 2, 3, 4, 5, 6, 8]);
    assert_eq!(tree.chain(7), [0, 1, 2, 3, 4, 5, 7]);
    assert_eq!(tree.link_chain(plate), tree.chain(6));
    assert_eq!(tree.link_of_dof(8), tip);
    assert_eq!(tree.massless_joint(), None);
}

/// Chains, links and places of a tree.
fn structure(tree: &Tree) -> Vec<(Option<usize>, usize, Vec<u32>, usize)> {
    let links = tree.links().iter().enumerate();
    links
        .map(|(index, link)| {
            let chain = tree.link_chain(index).to_vec();
            (link.parent(), link.branch(), chain, link.coordinates().start)
        })
        .collect()
}

#[test]
fn a_tree_made_of_branches_is_the_tree_of_all_links() {
    let mut whole = TreeBuilder::new();
    let mut joined = Tree::default();
    let mut state = State::default();
    for start in [0, 3, 6] {
        let mut part = TreeBuilder::new();
        for parent in [None, Some(0), Some(1)] {
            let mut spec = LinkSpec {
                parent_from_joint: Isometry3::translation(f64::from(start), 0.0, 0.0),
                damping: 0.1,
                ..hinge()
            };
            spec.parent = parent;
            if parent.is_none() {
                spec = LinkSpec { parent_from_joint: spec.parent_from_joint, ..floating() };
            }
            part.add(&spec).expect("a link");
            spec.parent = parent.map(|parent| parent + start as usize);
            whole.add(&spec).expect("a link");
        }
        let part = part.build();
        state.append(&State::new(&part));
        joined.append(&part);
    }
    let whole = whole.build();

    assert_eq!(joined, whole);
    assert_eq!(structure(&joined), structure(&whole));
    assert_eq!(state, State::new(&whole));
    joined.clear();
    assert_eq!(joined, Tree::default());
}

#[test]
fn random_trees_cover_every_kind_of_joint() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        for link in Random(seed).tree().links() {
            seen.insert(format!("{:?}", link.joint()).split(' ').next().map(str::to_owned));
        }
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}
