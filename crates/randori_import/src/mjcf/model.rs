//! The bodies of an MJCF file with their elements, defaults applied.

use std::collections::BTreeMap;
use std::rc::Rc;

use randori_core::diagnostic::DiagnosticCode;

use super::defaults::{Defaults, Look};
use super::expand::SCOPE;
use super::geoms::{Geom, Reader};
use super::meshes::{self, Content, Placement, Used};
use super::settings::Settings;
use crate::geometry::{self, Inertia, Pose};
use crate::log::Log;
use crate::mesh::Mesh;
use crate::paths;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::{Files, Node};

/// A body; its frame is as in the file.
#[derive(Debug)]
pub(crate) struct Body<'t> {
    pub(crate) node: Node<'t>,
    pub(crate) name: Option<&'t str>,
    /// Index of the parent body; the world is its own parent.
    pub(crate) parent: usize,
    /// In the frame of the parent.
    pub(crate) pose: Pose,
    pub(crate) joints: Vec<Joint<'t>>,
    pub(crate) geoms: Vec<Geom<'t>>,
    pub(crate) sites: Vec<(Node<'t>, Pose)>,
    pub(crate) given_inertia: Option<Inertia>,
    pub(crate) is_mocap: bool,
    /// Its attached model, which has its own settings; `None` for the main file.
    pub(crate) scope: Option<usize>,
}

/// Kind of a joint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Motion {
    Hinge,
    Slide,
    Ball,
    Free,
}

impl Motion {
    /// Entries of a keyframe's `qpos`.
    pub(crate) fn coordinates(self) -> usize {
        match self {
            Self::Hinge | Self::Slide => 1,
            Self::Ball => 4,
            Self::Free => 7,
        }
    }
}

/// A joint of a body, in the frame of that body; angles in radians.
#[derive(Debug, Clone)]
pub(crate) struct Joint<'t> {
    pub(crate) node: Node<'t>,
    pub(crate) name: Option<&'t str>,
    pub(crate) motion: Motion,
    pub(crate) anchor: [f64; 3],
    pub(crate) axis: [f64; 3],
    pub(crate) range: Option<[f64; 2]>,
    pub(crate) damping: f64,
    pub(crate) armature: f64,
    pub(crate) friction: f64,
    pub(crate) stiffness: f64,
    pub(crate) spring_rest: f64,
    /// Reference coordinate (`ref`): the coordinate at the pose in the file.
    pub(crate) reference: f64,
    /// Time constant (s) and damping ratio that define stiffness and damping.
    pub(crate) spring_damper: Option<[f64; 2]>,
    /// Limit of the total force of all actuators.
    pub(crate) force_range: Option<[f64; 2]>,
    /// First entry in a keyframe's `qpos`.
    pub(crate) first: usize,
}

/// The meshes and terrains of a file.
#[derive(Debug, Default)]
pub(crate) struct Assets<'t> {
    pub(crate) meshes: BTreeMap<&'t str, Look<'t>>,
    pub(crate) hfields: BTreeMap<&'t str, Node<'t>>,
    /// By path; `None` for those that cannot be read.
    loaded: BTreeMap<String, Result<(Mesh, usize), String>>,
    /// By index of the asset in the document.
    used: BTreeMap<usize, Rc<Used>>,
    /// Files already reported as missing.
    reported: Vec<String>,
}

/// The whole file.
#[derive(Debug)]
pub(crate) struct Model<'t> {
    pub(crate) root: Node<'t>,
    pub(crate) settings: Settings,
    /// Settings of attached models.
    pub(crate) scopes: Vec<Settings>,
    pub(crate) defaults: Defaults<'t>,
    /// The world first, parents before children.
    pub(crate) bodies: Vec<Body<'t>>,
    /// Number of entries of a keyframe's `qpos`.
    pub(crate) coordinates: usize,
    /// Body and index on it, by kind and name.
    names: BTreeMap<(&'static str, &'t str), (usize, usize)>,
}

impl<'t> Model<'t> {
    pub(crate) fn read(
        log: &mut Log,
        files: &mut Files<'_>,
        root: Node<'t>,
        scopes: Vec<Settings>,
    ) -> Self {
        let settings = Settings::read(log, root);
        let defaults = Defaults::read(log, root);
        let mut assets = Assets::read(log, &defaults, root);
        let (bodies, names) = (Vec::new(), BTreeMap::new());
        let mut model = Self { root, settings, scopes, defaults, bodies, coordinates: 0, names };
        let world = Body::empty(root, 0, Pose::identity());
        model.bodies.push(world);
        for section in root.children_called("worldbody") {
            let mut walk = Walk { log, files, assets: &mut assets, model: &mut model, scope: None };
            walk.content(section, 0, &Pose::identity(), section.text("childclass"));
        }
        model.check_names(log);
        model.note_names();
        model
    }

    /// The settings of a body.
    pub(crate) fn settings_of(&self, body: &Body<'t>) -> &Settings {
        body.scope.map_or(&self.settings, |scope| &self.scopes[scope])
    }

    /// Index of the body with a name; the world is called `world`.
    pub(crate) fn body(&self, name: &str) -> Option<usize> {
        if name == "world" {
            return Some(0);
        }
        self.names.get(&("body", name)).map(|(body, _)| *body)
    }

    /// Body and joint with a name.
    pub(crate) fn joint(&self, name: &str) -> Option<(usize, usize)> {
        self.names.get(&("joint", name)).copied()
    }

    pub(crate) fn geom(&self, name: &str) -> Option<(usize, usize)> {
        self.names.get(&("geom", name)).copied()
    }

    pub(crate) fn site(&self, name: &str) -> Option<(usize, Pose)> {
        let (body, site) = *self.names.get(&("site", name))?;
        Some((body, self.bodies[body].sites[site].1))
    }

    fn note_names(&mut self) {
        for (at, body) in self.bodies.iter().enumerate() {
            let joints = body.joints.iter().map(|joint| joint.name);
            let geoms = body.geoms.iter().map(|geom| geom.name);
            let sites = body.sites.iter().map(|(node, _)| node.name());
            let named = |kind: &'static str| {
                move |(index, name): (usize, Option<&'t str>)| Some(((kind, name?), (at, index)))
            };
            let own = body.name.map(|name| (("body", name), (at, 0)));
            let all = own
                .into_iter()
                .chain(joints.enumerate().filter_map(named("joint")))
                .chain(geoms.enumerate().filter_map(named("geom")))
                .chain(sites.enumerate().filter_map(named("site")));
            for (key, place) in all {
                self.names.entry(key).or_insert(place);
            }
        }
    }

    pub(crate) fn joint_names(&self) -> impl Iterator<Item = &'t str> {
        self.bodies.iter().flat_map(|body| &body.joints).filter_map(|joint| joint.name)
    }

    /// Names of bodies, joints, geoms and sites are unique within their kind.
    fn check_names(&self, log: &mut Log) {
        for kind in ["body", "joint", "geom", "site"] {
            let mut seen: BTreeMap<&str, Node<'t>> = BTreeMap::new();
            for body in &self.bodies[..] {
                let nodes: Vec<Node<'t>> = match kind {
                    "body" => vec![body.node],
                    "joint" => body.joints.iter().map(|joint| joint.node).collect(),
                    "geom" => body.geoms.iter().map(|geom| geom.look.node()).collect(),
                    _ => body.sites.iter().map(|(node, _)| *node).collect(),
                };
                for node in nodes {
                    let Some(name) = node.attribute("name").filter(|name| !name.value.is_empty())
                    else {
                        continue;
                    };
                    if let Some(first) = seen.get(name.value.as_str()) {
                        let message = format!("two {kind}s are called `{}`", name.value);
                        let code = DiagnosticCode::IMPORT_REFERENCE;
                        let error =
                            log.error(code, name.span, message, "give one of the two another name");
                        let label =
                            randori_core::diagnostic::Label::new(first.span(), "first here");
                        error.secondary.push(label);
                    } else {
                        seen.insert(&name.value, node);
                    }
                }
            }
        }
    }
}

impl<'t> Body<'t> {
    /// True if it has a free joint.
    pub(crate) fn is_free(&self) -> bool {
        self.joints.first().is_some_and(|joint| joint.motion == Motion::Free)
    }

    fn empty(node: Node<'t>, parent: usize, pose: Pose) -> Self {
        Self {
            node,
            name: None,
            parent,
            pose,
            joints: Vec::new(),
            geoms: Vec::new(),
            sites: Vec::new(),
            given_inertia: None,
            is_mocap: false,
            scope: None,
        }
    }
}

/// A walk through the bodies.
struct Walk<'w, 'f, 't> {
    log: &'w mut Log,
    files: &'w mut Files<'f>,
    assets: &'w mut Assets<'t>,
    model: &'w mut Model<'t>,
    /// The current attached model.
    scope: Option<usize>,
}

impl<'t> Walk<'_, '_, 't> {
    /// Reads the content of a body, or of a frame in it. The XML reader limits nesting.
    fn content(&mut self, node: Node<'t>, body: usize, at: &Pose, childclass: Option<&'t str>) {
        for child in node.children() {
            match child.tag() {
                "body" => self.body(child, body, at, childclass),
                "frame" => self.frame(child, body, at, childclass),
                "geom" => self.geom(child, body, at, childclass),
                "site" => {
                    let look = self.look(child, childclass);
                    let mut pose = self.model.settings.pose(self.log, &look);
                    if let Some([a, b, c, d, e, f]) = look.exactly::<6>(self.log, "fromto") {
                        let (from, to) = ([a, b, c], [d, e, f]);
                        let along = geometry::vector(from) - geometry::vector(to);
                        let middle = (geometry::vector(from) + geometry::vector(to)) / 2.0;
                        pose = geometry::pose(middle, geometry::z_to(along));
                    }
                    self.model.bodies[body].sites.push((child, at * pose));
                }
                "joint" | "freejoint" if body > 0 => self.joint(child, body, at, childclass),
                "joint" | "freejoint" => {
                    let code = DiagnosticCode::IMPORT_STRUCTURE;
                    let message = "a joint outside of a body";
                    self.log.error(code, child.span(), message, "move it into a `<body>`");
                }
                "inertial" if body > 0 => self.inertial(child, body, at),
                "camera" | "light" => {
                    self.log.note(ImportStatus::Dropped, child, format!("a {}", child.tag()));
                }
                "inertial" | "include" => {}
                other => self.unknown(child, other),
            }
        }
    }

    /// Reports an unsupported element: an error if it would have mass.
    fn unknown(&mut self, node: Node<'t>, tag: &str) {
        let weighs = |node: Node<'t>| matches!(node.tag(), "body" | "geom" | "inertial");
        if matches!(tag, "composite" | "flexcomp") {
            let message = format!("`<{tag}>` is not supported: it generates bodies");
            let help = match node.name() {
                Some(name) => format!("leave it out with `--drop {name}`"),
                None => "remove it, or replace it by bodies and joints: \
                         `mujoco.mj_saveLastXML` writes those that it makes"
                    .to_owned(),
            };
            self.log.error(DiagnosticCode::IMPORT_STRUCTURE, node.span(), message, help);
        } else if node.all_below().any(weighs) {
            let message = format!("`<{tag}>` is unknown, and contains bodies or geoms");
            let help = "remove it, or move its content out of it";
            self.log.error(DiagnosticCode::IMPORT_STRUCTURE, node.span(), message, help);
        } else {
            let what = format!("`<{tag}>` is unknown, with its content");
            self.log.note(ImportStatus::Dropped, node, what).doubt();
        }
    }

    fn look(&mut self, node: Node<'t>, childclass: Option<&'t str>) -> Look<'t> {
        self.model.defaults.look(self.log, node, childclass)
    }

    fn body(&mut self, node: Node<'t>, parent: usize, at: &Pose, childclass: Option<&'t str>) {
        self.model.defaults.check(self.log, node.attribute("childclass"));
        let look = Look::bare(node);
        let pose = at * self.model.settings.pose(self.log, &look);
        let index = self.model.bodies.len();
        let mut body = Body::empty(node, parent, pose);
        body.name = node.name();
        body.scope = self.scope;
        body.is_mocap = look.flag(self.log, "mocap") == Some(true);
        if look.number(self.log, "gravcomp").is_some_and(|share| share != 0.0) {
            let what = "gravity compensation";
            let advice = "compensate gravity in the policy or by gains";
            self.log
                .note_value(ImportStatus::Dropped, node, "gravcomp", what)
                .advise(advice)
                .doubt();
        }
        self.model.bodies.push(body);
        let childclass = node.text("childclass").or(childclass);
        self.content(node, index, &Pose::identity(), childclass);
    }

    fn frame(&mut self, node: Node<'t>, body: usize, at: &Pose, childclass: Option<&'t str>) {
        self.model.defaults.check(self.log, node.attribute("childclass"));
        let pose = at * self.model.settings.pose(self.log, &Look::bare(node));
        let childclass = node.text("childclass").or(childclass);
        let Some(scope) = node.text(SCOPE).and_then(|scope| scope.parse::<usize>().ok()) else {
            return self.content(node, body, &pose, childclass);
        };
        // An attached model has its own settings.
        let inner = self.model.scopes[scope].clone();
        let outer = std::mem::replace(&mut self.model.settings, inner);
        let outer_scope = self.scope.replace(scope);
        self.content(node, body, &pose, childclass);
        (self.model.settings, self.scope) = (outer, outer_scope);
    }

    fn geom(&mut self, node: Node<'t>, body: usize, at: &Pose, childclass: Option<&'t str>) {
        let look = self.look(node, childclass);
        let mut reader = Reader {
            log: self.log,
            files: self.files,
            settings: &self.model.settings,
            assets: self.assets,
        };
        if let Some(mut geom) = reader.geom(look) {
            geom.pose = at * geom.pose;
            geom.inertia = geom.inertia.seen_from(at);
            self.model.bodies[body].geoms.push(geom);
        }
    }

    fn joint(&mut self, node: Node<'t>, body: usize, at: &Pose, childclass: Option<&'t str>) {
        let is_free = node.tag() == "freejoint";
        let look = if is_free { Look::bare(node) } else { self.look(node, childclass) };
        let log = &mut *self.log;
        super::leftovers::joint(log, &look);
        let motion = match look.attribute("type") {
            _ if is_free => Motion::Free,
            None => Motion::Hinge,
            Some(kind) => match values::word(log, kind, &["hinge", "slide", "ball", "free"]) {
                Some("slide") => Motion::Slide,
                Some("ball") => Motion::Ball,
                Some("free") => Motion::Free,
                _ => Motion::Hinge,
            },
        };
        let settings = &self.model.settings;
        let angle =
            |value: f64| if motion == Motion::Hinge { settings.radians(value) } else { value };
        let axis = look.exactly::<3>(log, "axis").unwrap_or([0.0, 0.0, 1.0]);
        if geometry::vector(axis).norm() < 1e-10 && motion != Motion::Free {
            if let Some(attribute) = look.attribute("axis") {
                log.refuse(attribute, "`axis` has no direction", "write a vector that is not zero");
            }
            return;
        }
        let range = look.range(log, "range", "limited", settings.auto_limits);
        let anchor = look.exactly::<3>(log, "pos").unwrap_or_default();
        let joint = Joint {
            node,
            name: node.name(),
            motion,
            anchor: (at * nalgebra::Point3::from(geometry::vector(anchor))).coords.into(),
            axis: (at.rotation * geometry::vector(axis)).into(),
            range: range.map(|ends| {
                if motion == Motion::Ball {
                    ends.map(|end| settings.radians(end))
                } else {
                    ends.map(angle)
                }
            }),
            damping: look.resistance(log, "damping"),
            armature: look.not_negative(log, "armature").unwrap_or(0.0),
            friction: look.not_negative(log, "frictionloss").unwrap_or(0.0),
            stiffness: look.resistance(log, "stiffness"),
            spring_rest: angle(look.number(log, "springref").unwrap_or(0.0)),
            reference: angle(look.number(log, "ref").unwrap_or(0.0)),
            spring_damper: look
                .exactly::<2>(log, "springdamper")
                .filter(|[time, ratio]| *time > 0.0 && *ratio > 0.0),
            force_range: look.range(
                log,
                "actuatorfrcrange",
                "actuatorfrclimited",
                settings.auto_limits,
            ),
            first: self.model.coordinates,
        };
        if joint.spring_damper.is_some() && motion == Motion::Ball {
            let what = "the spring of `springdamper` of a ball joint";
            log.note_value(ImportStatus::Dropped, node, "springdamper", what).doubt();
        }
        if motion == Motion::Free && self.model.bodies[body].parent != 0 {
            let (code, message) =
                (DiagnosticCode::IMPORT_STRUCTURE, "a free joint inside another body");
            log.error(code, node.span(), message, "only bodies of the world can move freely");
            return;
        }
        self.model.coordinates += motion.coordinates();
        self.model.bodies[body].joints.push(joint);
    }

    fn inertial(&mut self, node: Node<'t>, body: usize, at: &Pose) {
        let look = Look::bare(node);
        let frame = at * self.model.settings.pose(self.log, &look);
        let Some(mass) = node.attribute("mass") else {
            let code = DiagnosticCode::IMPORT_VALUE;
            self.log.error(code, node.span(), "an inertial has no mass", "write `mass=\"...\"`");
            return;
        };
        let Some(mass) = values::not_negative(self.log, mass) else { return };
        let full = look.exactly::<6>(self.log, "fullinertia");
        let diagonal = look.exactly::<3>(self.log, "diaginertia");
        let parts = match (full, diagonal) {
            (Some([xx, yy, zz, xy, xz, yz]), _) => [xx, yy, zz, xy, xz, yz],
            (None, Some([x, y, z])) => [x, y, z, 0.0, 0.0, 0.0],
            (None, None) => [0.0; 6],
        };
        if let Some(attribute) = node.attribute("diaginertia")
            && parts[..3].iter().any(|part| *part < 0.0)
        {
            let help = "write moments about the principal axes, in kg m^2";
            self.log.refuse(attribute, "a moment of inertia is negative", help);
            return;
        }
        let inertia =
            Inertia { mass, com: geometry::Vector::zeros(), moments: geometry::moments(parts) };
        self.model.bodies[body].given_inertia = Some(inertia.seen_from(&frame));
    }
}

/// The default name of an asset: that of its file.
pub(crate) fn asset_name(node: Node<'_>) -> &str {
    let file = node.text("file").unwrap_or_default();
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

impl<'t> Assets<'t> {
    fn read(log: &mut Log, defaults: &Defaults<'t>, root: Node<'t>) -> Self {
        let mut assets = Self::default();
        for section in root.children_called("asset") {
            for node in section.children() {
                let name = node.name().unwrap_or_else(|| asset_name(node));
                match node.tag() {
                    "mesh" => {
                        let look = defaults.look(log, node, None);
                        assets.meshes.insert(name, look);
                    }
                    "hfield" => {
                        assets.hfields.insert(name, node);
                    }
                    _ => {}
                }
            }
        }
        assets
    }

    /// The mesh of a geom.
    pub(crate) fn mesh(
        &mut self,
        log: &mut Log,
        files: &mut Files<'_>,
        settings: &Settings,
        asset: &Look<'t>,
        geom: &Look<'t>,
    ) -> Rc<Used> {
        let id = asset.node().id();
        if let Some(used) = self.used.get(&id) {
            return Rc::clone(used);
        }
        let (path, found) = self.source(log, files, settings, asset, geom);
        let used = Rc::new(match found {
            Some((file, counted)) => {
                let (content, placement) = Content::of(log, asset, &file, counted);
                Used { path, placement, content: Some(content) }
            }
            None => Used { path, placement: Placement::default(), content: None },
        });
        self.used.insert(id, Rc::clone(&used));
        used
    }

    /// Path from the project root and content of the file of a mesh, with
    /// the number of triangles that have mass.
    fn source(
        &mut self,
        log: &mut Log,
        files: &mut Files<'_>,
        settings: &Settings,
        asset: &Look<'t>,
        geom: &Look<'t>,
    ) -> (String, Option<(Mesh, usize)>) {
        let own = if asset.attribute("vertex").is_some() {
            Some(meshes::written(log, asset))
        } else {
            asset.attribute("builtin").map(|kind| meshes::built_in(log, asset, kind))
        };
        if let Some(own) = own {
            return (String::new(), own.map(|mesh| (mesh, usize::MAX)));
        }
        let file = asset.attribute("file");
        let named = file.map_or("", |file| file.value.as_str());
        let no_file = || Err("the path is empty".to_owned());
        let path = file.map_or_else(no_file, |file| settings.asset_path(files, file));
        let loaded = match &path {
            Err(reason) => Err(reason.clone()),
            Ok(path) => {
                if !self.loaded.contains_key(path) {
                    let kind = meshes::named_kind(path, asset.text("content_type"));
                    let read = files.bytes(path).and_then(|bytes| files.mesh(&kind, &bytes));
                    self.loaded.insert(path.clone(), read);
                }
                self.loaded[path].clone()
            }
        };
        match loaded {
            Ok(found) => (paths::named_from(files.main(), &path.unwrap_or_default()), Some(found)),
            Err(reason) => {
                self.missing(log, asset, geom, named, &reason);
                (String::new(), None)
            }
        }
    }

    /// Reports once that a file is missing.
    fn missing(
        &mut self,
        log: &mut Log,
        asset: &Look<'t>,
        geom: &Look<'t>,
        file: &str,
        reason: &str,
    ) {
        if self.reported.iter().any(|other| other == file) {
            return;
        }
        self.reported.push(file.to_owned());
        let what = format!("the mesh `{file}`: {reason}");
        let advice = format!("used first by {}", geom.node().path());
        log.note_value(ImportStatus::Dropped, asset.node(), "file", what).advise(advice);
    }
}
