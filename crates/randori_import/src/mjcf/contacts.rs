//! What touches what, and how.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{ShapeSpec, SoftnessSpec};

use super::geoms::{Geom, Surface};
use super::model::Model;
use super::tree::Layout;
use crate::geometry::{pose_spec, tidy};
use crate::log::Log;
use crate::report::Fate;
use crate::values;
use crate::xml::Node;

/// A geom: the index of its body, and its index on it.
type GeomId = (usize, usize);

/// Name of the material that every imported shape is made of: of two equal
/// surfaces the larger coefficient counts.
pub(crate) const MATERIAL: &str = "imported";

/// Priority of surfaces whose contacts the file describes pair by pair.
const PAIR_PRIORITY: i32 = 100;

/// What collides, and which pairs of links do not.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    shapes: BTreeMap<GeomId, ShapeSpec>,
    pub(crate) self_contact: bool,
    pub(crate) exclusions: Vec<(String, String)>,
}

/// A contact that the file lists.
struct Pair<'t> {
    node: Node<'t>,
    ends: [GeomId; 2],
    surface: Surface,
}

impl Contacts {
    pub(crate) fn shape(&self, geom: GeomId) -> Option<&ShapeSpec> {
        self.shapes.get(&geom)
    }

    pub(crate) fn read(log: &mut Log, model: &Model<'_>, layout: &Layout) -> Self {
        let mut contacts = Self::default();
        let pairs = pairs(log, model);
        if model.settings.no_contacts {
            log.note_whole(Fate::Kept, "contacts are off for the whole file").doubt();
            return contacts;
        }
        let geoms: Vec<(GeomId, &Geom<'_>)> = model
            .bodies
            .iter()
            .enumerate()
            .flat_map(|(at, body)| {
                body.geoms.iter().enumerate().map(move |(index, geom)| ((at, index), geom))
            })
            .collect();
        let touching: Vec<(GeomId, &Geom<'_>)> = geoms
            .iter()
            .copied()
            .filter(|(id, geom)| {
                let meets = |(_, other): &(GeomId, &Geom<'_>)| meet(geom, other);
                let is_listed = pairs.iter().any(|pair| pair.ends.contains(id));
                is_listed || geoms.iter().any(meets) || geom.contype != 0 || geom.conaffinity != 0
            })
            .collect();
        let robot: Vec<(GeomId, &Geom<'_>)> =
            touching.iter().copied().filter(|(id, _)| layout.is_robot(id.0)).collect();
        let groups = Groups::new(&robot, &pairs, model);
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
                log.note(Fate::Dropped, geom.look.node(), "a plane that moves with the robot")
                    .doubt();
                continue;
            }
            let surface = surface_of(log, *id, geom, &pairs, model);
            let mut spec = shape_spec(log, geom, &surface, model.settings.impratio);
            spec.shape = shape.clone();
            if in_robot {
                (spec.group, spec.ignores) = groups.of(*id, geom);
            }
            contacts.shapes.insert(*id, spec);
        }
        missing_shapes(log, model, &missing);
        contacts.between_links(log, model, layout, &robot, &pairs);
        contacts
    }

    /// Whether links of the robot touch each other, and which pairs do not.
    fn between_links(
        &mut self,
        log: &mut Log,
        model: &Model<'_>,
        layout: &Layout,
        robot: &[(GeomId, &Geom<'_>)],
        pairs: &[Pair<'_>],
    ) {
        let welded = welds(model);
        let mut never: BTreeSet<(String, String)> = excluded(log, model, layout);
        let mut touching: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (at, (one, geom)) in robot.iter().enumerate() {
            for (other, other_geom) in &robot[at + 1..] {
                let listed = pairs
                    .iter()
                    .any(|pair| pair.ends == [*one, *other] || pair.ends == [*other, *one]);
                if (listed || meet(geom, other_geom)) && welded[one.0] != welded[other.0] {
                    touching.insert((one.0.min(other.0), one.0.max(other.0)));
                }
            }
        }
        let carrier = |body: usize| welded[model.bodies[welded[body]].parent];
        for (one, other) in touching {
            let (Some(a), Some(b)) = (layout.place(one), layout.place(other)) else { continue };
            if a.link == b.link {
                continue;
            }
            let neighbours = carrier(other) == welded[one] || carrier(one) == welded[other];
            let listed = pairs.iter().any(|pair| {
                let bodies = [pair.ends[0].0, pair.ends[1].0];
                bodies == [one, other] || bodies == [other, one]
            });
            if neighbours && model.settings.filter_parents && !listed {
                if is_far(model, one, other) {
                    never.insert(sorted(&a.link, &b.link));
                }
            } else if !never.contains(&sorted(&a.link, &b.link)) {
                self.self_contact = true;
            }
        }
        if self.self_contact {
            self.exclusions = never.into_iter().collect();
        }
    }
}

/// Whether two links whose bodies are neighbours are more than one joint apart.
fn is_far(model: &Model<'_>, one: usize, other: usize) -> bool {
    let (above, below) = if one < other { (one, other) } else { (other, one) };
    model.bodies[below].parent != above || model.bodies[below].joints.len() > 1
}

fn sorted(one: &str, other: &str) -> (String, String) {
    let (one, other) = (one.to_owned(), other.to_owned());
    if one <= other { (one, other) } else { (other, one) }
}

/// For each body the first one that it is bolted to.
fn welds(model: &Model<'_>) -> Vec<usize> {
    let mut welds: Vec<usize> = Vec::with_capacity(model.bodies.len());
    for (index, body) in model.bodies.iter().enumerate() {
        let is_bolted = index > 0 && body.joints.is_empty();
        welds.push(if is_bolted { welds[body.parent] } else { index });
    }
    welds
}

fn excluded(log: &mut Log, model: &Model<'_>, layout: &Layout) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for node in
        model.root.children_called("contact").flat_map(|section| section.children_called("exclude"))
    {
        let mut ends = Vec::new();
        for side in ["body1", "body2"] {
            let Some(attribute) = node.attribute(side) else {
                let code = DiagnosticCode::IMPORT_REFERENCE;
                log.error(
                    code,
                    node.span(),
                    format!("an exclusion has no `{side}`"),
                    "name two bodies",
                );
                continue;
            };
            match model.body(&attribute.value) {
                Some(body) => ends.push(body),
                None => {
                    log.unknown(
                        attribute,
                        "body",
                        model.bodies.iter().filter_map(|body| body.name),
                    );
                }
            }
        }
        let [one, other] = ends[..] else { continue };
        match (layout.place(one), layout.place(other)) {
            (Some(a), Some(b)) if a.link != b.link => {
                all.insert(sorted(&a.link, &b.link));
            }
            (Some(_), Some(_)) => {}
            _ => {
                log.note(
                    Fate::Dropped,
                    node,
                    "a contact exclusion with something outside the robot",
                )
                .doubt();
            }
        }
    }
    all
}

/// `MuJoCo`'s rule.
fn meet(one: &Geom<'_>, other: &Geom<'_>) -> bool {
    (one.contype & other.conaffinity) != 0 || (other.contype & one.conaffinity) != 0
}

/// Whether a geom touches what other files of Randori describe.
fn meets_default(geom: &Geom<'_>) -> bool {
    (geom.contype & 1) != 0 || (geom.conaffinity & 1) != 0
}

/// Collision groups of the robot.
struct Groups {
    /// Name and the groups that it ignores, by geom.
    of: BTreeMap<GeomId, (Option<String>, Vec<String>)>,
}

impl Groups {
    fn new(robot: &[(GeomId, &Geom<'_>)], pairs: &[Pair<'_>], model: &Model<'_>) -> Self {
        let listed = |id: GeomId| pairs.iter().any(|pair| pair.ends.contains(&id));
        let name = |(id, geom): &(GeomId, &Geom<'_>)| -> String {
            if listed(*id) {
                let own = geom
                    .name
                    .map_or_else(|| format!("geom_{}_{}", id.0, id.1), crate::names::spelt);
                format!("pair_{own}")
            } else if (geom.contype, geom.conaffinity) == (1, 1) {
                "default".to_owned()
            } else {
                format!("c{}_a{}", geom.contype, geom.conaffinity)
            }
        };
        // One geom stands for each group.
        let mut groups: BTreeMap<String, (GeomId, &Geom<'_>)> = BTreeMap::new();
        for geom in robot {
            groups.entry(name(geom)).or_insert(*geom);
        }
        let is_outside = |id: &GeomId| {
            id.0 == 0
                || model.bodies[id.0].parent == 0 && !robot.iter().any(|(other, _)| other.0 == id.0)
        };
        let mut of = BTreeMap::new();
        for member in robot {
            let (id, geom) = member;
            let own = name(member);
            let mut ignores: Vec<String> = Vec::new();
            let to_world =
                pairs.iter().any(|pair| pair.ends.contains(id) && pair.ends.iter().any(is_outside));
            if !meets_default(geom) && !to_world {
                ignores.push("default".to_owned());
            }
            for (group, (other_id, other)) in &groups {
                let paired = pairs
                    .iter()
                    .any(|pair| pair.ends == [*id, *other_id] || pair.ends == [*other_id, *id]);
                if group != "default" && !paired && !meet(geom, other) {
                    ignores.push(group.clone());
                }
            }
            let group = (own != "default").then_some(own);
            of.insert(*id, (group, ignores));
        }
        Self { of }
    }

    fn of(&self, id: GeomId, _geom: &Geom<'_>) -> (Option<String>, Vec<String>) {
        self.of.get(&id).cloned().unwrap_or_default()
    }
}

/// Reports colliding meshes that are missing: each one, and all of them once as
/// something to worry about.
fn missing_shapes(log: &mut Log, model: &Model<'_>, missing: &[(GeomId, Node<'_>)]) {
    let Some((_, first)) = missing.first() else { return };
    for ((body, _), node) in missing {
        let body = model.bodies[*body].name.unwrap_or("without name");
        log.note(
            Fate::Dropped,
            *node,
            format!("a colliding mesh of body `{body}`, which cannot be read"),
        );
    }
    let what = match missing.len() {
        1 => "a colliding mesh cannot be read: this part touches nothing".to_owned(),
        count => format!("{count} colliding meshes cannot be read: these parts touch nothing"),
    };
    let advice = "put the mesh files in their places if these parts must collide";
    log.note(Fate::Dropped, *first, what).advise(advice).doubt();
}

fn pairs<'t>(log: &mut Log, model: &Model<'t>) -> Vec<Pair<'t>> {
    let mut pairs = Vec::new();
    for node in
        model.root.children_called("contact").flat_map(|section| section.children_called("pair"))
    {
        let look = model.defaults.look(log, node, None);
        let mut ends = Vec::new();
        for side in ["geom1", "geom2"] {
            let Some(attribute) = node.attribute(side) else {
                let code = DiagnosticCode::IMPORT_REFERENCE;
                log.error(
                    code,
                    node.span(),
                    format!("a contact pair has no `{side}`"),
                    "name two geoms",
                );
                continue;
            };
            if let Some(id) = model.geom(&attribute.value) {
                ends.push(id);
            } else {
                let names =
                    model.bodies.iter().flat_map(|body| &body.geoms).filter_map(|geom| geom.name);
                log.unknown(attribute, "geom", names);
            }
        }
        let [one, other] = ends[..] else { continue };
        let geom = |(body, index): GeomId| &model.bodies[body].geoms[index].surface;
        let (a, b) = (geom(one), geom(other));
        // What a pair does not say follows from its geoms.
        let stronger = if b.priority > a.priority { b } else { a };
        let larger = |part: usize| {
            if a.priority == b.priority {
                a.friction[part].max(b.friction[part])
            } else {
                stronger.friction[part]
            }
        };
        let mixed = [larger(0), larger(0), larger(1), larger(2), larger(2)];
        let friction =
            look.attribute("friction").and_then(|found| values::at_most::<5>(log, found, mixed));
        let [slide, _, spin, roll, _] = friction.unwrap_or(mixed);
        let condim =
            if a.priority == b.priority { a.condim.max(b.condim) } else { stronger.condim };
        let surface = Surface {
            friction: [slide, spin, roll],
            condim: look.whole(log, "condim", condim),
            priority: PAIR_PRIORITY,
            solref: look.at_most(log, "solref", stronger.solref),
            solimp: look.at_most(log, "solimp", stronger.solimp),
        };
        pairs.push(Pair { node, ends: [one, other], surface });
    }
    pairs
}

/// The surface of a geom: its own, or that of its listed contacts.
fn surface_of(
    log: &mut Log,
    id: GeomId,
    geom: &Geom<'_>,
    pairs: &[Pair<'_>],
    model: &Model<'_>,
) -> Surface {
    let mine: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.ends.contains(&id)).collect();
    // The world keeps its own surface: it is there for other things too.
    let with_world = |pair: &&&Pair<'_>| pair.ends.iter().any(|end| end.0 == 0);
    let Some(chosen) = mine.iter().find(with_world).or(mine.first()).filter(|_| id.0 != 0) else {
        return geom.surface;
    };
    let _ = model;
    for other in mine.iter().filter(|pair| pair.surface != chosen.surface) {
        if other.ends[0] == id {
            let what = "a listed contact: with the friction of another one of the same geom";
            log.note(Fate::Approximated, other.node, what);
        }
    }
    chosen.surface
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

/// `MuJoCo` keeps impedances this far from 0 and 1.
const IMPEDANCE: [f64; 2] = [0.0001, 0.9999];

fn softness(log: &mut Log, geom: &Geom<'_>, surface: &Surface, impratio: f64) -> SoftnessSpec {
    let [first, second, width, midpoint, power] = surface.solimp;
    let bounded = |value: f64| tidy(value.clamp(IMPEDANCE[0], IMPEDANCE[1]));
    let (low, high) = (bounded(first), bounded(second));
    let [a, b] = surface.solref;
    let (time_constant, damping_ratio) = if a > 0.0 && b > 0.0 {
        (a, b)
    } else {
        // Given directly: minus stiffness and minus damping, per unit mass
        // (`MuJoCo` documentation, "Solver parameters").
        let (stiffness, damping) = ((-a).max(1e-3), (-b).max(1e-6));
        log.note(
            Fate::Approximated,
            geom.look.node(),
            "`solref` as stiffness and damping: as a time constant",
        );
        (2.0 / (damping * high), damping / (2.0 * stiffness.sqrt()))
    };
    if (midpoint, power) != (0.5, 2.0) && (low - high).abs() > 1e-9 {
        log.note(Fate::Approximated, geom.look.node(), "`solimp` with its own midpoint or power");
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
