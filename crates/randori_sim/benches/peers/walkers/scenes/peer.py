"""MuJoCo's side of the scenes: `python -m walkers.scenes.peer SCENE LOOP SECONDS`.

Needs MuJoCo and numpy alone, so that it runs with other versions of MuJoCo.
The loop `judge` prints the measures as JSON; the others only take time.
"""

import json
import sys

import mujoco
import numpy as np

from . import SCENES
from .scene import JUDGED_S, TIMESTEP_S, WINDOW_S

CHUNK_STEPS = 10
"""Steps of one call in the fast loops: 20 ms, the period of the walking policies."""


def load(scene, sleeps=False):
    """The model, and its data at the start."""
    model = mujoco.MjModel.from_xml_string(scene.mjcf())
    assert model.opt.timestep == TIMESTEP_S, f"{scene.name} has another step"
    if sleeps:
        model.opt.enableflags |= mujoco.mjtEnableBit.mjENBL_SLEEP
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    return model, data


def run_plain(scene, steps):
    """One call of Python for each step."""
    model, data = load(scene)
    for _ in range(steps):
        mujoco.mj_step(model, data)


def run_fast(scene, steps):
    """MuJoCo's own loop over the steps between two commands."""
    advance(*load(scene), steps)


def run_asleep(scene, steps):
    """The fast loop, with islands that fall asleep."""
    advance(*load(scene, sleeps=True), steps)


def advance(model, data, steps):
    for _ in range(steps // CHUNK_STEPS):
        mujoco.mj_step(model, data, CHUNK_STEPS)


def judge(scene):
    """Quantities by name, the largest speed of what should rest, and the size of the scene."""
    model, data = load(scene)
    window = round(WINDOW_S / TIMESTEP_S)
    mujoco.mj_step(model, data, round(JUDGED_S / TIMESTEP_S) - window)
    places, speed_mps = [], 0.0
    for _ in range(window):
        mujoco.mj_step(model, data)
        places.append([data.body(one.body).xpos["xyz".index(one.axis)] for one in scene.quantities])
        for body in scene.resting:
            first = model.body_dofadr[model.body(body).id]
            speed_mps = max(speed_mps, float(np.linalg.norm(data.qvel[first : first + 3])))
    means = np.mean(places, axis=0)
    return {
        "quantities": {one.name: float(mean) for one, mean in zip(scene.quantities, means, strict=True)},
        "speed_mps": speed_mps,
        "degrees_of_freedom": int(model.nv),
        "contacts": int(data.ncon),
    }


LOOPS = {"plain": run_plain, "fast": run_fast, "asleep": run_asleep}


def main():
    scene, loop = SCENES[sys.argv[1]], sys.argv[2]
    if loop == "judge":
        print(json.dumps(judge(scene)))
    else:
        LOOPS[loop](scene, round(float(sys.argv[3]) / TIMESTEP_S))


if __name__ == "__main__":
    main()
