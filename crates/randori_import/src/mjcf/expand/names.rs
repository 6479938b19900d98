//! Which attributes are names of what.

use crate::xml::Node;

/// What a name is the name of: kinds have names of their own.
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
    /// What an element of the bodies is.
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

    /// What the elements of a section are, if others refer to them.
    pub(super) fn of_section(section: &str) -> Option<Self> {
        Some(match section {
            "tendon" => Self::Tendon,
            "actuator" => Self::Actuator,
            "sensor" => Self::Sensor,
            _ => return None,
        })
    }

    /// What an attribute of an element refers to.
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

/// Whether an attribute names something that a model has once: an asset or a
/// default class.
pub(super) fn is_of_model(attribute: &str) -> bool {
    matches!(
        attribute,
        "class" | "childclass" | "mesh" | "hfield" | "material" | "texture" | "dclass"
    )
}
