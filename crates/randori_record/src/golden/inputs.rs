//! Fingerprints of the inputs of a run, which locate a change by its path.
//!
//! A resolved scenario consists of several texts. Each is split into parts: the fields
//! of its structure, and the elements of lists with names. A part is stored as two
//! characters per value and four for the enclosing names. The text is not stored, so
//! a golden contains nothing of an imported robot.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use randori_core::text::outline::{Node, NodeKind, Outline, Scalar};
use randori_core::text::with_original_names;

use super::trace::{twelve_bits, two_characters};
use crate::header::bytes_digest;

/// Stored characters of a digest: 64 bits.
const DIGEST_LEN: usize = 16;

/// Maximum depth of brackets; resolved texts are far less deep.
const DEPTH: usize = 64;

/// Maximum number of values of a part with separate fingerprints; the rest share one.
const MAX_VALUES: usize = 200;

/// Fingerprints of all inputs of a run besides its seed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inputs {
    /// The texts of the resolved scenario.
    pub texts: Vec<InputText>,
    /// Digests of other files, such as networks, by path.
    pub files: BTreeMap<String, String>,
    /// Digests of the RON files of the texts, by path. The texts also depend on the
    /// engine, which fills in defaults; these do not. Older goldens have none.
    pub sources: BTreeMap<String, String>,
}

/// Fingerprints of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputText {
    /// Its path, such as `scenario.ron` or `courier.robot.ron`.
    pub path: String,
    /// The beginning of its SHA-256, hexadecimal.
    pub digest: String,
    /// Path of each part, and its fingerprints.
    pub parts: Vec<(String, String)>,
}

/// A changed input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputChange {
    /// The text or file.
    pub file: String,
    /// Path of the value in it; empty for the whole file.
    pub path: String,
    /// Kind of the change.
    pub kind: InputKind,
}

/// Kind of a change of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// A new value.
    Value(String),
    /// An addition.
    Added,
    /// A removal.
    Removed,
    /// A change of fields, elements or kinds.
    Shape,
    /// A change that the fingerprints cannot locate.
    Unknown,
}

impl fmt::Display for InputChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if !self.path.is_empty() {
            write!(f, ": {}", self.path)?;
        }
        match &self.kind {
            InputKind::Value(value) => write!(f, " is now {value}"),
            InputKind::Added => f.write_str(" is new"),
            InputKind::Removed => f.write_str(" is gone"),
            InputKind::Shape => f.write_str(" has other fields or elements"),
            InputKind::Unknown => f.write_str(" has changed"),
        }
    }
}

impl Inputs {
    /// The fingerprints of a resolved scenario's
    /// [texts](randori_core::text::bundle) and of the SHA-256 of other files.
    /// Files in RON are sources of the texts.
    pub fn new(texts: &[(String, String)], files: &BTreeMap<String, String>) -> Self {
        let text = |(path, text): &(String, String)| InputText {
            path: path.clone(),
            digest: short(&bytes_digest(text.as_bytes())),
            parts: parts(text).iter().map(|part| (part.path.clone(), part.print())).collect(),
        };
        let is_source = |path: &str| Path::new(path).extension().is_some_and(|it| it == "ron");
        let digests = files.iter().map(|(path, sha)| (path.clone(), short(sha)));
        let (sources, files) = digests.partition(|(path, _)| is_source(path));
        Self { texts: texts.iter().map(text).collect(), files, sources }
    }

    /// Changes since then, in the order of the texts.
    pub fn changes(
        &self,
        texts: &[(String, String)],
        files: &BTreeMap<String, String>,
    ) -> Vec<InputChange> {
        self.changes_to(&Self::new(texts, files), |text, index| text.changes_in(&texts[index].1))
    }

    /// Differences in `other`, in the order of its texts. Without the texts
    /// themselves, the changed parts are known, but not their values.
    pub fn differences(&self, other: &Self) -> Vec<InputChange> {
        self.changes_to(other, |text, index| text.differences(&other.texts[index]))
    }

    fn changes_to(
        &self,
        now: &Self,
        changes_in: impl Fn(&InputText, usize) -> Vec<InputChange>,
    ) -> Vec<InputChange> {
        let mut changes = Vec::new();
        for (index, text) in now.texts.iter().enumerate() {
            match self.texts.iter().find(|before| before.path == text.path) {
                None => changes.push(whole(&text.path, InputKind::Added)),
                Some(before) if before.digest == text.digest => {}
                Some(before) => changes.extend(changes_in(before, index)),
            }
        }
        let gone = |path: &String| now.texts.iter().all(|text| text.path != *path);
        let before = self.texts.iter().map(|text| &text.path);
        changes.extend(before.filter(|p| gone(p)).map(|path| whole(path, InputKind::Removed)));
        for (path, digest) in &now.files {
            match self.files.get(path) {
                None => changes.push(whole(path, InputKind::Added)),
                Some(before) if before != digest => changes.push(whole(path, InputKind::Unknown)),
                Some(_) => {}
            }
        }
        let gone = self.files.keys().filter(|path| !now.files.contains_key(*path));
        changes.extend(gone.map(|path| whole(path, InputKind::Removed)));
        changes
    }
}

impl InputText {
    fn changes_in(&self, content: &str) -> Vec<InputChange> {
        let now = parts(content);
        let changes = self.changes_in_parts(&now, &now);
        let Cow::Owned(original) = with_original_names(content) else { return changes };
        // Older fingerprints are those of old field names.
        if self.digest == short(&bytes_digest(original.as_bytes())) {
            return Vec::new();
        }
        let older = self.changes_in_parts(&parts(&original), &now);
        if older.len() < changes.len() { older } else { changes }
    }

    /// Changes by the fingerprints of `named`; reported paths and values are those of
    /// `shown`, which differs in names of fields only.
    fn changes_in_parts(&self, named: &[Part], shown: &[Part]) -> Vec<InputChange> {
        let path = |part: &Part| part.path.clone();
        let paths: Vec<_> = named.iter().map(path).zip(shown.iter().map(path)).collect();
        self.changes_of_parts(&paths, |index, before| {
            shown[index].changed_since(before, &named[index].print())
        })
    }

    fn differences(&self, other: &Self) -> Vec<InputChange> {
        let paths: Vec<_> =
            other.parts.iter().map(|(path, _)| (path.clone(), path.clone())).collect();
        self.changes_of_parts(&paths, |index, before| {
            let (path, now) = &other.parts[index];
            let kind = kind_of_change(before, now);
            kind.map(|kind| (path.clone(), kind)).into_iter().collect()
        })
    }

    /// Changes, given the current parts by path (for the search, and for reports);
    /// `changes_of` compares the part with an index with its previous fingerprints.
    fn changes_of_parts(
        &self,
        now: &[(String, String)],
        changes_of: impl Fn(usize, &str) -> Vec<(String, InputKind)>,
    ) -> Vec<InputChange> {
        let change =
            |path: &str, kind| InputChange { file: self.path.clone(), path: path.to_owned(), kind };
        let mut changes = Vec::new();
        for (index, (path, shown)) in now.iter().enumerate() {
            match self.parts.iter().find(|(known, _)| known == path) {
                None => changes.push(change(shown, InputKind::Added)),
                Some((_, before)) => {
                    let found = changes_of(index, before).into_iter();
                    changes.extend(found.map(|(path, kind)| change(&path, kind)));
                }
            }
        }
        let gone = |path: &String| now.iter().all(|(known, _)| known != path);
        let before = self.parts.iter().map(|(path, _)| path);
        changes.extend(before.filter(|p| gone(p)).map(|path| change(path, InputKind::Removed)));
        if changes.is_empty() {
            changes.push(whole(&self.path, InputKind::Unknown));
        }
        changes
    }
}

fn whole(file: &str, kind: InputKind) -> InputChange {
    InputChange { file: file.to_owned(), path: String::new(), kind }
}

pub(super) fn short(digest: &str) -> String {
    digest.chars().take(DIGEST_LEN).collect()
}

/// A part of a text.
struct Part {
    path: String,
    /// Paths and texts of values.
    values: Vec<(String, String)>,
    /// Names that enclose the values.
    shape: Digest,
}

impl Part {
    fn new(path: String, text: &str, node: &Node) -> Self {
        let mut part = Self { path: path.clone(), values: Vec::new(), shape: Digest::default() };
        part.visit(path, text, node);
        let rest = part.values.split_off(part.values.len().min(MAX_VALUES));
        if !rest.is_empty() {
            let texts: Vec<String> = rest.into_iter().map(|(_, value)| value).collect();
            part.values.push((part.path.clone(), texts.join(" ")));
        }
        part
    }

    fn visit(&mut self, path: String, text: &str, node: &Node) {
        let node = node.unwrap_some(text);
        if is_value(node) {
            self.shape.add(&path);
            self.values.push((path, words(&text[node.span.clone()])));
            return;
        }
        if let Some(name) = node.name_span() {
            self.shape.add(&text[name]);
        }
        let named = children(text, node);
        if named.is_empty() {
            self.shape.add(&path);
        }
        for (name, child) in named {
            self.visit(join(&path, &name), text, child);
        }
    }

    /// Four characters for the shape, then two for every value.
    fn print(&self) -> String {
        let bits = self.shape.0;
        let mut print = two_characters(twelve_bits(bits)) + &two_characters(bits as u16 & 0xfff);
        for (_, value) in &self.values {
            print.push_str(&two_characters(twelve_bits(Digest::of(value).0)));
        }
        print
    }

    /// Changes of a part with the fingerprints `before`, given the current ones.
    fn changed_since(&self, before: &str, now: &str) -> Vec<(String, InputKind)> {
        match kind_of_change(before, now) {
            None => return Vec::new(),
            Some(InputKind::Shape) => return vec![(self.path.clone(), InputKind::Shape)],
            Some(_) => {}
        }
        let prints = now.as_bytes()[4..].chunks(2).zip(before.as_bytes()[4..].chunks(2));
        let changed = self.values.iter().zip(prints).filter(|(_, (now, before))| now != before);
        changed.map(|((path, text), _)| (path.clone(), InputKind::Value(excerpt(text)))).collect()
    }
}

/// Change of a part, by its fingerprints; `None` if it is unchanged.
fn kind_of_change(before: &str, now: &str) -> Option<InputKind> {
    if now == before {
        None
    } else if now.len() != before.len() || now.get(..4) != before.get(..4) {
        Some(InputKind::Shape)
    } else {
        Some(InputKind::Unknown)
    }
}

/// The parts of a text. A text that is not well-formed is one value.
fn parts(text: &str) -> Vec<Part> {
    let outline = Outline::scan(text, DEPTH);
    let Some(root) = outline.root.as_ref().filter(|_| outline.problem.is_none()) else {
        let whole = (String::new(), words(text));
        return vec![Part { path: String::new(), values: vec![whole], shape: Digest::default() }];
    };
    let mut parts = Vec::new();
    for (name, field) in children(text, root) {
        let field = field.unwrap_some(text);
        let elements = match &field.kind {
            NodeKind::List(items)
                if items.iter().any(|item| item.field(text, "name").is_some()) =>
            {
                children(text, field)
            }
            _ => Vec::new(),
        };
        if elements.is_empty() {
            parts.push(Part::new(name, text, field));
        } else {
            let part = |(element, node): (String, _)| Part::new(join(&name, &element), text, node);
            parts.extend(elements.into_iter().map(part));
        }
    }
    parts
}

/// True for a value that is treated as a whole: a word, a string, a number, or numbers
/// only, such as a vector or a hull.
fn is_value(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Scalar(_) => true,
        NodeKind::Tuple { name: None, items } | NodeKind::List(items) => {
            !items.is_empty() && items.iter().all(is_numeric)
        }
        _ => false,
    }
}

fn is_numeric(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Scalar(kind) => *kind == Scalar::Number,
        NodeKind::Tuple { name: None, items } | NodeKind::List(items) => {
            items.iter().all(is_numeric)
        }
        _ => false,
    }
}

/// Children of a node, by their names in paths.
fn children<'n>(text: &str, node: &'n Node) -> Vec<(String, &'n Node)> {
    let indexed = |items: &'n [Node]| -> Vec<(String, &'n Node)> {
        items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let name = item.field(text, "name").and_then(|field| field.value.string(text));
                (name.unwrap_or_else(|| index.to_string()), item)
            })
            .collect()
    };
    match &node.kind {
        NodeKind::Scalar(_) => Vec::new(),
        NodeKind::Struct { fields, .. } => {
            fields.iter().map(|f| (text[f.name.clone()].to_owned(), &f.value)).collect()
        }
        NodeKind::Tuple { items, .. } | NodeKind::List(items) => indexed(items),
        NodeKind::Map { entries, .. } => entries
            .iter()
            .map(|(key, value)| {
                let name = key.string(text).unwrap_or_else(|| text[key.span.clone()].to_owned());
                (name, value)
            })
            .collect(),
    }
}

fn join(path: &str, name: &str) -> String {
    // Like paths of overrides.
    let name = if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() };
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

/// The text without whitespace of the layout.
fn words(text: &str) -> String {
    if text.contains('\n') {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    }
}

fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(" ...".chars()).collect()
}

/// FNV-1a, 64 bits.
#[derive(Debug, Clone, Copy)]
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn of(text: &str) -> Self {
        let mut digest = Self::default();
        digest.add(text);
        digest
    }

    fn add(&mut self, text: &str) {
        // No text contains this byte: a separator.
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROBOT: &str = r#"Robot(
  name: "cart",
  links: [
    Link(name: "rail", mass_kg: 5.0, pose: (xyz: (0.0, 0.0, 1.0)), material: None),
    Link(name: "cart", mass_kg: 1.0, pose: (xyz: (0.0, 0.0, 1.0)), material: Some("steel")),
  ],
  poses: {"home.low": {"slide": 0.5}},
)
"#;

    fn texts(robot: &str) -> Vec<(String, String)> {
        vec![("cart.robot.ron".to_owned(), robot.to_owned())]
    }

    fn changes(after: &str) -> Vec<(String, InputKind)> {
        let none = BTreeMap::new();
        let before = Inputs::new(&texts(ROBOT), &none);
        let changes = before.changes(&texts(after), &none);
        changes.into_iter().map(|change| (change.path, change.kind)).collect()
    }

    fn now(path: &str, value: &str) -> Vec<(String, InputKind)> {
        vec![(path.to_owned(), InputKind::Value(value.to_owned()))]
    }

    #[test]
    fn a_changed_value_is_named_by_its_path_and_shown_as_it_is_now() {
        assert_eq!(changes(ROBOT), []);
        assert_eq!(
            changes(&ROBOT.replace("mass_kg: 1.0", "mass_kg: 1.01")),
            now("links.cart.mass_kg", "1.01")
        );
        assert_eq!(
            changes(&ROBOT.replacen("(0.0, 0.0, 1.0)", "(0.0, 0.0, 1.5)", 1)),
            now("links.rail.pose.xyz", "(0.0, 0.0, 1.5)")
        );
        assert_eq!(changes(&ROBOT.replace("0.5", "0.6")), now("poses.\"home.low\".slide", "0.6"));
        assert_eq!(
            changes(&ROBOT.replace("None", "Some(\"ice\")")),
            now("links.rail.material", "\"ice\"")
        );
    }

    #[test]
    fn what_comes_and_goes_is_named() {
        let longer = ROBOT.replace("  ],", "    Link(name: \"pole\", mass_kg: 0.1),\n  ],");
        let other =
            ROBOT.replacen("pose: (xyz: (0.0, 0.0, 1.0))", "pose: (rpy: (0.0, 0.0, 1.0))", 1);

        assert_eq!(changes(&longer), [("links.pole".to_owned(), InputKind::Added)]);
        assert_eq!(changes(&other), [("links.rail".to_owned(), InputKind::Shape)]);
        assert_eq!(
            changes(&ROBOT.replace("\"rail\"", "\"beam\"")),
            [
                ("links.beam".to_owned(), InputKind::Added),
                ("links.rail".to_owned(), InputKind::Removed)
            ]
        );
    }

    #[test]
    fn fingerprints_from_before_a_field_was_renamed_stay_valid() {
        let scenario = |marks: &str, sweeps: &str, count: u32| {
            let text = format!(
                "Scenario(format: 1, {marks}: {{\"goal\": (1, 0, 0)}}, physics: ({sweeps}: {count}))"
            );
            vec![("scenario.ron".to_owned(), text)]
        };
        let none = BTreeMap::new();
        let before = Inputs::new(&scenario("marks", "sweeps", 4), &none);
        let now = |count| before.changes(&scenario("waypoints", "solver_iterations", count), &none);

        assert_eq!(now(4), []);
        let changed: Vec<_> = now(5).into_iter().map(|change| (change.path, change.kind)).collect();
        assert_eq!(changed, self::now("physics.solver_iterations", "5"));
    }

    #[test]
    fn two_goldens_name_the_part_that_differs() {
        let none = BTreeMap::new();
        let of = |robot: &str| Inputs::new(&texts(robot), &none);
        let differences = |robot: &str| -> Vec<(String, InputKind)> {
            let found = of(ROBOT).differences(&of(robot)).into_iter();
            found.map(|change| (change.path, change.kind)).collect()
        };

        let heavier = differences(&ROBOT.replace("mass_kg: 1.0", "mass_kg: 1.01"));
        let longer = ROBOT.replace("  ],", "    Link(name: \"pole\", mass_kg: 0.1),\n  ],");

        assert_eq!(differences(ROBOT), []);
        assert_eq!(heavier, [("links.cart".to_owned(), InputKind::Unknown)]);
        assert_eq!(differences(&longer), [("links.pole".to_owned(), InputKind::Added)]);
    }

    #[test]
    fn other_files_count_by_their_digest() {
        let file = |digest: &str| BTreeMap::from([("walk.onnx".to_owned(), digest.repeat(8))]);
        let before = Inputs::new(&[], &file("01234567"));

        assert_eq!(before.files["walk.onnx"], "0123456701234567");
        assert_eq!(before.changes(&[], &file("01234567")), []);
        assert_eq!(before.changes(&[], &file("01234568"))[0].kind, InputKind::Unknown);
        assert_eq!(before.changes(&[], &BTreeMap::new())[0].kind, InputKind::Removed);
    }

    #[test]
    fn texts_that_are_not_well_formed_are_one_value() {
        let before = Inputs::new(&texts("Robot((("), &BTreeMap::new());

        let changes = before.changes(&texts("Robot(("), &BTreeMap::new());

        assert_eq!(changes[0].kind, InputKind::Value("Robot((".to_owned()));
    }
}
