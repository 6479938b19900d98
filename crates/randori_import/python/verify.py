"""Compares an imported robot with what MuJoCo or Pinocchio makes of its file.

Reads one JSON object from standard input:

    format   `mjcf` or `urdf`
    file     path of the robot file
    robot, environment, initial   what the import made of it
    report   lines of the import report: `kind`, `what`, `element`
    pruned   whether parts were left out on request

and prints one: `reader`, `notes`, and `quantities`, each with `quantity`,
`difference` (the largest one; null if it is no number), `where`, `ours`,
`theirs`, `tolerance`, `status` and `told`. A status is `ok`, `declared` (beyond the tolerance, but
the report says so: `told`), or `differs`. `{"missing": true}` says that neither
reader is installed, `{"error": ...}` that the reader does not load the file.

Inertias are compared in world axes, about the centre of mass, at the home pose
and at random configurations; links that a side joins rigidly count as one.
"""

import sys

# The current folder may hold anything.
sys.path[:] = [folder for folder in sys.path if folder]

import json  # noqa: E402
import re  # noqa: E402

RANDOM_CONFIGURATIONS = 4
UNLIMITED = 1e20
# Efforts and speeds of URDF from here on say that there is no limit.
PLACEHOLDER = 1e5

# By quantity: tolerance, and the words by which the report declares a difference.
QUANTITIES = {
    "degrees of freedom": (0, r"fixed at|is fixed or|more than one robot|prismatic joints|is left out|is dropped"),
    "total mass": (1e-6, r"mass|inerti|moment|densit"),
    "centre of mass": (1e-6, r"mass|inerti|moment|densit"),
    "link masses": (1e-6, r"mass|inerti|moment|densit|more than one robot"),
    "link centres of mass": (1e-6, r"mass|inerti|moment|densit"),
    "link inertias": (1e-5, r"mass|inerti|moment|densit"),
    "joint limits": (1e-8, r"limit|range"),
    "joint dynamics": (1e-8, r"damp|friction|armature|stiff|spring"),
    "mass matrix": (1e-5, r"armature"),
    "couplings": (1e-8, r"coupl|follow|equality|polynomial"),
    "effort and speed limits": (1e-8, r"effort|velocity|torque|speed"),
    "actuators": (1e-9, r"gain|range|limit|servo|force|damping|dynamics|cannot|clamped to"),
    "home pose": (1e-8, r"beyond|move over|without limits|keyframe|rotation"),
    "keyframes": (1e-8, r"beyond|move over|without limits|keyframe|rotation"),
    "keyframe commands": (
        1e-6,
        r"second actuator|left out|are dropped|beyond its limits|force limits|slack|clamped to|move over|"
        r"actuatorgravcomp|`(actuation|clampctrl)`",
    ),
    "link poses at the home pose": (1e-6, r"fixed at|is fixed or|prismatic joints"),
    "link poses at random configurations": (1e-6, r"fixed at|is fixed or|prismatic joints"),
    "object masses": (1e-6, r"mass|densit|no collision geometry|does not collide|more than one robot"),
}


def spelt(name):
    out = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.strip())
    return "_" + out if not out or out[0].isdigit() else out


class Names:
    """The importer's way to name each thing once."""

    def __init__(self, used=()):
        self.used = set(used)

    def give(self, wanted):
        base = name = spelt(wanted)
        number = 2
        while name in self.used:
            name, number = f"{base}_{number}", number + 1
        self.used.add(name)
        return name


# Rotations.


def from_wxyz(w, x, y, z):
    q = np.array([w, x, y, z], float)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def about(axis, angle):
    axis = np.array(axis, float) / np.linalg.norm(axis)
    return from_wxyz(np.cos(angle / 2), *(np.sin(angle / 2) * axis))


def angle_between(a, b):
    """Of two rotations, rad; exact for small ones."""
    turn = a.T @ b
    sine = np.linalg.norm([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]]) / 2
    return float(np.arctan2(sine, (np.trace(turn) - 1) / 2))




# Values as Randori's files write them.


def value(x):
    """A number in SI units, with or without its unit."""
    if isinstance(x, dict):
        unit, number = next(iter(x.items()))
        return np.deg2rad(number) if unit == "Deg" else number
    return x


def pose(spec):
    xyz = np.array(spec["xyz"], float)
    if spec.get("quat"):
        x, y, z, w = spec["quat"]
        return from_wxyz(w, x, y, z), xyz
    if spec.get("rpy"):
        roll, pitch, yaw = (value(angle) for angle in spec["rpy"])
        return about([0, 0, 1], yaw) @ about([0, 1, 0], pitch) @ about([1, 0, 0], roll), xyz
    return np.eye(3), xyz


def kind_of(joint):
    kind = joint["kind"]
    return kind if isinstance(kind, str) else next(iter(kind))


def axis_of(joint):
    axis = joint["axis"]
    if isinstance(axis, str):
        return np.eye(3)["XYZ".index(axis)]
    along = np.array(axis["Along"], float)
    return along / np.linalg.norm(along)


def limits_of(joint):
    kind = joint["kind"]
    found = next(iter(kind.values())).get("limits") if isinstance(kind, dict) else None
    return (value(found["lower"]), value(found["upper"])) if found else None


class Part:
    """Mass, centre of mass, and moments about it in world axes."""

    def __init__(self, mass=0.0, com=None, inertia=None):
        self.mass = mass
        self.com = np.zeros(3) if com is None else np.array(com, float)
        self.inertia = np.zeros((3, 3)) if inertia is None else inertia

    @staticmethod
    def sum(parts):
        parts = [part for part in parts if part.mass > 0]
        mass = sum(part.mass for part in parts)
        if not mass:
            return Part()
        com = sum(part.mass * part.com for part in parts) / mass
        inertia = np.zeros((3, 3))
        for part in parts:
            d = part.com - com
            inertia = inertia + part.inertia + part.mass * (d @ d * np.eye(3) - np.outer(d, d))
        return Part(mass, com, inertia)


class Ours:
    """The imported robot."""

    def __init__(self, found):
        self.spec = found["robot"]
        self.links = {link["name"]: link for link in self.spec["links"]}
        self.joints = {joint["name"]: joint for joint in self.spec["joints"]}
        self.carrier = {joint["child"]: joint for joint in self.spec["joints"]}
        self.is_urdf = found["format"] == "urdf"
        base = self.spec["base"]
        self.is_floating = "Floating" in base
        self.base = next(iter(base.values()))["link"]
        self.initial = found["initial"][0]

    def moving(self):
        return [joint for joint in self.spec["joints"] if kind_of(joint) != "Fixed"]

    def group(self, link):
        """The link that the rigid part around `link` hangs on."""
        while link in self.carrier and kind_of(self.carrier[link]) == "Fixed":
            link = self.carrier[link]["parent"]
        return link

    def poses(self, base, at):
        done = {self.base: base}
        for joint in self.spec["joints"]:
            rot, xyz = done[joint["parent"]]
            r, x = pose(joint["pose"])
            rot, xyz = rot @ r, xyz + rot @ x
            q, kind = at.get(joint["name"], 0.0), kind_of(joint)
            if kind in ("Revolute", "Continuous"):
                rot = rot @ about(axis_of(joint), q)
            elif kind == "Prismatic":
                xyz = xyz + rot @ axis_of(joint) * q
            elif kind == "Spherical" and np.ndim(q):
                rot = rot @ from_wxyz(*q)
            done[joint["child"]] = (rot, xyz)
        return done

    def part(self, name, poses):
        link = self.links[name]
        if not link["mass_kg"]:
            return Part()
        rot, xyz = poses[name]
        m = link["inertia"]["Moments"]
        rows = [["ixx", "ixy", "ixz"], ["ixy", "iyy", "iyz"], ["ixz", "iyz", "izz"]]
        moments = np.array([[m[key] for key in row] for row in rows])
        return Part(link["mass_kg"], xyz + rot @ np.array(link["com"]), rot @ moments @ rot.T)

    def mass_matrix(self, poses, names):
        """Of joints with one degree of freedom."""
        index = {name: i for i, name in enumerate(names)}
        # URDF knows no armature: what the import adds is told in the report.
        armatures = [0.0 if self.is_urdf else self.joints[name]["armature"] for name in names]
        total = np.diag(np.array(armatures, float))
        for name in self.links:
            part = self.part(name, poses)
            jv, jw = np.zeros((3, len(names))), np.zeros((3, len(names)))
            current = name
            while current in self.carrier:
                joint = self.carrier[current]
                if joint["name"] in index:
                    rot, at = poses[current]
                    axis, column = rot @ axis_of(joint), index[joint["name"]]
                    if kind_of(joint) == "Prismatic":
                        jv[:, column] = axis
                    else:
                        jv[:, column] = np.cross(axis, part.com - at)
                        jw[:, column] = axis
                current = joint["parent"]
            total += part.mass * jv.T @ jv + jw.T @ part.inertia @ jw
        return total

    def home(self):
        """Coordinates of the first way to start."""
        named = self.spec["poses"].get(self.initial["name"], {})
        return {joint: value(at) for joint, at in named.items() if np.isscalar(value(at))}


# The other readers. Each has `joints` (by our names: kind, limits or None, degrees
# of freedom), `frames(config)` (link poses in the world, by our names) and
# `parts(config)`: rigid parts in the world, each with the links of ours in it.


class Mujoco:
    def __init__(self, found, ours):
        self.ours = ours
        self.notes = []
        self.title = f"MuJoCo {mujoco.__version__}"
        self.is_urdf = found["format"] == "urdf"
        self.model = self.load(found["file"])
        self.data = mujoco.MjData(self.model)
        self.name_all()

    def load(self, path):
        if not self.is_urdf:
            try:
                return mujoco.MjModel.from_xml_path(path)
            except ValueError as error:
                if "opening file" not in str(error).lower() and "not found" not in str(error).lower():
                    raise
                self.notes.append(f"read without meshes and textures: {first_line(error)}")
        return self.without_assets(path)

    def without_assets(self, path):
        spec = mujoco.MjSpec.from_file(path)
        if self.is_urdf:
            spec.compiler.fusestatic = False
        for geom in list(spec.geoms):
            if geom.type == mujoco.mjtGeom.mjGEOM_MESH or geom.meshname:
                spec.delete(geom)
        for geom in spec.geoms:
            geom.material = ""
        for kind in (spec.meshes, spec.textures, spec.materials):
            for asset in list(kind):
                spec.delete(asset)
        return spec.compile()

    def name_all(self):
        """Which link of ours each body belongs to, and our names of the joints."""
        model, links = self.model, self.ours.links
        given, joints = Names(), Names()
        own = {0: self.ours.base if self.ours.base == "world" else None}
        if own[0]:
            given.give("world")
        self.link, self.joint = {}, {}
        for body in range(1, model.nbody):
            written = model.body(body).name
            name = given.give(written) if written else f"body_{body}"
            is_ours = name in links
            parent = own[int(model.body_parentid[body])]
            own[body] = name if is_ours else parent
            self.link[body] = name if is_ours else None
            first, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
            for i in range(first, first + count):
                guess = f"{name}_joint" if count == 1 else f"{name}_joint_{i - first + 1}"
                written = model.joint(i).name
                self.joint[i] = joints.give(written or guess)
        self.owner = own
        tops = {int(model.body_rootid[body]) for body in self.link if self.link[body]}
        if self.is_urdf:
            tops = {int(root) for root in model.body_rootid[1:]}
        self.in_robot = [b for b in range(1, model.nbody) if int(model.body_rootid[b]) in tops]
        self.joints = {}
        for i, name in self.joint.items():
            if int(model.jnt_bodyid[i]) in self.in_robot and model.jnt_type[i] != mujoco.mjtJoint.mjJNT_FREE:
                is_ball = model.jnt_type[i] == mujoco.mjtJoint.mjJNT_BALL
                bounds = tuple(model.jnt_range[i]) if model.jnt_limited[i] and not is_ball else None
                self.joints[name] = {"id": i, "dofs": 3 if is_ball else 1, "limits": bounds}
        self.free = [i for i in self.joint if model.jnt_type[i] == mujoco.mjtJoint.mjJNT_FREE]

    def base_joint(self):
        """The free joint of the robot's base."""
        for i in self.free:
            if self.link[int(self.model.jnt_bodyid[i])] == self.ours.base:
                return i
        return None

    def place(self, at, base):
        model, data = self.model, self.data
        mujoco.mj_resetData(model, data)
        free = self.base_joint()
        if free is not None and base is not None:
            adr = model.jnt_qposadr[free]
            data.qpos[adr : adr + 3] = base[1]
            quat = np.zeros(4)
            mujoco.mju_mat2Quat(quat, np.ascontiguousarray(base[0]).ravel())
            data.qpos[adr + 3 : adr + 7] = quat
        for name, joint in self.joints.items():
            adr, q = model.jnt_qposadr[joint["id"]], at.get(name)
            if joint["dofs"] == 3:
                data.qpos[adr : adr + 4] = q if np.ndim(q) else (1, 0, 0, 0)
            elif q is not None:
                data.qpos[adr] = q
        mujoco.mj_forward(model, data)

    def frames(self):
        """A link's frame is at the anchor of its body's last joint."""
        found = {}
        for body, name in self.link.items():
            if not name:
                continue
            rot, xyz = self.data.xmat[body].reshape(3, 3).copy(), self.data.xpos[body].copy()
            last = int(self.model.body_jntadr[body]) + int(self.model.body_jntnum[body]) - 1
            if self.model.body_jntnum[body] and self.model.jnt_type[last] != mujoco.mjtJoint.mjJNT_FREE:
                xyz = xyz + rot @ self.model.jnt_pos[last]
            found[name] = (rot, xyz)
        return found

    def parts(self):
        found = []
        for body in self.in_robot:
            frame = self.data.ximat[body].reshape(3, 3)
            inertia = frame @ np.diag(self.model.body_inertia[body]) @ frame.T
            part = Part(float(self.model.body_mass[body]), self.data.xipos[body].copy(), inertia)
            owner = self.owner[body]
            found.append((self.model.body(body).name or f"body_{body}", [owner] if owner else [], part))
        return found

    def mass_matrix(self, names):
        full = np.zeros((self.model.nv, self.model.nv))
        mujoco.mj_fullM(self.model, self.data, full)
        dofs = [self.model.jnt_dofadr[self.joints[name]["id"]] for name in names]
        return full[np.ix_(dofs, dofs)]

    def home(self):
        """Coordinates and base of the first keyframe, or as the file draws them."""
        key = self.key(self.ours.initial["name"])
        qpos = self.model.qpos0 if key is None else self.model.key_qpos[key]
        free = self.base_joint()
        if free is not None:
            adr = self.model.jnt_qposadr[free]
            base = (from_wxyz(*qpos[adr + 3 : adr + 7]), qpos[adr : adr + 3].copy())
        else:
            self.place({}, None)
            base = self.frames().get(self.ours.base)
        return self.coordinates(qpos), base

    def coordinates(self, qpos):
        adr = self.model.jnt_qposadr
        return {name: float(qpos[adr[j["id"]]]) for name, j in self.joints.items() if j["dofs"] == 1}

    def key(self, name):
        for k in range(self.model.nkey):
            if name == (spelt(self.model.key(k).name) if self.model.key(k).name else f"key_{k}"):
                return k
        return None

    def objects(self):
        """Masses of what moves freely beside the robot."""
        found = {}
        for i in self.free:
            body = int(self.model.jnt_bodyid[i])
            if body not in self.in_robot:
                found[spelt(self.model.body(body).name)] = float(self.model.body_subtreemass[body])
        return found


class Pinocchio:
    def __init__(self, found, ours):
        self.ours = ours
        self.notes = []
        self.title = f"Pinocchio {pin.__version__}"
        self.model = pin.buildModelFromUrdf(found["file"])
        self.data = self.model.createData()
        self.joints, self.planar, self.free = {}, {}, {}
        given = Names()
        for i in range(1, self.model.njoints):
            joint, name = self.model.joints[i], given.give(self.model.names[i])
            if joint.nv == 1:
                bounds = None
                if joint.nq == 1:
                    low = float(self.model.lowerPositionLimit[joint.idx_q])
                    high = float(self.model.upperPositionLimit[joint.idx_q])
                    is_bounded = max(abs(low), abs(high)) < UNLIMITED
                    bounds = (low, high) if is_bounded else None
                self.joints[name] = {"id": i, "dofs": 1, "limits": bounds}
            elif joint.shortname() == "JointModelPlanar":
                self.planar[name] = i
                for suffix in ("x", "y", "turn"):
                    self.joints[f"{name}_{suffix}"] = {"id": None, "dofs": 1, "limits": None}
            elif ours.base not in self.links_at(i):
                self.free[name] = i
                for suffix in ("x", "y", "z", "turn"):
                    dofs = 3 if suffix == "turn" else 1
                    self.joints[f"{name}_{suffix}"] = {"id": None, "dofs": dofs, "limits": None}

    def links_at(self, joint):
        frames = [f for f in self.model.frames if f.type == pin.FrameType.BODY]
        return [spelt(f.name) for f in frames if f.parentJoint == joint]

    def place(self, at, base):
        q = pin.neutral(self.model)
        for name, joint in self.joints.items():
            model = self.model.joints[joint["id"]] if joint["id"] else None
            if model is None or name not in at:
                continue
            if model.nq == 2:
                q[model.idx_q : model.idx_q + 2] = np.cos(at[name]), np.sin(at[name])
            else:
                q[model.idx_q] = at[name]
        for name, i in self.planar.items():
            x, y, turn = (at.get(f"{name}_{suffix}", 0.0) for suffix in ("x", "y", "turn"))
            first = self.model.joints[i].idx_q
            q[first : first + 4] = x, y, np.cos(turn), np.sin(turn)
        for name, i in self.free.items():
            w, *vector = at.get(f"{name}_turn", (1, 0, 0, 0))
            first = self.model.joints[i].idx_q
            q[first : first + 3] = [at.get(f"{name}_{axis}", 0.0) for axis in "xyz"]
            q[first + 3 : first + 7] = *vector, w
        pin.forwardKinematics(self.model, self.data, q)
        pin.updateFramePlacements(self.model, self.data)
        # The file does not say where the base is: put it where ours is.
        self.world = (np.eye(3), np.zeros(3))
        found = self.frames().get(self.ours.base)
        if found and base is not None:
            rot = base[0] @ found[0].T
            self.world = (rot, base[1] - rot @ found[1])
        self.q = q

    def seen(self, placement):
        rot, xyz = self.world
        return rot @ placement.rotation, xyz + rot @ placement.translation

    def frames(self):
        found = {}
        for frame, placement in zip(self.model.frames, self.data.oMf):
            if frame.type == pin.FrameType.BODY and spelt(frame.name) in self.ours.links:
                found[spelt(frame.name)] = self.seen(placement)
        return found

    def parts(self):
        found = []
        for i, inertia in enumerate(self.model.inertias):
            rot, xyz = self.seen(self.data.oMi[i])
            part = Part(inertia.mass, xyz + rot @ inertia.lever, rot @ inertia.inertia @ rot.T)
            links = [link for link in self.links_at(i) if link in self.ours.links]
            found.append((links[0] if links else self.model.names[i], links, part))
        return found

    def mass_matrix(self, names):
        full = pin.crba(self.model, self.data, self.q)
        full = np.triu(full) + np.triu(full, 1).T
        dofs = [self.model.joints[self.joints[name]["id"]].idx_v for name in names]
        return full[np.ix_(dofs, dofs)]

    def home(self):
        """Zero, or as near as limits allow."""
        at = {}
        for name, joint in self.joints.items():
            at[name] = float(np.clip(0.0, *joint["limits"])) if joint["limits"] else 0.0
        return at, None

    def efforts(self):
        """By joint: limits of effort and speed, where the file says them."""
        found = {}
        for name, joint in self.joints.items():
            if joint["id"]:
                v = self.model.joints[joint["id"]].idx_v
                found[name] = (float(self.limit("Effort")[v]), float(self.limit("Velocity")[v]))
        return found


    def limit(self, kind):
        """By degree of freedom; Pinocchio 4 has them in both directions."""
        names = (f"upper{kind}Limit", f"{kind.lower()}Limit")
        return next(getattr(self.model, name) for name in names if hasattr(self.model, name))


class Table:
    """The rows: the worst difference of each quantity, and where."""

    def __init__(self, report):
        kinds = ("approximated", "guessed", "clamped", "dropped")
        told = [entry for entry in report if entry["kind"] in kinds and " is called " not in entry["what"]]
        self.report = [(entry["what"], f"{entry['what']} ({entry['element']})") for entry in told]
        self.rows = {}

    def declared(self, quantity, names):
        """The line of the report that tells of a difference."""
        words = re.compile(QUANTITIES[quantity][1], re.IGNORECASE)
        for name in names:
            own = re.compile(r"(?<![\w-])" + re.escape(name) + r"(?![\w-])")
            for what, line in self.report:
                if own.search(line) and words.search(what):
                    return line
        return None

    def add(self, quantity, where, ours, theirs, scale=1.0, names=(), told=None):
        """Compares numbers or arrays; None is a missing value."""
        both = ours is not None and theirs is not None
        if both:
            apart = np.asarray(ours, float) - np.asarray(theirs, float)
            gap = float(np.max(np.abs(apart), initial=0.0) / scale)
        else:
            gap = 0.0 if ours is theirs else float("inf")
        gap = float("inf") if np.isnan(gap) else gap
        status = 0
        if gap <= QUANTITIES[quantity][0]:
            told = None
        else:
            told = told or self.declared(quantity, [where, *names])
            status = 1 if told else 2
        row = (status, gap, where, ours, theirs, told)
        if quantity not in self.rows or row[:2] > self.rows[quantity][:2]:
            self.rows[quantity] = row

    def status(self, quantity):
        return self.rows[quantity][0] if quantity in self.rows else 0

    def told(self, quantity):
        return self.rows[quantity][5] if self.status(quantity) == 1 else None

    def json(self):
        found = []
        for quantity, (tolerance, _) in QUANTITIES.items():
            if quantity not in self.rows:
                continue
            status, gap, where, ours, theirs, told = self.rows[quantity]
            found.append(
                {
                    "quantity": quantity,
                    "difference": gap if np.isfinite(gap) else None,
                    "where": where,
                    "ours": shown(ours) if status else None,
                    "theirs": shown(theirs) if status else None,
                    "tolerance": tolerance,
                    "status": ["ok", "declared", "differs"][status],
                    "told": told,
                }
            )
        return found


def shown(x):
    if x is None:
        return "none"
    return np.array2string(np.asarray(x, float), precision=6, separator=", ").replace("\n", "")


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


# The comparison.


def compare(found, ours, theirs):
    table = Table(found["report"])
    common = [name for name in ours.joints if name in theirs.joints]
    freedoms(table, found, ours, theirs)
    for name in common:
        joint, other = ours.joints[name], theirs.joints[name]
        if other["dofs"] == 1 and kind_of(joint) != "Fixed":
            table.add("joint limits", name, limits_of(joint), other["limits"])
    home(table, found, ours, theirs)
    random = np.random.default_rng(1)
    bodies(table, found, ours, theirs, ours.home(), pose(ours.initial["base"]), True)
    for _ in range(RANDOM_CONFIGURATIONS):
        at = {}
        for name in common:
            dofs, bounds = theirs.joints[name]["dofs"], theirs.joints[name]["limits"]
            if kind_of(ours.joints[name]) == "Fixed":
                continue
            if dofs == 3:
                q = random.normal(size=4)
                at[name] = q / np.linalg.norm(q)
            else:
                low, high = bounds or (-1.0, 1.0)
                at[name] = random.uniform(max(low, -10.0), min(high, 10.0)) if low < high else low
        base = pose(ours.initial["base"])
        if ours.is_floating:
            base = (from_wxyz(*random.normal(size=4)), random.normal(size=3))
        bodies(table, found, ours, theirs, at, base, False)
    if isinstance(theirs, Mujoco):
        if not theirs.is_urdf:
            dynamics(table, ours, theirs)
            actuators(table, ours, theirs)
            couplings(table, ours, theirs)
            keyframes(table, ours, theirs)
            commands(table, found, ours, theirs)
            objects(table, found, theirs)
    else:
        efforts(table, ours, theirs)
    return table


def freedoms(table, found, ours, theirs):
    mine = {joint["name"]: 3 if kind_of(joint) == "Spherical" else 1 for joint in ours.moving()}
    other = {name: joint["dofs"] for name, joint in theirs.joints.items()}
    if found["pruned"]:
        other = {name: dofs for name, dofs in other.items() if name in mine}
    lost = [name for name in other if name not in mine] + [name for name in mine if name not in other]
    told = [table.declared("degrees of freedom", [name]) for name in lost]
    same = told[0] if told and all(told) else None
    where = ", ".join(lost[:3]) or "robot"
    table.add("degrees of freedom", where, sum(mine.values()), sum(other.values()), told=same)
    for name in lost:
        table.add("degrees of freedom", name, mine.get(name, 0), other.get(name, 0))


def home(table, found, ours, theirs):
    at, base = theirs.home()
    mine = ours.home()
    # Pinocchio does not read where ros2_control starts.
    lines = [entry["what"] for entry in found["report"] if "pose `initial`: joints as" in entry["what"]]
    for name, q in at.items():
        if name in ours.joints and kind_of(ours.joints[name]) not in ("Fixed", "Spherical"):
            table.add("home pose", name, mine.get(name, 0.0), q, told=(lines or [None])[0])
    if base is not None:
        rot, xyz = pose(ours.initial["base"])
        table.add("home pose", ours.base, xyz, base[1])
        table.add("home pose", ours.base, angle_between(rot, base[0]), 0.0)


def bodies(table, found, ours, theirs, at, base, is_home):
    """Poses and mass properties in one configuration."""
    theirs.place(at, base)
    poses, frames = ours.poses(base, at), theirs.frames()
    row = "link poses at the home pose" if is_home else "link poses at random configurations"
    for name, (rot, xyz) in frames.items():
        if name in poses:
            table.add(row, name, poses[name][1], xyz)
            table.add(row, name, angle_between(poses[name][0], rot), 0.0)
    pairs = matched(ours, theirs, poses)
    for links, part, names, other in pairs:
        where = links[0] if links else names[0]
        if not links and found["pruned"]:
            continue
        table.add("link masses", where, part.mass, other.mass, max(other.mass, 1e-3), [*links, *names])
        if part.mass > 0 and other.mass > 0:
            table.add("link centres of mass", where, part.com, other.com, 1.0, [*links, *names])
            size = np.max(np.abs(other.inertia)) or 1.0
            table.add("link inertias", where, part.inertia, other.inertia, size, [*links, *names])
    if is_home and not found["pruned"]:
        mine = Part.sum([part for _, part, _, _ in pairs])
        other = Part.sum([part for _, _, _, part in pairs])
        told = table.told("link masses")
        table.add("total mass", "robot", mine.mass, other.mass, max(other.mass, 1e-3), told=told)
        told = told or table.told("link centres of mass")
        table.add("centre of mass", "robot", mine.com, other.com, told=told)
    single = [n for n, j in theirs.joints.items() if j["dofs"] == 1 and j["id"] is not None]
    names = [n for n in single if n in ours.joints and kind_of(ours.joints[n]) not in ("Fixed", "Spherical")]
    rows = ("link masses", "link centres of mass", "link inertias")
    if names and not any(table.status(row) == 1 for row in rows):  # else it differs, too
        matrix = theirs.mass_matrix(names)
        size = max(1e-3, np.max(np.abs(matrix)))
        mine = ours.mass_matrix(poses, names)
        i, j = np.unravel_index(np.argmax(np.abs(mine - matrix)), matrix.shape)
        where = names[i] if i == j else f"{names[i]}, {names[j]}"
        table.add("mass matrix", where, mine[i, j], matrix[i, j], size)


def matched(ours, theirs, poses):
    """Rigid parts that both sides agree to be the same: links, our sum, their
    names, their sum."""
    group = {}  # a representative for each of our rigid parts

    def find(x):
        while group.setdefault(x, x) != x:
            x = group[x]
        return x

    other = {}
    loose = []
    for name, links, part in theirs.parts():
        roots = sorted({find(ours.group(link)) for link in links})
        for root in roots[1:]:
            group[root] = roots[0]
        if roots:
            other.setdefault(roots[0], []).append((name, part))
        elif part.mass > 0:
            loose.append(([], Part(), [name], part))
    found = {}
    for link in ours.links:
        found.setdefault(find(ours.group(link)), []).append(link)
    pairs = []
    for root, links in found.items():
        parts = [p for key, members in other.items() if find(key) == root for p in members]
        mine = Part.sum([ours.part(link, poses) for link in links])
        sum_of = Part.sum([part for _, part in parts])
        if not parts and root == ours.group(ours.base) and isinstance(theirs, Mujoco):
            continue  # MuJoCo keeps no mass of what is a part of the world
        links.sort(key=lambda link: ours.links[link]["mass_kg"], reverse=True)
        pairs.append((links, mine, [name for name, _ in parts], sum_of))
    return pairs + loose


def efforts(table, ours, theirs):
    limits = theirs.efforts()
    for actuator in ours.spec["actuators"]:
        joint = actuator["joint"]
        effort, speed = limits.get(joint, (0.0, 0.0))
        told = actuator["limits"]
        if 0 < effort < PLACEHOLDER:
            table.add("effort and speed limits", joint, told["torque"], effort, max(effort, 1.0))
        if 0 < speed < PLACEHOLDER and told.get("speed") is not None:
            table.add("effort and speed limits", joint, told["speed"], speed, max(speed, 1.0))


def leaders(couplings):
    """Joint -> the joint that leads it in the end, ratio and offset."""
    of = {coupling["follower"]: coupling for coupling in couplings}

    def lead(joint):
        ratio, offset, seen = 1.0, 0.0, set()
        while joint in of and joint not in seen:
            seen.add(joint)
            offset += ratio * of[joint]["offset"]
            ratio *= of[joint]["ratio"]
            joint = of[joint]["leader"]
        return joint, ratio, offset

    return lead


def narrowed(spec, leader, lead):
    """The range that the followers of a joint leave it; None if all of it."""
    bounds = []
    for joint in spec["joints"]:
        led_by, ratio, offset = lead(joint["name"])
        if limits_of(joint) and led_by == leader and joint["name"] != leader and ratio:
            bounds.append(sorted((end - offset) / ratio for end in limits_of(joint)))
    own = next((limits_of(joint) for joint in spec["joints"] if joint["name"] == leader), None)
    if not bounds:
        return None
    low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
    if own and low <= own[0] + 1e-9 and high >= own[1] - 1e-9:
        return None
    return (max(low, own[0]), min(high, own[1])) if own else (low, high)


def tendons_of(theirs, lead, joint):
    """Fixed tendons that one joint moves, its followers included, with length per coordinate."""
    model = theirs.model
    for t in range(model.ntendon):
        parts = range(model.tendon_adr[t], model.tendon_adr[t] + model.tendon_num[t])
        if any(model.wrap_type[p] != mujoco.mjtWrap.mjWRAP_JOINT for p in parts):
            continue
        names = [theirs.joint[int(model.wrap_objid[p])] for p in parts]
        led = [(name, 1.0, 0.0) if len(names) == 1 else lead(name) for name in names]
        if all(found[0] == joint for found in led):
            yield t, sum(found[1] * model.wrap_prm[p] for found, p in zip(led, parts))


def dynamics(table, ours, theirs):
    """Damping and the like, with those of actuators and tendons."""
    model = theirs.model
    lead = leaders(ours.spec["couplings"])
    for name, other in theirs.joints.items():
        joint = ours.joints.get(name)
        if joint is None or kind_of(joint) == "Fixed":
            continue
        dof, i = model.jnt_dofadr[other["id"]], other["id"]
        damping, armature = np.ravel(model.dof_damping[dof])[0], model.dof_armature[dof]
        friction, stiffness = model.dof_frictionloss[dof], np.ravel(model.jnt_stiffness[i])[0]
        for a in range(len(model.actuator_trntype)):
            if model.actuator_trntype[a] <= 1 and model.actuator_trnid[a][0] == i:
                gear = model.actuator_gear[a][0] ** 2
                damping += np.ravel(model.actuator_damping[a])[0] * gear
                armature += model.actuator_armature[a] * gear
        for t, share in tendons_of(theirs, lead, name):
            damping += np.ravel(model.tendon_damping[t])[0] * share**2
            armature += model.tendon_armature[t] * share**2
            friction += model.tendon_frictionloss[t] * abs(share)
        spring = joint["spring"]["stiffness"] if joint["spring"] else 0.0
        table.add("joint dynamics", name, joint["damping"], damping, max(1.0, abs(damping)))
        table.add("joint dynamics", name, joint["friction"], friction)
        table.add("joint dynamics", name, joint["armature"], armature)
        if other["dofs"] == 1:
            table.add("joint dynamics", name, spring, stiffness, max(1.0, abs(stiffness)))
        if spring and other["dofs"] == 1:
            rest = model.qpos_spring[model.jnt_qposadr[i]]
            table.add("joint dynamics", name, value(joint["spring"]["rest"]), rest)


def actuators(table, ours, theirs):
    model, data = theirs.model, theirs.data
    mine = {actuator["name"]: actuator for actuator in ours.spec["actuators"]}
    mujoco.mj_resetData(model, data)
    mujoco.mj_forward(model, data)
    by_dof = {int(model.jnt_dofadr[joint["id"]]): name for name, joint in theirs.joints.items()}
    given = Names()
    for i in range(len(model.actuator_trntype)):
        is_joint = model.actuator_trntype[i] <= 1
        joint = theirs.joint[int(model.actuator_trnid[i][0])] if is_joint else None
        name = given.give(model.actuator(i).name or joint or f"actuator_{i}")
        row = moment(model, data, i)
        if name in mine and all(dof in by_dof for dof in row):
            actuator(table, ours, theirs, mine[name], i, {by_dof[dof]: m for dof, m in row.items()})
        elif is_joint and joint in ours.joints and all(other["joint"] != joint for other in mine.values()):
            table.add("actuators", name, None, model.actuator_gainprm[i][0], names=[joint])


def moment(model, data, i):
    """Force at the degrees of freedom per force of an actuator with one output."""
    output = model.actuator_outadr[i]
    start, count = data.moment_rowadr[output], data.moment_rownnz[output]
    part = slice(start, start + count)
    return {int(d): float(m) for d, m in zip(data.moment_colind[part], data.actuator_moment[part]) if m}


def actuator(table, ours, theirs, mine, i, row):
    """Gains and limits of one actuator; MuJoCo's are at the actuator, ours at
    the joint that leads the others."""
    model, name, where = theirs.model, mine["joint"], mine["name"]
    drive, told = mine["drive"], [mine["joint"]]
    kind = drive if isinstance(drive, str) else next(iter(drive))
    if kind == "Impedance":
        return
    gains = {} if isinstance(drive, str) else drive[kind]
    gain, bias = model.actuator_gainprm[i][0], model.actuator_biasprm[i]
    lead = leaders(ours.spec["couplings"])
    # Force at the joint per force of the actuator, and length at zero.
    pull, at_zero, torque = 0.0, 0.0, 0.0
    force = np.max(np.abs(model.actuator_forcerange[i])) if model.actuator_forcelimited[i] else np.inf
    for joint, share in row.items():
        leader, ratio, offset = lead(joint) if len(row) > 1 else (joint, 1.0, 0.0)
        table.add("actuators", where, 0.0 if leader == name else None, 0.0, names=told)
        pull, at_zero = pull + share * ratio, at_zero + share * offset
        id = theirs.joints[joint]["id"]
        bound = np.max(np.abs(model.jnt_actfrcrange[id])) if model.jnt_actfrclimited[id] else np.inf
        torque += abs(ratio) * min(force * abs(share), bound)
    unit = 1.0
    if kind == "Position":
        unit, damping = -bias[1] * pull**2, -bias[2] * pull**2
        table.add("actuators", where, gains["kp"], unit, unit, told)
        table.add("actuators", where, gains["kd"], damping, max(1e-9, abs(damping)), told)
    elif kind == "Velocity":
        unit = -bias[2] * pull**2
        table.add("actuators", where, gains["gain"], unit, unit, told)
    is_rate = model.actuator_dyntype[i] == mujoco.mjtDyn.mjDYN_INTEGRATOR
    ends = model.actuator_actrange[i] if is_rate else model.actuator_ctrlrange[model.actuator_ctrladr[i]]
    if ends[0] < ends[1] and np.all(np.isfinite(ends)) and unit:
        bounds = np.array(sorted(pull * (gain * ends + bias[0] + bias[1] * at_zero) / unit))
        limits = narrowed(ours.spec, name, lead) if kind == "Position" else None
        bounds = np.clip(bounds, *limits) if limits else bounds
        table.add("actuators", where, mine["limits"]["command"], bounds, max(1.0, np.max(np.abs(bounds))), told)
    bound = torque if np.isfinite(torque) else None
    table.add("actuators", where, mine["limits"]["torque"], bound, bound or 1.0, told)


def couplings(table, ours, theirs):
    """Equalities of two joints: ratio and offset."""
    model, lead = theirs.model, leaders(ours.spec["couplings"])
    for i in range(model.neq):
        if model.eq_type[i] != mujoco.mjtEq.mjEQ_JOINT or model.eq_obj2id[i] < 0 or not model.eq_active0[i]:
            continue
        one, other = theirs.joint[int(model.eq_obj1id[i])], theirs.joint[int(model.eq_obj2id[i])]
        if one not in ours.joints or other not in ours.joints:
            continue
        p0, p1 = model.eq_data[i][:2]
        zero, other_zero = (model.qpos0[model.jnt_qposadr[theirs.joints[name]["id"]]] for name in (one, other))
        first, second = lead(one), lead(other)
        if first[0] != second[0]:
            table.add("couplings", one, None, p1, names=[other])
            continue
        table.add("couplings", one, first[1] - p1 * second[1], 0.0, names=[other])
        table.add("couplings", one, first[2] - p1 * second[2], zero + p0 - p1 * other_zero, names=[other])


def keyframes(table, ours, theirs):
    for name, named in ours.spec["poses"].items():
        key = theirs.key(name)
        if key is None:
            continue
        for joint, q in theirs.coordinates(theirs.model.key_qpos[key]).items():
            if joint in ours.joints and kind_of(ours.joints[joint]) not in ("Fixed", "Spherical"):
                table.add("keyframes", f"{joint} in {name}", value(named.get(joint, 0.0)), q, names=[joint])


def commands(table, found, ours, theirs):
    """What the drives exert at rest in keyframes with controls, summed at the joints that lead others."""
    model, data, lead = theirs.model, theirs.data, leaders(ours.spec["couplings"])
    for start in found["initial"]:
        key = theirs.key(start["name"])
        # MuJoCo does not tell zeros from controls that the file leaves out.
        if key is None or not (np.any(model.key_ctrl[key]) or start["commands"]):
            continue
        mujoco.mj_resetDataKeyframe(model, data, key)
        data.qvel[:] = 0
        settle_filters(model, data)
        mujoco.mj_forward(model, data)
        mine, other, size, apart = {}, {}, {}, set()
        at = theirs.coordinates(data.qpos)
        for name, joint in theirs.joints.items():
            leader, ratio, offset = lead(name)
            if joint["dofs"] == 1:
                # Couplings that the keyframe breaks hold from the start in ours.
                if leader not in at or abs(at[name] - ratio * at[leader] - offset) > 1e-6:
                    apart.add(leader)
                force = float(data.qfrc_actuator[model.jnt_dofadr[joint["id"]]])
                other[leader] = other.get(leader, 0.0) + ratio * force
        named = ours.spec["poses"].get(start["name"], {})
        for one in ours.spec["actuators"]:
            leader, ratio, _ = lead(one["joint"])
            force, gain = effort(one, value(named.get(one["joint"], 0.0)), start["commands"].get(one["name"]))
            mine[leader] = mine.get(leader, 0.0) + ratio * force
            size[leader] = max(1.0, gain, size.get(leader, 0.0))
        for leader in sorted((expressed(ours, theirs, lead) & mine.keys() & other.keys()) - apart):
            scale = max(size[leader], abs(other[leader]))
            where = f"{leader} in {start['name']}"
            table.add("keyframe commands", where, mine[leader], other[leader], scale, names=[leader])


def settle_filters(model, data):
    """Filters, which the import leaves out, give what they are given."""
    for i, dynamics in enumerate(model.actuator_dyntype):
        if dynamics == mujoco.mjtDyn.mjDYN_FILTER or dynamics == mujoco.mjtDyn.mjDYN_FILTEREXACT:
            control = model.actuator_ctrladr[i]
            ends = model.actuator_ctrlrange[control] if model.actuator_ctrllimited[control] else (-np.inf, np.inf)
            data.act[model.actuator_actadr[i]] = np.clip(data.ctrl[control], *ends)


def effort(actuator, at, command):
    """Torque of one of our drives at rest at a coordinate, and its stiffness."""
    drive, limits = actuator["drive"], actuator["limits"]
    kind = drive if isinstance(drive, str) else next(iter(drive))
    gains = {} if isinstance(drive, str) else drive[kind]
    stiffness, damping = gains.get("kp", 0.0), gains.get("kd", 0.0)
    first, *others = command or [at if "kp" in gains else 0.0]
    if limits["command"]:
        first = np.clip(first, *limits["command"])
    velocity, torque = others or (0.0, 0.0)
    if kind == "Torque":
        force = first
    elif kind == "Velocity":
        force = gains["gain"] * first
    else:
        force = stiffness * (first - at) + damping * velocity + torque
    bound = np.inf if limits["torque"] is None else limits["torque"]
    return float(np.clip(force, -bound, bound)), stiffness


def expressed(ours, theirs, lead):
    """The leading joints all of whose actuators in MuJoCo are some of ours, one drive each."""
    model, data = theirs.model, theirs.data
    mine = {actuator["name"]: actuator for actuator in ours.spec["actuators"]}
    joined = {one["joint"] for one in mine.values() if "Impedance" in one["drive"]}
    by_dof = {int(model.jnt_dofadr[joint["id"]]): name for name, joint in theirs.joints.items()}
    kinds = (mujoco.mjtDyn.mjDYN_NONE, mujoco.mjtDyn.mjDYN_FILTER, mujoco.mjtDyn.mjDYN_FILTEREXACT)
    plain = [int(kind) for kind in kinds]
    found, left_out, given = set(), set(), Names()
    for i in range(len(model.actuator_trntype)):
        joint = theirs.joint[int(model.actuator_trnid[i][0])] if model.actuator_trntype[i] <= 1 else None
        name = given.give(model.actuator(i).name or joint or f"actuator_{i}")
        moved = {lead(by_dof[dof])[0] for dof in moment(model, data, i) if dof in by_dof}
        is_ours = (name in mine or joint in joined) and int(model.actuator_dyntype[i]) in plain
        (found if is_ours and len(moved) == 1 else left_out).update(moved)
    return found - left_out


def objects(table, found, theirs):
    mine = {}
    for thing in (found["environment"] or {}).get("objects", []):
        if isinstance(thing["mobility"], dict):
            mine[thing["name"]] = thing["mobility"]["Movable"]["mass_kg"]
    for name, mass in theirs.objects().items():
        if not found["pruned"] or name in mine:
            table.add("object masses", name, mine.get(name), mass, max(mass, 1e-3))


def verify(found):
    """The answer for one imported robot."""
    global np, mujoco, pin
    readers = []
    try:
        import numpy as np
    except ImportError:
        return {"missing": True}
    if found["format"] == "urdf":
        try:
            import pinocchio as pin

            pin.buildModelFromUrdf  # another package of this name exists
            readers.append(Pinocchio)
        except (ImportError, AttributeError):
            pass
    try:
        import mujoco

        readers.append(Mujoco)
    except ImportError:
        pass
    if not readers:
        return {"missing": True}
    ours = Ours(found)
    try:
        theirs = readers[0](found, ours)
    except Exception as error:  # whatever the reader says of the file
        return {"reader": readers[0].__name__, "error": first_line(error)}
    table = compare(found, ours, theirs)
    return {"reader": theirs.title, "notes": theirs.notes, "quantities": table.json()}


if __name__ == "__main__":
    print(json.dumps(verify(json.load(sys.stdin))))
