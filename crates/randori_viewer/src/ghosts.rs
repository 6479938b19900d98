//! Other recordings, drawn as ghosts over the open run, and the first difference
//! between them.
//!
//! A ghost shows the last recorded state at or before the shown simulated time,
//! without interpolation. It is visible only where it differs. The first difference
//! is found from the digests of every tick, as in `randori diff`, for the part of
//! the run that exists.
//!
//! Start reading at [`Ghosts::add`] and [`Ghost`].

mod divergence;
mod draw;
mod ghost;
mod panel;

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use randori_core::time::Tick;

use crate::marks::Marks;
use crate::panels::AddPanel;
use crate::run::{Problem, Run, RunSystems};
pub use divergence::{Comparison, Detail, Divergence, Incomparable};
pub use ghost::{Distance, Ghost};

/// The other recordings.
#[derive(Resource, Debug)]
pub struct Ghosts {
    all: Vec<Ghost>,
    /// Their opacity, 0 to 1.
    pub opacity: f32,
    /// Incremented when ghosts are added or removed.
    revision: u64,
    /// Text in the input field of the panel.
    typed: String,
    /// The reason why the last file was rejected.
    refused: Option<Problem>,
}

impl Default for Ghosts {
    fn default() -> Self {
        Self { all: Vec::new(), opacity: 0.45, revision: 0, typed: String::new(), refused: None }
    }
}

impl Ghosts {
    /// Reads a recording, and shows it over the open run.
    ///
    /// # Errors
    /// If it cannot be read; with advice.
    pub fn add(&mut self, recording: &Path) -> Result<(), Problem> {
        let ghost = Ghost::open(recording, self.all.len())?;
        self.all.push(ghost);
        self.revision += 1;
        Ok(())
    }

    /// Removes one.
    pub(crate) fn remove(&mut self, index: usize) {
        if index < self.all.len() {
            self.all.remove(index);
            self.revision += 1;
        }
    }

    /// All ghosts.
    pub fn all(&self) -> &[Ghost] {
        &self.all
    }

    /// All ghosts, to switch them on and off.
    pub(crate) fn all_mut(&mut self) -> &mut [Ghost] {
        &mut self.all
    }

    /// True if there are no ghosts.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The first ticks at which the open run differs from ghosts, with their names:
    /// marks for the time bar.
    pub fn marks(&self) -> impl Iterator<Item = (Tick, &str)> {
        self.all.iter().filter_map(|ghost| Some((ghost.parting()?, ghost.name.as_str())))
    }
}

/// Request of other plugins to show a file as a ghost.
#[derive(Message, Debug, Clone, PartialEq, Eq)]
pub struct AddGhost(pub PathBuf);

/// Draws [`Ghosts`] and compares them with the open [`Run`].
pub struct GhostsPlugin;

impl Plugin for GhostsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Ghosts>()
            .add_message::<AddGhost>()
            .add_panel(
                50,
                "Compare",
                "Other recordings as ghosts, and what changed first",
                panel::show,
            )
            .add_systems(
                Update,
                (
                    add_asked.in_set(RunSystems::Act),
                    compare.after(RunSystems::Advance).before(RunSystems::Draw),
                    (draw::rebuild, draw::place, draw::tint, draw::join)
                        .chain()
                        .run_if(resource_exists::<Assets<StandardMaterial>>)
                        .in_set(RunSystems::Draw),
                ),
            );
    }
}

fn add_asked(mut asked: MessageReader<AddGhost>, mut ghosts: ResMut<Ghosts>, mut run: ResMut<Run>) {
    for AddGhost(path) in asked.read() {
        if let Err(problem) = ghosts.add(path) {
            run.set_problem(Some(problem));
        }
    }
}

fn compare(
    mut run: ResMut<Run>,
    mut ghosts: ResMut<Ghosts>,
    marks: Option<ResMut<Marks>>,
    mut marked: Local<usize>,
) {
    if let Some(mut marks) = marks.filter(|_| *marked + ghosts.all.len() > 0) {
        marks.set_partings(ghosts.marks());
        *marked = ghosts.all.len();
    }
    if ghosts.is_empty() || !run.is_open() {
        return;
    }
    for ghost in &mut ghosts.bypass_change_detection().all {
        ghost.compare(&mut run);
    }
}
