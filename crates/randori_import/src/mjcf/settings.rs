//! `<compiler>` and `<option>`.

use super::defaults::Look;
use crate::geometry::{self, Pose, Rotation, Vector};
use crate::log::Log;
use crate::paths;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::{Attribute, Files, Node};

/// Settings of the file; defaults are those of the format.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the format")]
pub(crate) struct Settings {
    pub(crate) degrees: bool,
    pub(crate) auto_limits: bool,
    euler_sequence: String,
    pub(crate) mesh_dir: String,
    pub(crate) texture_dir: String,
    pub(crate) strip_path: bool,
    /// Base folder of the paths of an attached model; `None` for that of the main file.
    pub(crate) folder: Option<String>,
    /// Inertia from geoms: always, never, or if none is given.
    pub(crate) inertia_from_geoms: Option<bool>,
    pub(crate) inertia_groups: [f64; 2],
    pub(crate) bound_mass: f64,
    pub(crate) bound_inertia: f64,
    pub(crate) balance_inertia: bool,
    pub(crate) total_mass: Option<f64>,
    /// True if primitives are fitted to the box of a mesh instead of its inertia.
    pub(crate) fit_to_box: bool,
    /// Size of a physics step, s.
    pub(crate) timestep: f64,
    pub(crate) gravity: [f64; 3],
    /// Stiffness of friction relative to the normal direction.
    pub(crate) impratio: f64,
    /// Contact parameters that override those of all geoms.
    pub(crate) override_contacts: Option<Overrides>,
    /// True if neighbouring bodies do not collide.
    pub(crate) filter_parents: bool,
    pub(crate) no_contacts: bool,
    pub(crate) no_equalities: bool,
    /// True if ranges of controls are disabled.
    pub(crate) free_controls: bool,
}

/// Contact parameters for all contacts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overrides {
    pub(crate) solref: [f64; 2],
    pub(crate) solimp: [f64; 5],
    pub(crate) friction: [f64; 5],
}

impl Settings {
    pub(crate) fn read(log: &mut Log, root: Node<'_>) -> Self {
        let mut settings = Self {
            degrees: true,
            auto_limits: true,
            euler_sequence: "xyz".to_owned(),
            mesh_dir: String::new(),
            texture_dir: String::new(),
            strip_path: false,
            folder: None,
            inertia_from_geoms: None,
            inertia_groups: [0.0, 5.0],
            bound_mass: 0.0,
            bound_inertia: 0.0,
            balance_inertia: false,
            total_mass: None,
            fit_to_box: false,
            timestep: 0.002,
            gravity: [0.0, 0.0, -9.81],
            impratio: 1.0,
            override_contacts: None,
            filter_parents: true,
            no_contacts: false,
            no_equalities: false,
            free_controls: false,
        };
        for section in root.children_called("compiler") {
            settings.compiler(log, &Look::bare(section));
        }
        for section in root.children_called("option") {
            settings.option(log, &Look::bare(section));
        }
        settings
    }

    fn compiler(&mut self, log: &mut Log, look: &Look<'_>) {
        if let Some(angle) = look.attribute("angle") {
            let word = values::word(log, angle, &["degree", "radian"]);
            self.degrees = word != Some("radian");
        }
        self.auto_limits = look.flag(log, "autolimits").unwrap_or(self.auto_limits);
        if let Some(sequence) = look.attribute("eulerseq") {
            let letters = &sequence.value;
            if letters.len() == 3 && letters.chars().all(|letter| "xyzXYZ".contains(letter)) {
                letters.clone_into(&mut self.euler_sequence);
            } else {
                let message = "`eulerseq` needs three of the letters x, y, z, X, Y, Z";
                log.refuse(sequence, message, "write `xyz`");
            }
        }
        if let Some(folder) = look.text("assetdir") {
            folder.clone_into(&mut self.mesh_dir);
            folder.clone_into(&mut self.texture_dir);
        }
        if let Some(folder) = look.text("meshdir") {
            folder.clone_into(&mut self.mesh_dir);
        }
        if let Some(folder) = look.text("texturedir") {
            folder.clone_into(&mut self.texture_dir);
        }
        self.strip_path = look.flag(log, "strippath").unwrap_or(self.strip_path);
        if look.attribute("inertiafromgeom").is_some() {
            self.inertia_from_geoms = look.flag(log, "inertiafromgeom");
        }
        self.inertia_groups = look.at_most(log, "inertiagrouprange", self.inertia_groups);
        self.bound_mass = look.not_negative(log, "boundmass").unwrap_or(self.bound_mass);
        self.bound_inertia = look.not_negative(log, "boundinertia").unwrap_or(self.bound_inertia);
        self.balance_inertia = look.flag(log, "balanceinertia").unwrap_or(self.balance_inertia);
        self.fit_to_box = look.flag(log, "fitaabb").unwrap_or(self.fit_to_box);
        if let Some(mass) = look.number(log, "settotalmass") {
            self.total_mass = (mass > 0.0).then_some(mass);
        }
    }

    fn option(&mut self, log: &mut Log, look: &Look<'_>) {
        let node = look.node();
        if let Some(attribute) = node.attribute("timestep") {
            match values::number(log, attribute) {
                Some(step) if step > 0.0 => self.timestep = step,
                Some(_) => {
                    log.refuse(attribute, "`timestep` must be greater than 0", "write 0.002");
                }
                None => {}
            }
        }
        self.gravity = look.exactly(log, "gravity").unwrap_or(self.gravity);
        if let Some(ratio) = look.number(log, "impratio") {
            self.impratio = if ratio > 0.0 { ratio } else { 1.0 };
        }
        if let Some(groups) = node.attribute("actuatorgroupdisable") {
            let what =
                format!("groups {} of actuators are disabled in the file, but act", groups.value);
            let advice = "remove the actuators with `drop`";
            let name = "actuatorgroupdisable";
            log.note_value(ImportStatus::Dropped, node, name, what).advise(advice).doubt();
        }
        for name in ["wind", "density", "viscosity", "magnetic"] {
            let numbers = node.attribute(name).and_then(|found| values::numbers(log, found));
            if numbers.is_some_and(|numbers| numbers.iter().any(|number| *number != 0.0)) {
                log.note_value(
                    ImportStatus::Dropped,
                    node,
                    name,
                    format!("`{name}` of the medium"),
                );
            }
        }
        for name in ["integrator", "cone", "solver", "jacobian"] {
            if let Some(attribute) = node.attribute(name) {
                let what = format!("{name} `{}`: Randori uses its own", attribute.value);
                log.note_value(ImportStatus::Dropped, node, name, what);
            }
        }
        for flag in node.children_called("flag") {
            let is = |name: &str, value: &str| flag.text(name) == Some(value);
            super::leftovers::flag(log, flag);
            self.no_equalities |= is("equality", "disable");
            self.free_controls |= is("clampctrl", "disable");
            self.filter_parents &= !is("filterparent", "disable");
            self.no_contacts |= is("contact", "disable");
            if is("gravity", "disable") {
                self.gravity = [0.0; 3];
            }
            if is("override", "enable") {
                let solref = look.at_most(log, "o_solref", super::geoms::SOLREF);
                let solimp = look.at_most(log, "o_solimp", super::geoms::SOLIMP);
                let friction = look.at_most(log, "o_friction", [1.0, 1.0, 0.005, 0.0001, 0.0001]);
                self.override_contacts = Some(Overrides { solref, solimp, friction });
            }
        }
    }

    /// Path of the file of an asset from the reader's root.
    pub(crate) fn asset_path(
        &self,
        files: &mut Files<'_>,
        file: &Attribute,
    ) -> Result<String, String> {
        let mut named = file.value.replace('\\', "/");
        if self.strip_path {
            named = named.rsplit('/').next().unwrap_or_default().to_owned();
        }
        let main = paths::folder(files.main());
        let folder = self.folder.as_deref().unwrap_or(main).to_owned();
        let assets = self.mesh_dir.replace('\\', "/");
        let path = match assets.as_str() {
            "" => Ok(folder.clone()),
            below => paths::resolve(&folder, below),
        };
        let mut path = path.and_then(|folder| paths::resolve(&folder, &named));
        if !self.strip_path {
            path = files.or_beside(path, &named, file.span.file);
        }
        if path.is_err() {
            files.outside.extend(paths::beyond(&folder, &format!("{assets}/{named}")));
        }
        Ok(path?)
    }

    /// An angle of the file, in radians.
    pub(crate) fn radians(&self, angle: f64) -> f64 {
        if self.degrees { angle * (std::f64::consts::PI / 180.0) } else { angle }
    }

    /// `pos` and the orientation of the frame.
    pub(crate) fn pose(&self, log: &mut Log, look: &Look<'_>) -> Pose {
        let offset = look.exactly::<3>(log, "pos").unwrap_or_default();
        geometry::pose(geometry::vector(offset), self.rotation(log, look))
    }

    pub(crate) fn rotation(&self, log: &mut Log, look: &Look<'_>) -> Rotation {
        let Some(turn) = look.turn() else { return Rotation::identity() };
        self.turned(log, turn).unwrap_or_else(Rotation::identity)
    }

    fn turned(&self, log: &mut Log, turn: &Attribute) -> Option<Rotation> {
        let rotation = match turn.name.as_str() {
            "quat" => geometry::from_wxyz(values::exactly(log, turn)?),
            "axisangle" => {
                let [x, y, z, angle] = values::exactly(log, turn)?;
                let axis = Vector::new(x, y, z);
                (axis.norm() > 1e-12).then(|| geometry::about(axis, self.radians(angle)))
            }
            "euler" => Some(self.euler(values::exactly(log, turn)?)),
            "xyaxes" => {
                let [a, b, c, d, e, f] = values::exactly(log, turn)?;
                geometry::from_xy(Vector::new(a, b, c), Vector::new(d, e, f))
            }
            _ => {
                let direction = geometry::vector(values::exactly(log, turn)?);
                (direction.norm() > 1e-12).then(|| geometry::z_to(direction))
            }
        };
        if rotation.is_none() {
            let message = format!("`{}` has no direction", turn.name);
            log.refuse(turn, message, "its vectors must not be zero or parallel");
        }
        rotation
    }

    fn euler(&self, angles: [f64; 3]) -> Rotation {
        let mut rotation = Rotation::identity();
        for (letter, angle) in self.euler_sequence.chars().zip(angles) {
            let axis = match letter.to_ascii_lowercase() {
                'x' => Vector::x(),
                'y' => Vector::y(),
                _ => Vector::z(),
            };
            let step = geometry::about(axis, self.radians(angle));
            // Lower case: rotating axes; upper case: fixed axes.
            rotation = if letter.is_ascii_lowercase() { rotation * step } else { step * rotation };
        }
        rotation
    }
}
