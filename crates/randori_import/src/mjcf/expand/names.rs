//! Attributes that are names or references, by kind.

use crate::xml::Node;

/// Namespace of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Body,
    Joint,
    Geom,
    Site,
    Camera,
    Light,
    Frame,
    Tendon,
    Actuator,
    Sensor,
}

impl Kind {
    /// The kind of an element of the bodies.
    pub(super) fn of_element(tag: &str) -> Option<Self> {
        Some(match tag {
            "body" => Self::Body,
            "joint" | "freejoint" => Self::Joint,
            "geom" => Self::Geom,
            "site" => Self::Site,
            "camera" => Self::Camera,
            "light" => Self::Light,
            "frame" => Self::Frame,
            _ => return None,
        })
    }

    /// The kind of the elements of a section, if other elements refer to them.
    pub(super) fn of_section(section: &str) -> Option<Self> {
        Some(match section {
            "tendon" => Self::Tendon,
            "actuator" => Self::Actuator,
            "sensor" => Self::Sensor,
            _ => return None,
        })
    }

    /// The kind that an attribute of an element refers to.
    pub(super) fn of_reference(node: Node<'_>, attribute: &str) -> Option<Self> {
        let by_word = |word: &str| match node.text(word)? {
            "body" | "xbody" => Some(Self::Body),
            other => Self::of_element(other),
        };
        match attribute {
            "body" | "body1" | "body2" | "subtree1" | "subtree2" | "target" => Some(Self::Body),
            "joint" | "joint1" | "joint2" | "jointinparent" => Some(Self::Joint),
            "geom" | "geom1" | "geom2" => Some(Self::Geom),
            "site" | "site1" | "site2" | "refsite" | "cranksite" | "slidersite" | "sidesite" => {
                Some(Self::Site)
            }
            "camera" => Some(Self::Camera),
            "tendon" | "tendon1" | "tendon2" => Some(Self::Tendon),
            "actuator" => Some(Self::Actuator),
            "objname" => by_word("objtype").or(Some(Self::Site)),
            "refname" => by_word("reftype").or(Some(Self::Body)),
            _ => None,
        }
    }
}

/// True if an attribute refers to an asset or a default class, which exist once per
/// model.
pub(super) fn is_of_model(attribute: &str) -> bool {
    matches!(
        attribute,
        "class" | "childclass" | "mesh" | "hfield" | "material" | "texture" | "dclass"
    )
}
