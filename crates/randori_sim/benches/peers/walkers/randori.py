"""Runs scenarios with the `randori` program and reads its report."""

import json
import math
import re
import subprocess
from dataclasses import dataclass

from .assets import REPOSITORY
from .robots import Start

SCENARIOS = REPOSITORY / "scenarios" / "imported"

METRICS = {
    "vx": [r"\bvelocity\.x\b", r"\bforward_speed\("],
    "vy": [r"\bvelocity\.y\b", r"\blateral_speed\("],
    "wz": [r"\bgyro\.z\b", r"\byaw_rate\("],
}
"""What a metric over the second half of the run mentions, by measure; the first that is there counts.
A velocimeter of the policy comes before the origin of the base, as in `walk.Measures`."""

WINDOW = re.compile(r"^mean\[5, 10\]\(")


class RandoriError(Exception):
    """The program did not run the scenario; its words are the message."""


@dataclass(frozen=True)
class Run:
    """One seed of one scenario."""

    seed: int
    start: Start
    fell: bool
    """Whether a required goal failed or the run broke."""
    metrics: dict

    def measure(self, name):
        """The mean of the report; NaN if the run broke before the window."""
        for pattern in METRICS[name]:
            for text, value in self.metrics.items():
                if WINDOW.match(text) and re.search(pattern, text):
                    return math.nan if value is None else float(value)
        raise RandoriError(f"no metric for {name} among {list(self.metrics)}")


@dataclass(frozen=True)
class Randori:
    """The program, and where it finds the robots."""

    program: str
    assets: str

    def command(self, scenario, *arguments, settings=()):
        sets = [word for setting in settings for word in ("--set", setting)]
        return [
            self.program,
            "run",
            str(SCENARIOS / scenario),
            "--assets",
            str(self.assets),
            "--json",
            *arguments,
            *sets,
        ]

    def runs(self, scenario, seeds, settings=()):
        command = self.command(scenario, "--seeds", f"0..{seeds}", settings=settings)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if len(reports) != seeds:
            raise RandoriError(failure(command, done.returncode, done.stderr))
        text = (SCENARIOS / scenario).read_text(encoding="utf-8")
        return [_run(report, text) for report in reports]


def failure(command, code, said):
    """What went wrong, without the warnings."""
    errors = [line for line in said.splitlines() if line.startswith("error")]
    return "\n".join([f"exit code {code} of {' '.join(command)}", *errors])


def _run(report, scenario_text):
    return Run(
        seed=report["seed"],
        start=start_of(report["varied"], scenario_text),
        fell=report["verdict"] != "pass",
        metrics=report["metrics"],
    )


def start_of(varied, scenario_text):
    """The start that a seed drew; what it did not draw is the authors'.

    A drawn number keeps the unit that stands in the scenario at its place.
    """
    yaw, height, joints = 0.0, None, {}
    for path, value in varied.items():
        if path.endswith(".pose.rpy.2"):
            yaw = value * _radians(r"rpy:\s*\((?:[^,]*,){2}\s*(\w+)", scenario_text)
        elif path.endswith(".pose.xyz.2"):
            height = value
        elif ".start.joints." in path:
            joint = path.split(".start.joints.", 1)[1].strip('"')
            joints[joint] = value * _radians(rf'"{re.escape(joint)}":\s*(\w+)\(', scenario_text)
    return Start(yaw_rad=yaw, joints_rad=joints, height_m=height)


def _radians(pattern, scenario_text):
    """Size in radians of the unit that the first match names."""
    unit = re.search(pattern, scenario_text)
    if unit is None or unit[1] not in ("Deg", "Rad"):
        raise RandoriError(f"no angle in the scenario where {pattern} looks for it")
    return math.radians(1) if unit[1] == "Deg" else 1.0
