//! Keys and gamepads for manual control of a robot.
//!
//! They change the manual command, so it is recorded with the run like the actions
//! of any policy.
//!
//! Start reading at `drive`.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use randori_policy::ManualCommand;

use crate::keys::{AddKey, Chord};
use crate::robots::model::{Input, RobotModel};
use crate::robots::{ChosenRobot, RobotSystems, Robots};
use crate::run::{Run, RunSystems};

/// Heading of these keys in the list.
pub(crate) const GROUP: &str = "Drive";

/// Share of a position's range that a held key covers in a second.
const NUDGE_PER_S: f32 = 0.25;

/// Deflection of a stick that counts as zero.
const DEAD_ZONE: f32 = 0.12;

/// Settings of keyboard control.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Teleop {
    /// Share of the wheels' maximum speed that a held key commands.
    pub top_share: f32,
    /// The actuator moved by keys, counted within the robot.
    pub nudged: usize,
    /// The input of the previous frame, so that the command ends with the key.
    last: Sticks,
}

impl Default for Teleop {
    fn default() -> Self {
        Self { top_share: 0.5, nudged: 0, last: Sticks::default() }
    }
}

/// Requested motion, each component from -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Sticks {
    forward: f32,
    /// To the left.
    turn: f32,
    /// Of the chosen actuator.
    nudge: f32,
}

/// Manual control with keys and gamepads; works without a window.
pub struct TeleopPlugin;

impl Plugin for TeleopPlugin {
    fn build(&self, app: &mut App) {
        #[cfg(feature = "gamepad")]
        if !app.is_plugin_added::<bevy_gilrs::GilrsPlugin>() {
            app.add_plugins(bevy_gilrs::GilrsPlugin);
        }
        app.init_resource::<Teleop>()
            .init_resource::<ChosenRobot>()
            .init_resource::<Robots>()
            .add_systems(
                Update,
                drive.after(RunSystems::Act).after(RobotSystems).before(RunSystems::Advance),
            );
        let keys = [
            (KeyCode::KeyW, "forward, or raise the chosen motor"),
            (KeyCode::ArrowUp, "forward, or raise the chosen motor"),
            (KeyCode::KeyS, "back, or lower the chosen motor"),
            (KeyCode::ArrowDown, "back, or lower the chosen motor"),
            (KeyCode::KeyA, "turn left, or choose the motor before"),
            (KeyCode::ArrowLeft, "turn left, or choose the motor before"),
            (KeyCode::KeyD, "turn right, or choose the next motor"),
            (KeyCode::ArrowRight, "turn right, or choose the next motor"),
            (KeyCode::KeyQ, "lower the chosen motor"),
            (KeyCode::KeyE, "raise the chosen motor"),
            (KeyCode::BracketLeft, "choose the motor before"),
            (KeyCode::BracketRight, "choose the next motor"),
        ];
        for (key, what) in keys {
            app.reserve_key(GROUP, Chord::key(key), what);
        }
    }
}

/// Describes these keys, in a few words.
pub(crate) fn legend(model: &RobotModel) -> &'static str {
    if model.wheels.is_some() {
        "Hold W A S D or arrows to drive. Q E move the chosen motor, [ ] choose it."
    } else {
        "Hold W S, arrows or Q E to move the chosen motor. A D or [ ] choose it."
    }
}

/// Keys and gamepads, both optional.
#[derive(SystemParam)]
struct Controls<'w, 's> {
    egui: Option<Res<'w, EguiWantsInput>>,
    keys: Option<Res<'w, ButtonInput<KeyCode>>>,
    pads: Query<'w, 's, &'static Gamepad>,
}

impl Controls<'_, '_> {
    /// Keys, unless a text field has the focus, or Ctrl or Shift is held, with
    /// which keys have other meanings.
    fn keys(&self) -> Option<&ButtonInput<KeyCode>> {
        let is_writing = self.egui.as_ref().is_some_and(|it| it.wants_any_keyboard_input());
        let keys = self.keys.as_deref().filter(|_| !is_writing)?;
        let others =
            [KeyCode::ControlLeft, KeyCode::ControlRight, KeyCode::ShiftLeft, KeyCode::ShiftRight];
        (!keys.any_pressed(others)).then_some(keys)
    }

    /// Requested motion of a robot with or without wheels.
    fn sticks(&self, has_wheels: bool) -> Sticks {
        let pressed = |keys: [KeyCode; 2]| {
            f32::from(u8::from(self.keys().is_some_and(|input| input.any_pressed(keys))))
        };
        let ahead = pressed([KeyCode::KeyW, KeyCode::ArrowUp])
            - pressed([KeyCode::KeyS, KeyCode::ArrowDown]);
        let left = pressed([KeyCode::KeyA, KeyCode::ArrowLeft])
            - pressed([KeyCode::KeyD, KeyCode::ArrowRight]);
        let nudge = pressed([KeyCode::KeyE; 2]) - pressed([KeyCode::KeyQ; 2]);
        let mut sticks = if has_wheels {
            Sticks { forward: ahead, turn: left, nudge }
        } else {
            Sticks { nudge: nudge + ahead, ..Sticks::default() }
        };
        for pad in &self.pads {
            let (drive, other) = (live(pad.left_stick()), live(pad.right_stick()));
            if has_wheels {
                sticks.forward += drive.y;
                sticks.turn -= drive.x;
            }
            sticks.nudge += other.y + pad.dpad().y;
        }
        let limited = |value: f32| value.clamp(-1.0, 1.0);
        Sticks {
            forward: limited(sticks.forward),
            turn: limited(sticks.turn),
            nudge: limited(sticks.nudge),
        }
    }

    /// The chosen actuator, out of this many.
    fn choice(&self, now: usize, count: usize, has_wheels: bool) -> usize {
        let (mut next, mut before) = (false, false);
        if let Some(keys) = self.keys() {
            let free = !has_wheels;
            next |= keys.just_pressed(KeyCode::BracketRight)
                || free && keys.any_just_pressed([KeyCode::KeyD, KeyCode::ArrowRight]);
            before |= keys.just_pressed(KeyCode::BracketLeft)
                || free && keys.any_just_pressed([KeyCode::KeyA, KeyCode::ArrowLeft]);
        }
        for pad in &self.pads {
            next |= pad.just_pressed(GamepadButton::DPadRight);
            before |= pad.just_pressed(GamepadButton::DPadLeft);
        }
        let last = count.saturating_sub(1);
        let mut chosen = now.min(last);
        if next {
            chosen = if chosen == last { 0 } else { chosen + 1 };
        }
        if before {
            chosen = chosen.checked_sub(1).unwrap_or(last);
        }
        chosen
    }
}

/// The deflection of a stick outside of its dead zone.
fn live(stick: Vec2) -> Vec2 {
    if stick.length() < DEAD_ZONE { Vec2::ZERO } else { stick }
}

/// Changes the command of the chosen robot, while it is under manual control.
fn drive(
    controls: Controls,
    time: Res<Time>,
    run: Res<Run>,
    (robots, chosen): (Res<Robots>, Res<ChosenRobot>),
    mut teleop: ResMut<Teleop>,
) {
    let by_hand = run.hand(chosen.0).filter(|_| run.is_by_hand(chosen.0));
    let (Some(hand), Some(model)) = (by_hand, robots.models().get(chosen.0)) else {
        teleop.last = Sticks::default();
        return;
    };
    let has_wheels = model.wheels.is_some();
    let actuators = model.inputs.last().map_or(0, |input| input.actuator + 1);
    let before = std::mem::replace(&mut teleop.last, controls.sticks(has_wheels));
    let now = teleop.last;
    let nudged = controls.choice(teleop.nudged, actuators, has_wheels);
    let input = |actuator: usize| model.inputs.iter().find(|input| input.actuator == actuator);
    if nudged != teleop.nudged {
        // A command from a held key ends when another motor is chosen.
        if let Some(input) = input(teleop.nudged).filter(|_| before.nudge != 0.0) {
            nudge(hand, input, (before.nudge, 0.0), 0.0);
        }
        teleop.nudged = nudged;
    }
    if let Some(wheels) = &model.wheels {
        let is_asked = |sticks: Sticks| sticks.forward != 0.0 || sticks.turn != 0.0;
        if is_asked(now) || is_asked(before) {
            wheels.command(hand, (now.forward, now.turn), teleop.top_share);
        }
    }
    if let Some(input) = input(nudged) {
        nudge(hand, input, (before.nudge, now.nudge), time.delta_secs());
    }
}

/// Changes one input: a position continues from its value; a speed, torque or force
/// lasts while the key is held.
fn nudge(hand: &ManualCommand, input: &Input, (before, now): (f32, f32), elapsed_s: f32) {
    let (low, high) = input.slider_range();
    if input.kind.is_position() {
        if now != 0.0
            && let Some(value) = hand.values().get(input.index)
        {
            hand.set(input.index, value + now * (high - low) * NUDGE_PER_S * elapsed_s);
        }
    } else if now != 0.0 || before != 0.0 {
        let most = if now < 0.0 { -low } else { high };
        hand.set(input.index, now * most.max(0.0) / 2.0);
    }
}
