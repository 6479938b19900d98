"""Runs one closed loop and measures how it went."""

from dataclasses import dataclass

import numpy as np

from .controllers import PERIOD_S

MEASURED_FROM_S = 5.0
MEASURED_TO_S = 10.0
FALLEN_TILT_RAD = np.radians(60.0)
FALLEN_HEIGHT = 0.55
"""Share of the height at the start below which a robot has fallen: one that sinks may stay upright."""


@dataclass(frozen=True)
class Measures:
    """Means over (5 s, 10 s], in the frame of the base.

    Velocities are those of the policy's velocimeter, or else of the base's
    origin: a robot that turns is faster at one than at the other.
    """

    vx: float
    vy: float
    wz: float
    speed: float
    """Mean size of the horizontal velocity: tells standing still from swaying."""
    height_m: float
    """Lowest height of the base's origin."""
    fell_at_s: float | None


def walk(robot, command, start):
    """Ten seconds with one command from one start."""
    robot.reset(command, start)
    start_height = robot.data.qpos[2]
    periods = round(MEASURED_TO_S / PERIOD_S)
    trace = Trace(periods * robot.decimation)
    for _ in range(periods):
        robot.step_period(trace.record)
    return trace.measures(robot.site_in_base, start_height)


class Trace:
    """Time, pose and velocity of the base after each physics step."""

    def __init__(self, steps):
        self.rows = np.empty((steps, 14))
        self.filled = 0

    def record(self, data):
        row = self.rows[self.filled]
        row[0] = data.time
        row[1:8] = data.qpos[:7]
        row[8:14] = data.qvel[:6]
        self.filled += 1

    def _diverged(self):
        """Whether MuJoCo gave up and began anew: its clock then jumps back."""
        return np.append(False, np.diff(self.rows[: self.filled, 0]) <= 0)

    def measures(self, site_in_base, start_height):
        rows = self.rows[: self.filled]
        height, quat = rows[:, 3], rows[:, 4:8]
        linear, angular = rows[:, 8:11], rows[:, 11:14]
        world_from_base = _rotations(quat)
        velocity = np.einsum("nij,ni->nj", world_from_base, linear) + np.cross(angular, site_in_base)
        tilt = np.arccos(np.clip(world_from_base[:, 2, 2], -1, 1))
        fallen = (tilt > FALLEN_TILT_RAD) | (height < FALLEN_HEIGHT * start_height) | ~np.isfinite(height)
        fallen |= self._diverged()
        time = np.linspace(0, MEASURED_TO_S, len(rows) + 1)[1:]
        measured = time > MEASURED_FROM_S + 1e-9
        vx, vy, _ = velocity[measured].mean(axis=0)
        return Measures(
            vx=float(vx),
            vy=float(vy),
            wz=float(angular[measured, 2].mean()),
            speed=float(np.hypot(*velocity[measured, :2].T).mean()),
            height_m=float(height.min()),
            fell_at_s=float(time[np.argmax(fallen)]) if fallen.any() else None,
        )


def _rotations(quat):
    """Matrices of quaternions (w, x, y, z)."""
    w, x, y, z = (quat / np.linalg.norm(quat, axis=1, keepdims=True)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)
