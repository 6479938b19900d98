"""The four robots with their networks: files, rates, starts and controllers."""

from dataclasses import dataclass, field

import mujoco
import numpy as np

from . import assets
from .controllers import PERIOD_S, IsaacLab, Playground, RlSar, open_bound_network, open_network


@dataclass(frozen=True)
class Start:
    """Where a run begins; whatever is left out is as the authors have it."""

    yaw_rad: float = 0.0
    joints_rad: dict = field(default_factory=dict)
    """Positions by name of the joint."""
    height_m: float | None = None
    """Height of the origin of the base over the floor."""


class Robot:
    """A robot in MuJoCo with its controller, ready to be stepped.

    `variant` changes the compiled model, such as its contacts. A robot that
    `is_fast` walks alike with less Python: MuJoCo computes the torques of PD
    controllers and makes all steps of a period in one call, and the network
    writes into arrays that are kept.
    """

    def __init__(self, name, folder, timestep_s=None, variant=None, is_fast=False):
        self.facts = FACTS[name]
        self.name = name
        self.timestep_s = timestep_s or self.facts.timestep_s
        self.decimation = round(PERIOD_S / self.timestep_s)
        if abs(self.decimation * self.timestep_s - PERIOD_S) > 1e-9:
            raise ValueError(f"{self.timestep_s} s does not divide the period of {PERIOD_S} s")
        self.folder = folder / self.facts.folder
        self.model = assets.load_model(self.folder / self.facts.model, self.timestep_s)
        if variant:
            variant(self.model)
        self.data = mujoco.MjData(self.model)
        open_file = open_bound_network if is_fast else open_network
        self.controller = self.facts.controller(self, open_file(self.folder / self.facts.network))
        self.has_own_servo = not self.facts.acts_last and not is_fast
        if not self.facts.acts_last and is_fast:
            self.controller.servo.move_into(self.model)
        self.site_in_base = self._velocity_site()

    def _velocity_site(self):
        """Where velocity is measured, in the frame of the base."""
        if self.facts.site is None:
            return np.zeros(3)
        site = self.model.site(self.facts.site)
        base = self.model.jnt_bodyid[0]
        assert site.bodyid[0] == base and site.quat[0] == 1.0, "the site must turn with the base"
        return site.pos.copy()

    def nominal_qpos(self):
        """The state that the authors start from."""
        if self.facts.home is not None:
            return self.model.key(self.facts.home).qpos.copy()
        qpos = np.zeros(self.model.nq)
        qpos[2:4] = self.facts.height_m, 1.0
        qpos[self.controller.qpos_at] = self.controller.home
        return qpos

    def joint_names(self):
        return [self.model.joint(index).name for index in self.model.actuator_trnid[:, 0]]

    def reset(self, command, start=Start()):
        mujoco.mj_resetData(self.model, self.data)
        qpos = self.nominal_qpos()
        if start.height_m is not None:
            qpos[2] = start.height_m
        qpos[3:7] = np.cos(start.yaw_rad / 2), 0, 0, np.sin(start.yaw_rad / 2)
        for joint, position in start.joints_rad.items():
            qpos[self.model.joint(joint).qposadr[0]] = position
        self.data.qpos[:] = qpos
        self.controller.reset()
        self.controller.command = np.array(command, float)
        if self.facts.acts_last:
            self.data.ctrl[:] = self.controller.target

    def step_period(self, record=None):
        """One period of the policy. `record` is called after each physics step."""
        if self.facts.acts_last:
            self._step_acting_last(record)
        elif self.has_own_servo:
            self._step_with_servo(record)
        else:
            self._step_acting_first(record)

    def _step_acting_last(self, record):
        model, data = self.model, self.data
        self._advance(self.decimation - 1, record)
        mujoco.mj_step1(model, data)
        self.controller.act()
        data.ctrl[:] = self.controller.target
        mujoco.mj_step2(model, data)
        if record is not None:
            record(data)

    def _step_acting_first(self, record):
        self.controller.act()
        self.data.ctrl[:] = self.controller.target
        self._advance(self.decimation, record)

    def _step_with_servo(self, record):
        model, data = self.model, self.data
        self.controller.act()
        target = self.controller.target
        for _ in range(self.decimation):
            data.ctrl[:] = self.controller.servo.torque(target)
            mujoco.mj_step(model, data)
            if record is not None:
                record(data)

    def _advance(self, steps, record):
        """Physics steps with constant controls, in one call if nothing is recorded."""
        if record is None:
            if steps:
                mujoco.mj_step(self.model, self.data, steps)
            return
        for _ in range(steps):
            mujoco.mj_step(self.model, self.data)
            record(self.data)


@dataclass(frozen=True)
class Facts:
    """What is particular about one robot."""

    folder: str
    model: str
    network: str
    timestep_s: float
    controller: object
    acts_last: bool
    """Playground acts in the last physics step of each period, the others in the first."""
    home: str | None = None
    """Keyframe to start from."""
    height_m: float | None = None
    """Height to start from, where there is no keyframe."""
    site: str | None = None
    """Where the velocimeter of the policy sits; without one, velocities are those of the base's origin."""


def _go1(robot, network):
    sensors = ["local_linvel", "gyro"]
    return Playground(robot.model, robot.data, network, "home", sensors, "imu")


def _g1(robot, network):
    sensors = ["local_linvel_pelvis", "gyro_pelvis"]
    return Playground(robot.model, robot.data, network, "knees_bent", sensors, "imu_in_pelvis", gait_hz=1.5)


def _go2(robot, network):
    base = assets.load_yaml(robot.folder / "base.yaml")["go2"]
    config = assets.load_yaml(robot.folder / "config.yaml")["go2/robot_lab"]
    controller = RlSar(robot.model, robot.data, network, {**base, **config})
    assert robot.joint_names() == base["joint_names"], "the motors are in the order of the network"
    return controller


def _g1_isaaclab(robot, network):
    return IsaacLab(robot.model, robot.data, network, assets.load_yaml(robot.folder / "deploy.yaml"))


FACTS = {
    "go1_playground": Facts(
        folder="go1_playground",
        model="scene_mjx_feetonly_flat_terrain.xml",
        network="go1_policy.onnx",
        timestep_s=0.004,
        controller=_go1,
        acts_last=True,
        home="home",
        site="imu",
    ),
    "g1_playground": Facts(
        folder="g1_playground",
        model="scene_mjx_feetonly_flat_terrain.xml",
        network="g1_policy.onnx",
        timestep_s=0.002,
        controller=_g1,
        acts_last=True,
        home="knees_bent",
        site="imu_in_pelvis",
    ),
    "go2_rl_sar": Facts(
        folder="go2_rl_sar",
        model="go2.xml",
        network="policy.onnx",
        timestep_s=0.005,
        controller=_go2,
        acts_last=False,
        height_m=0.34,
    ),
    "g1_isaaclab": Facts(
        folder="g1_isaaclab",
        model="g1_29dof.xml",
        network="policy.onnx",
        timestep_s=0.002,
        controller=_g1_isaaclab,
        acts_last=False,
        height_m=0.79,
    ),
}
