//! Small worlds with analytic contacts.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::coupling::Coupling;
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{
    Kinematics, LinkSpec, MassProperties, Memory, Method, Solution, State, StepInput, StepOptions,
    Stepper, Tree, TreeBuilder,
};

pub(crate) const GRAVITY: Vector3<f64> = Vector3::new(0.0, 0.0, -9.81);

/// Distance at which contacts are passed on before they touch, m.
pub(crate) const NEAR: f64 = 0.002;

/// A tree that is stepped, with everything that acts on it.
pub(crate) struct World {
    pub(crate) tree: Tree,
    pub(crate) state: State,
    pub(crate) memory: Memory,
    pub(crate) stepper: Stepper,
    pub(crate) gravity: Vector3<f64>,
    pub(crate) drives: Vec<Drive>,
    pub(crate) dof_laws: Vec<DofLaw>,
    pub(crate) couplings: Vec<Coupling>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) iterations: usize,
}

impl World {
    pub(crate) fn new(tree: Tree, options: StepOptions) -> Self {
        let stepper = Stepper::new(&tree, options).expect("every dof moves mass");
        Self {
            state: State::new(&tree),
            memory: Memory::default(),
            stepper,
            gravity: GRAVITY,
            drives: Vec::new(),
            dof_laws: Vec::new(),
            couplings: Vec::new(),
            contacts: Vec::new(),
            iterations: 0,
            tree,
        }
    }

    pub(crate) fn step_s(&self) -> f64 {
        self.stepper.options().step_s
    }

    /// One step; `touch` lists the contacts where forces are evaluated.
    pub(crate) fn step(
        &mut self,
        touch: impl Fn(&Tree, &Kinematics, &mut Vec<Contact>),
    ) -> Solution {
        self.stepper.begin(&self.tree, &mut self.state);
        self.contacts.clear();
        touch(&self.tree, self.stepper.kinematics(), &mut self.contacts);
        let input = StepInput {
            gravity: self.gravity,
            drives: &self.drives,
            dof_laws: &self.dof_laws,
            contacts: &self.contacts,
            couplings: &self.couplings,
            ..StepInput::default()
        };
        let solution = self
            .stepper
            .finish(&self.tree, &mut self.state, &mut self.memory, &input)
            .expect("the matrix is positive definite");
        let sweeps = self.stepper.options().method == Method::Sweeps;
        assert!(solution.converged || sweeps, "not converged: {solution:?}");
        self.iterations += solution.iterations;
        solution
    }

    pub(crate) fn run(
        &mut self,
        seconds: f64,
        touch: impl Fn(&Tree, &Kinematics, &mut Vec<Contact>),
    ) {
        for _ in 0..(seconds / self.step_s()).round() as usize {
            self.step(&touch);
        }
    }

    pub(crate) fn position(&self, link: usize) -> Vector3<f64> {
        let first = self.tree.links()[link].coordinates().start;
        Vector3::new(self.state.q[first], self.state.q[first + 1], self.state.q[first + 2])
    }

    pub(crate) fn velocity(&self, link: usize) -> Vector3<f64> {
        let first = self.tree.links()[link].dofs().start;
        Vector3::new(self.state.v[first], self.state.v[first + 1], self.state.v[first + 2])
    }

    /// Kinetic and potential energy, J.
    pub(crate) fn energy(&self) -> f64 {
        let mut kinematics = Kinematics::new(&self.tree);
        kinematics.update(&self.tree, &self.state.q);
        let zero = randori_bodies::MotionVector::ZERO;
        let mut velocities = vec![zero; self.tree.links().len()];
        let v = &self.state.v;
        randori_bodies::passes::link_velocities(&self.tree, &kinematics, v, &mut velocities);
        kinematics.kinetic_energy(&self.tree, &velocities, v)
            + kinematics.potential_energy(&self.tree, &self.gravity)
    }
}

/// Mass properties of a solid cuboid with these edges (m).
pub(crate) fn cuboid(mass_kg: f64, edges: [f64; 3]) -> MassProperties {
    let [x, y, z] = edges.map(|edge| edge * edge * mass_kg / 12.0);
    let inertia = Matrix3::from_diagonal(&Vector3::new(y + z, x + z, x + y));
    MassProperties { mass_kg, com: Vector3::zeros(), inertia }
}

/// A free body at a position.
pub(crate) fn free(mass: MassProperties, position: Vector3<f64>) -> LinkSpec {
    let parent_from_joint = Isometry3::translation(position.x, position.y, position.z);
    LinkSpec { mass, parent_from_joint, ..LinkSpec::default() }
}

pub(crate) fn build(links: &[LinkSpec]) -> Tree {
    let mut builder = TreeBuilder::new();
    for link in links {
        builder.add(link).expect("a legal link");
    }
    builder.build()
}

pub(crate) fn sliding(coefficient: f64) -> Friction {
    Friction { sliding: coefficient, ..Friction::default() }
}

/// A point of a link on the ground z = 0, with the stiff law.
pub(crate) fn on_ground(link: usize, point: Vector3<f64>, friction: Friction, key: u64) -> Contact {
    Contact {
        sides: [Side::GROUND, Side::Link(link)],
        point: Vector3::new(point.x, point.y, point.z / 2.0),
        normal: Vector3::z(),
        gap: point.z,
        margin: 0.0,
        friction,
        restitution: 0.0,
        law: Law::Stiff(StiffLaw::default()),
        key,
    }
}

/// The eight corners of a cuboid link, world, m.
pub(crate) fn corners(
    tree: &Tree,
    kinematics: &Kinematics,
    link: usize,
    edges: [f64; 3],
) -> [Vector3<f64>; 8] {
    std::array::from_fn(|corner| {
        let sign = |bit: usize| if corner >> bit & 1 == 0 { -0.5 } else { 0.5 };
        let local = Vector3::new(sign(0) * edges[0], sign(1) * edges[1], sign(2) * edges[2]);
        kinematics.position(tree, link) + kinematics.rotation(link) * local
    })
}

/// The corners of a cuboid link that are near the ground.
pub(crate) fn cuboid_on_ground(
    (tree, kinematics): (&Tree, &Kinematics),
    link: usize,
    (edges, friction): ([f64; 3], Friction),
    contacts: &mut Vec<Contact>,
) {
    for (corner, point) in corners(tree, kinematics, link, edges).into_iter().enumerate() {
        if point.z < NEAR {
            contacts.push(on_ground(link, point, friction, (link * 8 + corner) as u64));
        }
    }
}
