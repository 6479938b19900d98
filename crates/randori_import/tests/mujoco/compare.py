"""Compares imported robots with what MuJoCo makes of the same files.

Usage: compare.py DESCRIBE FILE...

DESCRIBE is the example program of the crate. For each file: masses, centres
of mass and inertias in the world at random configurations, the mass matrix
of the joints, limits, damping, friction, armature, actuators, and keyframes.
Exits with 1 if anything differs by more than rounding.
"""

import json
import subprocess
import sys

import mujoco
import numpy as np

TOLERANCE = {
    "mass": 1e-6,
    "com": 1e-6,
    "inertia": 1e-5,
    "mass matrix": 1e-5,
    "joint": 1e-8,
    "actuator": 1e-5,
    "keyframe": 1e-8,
}


def load(path):
    """The model without meshes that are not there, and the names it lost."""
    spec = mujoco.MjSpec.from_file(path)
    try:
        return spec.compile()
    except ValueError:
        pass
    spec = mujoco.MjSpec.from_file(path)
    for geom in list(spec.geoms):
        if geom.type == mujoco.mjtGeom.mjGEOM_MESH or geom.meshname:
            spec.delete(geom)
    for geom in spec.geoms:
        geom.material = ""
    for kind in (spec.meshes, spec.textures, spec.materials):
        for asset in list(kind):
            spec.delete(asset)
    return spec.compile()


def quat_matrix(w, x, y, z):
    flat = np.zeros(9)
    q = np.array([w, x, y, z], float)
    mujoco.mju_quat2Mat(flat, q / np.linalg.norm(q))
    return flat.reshape(3, 3)


def pose(spec):
    xyz = np.array(spec["xyz"])
    if spec["quat"]:
        x, y, z, w = spec["quat"]
        return quat_matrix(w, x, y, z), xyz
    if spec["rpy"]:
        r, p, yaw = [list(a.values())[0] for a in spec["rpy"]]
        rot = np.eye(3)
        for axis, angle in (([0, 0, 1], yaw), ([0, 1, 0], p), ([1, 0, 0], r)):
            rot = rot @ turned(np.array(axis, float), angle)
        return rot, xyz
    return np.eye(3), xyz


def turned(axis, angle):
    q = np.zeros(4)
    mujoco.mju_axisAngle2Quat(q, axis, angle)
    return quat_matrix(*q)


def axis_of(joint):
    axis = joint["axis"]
    if isinstance(axis, str):
        return np.eye(3)["XYZ".index(axis)]
    a = np.array(axis["Along"], float)
    return a / np.linalg.norm(a)


def kind_of(joint):
    kind = joint["kind"]
    return kind if isinstance(kind, str) else next(iter(kind))


def value(x):
    """A number with its unit."""
    return next(iter(x.values())) if isinstance(x, dict) else x


def limits_of(joint):
    kind = joint["kind"]
    found = next(iter(kind.values())).get("limits") if isinstance(kind, dict) else None
    return (value(found["lower"]), value(found["upper"])) if found else None


def spelt(name):
    out = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.strip())
    return "_" + out if not out or out[0].isdigit() else out


def matrix_of(inertia):
    m = inertia["Moments"]
    g = lambda k: m[k]
    return np.array([[g("ixx"), g("ixy"), g("ixz")], [g("ixy"), g("iyy"), g("iyz")], [g("ixz"), g("iyz"), g("izz")]])


class Robot:
    def __init__(self, found):
        self.spec = found["robot"]
        self.links = {link["name"]: link for link in self.spec["links"]}
        base = self.spec["base"]
        self.floating = "Floating" in base
        self.base = next(iter(base.values()))["link"]

    def poses(self, base, at):
        done = {self.base: base}
        for joint in self.spec["joints"]:
            rot, xyz = done[joint["parent"]]
            r, x = pose(joint["pose"])
            rot, xyz = rot @ r, xyz + rot @ x
            q = at.get(joint["name"], 0.0)
            kind = kind_of(joint)
            if kind in ("Revolute", "Continuous"):
                rot = rot @ turned(axis_of(joint), q)
            elif kind == "Prismatic":
                xyz = xyz + rot @ axis_of(joint) * q
            elif kind == "Spherical":
                rot = rot @ quat_matrix(*(q if np.ndim(q) else (1, 0, 0, 0)))
            done[joint["child"]] = (rot, xyz)
        return done

    def mass_matrix(self, poses):
        """Of the joints with one degree of freedom."""
        parent = {j["child"]: j for j in self.spec["joints"]}
        joints = [j for j in self.spec["joints"] if kind_of(j) in ("Revolute", "Continuous", "Prismatic")]
        index = {j["name"]: i for i, j in enumerate(joints)}
        total = np.zeros((len(joints), len(joints)))
        for name, link in self.links.items():
            if not link["mass_kg"]:
                continue
            rot, xyz = poses[name]
            com = xyz + rot @ np.array(link["com"])
            jv, jw = np.zeros((3, len(joints))), np.zeros((3, len(joints)))
            current = name
            while current in parent:
                j = parent[current]
                if j["name"] in index:
                    r, o = poses[current]
                    a = r @ axis_of(j)
                    if kind_of(j) == "Prismatic":
                        jv[:, index[j["name"]]] = a
                    else:
                        jv[:, index[j["name"]]] = np.cross(a, com - o)
                        jw[:, index[j["name"]]] = a
                current = j["parent"]
            world = rot @ matrix_of(link["inertia"]) @ rot.T
            total += link["mass_kg"] * jv.T @ jv + jw.T @ world @ jw
        for j in joints:
            total[index[j["name"]], index[j["name"]]] += j["armature"]
        return [j["name"] for j in joints], total


def compare(describe, path):
    run = subprocess.run([describe, path], capture_output=True, text=True)
    if run.returncode:
        print(f"{path}: not imported: {run.stderr.strip()[:300]}")
        return None
    found = json.loads(run.stdout)
    robot, model = Robot(found), load(path)
    data = mujoco.MjData(model)
    worst = {key: 0.0 for key in TOLERANCE}

    said = []

    def differ(key, ours, theirs, scale=1.0, what=""):
        gap = float(np.max(np.abs(np.asarray(ours) - np.asarray(theirs)))) / scale
        if gap > TOLERANCE[key]:
            said.append(what)
            if len(said) <= 5:
                print(f"{path}: {what}: {ours} but MuJoCo has {theirs}")
        worst[key] = max(worst[key], gap)

    names = {}
    for i in range(model.njnt):
        body = spelt(model.body(model.jnt_bodyid[i]).name) if model.body(model.jnt_bodyid[i]).name else f"body_{model.jnt_bodyid[i]}"
        own = model.body_jntnum[model.jnt_bodyid[i]]
        first = model.body_jntadr[model.jnt_bodyid[i]]
        guess = f"{body}_joint" if own == 1 else f"{body}_joint_{i - first + 1}"
        names[i] = spelt(model.joint(i).name) if model.joint(i).name else guess
    ours = {j["name"]: j for j in robot.spec["joints"]}

    # Joints.
    for i, name in names.items():
        if name not in ours or model.jnt_type[i] == mujoco.mjtJoint.mjJNT_FREE:
            continue
        joint, dof = ours[name], model.jnt_dofadr[i]
        theirs = tuple(model.jnt_range[i]) if model.jnt_limited[i] else None
        if model.jnt_type[i] != mujoco.mjtJoint.mjJNT_BALL:
            if (limits_of(joint) is None) != (theirs is None):
                print(f"{path}: limits of {name}: {limits_of(joint)} but MuJoCo has {theirs}")
                worst["joint"] = 1.0
            elif theirs:
                differ("joint", limits_of(joint), theirs, what=f"limits of {name}")
        damping = model.dof_damping[dof] if model.dof_damping.ndim == 1 else model.dof_damping[dof][0]
        stiffness = np.ravel(model.jnt_stiffness[i])[0]
        differ("joint", joint["damping"], damping, what=f"damping of {name}")
        differ("joint", joint["friction"], model.dof_frictionloss[dof], what=f"friction of {name}")
        differ("joint", joint["armature"], model.dof_armature[dof], what=f"armature of {name}")
        spring = joint["spring"]["stiffness"] if joint["spring"] else 0.0
        if model.jnt_type[i] != mujoco.mjtJoint.mjJNT_BALL:
            differ("joint", spring, stiffness, what=f"stiffness of {name}")
            if spring:
                rest = value(joint["spring"]["rest"])
                differ("joint", rest, model.qpos_spring[model.jnt_qposadr[i]], what=f"rest of {name}")

    # Links, at the drawn pose and at random ones.
    random = np.random.default_rng(1)
    masses = 0.0
    for trial in range(4):
        mujoco.mj_resetData(model, data)
        at, base = {}, (np.eye(3), np.zeros(3))
        for i, name in names.items():
            adr = model.jnt_qposadr[i]
            if model.jnt_type[i] == mujoco.mjtJoint.mjJNT_FREE:
                if trial:
                    q = random.normal(size=4)
                    data.qpos[adr : adr + 3] = random.normal(size=3)
                    data.qpos[adr + 3 : adr + 7] = q / np.linalg.norm(q)
                if spelt(model.body(model.jnt_bodyid[i]).name) == robot.base:
                    base = (quat_matrix(*data.qpos[adr + 3 : adr + 7]), data.qpos[adr : adr + 3].copy())
            elif model.jnt_type[i] == mujoco.mjtJoint.mjJNT_BALL:
                q = random.normal(size=4) if trial else np.array([1.0, 0, 0, 0])
                data.qpos[adr : adr + 4] = q / np.linalg.norm(q)
                at[name] = data.qpos[adr : adr + 4].copy()
            else:
                if trial:
                    data.qpos[adr] = random.uniform(-1, 1)
                at[name] = float(data.qpos[adr])
        if not robot.floating:
            base = pose(found["stances"][0]["base"])
        mujoco.mj_forward(model, data)
        poses = robot.poses(base, at)
        masses = 0.0
        for b in range(1, model.nbody):
            name = spelt(model.body(b).name) if model.body(b).name else f"body_{b}"
            if name not in robot.links or not model.body_mass[b]:
                continue
            link = robot.links[name]
            masses += model.body_mass[b]
            differ("mass", link["mass_kg"], model.body_mass[b], model.body_mass[b], f"mass of {name}")
            rot, xyz = poses[name]
            differ("com", xyz + rot @ np.array(link["com"]), data.xipos[b], what=f"centre of mass of {name}")
            frame = data.ximat[b].reshape(3, 3)
            theirs = frame @ np.diag(model.body_inertia[b]) @ frame.T
            world = rot @ matrix_of(link["inertia"]) @ rot.T
            differ("inertia", world, theirs, np.max(np.abs(theirs)), f"inertia of {name}")
        order, matrix = robot.mass_matrix(poses)
        full = np.zeros((model.nv, model.nv))
        mujoco.mj_fullM(model, data, full)
        inverse = {name: i for i, name in names.items()}
        known = [n for n in order if n in inverse]
        if known:
            dofs = [model.jnt_dofadr[inverse[n]] for n in known]
            rows = [order.index(n) for n in known]
            theirs = full[np.ix_(dofs, dofs)]
            differ("mass matrix", matrix[np.ix_(rows, rows)], theirs, max(1e-3, np.max(np.abs(theirs))), "mass matrix")

    # Actuators.
    mine = {a["name"]: a for a in robot.spec["actuators"]}
    for i in range(model.nu):
        actuator = mine.get(spelt(model.actuator(i).name))
        if actuator is None or model.actuator_trntype[i] > 1:
            continue
        gear, gain, bias = model.actuator_gear[i][0], model.actuator_gainprm[i][0], model.actuator_biasprm[i]
        drive = actuator["drive"]
        kind = drive if isinstance(drive, str) else next(iter(drive))
        gains = {} if isinstance(drive, str) else drive[kind]
        size = max(1.0, abs(gain) * gear * gear)
        scale = gear * gain
        if kind == "Position":
            differ("actuator", gains["kp"], -bias[1] * gear * gear, size, f"kp of {actuator['name']}")
            differ("actuator", gains["kd"], -bias[2] * gear * gear, size, f"kd of {actuator['name']}")
            scale = gear * gain / gains["kp"]
        elif kind == "Velocity":
            differ("actuator", gains["gain"], -bias[2] * gear * gear, size, f"gain of {actuator['name']}")
            scale = gear * gain / gains["gain"]
        if model.actuator_ctrllimited[i] and kind != "Impedance":
            theirs = sorted(model.actuator_ctrlrange[i] * scale)
            differ("actuator", actuator["limits"]["command"], theirs, size, f"range of {actuator['name']}")
        bounds = []
        if model.actuator_forcelimited[i]:
            bounds.append(np.max(np.abs(model.actuator_forcerange[i] * gear)))
        j = model.actuator_trnid[i][0]
        if model.jnt_actfrclimited[j]:
            bounds.append(np.max(np.abs(model.jnt_actfrcrange[j])))
        theirs = min(bounds) if bounds else None
        if (theirs is None) != (actuator["limits"]["torque"] is None):
            print(f"{path}: torque limit of {actuator['name']}: {actuator['limits']['torque']} but MuJoCo has {theirs}")
            worst["actuator"] = 1.0
        elif theirs is not None:
            differ("actuator", actuator["limits"]["torque"], theirs, size, f"torque limit of {actuator['name']}")

    # Keyframes.
    poses = robot.spec["poses"]
    for k in range(model.nkey):
        name = spelt(model.key(k).name) if model.key(k).name else f"key_{k}"
        if name not in poses:  # MuJoCo adds keyframes of its own
            continue
        for i, joint in names.items():
            if joint not in ours or model.jnt_type[i] not in (2, 3):
                continue
            q = model.key_qpos[k][model.jnt_qposadr[i]]
            bounds = limits_of(ours[joint])
            q = np.clip(q, *bounds) if bounds else q
            differ("keyframe", value(poses[name].get(joint, 0.0)), q, what=f"{joint} in keyframe {name}")

    figures = ", ".join(f"{key} {gap:.1e}" for key, gap in worst.items())
    print(f"{path.split('/')[-2]}/{path.split('/')[-1]}: {len(robot.links)} links, {masses:.3f} kg; largest differences: {figures}")
    return all(worst[key] <= limit for key, limit in TOLERANCE.items())


def main():
    describe, files = sys.argv[1], sys.argv[2:]
    results = []
    for path in files:
        try:
            results.append(compare(describe, path))
        except Exception as error:  # MuJoCo itself refuses the file
            print(f"{path}: {type(error).__name__}: {str(error)[:200]}")
            results.append(None)
    print(f"{results.count(True)} agree, {results.count(False)} differ, {results.count(None)} not compared")
    sys.exit(1 if False in results else 0)


main()
