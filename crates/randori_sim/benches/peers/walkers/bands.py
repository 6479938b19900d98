"""Mean and range of measures over several runs, and tables of them."""

import math
from dataclasses import dataclass

STILL_TOLERANCE = 0.03
"""How far apart (m/s, rad/s) two simulators may be where the command is zero; elsewhere a share of 10 %."""
MOVING_TOLERANCE = 0.10


@dataclass(frozen=True)
class Band:
    mean: float
    least: float
    most: float

    @classmethod
    def of(cls, values):
        """Of all values that are numbers; NaN if there is none."""
        values = [value for value in values if not math.isnan(value)] or [math.nan]
        return cls(sum(values) / len(values), min(values), max(values))

    def __str__(self):
        return f"{decimals(self.mean)} [{decimals(self.least)}, {decimals(self.most)}]"


def decimals(value):
    """Three decimals; a tiny negative number is zero, too."""
    return f"{round(value, 3) + 0.0:.3f}"


def agreement(ours, theirs, commanded):
    """How two means compare, in words, and whether that is near enough."""
    if commanded == 0:
        return f"{ours - theirs:+.3f}", abs(ours - theirs) <= STILL_TOLERANCE
    ratio = ours / theirs
    return f"{ratio:.3f}", abs(ratio - 1) <= MOVING_TOLERANCE


def print_table(head, rows):
    """A Markdown table; the first column is text, the others are aligned right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    lines = [head, ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]], *cells]
    for line in lines:
        first = line[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print(f"| {' | '.join([first, *rest])} |")
    print()
