//! Selection of the robot's bodies, and their links.

use super::model::{Model, Motion};
use crate::geometry::{self, Inertia, Pose};
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;

/// Role of a body of the world and its subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A part of the robot.
    Robot,
    /// A static object.
    Fixture,
    /// A movable object.
    Movable,
    /// None.
    Left,
}

/// The link of a body in the robot.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) link: String,
    pub(crate) link_from_body: Pose,
    /// True for a separate link, false for a part of the parent's link.
    pub(crate) is_own: bool,
}

/// Bodies and links.
#[derive(Debug)]
pub(crate) struct Layout {
    /// By body.
    pub(crate) roles: Vec<Role>,
    /// By body; only of the robot.
    pub(crate) places: Vec<Option<Place>>,
    /// The root link and its body; a separate link for the world if there is none.
    pub(crate) base: (String, Option<usize>),
    pub(crate) is_floating: bool,
    /// Mass properties by body, in the frame of the body.
    pub(crate) inertias: Vec<Inertia>,
    pub(crate) link_names: Names,
}

impl Layout {
    pub(crate) fn place(&self, body: usize) -> Option<&Place> {
        self.places.get(body).and_then(Option::as_ref)
    }

    pub(crate) fn is_robot(&self, body: usize) -> bool {
        self.roles[body] == Role::Robot
    }
}

/// Assigns roles to bodies; `None` if no body can be a robot.
pub(crate) fn layout(log: &mut Log, model: &Model<'_>, inertias: Vec<Inertia>) -> Option<Layout> {
    let tops = tops(model);
    let roots: Vec<usize> =
        (1..model.bodies.len()).filter(|body| model.bodies[*body].parent == 0).collect();
    let driven = driven_bodies(model);
    let of = |root: usize| {
        (0..model.bodies.len()).filter(move |body| *body > 0).filter({
            let tops = tops.clone();
            move |body| tops[*body] == root
        })
    };
    let joints = |root: usize| -> usize {
        of(root)
            .map(|body| {
                model.bodies[body]
                    .joints
                    .iter()
                    .filter(|joint| joint.motion != Motion::Free)
                    .count()
            })
            .sum()
    };
    let is_free = |root: usize| {
        model.bodies[root].joints.first().is_some_and(|joint| joint.motion == Motion::Free)
    };
    let score = |root: usize| {
        (
            of(root).filter(|body| driven.contains(body)).count(),
            joints(root),
            usize::from(is_free(root)),
        )
    };
    let best = roots.iter().copied().rev().max_by_key(|root| score(*root))?;
    let is_floating = is_free(best);
    let mechanisms: Vec<usize> = if is_floating || joints(best) == 0 {
        vec![best]
    } else {
        roots.iter().copied().filter(|root| joints(*root) > 0 && !is_free(*root)).collect()
    };
    let mut roles = vec![Role::Left; model.bodies.len()];
    for root in &roots {
        let node = model.bodies[*root].node;
        let name = model.bodies[*root].name.unwrap_or("without name");
        let role = if mechanisms.contains(root) {
            Role::Robot
        } else if joints(*root) > 0 {
            let what = format!("body `{name}`: the file describes more than one robot");
            let advice = "import it separately, with `keep` or in its own file";
            log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
            Role::Left
        } else if is_free(*root) {
            Role::Movable
        } else {
            Role::Fixture
        };
        for body in of(*root) {
            roles[body] = role;
        }
    }
    let mut layout = Layout {
        places: vec![None; model.bodies.len()],
        roles,
        base: (String::new(), None),
        is_floating,
        inertias,
        link_names: Names::default(),
    };
    let root_has_joint = model.bodies[best].joints.iter().any(|joint| joint.motion != Motion::Free);
    if mechanisms.len() > 1 || root_has_joint {
        layout.base = (layout.link_names.give("world"), None);
    }
    place_bodies(log, model, &mut layout);
    if layout.base.0.is_empty() {
        layout.base = (layout.place(best)?.link.clone(), Some(best));
    }
    Some(layout)
}

/// The top-level body of each body.
fn tops(model: &Model<'_>) -> Vec<usize> {
    let mut tops: Vec<usize> = Vec::with_capacity(model.bodies.len());
    for (index, body) in model.bodies.iter().enumerate() {
        tops.push(if body.parent == 0 { index } else { tops[body.parent] });
    }
    tops
}

/// Bodies with actuated joints.
fn driven_bodies(model: &Model<'_>) -> Vec<usize> {
    let named = |node: crate::xml::Node<'_>| {
        let joint = node.text("joint").or_else(|| node.text("jointinparent"))?;
        model.joint(joint).map(|(body, _)| body)
    };
    model
        .root
        .children_called("actuator")
        .flat_map(super::super::xml::Node::children)
        .filter_map(named)
        .collect()
}

fn place_bodies(log: &mut Log, model: &Model<'_>, layout: &mut Layout) {
    for (index, body) in model.bodies.iter().enumerate().skip(1) {
        if !layout.is_robot(index) {
            continue;
        }
        let parent = layout.place(body.parent).cloned();
        let is_massless = layout.inertias[index].mass == 0.0;
        if let Some(parent) = parent.filter(|_| body.joints.is_empty() && is_massless) {
            let name = body.name.unwrap_or("without name");
            let what =
                format!("body `{name}` without mass and joint: a part of link `{}`", parent.link);
            log.note(ImportStatus::Kept, body.node, what);
            let link_from_body = parent.link_from_body * body.pose;
            layout.places[index] = Some(Place { link: parent.link, link_from_body, is_own: false });
            continue;
        }
        let wanted = body.name.map_or_else(|| format!("body_{index}"), str::to_owned);
        let link = layout.link_names.give(&wanted);
        if link != wanted {
            log.note(
                ImportStatus::Approximated,
                body.node,
                format!("body `{wanted}` is called `{link}`"),
            );
        }
        // A link's frame is that of its joint: at the joint's anchor.
        let anchor = body.joints.last().filter(|joint| joint.motion != Motion::Free);
        let anchor = anchor.map_or([0.0; 3], |joint| joint.anchor);
        let link_from_body = geometry::translation(-geometry::vector(anchor));
        layout.places[index] = Some(Place { link, link_from_body, is_own: true });
    }
}
