"""Loads one robot file with MuJoCo (MJCF) or Pinocchio (URDF).

Usage: reference.py mjcf|urdf FILE

Prints one JSON line: `loads`, `reader`, and `speed`, the largest velocity
(m/s or rad/s) one step after the start in which drives give nothing or the
commands of the file.
"""

import json
import sys

import numpy as np


def mjcf(path):
    import mujoco

    model = mujoco.MjModel.from_xml_path(path)
    if not model.nv:
        sys.exit("nothing moves")
    speeds = []
    for is_driven in (False, True):
        data = mujoco.MjData(model)
        if model.nkey:
            mujoco.mj_resetDataKeyframe(model, data, 0)
        if not is_driven:
            model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_ACTUATION
        else:
            model.opt.disableflags &= ~int(mujoco.mjtDisableBit.mjDSBL_ACTUATION)
        mujoco.mj_step(model, data)
        speeds.append(float(np.max(np.abs(data.qvel))))
    return max(speeds)


def urdf(path):
    import pinocchio as pin

    model = pin.buildModelFromUrdf(path)
    if not model.nv:
        sys.exit("nothing moves")
    data = model.createData()
    at = pin.neutral(model)
    lower, upper = model.lowerPositionLimit, model.upperPositionLimit
    for joint in list(model.joints)[1:]:
        if joint.nq == 1 and joint.nv == 1:
            i = joint.idx_q
            if lower[i] <= upper[i]:
                at[i] = np.clip(at[i], lower[i], upper[i])
    zero = np.zeros(model.nv)
    speed = np.max(np.abs(pin.aba(model, data, at, zero, zero))) * 0.002
    return float(speed) if np.isfinite(speed) else 0.0


kind, path = sys.argv[1:]
speed = mjcf(path) if kind == "mjcf" else urdf(path)
reader = "mujoco" if kind == "mjcf" else "pinocchio"
print(json.dumps({"loads": True, "reader": reader, "speed": speed}))
