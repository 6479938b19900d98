//! Bodies in free flight: boxes of the Open Source Robotics Foundation, a
//! symmetric top, a projectile with drag.

use nalgebra::{UnitQuaternion, Vector3};

use super::reference::{FreeTop, angle_between, integrate};
use super::stage::{Course, DOWN, G, Motion, Stage, WEIGHTLESS, narrow, raise};
use super::{AccuracyCase, Measure, Peer};
use randori_sim::world::WorldFault;

pub(super) const CASES: &[AccuracyCase] = &[
    AccuracyCase {
        name: "boxes_simple",
        title: "OSRF box, simple",
        about: "A box of 10 kg and 0.1 x 0.4 x 0.9 m without gravity, turning about a principal \
                axis at 0.5 rad/s and drifting at 1 m/s, for 10 s.",
        source: BOXES,
        truth: "closed form",
        measures: BOX_MEASURES,
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: SIMPLE_PEERS,
        simulate: |rate_hz| boxes(rate_hz, WEIGHTLESS, [-0.9, 0.4, 0.1], [0.5, 0.0, 0.0]),
    },
    AccuracyCase {
        name: "boxes_complex",
        title: "OSRF box, complex",
        about: "The same box under gravity (9.8 m/s^2), tumbling at 5 rad/s about its \
                intermediate axis and thrown at 8.5 m/s, for 10 s.",
        source: BOXES,
        truth: "closed form of the centre, Euler's equations in double precision for the attitude",
        measures: BOX_MEASURES,
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: COMPLEX_PEERS,
        simulate: |rate_hz| boxes(rate_hz, [0.0, 0.0, -9.8], [-2.0, 2.0, 8.0], [0.1, 5.0, 0.1]),
    },
    AccuracyCase {
        name: "symmetric_top",
        title: "Symmetric top",
        about: "A cylinder with the moments 0.04, 0.04 and 0.02 kg m^2 turns freely, at first \
                with (2, 0, 5) rad/s in its own axes, for 1 s.",
        source: "Drake, free body test (closed form)",
        truth: "closed form: the spin precesses about the axis at 2.5 rad/s",
        measures: &[
            Measure {
                name: "spin",
                unit: "rad/s",
                meaning: "distance of the angular velocity in body axes at 1 s",
            },
            Measure { name: "attitude", unit: "rad", meaning: "angle to the true attitude at 1 s" },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[],
        simulate: symmetric_top,
    },
    AccuracyCase {
        name: "tumbling_energy",
        title: "Tumbling box for 100 s",
        about: "A box of 1 kg with half sizes 0.1, 0.2, 0.3 m turns freely at 5 rad/s about its \
                intermediate axis, slightly disturbed, for 100 s.",
        source: "MuJoCo, free body test: the energy must stay below 1.01 of that at the start, \
                 at 5 ms",
        truth: "conservation of energy and angular momentum",
        measures: &[
            Measure {
                name: "energy gain",
                unit: "",
                meaning: "largest energy relative to the initial one, minus 1",
            },
            Measure {
                name: "energy loss",
                unit: "",
                meaning: "1 minus the smallest energy relative to the initial one",
            },
            Measure {
                name: "angular momentum",
                unit: "",
                meaning: "largest deviation from the initial value, relative to it",
            },
        ],
        rates_hz: &[64, 200, 500, 1000, 10_000],
        peers: &[Peer {
            engine: "bound of MuJoCo's test",
            step_s: Some(5e-3),
            errors: &[Some(0.01), None, None],
        }],
        simulate: tumbling_energy,
    },
    AccuracyCase {
        name: "projectile",
        title: "Projectile with drag",
        about: "A ball thrown at (10, 10) m/s with a drag of 0.02 v^2 per unit of mass, applied \
                as a force at every step, for 2 s.",
        source: "equations of motion",
        truth: "equations of motion in double precision; at 2 s (16.409746, -1.002040) m",
        measures: &[
            Measure {
                name: "position",
                unit: "m",
                meaning: "distance from the true position at 2 s",
            },
            Measure {
                name: "velocity",
                unit: "m/s",
                meaning: "distance from the true velocity at 2 s",
            },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[],
        simulate: projectile,
    },
];

const BOXES: &str = "Peters and Hsu, OSRF benchmark of rigid body dynamics \
                     (github.com/scpeters/benchmark), published results";

const BOX_MEASURES: &[Measure] = &[
    Measure { name: "position", unit: "m", meaning: "largest distance from the parabola" },
    Measure { name: "velocity", unit: "m/s", meaning: "largest distance from the true velocity" },
    Measure {
        name: "angular momentum",
        unit: "",
        meaning: "largest deviation from the initial value, relative to it",
    },
    Measure {
        name: "energy",
        unit: "",
        meaning: "largest deviation from the initial value, relative to it",
    },
    Measure { name: "attitude", unit: "rad", meaning: "largest angle to the true attitude" },
];

const SIMPLE_PEERS: &[Peer] = &[
    osrf(
        "all four, at most",
        1e-3,
        &[Some(1.7e-12), Some(5.9e-11), Some(1.7e-12), Some(7e-14), None],
    ),
    osrf("ODE", 1e-3, &[None, None, None, None, Some(1.0e-7)]),
    osrf("Simbody", 1e-3, &[None, None, None, None, Some(2.6e-8)]),
    osrf("DART", 1e-3, &[None, None, None, None, Some(3.1e-6)]),
];

const COMPLEX_PEERS: &[Peer] = &[
    osrf("ODE", 1e-3, &[Some(0.049), Some(1.1e-11), Some(0.01307), Some(0.01246), None]),
    osrf("Bullet", 1e-3, &[Some(0.049), Some(1.1e-11), Some(0.01245), Some(0.01358), None]),
    osrf("Simbody", 1e-3, &[Some(0.0245), Some(1.7e-11), Some(0.00643), Some(0.00623), None]),
    osrf("DART", 1e-3, &[Some(0.049), Some(1.1e-11), Some(2.186), Some(0.0376), None]),
    osrf("ODE", 1e-4, &[Some(0.0049), None, Some(0.00127), Some(0.00125), None]),
    osrf("Bullet", 1e-4, &[Some(0.0049), None, Some(0.00126), Some(0.00136), None]),
    osrf("Simbody", 1e-4, &[Some(0.00245), None, Some(6.3e-4), Some(6.2e-4), None]),
    osrf("DART", 1e-4, &[None, None, Some(2.229), Some(0.0269), None]),
];

const fn osrf(engine: &'static str, step_s: f64, errors: &'static [Option<f64>]) -> Peer {
    Peer { engine, step_s: Some(step_s), errors }
}

/// A movable object in free space.
struct Flyer {
    shape: &'static str,
    mass_kg: f64,
    /// Principal moments in its own axes, kg m^2.
    moments: [f64; 3],
}

impl Flyer {
    fn launch(
        &self,
        rate_hz: u32,
        gravity: [f64; 3],
        velocity: [f64; 3],
        spin: [f64; 3],
    ) -> Course {
        let ([vx, vy, vz], [wx, wy, wz]) = (velocity, spin);
        let (mass, shape) = (self.mass_kg, self.shape);
        let environment = format!(
            "objects: [(name: \"flyer\", mobility: Movable(mass_kg: {mass:?}, \
             linear_velocity: ({vx:?}, {vy:?}, {vz:?}), \
             angular_velocity: ({wx:?}, {wy:?}, {wz:?})), shapes: [(shape: {shape})])]"
        );
        Stage { gravity, environment: &environment, robot: None }.build(rate_hz)
    }

    /// About its centre, in the world, N m s.
    fn angular_momentum(&self, motion: &Motion) -> Vector3<f64> {
        let spin = motion.turn.inverse() * motion.spin;
        motion.turn * spin.component_mul(&Vector3::from(self.moments))
    }

    fn kinetic_energy(&self, motion: &Motion) -> f64 {
        let turning = self.angular_momentum(motion).dot(&motion.spin);
        0.5 * (self.mass_kg * motion.velocity.norm_squared() + turning)
    }
}

const OSRF_BOX: Flyer = Flyer {
    shape: "Box(size: (0.1, 0.4, 0.9))",
    mass_kg: 10.0,
    moments: [
        10.0 / 12.0 * (0.4 * 0.4 + 0.9 * 0.9),
        10.0 / 12.0 * (0.1 * 0.1 + 0.9 * 0.9),
        10.0 / 12.0 * (0.1 * 0.1 + 0.4 * 0.4),
    ],
};

fn boxes(
    rate_hz: u32,
    gravity: [f64; 3],
    velocity: [f64; 3],
    spin: [f64; 3],
) -> Result<Vec<f64>, WorldFault> {
    let mut course = OSRF_BOX.launch(rate_hz, gravity, velocity, spin);
    let flyer = course.body("flyer");
    let (gravity, velocity) = (Vector3::from(gravity), Vector3::from(velocity));
    let mut top = FreeTop::new(OSRF_BOX.moments, spin);
    let energy = |motion: &Motion| {
        OSRF_BOX.kinetic_energy(motion) - OSRF_BOX.mass_kg * gravity.dot(&motion.place)
    };
    let start = Motion {
        place: Vector3::zeros(),
        turn: UnitQuaternion::identity(),
        velocity,
        spin: spin.into(),
    };
    let (momentum0, energy0) = (OSRF_BOX.angular_momentum(&start), energy(&start));
    let mut worst = [0.0; 5];
    for _ in 0..course.steps_in(10.0) {
        course.step()?;
        top.advance(course.step_s());
        let (time, motion) = (course.time_s(), course.motion(flyer));
        let place = velocity * time + gravity * (time * time / 2.0);
        let errors = [
            (motion.place - place).norm(),
            (motion.velocity - velocity - gravity * time).norm(),
            (OSRF_BOX.angular_momentum(&motion) - momentum0).norm() / momentum0.norm(),
            (energy(&motion) / energy0 - 1.0).abs(),
            angle_between(&motion.turn, &top.turn()),
        ];
        worst.iter_mut().zip(errors).for_each(|(worst, error)| raise(worst, error));
    }
    Ok(worst.to_vec())
}

fn symmetric_top(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    // 1 kg: 0.2^2 / 2 = 0.02 along, 0.2^2 / 4 + 0.6^2 / 12 = 0.04 across.
    let cylinder = Flyer {
        shape: "Cylinder(radius: 0.2, length: 0.6)",
        mass_kg: 1.0,
        moments: [0.04, 0.04, 0.02],
    };
    let mut course = cylinder.launch(rate_hz, WEIGHTLESS, [0.0; 3], [2.0, 0.0, 5.0]);
    for _ in 0..course.steps_in(1.0) {
        course.step()?;
    }
    let motion = course.motion(course.body("flyer"));
    let mut top = FreeTop::new(cylinder.moments, [2.0, 0.0, 5.0]);
    top.advance(1.0);
    // The spin precesses in the body at (0.02 - 0.04) / 0.04 * 5 rad/s.
    let exact = Vector3::new(2.0 * libm::cos(-2.5), 2.0 * libm::sin(-2.5), 5.0);
    let spin = motion.turn.inverse() * motion.spin;
    Ok(vec![(spin - exact).norm(), angle_between(&motion.turn, &top.turn())])
}

fn tumbling_energy(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let third = 1.0 / 3.0;
    let brick = Flyer {
        shape: "Box(size: (0.2, 0.4, 0.6))",
        mass_kg: 1.0,
        moments: [0.13 * third, 0.1 * third, 0.05 * third],
    };
    let mut course = brick.launch(rate_hz, WEIGHTLESS, [0.0; 3], [0.05, 5.0, 0.05]);
    let flyer = course.body("flyer");
    let start = course.motion(flyer);
    let (energy0, momentum0) = (brick.kinetic_energy(&start), brick.angular_momentum(&start));
    let (mut gain, mut loss, mut drift) = (0.0, 0.0, 0.0);
    for _ in 0..course.steps_in(100.0) {
        course.step()?;
        let motion = course.motion(flyer);
        let energy = brick.kinetic_energy(&motion) / energy0;
        raise(&mut gain, energy - 1.0);
        raise(&mut loss, 1.0 - energy);
        let apart = (brick.angular_momentum(&motion) - momentum0).norm();
        raise(&mut drift, apart / momentum0.norm());
    }
    Ok(vec![gain, loss, drift])
}

fn projectile(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    const DRAG: f64 = 0.02;
    let ball = Flyer { shape: "Sphere(radius: 0.1)", mass_kg: 1.0, moments: [0.004; 3] };
    let mut course = ball.launch(rate_hz, DOWN, [10.0, 0.0, 10.0], [0.0; 3]);
    let flyer = course.body("flyer");
    for _ in 0..course.steps_in(2.0) {
        let velocity = course.motion(flyer).velocity;
        let drag = velocity * (-DRAG * velocity.norm() * ball.mass_kg);
        course.world.set_external_force(flyer, narrow(&drag));
        course.step()?;
    }
    let mut exact = [0.0, 0.0, 10.0, 10.0];
    integrate(&mut exact, 2.0, |[_, _, vx, vz]| {
        let drag = -DRAG * (vx * vx + vz * vz).sqrt();
        [*vx, *vz, drag * vx, drag * vz - G]
    });
    let motion = course.motion(flyer);
    let place = Vector3::new(exact[0], 0.0, exact[1]);
    let velocity = Vector3::new(exact[2], 0.0, exact[3]);
    Ok(vec![(motion.place - place).norm(), (motion.velocity - velocity).norm()])
}
