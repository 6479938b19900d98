//! Reads and validates the parameters of a built-in policy.

use std::collections::BTreeMap;

use ron::Value;
use serde::de::DeserializeOwned;

use super::{BuiltinError, BuiltinInfo};

/// The parameters of a built-in policy in a scenario. All names are known and all numbers finite.
#[derive(Debug, Clone, Copy)]
pub(super) struct Params<'a> {
    info: &'static BuiltinInfo,
    values: &'a BTreeMap<String, Value>,
}

impl<'a> Params<'a> {
    /// Validates names and numbers.
    pub(super) fn new(
        info: &'static BuiltinInfo,
        values: &'a BTreeMap<String, Value>,
    ) -> Result<Self, BuiltinError> {
        let known = || info.params.iter().map(|param| param.name);
        for (name, value) in values {
            let refuse = |message: String, help: String| BuiltinError {
                message,
                param: Some(name.clone()),
                help: Some(help),
            };
            if !known().any(|known| known == name) {
                let message = format!("`{}` has no parameter `{name}`", info.name);
                let help = match info.params {
                    [] => "remove it; this policy has no parameters".to_owned(),
                    _ => crate::did_you_mean(name, known()),
                };
                return Err(refuse(message, help));
            }
            if !is_finite(value) {
                let message = format!("`{name}` holds a number that is not finite");
                return Err(refuse(message, "give plain numbers".to_owned()));
            }
        }
        Ok(Self { info, values })
    }

    /// The value of `name`, if it is given.
    pub(super) fn optional<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, BuiltinError> {
        let Some(value) = self.values.get(name) else { return Ok(None) };
        value
            .clone()
            .into_rust()
            .map(Some)
            .map_err(|error| self.wrong(name, format!("`{name}` is not as expected: {error}")))
    }

    /// The value of `name`, which is required.
    pub(super) fn required<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<T, BuiltinError> {
        self.optional(name)?.ok_or_else(|| {
            self.wrong(name, format!("`{}` needs the parameter `{name}`", self.info.name))
        })
    }

    /// A number greater than zero, or `default` if it is not given.
    pub(super) fn positive(&self, name: &'static str, default: f64) -> Result<f64, BuiltinError> {
        let value = self.optional(name)?.unwrap_or(default);
        if value > 0.0 {
            Ok(value)
        } else {
            Err(self.wrong(name, format!("`{name}` is {value}, must be greater than 0")))
        }
    }

    /// A number of zero or more, or `default` if it is not given.
    pub(super) fn at_least_zero(
        &self,
        name: &'static str,
        default: f64,
    ) -> Result<f64, BuiltinError> {
        let value = self.optional(name)?.unwrap_or(default);
        if value >= 0.0 {
            Ok(value)
        } else {
            Err(self.wrong(name, format!("`{name}` is {value}, must not be negative")))
        }
    }

    /// An error for `name`, with the expected value as advice.
    pub(super) fn wrong(&self, name: &str, message: impl Into<String>) -> BuiltinError {
        let param = self.info.params.iter().find(|param| param.name == name);
        let help = param.map(|param| format!("`{name}` is {}: {}", param.expects, param.about));
        BuiltinError { message: message.into(), param: Some(name.to_owned()), help }
    }
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.into_f64().is_finite(),
        Value::Map(map) => map.iter().all(|(key, value)| is_finite(key) && is_finite(value)),
        Value::Seq(values) => values.iter().all(is_finite),
        Value::Option(Some(value)) => is_finite(value),
        _ => true,
    }
}
