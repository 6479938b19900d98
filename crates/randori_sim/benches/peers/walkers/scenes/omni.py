"""A base on three omni wheels of 20 rollers each, 63 joints in all, drives ahead."""

import math

from .scene import TIMESTEP_S, Quantity, Scene

WHEELS = 3
ROLLERS = 20
WHEEL_CENTRE_M = 0.12
"""From the middle of the base to the middle of a wheel."""
ROLLER_CENTRE_M = 0.05
ROLLER_RADIUS_M = 0.008
SPEED_MPS = 0.3


def _wheel(wheel):
    """One wheel, whose axle is the Z axis of its frame, with its rollers."""
    angle = math.tau * wheel / WHEELS
    outward = math.cos(angle), math.sin(angle)
    rollers = "\n".join(_roller(wheel, roller) for roller in range(ROLLERS))
    return (
        f'<body name="w{wheel}" pos="{WHEEL_CENTRE_M * outward[0]:.6f} {WHEEL_CENTRE_M * outward[1]:.6f} 0" '
        f'zaxis="{outward[0]:.6f} {outward[1]:.6f} 0"><joint name="w{wheel}" axis="0 0 1"/>\n'
        f'<geom type="cylinder" size=".04 .01" mass=".05" contype="0" conaffinity="0"/>\n{rollers}\n</body>'
    )


def _roller(wheel, roller):
    """A ball that turns about the tangent of the wheel."""
    angle = math.tau * roller / ROLLERS
    x, y = math.cos(angle), math.sin(angle)
    return (
        f'<body name="r{wheel}_{roller}" pos="{ROLLER_CENTRE_M * x:.6f} {ROLLER_CENTRE_M * y:.6f} 0">'
        f'<joint name="r{wheel}_{roller}" axis="{-y:.6f} {x:.6f} 0"/>'
        f'<geom size="{ROLLER_RADIUS_M:g}" mass=".003"/></body>'
    )


def commands():
    """Speeds (rad/s) by wheel at which the base moves along its X axis.

    A wheel at angle `a` rolls along the tangent (-sin a, cos a); along its axle
    the rollers let it go.
    """
    radius_m = ROLLER_CENTRE_M + ROLLER_RADIUS_M
    return {
        f"w{wheel}": SPEED_MPS * math.sin(math.tau * wheel / WHEELS) / radius_m for wheel in range(WHEELS)
    }


def mjcf():
    """The base as MJCF; the keyframe commands the wheels."""
    wheels = "\n".join(_wheel(wheel) for wheel in range(WHEELS))
    speeds = commands()
    actuators = "\n".join(f'<velocity name="{wheel}" joint="{wheel}" kv=".1"/>' for wheel in speeds)
    height_m = ROLLER_CENTRE_M + ROLLER_RADIUS_M + 0.0005
    joints = "0 " * (WHEELS * (ROLLERS + 1))
    ctrl = " ".join(f"{speed!r}" for speed in speeds.values())
    return f"""<mujoco model="omni">
<option timestep="{TIMESTEP_S:g}"/>
<worldbody>
<geom type="plane" size="50 50 .1"/>
<body name="base" pos="0 0 {height_m:g}"><freejoint/>
<geom type="cylinder" size=".1 .02" mass=".6"/>
{wheels}
</body>
</worldbody>
<actuator>
{actuators}
</actuator>
<keyframe>
<key name="drive" qpos="0 0 {height_m:g} 1 0 0 0 {joints}" ctrl="{ctrl}"/>
</keyframe>
</mujoco>
"""


OMNI = Scene(
    name="omni",
    title="base on omni wheels, 63 joints",
    mjcf=mjcf,
    robot="base",
    quantities=(
        Quantity("distance driven (m)", "base", "x"),
        Quantity("drift to the side (m)", "base", "y", difference_m=0.02),
        Quantity("height (m)", "base", "z", difference_m=1e-3),
    ),
    seconds={"MuJoCo": (5, 65), "Randori": (5, 15)},
    versions=("3.17.0", "4.0.0"),
)
