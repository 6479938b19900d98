//! Manual control, which needs the viewer: there, robots get a
//! [`ManualCommand`](crate::ManualCommand) instead.

use randori_core::policy::{Policy, PolicyError};
use randori_core::policy_source::Manual;

use super::{Context, StartSource};

impl StartSource for Manual {
    fn start(&self, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError> {
        let robot = &context.interface.robot;
        let message =
            format!("robot `{robot}` needs manual control, which exists only in the viewer");
        Err(PolicyError::new(message)
            .help("open it with `randori view`, or name a policy by `--policy`"))
    }
}
