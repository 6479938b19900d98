"""What a scene without a policy consists of."""

from collections.abc import Callable
from dataclasses import dataclass

TIMESTEP_S = 0.002
"""Physics step of all scenes."""
JUDGED_S = 5.0
"""Simulated time after which the simulators have to agree."""
WINDOW_S = 0.1
"""Quantities are means over this time before the end, speeds maxima."""
REST_MPS = 0.01
"""A body that is slower is at rest."""


@dataclass(frozen=True)
class Quantity:
    """A coordinate of a body in the world on which both simulators have to agree."""

    name: str
    body: str
    axis: str
    """`x`, `y` or `z`."""
    difference_m: float | None = None
    """Largest difference that is allowed; without one, `ratio` counts."""
    ratio: float = 0.03
    """Largest difference that is allowed, as a share of MuJoCo's value."""

    def agrees(self, ours, theirs):
        allowed = self.ratio * abs(theirs) if self.difference_m is None else self.difference_m
        return abs(ours - theirs) <= allowed


@dataclass(frozen=True)
class Scene:
    """A file that is written here, and what is measured in it."""

    name: str
    """Also the name of the model, and so of the robot in Randori."""
    title: str
    mjcf: Callable[[], str]
    """The text of the file; its first keyframe is the start, and its controls stay."""
    robot: str
    """The body that is the base of the robot."""
    quantities: tuple
    seconds: dict
    """Simulated time of the short and the long run whose difference is the cost, by program.
    MuJoCo takes a second to start in Python, so that only a long run stands out."""
    resting: tuple = ()
    """Bodies that have to be at rest in the end."""
    versions: tuple = ("4.0.0",)
    """Of MuJoCo, the one that counts first."""
    sleeps: bool = False
    """Whether MuJoCo is also measured with sleeping islands, as Randori lets objects sleep."""
