//! Policies in external programs.

use std::time::Duration;

use randori_core::policy::{Policy, PolicyError};
use randori_core::policy_source::Process;

use super::{Context, StartSource, Trusted};
use crate::ProcessPolicy;

/// Maximum timeout of a policy, whatever a file demands.
const MAX_TIMEOUT_S: f64 = 86_400.0;

impl StartSource for Process {
    fn start(&self, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError> {
        let Some(Trusted { folder, env }) = context.trusted else {
            return Err(PolicyError::new("no program is started here"));
        };
        let timeout = Duration::from_secs_f64(self.timeout_s.clamp(0.0, MAX_TIMEOUT_S));
        let policy = ProcessPolicy::start(&self.command, folder, context.interface, timeout, env)?;
        Ok(Box::new(policy))
    }
}
