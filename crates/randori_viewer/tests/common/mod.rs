//! What tests without a window share.

#[path = "../../examples/support/mod.rs"]
pub(crate) mod support;

use bevy::prelude::App;
use randori_sim::batch::PreparedRun;
use randori_viewer::action::Action;
use randori_viewer::run::Run;

/// Opens a scenario that names built-in policies only.
pub(crate) fn open(app: &mut App, prepared: PreparedRun) {
    let mut run = app.world_mut().resource_mut::<Run>();
    run.open(prepared, Box::new(support::start_policy)).expect("it starts");
}

/// Has all of it done in the next frame.
pub(crate) fn ask(app: &mut App, actions: impl IntoIterator<Item = Action>) {
    app.world_mut().write_message_batch(actions);
    app.update();
}

/// The open run.
pub(crate) fn run(app: &App) -> &Run {
    app.world().resource()
}
