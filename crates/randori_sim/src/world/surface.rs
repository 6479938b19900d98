//! Friction, restitution and collision groups of shapes.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::spec::{CombineRule, MaterialSpec, Scenario, ShapeSpec};
use rapier3d::prelude::{CoefficientCombineRule, Group, InteractionGroups, InteractionTestMode};

use super::WorldError;

/// The group of every shape that names none.
const DEFAULT_GROUP: &str = "default";

/// Bits of the collision groups that a scene names.
#[derive(Debug, Clone)]
pub(super) struct GroupBits(Vec<String>);

impl GroupBits {
    /// Gives every name its bit, in alphabetical order.
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

    /// What a shape collides with; `ignores` on either side of a pair suffices
    /// to let them pass.
    pub(super) fn of_shape(&self, shape: &ShapeSpec) -> InteractionGroups {
        let own = self.bit(shape.group.as_deref().unwrap_or(DEFAULT_GROUP));
        let ignored = shape.ignores.iter().fold(0, |bits, name| bits | self.bit(name));
        groups(own, !ignored)
    }

    /// What ground and actors collide with.
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

/// How a shape behaves in contact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    /// Coulomb friction coefficient.
    pub(super) friction: f32,
    /// Restitution coefficient.
    pub(super) restitution: f32,
    /// How coefficients of two surfaces are combined.
    pub(super) combine: CoefficientCombineRule,
}

impl Surface {
    /// The shape's material with its own refinements.
    ///
    /// # Errors
    ///
    /// If the material exists neither in the file nor among the built-in ones.
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
        })
    }
}

/// The engine orders its rules as we do: the later one wins.
pub(super) fn engine_rule(rule: CombineRule) -> CoefficientCombineRule {
    match rule {
        CombineRule::Average => CoefficientCombineRule::Average,
        CombineRule::Min => CoefficientCombineRule::Min,
        CombineRule::Multiply => CoefficientCombineRule::Multiply,
        CombineRule::Max => CoefficientCombineRule::Max,
    }
}
