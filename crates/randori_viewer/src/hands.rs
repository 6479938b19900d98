//! Mouse interaction with the world: pull, push, lift, drop a box.
//!
//! All of it is recorded as [`Intervention`]s, so a run with manual input replays
//! like any other. A pull is one push per tick, computed from the state at the
//! start of that tick.
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

/// Effect of pressing the left button on a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Dragging pulls the body.
    #[default]
    Pull,
    /// A click pushes the body away.
    Push,
    /// Holding the button raises the body.
    Lift,
    /// A click drops a box above the body.
    Drop,
}

impl Mode {
    /// All modes, in the order of the panel.
    pub const ALL: [Self; 4] = [Self::Pull, Self::Push, Self::Lift, Self::Drop];

    /// Name, key and instruction.
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

/// Strength of a push.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Blow {
    /// The impulse that gives the whole body, or robot, this speed, m/s.
    Speed(f32),
    /// This impulse, N s.
    Impulse(f32),
}

/// Settings of mouse interaction.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Hands {
    /// Effect of a press.
    pub mode: Mode,
    /// Stiffness of pulls and lifts; 1 is firm.
    pub strength: f32,
    /// Strength of pushes.
    pub blow: Blow,
    /// Edges of dropped boxes, m.
    pub box_size: Vector,
    /// Their mass, kg.
    pub box_mass_kg: f32,
    /// The reason why the last press had no effect.
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

/// State of the left button.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Hold {
    #[default]
    Nothing,
    /// A body was pressed in this direction; without movement it is a click.
    Waiting(Pull, Vector),
    /// The body is pulled.
    Pulling,
    /// The body is raised.
    Lifting,
}

/// Minimum angle of mouse movement that turns a click into a pull, rad: about four
/// pixels.
const LEAST_DRAG: f32 = 0.005;

/// Display time of a note, s.
const NOTE_S: f32 = 5.0;

/// Height by which a lift raises a body initially, m.
const LIFT: f32 = 0.3;

/// Adds mouse interaction and its panel; works without a window, where a program
/// sets [`Pointer`] and the buttons.
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

/// Selects a mode, or pull if it is selected already.
fn toggle(world: &mut World, mode: Mode) {
    let mut hands = world.resource_mut::<Hands>();
    hands.mode = if hands.mode == mode { Mode::Pull } else { mode };
    hands.note = None;
}

/// Releases the body when another run is opened, and clears a note after its
/// display time.
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

/// Stops following a body during a pull: if the camera moved with the pulled body,
/// the mouse would keep pulling it further.
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

/// Mouse and keys used by this interaction.
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

    /// Normal of the plane in which a pulled point moves: facing the camera,
    /// horizontal (Shift) or vertical (Ctrl).
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

/// Starts the action of the mode; returns an immediate intervention.
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

/// Name of a body for messages.
fn name(run: &Run, body: BodyId) -> String {
    run.layout().map_or_else(String::new, |layout| layout.body_name(body).into_owned())
}

/// Moves the target of the pull to the mouse.
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
            // The mouse changes only the height.
            let Some(level) = place::level(direction) else { return };
            let met = place::meet(origin, direction, pull.target, level);
            pull.target.z = met.map_or(pull.target.z, |met| met.z + LIFT);
        }
        Hold::Nothing | Hold::Waiting(..) => return,
    }
    grip.set(Some(pull));
}
