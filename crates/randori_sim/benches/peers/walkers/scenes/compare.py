"""Both simulators side by side on the scenes: do they agree, and what do they cost?"""

import json
import subprocess
import sys
from pathlib import Path

from ..bands import print_table
from ..randori import RandoriError, failure
from ..speed import FAST, PLAIN, Contestant
from . import SCENES
from .ours import Project
from .scene import REST_MPS, TIMESTEP_S

SEPARATE_VERSIONS = ("3.17.0",)
"""Of MuJoCo, which live in virtual environments of their own beside that of this program."""
PACKAGE_PARENT = Path(__file__).parents[2]


def python_of(version):
    """The interpreter that has this version of MuJoCo; `run.sh` installs it."""
    if version not in SEPARATE_VERSIONS:
        return sys.executable
    python = Path(f"{sys.prefix}-{version}") / "bin" / "python"
    if not python.exists():
        raise RandoriError(f"no MuJoCo {version} at {python}: use `run.sh`")
    return str(python)


def peer_command(scene, version, loop, *seconds):
    words = [python_of(version), "-m", "walkers.scenes.peer", scene.name, loop]
    return [*words, *(str(value) for value in seconds)]


def compare(randori, names, folder):
    """What both make of each scene, and whether all of it agrees."""
    results, rows = [], []
    for scene in (SCENES[name] for name in names):
        ours = Project(randori, scene, folder).judge()
        for version in scene.versions:
            theirs = _judge_peer(scene, version)
            found = _agreements(scene, ours, theirs)
            agrees = all(one["agrees"] for one in found)
            size = {key: theirs[key] for key in ("degrees_of_freedom", "contacts")}
            results.append(
                {"scene": scene.name, "mujoco": version, **size, "measures": found, "agrees": agrees}
            )
            rows += [
                [
                    scene.name,
                    one["measure"],
                    f"{one['randori']:.5f}",
                    f"{one['mujoco']:.5f} ({version})",
                    f"{one['randori'] - one['mujoco']:+.5f}",
                    "yes" if one["agrees"] else "NO",
                ]
                for one in found
            ]
    print_table(["scene", "measure", "Randori", "MuJoCo", "difference", "agrees"], rows)
    return results, all(one["agrees"] for one in results)


def contestants(randori, names, folder):
    """MuJoCo in each version and loop, and Randori if there is a program."""
    found = []
    for scene in (SCENES[name] for name in names):
        for version in scene.versions:
            found += _peers(scene, version)
        if randori is not None:
            project = Project(randori, scene, folder)
            found.append(_contestant(scene, "Randori", project.command))
    return found


def _peers(scene, version):
    is_reference = version == scene.versions[0]
    loops = [(PLAIN, "", PLAIN), (FAST, ", fast loop", FAST)]
    if scene.sleeps:
        loops.append(("asleep", ", fast loop, sleep", None))
    for loop, suffix, reference in loops:
        command = _timed(scene, version, loop)
        simulator = f"MuJoCo {version}{suffix}"
        yield _contestant(scene, simulator, command, reference if is_reference else None)


def _timed(scene, version, loop):
    return lambda seconds: peer_command(scene, version, loop, seconds)


def _contestant(scene, simulator, command, reference=None):
    seconds = scene.seconds[simulator.split()[0]]
    return Contestant(scene.name, simulator, round(1 / TIMESTEP_S), command, seconds, reference)


def _judge_peer(scene, version):
    command = peer_command(scene, version, "judge")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PACKAGE_PARENT)
    if done.returncode:
        raise RandoriError(failure(command, done.returncode, done.stderr))
    return json.loads(done.stdout)


def _agreements(scene, ours, theirs):
    found = []
    for quantity in scene.quantities:
        values = ours["quantities"][quantity.name], theirs["quantities"][quantity.name]
        found.append(_agreement(quantity.name, values, quantity.agrees(*values)))
    if scene.resting:
        speeds = ours["speed_mps"], theirs["speed_mps"]
        found.append(_agreement("largest speed at rest (m/s)", speeds, max(speeds) <= REST_MPS))
    return found


def _agreement(measure, values, agrees):
    return {"measure": measure, "randori": values[0], "mujoco": values[1], "agrees": bool(agrees)}
