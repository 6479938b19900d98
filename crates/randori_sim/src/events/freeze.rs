//! Freeze: a sensor measures once more and repeats the values.

use randori_core::effect::Freeze;
use randori_core::layout::SceneLayout;

use super::channel::{Channel, begin, channel};
use super::{Acted, Action, Moment, Plant};
use crate::sensors::Fault;

impl Action for Freeze {
    type On = Channel;

    fn find(&self, layout: &SceneLayout) -> Result<Channel, String> {
        channel(layout, &self.sensor, self.channel.as_deref())
    }

    fn act(&self, on: &Channel, moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted {
        let channel = self.channel.as_ref().map_or(String::new(), |it| format!(".{it}"));
        let what = format!("freeze {}{channel}", self.sensor);
        begin(on, Fault::Frozen(on.values.clone()), (&what, self.lasts), moment, plant)
    }
}
