"""Randori's side of the scenes: imports the file, then runs the scenario that this writes."""

import json
import re
import subprocess
from pathlib import Path

from ..randori import RandoriError, failure
from .scene import JUDGED_S, WINDOW_S


class Project:
    """The project that `randori import` makes of a scene, in a folder that does not exist yet."""

    def __init__(self, randori, scene, folder):
        self.randori = randori
        self.scene = scene
        file = Path(folder) / f"{scene.name}.xml"
        file.write_text(scene.mjcf(), encoding="utf-8")
        output = Path(folder) / scene.name
        command = [randori.program, "import", str(file), "--output", str(output)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.scenario = output / "scenarios" / f"{scene.name}.ron"
        if done.returncode or not self.scenario.exists():
            raise RandoriError(failure(command, done.returncode, done.stderr))

    def command(self, seconds):
        """Runs this long on one thread."""
        return self.randori.command(self.scenario, "--threads", "1", settings=[f"duration={seconds}"])

    def judge(self):
        """Quantities by name, and the largest speed of what should rest."""
        scenario = self.scenario.with_stem(f"{self.scene.name}_judged")
        window = f"[{JUDGED_S - WINDOW_S:g}, {JUDGED_S:g}]"
        places = {
            one.name: f"mean{window}({one.axis}({self._place(one.body)}))" for one in self.scene.quantities
        }
        speeds = [f"max{window}(speed({body}))" for body in self.scene.resting]
        text = self.scenario.read_text(encoding="utf-8")
        scenario.write_text(measured(text, [*places.values(), *speeds]), encoding="utf-8")
        command = self.randori.command(scenario, settings=[f"duration={JUDGED_S}"])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if len(reports) != 1 or None in (metrics := reports[0]["metrics"]).values():
            raise RandoriError(failure(command, done.returncode, done.stderr))
        return {
            "quantities": {name: metrics[place] for name, place in places.items()},
            "speed_mps": max((metrics[speed] for speed in speeds), default=0.0),
        }

    def _place(self, body):
        return self.scene.name if body == self.scene.robot else body


def measured(scenario_text, metrics):
    """The text with these metrics in place of its own."""
    listed = ", ".join(f'"{metric}"' for metric in metrics)
    return re.sub(r"metrics: \[.*\]", lambda _: f"metrics: [{listed}]", scenario_text)
