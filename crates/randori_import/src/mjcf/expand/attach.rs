//! `<attach>`: bodies of other files.

use std::collections::BTreeMap;
use std::rc::Rc;

use randori_core::diagnostic::DiagnosticCode;

use super::{Document, Expansion, Found, MAX_DEPTH, Position, SCOPE, frame};
use crate::geometry::Pose;
use crate::log::Log;
use crate::mjcf::settings::Settings;
use crate::paths;
use crate::report::ImportStatus;
use crate::xml::{Attribute, Node, Tree};

/// The attachable models of a document, by name.
pub(super) type Models = BTreeMap<String, Rc<Model>>;

/// A model that can be attached.
pub(super) struct Model {
    tree: Tree,
    path: String,
    /// Index of its settings.
    scope: usize,
}

impl Expansion<'_, '_> {
    /// Reads the models of a document.
    pub(super) fn models(&mut self, document: &Document<'_>) -> Models {
        let mut models = Models::new();
        let assets = document.root.children_called("asset");
        for node in assets.flat_map(|section| section.children_called("model")) {
            let Some(file) = node.attribute("file") else {
                let help = "write `file=\"...\"`";
                let code = DiagnosticCode::IMPORT_REFERENCE;
                self.log.error(code, node.span(), "a model names no file", help);
                continue;
            };
            let path = paths::resolve(document.folder(), &file.value);
            let path = match self.files.or_beside(path, &file.value, file.span.file) {
                Ok(path) => path,
                Err(reason) => {
                    let message = format!("`{}` cannot be attached: {reason}", file.value);
                    let help = "give a folder that contains both with `--root DIR`";
                    self.log.error(DiagnosticCode::IMPORT_INCLUDE, file.span, message, help);
                    let beyond = paths::beyond(document.folder(), &file.value);
                    self.files.outside.extend(beyond);
                    continue;
                }
            };
            if path == document.path || self.open.contains(&path) || self.open.len() >= MAX_DEPTH {
                let message = format!("`{}` attaches itself", file.value);
                let code = DiagnosticCode::IMPORT_INCLUDE;
                self.log.error(code, file.span, message, "attach another model");
                continue;
            }
            let Some(model) = self.model(&path, file) else { continue };
            let own = model.tree.root().text("model").unwrap_or_default();
            models.insert(node.name().unwrap_or(own).to_owned(), model);
        }
        models
    }

    /// The model of a file, which is read once.
    fn model(&mut self, path: &str, named: &Attribute) -> Option<Rc<Model>> {
        if let Some(model) = self.models.get(path) {
            return Some(Rc::clone(model));
        }
        let tree = self.files.part(path, named.span)?;
        if tree.root().tag() != "mujoco" {
            let message = format!("`{}` is not an MJCF file", named.value);
            let help = "attach files that start with `<mujoco>`";
            self.log.error(DiagnosticCode::MALFORMED_XML, named.span, message, help);
            return None;
        }
        let mut read = Log::default();
        let mut settings = Settings::read(&mut read, tree.root());
        self.log.errors.append(&mut read.errors);
        let scope = self.scopes.len();
        settings.folder = Some(paths::folder(path).to_owned());
        self.scopes.push(settings);
        let model = Rc::new(Model { tree, path: path.to_owned(), scope });
        self.models.insert(path.to_owned(), Rc::clone(&model));
        Some(model)
    }

    /// Attaches a body of another file, or all of them.
    pub(super) fn attach(
        &mut self,
        document: &Document<'_>,
        models: &Models,
        node: Node<'_>,
        position: &Position,
        found: &mut Found,
    ) {
        let Some(named) = node.attribute("model") else {
            let (code, help) = (DiagnosticCode::IMPORT_REFERENCE, "write `model=\"...\"`");
            self.log.error(code, node.span(), "an attach names no model", help);
            return;
        };
        let Some(model) = models.get(&named.value) else {
            self.log.unknown(named, "model", models.keys().map(String::as_str));
            return;
        };
        let root = model.tree.root();
        let what = [("body", "body"), ("frame", "frame")]
            .into_iter()
            .find_map(|(attribute, tag)| Some((node.attribute(attribute)?, tag)));
        let chosen = match what {
            None => None,
            Some((name, tag)) => {
                let mut all = root.all_below();
                let is_it =
                    |other: &Node<'_>| other.tag() == tag && other.name() == Some(&*name.value);
                let Some(found) = all.find(is_it) else {
                    let names = root.all_below().filter(|other| other.tag() == tag);
                    self.log.unknown(name, tag, names.filter_map(Node::name));
                    return;
                };
                Some(found)
            }
        };
        let own = node.text("prefix").unwrap_or_default();
        let settings = self.scopes[model.scope].clone();
        let part = Document {
            root,
            settings: &settings,
            path: model.path.clone(),
            prefix: format!("{}{own}", document.prefix),
            suffix: format!("{}{}", position.suffix(), document.suffix),
            is_attached: true,
        };
        let inner = self.inside(&part, model.scope, node, chosen, position);
        for (kind, name) in inner.all {
            let name = format!("{own}{name}");
            found.chains.entry((kind, name.clone())).or_insert_with(|| position.chain.clone());
            found.all.push((kind, format!("{name}{}", position.suffix())));
        }
    }

    /// Copies the selected bodies of a model into a frame, with all elements that refer to them.
    fn inside(
        &mut self,
        part: &Document<'_>,
        scope: usize,
        node: Node<'_>,
        chosen: Option<Node<'_>>,
        position: &Position,
    ) -> Found {
        let mut found = Found::default();
        self.open.push(part.path.clone());
        let models = self.models(part);
        let mut attributes = frame(node, &Pose::identity(), None);
        let own = |name: &str, value: String| Attribute {
            name: name.to_owned(),
            value,
            span: node.span(),
        };
        attributes.push(own("childclass", format!("{}main", part.prefix)));
        attributes.push(own(SCOPE, scope.to_string()));
        let below = self.push(position.below, "frame", attributes, node.span());
        let position = Position { below, chain: Vec::new(), suffixes: Vec::new() };
        match chosen {
            Some(body) => {
                let below = self.element(part, body, &position, &mut found);
                self.content(part, &models, body, &position.at(below), &mut found);
            }
            None => {
                for world in part.root.children_called("worldbody") {
                    self.content(part, &models, world, &position, &mut found);
                }
            }
        }
        if self.taken.insert((part.path.clone(), part.prefix.clone())) {
            self.classes(part);
            self.assets(part, scope);
            self.left_out(part);
        }
        self.sections(part, &found);
        self.open.pop();
        found
    }

    /// Copies the default classes of an attached model.
    fn classes(&mut self, part: &Document<'_>) {
        let named = |node: Node<'_>| {
            let class = node.text("class").filter(|class| !class.is_empty()).unwrap_or("main");
            let value = format!("{}{class}", part.prefix);
            Attribute { name: "class".to_owned(), value, span: node.span() }
        };
        let mut sections = part.root.children_called("default").peekable();
        if sections.peek().is_none() {
            let class = part.main_class(part.root);
            self.push(0, "default", vec![class], part.root.span());
        }
        for section in sections {
            self.copy(section, 0, |node| match node.tag() {
                "default" => vec![named(node)],
                _ => part.prefixed(node),
            });
        }
    }

    /// Copies the meshes and terrains of an attached model.
    fn assets(&mut self, part: &Document<'_>, scope: usize) {
        let below = self.push(0, "asset", Vec::new(), part.root.span());
        let assets = part.root.children_called("asset").flat_map(Node::children);
        for node in assets.filter(|node| matches!(node.tag(), "mesh" | "hfield")) {
            let mut attributes = part.prefixed(node);
            attributes.retain(|attribute| attribute.name != "name");
            let own = |name: &str, value: String| Attribute {
                name: name.to_owned(),
                value,
                span: node.span(),
            };
            let name = node.name().unwrap_or_else(|| crate::mjcf::model::asset_name(node));
            attributes.push(own("name", format!("{}{name}", part.prefix)));
            attributes.push(own(SCOPE, scope.to_string()));
            if node.attribute("class").is_none() {
                attributes.push(part.main_class(node));
            }
            self.push(below, node.tag(), attributes, node.span());
        }
    }

    /// Reports elements of an attached model that are not attached.
    fn left_out(&mut self, part: &Document<'_>) {
        for node in part.root.children_called("keyframe").flat_map(Node::children) {
            let what =
                format!("keyframe `{}` of an attached model", node.name().unwrap_or_default());
            let advice = "write a keyframe for all joints in the main file";
            self.log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
        }
    }
}
