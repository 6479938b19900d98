//! Actors: scripted bodies that follow their paths whatever they meet.
//!
//! Start reading at [`ActorMotion::steer`].

use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::{Pose, Vector, rotation_from_rpy};
use randori_core::spec::{ActorSpec, Scenario};
use randori_core::time::{Tick, TickPeriod};

use crate::actor_path::ActorPath;
use crate::world::SimWorld;

/// Moves all actors of a scene. It has no state: positions follow from the tick.
#[derive(Debug, Clone)]
pub(crate) struct ActorMotion {
    actors: Vec<Walker>,
    period: TickPeriod,
}

#[derive(Debug, Clone)]
struct Walker {
    body: BodyId,
    path: ActorPath,
    /// Height of the body frame, which the path does not change, m.
    height_m: f32,
}

impl ActorMotion {
    /// The paths of the scenario's actors, at the initial heights of `world`.
    pub(crate) fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
        world: &SimWorld,
        period: TickPeriod,
    ) -> Self {
        let walker = |(body, spec): (usize, &ActorSpec)| Walker {
            body: BodyId(body),
            path: ActorPath::new(spec),
            height_m: world.body_pose(BodyId(body)).translation.z,
        };
        let actors = layout.actors.clone().zip(&scenario.spec.actors).map(walker).collect();
        Self { actors, period }
    }

    /// Gives every actor its target at the end of the step that begins at `tick`.
    pub(crate) fn steer(&self, world: &mut SimWorld, tick: Tick) {
        let arrival_s = self.period.time_s(Tick(tick.0 + 1));
        for walker in &self.actors {
            let footing = walker.path.at(arrival_s);
            let place = Vector::new(footing.xy[0] as f32, footing.xy[1] as f32, walker.height_m);
            let rotation = rotation_from_rpy(0.0, 0.0, footing.yaw_rad);
            world.move_actor(walker.body, Pose::from_parts(place, rotation));
        }
    }
}
