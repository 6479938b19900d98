//! Links and joints of the robot.

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{
    Angle, Axis, Coordinate, InertiaSpec, JointKind, JointSpec, Limits, LinkSpec, PoseSpec,
    ShapeSpec, SpringSpec, VisualSpec,
};

use super::contacts::Contacts;
use super::mobility::Mobility;
use super::model::{Body, Joint, Model, Motion};
use super::tree::Layout;
use crate::geometry::{self, Inertia, Pose, pose_spec, tidy, tidy3};
use crate::inertia;
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;

/// The links and joints of a robot, and their names.
#[derive(Debug, Default)]
pub(crate) struct Skeleton {
    pub(crate) links: Vec<LinkSpec>,
    pub(crate) joints: Vec<JointSpec>,
    /// Name of the joint of a body (its index, the joint's index in it).
    pub(crate) joint_names: BTreeMap<(usize, usize), String>,
    /// By body: mass including bodies welded to it, kg.
    masses: Vec<f64>,
    /// By body: true if it has child bodies.
    carries: Vec<bool>,
}

/// Mass properties of all bodies, each in its own frame.
pub(crate) fn inertias(log: &mut Log, model: &Model<'_>) -> Vec<Inertia> {
    let mut all: Vec<Inertia> = model
        .bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            let settings = model.settings_of(body);
            let use_given = settings.inertia_from_geoms != Some(true);
            let found = match body.given_inertia.filter(|_| use_given) {
                Some(given) => given,
                None if index > 0 && settings.inertia_from_geoms != Some(false) => {
                    from_geoms(log, model, body)
                }
                None => Inertia::NONE,
            };
            if index == 0 { found } else { bounded(log, model, body, found) }
        })
        .collect();
    if let Some(total) = model.settings.total_mass {
        let now: f64 = all.iter().skip(1).map(|inertia| inertia.mass).sum();
        if now > 0.0 {
            for inertia in &mut all {
                inertia.mass *= total / now;
                inertia.moments *= total / now;
            }
        }
    }
    all
}

fn from_geoms(log: &mut Log, model: &Model<'_>, body: &Body<'_>) -> Inertia {
    let [low, high] = model.settings_of(body).inertia_groups;
    let mut sum = Inertia::NONE;
    for geom in &body.geoms {
        let group = f64::from(geom.look.whole(log, "group", 0));
        if group < low || group > high {
            continue;
        }
        if geom.misses_mass {
            let (code, at) = (DiagnosticCode::IMPORT_MESH, geom.look.node().span());
            let name = body.name.unwrap_or("without name");
            let message =
                format!("the mass of body `{name}` depends on a mesh that cannot be read");
            let help = "provide the mesh file, or give the body an `<inertial>`";
            log.error(code, at, message, help);
        }
        if geom.inertia.mass > 0.0 {
            sum = sum.plus(&geom.inertia);
        }
    }
    sum
}

/// Applies lower bounds of the compiler settings, and makes inertias possible.
fn bounded(log: &mut Log, model: &Model<'_>, body: &Body<'_>, mut found: Inertia) -> Inertia {
    let settings = model.settings_of(body);
    let moves = !body.joints.is_empty();
    if found.mass == 0.0 && settings.bound_mass > 0.0 && body.given_inertia.is_none() {
        // MuJoCo uses the body's position in its parent, but in the body's own frame.
        found.com = body.pose.translation.vector;
    }
    found.mass = found.mass.max(settings.bound_mass);
    if found.mass == 0.0 {
        return found;
    }
    if settings.bound_inertia > 0.0 {
        found.moments = inertia::raised(&found.moments, settings.bound_inertia);
    }
    if let Some((repaired, what)) = inertia::possible(&found, settings.balance_inertia) {
        let name = body.name.unwrap_or("without name");
        let what = format!("the inertia of body `{name}`: {what}");
        let entry = log.note(ImportStatus::Clamped, body.child_or_self("inertial"), what);
        if moves {
            entry.doubt();
        }
        return repaired;
    }
    found
}

impl<'t> Body<'t> {
    fn child_or_self(&self, tag: &str) -> crate::xml::Node<'t> {
        self.node.child(tag).unwrap_or(self.node)
    }
}

/// The error about a moving body without mass.
pub(crate) fn refuse_massless(log: &mut Log, body: &Body<'_>, name: &str) {
    let (code, at) = (DiagnosticCode::IMPORT_VALUE, body.child_or_self("inertial").span());
    let message = format!("body `{name}` moves but has no mass");
    log.error(code, at, message, "give it a geom with mass, or an `<inertial>`");
}

/// True for bodies with child bodies.
fn carriers(model: &Model<'_>) -> Vec<bool> {
    let mut carries = vec![false; model.bodies.len()];
    for body in model.bodies.iter().skip(1) {
        carries[body.parent] = true;
    }
    carries
}

/// The mass of each body including bodies welded to it, kg.
fn masses_with_welds(model: &Model<'_>, inertias: &[Inertia]) -> Vec<f64> {
    let mut masses: Vec<f64> = inertias.iter().map(|inertia| inertia.mass).collect();
    for (index, body) in model.bodies.iter().enumerate().skip(1).rev() {
        if body.joints.is_empty() {
            masses[body.parent] += masses[index];
        }
    }
    masses
}

impl Skeleton {
    pub(crate) fn build(
        log: &mut Log,
        model: &Model<'_>,
        layout: &mut Layout,
        contacts: &Contacts,
    ) -> Self {
        let mut skeleton = Self {
            masses: masses_with_welds(model, &layout.inertias),
            carries: carriers(model),
            ..Self::default()
        };
        let mut names = Names::default();
        if layout.base.1.is_none() {
            let world = link(layout.base.0.clone(), Inertia::NONE);
            skeleton.links.push(world);
        }
        for (index, body) in model.bodies.iter().enumerate().skip(1) {
            if !layout.is_robot(index) {
                continue;
            }
            let touches = contacts.touches_carrier(index);
            skeleton.add_body(log, model, layout, (index, body, touches), &mut names);
            skeleton.add_surfaces(layout, (index, body), contacts);
        }
        skeleton
    }

    /// True for a moving body without mass that is not only an intermediate frame between
    /// joints.
    fn is_weightless(&self, model: &Model<'_>, index: usize) -> bool {
        let is_bare = model.bodies[index].geoms.iter().all(|geom| geom.shape.is_none());
        self.masses[index] <= 0.0 && !(is_bare && self.carries[index])
    }

    fn add_body(
        &mut self,
        log: &mut Log,
        model: &Model<'_>,
        layout: &mut Layout,
        (index, body, touches): (usize, &Body<'_>, bool),
        names: &mut Names,
    ) {
        let Some(place) = layout.place(index).cloned().filter(|place| place.is_own) else { return };
        let inertia = layout.inertias[index];
        if !body.joints.is_empty() && self.is_weightless(model, index) {
            refuse_massless(log, body, &place.link);
        }
        let parent = match layout.place(body.parent) {
            Some(parent) => (parent.link.clone(), parent.link_from_body),
            None if layout.base.1.is_none() => (layout.base.0.clone(), Pose::identity()),
            None => (String::new(), Pose::identity()),
        };
        let moving: Vec<(usize, &Joint<'_>)> = body
            .joints
            .iter()
            .enumerate()
            .filter(|(_, joint)| joint.motion != Motion::Free)
            .collect();
        for joint in body.joints.iter().filter(|joint| joint.motion == Motion::Free) {
            let resists = [joint.damping, joint.friction, joint.armature, joint.stiffness];
            if resists.iter().any(|value| *value != 0.0) {
                let what = "damping, friction, armature or stiffness of a free joint";
                log.note(ImportStatus::Dropped, joint.node, what).doubt();
            }
        }
        if moving.is_empty() && !parent.0.is_empty() {
            // The world's own link carries the bodies welded to the world.
            let name = names.give(&format!("{}_fixed", place.link));
            let pose = pose_spec(&(parent.1 * body.pose * place.link_from_body.inverse()));
            self.joints.push(fixed(name, parent.0.clone(), place.link.clone(), pose));
        }
        let mut from = (parent.0, parent.1 * body.pose);
        for (step, (at, joint)) in moving.iter().enumerate() {
            let is_last = step + 1 == moving.len();
            let name = joint_name(log, body, joint, names, &place.link, *at);
            let child = if is_last {
                place.link.clone()
            } else {
                layout.link_names.give(&format!("{}_{name}", place.link))
            };
            let anchor = geometry::translation(geometry::vector(joint.anchor));
            let pose = from.1 * anchor * joint.back();
            let spec = joint.spec(log, name.clone(), (from.0, child.clone()), &pose);
            log.note(ImportStatus::Kept, joint.node, format!("joint `{name}`"));
            self.joints.push(JointSpec { contacts: touches, ..spec });
            self.joint_names.insert((index, *at), name);
            if !is_last {
                self.links.push(link(child.clone(), Inertia::NONE));
            }
            from = (child, anchor.inverse());
        }
        log.note(ImportStatus::Kept, body.node, format!("link `{}`", place.link));
        self.links.push(link(place.link.clone(), inertia.seen_from(&place.link_from_body)));
    }

    /// Shapes and visuals, on the link of the body or of the body it is merged into.
    fn add_surfaces(
        &mut self,
        layout: &Layout,
        (index, body): (usize, &Body<'_>),
        contacts: &Contacts,
    ) {
        let Some(place) = layout.place(index) else { return };
        let Some(link) = self.links.iter_mut().find(|link| link.name == place.link) else { return };
        for (at, geom) in body.geoms.iter().enumerate() {
            let pose = pose_spec(&(place.link_from_body * geom.pose));
            if let Some((path, scale)) = &geom.mesh
                && !path.is_empty()
            {
                let color = geom.look.text("rgba").map(|text| {
                    let parts: Vec<f32> =
                        text.split_whitespace().filter_map(|part| part.parse().ok()).collect();
                    std::array::from_fn(|part| {
                        parts.get(part).copied().unwrap_or(0.5).clamp(0.0, 1.0)
                    })
                });
                link.visuals.push(VisualSpec { mesh: path.clone(), pose, scale: *scale, color });
            }
            if let Some(shape) = contacts.shape((index, at)) {
                link.shapes.push(ShapeSpec { pose, ..shape.clone() });
            }
        }
    }
}

/// Stiffness and damping of joints with a time constant and a damping ratio,
/// from the inertia that they move, as `MuJoCo` computes them (documentation, "XML
/// reference", joint/springdamper; `mjCModel::AutoSpringDamper`).
pub(crate) fn tune_springs(
    joints: &mut [JointSpec],
    model: &Model<'_>,
    skeleton: &Skeleton,
    mobility: &Mobility,
) {
    for ((body, at), name) in &skeleton.joint_names {
        let joint = &model.bodies[*body].joints[*at];
        let Some([time, ratio]) = joint.spring_damper else { continue };
        let found = joints.iter_mut().find(|spec| spec.name == *name);
        let felt = mobility.of_joint((*body, *at), joint.motion).filter(|felt| *felt > 0.0);
        let (Some(spec), Some(felt)) = (found, felt) else { continue };
        spec.damping = tidy(2.0 / (felt * time));
        if spec.kind.dofs() != 1 {
            continue;
        }
        let rest = tidy(joint.spring_rest);
        let is_slide = joint.motion == Motion::Slide;
        let rest = if is_slide { Coordinate::M(rest) } else { Coordinate::Rad(rest) };
        let stiffness = tidy(1.0 / (felt * time * time * ratio * ratio));
        spec.spring = Some(SpringSpec { stiffness, rest });
    }
}

/// Adds armature and damping of actuators to their joints.
pub(crate) fn add_resistance(
    joints: &mut [JointSpec],
    skeleton: &Skeleton,
    added: &BTreeMap<(usize, usize), (f64, f64)>,
) {
    for (place, (armature, damping)) in added {
        let Some(name) = skeleton.joint_names.get(place) else { continue };
        if let Some(spec) = joints.iter_mut().find(|spec| spec.name == *name) {
            spec.armature = tidy(spec.armature + armature);
            spec.damping = tidy(spec.damping + damping);
        }
    }
}

fn link(name: String, inertia: Inertia) -> LinkSpec {
    let is_massless = inertia.mass == 0.0;
    LinkSpec {
        name,
        mass_kg: tidy(inertia.mass),
        com: (!is_massless).then(|| tidy3(inertia.com)),
        inertia: if is_massless { InertiaSpec::FromShapes } else { inertia.spec() },
        shapes: Vec::new(),
        visuals: Vec::new(),
    }
}

pub(crate) fn fixed(name: String, parent: String, child: String, pose: PoseSpec) -> JointSpec {
    JointSpec {
        name,
        kind: JointKind::Fixed,
        parent,
        child,
        pose,
        axis: Axis::Z,
        damping: 0.0,
        friction: 0.0,
        armature: 0.0,
        spring: None,
        contacts: false,
    }
}

fn joint_name(
    log: &mut Log,
    body: &Body<'_>,
    joint: &Joint<'_>,
    names: &mut Names,
    link: &str,
    at: usize,
) -> String {
    let wanted = match joint.name {
        Some(name) => name.to_owned(),
        None if body.joints.len() > 1 => format!("{link}_joint_{}", at + 1),
        None => format!("{link}_joint"),
    };
    let name = names.give(&wanted);
    if joint.name.is_some_and(|given| given != name) {
        log.note(
            ImportStatus::Approximated,
            joint.node,
            format!("joint `{wanted}` is called `{name}`"),
        );
    }
    name
}

impl Joint<'_> {
    /// The motion from the reference coordinate back to zero, in the frame of the joint, so
    /// that coordinates equal those of the file.
    fn back(&self) -> Pose {
        let axis = geometry::vector(self.axis);
        match self.motion {
            Motion::Hinge => {
                geometry::pose(geometry::Vector::zeros(), geometry::about(axis, -self.reference))
            }
            Motion::Slide => geometry::translation(axis.normalize() * -self.reference),
            Motion::Ball | Motion::Free => Pose::identity(),
        }
    }

    fn spec(
        &self,
        log: &mut Log,
        name: String,
        (parent, child): (String, String),
        pose: &Pose,
    ) -> JointSpec {
        let ends = |range: [f64; 2]| Limits { lower: tidy(range[0]), upper: tidy(range[1]) };
        let angles = |range: [f64; 2]| Limits {
            lower: Angle::Rad(tidy(range[0])),
            upper: Angle::Rad(tidy(range[1])),
        };
        let kind = match (self.motion, self.range) {
            (Motion::Hinge, Some(range)) => JointKind::Revolute { limits: angles(range) },
            (Motion::Hinge, None) => JointKind::Continuous,
            (Motion::Slide, range) => JointKind::Prismatic { limits: range.map(ends) },
            (Motion::Ball | Motion::Free, range) => {
                if range.is_some() {
                    log.note_value(
                        ImportStatus::Dropped,
                        self.node,
                        "range",
                        "the range of a ball joint",
                    )
                    .doubt();
                }
                JointKind::Spherical
            }
        };
        let mut spring = None;
        if self.stiffness > 0.0 {
            let rest = tidy(self.spring_rest);
            let rest = if self.motion == Motion::Slide {
                Coordinate::M(rest)
            } else {
                Coordinate::Rad(rest)
            };
            if kind.dofs() == 1 {
                spring = Some(SpringSpec { stiffness: tidy(self.stiffness), rest });
            } else {
                log.note_value(
                    ImportStatus::Dropped,
                    self.node,
                    "stiffness",
                    "the spring of a ball joint",
                )
                .doubt();
            }
        }
        JointSpec {
            name,
            kind,
            parent,
            child,
            pose: pose_spec(pose),
            axis: if kind.dofs() == 1 {
                geometry::axis_spec(geometry::vector(self.axis))
            } else {
                Axis::Z
            },
            damping: tidy(self.damping),
            friction: tidy(self.friction),
            armature: tidy(self.armature),
            spring,
            contacts: false,
        }
    }
}
