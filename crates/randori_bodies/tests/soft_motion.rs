//! A scene with soft contacts against `MuJoCo` (`fixtures/soft_motion.py`): both
//! step it with semi-implicit Euler and converged solvers, so the motions agree
//! closely for as long as small differences do not grow.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::coupling::{Closure, Coupling};
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Impedance, Law, Reference, SoftLaw};
use randori_bodies::{
    JointKind, Kinematics, LinkSpec, MassProperties, Memory, Rule, State, StepInput, StepOptions,
    Stepper, Tree, TreeBuilder, Weights,
};
use serde_json::Value;

const FOOT: f64 = 0.03;
const BALL: f64 = 0.08;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/soft_motion.json")).expect("the fixture is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|value| value.as_f64().expect("a number")).collect()
}

fn solid(mass_kg: f64, com: Vector3<f64>, moments: Vector3<f64>) -> MassProperties {
    MassProperties { mass_kg, com, inertia: Matrix3::from_diagonal(&moments) }
}

/// Link 0 is the trunk, 1 to 4 are the legs, 5 and 6 the balls.
fn tree() -> Tree {
    let at = |x: f64, y: f64, z: f64| Isometry3::translation(x, y, z);
    let mut builder = TreeBuilder::new();
    let mut add = |spec: LinkSpec| builder.add(&spec).expect("a legal link");
    let trunk = add(LinkSpec {
        parent_from_joint: at(0.0, 0.0, 0.3),
        mass: solid(3.0, Vector3::new(0.01, 0.0, 0.02), Vector3::new(0.03, 0.05, 0.06)),
        ..LinkSpec::default()
    });
    for (x, y) in [(0.2, 0.1), (0.2, -0.1), (-0.2, 0.1), (-0.2, -0.1)] {
        add(LinkSpec {
            parent: Some(trunk),
            joint: JointKind::Revolute { axis: Vector3::y() },
            parent_from_joint: at(x, y, 0.0),
            mass: solid(0.5, Vector3::new(0.0, 0.0, -0.1), Vector3::new(0.002, 0.002, 0.0005)),
            armature: 0.01,
            damping: 0.0,
        });
    }
    for (x, y, z) in [(0.6, 0.0, 0.085), (0.62, 0.02, 0.3)] {
        add(LinkSpec {
            parent_from_joint: at(x, y, z),
            mass: solid(0.7, Vector3::zeros(), Vector3::repeat(0.0018)),
            ..LinkSpec::default()
        });
    }
    builder.build()
}

fn law() -> Law {
    Law::Soft(SoftLaw {
        reference: Reference::Recovery { time_constant: 0.015, damping_ratio: 1.1 },
        impedance: Impedance {
            at_zero: 0.8,
            at_width: 0.95,
            width: 0.002,
            midpoint: 0.4,
            power: 2.5,
        },
        friction_reference: None,
        friction_stiffness_ratio: 3.0,
    })
}

fn contact(sides: [Side; 2], friction: Friction, key: u64) -> Contact {
    Contact {
        sides,
        point: Vector3::zeros(),
        normal: Vector3::z(),
        gap: 0.0,
        margin: 0.0,
        friction,
        restitution: 0.0,
        law: law(),
        key,
    }
}

/// Spheres on the floor and on each other, where they overlap.
fn touch(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    let feet = Friction { sliding: 0.6, ..Friction::default() };
    let rolling = Friction { sliding: 0.7, torsional: 0.01, rolling: 0.003 };
    for link in 1..7 {
        let foot = link < 5;
        let (local, radius, friction) =
            if foot { (-0.25, FOOT, feet) } else { (0.0, BALL, rolling) };
        let center = kinematics.position(tree, link)
            + kinematics.rotation(link) * Vector3::new(0.0, 0.0, local);
        let gap = center.z - radius;
        if gap < 0.0 {
            let point = center - Vector3::z() * (radius + gap / 2.0);
            let sides = [Side::GROUND, Side::Link(link)];
            contacts.push(Contact { point, gap, ..contact(sides, friction, link as u64) });
        }
    }
    let centers = [5, 6].map(|link| kinematics.position(tree, link));
    let line = centers[1] - centers[0];
    let gap = line.norm() - 2.0 * BALL;
    if gap < 0.0 {
        let friction = Friction { sliding: 0.5, torsional: 0.02, rolling: 0.0 };
        let normal = line.normalize();
        let point = centers[0] + normal * (BALL + gap / 2.0);
        let sides = [Side::Link(5), Side::Link(6)];
        contacts.push(Contact { point, normal, gap, ..contact(sides, friction, 7) });
    }
}

fn largest_difference(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).fold(0.0, |largest, (a, b)| f64::max(largest, (a - b).abs()))
}

#[test]
fn inverse_weights_are_mujocos() {
    let weights = Weights::new(&tree()).expect("every dof moves mass");
    let fixture = fixture();
    for (link, expected) in fixture["body_invweight"].as_array().unwrap().iter().enumerate() {
        for (ours, theirs) in weights.link(link).iter().zip(numbers(expected)) {
            assert!((ours / theirs - 1.0).abs() < 1e-12, "link {link}: {ours} {theirs}");
        }
    }
    for (dof, theirs) in numbers(&fixture["dof_invweight"]).into_iter().enumerate() {
        assert!((weights.dof(dof) / theirs - 1.0).abs() < 1e-12, "dof {dof}");
    }
}

#[test]
fn a_scene_with_soft_contacts_moves_as_in_mujoco() {
    let (tree, fixture) = (tree(), fixture());
    let options = StepOptions { rule: Rule::SemiImplicit, ..StepOptions::default() };
    let mut stepper = Stepper::new(&tree, options).expect("every dof moves mass");
    let (mut state, mut memory) = (State::new(&tree), Memory::default());
    state.q = numbers(&fixture["start"]["q"]);
    state.v = numbers(&fixture["start"]["v"]);
    state.restart();
    let hinge = DofLaw {
        friction: 0.3,
        friction_law: Law::Soft(SoftLaw::default()),
        range: Some([-0.6, 0.6]),
        limit_law: Law::Soft(SoftLaw::default()),
        ..DofLaw::default()
    };
    let mut dof_laws = vec![DofLaw::default(); tree.dofs()];
    dof_laws[6..10].fill(hinge);
    let mut contacts = Vec::new();
    let mut expected = fixture["states"].as_array().unwrap().iter().peekable();
    for step in 1.. {
        let Some(next) = expected.peek() else { break };
        stepper.begin(&tree, &mut state);
        contacts.clear();
        touch(&tree, stepper.kinematics(), &mut contacts);
        let input = StepInput {
            gravity: Vector3::new(0.0, 0.0, -9.81),
            dof_laws: &dof_laws,
            contacts: &contacts,
            ..StepInput::default()
        };
        let solution = stepper.finish(&tree, &mut state, &mut memory, &input).unwrap();
        assert!(solution.converged);
        if next["step"] != step {
            continue;
        }
        assert_eq!(next["contacts"], contacts.len(), "contacts of step {step}");
        let q = largest_difference(&state.q, &numbers(&next["q"]));
        let v = largest_difference(&state.v, &numbers(&next["v"]));
        let floor = |contact: &usize| contacts[*contact].sides[0] == Side::GROUND;
        let force: Vector3<f64> = (0..contacts.len())
            .filter(floor)
            .map(|contact| stepper.contact_impulse(contact)[0] / options.step_s)
            .sum();
        let f = largest_difference(force.as_slice(), &numbers(&next["floor"]));
        assert!(q < 1e-8 && v < 1e-7 && f < 1e-6, "step {step}: {q} {v} {f}");
        expected.next();
    }
}

/// A body welded to the world, and rods on hinges: crank, coupler on its end, rocker,
/// and a free one.
fn held() -> Tree {
    let mut builder = TreeBuilder::new();
    let mut add = |spec: LinkSpec| builder.add(&spec).expect("a legal link");
    add(LinkSpec {
        parent_from_joint: Isometry3::translation(0.3, 0.0, 1.0),
        mass: solid(1.5, Vector3::new(0.1, 0.02, 0.0), Vector3::new(0.01, 0.02, 0.025)),
        ..LinkSpec::default()
    });
    let ground = add(LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() });
    let mut rod = |parent: usize, x: f64, z: f64| {
        add(LinkSpec {
            parent: Some(parent),
            joint: JointKind::Revolute { axis: Vector3::y() },
            parent_from_joint: Isometry3::translation(x, 0.0, z),
            mass: solid(1.0, Vector3::new(0.25, 0.0, 0.0), Vector3::new(0.0001, 0.02, 0.02)),
            ..LinkSpec::default()
        })
    };
    let crank = rod(ground, 1.0, 1.0);
    rod(crank, 0.5, 0.0);
    rod(ground, 1.5, 1.0);
    rod(ground, 3.0, 1.0);
    builder.build()
}

#[test]
fn welds_connections_and_couplings_hold_as_in_mujoco() {
    let (tree, fixture) = (held(), fixture());
    let options = StepOptions { rule: Rule::SemiImplicit, ..StepOptions::default() };
    let mut stepper = Stepper::new(&tree, options).expect("every dof moves mass");
    let (mut state, mut memory) = (State::new(&tree), Memory::default());
    let law = Law::Soft(SoftLaw {
        reference: Reference::Recovery { time_constant: 0.03, damping_ratio: 1.0 },
        impedance: Impedance { at_zero: 0.8, at_width: 0.9, width: 0.01, ..Impedance::default() },
        ..SoftLaw::default()
    });
    let end = Vector3::new(0.5, 0.0, 0.0);
    let frames = [Isometry3::identity(), Isometry3::translation(-0.3, 0.0, -1.0)];
    let polynomial = [0.1, 0.5, -0.3, 0.2, 0.1];
    let couplings = [
        Coupling::Frames { links: [None, Some(0)], frames, closure: Closure::Rigid, law },
        Coupling::Connect { links: [Some(3), Some(4)], anchors: [end, end], law },
        Coupling::Joints { follower: 9, leader: 6, polynomial, law },
    ];
    for _ in 0..fixture["held"]["steps"].as_u64().unwrap() {
        stepper.begin(&tree, &mut state);
        let gravity = Vector3::new(0.0, 0.0, -9.81);
        let input = StepInput { gravity, couplings: &couplings, ..StepInput::default() };
        assert!(stepper.finish(&tree, &mut state, &mut memory, &input).unwrap().converged);
    }
    let mut q = state.q.clone();
    q.drain(7..14); // the pose of the ground
    let theirs = numbers(&fixture["held"]["q"]);

    // MuJoCo lets a connection act at its two anchors, we at the point between them,
    // and these soft ones give way by millimetres.
    assert!(largest_difference(&q, &theirs) < 1e-3);
}
