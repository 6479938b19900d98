//! Measurement errors, and their independence of everything else.

use std::f64::consts::PI;

use randori_core::record::Reading;
use randori_sim::simulation::Simulation;

use crate::common::Stage;
use crate::fixture::{cube, decides, readings, records, rotor, run};

/// Readings of a sensor on the unmoving base of the rotor.
fn measured(sensor: &str, seed: u64, steps: usize) -> Vec<Reading> {
    let robot = rotor("drive: Torque", sensor);
    let scenario = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();
    readings(&records(&mut run(&scenario, seed), steps), 0)
}

/// Ground truth at 500 Hz with these errors.
fn truth_with(errors: &str, steps: usize) -> Vec<Reading> {
    let sensor = format!(
        r#"(name: "truth", link: "base", kind: GroundTruth, rate_hz: 500, errors: ({errors}))"#
    );
    measured(&sensor, 7, steps)
}

/// Measured minus true value number `index`.
fn errors_of(readings: &[Reading], index: usize) -> Vec<f64> {
    readings.iter().map(|r| f64::from(r.measured[index]) - f64::from(r.truth[index])).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn std(values: &[f64]) -> f64 {
    let mean = mean(values);
    libm::sqrt(values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / values.len() as f64)
}

#[test]
fn noise_and_bias_have_the_figures_that_the_file_says() {
    let readings = truth_with("noise: Gaussian(stddev: 0.1), bias: 0.5", 4000);

    for index in [0, 1, 2, 7, 8, 9] {
        let errors = errors_of(&readings, index);
        // Five standard errors of 4000 samples.
        assert!((mean(&errors) - 0.5).abs() < 0.008, "mean {}", mean(&errors));
        assert!((std(&errors) - 0.1).abs() < 0.006, "deviation {}", std(&errors));
    }
}

#[test]
fn noise_of_different_values_is_independent() {
    let readings = truth_with("noise: Gaussian(stddev: 1.0)", 4000);
    let (x, y) = (errors_of(&readings, 0), errors_of(&readings, 1));

    let correlation = mean(&x.iter().zip(&y).map(|(x, y)| x * y).collect::<Vec<_>>());

    assert!(correlation.abs() < 0.08, "{correlation}");
}

#[test]
fn a_random_walk_starts_at_zero_and_grows_with_the_root_of_time() {
    let readings = truth_with("random_walk: 0.2", 4000);
    let errors = errors_of(&readings, 0);
    let steps: Vec<f64> = errors.windows(2).map(|pair| pair[1] - pair[0]).collect();

    assert_eq!(errors[0], 0.0);
    // 0.2 per root second, in steps of 2 ms.
    let expected = 0.2 * libm::sqrt(0.002);
    assert!((std(&steps) / expected - 1.0).abs() < 0.06, "{} {expected}", std(&steps));
}

#[test]
fn resolution_rounds_and_saturation_clamps_after_noise() {
    let readings =
        truth_with("noise: Gaussian(stddev: 1.0), resolution: 0.25, saturation: (-1.0, 0.75)", 500);

    let values: Vec<f32> = readings.iter().map(|reading| reading.measured[0]).collect();

    assert!(values.iter().all(|value| (value / 0.25).fract() == 0.0), "{values:?}");
    assert!(values.iter().all(|value| (-1.0..=0.75).contains(value)), "{values:?}");
    assert!(values.contains(&-1.0) && values.contains(&0.75) && values.contains(&0.25));
}

#[test]
fn channels_refine_the_errors_of_the_whole_sensor() {
    let readings = truth_with(
        r#"noise: Gaussian(stddev: 0.1), channels: {"position": (noise: Gaussian(stddev: 0.01), bias: 2.0)}"#,
        2000,
    );

    assert!((std(&errors_of(&readings, 0)) - 0.01).abs() < 0.001);
    assert!((mean(&errors_of(&readings, 0)) - 2.0).abs() < 0.002);
    assert!((std(&errors_of(&readings, 7)) - 0.1).abs() < 0.01);
}

#[test]
fn a_noisy_orientation_stays_a_rotation() {
    let readings =
        truth_with(r#"channels: {"orientation": (noise: Gaussian(stddev: 0.05))}"#, 4000);

    let mut squares = Vec::new();
    for reading in &readings {
        let quaternion = &reading.measured[3..7];
        let length: f32 = quaternion.iter().map(|part| part * part).sum();
        assert!((length - 1.0).abs() < 1e-5, "{quaternion:?}");
        // The base is not turned, so the vector part is half the error.
        squares.extend(quaternion[..3].iter().map(|part| 2.0 * f64::from(*part)));
    }
    assert!((std(&squares) - 0.05).abs() < 0.002, "{}", std(&squares));
}

#[test]
fn the_bmi088_preset_has_the_noise_of_its_data_sheet() {
    let imu = r#"(name: "imu", link: "base", kind: Imu, rate_hz: 200, errors: (preset: "bmi088"))"#;
    let robot = rotor("drive: Torque", imu);
    let scenario =
        Stage { robots: &[(&robot, "")], physics: "preset: Fast", ..Stage::default() }.scenario();

    let readings = readings(&records(&mut run(&scenario, 3), 2000), 0);

    // 175 and 190 ug/sqrt(Hz) and 0.014 deg/s/sqrt(Hz) over 100 Hz; rounding to
    // 1365 LSB/g and 16.384 LSB per deg/s adds a twelfth of the square step.
    let g = 9.806_65;
    let with_rounding =
        |density: f64, step: f64| libm::sqrt(density * density * 100.0 + step * step / 12.0);
    let accel = |density: f64| with_rounding(density * 1e-6 * g, g / 1365.0);
    let gyro = with_rounding(0.014 * PI / 180.0, PI / 180.0 / 16.384);
    let expected = [accel(175.0), accel(175.0), accel(190.0), gyro, gyro, gyro];
    for (index, expected) in expected.into_iter().enumerate() {
        let found = std(&errors_of(&readings, index));
        // Five standard errors of 2000 samples are 8 %.
        assert!((found / expected - 1.0).abs() < 0.08, "value {index}: {found}, not {expected}");
    }
    assert!(readings.iter().all(|r| r.measured[6..] == r.truth[6..]), "orientation is exact");
}

#[test]
fn other_fields_refine_a_preset() {
    let imu = r#"(name: "imu", link: "base", kind: Imu, rate_hz: 500,
        errors: (preset: "bmi088", channels: {"gyro": (bias: 0.25)}))"#;

    let readings = measured(imu, 3, 1000);

    assert!((mean(&errors_of(&readings, 3)) - 0.25).abs() < 1e-3);
    assert!(std(&errors_of(&readings, 3)) > 1e-3, "the noise of the preset remains");
}

#[test]
fn a_lost_measurement_is_recorded_but_never_delivered() {
    let robot = rotor(
        "drive: Torque",
        r#"(name: "joints", kind: JointState(), rate_hz: 500, errors: (dropout: 0.3))"#,
    );
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let (send, seen) = std::sync::mpsc::channel();
    let policy = crate::fixture::answering(1, move |observation| {
        send.send(observation.measured_at[0]).expect("the test listens");
        vec![vec![0.1]]
    });

    let records = records(&mut crate::fixture::run_with(&scenario, 1, policy), 2000);

    let readings = readings(&records, 0);
    let lost = readings.iter().filter(|reading| reading.lost).count();
    assert_eq!(readings.len(), 2000);
    // Five standard deviations of 2000 trials.
    assert!((lost as f64 - 600.0).abs() < 103.0, "{lost}");
    let mut last = None;
    for (reading, seen) in readings.iter().zip(seen.iter().take(2000)) {
        last = if reading.lost { last } else { Some(reading.measured_at) };
        assert_eq!(seen, last);
    }
}

/// What a run says of the sensor with this name, and where the robot went.
fn account(mut simulation: Simulation, sensor: &str) -> (Vec<Reading>, Vec<f32>) {
    let sensors = &simulation.layout().robots[0].sensors;
    let index = sensors.iter().position(|s| s.name == sensor).expect("the sensor exists");
    let records = records(&mut simulation, 300);
    let heights = records.iter().map(|record| record.state.bodies[0].pose.translation.z).collect();
    let mut readings = readings(&records, index);
    for reading in &mut readings {
        reading.sensor = 0;
    }
    (readings, heights)
}

#[test]
fn adding_a_sensor_changes_no_other_number() {
    let imu = r#"(name: "imu", link: "body", kind: Imu, rate_hz: 250,
        errors: (preset: "bmi088", random_walk: 0.1, dropout: 0.1, latency: 0.003))"#;
    let others = r#"(name: "truth", link: "body", kind: GroundTruth, rate_hz: 500,
            errors: (noise: Gaussian(stddev: 0.1), random_walk: 0.1, dropout: 0.5)),
        (name: "lidar", link: "body", kind: Lidar(beams: 16, range: (0.1, 5.0)), rate_hz: 100,
            errors: (noise: Gaussian(stddev: 0.01), dropout: 0.1))"#;
    let simulate = |sensors: &str| {
        let robot = cube(sensors);
        let scenario = Stage {
            robots: &[(&robot, "pose: (xyz: (0, 0, 0.5))")],
            environment: "ground: ()",
            ..Stage::default()
        }
        .scenario();
        run(&scenario, 11)
    };

    let alone = account(simulate(imu), "imu");
    let in_company = account(simulate(&format!("{others}, {imu}")), "imu");

    assert_eq!(alone, in_company);
}

#[test]
fn another_seed_gives_other_noise_and_the_same_truth() {
    let sensor = r#"(name: "truth", link: "base", kind: GroundTruth, rate_hz: 500,
        errors: (noise: Gaussian(stddev: 0.1)))"#;

    let (first, second) = (measured(sensor, 1, 10), measured(sensor, 2, 10));

    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first.truth, second.truth);
        assert_ne!(first.measured, second.measured);
    }
}
