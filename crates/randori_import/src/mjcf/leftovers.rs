//! Attributes without effect in the result, each reported once per element.

use super::defaults::Look;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// Switches of `<flag>` that change the motion of a robot, with the remaining effect.
/// Other switches are handled elsewhere, or change only the computation.
const SWITCHES: [(&str, &str); 6] = [
    ("constraint", "contacts, limits, friction and equalities act"),
    ("frictionloss", "friction of joints acts"),
    ("limit", "limits of joints act"),
    ("spring", "springs of joints act"),
    ("damper", "damping of joints acts"),
    ("actuation", "actuators act"),
];

/// Attributes of a joint besides its motion and resistance.
pub(crate) fn joint(log: &mut Log, look: &Look<'_>) {
    let node = look.node();
    for name in ["solreflimit", "solimplimit", "solreffriction", "solimpfriction"] {
        if look.attribute(name).is_some() {
            let what = format!("`{name}` of a joint: its limits and friction are hard");
            log.note_value(ImportStatus::Dropped, node, name, what);
        }
    }
    if look.number(log, "margin").is_some_and(|margin| margin != 0.0) {
        let what = "`margin` of a joint: limits act at their exact values";
        log.note_value(ImportStatus::Dropped, node, "margin", what);
    }
    if look.flag(log, "actuatorgravcomp") == Some(true) {
        let what = "`actuatorgravcomp` of a joint";
        log.note_value(ImportStatus::Dropped, node, "actuatorgravcomp", what).doubt();
    }
    for name in ["damping", "stiffness"] {
        let numbers = look.attribute(name).and_then(|found| values::numbers(log, found));
        if numbers.is_some_and(|numbers| numbers.iter().skip(1).any(|part| *part != 0.0)) {
            let what = format!("`{name}` of a joint that depends on its motion: the constant part");
            log.note_value(ImportStatus::Approximated, node, name, what).doubt();
        }
    }
}

/// Attributes of a geom besides its shape, mass and surface.
pub(crate) fn geom(log: &mut Log, look: &Look<'_>) {
    let node = look.node();
    for (name, what) in [
        ("surfacevel", "`surfacevel` of a geom: its surface does not move"),
        ("adhesion", "`adhesion` of a geom: contacts do not stick"),
        ("fluidshape", "`fluidshape` of a geom: there is no medium"),
    ] {
        let is_set = look.text(name).is_some_and(|value| {
            value.split_whitespace().any(|word| !matches!(word.parse(), Ok(0.0)) && word != "none")
        });
        if is_set {
            let note = log.note_value(ImportStatus::Dropped, node, name, what);
            if name != "fluidshape" {
                note.doubt();
            }
        }
    }
}

/// Disabled switches of a `<flag>`.
pub(crate) fn flag(log: &mut Log, flag: Node<'_>) {
    for (name, without) in SWITCHES {
        if flag.text(name) == Some("disable") {
            let what = format!("`{name}` is disabled in the file, but {without}");
            let advice = "remove the unwanted parts from the `Robot`";
            log.note_value(ImportStatus::Dropped, flag, name, what).advise(advice).doubt();
        }
    }
}
