//! Renamed fields, and texts with their old names.
//!
//! User files get an error with the new name, and `randori migrate` rewrites them. Texts that
//! users do not edit, such as those in recordings, are read with their fields renamed.

use std::borrow::Cow;
use std::ops::Range;

use super::limits::Limits;
use super::loader::FileKind;
use super::outline::{Node, NodeKind, Outline, Segment, byte_in_literal, parse_path};

/// A renamed field of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenamedField {
    /// The kind of file with this field.
    pub file: FileKind,
    /// Its path from the root of such a file, under its old name; `*` matches any name, key or
    /// index.
    pub path: &'static str,
    /// Its present name.
    pub new: &'static str,
}

/// All fields that have been renamed.
pub const RENAMED_FIELDS: [RenamedField; 9] = [
    scenario("marks", "waypoints"),
    scenario("physics.sweeps", "solver_iterations"),
    scenario("robots.*.policy.phase", "offset_s"),
    scenario("robots.*.policy.use.patience", "timeout_s"),
    scenario("robots.*.policy.inference.latency.std", "stddev"),
    robot("links.*.looks", "visuals"),
    robot("sensors.*.phase", "offset_s"),
    robot("sensors.*.errors.noise.std", "stddev"),
    robot("sensors.*.errors.channels.*.noise.std", "stddev"),
];

const fn scenario(path: &'static str, new: &'static str) -> RenamedField {
    RenamedField { file: FileKind::Scenario, path, new }
}

const fn robot(path: &'static str, new: &'static str) -> RenamedField {
    RenamedField { file: FileKind::Robot, path, new }
}

impl RenamedField {
    /// Its old name.
    pub fn old(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// Its path under one of its names: within its file, or in the form of overrides.
    fn pattern(&self, names: Names, of_override: bool) -> Vec<&'static str> {
        let prefix: &[&str] = match self.file {
            FileKind::Robot if of_override => &["robots", "*"],
            _ => &[],
        };
        let mut pattern = prefix.to_vec();
        pattern.extend(self.path.split('.'));
        if let (Names::Current, Some(last)) = (names, pattern.last_mut()) {
            *last = self.new;
        }
        pattern
    }

    /// The replacement of its name in this set.
    fn instead_of(&self, names: Names) -> &'static str {
        match names {
            Names::Original => self.new,
            Names::Current => self.old(),
        }
    }

    /// Advice for the old name in a file.
    pub(crate) fn help(&self) -> String {
        let (old, new) = (self.old(), self.new);
        format!("`{old}` is called `{new}` now; `randori migrate FILE` rewrites the file")
    }
}

/// The name, old or new, by which a field is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    Original,
    Current,
}

/// An old name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldName {
    /// Its bytes.
    pub range: Range<usize>,
    /// The field that it names.
    pub field: &'static RenamedField,
}

/// The old names in a file's text, in their order: names of fields, and of
/// fields in the paths that are the keys of `vary`. A text that is not
/// well-formed, or of no known kind, has none.
pub fn old_names(text: &str) -> Vec<OldName> {
    names_in(text, Names::Original)
}

/// The text with the present names of all fields; all other bytes stay.
pub fn with_current_names(text: &str) -> Cow<'_, str> {
    renamed(text, Names::Original)
}

/// The text with the original names of all fields, for comparison with files from before a
/// renaming.
pub fn with_original_names(text: &str) -> Cow<'_, str> {
    renamed(text, Names::Current)
}

/// The path of an override or variation with the present names of all fields.
pub fn current_path(path: &str) -> Cow<'_, str> {
    replaced(path, &names_in_path(path, Names::Original), Names::Original)
}

/// The path of an override or variation with the original names of all fields.
pub(crate) fn original_path(path: &str) -> Cow<'_, str> {
    replaced(path, &names_in_path(path, Names::Current), Names::Current)
}

/// The first segment of an override's path that is or contains an old name.
pub(crate) fn old_segment(path: &str) -> Option<(usize, &'static RenamedField)> {
    let first = names_in_path(path, Names::Original).into_iter().next()?;
    let segments = parse_path(path);
    let segment = segments.iter().position(|segment| first.range.end <= segment.end)?;
    Some((segment, first.field))
}

/// The renamed field whose old name is at this position of a file.
pub(crate) fn field_at(text: &str, range: &Range<usize>) -> Option<&'static RenamedField> {
    old_names(text).into_iter().find(|old| old.range == *range).map(|old| old.field)
}

fn renamed(text: &str, names: Names) -> Cow<'_, str> {
    replaced(text, &names_in(text, names), names)
}

fn replaced<'t>(text: &'t str, found: &[OldName], names: Names) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len() + 16 * found.len());
    let mut from = 0;
    for OldName { range, field } in found {
        whole.push_str(&text[from..range.start]);
        whole.push_str(field.instead_of(names));
        from = range.end;
    }
    whole.push_str(&text[from..]);
    Cow::Owned(whole)
}

fn names_in(text: &str, names: Names) -> Vec<OldName> {
    // Editors for Windows begin a file with a byte order mark.
    let content = text.strip_prefix('\u{feff}').unwrap_or(text);
    let outline = Outline::scan(content, Limits::default().nesting);
    let Some(root) = outline.root.as_ref().filter(|_| outline.problem.is_none()) else {
        return Vec::new();
    };
    let kind = outline.kind(content).map(|(_, name)| name);
    let of_kind = RENAMED_FIELDS.iter().filter(|field| Some(field.file.name()) == kind);
    let patterns: Vec<_> = of_kind.map(|field| (field.pattern(names, false), field)).collect();
    let open: Vec<Open<'_>> = patterns.iter().map(|(path, field)| (&path[..], *field)).collect();
    let mut found = Vec::new();
    fields(content, root, &open, &mut found);
    if kind == Some(FileKind::Scenario.name()) {
        keys_of_vary(content, root, names, &mut found);
    }
    found.sort_by_key(|name| name.range.start);
    let before = text.len() - content.len();
    for OldName { range, .. } in &mut found {
        *range = range.start + before..range.end + before;
    }
    found
}

/// The remainder of a path, and the field at its end.
type Open<'p> = (&'p [&'static str], &'static RenamedField);

fn fields(text: &str, node: &Node, open: &[Open<'_>], found: &mut Vec<OldName>) {
    let node = node.unwrap_some(text);
    if let NodeKind::Struct { fields: children, .. } = &node.kind {
        for child in children {
            let name = &text[child.name.clone()];
            let below = below(open, Some(name));
            if let Some((_, field)) = below.iter().find(|(path, _)| path.is_empty()) {
                found.push(OldName { range: child.name.clone(), field });
            }
            fields_below(text, &child.value, &below, found);
        }
        return;
    }
    let below = below(open, None);
    if !below.is_empty() {
        node.children().into_iter().for_each(|child| fields_below(text, child, &below, found));
    }
}

fn fields_below(text: &str, node: &Node, open: &[Open<'_>], found: &mut Vec<OldName>) {
    if open.iter().any(|(path, _)| !path.is_empty()) {
        fields(text, node, open, found);
    }
}

/// The remaining paths after a field of this name, or after an element or entry.
fn below<'p>(open: &[Open<'p>], name: Option<&str>) -> Vec<Open<'p>> {
    let step = |(path, field): &Open<'p>| {
        let (first, rest) = path.split_first()?;
        (name == Some(*first) || name.is_none() && *first == "*").then_some((rest, *field))
    };
    open.iter().filter_map(step).collect()
}

fn keys_of_vary(text: &str, root: &Node, names: Names, found: &mut Vec<OldName>) {
    let vary = root.field(text, "vary").map(|field| field.value.unwrap_some(text));
    let Some(NodeKind::Map { entries, .. }) = vary.map(|node| &node.kind) else { return };
    for (key, _) in entries {
        let Some(path) = key.string(text) else { continue };
        let (literal, start) = (&text[key.span.clone()], key.span.start);
        let place = |byte| start + byte_in_literal(literal, byte);
        found.extend(names_in_path(&path, names).into_iter().map(|OldName { range, field }| {
            OldName { range: place(range.start)..place(range.end), field }
        }));
    }
}

fn names_in_path(path: &str, names: Names) -> Vec<OldName> {
    let segments = parse_path(path);
    if let [vary, key, ..] = &segments[..]
        && vary.name == "vary"
    {
        // The key is a path itself, most often in quotes.
        let start = key.start + usize::from(path[key.start..].starts_with('"'));
        let moved = |OldName { range, field }: OldName| OldName {
            range: range.start + start..range.end + start,
            field,
        };
        return names_in_path(&key.name, names).into_iter().map(moved).collect();
    }
    let fits = |field: &&'static RenamedField| leads_to(&segments, &field.pattern(names, true));
    let found = RENAMED_FIELDS.iter().filter(fits).map(|field| {
        let at = &segments[field.pattern(names, true).len() - 1];
        OldName { range: at.start..at.end, field }
    });
    found.collect()
}

/// True if a path ends at such a field, or inside it.
fn leads_to(path: &[Segment], pattern: &[&str]) -> bool {
    path.len() >= pattern.len()
        && path.iter().zip(pattern).all(|(step, name)| *name == "*" || step.name == *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"/* marks: */ Scenario(format: 1, title: "sweeps: 3", marks: {"marks": (0, 0, 0)}, // looks
        physics: Some((sweeps: 3)),
        robots: [(name: "phase", policy: (use: Process(command: ["patience"], patience: 1),
            phase: 0.1, inference: (latency: Normal(mean: 1, std: 2, min: 0, max: 3))))],
        vary: {"marks.marks.0": Uniform(0, 1), "robots.phase.sensors.\"f.x\".phase": OneOf([0])},
    )"#;
    const NEW: &str = r#"/* marks: */ Scenario(format: 1, title: "sweeps: 3", waypoints: {"marks": (0, 0, 0)}, // looks
        physics: Some((solver_iterations: 3)),
        robots: [(name: "phase", policy: (use: Process(command: ["patience"], timeout_s: 1),
            offset_s: 0.1, inference: (latency: Normal(mean: 1, stddev: 2, min: 0, max: 3))))],
        vary: {"waypoints.marks.0": Uniform(0, 1), "robots.phase.sensors.\"f.x\".offset_s": OneOf([0])},
    )"#;

    #[test]
    fn fields_and_keys_of_vary_are_renamed_and_every_other_byte_stays() {
        assert_eq!(with_current_names(OLD), NEW);
        assert_eq!(with_original_names(NEW), OLD);
        assert_eq!(with_current_names(NEW), NEW);
        assert!(old_names(NEW).is_empty());
    }

    #[test]
    fn fields_of_a_robot_are_renamed_where_they_apply() {
        let old = "\u{feff}Robot(looks: 1, links: [(name: \"a\", looks: [(looks: 1)])], sensors: [(phase: 0, \
                   errors: (noise: Gaussian(std: 1), channels: {\"gyro\": (noise: Gaussian(std: 1))}))])";
        let new = "\u{feff}Robot(looks: 1, links: [(name: \"a\", visuals: [(looks: 1)])], sensors: [(offset_s: 0, \
                   errors: (noise: Gaussian(stddev: 1), channels: {\"gyro\": (noise: Gaussian(stddev: 1))}))])";

        assert_eq!(with_current_names(old), new);
        assert_eq!(with_original_names(new), old);
        assert_eq!(with_current_names("Scenario(marks: {"), "Scenario(marks: {", "not well-formed");
        assert_eq!(with_current_names("(marks: {})"), "(marks: {})", "of no kind");
    }

    #[test]
    fn paths_are_renamed_where_they_apply() {
        let both = [
            ("physics.sweeps", "physics.solver_iterations"),
            ("marks.goal.0", "waypoints.goal.0"),
            ("robots.0.links.base.looks.0.mesh", "robots.0.links.base.visuals.0.mesh"),
            ("vary.\"marks.goal.0\".0", "vary.\"waypoints.goal.0\".0"),
            ("robots.a.policy.use.patience", "robots.a.policy.use.timeout_s"),
        ];
        for (old, new) in both {
            assert_eq!((current_path(old).as_ref(), original_path(new).as_ref()), (new, old));
        }
        for same in
            ["robots.marks.pose.xyz.0", "sweeps", "robots.a.contract.phases.gait", "", "vary"]
        {
            assert_eq!((current_path(same).as_ref(), original_path(same).as_ref()), (same, same));
        }
        assert_eq!(old_segment("robots.a.sensors.b.phase").map(|(segment, _)| segment), Some(4));
    }

    #[test]
    fn no_renamed_field_has_its_old_name_again() {
        for field in &RENAMED_FIELDS {
            let twin = RENAMED_FIELDS.iter().find(|it| {
                it.pattern(Names::Current, true) == field.pattern(Names::Original, true)
            });
            assert_eq!(twin, None, "one pass renames all");
        }
    }
}
