//! `<contact>`: pairs that collide, and excluded pairs.

use std::collections::BTreeSet;

use randori_core::diagnostic::DiagnosticCode;

use super::geoms::{Geom, Surface};
use super::model::Model;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// A geom: the index of its body, and its index on it.
pub(crate) type GeomId = (usize, usize);

/// Priority of surfaces with listed contacts.
const PAIR_PRIORITY: i32 = 100;

/// A listed contact (`<pair>`).
pub(crate) struct Pair<'t> {
    node: Node<'t>,
    pub(crate) ends: [GeomId; 2],
    surface: Surface,
}

/// All listed contacts.
pub(crate) fn pairs<'t>(log: &mut Log, model: &Model<'t>) -> Vec<Pair<'t>> {
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
        // Attributes that a pair omits follow from its geoms.
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
pub(crate) fn surface_of(
    log: &mut Log,
    id: GeomId,
    geom: &Geom<'_>,
    pairs: &[Pair<'_>],
) -> Surface {
    let mine: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.ends.contains(&id)).collect();
    // The world keeps its own surface, which other geoms touch too.
    let with_world = |pair: &&&Pair<'_>| pair.ends.iter().any(|end| end.0 == 0);
    let Some(chosen) = mine.iter().find(with_world).or(mine.first()).filter(|_| id.0 != 0) else {
        return geom.surface;
    };
    for other in mine.iter().filter(|pair| pair.surface != chosen.surface) {
        if other.ends[0] == id {
            let what = "a listed contact: uses the friction of another one of the same geom";
            log.note(ImportStatus::Approximated, other.node, what);
        }
    }
    chosen.surface
}

/// Pairs of bodies that do not collide, the smaller index first.
pub(crate) fn excluded(log: &mut Log, model: &Model<'_>) -> BTreeSet<(usize, usize)> {
    let sections = model.root.children_called("contact");
    let mut all = BTreeSet::new();
    for node in sections.flat_map(|section| section.children_called("exclude")) {
        let mut ends = Vec::new();
        for side in ["body1", "body2"] {
            let Some(attribute) = node.attribute(side) else {
                let message = format!("an exclusion has no `{side}`");
                let code = DiagnosticCode::IMPORT_REFERENCE;
                log.error(code, node.span(), message, "name two bodies");
                continue;
            };
            if let Some(body) = model.body(&attribute.value) {
                ends.push(body);
            } else {
                let names = model.bodies.iter().filter_map(|body| body.name);
                log.unknown(attribute, "body", names);
            }
        }
        let [one, other] = ends[..] else { continue };
        all.insert((one.min(other), one.max(other)));
    }
    all
}
