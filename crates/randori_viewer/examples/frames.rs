//! How many pictures per second does the app make at a preset of quality?
//!
//! `frames SCENARIO|boxes [low|medium|high] [SECONDS]` opens a window of 1280x720,
//! lets the scenario run (`boxes`: 200 of them fall on the ground), and prints
//! frames per second after three seconds of warming up.

#![expect(clippy::needless_pass_by_value, reason = "Bevy hands parameters to systems by value")]
#![expect(clippy::print_stdout, reason = "this is what a person runs it for")]

mod support;

use std::error::Error;

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::window::{PresentMode, WindowResolution};
use bevy::winit::WinitSettings;
use randori_core::spec::{Mobility, ObjectSpec, PoseSpec, Shape};
use randori_sim::batch::PreparedRun;
use randori_viewer::action::Action;
use randori_viewer::quality::{Quality, Renderer};
use randori_viewer::run::Run;
use randori_viewer::{SimulationPlugins, ViewerPlugins};

/// Time before measuring, s: shaders are built, robots have begun.
const WARM_UP_S: f32 = 3.0;

#[derive(Resource)]
struct Measured {
    seconds: f32,
    begun: Option<(f32, u32)>,
    frames: u32,
    longest_s: f32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or("scenarios/courier/corridor.ron".to_owned());
    let quality = arguments.next().and_then(|name| {
        Quality::ALL.into_iter().find(|quality| quality.name().eq_ignore_ascii_case(&name))
    });
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10.0);
    let run = if what == "boxes" { boxes()? } else { support::load(&what)? };
    let window = Window {
        title: format!("Frames of {what}"),
        resolution: WindowResolution::new(1280, 720),
        present_mode: PresentMode::AutoNoVsync,
        ..default()
    };
    let mut app = App::new();
    app.add_plugins(DefaultPlugins.set(WindowPlugin { primary_window: Some(window), ..default() }))
        .add_plugins((SimulationPlugins, ViewerPlugins))
        .insert_resource(WinitSettings::continuous())
        .insert_resource(Measured { seconds, begun: None, frames: 0, longest_s: 0.0 })
        .add_systems(Update, measure);
    if let Some(quality) = quality {
        app.insert_resource(quality);
    }
    app.world_mut().resource_mut::<Run>().open(run, Box::new(support::start_policy))?;
    app.world_mut().write_message(Action::Play);
    app.run();
    Ok(())
}

/// The corridor scenario's ground with 200 boxes above it, in layers.
fn boxes() -> Result<PreparedRun, Box<dyn Error>> {
    let mut run = support::load("scenarios/courier/flat.ron")?;
    let template = &run.scenario.environment.objects;
    let template = template.first().map_or_else(Vec::new, |object| object.shapes.clone());
    let shape = template.into_iter().next();
    let mut spec = match shape {
        Some(shape) => shape,
        None => support::load("scenarios/courier/corridor.ron")?.scenario.environment.objects[0]
            .shapes[0]
            .clone(),
    };
    spec.shape = Shape::Box { size: [0.3; 3] };
    (spec.pose, spec.material) = (PoseSpec::default(), None);
    for index in 0..200 {
        let [column, row, layer] = [index % 8, index / 8 % 5, index / 40];
        let tilt = f64::from(index) * 0.07;
        let at = [1.5 + 0.4 * f64::from(column), 0.4 * f64::from(row) - 0.8 + tilt.fract() * 0.1];
        let xyz = [at[0], at[1], 0.6 + 0.5 * f64::from(layer)];
        run.scenario.environment.objects.push(ObjectSpec {
            name: format!("box_{index}"),
            pose: PoseSpec { xyz, ..PoseSpec::default() },
            mobility: Mobility::Movable {
                mass_kg: 1.0,
                linear_velocity: [0.0; 3],
                angular_velocity: [0.0; 3],
            },
            shapes: vec![spec.clone()],
        });
    }
    Ok(run)
}

fn measure(
    time: Res<Time<Real>>,
    quality: Option<Res<Quality>>,
    renderer: Option<Res<Renderer>>,
    mut measured: ResMut<Measured>,
    mut exit: MessageWriter<AppExit>,
) {
    let now_s = time.elapsed_secs();
    measured.frames += 1;
    if now_s < WARM_UP_S {
        return;
    }
    let frames = measured.frames;
    let (begun_s, first) = *measured.begun.get_or_insert((now_s, frames));
    if now_s > begun_s {
        measured.longest_s = measured.longest_s.max(time.delta_secs());
    }
    if now_s - begun_s >= measured.seconds {
        let rate = (frames - first) as f32 / (now_s - begun_s);
        let on = renderer.map_or("nothing".to_owned(), |renderer| renderer.text());
        println!(
            "{rate:.1} frames per second, longest {:.0} ms, at {:?} on {on}",
            measured.longest_s * 1e3,
            quality.map(|quality| *quality)
        );
        exit.write(AppExit::Success);
    }
}
