//! Trees and states for these tests.

use nalgebra::{DMatrix, DVector, Isometry3, Matrix3, Rotation3, UnitQuaternion, Vector3};
use randori_bodies::mass_matrix::element;
use randori_bodies::{
    JointKind, Kinematics, LinkSpec, MassMatrix, MassProperties, Motion, MotionVector, NewtonEuler,
    State, Tree, TreeBuilder, passes,
};

/// A generator of test data: `SplitMix64` (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    pub(crate) fn vector(&mut self, reach: f64) -> Vector3<f64> {
        let [x, y, z] = std::array::from_fn(|_| self.uniform(-reach, reach));
        Vector3::new(x, y, z)
    }

    pub(crate) fn values(&mut self, count: usize, reach: f64) -> Vec<f64> {
        (0..count).map(|_| self.uniform(-reach, reach)).collect()
    }

    pub(crate) fn rotation(&mut self) -> UnitQuaternion<f64> {
        UnitQuaternion::from_scaled_axis(self.vector(2.0))
    }

    pub(crate) fn pose(&mut self, reach: f64) -> Isometry3<f64> {
        Isometry3::from_parts(self.vector(reach).into(), self.rotation())
    }

    pub(crate) fn mass(&mut self) -> MassProperties {
        // Moments of a real body: sums of two of three second moments.
        let [a, b, c] = [(); 3].map(|()| self.uniform(0.005, 0.1));
        let moments = Matrix3::from_diagonal(&Vector3::new(b + c, a + c, a + b));
        let axes = Rotation3::from_scaled_axis(self.vector(2.0));
        MassProperties {
            mass_kg: self.uniform(0.2, 5.0),
            com: self.vector(0.3),
            inertia: axes.matrix() * moments * axes.matrix().transpose(),
        }
    }

    fn joint(&mut self) -> JointKind {
        let kinds = [
            JointKind::Fixed,
            JointKind::Prismatic { axis: self.vector(1.0) },
            JointKind::Spherical,
            JointKind::Planar,
            JointKind::Revolute { axis: self.vector(1.0) },
            JointKind::Revolute { axis: Vector3::ith(self.below(3), 1.0) },
        ];
        kinds[self.below(kinds.len())]
    }

    /// One to three branches of up to ten links with arbitrary frames, masses
    /// and joints, without damping.
    pub(crate) fn tree(&mut self) -> Tree {
        self.damped_tree(0.0)
    }

    pub(crate) fn damped_tree(&mut self, damping: f64) -> Tree {
        let mut builder = TreeBuilder::new();
        for _ in 0..=self.below(3) {
            let mut branch = Vec::new();
            for _ in 0..=self.below(10) {
                let parent = branch.get(self.below(branch.len().max(1))).copied();
                let base = [JointKind::FloatingBase, JointKind::FixedBase][self.below(2)];
                let joint = if parent.is_some() { self.joint() } else { base };
                let armature = if joint.is_base() { 0.0 } else { self.uniform(0.0, 0.2) };
                let spec = LinkSpec {
                    parent,
                    joint,
                    parent_from_joint: self.pose(0.5),
                    mass: self.mass(),
                    armature,
                    damping: if joint.is_base() { 0.0 } else { damping },
                };
                branch.push(builder.add(&spec).expect("a valid link"));
            }
        }
        builder.build()
    }

    pub(crate) fn state(&mut self, tree: &Tree) -> State {
        let mut state = State::new(tree);
        for link in tree.links() {
            match link.joint() {
                JointKind::FixedBase | JointKind::FloatingBase => {
                    state.set_base_pose(link, &self.pose(3.0));
                }
                JointKind::Spherical => state.set_rotation(link, &self.rotation()),
                _ => {
                    for q in &mut state.q[link.coordinates()] {
                        *q = self.uniform(-1.2, 1.2);
                    }
                }
            }
        }
        state.v = self.values(tree.dofs(), 1.5);
        state.restart();
        state
    }
}

/// Everything that can be asked about a tree in one state, as dense matrices.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) tree: Tree,
    pub(crate) kinematics: Kinematics,
    pub(crate) passes: NewtonEuler,
}

impl Model {
    pub(crate) fn new(tree: &Tree, q: &[f64]) -> Self {
        let mut kinematics = Kinematics::new(tree);
        kinematics.update(tree, q);
        Self { tree: tree.clone(), kinematics, passes: NewtonEuler::new(tree) }
    }

    /// With armature.
    pub(crate) fn mass_matrix(&self) -> DMatrix<f64> {
        let mut matrix = MassMatrix::new(&self.tree);
        matrix.update(&self.tree, &self.kinematics);
        let mut dense = dense(&self.tree, matrix.rows());
        for (dof, armature) in self.tree.armature().iter().enumerate() {
            dense[(dof, dof)] += armature;
        }
        dense
    }

    pub(crate) fn forces(&mut self, v: &[f64], a: &[f64], gravity: &Vector3<f64>) -> DVector<f64> {
        let mut tau = DVector::zeros(self.tree.dofs());
        let motion = Motion { velocity: v, acceleration: a, gravity: *gravity };
        self.passes.inverse_dynamics(
            &self.tree,
            &self.kinematics,
            &motion,
            &[],
            tau.as_mut_slice(),
        );
        tau
    }

    pub(crate) fn velocities(&self, v: &[f64]) -> Vec<MotionVector> {
        let mut velocities = vec![MotionVector::ZERO; self.tree.links().len()];
        passes::link_velocities(&self.tree, &self.kinematics, v, &mut velocities);
        velocities
    }

    pub(crate) fn kinetic_energy(&self, v: &[f64]) -> f64 {
        self.kinematics.kinetic_energy(&self.tree, &self.velocities(v), v)
    }

    /// Six rows: velocity of a point from O of the branch, angular velocity.
    pub(crate) fn jacobian(&self, link: usize, offset: &Vector3<f64>) -> DMatrix<f64> {
        let mut jacobian = DMatrix::zeros(6, self.tree.dofs());
        for (dof, column) in self.kinematics.jacobian(&self.tree, link, offset) {
            jacobian.fixed_view_mut::<3, 1>(0, dof).copy_from(&column.linear);
            jacobian.fixed_view_mut::<3, 1>(3, dof).copy_from(&column.angular);
        }
        jacobian
    }
}

/// All elements of a branch-sparse matrix.
pub(crate) fn dense(tree: &Tree, rows: &[f64]) -> DMatrix<f64> {
    DMatrix::from_fn(tree.dofs(), tree.dofs(), |i, j| element(tree, rows, i, j))
}

/// The configuration after moving with the velocity `rates` for `time`.
pub(crate) fn moved(tree: &Tree, q: &[f64], rates: &[f64], time: f64) -> Vec<f64> {
    let mut q = q.to_vec();
    randori_bodies::state::advance(tree, &mut q, rates, time);
    q
}
