//! Time of a step of a robot, without collision detection.
//!
//! `cargo bench -p randori_bodies --bench step` prints microseconds per step for a
//! quadruped with 18 dofs on 4 points and a humanoid with 35 dofs on 8 points, each
//! with the soft and the stiff contact law, standing and stepping on the spot, and
//! without any contact; then for a pile of balls, by Newton's method and by sweeps.
//! Robots are held by force-limited drives and start again from a small fall every
//! 0.4 s. The machine may be busy: the fastest of many blocks is reported beside the
//! mean processor time of all (on Linux; elsewhere the mean time).

#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use std::time::Instant;

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Law, SoftLaw, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{
    JointKind, LinkSpec, MassProperties, Memory, Method, State, StepInput, StepOptions, Stepper,
    Tree, TreeBuilder,
};

const BLOCKS: usize = 100;
const RESTART: usize = 200;

/// A robot on points of its links.
struct Robot {
    name: &'static str,
    tree: Tree,
    /// Link, and place in its frame (m).
    points: Vec<(usize, Vector3<f64>)>,
    height: f64,
    /// Thigh and knee of each leg.
    legs: Vec<[usize; 2]>,
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
    Robot {
        name: "quadruped, 18 dofs, 4 points",
        tree: builder.build(),
        points,
        height: 0.301,
        legs: (0..4).map(|leg| [7 + 3 * leg, 8 + 3 * leg]).collect(),
    }
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
    Robot {
        name: "humanoid, 35 dofs, 8 points",
        tree: builder.build(),
        points,
        height: 0.661,
        legs: vec![[6, 9], [12, 15]],
    }
}

/// Time that this thread has been running, s. The scheduler counts it in ticks of a
/// few milliseconds.
fn processor_time(start: Instant) -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |time| time * 1e-9)
}

/// Microseconds per step, fastest block and mean, and iterations per step.
fn measure(robot: &Robot, law: Option<Law>, steps: bool) -> (f64, f64, f64) {
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
    let begin = Instant::now();
    let used = processor_time(begin);
    for _ in 0..BLOCKS {
        let clock = Instant::now();
        state.clone_from(&start);
        memory.clear();
        for tick in 0..RESTART {
            for (leg, [thigh, knee]) in robot.legs.iter().enumerate() {
                let lifts = steps && (tick / 25 + leg) % 2 == 0;
                drives[*thigh].target = if lifts { -0.5 } else { 0.0 };
                drives[*knee].target = if lifts { 1.0 } else { 0.0 };
            }
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
    let steps = (BLOCKS * RESTART) as f64;
    let mean = (processor_time(begin) - used) * 1e6 / steps;
    times.sort_by(f64::total_cmp);
    (times[0], mean, iterations as f64 / steps)
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

/// A pile of balls in a box, after it has fallen together.
struct Pile {
    tree: Tree,
    state: State,
    memory: Memory,
    stepper: Stepper,
}

const RADIUS: f64 = 0.05;

impl Pile {
    fn new(count: usize, method: Method) -> Self {
        let mut builder = TreeBuilder::new();
        for k in 0..count {
            let (layer, place) = (k / 9, k % 9);
            let shift = 0.01 * (layer % 5) as f64 - 0.02;
            let at = |cell: usize| 0.11 * cell as f64 - 0.11 + shift;
            let height = RADIUS + 0.105 * layer as f64;
            let mass = MassProperties {
                mass_kg: 0.5,
                com: Vector3::zeros(),
                inertia: Matrix3::identity() * 0.0005,
            };
            let parent_from_joint = Isometry3::translation(at(place / 3), at(place % 3), height);
            let spec = LinkSpec { mass, parent_from_joint, ..LinkSpec::default() };
            builder.add(&spec).expect("a legal link");
        }
        let tree = builder.build();
        let options = StepOptions { method, ..StepOptions::default() };
        let stepper = Stepper::new(&tree, options).expect("every body has mass");
        Self { state: State::new(&tree), memory: Memory::default(), stepper, tree }
    }

    /// Time of the step without the search for contacts (us), and iterations.
    fn step(&mut self, contacts: &mut Vec<Contact>) -> (f64, usize) {
        let clock = Instant::now();
        self.stepper.begin(&self.tree, &mut self.state);
        let mut spent = clock.elapsed();
        contacts.clear();
        self.touch(contacts);
        let clock = Instant::now();
        let gravity = Vector3::new(0.0, 0.0, -9.81);
        let input = StepInput { gravity, contacts, ..StepInput::default() };
        let solution = self.stepper.finish(&self.tree, &mut self.state, &mut self.memory, &input);
        spent += clock.elapsed();
        (spent.as_secs_f64() * 1e6, solution.expect("a finite state").iterations)
    }

    fn touch(&self, contacts: &mut Vec<Contact>) {
        let kinematics = self.stepper.kinematics();
        let mut add = |sides, point, normal, gap, key: usize| {
            if gap < 0.002 {
                let friction = Friction { sliding: 0.5, ..Friction::default() };
                let law = Law::Stiff(StiffLaw::default());
                let key = key as u64;
                contacts.push(Contact {
                    sides,
                    point,
                    normal,
                    gap,
                    margin: 0.0,
                    friction,
                    restitution: 0.0,
                    law,
                    key,
                });
            }
        };
        let count = self.tree.links().len();
        for first in 0..count {
            let center = kinematics.position(&self.tree, first);
            let walls = [
                (Vector3::z(), center.z),
                (Vector3::x(), center.x + 0.2),
                (-Vector3::x(), 0.2 - center.x),
                (Vector3::y(), center.y + 0.2),
                (-Vector3::y(), 0.2 - center.y),
            ];
            for (wall, (normal, distance)) in walls.into_iter().enumerate() {
                let (point, key) = (center - normal * RADIUS, first * 1000 + 900 + wall);
                add([Side::GROUND, Side::Link(first)], point, normal, distance - RADIUS, key);
            }
            for second in first + 1..count {
                let line = kinematics.position(&self.tree, second) - center;
                let (point, distance) = (center + line / 2.0, line.norm());
                let sides = [Side::Link(first), Side::Link(second)];
                add(sides, point, line / distance, distance - 2.0 * RADIUS, first * 1000 + second);
            }
        }
    }
}

fn measure_pile(count: usize, method: Method) {
    let mut pile = Pile::new(count, method);
    let mut contacts = Vec::new();
    for _ in 0..300 {
        pile.step(&mut contacts);
    }
    let (mut times, mut iterations) = (Vec::new(), 0);
    for _ in 0..100 {
        let (time, taken) = pile.step(&mut contacts);
        times.push(time);
        iterations += taken;
    }
    times.sort_by(f64::total_cmp);
    let per_step = f64::from(iterations as u32) / 100.0;
    let name = format!("pile of {count}, {} contacts", contacts.len());
    let (fastest, median) = (times[0], times[50]);
    println!("{name:<30} {method:<20?} {fastest:7.0} {median:7.0}   {per_step:.2}");
}

fn main() {
    println!("microseconds per step (fastest block, mean), iterations per step");
    let (soft, stiff) = (Law::Soft(SoftLaw::default()), Law::Stiff(StiffLaw::default()));
    for robot in [quadruped(), humanoid()] {
        for (name, law, steps) in [
            ("stands, soft law", Some(soft), false),
            ("stands, stiff law", Some(stiff), false),
            ("steps, soft law", Some(soft), true),
            ("steps, stiff law", Some(stiff), true),
            ("no contact", None, false),
        ] {
            let (fastest, mean, iterations) = measure(&robot, law, steps);
            println!("{:<30} {name:<20} {fastest:7.2} {mean:7.2}   {iterations:.2}", robot.name);
        }
    }
    for (count, method) in [
        (18, Method::Newton),
        (18, Method::Sweeps),
        (99, Method::Newton),
        (99, Method::Sweeps),
        (99, Method::Automatic),
    ] {
        measure_pile(count, method);
    }
}
