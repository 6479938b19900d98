//! `<geom>`: shape, mass and surface.

use std::rc::Rc;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::Shape;

use super::defaults::Look;
use super::meshes::Used;
use super::model::Assets;
use super::settings::Settings;
use crate::geometry::{self, Inertia, Pose, Vector, tidy, tidy3};
use crate::log::Log;
use crate::mesh::{self, Mesh};
use crate::report::ImportStatus;
use crate::solids;
use crate::values;
use crate::xml::Files;

/// Default of `solref`: time constant (s) and damping ratio.
pub(crate) const SOLREF: [f64; 2] = [0.02, 1.0];
/// Default of `solimp`.
pub(crate) const SOLIMP: [f64; 5] = [0.9, 0.95, 0.001, 0.5, 2.0];
/// Default of `friction`: sliding, torsional (m), rolling (m).
pub(crate) const FRICTION: [f64; 3] = [1.0, 0.005, 0.0001];

/// Collision surface of a geom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Surface {
    pub(crate) friction: [f64; 3],
    /// 1 frictionless, 3 sliding, 4 also torsional, 6 also rolling.
    pub(crate) condim: i32,
    pub(crate) priority: i32,
    pub(crate) solref: [f64; 2],
    pub(crate) solimp: [f64; 5],
}

/// A geom in the frame of its body.
#[derive(Debug, Clone)]
pub(crate) struct Geom<'t> {
    pub(crate) look: Look<'t>,
    pub(crate) name: Option<&'t str>,
    /// Absent for a mesh that cannot be read.
    pub(crate) shape: Option<Shape>,
    pub(crate) pose: Pose,
    /// Path from the project root and scale of its visual mesh.
    pub(crate) mesh: Option<(String, [f64; 3])>,
    pub(crate) contype: i32,
    pub(crate) conaffinity: i32,
    pub(crate) surface: Surface,
    /// In the frame of the body.
    pub(crate) inertia: Inertia,
    pub(crate) is_plane: bool,
    /// Its mass depends on a missing mesh.
    pub(crate) misses_mass: bool,
}

/// Reads geoms of one file.
pub(crate) struct Reader<'r, 'f, 't> {
    pub(crate) log: &'r mut Log,
    pub(crate) files: &'r mut Files<'f>,
    pub(crate) settings: &'r Settings,
    pub(crate) assets: &'r mut Assets<'t>,
}

impl<'t> Reader<'_, '_, 't> {
    pub(crate) fn geom(&mut self, look: Look<'t>) -> Option<Geom<'t>> {
        let mut pose = self.settings.pose(self.log, &look);
        let kind = self.kind(&look)?;
        super::leftovers::geom(self.log, &look);
        let size = look.at_most(self.log, "size", [0.0; 3]);
        let (size, pose_along) = self.between_ends(&look, kind, size)?;
        pose = pose_along.unwrap_or(pose);
        let mut mesh = None;
        let (mut shape, mut inertia) = (None, None);
        match kind {
            "mesh" | "sdf" => {
                let used = self.mesh(&look)?;
                pose *= used.placement.pose;
                mesh = Some((used.path.clone(), used.placement.scale));
                if let Some(content) = &used.content {
                    let back = used.placement.pose.inverse();
                    inertia = content.solid.map(|solid| solid.seen_from(&back));
                    shape = self.hull(&look, &content.mesh);
                }
            }
            "hfield" => shape = self.heightfield(&look)?,
            "plane" => shape = Some(Shape::Plane),
            _ => {
                let is_fitted = look.attribute("mesh").is_some();
                let fitted = if is_fitted { self.fitted(&look, kind)? } else { None };
                if let Some((size, place)) =
                    fitted.or((!is_fitted).then_some((size, Pose::identity())))
                {
                    self.check_size(&look, kind, size)?;
                    let is_shell = look.flag(self.log, "shellinertia") == Some(true);
                    inertia = Some(solids::of_primitive(kind, size, is_shell));
                    shape = Some(primitive(kind, size));
                    pose *= place;
                }
            }
        }
        let inertia = self.inertia(&look, inertia);
        Some(Geom {
            name: look.node().name(),
            shape,
            mesh,
            contype: look.whole(self.log, "contype", 1),
            conaffinity: look.whole(self.log, "conaffinity", 1),
            surface: self.surface(&look),
            misses_mass: inertia.is_none(),
            inertia: inertia.unwrap_or(Inertia::NONE).seen_from(&pose),
            is_plane: kind == "plane",
            pose,
            look,
        })
    }

    /// Collision geometry of a mesh; `None` if it has no hull.
    fn hull(&mut self, look: &Look<'t>, mesh: &Mesh) -> Option<Shape> {
        match mesh.hull() {
            Ok(fit) => {
                let is_visual = look.whole(self.log, "contype", 1) == 0
                    && look.whole(self.log, "conaffinity", 1) == 0;
                if !is_visual && !fit.changes.is_empty() {
                    let name = look.text("mesh").unwrap_or_default();
                    let what = format!("mesh `{name}` as its convex hull ({})", fit.changes);
                    let note = self.log.note(ImportStatus::Approximated, look.node(), what);
                    if fit.is_thickened {
                        note.doubt();
                    }
                }
                Some(hull(&fit.points))
            }
            Err(reason) => {
                let name = look.text("mesh").unwrap_or_default();
                let what = format!("mesh `{name}`: {reason}; it does not collide");
                self.log.note(ImportStatus::Dropped, look.node(), what).doubt();
                None
            }
        }
    }

    fn kind(&mut self, look: &Look<'t>) -> Option<&'static str> {
        const KINDS: [&str; 9] =
            ["plane", "hfield", "sphere", "capsule", "ellipsoid", "cylinder", "box", "mesh", "sdf"];
        let kind = match look.attribute("type") {
            Some(attribute) => values::word(self.log, attribute, &KINDS)?,
            None => "sphere",
        };
        Some(kind)
    }

    /// Sizes and pose of a primitive that replaces a mesh.
    #[expect(clippy::option_option, reason = "an error, a missing value, or a value")]
    fn fitted(&mut self, look: &Look<'t>, kind: &str) -> Option<Option<([f64; 3], Pose)>> {
        let used = self.mesh(look)?;
        let share = look.number(self.log, "fitscale").unwrap_or(1.0);
        let content = used.content.as_ref();
        let Some((content, solid)) = content.and_then(|all| Some((all, all.solid?))) else {
            let what = format!("a {kind} to be fitted to a mesh without volume");
            self.log.note(ImportStatus::Dropped, look.node(), what).doubt();
            return Some(None);
        };
        let to_box = self.settings.fit_to_box;
        let (size, place) = solids::fitted(kind, &content.corners, &solid, to_box);
        let name = look.text("mesh").unwrap_or_default();
        self.log.note(ImportStatus::Kept, look.node(), format!("a {kind} fitted to mesh `{name}`"));
        Some(Some((size.map(|part| part * share), place)))
    }

    /// Sizes and pose of a geom with `fromto`.
    fn between_ends(
        &mut self,
        look: &Look<'t>,
        kind: &str,
        mut size: [f64; 3],
    ) -> Option<([f64; 3], Option<Pose>)> {
        let Some(ends) = look.attribute("fromto") else { return Some((size, None)) };
        if !matches!(kind, "capsule" | "cylinder" | "box" | "ellipsoid") {
            return Some((size, None));
        }
        let [a, b, c, d, e, f] = values::exactly(self.log, ends)?;
        let (from, to) = (Vector::new(a, b, c), Vector::new(d, e, f));
        let along = from - to;
        if along.norm() < 1e-10 {
            self.log.refuse(ends, "`fromto` has two equal ends", "move one of the ends");
            return None;
        }
        let half = along.norm() / 2.0;
        if matches!(kind, "box" | "ellipsoid") {
            size = [size[0], size[0], half];
        } else {
            size = [size[0], half, 0.0];
        }
        Some((size, Some(geometry::pose((from + to) / 2.0, geometry::z_to(along)))))
    }

    fn check_size(&mut self, look: &Look<'t>, kind: &str, size: [f64; 3]) -> Option<()> {
        let needed = match kind {
            "sphere" => 1,
            "capsule" | "cylinder" => 2,
            _ => 3,
        };
        // A capsule fitted to a round mesh is a sphere.
        if kind == "capsule" && look.attribute("mesh").is_some() && size[0] > 0.0 {
            return Some(());
        }
        if size[..needed].iter().all(|part| *part > 0.0) {
            return Some(());
        }
        let message = format!("a {kind} needs {needed} sizes greater than 0");
        let at = look.attribute("size").map_or(look.node().span(), |size| size.span);
        self.log.error(DiagnosticCode::IMPORT_VALUE, at, message, "write half sizes, in metres");
        None
    }

    /// Mass properties in the frame of the geom; `None` if they depend on a missing mesh.
    fn inertia(&mut self, look: &Look<'t>, solid: Option<Inertia>) -> Option<Inertia> {
        let density = look.not_negative(self.log, "density").unwrap_or(1000.0);
        let mass = look.not_negative(self.log, "mass");
        if mass == Some(0.0) || (mass.is_none() && density == 0.0) {
            return Some(Inertia::NONE);
        }
        let Some(solid) = solid else {
            let is_body = !matches!(look.text("type"), Some("plane" | "hfield"));
            return (!is_body).then_some(Inertia::NONE);
        };
        let mass = mass.unwrap_or(density * solid.mass);
        let moments = solid.moments * (mass / solid.mass);
        Some(Inertia { mass, com: solid.com, moments })
    }

    fn surface(&mut self, look: &Look<'t>) -> Surface {
        let given = look.at_most(self.log, "friction", FRICTION);
        let friction = given.map(|part| part.max(0.0));
        if friction != given {
            let what = "negative friction: 0";
            self.log.note_value(ImportStatus::Clamped, look.node(), "friction", what).doubt();
        }
        let condim = look.whole(self.log, "condim", 3);
        for name in ["margin", "gap"] {
            if look.number(self.log, name).is_some_and(|value| value != 0.0) {
                let what = format!("`{name}`: contacts start at the surfaces");
                self.log.note(ImportStatus::Dropped, look.node(), what);
            }
        }
        let mut surface = Surface {
            friction,
            condim: if matches!(condim, 1 | 3 | 4 | 6) { condim } else { 3 },
            priority: look.whole(self.log, "priority", 0),
            solref: look.at_most(self.log, "solref", SOLREF),
            solimp: look.at_most(self.log, "solimp", SOLIMP),
        };
        if let Some(given) = &self.settings.override_contacts {
            surface.solref = given.solref;
            surface.solimp = given.solimp;
            surface.friction = [given.friction[0], given.friction[2], given.friction[3]];
        }
        surface
    }

    /// The mesh of a geom.
    fn mesh(&mut self, look: &Look<'t>) -> Option<Rc<Used>> {
        let Some(named) = look.attribute("mesh") else {
            let (code, at) = (DiagnosticCode::IMPORT_REFERENCE, look.node().span());
            self.log.error(code, at, "a mesh geom names no mesh", "write `mesh=\"...\"`");
            return None;
        };
        let Some(asset) = self.assets.meshes.get(named.value.as_str()).cloned() else {
            self.log.unknown(named, "mesh", self.assets.meshes.keys().copied());
            return None;
        };
        Some(self.assets.mesh(self.log, self.files, self.settings, &asset, look))
    }

    /// Terrain; its frame is at the centre of its base.
    #[expect(clippy::option_option, reason = "an error, a missing value, or a value")]
    fn heightfield(&mut self, look: &Look<'t>) -> Option<Option<Shape>> {
        let Some(named) = look.attribute("hfield") else {
            let (code, at) = (DiagnosticCode::IMPORT_REFERENCE, look.node().span());
            self.log.error(code, at, "a terrain names no hfield", "write `hfield=\"...\"`");
            return None;
        };
        let Some(asset) = self.assets.hfields.get(named.value.as_str()).copied() else {
            self.log.unknown(named, "hfield", self.assets.hfields.keys().copied());
            return None;
        };
        Some(super::terrain::shape(self.log, self.files, self.settings, asset))
    }
}

/// The hull of points, for output.
pub(crate) fn hull(points: &[[f64; 3]]) -> Shape {
    Shape::ConvexHull { points: points.iter().map(|point| tidy3(Vector::from(*point))).collect() }
}

fn primitive(kind: &str, [a, b, c]: [f64; 3]) -> Shape {
    match kind {
        "capsule" if b > 0.0 => Shape::Capsule { radius: tidy(a), length: tidy(2.0 * b) },
        "cylinder" => Shape::Cylinder { radius: tidy(a), length: tidy(2.0 * b) },
        "box" => Shape::Box { size: [a, b, c].map(|half| tidy(2.0 * half)) },
        "ellipsoid" => {
            // Vertices lie outside by as much as edges lie inside.
            let out = 1.02;
            let corner = |point: Vector| [point.x * a * out, point.y * b * out, point.z * c * out];
            let corners: Vec<[f64; 3]> = mesh::directions(96).into_iter().map(corner).collect();
            hull(&corners)
        }
        _ => Shape::Sphere { radius: tidy(a) },
    }
}
