//! Payload: mass added to a body.

use randori_core::effect::Payload;
use randori_core::layout::{BodyId, SceneLayout};

use super::{Acted, Action, Moment, Plant, body, number};

impl Action for Payload {
    type On = BodyId;

    fn find(&self, layout: &SceneLayout) -> Result<BodyId, String> {
        body(layout, &self.body)
    }

    fn act(&self, on: &BodyId, _moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted {
        plant.world.add_payload(*on, self.mass_kg as f32);
        let what = format!("load {} with {} kg", self.body, number(self.mass_kg));
        Acted { what, next: None }
    }
}
