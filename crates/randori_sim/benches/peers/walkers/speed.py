"""Robot-seconds per CPU-second, with the policy in the loop.

One process runs one robot for a long and for a short time; the difference of
their CPU times leaves out loading. Programs take turns, so that a busy machine
slows all alike, and the median of the rounds counts. Every library is held to
one thread.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from .bands import print_table
from .cases import CASES, RATES_HZ
from .controllers import PERIOD_S
from .randori import SCENARIOS, RandoriError, failure
from .robots import Robot

SHORT_S = 10
LONG_S = {"MuJoCo": 110, "Randori": 30}
"""MuJoCo takes a second to start in Python, so that only a long run stands out."""
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def run_once(robot, folder, seconds):
    """What the measured MuJoCo process does: no records, no measures."""
    walker = Robot(robot, folder)
    walker.reset(_case(robot).command)
    for _ in range(round(seconds / PERIOD_S)):
        walker.step_period()


def measure(folder, randori, rounds):
    """CPU seconds per robot-second by contestant, and prints the table."""
    contestants = _contestants(folder, randori)
    costs = {}
    for _ in range(rounds):
        for key, command in list(contestants.items()):
            try:
                long_s = LONG_S[key[1]]
                spent = [_cpu_seconds(command(seconds)) for seconds in (SHORT_S, long_s)]
            except RandoriError as error:
                print(f"left out: {error}", file=sys.stderr)
                del contestants[key]
                continue
            costs.setdefault(key, []).append((spent[1] - spent[0]) / (long_s - SHORT_S))
    results = [
        {
            "robot": robot,
            "simulator": simulator,
            "rate_hz": rate,
            "robot_seconds_per_cpu_second": 1 / statistics.median(values),
            "least": 1 / max(values),
            "most": 1 / min(values),
        }
        for (robot, simulator, rate), values in costs.items()
    ]
    _print(results)
    return results


def _case(robot):
    return next(case for case in CASES if case.robot == robot)


def _contestants(folder, randori):
    """Commands by (robot, simulator, physics rate), each a function of the simulated seconds."""
    contestants = {}
    for robot, rates in RATES_HZ.items():
        contestants[robot, "MuJoCo", rates[0]] = lambda seconds, robot=robot: [
            *(sys.executable, "-m", "walkers", "--assets", str(folder)),
            *("once", robot, str(seconds)),
        ]
        scenario = _case(robot).scenario
        if randori is None or not (SCENARIOS / scenario).exists():
            continue
        for rate in rates:
            contestants[robot, "Randori", rate] = lambda seconds, scenario=scenario, rate=rate: (
                randori.command(
                    *(scenario, "--threads", "1"), settings=[f"duration={seconds}", f"physics.rate_hz={rate}"]
                )
            )
    return contestants


def _cpu_seconds(command):
    """CPU time of a process and its children, user and system."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # A run that misses a goal (1) has run to its end all the same.
    if process.returncode not in (0, 1):
        raise RandoriError(failure(command, process.returncode, said))
    return usage.ru_utime + usage.ru_stime


def _print(results):
    peers = {
        one["robot"]: one["robot_seconds_per_cpu_second"] for one in results if one["simulator"] == "MuJoCo"
    }
    rows = [
        [
            one["robot"],
            one["simulator"],
            f"{one['rate_hz']} Hz",
            f"{one['robot_seconds_per_cpu_second']:.1f} [{one['least']:.1f}, {one['most']:.1f}]",
            f"{one['robot_seconds_per_cpu_second'] / peers[one['robot']]:.2f}",
        ]
        for one in results
    ]
    print_table(["robot", "simulator", "physics", "robot-s per CPU-s", "of MuJoCo's"], rows)
