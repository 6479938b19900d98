//! Contacts: colliding pairs and surfaces.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::spec::{ShapeSpec, SoftnessSpec};

use super::geoms::{Geom, Surface};
use super::groups::{Groups, meet};
use super::model::Model;
use super::pairs::{GeomId, Pair, excluded, pairs, surface_of};
use super::tree::{Layout, Role};
use crate::geometry::{pose_spec, tidy};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::xml::Node;

/// Name of the material of all imported shapes: of two surfaces with equal priority
/// the larger coefficient applies.
pub(crate) const MATERIAL: &str = "imported";

/// Collision settings, and pairs of links that do not collide.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    shapes: BTreeMap<GeomId, ShapeSpec>,
    pub(crate) self_contact: bool,
    pub(crate) exclusions: Vec<(String, String)>,
    /// Bodies that collide with the parent of their joints.
    touching_carriers: BTreeSet<usize>,
}

impl Contacts {
    pub(crate) fn shape(&self, geom: GeomId) -> Option<&ShapeSpec> {
        self.shapes.get(&geom)
    }

    /// True if a body collides with the parent of its joints.
    pub(crate) fn touches_carrier(&self, body: usize) -> bool {
        self.self_contact && self.touching_carriers.contains(&body)
    }

    pub(crate) fn read(log: &mut Log, model: &Model<'_>, layout: &Layout) -> Self {
        let mut contacts = Self::default();
        let pairs = pairs(log, model);
        let excluded = excluded(log, model);
        if model.settings.no_contacts {
            log.note_whole(ImportStatus::Kept, "contacts are disabled in the file").doubt();
            return contacts;
        }
        let listed: BTreeSet<GeomId> = pairs.iter().flat_map(|pair| pair.ends).collect();
        let touching: Vec<(GeomId, &Geom<'_>)> = model
            .bodies
            .iter()
            .enumerate()
            .flat_map(|(at, body)| {
                body.geoms.iter().enumerate().map(move |(index, geom)| ((at, index), geom))
            })
            .filter(|(id, geom)| listed.contains(id) || geom.contype != 0 || geom.conaffinity != 0)
            .filter(|(id, _)| id.0 == 0 || layout.roles[id.0] != Role::Left)
            .collect();
        let groups = Groups::new(log, model, layout, &touching, (&pairs, &excluded));
        let mut missing = Vec::new();
        for (id, geom) in &touching {
            let in_robot = layout.is_robot(id.0);
            let Some(shape) = &geom.shape else {
                if in_robot {
                    missing.push((*id, geom.look.node()));
                }
                continue;
            };
            if in_robot && geom.is_plane {
                log.note(ImportStatus::Dropped, geom.look.node(), "a plane on a moving body")
                    .doubt();
                continue;
            }
            let surface = surface_of(log, *id, geom, &pairs);
            let mut spec = shape_spec(log, geom, &surface, model.settings.impratio);
            spec.shape = shape.clone();
            (spec.group, spec.ignores) = groups.of(*id);
            contacts.shapes.insert(*id, spec);
        }
        missing_shapes(log, model, &missing);
        let robot: Vec<(GeomId, &Geom<'_>)> =
            touching.iter().copied().filter(|(id, _)| layout.is_robot(id.0)).collect();
        contacts.between_links(model, layout, &robot, (&pairs, &excluded));
        contacts
    }

    /// Self-collision of the robot, and pairs of links that do not collide.
    fn between_links(
        &mut self,
        model: &Model<'_>,
        layout: &Layout,
        robot: &[(GeomId, &Geom<'_>)],
        (pairs, excluded): (&[Pair<'_>], &BTreeSet<(usize, usize)>),
    ) {
        let welded = welds(model);
        let carrier = |body: usize| welded[model.bodies[welded[body]].parent];
        let link = |body: usize| layout.place(body).map(|place| place.link.as_str());
        let mut never: BTreeSet<(String, String)> = excluded
            .iter()
            .filter_map(|(one, other)| Some(sorted(link(*one)?, link(*other)?)))
            .filter(|(one, other)| one != other)
            .collect();
        let listed: BTreeSet<(usize, usize)> = pairs
            .iter()
            .map(|pair| pair.ends.map(|end| end.0))
            .map(|[one, other]| (one.min(other), one.max(other)))
            .collect();
        let mut kinds: BTreeMap<usize, BTreeSet<(i32, i32)>> = BTreeMap::new();
        for (id, geom) in robot {
            kinds.entry(id.0).or_default().insert((geom.contype, geom.conaffinity));
        }
        let bodies: Vec<usize> = kinds.keys().copied().collect();
        let mut apart: Vec<(usize, usize)> = Vec::new();
        for (at, &one) in bodies.iter().enumerate() {
            for &other in &bodies[at + 1..] {
                let (Some(a), Some(b)) = (link(one), link(other)) else { continue };
                if a == b || welded[one] == welded[other] {
                    continue;
                }
                let is_listed = listed.contains(&(one, other));
                let moved = [(one, other), (other, one)]
                    .into_iter()
                    .find(|(above, below)| carrier(*below) == welded[*above])
                    .map(|(_, below)| welded[below]);
                // Children of the world, and of bodies welded to it, collide with it.
                let is_filtered = moved.is_some()
                    && model.settings.filter_parents
                    && welded[one] != 0
                    && welded[other] != 0
                    && !is_listed;
                let meets = is_listed
                    || kinds[&one].iter().any(|x| kinds[&other].iter().any(|y| meet(*x, *y)));
                let touches =
                    meets && !is_filtered && (is_listed || !excluded.contains(&(one, other)));
                if touches {
                    self.self_contact = true;
                    self.touching_carriers.extend(moved);
                } else if is_filtered && meets && is_far(model, one, other) {
                    never.insert(sorted(a, b));
                } else if moved.is_some() {
                    apart.push((one, other));
                }
            }
        }
        // `contacts` of a joint applies to all bodies welded to its links.
        for (one, other) in apart {
            let moved = if carrier(other) == welded[one] { welded[other] } else { welded[one] };
            if let (true, Some(a), Some(b)) =
                (self.touching_carriers.contains(&moved), link(one), link(other))
            {
                never.insert(sorted(a, b));
            }
        }
        if self.self_contact {
            self.exclusions = never.into_iter().collect();
        }
    }
}

/// True if two links of neighbouring bodies are more than one joint apart.
fn is_far(model: &Model<'_>, one: usize, other: usize) -> bool {
    let (above, below) = if one < other { (one, other) } else { (other, one) };
    model.bodies[below].parent != above || model.bodies[below].joints.len() > 1
}

fn sorted(one: &str, other: &str) -> (String, String) {
    let (one, other) = (one.to_owned(), other.to_owned());
    if one <= other { (one, other) } else { (other, one) }
}

/// For each body the root of its welded group.
fn welds(model: &Model<'_>) -> Vec<usize> {
    let mut welds: Vec<usize> = Vec::with_capacity(model.bodies.len());
    for (index, body) in model.bodies.iter().enumerate() {
        let is_bolted = index > 0 && body.joints.is_empty() && !body.is_mocap;
        welds.push(if is_bolted { welds[body.parent] } else { index });
    }
    welds
}

/// Reports missing collision meshes: each one, and once all of them as doubtful.
fn missing_shapes(log: &mut Log, model: &Model<'_>, missing: &[(GeomId, Node<'_>)]) {
    let Some((_, first)) = missing.first() else { return };
    for ((body, _), node) in missing {
        let body = model.bodies[*body].name.unwrap_or("without name");
        log.note(
            ImportStatus::Dropped,
            *node,
            format!("a collision mesh of body `{body}`, which cannot be read"),
        );
    }
    let what = match missing.len() {
        1 => "a collision mesh cannot be read: this part does not collide".to_owned(),
        count => format!("{count} collision meshes cannot be read: these parts do not collide"),
    };
    let advice = "provide the mesh files if these parts must collide";
    log.note(ImportStatus::Dropped, *first, what).advise(advice).doubt();
}

pub(crate) fn shape_spec(
    log: &mut Log,
    geom: &Geom<'_>,
    surface: &Surface,
    impratio: f64,
) -> ShapeSpec {
    let [slide, spin, roll] = surface.friction;
    let from = |least: i32, value: f64| if surface.condim >= least { tidy(value) } else { 0.0 };
    ShapeSpec {
        shape: randori_core::spec::Shape::Plane,
        name: geom.name.map(crate::names::spelt),
        pose: pose_spec(&geom.pose),
        material: Some(MATERIAL.to_owned()),
        friction: Some(from(3, slide)),
        restitution: None,
        priority: surface.priority,
        torsional_friction: from(4, spin),
        rolling_friction: from(6, roll),
        softness: Some(softness(log, geom, surface, impratio)),
        group: None,
        ignores: Vec::new(),
    }
}

/// Minimum distance of impedances from 0 and 1 in `MuJoCo`.
const IMPEDANCE: [f64; 2] = [0.0001, 0.9999];

fn softness(log: &mut Log, geom: &Geom<'_>, surface: &Surface, impratio: f64) -> SoftnessSpec {
    let [first, second, width, midpoint, power] = surface.solimp;
    let bounded = |value: f64| tidy(value.clamp(IMPEDANCE[0], IMPEDANCE[1]));
    let (low, high) = (bounded(first), bounded(second));
    let [a, b] = surface.solref;
    let (time_constant, damping_ratio) = if a > 0.0 && b > 0.0 {
        (a, b)
    } else {
        // Direct form: negative stiffness and damping, per unit mass
        // (`MuJoCo` documentation, "Solver parameters").
        let (stiffness, damping) = ((-a).max(1e-3), (-b).max(1e-6));
        log.note(
            ImportStatus::Approximated,
            geom.look.node(),
            "`solref` as stiffness and damping: converted to a time constant",
        );
        (2.0 / (damping * high), damping / (2.0 * stiffness.sqrt()))
    };
    if (midpoint, power) != (0.5, 2.0) && (low - high).abs() > 1e-9 {
        log.note(ImportStatus::Approximated, geom.look.node(), "midpoint and power of `solimp`");
    }
    SoftnessSpec {
        time_constant: tidy(time_constant),
        damping_ratio: tidy(damping_ratio),
        impedance: low,
        impedance_at_width: high,
        width: tidy(width.max(0.0)),
        friction_stiffness_ratio: tidy(impratio),
    }
}
