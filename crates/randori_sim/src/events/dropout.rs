//! Dropout: loss of measurements of a sensor.

use randori_core::effect::Dropout;
use randori_core::layout::SceneLayout;

use super::channel::{Channel, begin, channel};
use super::{Acted, Action, Moment, Plant, number};
use crate::sensors::Fault;

impl Action for Dropout {
    type On = Channel;

    fn find(&self, layout: &SceneLayout) -> Result<Channel, String> {
        channel(layout, &self.sensor, None)
    }

    fn act(&self, on: &Channel, moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted {
        let what = format!("lose {} with probability {}", self.sensor, number(self.probability));
        begin(on, Fault::Lost(self.probability), (&what, self.lasts), moment, plant)
    }
}
