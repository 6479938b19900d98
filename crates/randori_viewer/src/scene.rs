//! The picture of the world: one entity per body, placed by the shown record.
//!
//! All drawn entities are descendants of one `WorldRoot` and have a `Paint`.

mod bounds;
mod dropped;
mod gltf_file;
mod ground;
mod highlight;
mod mesh;
mod notes;
mod paint;
mod parts;
mod visuals;
mod waypoints;

use bevy::prelude::*;

use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::spec::Scenario;

use crate::convert::{WorldRoot, root_rotation, transform};
use crate::quality::Quality;
use crate::run::{Run, RunSystems};

pub(crate) use bounds::{Bounds, body_bounds, robot_bounds};
pub(crate) use paint::Paint;
pub use visuals::ReadFile;
pub(crate) use visuals::{MeshFiles, MeshNotes};
pub(crate) use waypoints::PIN_HEIGHT;

use mesh::{Formed, Forms};

/// An entity for a body of the scene, or a dropped box.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Body(pub BodyId);

/// A part of a [`Body`], in the frame of its parent.
#[derive(Component, Debug, Clone, PartialEq)]
struct PartOf {
    body: BodyId,
    color: [f32; 3],
    form: Formed,
    at: Transform,
}

/// Schedule of spawning and placing bodies, in [`RunSystems::Draw`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SceneSystems;

/// Draws the open [`Run`].
pub(crate) struct ScenePlugin;

impl Plugin for ScenePlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            paint::PaintPlugin,
            ground::GroundPlugin,
            waypoints::WaypointsPlugin,
            highlight::HighlightPlugin,
            notes::NotesPlugin,
        ));
        add_bodies(app);
    }
}

/// Bodies without light, ground and materials.
fn add_bodies(app: &mut App) {
    app.init_resource::<MeshFiles>()
        .init_resource::<MeshNotes>()
        .configure_sets(Update, SceneSystems.in_set(RunSystems::Draw))
        .add_systems(
            Update,
            (spawn_bodies, furnish, dropped::come_and_go, place).chain().in_set(SceneSystems),
        );
}

/// Spawns the bodies of an opened run, still without their parts.
fn spawn_bodies(
    run: Res<Run>,
    mut built: Local<u64>,
    roots: Query<Entity, With<WorldRoot>>,
    mut commands: Commands,
) {
    let Some(layout) = run.layout() else { return };
    if std::mem::replace(&mut *built, run.generation()) == run.generation() {
        return;
    }
    for root in &roots {
        commands.entity(root).despawn();
    }
    let place = Transform::from_rotation(root_rotation());
    let root = commands.spawn((WorldRoot, place, Visibility::default())).id();
    for (index, body) in layout.bodies.iter().enumerate() {
        commands.spawn((
            Body(BodyId(index)),
            Name::new(body.path.clone()),
            Transform::default(),
            Visibility::default(),
            ChildOf(root),
        ));
    }
}

/// Gives bodies their parts: when a run is opened, and when the quality or the
/// source of mesh files changes.
#[expect(clippy::too_many_arguments, reason = "each is a table that Bevy keeps")]
fn furnish(
    run: Res<Run>,
    quality: Option<Res<Quality>>,
    files: Res<MeshFiles>,
    mut done: Local<Option<(u64, Quality)>>,
    bodies: Query<(Entity, &Body)>,
    old: Query<Entity, With<PartOf>>,
    mut notes: ResMut<MeshNotes>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut commands: Commands,
) {
    let (Some(scenario), Some(layout)) = (run.scenario(), run.layout()) else { return };
    let quality = quality.map_or(Quality::Low, |it| *it);
    let wanted = (run.generation(), quality);
    if *done == Some(wanted) && !files.is_changed() {
        return;
    }
    *done = Some(wanted);
    old.iter().for_each(|part| commands.entity(part).despawn());
    notes.0.clear();
    let mut furnisher = Furnisher {
        scenario,
        layout,
        quality,
        files: &files,
        meshes: &mut meshes,
        notes: &mut notes,
        forms: Forms::default(),
        visuals: visuals::VisualCache::default(),
    };
    for (entity, &Body(body)) in &bodies {
        if body.0 >= layout.bodies.len() {
            continue; // A dropped box; it has its parts already.
        }
        for part in furnisher.parts(body) {
            commands.spawn((
                Mesh3d(part.form.mesh.clone()),
                Paint::dull(part.color),
                part.at.with_scale(part.form.scale),
                part,
                ChildOf(entity),
            ));
        }
    }
    furnisher.note_bare_robots();
}

/// Finds the visual geometry of bodies.
struct Furnisher<'f> {
    scenario: &'f Scenario,
    layout: &'f SceneLayout,
    quality: Quality,
    files: &'f MeshFiles,
    meshes: &'f mut Assets<Mesh>,
    notes: &'f mut MeshNotes,
    forms: Forms,
    visuals: visuals::VisualCache,
}

impl Furnisher<'_> {
    /// From mesh files if all of them are available, else from shapes.
    fn parts(&mut self, body: BodyId) -> Vec<PartOf> {
        let visuals = parts::visuals(self.scenario, self.layout, body);
        let whole = self.of_files(body);
        if !visuals.is_empty()
            && let Some(parts) = whole
        {
            return parts;
        }
        let parts = parts::parts(self.scenario, self.layout, body).into_iter();
        let parts = parts.filter_map(|part| {
            let form = self.forms.form(&part.shape, self.quality, self.meshes)?;
            Some(PartOf { body, color: part.color, form, at: part.at })
        });
        parts.collect()
    }

    fn of_files(&mut self, body: BodyId) -> Option<Vec<PartOf>> {
        let mut parts = Vec::new();
        let mut is_whole = true;
        for visual in parts::visuals(self.scenario, self.layout, body) {
            match self.visuals.pieces(visual, self.files, self.meshes) {
                Ok(pieces) => parts.extend(pieces.into_iter().map(|(form, color)| PartOf {
                    body,
                    color,
                    form,
                    at: transform(&visual.pose.pose()),
                })),
                Err(why) => {
                    self.notes.say(format!("The mesh `{}` is not shown: {why}", visual.mesh));
                    is_whole = false;
                }
            }
        }
        is_whole.then_some(parts)
    }

    /// Reports robots that are drawn as lines for lack of geometry.
    fn note_bare_robots(&mut self) {
        for (robot, model) in self.scenario.robots.iter().enumerate() {
            let bare = |link: &&randori_core::spec::LinkSpec| {
                link.visuals.is_empty() && link.shapes.is_empty()
            };
            let count = model.links.iter().filter(bare).count();
            if count > 0 {
                let name = &self.layout.robots[RobotId(robot).0].name;
                self.notes.say(format!(
                    "{count} links of `{name}` have neither shapes nor meshes; lines are \
                     drawn instead. Put the meshes that its file names beside it."
                ));
            }
        }
    }
}

/// Places all bodies at their poses in the shown record.
fn place(run: Res<Run>, mut bodies: Query<(&Body, &mut Transform)>) {
    let Some(record) = run.record() else { return };
    for (Body(body), mut place) in &mut bodies {
        if let Some(state) = record.state.body(*body) {
            place.set_if_neq(transform(&state.pose));
        }
    }
}

#[cfg(test)]
#[path = "../examples/support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use randori_core::math::{Pose, Vector};
    use randori_core::record::Intervention;
    use randori_core::time::Tick;

    use super::*;
    use crate::action::Action;
    use crate::run::{PlaybackPlugin, RunPlugin};

    fn app(scenario: &str) -> App {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, AssetPlugin::default(), RunPlugin, PlaybackPlugin))
            .init_asset::<Mesh>();
        add_bodies(&mut app);
        let prepared = support::load(scenario).expect("a shipped scenario");
        let mut run = app.world_mut().resource_mut::<Run>();
        run.open(prepared, Box::new(support::start_policy)).expect("it starts");
        app.update();
        app
    }

    fn ask(app: &mut App, actions: impl IntoIterator<Item = Action>) {
        app.world_mut().write_message_batch(actions);
        app.update();
    }

    fn dropped(app: &mut App) -> Vec<Vec3> {
        let layout = app.world().resource::<Run>().layout().expect("a run is open");
        let first = layout.bodies.len();
        let mut bodies = app.world_mut().query::<(&Body, &Transform)>();
        let boxes = bodies.iter(app.world()).filter(|(body, _)| body.0.0 >= first);
        boxes.map(|(_, place)| place.translation).collect()
    }

    #[test]
    fn every_body_has_parts_where_it_has_shapes() {
        let mut app = app("scenarios/courier/corridor.ron");
        let mut parts = app.world_mut().query::<&PartOf>();
        let count = parts.iter(app.world()).count();

        // Shell, two casters, two wheels; five walls, a parcel; a walker.
        assert_eq!(count, 5 + 6 + 1);
        let root = app.world_mut().query::<&WorldRoot>().iter(app.world()).count();
        assert_eq!(root, 1);
    }

    #[test]
    fn another_quality_furnishes_the_same_bodies_anew() {
        let mut app = app("scenarios/courier/corridor.ron");
        let of = |app: &mut App| -> Vec<Entity> {
            app.world_mut().query_filtered::<Entity, With<PartOf>>().iter(app.world()).collect()
        };
        let before = of(&mut app);

        app.insert_resource(Quality::High);
        app.update();

        let after = of(&mut app);
        assert_eq!(after.len(), before.len());
        assert!(after.iter().all(|entity| !before.contains(entity)));
    }

    #[test]
    fn dropped_boxes_come_and_go_with_time() {
        let mut app = app("scenarios/courier/flat.ron");
        let at = Vector::new(3.0, 0.5, 1.0);
        let drop = Intervention::Drop {
            size: Vector::splat(0.3),
            mass_kg: 2.0,
            pose: Pose::from_translation(at),
        };
        assert!(dropped(&mut app).is_empty());

        ask(&mut app, [Action::StepForward, Action::Intervene(drop), Action::StepForward]);
        let there = dropped(&mut app);
        assert_eq!(there.len(), 1);
        assert!((there[0] - crate::convert::vec3(at)).length() < 0.01, "{there:?}");

        ask(&mut app, [Action::Seek(Tick(1))]);
        assert!(dropped(&mut app).is_empty(), "it was not there yet");
        ask(&mut app, [Action::Seek(Tick(2))]);
        assert_eq!(dropped(&mut app), there);
    }
}
