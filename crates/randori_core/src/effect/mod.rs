//! Effects of events on bodies and sensors, one file each.
//!
//! An effect is a struct of its fields in files, with its target, its check and its remainder
//! at a later time. The engine implements it in a module of the same name
//! (`randori_sim::events`). [`Effect`] lists all effects.

mod dropout;
mod force;
mod freeze;
mod payload;
mod push;
mod random_pushes;

pub use dropout::Dropout;
pub use force::Force;
pub use freeze::Freeze;
pub use payload::Payload;
pub use push::Push;
pub use random_pushes::RandomPushes;

use crate::check::{At, Report};
use crate::variant::variants;

/// The target of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// The path of a link (`pup.trunk`), a robot (its base link) or an object.
    Body(&'a str),
    /// A channel of a sensor, or all of its channels.
    Channel {
        /// The path of the sensor (`pup.imu`).
        sensor: &'a str,
        /// The name of the channel.
        channel: Option<&'a str>,
    },
}

/// A kind of effect.
pub(crate) trait EffectType: Sized {
    /// Its target.
    fn target(&self) -> Target<'_>;

    /// Reports fields that make no physical sense; the target is checked with the event.
    fn check(&self, report: &mut Report<'_>, at: &At<'_>);

    /// The remainder `elapsed_s` seconds after the start, as an effect that begins then;
    /// `None` if it is over.
    fn remaining(self, elapsed_s: f64) -> Option<Self>;
}

/// Declares the enum of all effects, and dispatches each call to its variant.
macro_rules! effects {
    ($($name:ident),* $(,)?) => {
        variants! {
            /// The effect of an event.
            #[derive(Debug, Clone, PartialEq)]
            pub enum Effect { $($name,)* }
        }

        impl Effect {
            /// Its target.
            pub fn target(&self) -> Target<'_> {
                match self { $(Self::$name(effect) => effect.target(),)* }
            }

            /// Reports fields that make no physical sense.
            pub(crate) fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
                match self { $(Self::$name(effect) => effect.check(report, at),)* }
            }

            /// The remainder `elapsed_s` seconds after the start, as an effect that begins
            /// then; `None` if it is over.
            pub fn remaining(self, elapsed_s: f64) -> Option<Self> {
                match self { $(Self::$name(effect) => effect.remaining(elapsed_s).map(Self::$name),)* }
            }
        }
    };
}

effects! { Push, RandomPushes, Force, Payload, Freeze, Dropout }

/// Shortens a duration, which is unlimited if left out. Returns false once it is over.
fn shorten(lasts: &mut Option<f64>, elapsed_s: f64) -> bool {
    *lasts = lasts.map(|lasts| lasts - elapsed_s);
    lasts.is_none_or(|rest| rest > 0.0)
}
