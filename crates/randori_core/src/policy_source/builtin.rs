//! Built-in policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PolicySource, SourceType};

/// A built-in policy of Randori.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builtin {
    /// Its name, such as `goal_seeker`.
    pub name: String,
    /// Its parameters.
    #[serde(default)]
    pub params: BTreeMap<String, ron::Value>,
}

impl Builtin {
    /// The policy of this name without parameters.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), params: BTreeMap::new() }
    }
}

impl SourceType for Builtin {
    fn kind(&self) -> &'static str {
        "builtin"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn inherit(&mut self, replaced: &PolicySource) {
        match replaced {
            PolicySource::Builtin(replaced) if replaced.name == self.name => {
                self.params.clone_from(&replaced.params);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stay_only_for_the_same_policy() {
        let params = [("goal".to_owned(), ron::Value::Bool(true))].into_iter().collect();
        let before = PolicySource::from(Builtin { name: "hold".to_owned(), params });
        let chosen = |name| PolicySource::from(Builtin::new(name)).in_place_of(&before);

        assert_eq!(chosen("hold"), before);
        assert_eq!(chosen("poses"), Builtin::new("poses").into());
    }
}
