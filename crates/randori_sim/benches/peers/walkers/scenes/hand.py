"""A hand of 16 joints holds a cube by friction.

Three fingers press against one side, a thumb against the other; nothing is
below the cube. Each finger has a joint that swings it sideways and three that
bend it, in the order and of about the sizes of the LEAP hand. Two pads of each
finger lie flat on the cube.
"""

from .scene import TIMESTEP_S, Quantity, Scene

PALM_HEIGHT_M = 0.3
LENGTHS_M = (0.045, 0.035, 0.025)
"""From one bending joint to the next, and from the last to the tip."""
FIRST_JOINT_M = 0.012
"""How far the first bending joint lies below the palm."""
HALF_CUBE_M = 0.0298
PAD_FACE_M = 0.03
"""Distance of the pads from the middle of the hand before they close."""
CUBE_BELOW_PALM_M = FIRST_JOINT_M + LENGTHS_M[0] + (LENGTHS_M[1] + LENGTHS_M[2]) / 2
FINGERS = (("index", 1, -0.021), ("middle", 1, 0.0), ("ring", 1, 0.021), ("thumb", -1, 0.0))
"""Name, side along X and position along Y (m) of each finger."""
GAIN_NM_PER_RAD = 3.0
PRESS_N = 1.0
"""Force of each of the two pads of a finger; the thumb presses as all three fingers together."""


def _bone(level, length, side):
    """A capsule with a pad in front of it that touches the cube."""
    top = -0.004
    low = -length + 0.004
    pad_at = f"{-0.006 * side:g} 0 {-length / 2:g}"
    return (
        f'<geom type="capsule" fromto="{0.001 * side:g} 0 {top:g} {0.001 * side:g} 0 {low:g}" size=".005" '
        f'mass="{0.02 - 0.004 * level:g}"/>'
        f'<geom type="box" pos="{pad_at}" size=".003 .008 {length / 2 - 0.001:g}" mass=".004"/>'
    )


def _finger(name, side, y_m):
    """The bodies of one finger, from the knuckle to the tip."""
    x_m = (PAD_FACE_M + 0.009) * side
    text = (
        f'<body name="{name}" pos="{x_m:g} {y_m:g} {-FIRST_JOINT_M:g}">'
        f'<joint name="{name}_side" axis="1 0 0" range="-.4 .4"/>'
        '<geom type="box" size=".006 .008 .006" mass=".02"/>'
    )
    offset_m = 0.0
    for level, length_m in enumerate(LENGTHS_M):
        text += (
            f'<body name="{name}_{level}" pos="0 0 {-offset_m:g}">'
            f'<joint name="{name}_bend_{level}" axis="0 {side} 0" range="-.3 1.8"/>'
        )
        text += _bone(level, length_m, side)
        offset_m = length_m
    return text + "</body>" * (len(LENGTHS_M) + 1)


def _targets(side):
    """Position targets (rad) that press both pads against the cube where it is.

    The torque of a joint is the force of each pad below it times its distance;
    a drive of gain k gives it at a distance of torque / k from its target.
    """
    press_n = PRESS_N if side > 0 else 3 * PRESS_N
    joints_m = (0.0, LENGTHS_M[0], LENGTHS_M[0] + LENGTHS_M[1])
    pads_m = (joints_m[1] + LENGTHS_M[1] / 2, joints_m[2] + LENGTHS_M[2] / 2)
    torques = [sum(press_n * max(pad - joint, 0.0) for pad in pads_m) for joint in joints_m]
    return [0.0, *(torque / GAIN_NM_PER_RAD for torque in torques)]


def commands():
    """Position targets (rad) by joint."""
    parts = ("side", *(f"bend_{level}" for level in range(len(LENGTHS_M))))
    return {
        f"{name}_{part}": target
        for name, side, _ in FINGERS
        for part, target in zip(parts, _targets(side), strict=True)
    }


def mjcf():
    """The hand as MJCF, with its grasp as the only keyframe."""
    fingers = "\n".join(_finger(*finger) for finger in FINGERS)
    targets = commands()
    actuators = "\n".join(f'<position name="{joint}" joint="{joint}"/>' for joint in targets)
    ctrl = " ".join(f"{target!r}" for target in targets.values())
    cube_m = PALM_HEIGHT_M - CUBE_BELOW_PALM_M
    return f"""<mujoco model="hand">
<compiler angle="radian"/>
<option timestep="{TIMESTEP_S:g}" cone="elliptic" impratio="10"/>
<default>
<geom friction="0.8 0.005 0.0001"/>
<joint damping="0.03" armature="0.001" frictionloss="0.005"/>
<position kp="{GAIN_NM_PER_RAD:g}" kv="0.05" forcerange="-0.95 0.95"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="1 1 .1"/>
<body name="palm" pos="0 0 {PALM_HEIGHT_M:g}">
<geom type="box" pos="0 0 .014" size=".05 .04 .01" mass=".3"/>
<geom type="box" pos="0 0 .034" size=".03 .03 .01" mass=".2"/>
{fingers}
</body>
<body name="cube" pos="0 0 {cube_m:g}">
<freejoint/>
<geom type="box" size="{HALF_CUBE_M} {HALF_CUBE_M} {HALF_CUBE_M}" mass=".1"/>
</body>
</worldbody>
<actuator>
{actuators}
</actuator>
<keyframe>
<key name="grasp" qpos="{"0 " * len(targets)}0 0 {cube_m:g} 1 0 0 0" ctrl="{ctrl}"/>
</keyframe>
</mujoco>
"""


HAND = Scene(
    name="hand",
    title="hand of 16 joints, holds a cube",
    mjcf=mjcf,
    robot="palm",
    quantities=(
        Quantity("height of the cube (m)", "cube", "z", difference_m=1e-3),
        Quantity("x of the cube (m)", "cube", "x", difference_m=1e-3),
    ),
    seconds={"MuJoCo": (5, 125), "Randori": (5, 25)},
)
