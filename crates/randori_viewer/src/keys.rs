//! All keys of the app in one place, so that each has one meaning and all can be
//! listed on screen.
//!
//! A plugin adds a key with [`AddKey::add_key`]; keys that are held down, such as
//! those that drive a robot, are only [reserved](AddKey::reserve_key).

use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;

use crate::action::Action;

/// A key with the state of Ctrl and Shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chord {
    /// The key.
    pub key: KeyCode,
    /// True if Ctrl is held down.
    pub ctrl: bool,
    /// True if Shift is held down.
    pub shift: bool,
}

impl Chord {
    /// The key alone.
    pub const fn key(key: KeyCode) -> Self {
        Self { key, ctrl: false, shift: false }
    }

    /// With Ctrl.
    pub const fn ctrl(key: KeyCode) -> Self {
        Self { key, ctrl: true, shift: false }
    }

    /// With Shift.
    pub const fn shift(key: KeyCode) -> Self {
        Self { key, ctrl: false, shift: true }
    }

    /// Its text on screen, such as `Ctrl+S`.
    pub fn text(self) -> String {
        let key = match self.key {
            KeyCode::Comma => ",".to_owned(),
            KeyCode::Period => ".".to_owned(),
            KeyCode::Minus => "-".to_owned(),
            KeyCode::Equal => "=".to_owned(),
            KeyCode::BracketLeft => "[".to_owned(),
            KeyCode::BracketRight => "]".to_owned(),
            KeyCode::ArrowUp => "Up".to_owned(),
            KeyCode::ArrowDown => "Down".to_owned(),
            KeyCode::ArrowLeft => "Left".to_owned(),
            KeyCode::ArrowRight => "Right".to_owned(),
            KeyCode::Escape => "Esc".to_owned(),
            key => {
                let name = format!("{key:?}");
                let short = name.strip_prefix("Key").or_else(|| name.strip_prefix("Digit"));
                short.unwrap_or(&name).to_owned()
            }
        };
        let prefix = if self.ctrl { "Ctrl+" } else { "" };
        format!("{prefix}{}{key}", if self.shift { "Shift+" } else { "" })
    }
}

/// A key with its meaning.
pub struct Binding {
    /// Heading in the list of keys.
    pub group: &'static str,
    /// The key.
    pub chord: Chord,
    /// Its effect, in a few words.
    pub what: &'static str,
    /// The action; `None` for a key that its plugin watches itself.
    press: Option<Press>,
}

/// The action of a key.
pub type Press = fn(&mut World);

/// All keys, in the order in which they were added.
#[derive(Resource, Default)]
pub struct Keys {
    bindings: Vec<Binding>,
}

impl Keys {
    /// All keys, in the order in which they were added.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Keys of a group with their effects; neighbours with the same effect share a
    /// row, as `W, Up` or `F2 .. F9`.
    pub fn rows(&self, group: &str) -> Vec<(String, &'static str)> {
        let mut rows: Vec<(Vec<String>, &str)> = Vec::new();
        for binding in self.bindings.iter().filter(|it| it.group == group) {
            match rows.last_mut() {
                Some((chords, what)) if *what == binding.what => chords.push(binding.chord.text()),
                _ => rows.push((vec![binding.chord.text()], binding.what)),
            }
        }
        let text = |(chords, what): (Vec<String>, _)| match &chords[..] {
            [first, _, .., last] => (format!("{first} .. {last}"), what),
            few => (few.join(", "), what),
        };
        rows.into_iter().map(text).collect()
    }

    fn add(&mut self, binding: Binding) {
        let taken = self.bindings.iter().find(|other| other.chord == binding.chord);
        assert!(
            taken.is_none(),
            "key {} cannot mean `{}`: it means `{}`",
            binding.chord.text(),
            binding.what,
            taken.map_or("", |other| other.what)
        );
        self.bindings.push(binding);
    }
}

/// Adds keys to an app.
pub trait AddKey {
    /// Adds a key with an action on press.
    fn add_key(
        &mut self,
        group: &'static str,
        chord: Chord,
        what: &'static str,
        press: Press,
    ) -> &mut Self;

    /// Reserves a key that the plugin watches itself.
    fn reserve_key(&mut self, group: &'static str, chord: Chord, what: &'static str) -> &mut Self;
}

impl AddKey for App {
    fn add_key(
        &mut self,
        group: &'static str,
        chord: Chord,
        what: &'static str,
        press: Press,
    ) -> &mut Self {
        let press = Some(press);
        self.world_mut().get_resource_or_init::<Keys>().add(Binding { group, chord, what, press });
        self
    }

    fn reserve_key(&mut self, group: &'static str, chord: Chord, what: &'static str) -> &mut Self {
        let binding = Binding { group, chord, what, press: None };
        self.world_mut().get_resource_or_init::<Keys>().add(binding);
        self
    }
}

/// Watches the keyboard, and adds the keys of playback.
pub struct KeysPlugin;

impl Plugin for KeysPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Keys>().add_systems(PreUpdate, press.after(bevy::input::InputSystems));
        add_time_keys(app);
    }
}

fn add_time_keys(app: &mut App) {
    let time = "Time";
    app.add_key(time, Chord::key(KeyCode::Space), "play or pause", |world| {
        let playing = world.resource::<crate::playback::Playback>().playing;
        world.write_message(if playing { Action::Pause } else { Action::Play });
    })
    .add_key(time, Chord::key(KeyCode::Period), "one tick forward", |world| {
        world.write_message(Action::StepForward);
    })
    .add_key(time, Chord::key(KeyCode::Comma), "one tick back", |world| {
        world.write_message(Action::StepBack);
    })
    .add_key(time, Chord::key(KeyCode::Home), "to the start", |world| {
        world.write_message(Action::Restart);
    })
    .add_key(time, Chord::key(KeyCode::End), "to the newest tick", |world| {
        world.write_message(Action::Seek(randori_core::time::Tick(u64::MAX)));
    })
    .add_key(time, Chord::key(KeyCode::Minus), "half as fast", |world| change_speed(world, false))
    .add_key(time, Chord::key(KeyCode::Equal), "twice as fast", |world| change_speed(world, true))
    .add_key(time, Chord::key(KeyCode::KeyB), "branch here", |world| {
        world.write_message(Action::Branch);
    });
}

fn change_speed(world: &mut World, faster: bool) {
    let speed = world.resource::<crate::playback::Playback>().shifted(faster);
    world.write_message(Action::SetSpeed(speed));
}

/// Runs the action of a pressed key, unless a text field has the focus.
fn press(world: &mut World) {
    if world.get_resource::<EguiWantsInput>().is_some_and(EguiWantsInput::wants_any_keyboard_input)
    {
        return;
    }
    let Some(input) = world.get_resource::<ButtonInput<KeyCode>>() else { return };
    // In a slow frame, a modifier may be pressed and released within the frame of its key.
    let held = |keys: [KeyCode; 2]| {
        input.any_pressed(keys) || input.any_just_pressed(keys) || input.any_just_released(keys)
    };
    let ctrl = held([KeyCode::ControlLeft, KeyCode::ControlRight]);
    let shift = held([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    let pressed: Vec<Press> = world
        .resource::<Keys>()
        .bindings
        .iter()
        .filter(|it| it.chord.ctrl == ctrl && it.chord.shift == shift)
        .filter(|it| input.just_pressed(it.chord.key))
        .filter_map(|it| it.press)
        .collect();
    for press in pressed {
        press(world);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_they_stand_on_the_keyboard() {
        assert_eq!(Chord::ctrl(KeyCode::KeyS).text(), "Ctrl+S");
        assert_eq!(Chord::shift(KeyCode::Digit1).text(), "Shift+1");
        assert_eq!(Chord::key(KeyCode::Comma).text(), ",");
        assert_eq!(Chord::key(KeyCode::F1).text(), "F1");
    }

    #[test]
    #[should_panic(expected = "key Space cannot mean `jump`: it means `play or pause`")]
    fn a_key_has_one_meaning() {
        let mut app = App::new();
        app.add_plugins(KeysPlugin);

        app.add_key("Fun", Chord::key(KeyCode::Space), "jump", |_| {});
    }

    #[test]
    fn keys_that_do_the_same_are_one_row() {
        let mut keys = Keys::default();
        let add = |keys: &mut Keys, key, what| {
            keys.add(Binding { group: "Fun", chord: Chord::key(key), what, press: None });
        };
        for (key, what) in [
            (KeyCode::KeyW, "run"),
            (KeyCode::ArrowUp, "run"),
            (KeyCode::F2, "dance"),
            (KeyCode::F3, "dance"),
            (KeyCode::F4, "dance"),
        ] {
            add(&mut keys, key, what);
        }

        let rows = keys.rows("Fun");

        assert_eq!(rows, [("W, Up".to_owned(), "run"), ("F2 .. F4".to_owned(), "dance")]);
    }

    #[test]
    fn a_chord_counts_that_was_let_go_within_the_frame() {
        #[derive(Resource, Default)]
        struct Saved(u32);
        let mut app = App::new();
        app.init_resource::<ButtonInput<KeyCode>>().init_resource::<Saved>();
        app.add_plugins(KeysPlugin).add_key("Fun", Chord::ctrl(KeyCode::KeyS), "save", |world| {
            world.resource_mut::<Saved>().0 += 1;
        });
        let mut input = app.world_mut().resource_mut::<ButtonInput<KeyCode>>();
        for key in [KeyCode::ControlLeft, KeyCode::KeyS] {
            input.press(key);
        }
        input.release_all();

        app.update();

        assert_eq!(app.world().resource::<Saved>().0, 1);
    }
}
