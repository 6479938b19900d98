"""Robot-seconds per CPU-second.

One process runs one robot for a long and for a short time; the difference of
their CPU times leaves out loading. Programs take turns, so that a busy machine
slows all alike, and the median of the rounds counts. Every library is held to
one thread.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
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
PLAIN, FAST = "plain", "fast"
"""Loops of MuJoCo that Randori's figures are divided by; see the README."""


@dataclass(frozen=True)
class Contestant:
    """One simulator with one robot."""

    robot: str
    simulator: str
    rate_hz: int
    command: Callable
    """Words of the command line that simulates the given number of seconds."""
    seconds: tuple
    """Simulated time of the short and the long run."""
    reference: str | None = None
    """`PLAIN` or `FAST`, if the figures of this robot are divided by this one."""

    def cost(self):
        """CPU seconds per robot-second."""
        short_s, long_s = self.seconds
        spent = [_cpu_seconds(self.command(seconds)) for seconds in self.seconds]
        return (spent[1] - spent[0]) / (long_s - short_s)


def run_once(robot, folder, seconds, loop):
    """What the measured MuJoCo process does: no records, no measures."""
    walker = Robot(robot, folder, is_fast=loop == FAST)
    walker.reset(_case(robot).command)
    for _ in range(round(seconds / PERIOD_S)):
        walker.step_period()


def walkers(folder, randori):
    """The walking policies: MuJoCo in two loops, and Randori at several physics rates."""
    contestants = []
    for robot, rates in RATES_HZ.items():
        for loop, simulator in ((PLAIN, "MuJoCo"), (FAST, "MuJoCo, fast loop")):
            command = _mujoco_command(folder, robot, loop)
            seconds = SHORT_S, LONG_S["MuJoCo"]
            contestants.append(Contestant(robot, simulator, rates[0], command, seconds, loop))
        scenario = _case(robot).scenario
        if randori is None or not (SCENARIOS / scenario).exists():
            continue
        for rate in rates:
            command = _randori_command(randori, scenario, rate)
            contestants.append(Contestant(robot, "Randori", rate, command, (SHORT_S, LONG_S["Randori"])))
    return contestants


def measure(contestants, rounds):
    """Speeds of all contestants, and prints the table."""
    costs = {}
    contestants = list(contestants)
    for _ in range(rounds):
        for contestant in list(contestants):
            try:
                costs.setdefault(contestant, []).append(contestant.cost())
            except RandoriError as error:
                print(f"left out: {error}", file=sys.stderr)
                contestants.remove(contestant)
                costs.pop(contestant, None)
    results = summary(costs)
    _print(results)
    return results


def summary(costs):
    """Medians, ranges and ratios, from the CPU seconds per robot-second of each contestant in each round."""
    medians = {contestant: 1 / statistics.median(values) for contestant, values in costs.items()}
    references = {(one.robot, one.reference): speed for one, speed in medians.items() if one.reference}
    results = []
    for contestant, speed in medians.items():
        of = {loop: references.get((contestant.robot, loop)) for loop in (PLAIN, FAST)}
        results.append(
            {
                "robot": contestant.robot,
                "simulator": contestant.simulator,
                "rate_hz": contestant.rate_hz,
                "robot_seconds_per_cpu_second": speed,
                "least": 1 / max(costs[contestant]),
                "most": 1 / min(costs[contestant]),
                "of_mujoco": of[PLAIN] and speed / of[PLAIN],
                "of_fast_loop": of[FAST] and speed / of[FAST],
            }
        )
    return results


def _case(robot):
    return next(case for case in CASES if case.robot == robot)


def _mujoco_command(folder, robot, loop):
    words = [sys.executable, "-m", "walkers", "--assets", str(folder), "once", robot]
    return lambda seconds: [*words, str(seconds), "--loop", loop]


def _randori_command(randori, scenario, rate_hz):
    return lambda seconds: randori.command(
        scenario, "--threads", "1", settings=[f"duration={seconds}", f"physics.rate_hz={rate_hz}"]
    )


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
    rows = [
        [
            one["robot"],
            one["simulator"],
            f"{one['rate_hz']} Hz",
            f"{one['robot_seconds_per_cpu_second']:.1f} [{one['least']:.1f}, {one['most']:.1f}]",
            *(f"{one[key]:.2f}" if one[key] else "-" for key in ("of_mujoco", "of_fast_loop")),
        ]
        for one in results
    ]
    head = ["robot", "simulator", "physics", "robot-s per CPU-s", "of MuJoCo's", "of its fast loop's"]
    print_table(head, rows)
