//! How long does a step of a standing robot take, collision detection aside?
//!
//! `cargo bench -p randori_bodies` prints microseconds per step for a quadruped
//! with 18 dofs on 4 points and a humanoid with 35 dofs on 8 points, each with
//! the soft and the stiff contact law, and without any contact. Robots are held
//! by force-limited drives and start again from a small fall every 0.4 s. The
//! machine may be busy: the fastest of many blocks is reported beside the median.

#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use std::time::Instant;

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Law, SoftLaw, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{
    JointKind, LinkSpec, MassProperties, Memory, State, StepInput, StepOptions, Stepper, Tree,
    TreeBuilder,
};

const BLOCKS: usize = 25;
const RESTART: usize = 200;

/// A robot on points of its links.
struct Robot {
    name: &'static str,
    tree: Tree,
    /// Link, and place in its frame (m).
    points: Vec<(usize, Vector3<f64>)>,
    height: f64,
}

fn solid(mass_kg: f64, length: f64) -> MassProperties {
    let across = mass_kg * (length * length + 0.0016) / 12.0;
    let inertia = Matrix3::from_diagonal(&Vector3::new(across, across, mass_kg * 0.0004));
    MassProperties { mass_kg, com: Vector3::new(0.0, 0.0, -length / 2.0), inertia }
}

/// Adds a chain of hinges with these axes and lengths (m); returns the last link.
fn add_chain(
    builder: &mut TreeBuilder,
    parent: usize,
    start: Vector3<f64>,
    joints: &[(Vector3<f64>, f64, f64)],
) -> usize {
    let (mut parent, mut at) = (parent, start);
    for (axis, length, mass_kg) in joints {
        let spec = LinkSpec {
            parent: Some(parent),
            joint: JointKind::Revolute { axis: *axis },
            parent_from_joint: Isometry3::translation(at.x, at.y, at.z),
            mass: solid(*mass_kg, *length),
            armature: 0.01,
            damping: 0.1,
        };
        parent = builder.add(&spec).expect("a legal link");
        at = Vector3::new(0.0, 0.0, -length);
    }
    parent
}

fn base(builder: &mut TreeBuilder, mass_kg: f64) -> usize {
    let inertia = Matrix3::from_diagonal(&Vector3::new(0.02, 0.06, 0.07)) * (mass_kg / 5.0);
    let mass = MassProperties { mass_kg, com: Vector3::zeros(), inertia };
    builder.add(&LinkSpec { mass, ..LinkSpec::default() }).expect("a legal base")
}

fn quadruped() -> Robot {
    let mut builder = TreeBuilder::new();
    let trunk = base(&mut builder, 5.2);
    let mut points = Vec::new();
    for (x, y) in [(0.19, 0.13), (0.19, -0.13), (-0.19, 0.13), (-0.19, -0.13)] {
        let leg = [(Vector3::x(), 0.0, 0.6), (Vector3::y(), 0.15, 0.9), (Vector3::y(), 0.15, 0.2)];
        let shin = add_chain(&mut builder, trunk, Vector3::new(x, y, 0.0), &leg);
        points.push((shin, Vector3::new(0.0, 0.0, -0.15)));
    }
    Robot { name: "quadruped, 18 dofs, 4 points", tree: builder.build(), points, height: 0.301 }
}

fn humanoid() -> Robot {
    let mut builder = TreeBuilder::new();
    let pelvis = base(&mut builder, 6.0);
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let mut points = Vec::new();
    for side in [0.1, -0.1] {
        let leg = [
            (y, 0.05, 1.5),
            (x, 0.05, 1.5),
            (z, 0.2, 2.0),
            (y, 0.3, 2.0),
            (y, 0.03, 0.1),
            (x, 0.03, 0.6),
        ];
        let foot = add_chain(&mut builder, pelvis, Vector3::new(0.0, side, 0.0), &leg);
        for (ahead, aside) in [(0.1, 0.03), (0.1, -0.03), (-0.05, 0.03), (-0.05, -0.03)] {
            points.push((foot, Vector3::new(ahead, aside, -0.03)));
        }
    }
    let waist = [(z, 0.0, 0.2), (x, 0.0, 0.2), (y, -0.2, 8.0)];
    let chest = add_chain(&mut builder, pelvis, Vector3::new(0.0, 0.0, 0.05), &waist);
    for side in [0.15, -0.15] {
        let arm = [
            (y, 0.0, 0.7),
            (x, 0.0, 0.6),
            (z, 0.1, 0.6),
            (y, 0.1, 0.5),
            (x, 0.1, 0.4),
            (y, 0.05, 0.1),
            (z, 0.05, 0.2),
        ];
        add_chain(&mut builder, chest, Vector3::new(0.0, side, 0.2), &arm);
    }
    Robot { name: "humanoid, 35 dofs, 8 points", tree: builder.build(), points, height: 0.661 }
}

/// Microseconds per step, fastest and median block, and iterations per step.
fn measure(robot: &Robot, law: Option<Law>) -> (f64, f64, f64) {
    let tree = &robot.tree;
    let options = StepOptions::default();
    let mut stepper = Stepper::new(tree, options).expect("every dof moves mass");
    let mut start = State::new(tree);
    start.q[2] = robot.height;
    let hold = Drive { kp: 150.0, kd: 2.0, limit: 60.0, ..Drive::default() };
    let mut drives = vec![hold; tree.dofs()];
    drives[..6].fill(Drive::default());
    let resist = DofLaw {
        friction: 0.1,
        range: Some([-2.0, 2.0]),
        friction_law: law.unwrap_or_default(),
        limit_law: law.unwrap_or_default(),
        ..DofLaw::default()
    };
    let mut dof_laws = vec![resist; tree.dofs()];
    dof_laws[..6].fill(DofLaw::default());
    let (mut state, mut memory) = (start.clone(), Memory::default());
    let mut contacts = Vec::new();
    let (mut times, mut iterations) = (Vec::new(), 0);
    for _ in 0..BLOCKS {
        let clock = Instant::now();
        state.clone_from(&start);
        memory.clear();
        for _ in 0..RESTART {
            stepper.begin(tree, &mut state);
            contacts.clear();
            if let Some(law) = law {
                touch(robot, &stepper, law, &mut contacts);
            }
            let input = StepInput {
                gravity: Vector3::new(0.0, 0.0, -9.81),
                drives: &drives,
                dof_laws: &dof_laws,
                contacts: &contacts,
                ..StepInput::default()
            };
            let solution = stepper.finish(tree, &mut state, &mut memory, &input);
            iterations += solution.expect("a finite state").iterations;
        }
        times.push(clock.elapsed().as_secs_f64() * 1e6 / RESTART as f64);
    }
    times.sort_by(f64::total_cmp);
    (times[0], times[BLOCKS / 2], iterations as f64 / (BLOCKS * RESTART) as f64)
}

fn touch(robot: &Robot, stepper: &Stepper, law: Law, contacts: &mut Vec<Contact>) {
    let kinematics = stepper.kinematics();
    for (key, (link, local)) in robot.points.iter().enumerate() {
        let point = kinematics.position(&robot.tree, *link) + kinematics.rotation(*link) * local;
        if point.z < 0.002 {
            contacts.push(Contact {
                sides: [Side::GROUND, Side::Link(*link)],
                point,
                normal: Vector3::z(),
                gap: point.z,
                margin: 0.0,
                friction: Friction { sliding: 0.8, ..Friction::default() },
                restitution: 0.0,
                law,
                key: key as u64,
            });
        }
    }
}

fn main() {
    println!("microseconds per step (fastest block, median), iterations per step");
    for robot in [quadruped(), humanoid()] {
        for (name, law) in [
            ("soft law", Some(Law::Soft(SoftLaw::default()))),
            ("stiff law", Some(Law::Stiff(StiffLaw::default()))),
            ("no contact", None),
        ] {
            let (fastest, median, iterations) = measure(&robot, law);
            println!("{:<30} {name:<10} {fastest:7.2} {median:7.2}   {iterations:.2}", robot.name);
        }
    }
}
