//! Behaviour of scenario text: what is accepted, what is refused, and what the
//! user is told.

mod bundles;
mod codes;
mod contracts;
mod damage;
mod fixture;
mod hostile;
mod imports;
mod messages;
mod outline;
mod overrides;
mod places;
mod variations;
