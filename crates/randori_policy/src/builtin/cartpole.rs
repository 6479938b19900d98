//! `cartpole_lqr`: balances a pole on a cart with a linear-quadratic regulator computed from the
//! robot's masses and lengths.
//!
//! Start reading at [`linearise`].

use nalgebra::{Matrix4, Vector3, Vector4};
use randori_core::policy::{
    CommandChunk, Controller, Observation, PolicyContract, PolicyError, RobotInterface,
};
use randori_core::spec::{Drive, JointKind, JointSpec, RobotSpec};

use super::hold::contract;
use super::inertia::{rigid_group, rotation_matrix, vector};
use super::lqr::LinearSystem;
use super::params::Params;
use super::sensing::{JointReading, base_from_link};
use super::{BuiltinError, BuiltinInfo, ParamInfo};

pub(super) const INFO: BuiltinInfo = BuiltinInfo {
    name: "cartpole_lqr",
    about: "balances a pole on a cart with a gain computed from their masses and lengths",
    params: &[
        ParamInfo {
            name: "cart",
            expects: "the name of a prismatic joint",
            about: "the joint along which the cart moves",
            default: Some("the first prismatic joint"),
        },
        ParamInfo {
            name: "pole",
            expects: "the name of a revolute or continuous joint",
            about: "the joint about which the pole turns",
            default: Some("the first revolute or continuous joint"),
        },
        ParamInfo {
            name: "position",
            expects: "a number, m",
            about: "coordinate at which the cart comes to rest",
            default: Some("0.0"),
        },
        ParamInfo {
            name: "q",
            expects: "four numbers of 0 or more such as (4.0, 1.0, 100.0, 4.0)",
            about: "costs of the squares of cart position (m), cart speed (m/s), angle from \
                    upright (rad) and angular speed (rad/s)",
            default: Some("(4.0, 1.0, 100.0, 4.0)"),
        },
        ParamInfo {
            name: "r",
            expects: "a number greater than 0",
            about: "cost of the square of the force (N)",
            default: Some("0.01"),
        },
    ],
};

/// Bryson's rule (the inverse square of the maximum acceptable deviation) for 0.5 m, 1 m/s, 0.1
/// rad, 0.5 rad/s ...
const DEFAULT_Q: [f64; 4] = [4.0, 1.0, 100.0, 4.0];
/// ... and 10 N.
const DEFAULT_R: f64 = 0.01;

/// Applies a force to the cart that keeps the pole upright.
#[derive(Debug, Clone)]
pub(super) struct CartPole {
    contract: PolicyContract,
    cart: JointReading,
    pole: JointReading,
    plant: Plant,
    position_m: f64,
    gain: Vector4<f64>,
    /// The command of the whole robot with zero force, and the index of the force.
    command: Vec<f32>,
    output: usize,
    max_force_n: f64,
}

/// A cart-pole near its upper equilibrium; the state is cart position (m), cart
/// speed, angle from upright (rad) and angular speed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plant {
    system: LinearSystem<4>,
    /// Pole joint coordinate at the upright equilibrium, rad.
    upright_rad: f64,
}

impl CartPole {
    pub(super) fn new(
        params: &Params<'_>,
        interface: &RobotInterface,
    ) -> Result<Self, BuiltinError> {
        let model = &interface.model;
        let cart = joint(params, model, "cart", JointKind::is_prismatic)?;
        let pole = joint(params, model, "pole", |kind| {
            matches!(kind, JointKind::Revolute { .. } | JointKind::Continuous)
        })?;
        let plant = linearise(model, cart, pole, interface.gravity)?;

        let q: [f64; 4] = params.optional("q")?.unwrap_or(DEFAULT_Q);
        if q.iter().any(|cost| *cost < 0.0) {
            return Err(params.wrong("q", "`q` has a negative cost"));
        }
        let r = params.positive("r", DEFAULT_R)?;
        let q = Matrix4::from_diagonal(&Vector4::from(q));
        let gain = plant.system.sampled(interface.period_s).lqr(&q, r).ok_or_else(|| {
            params.wrong("q", "no gain balances this cart-pole with these costs and this rate")
        })?;

        let (output, max_force_n) = force_output(interface, cart)?;
        let cart = reading(interface, cart)?;
        let pole = reading(interface, pole)?;
        let needs = cart.needs().into_iter().chain(pole.needs()).collect();
        Ok(Self {
            contract: contract(&INFO, interface, needs),
            cart,
            pole,
            plant,
            position_m: params.optional("position")?.unwrap_or(0.0),
            gain,
            command: interface.initial_command(),
            output,
            max_force_n,
        })
    }
}

fn joint<'a>(
    params: &Params<'_>,
    model: &'a RobotSpec,
    param: &'static str,
    fits: impl Fn(&JointKind) -> bool,
) -> Result<&'a JointSpec, BuiltinError> {
    let mut fitting = model.joints.iter().filter(|joint| fits(&joint.kind));
    match params.optional::<String>(param)? {
        None => fitting
            .next()
            .ok_or_else(|| params.wrong(param, format!("the robot has no joint for `{param}`"))),
        Some(name) => fitting.find(|joint| joint.name == name).ok_or_else(|| {
            let names = model.joints.iter().filter(|joint| fits(&joint.kind));
            let advice = crate::did_you_mean(&name, names.map(|joint| joint.name.as_str()));
            params.wrong(param, format!("no fitting joint is called `{name}`; {advice}"))
        }),
    }
}

fn reading(interface: &RobotInterface, joint: &JointSpec) -> Result<JointReading, BuiltinError> {
    JointReading::find(interface, &joint.name).ok_or_else(|| {
        BuiltinError::new(format!("`cartpole_lqr` cannot see joint `{}`", joint.name))
            .help("add a `JointState` sensor to the robot")
    })
}

/// Index of the cart force in a command, and its limit in N.
fn force_output(
    interface: &RobotInterface,
    cart: &JointSpec,
) -> Result<(usize, f64), BuiltinError> {
    let mut first = 0;
    for (action, spec) in interface.actions.iter().zip(&interface.model.actuators) {
        if action.joint == cart.name && spec.drive == Drive::Torque {
            return Ok((first, spec.limits.torque.unwrap_or(f64::INFINITY)));
        }
        first += action.inputs.len();
    }
    Err(BuiltinError::new(format!(
        "`cartpole_lqr` needs an actuator with a `Torque` drive on joint `{}`",
        cart.name
    ))
    .help("give the joint such an actuator, or name another joint with `cart`"))
}

/// The equations of motion about upright, with x along the cart's axis, theta
/// the angle from upright and s = +1 or -1 for a pole that falls towards +x or
/// -x when theta grows:
///
/// ```text
/// (M + m) x''    + s m l theta''      + c x'              = F
/// s m l x''      + (I + m l^2) theta'' + b theta' - m g l theta = 0
/// ```
///
/// M and I + m l^2 include the armature of the joints. The robot's base is
/// taken to stand upright in the world.
fn linearise(
    model: &RobotSpec,
    cart: &JointSpec,
    pole: &JointSpec,
    gravity: [f64; 3],
) -> Result<Plant, BuiltinError> {
    let unfit = |what: &str| BuiltinError::new(format!("`cartpole_lqr` cannot balance: {what}"));
    let gravity = Vector3::from(gravity);
    let g = libm::sqrt(gravity.dot(&gravity));
    if g <= 0.0 {
        return Err(unfit("there is no gravity"));
    }
    let up = -gravity / g;
    if pole.parent != cart.child {
        return Err(unfit("the pole has to hang on the cart")
            .help("name the two joints with the parameters `cart` and `pole`"));
    }
    let axes = |joint: &JointSpec| {
        let base_from_child = base_from_link(model, &joint.child);
        let axes = rotation_matrix(base_from_child.rotation);
        (axes, axes * vector(joint.axis.unit()))
    };
    let ((_, along), (pole_axes, about)) = (axes(cart), axes(pole));
    if along.dot(&up).abs() > 1e-3 || about.dot(&up).abs() > 1e-3 || along.dot(&about).abs() > 1e-3
    {
        return Err(unfit("both axes have to be horizontal and at right angles"));
    }
    let body = |link: &str| {
        rigid_group(model, link).map_err(|link| {
            unfit(&format!("the inertia of `{link}` follows from a hull or a mesh"))
                .help(format!("give `{link}` a `com` and `inertia: Moments(..)`"))
        })
    };
    let (cart_body, pole_body) = (body(&cart.child)?, body(&pole.child)?);

    let com = pole_axes * pole_body.com;
    let arm = com - about * about.dot(&com);
    let l = libm::sqrt(arm.dot(&arm));
    let (m, axis) = (pole_body.mass, vector(pole.axis.unit()));
    if m <= 0.0 || l <= 0.0 {
        return Err(unfit("the pole has no weight away from its joint"));
    }
    let upright_rad = libm::atan2(about.dot(&arm.cross(&up)), arm.dot(&up));
    let leans = about.cross(&up).dot(&along);
    let coupling = leans * m * l;
    let total = cart_body.mass + m + cart.armature;
    let moment = axis.dot(&(pole_body.inertia * axis)) + m * l * l + pole.armature;
    let det = total * moment - coupling * coupling;

    // Rows x'' and theta'' of the inverted mass matrix.
    let accelerations = |force: f64, torque: f64| {
        [(moment * force - coupling * torque) / det, (total * torque - coupling * force) / det]
    };
    let (cart_drag, pole_drag) = (-cart.damping, -pole.damping);
    let [x_v, t_v] = accelerations(cart_drag, 0.0);
    let [x_t, t_t] = accelerations(0.0, m * g * l);
    let [x_w, t_w] = accelerations(0.0, pole_drag);
    let [x_f, t_f] = accelerations(1.0, 0.0);
    #[rustfmt::skip]
    let a = Matrix4::new(
        0.0, 1.0, 0.0, 0.0,
        0.0, x_v, x_t, x_w,
        0.0, 0.0, 0.0, 1.0,
        0.0, t_v, t_t, t_w,
    );
    let system = LinearSystem { a, b: Vector4::new(0.0, x_f, 0.0, t_f) };
    Ok(Plant { system, upright_rad })
}

/// Wraps an angle to (-pi, pi].
fn wrapped(angle_rad: f64) -> f64 {
    libm::atan2(libm::sin(angle_rad), libm::cos(angle_rad))
}

impl Controller for CartPole {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {}

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        let mut command = self.command.clone();
        if let (Some((x, v)), Some((angle, rate))) =
            (self.cart.get(observation), self.pole.get(observation))
        {
            let state = Vector4::new(
                f64::from(x) - self.position_m,
                f64::from(v),
                wrapped(f64::from(angle) - self.plant.upright_rad),
                f64::from(rate),
            );
            let force = -self.gain.dot(&state);
            command[self.output] = force.clamp(-self.max_force_n, self.max_force_n) as f32;
        }
        Ok(CommandChunk::single(command))
    }
}

#[cfg(test)]
#[path = "cartpole_tests.rs"]
mod tests;
