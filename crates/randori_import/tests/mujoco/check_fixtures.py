"""Tests the comparison itself: it finds no difference in the fixtures, and finds
every value of theirs that is changed.

Usage: check_fixtures.py DESCRIBE
"""

import copy
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python"))
import verify  # noqa: E402


def link(found, name):
    return next(link for link in found["robot"]["links"] if link["name"] == name)


def joint(found, name):
    return next(joint for joint in found["robot"]["joints"] if joint["name"] == name)


def actuator(found, name):
    return next(actuator for actuator in found["robot"]["actuators"] if actuator["name"] == name)


def heavier(name):
    def change(found):
        link(found, name)["mass_kg"] *= 1.01

    return change


def shifted(name):
    def change(found):
        link(found, name)["com"][0] += 1e-4

    return change


def moved(name):
    def change(found):
        joint(found, name)["pose"]["xyz"][2] += 1e-3

    return change


def rounder(name):
    def change(found):
        link(found, name)["inertia"]["Moments"]["iyy"] *= 1.001

    return change


def locked(name):
    def change(found):
        joint(found, name)["kind"] = "Fixed"

    return change


def wider(name):
    def change(found):
        next(iter(joint(found, name)["kind"].values()))["limits"] = None

    return change


def damped(name):
    def change(found):
        joint(found, name)["damping"] += 0.1

    return change


def stronger(name):
    def change(found):
        actuator(found, name)["limits"]["torque"] = 1000.0

    return change


def stiffer(name):
    def change(found):
        actuator(found, name)["drive"]["Position"]["kp"] *= 2

    return change


def raised(found):
    found["initial"][0]["base"]["xyz"][2] += 0.1


def bent(found):
    found["robot"]["poses"]["stand"]["hip_pitch"] = {"Rad": 0.2}


def pushed(found):
    found["initial"][0]["commands"]["push"] = [-5.9]


def forgotten(found):
    del found["initial"][0]["commands"]["hip_pitch"]


def emptied(found):
    for thing in found["environment"]["objects"]:
        if thing["name"] == "crate":
            thing["mobility"]["Movable"]["mass_kg"] = 1.0


# What is changed, and a quantity that must differ then.
CHANGES = {
    "walker.xml": [
        (heavier("camera"), "link masses"),
        (heavier("camera"), "total mass"),
        (shifted("left_leg"), "link centres of mass"),
        (rounder("right_leg"), "link inertias"),
        (moved("hip_roll"), "link poses at the home pose"),
        (moved("slide"), "link poses at random configurations"),
        (locked("slide"), "degrees of freedom"),
        (wider("slide"), "joint limits"),
        (damped("hip_roll"), "joint dynamics"),
        (stiffer("hip_pitch"), "actuators"),
        (stronger("push"), "actuators"),
        (raised, "home pose"),
        (bent, "keyframes"),
        (pushed, "keyframe commands"),
        (forgotten, "keyframe commands"),
        (emptied, "object masses"),
    ],
    "arm.urdf": [
        (heavier("sensor"), "link masses"),
        (shifted("upper_arm"), "centre of mass"),
        (rounder("wheel"), "link inertias"),
        (heavier("wheel"), "mass matrix"),
        (moved("glue"), "link poses at the home pose"),
        (moved("spin"), "link poses at random configurations"),
        (locked("grip"), "degrees of freedom"),
        (wider("grip"), "joint limits"),
        (stronger("shoulder"), "effort and speed limits"),
    ],
}


def differing(found):
    answer = verify.verify(found)
    if "quantities" not in answer:
        sys.exit(f"{found['file']}: {answer}")
    return [row["quantity"] for row in answer["quantities"] if row["status"] == "differs"]


def main():
    failed = 0
    for file, changes in CHANGES.items():
        path = HERE / "fixtures" / file
        run = subprocess.run([sys.argv[1], path], capture_output=True, text=True, check=True)
        found = json.loads(run.stdout)
        if differing(found):
            failed += 1
            print(f"{file}: differs without a change: {differing(found)}")
        for change, quantity in changes:
            changed = copy.deepcopy(found)
            change(changed)
            if quantity not in differing(changed):
                failed += 1
                print(f"{file}: the comparison misses a change of {quantity}")
    tried = sum(len(changes) for changes in CHANGES.values())
    print(f"{tried} changes, {failed} not found")
    sys.exit(1 if failed else 0)


main()
