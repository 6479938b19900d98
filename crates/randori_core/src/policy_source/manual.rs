//! Manual control.

use serde::{Deserialize, Serialize};

use super::SourceType;

/// Manual control with the sliders and keys of the viewer; without a viewer, a run cannot
/// begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manual;

impl SourceType for Manual {
    fn kind(&self) -> &'static str {
        "manual"
    }

    fn name(&self) -> String {
        "by hand".to_owned()
    }

    fn shown(&self) -> String {
        "you, by hand".to_owned()
    }
}
