//! Steps with drives, limits, friction, contacts and couplings.
//!
//! A step evaluates forces by the rule of [`Dynamics`], by default at the middle of the
//! step with second order; at impacts the order is one.
//! It has two halves, so that the caller can detect contacts in the configuration at
//! which forces are evaluated:
//!
//! 1. [`Stepper::begin`] moves to that configuration and places the links
//!    ([`Stepper::kinematics`]),
//! 2. [`Stepper::finish`] takes the forces and contacts ([`StepInput`]), solves for the
//!    velocity by `newton.rs` and moves the configuration to the end of the step.
//!    Impulses can then be read.
//!
//! The state of a simulation is [`State`] and [`Memory`]; a stepper has no other
//! persistent state.

mod assemble;
mod read;

use nalgebra::Vector3;

use crate::contact::Contact;
use crate::coupling::Coupling;
use crate::dof_law::DofLaw;
use crate::factor::NotPositiveDefinite;
use crate::islands::Islands;
use crate::kinematics::Kinematics;
use crate::newton::Newton;
pub use crate::newton::Solution;
use crate::potential::Drive;
use crate::spatial::{ForceVector, MotionVector};
use crate::state::State;
use crate::step::{Dynamics, Rule, Step};
use crate::sweep::{Sweep, SweepLimits};
use crate::tree::Tree;
use crate::weights::Weights;

pub use read::DofImpulses;

/// Forces, contacts and couplings of a step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StepInput<'a> {
    /// Acceleration of free fall, m/s^2, world axes.
    pub gravity: Vector3<f64>,
    /// Drive of each dof; dofs beyond its end have none.
    pub drives: &'a [Drive],
    /// Passive forces of each dof; dofs beyond its end have none.
    pub dof_laws: &'a [DofLaw],
    /// Further force on each dof, N m or N; empty for none.
    pub forces: &'a [f64],
    /// Force on each link besides gravity, world axes about O of the branch;
    /// empty for none.
    pub external: &'a [ForceVector],
    /// Contact points in the configuration of [`Stepper::kinematics`].
    pub contacts: &'a [Contact],
    /// Couplings.
    pub couplings: &'a [Coupling],
}

/// Settings of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepOptions {
    /// Length of a step, s.
    pub step_s: f64,
    /// Integration rule.
    pub rule: Rule,
    /// Solver for the velocity.
    pub method: Method,
    /// Largest error of an acceleration of Newton's method, m/s^2 or rad/s^2: the
    /// tolerance of a velocity is this times the step.
    pub tolerance: f64,
    /// Maximum number of corrections for the sliding velocity of the solution; see
    /// [`contact`](crate::contact). Sweeps are not corrected.
    pub slip_rounds: usize,
    /// Largest error of an acceleration of sweeps, m/s^2 or rad/s^2.
    pub sweep_tolerance: f64,
    /// Maximum number of sweeps, doubled if velocities still change by more than
    /// 0.5 m/s or rad/s.
    pub max_sweeps: usize,
    /// Fraction of the velocity with which contacts push overlapping bodies apart in
    /// sweeps. With few sweeps, large piles jitter if it is near 1.
    pub sweep_recovery: f64,
}

/// Solver for the velocity at the end of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Newton's method, except for large islands, for which it is slow.
    #[default]
    Automatic,
    /// Newton's method: exact up to rounding.
    Newton,
    /// Projected Gauss-Seidel sweeps: approximate, for large piles.
    Sweeps,
}

/// Estimated multiplications of one factorization of an island from which the
/// automatic choice uses sweeps: about 50 us, a block of about 20 boxes.
const LARGE: usize = 130_000;

impl Default for StepOptions {
    fn default() -> Self {
        Self {
            step_s: 0.002,
            rule: Rule::SecondOrder,
            method: Method::Automatic,
            tolerance: 1e-6,
            slip_rounds: 1,
            sweep_tolerance: 1e-3,
            max_sweeps: 8,
            sweep_recovery: 0.2,
        }
    }
}

/// Warm-start impulses of the last step.
#[derive(Debug, PartialEq, Default)]
pub struct Memory {
    /// Impulses of contacts by key, in ascending order: impulse (N s)
    /// and moment (N m s) on the second body, world axes.
    contacts: Vec<(u64, [Vector3<f64>; 2])>,
    /// Friction impulse of each joint, N m s or N s.
    joints: Vec<f64>,
}

impl Clone for Memory {
    fn clone(&self) -> Self {
        Self { contacts: self.contacts.clone(), joints: self.joints.clone() }
    }

    /// Reuses the memory of the lists.
    fn clone_from(&mut self, source: &Self) {
        self.contacts.clone_from(&source.contacts);
        self.joints.clone_from(&source.joints);
    }
}

impl Memory {
    /// From friction impulses of contacts, which are sorted by key, and of joints; see
    /// [`Memory::contacts`] and [`Memory::joints`].
    pub fn new(mut contacts: Vec<(u64, [Vector3<f64>; 2])>, joints: Vec<f64>) -> Self {
        contacts.sort_unstable_by_key(|(key, _)| *key);
        Self { contacts, joints }
    }

    /// Friction impulses of contacts by key, in ascending order: impulse (N s) and
    /// moment (N m s) on the second body, world axes.
    pub fn contacts(&self) -> &[(u64, [Vector3<f64>; 2])] {
        &self.contacts
    }

    /// Friction impulse of each joint, N m s or N s; empty before the first step.
    pub fn joints(&self) -> &[f64] {
        &self.joints
    }

    /// Clears all impulses.
    pub fn clear(&mut self) {
        self.contacts.clear();
        self.joints.clear();
    }

    /// Impulse of a contact in the last step, 0 for a new contact.
    fn contact(&self, key: u64) -> [Vector3<f64>; 2] {
        let found = self.contacts.binary_search_by_key(&key, |(key, _)| *key);
        found.map_or([Vector3::zeros(); 2], |place| self.contacts[place].1)
    }
}

/// Steps a tree. Memory is preallocated; steps allocate only if there are more
/// contacts than ever before.
#[derive(Debug, Clone, Default)]
pub struct Stepper {
    options: StepOptions,
    weights: Weights,
    dynamics: Dynamics,
    newton: Newton,
    sweep: Sweep,
    islands: Islands,
    /// Link velocities before the step, about O.
    velocities: Vec<MotionVector>,
    /// Velocity at the end of the step.
    v: Vec<f64>,
    /// Number of contacts of the last step.
    contacts: usize,
    /// Point of action of each coupling; the origin for couplings of joints.
    points: Vec<Vector3<f64>>,
    /// Keys and indices of contacts with an impulse.
    keys: Vec<(u64, u32)>,
}

impl Stepper {
    /// A stepper for a tree.
    ///
    /// # Errors
    ///
    /// If a dof moves no mass.
    pub fn new(tree: &Tree, options: StepOptions) -> Result<Self, NotPositiveDefinite> {
        let mut stepper = Self { options, ..Self::default() };
        stepper.set_tree(tree, Weights::new(tree)?);
        Ok(stepper)
    }

    /// Replaces the tree and its weights, for example by ones combined with
    /// [`Tree::append`] and [`Weights::append`].
    pub fn set_tree(&mut self, tree: &Tree, weights: Weights) {
        self.weights = weights;
        self.dynamics.resize(tree);
        self.newton.forget();
        self.newton.resize(tree);
        self.velocities.resize(tree.links().len(), MotionVector::ZERO);
        self.v.resize(tree.dofs(), 0.0);
    }

    /// Settings of steps.
    pub fn options(&self) -> &StepOptions {
        &self.options
    }

    /// Changes the settings, between steps.
    pub fn set_options(&mut self, options: StepOptions) {
        self.options = options;
    }

    /// Inverse weights of links and dofs.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Moves to the configuration at which forces are evaluated and places the links.
    pub fn begin(&mut self, tree: &Tree, state: &mut State) {
        self.dynamics.begin(tree, state, &self.step(&StepInput::default()));
    }

    /// Placement of the links at which forces act, valid after [`begin`](Self::begin).
    pub fn kinematics(&self) -> &Kinematics {
        self.dynamics.kinematics()
    }

    /// The equation of motion of the last step.
    pub fn dynamics(&self) -> &Dynamics {
        &self.dynamics
    }

    /// Solves for the velocity and moves the configuration to the end of the step.
    ///
    /// # Errors
    ///
    /// If a dof moves no mass or a number is not finite. The velocity is then
    /// unchanged.
    pub fn finish(
        &mut self,
        tree: &Tree,
        state: &mut State,
        memory: &mut Memory,
        input: &StepInput,
    ) -> Result<Solution, NotPositiveDefinite> {
        let step = self.step(input);
        self.dynamics.prepare(tree, state, &step);
        self.assemble(tree, state, memory, input);
        // The last change of the velocity continues.
        for ((guess, now), before) in self.v.iter_mut().zip(&state.v).zip(&state.previous_v) {
            *guess = now + (now - before);
        }
        let solution = self.solve(tree)?;
        state.previous_v.copy_from_slice(&state.v);
        state.v.copy_from_slice(&self.v);
        self.dynamics.finish(tree, state, &step);
        self.remember(memory, input);
        Ok(solution)
    }

    fn solve(&mut self, tree: &Tree) -> Result<Solution, NotPositiveDefinite> {
        let Self { options, dynamics, newton, sweep, islands, v, .. } = self;
        let placed = (tree, dynamics.kinematics());
        let limit = match options.method {
            Method::Sweeps => 0,
            Method::Newton => usize::MAX,
            Method::Automatic => LARGE,
        };
        newton.analyse(tree, islands, limit);
        let mut is_prepared = false;
        let mut worst = Solution { converged: true, ..Solution::default() };
        for number in 0..islands.len() {
            let island = islands.get(number);
            let solution = if newton.pattern.is_large(number) {
                if !is_prepared {
                    sweep.prepare(tree, newton)?;
                    is_prepared = true;
                }
                let limits = SweepLimits {
                    tolerance: options.sweep_tolerance * options.step_s,
                    sweeps: options.max_sweeps,
                    recovery: options.sweep_recovery,
                };
                sweep.solve(placed, (newton, &island), &limits, v)?
            } else {
                let limits = (options.tolerance * options.step_s, options.slip_rounds);
                newton.solve(placed, &island, limits, v)?
            };
            worst.iterations = worst.iterations.max(solution.iterations);
            worst.residual = worst.residual.max(solution.residual);
            worst.converged &= solution.converged;
        }
        Ok(worst)
    }

    fn step<'a>(&self, input: &StepInput<'a>) -> Step<'a> {
        Step {
            dt: self.options.step_s,
            rule: self.options.rule,
            gravity: input.gravity,
            forces: input.forces,
            external: input.external,
        }
    }
}
