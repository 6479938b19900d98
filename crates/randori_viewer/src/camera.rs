//! The camera: it orbits a point, or is mounted on a robot or at one of its
//! sensors.
//!
//! Start reading at `View`, then [`Orbit`].

mod bar;
mod keys;
mod steer;
mod view;

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::{Vector, yaw_rad};
use randori_core::record::TickRecord;
use randori_core::spec::Scenario;

use crate::convert::to_bevy;
use crate::main_camera::{CameraSystems, MainCamera};
use crate::run::{Run, RunSystems};
use crate::scene::{Bounds, body_bounds, robot_bounds};

pub(crate) use view::View;

/// Maximum pitch of the camera, rad.
const MAX_PITCH: f32 = 1.5;
/// Settling time of a camera jump, s: three time constants.
const GLIDE_S: f32 = 0.30;

/// Position of the camera relative to its target.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Orbit {
    /// The point that the camera looks at, m in the world.
    pub target: Vector,
    /// Direction from the target to the camera about world Z, rad from +X.
    pub yaw: f32,
    /// Height of that direction above the horizon, rad.
    pub pitch: f32,
    /// Distance from the target, m.
    pub distance: f32,
    /// The body whose position the target follows.
    pub follow: Option<BodyId>,
    /// Offset from that body's position to the target, m along world axes.
    pub offset: Vector,
}

impl Default for Orbit {
    fn default() -> Self {
        Self {
            target: Vector::new(0.0, 0.0, 0.3),
            yaw: -2.6,
            pitch: 0.5,
            distance: 4.0,
            follow: None,
            offset: Vector::ZERO,
        }
    }
}

impl Orbit {
    /// Position of the camera, m in the world.
    pub(crate) fn eye(&self) -> Vector {
        let level = libm::cosf(self.pitch);
        let away = Vector::new(
            level * libm::cosf(self.yaw),
            level * libm::sinf(self.yaw),
            libm::sinf(self.pitch),
        );
        self.target + away * self.distance
    }

    /// Frames a box from the current direction, so that it fills a good part of the
    /// picture.
    #[must_use]
    pub(crate) fn framing(self, bounds: &Bounds) -> Self {
        let distance = (bounds.size().length() * 3.0).clamp(0.25, 60.0);
        Self { target: bounds.middle(), distance, ..self }
    }

    /// Follows a body from now on; the target stays in place.
    #[must_use]
    pub(crate) fn following(self, body: BodyId, record: &TickRecord) -> Self {
        let Some(at) = position(record, body) else { return self };
        Self { follow: Some(body), offset: self.target - at, ..self }
    }

    /// The initial view of a run: from behind and above its first robot.
    pub fn at_start(run: &Run) -> Option<Self> {
        Self::behind(run.scenario()?, run.layout()?, run.record()?)
    }

    /// A view from behind and above a robot, at a distance that fits its size.
    fn behind(scenario: &Scenario, layout: &SceneLayout, record: &TickRecord) -> Option<Self> {
        let robot = layout.robots.first()?;
        let bounds = robot_bounds(scenario, layout, randori_core::layout::RobotId(0), record)?;
        let heading = yaw_rad(&record.state.bodies.get(robot.base.0)?.pose);
        let orbit = Self { yaw: heading + 2.65, pitch: 0.42, ..Self::default() };
        Some(orbit.framing(&bounds).following(robot.base, record))
    }
}

/// Position of a body or a dropped box, m.
fn position(record: &TickRecord, body: BodyId) -> Option<Vector> {
    record.state.body(body).map(|body| body.pose.translation)
}

/// Remaining offset of the shown camera from the [`Orbit`] after a jump. It decays
/// at a rate independent of the frame rate, and does not make a followed body lag.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Glide {
    target: Vector,
    yaw: f32,
    pitch: f32,
    /// Natural logarithm of a ratio of distances.
    zoom: f32,
}

impl Glide {
    /// Records a jump of the orbit.
    fn jump(&mut self, from: &Orbit, to: &Orbit) {
        let turn = std::f32::consts::TAU;
        self.target += from.target - to.target;
        self.yaw += libm::remainderf(from.yaw - to.yaw, turn);
        self.pitch += from.pitch - to.pitch;
        self.zoom += libm::logf(from.distance / to.distance);
    }

    /// Reduces the offset over time.
    fn fade(&mut self, elapsed_s: f32) {
        let left = libm::expf(-3.0 * elapsed_s / GLIDE_S);
        self.target *= left;
        self.yaw *= left;
        self.pitch *= left;
        self.zoom *= left;
    }

    /// The orbit with this offset applied.
    fn shown(&self, orbit: &Orbit) -> Orbit {
        Orbit {
            target: orbit.target + self.target,
            yaw: orbit.yaw + self.yaw,
            pitch: (orbit.pitch + self.pitch).clamp(-MAX_PITCH, MAX_PITCH),
            distance: orbit.distance * libm::expf(self.zoom),
            ..*orbit
        }
    }
}

/// Moves the orbit of a world smoothly to another view, and switches to the orbit camera.
pub(crate) fn glide_to(world: &mut World, to: Orbit) {
    let from = *world.resource::<Orbit>();
    world.resource_mut::<Glide>().jump(&from, &to);
    *world.resource_mut::<Orbit>() = to;
    *world.resource_mut::<View>() = View::Orbit;
}

/// Looks at a body and follows it.
pub(crate) fn focus(world: &mut World, body: BodyId) {
    let run = world.resource::<Run>();
    let (Some(scenario), Some(layout), Some(record)) = (run.scenario(), run.layout(), run.record())
    else {
        return;
    };
    let Some(at) = position(record, body) else { return };
    let orbit = *world.resource::<Orbit>();
    let state = record.state.bodies.get(body.0);
    let bounds =
        state.and_then(|state| Some(body_bounds(scenario, layout, body)?.placed(&state.pose)));
    let to = match bounds {
        // Walls fit into the picture only from far away; focusing on one moves closer.
        Some(bounds) => orbit.framing(&bounds),
        None => Orbit { target: at, ..orbit },
    };
    let to = to.following(body, record);
    glide_to(world, to);
}

/// Moves the camera with the mouse: the right button rotates, the middle one (or
/// Shift) pans, the wheel zooms.
pub(crate) struct CameraPlugin;

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Orbit>()
            .init_resource::<Glide>()
            .init_resource::<View>()
            .add_systems(Startup, spawn)
            .add_systems(
                Update,
                (begin, steer::steer, steer::double_click, place).chain().in_set(CameraSystems),
            )
            .configure_sets(Update, CameraSystems.in_set(RunSystems::Draw));
        keys::add(app);
        bar::add(app);
    }
}

fn spawn(mut commands: Commands) {
    let projection = PerspectiveProjection { near: 0.02, far: 1000.0, ..default() };
    commands.spawn((
        MainCamera,
        Camera3d::default(),
        Projection::Perspective(projection),
        Msaa::Off,
        Tonemapping::None, // Shows colours as specified.
        Transform::default(),
    ));
}

/// Starts at the first robot of an opened run, unless the scene is unchanged.
fn begin(
    run: Res<Run>,
    mut seen: Local<(u64, String)>,
    mut orbit: ResMut<Orbit>,
    mut view: ResMut<View>,
) {
    if seen.0 == run.generation() {
        return;
    }
    let (Some(scenario), Some(layout), Some(record)) = (run.scenario(), run.layout(), run.record())
    else {
        return;
    };
    let scene = scene_of(scenario);
    let is_same = seen.1 == scene;
    *seen = (run.generation(), scene);
    if !is_same {
        *orbit = Orbit::behind(scenario, layout, record).unwrap_or_default();
        *view = View::Orbit;
    }
}

/// Identifies the scene of a scenario: equal texts mean the same view.
fn scene_of(scenario: &Scenario) -> String {
    let robots = scenario.spec.robots.iter().map(|robot| format!("{}:{}", robot.name, robot.model));
    let robots: Vec<String> = robots.collect();
    let spec = &scenario.spec;
    format!("{}|{}|{}", spec.title, spec.environment, robots.join("|"))
}

fn place(
    run: Res<Run>,
    time: Res<Time<Real>>,
    view: Res<View>,
    mut orbit: ResMut<Orbit>,
    mut glide: ResMut<Glide>,
    mut camera: Query<(&mut Transform, &mut Projection), With<MainCamera>>,
) {
    if let (Some(body), Some(record)) = (orbit.follow, run.record())
        && let Some(at) = position(record, body)
    {
        orbit.target = at + orbit.offset;
    }
    glide.fade(time.delta_secs());
    let ridden = view.pose(&run);
    let fov = if ridden.is_some() { view::RIDING_FOV } else { std::f32::consts::FRAC_PI_4 };
    for (mut transform, mut projection) in &mut camera {
        *transform = if let Some(pose) = &ridden {
            let ahead = to_bevy(pose.rotation * Vector::X);
            let up = to_bevy(pose.rotation * Vector::Z);
            Transform::from_translation(to_bevy(pose.translation)).looking_to(ahead, up)
        } else {
            let shown = glide.shown(&orbit);
            let (eye, target) = (to_bevy(shown.eye()), to_bevy(shown.target));
            Transform::from_translation(eye).looking_at(target, Vec3::Y)
        };
        if let Projection::Perspective(lens) = &*projection
            && lens.fov != fov
            && let Projection::Perspective(lens) = &mut *projection
        {
            lens.fov = fov;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_smooth_and_takes_the_same_time_at_any_rate_of_frames() {
        let from = Orbit::default();
        let to = Orbit { target: Vector::X * 5.0, yaw: 2.9, distance: 1.0, ..from };
        let mut glide = Glide::default();
        glide.jump(&from, &to);
        let start = glide.shown(&to);
        assert!((start.eye() - from.eye()).length() < 1e-4, "{start:?}");

        let mut slow = glide;
        slow.fade(0.1);
        let mut fast = glide;
        (0..10).for_each(|_| fast.fade(0.01));

        assert!((slow.shown(&to).eye() - fast.shown(&to).eye()).length() < 1e-4);
        slow.fade(1.0);
        assert!((slow.shown(&to).eye() - to.eye()).length() < 0.01);
    }

    #[test]
    fn a_turn_takes_the_short_way() {
        let from = Orbit { yaw: 3.0, ..Orbit::default() };
        let to = Orbit { yaw: -3.0, ..from };
        let mut glide = Glide::default();

        glide.jump(&from, &to);

        assert!((glide.yaw.abs() - (std::f32::consts::TAU - 6.0)).abs() < 1e-5, "{}", glide.yaw);
    }

    #[test]
    fn a_small_robot_is_seen_from_near_and_a_large_one_from_far() {
        let bounds = |size: f32| Bounds { low: Vector::ZERO, high: Vector::splat(size) };
        let orbit = Orbit::default();

        let (near, far) = (orbit.framing(&bounds(0.2)), orbit.framing(&bounds(2.0)));

        assert!((far.distance / near.distance - 10.0).abs() < 1e-3);
        assert!((near.target - Vector::splat(0.1)).length() < 1e-6);
        let angle = 0.2 * 3.0_f32.sqrt() / near.distance;
        assert!((0.25..0.5).contains(&angle), "it fills {angle} rad of the picture's 0.79");
    }
}
