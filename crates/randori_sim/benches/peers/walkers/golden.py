"""Checks the controllers against `golden.npz`, recorded with each policy.

Open loop, each recorded state must give the recorded observation, and each
recorded observation the recorded action. Closed loop, the run must follow the
recorded one from the same start; walking is chaotic, so a difference in the
last bit of one inference shows after some seconds.
"""

import mujoco
import numpy as np

from .robots import Robot

OPEN_LOOP_TOLERANCE = 1e-5
SAME_STATE = 1e-4
"""Largest difference of a position (m, rad) that still counts as the same run."""
REQUIRED_S = 1.0

COMMANDS = {
    "go1_playground": (1.0, 0.0, 0.0),
    "g1_playground": (0.5, 0.0, 0.0),
    "go2_rl_sar": (1.0, 0.0, 0.0),
    "g1_isaaclab": (0.5, 0.0, 0.0),
}


def check(name, folder):
    """Differences from the recording, and whether they are small enough."""
    robot = Robot(name, folder)
    with np.load(robot.folder / "golden.npz") as file:
        golden = {key: file[key] for key in ("time", "obs", "action", "qpos", "qvel")}
        golden["target"] = file["ctrl"] if "ctrl" in file else file["target"]
    result = {**open_loop(robot, golden), **closed_loop(robot, golden)}
    fast = closed_loop(Robot(name, folder, is_fast=True), golden)
    result["fast_same_until_s"] = fast["same_until_s"]
    result["agrees"] = bool(
        max(result["observation"], result["action"], result["target"]) <= OPEN_LOOP_TOLERANCE
        and min(result["same_until_s"], result["fast_same_until_s"]) >= REQUIRED_S
    )
    return result


def open_loop(robot, golden):
    """Largest differences of observation, action and target over all recorded rows."""
    robot.reset(COMMANDS[robot.name])
    worst = {"observation": 0.0, "action": 0.0, "target": 0.0}

    def note(what, ours, theirs):
        worst[what] = max(worst[what], float(np.abs(ours - theirs).max()))

    for row in range(len(golden["obs"])):
        robot.data.qpos[:] = golden["qpos"][row]
        robot.data.qvel[:] = golden["qvel"][row]
        mujoco.mj_forward(robot.model, robot.data)
        note("observation", robot.controller.observe(), golden["obs"][row])
        note("action", robot.controller.network(golden["obs"][row]), golden["action"][row])
        robot.controller.apply(golden["action"][row])
        note("target", robot.controller.target, golden["target"][row])
    return worst


def closed_loop(robot, golden):
    """How long the run stays on the recorded one, and where both are after a second."""
    robot.reset(COMMANDS[robot.name])
    states = []
    act = robot.controller.act

    def observed():
        states.append(robot.data.qpos.copy())
        act()

    robot.controller.act = observed
    for _ in range(len(golden["qpos"])):
        robot.step_period()
    robot.controller.act = act
    distance = np.abs(np.array(states) - golden["qpos"]).max(axis=1)
    left = np.flatnonzero(distance > SAME_STATE)
    return {
        "same_until_s": float(golden["time"][left[0]] if len(left) else golden["time"][-1]),
        "identical_until_s": float(
            golden["time"][np.argmax(distance > 0)] if distance.any() else golden["time"][-1]
        ),
        "difference_after_1s": float(distance[golden["time"] <= 1.0].max()),
        "difference_after_10s": float(distance.max()),
    }
