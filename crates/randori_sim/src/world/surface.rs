//! Friction, restitution and collision groups of shapes.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::spec::{
    CombineRule, GroundSpec, MaterialSpec, Scenario, ShapeSpec, SoftnessSpec,
};
use rapier3d::prelude::{
    ActiveHooks, CoefficientCombineRule, ColliderBuilder, Group, InteractionGroups,
    InteractionTestMode,
};

use super::WorldError;

/// The group of shapes without a group name.
const DEFAULT_GROUP: &str = "default";

/// Bits of the collision groups of a scene.
#[derive(Debug, Clone)]
pub(super) struct GroupBits(Vec<String>);

impl GroupBits {
    /// Assigns a bit to each name, in alphabetical order.
    ///
    /// # Errors
    ///
    /// If there are more than 32 names.
    pub(super) fn of(scenario: &Scenario) -> Result<Self, WorldError> {
        let robots = scenario.robots.iter().flat_map(|robot| &robot.links);
        let shapes = robots
            .flat_map(|link| &link.shapes)
            .chain(scenario.environment.objects.iter().flat_map(|object| &object.shapes));
        let mut names = BTreeSet::from([DEFAULT_GROUP.to_owned()]);
        for shape in shapes {
            names.extend(shape.group.iter().cloned());
            names.extend(shape.ignores.iter().cloned());
        }
        if names.len() > 32 {
            return Err(WorldError::TooManyGroups { count: names.len() });
        }
        Ok(Self(names.into_iter().collect()))
    }

    /// Collision groups of a shape; `ignores` on either side of a pair suffices to
    /// exclude it.
    pub(super) fn of_shape(&self, shape: &ShapeSpec) -> InteractionGroups {
        let own = self.bit(shape.group.as_deref().unwrap_or(DEFAULT_GROUP));
        let ignored = shape.ignores.iter().fold(0, |bits, name| bits | self.bit(name));
        groups(own, !ignored)
    }

    /// Collision groups of ground and actors.
    pub(super) fn of_default(&self) -> InteractionGroups {
        groups(self.bit(DEFAULT_GROUP), u32::MAX)
    }

    fn bit(&self, name: &str) -> u32 {
        let index = self.0.iter().position(|known| known == name);
        1 << index.expect("every group name of the scene has been collected")
    }
}

fn groups(own: u32, others: u32) -> InteractionGroups {
    InteractionGroups::new(
        Group::from_bits_retain(own),
        Group::from_bits_retain(others),
        InteractionTestMode::And,
    )
}

/// Contact properties of a shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surface {
    /// Coulomb friction coefficient.
    pub(super) friction: f32,
    /// Restitution coefficient.
    pub(super) restitution: f32,
    /// Combination rule for the coefficients of two surfaces.
    pub(super) combine: CoefficientCombineRule,
    /// The surface with the higher priority wins.
    pub(super) priority: i32,
    /// Largest moment about the contact normal per normal force, m.
    pub(super) torsional: f32,
    /// Largest moment about the tangent plane per normal force, m.
    pub(super) rolling: f32,
    /// Softness; `None` for the law of the engine's contacts.
    pub(super) softness: Option<SoftnessSpec>,
}

impl Surface {
    /// The shape's material with its own refinements.
    ///
    /// # Errors
    ///
    /// If the material is neither in the file nor built in.
    pub(super) fn of(
        shape: &ShapeSpec,
        materials: &BTreeMap<String, MaterialSpec>,
        body: &str,
    ) -> Result<Self, WorldError> {
        let material = match &shape.material {
            None => MaterialSpec::default(),
            Some(name) => {
                let own = materials.get(name).cloned();
                own.or_else(|| MaterialSpec::built_in(name)).ok_or_else(|| {
                    WorldError::UnknownMaterial { body: body.to_owned(), material: name.clone() }
                })?
            }
        };
        Ok(Self {
            friction: shape.friction.unwrap_or(material.friction) as f32,
            restitution: shape.restitution.unwrap_or(material.restitution) as f32,
            combine: engine_rule(material.combine),
            priority: shape.priority,
            torsional: shape.torsional_friction as f32,
            rolling: shape.rolling_friction as f32,
            softness: shape.softness,
        })
    }

    pub(super) fn of_ground(ground: &GroundSpec) -> Self {
        Self {
            friction: ground.friction as f32,
            restitution: ground.restitution as f32,
            combine: engine_rule(ground.combine),
            priority: ground.priority,
            torsional: ground.torsional_friction as f32,
            rolling: ground.rolling_friction as f32,
            softness: ground.softness,
        }
    }

    /// The surface of actors.
    pub(super) fn plain() -> Self {
        Self {
            friction: MaterialSpec::default().friction as f32,
            restitution: 0.0,
            combine: CoefficientCombineRule::Average,
            priority: 0,
            torsional: 0.0,
            rolling: 0.0,
            softness: None,
        }
    }

    /// A collider with this surface. The engine calls hooks only for surfaces with more
    /// than friction and restitution, because hooks cost time.
    pub(super) fn cover(&self, collider: ColliderBuilder) -> ColliderBuilder {
        let hooks = if self.priority != 0 {
            ActiveHooks::MODIFY_SOLVER_CONTACTS
        } else {
            ActiveHooks::empty()
        };
        collider
            .friction(self.friction)
            .friction_combine_rule(self.combine)
            .restitution(self.restitution)
            .restitution_combine_rule(self.combine)
            .active_hooks(hooks)
    }

    /// True if it has softness, or torsional or rolling friction, which the engine's
    /// contacts lack.
    pub(super) fn is_special(&self) -> bool {
        self.softness.is_some() || self.torsional > 0.0 || self.rolling > 0.0
    }

    /// The combined surface of a contact.
    pub(super) fn joined(&self, other: &Self) -> Self {
        match self.priority.cmp(&other.priority) {
            std::cmp::Ordering::Greater => *self,
            std::cmp::Ordering::Less => *other,
            std::cmp::Ordering::Equal => Self {
                friction: combined(self, other, |surface| surface.friction),
                restitution: combined(self, other, |surface| surface.restitution),
                torsional: self.torsional.max(other.torsional),
                rolling: self.rolling.max(other.rolling),
                softness: softer(self.softness, other.softness),
                ..*self
            },
        }
    }
}

fn combined(one: &Surface, other: &Surface, value: impl Fn(&Surface) -> f32) -> f32 {
    CoefficientCombineRule::combine(value(one), value(other), one.combine, other.combine)
}

/// The softness with more penetration under the own weight of a body.
fn softer(one: Option<SoftnessSpec>, other: Option<SoftnessSpec>) -> Option<SoftnessSpec> {
    let (Some(first), Some(second)) = (one, other) else { return one.or(other) };
    let yielding = |spec: &SoftnessSpec| {
        let stiffness = 1.0 / (spec.time_constant * spec.damping_ratio);
        (1.0 - spec.impedance) / (spec.impedance.max(1e-4) * stiffness * stiffness)
    };
    if yielding(&second) > yielding(&first) { other } else { one }
}

/// The engine has the same order of rules: the later one wins.
pub(super) fn engine_rule(rule: CombineRule) -> CoefficientCombineRule {
    match rule {
        CombineRule::Average => CoefficientCombineRule::Average,
        CombineRule::Min => CoefficientCombineRule::Min,
        CombineRule::Multiply => CoefficientCombineRule::Multiply,
        CombineRule::Max => CoefficientCombineRule::Max,
    }
}
