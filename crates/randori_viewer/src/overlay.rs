//! Overlays of the picture: rays, forces, axes, velocities and balance, each with a
//! switch and a key.
//!
//! Overlays show the tick on screen, during playback, dragging or pause, and are
//! recomputed only when that tick or a switch changes.
//!
//! Start reading at [`Overlays`], then at [`view::View`].

mod balance;
mod draw;
mod lidar;
mod motion;
pub(crate) mod sketch;
pub(crate) mod view;

use std::collections::BTreeSet;

use bevy::prelude::*;
use randori_core::time::Tick;

use crate::keys::{AddKey, Chord};
use crate::readings::SensorId;
use crate::run::{Run, RunSystems};
use sketch::Sketch;
use view::View;

/// A kind of overlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// Rays and hits of range finders.
    Lidar,
    /// All rays of range finders instead of a subset.
    AllRays,
    /// Contact points with their forces.
    Contacts,
    /// Axes of sensors.
    SensorAxes,
    /// Axes of robots' links.
    LinkFrames,
    /// Velocities of bodies.
    Velocities,
    /// Angular velocities of bodies.
    Spins,
    /// Centres of mass of robots.
    CenterOfMass,
    /// Support polygons of robots.
    SupportPolygon,
}

impl Overlay {
    /// All overlays, in the order of the list.
    pub(crate) const ALL: [Self; 9] = [
        Self::Lidar,
        Self::AllRays,
        Self::Contacts,
        Self::SensorAxes,
        Self::LinkFrames,
        Self::Velocities,
        Self::Spins,
        Self::CenterOfMass,
        Self::SupportPolygon,
    ];

    /// Its name on screen.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lidar => "Lidar",
            Self::AllRays => "All rays",
            Self::Contacts => "Contacts",
            Self::SensorAxes => "Sensor axes",
            Self::LinkFrames => "Link axes",
            Self::Velocities => "Velocities",
            Self::Spins => "Rotation",
            Self::CenterOfMass => "Centre of mass",
            Self::SupportPolygon => "Support",
        }
    }

    /// Explains the drawing, with colours and scales.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Lidar => "Hits of range finders (red ticks) and some of their rays",
            Self::AllRays => "Every ray of a range finder, also those without a hit (faint)",
            Self::Contacts => {
                "Contact points with the force on the robot or object; \
                 an arrow of 0.4 m is the weight of the heaviest robot"
            }
            Self::SensorAxes => "Axes of sensors: X red, Y green, Z blue, 0.15 m long",
            Self::LinkFrames => "Axes of robots' links: X red, Y green, Z blue, 0.08 m long",
            Self::Velocities => "Velocity of each body; 0.25 m for 1 m/s",
            Self::Spins => "Axis and speed of rotation of each body; 0.05 m for 1 rad/s",
            Self::CenterOfMass => "Centre of mass of each robot (ball), and the point below it",
            Self::SupportPolygon => {
                "Support polygon of a robot: green while its centre of mass is above it, \
                 red otherwise"
            }
        }
    }

    /// The key that toggles it.
    pub(crate) fn chord(self) -> Chord {
        match self {
            Self::Lidar => Chord::key(KeyCode::KeyL),
            Self::AllRays => Chord::shift(KeyCode::KeyL),
            Self::Contacts => Chord::key(KeyCode::KeyK),
            Self::SensorAxes => Chord::key(KeyCode::KeyO),
            Self::LinkFrames => Chord::shift(KeyCode::KeyO),
            Self::Velocities => Chord::key(KeyCode::KeyV),
            Self::Spins => Chord::shift(KeyCode::KeyV),
            Self::CenterOfMass => Chord::key(KeyCode::KeyM),
            Self::SupportPolygon => Chord::key(KeyCode::KeyG),
        }
    }
}

/// The visible overlays.
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Overlays {
    on: [bool; Overlay::ALL.len()],
    /// Sensors without overlays.
    hidden: BTreeSet<SensorId>,
}

impl Overlays {
    /// True if an overlay is drawn.
    pub(crate) fn is_on(&self, overlay: Overlay) -> bool {
        self.on[overlay as usize]
    }

    /// Switches an overlay on or off.
    pub(crate) fn set(&mut self, overlay: Overlay, on: bool) {
        self.on[overlay as usize] = on;
    }

    /// True if the overlays of this sensor are drawn.
    pub(crate) fn shows(&self, sensor: SensorId) -> bool {
        !self.hidden.contains(&sensor)
    }

    /// Switches all overlays of one sensor on or off.
    pub(crate) fn show(&mut self, sensor: SensorId, on: bool) {
        if on {
            self.hidden.remove(&sensor);
        } else {
            self.hidden.insert(sensor);
        }
    }
}

/// Draws the [`Overlays`] of the open [`Run`]; without Bevy's gizmos, it only
/// computes the [`Sketch`].
pub(crate) struct OverlayPlugin;

impl Plugin for OverlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Overlays>()
            .init_resource::<Sketch>()
            .add_systems(Update, follow.in_set(RunSystems::Draw));
        add_keys(app);
        if app.is_plugin_added::<bevy::gizmos::GizmoPlugin>() {
            draw::add_to(app);
        }
    }
}

fn add_keys(app: &mut App) {
    let toggle: [crate::keys::Press; Overlay::ALL.len()] = [
        |world| toggle(world, Overlay::Lidar),
        |world| toggle(world, Overlay::AllRays),
        |world| toggle(world, Overlay::Contacts),
        |world| toggle(world, Overlay::SensorAxes),
        |world| toggle(world, Overlay::LinkFrames),
        |world| toggle(world, Overlay::Velocities),
        |world| toggle(world, Overlay::Spins),
        |world| toggle(world, Overlay::CenterOfMass),
        |world| toggle(world, Overlay::SupportPolygon),
    ];
    for (overlay, toggle) in Overlay::ALL.into_iter().zip(toggle) {
        app.add_key("Show", overlay.chord(), overlay.name(), toggle);
    }
}

fn toggle(world: &mut World, overlay: Overlay) {
    let mut overlays = world.resource_mut::<Overlays>();
    let on = !overlays.is_on(overlay);
    overlays.set(overlay, on);
}

/// The key of a sketch: opened runs, branches, tick.
type Shown = (u64, u64, Tick);

/// Recomputes the sketch after a change.
fn follow(
    mut run: ResMut<Run>,
    mut overlays: ResMut<Overlays>,
    mut sketch: ResMut<Sketch>,
    mut seen: Local<Option<Shown>>,
) {
    let shown = (run.generation(), run.branches(), run.tick());
    if *seen == Some(shown) && !overlays.is_changed() {
        return;
    }
    if seen.is_some_and(|(generation, ..)| generation != shown.0) && !overlays.hidden.is_empty() {
        overlays.hidden.clear();
    }
    *seen = Some(shown);
    sketch.clear();
    if let Some(session) = run.session() {
        let view = View::new(session);
        view.sketch(&overlays, &mut sketch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;
    use crate::fixture;
    use crate::keys::{Keys, KeysPlugin};

    fn app() -> App {
        let mut app = fixture::app();
        app.add_plugins(OverlayPlugin);
        app
    }

    #[test]
    fn nothing_is_sketched_until_it_is_switched_on() {
        let mut app = app();
        app.update();
        assert_eq!(app.world().resource::<Sketch>().lines(), []);

        app.world_mut().resource_mut::<Overlays>().set(Overlay::LinkFrames, true);
        app.update();

        assert_eq!(app.world().resource::<Sketch>().lines().len(), 3, "axes of one link");
    }

    #[test]
    fn a_seek_sketches_the_same_as_playing_to_the_tick() {
        let mut app = app();
        for overlay in Overlay::ALL {
            app.world_mut().resource_mut::<Overlays>().set(overlay, true);
        }
        fixture::advance(&mut app, 130);
        app.update();
        let played = app.world().resource::<Sketch>().lines().to_vec();
        assert!(played.len() > 50, "{}", played.len());
        fixture::advance(&mut app, 200);

        app.world_mut().write_message(Action::Seek(Tick(130)));
        app.update();

        assert_eq!(app.world().resource::<Sketch>().lines(), played);
    }

    #[test]
    fn each_overlay_has_a_key_that_no_other_has() {
        let mut app = App::new();
        app.add_plugins((KeysPlugin, crate::run::RunPlugin, OverlayPlugin));

        let keys = app.world().resource::<Keys>().bindings();
        let shown = keys.iter().filter(|key| key.group == "Show").count();
        assert_eq!(shown, Overlay::ALL.len());
    }
}
