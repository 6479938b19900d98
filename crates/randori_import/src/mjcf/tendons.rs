//! `<tendon>`: fixed tendons, which are sums over joints.

use super::model::Model;
use crate::log::Log;
use crate::values;
use crate::xml::Node;

fn all<'t>(model: &Model<'t>) -> impl Iterator<Item = Node<'t>> {
    model.root.children_called("tendon").flat_map(Node::children)
}

pub(crate) fn names<'t>(model: &Model<'t>) -> impl Iterator<Item = &'t str> {
    all(model).filter_map(Node::name)
}

pub(crate) fn find<'t>(model: &Model<'t>, name: &str) -> Option<Node<'t>> {
    all(model).find(|tendon| tendon.name() == Some(name))
}

/// Joints (body, index) and coefficients; none of a spatial tendon.
pub(crate) fn terms(
    log: &mut Log,
    model: &Model<'_>,
    tendon: Node<'_>,
) -> Option<Vec<((usize, usize), f64)>> {
    if tendon.tag() != "fixed" {
        return Some(Vec::new());
    }
    let mut terms = Vec::new();
    for part in tendon.children_called("joint") {
        let named = part.attribute("joint")?;
        let Some(place) = model.joint(&named.value) else {
            log.unknown(named, "joint", model.joint_names());
            return None;
        };
        let coefficient = part.attribute("coef").and_then(|found| values::number(log, found));
        terms.push((place, coefficient.unwrap_or(1.0)));
    }
    Some(terms)
}
