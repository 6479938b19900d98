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
    "actuator": 1e-9,
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


def leaders(couplings):
    """Joint -> the joint that leads it in the end, ratio and offset."""
    of = {c["follower"]: c for c in couplings}

    def lead(joint):
        ratio, offset = 1.0, 0.0
        while joint in of:
            offset += ratio * of[joint]["offset"]
            ratio *= of[joint]["ratio"]
            joint = of[joint]["leader"]
        return joint, ratio, offset

    return lead


def narrowed(spec, leader, lead):
    """The range that the followers of a joint leave it; None if all of it."""
    bounds = []
    for joint in spec["joints"]:
        joint_leader, ratio, offset = lead(joint["name"])
        if limits_of(joint) and joint_leader == leader and joint["name"] != leader and ratio:
            bounds.append(sorted((end - offset) / ratio for end in limits_of(joint)))
    own = next((limits_of(j) for j in spec["joints"] if j["name"] == leader), None)
    if not bounds:
        return None
    low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
    if own and low <= own[0] + 1e-9 and high >= own[1] - 1e-9:
        return None
    return (max(low, own[0]), min(high, own[1])) if own else (low, high)


def tendons_of(model, robot, names, joint):
    """Fixed tendons that one joint moves, its followers included, with length per coordinate."""
    lead = leaders(robot.spec["couplings"])
    for t in range(model.ntendon):
        parts = range(model.tendon_adr[t], model.tendon_adr[t] + model.tendon_num[t])
        if any(model.wrap_type[p] != mujoco.mjtWrap.mjWRAP_JOINT for p in parts):
            continue
        own = len(parts) == 1
        led = [(lead(names[model.wrap_objid[p]]) if not own else (names[model.wrap_objid[p]], 1.0, 0.0), model.wrap_prm[p]) for p in parts]
        if all(found[0] == joint for found, _ in led):
            yield t, sum(found[1] * share for found, share in led)


def moment(model, data, actuator):
    """Force at the degrees of freedom per force of an actuator with one output."""
    output = model.actuator_outadr[actuator]
    start, count = data.moment_rowadr[output], data.moment_rownnz[output]
    part = slice(start, start + count)
    return {int(d): float(m) for d, m in zip(data.moment_colind[part], data.actuator_moment[part]) if m}


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
        armature, friction = model.dof_armature[dof], model.dof_frictionloss[dof]
        for a in range(len(model.actuator_trntype)):
            if model.actuator_trntype[a] <= 1 and model.actuator_trnid[a][0] == i:
                gear = model.actuator_gear[a][0] ** 2
                damping, armature = damping + np.ravel(model.actuator_damping[a])[0] * gear, armature + model.actuator_armature[a] * gear
        for t, share in tendons_of(model, robot, names, name):
            damping += np.ravel(model.tendon_damping[t])[0] * share**2
            armature += model.tendon_armature[t] * share**2
            friction += model.tendon_frictionloss[t] * abs(share)
        stiffness = np.ravel(model.jnt_stiffness[i])[0]
        differ("joint", joint["damping"], damping, max(1.0, damping), what=f"damping of {name}")
        differ("joint", joint["friction"], friction, what=f"friction of {name}")
        differ("joint", joint["armature"], armature, what=f"armature of {name}")
        spring = joint["spring"]["stiffness"] if joint["spring"] else 0.0
        if model.jnt_type[i] != mujoco.mjtJoint.mjJNT_BALL:
            differ("joint", spring, stiffness, max(1.0, stiffness), f"stiffness of {name}")
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
    lead = leaders(robot.spec["couplings"])
    mujoco.mj_resetData(model, data)
    mujoco.mj_forward(model, data)
    by_dof = {int(model.jnt_dofadr[i]): (i, name) for i, name in names.items()}
    for i in range(len(model.actuator_trntype)):
        actuator = mine.get(spelt(model.actuator(i).name))
        row = moment(model, data, i)
        if actuator is None or any(dof not in by_dof for dof in row):
            continue
        drive = actuator["drive"]
        kind = drive if isinstance(drive, str) else next(iter(drive))
        if kind == "Impedance":
            continue
        gains = {} if isinstance(drive, str) else drive[kind]
        gain, bias = model.actuator_gainprm[i][0], model.actuator_biasprm[i]
        # Force at the joint per force of the actuator, and length at zero.
        pull, at_zero, torque = 0.0, 0.0, 0.0
        force = np.max(np.abs(model.actuator_forcerange[i])) if model.actuator_forcelimited[i] else np.inf
        for dof, share in row.items():
            joint, name = by_dof[dof]
            leader, ratio, offset = lead(name) if len(row) > 1 else (name, 1.0, 0.0)
            if leader != actuator["joint"]:
                print(f"{path}: {actuator['name']} drives {actuator['joint']}, not {leader}")
                worst["actuator"] = 1.0
            pull, at_zero = pull + share * ratio, at_zero + share * offset
            bound = np.max(np.abs(model.jnt_actfrcrange[joint])) if model.jnt_actfrclimited[joint] else np.inf
            torque += abs(ratio) * min(force * abs(share), bound)
        unit = 1.0
        if kind == "Position":
            unit = -bias[1] * pull**2
            differ("actuator", gains["kp"], unit, unit, f"kp of {actuator['name']}")
            differ("actuator", gains["kd"], -bias[2] * pull**2, max(1e-9, abs(bias[2]) * pull**2), f"kd of {actuator['name']}")
        elif kind == "Velocity":
            unit = -bias[2] * pull**2
            differ("actuator", gains["gain"], unit, unit, f"gain of {actuator['name']}")
        ends = model.actuator_actrange[i] if model.actuator_dyntype[i] == mujoco.mjtDyn.mjDYN_INTEGRATOR else model.actuator_ctrlrange[i]
        if ends[0] < ends[1] and np.all(np.isfinite(ends)):
            theirs = np.array(sorted(pull * (gain * ends + bias[0] + bias[1] * at_zero) / unit))
            limits = narrowed(robot.spec, actuator["joint"], lead) if kind == "Position" else None
            theirs = np.clip(theirs, *limits) if limits else theirs
            differ("actuator", actuator["limits"]["command"], theirs, max(1.0, np.max(np.abs(theirs))), f"range of {actuator['name']}")
        theirs = torque if np.isfinite(torque) else None
        if (theirs is None) != (actuator["limits"]["torque"] is None):
            print(f"{path}: torque limit of {actuator['name']}: {actuator['limits']['torque']} but MuJoCo has {theirs}")
            worst["actuator"] = 1.0
        elif theirs is not None:
            differ("actuator", actuator["limits"]["torque"], theirs, theirs, f"torque limit of {actuator['name']}")

    # Couplings.
    for i in range(model.neq):
        if model.eq_type[i] != mujoco.mjtEq.mjEQ_JOINT or model.eq_obj2id[i] < 0 or not model.eq_active0[i]:
            continue
        one, other = int(model.eq_obj1id[i]), int(model.eq_obj2id[i])
        if names[one] not in ours or names[other] not in ours:
            continue
        p0, p1 = model.eq_data[i][:2]
        reference = lambda joint: model.qpos0[model.jnt_qposadr[joint]]
        first, second = lead(names[one]), lead(names[other])
        if first[0] != second[0]:
            print(f"{path}: {names[one]} and {names[other]} are not coupled")
            worst["joint"] = 1.0
            continue
        theirs = reference(one) + p0 - p1 * reference(other)
        differ("joint", first[1] - p1 * second[1], 0.0, what=f"ratio of {names[one]}")
        differ("joint", first[2] - p1 * second[2], theirs, what=f"offset of {names[one]}")

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
