//! Time steps.
//!
//! A step of length h finds the velocity v+ at its end from
//!
//! ```text
//! (M + armature + h damping) v+ = (M + armature) v + h (tau - bias)
//! ```
//!
//! so damping is implicit: it never reverses a velocity (its own error is
//! proportional to h). Two rules differ in the configuration at which M, the bias and
//! external forces are evaluated:
//!
//! - [`Rule::SecondOrder`]: the configuration first moves by half a step,
//!   `q_m = q + h/2 v`; everything is evaluated at `q_m`, the bias with the
//!   velocity `1.5 v - 0.5 v_previous` extrapolated to the middle of the step
//!   (Adams-Bashforth); then `q+ = q_m + h/2 v+`. The error of a motion is
//!   proportional to h^2. It costs no more than the other rule.
//! - [`Rule::SemiImplicit`] (symplectic Euler): everything at q with v, then
//!   `q+ = q + h v+`. The error is proportional to h.
//!
//! [`Dynamics::step`] makes a whole step of bodies without contacts. A solver
//! with contacts calls its parts: [`Dynamics::begin`], then collision detection in
//! the resulting configuration, [`Dynamics::prepare`], its own solution for v+, and
//! [`Dynamics::finish`].

use nalgebra::Vector3;

use crate::factor::{NotPositiveDefinite, SparseFactor};
use crate::kinematics::Kinematics;
use crate::mass_matrix::{MassMatrix, multiply};
use crate::newton_euler::{Motion, NewtonEuler};
use crate::spatial::ForceVector;
use crate::state::State;
use crate::tree::Tree;

/// Integration rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// Midpoint configuration, extrapolated bias: errors proportional to h^2.
    #[default]
    SecondOrder,
    /// Symplectic Euler: errors proportional to h.
    SemiImplicit,
}

/// Inputs of a step besides the state.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Length h, s.
    pub dt: f64,
    /// Integration rule.
    pub rule: Rule,
    /// Acceleration of free fall in the world, m/s^2.
    pub gravity: Vector3<f64>,
    /// Force on each dof, N m or N; empty for none.
    pub forces: &'a [f64],
    /// Force on each link, world axes about O of its branch; empty for none.
    pub external: &'a [ForceVector],
}

/// The equation of motion of a tree in one configuration, with its memory.
#[derive(Debug, Clone, Default)]
pub struct Dynamics {
    kinematics: Kinematics,
    mass: MassMatrix,
    passes: NewtonEuler,
    factor: SparseFactor,
    /// Velocity at which the bias is evaluated.
    middle: Vec<f64>,
    bias: Vec<f64>,
    momentum: Vec<f64>,
    diagonal: Vec<f64>,
}

impl Dynamics {
    /// Memory for a tree.
    pub fn new(tree: &Tree) -> Self {
        let mut dynamics = Self::default();
        dynamics.resize(tree);
        dynamics
    }

    /// Resizes for another tree.
    pub fn resize(&mut self, tree: &Tree) {
        self.kinematics.resize(tree);
        self.mass.resize(tree);
        self.passes.resize(tree);
        self.factor.resize(tree);
        for values in [&mut self.middle, &mut self.bias, &mut self.momentum, &mut self.diagonal] {
            values.resize(tree.dofs(), 0.0);
        }
    }

    /// Makes one step of bodies without contacts. It allocates nothing.
    ///
    /// # Errors
    ///
    /// If the mass matrix is not positive definite, because a joint moves no mass
    /// or a state is not finite. The configuration may then have moved by half a
    /// step.
    pub fn step(
        &mut self,
        tree: &Tree,
        state: &mut State,
        step: &Step,
    ) -> Result<(), NotPositiveDefinite> {
        self.begin(tree, state, step);
        self.prepare(tree, state, step);
        self.factor.factorize(tree, self.mass.rows(), &self.diagonal)?;
        self.factor.solve(tree, &mut self.momentum);
        state.previous_v.copy_from_slice(&state.v);
        state.v.copy_from_slice(&self.momentum);
        self.finish(tree, state, step);
        Ok(())
    }

    /// Moves to the configuration at which forces are evaluated and places the
    /// links there.
    pub fn begin(&mut self, tree: &Tree, state: &mut State, step: &Step) {
        if step.rule == Rule::SecondOrder {
            state.advance(tree, 0.5 * step.dt);
        }
        self.kinematics.update(tree, &state.q);
    }

    /// Computes the equation `(M + diagonal) v+ = momentum` of the step at the
    /// configuration of [`begin`](Self::begin); see [`mass`](Self::mass),
    /// [`diagonal`](Self::diagonal) and [`momentum`](Self::momentum).
    pub fn prepare(&mut self, tree: &Tree, state: &State, step: &Step) {
        self.mass.update(tree, &self.kinematics);
        match step.rule {
            Rule::SemiImplicit => self.middle.copy_from_slice(&state.v),
            Rule::SecondOrder => {
                let rates = state.v.iter().zip(&state.previous_v);
                for (middle, (v, previous)) in self.middle.iter_mut().zip(rates) {
                    *middle = 1.5 * v - 0.5 * previous;
                }
            }
        }
        self.update_bias(tree, step);
        multiply(tree, self.mass.rows(), &state.v, &mut self.momentum);
        for (dof, v) in state.v.iter().enumerate() {
            let armature = tree.armature()[dof];
            let force = step.forces.get(dof).copied().unwrap_or(0.0);
            self.momentum[dof] += armature * v + step.dt * (force - self.bias[dof]);
            self.diagonal[dof] = armature + step.dt * tree.damping()[dof];
        }
    }

    /// Moves the configuration to the end of the step with the solved velocity.
    pub fn finish(&mut self, tree: &Tree, state: &mut State, step: &Step) {
        let rest = if step.rule == Rule::SecondOrder { 0.5 * step.dt } else { step.dt };
        state.advance(tree, rest);
    }

    /// Generalized acceleration in the current state, by
    /// `(M + armature) a = tau - damping v - bias`: forward dynamics. `out` has
    /// one entry per dof.
    ///
    /// # Errors
    ///
    /// If the mass matrix is not positive definite, because a joint moves no mass
    /// or the state is not finite.
    pub fn acceleration(
        &mut self,
        tree: &Tree,
        state: &State,
        step: &Step,
        out: &mut [f64],
    ) -> Result<(), NotPositiveDefinite> {
        self.kinematics.update(tree, &state.q);
        self.mass.update(tree, &self.kinematics);
        self.middle.copy_from_slice(&state.v);
        self.update_bias(tree, step);
        for (dof, value) in out.iter_mut().enumerate() {
            let force = step.forces.get(dof).copied().unwrap_or(0.0);
            *value = force - tree.damping()[dof] * state.v[dof] - self.bias[dof];
        }
        self.factor.factorize(tree, self.mass.rows(), tree.armature())?;
        self.factor.solve(tree, out);
        Ok(())
    }

    /// Bias minus external forces, at the velocity `middle`.
    fn update_bias(&mut self, tree: &Tree, step: &Step) {
        let motion = Motion { velocity: &self.middle, acceleration: &[], gravity: step.gravity };
        self.passes.inverse_dynamics(
            tree,
            &self.kinematics,
            &motion,
            step.external,
            &mut self.bias,
        );
    }

    /// Placement of the links at which forces are evaluated.
    pub fn kinematics(&self) -> &Kinematics {
        &self.kinematics
    }

    /// The mass matrix at that configuration, without armature.
    pub fn mass(&self) -> &MassMatrix {
        &self.mass
    }

    /// Addition to the diagonal of the mass matrix: `armature + h damping`.
    pub fn diagonal(&self) -> &[f64] {
        &self.diagonal
    }

    /// Right-hand side of the equation: `(M + armature) v + h (tau - bias)`; after
    /// [`step`](Self::step) its solution.
    pub fn momentum(&self) -> &[f64] {
        &self.momentum
    }

    /// Bias forces minus external forces on links, one entry per dof.
    pub fn bias(&self) -> &[f64] {
        &self.bias
    }

    /// The factors of `M + diagonal` of the last step.
    pub fn factor(&self) -> &SparseFactor {
        &self.factor
    }
}
