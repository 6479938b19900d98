"""A quadruped of 12 joints stands amid 100 boxes, four of them on its back."""

import math

from .scene import TIMESTEP_S, Quantity, Scene

STACKS = 48
"""Of two boxes each, on the floor around the robot."""
HALF_BOX_M = 0.05
SPACING_M = 0.25
HALF_TRUNK_M = (0.2, 0.1, 0.05)
THIGH_M = 0.2
SHANK_M = 0.18
FOOT_M = 0.02
BEND_RAD = 0.5
"""Of the thigh; the shank bends back by twice as much, so that the foot is below the hip."""
TRUNK_HEIGHT_M = (THIGH_M + SHANK_M) * math.cos(BEND_RAD) + FOOT_M
LEGS = (("fl", 1, 1), ("fr", 1, -1), ("hl", -1, 1), ("hr", -1, -1))


def _leg(name, x_sign, y_sign):
    """Hip, thigh and shank with a ball as foot."""
    return f"""<body name="{name}_hip" pos="{0.16 * x_sign:g} {0.13 * y_sign:g} 0">
<joint name="{name}_hip" axis="1 0 0" range="-.8 .8"/>
<geom type="capsule" fromto="-.02 0 0 .02 0 0" size=".025" mass=".5"/>
<body name="{name}_thigh"><joint name="{name}_thigh" axis="0 1 0" range="-1.5 2.5"/>
<geom type="capsule" fromto="0 0 -.03 0 0 {-THIGH_M + 0.03:g}" size=".02" mass=".6"/>
<body name="{name}_shank" pos="0 0 {-THIGH_M:g}"><joint name="{name}_shank" axis="0 1 0" range="-2.6 0"/>
<geom type="capsule" fromto="0 0 -.02 0 0 {-SHANK_M + 0.01:g}" size=".012" mass=".15"/>
<geom type="sphere" pos="0 0 {-SHANK_M:g}" size="{FOOT_M:g}" mass=".05"/>
</body></body></body>"""


def _places():
    """Middles of all boxes: stacks of two around the robot, then two stacks on its back."""
    columns = [
        (SPACING_M * column, SPACING_M * row)
        for column in range(-4, 5)
        for row in range(-3, 4)
        if abs(column) > 1 or abs(row) > 1
    ]
    columns.sort(key=lambda place: (place[0] ** 2 + place[1] ** 2, place))
    floors = [(x, y, HALF_BOX_M) for x, y in columns[:STACKS]]
    back_m = TRUNK_HEIGHT_M + HALF_TRUNK_M[2] + HALF_BOX_M
    floors += [(-0.1, 0.0, back_m), (0.1, 0.0, back_m)]
    return [(x, y, z + 2 * HALF_BOX_M * level) for x, y, z in floors for level in range(2)]


def commands():
    """Position targets (rad) by joint: the stance."""
    stance = {"hip": 0.0, "thigh": BEND_RAD, "shank": -2 * BEND_RAD}
    return {f"{name}_{part}": angle for name, *_ in LEGS for part, angle in stance.items()}


def mjcf():
    """The scene as MJCF, with the robot standing."""
    legs = "\n".join(_leg(*leg) for leg in LEGS)
    stance = commands()
    places = _places()
    boxes = "\n".join(
        f'<body name="box{index}" pos="{x:g} {y:g} {z:.6f}"><freejoint/>'
        f'<geom type="box" size="{HALF_BOX_M} {HALF_BOX_M} {HALF_BOX_M}" mass=".2"/></body>'
        for index, (x, y, z) in enumerate(places)
    )
    actuators = "\n".join(f'<position name="{joint}" joint="{joint}"/>' for joint in stance)
    pose = " ".join(f"{angle:g}" for angle in stance.values())
    free = " ".join(f"{x:g} {y:g} {z:.6f} 1 0 0 0" for x, y, z in places)
    trunk = " ".join(f"{half:g}" for half in HALF_TRUNK_M)
    return f"""<mujoco model="boxes">
<compiler angle="radian"/>
<option timestep="{TIMESTEP_S:g}"/>
<default>
<joint damping=".5" armature=".01"/>
<position kp="150" kv="3" forcerange="-40 40"/>
</default>
<worldbody>
<geom type="plane" size="10 10 .1"/>
<body name="trunk" pos="0 0 {TRUNK_HEIGHT_M:.6f}"><freejoint/>
<geom type="box" size="{trunk}" mass="6"/>
{legs}
</body>
{boxes}
</worldbody>
<actuator>
{actuators}
</actuator>
<keyframe>
<key name="stand" qpos="0 0 {TRUNK_HEIGHT_M:.6f} 1 0 0 0 {pose} {free}" ctrl="{pose}"/>
</keyframe>
</mujoco>
"""


BOXES = Scene(
    name="boxes",
    title="quadruped amid 100 boxes",
    mjcf=mjcf,
    robot="trunk",
    quantities=(
        Quantity("height of the trunk (m)", "trunk", "z", difference_m=2e-3),
        Quantity("height of a box on the back (m)", "box97", "z", difference_m=2e-3),
        Quantity("height of a box on the floor (m)", "box1", "z", difference_m=1e-3),
        Quantity("x of that box (m)", "box1", "x", difference_m=1e-3),
    ),
    seconds={"MuJoCo": (5, 35), "Randori": (5, 25)},
    resting=tuple(f"box{index}" for index in range(100)),
    versions=("3.17.0", "4.0.0"),
    sleeps=True,
)
