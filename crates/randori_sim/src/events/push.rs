//! Push: a single impulse.

use randori_core::effect::Push;
use randori_core::layout::{BodyId, SceneLayout};

use super::{Acted, Action, Moment, Plant, body, tuple, vector};

impl Action for Push {
    type On = BodyId;

    fn find(&self, layout: &SceneLayout) -> Result<BodyId, String> {
        body(layout, &self.body)
    }

    fn act(&self, on: &BodyId, _moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted {
        plant.world.apply_impulse(*on, vector(self.impulse));
        let what = format!("push {} with {} N s", self.body, tuple(self.impulse));
        Acted { what, next: None }
    }
}
