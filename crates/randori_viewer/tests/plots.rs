//! Values over time, without a window.

mod common;

use bevy::prelude::*;
use randori_core::time::Tick;
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::history::History;
use randori_viewer::playback::{Playback, Speed};
use randori_viewer::plots::{self, Plots, PlotsPlugin, csv, offers, write_new};

use common::{ask, open, run, support};

const FLAT: &str = "scenarios/courier/flat.ron";

fn app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins, PlotsPlugin));
    let prepared = support::load(FLAT).expect("a shipped scenario");
    open(&mut app, prepared);
    app
}

fn history(app: &App) -> &History {
    run(app).history().expect("a run is open")
}

fn play_to_the_end(app: &mut App) {
    ask(app, [Action::SetSpeed(Speed::Unlimited), Action::Play]);
    while app.world().resource::<Playback>().playing {
        app.update();
    }
}

/// Ticks and bits of all values.
fn everything(history: &History) -> Vec<Vec<(u64, u32)>> {
    let quantities = 0..history.quantities().len();
    let bits = |(tick, value): (Tick, f32)| (tick.0, value.to_bits());
    quantities.map(|index| history.values(index, 0..=u64::MAX).map(bits).collect()).collect()
}

#[test]
fn a_run_that_was_dragged_about_has_the_values_of_one_pass() {
    let mut once = app();
    play_to_the_end(&mut once);
    let mut dragged = app();
    ask(&mut dragged, [Action::StepForward]);
    for tick in 0..600 {
        ask(&mut dragged, [Action::StepForward]);
        if tick % 97 == 0 {
            ask(&mut dragged, [Action::Seek(Tick(tick / 2)), Action::StepForward]);
            ask(&mut dragged, [Action::Seek(Tick(u64::MAX))]);
        }
    }
    ask(&mut dragged, [Action::Seek(Tick(303)), Action::Branch]);

    play_to_the_end(&mut dragged);
    ask(&mut dragged, [Action::Seek(Tick(10))]);
    play_to_the_end(&mut dragged);

    assert_eq!(everything(history(&dragged)), everything(history(&once)));
}

#[test]
fn values_are_those_of_the_records() {
    let mut app = app();
    play_to_the_end(&mut app);
    let names = ["body.courier.base.position.x", "joint.courier.left_wheel.velocity"];

    ask(&mut app, [Action::Seek(Tick(500))]);

    let record = run(&app).record().expect("a run is open");
    let layout = run(&app).layout().expect("a run is open");
    let body = layout.body("courier.base").expect("it has a base");
    let dof = layout.dof("courier.left_wheel").expect("it has a wheel");
    let expected = [record.state.bodies[body.0].pose.translation.x, record.state.velocities[dof.0]];
    let history = history(&app);
    let noted = names.map(|name| {
        let index = history.find(name).expect("it exists");
        history.values(index, 500..=500).next()
    });
    assert_eq!(noted, expected.map(|value| Some((Tick(500), value))));
    let signal = history.signals().next().expect("it has goals").name.clone();
    let index = history.find(&signal).expect("it exists");
    assert_eq!(history.at(index, Tick(500)), Some(record.signals[0] as f32));
}

#[test]
fn what_sensors_measured_stands_at_the_moment_of_measurement() {
    let mut app = app();
    play_to_the_end(&mut app);
    let name = "sensor.courier.imu.gyro.z [rad/s]";
    let index = history(&app).find(name).expect("it has an IMU");
    let values: Vec<_> = history(&app).values(index, 400..=480).collect();

    let mut compared = 0;
    for (tick, value) in values {
        ask(&mut app, [Action::Seek(Tick(tick.0 + 1))]);
        let record = run(&app).record().expect("a run is open");
        let layout = &run(&app).layout().expect("a run is open").robots[0];
        let imu = layout.sensors.iter().position(|sensor| sensor.name == "imu").expect("an IMU");
        let mut readings = record.readings.iter().filter(|reading| reading.sensor == imu);
        let reading = readings.next().expect("it measured at this tick");
        assert_eq!((reading.measured_at, reading.measured[5]), (tick, value));
        compared += 1;
    }
    assert!(compared > 3);
}

#[test]
fn a_request_plots_a_quantity_or_all_its_parts() {
    let mut app = app();
    plots::plot(app.world_mut(), "body.courier.base.position");
    plots::plot(app.world_mut(), "body.courier.base.tilt [rad]");
    plots::plot(app.world_mut(), "no such thing");
    app.update();

    let plots = app.world().resource::<Plots>();

    let names: Vec<_> = plots.charts().iter().map(plots::Chart::curves).collect();
    let position = ["x", "y", "z"].map(|axis| format!("body.courier.base.position.{axis}"));
    assert_eq!(names, [&position[..], &["body.courier.base.tilt".to_owned()]]);
}

#[test]
fn a_wheel_offers_its_joint_and_what_drives_it() {
    let app = app();
    let (scenario, layout) = (run(&app).scenario().unwrap(), run(&app).layout().unwrap());
    let wheel = layout.body("courier.left_wheel").expect("it has a wheel");

    let offers = offers(scenario, layout, wheel);

    let names: Vec<_> = offers.iter().map(|(_, name)| name.as_str()).collect();
    for name in ["joint.courier.left_wheel.torque", "motor.courier.left.applied"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(names.iter().all(|name| !history(&app).meant_by(name).is_empty()), "{names:?}");
}

#[test]
fn a_table_has_the_values_with_all_their_bits() {
    let mut app = app();
    play_to_the_end(&mut app);
    let history = history(&app);
    let names = ["body.courier.base.position.x", "sensor.courier.imu.gyro.z"];
    let indices = names.map(|name| history.find(name).expect("it exists"));

    let table = csv(history, &indices, Tick(1000), |tick| run(&app).time_s(tick));

    let mut lines = table.lines();
    let heading =
        "tick,time [s],body.courier.base.position.x [m],sensor.courier.imu.gyro.z [rad/s]";
    assert_eq!(lines.next(), Some(heading));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    for (column, index) in indices.into_iter().enumerate() {
        let filled = rows.iter().filter(|row| !row[column + 2].is_empty());
        let read = filled.map(|row| {
            let value: f32 = row[column + 2].parse().expect("a number");
            (Tick(row[0].parse().expect("a tick")), value.to_bits())
        });
        let kept = history.values(index, 0..=1000).map(|(tick, value)| (tick, value.to_bits()));
        assert!(read.eq(kept), "column {column}");
    }
    assert_eq!(rows.last().map(|row| row[0]), Some("1000"));
}

#[test]
fn a_file_that_exists_is_never_overwritten() {
    let folder = std::env::temp_dir().join(format!("randori-plots-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("plots.csv");

    let first = write_new(&file, b"one").expect("it is written");
    let second = write_new(&file, b"two").expect("it is written");

    assert_eq!((first, second), (file.clone(), folder.join("plots-2.csv")));
    assert_eq!(std::fs::read(&file).expect("it is there"), b"one");
    std::fs::remove_dir_all(&folder).expect("it goes");
}
