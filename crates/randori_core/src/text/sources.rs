//! The texts of a scenario, and positions of values in them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::Document;
use super::fields::fields_of;
use super::outline::{Node, Segment, byte_in_literal, parse_path};
use crate::diagnostic::{SourceMap, Span, nearest, one_of};
use crate::spec::{RobotEntry, RobotSpec};

/// One of the texts of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The scenario file.
    Scenario,
    /// The environment file.
    Environment,
    /// The robot file of this entry of the scenario's `robots`, with its import if any.
    Robot(usize),
    /// The policy contract of this entry of the scenario's `robots`.
    Contract(usize),
}

/// The texts of a scenario as they were parsed, after overrides.
///
/// Cloning is cheap: texts are shared.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The texts as the user wrote them; all spans refer to them.
    pub map: SourceMap,
    pub(crate) documents: BTreeMap<Part, Document>,
    pub(crate) paths: BTreeMap<Part, String>,
}

impl Sources {
    /// Position of the value with this path: `goals.2.require`,
    /// `robots.courier.links.base.mass_kg`, `environment.ground.friction`. For a value inside
    /// of an override, it is a position in the override.
    pub fn span_of(&self, path: &str) -> Option<Span> {
        let (part, node) = self.node(path)?;
        let document = self.documents.get(&part)?;
        Some(document.locate(node.span.clone()))
    }

    /// Position of the value with this path within one of the texts: `action.gains` of a
    /// contract.
    pub fn span_in(&self, part: Part, path: &str) -> Option<Span> {
        let document = self.documents.get(&part)?;
        let node = document.outline.walk(&document.text, &parse_path(path)).ok()?;
        Some(document.locate(node.span.clone()))
    }

    /// The text and value of a path; equal for two spellings of one path.
    pub(crate) fn place_of(&self, path: &str) -> Option<(Part, Range<usize>)> {
        self.node(path).map(|(part, node)| (part, node.span.clone()))
    }

    /// Position of some bytes of a quoted text, to underline a part of a formula. `bytes`
    /// counts in the text's value.
    pub fn span_in_text(&self, path: &str, bytes: Range<usize>) -> Option<Span> {
        let (part, node) = self.node(path)?;
        let document = self.documents.get(&part)?;
        let literal = document.slice(node);
        let at = |byte| node.span.start + byte_in_literal(literal, byte);
        Some(document.locate(at(bytes.start)..at(bytes.end)))
    }

    /// The texts that were parsed, after overrides, with the path of the file from the project
    /// root, as stored in recordings.
    pub fn resolved_texts(&self) -> impl Iterator<Item = (Part, &str, &str)> {
        self.documents.iter().map(|(part, document)| {
            (*part, self.paths.get(part).map_or("", String::as_str), &*document.text)
        })
    }

    pub(crate) fn documents(&self) -> impl Iterator<Item = (&Part, &Document)> {
        self.documents.iter()
    }

    /// True if two robots share one text.
    pub(crate) fn share_text(&self, one: usize, other: usize) -> bool {
        let document = |robot| self.documents.get(&Part::Robot(robot));
        matches!((document(one), document(other)), (Some(one), Some(other)) if one.is_same(other))
    }

    /// Position of a value, or else of the innermost enclosing value that has one; for a long
    /// value the part that names it.
    pub(crate) fn nearest_span(&self, part: Part, segments: &[Segment]) -> Option<Span> {
        let document = self.documents.get(&part)?;
        let node = match document.outline.walk(&document.text, segments) {
            Ok(node) => node,
            Err(missing) => missing?.parent,
        };
        Some(document.locate(node.anchor(&document.text)))
    }

    fn node(&self, path: &str) -> Option<(Part, &Node)> {
        let segments = parse_path(path);
        let route = self.route(&segments).ok()?;
        let document = self.documents.get(&route.part)?;
        let node = document.outline.walk(&document.text, &segments[route.skip..]).ok()?;
        Some((route.part, node))
    }

    /// Finds the file of a path.
    pub(crate) fn route(&self, segments: &[Segment]) -> Result<Route, RouteError> {
        let scenario = Route { part: Part::Scenario, skip: 0 };
        if !self.documents.contains_key(&Part::Scenario) {
            let part = self.documents.keys().next().copied().unwrap_or(Part::Scenario);
            return Ok(Route { part, skip: 0 });
        }
        match segments.first().map(|segment| segment.name.as_str()) {
            Some("environment") if segments.len() == 1 => {
                Err(RouteError::File { segment: 0, what: "the environment file" })
            }
            Some("environment") => Ok(Route { part: Part::Environment, skip: 1 }),
            Some("robots") if segments.len() > 2 => self.route_robot(segments),
            _ => Ok(scenario),
        }
    }

    fn route_robot(&self, segments: &[Segment]) -> Result<Route, RouteError> {
        let (robot, field) = (&segments[1].name, segments[2].name.as_str());
        let Some(index) = self.robot_index(robot) else {
            // The scenario's own list is the best explanation of the available robots.
            return Ok(Route { part: Part::Scenario, skip: 0 });
        };
        if field == "model" {
            return Err(RouteError::File { segment: 2, what: "a robot file" });
        }
        let contract = Part::Contract(index);
        if field == "contract" && self.documents.contains_key(&contract) {
            return if segments.len() > 3 {
                Ok(Route { part: contract, skip: 3 })
            } else {
                Err(RouteError::File { segment: 2, what: "a policy contract" })
            };
        }
        let entry_fields = fields_of::<RobotEntry>();
        if entry_fields.contains(&field) {
            return Ok(Route { part: Part::Scenario, skip: 0 });
        }
        if fields_of::<RobotSpec>().contains(&field) {
            return Ok(Route { part: Part::Robot(index), skip: 2 });
        }
        let all = || entry_fields.iter().chain(fields_of::<RobotSpec>()).copied();
        let similar = nearest(field, all()).map(|name| format!("did you mean `{name}`?"));
        let help = similar.unwrap_or_else(|| format!("it has {}", one_of(all())));
        Err(RouteError::NoSuchField { segment: 2, help })
    }

    fn robot_index(&self, robot: &str) -> Option<usize> {
        let document = self.documents.get(&Part::Scenario)?;
        let text = &document.text;
        let robots = document.outline.walk(text, &parse_path("robots")).ok()?;
        let wanted = robots.child(text, robot)?;
        robots.children().iter().position(|entry| std::ptr::eq(*entry, wanted))
    }
}

/// A file, and the number of segments of its path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Route {
    pub(crate) part: Part,
    pub(crate) skip: usize,
}

/// The reason why a path has no file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RouteError {
    /// It ends at the name of a file.
    File { segment: usize, what: &'static str },
    /// A robot has no such field, neither in the scenario nor in its file.
    NoSuchField { segment: usize, help: String },
}
