//! Elements that refer to bodies, and are replicated with them.

use std::collections::BTreeMap;

use super::names::{self, Kind};
use super::{Chain, Document, Expansion, Found};
use crate::report::ImportStatus;
use crate::xml::{Attribute, Node};

/// Sections with elements that refer to others, in order of dependency.
pub(super) const ORDER: [&str; 5] = ["tendon", "actuator", "contact", "equality", "sensor"];

/// Names by kind, with the enclosing replicates of their elements.
type Chains = BTreeMap<(Kind, String), Chain>;

impl Expansion<'_, '_> {
    /// Copies the elements of a document that refer to its bodies: first single elements,
    /// then those of each copy of a replicate.
    pub(super) fn sections(&mut self, document: &Document<'_>, found: &Found) {
        let mut chains = found.chains.clone();
        let mut by_chain: BTreeMap<Chain, Vec<(&str, Node<'_>)>> = BTreeMap::new();
        for section in ORDER {
            let nodes = document.root.children_called(section).flat_map(Node::children);
            for node in nodes {
                match chain_of(document, node, &chains) {
                    Referred::To(chain) => {
                        if let (Some(kind), Some(name)) = (Kind::of_section(section), node.name()) {
                            chains.insert((kind, name.to_owned()), chain.clone());
                        }
                        by_chain.entry(chain).or_default().push((section, node));
                    }
                    Referred::Outside => {}
                    Referred::Apart => {
                        let what = "an element between two different replicates";
                        self.log.note(ImportStatus::Dropped, node, what).doubt();
                    }
                }
            }
        }
        let once = by_chain.remove(&Vec::new()).unwrap_or_default();
        for (section, node) in once {
            self.copy_for(document, (section, node), &[], &chains);
        }
        for instance in &found.instances {
            for (section, node) in by_chain.get(&instance.chain).into_iter().flatten() {
                self.copy_for(document, (section, *node), &instance.suffixes, &chains);
            }
        }
    }

    /// The section of the result for the elements of a document.
    pub(super) fn section(
        &mut self,
        document: &Document<'_>,
        section: &str,
        node: Node<'_>,
    ) -> usize {
        let key = (section.to_owned(), document.is_attached);
        if let Some(below) = self.sections.get(&key) {
            return *below;
        }
        let below = self.push(0, section, Vec::new(), node.span());
        self.sections.insert(key, below);
        below
    }

    /// Copies an element of a section with its subtree.
    fn copy_for(
        &mut self,
        document: &Document<'_>,
        (section, node): (&str, Node<'_>),
        suffixes: &[String],
        chains: &Chains,
    ) {
        let below = self.section(document, section, node);
        let mut waiting = vec![(node, below)];
        while let Some((node, below)) = waiting.pop() {
            if self.is_full {
                return;
            }
            let attributes = document.renamed_reference(node, suffixes, chains);
            let id = self.push(below, node.tag(), attributes, node.span());
            let mut children: Vec<_> = node.children().map(|child| (child, id)).collect();
            children.reverse();
            waiting.extend(children);
        }
    }
}

/// Location of the elements that an element refers to.
enum Referred {
    /// Inside these replicates; empty if they exist once.
    To(Chain),
    /// In the enclosing model.
    Outside,
    /// In replicates that are not nested.
    Apart,
}

fn chain_of(document: &Document<'_>, node: Node<'_>, chains: &Chains) -> Referred {
    let mut longest: Chain = Vec::new();
    for part in std::iter::once(node).chain(node.all_below()) {
        for attribute in part.attributes().iter().filter(|found| !found.value.is_empty()) {
            let Some(kind) = Kind::of_reference(part, &attribute.name) else { continue };
            let Some(chain) = chains.get(&(kind, attribute.value.clone())) else {
                if document.is_attached {
                    return Referred::Outside;
                }
                continue;
            };
            if chain.starts_with(&longest) {
                longest.clone_from(chain);
            } else if !longest.starts_with(chain) {
                return Referred::Apart;
            }
        }
    }
    Referred::To(longest)
}

impl Document<'_> {
    /// The attributes of an element that refers to bodies, for one copy of these.
    fn renamed_reference(
        &self,
        node: Node<'_>,
        suffixes: &[String],
        chains: &Chains,
    ) -> Vec<Attribute> {
        let own = suffixes.last().map_or("", String::as_str);
        let (prefix, behind) = (&self.prefix, &self.suffix);
        let mut attributes = node.attributes().to_vec();
        for attribute in &mut attributes {
            let value = &attribute.value;
            if value.is_empty() {
                continue;
            }
            if attribute.name == "name" {
                attribute.value = format!("{prefix}{value}{own}{behind}");
            } else if let Some(kind) = Kind::of_reference(node, &attribute.name) {
                let length = chains.get(&(kind, value.clone())).map_or(0, Vec::len);
                let suffix = length.checked_sub(1).and_then(|at| suffixes.get(at));
                let suffix = suffix.map_or("", String::as_str);
                attribute.value = format!("{prefix}{value}{suffix}{behind}");
            } else if names::is_of_model(&attribute.name) {
                attribute.value = format!("{prefix}{value}");
            }
        }
        let has_class = attributes.iter().any(|attribute| attribute.name == "class");
        if self.is_attached && !has_class {
            attributes.push(self.main_class(node));
        }
        attributes
    }

    /// The class of elements of an attached model without one.
    pub(super) fn main_class(&self, node: Node<'_>) -> Attribute {
        let (name, value) = ("class".to_owned(), format!("{}main", self.prefix));
        Attribute { name, value, span: node.span() }
    }
}
