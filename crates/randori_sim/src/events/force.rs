//! A constant force. Forces on one body are summed over all events.

use randori_core::effect::Force;
use randori_core::layout::{BodyId, SceneLayout};

use super::{Acted, Action, Moment, Plant, body, number, tuple};

impl Action for Force {
    type On = BodyId;

    fn find(&self, layout: &SceneLayout) -> Result<BodyId, String> {
        body(layout, &self.body)
    }

    fn act(&self, _on: &BodyId, moment: &mut Moment<'_>, _plant: &mut Plant<'_>) -> Acted {
        let Self { body, force, lasts } = self;
        if moment.started != moment.tick {
            return Acted { what: format!("let go of {body}"), next: None };
        }
        let what = format!("pull {body} with {} N for {} s", tuple(*force), number(*lasts));
        Acted { what, next: Some(moment.after(*lasts)) }
    }

    fn constant_force(&self, on: &BodyId) -> Option<(BodyId, [f64; 3])> {
        Some((*on, self.force))
    }
}
