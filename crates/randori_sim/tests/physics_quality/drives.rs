//! Drives: holding torque, stability, reported torque.

use randori_sim::world::JointDrive;

use crate::fixture::{DISC_INERTIA, G, PENDULUM, disc, hold, one_robot};

#[test]
fn a_drive_sags_under_gravity_as_its_stiffness_says() {
    for preset in ["Fast", "Default", "Reference"] {
        let mut scene = one_robot(PENDULUM, "", &format!("preset: {preset}"));
        let hinge = scene.dof("r0.hinge");
        let target = 0.8;
        scene.world.set_drive(hinge, hold(target as f32, 35.0, 3.0, f32::INFINITY));

        scene.run(10.0);

        let mut exact: f64 = target;
        for _ in 0..50 {
            exact = target - 0.5 * G * libm::sin(exact) / 35.0;
        }
        let error = f64::from(scene.world.position(hinge)) - exact;
        assert!(error.abs() < 1e-5, "{preset}: sag is off by {error:e} rad");
        let torque = f64::from(scene.world.drive_torque(hinge));
        assert!((torque - 0.5 * G * libm::sin(exact)).abs() < 1e-3, "{preset}: torque {torque}");
    }
}

#[test]
fn a_stiff_drive_is_as_stable_at_5_ms_as_at_1_ms() {
    // A leg joint of a small quadruped: at 5 ms, kd dt / I is far above 2, where
    // explicit feedback would explode.
    let light = disc("").replace("izz: 0.05", "izz: 0.0005");
    for rate_hz in [200, 1000] {
        let mut scene = one_robot(&light, "", &format!("rate_hz: {rate_hz}"));
        let axle = scene.dof("r0.axle");
        scene.world.set_drive(axle, hold(1.0, 35.0, 0.5, 12.0));

        scene.run(0.5);

        let error = scene.world.position(axle) - 1.0;
        assert!(error.abs() < 1e-5, "at {rate_hz} Hz: {error:e} rad");
        // One unit in the last place of the angle per tick is 1.2e-4 rad/s.
        assert!(scene.world.velocity(axle).abs() < 2e-4, "at {rate_hz} Hz");
    }
}

#[test]
fn the_torque_that_a_drive_reports_is_the_one_that_accelerates() {
    let drives = [
        JointDrive::Torque { torque: -0.7 },
        JointDrive::Velocity { target: 30.0, gain: 0.2, limit: f32::INFINITY },
        JointDrive::Velocity { target: 30.0, gain: 0.2, limit: 1.5 },
        hold(1.0, 35.0, 0.5, f32::INFINITY),
        hold(-1.0, 35.0, 0.5, 2.0),
        JointDrive::Position {
            target: 0.3,
            target_velocity: 2.0,
            kp: 5.0,
            kd: 0.1,
            feedforward: 0.4,
            limit: 20.0,
        },
        JointDrive::Position {
            target: 0.0,
            target_velocity: 2.0,
            kp: 0.0,
            kd: 0.1,
            feedforward: 0.4,
            limit: 20.0,
        },
        JointDrive::Position {
            target: 0.0,
            target_velocity: 0.0,
            kp: 0.0,
            kd: 0.0,
            feedforward: 5.0,
            limit: 2.0,
        },
    ];
    for physics in ["preset: Fast", "preset: Default", "rate_hz: 1000, substeps: 1"] {
        for drive in drives {
            let mut scene = one_robot(&disc(""), "", physics);
            let axle = scene.dof("r0.axle");
            scene.world.set_drive(axle, drive);
            let mut before = 0.0;
            for _ in 0..100 {
                scene.step();
                let now = f64::from(scene.world.velocity(axle));
                let torque = f64::from(scene.world.drive_torque(axle));
                let balance = DISC_INERTIA * (now - before) / scene.tick_s;
                // Rates carry 24 bits, and are divided by a short time.
                let rounding = DISC_INERTIA * 2e-7 * now.abs() / scene.tick_s;
                let error = (torque - balance).abs();
                assert!(
                    error <= 1e-4 * balance.abs() + rounding + 1e-6,
                    "{drive:?} {physics}: {torque} N m reported, {balance} N m exerted"
                );
                before = now;
            }
        }
    }
}

#[test]
fn a_velocity_drive_presses_against_its_end_stop() {
    for preset in ["Fast", "Default", "Reference"] {
        let robot = disc("damping: 0")
            .replace("Continuous", "Revolute(limits: (lower: Deg(-30), upper: Deg(30)))");
        let mut scene = one_robot(&robot, "", &format!("preset: {preset}"));
        let axle = scene.dof("r0.axle");
        scene.world.set_drive(axle, JointDrive::Velocity { target: 3.0, gain: 0.5, limit: 1.0 });

        scene.run(1.0);

        let torque = scene.world.drive_torque(axle);
        assert!((torque - 1.0).abs() < 1e-3, "{preset}: presses with {torque} N m");
    }
}
