//! A Bevy app that draws single ticks off screen.

use std::time::Duration;

use bevy::app::{PluginsState, TerminalCtrlCHandlerPlugin};
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::PipelineCache;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::render::{RenderApp, RenderPlugin};
use bevy::time::TimeUpdateStrategy;
use bevy::window::ExitCondition;
use randori_core::layout::BodyId;
use randori_core::time::Tick;
use randori_sim::session::Progress;

use super::readback::{self, LastPicture};
use super::{Graphics, graphics};
use crate::camera::Orbit;
use crate::convert::to_bevy;
use crate::film::{FilmError, Frame};
use crate::main_camera::MainCamera;
use crate::quality::{Quality, QualityPlugin};
use crate::run::{OpenError, PlaybackPlugin, Problem, Run, RunPlugin, RunSystems};
use crate::scene::{MeshFiles, ReadFile, ScenePlugin};

/// Updates before the first one whose picture is whole: meshes and materials are
/// on their way until then.
const WARM_UP: usize = 4;

/// Updates after which a picture is taken as it is.
const MAX_WARM_UP: usize = 500;

/// Bytes for saved states: time only goes forwards here.
const PAST_BUDGET: usize = 4 << 20;

/// How an off-screen renderer draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OffscreenOptions {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// Where the camera is; `None` as the window begins, following the first robot.
    pub camera: Option<Orbit>,
    /// How much is drawn; `None` as in the window, by what draws.
    pub quality: Option<Quality>,
}

/// Draws ticks of a run off screen.
pub struct OffscreenRenderer {
    app: App,
    graphics: Graphics,
    picture: LastPicture,
    last: Option<Frame>,
    camera: Option<Orbit>,
    /// The run for which the first updates were made.
    warm_for: u64,
}

impl OffscreenRenderer {
    /// Sets it up.
    ///
    /// # Errors
    /// [`FilmError::NoGraphics`] when nothing here can draw.
    pub fn new(options: &OffscreenOptions) -> Result<Self, FilmError> {
        if graphics().is_none() {
            return Err(FilmError::NoGraphics);
        }
        let mut app = App::new();
        app.add_plugins(
            DefaultPlugins
                .set(WindowPlugin {
                    primary_window: None,
                    exit_condition: ExitCondition::DontExit,
                    ..default()
                })
                .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() })
                .disable::<bevy::winit::WinitPlugin>()
                .disable::<bevy::log::LogPlugin>()
                .disable::<TerminalCtrlCHandlerPlugin>()
                .disable::<PipelinedRenderingPlugin>(),
        )
        .add_plugins((RunPlugin, PlaybackPlugin, ScenePlugin, QualityPlugin))
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(20)))
        .init_resource::<Orbit>()
        .add_systems(Update, place.in_set(RunSystems::Draw));
        if let Some(quality) = options.quality {
            app.insert_resource(quality);
        }
        app.world_mut().resource_mut::<Run>().set_budget(PAST_BUDGET);
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        let size = UVec2::from(options.size).max(UVec2::ONE);
        let target = readback::install(&mut app, size);
        app.finish();
        app.cleanup();
        let lens = PerspectiveProjection { near: 0.02, far: 1000.0, ..default() };
        let lens = Projection::Perspective(lens);
        app.world_mut().spawn((MainCamera, Camera3d::default(), Tonemapping::None, lens, target));
        let info = app.world().get_resource::<RenderAdapterInfo>();
        let graphics = info.map(Graphics::of).ok_or(FilmError::NoGraphics)?;
        let picture = app.world().resource::<LastPicture>().clone();
        let camera = options.camera;
        Ok(Self { app, graphics, picture, last: None, camera, warm_for: 0 })
    }

    /// What draws.
    pub fn graphics(&self) -> &Graphics {
        &self.graphics
    }

    /// Where mesh files come from.
    pub fn set_mesh_files(&mut self, read: ReadFile) {
        self.app.insert_resource(MeshFiles(Some(read)));
    }

    /// The run that is drawn.
    pub fn run(&self) -> &Run {
        self.app.world().resource()
    }

    /// Where the camera is; may be changed between pictures.
    pub fn camera(&mut self) -> Mut<'_, Orbit> {
        self.app.world_mut().resource_mut()
    }

    /// Looks from another side: yaw and pitch (rad), distance (m).
    pub fn look_from(&mut self, [yaw, pitch, distance]: [f32; 3]) {
        let mut orbit = self.camera();
        *orbit = Orbit { yaw, pitch, distance, ..*orbit };
    }

    /// Opens a scenario ([`Run::open`]) or a recording ([`Run::open_recording`]).
    ///
    /// # Errors
    /// When the run does not begin.
    pub fn open(
        &mut self,
        open: impl FnOnce(&mut Run) -> Result<(), OpenError>,
    ) -> Result<(), FilmError> {
        let mut run = self.app.world_mut().resource_mut::<Run>();
        open(&mut run)?;
        let camera = self.camera.or_else(|| Orbit::at_start(&run)).unwrap_or_default();
        *self.camera() = camera;
        Ok(())
    }

    /// Goes to a tick of the run, and makes the ticks that are missing; `false`
    /// if the run ends before.
    ///
    /// # Errors
    /// When the run cannot go on.
    pub fn show(&mut self, tick: Tick) -> Result<bool, FilmError> {
        let mut run = self.app.world_mut().resource_mut::<Run>();
        if tick < run.tick() {
            run.seek(tick);
        }
        while run.tick() < tick && run.problem().is_none() {
            match run.advance() {
                Some(Progress::New | Progress::Again) => {}
                Some(Progress::Over) => return Ok(false),
                None => break,
            }
        }
        match run.problem() {
            Some(problem) => Err(FilmError::Run(Box::new(problem.clone()))),
            None => Ok(run.is_open()),
        }
    }

    /// Why there is no picture of a moment that the run does not reach.
    pub fn too_short(&self) -> FilmError {
        let end_s = self.run().time_s(self.run().newest());
        FilmError::Impossible {
            message: format!("the run ends after {end_s} s, before the pictures begin"),
            help: "let them begin earlier".to_owned(),
        }
    }

    /// Draws the tick that is shown.
    ///
    /// # Errors
    /// When nothing was drawn.
    pub fn picture(&mut self) -> Result<&Frame, FilmError> {
        let generation = self.run().generation();
        if self.warm_for != generation {
            self.warm_for = generation;
            self.warm_up();
        }
        self.app.update();
        self.last = self.picture.take();
        self.last.as_ref().ok_or_else(|| {
            FilmError::Run(Box::new(Problem {
                message: format!("`{}` drew no picture", self.graphics.device),
                details: Vec::new(),
                help: Some("try software Vulkan, or a smaller picture".to_owned()),
            }))
        })
    }

    /// Until nothing is on its way any more.
    fn warm_up(&mut self) {
        for update in 0..MAX_WARM_UP {
            self.app.update();
            let pipelines = self.app.sub_app(RenderApp).world().get_resource::<PipelineCache>();
            let is_waiting = pipelines.is_some_and(|it| it.waiting_pipelines().next().is_some());
            if update >= WARM_UP {
                if !is_waiting {
                    return;
                }
                // Files of shaders are read in the meantime.
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// Puts the camera where the orbit says.
fn place(
    run: Res<Run>,
    mut orbit: ResMut<Orbit>,
    mut cameras: Query<&mut Transform, With<MainCamera>>,
) {
    if let (Some(BodyId(index)), Some(record)) = (orbit.follow, run.record())
        && let Some(body) = record.state.bodies.get(index)
    {
        orbit.target = body.pose.translation + orbit.offset;
    }
    for mut camera in &mut cameras {
        let (eye, target) = (to_bevy(orbit.eye()), to_bevy(orbit.target));
        *camera = Transform::from_translation(eye).looking_at(target, Vec3::Y);
    }
}
