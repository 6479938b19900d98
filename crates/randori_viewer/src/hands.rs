//! What the mouse does to the world: pull, push, lift, drop a box.
//!
//! All of it becomes recorded [`Intervention`]s, so a run that was played with
//! replays like any other. A pull is one push per tick, made from the state at
//! the start of that tick.
//!
//! Start reading at [`HandsPlugin`], then [`pull::Pull`].

mod overlay;
mod panel;
pub mod place;
pub mod pull;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::Intervention;
use randori_sim::world::RayHit;

use crate::action::Action;
use crate::camera::Orbit;
use crate::convert::from_bevy;
use crate::keys::{AddKey, Chord};
use crate::main_camera::MainCamera;
use crate::marks::Marks;
use crate::panels::AddPanel;
use crate::pointer::Pointer;
use crate::run::Run;
use pull::{Grip, Pull};

/// What a press of the left button on a body does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Dragging pulls it.
    #[default]
    Pull,
    /// A click pushes it away.
    Push,
    /// Holding the button raises it.
    Lift,
    /// A click drops a box there.
    Drop,
}

impl Mode {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Pull, Self::Push, Self::Lift, Self::Drop];

    /// Name, key and what to do, for people.
    pub fn text(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Self::Pull => {
                ("Pull", None, "Drag a body with the left button. Shift: level, Ctrl: upright.")
            }
            Self::Push => ("Push", Some("P"), "Click on a body to push it away from you."),
            Self::Lift => ("Lift", Some("U"), "Hold the left button on a body to raise it."),
            Self::Drop => ("Drop a box", Some("X"), "Click on a place to drop a box above it."),
        }
    }
}

/// How strong a push is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Blow {
    /// As much as gives the whole body, or robot, this speed, m/s.
    Speed(f32),
    /// This impulse, N s.
    Impulse(f32),
}

/// What the hands hold, and how strong they are.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Hands {
    /// What a press does.
    pub mode: Mode,
    /// Stiffness of pulls and lifts; 1 is firm.
    pub strength: f32,
    /// Strength of pushes.
    pub blow: Blow,
    /// Edges of dropped boxes, m.
    pub box_size: Vector,
    /// Their mass, kg.
    pub box_mass_kg: f32,
    /// Why the last press did nothing.
    pub note: Option<String>,
    hold: Hold,
}

impl Default for Hands {
    fn default() -> Self {
        Self {
            mode: Mode::Pull,
            strength: 1.0,
            blow: Blow::Speed(1.0),
            box_size: Vector::splat(0.3),
            box_mass_kg: 5.0,
            note: None,
            hold: Hold::Nothing,
        }
    }
}

/// What the left button does while it is down.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Hold {
    #[default]
    Nothing,
    /// A body was pressed in this direction; without moving it stays a click.
    Waiting(Pull, Vector),
    /// It is pulled.
    Pulling,
    /// It is raised.
    Lifting,
}

/// Angle by which the mouse must move before a click is a pull, rad: about four
/// pixels.
const LEAST_DRAG: f32 = 0.005;

/// How long a note is shown, s.
const NOTE_S: f32 = 5.0;

/// How far a lift raises by itself, m.
const LIFT: f32 = 0.3;

/// Adds the hands and their panel; works without a window, where
/// [`Pointer`] and the buttons are set by a program.
pub struct HandsPlugin;

impl Plugin for HandsPlugin {
    fn build(&self, app: &mut App) {
        let grip = Grip::default();
        let touch = grip.clone();
        app.world_mut()
            .get_resource_or_init::<Run>()
            .touch_each_tick(Box::new(move |episode| touch.pull()?.intervention(episode)));
        let has_mouse =
            resource_exists::<Pointer>.and_then(resource_exists::<ButtonInput<MouseButton>>);
        app.insert_resource(grip)
            .init_resource::<Hands>()
            .init_resource::<Marks>()
            .add_panel(15, "Hands", "Pull, push, lift, drop boxes", panel::show)
            .add_floating(overlay::show)
            .add_systems(
                PostUpdate,
                (let_go, use_mouse.run_if(has_mouse), keep_camera_still).chain(),
            );
        let group = "Hands";
        app.add_key(group, Chord::key(KeyCode::KeyP), "push with clicks", |world| {
            toggle(world, Mode::Push);
        })
        .add_key(group, Chord::key(KeyCode::KeyU), "lift with the left button", |world| {
            toggle(world, Mode::Lift);
        })
        .add_key(group, Chord::key(KeyCode::KeyX), "drop boxes with clicks", |world| {
            toggle(world, Mode::Drop);
        });
    }
}

/// A mode, or back to pulling.
fn toggle(world: &mut World, mode: Mode) {
    let mut hands = world.resource_mut::<Hands>();
    hands.mode = if hands.mode == mode { Mode::Pull } else { mode };
    hands.note = None;
}

/// Another run has nothing of what was held; and a note has been read after a
/// while.
fn let_go(
    run: Res<Run>,
    time: Res<Time<Real>>,
    (mut seen, mut noted_s): (Local<u64>, Local<f32>),
    mut hands: ResMut<Hands>,
    grip: Res<Grip>,
) {
    *noted_s = if hands.note.is_some() { *noted_s + time.delta_secs() } else { 0.0 };
    if *noted_s > NOTE_S {
        hands.note = None;
    }
    if *seen != run.generation() {
        *seen = run.generation();
        grip.set(None);
        hands.hold = Hold::Nothing;
        hands.note = None;
    }
}

/// The camera follows nothing while something is pulled: a mouse that moves with
/// what it pulls would pull ever on.
fn keep_camera_still(
    grip: Res<Grip>,
    run: Res<Run>,
    orbit: Option<ResMut<Orbit>>,
    mut followed: Local<Option<BodyId>>,
) {
    let Some(mut orbit) = orbit else { return };
    if grip.pull().is_some() {
        *followed = orbit.bypass_change_detection().follow.take().or(*followed);
    } else if let Some(body) = followed.take()
        && orbit.follow.is_none()
        && let Some(record) = run.record()
    {
        *orbit = orbit.following(body, record);
    }
}

/// Mouse and keys, as far as the hands read them.
#[derive(SystemParam)]
struct Mouse<'w, 's> {
    buttons: Res<'w, ButtonInput<MouseButton>>,
    keys: Option<Res<'w, ButtonInput<KeyCode>>>,
    pointer: Res<'w, Pointer>,
    camera: Query<'w, 's, &'static Transform, With<MainCamera>>,
}

impl Mouse<'_, '_> {
    fn held(&self, keys: [KeyCode; 2]) -> bool {
        self.keys.as_ref().is_some_and(|input| input.any_pressed(keys))
    }

    /// Normal of the plane in which a pulled point moves: it faces the camera, or
    /// is level (Shift) or upright (Ctrl).
    fn plane(&self, direction: Vector) -> Vector {
        let forward = self.camera.single().map_or(direction, |camera| from_bevy(*camera.forward()));
        if self.held([KeyCode::ShiftLeft, KeyCode::ShiftRight]) {
            Vector::Z
        } else if self.held([KeyCode::ControlLeft, KeyCode::ControlRight]) {
            place::level(forward).unwrap_or(forward)
        } else {
            forward
        }
    }
}

fn use_mouse(
    mouse: Mouse,
    mut run: ResMut<Run>,
    mut hands: ResMut<Hands>,
    grip: Res<Grip>,
    mut actions: MessageWriter<Action>,
) {
    if !mouse.buttons.pressed(MouseButton::Left) && hands.hold != Hold::Nothing {
        hands.hold = Hold::Nothing;
        grip.set(None);
    }
    let Some((_, direction)) = mouse.pointer.ray else { return };
    if mouse.buttons.just_pressed(MouseButton::Left) {
        hands.note = None;
        let done = match mouse.pointer.hit {
            Some(hit) => press(&mut hands, &mut run, &grip, hit, direction),
            None if hands.mode == Mode::Drop => Err("There is nothing under the mouse.".to_owned()),
            None => Ok(None),
        };
        match done {
            Ok(Some(intervention)) => {
                actions.write(Action::Intervene(intervention));
            }
            Ok(None) => (),
            Err(why) => hands.note = Some(why),
        }
    }
    drag(&mut hands, &grip, &mouse);
}

/// Begins what the mode says; gives what is done at once.
fn press(
    hands: &mut Hands,
    run: &mut Run,
    grip: &Grip,
    hit: RayHit,
    direction: Vector,
) -> Result<Option<Intervention>, String> {
    let episode = run.episode().ok_or("No run is open.")?;
    if episode.is_over() {
        return Err("The run is over: go back in time first.".to_owned());
    }
    if hands.mode == Mode::Drop {
        let world = episode.simulation().world();
        let (size, mass_kg) = (hands.box_size, hands.box_mass_kg);
        let pose = place::above(world, &hit, size).ok_or("There is no free place above it.")?;
        return Ok(Some(Intervention::Drop { size, mass_kg, pose }));
    }
    let Some(body) = hit.body else { return Ok(None) };
    let Some(mut pull) = Pull::new(run, body, hit.point, hands.strength) else {
        return Err(format!("{} does not move.", name(run, body)));
    };
    match hands.mode {
        Mode::Pull => hands.hold = Hold::Waiting(pull, direction),
        Mode::Lift => {
            pull.target.z += LIFT;
            hands.hold = Hold::Lifting;
            grip.set(Some(pull));
        }
        Mode::Push | Mode::Drop => {
            let along = place::level(direction).unwrap_or(direction);
            let strength = match hands.blow {
                Blow::Speed(speed) => speed * pull.mass_kg,
                Blow::Impulse(impulse) => impulse,
            };
            return Ok(Some(Intervention::Push { body, at: pull.at, impulse: along * strength }));
        }
    }
    Ok(None)
}

/// What to call a body.
fn name(run: &Run, body: BodyId) -> String {
    run.layout().map_or_else(String::new, |layout| layout.body_name(body).into_owned())
}

/// Moves what is pulled to where the mouse is.
fn drag(hands: &mut Hands, grip: &Grip, mouse: &Mouse) {
    let Some((origin, direction)) = mouse.pointer.ray else { return };
    if let Hold::Waiting(pull, pressed) = hands.hold
        && (direction - pressed).length() > LEAST_DRAG
    {
        hands.hold = Hold::Pulling;
        grip.set(Some(pull));
    }
    let Some(mut pull) = grip.pull() else { return };
    pull.strength = hands.strength;
    match hands.hold {
        Hold::Pulling => {
            let normal = mouse.plane(direction);
            let met = place::meet(origin, direction, pull.target, normal);
            pull.target = met.unwrap_or(pull.target);
        }
        Hold::Lifting => {
            // Only up and down with the mouse.
            let Some(level) = place::level(direction) else { return };
            let met = place::meet(origin, direction, pull.target, level);
            pull.target.z = met.map_or(pull.target.z, |met| met.z + LIFT);
        }
        Hold::Nothing | Hold::Waiting(..) => return,
    }
    grip.set(Some(pull));
}
