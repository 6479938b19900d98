//! Default classes: what an element is when it does not say.

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;

use crate::log::Log;
use crate::values;
use crate::xml::{Attribute, Node};

/// Elements of `<actuator>`; their defaults are one set of values.
pub(crate) const ACTUATORS: [&str; 11] = [
    "general",
    "motor",
    "position",
    "velocity",
    "intvelocity",
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
        // A class cannot become its own ancestor: parents come first.
        if class.sections.is_empty() {
            class.parent = parent.map(str::to_owned);
        }
        class.sections.push(section);
        for nested in section.children_called("default") {
            if nested.text("class") == Some(name) {
                let message = format!("the default class `{name}` is inside itself");
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

    /// The element with its defaults; `childclass` is that of the bodies around.
    pub(crate) fn look(&self, log: &mut Log, node: Node<'t>, childclass: Option<&str>) -> Look<'t> {
        self.check(log, node.attribute("class"));
        let mut levels = vec![node];
        let mut class = Some(node.text("class").or(childclass).unwrap_or(MAIN));
        let mut passed: Vec<&str> = Vec::new();
        while let Some(name) = class {
            if passed.contains(&name) {
                break;
            }
            passed.push(name);
            let Some(found) = self.classes.get(name) else { break };
            for section in found.sections.iter().rev() {
                let elements: Vec<Node<'t>> = section.children().collect();
                let same = |tag: &str| {
                    tag == node.tag()
                        || (ACTUATORS.contains(&tag) && ACTUATORS.contains(&node.tag()))
                };
                let mut found: Vec<Node<'t>> =
                    elements.into_iter().filter(|element| same(element.tag())).collect();
                // What is said for this very tag comes first.
                found.sort_by_key(|element| element.tag() != node.tag());
                levels.extend(found);
            }
            class = found.parent.as_deref();
        }
        Look { levels }
    }
}

/// An element together with the defaults that apply to it.
#[derive(Debug, Clone)]
pub(crate) struct Look<'t> {
    /// The element, then the nearest defaults.
    levels: Vec<Node<'t>>,
}

/// Attributes that turn a frame; one level can hold one of them.
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

    /// The nearest attribute that turns the frame.
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

    /// `true`, `false` or, if it is `auto` or absent, nothing.
    pub(crate) fn flag(&self, log: &mut Log, name: &str) -> Option<bool> {
        let found = self.attribute(name)?;
        match values::word(log, found, &["true", "false", "auto"])? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A range that applies: it is wanted, or given where limits are automatic.
    /// An error if its ends are reversed.
    pub(crate) fn range(
        &self,
        log: &mut Log,
        name: &str,
        limited: &str,
        auto_limits: bool,
    ) -> Option<[f64; 2]> {
        let is_limited = self.flag(log, limited);
        let attribute = self.attribute(name)?;
        let [lower, upper] = values::exactly::<2>(log, attribute)?;
        let is_wanted = is_limited.unwrap_or(auto_limits);
        // Two zeros stand for no range.
        if !is_wanted || (lower == 0.0 && upper == 0.0) {
            return None;
        }
        if lower >= upper {
            let message = format!("`{name}` goes from {lower} down to {upper}");
            log.refuse(attribute, message, "write the smaller number first");
            return None;
        }
        Some([lower, upper])
    }
}
