//! What events do: effects on bodies and sensors, one file each.
//!
//! An effect is a struct with its fields in files, what it acts on, its check and what
//! is left of it later on. The engine has a room of the same name for what it does
//! (`randori_sim::events`). [`Effect`] lists them all.

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

/// What an effect acts on.
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
    /// What it acts on.
    fn target(&self) -> Target<'_>;

    /// Reports fields that make no physical sense; the target is checked with the event.
    fn check(&self, report: &mut Report<'_>, at: &At<'_>);

    /// What is still to come `elapsed_s` seconds after it began, as an effect that
    /// begins then; `None` if nothing.
    fn remaining(self, elapsed_s: f64) -> Option<Self>;
}

/// Makes the enum of all effects, and hands each call to the effect at hand.
macro_rules! effects {
    ($($name:ident),* $(,)?) => {
        variants! {
            /// What an event does.
            #[derive(Debug, Clone, PartialEq)]
            pub enum Effect { $($name,)* }
        }

        impl Effect {
            /// What it acts on.
            pub fn target(&self) -> Target<'_> {
                match self { $(Self::$name(effect) => effect.target(),)* }
            }

            /// Reports fields that make no physical sense.
            pub(crate) fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
                match self { $(Self::$name(effect) => effect.check(report, at),)* }
            }

            /// What is still to come `elapsed_s` seconds after it began, as an effect
            /// that begins then; `None` if nothing.
            pub fn remaining(self, elapsed_s: f64) -> Option<Self> {
                match self { $(Self::$name(effect) => effect.remaining(elapsed_s).map(Self::$name),)* }
            }
        }
    };
}

effects! { Push, RandomPushes, Force, Payload, Freeze, Dropout }

/// Shortens a duration, which is without end if it is left out. Returns false once it is over.
fn shorten(lasts: &mut Option<f64>, elapsed_s: f64) -> bool {
    *lasts = lasts.map(|lasts| lasts - elapsed_s);
    lasts.is_none_or(|rest| rest > 0.0)
}
