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

/// Updates before the first complete picture: meshes and materials are loading
/// until then.
const WARM_UP: usize = 4;

/// Maximum number of updates before a picture is accepted as it is.
const MAX_WARM_UP: usize = 500;

/// Bytes for saved states: an off-screen run only moves forwards.
const PAST_BUDGET: usize = 4 << 20;

/// Options of an off-screen renderer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OffscreenOptions {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// The camera; `None` for the initial view of the window, following the first robot.
    pub camera: Option<Orbit>,
    /// Rendering quality; `None` for the default of the renderer, as in the window.
    pub quality: Option<Quality>,
}

/// Draws ticks of a run off screen.
pub struct OffscreenRenderer {
    app: App,
    graphics: Graphics,
    picture: LastPicture,
    last: Option<Frame>,
    camera: Option<Orbit>,
    /// Generation of the run for which the warm-up was done.
    warm_for: u64,
}

impl OffscreenRenderer {
    /// Creates a renderer.
    ///
    /// # Errors
    /// [`FilmError::NoGraphics`] if there is no renderer.
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

    /// The renderer in use.
    pub fn graphics(&self) -> &Graphics {
        &self.graphics
    }

    /// Sets the source of mesh files.
    pub fn set_mesh_files(&mut self, read: ReadFile) {
        self.app.insert_resource(MeshFiles(Some(read)));
    }

    /// The open run.
    pub fn run(&self) -> &Run {
        self.app.world().resource()
    }

    /// The camera; it may be changed between pictures.
    pub fn camera(&mut self) -> Mut<'_, Orbit> {
        self.app.world_mut().resource_mut()
    }

    /// Changes the view direction: yaw and pitch (rad), distance (m).
    pub fn look_from(&mut self, [yaw, pitch, distance]: [f32; 3]) {
        let mut orbit = self.camera();
        *orbit = Orbit { yaw, pitch, distance, ..*orbit };
    }

    /// Opens a scenario ([`Run::open`]) or a recording ([`Run::open_recording`]).
    ///
    /// # Errors
    /// If the run cannot start.
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

    /// Seeks to a tick of the run and computes missing ticks; `false` if the run
    /// ends before it.
    ///
    /// # Errors
    /// If the run cannot continue.
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

    /// The error for a time that the run does not reach.
    pub fn too_short(&self) -> FilmError {
        let end_s = self.run().time_s(self.run().newest());
        FilmError::Impossible {
            message: format!("the run ends after {end_s} s, before the first picture"),
            help: "choose an earlier start".to_owned(),
        }
    }

    /// Draws the shown tick.
    ///
    /// # Errors
    /// If nothing was drawn.
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

    /// Updates until all resources are loaded.
    fn warm_up(&mut self) {
        for update in 0..MAX_WARM_UP {
            self.app.update();
            let pipelines = self.app.sub_app(RenderApp).world().get_resource::<PipelineCache>();
            let is_waiting = pipelines.is_some_and(|it| it.waiting_pipelines().next().is_some());
            if update >= WARM_UP {
                if !is_waiting {
                    return;
                }
                // Meanwhile, shader files are read.
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// Places the camera according to the orbit.
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
