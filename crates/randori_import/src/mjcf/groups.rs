//! Collision groups from `contype` and `conaffinity`, and exclusions of bodies outside
//! the robot.
//!
//! Start reading at [`Groups::new`].

use std::collections::{BTreeMap, BTreeSet};

use super::environment::is_ground;
use super::geoms::Geom;
use super::model::Model;
use super::pairs::{GeomId, Pair};
use super::tree::{Layout, Role};
use crate::log::Log;
use crate::names::{Names, spelt};
use crate::report::ImportStatus;

/// The group of shapes without one.
const DEFAULT: &str = "default";

/// Groups besides the default one.
const MAX_GROUPS: usize = 31;

/// `contype` and `conaffinity`.
type Bits = (i32, i32);

/// Members of a group collide with the same groups.
#[derive(Debug, Clone)]
struct Group {
    bits: Bits,
    /// The geom, if it has its own group because of listed contacts.
    listed: Option<GeomId>,
    /// The body, if there are exclusions of it.
    body: Option<usize>,
    /// True if a member is outside of the robot.
    has_surroundings: bool,
    /// True if a member is a part of the robot.
    has_robot: bool,
}

/// Collision groups of all colliding geoms.
pub(crate) struct Groups {
    /// Name and the groups that it ignores, by geom.
    of: BTreeMap<GeomId, (Option<String>, Vec<String>)>,
}

/// Inputs for groups.
struct Rules<'m, 't> {
    model: &'m Model<'t>,
    layout: &'m Layout,
    /// By geom the geoms of its listed contacts.
    partners: BTreeMap<GeomId, Vec<GeomId>>,
    excluded: &'m BTreeSet<(usize, usize)>,
    /// The group of the ground; shapes of other Randori files are treated like it.
    ground: Bits,
    /// True if a geom does not collide with geoms of the world.
    is_world_apart: bool,
    names: BTreeMap<usize, String>,
}

impl Groups {
    pub(crate) fn new(
        log: &mut Log,
        model: &Model<'_>,
        layout: &Layout,
        touching: &[(GeomId, &Geom<'_>)],
        (pairs, excluded): (&[Pair<'_>], &BTreeSet<(usize, usize)>),
    ) -> Self {
        let rules = Rules::new(model, layout, touching, (pairs, excluded));
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        let mut member: BTreeMap<GeomId, String> = BTreeMap::new();
        for (id, geom) in touching {
            let mut name = rules.name(*id, geom);
            let is_full = groups.keys().filter(|name| *name != DEFAULT).count() >= MAX_GROUPS;
            if is_full && name != DEFAULT && !groups.contains_key(&name) {
                let what = format!("more than {MAX_GROUPS} different collision rules of geoms");
                let entry = log.note(ImportStatus::Dropped, geom.look.node(), what);
                entry.advise("this geom collides like the default group").doubt();
                DEFAULT.clone_into(&mut name);
            }
            let group = groups.entry(name.clone()).or_insert_with(|| rules.group(&name, *id, geom));
            let is_robot = layout.is_robot(id.0);
            group.has_robot |= is_robot;
            group.has_surroundings |= !is_robot;
            member.insert(*id, name);
        }
        let mut of = BTreeMap::new();
        for (id, geom) in touching {
            let own = &member[id];
            let ignores = rules.ignores(*id, geom, &groups);
            of.insert(*id, ((own != DEFAULT).then(|| own.clone()), ignores));
        }
        Self { of }
    }

    /// Name and ignored groups.
    pub(crate) fn of(&self, id: GeomId) -> (Option<String>, Vec<String>) {
        self.of.get(&id).cloned().unwrap_or_default()
    }
}

impl<'m, 't> Rules<'m, 't> {
    fn new(
        model: &'m Model<'t>,
        layout: &'m Layout,
        touching: &[(GeomId, &Geom<'_>)],
        (pairs, excluded): (&[Pair<'_>], &'m BTreeSet<(usize, usize)>),
    ) -> Self {
        let mut partners: BTreeMap<GeomId, Vec<GeomId>> = BTreeMap::new();
        for [one, other] in pairs.iter().map(|pair| pair.ends) {
            partners.entry(one).or_default().push(other);
            partners.entry(other).or_default().push(one);
        }
        let mut ground = touching.iter().filter(|(id, geom)| id.0 == 0 && is_ground(geom));
        let ground = ground.next().map_or((1, 1), |(_, geom)| bits(geom));
        // A ground with listed contacts only is treated like other geoms.
        let ground = if ground == (0, 0) { (1, 1) } else { ground };
        let is_thing = |body: usize| matches!(layout.roles[body], Role::Fixture | Role::Movable);
        let touches_world = |&(one, other): &(usize, usize)| {
            one == 0 && (layout.is_robot(other) || is_thing(other))
        };
        let is_world_apart = excluded.iter().any(touches_world);
        let mut given = Names::default();
        given.give(DEFAULT);
        let mut names = BTreeMap::new();
        for &(one, other) in excluded {
            for body in [one, other] {
                if body != 0 && is_thing(body) && !names.contains_key(&body) {
                    let wanted = model.bodies[body].name.unwrap_or("thing");
                    names.insert(body, given.give(wanted));
                }
            }
        }
        Self { model, layout, partners, excluded, ground, is_world_apart, names }
    }

    fn is_listed(&self, id: GeomId) -> bool {
        self.partners.contains_key(&id)
    }

    fn name(&self, id: GeomId, geom: &Geom<'_>) -> String {
        let by_bits = |(contype, conaffinity): Bits| format!("c{contype}_a{conaffinity}");
        if self.layout.is_robot(id.0) && self.is_listed(id) {
            let own = geom.name.map_or_else(|| format!("geom_{}_{}", id.0, id.1), spelt);
            return format!("pair_{own}");
        }
        let bits = bits(geom);
        if let Some(name) = self.names.get(&id.0) {
            let first = self.model.bodies[id.0].geoms.first().map(self::bits);
            let is_plain = first.is_none_or(|first| first == bits);
            return if is_plain { name.clone() } else { format!("{name}_{}", by_bits(bits)) };
        }
        let is_default = bits == self.ground || (id.0 == 0 && self.is_listed(id));
        if is_default && (id.0 == 0 || !self.is_world_apart) {
            return DEFAULT.to_owned();
        }
        by_bits(bits)
    }

    fn group(&self, name: &str, id: GeomId, geom: &Geom<'_>) -> Group {
        let is_listed = name != DEFAULT && self.layout.is_robot(id.0) && self.is_listed(id);
        Group {
            bits: if name == DEFAULT { self.ground } else { bits(geom) },
            listed: is_listed.then_some(id),
            body: self.names.contains_key(&id.0).then_some(id.0),
            has_surroundings: false,
            has_robot: false,
        }
    }

    /// The groups that a geom ignores: all for a part of the robot, only groups outside
    /// the robot for other geoms.
    fn ignores(
        &self,
        id: GeomId,
        geom: &Geom<'_>,
        groups: &BTreeMap<String, Group>,
    ) -> Vec<String> {
        let is_robot = self.layout.is_robot(id.0);
        let is_excluded = |body: usize| self.excluded.contains(&(id.0.min(body), id.0.max(body)));
        let meets = |other: Bits| meet(bits(geom), other);
        let partners = self.partners.get(&id).map_or(&[][..], Vec::as_slice);
        let mut ignores = Vec::new();
        if is_robot {
            let to_world = partners.iter().any(|other| !self.layout.is_robot(other.0));
            if is_excluded(0) || (!meets(self.ground) && !to_world) {
                ignores.push(DEFAULT.to_owned());
            }
        } else if id.0 != 0 && self.is_world_apart && is_excluded(0) {
            ignores.push(DEFAULT.to_owned());
        }
        for (name, group) in groups.iter().filter(|(name, _)| *name != DEFAULT) {
            let applies = if is_robot { true } else { group.has_surroundings && !group.has_robot };
            let paired = partners.iter().any(|other| match group.listed {
                Some(listed) => *other == listed,
                None => group.has_surroundings && group.body == Some(other.0),
            });
            let passes = group.body.is_some_and(&is_excluded) || !meets(group.bits);
            if applies && passes && !paired {
                ignores.push(name.clone());
            }
        }
        ignores
    }
}

fn bits(geom: &Geom<'_>) -> Bits {
    (geom.contype, geom.conaffinity)
}

/// `MuJoCo`'s rule.
pub(crate) fn meet(one: Bits, other: Bits) -> bool {
    (one.0 & other.1) != 0 || (other.0 & one.1) != 0
}
