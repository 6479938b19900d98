//! Merging of a robot file with an imported one.
//!
//! The file's content is added to the imported text, or replaces elements of the same name
//! there: fields of structures, entries of maps, and elements of lists that have a `name`.
//! Everything else is replaced as a whole. Working on text keeps the origin of every byte, so
//! that diagnostics and overrides have positions in either file.

use std::collections::BTreeMap;

use super::document::{Document, Edit, Origin, Role};
use super::outline::{Node, NodeKind, skip_trivia};

/// `imported` merged with `file`.
pub(super) fn merged(imported: &Document, file: &Document) -> Document {
    let (Some(base), Some(over)) = (&imported.outline.root, &file.outline.root) else {
        return file.clone();
    };
    let mut merger = Merger { imported, file, edits: Vec::new() };
    merger.overlay(base, over);
    merger.edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    imported.edited(&merger.edits)
}

struct Merger<'m> {
    imported: &'m Document,
    file: &'m Document,
    edits: Vec<Edit<'m>>,
}

impl<'m> Merger<'m> {
    fn overlay(&mut self, base: &'m Node, over: &'m Node) {
        match (&base.kind, &over.kind) {
            (NodeKind::Struct { inside, .. }, NodeKind::Struct { fields, .. })
                if self.same_name(base, over) =>
            {
                for field in fields {
                    let name = &self.file.text[field.name.clone()];
                    match base.field(&self.imported.text, name) {
                        Some(known) => self.overlay(&known.value, &field.value),
                        None => self.insert(*inside, field.name.start, &field.value),
                    }
                }
            }
            (NodeKind::Map { inside, entries: known }, NodeKind::Map { entries, .. }) => {
                let by_key: BTreeMap<Option<String>, &Node> = known
                    .iter()
                    .rev() // Of two equal ones, the first counts.
                    .map(|(key, value)| (key.string(&self.imported.text), value))
                    .collect();
                for (key, value) in entries {
                    let name = key.string(&self.file.text);
                    match by_key.get(&name).filter(|_| name.is_some()) {
                        Some(known) => self.overlay(known, value),
                        None => self.insert(*inside, key.span.start, value),
                    }
                }
            }
            (NodeKind::List(known), NodeKind::List(items)) if self.all_named(items) => {
                self.overlay_list(base, known, items);
            }
            _ => {
                let value = self.written(over.span.clone());
                self.edits.push(Edit { range: base.span.clone(), parts: vec![value] });
            }
        }
    }

    /// Merges elements of the same name and appends all other elements.
    fn overlay_list(&mut self, list: &Node, known: &'m [Node], items: &'m [Node]) {
        let end = list.span.end - 1;
        let text = &*self.imported.text;
        let has_comma = known
            .last()
            .is_none_or(|last| text[skip_trivia(text, last.span.end)..].starts_with(','));
        let mut parts: Vec<(&'m str, Origin)> = Vec::new();
        let by_name: BTreeMap<Option<String>, &'m Node> =
            known.iter().rev().map(|node| (name_of(node, self.imported), node)).collect();
        for item in items {
            if let Some(same) = by_name.get(&name_of(item, self.file)) {
                self.overlay(same, item);
                continue;
            }
            let value = self.written(item.span.clone());
            let derived = Origin { exact: false, ..value.1 };
            if !(has_comma && parts.is_empty()) {
                parts.push((", ", derived));
            }
            parts.push(value);
        }
        if !parts.is_empty() {
            self.edits.push(Edit { range: end..end, parts });
        }
    }

    /// Adds `name: value` as the first field or entry.
    fn insert(&mut self, inside: usize, name_start: usize, value: &Node) {
        let entry = self.written(name_start..value.span.end);
        let comma = (", ", Origin { exact: false, ..entry.1 });
        self.edits.push(Edit { range: inside..inside, parts: vec![entry, comma] });
    }

    fn written(&self, range: std::ops::Range<usize>) -> (&'m str, Origin) {
        let span = self.file.locate(range.clone());
        (&self.file.text[range], Origin { span, exact: true, role: Role::File })
    }

    fn same_name(&self, base: &Node, over: &Node) -> bool {
        let base = base.name_span().map(|name| &self.imported.text[name]);
        base == over.name_span().map(|name| &self.file.text[name])
    }

    fn all_named(&self, items: &[Node]) -> bool {
        items.iter().all(|item| name_of(item, self.file).is_some())
    }
}

/// The `name` of an element of a list.
fn name_of(item: &Node, document: &Document) -> Option<String> {
    item.field(&document.text, "name")?.value.string(&document.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceMap;

    #[test]
    fn what_a_file_says_is_added_or_takes_the_place_of_what_has_its_name() {
        let imported = r#"Robot(name: "go", links: [(name: "a", mass_kg: 1), (name: "b", mass_kg: 2)],
            poses: {"home": {"hip": Rad(1)}}, base: Fixed(link: "a"))"#;
        let file = r#"Robot(base: Floating(link: "a"), links: [(name: "b", mass_kg: 3), (name: "c")],
            poses: {"home": {"knee": Rad(2)}}, about: "x")"#;
        let mut sources = SourceMap::default();
        let (one, other) = (sources.add("go.xml", imported), sources.add("go.ron", file));
        let imported = Document::new(one, imported.into(), 8);

        let merged = merged(&imported, &Document::new(other, file.into(), 8));

        let expected = r#"Robot(about: "x", name: "go", links: [(name: "a", mass_kg: 1), (name: "b", mass_kg: 3), (name: "c")],
            poses: {"home": {"knee": Rad(2), "hip": Rad(1)}}, base: Floating(link: "a"))"#;
        assert_eq!(&*merged.text, expected);
        let at = |word: &str| expected.find(word).map(|start| start..start + word.len()).unwrap();
        let (hip, knee) = (merged.locate(at("Rad(1)")), merged.locate(at("Rad(2)")));
        assert_eq!((hip.file, sources.slice(hip)), (one, "Rad(1)"));
        assert_eq!((knee.file, sources.slice(knee)), (other, "Rad(2)"));
        assert!(merged.outline.problem.is_none());
    }
}
