"""Feeds each network as its authors do, and turns its action into targets.

All arrays of joints that reach MuJoCo are in the order of the actuators. A
controller reads the state from `MjData`; the Playground ones read its sensors,
so kinematics and velocity sensors must be up to date (`mj_step1`).
"""

import mujoco
import numpy as np
import onnxruntime

PERIOD_S = 0.02
"""Time between two inferences; the same for all four policies."""


def _session(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def open_network(file):
    """A function from observation to action."""
    session = _session(file)
    name = session.get_inputs()[0].name
    return lambda observation: session.run(None, {name: observation[None]})[0][0]


def open_bound_network(file):
    """The same function with inputs and outputs that are bound once, which costs less per call."""
    session = _session(file)
    binding = session.io_binding()
    observation, action = (
        np.zeros(argument[0].shape, np.float32) for argument in (session.get_inputs(), session.get_outputs())
    )
    for bind, argument, array in (
        (binding.bind_input, session.get_inputs()[0], observation),
        (binding.bind_output, session.get_outputs()[0], action),
    ):
        bind(argument.name, "cpu", 0, np.float32, array.shape, array.ctypes.data)

    def infer(values):
        observation[0] = values
        session.run_with_iobinding(binding)
        return action[0].copy()

    return infer


def joint_addresses(model):
    """Indices into qpos and qvel of the joint of each actuator."""
    joints = model.actuator_trnid[:, 0]
    return model.jnt_qposadr[joints], model.jnt_dofadr[joints]


def clamp(values, least, most):
    """As `np.clip`, in less time for small arrays."""
    return np.minimum(np.maximum(values, least), most)


def gravity_direction(data):
    """Unit vector of gravity in the frame of the base."""
    w, x, y, z = data.qpos[3:7].tolist()
    return np.array([2 * (w * y - x * z), -2 * (w * x + y * z), 2 * (x * x + y * y) - 1])


class Playground:
    """Joysticks of MuJoCo Playground: a position target around a keyframe.

    `gait_hz` is the frequency of the phase of bipeds; quadrupeds have none.
    """

    action_scale = 0.5

    def __init__(self, model, data, network, home, sensors, site, gait_hz=None):
        self.data = data
        self.network = network
        self.qpos_at, self.qvel_at = joint_addresses(model)
        self.home = model.key(home).ctrl.copy()
        self.velocity, self.gyro = (data.sensor(name).data for name in sensors)
        self.axes = data.site(site).xmat
        self.gait_hz = gait_hz
        self.command = np.zeros(3)
        self.reset()

    def reset(self):
        self.last_action = np.zeros(len(self.home), np.float32)
        self.phase = np.array([0.0, np.pi])
        self.target = self.home.copy()

    def observe(self):
        moving = [self.velocity, self.gyro, -self.axes[6:9]]
        joints = [self.data.qpos[self.qpos_at] - self.home, self.data.qvel[self.qvel_at], self.last_action]
        if self.gait_hz is None:
            terms = moving + joints + [self.command]
        else:
            terms = moving + [self.command] + joints + [np.cos(self.phase), np.sin(self.phase)]
        return np.concatenate(terms).astype(np.float32)

    def act(self):
        self.apply(self.network(self.observe()))

    def apply(self, action):
        self.last_action = action
        self.target = action * self.action_scale + self.home
        if self.gait_hz is not None:
            advanced = self.phase + 2 * np.pi * self.gait_hz * PERIOD_S
            self.phase = np.fmod(advanced + np.pi, 2 * np.pi) - np.pi


class Servo:
    """Torques of a joint PD controller, computed anew for each physics step."""

    def __init__(self, model, data, kp, kd, max_torque_nm):
        self.data = data
        self.qpos_at, self.qvel_at = joint_addresses(model)
        self.kp, self.kd, self.limit = np.array(kp), np.array(kd), np.array(max_torque_nm)

    def torque(self, target):
        error = target - self.data.qpos[self.qpos_at]
        torque = self.kp * error - self.kd * self.data.qvel[self.qvel_at]
        return clamp(torque, -self.limit, self.limit)

    def move_into(self, model):
        """Makes the motors of the model PD controllers, whose controls are the targets.

        `mj_step` then computes the same torques from the same state.
        """
        model.actuator_gainprm[:, 0] = self.kp
        model.actuator_biastype[:] = mujoco.mjtBias.mjBIAS_AFFINE
        model.actuator_biasprm[:, 1] = -self.kp
        model.actuator_biasprm[:, 2] = -self.kd
        model.actuator_ctrllimited[:] = False
        model.actuator_forcelimited[:] = True
        model.actuator_forcerange[:, 0] = -self.limit
        model.actuator_forcerange[:, 1] = self.limit


class RlSar:
    """Networks of rl_sar with the observation terms of robot_lab."""

    def __init__(self, model, data, network, config):
        self.data = data
        self.network = network
        self.qpos_at, self.qvel_at = joint_addresses(model)
        self.home = np.array(config["default_dof_pos"])
        self.scale = np.array(config["action_scale"])
        self.config = config
        self.servo = Servo(model, data, config["rl_kp"], config["rl_kd"], config["torque_limits"])
        self.command = np.zeros(3)
        self.reset()

    def reset(self):
        self.last_action = np.zeros(len(self.home), np.float32)
        self.target = self.home.copy()

    def observe(self):
        config, data = self.config, self.data
        terms = [
            data.qvel[3:6] * config["ang_vel_scale"],
            gravity_direction(data),
            self.command * config["commands_scale"],
            (data.qpos[self.qpos_at] - self.home) * config["dof_pos_scale"],
            data.qvel[self.qvel_at] * config["dof_vel_scale"],
            self.last_action,
        ]
        limit = config["clip_obs"]
        return clamp(np.concatenate(terms), -limit, limit).astype(np.float32)

    def act(self):
        self.apply(self.network(self.observe()))

    def apply(self, action):
        action = clamp(action, self.config["clip_actions_lower"], self.config["clip_actions_upper"])
        self.last_action = action.astype(np.float32)
        self.target = action * self.scale + self.home


class IsaacLab:
    """Networks of unitree_rl_lab, described by its `deploy.yaml`.

    Each observation term keeps its own history, oldest first; the first sample
    fills it. `joint_ids_map` gives the motor of each joint of the network.
    """

    TERMS = [
        "base_ang_vel",
        "projected_gravity",
        "velocity_commands",
        "joint_pos_rel",
        "joint_vel_rel",
        "last_action",
    ]

    def __init__(self, model, data, network, deploy):
        self.data = data
        self.network = network
        self.motor_of = np.array(deploy["joint_ids_map"])
        qpos_at, qvel_at = joint_addresses(model)
        self.qpos_at, self.qvel_at = qpos_at[self.motor_of], qvel_at[self.motor_of]
        self.home = np.array(deploy["default_joint_pos"])
        self.terms = [deploy["observations"][name] for name in self.TERMS]
        action = deploy["actions"]["JointPositionAction"]
        self.scale, self.offset = np.array(action["scale"]), np.array(action["offset"])
        self.servo = Servo(
            model, data, deploy["stiffness"], deploy["damping"], model.actuator_ctrlrange[:, 1]
        )
        self.command = np.zeros(3)
        self.reset()

    def reset(self):
        self.last_action = np.zeros(len(self.home), np.float32)
        self.history = None
        self.target = self.in_motor_order(self.offset)

    def in_motor_order(self, values):
        ordered = np.empty(len(values))
        ordered[self.motor_of] = values
        return ordered

    def observe(self):
        data = self.data
        samples = [
            data.qvel[3:6],
            gravity_direction(data),
            self.command,
            data.qpos[self.qpos_at] - self.home,
            data.qvel[self.qvel_at],
            self.last_action,
        ]
        samples = [sample * term["scale"] for sample, term in zip(samples, self.terms, strict=True)]
        if self.history is None:
            self.history = [
                np.tile(sample, (term["history_length"], 1))
                for sample, term in zip(samples, self.terms, strict=True)
            ]
        else:
            for past, sample in zip(self.history, samples, strict=True):
                past[:-1] = past[1:]
                past[-1] = sample
        return np.concatenate([past.ravel() for past in self.history]).astype(np.float32)

    def act(self):
        self.apply(self.network(self.observe()))

    def apply(self, action):
        self.last_action = action
        self.target = self.in_motor_order(action * self.scale + self.offset)
