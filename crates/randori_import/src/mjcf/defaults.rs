//! Default classes: default values of attributes.

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;

use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::{Attribute, Node};

/// Elements of `<actuator>`; their defaults are one set of values.
pub(crate) const ACTUATORS: [&str; 13] = [
    "general",
    "motor",
    "position",
    "velocity",
    "intvelocity",
    "orientation",
    "pid",
    "damper",
    "cylinder",
    "muscle",
    "adhesion",
    "dcmotor",
    "plugin",
];

/// All default classes of a model.
#[derive(Debug, Default)]
pub(crate) struct Defaults<'t> {
    classes: BTreeMap<String, Class<'t>>,
}

#[derive(Debug, Default)]
struct Class<'t> {
    parent: Option<String>,
    /// Its `<default>` sections.
    sections: Vec<Node<'t>>,
}

const MAIN: &str = "main";

/// Replacement of the infinite end of a half-open range, in the file's unit.
const FAR_END: f64 = 1e6;

impl<'t> Defaults<'t> {
    pub(crate) fn read(log: &mut Log, root: Node<'t>) -> Self {
        let mut defaults = Self::default();
        for section in root.children_called("default") {
            defaults.add(log, section, None);
        }
        defaults.classes.entry(MAIN.to_owned()).or_default();
        defaults
    }

    fn add(&mut self, log: &mut Log, section: Node<'t>, parent: Option<&str>) {
        let name = match (section.text("class"), parent) {
            (Some(name), _) if !name.is_empty() => name,
            (_, None) => MAIN,
            (_, Some(_)) => {
                let code = DiagnosticCode::IMPORT_VALUE;
                let message = "a nested default class has no name";
                log.error(code, section.span(), message, "write `class=\"...\"`");
                return;
            }
        };
        let class = self.classes.entry(name.to_owned()).or_default();
        // Parents come first, so a class cannot become its own ancestor.
        if class.sections.is_empty() {
            class.parent = parent.map(str::to_owned);
        }
        class.sections.push(section);
        for nested in section.children_called("default") {
            if nested.text("class") == Some(name) {
                let message = format!("the default class `{name}` contains itself");
                let code = DiagnosticCode::IMPORT_REFERENCE;
                log.error(code, nested.span(), message, "give it another name");
                continue;
            }
            self.add(log, nested, Some(name));
        }
    }

    /// An error if an attribute names no class.
    pub(crate) fn check(&self, log: &mut Log, attribute: Option<&Attribute>) {
        if let Some(attribute) = attribute
            && !self.classes.contains_key(&attribute.value)
        {
            log.unknown(attribute, "default class", self.classes.keys().map(String::as_str));
        }
    }

    /// The element with its defaults; `childclass` is that of the enclosing bodies.
    pub(crate) fn look(&self, log: &mut Log, node: Node<'t>, childclass: Option<&str>) -> Look<'t> {
        self.check(log, node.attribute("class"));
        let mut levels = vec![node];
        for class in self.ancestry(node.text("class").or(childclass)) {
            for section in class.sections.iter().rev() {
                let elements: Vec<Node<'t>> = section.children().collect();
                let section = node.parent().map_or("", Node::tag);
                let same = |tag: &str| {
                    tag == node.tag()
                        || (ACTUATORS.contains(&tag) && ACTUATORS.contains(&node.tag()))
                        || (tag == section && matches!(section, "tendon" | "equality"))
                };
                let mut found: Vec<Node<'t>> =
                    elements.into_iter().filter(|element| same(element.tag())).collect();
                // Defaults for the same tag come first.
                found.sort_by_key(|element| element.tag() != node.tag());
                levels.extend(found);
            }
        }
        Look { levels }
    }

    /// A class and its ancestors, the nearest one first.
    fn ancestry(&self, class: Option<&str>) -> Vec<&Class<'t>> {
        let (mut found, mut passed) = (Vec::new(), Vec::new());
        let mut class = Some(class.unwrap_or(MAIN));
        while let Some(name) = class.filter(|name| !passed.contains(name)) {
            passed.push(name);
            let Some(level) = self.classes.get(name) else { break };
            found.push(level);
            class = level.parent.as_deref();
        }
        found
    }

    /// An actuator after its defaults, in the order in which they apply: from
    /// the outermost class to the element itself.
    pub(crate) fn chain(&self, actuator: Node<'t>) -> Vec<Node<'t>> {
        let mut levels = Vec::new();
        for class in self.ancestry(actuator.text("class")).into_iter().rev() {
            let elements = class.sections.iter().flat_map(|section| section.children());
            levels.extend(elements.filter(|element| ACTUATORS.contains(&element.tag())));
        }
        levels.push(actuator);
        levels
    }
}

/// An element together with the defaults that apply to it.
#[derive(Debug, Clone)]
pub(crate) struct Look<'t> {
    /// The element, then the nearest defaults.
    levels: Vec<Node<'t>>,
}

/// Attributes for the orientation of a frame, of which an element can have one.
const TURNS: [&str; 5] = ["quat", "axisangle", "euler", "xyaxes", "zaxis"];

impl<'t> Look<'t> {
    pub(crate) fn bare(node: Node<'t>) -> Self {
        Self { levels: vec![node] }
    }

    pub(crate) fn node(&self) -> Node<'t> {
        self.levels[0]
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'t Attribute> {
        self.levels.iter().find_map(|level| level.attribute(name))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'t str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }

    /// The nearest attribute for the orientation.
    pub(crate) fn turn(&self) -> Option<&'t Attribute> {
        self.levels.iter().find_map(|level| {
            level.attributes().iter().find(|attribute| TURNS.contains(&attribute.name.as_str()))
        })
    }

    pub(crate) fn number(&self, log: &mut Log, name: &str) -> Option<f64> {
        self.attribute(name).and_then(|attribute| values::number(log, attribute))
    }

    pub(crate) fn not_negative(&self, log: &mut Log, name: &str) -> Option<f64> {
        self.attribute(name).and_then(|attribute| values::not_negative(log, attribute))
    }

    /// The first number of an attribute for damping or stiffness; the other ones are
    /// coefficients of higher powers. A negative number, which `MuJoCo` accepts, becomes
    /// 0.
    pub(crate) fn resistance(&self, log: &mut Log, name: &str) -> f64 {
        let [first, ..] = self.at_most(log, name, [0.0; 3]);
        if first < 0.0 {
            let node = self.node();
            let (kind, owner) = (node.tag(), node.name().unwrap_or("without name"));
            let what = format!(
                "{kind} `{owner}`: a negative {name} of {first}, which adds energy: set to 0"
            );
            log.note_value(ImportStatus::Clamped, node, name, what).doubt();
        }
        first.max(0.0)
    }

    pub(crate) fn exactly<const N: usize>(&self, log: &mut Log, name: &str) -> Option<[f64; N]> {
        self.attribute(name).and_then(|attribute| values::exactly(log, attribute))
    }

    pub(crate) fn at_most<const N: usize>(
        &self,
        log: &mut Log,
        name: &str,
        defaults: [f64; N],
    ) -> [f64; N] {
        let found = self.attribute(name);
        found.and_then(|found| values::at_most(log, found, defaults)).unwrap_or(defaults)
    }

    pub(crate) fn whole(&self, log: &mut Log, name: &str, default: i32) -> i32 {
        let found = self.attribute(name);
        found.and_then(|found| values::whole(log, found)).unwrap_or(default)
    }

    /// `true`, `false` or, for `auto` or an absent attribute, `None`.
    pub(crate) fn flag(&self, log: &mut Log, name: &str) -> Option<bool> {
        let found = self.attribute(name)?;
        match values::word(log, found, &["true", "false", "auto"])? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A range that is enabled, explicitly or by automatic limits. One end can be
    /// infinite. As in `MuJoCo`, a range that does not increase is an error if enabled
    /// explicitly, and disabled if limits are automatic.
    pub(crate) fn range(
        &self,
        log: &mut Log,
        name: &str,
        limited: &str,
        auto_limits: bool,
    ) -> Option<[f64; 2]> {
        let is_limited = self.flag(log, limited);
        let attribute = self.attribute(name)?;
        let [lower, upper] = values::ends(log, attribute)?;
        if !is_limited.unwrap_or(auto_limits) {
            return None;
        }
        // Two zeros mean no range.
        if lower >= upper && (is_limited == Some(true) || auto_limits) {
            if is_limited == Some(true) {
                let message = format!("`{name}` from {lower} to {upper} is not a range");
                log.refuse(attribute, message, "write the smaller number first");
            } else if (lower, upper) != (0.0, 0.0) {
                let what = format!("`{name}` from {lower} to {upper}: no limits, as in MuJoCo");
                let advice = "write the smaller number first if limits are meant";
                let node = self.node();
                log.note_value(ImportStatus::Dropped, node, name, what).advise(advice).doubt();
            }
            return None;
        }
        self.finite(log, name, [lower, upper])
    }

    /// A range with one infinite end gets a distant one; one with two is none.
    fn finite(&self, log: &mut Log, name: &str, ends: [f64; 2]) -> Option<[f64; 2]> {
        let [lower, upper] = ends;
        if lower.is_finite() && upper.is_finite() {
            return Some(ends);
        }
        if lower.is_infinite() && upper.is_infinite() {
            return None;
        }
        let what = format!("the infinite end of `{name}`: set to {FAR_END}");
        log.note_value(ImportStatus::Approximated, self.node(), name, what);
        Some([lower.max(-FAR_END), upper.min(FAR_END)])
    }
}
