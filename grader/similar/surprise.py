"""How surprising a number is among all pairs of a class. The class itself is the yardstick.

Nearly all pairs of a class worked alone. Their numbers fall off as an exponential does, from some
place on; how fast is read off the class, from its upper percent without the top, where copies would
be. Above, the line goes on. What would make it seem steeper than it is (few pairs, chance) is
allowed for; copies among those that it is read from only make it flatter, and alarms fewer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST_READ = 500
"""Pairs that the line is read from: more would take in those below the tail."""
FEWEST_READ = 60
FEWEST_SHARING = 20
"""Pairs that share anything at all: of fewer there is no line to read, and all that can be said is
who comes first."""
SURE = 2.0
"""Standard errors by which the line is taken to be flatter than it looks."""
BEYOND = 10
"""How many times rarer than one of all pairs a pair can be called: a line that was read off 120
pairs says nothing about one in a million."""


@dataclass(frozen=True)
class Tail:
    """From `start` upwards a share of exp(-(x - start) / scale) of `share` is above x.

    Attributes:
        below: the numbers above 0, falling.
        pairs: how many there are, those without anything in common included.
    """

    start: float
    scale: float
    share: float
    below: Floats
    pairs: int

    @staticmethod
    def of(values: Floats, pairs: int, *, least: float = 0.0, steepest: float = 0.0) -> Tail:
        """Of the numbers above 0 of so many pairs; all others have 0.

        Args:
            least: a scale that it does not fall below, where numbers may be few or all the same.
            steepest: the same, once all is allowed for.
        """
        falling = np.sort(values)[::-1]
        read = int(min(max(0.01 * pairs, FEWEST_READ), MOST_READ, pairs / 4, len(falling)))
        if read < 4:
            flat = max(least, 1.0) * (1 + SURE)
            return Tail(0.0, flat, max(read, 1) / max(pairs, 1), falling, pairs)
        top = max(read // 10, 1)
        start = float(falling[read]) if read < len(falling) else 0.0
        above = falling[top:read] - start
        # of the top it counts only that it is above the rest
        scale = float(above.sum() + top * (falling[top] - start)) / (read - top)
        scale = max(scale, least, 1e-9) * (1 + SURE / math.sqrt(read - top))
        scale = max(scale, steepest)
        return Tail(start, scale, read / pairs, falling, pairs)

    def surprise(self, values: Floats) -> Floats:
        """-log of the share of pairs that are as high or higher; 0 for 0."""
        rank = np.searchsorted(-self.below, -values, side="right")
        counted = -np.log(np.maximum(rank, 1) / self.pairs)
        beyond = -math.log(self.share) + (values - self.start) / self.scale
        found: Floats = np.where(values > self.start, beyond, counted)
        return np.where(values > 0, found, 0.0)
