//! Time of a step of a pile of boxes, without collision detection.
//!
//! `cargo bench -p randori_bodies --bench piles` prints microseconds per step for
//! blocks of boxes that stand, and that a force shoves along the ground, by Newton's
//! method and by sweeps; with iterations and the share of steps that converged. Each
//! pair of boxes touches at the four corners of their common face.

#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use std::time::Instant;

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::{
    ForceVector, Kinematics, LinkSpec, MassProperties, Memory, Method, Solution, State, StepInput,
    StepOptions, Stepper, Tree, TreeBuilder,
};

/// Edge (m) and mass (kg) of a box.
const EDGE: f64 = 0.2;
const MASS: f64 = 0.4;

const GRAVITY: Vector3<f64> = Vector3::new(0.0, 0.0, -9.81);

/// Steps before the measurement, and of it.
const WARM: usize = 200;
const STEPS: usize = 200;

/// A block of boxes.
struct Block {
    /// Number of boxes along x, y and z.
    counts: [usize; 3],
    tree: Tree,
    state: State,
    memory: Memory,
    stepper: Stepper,
    external: Vec<ForceVector>,
}

impl Block {
    /// `push` is the force along x as a share of the friction under the block.
    fn new(counts: [usize; 3], method: Method, push: f64) -> Self {
        let mut builder = TreeBuilder::new();
        let mass = MassProperties {
            mass_kg: MASS,
            com: Vector3::zeros(),
            inertia: Matrix3::identity() * (MASS * EDGE * EDGE / 6.0),
        };
        let [nx, ny, nz] = counts;
        let mut external = Vec::new();
        for index in 0..nx * ny * nz {
            let at = |cell: usize| EDGE * cell as f64;
            let (x, y, z) = (index % nx, index / nx % ny, index / nx / ny);
            let parent_from_joint = Isometry3::translation(at(x), at(y), at(z) + EDGE / 2.0);
            let spec = LinkSpec { mass, parent_from_joint, ..LinkSpec::default() };
            builder.add(&spec).expect("a legal link");
            let share = if x == 0 { push * 0.5 * MASS * 9.81 * nx as f64 } else { 0.0 };
            let force = Vector3::new(share, 0.0, 0.0);
            external.push(ForceVector { torque: Vector3::zeros(), force });
        }
        let tree = builder.build();
        let options = StepOptions { method, ..StepOptions::default() };
        let stepper = Stepper::new(&tree, options).expect("every body has mass");
        let (state, memory) = (State::new(&tree), Memory::default());
        Self { counts, tree, state, memory, stepper, external }
    }

    /// Time of the step without the search for contacts (us), and how it was solved.
    fn step(&mut self, contacts: &mut Vec<Contact>) -> (f64, Solution) {
        let clock = Instant::now();
        self.stepper.begin(&self.tree, &mut self.state);
        let mut spent = clock.elapsed();
        contacts.clear();
        self.touch(contacts);
        let clock = Instant::now();
        let external = &self.external;
        let input = StepInput { gravity: GRAVITY, contacts, external, ..StepInput::default() };
        let solution = self.stepper.finish(&self.tree, &mut self.state, &mut self.memory, &input);
        spent += clock.elapsed();
        let solution = solution.expect("a finite state");
        (spent.as_secs_f64() * 1e6, solution)
    }

    fn touch(&self, contacts: &mut Vec<Contact>) {
        let [nx, ny, nz] = self.counts;
        for index in 0..nx * ny * nz {
            let (x, y, z) = (index % nx, index / nx % ny, index / nx / ny);
            let kinematics = self.stepper.kinematics();
            if z == 0 {
                touch_at_face(&self.tree, kinematics, (None, index), 2, contacts);
            }
            let next = [(x + 1 < nx, 1), (y + 1 < ny, nx), (z + 1 < nz, nx * ny)];
            for (axis, (exists, step)) in next.into_iter().enumerate() {
                if exists {
                    let pair = (Some(index), index + step);
                    touch_at_face(&self.tree, kinematics, pair, axis, contacts);
                }
            }
        }
    }
}

/// The corners of the lower face of a box along an axis, against another box or the
/// ground.
fn touch_at_face(
    tree: &Tree,
    kinematics: &Kinematics,
    (first, second): (Option<usize>, usize),
    axis: usize,
    contacts: &mut Vec<Contact>,
) {
    let (mut face, mut normal) = (Vector3::zeros(), Vector3::z());
    if let Some(first) = first {
        normal = kinematics.rotation(first).column(axis).into();
        face = kinematics.position(tree, first) + normal * (EDGE / 2.0);
    }
    for corner in 0..4 {
        let mut local = Vector3::repeat(-EDGE / 2.0);
        for (bit, other) in [(axis + 1) % 3, (axis + 2) % 3].into_iter().enumerate() {
            local[other] *= if corner >> bit & 1 == 0 { 1.0 } else { -1.0 };
        }
        let point = kinematics.position(tree, second) + kinematics.rotation(second) * local;
        let gap = (point - face).dot(&normal);
        if gap < 0.002 {
            contacts.push(Contact {
                sides: [first.map_or(Side::GROUND, Side::Link), Side::Link(second)],
                point: point - normal * (gap / 2.0),
                normal,
                gap,
                margin: 0.0,
                friction: Friction { sliding: 0.5, ..Friction::default() },
                restitution: 0.0,
                law: Law::Stiff(StiffLaw::default()),
                key: (second * 12 + axis * 4 + corner + if first.is_some() { 10_000 } else { 0 })
                    as u64,
            });
        }
    }
}

fn measure(counts: [usize; 3], method: Method, push: f64) {
    let mut block = Block::new(counts, method, push);
    let mut contacts = Vec::new();
    for _ in 0..WARM {
        block.step(&mut contacts);
    }
    let (mut times, mut iterations, mut converged, mut residual) = (Vec::new(), 0, 0, 0.0);
    for _ in 0..STEPS {
        let (time, solution) = block.step(&mut contacts);
        times.push(time);
        iterations += solution.iterations;
        converged += usize::from(solution.converged);
        residual += solution.residual;
    }
    times.sort_by(f64::total_cmp);
    let [nx, ny, nz] = counts;
    println!(
        "| {nx} x {ny} x {nz} | {push} | {} | {method:?} | {:.0} | {:.0} | {:.2} | {:.2} | {:.1e} |",
        contacts.len(),
        times[0],
        times[STEPS / 2],
        iterations as f64 / STEPS as f64,
        converged as f64 / STEPS as f64,
        residual / STEPS as f64,
    );
}

fn main() {
    println!(
        "| boxes | push | contacts | method | us, fastest | median | iterations | converged | residual, m/s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for counts in [[1, 1, 10], [3, 4, 4], [5, 5, 4]] {
        for push in [0.0, 1.5] {
            for method in [Method::Newton, Method::Sweeps, Method::Automatic] {
                measure(counts, method, push);
            }
        }
    }
}
