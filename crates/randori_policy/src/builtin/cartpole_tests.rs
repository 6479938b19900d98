use std::f64::consts::PI;

use super::*;
use crate::fixture::{CARTPOLE, Snapshot, interface, params};

fn cartpole(text: &str, robot: &str) -> Result<CartPole, BuiltinError> {
    let values = params(text);
    CartPole::new(&Params::new(&INFO, &values)?, &interface(robot))
}

/// The fixture with drag and armature on both joints.
fn with_losses() -> String {
    CARTPOLE
        .replace(
            r#"child: "cart", axis: X"#,
            r#"child: "cart", axis: X, damping: 0.1, armature: 0.2"#,
        )
        .replace(
            r#"child: "pole", axis: Y"#,
            r#"child: "pole", axis: Y, damping: 0.0005, armature: 0.01"#,
        )
}

/// Reference: scipy 1.17.1, `expm` of the augmented matrix for the zero-order
/// hold at 0.02 s and `solve_discrete_are`, for M = 1 kg, m = 0.1 kg, l = 0.5 m,
/// I = m (1^2 + 0.02^2) / 12, g = 9.81 m/s^2.
#[test]
fn gains_match_scipy() {
    let other_costs = r#""q": (1, 1, 10, 1), "r": 1.0"#;
    let cases = [
        (
            CARTPOLE.to_owned(),
            "",
            [-13.724_542_620, -19.696_155_931, -132.606_237_185, -32.413_407_294],
        ),
        (
            CARTPOLE.to_owned(),
            other_costs,
            [-0.906_974_972, -2.109_608_865, -30.410_708_357, -7.758_391_902],
        ),
        (with_losses(), "", [-15.249_509_021, -22.665_148_440, -157.840_002_717, -43.572_345_823]),
        (
            with_losses(),
            other_costs,
            [-0.919_895_516, -2.408_813_447, -36.628_881_759, -10.709_680_145],
        ),
    ];
    for (robot, costs, reference) in cases {
        let gain = cartpole(costs, &robot).expect("a balanceable robot").gain;

        let error = (gain - Vector4::from(reference)).abs().max();
        assert!(error < 1e-7, "off by {error:e}: {gain}");
    }
}

/// Integrates the exact equations of motion for 10 s (Runge-Kutta, 20 steps per control period)
/// from `angle_rad` off upright, and returns the last state.
fn simulate(controller: &mut CartPole, robot: &str, angle_rad: f64, leans: f64) -> [f64; 4] {
    let robot = interface(robot);
    let (total, m, l, g) = (1.1, 0.1, 0.5, 9.81);
    let moment = m * (1.0 + 0.02 * 0.02) / 12.0 + m * l * l;
    let derivative = |[_, v, angle, rate]: [f64; 4], force: f64| {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let c = leans * m * l * cos;
        let push = force + leans * m * l * rate * rate * sin;
        let weight = m * g * l * sin;
        let det = total * moment - c * c;
        [v, (moment * push - c * weight) / det, rate, (total * weight - c * push) / det]
    };
    let moved = |state: [f64; 4], slope: [f64; 4], h: f64| -> [f64; 4] {
        std::array::from_fn(|i| state[i] + h * slope[i])
    };
    let upright = controller.plant.upright_rad;
    let mut state = [0.0, 0.0, angle_rad, 0.0];
    for decision in 0..500 {
        let [x, v, angle, rate] = state;
        let values = [x, angle + upright, v, rate, 0.0, 0.0].map(|value| value as f32).to_vec();
        let seen = Snapshot::at(&robot, f64::from(decision) * 0.02, values);
        let answer = controller.act(&seen.observation(0)).expect("an answer");
        let force = f64::from(answer.commands[0][0]);
        let h = 0.001;
        for _ in 0..20 {
            let k1 = derivative(state, force);
            let k2 = derivative(moved(state, k1, h / 2.0), force);
            let k3 = derivative(moved(state, k2, h / 2.0), force);
            let k4 = derivative(moved(state, k3, h), force);
            state = std::array::from_fn(|i| {
                state[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
            });
        }
    }
    state
}

#[test]
fn a_leaning_pole_is_brought_upright_and_the_cart_to_its_place() {
    let mut controller = cartpole(r#""position": 0.5"#, CARTPOLE).expect("a balanceable robot");

    let [x, v, angle, rate] = simulate(&mut controller, CARTPOLE, 0.3, 1.0);

    assert!((x - 0.5).abs() < 0.01, "cart at {x}");
    assert!(v.abs() < 0.01 && angle.abs() < 1e-3 && rate.abs() < 0.01, "{v} {angle} {rate}");
}

#[test]
fn a_pole_that_turns_the_other_way_and_hangs_at_zero_is_balanced_too() {
    let robot = CARTPOLE
        .replace("axis: Y", "axis: Along(0.0, -1.0, 0.0)")
        .replace("xyz: (0.0, 0.0, 0.5)", "xyz: (0.0, 0.0, -0.5)");
    let mut controller = cartpole("", &robot).expect("a balanceable robot");

    assert!((controller.plant.upright_rad.abs() - PI).abs() < 1e-6);
    let [x, _, angle, _] = simulate(&mut controller, &robot, 0.2, -1.0);

    assert!(x.abs() < 0.01 && angle.abs() < 1e-3, "{x} {angle}");
}

#[test]
fn nothing_is_pushed_before_the_first_measurement_and_never_beyond_the_limit() {
    let mut controller = cartpole("", CARTPOLE).expect("a balanceable robot");
    let robot = interface(CARTPOLE);
    let mut seen = Snapshot::at(&robot, 0.0, vec![0.0, 1.5, 0.0, 0.0, 0.0, 0.0]);

    let limited = controller.act(&seen.observation(0)).expect("an answer");
    seen.measured_at.fill(None);
    let blind = controller.act(&seen.observation(1)).expect("an answer");

    assert_eq!(limited.commands, [[20.0]]);
    assert_eq!(blind.commands, [[0.0]]);
}

#[test]
fn robots_that_are_no_cart_pole_are_told_why() {
    let message = |text: &str, robot: &str| cartpole(text, robot).expect_err("refused").message;

    let no_cart = message("", crate::fixture::COURIER);
    let wrong_pole = message(r#""pole": "hinges""#, CARTPOLE);
    let no_force = message("", &CARTPOLE.replace("drive: Torque", "drive: Velocity(gain: 1.0)"));
    let vertical = message("", &CARTPOLE.replace("axis: X", "axis: Z"));
    let weightless = message("", &CARTPOLE.replace("xyz: (0.0, 0.0, 0.5)", "xyz: (0.0, 0.0, 0.0)"));

    assert_eq!(no_cart, "the robot has no joint for `cart`");
    assert_eq!(wrong_pole, "no fitting joint is called `hinges`; did you mean `hinge`?");
    assert!(no_force.contains("`Torque` drive on joint `slide`"), "{no_force}");
    assert!(vertical.contains("horizontal"), "{vertical}");
    assert!(weightless.contains("no weight away from its joint"), "{weightless}");
}
