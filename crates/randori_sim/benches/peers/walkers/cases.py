"""What is compared: robots, commands, and the scenarios that give them."""

from dataclasses import dataclass

import numpy as np

from .robots import Start


@dataclass(frozen=True)
class Case:
    """One command for one robot, and what of its run is compared."""

    robot: str
    command: tuple
    """Forward and sideways velocity (m/s), yaw rate (rad/s)."""
    scenario: str
    """File of `scenarios/imported` that gives this command."""
    published: dict
    """Value of each compared measure in one run of MuJoCo from the authors' start."""

    @property
    def title(self):
        return f"{self.robot} ({', '.join(f'{part:g}' for part in self.command)})"

    def commanded(self, measure):
        return self.command[("vx", "vy", "wz").index(measure)]


CASES = [
    Case("go1_playground", (1.0, 0.0, 0.0), "go1_forward.ron", {"vx": 1.010}),
    Case("go1_playground", (0.0, 0.0, 0.0), "go1_stand.ron", {"vx": 0.000}),
    Case("go1_playground", (0.0, 0.5, 0.0), "go1_sideways.ron", {"vy": 0.455}),
    Case("go1_playground", (0.5, 0.0, 1.0), "go1_turn.ron", {"vx": 0.512, "wz": 0.984}),
    Case("g1_playground", (0.5, 0.0, 0.0), "g1_forward.ron", {"vx": 0.594}),
    Case("go2_rl_sar", (1.0, 0.0, 0.0), "go2_forward.ron", {"vx": 0.939}),
    Case("go2_rl_sar", (0.5, 0.0, 0.8), "go2_turn.ron", {"vx": 0.504, "wz": 0.692}),
    Case("g1_isaaclab", (0.5, 0.0, 0.0), "g1_lab_forward.ron", {"vx": 0.480}),
    Case("g1_isaaclab", (0.0, 0.0, 0.0), "g1_lab_stand.ron", {"vx": -0.001}),
]


RATES_HZ = {
    "go1_playground": (250, 100, 50),
    "g1_playground": (500, 250, 200, 100),
    "go2_rl_sar": (200, 100, 50),
    "g1_isaaclab": (500, 250, 100, 50),
}
"""Physics rates of Randori, multiples of the policy's 50 Hz: the authors', about half of it, and slower."""

HELD_RATES = 2
"""How many of these rates have to agree with MuJoCo; the others are only reported."""


def drawn_starts(robot, count, seed=3):
    """Starts with any yaw, joints off by up to 0.05 rad and a drop of up to 2 cm; the same for each call."""
    rng = np.random.default_rng(seed)
    nominal = robot.nominal_qpos()
    names = robot.joint_names()
    at = robot.model.jnt_qposadr[robot.model.actuator_trnid[:, 0]]
    return [
        Start(
            yaw_rad=rng.uniform(-np.pi, np.pi),
            joints_rad=dict(zip(names, nominal[at] + rng.uniform(-0.05, 0.05, len(names)), strict=True)),
            height_m=nominal[2] + rng.uniform(0.0, 0.02),
        )
        for _ in range(count)
    ]


def _condim_3(model):
    """Contacts slide, but neither roll nor spin against friction."""
    model.geom_condim[model.geom_condim > 3] = 3


def _stiff(model):
    """Contacts settle within 5 ms, critically damped."""
    model.geom_solref[:] = 0.005, 1.0


def _condim_3_stiff(model):
    _condim_3(model)
    _stiff(model)


CONTACT_VARIANTS = {
    "as in its file": None,
    "condim 3": _condim_3,
    "stiff": _stiff,
    "condim 3, stiff": _condim_3_stiff,
}
