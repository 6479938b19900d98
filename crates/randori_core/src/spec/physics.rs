//! Settings of physics.

use serde::{Deserialize, Serialize};

/// Named settings; see [`PhysicsPreset::settings`] for the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PhysicsPreset {
    /// 5 ms steps: training and large batches.
    Fast,
    /// 2 ms steps: the usual choice.
    #[default]
    Default,
    /// 1 ms steps with four substeps: accuracy studies.
    Reference,
}

impl PhysicsPreset {
    /// The settings of the preset, with standard gravity. They were chosen by measurement:
    /// stiff contacts keep stacks and grips, several iterations keep legs from creeping.
    pub fn settings(self) -> PhysicsSettings {
        let (rate_hz, substeps, solver_iterations, contact_frequency_hz) = match self {
            Self::Fast => (200, 1, 8, 120.0),
            Self::Default => (500, 1, 4, 240.0),
            Self::Reference => (1000, 4, 1, 480.0),
        };
        PhysicsSettings {
            rate_hz,
            substeps,
            solver_iterations,
            contact_frequency_hz,
            contact_damping_ratio: 5.0,
            gravity: [0.0, 0.0, -9.81],
        }
    }
}

/// Written as `physics: (preset: Default, ...)`; every field refines the preset.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhysicsSpec {
    /// The preset that the other fields refine.
    pub preset: PhysicsPreset,
    /// Ticks per second; must divide 1,000,000,000.
    pub rate_hz: Option<u32>,
    /// Full solver substeps per tick.
    pub substeps: Option<u32>,
    /// Inner solver iterations per substep.
    pub solver_iterations: Option<u32>,
    /// Natural frequency of contacts, Hz; higher is stiffer.
    pub contact_frequency_hz: Option<f64>,
    /// Damping ratio of contacts.
    pub contact_damping_ratio: Option<f64>,
    /// Gravity in the world frame, m/s^2.
    pub gravity: Option<[f64; 3]>,
}

impl PhysicsSpec {
    /// The resulting settings.
    pub fn settings(&self) -> PhysicsSettings {
        let preset = self.preset.settings();
        PhysicsSettings {
            rate_hz: self.rate_hz.unwrap_or(preset.rate_hz),
            substeps: self.substeps.unwrap_or(preset.substeps),
            solver_iterations: self.solver_iterations.unwrap_or(preset.solver_iterations),
            contact_frequency_hz: self.contact_frequency_hz.unwrap_or(preset.contact_frequency_hz),
            contact_damping_ratio: self
                .contact_damping_ratio
                .unwrap_or(preset.contact_damping_ratio),
            gravity: self.gravity.unwrap_or(preset.gravity),
        }
    }
}

/// Complete physics settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PhysicsSettings {
    /// Ticks per second.
    pub rate_hz: u32,
    /// Full solver substeps per tick.
    pub substeps: u32,
    /// Inner solver iterations per substep.
    pub solver_iterations: u32,
    /// Natural frequency of contacts, Hz.
    pub contact_frequency_hz: f64,
    /// Damping ratio of contacts.
    pub contact_damping_ratio: f64,
    /// Gravity in the world frame, m/s^2.
    pub gravity: [f64; 3],
}
