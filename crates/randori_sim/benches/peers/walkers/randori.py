"""Runs scenarios with the `randori` program and reads its report."""

import json
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
        for pattern in METRICS[name]:
            for text, value in self.metrics.items():
                if WINDOW.match(text) and re.search(pattern, text) and value is not None:
                    return float(value)
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
            raise RandoriError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
        return [_run(report) for report in reports]


def _run(report):
    return Run(
        seed=report["seed"],
        start=start_of(report["varied"]),
        fell=report["verdict"] != "pass",
        metrics=report["metrics"],
    )


def start_of(varied):
    """The start that a seed drew; what it did not draw is the authors'."""
    yaw, height, joints = 0.0, None, {}
    for path, value in varied.items():
        if path.endswith(".pose.rpy.2"):
            yaw = value
        elif path.endswith(".pose.xyz.2"):
            height = value
        elif ".start.joints." in path:
            joints[path.split(".start.joints.", 1)[1].strip('"')] = value
    return Start(yaw_rad=yaw, joints_rad=joints, height_m=height)
