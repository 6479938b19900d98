//! Where the picture is taken from: orbit, pan and zoom around a point.

use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use randori_core::layout::BodyId;
use randori_core::math::Vector;

use crate::convert::to_bevy;
use crate::run::{Run, RunSystems};

/// The camera of the picture.
#[derive(Component, Debug, Clone, Copy)]
pub struct MainCamera;

/// Where the camera is, in terms of what it looks at.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Orbit {
    /// The point that it looks at, m in the world.
    pub target: Vector,
    /// Direction from the target to the camera about world Z, rad from +X.
    pub yaw: f32,
    /// Height of that direction above the horizon, rad.
    pub pitch: f32,
    /// Distance from the target, m.
    pub distance: f32,
    /// The body whose position the target follows.
    pub follow: Option<BodyId>,
}

impl Default for Orbit {
    fn default() -> Self {
        Self {
            target: Vector::new(0.0, 0.0, 0.3),
            yaw: -2.2,
            pitch: 0.95,
            distance: 4.0,
            follow: None,
        }
    }
}

impl Orbit {
    /// Position of the camera, m in the world.
    pub fn eye(&self) -> Vector {
        let level = libm::cosf(self.pitch);
        let away = Vector::new(
            level * libm::cosf(self.yaw),
            level * libm::sinf(self.yaw),
            libm::sinf(self.pitch),
        );
        self.target + away * self.distance
    }
}

/// When the camera is placed, in [`RunSystems::Draw`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CameraSystems;

/// Moves the camera with the mouse: the right button turns, the middle one
/// (or Shift) shifts, the wheel goes near and far.
pub struct CameraPlugin;

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Orbit>()
            .add_systems(Startup, spawn)
            .add_systems(Update, (follow_robot, steer, place).chain().in_set(CameraSystems))
            .configure_sets(Update, CameraSystems.in_set(RunSystems::Draw));
    }
}

fn spawn(mut commands: Commands) {
    commands.spawn((MainCamera, Camera3d::default(), Msaa::Off, Transform::default()));
}

/// Begins with the first robot of a run that was opened.
fn follow_robot(run: Res<Run>, mut seen: Local<u64>, mut orbit: ResMut<Orbit>) {
    if *seen == run.generation() {
        return;
    }
    *seen = run.generation();
    orbit.follow = run.layout().and_then(|layout| layout.robots.first()).map(|robot| robot.base);
}

fn steer(
    egui: Res<EguiWantsInput>,
    buttons: Res<ButtonInput<MouseButton>>,
    keys: Res<ButtonInput<KeyCode>>,
    motion: Res<AccumulatedMouseMotion>,
    scroll: Res<AccumulatedMouseScroll>,
    mut orbit: ResMut<Orbit>,
) {
    if egui.wants_any_pointer_input() {
        return;
    }
    let shifting = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight])
        || buttons.pressed(MouseButton::Middle);
    let pressed = buttons.any_pressed([MouseButton::Right, MouseButton::Middle]);
    if pressed && motion.delta != Vec2::ZERO {
        if shifting {
            let right = Vector::new(-libm::sinf(orbit.yaw), libm::cosf(orbit.yaw), 0.0);
            let up = Vector::Z;
            let scale = orbit.distance * 0.0015;
            orbit.target += (up * motion.delta.y - right * motion.delta.x) * scale;
            orbit.follow = None;
        } else {
            orbit.yaw -= motion.delta.x * 0.006;
            orbit.pitch = (orbit.pitch + motion.delta.y * 0.006).clamp(-1.5, 1.5);
        }
    }
    let notches = match scroll.unit {
        MouseScrollUnit::Line => scroll.delta.y,
        MouseScrollUnit::Pixel => scroll.delta.y / 50.0,
    };
    if notches != 0.0 {
        orbit.distance = (orbit.distance * libm::powf(0.88, notches)).clamp(0.05, 500.0);
    }
}

fn place(
    run: Res<Run>,
    mut orbit: ResMut<Orbit>,
    mut camera: Query<&mut Transform, With<MainCamera>>,
) {
    if let (Some(BodyId(index)), Some(record)) = (orbit.follow, run.record())
        && let Some(body) = record.state.bodies.get(index)
    {
        orbit.target = body.pose.translation;
    }
    for mut transform in &mut camera {
        let (eye, target) = (to_bevy(orbit.eye()), to_bevy(orbit.target));
        *transform = Transform::from_translation(eye).looking_at(target, Vec3::Y);
    }
}
